//! Taking in the attempts that a program makes, one after the other, by the rules of every import.

use super::{Counts, checked};
use crate::check::Checks;
use crate::domain::check::FailedCheck;
use crate::domain::item::Seq;
use crate::domain::queue::Queue;
use crate::domain::spec::Spec;
use crate::domain::time::format_rfc3339;
use crate::import::{Asked, Row, attempt};
use crate::store::{ImportOutcome, ImportSession, Store, StoreError, ToRetry};
use serde_json::Value;

/// The import of new attempts at outputs of a queue.
pub struct Attempts<'a> {
    store: &'a Store,
    /// The program that makes them.
    program: &'a str,
    checks: Checks,
    spec: &'a Spec,
    session: ImportSession,
    counts: Counts,
}

/// What came of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// It stands in the place of the item.
    Made {
        id: String,
        /// What checks found on it.
        failed: Vec<FailedCheck>,
    },
    /// It cannot come in, for this reason.
    Refused(String),
    /// The item is not to be made again any more, and nothing came in.
    TooLate,
}

/// Fields of an item that its next attempt has too, where the program does not say otherwise: those
/// of the question, and of what answers it.
const KEPT: [&str; 8] = ["input", "context", "reference", "priority", "model", "prompt_version", "tags", "meta"];

/// What is asked of a program that makes an item again.
pub fn asked(ToRetry { rejected, case, attempt, .. }: &ToRetry) -> std::io::Result<Asked> {
    let own = [
        ("id", Value::from(format!("{}~{attempt}", rejected.id()))),
        ("case", Value::from(case.as_str())),
        ("attempt", Value::from(*attempt)),
    ];
    let mut members: Vec<_> = own.map(|(name, value)| (name.to_owned(), value.to_string())).into();
    for name in KEPT {
        let mut json = Vec::new();
        rejected.cell(name).write_json(&mut json)?;
        members.push((name.to_owned(), String::from_utf8_lossy(&json).into_owned()));
    }
    Ok(Asked { case: case.clone(), attempt: *attempt, members })
}

impl<'a> Attempts<'a> {
    /// Begins the import; it stands in the log from here on, with the program as its source. Fails
    /// where the actor may bring nothing in.
    pub fn begin(store: &'a Store, queue: &'a Queue, actor: &'a str, program: &'a str) -> Result<Self, StoreError> {
        let checks = Checks::compile(&queue.spec.spec).map_err(StoreError::Damaged)?;
        let session = store.begin_attempts(queue, program, actor, store.now())?;
        Ok(Self { store, program, checks, spec: &queue.spec.spec, session, counts: Counts::default() })
    }

    /// Takes in what a program printed as the next attempt, in the place of an item. What does not
    /// say when it was made was made now.
    pub fn take(&mut self, of: Seq, printed: Vec<u8>, mut asked: Asked) -> Result<Taken, StoreError> {
        let now = self.store.now();
        asked.members.push(("created_at".into(), Value::from(format_rfc3339(now)).to_string()));
        let record = match checked(&self.checks, self.spec, attempt(self.program, printed, &asked)) {
            Row::Record(record) => record,
            Row::Reject(reject) => {
                self.counts.rejected += 1;
                return Ok(Taken::Refused(reject.faults.to_string()));
            }
            Row::PassedOver(..) => return Ok(Taken::Refused("no item was printed".into())),
        };
        let (held_back, judgements) = (self.session.held_back(), self.session.judgements());
        let outcome = self.store.import_attempt(&mut self.session, of, &record, now);
        self.counts.held_back += self.session.held_back() - held_back;
        self.counts.judgements += self.session.judgements() - judgements;
        Ok(match outcome? {
            None => Taken::TooLate,
            Some(ImportOutcome::New) => {
                self.counts.imported += 1;
                self.counts.replaced += 1;
                Taken::Made { id: record.item.id, failed: record.failed }
            }
            Some(_) => {
                self.counts.rejected += 1;
                Taken::Refused(format!("id: the queue has an item `{}` already", record.item.id))
            }
        })
    }

    /// Ends the import with its counts.
    pub fn end(self) -> Result<(), StoreError> {
        self.store.end_import(self.session, &serde_json::json!(self.counts), self.store.now()).map(drop)
    }
}
