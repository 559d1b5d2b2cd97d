//! Why an email was not sent, and whether another attempt may succeed.

/// Why an email was not sent.
#[derive(Debug)]
pub struct Failure {
    /// For administrators. The server's response may name the recipient, so this is not logged.
    pub told: String,
    /// Another attempt would fail as well.
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
