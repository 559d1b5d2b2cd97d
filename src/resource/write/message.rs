//! Messages about changes, which a model returns and the registry delivers.

use diesel::QueryResult;

use crate::db::{Connection, UtcDateTime};

/// A message to one email address.
#[derive(Clone, Debug, Default)]
pub struct Message {
    /// The type that administrators see in the outbox: `appointment reminder`.
    pub kind: &'static str,
    pub recipient: String,
    /// Must not say anything about a patient, because it is shown on locked screens.
    pub subject: String,
    pub paragraphs: Vec<String>,
    /// The page to open, such as `/patients/7`; blank for none.
    pub path: String,
}

/// Queues a message in the caller's transaction.
pub type Deliver = Box<dyn Fn(&mut Connection, &Message, UtcDateTime) -> QueryResult<()> + Send + Sync>;
