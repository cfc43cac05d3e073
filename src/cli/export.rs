//! `karat export`

mod empty;
mod shape;

use super::at::At;
use super::context::{Context, is_same_file};
use super::format_options::{FormatOptions, Registry};
use super::output::{Hinted, aside, tell_damaged, unwritten, wrong_usage};
use super::progress::Stop;
use super::report::Suggest;
use super::searching;
use crate::domain::decision::Verdict;
use crate::domain::filter::ResolvedFilter;
use crate::domain::format_option::FormatOption;
use crate::domain::golden::SetName;
use crate::domain::queue::Queue;
use crate::export::format::{self, FORMATS, Format};
use crate::export::{self, Examples, ExportError, Exported, Form, GoldenExport, Published, Selection};
use crate::store::{Condition, Rows, Store};
use crate::text::plural::count;
use crate::text::sanitize;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};
use color_eyre::eyre::{Report, Result, WrapErr, eyre};
use shape::Shape;
use std::io::{IsTerminal, Write, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Args)]
pub(super) struct Export {
    /// The queue's name
    queue: String,
    #[command(flatten)]
    target: Target,
    /// One row an item with its verdict of record, one a decision, or one a mark on an output
    #[arg(long, value_enum, default_value_t = RowsArg::Items)]
    rows: RowsArg,
    /// Only this verdict; may be repeated
    #[arg(long = "verdict", value_name = "VERDICT")]
    verdicts: Vec<Verdict>,
    /// The examples of a frozen golden set in place of what was decided, such as support@3; without a number the newest
    #[arg(long, value_name = "SET", conflicts_with_all = ["rows", "verdicts", "filter", "at", "reviewer"])]
    golden: Option<SetName>,
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
    shape: Shape,
    #[command(flatten)]
    options: FormatOptions<Formats>,
}

/// Where rows go.
#[derive(Args)]
pub(super) struct Out {
    /// Where to write, with FILE.manifest.json beside it; standard output by default, and for `-`
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
    Marks,
}

impl Export {
    pub(super) fn run(self, context: &Context) -> Result<ExitCode> {
        if let Some(reason) = self.target.misuse(context.db()?.file()) {
            return Ok(wrong_usage(reason));
        }
        if self.rows != RowsArg::Items && !self.target.to.has_columns() {
            let name = self.target.to.name();
            return Ok(wrong_usage(format!("--rows is for tables, such as --to csv; {name} has an item an example")));
        }
        let store = self.at.store(context)?;
        let queue = store.queue(&self.queue).hinted()?;
        if let Some(set) = &self.golden {
            return self.frozen(&store, &queue, set);
        }
        let filter = self.filter(&store, &queue)?;
        let selection = self.selection(context, &store, &queue, filter.as_ref())?;
        let mut stop = Stop::default();
        stop.listen()?;
        let export = export::Export { store: &store, queue: &queue, selection, form: self.target.form(&stop) };
        let exported = self.target.out.write(|out| export.write(out), |path| export.publish(path))?;
        if exported.counts.rows == 0 && exported.counts.left_out == 0 {
            aside(&empty::reason(&export, filter.as_ref())?);
        }
        Ok(tell_damaged(&store))
    }

    /// Writes a frozen set.
    fn frozen(&self, store: &Store, queue: &Queue, set: &SetName) -> Result<ExitCode> {
        let set = store.golden_set(set).hinted()?;
        if set.queue != queue.name {
            return Err(eyre!("{} is a golden set of {}", set.name, set.queue))
                .suggestion(format!("karat export {} --golden {}@{} …", set.queue, set.name, set.version));
        }
        let mut stop = Stop::default();
        stop.listen()?;
        let examples = Examples::Frozen(set);
        let export = GoldenExport { store, queue, examples, form: self.target.form(&stop) };
        self.target.out.write(|out| export.write(out), |path| export.publish(path))?;
        Ok(tell_damaged(store))
    }

    /// The filter that was given, as it finds the same whenever it is asked.
    fn filter(&self, store: &Store, queue: &Queue) -> Result<Option<ResolvedFilter>> {
        if self.filter.is_none() {
            return Ok(None);
        }
        let filter = searching::read(store, queue, self.filter.as_deref())?;
        searching::resolve(store, queue, &filter).map(Some)
    }

    fn selection(
        &self,
        context: &Context,
        store: &Store,
        queue: &Queue,
        filter: Option<&ResolvedFilter>,
    ) -> Result<Selection> {
        let rows = match self.rows {
            RowsArg::Items | RowsArg::Marks => Rows::Items,
            RowsArg::Decisions => Rows::Decisions,
        };
        let of_marks = self.rows == RowsArg::Marks;
        let reviewer = context.reviewer(self.reviewer.as_deref())?;
        let condition = match filter {
            Some(filter) => store.condition(queue, filter, &reviewer).hinted()?,
            None => Condition::default(),
        };
        let filter = filter.map(ToString::to_string);
        Ok(Selection { rows, of_marks, verdicts: self.verdicts.clone(), condition, filter, reviewer })
    }
}

impl Target {
    pub(super) fn misuse(&self, db: Option<&Path>) -> Option<String> {
        let Some(option) = self.options.given.other_than(self.to.options()) else {
            return if self.to.folder().is_some() { self.out.misuse_as_folder() } else { self.out.misuse(db) };
        };
        let formats: Vec<_> = format::that_take(option).collect();
        Some(format!("--{} is for --to {} alone", option.name, formats.join(" and ")))
    }

    /// The form of the files; Ctrl-C leaves none.
    pub(super) fn form(&self, stop: &Stop) -> Form {
        Form {
            format: self.to,
            options: self.options.given.clone(),
            columns: self.shape.columns.clone(),
            renames: self.shape.renames.clone(),
            compression: self.shape.compress,
            split: self.shape.split(),
            redaction: self.shape.redact.clone(),
            stop: stop.pressed.clone(),
        }
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

    /// A folder takes the place of an empty one, and of nothing else.
    fn misuse_as_folder(&self) -> Option<String> {
        let out = self.out.as_ref()?;
        let is_free = !out.exists() || std::fs::read_dir(out).is_ok_and(|mut entries| entries.next().is_none());
        (!is_free).then(|| format!("{} is there already; name a folder that is not with --out", out.display()))
    }

    /// Writes to standard output; or the files with their manifest, and says so.
    pub(super) fn write(
        &self,
        write: impl FnOnce(&mut (dyn Write + Send)) -> Result<Exported, ExportError>,
        publish: impl FnOnce(&Path) -> Result<Published, ExportError>,
    ) -> Result<Exported> {
        let Some(path) = self.out.as_ref().filter(|path| *path != Path::new("-")) else {
            let exported = write(&mut screen()).map_err(report)?;
            exported.notes.iter().for_each(|note| aside(note));
            return Ok(exported);
        };
        if let Some(folder) = missing_folder(path) {
            let missing = Report::msg(format!("there is no folder {}", folder.display()));
            return Err(missing.suggestion(format!("make it: `mkdir -p {}`", folder.display())))
                .wrap_err_with(|| format!("{} is not written", path.display()));
        }
        // A link stays one: what it leads to is replaced.
        let path = path.canonicalize().unwrap_or_else(|_| path.clone());
        let published = publish(&path).map_err(report);
        let published = published.wrap_err_with(|| format!("{} is not written", path.display()))?;
        aside(&told(&path, &published));
        Ok(published.exported)
    }
}

/// The folder that a file is to be in, where there is none.
fn missing_folder(out: &Path) -> Option<&Path> {
    out.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.exists())
}

/// `8 rows to rows-train.csv, 2 rows to rows-test.csv; manifest rows.csv.manifest.json`
fn told(path: &Path, Published { exported, files, manifest }: &Published) -> String {
    let rows = |rows: u64| count(rows as usize, "row");
    let whole = match &exported.rows_of_parts[..] {
        [_, _, ..] => {
            // Each part has as many files, its main one first.
            let each = files.iter().step_by(files.len() / exported.rows_of_parts.len());
            let parts = exported.rows_of_parts.iter().zip(each);
            parts
                .map(|(number, file)| format!("{} to {}", rows(*number), file.display()))
                .collect::<Vec<_>>()
                .join(", ")
        }
        _ => format!("{} to {}", rows(exported.counts.rows), path.display()),
    };
    let notes: String = exported.notes.iter().map(|note| format!("; {note}")).collect();
    format!("{whole}; manifest {}{notes}", manifest.display())
}

fn report(error: ExportError) -> Report {
    match error {
        ExportError::Store(error) => Err::<(), _>(error).hinted().unwrap_err(),
        ExportError::Write(error) => unwritten(error),
        ExportError::Columns(error) => {
            let hint = error.hint.clone();
            Report::new(error).suggestion(hint)
        }
        ExportError::Compression { own, .. } => {
            let hint = match own {
                [] => "leave --compress away: such a file is compressed as it is".to_owned(),
                own => format!("--compress {}", own[0]),
            };
            Report::new(error).suggestion(hint)
        }
        error @ ExportError::TooManyRows { .. } => Report::new(error)
            .suggestion("narrow it with --filter, split it with --split, or choose --to parquet or csv"),
        error @ ExportError::SeveralFiles(_) => Report::new(error).suggestion("name the first with --out FILE"),
        error @ ExportError::Stopped => {
            Report::new(error).suggestion("nothing was written; the same command begins anew")
        }
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
