//! What is to be made again as data: a line an item, with what was wrong with its output.

use super::blocks::{Blocks, write_beside};
use super::file::{FilePlan, Publication, Published};
use super::{ExportCounts, ExportError, Exported, Specs};
use crate::domain::check::{FailedCheck, Otherwise};
use crate::domain::decision::Draft;
use crate::domain::mark::Mark;
use crate::domain::queue::Queue;
use crate::domain::record::{Cell, ToCell};
use crate::domain::spec::{FailureCategory, Spec};
use crate::store::{Condition, Store, ToRetry};
use crate::text::sanitize;
use serde::Serialize;
use serde_json::value::RawValue;
use std::io::{self, Write};
use std::path::Path;

/// Which of the items that are to be made again are written.
pub struct RetryExport<'a> {
    pub store: &'a Store,
    pub queue: &'a Queue,
    pub condition: Condition,
    /// The filter that the condition was made of, for the manifest.
    pub filter: Option<String>,
}

impl RetryExport<'_> {
    /// Writes a line an item to `out`, in the order of import.
    pub fn write(&self, out: &mut (dyn Write + Send)) -> Result<Exported, ExportError> {
        write_beside(&mut [out], 1, |blocks| self.lines(blocks))
    }

    /// Writes the file at `path` whole or not at all, with its manifest beside it.
    pub fn publish(&self, path: &Path) -> Result<Published, ExportError> {
        let mut publication = Publication::create(path, vec![FilePlan::plain(path)])?;
        let exported = write_beside(&mut publication.files(), 1, |blocks| self.lines(blocks))?;
        let manifest = Manifest {
            karat: env!("CARGO_PKG_VERSION"),
            queue: &self.queue.name,
            format: "jsonl",
            rows: "retry",
            filter: self.filter.as_deref(),
            counts: exported.counts,
        };
        Ok(publication.publish(&manifest, exported)?)
    }

    fn lines(&self, blocks: &mut Blocks) -> Result<Exported, ExportError> {
        let mut specs = Specs::of(self.store, self.queue);
        let mut counts = ExportCounts::default();
        self.store.to_retry(self.queue, self.condition.clone(), |to_retry| -> Result<(), ExportError> {
            let decision = &to_retry.rejected.decision;
            let line = retry_line(&to_retry, specs.at(decision.spec_version)?)?;
            blocks.parts[0].main.extend_from_slice(line.as_bytes());
            blocks.parts[0].main.push(b'\n');
            counts.add(decision.judgement.verdict);
            Ok(blocks.advance()?)
        })?;
        counts.left_out = self.store.damaged_so_far() as u64;
        Ok(Exported { counts, ..Exported::default() })
    }
}

/// The line of an item that is to be made again, a JSON object without its line end; `spec` is the
/// one that its decision was made under. Fails where what is stored is no JSON.
pub fn retry_line(ToRetry { rejected, case, attempt, checks }: &ToRetry, spec: &Spec) -> io::Result<String> {
    let draft = &rejected.decision.judgement.draft;
    let line = Line {
        case,
        item: rejected.id(),
        attempt: *attempt,
        input: raw(rejected.cell("input"))?,
        context: raw(rejected.cell("context"))?,
        output: raw(rejected.cell("output"))?,
        failures: draft.categories.iter().map(|key| failure(key, draft, checks, spec)).collect(),
        marks: &draft.marks,
        note: &draft.note,
        correction: raw(&draft.correction.to_cell())?,
        rubric: Rubric::of(spec, draft),
        spec_version: rejected.decision.spec_version,
    };
    Ok(sanitize::json(&serde_json::to_string(&line)?).into_owned())
}

fn raw(cell: &Cell) -> io::Result<Box<RawValue>> {
    let mut json = Vec::new();
    cell.write_json(&mut json)?;
    Ok(serde_json::from_slice(&json)?)
}

/// The members, fixed for good.
#[derive(Serialize)]
struct Line<'a> {
    case: &'a str,
    item: &'a str,
    attempt: i64,
    input: Box<RawValue>,
    context: Box<RawValue>,
    output: Box<RawValue>,
    failures: Vec<Failure<'a>>,
    marks: &'a [Mark],
    note: &'a str,
    correction: Box<RawValue>,
    rubric: Rubric<'a>,
    spec_version: i64,
}

/// A category of the rejection.
#[derive(Serialize)]
struct Failure<'a> {
    key: &'a str,
    name: &'a str,
    sentence: String,
}

/// What the output was judged by, with the levels that it got.
#[derive(Serialize)]
struct Rubric<'a> {
    decision: &'a str,
    criteria: Vec<Scored<'a>>,
}

#[derive(Serialize)]
struct Scored<'a> {
    key: &'a str,
    name: &'a str,
    question: &'a str,
    levels: &'a [String],
    score: Option<u8>,
}

impl<'a> Rubric<'a> {
    fn of(spec: &'a Spec, draft: &Draft) -> Self {
        let scored = spec.criteria.iter().map(|criterion| Scored {
            key: &criterion.key,
            name: &criterion.name,
            question: &criterion.question,
            levels: &criterion.levels,
            score: draft.scores.get(&criterion.key).copied(),
        });
        Self { decision: &spec.decision, criteria: scored.collect() }
    }
}

fn failure<'a>(key: &'a str, draft: &Draft, checks: &[FailedCheck], spec: &'a Spec) -> Failure<'a> {
    let of_spec = spec.failure(key);
    let name = of_spec.map_or(key, |failure| failure.name.as_str());
    Failure { key, name, sentence: sentence(key, of_spec, draft, checks, spec) }
}

/// `Wrong format, major: the output is no JSON; “3 days”: the article says 5.`
fn sentence(
    key: &str,
    failure: Option<&FailureCategory>,
    draft: &Draft,
    checks: &[FailedCheck],
    spec: &Spec,
) -> String {
    let head = failure.map_or_else(|| key.to_owned(), |f| format!("{}, {}", f.name, f.severity.as_str()));
    let found = checks.iter().filter(|check| check.outcome == Otherwise::Reject && leads_to(&check.key, key, spec));
    let said = draft.marks.iter().filter(|mark| mark.category == key && !mark.comment.is_empty());
    let reasons = found.map(|check| check.reason.clone());
    let reasons: Vec<String> = reasons.chain(said.map(|mark| format!("“{}”: {}", mark.text, mark.comment))).collect();
    match &reasons[..] {
        [] => format!("{head}."),
        reasons => format!("{head}: {}.", reasons.join("; ").trim_end_matches('.')),
    }
}

/// Whether a rejection by the check is for this category.
fn leads_to(check: &str, category: &str, spec: &Spec) -> bool {
    spec.check(check).is_some_and(|check| check.failure.as_deref() == Some(category))
}

/// What stands beside the file, next to its size and SHA-256.
#[derive(Serialize)]
struct Manifest<'a> {
    karat: &'static str,
    queue: &'a str,
    format: &'static str,
    rows: &'static str,
    filter: Option<&'a str>,
    counts: ExportCounts,
}
