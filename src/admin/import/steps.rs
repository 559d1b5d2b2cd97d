//! Import: the file, its columns, the trial run, and the import itself. Each step has its own page, which can be left and
//! reopened; users see only their own imports.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use actix_web::{HttpResponse, web};

use super::pages::{ColumnsPage, ProgressPage, UploadPage};
use crate::admin::import;
use crate::db::DbError;
use crate::error::{AppError, AppResult};
use crate::resource::access::actor::Action;
use crate::resource::{Actor, Declaration};
use crate::transfer::chunks::{self, PieceError};
use crate::transfer::import::{Import, NewImport, State};
use crate::transfer::reading::sheet::Limits;
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
    match keep(&visit, &user, declaration, &upload).await? {
        Ok(id) => Ok(see_other(place(declaration, id))),
        Err(sentence) => refused(sentence, StatusCode::UNPROCESSABLE_ENTITY).await,
    }
}

async fn keep(visit: &Visit, user: &CurrentUser, declaration: &Declaration, upload: &Upload) -> AppResult<Result<i64, String>> {
    let limits = Limits::for_uploads_of(visit.app.settings.upload_limit);
    let file = upload.file.try_clone().map_err(AppError::internal)?;
    let surveyed = web::block(move || trial::survey(&file, &limits)).await.map_err(AppError::internal)?;
    let (manner, headings, total_rows) = match surveyed {
        Ok(surveyed) => surveyed,
        Err(error) => return Ok(Err(error.0)),
    };
    let new = NewImport {
        user_id: user.id,
        resource: declaration.name,
        file_name: upload.name.clone(),
        manner: format!("{}, {}", manner.format, manner.detail),
        headings,
        total_rows,
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
    let id = import.id;
    let examples = visit
        .app
        .db
        .read(move |c| match chunks::fetch(c, id) {
            Ok(file) => Ok(trial::examples(&file, &limits)),
            Err(PieceError::Db(error)) => Err(AppError::from(error)),
            Err(PieceError::File(error)) => Err(AppError::internal(error)),
        })
        .await?;
    let fields = columns::importable(&visit.app, user, declaration);
    let (targets, error) = match chosen {
        Some((targets, error)) => (targets, Some(error)),
        None if import.targets().is_empty() => (columns::guess(&import.headings(), &fields), None),
        None => (import.targets(), None),
    };
    html(status, &ColumnsPage::new(visit, declaration, &import, &fields, &targets, &examples, error))
}

/// The columns are chosen: starts the trial run.
pub async fn map(visit: Visit, user: CurrentUser, path: Path<(String, i64)>, posted: PostedForm) -> AppResult<HttpResponse> {
    let declaration = declared(&visit, &user, &path.0)?;
    let import = find(&visit, &user, declaration, path.1).await?;
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
    let (id, now, month_first) = (import.id, visit.app.now(), posted.text("dates") == "month");
    let begun = visit.app.db.write(move |c| Import::map(c, id, &targets, month_first, now).map_err(DbError::from)).await?;
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
    if import.to_write() > 0 && (import.error_rows == 0 || skips_errors) {
        let (id, now) = (import.id, visit.app.now());
        let begun = visit.app.db.write(move |c| Import::confirm(c, id, skips_errors, now).map_err(DbError::from)).await?;
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
