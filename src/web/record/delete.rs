//! Deleting a record of any resource, after a page that says what else is deleted and what prevents it.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use crate::english::isolated;
use crate::error::AppResult;
use crate::resource::access::actor::Action;
use crate::resource::write::relations::Dependents;
use crate::resource::write::writer::WriteError;
use crate::web::list::return_link::Back;
use crate::web::page::flash::{Tone, leave, leave_undoable};
use crate::web::page::shell::Shell;
use crate::web::record;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::visit::Visit;
use crate::web::response::{html, see_other};

/// A record, and where its pages are.
pub struct RecordUrls {
    /// The resource's name, and the noun for one record.
    pub resource: &'static str,
    pub noun: String,
    pub id: i64,
    /// The breadcrumbs to the list, which is the last of them.
    pub steps: Vec<(&'static str, String)>,
    /// The list in its state, if the user came from it.
    pub back: Option<Back>,
}

#[derive(Template)]
#[template(path = "web/record/deletion_page.html")]
struct DeletePage {
    shell: Shell,
    what: String,
    label: String,
    tree: Vec<Dependents>,
    refused: Option<String>,
    /// What the user can do in its form if it cannot be deleted.
    instead: Option<&'static str>,
    back: String,
    action: String,
    /// Whether it can be restored, and until when.
    trash: bool,
    until: Option<String>,
}

impl RecordUrls {
    pub fn path(&self) -> &str {
        self.steps.last().map_or("/", |(_, href)| href.as_str())
    }

    pub fn list(&self) -> String {
        self.back.as_ref().map_or_else(|| self.path().into(), Back::list)
    }

    /// The address of a page of the record.
    pub fn record(&self, way: &str) -> String {
        let address = format!("{}/{}{way}", self.path(), self.id);
        self.back.as_ref().map_or_else(|| address.clone(), |back| back.from(&address))
    }
}

pub async fn confirm(visit: Visit, user: CurrentUser, place: RecordUrls) -> AppResult<HttpResponse> {
    render(&visit, &user, &place, StatusCode::OK).await
}

pub async fn destroy(visit: Visit, user: CurrentUser, place: RecordUrls) -> AppResult<HttpResponse> {
    match record::find::delete(&visit.app, user.to_actor(), place.resource, place.id).await {
        Ok(row) => {
            if has_trash(&visit, &place) {
                let message = format!("The {} “{}” was deleted. You can restore it from the trash.", place.noun, isolated(&row.label));
                leave_undoable(&visit.request, &visit.app, message, format!("{}/trash/{}/restore", place.path(), place.id));
            } else {
                leave(&visit.request, &visit.app, Tone::Ok, format!("The {} “{}” was deleted.", place.noun, isolated(&row.label)));
            }
            Ok(see_other(place.list()))
        }
        Err(WriteError::Protected(_) | WriteError::Refused(_) | WriteError::Invalid(_)) => {
            render(&visit, &user, &place, StatusCode::CONFLICT).await
        }
        Err(error) => Err(error.into()),
    }
}

fn has_trash(visit: &Visit, place: &RecordUrls) -> bool {
    visit.app.registry.get(place.resource).is_some_and(|resource| resource.declaration().trash)
}

async fn render(visit: &Visit, user: &CurrentUser, place: &RecordUrls, status: StatusCode) -> AppResult<HttpResponse> {
    let (row, tree, refused) = record::find::consequences(&visit.app, user.to_actor(), place.resource, place.id).await?;
    let (back, action, list) = (place.record(""), place.record("/delete"), place.list());
    let mut steps: Vec<(&str, &str)> = place.steps.iter().map(|(label, href)| (*label, href.as_str())).collect();
    if let Some(last) = steps.last_mut() {
        last.1 = &list;
    }
    let shell = visit.shell(format!("Delete {}", isolated(&row.label))).under(&steps).renamed("Delete").after(&row.label, &back);
    let trash = has_trash(visit, place);
    let own = visit.app.registry.get(place.resource).map(|resource| resource.declaration());
    let may_change = own.filter(|own| own.allows(user, Action::Change));
    let page = DeletePage {
        shell,
        instead: may_change.and_then(|own| own.delete_alternative).map(|tell| tell(&row)),
        trash,
        until: crate::web::record::retention::kept_until(&visit.app, &visit.zone(), visit.app.now()),
        what: place.noun.clone(),
        label: row.label,
        tree,
        refused,
        action,
        back,
    };
    html(status, &page)
}
