//! Who did what is written into the log as it was then. Whoever had no name then is shown with the one they have now; the
//! username of a user that is gone stays.

use std::collections::{BTreeMap, BTreeSet};

use diesel::QueryResult;

use crate::db::Connection;
use crate::resource::registry::Registry;

/// The users of some entries, by id: `Rosa Marin (reception)`, or the username alone.
#[derive(Default)]
pub struct People(BTreeMap<i64, String>);

impl People {
    /// Runs one statement for all of them.
    pub fn load(c: &mut Connection, registry: &Registry, ids: impl Iterator<Item = Option<i64>>) -> QueryResult<Self> {
        let ids: BTreeSet<i64> = ids.flatten().collect();
        Ok(Self(registry.labels(c, "user", &ids.into_iter().collect::<Vec<_>>())?.into_iter().collect()))
    }

    /// What was written, or for a username alone the name that the user has now.
    pub fn name(&self, id: Option<i64>, written: &str) -> String {
        let signature = id.and_then(|id| self.0.get(&id)).filter(|signature| signature.ends_with(&format!(" ({written})")));
        signature.map_or_else(|| written.into(), Clone::clone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_username_alone_gets_its_name() {
        let people = People([(1, "Rosa Marin (rosa)".to_string()), (2, "ada".into())].into());
        for (id, written, shown) in [
            (Some(1), "rosa", "Rosa Marin (rosa)"),
            (Some(1), "Rosa Luxemburg (rosa)", "Rosa Luxemburg (rosa)"),
            (Some(2), "ada", "ada"),
            (Some(2), "ada as rosa", "ada as rosa"),
            (Some(3), "gone", "gone"),
            (None, "Praxis (system)", "Praxis (system)"),
        ] {
            assert_eq!(people.name(id, written), shown);
        }
    }
}
