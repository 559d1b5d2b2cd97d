//! `praxis backup PATH`

use std::path::PathBuf;

use clap::Args;

use crate::app::App;
use crate::backup::make;
use crate::db::catalog::bytes;

#[derive(Args)]
pub struct Backup {
    /// The file to create; it must not exist
    path: PathBuf,
}

impl Backup {
    pub fn run(self, app: &App) -> Result<(), String> {
        if app.db.url().is_missing() {
            return Err("there is no database to back up".into());
        }
        let size = make(app, &self.path)?;
        say!("Backed up the {} database to {} ({}).", app.db.url().name(), self.path.display(), bytes(size as i64));
        Ok(())
    }
}
