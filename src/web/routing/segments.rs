//! Addresses grouped by their first segment. The router tries one resource after another, and most have gaps, which are regular
//! expressions: in groups a request meets those of its own area only.

use actix_web::{Resource, Scope, web};

/// Groups in the order in which their first address was added.
#[derive(Default)]
pub struct Segments(Vec<(String, Vec<Resource>)>);

impl Segments {
    /// Adds an address. `make` gets the part of it after the first segment. Within a group the first that fits answers.
    pub fn add(&mut self, path: &str, make: impl FnOnce(&str) -> Resource) {
        let end = path.get(1..).and_then(|rest| rest.find('/')).map_or(path.len(), |end| end + 1);
        // The start page has no segment, and a gap cannot be the name of a group.
        let (first, rest) = if path == "/" || path.starts_with("/{") { ("", path) } else { path.split_at(end) };
        let resource = make(rest);
        match self.0.iter_mut().find(|(known, _)| known == first) {
            Some((_, group)) => group.push(resource),
            None => self.0.push((first.into(), vec![resource])),
        }
    }

    /// `finish` completes each group, such as with an answer for the addresses that it does not have.
    pub fn mount(self, config: &mut web::ServiceConfig, finish: impl Fn(Scope) -> Scope) {
        for (first, group) in self.0 {
            if first.is_empty() {
                group.into_iter().for_each(|resource| {
                    config.service(resource);
                });
            } else {
                config.service(finish(group.into_iter().fold(web::scope(&first), |scope, resource| scope.service(resource))));
            }
        }
    }
}
