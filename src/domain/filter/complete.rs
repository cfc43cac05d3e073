//! What may be typed at the cursor: fields, signs, the words of the spec, known values.

use super::lexis::{self, is_of_name, name_length};
use super::parse::{SEVERITIES, VERDICTS};
use super::*;
use std::ops::Range;

/// Text that may replace what stands at the cursor.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Completion {
    /// The bytes that an option replaces.
    pub range: Range<usize>,
    pub options: Vec<Suggestion>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// Text that is put in.
    pub text: String,
    pub detail: String,
}

impl Suggestion {
    fn new(text: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { text: text.into(), detail: detail.into() }
    }
}

/// Completions for byte `cursor` of `text`. `known` gives the values of a field that begin with
/// a text, which the caller has from the store.
pub fn complete(
    text: &str,
    cursor: usize,
    words: &Words,
    known: &mut dyn FnMut(RecordField, &str) -> Vec<String>,
) -> Completion {
    let cursor = text.floor_char_boundary(cursor);
    let head = &text[..cursor];
    let from = last_word(head);
    let word = &head[from..];
    if let Some(begun) = word.strip_prefix('@') {
        let saved = words.saved.iter().filter(|name| name.starts_with(begun));
        let options = saved.map(|name| Suggestion::new(format!("@{name}"), "saved filter")).collect();
        return Completion { range: from..cursor, options };
    }
    let name = name_length(word);
    match (lexis::sign(&word[name..]), FilterField::find(&word[..name].to_ascii_lowercase())) {
        (Some((_, length)), Some((field, _))) => {
            let value = name + length;
            let last = value + last_value(&word[value..]);
            let begun = unquoted(&word[last..]);
            Completion { range: from + last..cursor, options: values(field, &begun, words, known) }
        }
        (Some(_), None) => Completion { range: cursor..cursor, options: Vec::new() },
        (None, _) => Completion { range: from..cursor, options: fields(word, words) },
    }
}

/// Start of the last word of `text`: past spaces and parentheses outside of quotes, and past
/// a `-`.
fn last_word(text: &str) -> usize {
    let (mut from, mut quoted, mut escaped) = (0, false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            c if !quoted && (c.is_whitespace() || matches!(c, '(' | ')')) => from = at + c.len_utf8(),
            '-' if at == from => from = at + 1,
            _ => {}
        }
    }
    from
}

/// Start of the last value of a list.
fn last_value(list: &str) -> usize {
    let (mut from, mut quoted, mut escaped) = (0, false, false);
    for (at, c) in list.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ',' if !quoted => from = at + 1,
            _ => {}
        }
    }
    from
}

/// The typed part of a value, without the quote that opens it.
fn unquoted(value: &str) -> String {
    value.strip_prefix('"').unwrap_or(value).replace("\\\"", "\"").replace("\\\\", "\\")
}

/// Suggestions for a word: fields that begin with it, the signs after a whole name, and the
/// words that join terms.
fn fields(word: &str, words: &Words) -> Vec<Suggestion> {
    let begun = word.to_ascii_lowercase();
    let named = |field: &FilterField| -> Vec<Suggestion> {
        let keyed = |key: &str, detail: &str| Suggestion::new(format!("{}{key}:", field.name), detail);
        match field.kind {
            Kind::Of(_, Compare::Score) => words.criteria.iter().map(|word| keyed(&word.key, &word.name)).collect(),
            Kind::Judge => words.judges.iter().map(|judge| keyed(&in_name(judge), field.detail)).collect(),
            Kind::Of(_, Compare::Member) if word.starts_with(field.name) => Vec::new(), // its keys are not known
            Kind::Of(_, Compare::Member) => vec![Suggestion::new(field.name, field.detail)],
            _ => vec![keyed("", field.detail)],
        }
    };
    let mut options: Vec<Suggestion> = FIELDS.iter().flat_map(named).collect();
    options.retain(|option| option.text.starts_with(&begun));
    let is_whole = options.iter().any(|option| option.text.strip_suffix(':') == Some(&begun));
    if is_whole && FilterField::find(&begun).is_some_and(|(field, _)| field.has_order()) {
        let signs = Comparison::ALL.into_iter().skip(1);
        options.extend(signs.map(|sign| Suggestion::new(format!("{begun}{}", sign.sign()), meaning(sign))));
    }
    if "or".starts_with(&begun) && !begun.is_empty() {
        options.push(Suggestion::new("or ", "one of both sides"));
    }
    options
}

fn meaning(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Equal => "equal",
        Comparison::Less => "less; earlier",
        Comparison::AtMost => "at most; not later",
        Comparison::More => "more; later",
        Comparison::AtLeast => "at least; not earlier",
    }
}

/// Suggestions for a value: those of the field that begin with it.
fn values(
    field: &FilterField,
    begun: &str,
    words: &Words,
    known: &mut dyn FnMut(RecordField, &str) -> Vec<String>,
) -> Vec<Suggestion> {
    let keys = |words: &[Word]| words.iter().map(|word| quoted(&word.key, &word.name)).collect::<Vec<_>>();
    let plain = |word: &str, detail: &str| Suggestion::new(word, detail);
    let mut options = match field.kind {
        Kind::Of(_, Compare::Key(of)) => keys(words.keys(of)),
        Kind::Of(of, Compare::Word) => return known(of, begun).iter().map(|value| quoted(value, "")).collect(),
        Kind::Of(_, Compare::Verdict) => VERDICTS[..4].iter().map(|(word, _)| plain(word, "")).collect(),
        Kind::Of(_, Compare::Severity) => SEVERITIES.iter().map(|(word, _)| plain(word, "")).collect(),
        Kind::Of(_, Compare::Time) | Kind::Imported => {
            DAYS.iter().chain(&AGES).map(|(word, detail)| plain(word, detail)).collect()
        }
        Kind::Of(_, Compare::Deadline) => {
            AGES.iter().chain(&DAYS[..1]).map(|(word, detail)| plain(word, detail)).collect()
        }
        Kind::Of(_, Compare::Score | Compare::Number | Compare::Text(_) | Compare::Member) => Vec::new(),
        Kind::Judge => VERDICTS[..3].iter().map(|(word, _)| plain(word, "")).collect(),
        Kind::Has => Has::all().map(|has| plain(has.word(), has.detail())).collect(),
        Kind::Is => Is::all().map(|is| plain(is.word(), is.detail())).collect(),
        Kind::Age => AGES.iter().map(|(word, detail)| plain(word, detail)).collect(),
    };
    options.retain(|option| option.text.trim_start_matches('"').starts_with(begun));
    options
}

const AGES: [(&str, &str); 4] = [("1h", "an hour"), ("24h", "a day"), ("7d", "a week"), ("30d", "a month")];

const DAYS: [(&str, &str); 2] = [("today", "this day, UTC"), ("yesterday", "the day before, UTC")];

/// A key as it is written behind a field's name.
fn in_name(key: &str) -> String {
    match key.chars().all(is_of_name) {
        true => key.to_owned(),
        false => format!("\"{}\"", key.replace('\\', "\\\\").replace('"', "\\\"")),
    }
}

/// A value as it is written.
fn quoted(value: &str, detail: &str) -> Suggestion {
    Suggestion::new(Pattern::literal(value).to_string(), detail)
}
