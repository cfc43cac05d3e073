//! karat's figures beside the floors of the same machine, in one run: see `--help`.

#[path = "ratios/bars.rs"]
mod bars;
#[path = "ratios/decide.rs"]
mod decide;
#[path = "ratios/export.rs"]
mod export;
#[path = "ratios/figure.rs"]
mod figure;
#[path = "ratios/idle.rs"]
mod idle;
#[path = "ratios/import.rs"]
mod import;
#[path = "ratios/inputs.rs"]
mod inputs;
#[path = "ratios/large.rs"]
mod large;
#[path = "ratios/one_line.rs"]
mod one_line;
#[path = "ratios/options.rs"]
mod options;
#[path = "ratios/plain.rs"]
mod plain;
#[path = "ratios/policy.rs"]
mod policy;
#[path = "ratios/process.rs"]
mod process;
#[path = "ratios/samples.rs"]
mod samples;
#[path = "ratios/search.rs"]
mod search;
#[path = "ratios/server.rs"]
mod server;
#[path = "ratios/start.rs"]
mod start;
#[path = "ratios/terminal.rs"]
mod terminal;
#[path = "ratios/workspace.rs"]
mod workspace;

use clap::Parser;
use color_eyre::eyre::Result;
use figure::Figure;
use options::{Bench, Mode, Options, Subject};
use workspace::Workspace;

fn main() -> Result<()> {
    color_eyre::install()?;
    let options = Options::parse();
    match &options.mode {
        None => measure(&options.bench),
        Some(Mode::PlainImport { file, db }) => plain::import(file, db),
        Some(Mode::OneLine) => one_line::run(),
    }
}

/// Every subject that was asked for, in the order that leaves each the workspace it needs.
fn measure(bench: &Bench) -> Result<()> {
    std::fs::create_dir_all(&bench.dir)?;
    let workspace = Workspace::new(bench);
    let mut figures = Vec::new();
    for subject in Subject::ALL.into_iter().filter(|subject| bench.wants(*subject)) {
        eprintln!("{subject} ...");
        let found = measure_one(subject, bench, &workspace)?;
        figures.extend(found);
    }
    figure::print(bench, &figures);
    if !bench.keep {
        workspace.remove();
    }
    Ok(())
}

fn measure_one(subject: Subject, bench: &Bench, workspace: &Workspace) -> Result<Vec<Figure>> {
    match subject {
        Subject::Import => import::measure(bench, workspace),
        Subject::Search => search::measure(bench, workspace),
        Subject::Decide => decide::measure(bench, workspace),
        Subject::Start => start::measure(bench, workspace),
        Subject::Idle => idle::measure(bench, workspace),
        Subject::Large => large::measure(bench),
        Subject::Export => export::measure(bench, workspace),
        Subject::Bars => bars::measure(bench, workspace),
        Subject::Policy => policy::measure(bench, workspace),
        Subject::Server => server::measure(bench, workspace),
    }
}
