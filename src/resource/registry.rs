//! All registered resources, by name and by slug.

use std::collections::BTreeMap;

use diesel::QueryResult;

use super::access::actor::{Action, Actor};
use super::declare::declaration::Declaration;
use super::list::query::{ListQuery, Test};
use super::model::{Model, Resource};
use super::value::{Row, Value};
use super::write::event::Follower;
use super::write::message::{Deliver, Message};
use super::write::required_records::RequiredRecord;
use crate::db::{Connection, UtcDateTime};
use crate::settings::Settings;

/// A permission that the set-up gives to all staff or leaves to some.
#[derive(Clone, Copy, Debug)]
pub struct StaffQuestion {
    /// `Who sees patients?`
    pub label: &'static str,
    /// `Choose who sees patients`
    pub missing: &'static str,
    /// For all staff, and for those who have the permission anyway.
    pub choices: &'static [(&'static str, &'static str)],
    pub permission: &'static str,
    /// The default groups that get it, if the answer is all staff.
    pub groups: &'static [&'static str],
}

#[derive(Default)]
pub struct Registry {
    resources: Vec<Resource>,
    /// Records that a setting names, such as the group that new users join.
    named: Vec<fn(&Settings) -> RequiredRecord>,
    pub(super) required: Vec<RequiredRecord>,
    followers: Vec<Follower>,
    /// The question of the set-up about all staff, if there is one.
    pub staff_question: Option<StaffQuestion>,
    /// Whether somebody is here on their own behalf, with a start page of their own and without the staff's menu.
    guests: Option<fn(&Actor) -> bool>,
    /// Makes what queues messages, when the settings are known.
    delivery: Option<fn(&Settings) -> Deliver>,
    deliver: Option<Deliver>,
    /// Whether text messages can be sent.
    pub has_texts: bool,
}

impl Registry {
    pub fn with<M: Model>(self) -> Self {
        self.with_resource(Resource::of::<M>())
    }

    pub fn with_resource(mut self, resource: Resource) -> Self {
        self.resources.push(resource);
        self
    }

    /// Protects the record that a setting names.
    pub fn requiring(mut self, record: fn(&Settings) -> RequiredRecord) -> Self {
        self.named.push(record);
        self
    }

    /// Calls this function for every change of a record whose model `publishes`, in the transaction of the change. An error
    /// rolls it back. This is where webhooks and notifications begin.
    pub fn followed_by(mut self, follower: Follower) -> Self {
        self.followers.push(follower);
        self
    }

    /// Asks this at the set-up.
    pub fn asking(self, question: StaffQuestion) -> Self {
        Self { staff_question: Some(question), ..self }
    }

    /// Says who is here on their own behalf.
    pub fn with_guests(self, guests: fn(&Actor) -> bool) -> Self {
        Self { guests: Some(guests), ..self }
    }

    /// Whether somebody is here on their own behalf, with a start page of their own and without the staff's menu.
    pub fn is_guest(&self, actor: &Actor) -> bool {
        self.guests.is_some_and(|is_guest| is_guest(actor))
    }

    /// Queues the messages that models return about changes.
    pub fn delivering(self, delivery: fn(&Settings) -> Deliver) -> Self {
        Self { delivery: Some(delivery), ..self }
    }

    /// Reads the names of the required records from the settings.
    pub fn configured(mut self, settings: &Settings) -> Self {
        self.required = self.named.iter().map(|record| record(settings)).collect();
        self.deliver = self.delivery.map(|delivery| delivery(settings));
        self.has_texts = settings.sms.is_some();
        self
    }

    pub(super) fn followers(&self) -> &[Follower] {
        &self.followers
    }

    /// Queues a message in the caller's transaction.
    pub fn deliver(&self, c: &mut Connection, message: &Message, now: UtcDateTime) -> QueryResult<()> {
        self.deliver.as_ref().map_or(Ok(()), |deliver| deliver(c, message, now))
    }

    pub fn iter(&self) -> impl Iterator<Item = &Resource> {
        self.resources.iter()
    }

    /// By name, as in permissions and the log.
    pub fn get(&self, name: &str) -> Option<&Resource> {
        self.iter().find(|resource| resource.declaration().name == name)
    }

    /// The registered resource of this model, or the model's own declaration if it is not registered.
    pub fn of<M: Model>(&self) -> &Resource {
        self.get(M::NAME).unwrap_or_else(|| M::resource())
    }

    /// By slug, as in URLs.
    pub fn at(&self, slug: &str) -> Option<&Resource> {
        self.iter().find(|resource| resource.declaration().slug == slug)
    }

    /// Areas with their resources, in the order of registration.
    pub fn areas(&self) -> Vec<(&'static str, Vec<&Resource>)> {
        let mut areas: Vec<(&'static str, Vec<&Resource>)> = Vec::new();
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

    /// Labels rows that have no name of their own by the records they refer to: 'Émile Zola – Dr Grace Hopper'.
    pub fn name(&self, c: &mut Connection, declaration: &Declaration, rows: &mut [Row]) -> QueryResult<()> {
        let mut parts: Vec<Vec<String>> = vec![Vec::new(); rows.len()];
        for field in declaration.fields_named(declaration.label_from) {
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

    /// A record by id, with its complete label.
    pub fn find(&self, c: &mut Connection, resource: &Resource, id: i64, scope: Option<&Actor>) -> QueryResult<Option<Row>> {
        let Some(mut row) = resource.find(c, id, scope)? else { return Ok(None) };
        self.name(c, resource.declaration(), std::slice::from_mut(&mut row))?;
        Ok(Some(row))
    }

    /// A record in the trash, by id.
    pub fn find_in_trash(&self, c: &mut Connection, resource: &Resource, id: i64, scope: Option<&Actor>) -> QueryResult<Option<Row>> {
        if !resource.declaration().trash {
            return Ok(None);
        }
        let wanted = ListQuery { trashed: true, ..ListQuery::only("id", Test::In(vec![Value::Integer(id)]), 1) };
        let mut rows = resource.list(c, &wanted, scope)?;
        self.name(c, resource.declaration(), &mut rows)?;
        Ok(rows.pop())
    }

    /// The label of a record; its type and number if it does not exist.
    pub fn label(&self, c: &mut Connection, resource: &str, id: i64) -> QueryResult<String> {
        Ok(self.labels(c, resource, &[id])?.pop().map_or_else(|| format!("{resource} {id}"), |(_, label)| label))
    }

    /// The label if the actor may view the record; its type and number otherwise.
    pub fn visible_label(&self, c: &mut Connection, actor: &Actor, resource: &str, id: i64) -> QueryResult<String> {
        let target = self.get(resource).filter(|target| target.declaration().allows(actor, Action::View));
        let found = target.map_or(Ok(None), |target| self.find(c, target, id, Some(actor)))?;
        let kind = self.get(resource).map_or(resource, |known| known.declaration().singular);
        Ok(found.map_or_else(|| format!("{kind} {id}"), |row| row.label))
    }

    /// Every declared permission: codename and name, ordered by codename.
    pub fn permissions(&self) -> BTreeMap<String, String> {
        self.iter().flat_map(|resource| resource.declaration().permissions()).collect()
    }
}
