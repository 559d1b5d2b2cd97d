//! The steps of setting up the clinic, on the start page of superusers until somebody puts the list away.

use actix_web::HttpResponse;
use diesel::QueryResult;

use super::model::{Changes, refresh, store};
use crate::app::App;
use crate::db::Connection;
use crate::error::{AppError, AppResult};
use crate::resource::Actor;
use crate::resource::log::append::Entry;
use crate::resource::log::entry::LogAction;
use crate::web::page::flash::{Tone, leave};
use crate::web::paths::TODAY;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::visit::Visit;
use crate::web::response::see_other;
use crate::web::site::Site;

pub struct Checklist {
    pub steps: Vec<Step>,
}

pub struct Step {
    pub label: &'static str,
    pub href: &'static str,
    pub is_done: bool,
}

impl Checklist {
    /// `None` for whoever does not set up the clinic, and once it was put away.
    pub fn load(c: &mut Connection, app: &App, site: &Site, actor: &Actor) -> QueryResult<Option<Self>> {
        if !actor.is_superuser || app.details().steps_done {
            return Ok(None);
        }
        let steps = site.steps.iter().map(|step| Ok(Step { label: step.label, href: step.href, is_done: (step.is_done)(c, app, actor)? }));
        Ok(Some(Self { steps: steps.collect::<QueryResult<_>>()? }))
    }

    pub fn done(&self) -> usize {
        self.steps.iter().filter(|step| step.is_done).count()
    }

    pub fn is_done(&self) -> bool {
        self.done() == self.steps.len()
    }
}

/// Puts the list away, if nothing is left to do.
pub async fn hide(visit: Visit, user: CurrentUser) -> AppResult<HttpResponse> {
    let (app, site, actor) = (visit.app.clone(), visit.site.clone(), user.to_actor());
    let is_hidden = visit.app.db.write(move |c| {
        if !Checklist::load(c, &app, &site, &actor)?.is_some_and(|list| list.is_done()) {
            return Ok(false);
        }
        store(c, &Changes { steps_done: true, ..Changes::default() }, app.now())?;
        app.act(c, &actor, |_, writer| {
            writer.log_entry(Entry::noted(LogAction::Act, "user", "Clinic: set-up completed"));
            Ok::<_, AppError>(true)
        })
    });
    let (tone, message) = match is_hidden.await? {
        true => (Tone::Ok, "The set-up is complete."),
        false => (Tone::Warn, "Some steps are still to be done."),
    };
    refresh(&visit.app).await?;
    leave(&visit.request, &visit.app, tone, message);
    Ok(see_other(TODAY))
}
