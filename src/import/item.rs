//! An item from the values of its fields, whichever format they are from.

use super::content::content;
use super::context::context;
use super::fault::Fault;
use super::field::Field;
use super::json::Member;
use super::meta;
use super::scalar::{amount, id, integer, name, text, time, words};
use super::value::{Value, optional, required};
use crate::domain::item::{Content, Item};
use std::borrow::Cow;

/// Applies the rules of every field. `get` gives a field's value, `others` are the
/// fields without a place of their own. The first fault, in the order of the fields,
/// not of the file, is the one that is told.
pub(super) fn item<'a>(
    get: impl Fn(Field) -> Result<Option<Value<'a>>, Fault>,
    others: Vec<Member<'a>>,
) -> Result<Item, Fault> {
    let fields = Fields { get };
    let mut item =
        Item::new(fields.required(Field::Id, id)?, fields.required(Field::Input, content)?, fields.output()?);
    let context = fields.optional(Field::Context, context)?.unwrap_or_default();
    item.context = context.documents;
    item.reference = fields.optional(Field::Reference, content)?;
    item.case = fields.filled(Field::Case, name)?;
    item.attempt = fields.optional(Field::Attempt, integer(1))?.unwrap_or(item.attempt);
    // Kept negated, as a rank: the lowest number of all has no opposite.
    item.priority = fields.optional(Field::Priority, integer(-i64::MAX))?.unwrap_or(item.priority);
    item.model = fields.filled(Field::Model, text)?;
    item.prompt_version = fields.filled(Field::PromptVersion, text)?;
    item.latency_ms = fields.optional(Field::LatencyMs, amount)?;
    item.cost_usd = fields.optional(Field::CostUsd, amount)?;
    item.tokens_in = fields.optional(Field::TokensIn, integer(0))?;
    item.tokens_out = fields.optional(Field::TokensOut, integer(0))?;
    item.created_at = fields.optional(Field::CreatedAt, time)?;
    item.tags = fields.optional(Field::Tags, words)?.unwrap_or_default();
    let own = fields.optional(Field::Meta, object)?;
    item.meta = meta::merge(own.as_deref(), context.others, others)?;
    Ok(item)
}

struct Fields<G> {
    get: G,
}

impl<'a, G: Fn(Field) -> Result<Option<Value<'a>>, Fault>> Fields<G> {
    fn optional<T>(&self, field: Field, rule: impl FnOnce(Value<'a>) -> Result<T, Fault>) -> Result<Option<T>, Fault> {
        optional(field.name(), (self.get)(field), rule)
    }

    fn required<T>(&self, field: Field, rule: impl FnOnce(Value<'a>) -> Result<T, Fault>) -> Result<T, Fault> {
        required(field.name(), (self.get)(field), rule)
    }

    /// A name in which empty text means that there is none.
    fn filled(&self, field: Field, rule: fn(Value<'a>) -> Result<String, Fault>) -> Result<Option<String>, Fault> {
        Ok(self.optional(field, rule)?.filter(|text| !text.is_empty()))
    }

    /// The output, for which `null` is a value: an extraction that found nothing says so.
    fn output(&self) -> Result<Content, Fault> {
        match (self.get)(Field::Output) {
            Ok(Some(Value::Null)) => content(Value::Null),
            value => required(Field::Output.name(), value, content),
        }
    }
}

fn object(value: Value<'_>) -> Result<Cow<'_, str>, Fault> {
    match value {
        Value::Object(source) => Ok(source),
        other => Err(other.mistyped("an object")),
    }
}
