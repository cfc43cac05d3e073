//! The import of files into a queue: how much goes in at once, where rejects go, and what
//! an interruption leaves. The command line says what comes of it.

mod attempt;
mod judged;
mod rejects;
mod source;
mod watch;

pub use attempt::{Attempts, Taken, asked};
pub use judged::{IngestJudgements, JudgedCounts};
pub use rejects::{RejectsTo, beside};
pub use source::Source;
pub use watch::{Round, Watch, Watching};

use crate::check::Checks;
use crate::domain::check::Otherwise;
use crate::domain::imported::{Record, Remark};
use crate::domain::queue::Queue;
use crate::domain::spec::Spec;
use crate::import::{
    BatchLimits, Coming, ImportError, Options, Pipeline, Reader, Reject, RejectFile, Remarks, Row, pipeline_through,
};
use crate::store::{DryRun, ImportOptions, ImportOutcome, ImportSession, ImportSource, Store, StoreError};
use rejects::Rejects;
use serde::Serialize;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// A transaction ends at this many rows or bytes of input, so that a decision made
/// meanwhile waits a moment and no longer.
const ROWS_AT_ONCE: usize = 2_000;
const BYTES_AT_ONCE: u64 = 8 << 20;

/// What came in from a slow input is taken in after this long, however little it is: somebody may have the queue open.
const LONGEST_WAIT: Duration = Duration::from_millis(300);

/// The import of files into one queue.
pub struct Ingest<'a> {
    pub store: &'a Store,
    pub queue: &'a Queue,
    pub actor: &'a str,
    pub reading: Options,
    pub options: ImportOptions,
    pub rejects: RejectsTo,
}

/// Hears how an import goes, and may end it.
pub trait Progress {
    /// Ends the import after the present transaction, once set.
    fn stop(&self) -> Arc<AtomicBool>;
    /// A file was opened, of so many bytes where that is known.
    fn begin(&mut self, bytes: Option<u64>) -> io::Result<()>;
    /// Called when the file is imported up to byte `position`; `counts` is what came of it so far.
    fn advance(&mut self, position: u64, counts: &str);
    /// The file has ended, or the import within it.
    fn end(&mut self);
    /// There is something to know of the present file.
    fn say(&mut self, sentence: &str);
    fn rejected(&mut self, reject: &Reject);
    /// A rejects file is complete.
    fn kept(&mut self, file: &RejectFile);
}

/// What an import did. An updated item counts as imported.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    pub imported: u64,
    pub unchanged: u64,
    pub rejected: u64,
    /// Of those imported, how many sampling holds back.
    #[serde(skip_serializing_if = "is_none")]
    pub held_back: u64,
    /// Rejected attempts whose place those imported have taken.
    #[serde(skip_serializing_if = "is_none")]
    pub replaced: u64,
    /// Judgements that came in, of models, code and people elsewhere.
    #[serde(skip_serializing_if = "is_none")]
    pub judgements: u64,
}

fn is_none(number: &u64) -> bool {
    *number == 0
}

impl Counts {
    /// `imported 2, unchanged 0, rejected 1`, how many of them are held back, how many rejected
    /// attempts they replace, and how many judgements came with them.
    pub fn summary(&self, dry_run: bool) -> String {
        let Counts { imported, unchanged, rejected, held_back, replaced, judgements } = self;
        let held = if *held_back > 0 { format!("; sampling holds {held_back} back") } else { String::new() };
        let replaced = match replaced {
            0 => String::new(),
            1 => "; 1 rejected attempt replaced".into(),
            _ => format!("; {replaced} rejected attempts replaced"),
        };
        let judged = match judgements {
            0 => String::new(),
            1 => "; 1 judgement".into(),
            _ => format!("; {judgements} judgements"),
        };
        let done = match dry_run {
            true => format!(
                "dry run, nothing changed: {imported} would be imported, {unchanged} unchanged, {rejected} rejected"
            ),
            false => format!("imported {imported}, unchanged {unchanged}, rejected {rejected}"),
        };
        format!("{done}{held}{replaced}{judged}")
    }

    pub fn add(&mut self, more: &Counts) {
        self.imported += more.imported;
        self.unchanged += more.unchanged;
        self.rejected += more.rejected;
        self.held_back += more.held_back;
        self.replaced += more.replaced;
        self.judgements += more.judgements;
    }

    fn since(&self, before: &Counts) -> Counts {
        Counts {
            imported: self.imported - before.imported,
            unchanged: self.unchanged - before.unchanged,
            rejected: self.rejected - before.rejected,
            held_back: self.held_back - before.held_back,
            replaced: self.replaced - before.replaced,
            judgements: self.judgements - before.judgements,
        }
    }
}

/// Why an import ended early. What is imported until then is in.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    #[error(transparent)]
    Open(#[from] ImportError),
    /// Fails before any record of a file is imported.
    #[error(transparent)]
    Begin(#[from] Failure),
    #[error("interrupted before {}: {summary}", .file.display())]
    InterruptedBefore { file: PathBuf, summary: String },
    #[error("{name}: stopped after: {summary}")]
    Stopped {
        name: String,
        summary: String,
        #[source]
        cause: Failure,
    },
}

/// What can fail within a file.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error("interrupted")]
    Interrupted,
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file cannot be read on.
    #[error(transparent)]
    Read(#[from] io::Error),
    #[error("the rejected record cannot be written to {}", .path.display())]
    Rejects {
        path: PathBuf,
        #[source]
        error: io::Error,
    },
}

impl Ingest<'_> {
    /// Imports the files one after the other; stops at the first that cannot be read on.
    pub fn run(&self, files: Vec<Source>, progress: &mut dyn Progress) -> Result<Counts, IngestError> {
        let files = self.checked(files, progress)?;
        let checks =
            Checks::compile(&self.queue.spec.spec).map_err(|reason| Failure::from(StoreError::Damaged(reason)))?;
        let mut run = Run {
            ingest: self,
            checks: checks.into(),
            stop: progress.stop(),
            rejects: Rejects::new(&self.rejects),
            counts: Counts::default(),
            remarks: Remarks::default(),
            by_checks: ByChecks::default(),
            progress,
        };
        let mut dry_run = DryRun::default();
        for file in files {
            if run.is_stopped() {
                let summary = run.counts.summary(self.options.dry_run);
                return Err(IngestError::InterruptedBefore { file: file.path, summary });
            }
            dry_run = run.file(file, dry_run)?;
        }
        run.rejects.finish(run.progress)?;
        Ok(run.counts)
    }

    /// The files to read. A mistyped name is told before the first is in, and so is an empty
    /// file, which is an error where there is nothing else to import.
    fn checked(&self, files: Vec<Source>, progress: &mut dyn Progress) -> Result<Vec<Source>, ImportError> {
        let is_only = files.len() == 1;
        let mut checked = Vec::new();
        for file in files {
            match file.check(&self.reading) {
                Ok(()) => checked.push(file),
                Err(error @ ImportError::Empty(_)) if !is_only => progress.say(&error.to_string()),
                Err(error) => return Err(error),
            }
        }
        Ok(checked)
    }
}

/// An import in progress.
struct Run<'a> {
    ingest: &'a Ingest<'a>,
    checks: Arc<Checks>,
    stop: Arc<AtomicBool>,
    rejects: Rejects,
    counts: Counts,
    /// On the present file.
    remarks: Remarks,
    /// Of the present file.
    by_checks: ByChecks,
    progress: &'a mut dyn Progress,
}

/// What checks did to the items that came in.
#[derive(Default)]
struct ByChecks {
    rejected: u64,
    escalated: u64,
    flagged: u64,
}

impl ByChecks {
    fn add(&mut self, record: &Record) {
        match record.failed.iter().map(|failed| failed.outcome).min() {
            None => {}
            Some(Otherwise::Refuse | Otherwise::Reject) => self.rejected += 1,
            Some(Otherwise::Escalate) => self.escalated += 1,
            Some(Otherwise::Flag) => self.flagged += 1,
        }
    }

    fn sentence(&self) -> Option<String> {
        let ByChecks { rejected, escalated, flagged } = self;
        let is_any = rejected + escalated + flagged > 0;
        is_any.then(|| {
            format!(
                "of the items that came in, checks rejected {rejected}, escalated {escalated} and flagged {flagged}"
            )
        })
    }
}

impl Run<'_> {
    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    fn file(&mut self, file: Source, earlier: DryRun) -> Result<DryRun, IngestError> {
        let Ingest { store, queue, actor, options, .. } = *self.ingest;
        let path = file.path.clone();
        let whole = file.whole_path();
        let reader = file.open(&self.ingest.reading)?;
        self.rejects.begin(&path, reader.header());
        (self.remarks, self.by_checks) = (Remarks::default(), ByChecks::default());
        self.progress.begin(reader.total_bytes()).map_err(Failure::Read)?;
        if let Some(note) = reader.note() {
            self.progress.say(&format!("{}: {note}", reader.name()));
        }
        let (name, before) = (reader.name().to_owned(), self.counts);
        let source = ImportSource { name: &name, path: whole.as_deref() };
        let session = store.begin_import(queue, source, options, actor, store.now());
        let mut session = session.map_err(Failure::Store)?.after(earlier);
        let outcome = self.rows(reader, &mut session);
        self.progress.end();
        let sentences = self.remarks.sentences().chain(self.by_checks.sentence());
        sentences.for_each(|sentence| self.progress.say(&format!("{name}: {sentence}")));
        let counts = self.counts.since(&before);
        let ended = self.end(session, &counts);
        // Where both fail, the first says why: a full disk fails the second as well.
        let dry_run = outcome.and(ended).map_err(|cause| {
            let summary = counts.summary(options.dry_run);
            IngestError::Stopped { name: name.clone(), summary, cause }
        })?;
        if counts == Counts::default() {
            self.progress.say(&format!("{name} holds no record"));
        } else if counts.rejected == 0 {
            self.rejects.mended(self.progress);
        }
        Ok(dry_run)
    }

    fn end(&mut self, session: ImportSession, counts: &Counts) -> Result<DryRun, Failure> {
        let flushed = self.rejects.flush(self.progress);
        let store = self.ingest.store;
        let dry_run = store.end_import(session, &serde_json::json!(counts), store.now())?;
        flushed.map(|()| dry_run)
    }

    /// Takes the batches in, several to a transaction.
    fn rows(&mut self, reader: Reader, session: &mut ImportSession) -> Result<(), Failure> {
        let (checks, spec) = (self.checks.clone(), self.ingest.queue.spec.spec.clone());
        let step = move |row| checked(&checks, &spec, row);
        let mut batches: Pipeline = pipeline_through(reader, BatchLimits::default(), step)?;
        let (mut rows, mut start, mut position, mut since) = (Vec::new(), 0, 0, None::<Instant>);
        loop {
            let batch = match batches.next_unless(&self.stop, since.map(|since| since + LONGEST_WAIT)) {
                Coming::Batch(batch) => Some(batch),
                Coming::Nothing => None,
                Coming::End => break,
            };
            match batch {
                Some(Ok(batch)) => {
                    since.get_or_insert_with(Instant::now);
                    rows.extend(batch.rows);
                    position = batch.position;
                }
                Some(Err(error)) => {
                    self.take(rows, session)?; // what was read until then
                    return Err(error.into());
                }
                None => {}
            }
            let is_overdue = since.is_some_and(|since| since.elapsed() >= LONGEST_WAIT);
            if rows.len() >= ROWS_AT_ONCE || position - start >= BYTES_AT_ONCE || is_overdue {
                batches.give_back(self.take(std::mem::take(&mut rows), session)?);
                (start, since) = (position, None);
                self.progress.advance(position, &self.counts.summary(self.ingest.options.dry_run));
            }
        }
        self.take(rows, session)?;
        if self.is_stopped() { Err(Failure::Interrupted) } else { Ok(()) }
    }

    /// Takes rows into the store, then their rejects into the file: those of the store have
    /// their place among the others. An import that is killed between the two finds them again
    /// when it is run again. Gives the records back.
    #[expect(clippy::vec_box, reason = "boxed by the reader; moving them out of it would copy each")]
    fn take(&mut self, rows: Vec<Row>, session: &mut ImportSession) -> Result<Vec<Box<Record>>, Failure> {
        let (records, rejects) = self.sorted(rows);
        let store = self.ingest.store;
        let (held_back, replaced, judgements) = (session.held_back(), session.replaced(), session.judgements());
        let outcomes = store.import_records(session, records.iter().map(AsRef::as_ref), store.now())?;
        self.counts.held_back += session.held_back() - held_back;
        self.counts.replaced += session.replaced() - replaced;
        self.counts.judgements += session.judgements() - judgements;
        self.settle(&records, &outcomes, rejects)?;
        Ok(records)
    }

    /// The records among rows, and the rejects.
    #[expect(clippy::vec_box, reason = "boxed by the reader; moving them out of it would copy each")]
    fn sorted(&mut self, rows: Vec<Row>) -> (Vec<Box<Record>>, Vec<Reject>) {
        let (mut records, mut rejects) = (Vec::with_capacity(rows.len()), Vec::new());
        for row in rows {
            self.remarks.of_row(&row);
            match row {
                Row::Record(record) => records.push(record),
                Row::Reject(reject) => rejects.push(reject),
                Row::PassedOver(..) => {}
            }
        }
        (records, rejects)
    }

    /// Counts what became of records, and writes the rejects: those of the store in their place among the others.
    fn settle(
        &mut self,
        records: &[Box<Record>],
        outcomes: &[ImportOutcome],
        mut rejects: Vec<Reject>,
    ) -> Result<(), Failure> {
        for (record, outcome) in records.iter().zip(outcomes) {
            match outcome {
                ImportOutcome::New | ImportOutcome::Updated => {
                    self.counts.imported += 1;
                    self.by_checks.add(record);
                }
                ImportOutcome::Unchanged => self.counts.unchanged += 1,
                ImportOutcome::Refused(reason) => rejects.push(Reject::refused(record, "id", reason)),
                ImportOutcome::RefusedJudgement(reason) => {
                    rejects.push(Reject::refused(record, "judgements", reason));
                }
            }
        }
        rejects.sort_by_key(|reject| reject.origin.place.order());
        rejects.iter().try_for_each(|reject| self.reject(reject))
    }

    fn reject(&mut self, reject: &Reject) -> Result<(), Failure> {
        self.counts.rejected += 1;
        self.progress.rejected(reject);
        self.rejects.write(reject, self.progress)
    }
}

/// Runs the checks on a record. One that a check keeps out becomes a reject, and so does one of
/// which a judge says what the spec does not know.
fn checked(checks: &Checks, spec: &Spec, row: Row) -> Row {
    let Row::Record(mut record) = row else { return row };
    if let Err(faults) = judged::known_words(spec, &record.judgements) {
        return Row::Reject(Reject::by_spec(*record, faults));
    }
    let report = checks.run(&record.item);
    if let Some(refusal) = report.refusal() {
        return Row::Reject(Reject::by_check(*record, &refusal.key, &refusal.reason));
    }
    record.remarks.extend(report.undecided.iter().map(|open| Remark::Undecided(open.why)));
    record.failed = report.failed;
    Row::Record(record)
}
