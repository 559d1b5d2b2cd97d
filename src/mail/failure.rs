//! Why an email was not sent, and whether another try may help.

/// Why a mail was not sent.
#[derive(Debug)]
pub struct Failure {
    /// For administrators; a server's answer may name the recipient, so this is not for the log.
    pub told: String,
    /// Trying again would end the same way.
    pub is_final: bool,
}

impl Failure {
    pub fn passing(told: impl ToString) -> Self {
        Self { told: told.to_string(), is_final: false }
    }

    pub fn lasting(told: impl ToString) -> Self {
        Self { told: told.to_string(), is_final: true }
    }
}
