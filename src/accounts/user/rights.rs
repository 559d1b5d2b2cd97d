//! What somebody may do, in plain words.

use crate::app::App;
use crate::resource::Actor;
use crate::resource::access::actor::Action;

/// A line: what it is about, and what may be done with it.
pub struct Right {
    pub about: &'static str,
    pub words: String,
}

/// By resource, in the order of the registry; nothing for somebody who may do nothing.
pub fn rights(app: &App, actor: &Actor) -> Vec<Right> {
    let mut rights = Vec::new();
    for own in app.registry.iter().map(|resource| resource.declaration()) {
        let words = Action::ALL.iter().filter(|action| own.allows(actor, **action)).map(|action| match action {
            Action::View => "view",
            Action::Add => "add",
            Action::Change => "edit",
            Action::Delete => "delete",
        });
        let special = own.extra_permissions.iter().filter(|(codename, _)| actor.can(codename)).map(|(_, words)| lower(words));
        let all: Vec<String> = words.map(String::from).chain(special).collect();
        if !all.is_empty() {
            rights.push(Right { about: own.plural, words: all.join(", ") });
        }
    }
    rights
}

/// `Can view every patient` goes on as `view every patient`.
fn lower(words: &str) -> String {
    crate::resource::form::data::lower(words.strip_prefix("Can ").unwrap_or(words))
}
