//! Why an email was not sent, and whether another attempt may succeed.

/// Why an email was not sent.
#[derive(Debug)]
pub struct Failure {
    /// For administrators. The server's response may name the recipient, so this is not logged.
    pub reason: String,
    /// Another attempt would fail as well.
    pub is_final: bool,
}

impl Failure {
    pub fn passing(reason: impl ToString) -> Self {
        Self { reason: reason.to_string(), is_final: false }
    }

    pub fn lasting(reason: impl ToString) -> Self {
        Self { reason: reason.to_string(), is_final: true }
    }
}
