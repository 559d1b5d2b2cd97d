//! The records before and after one, in the list that its page was opened from. Each is one read by key, however long the list is.

use diesel::QueryResult;

use crate::app::App;
use crate::db::Connection;
use crate::resource::access::actor::Actor;
use crate::resource::list::keyset::Seek;
use crate::resource::{ListQuery, Resource};
use crate::web::list::return_link::Back;
use crate::web::list::saved_view_tabs::resolve;

/// Blank without a list.
#[derive(Default)]
pub struct Neighbours {
    pub previous: Option<Neighbour>,
    pub next: Option<Neighbour>,
}

pub struct Neighbour {
    pub label: String,
    pub href: String,
}

impl Neighbours {
    pub fn load(
        c: &mut Connection,
        app: &App,
        actor: &Actor,
        resource: &Resource,
        (back, filters): (&Back, &[&'static str]),
        id: i64,
    ) -> QueryResult<Self> {
        if !back.is_from_list() {
            return Ok(Self::default());
        }
        let own = resource.declaration();
        let (listing, _) = resolve(c, actor, own, filters, back.query(), 1)?;
        let query = listing.query(own, &app.zone(actor), app.today_of(actor)).searched(c, resource, actor, app.words())?;
        let mut beside = |backwards| {
            let seek = Some(Seek { anchor: Some(id), backwards });
            let mut rows = resource.list(c, &ListQuery { limit: 1, offset: 0, seek, ..query.clone() }, Some(actor))?;
            app.registry.name(c, own, &mut rows)?;
            QueryResult::Ok(rows.pop().map(|row| Neighbour { href: back.at(row.id), label: row.label }))
        };
        Ok(Self { previous: beside(true)?, next: beside(false)? })
    }

    pub fn is_empty(&self) -> bool {
        self.previous.is_none() && self.next.is_none()
    }
}
