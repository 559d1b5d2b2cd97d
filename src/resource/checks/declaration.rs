//! Checks of a single declaration. Each line names the place and the fix.

use crate::resource::access::actor::SUPERUSER;
use crate::resource::declare::api;
use crate::resource::declare::bulk_action::RecordLink;
use crate::resource::declare::declaration::Declaration;
use crate::resource::declare::field::{Field, Mode};
use crate::resource::declare::reference::OnDelete;
use crate::resource::file::rules::LARGEST;
use crate::resource::registry::Registry;
use crate::resource::value::Kind;

/// The errors in one declaration, other than unknown names.
pub fn wrong(registry: &Registry, own: &Declaration) -> Vec<String> {
    let mut wrong = words(own);
    wrong.extend(twice(own));
    wrong.extend(clauses(own));
    wrong.extend(links(registry, own));
    wrong.extend(api::wrong(own));
    wrong.extend(own.fields.iter().flat_map(|field| of_field(own, field)));
    wrong
}

/// Names and labels must not be blank, and addresses must be well-formed.
fn words(own: &Declaration) -> Vec<String> {
    let named = [("name", own.name), ("at", own.slug), ("singular", own.singular), ("plural", own.plural), ("area", own.area)];
    let mut wrong: Vec<String> =
        named.iter().filter(|(_, word)| word.trim().is_empty()).map(|(part, _)| format!("{part} is blank; give a value")).collect();
    if own.slug.chars().any(|letter| !(letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-')) {
        wrong.push(format!("at is {}; use small letters, digits and hyphens", own.slug));
    }
    if !own.staff.path.is_empty() && !own.staff.path.starts_with('/') {
        wrong.push(format!("staff is at {}; begin the address with a slash", own.staff.path));
    }
    wrong
}

/// A name that is listed twice would be shown twice, and submitted twice by a form.
fn twice(own: &Declaration) -> Vec<String> {
    let placed: Vec<&str> = own.fieldsets.iter().flat_map(|fieldset| fieldset.names()).collect();
    let declared: Vec<&str> = own.fields.iter().map(|field| field.name).collect();
    let order: Vec<&str> = own.ordering.iter().map(|(name, _)| *name).collect();
    let lists: [(&str, &[&str]); 6] = [
        ("fields", &declared),
        ("list_display", own.list_display),
        ("search_fields", own.search_fields),
        ("list_filter", own.list_filter),
        ("ordering", &order),
        ("fieldsets", &placed),
    ];
    lists
        .iter()
        .flat_map(|(part, names)| {
            let again = names.iter().enumerate().filter(|(place, name)| names.iter().take(*place).any(|known| known == *name));
            again.map(move |(_, name)| format!("{part} names {name} twice; remove one"))
        })
        .collect()
}

/// Clauses with requirements on the field they name.
fn clauses(own: &Declaration) -> Vec<String> {
    let mut wrong = Vec::new();
    let known = |name: &str| own.field(name);
    let dated = |field: &Field| matches!(field.kind, Kind::Date | Kind::DateTime);
    for field in own.ordering.iter().filter_map(|(name, _)| known(name)).filter(|field| !field.is_sortable()) {
        wrong.push(format!("ordering names {}, which is not a column; order by a column", field.name));
    }
    for field in own.list_filter.iter().filter_map(|name| known(name)).filter(|field| field.mode == Mode::Computed) {
        wrong.push(format!("list_filter names {}, which is computed; filter by a stored field", field.name));
    }
    for field in own.fields_named(own.search_through).filter(|field| !field.is_reference()) {
        wrong.push(format!("search_through names {}, which is not a reference; name it in search_fields", field.name));
    }
    let in_time = [("date_hierarchy", own.date_hierarchy), ("chart", own.chart.map_or("", |chart| chart.field))];
    for (part, name) in in_time.iter().filter(|(_, name)| !name.is_empty()) {
        match known(name) {
            None => wrong.push(format!("{part} names {name}, which is not a declared field")),
            Some(field) if !dated(field) => wrong.push(format!("{part} names {name}, which is not a date; name a date")),
            Some(_) if !own.list_filter.contains(name) => wrong.push(format!("{part} names {name}, which must also be in list_filter")),
            Some(_) => {}
        }
    }
    for field in own.fields_named(own.search_through).filter(|field| field.reference.is_some_and(|reference| !reference.is_searched)) {
        wrong.push(format!("search_through names {}, which refers to a model without search_fields; remove it", field.name));
    }
    for name in own.staff.list_filter.iter().filter(|name| !own.list_filter.contains(name)) {
        wrong.push(format!("staff filters by {name}, which must also be in list_filter"));
    }
    if own.search_weights.contains(&0) || !own.search_weights.is_sorted_by(|heavy, light| heavy >= light) {
        wrong.push("search_fields has weights that are 0 or increase; name the heaviest field first".into());
    }
    if !own.search_date.is_empty() && own.field(own.search_date).is_none_or(|field| field.kind != Kind::Date) {
        wrong.push(format!("search_date names {}, which is not a declared date; name one or remove it", own.search_date));
    }
    if own.search_index && own.search_fields.is_empty() {
        wrong.push("search_index is set, but search_fields names no field; name one or remove search_index".into());
    }
    wrong
}

/// A link with a permission that does not exist would never be shown.
fn links(registry: &Registry, own: &Declaration) -> Vec<String> {
    let permissions = registry.permissions();
    let mut wrong = Vec::new();
    for RecordLink { label, href, permission, .. } in own.links {
        if *permission != SUPERUSER && !permissions.contains_key(*permission) {
            wrong.push(format!("links, {label}: {permission} is not a permission; name one that a resource declares"));
        }
        if !href.starts_with('/') || !href.contains("{id}") {
            wrong.push(format!("links, {label}: {href} is not the address of a record; write it like /users/{{id}}/password"));
        }
    }
    wrong
}

fn of_field(own: &Declaration, field: &Field) -> Vec<String> {
    let name = field.name;
    let file = field.kind == Kind::File;
    let forgets = field.is_reference() && field.reference.is_some_and(|reference| reference.on_delete == OnDelete::SetNull);
    let rules = [
        (field.label.trim().is_empty(), "has no label; give it one"),
        (field.range.0 > field.range.1, "has a range that ends before it begins"),
        (field.is_editable() && field.kind == Kind::Text && field.max_length == 0, "has no maximum length; set max"),
        (forgets && !field.nullable, "is set to null on deletion, but its column is not nullable; make it an Option"),
        (own.read_only && field.is_editable(), "is editable, but the resource is read_only; move it to automatic"),
        (file && field.file.types.is_empty(), "is a file without types; name them with accepts"),
        (!file && !field.file.types.is_empty(), "accepts types, but is not a file; make it a FileId"),
        (file && !(1..=LARGEST).contains(&field.file.max_bytes), "has a max_bytes that is 0, or larger than 50 MB"),
        (file && own.cascades_silently, "is a file, but the records are deleted by the database alone, which leaves it behind"),
        (file && own.natural_key.contains(&name), "is a file, which identifies no record; remove it from natural_key"),
        (field.not_in_future && field.kind != Kind::Date, "is not_in_future, but is not a date"),
    ];
    let unknown = field.file.unknown_type().map(|kind| format!("{name} accepts {kind}, whose content is not recognised"));
    rules.iter().filter(|(is_wrong, _)| *is_wrong).map(|(_, what)| format!("{name} {what}")).chain(unknown).collect()
}
