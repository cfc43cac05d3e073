//! Files of what was judged elsewhere: how much goes in at once, and where rejects go.

use super::rejects::Rejects;
use super::{Failure, IngestError, Progress, ROWS_AT_ONCE, RejectsTo, is_none};
use crate::domain::judge::ImportedJudgement;
use crate::domain::queue::Actor;
use crate::domain::spec::Spec;
use crate::import::{Fault, Faults, JudgedLine, JudgedLines, MAX_RECORD_BYTES, Reject};
use crate::store::{ImportOptions, JudgedOutcome, JudgementImport, Store};
use crate::text::plural::plural;
use serde::Serialize;
use std::path::Path;
use std::sync::atomic::Ordering;

/// The import of files of judgements into one queue.
pub struct IngestJudgements<'a> {
    pub store: &'a Store,
    pub actor: Actor<'a>,
    pub options: ImportOptions,
    pub rejects: RejectsTo,
}

/// What an import of judgements did. A replaced one counts as imported.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct JudgedCounts {
    pub imported: u64,
    pub unchanged: u64,
    pub rejected: u64,
    #[serde(skip_serializing_if = "is_none")]
    pub replaced: u64,
}

impl JudgedCounts {
    /// `imported 2 judgements, unchanged 0, rejected 1`, and how many took the place of an earlier one.
    pub fn summary(&self, dry_run: bool) -> String {
        let JudgedCounts { imported, unchanged, rejected, replaced } = self;
        let judgements = plural(*imported, "judgement");
        let replaced = if *replaced > 0 { format!("; {replaced} replaced") } else { String::new() };
        let done = match dry_run {
            true => format!(
                "dry run, nothing changed: {imported} {judgements} would be imported, {unchanged} unchanged, {rejected} rejected"
            ),
            false => format!("imported {imported} {judgements}, unchanged {unchanged}, rejected {rejected}"),
        };
        format!("{done}{replaced}")
    }
}

/// Fails with what judgements that come with an item say and the spec does not know.
pub(super) fn known_words(spec: &Spec, judgements: &[ImportedJudgement]) -> Result<(), Faults> {
    let mut faults = Faults::default();
    for (at, judgement) in judgements.iter().enumerate() {
        faults.keep(unknown_words(spec, judgement, &format!("judgements[{at}].")));
    }
    faults.finish(())
}

/// `place` is what stands before the names of the members.
fn unknown_words(spec: &Spec, judgement: &ImportedJudgement, place: &str) -> Result<(), Faults> {
    let mut faults = Faults::default();
    for (member, violation) in judgement.violations(spec) {
        faults.keep::<()>(Err(Fault { field: Some(format!("{place}{member}")), reason: violation.to_string() }));
    }
    faults.finish(())
}

impl IngestJudgements<'_> {
    /// Imports a file. What was imported before an error or an interruption is in.
    pub fn run(&self, file: &Path, progress: &mut dyn Progress) -> Result<JudgedCounts, IngestError> {
        let lines = JudgedLines::open(file, MAX_RECORD_BYTES)?;
        let name = lines.name().to_owned();
        let mut rejects = Rejects::new(&self.rejects);
        rejects.begin(file, None);
        let mut session = self.store.begin_judgements(self.actor, self.options).map_err(Failure::from)?;
        let mut counts = JudgedCounts::default();
        let read = self.lines(lines, &mut session, &mut rejects, &mut counts, progress);
        progress.end();
        let flushed = rejects.flush(progress);
        let ended = self.store.end_judgements(session, &name, self.store.now()).map_err(Failure::from);
        read.and(ended).and(flushed).map_err(|cause| {
            let summary = counts.summary(self.options.dry_run);
            IngestError::Stopped { name: name.clone(), summary, cause }
        })?;
        match counts {
            counts if counts == JudgedCounts::default() => progress.say(&format!("{name} holds no judgement")),
            counts if counts.rejected == 0 => rejects.mended(progress),
            _ => {}
        }
        Ok(counts)
    }

    fn lines(
        &self,
        mut lines: JudgedLines,
        session: &mut JudgementImport,
        rejects: &mut Rejects,
        counts: &mut JudgedCounts,
        progress: &mut dyn Progress,
    ) -> Result<(), Failure> {
        let stop = progress.stop();
        progress.begin(lines.position().1)?;
        loop {
            let (mut judged, mut refused) = (Vec::new(), Vec::new());
            let mut failure = None;
            while judged.len() + refused.len() < ROWS_AT_ONCE {
                match lines.next() {
                    Some(Ok(Ok(line))) => match unknown_words(&self.actor.queue.spec.spec, &line.judgement, "") {
                        Ok(()) => judged.push(line),
                        Err(faults) => refused.push(line.rejected(faults)),
                    },
                    Some(Ok(Err(reject))) => refused.push(reject),
                    Some(Err(error)) => {
                        failure = Some(error);
                        break;
                    }
                    None => break,
                }
            }
            let is_last = judged.len() + refused.len() < ROWS_AT_ONCE;
            self.take(judged, session, &mut refused, counts)?;
            for reject in refused {
                counts.rejected += 1;
                progress.rejected(&reject);
                rejects.write(&reject, progress)?;
            }
            progress.advance(lines.position().0, &counts.summary(self.options.dry_run));
            match failure {
                Some(error) => return Err(error.into()),
                None if is_last => return Ok(()),
                None if stop.load(Ordering::Relaxed) => return Err(Failure::Interrupted),
                None => {}
            }
        }
    }

    /// Takes lines into the store; those that it refuses join the others, in the order of the file.
    fn take(
        &self,
        judged: Vec<JudgedLine>,
        session: &mut JudgementImport,
        refused: &mut Vec<Reject>,
        counts: &mut JudgedCounts,
    ) -> Result<(), Failure> {
        let lines: Vec<_> = judged.iter().map(|line| (line.item.as_str(), &line.judgement)).collect();
        let outcomes = self.store.import_judgements(session, &lines, self.store.now())?;
        for (line, outcome) in judged.into_iter().zip(outcomes) {
            match outcome {
                JudgedOutcome::New => counts.imported += 1,
                JudgedOutcome::Replaced => {
                    counts.imported += 1;
                    counts.replaced += 1;
                }
                JudgedOutcome::Unchanged => counts.unchanged += 1,
                JudgedOutcome::Refused { field, reason } => refused.push(line.refused(field, reason)),
            }
        }
        refused.sort_by_key(|reject| reject.origin.place.order());
        Ok(())
    }
}
