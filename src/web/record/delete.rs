//! Deleting a record of any resource, after a page that says what else is deleted and what prevents it.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use crate::english::isolated;
use crate::error::{AppError, AppResult};
use crate::resource::access::actor::Action;
use crate::resource::clearance::{Clearance, Offer, RECIPIENT};
use crate::resource::declare::bulk_action::BulkAction;
use crate::resource::form::bind::{Binder, BoundForm, Control};
use crate::resource::write::relations::Dependents;
use crate::resource::write::writer::WriteError;
use crate::resource::{FormData, FormErrors};
use crate::web::list::return_link::Back;
use crate::web::page::flash::{Tone, leave, leave_undoable};
use crate::web::page::shell::Shell;
use crate::web::record;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::posted::PostedForm;
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
    /// What can be done about the records that prevent it.
    offer: Option<Clearing>,
    /// What the user can do if it cannot be deleted, in a sentence, and the action that does it.
    instead: Option<&'static str>,
    act: Option<&'static BulkAction>,
    back: String,
    action: String,
    /// Whether it can be restored, and until when.
    trash: bool,
    until: Option<String>,
}

/// The forms that clear what prevents the deletion.
struct Clearing {
    /// The form with the recipient, and what it is given: `71 patients`.
    given: Option<(BoundForm, String)>,
    removed: Option<String>,
}

/// The button that was pressed, and its values.
const CLEAR: &str = "_clear";
const GIVE: &str = "give";
const REMOVE: &str = "remove";
const INSTEAD: &str = "instead";
/// The button that looks for the recipient.
const FIND: &str = "_find";
/// The most records that prevent a deletion and are named.
const NAMED: usize = 5;

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
    render(&visit, &user, &place, StatusCode::OK, (FormData::default(), FormErrors::default())).await
}

pub async fn destroy(visit: Visit, user: CurrentUser, place: RecordUrls, posted: PostedForm) -> AppResult<HttpResponse> {
    let (app, actor, typed) = (&visit.app, user.to_actor(), FormData::clone(&posted));
    if typed.has(FIND) {
        return render(&visit, &user, &place, StatusCode::OK, (typed, FormErrors::default())).await;
    }
    let done = match typed.text(CLEAR) {
        INSTEAD => return instead(&visit, &user, &place).await,
        GIVE => {
            let recipient = typed.text(RECIPIENT).parse().unwrap_or_default();
            record::find::delete_clearing(app, actor, place.resource, place.id, Clearance::Give(recipient)).await
        }
        REMOVE => record::find::delete_clearing(app, actor, place.resource, place.id, Clearance::Remove).await,
        _ => record::find::delete(app, actor, place.resource, place.id).await,
    };
    match done {
        Ok(row) => Ok(deleted(&visit, &place, &row.label)),
        // The button was pressed twice: the answer of the first press.
        Err(WriteError::NotFound) => {
            let label = record::find::deleted_by(app, user.to_actor(), place.resource, place.id).await?.ok_or(AppError::NotFound)?;
            Ok(deleted(&visit, &place, &label))
        }
        Err(WriteError::Invalid(errors)) if typed.has(CLEAR) => {
            render(&visit, &user, &place, StatusCode::UNPROCESSABLE_ENTITY, (typed, errors)).await
        }
        Err(WriteError::Protected(_) | WriteError::Refused(_) | WriteError::Invalid(_)) => {
            render(&visit, &user, &place, StatusCode::CONFLICT, (FormData::default(), FormErrors::default())).await
        }
        Err(error) => Err(error.into()),
    }
}

/// Says so on the list, with a way to undo it where there is a trash.
fn deleted(visit: &Visit, place: &RecordUrls, label: &str) -> HttpResponse {
    let message = format!("The {} “{}” was deleted.", place.noun, isolated(label));
    if has_trash(visit, place) {
        let message = format!("{message} You can restore it from the trash.");
        leave_undoable(&visit.request, &visit.app, message, format!("{}/trash/{}/restore", place.path(), place.id));
    } else {
        leave(&visit.request, &visit.app, Tone::Ok, message);
    }
    see_other(place.list())
}

/// Does what the page offers for a record that cannot be deleted.
async fn instead(visit: &Visit, user: &CurrentUser, place: &RecordUrls) -> AppResult<HttpResponse> {
    match record::find::act_instead(&visit.app, user.to_actor(), place.resource, place.id).await {
        Ok((row, act)) => {
            let message = format!("The {} “{}” was {}.", place.noun, isolated(&row.label), act.done);
            leave(&visit.request, &visit.app, Tone::Ok, message);
        }
        Err(WriteError::Invalid(errors)) => {
            let why = errors.first_text();
            leave(&visit.request, &visit.app, Tone::Warn, why);
        }
        Err(error) => return Err(error.into()),
    }
    Ok(see_other(place.record("")))
}

/// The forms of an offer; the record itself is no recipient.
async fn clearing(visit: &Visit, user: &CurrentUser, id: i64, offer: Offer, sent: (FormData, FormErrors)) -> AppResult<Clearing> {
    let (app, actor) = (visit.app.clone(), user.to_actor());
    let (field, given) = (offer.recipient(&app.registry), offer.given);
    let (Some(field), Some(given)) = (field, given) else { return Ok(Clearing { given: None, removed: offer.removed }) };
    let form = visit.app.db.read(move |c| {
        let binder = Binder::new(&app.registry, &actor, &app.clinic_zone());
        Ok::<_, AppError>(binder.bind(c, &[("", vec![&field])], &sent.0, &sent.1)?)
    });
    let mut form = form.await?;
    let own = id.to_string();
    for field in form.sections.iter_mut().flat_map(|section| &mut section.fields) {
        if let Control::Select { choices } | Control::Search { choices, .. } = &mut field.control {
            choices.retain(|choice| choice.value != own);
        }
    }
    Ok(Clearing { given: Some((form, given)), removed: offer.removed })
}

fn has_trash(visit: &Visit, place: &RecordUrls) -> bool {
    visit.app.registry.get(place.resource).is_some_and(|resource| resource.declaration().trash)
}

async fn render(
    visit: &Visit,
    user: &CurrentUser,
    place: &RecordUrls,
    status: StatusCode,
    sent: (FormData, FormErrors),
) -> AppResult<HttpResponse> {
    let found = record::find::consequences(&visit.app, user.to_actor(), place.resource, place.id).await?;
    let has_errors = !sent.1.is_empty();
    let offer = match found.offer {
        Some(offer) => Some(clearing(visit, user, place.id, offer, sent).await?),
        None => None,
    };
    let (row, mut tree) = (found.row, found.tree);
    for one in tree.iter_mut().filter(|one| one.protects()) {
        one.samples.truncate(NAMED);
    }
    let (back, action, list) = (place.record(""), place.record("/delete"), place.list());
    let mut steps: Vec<(&str, &str)> = place.steps.iter().map(|(label, href)| (*label, href.as_str())).collect();
    if let Some(last) = steps.last_mut() {
        last.1 = &list;
    }
    let shell = visit.shell(format!("Delete {}", isolated(&row.label))).under(&steps).renamed("Delete").after(&row.label, &back);
    let own = visit.app.registry.get(place.resource).map(|resource| resource.declaration());
    let shell = match own {
        Some(own) => shell.of_record(visit, own, &row, &back),
        None => shell,
    };
    let may_change = own.filter(|own| own.allows(user, Action::Change));
    let page = DeletePage {
        shell: shell.with_errors(has_errors),
        instead: may_change.and_then(|own| own.delete_alternative).map(|other| (other.tell)(&row)),
        act: found.instead,
        offer,
        trash: has_trash(visit, place),
        until: crate::web::record::retention::kept_until(&visit.app, &visit.zone(), visit.app.now()),
        what: place.noun.clone(),
        label: row.label,
        tree,
        refused: found.refused,
        action,
        back,
    };
    html(status, &page)
}
