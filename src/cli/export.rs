//! `karat export`

use super::at::At;
use super::context::{Context, is_same_file};
use super::format_options::{FormatOptions, Registry};
use super::output::{Hinted, aside, tell_damaged, unwritten, wrong_usage};
use super::report::Suggest;
use super::searching;
use crate::domain::decision::Verdict;
use crate::domain::format_option::{FormatOption, GivenOptions};
use crate::domain::queue::Queue;
use crate::export::format::{self, FORMATS, Format};
use crate::export::{self, ExportError, Exported, Published, Selection};
use crate::store::{Condition, Rows, Store};
use crate::text::plural::count;
use crate::text::sanitize;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};
use color_eyre::eyre::{Report, Result, WrapErr};
use std::io::{IsTerminal, Write, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Args)]
pub(super) struct Export {
    /// The queue's name
    queue: String,
    #[command(flatten)]
    target: Target,
    /// One row an item with its verdict of record, or one a decision
    #[arg(long, value_enum, default_value_t = RowsArg::Items)]
    rows: RowsArg,
    /// Only this verdict; may be repeated
    #[arg(long = "verdict", value_name = "VERDICT")]
    verdicts: Vec<Verdict>,
    /// Only items that it finds, such as 'category:tone created>=2026-11-01'
    #[arg(long, value_name = "FILTER", allow_hyphen_values = true)]
    filter: Option<String>,
    #[command(flatten)]
    at: At,
    /// Whose own opinions are in it before they are settled, and whom `is:mine` is about; by default as
    /// in a review
    #[arg(long = "as", value_name = "REVIEWER")]
    reviewer: Option<String>,
}

/// The form of an export, and where it goes.
#[derive(Args)]
pub(super) struct Target {
    #[arg(long, value_parser = format())]
    pub to: &'static dyn Format,
    #[command(flatten)]
    pub out: Out,
    #[command(flatten)]
    options: FormatOptions<Formats>,
}

/// Where rows go.
#[derive(Args)]
pub(super) struct Out {
    /// The file, with FILE.manifest.json beside it; standard output by default, and for `-`
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(super) struct Formats;

impl Registry for Formats {
    fn options() -> impl Iterator<Item = &'static FormatOption> {
        format::options()
    }
}

/// The formats that there are.
fn format() -> impl TypedValueParser<Value = &'static dyn Format> {
    let names = PossibleValuesParser::new(FORMATS.iter().map(|format| format.name()));
    names.try_map(|name| format::named(&name).ok_or("there is no such format"))
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum RowsArg {
    Items,
    Decisions,
}

impl Export {
    pub(super) fn run(self, context: &Context) -> Result<ExitCode> {
        if let Some(reason) = self.target.misuse(context.db()?.file()) {
            return Ok(wrong_usage(reason));
        }
        let store = self.at.store(context)?;
        let queue = store.queue(&self.queue).hinted()?;
        let selection = self.selection(context, &store, &queue)?;
        let (format, options) = self.target.form();
        let export = export::Export { store: &store, queue: &queue, selection, format, options };
        self.target.out.write(|out| export.write(out), |path| export.publish(path))?;
        Ok(tell_damaged(&store))
    }

    fn selection(&self, context: &Context, store: &Store, queue: &Queue) -> Result<Selection> {
        let rows = match self.rows {
            RowsArg::Items => Rows::Items,
            RowsArg::Decisions => Rows::Decisions,
        };
        let reviewer = context.reviewer(self.reviewer.as_deref())?;
        let (verdicts, condition) = (self.verdicts.clone(), Condition::default());
        let all = Selection { rows, verdicts, condition, filter: None, reviewer };
        if self.filter.is_none() {
            return Ok(all);
        }
        let filter = searching::read(store, queue, self.filter.as_deref())?;
        let filter = searching::resolve(store, queue, &filter)?;
        let condition = store.condition(queue, &filter, &all.reviewer).hinted()?;
        Ok(Selection { condition, filter: Some(filter.to_string()), ..all })
    }
}

impl Target {
    pub(super) fn misuse(&self, db: Option<&Path>) -> Option<String> {
        let Some(option) = self.options.given.other_than(self.to.options()) else { return self.out.misuse(db) };
        let formats: Vec<_> = format::that_take(option).collect();
        Some(format!("--{} is for --to {} alone", option.name, formats.join(" and ")))
    }

    /// The format with its options.
    pub(super) fn form(&self) -> (&'static dyn Format, GivenOptions) {
        (self.to, self.options.given.clone())
    }
}

impl Out {
    pub(super) fn misuse(&self, db: Option<&Path>) -> Option<String> {
        match &self.out {
            Some(out) if out.exists() && !out.is_file() => {
                Some(format!("{} is no regular file; leave --out away to write to standard output", out.display()))
            }
            Some(out) if db.is_some_and(|db| is_same_file(out, db)) => {
                Some(format!("{} is the workspace; name another file with --out", out.display()))
            }
            _ => None,
        }
    }

    /// Writes to standard output; or the file with its manifest, and says so.
    pub(super) fn write(
        self,
        write: impl FnOnce(&mut (dyn Write + Send)) -> Result<Exported, ExportError>,
        publish: impl FnOnce(&Path) -> Result<Published, ExportError>,
    ) -> Result<()> {
        let Some(path) = self.out.filter(|path| path != Path::new("-")) else {
            let exported = write(&mut screen()).map_err(report)?;
            exported.note.iter().for_each(|note| aside(note));
            return Ok(());
        };
        // A link stays one: what it leads to is replaced.
        let path = path.canonicalize().unwrap_or(path);
        let published = publish(&path).map_err(report);
        let published = published.wrap_err_with(|| format!("{} is not written", path.display()))?;
        let Exported { counts, note } = published.exported;
        let rows = count(counts.rows as usize, "row");
        let note = note.map(|note| format!("; {note}")).unwrap_or_default();
        aside(&format!("{rows} to {}; manifest {}{note}", path.display(), published.manifest.display()));
        Ok(())
    }
}

fn report(error: ExportError) -> Report {
    match error {
        ExportError::Store(error) => Err::<(), _>(error).hinted().unwrap_err(),
        ExportError::Write(error) => unwritten(error),
        error @ ExportError::SeveralFiles(_) => Report::new(error).suggestion("name the first with --out FILE"),
    }
}

/// Standard output; on a terminal without what would drive it.
fn screen() -> Box<dyn Write + Send> {
    let out = stdout();
    if out.is_terminal() { Box::new(Visible { out, line: Vec::new() }) } else { Box::new(out) }
}

/// Shows marks instead of what would drive the terminal: an export to a screen is for
/// looking at. Whole lines at a time, because a character may come in two writes.
struct Visible<W: Write> {
    out: W,
    line: Vec<u8>,
}

impl<W: Write> Write for Visible<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.line.extend_from_slice(piece);
            if self.line.pop_if(|byte| *byte == b'\n').is_some() {
                writeln!(self.out, "{}", sanitize::line(&String::from_utf8_lossy(&self.line)))?;
                self.line.clear();
            }
        }
        Ok(bytes.len())
    }

    /// A last line without an end waits for it: every format ends its lines.
    fn flush(&mut self) -> std::io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_drives_a_terminal_reaches_it() {
        let mut seen = Visible { out: Vec::new(), line: Vec::new() };
        // ESC, and its one-character sister U+009B, cut in two.
        for piece in [&b"a\x1b[2J,\xc2"[..], &b"\x9b2J\r\nb"[..], "é\n".as_bytes()] {
            seen.write_all(piece).unwrap();
        }
        let seen = String::from_utf8(seen.out).unwrap();
        assert_eq!(seen.lines().count(), 2, "{seen:?}");
        assert!(seen.ends_with("bé\n") && !seen.chars().any(|c| c.is_control() && c != '\n'), "{seen:?}");
    }
}
