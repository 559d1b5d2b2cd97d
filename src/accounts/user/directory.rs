//! The directory of users, for those who may view it: who they are and how to reach them.

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;
use diesel::prelude::*;

use crate::accounts::user::model::User;
use crate::db::Connection;
use crate::db::schema::{groups, user_groups};
use crate::db::sql::is_one_of;
use crate::english::isolated;
use crate::error::{AppError, AppResult};
use crate::resource::Model;
use crate::resource::Value;
use crate::resource::access::actor::Action;
use crate::web::list::changelist::{ChangeList, Wanted};
use crate::web::list::columns::{Cell, Column};
use crate::web::list::page::{ListPage, to_short_address};
use crate::web::page::preferences;
use crate::web::page::shell::{Shell, hue, initials};
use crate::web::record;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::visit::Visit;
use crate::web::response::html;

pub const PATH: &str = "/users";
const TITLE: &str = "People";

pub async fn index(visit: Visit, user: CurrentUser) -> AppResult<HttpResponse> {
    if let Some(short) = to_short_address(&visit) {
        return Ok(short);
    }
    let (app, actor) = (visit.app.clone(), user.to_actor());
    let query = visit.request.query_string().to_string();
    let rows = preferences::rows(&visit.request, &visit.app);
    let list = visit
        .app
        .db
        .read(move |c| {
            let resource = app.registry.of::<User>();
            let href = |id: i64| format!("{PATH}/{id}");
            let columns = &["full_name", "email", "phone"];
            let wanted =
                Wanted { resource, query: &query, rows, path: PATH, href: &href, columns, filters: &["is_active"], by_date: false };
            let mut list = ChangeList::load(c, &app, &actor, wanted)?;
            with_groups(c, &mut list)?;
            Ok::<_, AppError>(list)
        })
        .await?;
    let found = list.counted("user", "users");
    let adds = user.is_staff && User::resource().declaration().allows(&user, Action::Add);
    let add = adds.then(|| ("New user".to_string(), "/admin/users/new".to_string()));
    html(
        StatusCode::OK,
        &ListPage { shell: visit.shell(TITLE), subtitle: found, singular: "user".into(), add, more: Vec::new(), trash: None, list },
    )
}

/// Adds what the list does not contain: initials, and the names of the groups in one query.
fn with_groups(c: &mut Connection, list: &mut ChangeList) -> QueryResult<()> {
    let ids: Vec<i64> = list.rows.iter().map(|row| row.id).collect();
    let mut names = group_names(c, &ids)?;
    let place = list.columns.len().min(1);
    list.columns.insert(place, Column { label: "Groups", class: "", sort: String::new(), add: String::new(), sorted: "", place: 0 });
    for row in &mut list.rows {
        let name = row.cells.first().map_or_else(|| row.label.clone(), |cell| cell.text.clone());
        row.avatar = Some((initials(&name), hue(&name)));
        let text = names.remove(&row.id).unwrap_or_default().join(", ");
        row.cells.insert(place.min(row.cells.len()), Cell { label: "Groups", class: "clear", text, truth: None, href: None });
    }
    Ok(())
}

/// The groups of these users, by name.
pub fn group_names(c: &mut Connection, ids: &[i64]) -> QueryResult<BTreeMap<i64, Vec<String>>> {
    let held: Vec<(i64, String)> = user_groups::table
        .inner_join(groups::table.on(groups::id.eq(user_groups::group_id)))
        .filter(is_one_of("user_groups.user_id", ids))
        .order((user_groups::user_id, groups::name))
        .select((user_groups::user_id, groups::name))
        .load(c)?;
    let mut names: BTreeMap<i64, Vec<String>> = BTreeMap::new();
    for (id, name) in held {
        names.entry(id).or_default().push(name);
    }
    Ok(names)
}

#[derive(Template)]
#[template(path = "accounts/user/person.html")]
struct PersonPage {
    shell: Shell,
    name: String,
    initials: String,
    hue: u32,
    band: String,
    /// Label, text, and a link such as `mailto:`.
    details: Vec<(&'static str, String, Option<String>)>,
    is_active: bool,
    admin: Option<String>,
}

pub async fn show(visit: Visit, user: CurrentUser, id: Path<i64>) -> AppResult<HttpResponse> {
    let row = record::find::find(&visit.app, user.to_actor(), "user", *id).await?;
    let key = row.id;
    let groups = visit.app.db.read(move |c| Ok::<_, AppError>(group_names(c, &[key])?)).await?.remove(&key).unwrap_or_default();
    let own = visit.app.registry.of::<User>().declaration();
    let zone = visit.zone();
    let details = ["username", "email", "phone", "date_joined"].iter().filter_map(|name| own.field(name)).map(|field| {
        let value = row.values.at(field.name);
        (field.label, field.show(value, &zone), field.widget.contact(value.as_text()))
    });
    let full = row.values.at(User::FIELDS.full_name).as_text();
    let name = if full.is_empty() { row.label.clone() } else { full.to_string() };
    let page = PersonPage {
        shell: visit.shell(isolated(&name)).under(&[(TITLE, PATH)]),
        initials: initials(&name),
        hue: hue(&name),
        band: if groups.is_empty() { "In no group".into() } else { groups.join(", ") },
        details: details.collect(),
        is_active: row.values.at(User::FIELDS.is_active) == &Value::Bool(true),
        admin: user.is_staff.then(|| format!("/admin/users/{id}")),
        name,
    };
    html(StatusCode::OK, &page)
}
