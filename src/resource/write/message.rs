//! Messages about changes, which a model returns and the registry delivers.

use diesel::QueryResult;

use crate::db::{Connection, UtcDateTime};
use crate::ical::{Event, Method};

crate::text_enum! {
    /// The way to a person.
    pub enum Channel {
        Mail = "mail" / "Email",
        Sms = "sms" / "Text message",
    }
}

#[expect(clippy::derivable_impls, reason = "the macro writes the enum")]
impl Default for Channel {
    fn default() -> Self {
        Self::Mail
    }
}

/// A message to one email address or telephone number.
#[derive(Clone, Debug, Default)]
pub struct Message {
    /// The type that administrators see in the outbox: `appointment reminder`.
    pub kind: &'static str,
    pub channel: Channel,
    pub recipient: String,
    /// Must not say anything about a patient, because it is shown on locked screens. A text message has none.
    pub subject: String,
    pub paragraphs: Vec<String>,
    /// The page to open, such as `/patients/7`; blank for none.
    pub path: String,
    /// The event for the recipient's calendar, in an email.
    pub event: Option<(Method, Event)>,
    /// At most one message with this key is ever queued, and it can be taken back by it; blank for none.
    pub key: String,
    /// It waits until then.
    pub not_before: Option<UtcDateTime>,
}

/// Queues a message in the caller's transaction.
pub type Deliver = Box<dyn Fn(&mut Connection, &Message, UtcDateTime) -> QueryResult<()> + Send + Sync>;
