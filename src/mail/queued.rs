//! Emails as rows. Administrators see the recipient and state of emails; the content may include a secret link and is not shown.

use diesel::prelude::*;

use crate::db::UtcDateTime;
use crate::db::schema::mails;
use crate::resource::access::actor::Action;
use crate::resource::declare::bulk_action::RecordLink;
use crate::resource::declare::hooks::Hooks;
use crate::resource::field;
use crate::resource::write::message::Channel;

crate::text_enum! {
    pub enum MailStatus {
        Queued = "queued" / "Waiting",
        Sending = "sending" / "Sending",
        Sent = "sent" / "Sent",
        Dead = "dead" / "Failed",
    }
}

#[derive(Clone, Debug, Queryable)]
pub struct QueuedMail {
    pub id: i64,
    pub kind: String,
    pub recipient: String,
    pub subject: String,
    pub text_body: String,
    pub html_body: String,
    pub message_id: String,
    pub status: MailStatus,
    pub attempts: i32,
    pub next_attempt_at: Option<UtcDateTime>,
    pub claimed_by: Option<String>,
    pub claimed_until: Option<UtcDateTime>,
    pub last_error: String,
    pub sent_at: Option<UtcDateTime>,
    pub search_text: String,
    pub created_at: UtcDateTime,
    pub updated_at: UtcDateTime,
    pub channel: Channel,
    pub calendar_method: String,
    /// An event for the recipient's calendar, as iCalendar; blank for none.
    pub calendar: String,
}

/// The permission to send an email again that was given up.
pub const RESEND: &str = "mail.resend";

crate::resource! {
    QueuedMail in mails, read_only;
    name "mail" at "mails", "Email" / "Emails";
    area "Records", icon "list";
    fields {}
    automatic {
        recipient: field("Recipient"),
        subject: field("Subject"),
        kind: field("Type"),
        channel: field("Sent by"),
        status: field("Status"),
        attempts: field("Attempts"),
        next_attempt_at: field("Next attempt"),
        last_error: field("Last error"),
        sent_at: field("Sent"),
        created_at: field("Queued"),
    }
    list_display [recipient, subject, kind, status, attempts, sent_at];
    search_fields [recipient, subject];
    list_filter [status, channel, kind, created_at, sent_at];
    ordering [-id];
    label |mail| format!("{} to {}", mail.subject, mail.recipient);
    options {
        default_grants: &[("Administrator", &[Action::View])],
        extra_permissions: &[(RESEND, "Can resend emails", &["Administrator"])],
        links: const { &[RecordLink::to("Send again", "/admin/mails/{id}/resend", RESEND)] },
    }
}

impl Hooks for QueuedMail {}
