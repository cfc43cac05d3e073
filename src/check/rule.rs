//! A rule, made ready, and what it says of an item.

use super::subject::{Part, parts};
use super::{CheckedItem, Fault, PATTERN_BYTES, schema};
use crate::analysis::lens::{Finding, Grade, SentenceSupport};
use crate::domain::check::{Check, CheckedField, Rule, TextFormat, Undecided};
use crate::domain::item::{ContentKind, Item};
use crate::domain::spec::Spec;
use crate::text::plural::count;
use crate::text::position::Position;
use jsonschema::Validator;
use regex::{Regex, RegexBuilder};
use serde::Deserialize;
use serde::de::IgnoredAny;

const DAY_MILLIS: f64 = 24.0 * 60.0 * 60.0 * 1000.0;

/// Characters of a text that a reason repeats.
const QUOTED_CHARS: usize = 60;

/// A rule with what it takes to test it.
#[derive(Debug)]
pub(super) enum ReadyRule {
    /// Of each text of a field.
    Text(CheckedField, TextRule),
    /// Of the field as a whole.
    Present(CheckedField),
    /// Elements at least.
    MinItems(CheckedField, usize),
    Grounded(f64),
    Findings(Vec<&'static str>),
    MaxLatencyMs(f64),
    MaxCostUsd(f64),
    Documents {
        required: bool,
        max_age_days: Option<u32>,
    },
}

#[derive(Debug)]
pub(super) enum TextRule {
    Schema(Box<Validator>),
    Matches(Regex),
    Forbids(Regex),
    MinChars(usize),
    MaxChars(usize),
    Format(TextFormat),
}

/// Reads a pattern; an error says why it cannot be used. Matching takes linear time.
pub fn pattern(text: &str) -> Result<Regex, String> {
    let built = RegexBuilder::new(text).size_limit(PATTERN_BYTES).dfa_size_limit(PATTERN_BYTES).build();
    built.map_err(|error| match error {
        regex::Error::CompiledTooBig(_) => "it becomes too large".into(),
        // The last line says what is wrong; those before it show where.
        other => other.to_string().lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned(),
    })
}

impl ReadyRule {
    pub(super) fn new(spec: &Spec, check: &Check) -> Result<Self, String> {
        let text = |rule| Self::Text(check.on.clone(), rule);
        Ok(match &check.rule {
            Rule::Schema(path) => {
                let schema = spec.schemas.iter().find(|schema| schema.path == *path);
                let schema = schema.ok_or_else(|| format!("the schema {path} is missing"))?;
                text(TextRule::Schema(Box::new(schema::validator(&schema.text)?)))
            }
            Rule::Matches(source) => text(TextRule::Matches(pattern(source)?)),
            Rule::Forbids(source) => text(TextRule::Forbids(pattern(source)?)),
            Rule::MinChars(least) => text(TextRule::MinChars(*least as usize)),
            Rule::MaxChars(most) => text(TextRule::MaxChars(*most as usize)),
            Rule::Format(format) => text(TextRule::Format(*format)),
            Rule::MinItems(least) => Self::MinItems(check.on.clone(), *least as usize),
            Rule::Present => Self::Present(check.on.clone()),
            Rule::Grounded(least) => Self::Grounded(*least),
            Rule::Findings(kinds) => Self::Findings(kinds.clone()),
            Rule::MaxLatencyMs(most) => Self::MaxLatencyMs(f64::from(*most)),
            Rule::MaxCostUsd(most) => Self::MaxCostUsd(*most),
            Rule::Documents { required, max_age_days } => {
                Self::Documents { required: *required, max_age_days: *max_age_days }
            }
        })
    }

    pub(super) fn test(&self, checked: &CheckedItem) -> Result<(), Fault> {
        let item = checked.item;
        match self {
            Self::Text(field, rule) => parts(field, item).iter().try_for_each(|part| rule.test(part)),
            Self::Present(field) => {
                let is_there = parts(field, item).iter().any(|part| !part.is_empty());
                holds(is_there, || format!("{field} is missing or empty"))
            }
            Self::MinItems(CheckedField::Context, least) => has_items("the context", item.context.len(), *least),
            Self::MinItems(field, least) => parts(field, item).iter().try_for_each(|part| {
                let Ok(list) = serde_json::from_str::<Vec<IgnoredAny>>(&part.text) else {
                    return Err(Fault::Failed(format!("{} is no list", part.name)));
                };
                has_items(&part.name, list.len(), *least)
            }),
            Self::Grounded(least) => grounded(checked, *least),
            Self::Findings(kinds) => {
                let found = checked.reading()?.findings.iter();
                // What follows from the source is no fault.
                let wrong = found.filter(|finding| finding.grade != Grade::Derivable);
                let first = wrong.into_iter().find(|finding| kinds.contains(&finding.subject.word()));
                first.map_or(Ok(()), |finding| Err(Fault::Failed(told(item, finding))))
            }
            Self::MaxLatencyMs(most) => at_most("latency_ms", item.latency_ms, *most),
            Self::MaxCostUsd(most) => at_most("cost_usd", item.cost_usd, *most),
            Self::Documents { required, max_age_days } => documents(item, *required, *max_age_days),
        }
    }
}

impl TextRule {
    fn test(&self, part: &Part) -> Result<(), Fault> {
        let Part { name, text, .. } = part;
        match self {
            Self::Schema(schema) => schema::test(schema, part),
            Self::Matches(pattern) => {
                holds(pattern.is_match(text), || format!("{name} has no match of `{}`", quoted(pattern.as_str())))
            }
            Self::Forbids(pattern) => pattern.find(text).map_or(Ok(()), |found| {
                let Position { line, column } = Position::of(text, found.start());
                let (found, pattern) = (quoted(found.as_str()), quoted(pattern.as_str()));
                Err(Fault::Failed(format!(
                    "{name} has “{found}” in line {line}, column {column}, which `{pattern}` forbids"
                )))
            }),
            Self::MinChars(least) => {
                let length = text.chars().count();
                holds(length >= *least, || format!("{name} has {}, fewer than {least}", count(length, "character")))
            }
            Self::MaxChars(most) => {
                let length = text.chars().count();
                holds(length <= *most, || format!("{name} has {}, more than {most}", count(length, "character")))
            }
            Self::Format(format) => is_written(part, *format),
        }
    }
}

fn holds(does: bool, otherwise: impl FnOnce() -> String) -> Result<(), Fault> {
    if does { Ok(()) } else { Err(Fault::Failed(otherwise())) }
}

fn has_items(name: &str, items: usize, least: usize) -> Result<(), Fault> {
    holds(items >= least, || format!("{name} has {}, fewer than {least}", count(items, "item")))
}

/// A value that is not known passes.
fn at_most(name: &str, value: Option<f64>, most: f64) -> Result<(), Fault> {
    let value = value.unwrap_or_default();
    holds(value <= most, || format!("{name} is {value}, more than {most}"))
}

fn quoted(text: &str) -> String {
    match text.char_indices().nth(QUOTED_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[derive(Deserialize)]
struct Message {
    #[serde(rename = "role")]
    _role: IgnoredAny,
}

fn is_written(part: &Part, format: TextFormat) -> Result<(), Fault> {
    let Part { name, kind, text } = part;
    let is_structure = || {
        *kind != ContentKind::Text || (text.trim_start().starts_with(['{', '[']) && part.json::<IgnoredAny>().is_ok())
    };
    match format {
        TextFormat::Json => part.json::<IgnoredAny>().map(drop),
        TextFormat::Chat => holds(*kind == ContentKind::Chat || part.json::<Vec<Message>>().is_ok(), || {
            format!("{name} is no list of messages that each have a role")
        }),
        TextFormat::Text | TextFormat::Markdown if is_structure() => {
            Err(Fault::Failed(format!("{name} is JSON, not a text")))
        }
        TextFormat::Text => Ok(()),
        TextFormat::Markdown => open_code_block(text).map_or(Ok(()), |line| {
            Err(Fault::Failed(format!("{name} has a code block that begins in line {line} and does not end")))
        }),
    }
}

/// The line in which a fenced code block begins that does not end (CommonMark 0.31, 4.5).
fn open_code_block(text: &str) -> Option<usize> {
    let mut open: Option<(usize, char, usize)> = None;
    for (line, number) in text.lines().zip(1..) {
        let line = line.trim_start_matches(['>', ' ']);
        let Some(sign) = line.chars().next().filter(|sign| matches!(sign, '`' | '~')) else { continue };
        let length = line.chars().take_while(|c| *c == sign).count();
        let rest = line[length..].trim();
        match open {
            None if length >= 3 && !(sign == '`' && rest.contains('`')) => open = Some((number, sign, length)),
            Some((_, opener, least)) if sign == opener && length >= least && rest.is_empty() => open = None,
            _ => {}
        }
    }
    open.map(|(number, ..)| number)
}

fn grounded(checked: &CheckedItem, least: f64) -> Result<(), Fault> {
    let reading = checked.reading()?;
    if reading.translated {
        return Err(Undecided::OtherLanguage.into());
    }
    let compared = reading.sentences.iter().filter(|sentence| sentence.content > 0);
    let Some(SentenceSupport { range, support, .. }) = compared.min_by(|a, b| a.support.total_cmp(&b.support)) else {
        return Ok(());
    };
    let sentence = checked.item.output.text.get(range.clone()).unwrap_or_default();
    holds(f64::from(*support) >= least, || {
        format!("the support of “{}” is {support:.2}, less than {least:.2}", quoted(sentence.trim()))
    })
}

fn told(item: &Item, Finding { grade, subject, range, why, .. }: &Finding) -> String {
    let text = &item.output.text;
    let (grade, subject) = (grade.word(), subject.word());
    let Position { line, .. } = Position::of(text, range.start);
    let found = quoted(text.get(range.clone()).unwrap_or_default());
    format!("line {line} of the output has the {grade} {subject} “{found}”: {why}")
}

fn documents(item: &Item, required: bool, max_age_days: Option<u32>) -> Result<(), Fault> {
    let has_text = item.context.iter().any(|document| !document.text.trim().is_empty());
    holds(!required || has_text, || "the context has no document".into())?;
    let Some(most) = max_age_days.filter(|_| has_text) else { return Ok(()) };
    let created_at = item.created_at.ok_or(Undecided::NoCreationTime)?;
    let dated = item.context.iter().zip(1..).filter_map(|(document, number)| Some((document.updated_at?, number)));
    let ages = dated.map(|(updated_at, number)| ((created_at - updated_at) as f64 / DAY_MILLIS, number));
    let oldest = ages.max_by(|(a, _), (b, _)| a.total_cmp(b));
    if let Some((days, number)) = oldest.filter(|(days, _)| *days > f64::from(most)) {
        let reason = format!("document {number} was {days:.1} days old when the output was made, more than {most}");
        return Err(Fault::Failed(reason));
    }
    if item.context.iter().all(|document| document.updated_at.is_some()) {
        Ok(())
    } else {
        Err(Undecided::NoDate.into())
    }
}
