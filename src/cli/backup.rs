//! `karat backup`

use super::context::Context;
use super::output::{Hinted, line};
use clap::Args;
use color_eyre::eyre::Result;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Args)]
pub struct Backup {
    /// Where to; it must not exist
    file: PathBuf,
}

impl Backup {
    pub fn run(self, context: &Context) -> Result<ExitCode> {
        context.existing_store()?.backup(&self.file).hinted()?;
        line(&format!("copied {} to {}", context.db()?.display(), self.file.display()))?;
        Ok(ExitCode::SUCCESS)
    }
}
