//! Reads the form of a record, which may have files. A file is stored at once, as a row that waits for its record, and the form
//! goes on with its id. So everything that a form may meet on its way (errors, conflicts, drafts, signing in again) keeps it.

use std::io::{Read, Seek};
use std::rc::Rc;

use actix_web::dev::ServiceRequest;
use actix_web::web;

use super::body;
use super::current_user::CurrentUser;
use super::posted::PostedForm;
use super::upload::{self, Upload, Uploaded};
use crate::app::App;
use crate::db::UtcDateTime;
use crate::error::{AppError, AppResult};
use crate::resource::file::stored::NewFile;
use crate::resource::file::{FileProblem, FileRules, StoredFile};
use crate::resource::form::data::MOST_PAIRS;
use crate::resource::{Declaration, Field, Kind, Registry};

/// The form, with a valid token. `own` is the declaration of the record.
pub async fn read(request: &mut ServiceRequest, own: Option<&Declaration>) -> AppResult<PostedForm> {
    let app = request.app_data::<web::Data<App>>().cloned().ok_or_else(|| AppError::internal("no application"))?;
    let largest = own.map_or(0, |own| files(&app.registry, own).map(|field| field.file.max_bytes).max().unwrap_or(0));
    let Some(own) = own.filter(|_| upload::is_multipart(request) && largest > 0) else { return body::read(request).await };
    let rules = |part: &str| file_field(&app.registry, own, part).map(|field| field.file);
    let (mut data, files) = upload::read_parts(request, (largest, MOST_PAIRS), |part| rules(part).map(|rules| rules.max_bytes)).await?;
    // Only what is found out here counts.
    data = data.forget(|name| name.ends_with(PROBLEM));
    let user = CurrentUser::of(request.request()).map_or(0, |user| user.id);
    for (part, uploaded) in files {
        let (Some(rules), Some(name)) = (rules(&part), part.strip_suffix(INPUT)) else { continue };
        let stored = match uploaded {
            Uploaded::Nothing => continue,
            Uploaded::Empty => Err(FileProblem::Empty),
            Uploaded::TooLarge => Err(FileProblem::TooLarge),
            Uploaded::File(file) => store(&app, rules, &file, user, app.now()).await?,
        };
        data = match stored {
            Ok(id) => data.forget(|known| known.strip_prefix(name) == Some("-remove")).with(name, id.to_string()),
            Err(problem) => data.with(&format!("{name}{PROBLEM}"), problem.word()),
        };
    }
    Ok(PostedForm(Rc::new(data)))
}

/// The end of the name of a file's input.
const INPUT: &str = "-file";
/// The end of the name under which the form carries what is wrong with a file. No field's name has two underscores.
const PROBLEM: &str = "__problem";

async fn store(app: &App, rules: FileRules, upload: &Upload, user: i64, now: UtcDateTime) -> AppResult<Result<i64, FileProblem>> {
    let (mut file, name) = (upload.file.try_clone().map_err(AppError::internal)?, upload.name.clone());
    let checked = web::block(move || {
        let mut content = Vec::new();
        file.rewind()?;
        file.read_to_end(&mut content)?;
        Ok::<_, std::io::Error>(NewFile::checked(name, content, &rules))
    });
    match checked.await.map_err(AppError::internal)?.map_err(AppError::internal)? {
        Ok(file) => app.db.write(move |c| Ok::<_, AppError>(StoredFile::insert(c, &file, user, now)?)).await.map(Ok),
        Err(problem) => Ok(Err(problem)),
    }
}

/// The file fields of a record, and of the rows on its form.
fn files<'a>(registry: &'a Registry, own: &'a Declaration) -> impl Iterator<Item = &'a Field> {
    let rows = own.inlines.iter().filter_map(|inline| registry.get(inline.resource)).map(|resource| resource.declaration());
    std::iter::once(own).chain(rows).flat_map(|one| &one.fields).filter(|field| field.kind == Kind::File)
}

/// The field of an input: `scan-file`, or `page-0-scan-file` in a row.
fn file_field<'a>(registry: &'a Registry, own: &'a Declaration, part: &str) -> Option<&'a Field> {
    let name = part.strip_suffix(INPUT)?;
    let of = |own: &'a Declaration, name: &str| own.field(name).filter(|field| field.kind == Kind::File && field.is_editable());
    of(own, name).or_else(|| {
        own.inlines.iter().find_map(|inline| {
            let (number, name) = name.strip_prefix(inline.resource)?.strip_prefix('-')?.split_once('-')?;
            number.parse::<u32>().ok()?;
            of(registry.get(inline.resource)?.declaration(), name)
        })
    })
}
