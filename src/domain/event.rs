//! What happens in a workspace, as its log tells it. An event never changes its meaning: other
//! systems read the log. What is new is a new kind, or a new member of a kind.

mod bar;
mod decided;
mod golden;
mod repair;
mod step;

pub use bar::{BarTold, Waived};
pub use decided::{Decided, Lens, OfDecision};
pub use golden::{GoldenChanged, GoldenFrozen};
pub use repair::Repair;
pub use step::{Bulk, BulkWhat, Changed, Reversal, StepWhat};

use super::decision::Verdict;
use super::decline::DeclineReason;
use super::team::Role;
use super::time::UtcMillis;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A line of the log.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Counts up through the whole workspace; 0 for an import as an item's history tells it.
    pub seq: i64,
    pub at: UtcMillis,
    pub actor: String,
    /// The queue's row number.
    pub queue: i64,
    /// The item's id, where the event is about one.
    pub item: Option<String>,
    /// The item's case, and which attempt at it the item is.
    pub case: Option<String>,
    pub attempt: Option<i64>,
    /// What happened.
    pub kind: EventKind,
    /// The kind's word, as it stands in the log.
    pub word: String,
    /// The kind's members, as the log has them.
    pub data: Value,
}

impl Event {
    /// The event as it is told to whom others' opinions are kept from: an escalation says what it asks,
    /// another opinion nothing.
    pub fn withheld(mut self) -> Self {
        match &mut self.kind {
            EventKind::Decided(decided) if decided.verdict == Verdict::Escalate => {
                decided.categories.clear();
                self.data["categories"] = json!([]);
            }
            kind if kind.is_opinion() => {
                (self.kind, self.data) = (EventKind::Withheld, json!({ "withheld": true }));
            }
            _ => {}
        }
        self
    }
}

/// A kind of event with its data: the word in `kind`, the members in `data`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "data", rename_all = "snake_case")]
pub enum EventKind {
    QueueCreated {
        name: String,
    },
    SpecApplied {
        version: i64,
        sha256: String,
        /// The hashes of its bars' terms, by their keys.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        bars: BTreeMap<String, String>,
    },
    /// An item came in. The log has one event for a whole import; this one is made of it
    /// where the history of an item is read.
    Imported {
        source: String,
    },
    ImportStarted {
        import: i64,
        source: String,
    },
    ImportFinished {
        import: i64,
        counts: Value,
    },
    /// An import replaced the item's content.
    ItemUpdated {
        import: i64,
    },
    /// What judges say of items came in by itself.
    Judged(Judged),
    /// Sampling takes an item that it had held back.
    TakenIn {
        /// Key of the rule that takes it; none where no rule applies any more.
        rule: Option<String>,
        chance: f64,
        before: Option<f64>,
    },
    /// A version of the spec gave items a greater chance.
    ChancesRaised {
        version: i64,
        raised: i64,
        /// Of those, the ones that it took in.
        taken: i64,
    },
    /// An item that sampling had held back was taken in by hand.
    Pulled {
        why: String,
    },
    /// A later attempt has taken the item's place, which was to be made again.
    Replaced {
        /// The attempt's id.
        by: String,
    },
    Decided(Decided),
    /// An overdue escalation went on to another route.
    Moved(Moved),
    Deferred {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        bulk: Option<i64>,
    },
    /// A reviewer left the item to others.
    Declined(Declined),
    /// What stood on the item stands no more, and it is decided anew.
    Reopened(Reopened),
    /// Somebody answers for a bar until a day.
    Waived(Waived),
    /// The reviewer's answers on golden examples spoke against what the spec asks for.
    Paused {
        /// They are served nothing more in the queue until it is lifted.
        stops: bool,
    },
    /// A lead lets a reviewer be served again.
    Lifted(Lifted),
    /// A bar was told, and came to another outcome than when it was told last.
    BarTold(BarTold),
    /// A second opinion was asked of the item, because a bar hangs on such as it is.
    AskedAgain {
        bar: String,
    },
    Tagged(Changed),
    Prioritised(Changed),
    /// The item's claim was taken from its reviewer.
    Released {
        #[serde(rename = "held_by")]
        claimant: String,
    },
    /// A change of many items at once; each of them has an event of its own too.
    Bulk(Bulk),
    Undone(Reversal),
    Redone(Reversal),
    FilterSaved {
        name: String,
        filter: String,
    },
    FilterRemoved {
        name: String,
    },
    GoldenKept(GoldenChanged),
    GoldenRemoved(GoldenChanged),
    /// Examples as they are were put under a name and a number.
    GoldenFrozen(GoldenFrozen),
    /// Decisions of a copy came in.
    Merged {
        from: String,
        decisions: usize,
        second_opinions: usize,
    },
    Repaired(Repair),
    /// A kind that this program does not know, or data that it does not understand.
    #[serde(skip)]
    Unknown,
    /// An opinion of another reviewer, which the reader may not see yet.
    #[serde(skip)]
    Withheld,
}

/// Judgements of models, code or people elsewhere that came in at once. What they say is not told: items that they are of may
/// be open.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Judged {
    /// The file, or the copy that they came with.
    pub source: String,
    /// How many there are of each judge: `tone-judge@v3`.
    pub judges: BTreeMap<String, u64>,
    /// How many took the place of what the judge had said before.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub replaced: u64,
}

/// An escalation that nobody answered in time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Moved {
    /// Keys of the routes.
    pub from: String,
    pub to: String,
    /// By when it is due now.
    pub due: Option<UtcMillis>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Declined {
    /// The word or the words of the reason.
    pub why: String,
    /// The copy that it came with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged: Option<String>,
    /// The log did not tell it, and was repaired.
    #[serde(default, skip_serializing_if = "is_false")]
    pub repaired: bool,
}

impl Declined {
    pub fn new(why: &str) -> Self {
        Self { why: why.into(), merged: None, repaired: false }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Lifted {
    /// Who was paused.
    pub reviewer: String,
    pub why: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reopened {
    pub why: String,
    /// Who alone is served the item, until they have decided or declined it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

impl EventKind {
    /// Reads the kind and data of a line of the log. Data that cannot be read are kept as they
    /// stand, under [`EventKind::Unknown`].
    pub fn read(kind: &str, data: &Value) -> Self {
        serde_json::from_value(json!({ "kind": kind, "data": data })).unwrap_or(EventKind::Unknown)
    }

    /// The word and the members for the log; `None`: it is nothing that is written.
    pub fn to_log(&self) -> Option<(String, Value)> {
        let Ok(Value::Object(mut members)) = serde_json::to_value(self) else { return None };
        let (kind, data) = (members.remove("kind")?, members.remove("data")?);
        Some((kind.as_str()?.to_owned(), data))
    }

    /// The least role that does such a thing.
    pub fn least_role(&self) -> Role {
        match self {
            EventKind::QueueCreated { .. }
            | EventKind::SpecApplied { .. }
            | EventKind::Imported { .. }
            | EventKind::ImportStarted { .. }
            | EventKind::ImportFinished { .. }
            | EventKind::ItemUpdated { .. }
            | EventKind::Judged(_)
            | EventKind::TakenIn { .. }
            | EventKind::ChancesRaised { .. }
            | EventKind::Pulled { .. }
            | EventKind::Replaced { .. }
            | EventKind::Reopened(_)
            | EventKind::Lifted(_)
            | EventKind::AskedAgain { .. }
            | EventKind::Tagged(_)
            | EventKind::Prioritised(_)
            | EventKind::Released { .. }
            | EventKind::Repaired(_) => Role::Lead,
            EventKind::Decided(_)
            | EventKind::Paused { .. }
            | EventKind::Moved(_)
            | EventKind::Deferred { .. }
            | EventKind::Declined(_)
            | EventKind::Waived(_)
            | EventKind::BarTold(_)
            | EventKind::Bulk(_)
            | EventKind::Undone(_)
            | EventKind::Redone(_)
            | EventKind::FilterSaved { .. }
            | EventKind::FilterRemoved { .. }
            | EventKind::GoldenKept(_)
            | EventKind::GoldenRemoved(_)
            | EventKind::GoldenFrozen(_)
            | EventKind::Merged { .. }
            | EventKind::Unknown
            | EventKind::Withheld => Role::Reviewer,
        }
    }

    /// Whether the event contains a reviewer's opinion of an output. One of an unknown kind may.
    pub fn is_opinion(&self) -> bool {
        match self {
            EventKind::QueueCreated { .. }
            | EventKind::SpecApplied { .. }
            | EventKind::Imported { .. }
            | EventKind::ImportStarted { .. }
            | EventKind::ImportFinished { .. }
            | EventKind::ItemUpdated { .. }
            | EventKind::Judged(_)
            | EventKind::TakenIn { .. }
            | EventKind::ChancesRaised { .. }
            | EventKind::Pulled { .. }
            | EventKind::Replaced { .. }
            | EventKind::Moved(_)
            | EventKind::Deferred { .. }
            | EventKind::Reopened(_)
            | EventKind::Waived(_)
            | EventKind::Paused { .. }
            | EventKind::Lifted(_)
            | EventKind::BarTold(_)
            | EventKind::AskedAgain { .. }
            | EventKind::Tagged(_)
            | EventKind::Prioritised(_)
            | EventKind::Released { .. }
            | EventKind::FilterSaved { .. }
            | EventKind::FilterRemoved { .. }
            | EventKind::GoldenFrozen(_)
            | EventKind::Merged { .. } => false,
            EventKind::Decided(decided) => !decided.by_check,
            // What somebody says in words of their own may tell what they think of the output.
            EventKind::Declined(declined) => declined.why.parse::<DeclineReason>().is_err(),
            EventKind::Bulk(_)
            | EventKind::Undone(_)
            | EventKind::Redone(_)
            | EventKind::GoldenKept(_)
            | EventKind::GoldenRemoved(_)
            | EventKind::Repaired(_)
            | EventKind::Unknown
            | EventKind::Withheld => true,
        }
    }

    /// The step of a bulk decision, which the event tells of as a whole.
    pub fn bulk(&self) -> Option<i64> {
        match self {
            EventKind::Bulk(Bulk { what: BulkWhat::Decision { .. }, bulk, .. }) => *bulk,
            EventKind::Undone(turn) | EventKind::Redone(turn) if turn.items.is_some() => turn.bulk,
            _ => None,
        }
    }

    /// Whether outputs come in by it, as an agent brings them too.
    pub fn brings_outputs(&self) -> bool {
        matches!(
            self,
            EventKind::ImportStarted { .. }
                | EventKind::ImportFinished { .. }
                | EventKind::TakenIn { .. }
                | EventKind::Replaced { .. }
        )
    }

    /// Whether a check did it, which is on no team.
    pub fn is_by_check(&self) -> bool {
        matches!(self, EventKind::Decided(decided) if decided.by_check)
    }

    /// Whether somebody asks others for an answer by it: they may read that before they decide.
    pub fn is_escalation(&self) -> bool {
        matches!(self, EventKind::Decided(decided) if decided.verdict == Verdict::Escalate)
    }

    /// What the event tells of one decision; `None`: it is about none.
    pub fn of_decision(&self) -> Option<OfDecision<'_>> {
        match self {
            EventKind::Decided(decided) => Some(OfDecision::Made(decided)),
            EventKind::Undone(turned) => turned.decision.as_deref().map(OfDecision::Undone),
            EventKind::Redone(turned) => turned.decision.as_deref().map(OfDecision::Redone),
            EventKind::QueueCreated { .. }
            | EventKind::SpecApplied { .. }
            | EventKind::Imported { .. }
            | EventKind::ImportStarted { .. }
            | EventKind::ImportFinished { .. }
            | EventKind::ItemUpdated { .. }
            | EventKind::Judged(_)
            | EventKind::TakenIn { .. }
            | EventKind::ChancesRaised { .. }
            | EventKind::Pulled { .. }
            | EventKind::Replaced { .. }
            | EventKind::Moved(_)
            | EventKind::Deferred { .. }
            | EventKind::Declined(_)
            | EventKind::Reopened(_)
            | EventKind::Waived(_)
            | EventKind::Paused { .. }
            | EventKind::Lifted(_)
            | EventKind::BarTold(_)
            | EventKind::AskedAgain { .. }
            | EventKind::Tagged(_)
            | EventKind::Prioritised(_)
            | EventKind::Released { .. }
            | EventKind::Bulk(_)
            | EventKind::FilterSaved { .. }
            | EventKind::FilterRemoved { .. }
            | EventKind::GoldenKept(_)
            | EventKind::GoldenRemoved(_)
            | EventKind::GoldenFrozen(_)
            | EventKind::Merged { .. }
            | EventKind::Repaired(_)
            | EventKind::Unknown
            | EventKind::Withheld => None,
        }
    }
}

fn is_false(value: &bool) -> bool {
    !value
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

#[cfg(test)]
mod tests;
