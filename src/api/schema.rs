//! What the API accepts and returns for each resource, derived from its declaration once: for the handlers, for OPTIONS, and for
//! the OpenAPI description.

use serde_json::Value as Json;

use super::http::body::LIMIT;
use super::http::error::ApiError;
use crate::resource::declare::api::{Api, Operation};
use crate::resource::list::search::rank::has_weights;
use crate::resource::write::writer::WriteError;
use crate::resource::{Declaration, Field, FormErrors, Kind, Registry, Value, Values, field};

/// The member with the record's id.
pub const ID: &str = "id";
/// The version, which increases with every change: returned if `fields` asks for it, and sent with a change that must not
/// overwrite others.
pub const VERSION: &str = "version";

/// The code of an error: others have what was asked for.
pub const COLLISION: &str = "collision";
/// The member with what can be had instead.
pub const NEXT_FREE: &str = "next_free";

/// Every resource of the API, in the order of the registry.
#[derive(Debug, Default)]
pub struct Catalogue(Vec<Shape>);

impl Catalogue {
    pub fn of(registry: &Registry) -> Self {
        let declarations = registry.iter().map(|resource| resource.declaration());
        Self(declarations.filter_map(|own| own.api.map(|api| Shape::of(registry, own, &api))).collect())
    }

    /// By the resource's name. The error is [`ApiError::not_found`].
    pub fn get(&self, resource: &str) -> Result<&Shape, ApiError> {
        self.find(resource).ok_or_else(ApiError::not_found)
    }

    pub fn find(&self, resource: &str) -> Option<&Shape> {
        self.0.iter().find(|shape| shape.resource == resource)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Shape> {
        self.0.iter()
    }
}

/// A resource as the API shows it.
#[derive(Debug)]
pub struct Shape {
    pub resource: &'static str,
    /// The path segment.
    pub slug: &'static str,
    pub singular: &'static str,
    pub plural: &'static str,
    /// In the order of the response, the id first.
    pub members: Vec<Member>,
    pub operations: &'static [Operation],
    /// At least one of these members is required.
    pub either: Vec<&'static str>,
    /// The reference to the record in the address, for a list of the records that belong to it.
    pub listed_by: Option<&'static str>,
    /// The members that a record carries beside a reference to it, the id first; empty if it carries none.
    pub detail: Vec<&'static str>,
    /// Whether `search=` is supported.
    pub is_searched: bool,
    /// Whether a search begins with what is found in some of the members.
    pub has_weights: bool,
    /// Whether changes and deletions check versions.
    pub has_versions: bool,
}

/// A member of the JSON object.
#[derive(Debug)]
pub struct Member {
    pub name: &'static str,
    /// `"name":`, as it is written into JSON.
    pub key: String,
    pub field: Field,
    /// Returned, but not accepted.
    pub read_only: bool,
    /// Required when a record is added or replaced.
    pub required: bool,
    /// The resource that it refers to, if that is part of the API.
    pub refers_to: Option<&'static str>,
    /// Lists of the records of another one carry that record beside it, in brief.
    pub has_detail: bool,
    /// The filters of a list: `eq` is the bare name, the others follow after two underscores.
    pub filters: Vec<Lookup>,
    /// Whether `ordering=` accepts it.
    pub sortable: bool,
}

/// How a filter compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lookup {
    Equal,
    In,
    AtLeast,
    AtMost,
    IsNull,
}

impl Lookup {
    pub const ALL: [Self; 5] = [Self::Equal, Self::In, Self::AtLeast, Self::AtMost, Self::IsNull];

    /// The suffix after two underscores; blank for the bare name.
    pub fn word(self) -> &'static str {
        match self {
            Self::Equal => "",
            Self::In => "in",
            Self::AtLeast => "gte",
            Self::AtMost => "lte",
            Self::IsNull => "isnull",
        }
    }

    /// The parameter in the address.
    pub fn parameter(self, member: &str) -> String {
        if self == Self::Equal { member.into() } else { format!("{member}__{}", self.word()) }
    }

    fn of(own: &Declaration, field: &Field) -> Vec<Self> {
        let is_filtered = own.list_filter.contains(&field.name) || field.kind == Kind::Many;
        let is_range = !field.is_reference() && matches!(field.kind, Kind::Integer | Kind::Measure(_) | Kind::Date | Kind::DateTime);
        let fits = |lookup: &Self| match lookup {
            _ if field.name == ID => matches!(lookup, Self::Equal | Self::In),
            _ if !is_filtered => false,
            Self::Equal | Self::In => field.kind != Kind::File,
            Self::AtLeast | Self::AtMost => is_range,
            Self::IsNull => field.nullable || field.kind == Kind::Many,
        };
        Self::ALL.into_iter().filter(fits).collect()
    }
}

impl Shape {
    fn of(registry: &Registry, own: &Declaration, api: &Api) -> Self {
        let id = field("Number").named(ID).kind(Kind::Integer).automatic();
        let declared = api.fields.iter().filter_map(|name| own.field(name)).cloned();
        let writes = api.does(Operation::Create) || api.does(Operation::Change);
        let seen = |field: &Field| {
            let target = field.reference.and_then(|reference| registry.get(reference.resource))?;
            target.declaration().api.map(|_| target.declaration().name)
        };
        let has_detail = |field: &Field| {
            let target = field.reference.and_then(|reference| registry.get(reference.resource));
            target.and_then(|target| target.declaration().api).is_some_and(|api| !api.detail.is_empty())
        };
        let members = std::iter::once(id).chain(declared).map(|field| {
            let name = called(&field);
            let read_only = !writes || !field.is_editable() || api.read_only_fields.contains(&field.name);
            Member {
                name,
                key: format!("\"{name}\":"),
                read_only,
                required: !read_only && field.required && !field.filled_by_validate,
                refers_to: seen(&field),
                has_detail: api.listed_by != field.name && !api.listed_by.is_empty() && has_detail(&field),
                filters: Lookup::of(own, &field),
                sortable: field.name == ID || own.sortable(field.name).is_some(),
                field,
            }
        });
        Self {
            resource: own.name,
            slug: own.slug,
            singular: own.singular,
            plural: own.plural,
            members: members.collect(),
            operations: api.operations,
            either: own.fields_named(api.at_least_one_of).map(called).collect(),
            listed_by: Some(api.listed_by).filter(|name| !name.is_empty()),
            detail: own.fields_named(api.detail).map(called).collect(),
            is_searched: own.is_searched(),
            has_weights: has_weights(own),
            has_versions: !own.read_only,
        }
    }

    pub fn does(&self, operation: Operation) -> bool {
        self.operations.contains(&operation)
    }

    /// The files that can be downloaded.
    pub fn files(&self) -> impl Iterator<Item = &Member> {
        self.members.iter().filter(|member| member.is_file() && self.does(Operation::Retrieve))
    }

    /// The largest body, in bytes: room for each file in base64.
    pub fn body_limit(&self) -> usize {
        let files = self.writable().filter(|member| member.is_file()).map(|member| member.field.file.max_bytes);
        LIMIT + usize::try_from(files.sum::<u64>() / 3 * 4).unwrap_or(0)
    }

    /// By the name in JSON.
    pub fn member(&self, name: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.name == name)
    }

    /// The members that a body may set.
    pub fn writable(&self) -> impl Iterator<Item = &Member> {
        self.members.iter().filter(|member| !member.read_only)
    }

    /// Errors of a form, with the API's names of the members. 409 if others have what was asked for, with what can be had instead.
    pub fn refused(&self, errors: &FormErrors) -> ApiError {
        let by_field = self.by_field(errors);
        let Some(first) = errors.iter().next().filter(|_| errors.is_collision()) else { return by_field };
        let offers: Vec<Json> = errors.offers().iter().map(|values| self.offer(values)).collect();
        ApiError::conflict(COLLISION, &first.text).with("errors", by_field.into_body()).with(NEXT_FREE, offers.into()).over(errors)
    }

    fn by_field(&self, errors: &FormErrors) -> ApiError {
        ApiError::fields(errors.iter().map(|error| {
            let member = self.members.iter().find(|member| member.field.name == error.field);
            (member.map_or(error.field, |member| member.name), error.text.clone())
        }))
    }

    /// Values under the names of their members.
    fn offer(&self, values: &Values) -> Json {
        let named = values.iter().filter_map(|(name, value)| {
            let member = self.members.iter().find(|member| member.field.name == name)?;
            let json = match value {
                Value::Integer(number) => (*number).into(),
                Value::DateTime(at) => at.rfc3339_micros().into(),
                Value::Text(text) => text.as_str().into(),
                _ => Json::Null,
            };
            Some((member.name.to_string(), json))
        });
        Json::Object(named.collect())
    }

    /// Why nothing was stored.
    pub fn unwritten(&self, error: WriteError) -> ApiError {
        match error {
            WriteError::Invalid(errors) => self.refused(&errors),
            other => other.into(),
        }
    }

    /// The same for one row of a list, as the errors of that row.
    pub fn unwritten_row(&self, error: WriteError) -> Result<Json, ApiError> {
        match error {
            WriteError::Invalid(errors) => Ok(self.by_field(&errors).into_body()),
            other => Err(other.into()),
        }
    }
}

/// The name in JSON: a reference is named after what it refers to.
fn called(field: &Field) -> &'static str {
    if field.is_reference() { field.name.strip_suffix("_id").unwrap_or(field.name) } else { field.name }
}
