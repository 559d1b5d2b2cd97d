//! Names in a declaration that must be declared fields, registered resources or groups.

use crate::resource::access::permissions::DEFAULT_GROUPS;
use crate::resource::declare::declaration::Declaration;
use crate::resource::declare::inline::Inline;
use crate::resource::registry::Registry;
use crate::resource::value::Kind;

pub fn wrong_inline(registry: &Registry, own: &Declaration, inline: &Inline) -> Option<String> {
    let child = registry.get(inline.resource).map(|child| child.declaration());
    let reference = child.and_then(|child| child.field(inline.field)).and_then(|field| field.reference);
    let twins = own.inlines.iter().filter(|other| other.resource == inline.resource).count();
    match reference {
        None => Some(format!("an inline names {}.{}, which is not a reference of a registered resource", inline.resource, inline.field)),
        Some(reference) if reference.resource != own.name => {
            Some(format!("{}.{} refers to another resource", inline.resource, inline.field))
        }
        _ if twins > 1 => Some(format!("{} is an inline twice, so their rows cannot be distinguished", inline.resource)),
        _ if inline.min > inline.max => Some(format!("the inline {} does not allow any rows", inline.resource)),
        _ => None,
    }
}

pub fn wrong(registry: &Registry, own: &Declaration) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut known = |part: &str, names: &[&str]| {
        for name in names.iter().filter(|name| own.field(name).is_none() && **name != "id") {
            wrong.push(format!("{part} names {name}, which is not a declared field"));
        }
    };
    known("list_display", own.list_display);
    known("search_fields", own.search_fields);
    known("search_through", own.search_through);
    known("natural_key", own.natural_key);
    known("list_filter", own.list_filter);
    known("label_from", own.label_from);
    known("target", &own.target.map_or_else(Vec::new, |(label, kind, number)| vec![label, kind, number]));
    known("signed", &own.signed.map_or_else(Vec::new, |(name, id)| vec![name, id]));
    known("date_hierarchy", Some(own.date_hierarchy).filter(|name| !name.is_empty()).as_slice());
    let order: Vec<&str> = own.ordering.iter().map(|(name, _)| *name).collect();
    known("ordering", &order);
    own.fieldsets.iter().for_each(|fieldset| known(&format!("fieldset {}", fieldset.title), &fieldset.names().collect::<Vec<_>>()));
    if own.list_display.is_empty() {
        wrong.push("list_display is empty; name at least one field".into());
    }
    for name in
        own.search_fields.iter().filter(|name| own.field(name).is_some_and(|field| !matches!(field.kind, Kind::Text | Kind::Choice(_))))
    {
        wrong.push(format!("search_fields names {name}, which is not text"));
    }
    for (group, _) in own.default_grants.iter().filter(|(group, _)| !DEFAULT_GROUPS.contains(group)) {
        wrong.push(format!("default_grants names {group}, which is not a default group"));
    }
    for act in own.actions {
        let twins = own.actions.iter().filter(|other| other.name == act.name).count();
        let builtin = matches!(act.name, "" | "delete" | "export") || act.name.contains('.');
        if twins > 1 || builtin || !act.title.contains("{}") {
            wrong.push(format!("action {} needs a name of its own and a title with a place for the count", act.name));
        }
    }
    for field in &own.fields {
        if let Some(reference) = field.reference {
            if registry.get(reference.resource).is_none() {
                wrong.push(format!("{} refers to {}, which is not registered", field.name, reference.resource));
            }
            if field.kind != Kind::Many && !own.list_filter.contains(&field.name) {
                wrong.push(format!("{} is a reference and must be in list_filter, so that a deletion can find it", field.name));
            }
        }
        let placed = own.fieldsets.is_empty() || own.fieldsets.iter().any(|fieldset| fieldset.names().any(|name| name == field.name));
        if field.is_editable() && !placed {
            wrong.push(format!("{} is editable but stands in no fieldset", field.name));
        }
    }
    wrong
}
