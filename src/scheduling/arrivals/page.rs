//! The board. It refreshes by itself where scripts run, without keeping a session alive.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use crate::db::{UtcDateTime, Zone};
use crate::error::{AppError, AppResult};
use crate::scheduling::appointment::state::State;
use crate::scheduling::entry::{Entry, Wanted, load};
use crate::web::page::shell::Shell;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::visit::Visit;
use crate::web::response::html;

#[derive(Template)]
#[template(path = "scheduling/arrivals/board.html")]
struct BoardPage {
    shell: Shell,
    day: String,
    summary: String,
    lanes: Vec<Lane>,
}

/// One of the four lists.
struct Lane {
    id: &'static str,
    title: &'static str,
    note: &'static str,
    empty: &'static str,
    tickets: Vec<Ticket>,
    total: usize,
}

/// One person.
struct Ticket {
    name: String,
    href: String,
    when: String,
    note: String,
    badge: (&'static str, String),
    /// The class of the card: somebody who waits too long stands out.
    tone: &'static str,
    /// What comes next: label and address; the first is the usual one.
    acts: Vec<(&'static str, String)>,
    is_primary: bool,
}

/// The most people of one list.
const SHOWN: usize = 12;
/// People are late after this many minutes.
const LATE: i64 = 5;

pub async fn show(visit: Visit, user: CurrentUser) -> AppResult<HttpResponse> {
    let (actor, zone, now) = (user.to_actor(), visit.zone(), visit.app.now());
    let today = zone.date(now);
    let (from, to) = (zone.at_wall(today, 0), zone.at_wall(today, 1_440));
    let entries = visit.app.db.read(move |c| Ok::<_, AppError>(load(c, &actor, Wanted::within(from, to).that_count().visible())?)).await?;
    let longest = entries.iter().filter_map(|entry| entry.waited(now)).max();
    let waiting = entries.iter().filter(|entry| entry.state == State::Arrived).count();
    let summary = match longest {
        Some(minutes) => format!("{waiting} waiting, longest {minutes} min"),
        None => "Nobody is waiting".into(),
    };
    let page = BoardPage {
        shell: visit.shell("Arrivals"),
        day: format!("{} {}, {}", today.weekday(), zone.show_date(today), zone.clock(zone.on_wall(now.unix_minutes()).1)),
        summary,
        lanes: lanes(&entries, &zone, now),
    };
    html(StatusCode::OK, &page)
}

fn lanes(entries: &[Entry], zone: &Zone, now: UtcDateTime) -> Vec<Lane> {
    let of = |states: &[State]| entries.iter().filter(|entry| states.contains(&entry.state)).collect::<Vec<_>>();
    let mut waiting = of(&[State::Arrived]);
    waiting.sort_by_key(|entry| entry.arrived_at.map(UtcDateTime::unix_seconds));
    let mut done = of(&[State::Done, State::NoShow]);
    done.sort_by_key(|entry| std::cmp::Reverse(entry.done_at.map_or(entry.starts, UtcDateTime::unix_minutes)));
    let lane = |id, title, note, empty, entries: Vec<&Entry>| {
        let total = entries.len();
        let mut tickets: Vec<Ticket> = entries.into_iter().take(SHOWN).map(|entry| ticket(entry, zone, now)).collect();
        if id == "waiting"
            && let Some(first) = tickets.first_mut()
        {
            first.is_primary = true;
        }
        Lane { id, title, note, empty, tickets, total }
    };
    vec![
        lane("expected", "Expected", "soonest first", "Nobody else is expected today.", of(&[State::Requested, State::Booked])),
        lane("waiting", "Waiting", "longest first", "Nobody is waiting.", waiting),
        lane("room", "In room", "", "Nobody is with a doctor.", of(&[State::InRoom])),
        lane("done", "Done", "latest first", "Nobody has been seen yet.", done),
    ]
}

fn ticket(entry: &Entry, zone: &Zone, now: UtcDateTime) -> Ticket {
    let minutes = now.unix_minutes();
    let late = minutes - entry.starts;
    let badge = match entry.state {
        State::Booked if late > LATE => ("warn", format!("Late {late} min")),
        State::InRoom => {
            ("ok", entry.in_room_at.map_or_else(String::new, |at| format!("In room {} min", now.since(at).whole_minutes().max(0))))
        }
        State::Requested | State::Arrived | State::NoShow => entry.badge(now),
        _ => ("", String::new()),
    };
    let at = |state: State| format!("/appointments/{}/{}", entry.id, state.verb().unwrap_or_default());
    let acts = match entry.state {
        State::Requested => vec![("Approve", at(State::Booked))],
        // It can only be said of somebody whose time has passed.
        State::Booked if late > LATE => vec![("Arrived", at(State::Arrived)), ("Did not come", at(State::NoShow))],
        State::Booked => vec![("Arrived", at(State::Arrived))],
        State::Arrived => vec![("Call in", at(State::InRoom))],
        State::InRoom => vec![("Done", at(State::Done))],
        State::NoShow => vec![("Arrived", at(State::Arrived))],
        _ => Vec::new(),
    };
    let tone = match badge.0 {
        tone @ ("warn" | "danger") if entry.state == State::Arrived => tone,
        _ => "",
    };
    let place = if entry.state == State::InRoom && !entry.room.is_empty() { &entry.room } else { &entry.kind };
    Ticket {
        name: entry.name().into(),
        href: format!("/appointments/{}", entry.id),
        when: zone.clock(zone.on_wall(entry.starts).1),
        note: format!("{} · {place}", entry.doctor),
        badge,
        tone,
        acts,
        is_primary: false,
    }
}
