//! What to measure, from the command line.

use crate::inputs::Shape;
use clap::{Parser, Subcommand, ValueEnum};
use std::fmt;
use std::path::PathBuf;

/// Measures karat beside the floors of the machine, and prints a table of ratios.
#[derive(Parser)]
#[command(name = "ratios")]
pub(crate) struct Options {
    #[command(flatten)]
    pub bench: Bench,
    #[command(subcommand)]
    pub mode: Option<Mode>,
}

#[derive(clap::Args)]
pub(crate) struct Bench {
    /// Items in the workspace
    #[arg(long, default_value_t = 1_000_000)]
    pub items: u64,
    /// Records of about 300 bytes instead of 2.4 KB
    #[arg(long)]
    pub small: bool,
    /// Chooses the generated records
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Where the input and the workspace go: about 10 GB for a million items
    #[arg(long, default_value = concat!(env!("CARGO_TARGET_TMPDIR"), "/ratios"))]
    pub dir: PathBuf,
    /// Only these
    #[arg(long, value_delimiter = ',')]
    pub only: Vec<Subject>,
    /// Pairs of import and of export; the fastest of each side counts
    #[arg(long, default_value_t = 2)]
    pub pairs: usize,
    /// Keys pressed
    #[arg(long, default_value_t = 500)]
    pub keys: usize,
    /// Milliseconds before each key: more than the workstation's guard, which takes no verdict on an
    /// item that was only just shown
    #[arg(long, default_value_t = 150)]
    pub settle_ms: u64,
    /// What the screen shows after a decision; `{n}` decided of `{m}`, with and without
    /// separators in the thousands
    #[arg(long, default_value = "{n} of {m}")]
    pub expect: String,
    /// Leave the workspace for the next run, which then need not import
    #[arg(long)]
    pub keep: bool,
    /// Given by cargo
    #[arg(long = "bench", hide = true)]
    _by_cargo: bool,
}

/// What the bench is when it starts itself, so that a floor is a process of its own.
#[derive(Subcommand)]
#[command(hide = true)]
pub(crate) enum Mode {
    PlainImport { file: PathBuf, db: PathBuf },
    OneLine,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Subject {
    Import,
    Search,
    Export,
    Bars,
    Decide,
    Start,
    Idle,
    Large,
    Policy,
    Server,
}

impl Subject {
    /// Search comes first, so that nothing fills the index beside the others. Deciding comes before the export, which decides nearly everything.
    pub(crate) const ALL: [Subject; 10] = [
        Subject::Import,
        Subject::Search,
        Subject::Decide,
        Subject::Start,
        Subject::Idle,
        Subject::Large,
        Subject::Export,
        Subject::Bars,
        Subject::Policy,
        Subject::Server,
    ];
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}", format!("{self:?}").to_lowercase())
    }
}

impl Bench {
    /// A server has to be asked for: it must be there.
    pub(crate) fn wants(&self, subject: Subject) -> bool {
        if self.only.is_empty() { subject != Subject::Server } else { self.only.contains(&subject) }
    }

    pub(crate) fn shape(&self) -> Shape {
        if self.small { Shape::Small } else { Shape::Usual }
    }
}
