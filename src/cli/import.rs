//! `karat import`

use super::SOME_REJECTED;
use super::context::{Context, is_same_file};
use super::import_format::{ImportFormat, file_help};
use super::output::{Hinted, aside, json_line, line, unwritten, wrong_usage};
use super::progress::{self, Stop};
use crate::domain::imported::Record;
use crate::domain::queue::Queue;
use crate::import::{BatchLimits, Options, Pipeline, Reader, Reject, RejectWriter, Row, pipeline};
use crate::store::{DryRun, ImportOptions, ImportOutcome, ImportSession, Store};
use crate::text::sanitize;
use clap::Args;
use color_eyre::Section;
use color_eyre::eyre::{Result, WrapErr, eyre};
use indicatif::ProgressBar;
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// A transaction ends at this many rows or bytes of input, so that a decision made
/// meanwhile waits a moment and no longer.
const ROWS_AT_ONCE: usize = 2_000;
const BYTES_AT_ONCE: u64 = 8 << 20;

const HOW_TO_FINISH: &str = "what is imported is in; import again to finish";

/// Rejects told on standard error; the file has all of them.
const TOLD: u64 = 10;

#[derive(Args)]
pub struct Import {
    /// The queue's name
    queue: String,
    #[arg(required = true, help = file_help("`-` is standard input"))]
    files: Vec<PathBuf>,
    #[command(flatten)]
    format: ImportFormat,
    /// Read and check everything, change nothing
    #[arg(long)]
    dry_run: bool,
    /// Where rejected records go; by default FILE.rejects.jsonl beside each file
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
    /// Replace items whose content changed and on which no decision rests
    #[arg(long)]
    update: bool,
    /// One JSON object with the counts
    #[arg(long)]
    json: bool,
    /// Under whose name; by default that of the settings, else the login name
    #[arg(long = "as", value_name = "REVIEWER")]
    reviewer: Option<String>,
}

/// What an import did. An updated item counts as imported.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    pub imported: u64,
    pub unchanged: u64,
    pub rejected: u64,
}

/// How files are imported.
pub struct Mode<'a> {
    pub reading: Options,
    pub options: ImportOptions,
    pub rejects: Option<&'a Path>,
    pub actor: &'a str,
}

impl Import {
    pub fn run(self, context: &Context) -> Result<ExitCode> {
        if let Some(reason) = self.overwriting(context.db()?.file()) {
            return Ok(wrong_usage(reason));
        }
        let store = context.existing_store()?;
        let queue = store.queue(&self.queue).hinted()?;
        let actor = context.reviewer(self.reviewer.as_deref())?;
        let options = ImportOptions { update: self.update, dry_run: self.dry_run };
        let mode = Mode { reading: self.format.options(), options, rejects: self.rejects.as_deref(), actor: &actor };
        let counts = import(&store, &queue, &self.files, &mode)?;
        if self.json {
            json_line(&counts)?;
        } else {
            line(&told(&counts, self.dry_run))?;
        }
        Ok(if counts.rejected > 0 { ExitCode::from(SOME_REJECTED) } else { ExitCode::SUCCESS })
    }

    /// Why the rejects cannot go where they would: over what is to be read, or over the
    /// workspace.
    fn overwriting(&self, db: Option<&Path>) -> Option<String> {
        let beside = self.files.iter().map(|file| beside(file)).filter(|_| self.rejects.is_none());
        let mut targets = self.rejects.iter().cloned().chain(beside);
        let kept = || self.files.iter().map(PathBuf::as_path).chain(db);
        let target = targets.find(|target| kept().any(|kept| is_same_file(target, kept)))?;
        let what = if db.is_some_and(|db| is_same_file(&target, db)) { "the workspace" } else { "a file to import" };
        Some(format!("rejected records would overwrite {}, {what}; name another file with --rejects", target.display()))
    }
}

pub fn told(counts: &Counts, dry_run: bool) -> String {
    let Counts { imported, unchanged, rejected } = counts;
    let would = if dry_run { "dry run, nothing changed: would be " } else { "" };
    format!("{would}imported {imported}, unchanged {unchanged}, rejected {rejected}")
}

/// Imports the files one after the other; stops at the first that cannot be read on.
pub fn import(store: &Store, queue: &Queue, files: &[PathBuf], mode: &Mode) -> Result<Counts> {
    let mut stop = Stop::default();
    // A mistyped name is told before the first file is in.
    for file in files.iter().filter(|file| *file != Path::new("-")) {
        Reader::open(file, mode.reading)?;
    }
    let mut rejects = Rejects::new(mode);
    let mut counts = Counts::default();
    let mut dry_run = DryRun::default();
    for file in files {
        if stop.is_pressed() {
            return Err(eyre!("interrupted before {}: {}", file.display(), told(&counts, mode.options.dry_run)))
                .suggestion(HOW_TO_FINISH);
        }
        let mut run = Run { store, queue, mode, stop: &mut stop, rejects: &mut rejects, counts: &mut counts };
        dry_run = run.file(file, dry_run)?;
    }
    rejects.finish()?;
    Ok(counts)
}

struct Run<'a, 'm> {
    store: &'a Store,
    queue: &'a Queue,
    mode: &'a Mode<'m>,
    stop: &'a mut Stop,
    rejects: &'a mut Rejects,
    counts: &'a mut Counts,
}

impl Run<'_, '_> {
    fn file(&mut self, path: &Path, earlier: DryRun) -> Result<DryRun> {
        let reader = Reader::open(path, self.mode.reading)?;
        self.stop.listen()?;
        let name = reader.name().to_owned();
        let bar = progress::of_bytes(reader.total_bytes());
        self.rejects.begin(path, &name);
        let before = *self.counts;
        let mode = self.mode;
        let session =
            self.store.begin_import(self.queue, &name, mode.options, mode.actor, self.store.now()).hinted()?;
        let mut session = session.after(earlier);
        let outcome = self.rows(pipeline(reader, BatchLimits::default())?, &mut session, &bar);
        bar.finish_and_clear();
        let counts = self.counts.since(&before);
        let ended = self.end(session, &counts);
        // Where both fail, the first says why: a full disk fails the second as well.
        outcome
            .and(ended)
            .wrap_err_with(|| format!("{name}: stopped after: {}", told(&counts, mode.options.dry_run)))
            .suggestion(HOW_TO_FINISH)
    }

    fn end(&mut self, session: ImportSession, counts: &Counts) -> Result<DryRun> {
        let flushed = self.rejects.flush();
        let counted = serde_json::to_value(counts)?;
        let dry_run = self.store.end_import(session, &counted, self.store.now()).hinted()?;
        flushed.map(|()| dry_run)
    }

    /// Takes the batches in, several to a transaction.
    fn rows(&mut self, mut batches: Pipeline, session: &mut ImportSession, bar: &ProgressBar) -> Result<()> {
        let (mut rows, mut start) = (Vec::new(), 0);
        while let Some(batch) = batches.next_unless(&self.stop.pressed) {
            let batch = batch?;
            rows.extend(batch.rows);
            if rows.len() >= ROWS_AT_ONCE || batch.position - start >= BYTES_AT_ONCE {
                batches.give_back(self.take(std::mem::take(&mut rows), session)?);
                start = batch.position;
                bar.set_position(batch.position);
                bar.set_message(told(self.counts, self.mode.options.dry_run));
            }
        }
        self.take(rows, session)?;
        if self.stop.is_pressed() { Err(eyre!("interrupted")) } else { Ok(()) }
    }

    /// Rejects are in their file before the transaction ends. Gives the records back.
    #[expect(clippy::vec_box, reason = "boxed by the reader; moving them out of it would copy each")]
    fn take(&mut self, rows: Vec<Row>, session: &mut ImportSession) -> Result<Vec<Box<Record>>> {
        let mut records = Vec::with_capacity(rows.len());
        for row in rows {
            match row {
                Row::Record(record) => records.push(record),
                Row::Reject(reject) => self.reject(&reject)?,
            }
        }
        let taken = self.store.import_records(session, records.iter().map(AsRef::as_ref), self.store.now()).hinted()?;
        for (record, taken) in records.iter_mut().zip(taken) {
            self.count(record, taken)?;
        }
        Ok(records)
    }

    fn count(&mut self, record: &mut Record, taken: ImportOutcome) -> Result<()> {
        match taken {
            ImportOutcome::New | ImportOutcome::Updated => self.counts.imported += 1,
            ImportOutcome::Unchanged => self.counts.unchanged += 1,
            ImportOutcome::Refused(reason) => self.reject(&Reject::refused(record, "id", reason))?,
        }
        Ok(())
    }

    fn reject(&mut self, reject: &Reject) -> Result<()> {
        self.counts.rejected += 1;
        self.rejects.write(reject)
    }
}

impl Counts {
    fn since(&self, before: &Counts) -> Counts {
        Counts {
            imported: self.imported - before.imported,
            unchanged: self.unchanged - before.unchanged,
            rejected: self.rejected - before.rejected,
        }
    }
}

/// Where rejected records go: a file for each input, or the one that was named. A dry
/// run writes only to one that was named.
struct Rejects {
    named: bool,
    keep: bool,
    writer: Option<RejectWriter>,
    path: PathBuf,
    source: String,
    told: u64,
}

impl Rejects {
    fn new(mode: &Mode) -> Self {
        let (named, path) = (mode.rejects.is_some(), mode.rejects.map(Path::to_owned).unwrap_or_default());
        Self { named, keep: named || !mode.options.dry_run, writer: None, path, source: String::new(), told: 0 }
    }

    fn begin(&mut self, input: &Path, name: &str) {
        self.source = name.to_owned();
        if !self.named {
            self.writer = None;
            self.path = beside(input);
        }
    }

    fn write(&mut self, reject: &Reject) -> Result<()> {
        self.tell(reject);
        if !self.keep {
            return Ok(());
        }
        let writer = self.writer.get_or_insert_with(|| RejectWriter::new(&self.path));
        let written = writer.write(reject).map_err(unwritten);
        written.wrap_err_with(|| format!("the rejected record cannot be written to {}", self.path.display()))
    }

    fn tell(&mut self, reject: &Reject) {
        self.told += 1;
        let field = reject.field.as_ref().map(|field| format!(" {field}:")).unwrap_or_default();
        match self.told {
            ..=TOLD => {
                aside(&sanitize::line(&format!("{}:{field} {}", reject.origin, reject.reason)));
            }
            n if n == TOLD + 1 => aside("... and more"),
            _ => {}
        }
    }

    /// Puts what is written where a crash does not lose it, and says where it is.
    fn flush(&mut self) -> Result<()> {
        if let Some(writer) = &mut self.writer {
            writer.flush().map_err(unwritten)?;
        }
        if !self.named {
            self.finish()?;
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<()> {
        if let Some(file) = self.writer.take().map(RejectWriter::finish).transpose()?.flatten() {
            let records = if file.count == 1 { "record is" } else { "records are" };
            aside(&format!("{} rejected {records} in {}", file.count, file.path.display()));
        }
        Ok(())
    }
}

fn beside(input: &Path) -> PathBuf {
    if input == Path::new("-") {
        return "karat-stdin.rejects.jsonl".into();
    }
    let mut name = input.as_os_str().to_owned();
    name.push(".rejects.jsonl");
    name.into()
}
