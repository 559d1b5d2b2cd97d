//! The page that all three are: a filter, lines, and the way to older ones.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::filter::{Filter, Mistake};
use super::lines::{Line, act};
use crate::error::AppResult;
use crate::resource::log::entry::{LogAction, LogEntry};
use crate::web::page::shell::Shell;
use crate::web::response::html;

/// Entries on a page.
const PAGE: usize = 50;
/// As many are asked for: one more shows that there are older ones.
pub const ASKED: i64 = PAGE as i64 + 1;

/// What the pages differ in.
#[derive(Clone, Copy, PartialEq)]
pub enum Subject {
    Record,
    User,
    /// One's own record.
    Own,
}

pub struct Choice {
    pub value: String,
    pub label: String,
    pub is_chosen: bool,
}

#[derive(Template)]
#[template(path = "clinic/who_looked.html")]
pub struct LooksPage {
    shell: Shell,
    intro: &'static str,
    /// Which columns there are: the records of a user, or the users of a record; and from where.
    of_user: bool,
    has_origin: bool,
    here: String,
    filter: Filter,
    mistake: Option<Mistake>,
    users: Vec<Choice>,
    acts: Vec<Choice>,
    lines: Vec<Line>,
    newest: Option<String>,
    older: Option<String>,
}

/// What a page shows.
pub struct Found {
    pub lines: Vec<Line>,
    pub older: Option<i64>,
}

/// The entries of one page of those that were asked for, and where the next one begins.
pub fn first_page(entries: &mut Vec<LogEntry>) -> Option<i64> {
    let more = entries.len() > PAGE;
    entries.truncate(PAGE);
    entries.last().filter(|_| more).map(|entry| entry.id)
}

impl LooksPage {
    pub fn respond(
        shell: Shell,
        (subject, here): (Subject, String),
        (filter, mistake): (Filter, Option<Mistake>),
        users: Vec<Choice>,
        found: Found,
    ) -> AppResult<HttpResponse> {
        let acts: &[LogAction] = match subject {
            Subject::Record => {
                &[LogAction::View, LogAction::Export, LogAction::Add, LogAction::Change, LogAction::Trash, LogAction::Restore]
            }
            Subject::User => &[LogAction::View, LogAction::Search, LogAction::Export],
            Subject::Own => &[],
        };
        let intro = match subject {
            Subject::Record => "Who opened, exported and changed the record, newest first. Entries cannot be changed or deleted.",
            Subject::User => "What they opened, searched for and exported, newest first. Entries cannot be changed or deleted.",
            Subject::Own => "Everybody else who opened, exported or changed your record, newest first. Nobody can delete these entries.",
        };
        let choice = |action: &LogAction| Choice {
            value: action.as_str().into(),
            label: act(*action).into(),
            is_chosen: filter.act == Some(*action),
        };
        let address = |before: Option<i64>| match filter.query(before) {
            query if query.is_empty() => here.clone(),
            query => format!("{here}?{query}"),
        };
        let page = Self {
            acts: acts.iter().map(choice).collect(),
            newest: filter.continues().then(|| address(None)),
            older: found.older.map(|last| address(Some(last))),
            shell: shell.with_errors(mistake.is_some()),
            intro,
            of_user: subject == Subject::User,
            has_origin: subject != Subject::Own,
            here,
            filter,
            mistake,
            users,
            lines: found.lines,
        };
        html(if mistake.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &page)
    }
}
