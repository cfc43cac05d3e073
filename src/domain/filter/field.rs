//! The fields: their names, what they hold, and a line about each.

/// A field that a filter may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// The name as it is written; a key follows `score.` and `meta.`.
    pub name: &'static str,
    pub kind: Kind,
    /// Meaning of the field, for completion and the documents.
    pub detail: &'static str,
    /// A term with the field.
    pub example: &'static str,
}

/// Type of a field's values, which decides what may follow it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Name(Name),
    Verdict,
    Severity,
    Score,
    Number(Number),
    Time(Time),
    Age,
    Has,
    Is,
    Text(Scope),
    Meta,
}

/// A word of an item, or of its decision of record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Name {
    Id,
    Case,
    Model,
    PromptVersion,
    Tag,
    /// Category of the decision of record; route and reviewer are its too.
    Category,
    Route,
    Reviewer,
}

/// A number of an item, or of its decision of record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Number {
    Attempt,
    Priority,
    LatencyMs,
    CostUsd,
    TokensIn,
    TokensOut,
    /// Seconds of the decision of record; the spec version is its too.
    Seconds,
    SpecVersion,
}

/// A moment in an item's life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Time {
    Created,
    Imported,
    /// Time of the decision of record.
    Decided,
}

/// Texts in which a phrase is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Input, output, context and note.
    Anywhere,
    Input,
    Output,
    Context,
    Note,
}

/// A macro for a field whose values are words: the enum, and the word of each.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$line:meta])* $variant:ident = $word:literal, $detail:literal;)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name { $($(#[$line])* $variant,)* }

        impl $name {
            pub const ALL: &[$name] = &[$($name::$variant),*];

            /// The word in a filter.
            pub fn word(self) -> &'static str {
                match self { $($name::$variant => $word,)* }
            }

            /// Meaning for an item.
            pub fn detail(self) -> &'static str {
                match self { $($name::$variant => $detail,)* }
            }
        }
    };
}

words! {
    /// Things that an item may have.
    Has {
        Note = "note", "a note with its decision of record";
        Correction = "correction", "a correction with its decision of record";
        Category = "category", "a failure category";
        Marks = "marks", "marked stretches of the output";
        Reference = "reference", "a reference output";
        Context = "context", "context documents";
        Meta = "meta", "metadata of its own";
        Tag = "tag", "a tag";
        Case = "case", "a case";
        Model = "model", "a model";
        PromptVersion = "prompt_version", "a prompt version";
        Created = "created", "a time of creation";
        LatencyMs = "latency_ms", "a latency";
        CostUsd = "cost_usd", "a cost";
        Draft = "draft", "work of yours under way";
    }
}

words! {
    /// States that an item may be in.
    Is {
        Decided = "decided", "it has a verdict of record";
        Mine = "mine", "you have decided it";
        Deferred = "deferred", "you have deferred it";
        Claimed = "claimed", "a reviewer has claimed it now";
        Golden = "golden", "it is kept as a golden example";
    }
}

/// Every field, in the order of the README.
pub const FIELDS: &[Field] = &[
    field("verdict", Kind::Verdict, "accept, reject, escalate or undecided", "verdict:reject,escalate"),
    field("category", Kind::Name(Name::Category), "a failure category's key", "category:tone"),
    field("severity", Kind::Severity, "minor, major or critical: of one of its categories", "severity>=major"),
    field("score.", Kind::Score, "the score on the criterion of this key", "score.tone<3"),
    field("route", Kind::Name(Name::Route), "where it was escalated to", "route:lead"),
    field("reviewer", Kind::Name(Name::Reviewer), "who made the decision of record", "reviewer:ops-1"),
    field("note", Kind::Text(Scope::Note), "words in the note", "note:\"too informal\""),
    field("decided", Kind::Time(Time::Decided), "when it was decided", "decided>=2026-11-01"),
    field("seconds", Kind::Number(Number::Seconds), "active time of the decision", "seconds<5"),
    field("spec_version", Kind::Number(Number::SpecVersion), "the spec it was decided under", "spec_version:2"),
    field("id", Kind::Name(Name::Id), "the item's id", "id:2026-*"),
    field("case", Kind::Name(Name::Case), "the question behind the item", "case:refund-17"),
    field("attempt", Kind::Number(Number::Attempt), "which output of its case", "attempt>1"),
    field("priority", Kind::Number(Number::Priority), "higher is served first", "priority>=5"),
    field("model", Kind::Name(Name::Model), "the model that wrote the output", "model:a-*"),
    field("prompt_version", Kind::Name(Name::PromptVersion), "the prompt it was asked with", "prompt_version:v7"),
    field("tag", Kind::Name(Name::Tag), "one of its tags", "tag:edge-case"),
    field("latency_ms", Kind::Number(Number::LatencyMs), "how long the model took", "latency_ms>2000"),
    field("cost_usd", Kind::Number(Number::CostUsd), "what the output cost", "cost_usd>=0.01"),
    field("tokens_in", Kind::Number(Number::TokensIn), "tokens of the input", "tokens_in>4000"),
    field("tokens_out", Kind::Number(Number::TokensOut), "tokens of the output", "tokens_out<50"),
    field("created", Kind::Time(Time::Created), "when the output was made", "created>2026-11-01"),
    field("imported", Kind::Time(Time::Imported), "when its import began", "imported:today"),
    field("age", Kind::Age, "since it was created, or else imported", "age>7d"),
    field("input", Kind::Text(Scope::Input), "words in the input", "input:invoice"),
    field("output", Kind::Text(Scope::Output), "words in the output", "output:\"refund window\""),
    field("context", Kind::Text(Scope::Context), "words in the context documents", "context:warranty"),
    field("meta.", Kind::Meta, "a member of its own metadata", "meta.tier:gold"),
    field("has", Kind::Has, "whether there is one", "has:note"),
    field("is", Kind::Is, "how it stands", "is:deferred"),
];

const fn field(name: &'static str, kind: Kind, detail: &'static str, example: &'static str) -> Field {
    Field { name, kind, detail, example }
}

impl Field {
    /// The field of this name, and the key that follows the name where it takes one.
    pub fn find(name: &str) -> Option<(&'static Field, &str)> {
        FIELDS.iter().find_map(|field| match field.takes_key() {
            true => name.strip_prefix(field.name).filter(|key| !key.is_empty()).map(|key| (field, key)),
            false => (field.name == name).then_some((field, "")),
        })
    }

    /// The field of this kind.
    pub(super) fn of(kind: Kind) -> &'static str {
        FIELDS.iter().find(|field| field.kind == kind).map_or("", |field| field.name)
    }

    pub fn takes_key(&self) -> bool {
        self.name.ends_with('.')
    }

    /// Whether the field is ordered, so that `<` and `>` make sense.
    pub fn has_order(&self) -> bool {
        !matches!(self.kind, Kind::Name(_) | Kind::Verdict | Kind::Has | Kind::Is | Kind::Text(_))
    }
}
