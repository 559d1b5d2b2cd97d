//! An earlier version of a record beside the current one, and reverting to it, which is an ordinary change with the old values.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;

use super::form::AdminForm;
use crate::db::Zone;
use crate::english::isolated;
use crate::error::{AppError, AppResult};
use crate::resource::access::actor::Action;
use crate::resource::form::bind::{Binder, BoundForm};
use crate::resource::log::versions::{self, Difference, Earlier};
use crate::resource::value::{Row, Values};
use crate::resource::{Declaration, FormData, Kind};
use crate::web::list::return_link::Back;
use crate::web::page::flash::leave_undoable;
use crate::web::page::shell::Shell;
use crate::web::record;
use crate::web::record::form::{RecordForm, VERSION};
use crate::web::record::submit::{Done, RecordFormPage, RecordPaths, leave_unchanged};
use crate::web::request::current_user::CurrentUser;
use crate::web::request::posted::PostedForm;
use crate::web::request::visit::Visit;
use crate::web::response::html;

#[derive(Template)]
#[template(path = "admin/version.html")]
struct VersionPage {
    shell: Shell,
    label: String,
    who: String,
    when: String,
    differences: Vec<Difference>,
    /// The version to revert to.
    version: i64,
    action: String,
    history: String,
    can_revert: bool,
}

/// The parts of the address: resource, record id, version.
type Place = Path<(String, i64, i64)>;

pub async fn show(visit: Visit, user: CurrentUser, place: Place) -> AppResult<HttpResponse> {
    let (row, earlier, differences) = load(&visit, &user, &place).await?;
    let own = super::declared(&visit.app, &place.0)?;
    let (list, when) = (super::home(own), visit.zone().show(earlier.entry.at));
    let (record, history) = (format!("{list}/{}", row.id), format!("{list}/{}/history", row.id));
    let shell = visit.shell(format!("{} as of {when}", isolated(&row.label))).under(&[super::ROOT, (own.plural, &list)]);
    let page = VersionPage {
        shell: shell.renamed(&when).after(&row.label, &record).after("History", &history).of_record(&visit, own, &row, &record),
        who: earlier.entry.actor,
        action: format!("{record}/versions/{}", place.2),
        can_revert: own.allows(&user, Action::Change) && differences.iter().any(|one| one.obstacle.is_empty()),
        version: row.version,
        label: row.label,
        differences,
        history,
        when,
    };
    html(StatusCode::OK, &page)
}

pub async fn revert(visit: Visit, user: CurrentUser, place: Place, posted: PostedForm) -> AppResult<HttpResponse> {
    let (row, earlier, _) = load(&visit, &user, &place).await?;
    let own = super::declared(&visit.app, &place.0)?;
    let mut typed = old_form(own, &earlier, &visit.zone());
    // The page sends the version that it was rendered for. The 'Undo' button reverts whatever version is current.
    let over = posted.get(VERSION).map_or_else(|| row.version.to_string(), Into::into);
    typed.push(VERSION, over);
    let when = visit.zone().show(earlier.entry.at);
    let note = format!("Reverted to version {} of {}", place.2, visit.app.clinic_zone().show(earlier.entry.at));
    let page = Reverted { admin: AdminForm { visit: &visit, user: &user, declaration: own }, when };
    let form = RecordForm::new(&visit, &user, own.name).of(Some(row)).log_note(note);
    form.submit(&visit, typed, Values::default(), &page).await
}

/// The form of a record that goes back to an earlier version: shown only where that cannot be.
struct Reverted<'a> {
    admin: AdminForm<'a>,
    /// When the earlier version was made.
    when: String,
}

impl RecordFormPage for Reverted<'_> {
    fn paths(&self) -> RecordPaths {
        self.admin.paths()
    }

    fn back(&self) -> Back {
        self.admin.back()
    }

    async fn render(&self, row: Option<&Row>, form: BoundForm, status: StatusCode) -> AppResult<HttpResponse> {
        self.admin.render(row, form, status).await
    }

    async fn saved(&self, done: Done<'_>, saved: &Row, _: &FormData) -> AppResult<String> {
        let (visit, record) = (self.admin.visit, self.paths().record(saved.id));
        let Done::Changed(before) = done else {
            leave_unchanged(visit);
            return Ok(format!("{record}/history"));
        };
        let undo = format!("{record}/versions/{}", before.version);
        leave_undoable(&visit.request, &visit.app, format!("{} restored to the version of {}.", isolated(&saved.label), self.when), undo);
        Ok(format!("{record}/history"))
    }
}

/// A form with the old values; a blank reference is sent as blank. A file that was replaced is gone, so files stay.
fn old_form(own: &Declaration, earlier: &Earlier, zone: &Zone) -> FormData {
    let fields = || own.fields.iter().filter(|field| field.is_editable() && field.kind != Kind::File);
    let mut typed = FormData::of(fields(), &earlier.values, zone);
    for field in fields().filter(|field| field.is_reference()) {
        if !typed.has(field.name) {
            typed.push(field.name, "");
        }
    }
    typed
}

async fn load(visit: &Visit, user: &CurrentUser, place: &Place) -> AppResult<(Row, Earlier, Vec<Difference>)> {
    let name = super::declared(&visit.app, &place.0)?.name;
    let row = record::find::find(&visit.app, user.to_actor(), name, place.1).await?;
    let (app, actor, version) = (visit.app.clone(), user.to_actor(), place.2);
    visit
        .app
        .db
        .read(move |c| {
            let resource = app.registry.get(name).ok_or(AppError::NotFound)?;
            let earlier = versions::earlier(c, resource.declaration(), &row, version)?.ok_or(AppError::NotFound)?;
            let binder = Binder::new(&app.registry, &actor, &app.clinic_zone());
            let differences = versions::differences(c, &binder, resource, &row, &earlier)?;
            Ok((row, earlier, differences))
        })
        .await
}
