//! The dashboard's panel about emails.

use diesel::QueryResult;

use super::outbox::queue_state;
use crate::app::App;
use crate::db::Connection;
use crate::resource::Actor;
use crate::resource::log::entry::SYSTEM;
use crate::web::list::changelist::thousands;
use crate::web::page::panel::{Fact, Panel, SetUpStep, Tone};

pub const PANEL: Panel = Panel { title: "System status", permission: SYSTEM, load: state };

pub const STEP: SetUpStep =
    SetUpStep { label: "Set up email (setting SMTP_URL)", href: "/admin/system", is_done: |_, app, _| Ok(app.settings.smtp_url.is_some()) };

/// Seconds after which a waiting email is reported; usually they wait less than a minute.
const PATIENCE: i64 = 60 * 15;

fn state(c: &mut Connection, app: &App, actor: &Actor) -> QueryResult<Vec<Fact>> {
    let queue = queue_state(c)?;
    let late = queue.oldest_queued_at.is_some_and(|at| app.now().unix_seconds() - at.unix_seconds() > PATIENCE);
    let waiting = match queue.oldest_queued_at {
        Some(at) => format!("{}, the oldest since {}", thousands(queue.queued), app.zone(actor).show(at)),
        None => "None".into(),
    };
    let dead = Fact {
        label: "Failed emails",
        text: thousands(queue.dead),
        tone: if queue.dead > 0 { Tone::Danger } else { Tone::Ok },
        href: Some("/admin/mails?status=dead".into()),
    };
    let tone = if late { Tone::Warn } else { Tone::Ok };
    Ok(vec![Fact { label: "Emails waiting", text: waiting, tone, href: Some("/admin/mails?status=queued".into()) }, dead])
}
