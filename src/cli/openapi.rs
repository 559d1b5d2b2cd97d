//! `praxis openapi`: the description of the API, for client generators. It needs no database.

use std::io::{ErrorKind, Write};

use actix_web::web::Data;
use clap::Args;

use crate::api;
use crate::api::state::State;
use crate::app::App;

#[derive(Args)]
pub struct Openapi {
    /// Print YAML instead of JSON
    #[arg(long)]
    yaml: bool,
}

impl Openapi {
    pub fn run(&self, app: App) -> Result<(), String> {
        let state = State::new(Data::new(app), api::describe);
        let drawn = state.description()?;
        let text = if self.yaml { &drawn.yaml } else { &drawn.json };
        let mut out = std::io::stdout().lock();
        match out.write_all(text).and_then(|()| out.write_all(b"\n")) {
            // The reader has stopped, as `head` does.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
            done => done.map_err(|error| error.to_string()),
        }
    }
}
