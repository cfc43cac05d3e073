//! `karat restore`

use super::context::Context;
use super::doctor;
use super::output::{Hinted, line};
use super::report::Suggest;
use crate::store::{Address, Store};
use clap::Args;
use color_eyre::eyre::{Result, eyre};
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Args)]
pub(super) struct Restore {
    /// The backup; it stays as it is
    file: PathBuf,
    /// Where to, instead of the workspace; what is there is kept under another name, which is told
    #[arg(long, value_name = "PLACE")]
    to: Option<OsString>,
}

impl Restore {
    pub(super) fn run(self, context: &Context) -> Result<ExitCode> {
        let place = match &self.to {
            Some(place) => Address::from_os(place).hinted()?,
            None => context.db()?,
        };
        let Some(path) = place.file() else {
            let backup = self.file.display();
            return Err(eyre!("a workspace on a server is not restored from a file")).suggestion(format!(
                "`karat move --from {backup} --to '{place}'` copies a file into an empty database; what `pg_dump` wrote, \
                 `pg_restore --clean --if-exists --dbname '{place}' {backup}` puts back"
            ));
        };
        let restored = Store::restore(&self.file, path).hinted()?;
        line(&format!("restored {place} from {}", self.file.display()))?;
        if let Some(aside) = &restored.aside {
            line(&format!("what was there is kept as {}", aside.display()))?;
        }
        let store = Store::open_existing(&place).hinted()?;
        for queue in store.queues(store.now()).hinted()? {
            let counts = &queue.counts;
            line(&format!("{}: {} items, {} of them decided", queue.name, counts.items, counts.decided()))?;
        }
        doctor::after_restoring(&restored.checks)
    }
}
