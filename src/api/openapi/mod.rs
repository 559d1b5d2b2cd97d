//! The OpenAPI 3.1 description, built once from the routes and the declarations, and the same for everybody. It contains only
//! what a route leads to, and a route that it does not describe fails a test.

mod accounts;
mod answers;
mod appointments;
pub mod description;
mod operations;
pub mod page;
mod parameters;
mod schemas;
mod values;

use actix_web::http::Method;
use utoipa::openapi::path::{Operation, PathItemBuilder};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{
    Components, ComponentsBuilder, HttpMethod, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, Paths, PathsBuilder, ServerBuilder,
    Tag,
};

use crate::api::http::routes::Route;
use crate::api::openapi::description::Description;
use crate::api::schema::Shape;
use crate::api::state::State;
use crate::web::routing::access::Access;

/// The name of the one security scheme.
const BEARER: &str = "token";

const ABOUT: &str = "Access to the records of the clinic for programs. Requests and responses are JSON in UTF-8; request bodies can also be forms (urlencoded or multipart). \
Times are RFC 3339 in UTC, dates are like 2026-11-21. The slash at the end of an address is optional.

**Authentication**: send `Authorization: Bearer …` with an access token from signing in, or with a personal access token for a script. \
You have the same access as on the pages. Records that you cannot access return 404.

**Errors** contain `detail` for people and `code` for programs, or messages by field name. `HEAD` and `OPTIONS` are supported everywhere.";

/// The description, from the routes and the shapes of the resources. The error is a fault in the description.
pub fn build(state: &State, routes: &[Route]) -> Result<Description, String> {
    let document = document(state, routes);
    let data = serde_json::to_value(&document).map_err(|error| error.to_string())?;
    let json = document.to_pretty_json().map_err(|error| error.to_string())?;
    let yaml = document.to_yaml().map_err(|error| error.to_string())?;
    Ok(Description { data, json: json.into(), yaml: yaml.into() })
}

/// The OpenAPI document.
pub fn document(app: &State, routes: &[Route]) -> OpenApi {
    let home = app.settings.public_url.as_str().trim_end_matches('/');
    let license = LicenseBuilder::new().name("MIT").identifier(Some("MIT")).build();
    let info = InfoBuilder::new()
        .title(format!("{} API", app.clinic_name()))
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(ABOUT))
        .license(Some(license));
    OpenApiBuilder::new()
        .info(info.build())
        .servers(Some([ServerBuilder::new().url(home).build()]))
        .paths(paths(app, routes))
        .components(Some(components(app)))
        .security(Some([accounts::bearer()]))
        .tags(Some(tags(app)))
        .build()
}

fn tags(app: &State) -> Vec<Tag> {
    let tag = |name: &str, description: String| TagBuilder::new().name(name).description(Some(description)).build();
    let resources = app.api.iter().map(|shape| {
        let singular = shape.singular.to_lowercase();
        tag(shape.plural, format!("Each {singular} has {}.", schemas::names(shape.members.iter())))
    });
    let own = [accounts::TOKENS, accounts::ITSELF].map(|(name, description)| tag(name, description.into()));
    let [tokens, itself] = own;
    std::iter::once(tokens).chain(resources).chain(std::iter::once(itself)).collect()
}

fn components(app: &State) -> Components {
    let description = "An access token from signing in, or a personal access token.";
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").description(Some(description)).build();
    let empty = ComponentsBuilder::new().security_scheme(BEARER, SecurityScheme::Http(bearer)).build();
    app.api.iter().fold(appointments::add(accounts::add(answers::add(empty))), schemas::add)
}

/// Every route except OPTIONS.
fn paths(app: &State, routes: &[Route]) -> Paths {
    let mut items: Vec<(String, PathItemBuilder)> = Vec::new();
    for route in routes.iter().filter(|route| route.method != Method::OPTIONS) {
        let operation = match route.access {
            Access::Records(name, _) => app.api.find(name).and_then(|shape| of_resource(shape, route)),
            _ => accounts::of(&route.method, &route.path),
        };
        let (Some(operation), Some(method)) = (operation, method(&route.method)) else { continue };
        let path = format!("/api{}/", route.path);
        match items.iter_mut().find(|(known, _)| *known == path) {
            Some((_, item)) => *item = std::mem::take(item).operation(method, operation),
            None => items.push((path, PathItemBuilder::new().operation(method, operation))),
        }
    }
    items.into_iter().fold(PathsBuilder::new(), |paths, (path, item)| paths.path(path, item.build())).build()
}

fn of_resource(shape: &Shape, route: &Route) -> Option<Operation> {
    if let Some(operation) = appointments::of(shape, &route.method, &route.path) {
        return Some(operation);
    }
    if let Some(member) = shape.files().find(|member| route.path.ends_with(&format!("/{{id}}/{}", member.name))) {
        return Some(operations::download(shape, member));
    }
    operations::of(shape, &route.method, route.path.ends_with("/{id}"))
}

fn method(method: &Method) -> Option<HttpMethod> {
    Some(match method.as_str() {
        "GET" => HttpMethod::Get,
        "POST" => HttpMethod::Post,
        "PUT" => HttpMethod::Put,
        "PATCH" => HttpMethod::Patch,
        "DELETE" => HttpMethod::Delete,
        _ => return None,
    })
}
