//! Item and decision, described once, field by field.
//!
//! The import reads, the store keeps, the export writes, filters, orders and the browser ask
//! for and the reference explains what stands here. A new field is a member of the struct, a
//! row of its table and a migration.

mod cell;
mod field;
mod json;
mod reference;
mod uses;

pub use cell::{Cell, FromCell, ToCell};
pub use field::{DecisionField, Field, FieldType, ItemField, Kept, RecordField, StandingField, StoreColumn};
pub use reference::{decision_reference, item_reference, standing_reference};
pub use uses::{Compare, Exported, FieldFilter, Heading, Scope, SpecKey, Uses};

use super::decision::Decision;
use super::spec::Spec;
use field::Access;

use FieldType::{Content, Documents, Id, Integer, Keys, Marks, Name, Object, Real, Scores, Text, Time, Words};
use StoreColumn::{Choice, Elsewhere, Millis, Negated, Plain};

/// A field with columns, and the place in the struct that it is read from and written to.
macro_rules! kept {
    ($column:expr, $($place:ident).+) => {
        Access::Kept(Kept {
            column: $column,
            get: |record| record.$($place).+.to_cell(),
            set: |record, cell| FromCell::from_cell(cell).map(|value| record.$($place).+ = value),
        })
    };
}

/// A point in time with its column: the number of its milliseconds is no number to files.
macro_rules! time {
    ($column:literal, $($place:ident).+) => {
        Access::Kept(Kept {
            column: Plain($column),
            get: |record| Cell::time(record.$($place).+),
            set: |record, cell| FromCell::from_cell(cell).map(|value| record.$($place).+ = value),
        })
    };
}

/// A member of the decision's body, which is kept as a whole.
macro_rules! body {
    ($place:ident) => {
        Access::Body(|decision| decision.judgement.draft.$place.to_cell())
    };
}

/// The words of whether the lens was seen, by their numbers in the store.
const LENS: &[&str] = &["hidden", "shown"];

/// The fields of an item, in the order of the exported columns.
pub static ITEM: &[ItemField] = &[
    ItemField::new("id", Id, kept!(Plain("id"), id), "Unique in its queue")
        .number(0)
        .required()
        .filtered("id", Compare::Word, "the item's id", "id:2026-*")
        .sorted("id")
        .browsed("item", 24)
        .listed(1),
    ItemField::new(
        "case",
        Name,
        kept!(Plain("case_id"), case),
        "The question behind the item: a regenerated output shares it",
    )
    .number(5)
    .filtered("case", Compare::Word, "the question behind the item", "case:refund-17")
    .optional("a case")
    .browsed("case", 20)
    .listed(2),
    ItemField::new(
        "attempt",
        Integer { least: 1 },
        kept!(Plain("attempt"), attempt),
        "Which output to its case it is, from 1",
    )
    .number(6)
    .filtered("attempt", Compare::Number, "which output of its case", "attempt>1")
    .listed(3),
    // The lowest number of all has no opposite.
    ItemField::new(
        "priority",
        Integer { least: -i64::MAX },
        kept!(Negated("rank"), priority),
        "Higher is served first; 0 by default",
    )
    .number(7)
    .filtered("priority", Compare::Number, "higher is served first", "priority>=5")
    .sorted("priority")
    .browsed("priority", 8)
    .listed(4),
    ItemField::new(
        "input",
        Content,
        kept!(StoreColumn::Content(["input_kind", "input"]), input),
        "What the model was asked",
    )
    .number(1)
    .required()
    .filtered("input", Compare::Text(Scope::Input), "words in the input", "input:invoice"),
    ItemField::new(
        "output",
        Content,
        kept!(StoreColumn::Content(["output_kind", "output"]), output),
        "What the model answered; may be `null`",
    )
    .number(2)
    .required()
    .or_null()
    .filtered("output", Compare::Text(Scope::Output), "words in the output", "output:\"refund window\""),
    ItemField::new(
        "reference",
        Content,
        kept!(StoreColumn::Content(["reference_kind", "reference"]), reference),
        "An expected output",
    )
    .number(4)
    .optional("a reference output"),
    ItemField::new(
        "context",
        Documents,
        kept!(StoreColumn::Documents("context"), context),
        "The source documents that the output must agree with",
    )
    .number(3)
    .filtered("context", Compare::Text(Scope::Context), "words in the context documents", "context:warranty")
    .optional("context documents"),
    ItemField::new("model", Text, kept!(Plain("model"), model), "The model that wrote the output")
        .number(8)
        .filtered("model", Compare::Word, "the model that wrote the output", "model:a-*")
        .optional("a model")
        .sorted("model")
        .may_be_hidden()
        .browsed("model", 20)
        .listed(9),
    ItemField::new(
        "prompt_version",
        Text,
        kept!(Plain("prompt_version"), prompt_version),
        "The prompt that it was asked with",
    )
    .number(9)
    .filtered("prompt_version", Compare::Word, "the prompt it was asked with", "prompt_version:v7")
    .optional("a prompt version")
    .sorted("prompt_version")
    .may_be_hidden()
    .browsed("prompt", 16)
    .listed(10),
    ItemField::new(
        "latency_ms",
        Real,
        kept!(Plain("latency_ms"), latency_ms),
        "How long the model took, in milliseconds",
    )
    .number(10)
    .filtered("latency_ms", Compare::Number, "how long the model took", "latency_ms>2000")
    .optional("a latency")
    .sorted("latency")
    .may_be_hidden()
    .browsed("latency", 8)
    .listed(11),
    ItemField::new("cost_usd", Real, kept!(Plain("cost_usd"), cost_usd), "What the output cost, in US dollars")
        .number(11)
        .filtered("cost_usd", Compare::Number, "what the output cost", "cost_usd>=0.01")
        .optional("a cost")
        .sorted("cost")
        .may_be_hidden()
        .browsed("cost", 8)
        .listed(12),
    ItemField::new("tokens_in", Integer { least: 0 }, kept!(Plain("tokens_in"), tokens_in), "Tokens of the input")
        .number(12)
        .filtered("tokens_in", Compare::Number, "tokens of the input", "tokens_in>4000")
        .may_be_hidden(),
    ItemField::new("tokens_out", Integer { least: 0 }, kept!(Plain("tokens_out"), tokens_out), "Tokens of the output")
        .number(13)
        .filtered("tokens_out", Compare::Number, "tokens of the output", "tokens_out<50")
        .may_be_hidden(),
    ItemField::new("created_at", Time, time!("created_at", created_at), "When the output was made")
        .number(14)
        .filtered("created", Compare::Time, "when the output was made", "created>2026-11-01")
        .optional("a time of creation")
        .sorted("created")
        .listed(13),
    ItemField::new("tags", Words, kept!(Plain("tags"), tags), "Words to find items by")
        .number(15)
        .filtered("tag", Compare::Word, "one of its tags", "tag:edge-case")
        .optional("a tag")
        .browsed("tags", 24)
        .listed(15),
    ItemField::new(
        "meta",
        Object,
        kept!(Plain("meta"), meta),
        "Whatever else is known, with every field of a record that has no place of its own",
    )
    .number(16)
    .filtered("meta.", Compare::Member, "a member of its own metadata", "meta.tier:gold")
    .optional("metadata of its own"),
    ItemField::new("trace_id", Name, kept!(Plain("trace_id"), trace_id), "The trace that the output is part of")
        .number(17)
        .filtered("trace_id", Compare::Word, "the trace that the output is part of", "trace_id:4bf92f35*")
        .optional("a trace"),
    ItemField::new("span_id", Name, kept!(Plain("span_id"), span_id), "The step of the trace that made the output")
        .number(18)
        .filtered("span_id", Compare::Word, "the step of its trace", "span_id:00f067aa*")
        .optional("a step of a trace"),
    ItemField::new("session_id", Name, kept!(Plain("session_id"), session_id), "The session in which it was asked")
        .number(19)
        .filtered("session_id", Compare::Word, "the session in which it was asked", "session_id:s-17")
        .optional("a session"),
    ItemField::new("user_id", Name, kept!(Plain("user_id"), user_id), "Who asked, as the system they asked knows them")
        .number(20)
        .filtered("user_id", Compare::Word, "who asked", "user_id:u-204")
        .optional("a user"),
    ItemField::new(
        "prompt",
        Content,
        kept!(StoreColumn::Shared("prompt"), prompt),
        "The prompt's own text: what the model was told beside the input, or the template of the input",
    )
    .number(21)
    .optional("the text of its prompt")
    .may_be_hidden(),
];

/// The correction stands in columns of its own, beside the body that it belongs to.
const CORRECTION: Access<Decision> = Access::Kept(Kept {
    column: StoreColumn::Content(["correction_kind", "correction"]),
    get: |decision| decision.judgement.draft.correction.to_cell(),
    set: |decision, cell| {
        FromCell::from_cell(cell).map(|correction| decision.judgement.draft_mut().correction = correction)
    },
});

/// The fields of a decision, in the order of the exported columns. Filters, orders and the
/// browser ask for those of the decision of record.
pub static DECISION: &[DecisionField] = &[
    DecisionField::new("verdict", Text, kept!(Plain("verdict"), judgement.verdict), "accept, reject or escalate")
        .required()
        .filtered("verdict", Compare::Verdict, "accept, reject, escalate or undecided", "verdict:reject,escalate")
        .sorted("verdict")
        .browsed("verdict", 11)
        .listed(5),
    DecisionField::new("categories", Keys, body!(categories), "The failure categories, in the order of the spec")
        .filtered("category", Compare::Key(SpecKey::Category), "a failure category's key", "category:tone")
        .optional("a failure category")
        .browsed("categories", 48)
        .listed(6)
        .opinion(),
    DecisionField::new(
        "worst_severity",
        Text,
        Access::Derived(worst_severity),
        "Of the categories, by the spec that it was made under",
    )
    .filtered("severity", Compare::Severity, "minor, major or critical: of one of its categories", "severity>=major")
    .browsed("severity", 8)
    .opinion(),
    DecisionField::new("route", Text, body!(route), "Where it was escalated to")
        .filtered("route", Compare::Key(SpecKey::Route), "where it was escalated to", "route:lead")
        .browsed("route", 20),
    DecisionField::new("scores", Scores, body!(scores), "The levels, from 1, by the keys of the criteria")
        .filtered("score.", Compare::Score, "the score on the criterion of this key", "score.tone<3")
        .browsed("scores", 24)
        .opinion(),
    DecisionField::new("note", Text, body!(note), "What the reviewer wrote")
        .filtered("note", Compare::Text(Scope::Note), "words in the note", "note:\"too informal\"")
        .optional("a note with its decision of record")
        .browsed("note", 40),
    DecisionField::new("correction", Content, CORRECTION, "The output as it should have been")
        .optional("a correction with its decision of record")
        .browsed("corrected", 9)
        .opinion(),
    DecisionField::new("marks", Marks, body!(marks), "Stretches of the output's text, and what is wrong with each")
        .optional("marked stretches of the output")
        .browsed("marks", 5)
        .opinion(),
    DecisionField::new("reviewer", Text, kept!(Plain("reviewer"), reviewer), "Who decided")
        .required()
        .filtered("reviewer", Compare::Word, "who made the decision of record", "reviewer:ops-1")
        .sorted("reviewer")
        .browsed("reviewer", 14)
        .listed(7),
    DecisionField::new("decided_at", Time, time!("decided_at", decided_at), "When")
        .required()
        .filtered("decided", Compare::Time, "when it was decided", "decided>=2026-11-01")
        .sorted("decided")
        .browsed("decided", 11)
        .listed(8),
    DecisionField::new(
        "seconds",
        Real,
        kept!(Millis("active_millis"), judgement.active_millis),
        "Active time on the item",
    )
    .required()
    .filtered("seconds", Compare::Number, "active time of the decision", "seconds<5"),
    DecisionField::new(
        "lens",
        Text,
        SEEN_LENS,
        "Whether the grounding lens was `shown` or `hidden`; empty where there was none to see",
    ),
    DecisionField::new(
        "spec_version",
        Integer { least: 1 },
        kept!(Plain("spec_version"), spec_version),
        "The version of the spec that it was made under",
    )
    .required()
    .filtered("spec_version", Compare::Number, "the spec it was decided under", "spec_version:2"),
    DecisionField::new("decision_id", Text, kept!(Plain("id"), id), "Unique, on every engine and in every copy")
        .required(),
    DecisionField::new(
        "due_at",
        Time,
        time!("due_at", due_at),
        "By when an escalation wants an answer; empty where its route sets no time",
    )
    .filtered("due", Compare::Deadline, "by when an escalation wants an answer", "due<1h")
    .sorted("due")
    .optional("a time by which it wants an answer")
    .browsed("due", 16)
    .listed(19),
    DecisionField::new(
        "cause",
        Text,
        kept!(Plain("cause"), judgement.cause),
        "Why the opinions that it settles disagreed: ambiguous, unclear, slip, edge_case or taste",
    )
    .filtered("cause", Compare::Word, "why opinions disagreed, once that is settled", "cause:unclear"),
    DecisionField::new(
        "reviewer_kind",
        Text,
        kept!(Plain("reviewer_kind"), part.reviewer_kind),
        "person, check, model, code or program",
    )
    .required()
    .exported(Exported::WithDecisions),
    DecisionField::new(
        "purpose",
        Text,
        kept!(Plain("purpose"), part.purpose),
        "opinion, adjudication, answer, repeat, golden or imported",
    )
    .required()
    .exported(Exported::WithDecisions),
    DecisionField::new(
        "slot",
        Integer { least: 1 },
        kept!(Plain("slot"), part.slot),
        "Which opinion on its item it is, from 1; empty where it counts nowhere",
    )
    .exported(Exported::WithDecisions),
    DecisionField::new(
        "seen_others",
        Text,
        AFTER_SEEN,
        "`yes`: an opinion that was changed after others' on the item could be seen; else `no`",
    )
    .required()
    .exported(Exported::WithDecisions),
    DecisionField::new(
        "sides",
        Text,
        kept!(Plain("sides"), part.sides),
        "The opinions that an adjudicator was shown as A, as B, and so on: a JSON list of their decisions' ids",
    )
    .exported(Exported::WithDecisions),
];

/// The fields of where an item stands, which no import brings.
pub static STANDING: &[StandingField] =
    &[
        StandingField::new("stage", Text, kept!(Plain("stage"), stage), "Where it stands, in one word")
            .required()
            .listed(20),
        StandingField::new(
            "opinions",
            Integer { least: 1 },
            kept!(Plain("opinions"), opinions),
            "How many opinions are asked",
        )
        .required()
        .filtered("opinions", Compare::Number, "how many opinions are asked", "opinions>1"),
        StandingField::new(
            "settled_by",
            Text,
            kept!(Plain("settled_by"), settled_by),
            "single, unanimous, majority, strictest, adjudicated, answer or check",
        )
        .filtered("settled_by", Compare::Word, "what its verdict of record rests on", "settled_by:check"),
        StandingField::new(
            "chance",
            Real,
            kept!(Plain("chance"), chance),
            "The greatest rate at which sampling could take it; empty where no rule applied",
        )
        .filtered("chance", Compare::Number, "at which rate sampling takes such items", "chance<1"),
        StandingField::new("rule", Text, kept!(Plain("rule"), rule), "The rule of sampling that set the chance")
            .filtered("rule", Compare::Word, "the rule of sampling that it came under", "rule:v8"),
        StandingField::new(
            "checks",
            Words,
            kept!(Elsewhere("checks"), checks),
            "The checks that it failed, or that flagged it",
        )
        .filtered("check", Compare::Word, "a check that it failed, or that flagged it", "check:shape"),
        StandingField::new(
            "replaced_by",
            Text,
            kept!(Elsewhere("replaced_by"), replaced_by),
            "The attempt that stands for it: its id",
        ),
    ];

/// The words of whether an opinion was changed after others' could be seen, by their numbers in
/// the store.
const SEEN: &[&str] = &["no", "yes"];

const AFTER_SEEN: Access<Decision> = Access::Kept(Kept {
    column: Choice("after_seen", SEEN),
    get: |decision| SEEN[usize::from(decision.part.after_seen)].into(),
    set: |decision, cell| String::from_cell(cell).map(|word| decision.part.after_seen = word == SEEN[1]),
});

const SEEN_LENS: Access<Decision> = Access::Kept(Kept {
    column: Choice("lens_shown", LENS),
    get: |decision| decision.judgement.lens.map_or(Cell::Null, |seen| LENS[usize::from(seen)].into()),
    set: |decision, cell| {
        Option::<String>::from_cell(cell).map(|word| decision.judgement.lens = word.map(|word| word == LENS[1]))
    },
});

fn worst_severity(decision: &Decision, spec: &Spec) -> Cell<'static> {
    spec.worst_severity(&decision.judgement.draft.categories).map_or(Cell::Null, |severity| severity.as_str().into())
}

/// The number of fields that an import knows.
pub const IMPORTED: usize = ITEM.len();

/// The fields of an item by their numbers.
pub static BY_NUMBER: [&ItemField; IMPORTED] = by_number();

const fn by_number() -> [&'static ItemField; IMPORTED] {
    let mut fields = [&ITEM[0]; IMPORTED];
    let mut at = 0;
    while at < IMPORTED {
        fields[ITEM[at].number] = &ITEM[at];
        at += 1;
    }
    fields
}

/// The field of an item that has this name in files.
pub fn item_field(name: &str) -> Option<&'static ItemField> {
    ITEM.iter().find(|field| field.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::decision::{Draft, Judgement, Part, Verdict};
    use crate::domain::item::Content;
    use crate::domain::mark::Mark;

    #[test]
    fn each_number_is_given_once() {
        for (number, field) in BY_NUMBER.iter().enumerate() {
            assert_eq!(field.number, number, "{}", field.name);
        }
    }

    #[test]
    fn what_is_asked_has_no_opinion_in_it() {
        let mark = Mark { start: 0, end: 1, text: "a".into(), category: "cold".into(), comment: String::new() };
        let draft = Draft {
            categories: vec!["cold".into()],
            scores: [("tone".into(), 1)].into(),
            note: "who decides?".into(),
            route: Some("lead".into()),
            marks: vec![mark],
            correction: Some(Content::text("b")),
        };
        let given = Decision {
            id: "d".into(),
            judgement: Judgement::new(Verdict::Escalate, draft),
            reviewer: "ana".into(),
            decided_at: 1,
            spec_version: 1,
            due_at: Some(2),
            part: Part::default(),
        };
        let asked = given.clone().what_is_asked();
        for field in DECISION {
            match field.uses.is_opinion {
                true if field.is_in_body() => assert_ne!(field.own(&asked), field.own(&given), "{}", field.name),
                true => {}
                false => assert_eq!(field.own(&asked), field.own(&given), "{}", field.name),
            }
        }
        assert_eq!(asked.judgement.draft.correction, None);
    }

    #[test]
    fn no_two_fields_share_a_name_or_a_place() {
        fn each_once<T: Ord + std::fmt::Debug>(given: impl Iterator<Item = T>) {
            let mut given: Vec<T> = given.collect();
            given.sort();
            assert!(given.is_sorted_by(|one, next| one < next), "{given:?}");
        }
        each_once(RecordField::all().map(RecordField::name));
        each_once(RecordField::all().filter_map(|field| field.uses().filter).map(|filter| filter.name));
        each_once(RecordField::all().filter_map(|field| field.uses().order));
        each_once(RecordField::all().filter_map(|field| field.uses().member));
    }
}
