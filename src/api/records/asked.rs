//! The query of a list request.

use std::sync::Arc;

use actix_web::web::Data;

use super::output::{JsonWriter, View};
use crate::api::http::error::ApiError;
use crate::api::state::State;
use crate::db::Connection;
use crate::resource::list::keyset::Seek;
use crate::resource::{Actor, ListQuery, Resource, Row};

/// The query of one caller for one resource.
#[derive(Clone)]
pub struct Asked {
    pub app: Data<State>,
    pub actor: Arc<Actor>,
    pub name: &'static str,
    pub query: ListQuery,
    pub view: View,
}

impl Asked {
    pub fn resource(&self) -> Result<&Resource, ApiError> {
        self.app.registry.get(self.name).ok_or_else(ApiError::not_found)
    }

    /// Reads rows and appends them as JSON; also returns the rows.
    pub fn rows(&self, c: &mut Connection, query: &ListQuery, out: &mut Vec<u8>, is_first: bool) -> Result<Vec<Row>, ApiError> {
        let mut rows = self.resource()?.list(c, query, Some(&self.actor))?;
        self.render(c, &mut rows, out, is_first)?;
        Ok(rows)
    }

    pub fn render(&self, c: &mut Connection, rows: &mut [Row], out: &mut Vec<u8>, is_first: bool) -> Result<(), ApiError> {
        let drawing = JsonWriter::load(c, &self.app, &self.actor, self.resource()?, &self.view, rows)?;
        drawing.write_all(out, rows, is_first);
        Ok(())
    }

    /// The query for the rows after this one.
    pub fn after(&self, anchor: i64) -> ListQuery {
        ListQuery { seek: Some(Seek { anchor: Some(anchor), backwards: false }), ..self.query.clone() }
    }
}
