//! The audit chain: each log entry holds a hash over itself and the entry before it, so a change or a gap is found.

use super::append::Written;
use crate::crypto::keys::Keys;

/// The purpose that the chain's key is derived for.
const PURPOSE: &str = "log chain";

impl Written {
    /// The hash of this entry, given the hash of the previous one.
    pub fn chained(&self, keys: &Keys, before: &str) -> String {
        let numbers = format!("{} {:?} {} {}", self.id, self.actor_id, self.object_id, self.version);
        let at = self.at.rfc3339();
        let parts =
            [before, &numbers, &at, &self.actor, &self.action, &self.resource, &self.object_label, &self.changes, &self.ip, &self.note];
        let sign = keys.sign(PURPOSE, &parts.map(str::as_bytes));
        sign.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}
