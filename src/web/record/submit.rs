//! Opening and sending the form of a record, whichever page it is on: look-ups, related records, what is to be mended, conflicts,
//! records that are gone, and where it goes on. The page says how it looks and where its records are.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

use super::drafts::{self, Way};
use super::form::{RecordErrors, RecordForm, Saved, VERSION};
use super::{conflict, find, gone};
use crate::error::{AppError, AppResult};
use crate::resource::FormData;
use crate::resource::form::bind::BoundForm;
use crate::resource::value::{Row, Values};
use crate::web::list::return_link::Back;
use crate::web::page::flash::{Tone, leave};
use crate::web::request::visit::Visit;
use crate::web::response::see_other;

/// The button that looks for choices of a reference.
const FIND: &str = "_find";

/// The addresses of the records of a list.
pub struct RecordPaths(pub String);

impl RecordPaths {
    pub fn new_form(&self) -> String {
        format!("{}/new", self.0)
    }

    pub fn record(&self, id: i64) -> String {
        format!("{}/{id}", self.0)
    }

    pub fn edit_form(&self, id: i64) -> String {
        format!("{}/{id}/edit", self.0)
    }
}

/// What saving a form did.
pub enum Done<'a> {
    Added,
    /// With the record as it was.
    Changed(&'a Row),
    Unchanged,
}

/// The message after saving a form as it was.
pub fn leave_unchanged(visit: &Visit) {
    leave(&visit.request, &visit.app, Tone::Info, "Nothing was changed.");
}

/// A page with the form of a record.
pub trait RecordFormPage {
    fn paths(&self) -> RecordPaths;

    /// The list that the page was opened from.
    fn back(&self) -> Back;

    /// The page with this form.
    fn render(&self, row: Option<&Row>, form: BoundForm, status: StatusCode) -> impl Future<Output = AppResult<HttpResponse>>;

    /// Leaves a message about what was saved and says where to go on.
    fn saved(&self, done: Done, saved: &Row, typed: &FormData) -> impl Future<Output = AppResult<String>>;
}

impl RecordForm {
    /// The form as it is opened, with values from the address, or as it was left for a related record.
    pub async fn opened(&self, visit: &Visit, asked: FormData) -> AppResult<BoundForm> {
        match drafts::restored(visit, self.actor.id).await? {
            Some(typed) => self.again(typed, RecordErrors::default()).await,
            None => self.open(asked).await,
        }
    }

    /// Does what the button asks that was pressed. `fixed` are values that no form may set.
    pub async fn submit(&self, visit: &Visit, typed: FormData, fixed: Values, page: &impl RecordFormPage) -> AppResult<HttpResponse> {
        if typed.has(FIND) {
            return self.redisplay(typed, RecordErrors::default(), page).await;
        }
        if typed.has(drafts::RELATED) {
            return match drafts::save(visit, self, typed.clone()).await? {
                Way::To(answer) => Ok(answer),
                Way::NothingChosen(field) => self.redisplay(typed, RecordErrors::at(field, "Choose one first"), page).await,
            };
        }
        match self.save(typed.clone(), fixed).await? {
            Saved::Saved(saved) => {
                let done = self.row.as_ref().map_or(Done::Added, Done::Changed);
                self.leave(visit, page.saved(done, &saved, &typed).await?, &typed, &saved).await
            }
            Saved::Unchanged(saved) => self.leave(visit, page.saved(Done::Unchanged, &saved, &typed).await?, &typed, &saved).await,
            Saved::Invalid(typed, problems) => self.redisplay(typed, problems, page).await,
            Saved::Conflict(typed, conflict) => {
                let (paths, back, id) = (page.paths(), page.back(), conflict.theirs.id);
                let (form, record) = (back.from(&paths.edit_form(id)), back.from(&paths.record(id)));
                let (action, cancel) = (drafts::with_way_back(visit, form), drafts::way_out(visit, record));
                conflict::render(visit, self, typed, *conflict, action, cancel).await
            }
        }
    }

    /// To the form that this one was opened from, or on.
    async fn leave(&self, visit: &Visit, onward: String, typed: &FormData, saved: &Row) -> AppResult<HttpResponse> {
        let back = drafts::after(visit, self.actor.id, typed, saved.id).await?;
        Ok(back.unwrap_or_else(|| see_other(onward)))
    }

    /// The same for the record with this id, of which this is the form. What was typed over one that is gone is shown.
    pub async fn update(self, visit: &Visit, id: i64, typed: FormData, page: &impl RecordFormPage) -> AppResult<HttpResponse> {
        match find::find(&visit.app, self.actor.clone(), self.name, id).await {
            Ok(row) => self.of(Some(row)).submit(visit, typed, Values::default(), page).await,
            Err(AppError::NotFound | AppError::InTrash(_)) if typed.has(VERSION) => {
                let paths = page.paths();
                let add = drafts::with_way_back(visit, paths.new_form());
                gone::render(visit, &self, id, typed, paths.0, add).await
            }
            Err(error) => Err(error),
        }
    }

    async fn redisplay(&self, typed: FormData, problems: RecordErrors, page: &impl RecordFormPage) -> AppResult<HttpResponse> {
        let status = problems.status();
        page.render(self.row.as_ref(), self.again(typed, problems).await?, status).await
    }
}
