//! The checks of a spec, made ready and run on one item after the other.

mod budget;
mod rule;
mod schema;
mod subject;

pub use rule::pattern;
pub use schema::validator;

use crate::analysis::lens::{Compared, Reading, Subject};
use crate::domain::check::{Check, CheckReport, FailedCheck, OpenCheck, Otherwise, Undecided};
use crate::domain::item::Item;
use crate::domain::spec::Spec;
use budget::Budget;
use rule::ReadyRule;
use std::cell::OnceCell;

/// Bytes of JSON, or of an output with its sources, that a check reads at most.
const LONGEST_BYTES: usize = 4 << 20;

/// Bytes of a compiled pattern, at most.
const PATTERN_BYTES: usize = 1 << 20;

/// Checks that are ready to run. May be shared by threads.
#[derive(Debug, Default)]
pub struct Checks(Vec<ReadyCheck>);

#[derive(Debug)]
struct ReadyCheck {
    key: String,
    outcome: Otherwise,
    rule: ReadyRule,
}

/// Why an item does not pass.
#[derive(Debug)]
enum Fault {
    Failed(String),
    Undecided(Undecided),
}

/// An item while it is checked: what several checks ask is found out once.
struct CheckedItem<'i> {
    item: &'i Item,
    reading: OnceCell<Result<Reading, Undecided>>,
}

impl Checks {
    /// Makes the checks of a spec ready. An error says which pattern or schema cannot be used,
    /// which none of a spec that was read is.
    pub fn compile(spec: &Spec) -> Result<Self, String> {
        spec.checks().map(|check| ReadyCheck::new(spec, check)).collect::<Result<_, _>>().map(Self)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Runs all checks. One that takes longer than 50 ms of computing counts as not decided.
    pub fn run(&self, item: &Item) -> CheckReport {
        let mut report = CheckReport::default();
        if self.is_empty() {
            return report;
        }
        let item = CheckedItem { item, reading: OnceCell::new() };
        let mut budget = Budget::start();
        for ReadyCheck { key, outcome, rule } in &self.0 {
            let result = rule.test(&item);
            match if budget.is_exceeded() { Err(Fault::Undecided(Undecided::TooSlow)) } else { result } {
                Ok(()) => {}
                Err(Fault::Failed(reason)) => {
                    let reason = reason.replace(char::is_control, " ");
                    report.failed.push(FailedCheck { key: key.clone(), outcome: *outcome, reason });
                }
                Err(Fault::Undecided(why)) => report.undecided.push(OpenCheck { key: key.clone(), why }),
            }
        }
        report
    }
}

/// The kinds of what the lens finds, as a spec names them.
pub fn finding_kinds() -> impl Iterator<Item = &'static str> {
    Subject::ALL.into_iter().map(Subject::word)
}

impl ReadyCheck {
    fn new(spec: &Spec, check: &Check) -> Result<Self, String> {
        let rule = ReadyRule::new(spec, check).map_err(|reason| format!("the check `{}`: {reason}", check.key))?;
        Ok(Self { key: check.key.clone(), outcome: check.otherwise, rule })
    }
}

impl From<Undecided> for Fault {
    fn from(why: Undecided) -> Self {
        Fault::Undecided(why)
    }
}

impl CheckedItem<'_> {
    /// What the lens sees in the output.
    fn reading(&self) -> Result<&Reading, Undecided> {
        let read = self.reading.get_or_init(|| {
            let sources = self.item.context.iter().map(|document| document.text.len()).sum::<usize>();
            if self.item.output.text.len() + sources > LONGEST_BYTES {
                return Err(Undecided::TooLong);
            }
            Compared::of(self.item).map(|texts| texts.read()).ok_or(Undecided::NoSource)
        });
        read.as_ref().map_err(|why| *why)
    }
}

#[cfg(test)]
mod tests;
