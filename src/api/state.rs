//! What the API alone keeps beside the application: keys of tokens, the shapes of the resources, short-lived counts.

use std::ops::Deref;
use std::sync::OnceLock;

use actix_web::web::Data;

use super::auth::token::Tokens;
use super::http::token_cache::Known;
use super::openapi::Description;
use super::records::count_cache::Counts;
use super::schema::Catalogue;
use crate::app::App;

/// The application as the API's handlers know it.
pub struct State {
    app: Data<App>,
    pub tokens: Tokens,
    pub known: Known,
    /// What programs see of the resources.
    pub api: Catalogue,
    /// How many records the long lists have.
    pub counts: Counts,
    /// The description of the API, once it has been asked for.
    described: OnceLock<Description>,
}

impl State {
    pub fn new(app: Data<App>) -> Self {
        Self {
            tokens: Tokens::new(&app.keys),
            known: Known::default(),
            api: Catalogue::of(&app.registry),
            counts: Counts::default(),
            described: OnceLock::new(),
            app,
        }
    }

    /// The application alone, for code that does not know the API.
    pub fn app(&self) -> &Data<App> {
        &self.app
    }

    /// The description of the API: built once, because it does not change while the process lives.
    pub fn description(&self) -> Result<&Description, String> {
        if let Some(built) = self.described.get() {
            return Ok(built);
        }
        let built = Description::draw(self)?;
        Ok(self.described.get_or_init(|| built))
    }
}

impl Deref for State {
    type Target = App;

    fn deref(&self) -> &App {
        &self.app
    }
}
