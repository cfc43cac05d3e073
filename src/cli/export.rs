//! `karat export`

use super::context::{Context, is_same_file};
use super::output::{Hinted, aside, unwritten, wrong_usage};
use crate::domain::decision::Verdict;
use crate::export::{self, ExportError, Format, Selection, Style};
use crate::store::Rows;
use clap::{Args, ValueEnum};
use color_eyre::eyre::{Report, Result, WrapErr};
use std::io::{BufWriter, IsTerminal, Write, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Args)]
pub struct Export {
    queue: String,
    #[arg(long, value_enum)]
    to: To,
    /// The file, with FILE.manifest.json beside it; standard output by default
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// One row an item with its verdict of record, or one a decision
    #[arg(long, value_enum, default_value_t = RowsArg::Items)]
    rows: RowsArg,
    /// Only this verdict; may be repeated
    #[arg(long = "verdict", value_name = "VERDICT")]
    verdicts: Vec<Verdict>,
    /// CSV with byte order mark and CRLF, for Excel
    #[arg(long)]
    excel: bool,
    /// Leave cells that a spreadsheet would run as formulas as they are
    #[arg(long)]
    raw_cells: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum To {
    Csv,
    Jsonl,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum RowsArg {
    Items,
    Decisions,
}

impl Export {
    pub fn run(self, context: &Context) -> Result<ExitCode> {
        if let Some(reason) = self.misuse(&context.db()?) {
            return Ok(wrong_usage(reason));
        }
        let store = context.store()?;
        let queue = store.queue(&self.queue).hinted()?;
        let (selection, format) = (self.selection(), self.format());
        let Some(path) = self.out else {
            let mut out = BufWriter::with_capacity(1 << 16, screen());
            export::write(&store, &queue, &selection, format, &mut out).map_err(told)?;
            out.flush().map_err(unwritten)?;
            return Ok(ExitCode::SUCCESS);
        };
        let published = export::publish(&store, &queue, &selection, format, &path).map_err(told);
        let published = published.wrap_err_with(|| format!("{} is not written", path.display()))?;
        let rows = published.tally.rows;
        aside(&format!("{rows} rows to {}; manifest {}", path.display(), published.manifest.display()));
        Ok(ExitCode::SUCCESS)
    }

    fn misuse(&self, db: &Path) -> Option<String> {
        match &self.out {
            _ if self.to == To::Jsonl && self.excel => Some("--excel is for --to csv alone".into()),
            _ if self.to == To::Jsonl && self.raw_cells => Some("--raw-cells is for --to csv alone".into()),
            Some(out) if is_same_file(out, db) => {
                Some(format!("{} is the workspace; name another file with --out", out.display()))
            }
            _ => None,
        }
    }

    fn selection(&self) -> Selection {
        let rows = match self.rows {
            RowsArg::Items => Rows::Items,
            RowsArg::Decisions => Rows::Decisions,
        };
        Selection { rows, verdicts: self.verdicts.clone() }
    }

    fn format(&self) -> Format {
        match self.to {
            To::Csv => Format::Csv(Style { excel: self.excel, raw_cells: self.raw_cells }),
            To::Jsonl => Format::Jsonl,
        }
    }
}

fn told(error: ExportError) -> Report {
    match error {
        ExportError::Store(error) => Err::<(), _>(error).hinted().unwrap_err(),
        ExportError::Write(error) => unwritten(error),
    }
}

/// Standard output; on a terminal without what would drive it.
fn screen() -> Box<dyn Write> {
    let out = stdout();
    if out.is_terminal() { Box::new(Visible(out)) } else { Box::new(out) }
}

/// Replaces control characters by `?`: an export to a screen is for looking at.
struct Visible<W>(W);

impl<W: Write> Write for Visible<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let harmless = |byte: &u8| if byte.is_ascii_control() && *byte != b'\n' { b'?' } else { *byte };
        self.0.write_all(&bytes.iter().map(harmless).collect::<Vec<_>>())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.0.flush()
    }
}
