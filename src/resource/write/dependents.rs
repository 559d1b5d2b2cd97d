//! Records that refer to one that is to go, as the pages and answers about a deletion tell them.

use crate::resource::declare::reference::OnDelete;

/// More records than this are not deleted in one act.
pub const LIMIT: i64 = 10_000;
/// So many of a kind are named on the confirmation page.
pub const SAMPLES: usize = 100;

/// Records of one kind that refer to what is deleted.
#[derive(Clone, Debug)]
pub struct Dependents {
    pub resource: &'static str,
    pub singular: String,
    pub plural: String,
    pub field: &'static str,
    pub on_delete: OnDelete,
    /// They hold a list of such records, in which this one is then missing.
    pub is_many: bool,
    pub count: i64,
    /// They are in the trash already and go for good.
    pub buried: bool,
    /// The actor may not delete these, or cannot even see some of them.
    pub forbidden: bool,
    /// As many as are shown, as far as the actor may see them.
    pub samples: Vec<Sample>,
    pub children: Vec<Dependents>,
    /// Where this person can do something about them, when one record is to go.
    pub place: Option<String>,
    /// What can be chosen there so that they no longer stand in the way.
    pub ways: Vec<String>,
}

/// One of them by name, and its page where the actor may open it.
#[derive(Clone, Debug)]
pub struct Sample {
    pub id: i64,
    pub label: String,
    pub href: Option<String>,
}

impl Dependents {
    /// Whether anything here or below keeps the record from being deleted.
    pub fn protects(&self) -> bool {
        if self.is_many {
            return false;
        }
        if self.count > LIMIT || self.on_delete == OnDelete::Protect {
            return true;
        }
        if self.buried {
            return self.forbidden;
        }
        let stays = self.forbidden || self.children.iter().any(Dependents::protects);
        self.on_delete == OnDelete::Cascade && stays
    }

    /// Only what protects, for the page that says why not.
    pub fn protecting(tree: &[Dependents]) -> Vec<Dependents> {
        tree.iter()
            .flat_map(|one| {
                let follow = one.on_delete == OnDelete::Cascade && one.count <= LIMIT && !one.forbidden && !one.buried;
                if follow { Self::protecting(&one.children) } else { vec![one.clone()] }
            })
            .filter(Dependents::protects)
            .collect()
    }

    /// Whether a tree holds anything that protects.
    pub fn blocks(tree: &[Dependents]) -> bool {
        tree.iter().any(Self::protects)
    }

    /// Whether these stay and only forget the other.
    pub fn is_forgotten(&self) -> bool {
        self.on_delete == OnDelete::SetNull && !self.buried && !self.is_many
    }

    /// `patient` or `patients`, as the count asks.
    pub fn noun(&self) -> &str {
        if self.count == 1 { &self.singular } else { &self.plural }
    }

    /// Whether it is their number alone that stands against it.
    pub fn is_too_many(&self) -> bool {
        self.count > LIMIT && self.on_delete != OnDelete::Protect
    }

    pub fn rest(&self) -> i64 {
        self.count - self.samples.len() as i64
    }

    /// Takes in what was found of the same kind for other ids.
    fn add(&mut self, more: Dependents) {
        self.count += more.count;
        self.forbidden |= more.forbidden;
        self.place = self.place.take().filter(|place| Some(place) == more.place.as_ref());
        self.samples.extend(more.samples);
        self.samples.truncate(SAMPLES);
        merge(&mut self.children, more.children);
    }
}

pub(crate) fn merge(into: &mut Vec<Dependents>, more: Vec<Dependents>) {
    for one in more {
        let same = |known: &&mut Dependents| (known.resource, known.field, known.buried) == (one.resource, one.field, one.buried);
        match into.iter_mut().find(same) {
            Some(known) => known.add(one),
            None => into.push(one),
        }
    }
}
