//! Import: the file, its columns, the trial run, and the import itself. Each step has its own page, which can be left and
//! reopened; users see only their own imports.

use std::fs::File;

use actix_web::http::StatusCode;
use actix_web::web::Path;
use actix_web::{HttpResponse, web};

use super::pages::{ColumnsPage, FileShown, ProgressPage, UploadPage};
use crate::admin::import;
use crate::db::DbError;
use crate::error::{AppError, AppResult};
use crate::resource::access::actor::Action;
use crate::resource::{Actor, Declaration};
use crate::transfer::chunks::{self, PieceError};
use crate::transfer::import::{Import, Known, Mapping, NewImport, State};
use crate::transfer::reading::sheet::{Choice, Limits};
use crate::transfer::{apply, columns, trial};
use crate::web::page::flash::{Tone, leave};
use crate::web::request::current_user::CurrentUser;
use crate::web::request::posted::PostedForm;
use crate::web::request::upload::{Upload, Uploaded};
use crate::web::request::visit::Visit;
use crate::web::response::{html, see_other};

/// Importing needs the permissions to add and to change.
fn declared<'a>(visit: &'a Visit, actor: &Actor, slug: &str) -> AppResult<&'a Declaration> {
    let declaration = crate::admin::declared(&visit.app, slug)?;
    if declaration.allows(actor, Action::Add) && declaration.allows(actor, Action::Change) {
        Ok(declaration)
    } else {
        Err(AppError::Forbidden("You need the permissions to add and change records to import a file."))
    }
}

fn place(declaration: &Declaration, id: i64) -> String {
    format!("{}/import/{id}", crate::admin::home(declaration))
}

pub async fn new(visit: Visit, user: CurrentUser, slug: Path<String>) -> AppResult<HttpResponse> {
    let declaration = declared(&visit, &user, &slug)?;
    draw_upload(&visit, &user, declaration, None, StatusCode::OK).await
}

async fn draw_upload(
    visit: &Visit,
    user: &CurrentUser,
    declaration: &Declaration,
    error: Option<String>,
    status: StatusCode,
) -> AppResult<HttpResponse> {
    let (person, name) = (user.id, declaration.name);
    let latest = visit.app.db.read(move |c| Import::list_for(c, person, name).map_err(AppError::from)).await?;
    html(status, &UploadPage::new(visit, user, declaration, &latest, error))
}

/// The file was uploaded: it is read once and stored.
pub async fn create(
    visit: Visit,
    user: CurrentUser,
    slug: Path<String>,
    _posted: PostedForm,
    uploaded: Uploaded,
) -> AppResult<HttpResponse> {
    let declaration = declared(&visit, &user, &slug)?;
    let limit = visit.app.settings.upload_limit;
    let refused = |error: String, status| draw_upload(&visit, &user, declaration, Some(error), status);
    let upload = match uploaded {
        Uploaded::File(upload) => upload,
        Uploaded::Empty | Uploaded::Nothing => return refused("Choose a file".into(), StatusCode::UNPROCESSABLE_ENTITY).await,
        Uploaded::TooLarge => {
            let message = format!("The file must be {} MB or smaller. Split it into several files", limit / (1024 * 1024));
            return refused(message, StatusCode::PAYLOAD_TOO_LARGE).await;
        }
    };
    match store(&visit, &user, declaration, &upload).await? {
        Ok(id) => Ok(see_other(place(declaration, id))),
        Err(sentence) => refused(sentence, StatusCode::UNPROCESSABLE_ENTITY).await,
    }
}

/// Reads the whole file as detected or chosen.
async fn surveyed(
    visit: &Visit,
    user: &CurrentUser,
    declaration: &Declaration,
    (name, file): (&str, &File),
    choice: Choice,
) -> AppResult<Result<NewImport, String>> {
    let limits = Limits::for_uploads_of(visit.app.settings.upload_limit);
    let file = file.try_clone().map_err(AppError::internal)?;
    let surveyed = web::block(move || trial::survey(&file, &limits, &choice)).await.map_err(AppError::internal)?;
    Ok(surveyed.map_err(|error| error.0).map(|(manner, headings, total_rows)| NewImport {
        user_id: user.id,
        resource: declaration.name,
        file_name: name.into(),
        manner: format!("{}, {}", manner.format, manner.detail).chars().take(255).collect(),
        headings,
        total_rows,
    }))
}

async fn store(visit: &Visit, user: &CurrentUser, declaration: &Declaration, upload: &Upload) -> AppResult<Result<i64, String>> {
    let new = match surveyed(visit, user, declaration, (&upload.name, &upload.file), Choice::default()).await? {
        Ok(new) => new,
        Err(error) => return Ok(Err(error)),
    };
    let (file, now) = (upload.file.try_clone().map_err(AppError::internal)?, visit.app.now());
    let id = visit
        .app
        .db
        .write(move |c| {
            let id = Import::create(c, &new, now)?;
            match chunks::store(c, id, &file, now) {
                Ok(()) => Ok(id),
                Err(PieceError::Db(error)) => Err(error.into()),
                Err(PieceError::File(error)) => Err(AppError::internal(error)),
            }
        })
        .await?;
    Ok(Ok(id))
}

/// The user's own import. [`AppError::NotFound`] for another.
async fn find(visit: &Visit, user: &CurrentUser, declaration: &Declaration, id: i64) -> AppResult<Import> {
    let (person, name) = (user.id, declaration.name);
    visit.app.db.read(move |c| Import::find_for(c, person, name, id)?.ok_or(AppError::NotFound)).await
}

pub async fn show(visit: Visit, user: CurrentUser, path: Path<(String, i64)>) -> AppResult<HttpResponse> {
    let declaration = declared(&visit, &user, &path.0)?;
    let import = find(&visit, &user, declaration, path.1).await?;
    match import.state {
        State::Uploaded => draw_columns(&visit, &user, declaration, import, None, StatusCode::OK).await,
        State::Mapped | State::Running => html(StatusCode::OK, &ProgressPage::new(&visit, declaration, &import)),
        State::Checked | State::Done | State::Failed => import::result::render(&visit, declaration, import).await,
    }
}

async fn draw_columns(
    visit: &Visit,
    user: &CurrentUser,
    declaration: &Declaration,
    import: Import,
    chosen: Option<(Vec<String>, String)>,
    status: StatusCode,
) -> AppResult<HttpResponse> {
    let limits = Limits::for_uploads_of(visit.app.settings.upload_limit);
    let (file, choice) = (fetch(visit, import.id).await?, import.choice());
    let (manner, examples) = web::block(move || trial::examples(&file, &limits, &choice)).await.map_err(AppError::internal)?;
    let fields = columns::importable(&visit.app, user, declaration);
    let is_first = chosen.is_none() && import.targets().is_empty();
    let (targets, error) = match chosen {
        Some((targets, error)) => (targets, Some(error)),
        None if is_first => (columns::guess(&import.headings(), &fields), None),
        None => (import.targets(), None),
    };
    let (app, actor, headings, name) = (visit.app.clone(), user.to_actor(), import.headings(), declaration.name);
    let (targets, examples) = visit
        .app
        .db
        .read(move |c| {
            let mut targets = targets;
            if let Some(resource) = app.registry.get(name).filter(|_| is_first) {
                columns::doubt_numbers(c, resource, &actor, (&headings, &mut targets), &examples)?;
            }
            Ok::<_, AppError>((targets, examples))
        })
        .await?;
    let file = FileShown { import: &import, manner: &manner, examples: &examples, is_first };
    html(status, &ColumnsPage::new(visit, declaration, &file, &fields, &targets, error))
}

/// The uploaded file.
async fn fetch(visit: &Visit, id: i64) -> AppResult<File> {
    visit
        .app
        .db
        .read(move |c| match chunks::fetch(c, id) {
            Ok(file) => Ok(file),
            Err(PieceError::Db(error)) => Err(AppError::from(error)),
            Err(PieceError::File(error)) => Err(AppError::internal(error)),
        })
        .await
}

/// Reads the file again, with another encoding or another sheet; its columns are guessed anew.
async fn reread(visit: &Visit, user: &CurrentUser, declaration: &Declaration, import: Import, choice: Choice) -> AppResult<HttpResponse> {
    let file = fetch(visit, import.id).await?;
    match surveyed(visit, user, declaration, (&import.file_name, &file), choice.clone()).await? {
        Ok(new) => {
            let (id, now) = (import.id, visit.app.now());
            visit.app.db.write(move |c| Import::reread(c, id, &choice, &new, now).map_err(DbError::from)).await?;
            Ok(see_other(place(declaration, id)))
        }
        Err(error) => {
            let targets = import.targets();
            draw_columns(visit, user, declaration, import, Some((targets, error)), StatusCode::UNPROCESSABLE_ENTITY).await
        }
    }
}

/// The columns are chosen: starts the trial run.
pub async fn map(visit: Visit, user: CurrentUser, path: Path<(String, i64)>, posted: PostedForm) -> AppResult<HttpResponse> {
    let declaration = declared(&visit, &user, &path.0)?;
    let import = find(&visit, &user, declaration, path.1).await?;
    let choice = Choice { encoding: posted.text("encoding").into(), sheet: posted.text("sheet").into() };
    let is_other = [&choice.encoding, &choice.sheet].into_iter().all(|chosen| chosen != posted.text("read_as"));
    if posted.has("read") || (is_other && choice != Choice::default()) {
        return reread(&visit, &user, declaration, import, choice).await;
    }
    let fields = columns::importable(&visit.app, &user, declaration);
    let known = |name: &str| name == columns::NUMBER || fields.iter().any(|field| field.name == name);
    let targets: Vec<String> = (0..import.headings().len())
        .map(|place| posted.text(&format!("column-{place}")).to_string())
        .map(|name| if known(&name) { name } else { String::new() })
        .collect();
    let named: Vec<&String> = targets.iter().filter(|name| !name.is_empty()).collect();
    let twice = named.iter().enumerate().find(|(place, name)| named.iter().take(*place).any(|earlier| earlier == *name));
    let wrong = match twice {
        Some((_, name)) => {
            let label = declaration.field(name).map_or("Number", |field| field.label);
            Some(format!("Two columns are matched to {label}. Match only one"))
        }
        None if named.iter().all(|name| *name == columns::NUMBER) => Some("Match at least one column".into()),
        None => None,
    };
    if let Some(error) = wrong {
        return draw_columns(&visit, &user, declaration, import, Some((targets, error)), StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let (id, now) = (import.id, visit.app.now());
    let columns = Mapping { targets, month_first: posted.text("dates") == "month", clears_blanks: posted.has("clears_blanks") };
    let begun = visit.app.db.write(move |c| Import::map(c, id, &columns, now).map_err(DbError::from)).await?;
    if begun {
        trial::start(visit.app.clone(), id, user.to_actor());
    }
    Ok(see_other(place(declaration, id)))
}

/// Returns to the columns.
pub async fn unmap(visit: Visit, user: CurrentUser, path: Path<(String, i64)>) -> AppResult<HttpResponse> {
    let declaration = declared(&visit, &user, &path.0)?;
    let import = find(&visit, &user, declaration, path.1).await?;
    let now = visit.app.now();
    visit.app.db.write(move |c| Import::unmap(c, import.id, now).map_err(DbError::from)).await?;
    Ok(see_other(place(declaration, path.1)))
}

/// Confirmed: writes the records, once.
pub async fn confirm(visit: Visit, user: CurrentUser, path: Path<(String, i64)>, posted: PostedForm) -> AppResult<HttpResponse> {
    let declaration = declared(&visit, &user, &path.0)?;
    let import = find(&visit, &user, declaration, path.1).await?;
    let skips_errors = posted.has("skip_errors");
    let known = Known::parse(posted.text("known")).unwrap_or(Known::Ask);
    let decided = (import.known_rows == 0 || known != Known::Ask) && (!import.mostly_renames() || posted.has("renames"));
    if !decided {
        let message = "Nothing was imported. Answer the questions above the button.";
        leave(&visit.request, &visit.app, Tone::Warn, message);
    }
    if decided && import.to_write() > 0 && (import.error_rows == 0 || skips_errors) {
        let (id, now) = (import.id, visit.app.now());
        let begun = visit.app.db.write(move |c| Import::confirm(c, id, skips_errors, known, now).map_err(DbError::from)).await?;
        if begun {
            apply::start(visit.app.clone(), id, user.to_actor());
        }
    }
    Ok(see_other(place(declaration, path.1)))
}

/// Discards an import that was not written.
pub async fn discard(visit: Visit, user: CurrentUser, path: Path<(String, i64)>) -> AppResult<HttpResponse> {
    let declaration = declared(&visit, &user, &path.0)?;
    let import = find(&visit, &user, declaration, path.1).await?;
    let (id, name) = (import.id, import.file_name);
    let gone = visit.app.db.write(move |c| Import::discard(c, id).map_err(DbError::from)).await?;
    if !gone {
        return Err(AppError::Conflict("You cannot discard this file while it is being imported."));
    }
    leave(&visit.request, &visit.app, Tone::Ok, format!("{name} discarded. No records were changed."));
    Ok(see_other(format!("{}/import", crate::admin::home(declaration))))
}

/// The lines with errors as a file: unchanged, with the line number and the reason.
pub async fn errors(visit: Visit, user: CurrentUser, path: Path<(String, i64)>) -> AppResult<HttpResponse> {
    let declaration = declared(&visit, &user, &path.0)?;
    let import = find(&visit, &user, declaration, path.1).await?;
    import::result::errors_file(&visit, import).await
}
