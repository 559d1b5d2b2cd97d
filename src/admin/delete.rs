//! Deleting a record of any resource, after a page that says what else goes and what stands against it.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;

use crate::error::AppResult;
use crate::resource::Declaration;
use crate::resource::relations::Dependents;
use crate::resource::value::Row;
use crate::resource::write::WriteError;
use crate::web::current::CurrentUser;
use crate::web::flash::{Tone, leave};
use crate::web::page::{Shell, Visit, html, see_other};
use crate::web::record;

#[derive(Template)]
#[template(path = "admin/delete.html")]
struct DeletePage {
    shell: Shell,
    what: String,
    label: String,
    tree: Vec<Dependents>,
    refused: Option<String>,
    back: String,
    action: String,
}

pub async fn confirm(visit: Visit, user: CurrentUser, path: Path<(String, i64)>) -> AppResult<HttpResponse> {
    let declaration = super::declared(&visit.app, &path.0)?;
    let (row, tree, refused) = record::consequences(&visit.app, user.to_actor(), declaration.name, path.1).await?;
    draw(&visit, declaration, &row, tree, refused, StatusCode::OK)
}

pub async fn destroy(visit: Visit, user: CurrentUser, path: Path<(String, i64)>) -> AppResult<HttpResponse> {
    let declaration = super::declared(&visit.app, &path.0)?;
    match record::delete(&visit.app, user.to_actor(), declaration.name, path.1).await {
        Ok(row) => {
            leave(&visit.request, &visit.app, Tone::Ok, format!("The {} “{}” was deleted.", declaration.singular_lower(), row.label));
            Ok(see_other(super::home(declaration)))
        }
        Err(WriteError::Protected(_) | WriteError::Refused(_) | WriteError::Invalid(_)) => {
            let (row, tree, refused) = record::consequences(&visit.app, user.to_actor(), declaration.name, path.1).await?;
            draw(&visit, declaration, &row, tree, refused, StatusCode::CONFLICT)
        }
        Err(error) => Err(error.into()),
    }
}

fn draw(
    visit: &Visit,
    declaration: &Declaration,
    row: &Row,
    tree: Vec<Dependents>,
    refused: Option<String>,
    status: StatusCode,
) -> AppResult<HttpResponse> {
    let list = super::home(declaration);
    let back = format!("{list}/{}", row.id);
    let shell = visit
        .shell(format!("Delete {}", row.label))
        .under(&[super::ROOT, (declaration.plural, &list)])
        .renamed("Delete")
        .after(&row.label, &back);
    let action = format!("{back}/delete");
    html(status, &DeletePage { shell, what: declaration.singular_lower(), label: row.label.clone(), tree, refused, back, action })
}
