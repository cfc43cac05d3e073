//! `karat import`

use super::SOME_REJECTED;
use super::context::{Context, is_same_file};
use super::foreign::{Foreign, Mapped, WhereUnsure, offer_to_keep};
use super::import_format::{ImportFormat, file_help};
use super::output::{Hinted, aside, json_line, line, unwritten, with_hint, wrong_usage};
use super::progress::{self, Stop};
use super::report::Suggest;
use crate::config;
use crate::domain::mapping::Mapping;
use crate::import::{Reader, Reject, RejectFile, is_manifest, is_rejects_file};
use crate::ingest::{Counts, Failure, Ingest, IngestError, Progress, RejectsTo, Source, beside};
use crate::store::ImportOptions;
use crate::text::sanitize;
use clap::Args;
use color_eyre::eyre::{Report, Result, eyre};
use indicatif::ProgressBar;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

const HOW_TO_FINISH: &str = "what is imported is in; import again to finish";

/// Rejects that standard error says; the file has all of them.
const SHOWN_REJECTS: u64 = 10;

#[derive(Args)]
pub(super) struct Import {
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
    /// Replace items whose content changed and on which no decision of a person rests; what a check decided
    /// goes, and the checks are run again
    #[arg(long)]
    update: bool,
    /// One JSON object with the counts
    #[arg(long)]
    json: bool,
    /// Under whose name; by default that of the settings, else the login name
    #[arg(long = "as", value_name = "REVIEWER")]
    reviewer: Option<String>,
}

impl Import {
    pub(super) fn run(mut self, context: &Context) -> Result<ExitCode> {
        self.files = meant(self.files);
        if let Some(reason) = self.overwriting(context.db()?.file()) {
            return Ok(wrong_usage(reason));
        }
        let store = context.existing_store()?;
        let queue = store.queue(&self.queue).hinted()?;
        let actor = context.reviewer(self.reviewer.as_deref())?;
        let options = ImportOptions { update: self.update, dry_run: self.dry_run };
        let rejects = match self.rejects {
            Some(path) => RejectsTo::File(path),
            None if self.dry_run => RejectsTo::Nowhere,
            None => RejectsTo::Beside { otherwise: config::rejects_folder() },
        };
        let reading = self.format.options();
        let command = format!("karat import{} {}", context.db_option(), self.queue);
        let kept = Mapping::of_spec(&queue.spec.spec.import);
        let foreign = Foreign { context, reading: &reading, kept, command, where_unsure: WhereUnsure::Ask };
        let Mapped { sources: files, chosen } = foreign.mapped(self.files)?;
        let (store, queue, actor) = (&store, &queue, actor.as_str());
        let Imported { counts, .. } = import(&Ingest { store, queue, actor, reading, options, rejects }, files)?;
        if let Some(chosen) = chosen.filter(|_| !self.dry_run) {
            offer_to_keep(store, queue, &chosen, actor)?;
        }
        if self.json {
            json_line(&counts)?;
        } else {
            line(&counts.summary(self.dry_run))?;
        }
        Ok(if counts.rejected > 0 { ExitCode::from(SOME_REJECTED) } else { ExitCode::SUCCESS })
    }

    /// Why the rejects cannot go where they would: over what is to be read, or over the
    /// workspace.
    fn overwriting(&self, db: Option<&Path>) -> Option<String> {
        let beside = self.files.iter().map(|file| beside(file)).filter(|_| self.rejects.is_none());
        let mut targets = self.rejects.iter().cloned().chain(beside);
        targets.find_map(|target| taken_by(&target, &self.files, db))
    }
}

/// Why rejects cannot go into the file: it is one that is to be read, or the workspace.
pub(super) fn taken_by(target: &Path, files: &[PathBuf], db: Option<&Path>) -> Option<String> {
    let what = match db {
        Some(db) if is_same_file(target, db) => "the workspace",
        _ if files.iter().any(|file| is_same_file(target, file)) => "a file to import",
        _ => return None,
    };
    Some(format!("rejected records would overwrite {}, {what}; name another file with --rejects", target.display()))
}

/// What came of an import.
pub(super) struct Imported {
    pub counts: Counts,
    /// The files with what was rejected.
    pub rejects: Vec<PathBuf>,
}

/// Imports the files, and says on standard error how it goes and what was rejected.
pub(super) fn import(ingest: &Ingest, files: Vec<Source>) -> Result<Imported> {
    let mut shown = Shown::default();
    let counts = ingest.run(files, &mut shown).map_err(report)?;
    Ok(Imported { counts, rejects: shown.files })
}

/// The files that are meant: those that karat wrote are meant where they alone are named, and
/// found by a pattern where others are.
pub(super) fn meant(files: Vec<PathBuf>) -> Vec<PathBuf> {
    let is_own = |file: &PathBuf| is_rejects_file(file) || is_manifest(file);
    if files.iter().all(is_own) {
        return files;
    }
    let (own, meant) = files.into_iter().partition::<Vec<_>, _>(is_own);
    own.iter().for_each(|file| {
        let told = format!("{}: passed over, for karat wrote it; name it alone to import it", file.display());
        aside(&sanitize::line(&told));
    });
    meant
}

/// The error with what can be done about it.
pub(super) fn report(error: IngestError) -> Report {
    let message = error.to_string();
    match error {
        IngestError::Open(error) => error.into(),
        IngestError::Begin(failure) => failure_report(failure),
        IngestError::InterruptedBefore { .. } => eyre!(message).suggestion(HOW_TO_FINISH),
        IngestError::Stopped { cause, .. } => failure_report(cause).wrap_err(message).suggestion(HOW_TO_FINISH),
    }
}

pub(super) fn failure_report(failure: Failure) -> Report {
    let message = failure.to_string();
    match failure {
        Failure::Store(error) => {
            let hint = error.hint();
            with_hint(Report::new(error), hint)
        }
        Failure::Rejects { error, .. } => unwritten(error).wrap_err(message),
        Failure::Read(error) => error.into(),
        Failure::Interrupted => eyre!(message),
    }
}

/// What standard error shows of an import.
pub(super) struct Shown {
    stop: Stop,
    bar: ProgressBar,
    /// Rejects of the present file.
    rejects: u64,
    /// The first that was not shown: where it is the only one, it is shown in the end.
    held_back: Option<String>,
    /// The rejects files that were written.
    files: Vec<PathBuf>,
}

impl Default for Shown {
    fn default() -> Self {
        let (stop, bar) = (Stop::default(), ProgressBar::hidden());
        Self { stop, bar, rejects: 0, held_back: None, files: Vec::new() }
    }
}

impl Progress for Shown {
    fn stop(&self) -> Arc<AtomicBool> {
        self.stop.pressed.clone()
    }

    fn begin(&mut self, bytes: Option<u64>) -> io::Result<()> {
        self.stop.listen()?;
        self.bar = progress::of_bytes(bytes);
        (self.rejects, self.held_back) = (0, None);
        Ok(())
    }

    fn advance(&mut self, position: u64, counts: &str) {
        self.bar.set_position(position);
        self.bar.set_message(counts.to_owned());
    }

    fn end(&mut self) {
        self.bar.finish_and_clear();
        match self.rejects.checked_sub(SHOWN_REJECTS) {
            None | Some(0) => {}
            Some(1) => self.held_back.iter().for_each(|told| aside(&sanitize::line(told))),
            Some(more) => aside(&format!("... and {more} more")),
        }
    }

    fn say(&mut self, sentence: &str) {
        aside(&sanitize::line(sentence));
    }

    fn rejected(&mut self, reject: &Reject) {
        self.rejects += 1;
        match self.rejects {
            ..=SHOWN_REJECTS => show_reject(reject),
            n if n == SHOWN_REJECTS + 1 => self.held_back = Some(told(reject)),
            _ => {}
        }
    }

    fn kept(&mut self, file: &RejectFile) {
        let records = if file.count == 1 { "record is" } else { "records are" };
        aside(&format!("{} rejected {records} in {}", file.count, file.path.display()));
        self.files.push(file.path.clone());
    }
}

/// Says on standard error what there is to know of how a file is read.
pub(super) fn show_note(reader: &Reader) {
    if let Some(note) = reader.note() {
        aside(&sanitize::line(&format!("{}: {note}", reader.name())));
    }
}

/// Says on standard error where a record stood, and all that is wrong with it.
pub(super) fn show_reject(reject: &Reject) {
    aside(&sanitize::line(&told(reject)));
}

pub(super) fn told(reject: &Reject) -> String {
    format!("{}: {}", reject.origin, reject.faults)
}
