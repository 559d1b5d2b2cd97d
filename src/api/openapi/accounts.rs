//! The operations that belong to no resource: accounts, tokens, and the root.

use actix_web::http::Method;
use serde_json::{Value as Json, json};
use utoipa::openapi::path::{Operation, OperationBuilder};
use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder, SchemaType, Type};
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{Components, ComponentsBuilder, ContentBuilder, ResponseBuilder};

use super::BEARER;
use super::answers::JSON;
use super::answers::Refusal::{Conflict, Forbidden, Malformed, Unauthorized};
use super::description::YAML;
use super::operations::{RATE, may_send, operation, sends, success};
use super::parameters::idempotency_key;
use super::values::{Described, formatted, legible, list_of, named, of_format, plain, text, whole};
use crate::accounts::password::rules::{HINT, SHORTEST};
use crate::api::auth::me::LONGEST_NAME;

/// The tags of operations about tokens, and of the root.
pub const TOKENS: (&str, &str) = ("Tokens", "Sign in, refresh and revoke tokens, and manage your account.");
pub const ITSELF: (&str, &str) = ("The API itself", "The list of resources and this description.");

/// The operation of this route.
pub fn of(method: &Method, path: &str) -> Option<Operation> {
    let drawn = match (method.as_str(), path) {
        ("GET", "") => root().tag(ITSELF.0),
        ("GET", "/schema") => document().tag(ITSELF.0),
        ("POST", "/auth/register") => register().tag(TOKENS.0),
        ("POST", "/auth/login") => login().tag(TOKENS.0),
        ("POST", "/auth/challenge") => challenge().tag(TOKENS.0),
        ("POST", "/auth/token/refresh") => refresh().tag(TOKENS.0),
        ("POST", "/auth/token/verify") => verify().tag(TOKENS.0),
        ("POST", "/auth/logout") => logout().tag(TOKENS.0),
        ("GET", "/auth/me") => me().tag(TOKENS.0),
        ("PATCH", "/auth/me") => change_me().tag(TOKENS.0),
        _ => return None,
    };
    Some(drawn.build())
}

const TOKEN: &str = "eyJhbGciOiJIUzI1NiJ9.…";

fn public(drawn: OperationBuilder) -> OperationBuilder {
    drawn.securities(Some(Vec::new()))
}

/// An object of texts that are all required.
fn texts(members: Vec<(&str, ObjectBuilder)>) -> ObjectBuilder {
    members.into_iter().fold(ObjectBuilder::new(), |object, (name, schema)| object.property(name, schema).required(name))
}

/// A token in a body: any text that is not blank.
fn token() -> ObjectBuilder {
    legible()
}

pub fn add(components: Components) -> Components {
    let pair = texts(vec![("access", text()), ("refresh", text())]);
    ComponentsBuilder::from(components)
        .schema("TokenPair", pair.description(Some("An access token for requests, and a refresh token to get the next access token.")))
        .schema("Account", account())
        .build()
}

fn root() -> OperationBuilder {
    let addresses = ObjectBuilder::new().additional_properties(Some(AdditionalProperties::RefOr(formatted("uri").into())));
    let example = json!({ "patients": "https://clinic.example.org/api/patients/" });
    operation("root".into(), "List the resources".into(), "The address of each list.", &[Malformed, Unauthorized])
        .response("200", success("The addresses.", addresses, example, &RATE))
}

fn document() -> OperationBuilder {
    let any = || ContentBuilder::new().schema(Some(ObjectBuilder::new().schema_type(SchemaType::from(Type::Object)))).build();
    let description = "OpenAPI 3.1 in JSON, or in YAML with `?format=yaml`. It is the same for every user.";
    operation("schema_retrieve".into(), "Read this description".into(), description, &[Malformed, Unauthorized])
        .response("200", ResponseBuilder::new().description("The description.").content(JSON, any()).content(YAML, any()))
}

fn register() -> OperationBuilder {
    let password = formatted("password").min_length(Some(SHORTEST)).description(Some(format!("{HINT}.")));
    let body = texts(vec![
        ("name", legible().max_length(Some(LONGEST_NAME)).description(Some("First and last name."))),
        ("email", formatted("email").description(Some("Also used as the username."))),
        ("password", password),
    ]);
    let made = texts(vec![("name", text()), ("email", text())]).property("id", whole()).required("id");
    let sent = json!({ "name": "Inès Bernard", "email": "ines@example.org", "password": "nine violet kites" });
    let description = "Available if the clinic allows registration. If the response must not reveal whether an account exists, it is 202 and the \
        next steps are sent by email.";
    let drawn = operation("auth_register".into(), "Create an account".into(), description, &[Malformed, Forbidden, Conflict]);
    let answer = json!({ "id": 12, "name": "Inès Bernard", "email": "ines@example.org" });
    let mailed = json!({ "detail": "We emailed this address with the next steps.", "code": "mailed" });
    public(sends(drawn, body, sent))
        .parameter(idempotency_key())
        .response("201", success("The account was created. Sign in with it.", made, answer, &["Idempotent-Replayed"]))
        .response("202", success("An email was sent to the address.", named("Problem"), mailed, &[]))
}

fn pair() -> Json {
    json!({ "access": TOKEN, "refresh": TOKEN })
}

fn login() -> OperationBuilder {
    let body = texts(vec![
        ("email", legible().description(Some("The email address or the username. You can also send it as `username`."))),
        ("password", legible().format(of_format("password"))),
    ]);
    let sent = json!({ "email": "ines@example.org", "password": "nine violet kites" });
    let description = "Send the access token with every request: `Authorization: Bearer …`. After too many failed attempts, the response is 429 \
        for a while. If the account uses two-step verification, the response is 401 with the code `second_factor_required`, a \
        `challenge` and the available `methods`: send the challenge with a code to complete the sign-in.";
    let drawn = operation("auth_login".into(), "Sign in".into(), description, &[Malformed, Unauthorized]);
    public(sends(drawn, body, sent)).response("200", success("Two tokens.", named("TokenPair"), pair(), &[]))
}

fn challenge() -> OperationBuilder {
    let body = texts(vec![
        ("challenge", token().description(Some("The challenge from the sign-in response. It expires after 10 minutes."))),
        ("code", legible().description(Some("A 6-digit code from the authenticator app, or a recovery code, which works once."))),
    ]);
    let sent = json!({ "challenge": TOKEN, "code": "492039" });
    let description = "The second step of signing in, if the account uses two-step verification.";
    let drawn = operation("auth_challenge".into(), "Complete a two-step sign-in".into(), description, &[Malformed, Unauthorized]);
    public(sends(drawn, body, sent)).response("200", success("Two tokens.", named("TokenPair"), pair(), &[]))
}

fn refresh() -> OperationBuilder {
    let description = "The refresh token can be used once. If it is sent again, the whole session is ended, because the token may have been \
        copied.";
    let drawn = operation("auth_token_refresh".into(), "Refresh the tokens".into(), description, &[Malformed, Unauthorized]);
    let drawn = public(sends(drawn, texts(vec![("refresh", token())]), json!({ "refresh": TOKEN })));
    drawn.response("200", success("Two new tokens.", named("TokenPair"), pair(), &[]))
}

fn nothing() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(SchemaType::from(Type::Object))
}

fn verify() -> OperationBuilder {
    let drawn = operation("auth_token_verify".into(), "Check whether a token is valid".into(), "", &[Malformed, Unauthorized]);
    let drawn = public(sends(drawn, texts(vec![("token", token())]), json!({ "token": TOKEN })));
    drawn.response("200", success("The token is valid.", nothing(), json!({}), &[]))
}

fn logout() -> OperationBuilder {
    let description = "Ends the session of the refresh token in the body or, without one, of the access token in the header. All tokens of the \
        session stop working immediately.";
    let drawn = operation("auth_logout".into(), "Sign out".into(), description, &[Malformed, Unauthorized]);
    let body = ObjectBuilder::new().property("refresh", token());
    let drawn = may_send(drawn, body, json!({ "refresh": TOKEN }));
    drawn
        .securities(Some([SecurityRequirement::default(), bearer()]))
        .response("200", success("The session was ended.", nothing(), json!({}), &[]))
}

fn account() -> ObjectBuilder {
    let at = || formatted("date-time");
    let names = ["username", "email", "name", "first_name", "last_name", "phone"];
    let object = texts(names.into_iter().map(|name| (name, text())).collect()).description(Some("The account of the token."));
    let flag = |description: &str| ObjectBuilder::new().schema_type(Type::Boolean).description(Some(description));
    let list = |description: &str| Described::from(list_of(text().into()).description(Some(description)));
    let seldom: SchemaType = [Type::String, Type::Null].into_iter().collect();
    object
        .property("id", whole())
        .property("is_staff", flag("Can use the administration area."))
        .property("is_superuser", flag("Full access."))
        .property("groups", list("The groups of the account."))
        .property("permissions", list("The permissions of the account with this token."))
        .property("last_login", at().schema_type(seldom))
        .property("date_joined", at())
        .required("id")
        .required("groups")
        .required("permissions")
}

fn account_example() -> Json {
    json!({
        "id": 12, "username": "ines@example.org", "email": "ines@example.org", "name": "Inès Bernard", "first_name": "Inès",
        "last_name": "Bernard", "phone": "", "is_staff": false, "is_superuser": false, "groups": ["Staff"],
        "permissions": ["patient.view", "patient.add"], "last_login": "2026-11-21T08:30:00Z", "date_joined": "2026-11-02T10:00:00Z",
    })
}

fn me() -> OperationBuilder {
    operation("auth_me_retrieve".into(), "Read your account".into(), "", &[Malformed, Unauthorized])
        .response("200", success("The account.", named("Account"), account_example(), &RATE))
}

fn change_me() -> OperationBuilder {
    let body = ObjectBuilder::new()
        .property(
            "name",
            legible().max_length(Some(LONGEST_NAME)).description(Some("First and last name together, instead of the next two.")),
        )
        .property("first_name", plain().max_length(Some(150)))
        .property("last_name", plain().max_length(Some(150)))
        .property("phone", plain().max_length(Some(40)));
    let description = "Other members are ignored. Change the email address and the password on the profile page.";
    let drawn = operation(
        "auth_me_partial_update".into(),
        "Change your account".into(),
        description,
        &[Malformed, Unauthorized, Forbidden, Conflict],
    );
    may_send(drawn, body, json!({ "phone": "+41 44 555 01 23" }))
        .response("200", success("The changed account.", named("Account"), account_example(), &RATE))
}

/// The requirement of a token.
pub fn bearer() -> SecurityRequirement {
    SecurityRequirement::new::<_, [&str; 0], &str>(BEARER, [])
}
