//! Lines of a file that are about the same record, for certain or probably.

use std::collections::HashMap;

use diesel::QueryResult;

use super::import::Import;
use super::keys::Key;
use super::matching::Plan;
use super::row::ImportRow;
use super::savepoint::Attempt;
use crate::db::Connection;
use crate::resource::{Actor, Declaration, Resource};

/// Two lines of a file must not match the same record.
pub fn mark_twins(c: &mut Connection, import: &Import, plans: &mut [Plan]) -> QueryResult<()> {
    let is_sure = |plan: &Plan| !plan.key.is_empty() && !plan.is_probable;
    let keys: Vec<String> = plans.iter().filter(|plan| is_sure(plan)).map(|plan| plan.key.clone()).collect();
    let mut seen: HashMap<String, i64> = ImportRow::lines_of(c, import.id, &keys)?.into_iter().collect();
    for plan in plans.iter_mut().filter(|plan| is_sure(plan) && plan.refused.is_none()) {
        match seen.get(&plan.key) {
            Some(line) => plan.refused = Some(format!("Line {line} is already about this record")),
            None => {
                seen.insert(plan.key.clone(), plan.line);
            }
        }
    }
    Ok(())
}

/// New lines that are probably about a record, although its key differs, as by a mistake in the name.
pub fn mark_similar(c: &mut Connection, actor: &Actor, resource: &Resource, plans: &mut [Plan], tried: &[Attempt]) -> QueryResult<()> {
    let is_new = |plan: &Plan| plan.target.is_none() && plan.known_id.is_none();
    let (mut places, mut added) = (Vec::new(), Vec::new());
    for (place, (plan, attempt)) in plans.iter().zip(tried).enumerate() {
        if let (true, Ok(done)) = (is_new(plan), attempt) {
            places.push(place);
            added.push(&done.row.values);
        }
    }
    if added.is_empty() {
        return Ok(());
    }
    for (place, similar) in places.into_iter().zip(resource.similar(c, &added, actor)?) {
        if let (Some(plan), Some(row)) = (plans.get_mut(place), similar.first()) {
            plan.known_id = Some(row.id);
        }
    }
    Ok(())
}

/// If two lines are only probably about the same record, the user is asked. What a record is known by is read from the record
/// as it would be stored, because it may follow from other values, as an age from a date of birth.
pub fn mark_known(c: &mut Connection, import: &Import, own: &Declaration, plans: &mut [Plan], tried: &[Attempt]) -> QueryResult<()> {
    for (plan, attempt) in plans.iter_mut().zip(tried) {
        plan.known_key = match attempt {
            Ok(_) if plan.is_probable => plan.key.clone(),
            Ok(done) => Key::of(&done.row, own.known_by).map(|key| key.written).unwrap_or_default(),
            Err(_) => String::new(),
        };
    }
    let keys: Vec<String> = plans.iter().filter(|plan| plan.is_probable).map(|plan| plan.known_key.clone()).collect();
    let mut seen: HashMap<String, i64> = ImportRow::lines_known(c, import.id, &keys)?.into_iter().collect();
    for plan in plans.iter_mut().filter(|plan| !plan.known_key.is_empty()) {
        match seen.get(&plan.known_key) {
            Some(line) if plan.is_probable => plan.known_line = Some(*line),
            Some(_) => {}
            None => {
                seen.insert(plan.known_key.clone(), plan.line);
            }
        }
    }
    Ok(())
}
