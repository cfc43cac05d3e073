//! `karat completions` and `karat man`

use super::Cli;
use clap::{Args, CommandFactory};
use clap_complete::Shell;
use color_eyre::eyre::Result;
use std::io::{Write, stdout};
use std::process::ExitCode;

#[derive(Args)]
pub struct Completions {
    shell: Shell,
}

#[derive(Args)]
pub struct Man {}

impl Completions {
    pub fn run(self) -> Result<ExitCode> {
        let mut script = Vec::new(); // the generator panics where a pipe is closed
        clap_complete::generate(self.shell, &mut Cli::command(), "karat", &mut script);
        stdout().write_all(&script)?;
        Ok(ExitCode::SUCCESS)
    }
}

impl Man {
    pub fn run(self) -> Result<ExitCode> {
        let mut page = Vec::new();
        clap_mangen::Man::new(Cli::command()).render(&mut page)?;
        stdout().write_all(&page)?;
        Ok(ExitCode::SUCCESS)
    }
}
