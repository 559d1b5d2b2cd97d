//! How the pages of patients are answered: in the shell for an account, on a page of its own for a link.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::ask::refused;
use super::holder::Holder;
use crate::english::plural;
use crate::error::{AppError, AppResult};
use crate::resource::form::clean::clean;
use crate::resource::write::writer::WriteError;
use crate::web::page::flash::{Tone, leave};
use crate::web::page::shell::Shell;
use crate::web::request::visit::Visit;
use crate::web::response::html;

#[derive(Template)]
#[template(path = "scheduling/portal/in_shell.html")]
struct InShell {
    shell: Shell,
    content: String,
}

#[derive(Template)]
#[template(path = "scheduling/portal/bare.html")]
struct Bare {
    shell: Shell,
    content: String,
}

/// What the template of a page needs of its shell.
pub struct Frame {
    pub title: String,
    pub csrf: String,
    pub icons: &'static str,
    pub base: String,
    /// Where the patient came from; blank on a page of its own.
    pub back: String,
    /// What is wrong with what was sent, in a sentence; blank for nothing.
    pub problem: String,
}

/// A page in its frame.
pub fn answer<T: Template>(
    visit: &Visit,
    holder: &Holder,
    title: &str,
    (status, problem): (StatusCode, String),
    page: impl FnOnce(Frame) -> T,
) -> AppResult<HttpResponse> {
    let shell = visit.shell(title).with_errors(!problem.is_empty());
    let back = if holder.is_signed_in { "/".into() } else { String::new() };
    let frame = Frame { title: title.into(), csrf: shell.csrf.clone(), icons: shell.icons, base: holder.base.clone(), back, problem };
    let content = page(frame).render().map_err(AppError::internal)?;
    if holder.is_signed_in { html(status, &InShell { shell, content }) } else { html(status, &Bare { shell, content }) }
}

/// A text of a patient as it is stored, or what is wrong with it.
pub fn checked(typed: &str, lines: bool, most: usize) -> Result<String, WriteError> {
    match clean(typed, lines) {
        None => Err(refused("The text has characters that cannot be read")),
        Some(text) if text.chars().count() > most => {
            Err(refused(format!("The text must be {} or fewer", plural(most as i64, "character", "characters"))))
        }
        Some(text) => Ok(text),
    }
}

/// Why something was refused: the status and the sentence. Other errors are errors of the page.
pub fn refusal(error: WriteError) -> AppResult<(StatusCode, String)> {
    match error {
        WriteError::Invalid(errors) => {
            let status = if errors.is_collision() { StatusCode::CONFLICT } else { StatusCode::UNPROCESSABLE_ENTITY };
            Ok((status, format!("{}.", errors.first_text())))
        }
        WriteError::NotFound => Err(AppError::NotFound),
        other => Err(other.into()),
    }
}

/// A message for the next page.
pub fn say(visit: &Visit, tone: Tone, text: impl Into<String>) {
    leave(&visit.request, &visit.app, tone, text);
}
