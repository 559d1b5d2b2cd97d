//! A user who has been authenticated and is about to be signed in.

/// A user who has been authenticated.
pub struct Authenticated {
    pub user_id: i64,
    /// The hash of their password; the session ends when it changes.
    pub hash: String,
    /// Whether no second step is needed: a passkey covers both steps, a password the first.
    pub is_whole: bool,
    /// Whether it counts as recent authentication here.
    pub is_recent: bool,
    pub remembered: bool,
    /// The next page, and a form to send first.
    pub next: String,
    /// The sealed form that they were about to send; blank for none.
    pub waiting_form: String,
}
