//! What the API needs in addition to the application: the key of tokens, the shapes of the resources, cached counts.

use std::ops::Deref;
use std::sync::OnceLock;

use actix_web::web::Data;

use super::auth::token::Tokens;
use super::http::caller::Caller;
use super::openapi::description::Description;
use super::schema::Catalogue;
use crate::app::App;
use crate::db::recent::Recent;

/// The application as the API's handlers know it.
pub struct State {
    app: Data<App>,
    pub tokens: Tokens,
    /// The callers of recent tokens, so that reading needs no query for them. A token that another process revoked is refused a second
    /// later.
    pub callers: Recent<Caller>,
    /// The API's view of the resources.
    pub api: Catalogue,
    /// The description of the API, once it has been requested.
    described: OnceLock<Description>,
    /// Builds the description from the routes, which import this module and cannot be imported here.
    describe: fn(&State) -> Result<Description, String>,
}

impl State {
    pub fn new(app: Data<App>, describe: fn(&State) -> Result<Description, String>) -> Self {
        Self {
            tokens: Tokens::new(&app.keys),
            callers: Recent::new(time::Duration::seconds(1)),
            api: Catalogue::of(&app.registry),
            described: OnceLock::new(),
            describe,
            app,
        }
    }

    /// The description of the API, built once because it cannot change while the process runs. The error is the text of a fault
    /// in it.
    pub fn description(&self) -> Result<&Description, String> {
        if let Some(built) = self.described.get() {
            return Ok(built);
        }
        let built = (self.describe)(self)?;
        Ok(self.described.get_or_init(|| built))
    }

    /// The application alone, for code below the API.
    pub fn app(&self) -> &Data<App> {
        &self.app
    }
}

impl Deref for State {
    type Target = App;

    fn deref(&self) -> &App {
        &self.app
    }
}
