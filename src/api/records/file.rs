//! Files in bodies, as `{"name": …, "content": …}` with the content in base64, and their downloads.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use diesel::QueryResult;
use serde_json::{Map, Value as Json};

use super::input::Purpose;
use crate::api::http::error::ApiError;
use crate::api::http::request::Call;
use crate::api::http::routes::Answer;
use crate::api::schema::{Member, Shape};
use crate::api::state::State;
use crate::db::Connection;
use crate::resource::file::StoredFile;
use crate::resource::file::stored::{NewFile, plain_name};
use crate::resource::form::data::missing;
use crate::resource::{Actor, Field, FormErrors, Kind, Value, Values};
use crate::web::download;

/// The members of a file in a body.
pub const NAME: &str = "name";
pub const CONTENT: &str = "content";
/// Where a file is downloaded.
pub const URL: &str = "url";

/// With or without padding.
const BASE64: GeneralPurpose =
    GeneralPurpose::new(&STANDARD, GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent));

/// Stores the files of a body as rows that wait for their record, and adds their ids to the other values.
pub fn values(
    c: &mut Connection,
    app: &State,
    actor: &Actor,
    shape: &Shape,
    members: &Map<String, Json>,
    purpose: Purpose,
    (mut values, mut errors): (Values, FormErrors),
) -> QueryResult<(Values, FormErrors)> {
    for member in shape.writable().filter(|member| member.is_file()) {
        let field = &member.field;
        match members.get(member.name).map(|json| read(field, json)) {
            None if purpose == Purpose::Replace && member.required => errors.add(field.name, missing(field)),
            None | Some(Ok(Sent::Unchanged)) => {}
            Some(Ok(Sent::Nothing)) => values.set(field.name, Value::Null),
            Some(Ok(Sent::File { name, content })) => match NewFile::checked(name, content, &field.file) {
                Ok(file) => values.set(field.name, Value::Integer(StoredFile::insert(c, &file, actor.id, app.now())?)),
                Err(problem) => errors.add(field.name, field.file.sentence(problem)),
            },
            Some(Err(text)) => errors.add(field.name, text),
        }
    }
    Ok((values, errors))
}

enum Sent {
    Nothing,
    /// The file as it was returned.
    Unchanged,
    File {
        name: String,
        content: Vec<u8>,
    },
}

fn read(field: &Field, json: &Json) -> Result<Sent, String> {
    let label = field.label;
    match json {
        Json::Null if field.nullable => Ok(Sent::Nothing),
        Json::Null => Err(format!("{label} must not be null")),
        Json::Object(file) if file.contains_key(CONTENT) => {
            let content = file.get(CONTENT).and_then(Json::as_str).and_then(|text| BASE64.decode(text).ok());
            let content = content.ok_or_else(|| format!("The content of {label} must be base64"))?;
            Ok(Sent::File { name: plain_name(file.get(NAME).and_then(Json::as_str).unwrap_or("")), content })
        }
        Json::Object(file) if file.contains_key(URL) => Ok(Sent::Unchanged),
        _ => Err(format!("{label} must be an object with a name and a content in base64")),
    }
}

/// The file of a record.
pub async fn show(name: &'static str, member: &'static str, call: Call) -> Answer {
    let (app, actor, id) = (call.app.clone(), call.actor()?, call.id()?);
    let shape = app.api.get(name)?;
    let field = shape.member(member).filter(|member| member.is_file()).ok_or_else(ApiError::not_found)?.field.name;
    let (data, who, known) = (app.clone(), actor.clone(), download::known(&call.request));
    let (label, file, content) = app
        .db
        .read(move |c| {
            let resource = data.registry.get(name).ok_or_else(ApiError::not_found)?;
            let row = data.registry.find(c, resource, id, Some(&who))?.ok_or_else(ApiError::not_found)?;
            let (file, content) = download::load(c, &row, field, known.as_ref())?.ok_or_else(ApiError::not_found)?;
            Ok::<_, ApiError>((row.label, file, content))
        })
        .await?;
    let own = app.registry.get(name).ok_or_else(ApiError::not_found)?.declaration();
    app.read_log.opened(&actor, app.now(), own, id, &label).await?;
    Ok(download::response(&file, content))
}

impl Member {
    pub fn is_file(&self) -> bool {
        self.field.kind == Kind::File
    }
}
