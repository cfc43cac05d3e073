//! The names of the fields that karat knows.

/// A field of a record. As a number it is the field's place in [`Field::ALL`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Id,
    Input,
    Output,
    Context,
    Reference,
    Case,
    Attempt,
    Priority,
    Model,
    PromptVersion,
    LatencyMs,
    CostUsd,
    TokensIn,
    TokensOut,
    CreatedAt,
    Tags,
    Meta,
}

impl Field {
    pub const ALL: [Field; 17] = [
        Field::Id,
        Field::Input,
        Field::Output,
        Field::Context,
        Field::Reference,
        Field::Case,
        Field::Attempt,
        Field::Priority,
        Field::Model,
        Field::PromptVersion,
        Field::LatencyMs,
        Field::CostUsd,
        Field::TokensIn,
        Field::TokensOut,
        Field::CreatedAt,
        Field::Tags,
        Field::Meta,
    ];

    pub const REQUIRED: [Field; 3] = [Field::Id, Field::Input, Field::Output];

    pub fn name(self) -> &'static str {
        match self {
            Field::Id => "id",
            Field::Input => "input",
            Field::Output => "output",
            Field::Context => "context",
            Field::Reference => "reference",
            Field::Case => "case",
            Field::Attempt => "attempt",
            Field::Priority => "priority",
            Field::Model => "model",
            Field::PromptVersion => "prompt_version",
            Field::LatencyMs => "latency_ms",
            Field::CostUsd => "cost_usd",
            Field::TokensIn => "tokens_in",
            Field::TokensOut => "tokens_out",
            Field::CreatedAt => "created_at",
            Field::Tags => "tags",
            Field::Meta => "meta",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Field::ALL.into_iter().find(|field| field.name() == name)
    }
}
