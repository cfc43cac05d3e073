//! `karat backup`

use super::context::Context;
use super::output::{Hinted, line};
use super::report::Suggest;
use clap::Args;
use color_eyre::eyre::{Result, eyre};
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Args)]
pub(super) struct Backup {
    /// Where to; it must not exist
    file: PathBuf,
}

impl Backup {
    pub(super) fn run(self, context: &Context) -> Result<ExitCode> {
        let db = context.db()?;
        if db.file().is_none() {
            return Err(eyre!("a workspace on a server is not copied as a file")).suggestion(format!(
                "`karat move --from '{db}' --to {}` makes an SQLite file of it; the server's own way is \
                 `pg_dump --format custom --schema karat '{db}'`",
                self.file.display()
            ));
        }
        context.existing_store()?.backup(&self.file).hinted()?;
        line(&format!("copied {db} to {}", self.file.display()))?;
        Ok(ExitCode::SUCCESS)
    }
}
