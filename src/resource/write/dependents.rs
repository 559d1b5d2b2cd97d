//! Records that refer to one that is deleted, as the deletion pages and the API report them.

use crate::resource::declare::reference::OnDelete;

/// The most records of a kind that one deletion may include.
pub const LIMIT: i64 = 10_000;
/// The most records of a kind that the confirmation page names.
pub const SAMPLES: usize = 100;

/// Records of one kind that refer to the deleted record.
#[derive(Clone, Debug)]
pub struct Dependents {
    pub resource: &'static str,
    pub singular: String,
    pub plural: String,
    pub field: &'static str,
    pub on_delete: OnDelete,
    /// They have a many-to-many field, from which the deleted record is removed.
    pub is_many: bool,
    pub count: i64,
    /// They are already in the trash and are deleted permanently.
    pub trashed: bool,
    /// The actor may not delete them, or may not view all of them.
    pub forbidden: bool,
    /// The first of those that the actor may view.
    pub samples: Vec<Sample>,
    pub children: Vec<Dependents>,
    /// The list where the actor can change or delete them, if one record is deleted.
    pub list_url: Option<String>,
    /// The actions in that list after which they no longer prevent the deletion.
    pub actions: Vec<String>,
}

/// A record by name, with its page if the actor may open it.
#[derive(Clone, Debug)]
pub struct Sample {
    pub id: i64,
    pub label: String,
    pub href: Option<String>,
}

impl Dependents {
    /// Whether these records or their own dependents prevent the deletion.
    pub fn protects(&self) -> bool {
        if self.is_many {
            return false;
        }
        if self.count > LIMIT || self.on_delete == OnDelete::Protect {
            return true;
        }
        if self.trashed {
            return self.forbidden;
        }
        let stays = self.forbidden || self.children.iter().any(Dependents::protects);
        self.on_delete == OnDelete::Cascade && stays
    }

    /// Only the records that prevent the deletion, for the page that explains why.
    pub fn protecting(tree: &[Dependents]) -> Vec<Dependents> {
        tree.iter()
            .flat_map(|one| {
                let follow = one.on_delete == OnDelete::Cascade && one.count <= LIMIT && !one.forbidden && !one.trashed;
                if follow { Self::protecting(&one.children) } else { vec![one.clone()] }
            })
            .filter(Dependents::protects)
            .collect()
    }

    /// Whether any record in the tree prevents the deletion.
    pub fn blocks(tree: &[Dependents]) -> bool {
        tree.iter().any(Self::protects)
    }

    /// Whether these records stay and their reference becomes blank.
    pub fn is_forgotten(&self) -> bool {
        self.on_delete == OnDelete::SetNull && !self.trashed && !self.is_many
    }

    /// `patient` or `patients`, depending on the count.
    pub fn noun(&self) -> &str {
        if self.count == 1 { &self.singular } else { &self.plural }
    }

    /// Whether their number alone prevents the deletion.
    pub fn is_too_many(&self) -> bool {
        self.count > LIMIT && self.on_delete != OnDelete::Protect
    }

    pub fn rest(&self) -> i64 {
        self.count - self.samples.len() as i64
    }

    /// Adds records of the same kind that refer to other ids.
    fn add(&mut self, more: Dependents) {
        self.count += more.count;
        self.forbidden |= more.forbidden;
        self.list_url = self.list_url.take().filter(|list_url| Some(list_url) == more.list_url.as_ref());
        self.samples.extend(more.samples);
        self.samples.truncate(SAMPLES);
        merge(&mut self.children, more.children);
    }
}

pub(crate) fn merge(into: &mut Vec<Dependents>, more: Vec<Dependents>) {
    for one in more {
        let same = |known: &&mut Dependents| (known.resource, known.field, known.trashed) == (one.resource, one.field, one.trashed);
        match into.iter_mut().find(same) {
            Some(known) => known.add(one),
            None => into.push(one),
        }
    }
}
