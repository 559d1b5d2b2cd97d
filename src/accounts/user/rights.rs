//! What a user may do, for display.

use crate::app::App;
use crate::resource::Actor;
use crate::resource::access::actor::Action;

/// A resource, and what may be done with it.
pub struct Right {
    pub about: &'static str,
    pub words: String,
}

/// In the order of the registry; empty if the user has no permissions.
pub fn rights(app: &App, actor: &Actor) -> Vec<Right> {
    let mut rights = Vec::new();
    for own in app.registry.iter().map(|resource| resource.declaration()) {
        let words = Action::ALL.iter().filter(|action| own.allows(actor, **action)).map(|action| match action {
            Action::View => "view",
            Action::Add => "add",
            Action::Change => "edit",
            Action::Delete => "delete",
        });
        let special = own.extra_permissions.iter().filter(|(codename, ..)| actor.can(codename)).map(|(_, words, _)| lower(words));
        let all: Vec<String> = words.map(String::from).chain(special).collect();
        if !all.is_empty() {
            rights.push(Right { about: own.plural, words: all.join(", ") });
        }
    }
    rights
}

/// `Can view every patient` becomes `view every patient`.
fn lower(words: &str) -> String {
    crate::resource::form::data::lower(words.strip_prefix("Can ").unwrap_or(words))
}
