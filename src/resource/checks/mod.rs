//! Checks of the declarations that the compiler cannot make. An error that [`check`] finds stops the program at startup;
//! `praxis check` prints the warnings of [`indexes::warnings`].

pub mod declaration;
pub mod indexes;
mod names;

use super::registry::Registry;

/// The errors in all declarations, one per line, with the place and the fix.
pub fn check(registry: &Registry) -> Vec<String> {
    let mut wrong = Vec::new();
    for resource in registry.iter() {
        let own = resource.declaration();
        let twins = registry.iter().map(|other| other.declaration()).filter(|other| other.name == own.name || other.slug == own.slug);
        let mut found = Vec::new();
        if twins.count() > 1 {
            found.push("another resource has the same name or address".into());
        }
        found.extend(own.inlines.iter().filter_map(|inline| names::wrong_inline(registry, own, inline)));
        found.extend(declaration::wrong(registry, own));
        found.extend(names::wrong(registry, own));
        found.extend(resource.wrong_scope());
        wrong.extend(found.into_iter().map(|what| format!("{}: {what}", own.name)));
    }
    wrong
}
