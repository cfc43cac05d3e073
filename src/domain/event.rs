//! What happens in a workspace, as its log tells it. An event never changes its meaning: other
//! systems read the log. What is new is a new kind, or a new member of a kind.

use super::decision::{Decision, Verdict};
use super::decline::DeclineReason;
use super::golden::{Example, Expected};
use super::policy::{Cause, Purpose, ReviewerKind};
use super::team::Role;
use super::time::UtcMillis;
use serde::{Deserialize, Deserializer, Serialize};
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
    /// What models say of items came in by itself.
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

/// Judgements of models that came in at once. What they say is not told: items that they are of may
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
pub struct Waived {
    /// The bar's key, and the hash of its terms: a waiver is of no others.
    pub bar: String,
    pub terms: String,
    /// The first moment at which it is over.
    pub until: UtcMillis,
    pub why: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Lifted {
    /// Who was paused.
    pub reviewer: String,
    pub why: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BarTold {
    /// The bar's key, and the hash of its terms.
    pub bar: String,
    pub terms: String,
    /// The word of the outcome.
    pub outcome: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reopened {
    pub why: String,
    /// Who alone is served the item, until they have decided or declined it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Decided {
    /// The decision's id.
    pub decision: String,
    pub verdict: Verdict,
    /// An answer with the verdict escalate sends the item back to who asked.
    #[serde(default, skip_serializing_if = "Purpose::is_opinion")]
    pub purpose: Purpose,
    pub categories: Vec<String>,
    /// Whether the decision replaced an earlier one of its reviewer.
    pub superseded: bool,
    /// Whether the lens was before the reviewer, where there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lens: Option<Lens>,
    /// The step of the bulk that it was part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bulk: Option<i64>,
    /// The copy that it came with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged: Option<String>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub second_opinion: bool,
    /// The decision of another reviewer that was of record until then: its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub over: Option<String>,
    /// The log did not tell it, and was repaired.
    #[serde(default, skip_serializing_if = "is_false")]
    pub repaired: bool,
    /// A check of the spec made it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub by_check: bool,
    /// Why the opinions that it settles disagreed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
    /// The opinions that it settles, in the order in which they were shown as A, B and so on: their ids.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sides: Vec<String>,
}

impl Decided {
    pub fn new(decision: &Decision, superseded: bool) -> Self {
        Self {
            decision: decision.id.clone(),
            verdict: decision.judgement.verdict,
            purpose: decision.part.purpose,
            categories: decision.judgement.draft.categories.clone(),
            superseded,
            lens: decision.judgement.lens.map(|shown| if shown { Lens::Shown } else { Lens::Hidden }),
            bulk: None,
            merged: None,
            second_opinion: false,
            over: None,
            repaired: false,
            by_check: decision.part.reviewer_kind == ReviewerKind::Check,
            cause: decision.judgement.cause,
            sides: decision.part.sides.as_ref().and_then(|ids| serde_json::from_str(ids).ok()).unwrap_or_default(),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lens {
    Shown,
    Hidden,
}

/// A value of an item that a bulk has changed: tags, or the priority.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Changed {
    pub bulk: i64,
    pub before: Value,
    pub after: Value,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Bulk {
    #[serde(flatten)]
    pub what: BulkWhat,
    /// The step of the bulk; none where nothing was changed.
    pub bulk: Option<i64>,
    pub changed: i64,
    pub skipped: i64,
}

/// What was done to each item of a bulk.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum BulkWhat {
    Decision { verdict: Verdict, categories: Vec<String> },
    Deferral,
    Tags { add: Vec<String>, remove: Vec<String> },
    Priority { priority: i64 },
    Golden { tags: Vec<String>, why: String },
    Release,
}

/// A step that was undone or redone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reversal {
    pub what: StepWhat,
    /// The decision's id and verdict, of a step that is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
    /// For a decision: the item's verdict of record afterwards; `Some(None)` if it has none.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub stands: Option<Option<Verdict>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bulk: Option<i64>,
    /// For a whole bulk: the number of items that were changed back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub items: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged: Option<String>,
    /// The log did not tell it, and was repaired.
    #[serde(default, skip_serializing_if = "is_false")]
    pub repaired: bool,
}

impl Reversal {
    pub fn new(what: StepWhat) -> Self {
        Self {
            what,
            decision: None,
            verdict: None,
            stands: None,
            bulk: None,
            items: None,
            merged: None,
            repaired: false,
        }
    }

    pub fn decision(decision: &Decision, stands: Option<Verdict>) -> Self {
        Self {
            decision: Some(decision.id.clone()),
            verdict: Some(decision.judgement.verdict),
            stands: Some(stands),
            ..Self::new(StepWhat::Decision)
        }
    }

    pub fn in_bulk(self, step: i64) -> Self {
        Self { bulk: Some(step), ..self }
    }
}

/// What a step has changed of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepWhat {
    Decision,
    Deferral,
    Decline,
    Reopening,
    Golden,
    Tags,
    Priority,
    Merged,
}

impl StepWhat {
    /// The word in sentences: "the deferral of 12 items".
    pub fn noun(self) -> &'static str {
        match self {
            StepWhat::Decision => "decision",
            StepWhat::Deferral => "deferral",
            StepWhat::Decline => "decline",
            StepWhat::Reopening => "reopening",
            StepWhat::Golden => "golden",
            StepWhat::Tags => "tags",
            StepWhat::Priority => "priority",
            StepWhat::Merged => "merged",
        }
    }
}

/// A golden example that was kept or removed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GoldenChanged {
    pub verdict: Verdict,
    pub expected: Expected,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<String>,
    pub tags: Vec<String>,
    pub why: String,
    pub set_version: i64,
}

impl GoldenChanged {
    pub fn new(example: &Example, set_version: i64) -> Self {
        let Example { verdict, expected, categories, tags, why } = example.clone();
        Self { verdict, expected, categories, tags, why, set_version }
    }
}

/// A set that was frozen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GoldenFrozen {
    pub name: String,
    pub version: i64,
    /// SHA-256 of what is in it, hexadecimal.
    pub digest: String,
    pub examples: i64,
}

/// What was found wrong and was put right.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Repair {
    /// The event tells what an earlier one tells already: of a decision, or of a step that is none.
    Duplicate {
        event: i64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        decision: Option<String>,
    },
    /// The data of the event is no JSON.
    Unreadable { event: i64 },
    /// The event tells a decision that was never recorded.
    Unfounded { event: i64, decision: Option<String> },
    /// A decision stands, or does not, as its step says.
    Standing { decision: String, stands: bool },
    /// So many items of a bulk, or of its undo or redo that the event tells, have no event of their own.
    BulkItems {
        bulk: i64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        event: Option<i64>,
        items: i64,
    },
    /// The row, such as `decision 7`, could not be read, and was taken out of the way of others.
    SetAside { row: String, why: String },
    /// The verdict of record is what the item's decisions add up to.
    Verdict { before: Option<Verdict>, after: Option<Verdict> },
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

/// What became of one decision.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum OfDecision<'e> {
    Made(&'e Decided),
    /// By the decision's id.
    Undone(&'e str),
    /// By the decision's id.
    Redone(&'e str),
}

impl<'e> OfDecision<'e> {
    /// The decision's id.
    pub fn id(self) -> &'e str {
        match self {
            OfDecision::Made(decided) => &decided.decision,
            OfDecision::Undone(id) | OfDecision::Redone(id) => id,
        }
    }
}

fn is_false(value: &bool) -> bool {
    !value
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// Reads a member that is present, though it may be `null`.
fn present<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Option<Verdict>>, D::Error> {
    Option::deserialize(value).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A line of each kind as programs before this one have written it.
    const LOGGED: &[(&str, &str)] = &[
        ("queue_created", r#"{"name":"replies"}"#),
        ("spec_applied", r#"{"version":2,"sha256":"ab"}"#),
        ("imported", r#"{"source":"a.jsonl"}"#),
        ("import_started", r#"{"import":1,"source":"a.jsonl"}"#),
        ("import_finished", r#"{"import":1,"counts":{"new":3}}"#),
        ("item_updated", r#"{"import":2}"#),
        ("judged", r#"{"source":"judge.jsonl","judges":{"tone-judge@v3":120}}"#),
        ("judged", r#"{"source":"judge.jsonl","judges":{"tone-judge":2},"replaced":1}"#),
        ("taken_in", r#"{"rule":"v8","chance":0.25,"before":0.05}"#),
        ("chances_raised", r#"{"version":2,"raised":12,"taken":3}"#),
        ("pulled", r#"{"why":"a customer asked"}"#),
        ("replaced", r#"{"by":"i1~2"}"#),
        ("decided", r#"{"decision":"u1","verdict":"accept","categories":[],"superseded":false}"#),
        (
            "decided",
            r#"{"decision":"u1","verdict":"reject","categories":["cold"],"superseded":true,"lens":"hidden","bulk":4}"#,
        ),
        (
            "decided",
            r#"{"decision":"u1","verdict":"reject","categories":[],"superseded":true,"merged":"copy","second_opinion":true}"#,
        ),
        ("decided", r#"{"decision":"u1","verdict":"reject","categories":[],"superseded":false,"by_check":true}"#),
        ("decided", r#"{"decision":"u1","verdict":"escalate","purpose":"answer","categories":[],"superseded":false}"#),
        ("moved", r#"{"from":"policy","to":"lead","due":1795600000000}"#),
        ("moved", r#"{"from":"policy","to":"lead","due":null}"#),
        ("deferred", "{}"),
        ("deferred", r#"{"bulk":4}"#),
        ("declined", r#"{"why":"conflict"}"#),
        ("reopened", r#"{"why":"the rule was changed"}"#),
        ("reopened", r#"{"why":"the rule was changed","to":"ana"}"#),
        ("declined", r#"{"why":"I wrote it","merged":"copy"}"#),
        ("paused", r#"{"stops":true}"#),
        ("lifted", r#"{"reviewer":"ana","why":"we went through them"}"#),
        ("tagged", r#"{"bulk":4,"before":null,"after":["a"]}"#),
        ("prioritised", r#"{"bulk":4,"before":0,"after":-3}"#),
        ("released", r#"{"held_by":"ops-2"}"#),
        ("bulk", r#"{"what":"decision","verdict":"accept","categories":[],"bulk":4,"changed":2,"skipped":1}"#),
        ("bulk", r#"{"what":"tags","add":["a"],"remove":[],"bulk":null,"changed":0,"skipped":1}"#),
        ("bulk", r#"{"what":"priority","priority":-3,"bulk":4,"changed":2,"skipped":1}"#),
        ("bulk", r#"{"what":"golden","tags":[],"why":"plain","bulk":4,"changed":2,"skipped":1}"#),
        ("bulk", r#"{"what":"release","bulk":null,"changed":2,"skipped":1}"#),
        ("undone", r#"{"what":"deferral"}"#),
        ("undone", r#"{"what":"decision","decision":"u1","verdict":"accept","stands":null}"#),
        ("redone", r#"{"what":"decision","decision":"u1","verdict":"accept","stands":"reject","bulk":4}"#),
        ("undone", r#"{"what":"tags","bulk":4,"items":2}"#),
        ("filter_saved", r#"{"name":"cold","filter":"category:cold"}"#),
        ("filter_removed", r#"{"name":"cold"}"#),
        ("golden_kept", r#"{"verdict":"accept","expected":"none","tags":["a"],"why":"","set_version":3}"#),
        ("golden_removed", r#"{"verdict":"accept","expected":"output","tags":[],"why":"","set_version":4}"#),
        ("merged", r#"{"from":"copy","decisions":2,"second_opinions":1}"#),
        ("repaired", r#"{"what":"duplicate","event":12,"decision":"u1"}"#),
        ("repaired", r#"{"what":"duplicate","event":12}"#),
        ("repaired", r#"{"what":"unreadable","event":12}"#),
        ("repaired", r#"{"what":"bulk_items","bulk":4,"event":12,"items":2}"#),
        ("repaired", r#"{"what":"verdict","before":"accept","after":null}"#),
        ("golden_frozen", r#"{"name":"support","version":3,"digest":"ab","examples":12}"#),
    ];

    #[test]
    fn what_is_logged_is_read_and_written_as_it_was() {
        for (kind, data) in LOGGED {
            let what = EventKind::read(kind, &serde_json::from_str(data).unwrap());
            assert_ne!(what, EventKind::Unknown, "{kind} {data}");
            let (word, written) = what.to_log().unwrap();
            assert_eq!((word.as_str(), written.to_string().as_str()), (*kind, *data));
        }
    }

    #[test]
    fn what_a_newer_program_wrote_is_unknown_and_may_be_an_opinion() {
        let unknown = EventKind::read("adjudicated", &json!({ "verdict": "accept" }));
        assert_eq!(unknown, EventKind::Unknown);
        assert!(unknown.is_opinion());
        assert_eq!(unknown.to_log(), None);
        let more = EventKind::read("released", &json!({ "held_by": "ops-2", "reason": "new" }));
        assert_eq!(more, EventKind::Released { claimant: "ops-2".into() });
        assert_eq!(EventKind::read("released", &json!("no object")), EventKind::Unknown);
    }
}
