//! Somebody who has proved who they are and is about to be signed in.

/// Somebody who proved who they are.
pub struct Arrival {
    pub user_id: i64,
    /// The hash of their password: another one later ends the session.
    pub hash: String,
    /// Whether nothing more is to be asked: a passkey is both steps in one, a password the first.
    pub is_whole: bool,
    /// Whether they proved it to us and just now.
    pub is_fresh: bool,
    pub remembered: bool,
    /// Where they go on.
    pub next: String,
    /// The sealed form that they were about to send; blank for none.
    pub waiting_form: String,
}
