//! Every resource of the product, by name and by address, and the checks that stop a wrong declaration at the start.

use std::collections::BTreeMap;

use diesel::QueryResult;

use super::access::actor::{Action, Actor};
use super::access::permissions::DEFAULT_GROUPS;
use super::declare::declaration::{Declaration, Resource};
use super::declare::inline::Inline;
use super::list::query::{ListQuery, Test};
use super::value::{Kind, Row, Value};
use super::write::required_records::RequiredRecord;
use crate::db::Connection;
use crate::settings::Settings;

#[derive(Default)]
pub struct Registry {
    resources: Vec<Box<dyn Resource>>,
    /// Records that a setting names, such as the group that new users join.
    named: Vec<fn(&Settings) -> RequiredRecord>,
    pub(super) kept: Vec<RequiredRecord>,
}

impl Registry {
    pub fn with(mut self, resource: Box<dyn Resource>) -> Self {
        self.resources.push(resource);
        self
    }

    /// Protects the record that a setting names.
    pub fn requiring(mut self, record: fn(&Settings) -> RequiredRecord) -> Self {
        self.named.push(record);
        self
    }

    /// Looks the names of the required records up in the settings.
    pub fn configured(mut self, settings: &Settings) -> Self {
        self.kept = self.named.iter().map(|record| record(settings)).collect();
        self
    }

    pub fn iter(&self) -> impl Iterator<Item = &dyn Resource> {
        self.resources.iter().map(AsRef::as_ref)
    }

    /// By the word in permissions and the log.
    pub fn get(&self, name: &str) -> Option<&dyn Resource> {
        self.iter().find(|resource| resource.declaration().name == name)
    }

    /// By the word in addresses.
    pub fn at(&self, slug: &str) -> Option<&dyn Resource> {
        self.iter().find(|resource| resource.declaration().slug == slug)
    }

    /// Areas with their resources, in the order of registration.
    pub fn areas(&self) -> Vec<(&'static str, Vec<&dyn Resource>)> {
        let mut areas: Vec<(&'static str, Vec<&dyn Resource>)> = Vec::new();
        for resource in self.iter() {
            let area = resource.declaration().area;
            match areas.iter_mut().find(|(known, _)| *known == area) {
                Some((_, members)) => members.push(resource),
                None => areas.push((area, vec![resource])),
            }
        }
        areas
    }

    pub fn labels(&self, c: &mut Connection, resource: &str, ids: &[i64]) -> QueryResult<Vec<(i64, String)>> {
        match self.get(resource) {
            Some(resource) if !ids.is_empty() => resource.labels(c, ids),
            _ => Ok(Vec::new()),
        }
    }

    /// Gives rows without a name of their own one that is made of what they refer to: 'Émile Zola – Dr Grace Hopper'.
    pub fn name(&self, c: &mut Connection, declaration: &Declaration, rows: &mut [Row]) -> QueryResult<()> {
        let mut parts: Vec<Vec<String>> = vec![Vec::new(); rows.len()];
        for field in declaration.fields_named(declaration.named_by) {
            let Some(reference) = field.reference else { continue };
            let ids: Vec<i64> = rows.iter().filter_map(|row| row.values.at(field.name).as_id()).collect();
            let labels: BTreeMap<i64, String> = self.labels(c, reference.resource, &ids)?.into_iter().collect();
            for (row, parts) in rows.iter().zip(&mut parts) {
                parts.extend(row.values.at(field.name).as_id().and_then(|id| labels.get(&id)).cloned());
            }
        }
        for (row, parts) in rows.iter_mut().zip(parts).filter(|(_, parts)| !parts.is_empty()) {
            row.label = parts.join(" – ");
        }
        Ok(())
    }

    /// One record by name, with its label complete.
    pub fn find(&self, c: &mut Connection, resource: &dyn Resource, id: i64, scope: Option<&Actor>) -> QueryResult<Option<Row>> {
        let Some(mut row) = resource.find(c, id, scope)? else { return Ok(None) };
        self.name(c, resource.declaration(), std::slice::from_mut(&mut row))?;
        Ok(Some(row))
    }

    /// One record of the trash.
    pub fn find_in_trash(&self, c: &mut Connection, resource: &dyn Resource, id: i64, scope: Option<&Actor>) -> QueryResult<Option<Row>> {
        if !resource.declaration().trash {
            return Ok(None);
        }
        let wanted = ListQuery { trashed: true, ..ListQuery::only("id", Test::In(vec![Value::Integer(id)]), 1) };
        let mut rows = resource.list(c, &wanted, scope)?;
        self.name(c, resource.declaration(), &mut rows)?;
        Ok(rows.pop())
    }

    /// What people call one record; its number when it is gone.
    pub fn label(&self, c: &mut Connection, resource: &str, id: i64) -> QueryResult<String> {
        Ok(self.labels(c, resource, &[id])?.pop().map_or_else(|| format!("{resource} {id}"), |(_, label)| label))
    }

    /// What people call a record that this person may see; its kind and number otherwise.
    pub fn visible_label(&self, c: &mut Connection, actor: &Actor, resource: &str, id: i64) -> QueryResult<String> {
        let target = self.get(resource).filter(|target| target.declaration().allows(actor, Action::View));
        let found = target.map_or(Ok(None), |target| self.find(c, target, id, Some(actor)))?;
        let kind = self.get(resource).map_or(resource, |known| known.declaration().singular);
        Ok(found.map_or_else(|| format!("{kind} {id}"), |row| row.label))
    }

    /// Every permission there is: codename and name, ordered.
    pub fn permissions(&self) -> BTreeMap<String, String> {
        self.iter().flat_map(|resource| resource.declaration().permissions()).collect()
    }

    /// What is wrong with the declarations, a line each.
    pub fn check(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        for resource in self.iter() {
            let own = resource.declaration();
            let twins = self.iter().filter(|other| other.declaration().name == own.name || other.declaration().slug == own.slug).count();
            if twins > 1 {
                wrong.push(format!("{}: another resource has the same name or address", own.name));
            }
            wrong
                .extend(own.inlines.iter().filter_map(|inline| self.check_inline(own, inline)).map(|what| format!("{}: {what}", own.name)));
            wrong.extend(crate::resource::declare::checks::wrong(self, own).into_iter().map(|what| format!("{}: {what}", own.name)));
            wrong.extend(self.check_one(own).into_iter().map(|what| format!("{}: {what}", own.name)));
        }
        wrong
    }

    fn check_inline(&self, own: &Declaration, inline: &Inline) -> Option<String> {
        let child = self.get(inline.resource).map(|child| child.declaration());
        let reference = child.and_then(|child| child.field(inline.field)).and_then(|field| field.reference);
        let twins = own.inlines.iter().filter(|other| other.resource == inline.resource).count();
        match reference {
            None => {
                Some(format!("an inline names {}.{}, which is not a reference of a registered resource", inline.resource, inline.field))
            }
            Some(reference) if reference.resource != own.name => {
                Some(format!("{}.{} refers to another resource", inline.resource, inline.field))
            }
            _ if twins > 1 => Some(format!("{} is an inline twice, so their rows cannot be distinguished", inline.resource)),
            _ if inline.min > inline.max => Some(format!("the inline {} does not allow any rows", inline.resource)),
            _ => None,
        }
    }

    fn check_one(&self, own: &Declaration) -> Vec<String> {
        let mut wrong = Vec::new();
        let mut known = |part: &str, names: &[&str]| {
            for name in names.iter().filter(|name| own.field(name).is_none() && **name != "id") {
                wrong.push(format!("{part} names {name}, which is not a declared field"));
            }
        };
        known("list", own.list);
        known("search", own.search);
        known("search_through", own.search_through);
        known("natural_key", own.natural_key);
        known("filter", own.filter);
        known("named_by", own.named_by);
        known("speaks_of", &own.speaks_of.map_or_else(Vec::new, |(label, kind, number)| vec![label, kind, number]));
        known("date_hierarchy", Some(own.date_hierarchy).filter(|name| !name.is_empty()).as_slice());
        let order: Vec<&str> = own.order.iter().map(|(name, _)| *name).collect();
        known("order", &order);
        own.sections.iter().for_each(|section| known(&format!("section {}", section.title), &section.names().collect::<Vec<_>>()));
        if own.list.is_empty() {
            wrong.push("list is empty; name at least one field".into());
        }
        for name in
            own.search.iter().filter(|name| own.field(name).is_some_and(|field| !matches!(field.kind, Kind::Text | Kind::Choice(_))))
        {
            wrong.push(format!("search names {name}, which is not text"));
        }
        for (group, _) in own.granted.iter().filter(|(group, _)| !DEFAULT_GROUPS.contains(group)) {
            wrong.push(format!("granted names {group}, which is not a default group"));
        }
        for act in own.actions {
            let twins = own.actions.iter().filter(|other| other.name == act.name).count();
            let builtin = matches!(act.name, "" | "delete" | "export") || act.name.contains('.');
            if twins > 1 || builtin || !act.title.contains("{}") {
                wrong.push(format!("action {} needs a name of its own and a title with a place for the count", act.name));
            }
        }
        for field in &own.fields {
            if field.is_reference() && own.list.contains(&field.name) && !own.through.contains(&field.name) {
                wrong.push(format!("{} is a reference in list and must be in through, so that it is ordered by label", field.name));
            }
            if let Some(reference) = field.reference {
                if self.get(reference.resource).is_none() {
                    wrong.push(format!("{} refers to {}, which is not registered", field.name, reference.resource));
                }
                if field.kind != Kind::Many && !own.filter.contains(&field.name) {
                    wrong.push(format!("{} is a reference and must be in filter, so that a deletion can find it", field.name));
                }
            }
            let placed = own.sections.is_empty() || own.sections.iter().any(|section| section.names().any(|name| name == field.name));
            if field.is_editable() && !placed {
                wrong.push(format!("{} is editable but stands in no section of the form", field.name));
            }
        }
        wrong
    }
}
