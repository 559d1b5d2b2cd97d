//! Records in responses: the selected members, written as JSON straight from the values.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hasher};
use std::io::Write;
use std::sync::Arc;

use diesel::QueryResult;
use serde::Serialize;
use serde_json::json;

use crate::api::http::error::ApiError;
use crate::api::schema::{Catalogue, ID, Member, Shape, VERSION};
use crate::api::state::State;
use crate::db::Connection;
use crate::resource::access::actor::{Action, Actor};
use crate::resource::file::StoredFile;
use crate::resource::{FormData, Kind, ListQuery, Resource, Row, Test, Value};

/// The selected members: `fields=id,name` and `expand=doctor`. Unknown names are ignored.
#[derive(Clone, Debug, Default)]
pub struct View {
    chosen: Option<Arc<Chosen>>,
    /// What is referred to stands beside the reference.
    has_details: bool,
}

#[derive(Debug)]
struct Chosen {
    /// Names of members; `None` for the default ones.
    members: Option<Vec<&'static str>>,
    version: bool,
    /// References that are replaced by their records.
    expanded: Vec<&'static str>,
}

/// Names in a parameter, which may be repeated.
fn names<'a>(typed: &'a FormData, parameter: &'a str) -> impl Iterator<Item = &'a str> {
    typed.all(parameter).flat_map(|text| text.split(',')).map(str::trim)
}

impl View {
    pub fn read(shape: &Shape, typed: &FormData) -> Self {
        if !typed.has("fields") && !typed.has("expand") {
            return Self::default();
        }
        let asked: Vec<&str> = names(typed, "fields").filter(|name| !name.is_empty()).collect();
        let chosen = shape.members.iter().map(|member| member.name).filter(|name| asked.contains(name));
        let expanded =
            shape.members.iter().filter(|member| member.refers_to.is_some() && names(typed, "expand").any(|name| name == member.name));
        let chosen = Chosen {
            members: (!asked.is_empty()).then(|| chosen.collect()),
            version: asked.contains(&VERSION) && shape.has_versions,
            expanded: expanded.map(|member| member.name).collect(),
        };
        Self { chosen: Some(Arc::new(chosen)), has_details: false }
    }

    /// The records of another one say who or what they refer to, so that nobody has to ask for each.
    pub fn with_details(self) -> Self {
        Self { has_details: true, ..self }
    }

    /// The selected members.
    fn members<'a>(&'a self, shape: &'a Shape) -> impl Iterator<Item = &'a Member> {
        let chosen = self.chosen.as_deref().and_then(|chosen| chosen.members.as_ref());
        shape.members.iter().filter(move |member| chosen.is_none_or(|chosen| chosen.contains(&member.name)))
    }

    fn expands(&self, member: &Member) -> bool {
        self.chosen.as_ref().is_some_and(|chosen| chosen.expanded.contains(&member.name))
    }

    fn has_version(&self) -> bool {
        self.chosen.as_ref().is_some_and(|chosen| chosen.version)
    }
}

/// A view of certain records, with the records that they refer to.
pub struct JsonWriter<'a> {
    shape: &'a Shape,
    view: &'a View,
    related: Vec<Related<'a>>,
    files: HashMap<i64, StoredFile>,
}

/// Records of one reference that the caller may see.
struct Related<'a> {
    member: &'static str,
    /// It stands beside the reference and not instead of it.
    is_detail: bool,
    writer: JsonWriter<'a>,
    rows: HashMap<i64, Row>,
}

impl Related<'_> {
    /// `"doctor_detail": {"id": 3, "name": …}`, or null if the caller may not see that record.
    fn write_detail(&self, out: &mut Vec<u8>, shape: &Shape, row: &Row, is_first: &mut bool) {
        let Some(member) = shape.members.iter().find(|member| member.name == self.member) else { return };
        if !std::mem::take(is_first) {
            out.push(b',');
        }
        written(out, &format!("\"{}_detail\":", member.name));
        let Some(row) = row.values.at(member.field.name).as_id().and_then(|id| self.rows.get(&id)) else { return written(out, "null") };
        written(out, "{");
        let own = self.writer.shape;
        for (place, member) in own.members.iter().filter(|member| member.name == ID || own.detail.contains(&member.name)).enumerate() {
            written(out, if place == 0 { "" } else { "," });
            written(out, &member.key);
            self.writer.member(out, member, row);
        }
        written(out, "}");
    }
}

/// The default view.
static USUAL: View = View { chosen: None, has_details: false };

impl<'a> JsonWriter<'a> {
    /// The default view of these rows, without expanded references.
    pub fn usual<'r>(c: &mut Connection, shape: &'a Shape, rows: impl IntoIterator<Item = &'r Row>) -> QueryResult<Self> {
        Ok(Self { shape, view: &USUAL, related: Vec::new(), files: files(c, shape, rows)? })
    }

    /// Completes the rows of a list, and runs one query for each expanded reference.
    pub fn load(
        c: &mut Connection,
        app: &'a State,
        actor: &Actor,
        resource: &Resource,
        view: &'a View,
        rows: &mut [Row],
    ) -> Result<Self, ApiError> {
        let shape = app.api.get(resource.declaration().name)?;
        if view.members(shape).any(|member| member.field.kind == Kind::Many) {
            resource.load_many(c, rows)?;
        }
        let mut related = Vec::new();
        for member in view.members(shape).filter(|member| view.has_details || view.expands(member)) {
            let is_detail = !view.expands(member);
            let target = member.refers_to.and_then(|name| Some((app.registry.get(name)?, app.api.find(name)?)));
            let Some((target, shape)) = target.filter(|(target, _)| target.declaration().allows(actor, Action::View)) else { continue };
            if is_detail && !member.has_detail {
                continue;
            }
            let mut ids: Vec<i64> = rows.iter().filter_map(|row| row.values.at(member.field.name).as_id()).collect();
            ids.sort_unstable();
            ids.dedup();
            let limit = ids.len() as i64;
            let wanted = ListQuery::only(ID, Test::In(ids.into_iter().map(Value::Integer).collect()), limit);
            let mut found = if limit == 0 { Vec::new() } else { target.list(c, &wanted, Some(actor))? };
            target.load_many(c, &mut found)?;
            let writer = JsonWriter::usual(c, shape, &found)?;
            related.push(Related { member: member.name, is_detail, writer, rows: found.into_iter().map(|row| (row.id, row)).collect() });
        }
        Ok(Self { shape, view, related, files: files(c, shape, rows.iter())? })
    }

    /// Expanded records of other resources: resource, id and label.
    pub fn shown_along(&self) -> Vec<(&'static str, i64, String)> {
        self.related.iter().flat_map(|one| one.rows.values().map(|row| (one.writer.shape.resource, row.id, row.label.clone()))).collect()
    }

    /// Writes one record.
    pub fn write(&self, out: &mut Vec<u8>, row: &Row) {
        out.push(b'{');
        let mut first = true;
        for member in self.view.members(self.shape) {
            if !std::mem::take(&mut first) {
                out.push(b',');
            }
            out.extend_from_slice(member.key.as_bytes());
            self.member(out, member, row);
        }
        for related in self.related.iter().filter(|related| related.is_detail) {
            related.write_detail(out, self.shape, row, &mut first);
        }
        if self.view.has_version() {
            if !first {
                out.push(b',');
            }
            written(out, "\"version\":");
            json(out, &row.version);
        }
        out.push(b'}');
    }

    fn member(&self, out: &mut Vec<u8>, member: &Member, row: &Row) {
        if member.name == ID {
            return json(out, &row.id);
        }
        let held = row.values.at(member.field.name);
        let related = self.related.iter().find(|one| one.member == member.name && !one.is_detail);
        match related.and_then(|one| Some((&one.writer, one.rows.get(&held.as_id()?)?))) {
            Some((writer, row)) => writer.write(out, row),
            None if member.is_file() => self.file(out, member, row),
            None => value(out, member.field.kind, held),
        }
    }

    /// Writes what is known about a file, or null.
    fn file(&self, out: &mut Vec<u8>, member: &Member, row: &Row) {
        let found = row.values.at(member.field.name).as_id().and_then(|id| self.files.get(&id));
        let url = format!("/api/{}/{}/{}/", self.shape.slug, row.id, member.name);
        let described = found.map(|file| json!({ "name": file.name, "content_type": file.content_type, "size": file.size, "url": url }));
        json(out, &described);
    }

    /// Writes several, separated by commas: `is_first` if no record precedes them.
    pub fn write_all(&self, out: &mut Vec<u8>, rows: &[Row], mut is_first: bool) {
        for row in rows {
            if !std::mem::take(&mut is_first) {
                out.push(b',');
            }
            self.write(out, row);
        }
    }
}

/// The files of these rows, in one statement, and in none for a resource without files.
fn files<'r>(c: &mut Connection, shape: &Shape, rows: impl IntoIterator<Item = &'r Row>) -> QueryResult<HashMap<i64, StoredFile>> {
    let fields: Vec<&str> = shape.members.iter().filter(|member| member.is_file()).map(|member| member.field.name).collect();
    if fields.is_empty() {
        return Ok(HashMap::new());
    }
    let ids: Vec<i64> = rows.into_iter().flat_map(|row| fields.iter().filter_map(|name| row.values.at(name).as_id())).collect();
    Ok(StoredFile::list(c, &ids)?.into_iter().map(|file| (file.id, file)).collect())
}

/// One record in the default view.
pub fn rendered(c: &mut Connection, catalogue: &Catalogue, resource: &str, row: &Row) -> Result<Vec<u8>, ApiError> {
    let mut out = Vec::with_capacity(512);
    JsonWriter::usual(c, catalogue.get(resource)?, [row])?.write(&mut out, row);
    Ok(out)
}

fn value(out: &mut Vec<u8>, kind: Kind, value: &Value) {
    match value {
        Value::Null => written(out, "null"),
        Value::Text(text) => json(out, text),
        Value::Integer(number) => match kind {
            Kind::Measure(measure) => json(out, &measure.to_json(*number)),
            _ => json(out, number),
        },
        Value::Bool(yes) => json(out, yes),
        // Contains no characters that need escaping.
        Value::Date(date) => quoted(out, date),
        Value::DateTime(at) => quoted(out, &at.rfc3339_micros()),
        Value::Many(ids) => json(out, ids),
    }
}

fn written(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(text.as_bytes());
}

fn quoted(out: &mut Vec<u8>, text: &impl std::fmt::Display) {
    // Writing to memory does not fail.
    let _ = write!(out, "\"{text}\"");
}

fn json(out: &mut Vec<u8>, value: &impl Serialize) {
    let _ = serde_json::to_writer(out, value);
}

/// The ETag of a record's state, or of a list with version 0: the version identifies the state, a digest of the body the selected
/// members.
pub fn etag(version: i64, body: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    hasher.write(body);
    match version {
        0 => format!("W/\"{:016x}\"", hasher.finish()),
        version => format!("\"{version}-{:016x}\"", hasher.finish()),
    }
}
