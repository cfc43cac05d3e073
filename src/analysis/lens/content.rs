//! What of an item is compared: the texts of its output and its sources.

use super::{Finding, Grade, Reading, Subject, Texts, read_texts};
use crate::domain::item::{Content, ContentKind, Document, Item};
use crate::text::sanitize;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

/// Why an item cannot be compared.
pub const NO_SOURCE: &str = "no source to compare with";

/// What is said of an output in another language than its source.
pub const VALUES_ALONE: &str = "another language: only values are compared";

/// An item's output with what it is compared with. The documents are its source; of the
/// question and of the documents' titles the output may repeat values and names.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    output: Content,
    documents: Vec<Arc<Document>>,
    question: String,
}

impl Compared {
    /// `None`: the item came without a source, or with an empty one.
    pub fn of(item: &Item) -> Option<Self> {
        let compared =
            || Self { output: item.output.clone(), documents: item.context.clone(), question: question(item) };
        has_source(item).then(compared)
    }

    /// Whether these are the texts of the item as it is now.
    pub fn is_of(&self, item: &Item) -> bool {
        self.output == item.output && self.documents == item.context && self.question == question(item)
    }

    /// The output as it is read: plain text as it is; of JSON and chat the values, each at its
    /// place and all else blank, so that offsets into one are offsets into the other.
    pub fn readable(&self) -> Cow<'_, str> {
        Readable::of(&self.output).text
    }

    /// Compares the output with its sources.
    pub fn read(&self) -> Reading {
        let documents: Vec<&str> = self.documents.iter().map(|document| document.text.as_str()).collect();
        let Readable { text, values } = Readable::of(&self.output);
        let texts = Texts { output: &text, values: &values, documents: &documents, question: &self.question };
        let mut reading = read_texts(&texts);
        reading.findings.extend(invisible(&self.output.text));
        reading.findings.sort_by_key(Finding::rank);
        reading
    }
}

/// Whether an item has anything to compare its output with.
pub fn has_source(item: &Item) -> bool {
    item.context.iter().any(|document| document.text.contains(char::is_alphanumeric))
}

/// The input of an item, with the titles and addresses of its documents.
fn question(item: &Item) -> String {
    let named = item.context.iter().flat_map(|document| [&document.title, &document.url]).flatten();
    let mut question = Readable::of(&item.input).text.into_owned();
    for name in named {
        question.push('\n');
        question.push_str(name);
    }
    question
}

/// The stretches of an output that nobody sees.
fn invisible(output: &str) -> impl Iterator<Item = Finding> {
    sanitize::hidden(output).map(|range| {
        let count = output[range.clone()].chars().count();
        let why = match count {
            1 => format!("a character that cannot be seen: {}", sanitize::line(&output[range.clone()])),
            _ => format!("{count} characters that cannot be seen: {}", sanitize::line(&output[range.clone()])),
        };
        Finding { grade: Grade::Unsupported, subject: Subject::Invisible, range, why, source: None }
    })
}

/// The text of a content, as it is read.
struct Readable<'c> {
    text: Cow<'c, str>,
    /// Bytes of the text that are values of JSON, and no prose.
    values: Vec<Range<usize>>,
}

impl<'c> Readable<'c> {
    fn of(content: &'c Content) -> Self {
        let text = content.text.as_str();
        match content.kind {
            ContentKind::Chat => chat(text).unwrap_or_else(|| Self::json(text)),
            ContentKind::Json => Self::json(text),
            ContentKind::Text if is_json(text) => Self::json(text),
            ContentKind::Text => Self { text: Cow::Borrowed(text), values: Vec::new() },
        }
    }

    fn json(text: &str) -> Self {
        Self { text: Cow::Owned(values(text)), values: std::iter::once(0..text.len()).collect() }
    }
}

/// Whether a text is an object or a list of JSON, as many a model answers.
fn is_json(text: &str) -> bool {
    text.trim_start().starts_with(['{', '[']) && serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}

#[derive(Deserialize)]
struct Message<'m> {
    #[serde(borrow)]
    role: Cow<'m, str>,
    #[serde(borrow, default)]
    content: Option<&'m RawValue>,
    #[serde(borrow, default)]
    tool_calls: Option<Vec<ToolCall<'m>>>,
}

/// A part of a message in several: text, or an image and the like.
#[derive(Deserialize)]
struct MessagePart<'m> {
    #[serde(borrow, default)]
    text: Option<&'m RawValue>,
}

#[derive(Deserialize)]
struct ToolCall<'m> {
    #[serde(borrow, default)]
    function: Option<FunctionCall<'m>>,
}

#[derive(Deserialize)]
struct FunctionCall<'m> {
    #[serde(borrow, default)]
    arguments: Option<&'m RawValue>,
}

/// What the model says in a chat: its messages, and the arguments with which it calls
/// functions. All else (roles, ids, the turns of others) is blank.
fn chat(json: &str) -> Option<Readable<'_>> {
    let messages: Vec<Message> = serde_json::from_str(json).ok()?;
    let mut readable = Readable { text: Cow::Owned(String::with_capacity(json.len())), values: Vec::new() };
    for message in messages.iter().filter(|message| matches!(&*message.role, "assistant" | "model" | "ai")) {
        let parts = message.content.map(|content| match serde_json::from_str::<Vec<MessagePart>>(content.get()) {
            Ok(parts) => parts.into_iter().filter_map(|part| part.text).collect(),
            Err(_) => vec![content],
        });
        for text in parts.into_iter().flatten() {
            put(json, text.get(), &values(text.get()), readable.text.to_mut());
        }
        let calls = message.tool_calls.iter().flatten().filter_map(|call| call.function.as_ref()?.arguments);
        for arguments in calls {
            let raw = arguments.get();
            let mut written = String::with_capacity(raw.len());
            if raw.starts_with('"') {
                unescape(raw, &mut written);
            } else {
                written.push_str(raw);
            }
            let range = put(json, raw, &values(&written), readable.text.to_mut());
            readable.values.push(range);
        }
    }
    let blanks = json.len() - readable.text.len();
    blank(blanks, readable.text.to_mut());
    Some(readable)
}

/// Writes what is read of the stretch `raw` of `json` at its place behind what was written.
fn put(json: &str, raw: &str, read: &str, out: &mut String) -> Range<usize> {
    let start = raw.as_ptr() as usize - json.as_ptr() as usize;
    // Members of a message may stand in any order; what would stand before is left out.
    if let Some(gap) = start.checked_sub(out.len()).filter(|gap| *gap > 0) {
        out.push('\n');
        blank(gap - 1, out);
        out.push_str(read);
    }
    start..start + raw.len()
}

/// The values of a JSON source, every byte of them at its place. A comma becomes a line
/// break: values are no parts of one sentence.
fn values(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(first) = rest.chars().next() {
        if first == '"' {
            let end = string_end(rest);
            let is_name = rest[end..].trim_start().starts_with(':');
            if is_name {
                blank(end, &mut out);
            } else {
                unescape(&rest[..end], &mut out);
            }
            rest = &rest[end..];
            continue;
        }
        let literal = ["true", "false", "null"].into_iter().find(|literal| rest.starts_with(literal));
        if let Some(literal) = literal {
            blank(literal.len(), &mut out);
            rest = &rest[literal.len()..];
            continue;
        }
        match first {
            ',' | '{' | '}' | '[' | ']' => out.push('\n'),
            ':' => out.push(' '),
            other => out.push(other),
        }
        rest = &rest[first.len_utf8()..];
    }
    out
}

/// Where the string that `text` starts with ends, behind its quote.
fn string_end(text: &str) -> usize {
    let mut escaped = false;
    let end = text.bytes().enumerate().skip(1).find(|(_, byte)| {
        let ends = *byte == b'"' && !escaped;
        escaped = *byte == b'\\' && !escaped;
        ends
    });
    end.map_or(text.len(), |(at, _)| at + 1)
}

fn blank(bytes: usize, out: &mut String) {
    out.extend(std::iter::repeat_n(' ', bytes));
}

/// The string with its escapes resolved, filled up to the bytes that they took with
/// marks that no word is cut by.
fn unescape(string: &str, out: &mut String) {
    let mut rest = string;
    while let Some(at) = rest.find('\\') {
        quoteless(&rest[..at], out);
        let escape = &rest[at..];
        let length = if escape.as_bytes().get(1) == Some(&b'u') { 6 } else { 2 };
        let Some(taken) = escape.get(..length) else {
            rest = &rest[at..];
            break;
        };
        let code = taken.get(2..).and_then(|hex| u32::from_str_radix(hex, 16).ok()).and_then(char::from_u32);
        match (code.filter(|_| length == 6), taken.as_bytes()[1]) {
            (Some(c), _) => fill(c, length, out),
            (None, b'n') => out.push_str(" \n"),
            (None, b'"') => out.push_str(" \u{22}"),
            _ => blank(length, out),
        }
        rest = &escape[length..];
    }
    quoteless(rest, out);
}

/// The text of a JSON string without its quotes.
fn quoteless(text: &str, out: &mut String) {
    out.extend(text.chars().map(|c| if c == '"' { ' ' } else { c }));
}

fn fill(c: char, bytes: usize, out: &mut String) {
    out.push(c);
    let mut left = bytes - c.len_utf8();
    while left > 0 {
        let mark = match left {
            3 | 6.. => '\u{200b}',
            2 | 4 | 5 => '\u{ad}',
            _ => ' ',
        };
        out.push(mark);
        left -= mark.len_utf8();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn seen(kind: ContentKind, json: &str) -> String {
        Readable::of(&Content { kind, text: json.into() }).text.into_owned()
    }

    fn item(output: Content, context: &str) -> Item {
        let document = Document { text: context.into(), ..Document::default() };
        Item { context: vec![Arc::new(document)], ..Item::new("i", Content::text("Who got 7 of them?"), output) }
    }

    fn found(output: Content, context: &str) -> Vec<(String, String)> {
        let text = output.text.clone();
        let reading = Compared::of(&item(output, context)).unwrap().read();
        reading.findings.into_iter().map(|finding| (finding.kind(), text[finding.range].to_owned())).collect()
    }

    #[test]
    fn only_values_are_read_each_at_its_place() {
        let json = r#"{"total": 12.50, "note": "He said \"no\".\nCaf\u00e9"}"#;
        let seen = seen(ContentKind::Json, json);
        assert_eq!(seen.len(), json.len());
        assert_eq!(json.find("12.50"), seen.find("12.50"));
        assert!(!seen.contains("total") && seen.contains(" \"no \".") && seen.contains("Café"), "{seen}");
        assert_eq!(super::tests::seen(ContentKind::Text, "[1] as said"), "[1] as said");
    }

    #[test]
    fn of_a_chat_what_the_model_says_is_read() {
        let json = r#"[{"role":"user","content":"Is it $9?"},{"role":"assistant","content":"It costs $20.","id":"a1"},
            {"role":"assistant","content":null,"tool_calls":[{"id":"call_7","function":{"name":"send","arguments":"{\"to\": \"Astrid Solberg\"}"}}]}]"#;
        let text = seen(ContentKind::Chat, json);
        assert_eq!(text.len(), json.len());
        assert_eq!(json.find("It costs"), text.find("It costs"));
        assert_eq!(text.split_whitespace().collect::<Vec<_>>(), ["It", "costs", "$20.", "Astrid", "Solberg"]);
        let chat = Content { kind: ContentKind::Chat, text: json.into() };
        let findings = found(chat, "It costs $20. Ask Ingrid Solberg.");
        assert_eq!(findings, [("contradicted_name".to_owned(), "Astrid".to_owned())]);
    }

    #[test]
    fn values_are_compared_as_values() {
        let json = r#"{"total": 45.0, "paid": true, "to": "Astrid Solberg", "note": null}"#;
        let item = item(Content { kind: ContentKind::Json, text: json.into() }, "Ingrid Solberg paid $45.00 in all.");
        let reading = Compared::of(&item).unwrap().read();
        assert_eq!(reading.findings.iter().map(Finding::kind).collect::<Vec<_>>(), ["contradicted_name"]);
        assert!(reading.sentences[0].support > 0.9, "{reading:?}");
        assert_eq!(reading.sentences.len(), 2);
    }

    #[test]
    fn without_a_source_there_is_nothing_to_compare() {
        assert_eq!(
            Compared::of(&Item::new("i", Content::text("Name three rivers."), Content::text("The Rhine."))),
            None
        );
        assert_eq!(Compared::of(&item(Content::text("The Rhine."), " \n—")), None);
    }

    #[test]
    fn what_the_question_says_is_no_invention_and_no_source() {
        let source = "The club bought lamps for the hall and chairs for the garden.";
        assert_eq!(found(Content::text("The club bought 7 lamps for the hall."), source), []);
        let reading = Compared::of(&item(Content::text("Who got 7 of them?"), source)).unwrap().read();
        assert!(reading.sentences[0].support < 0.5, "{reading:?}");
    }

    #[test]
    fn what_cannot_be_seen_is_a_finding() {
        let source = "Ring the desk at noon.";
        assert_eq!(
            found(Content::text("Ring the de\u{200b}sk at noon."), source),
            [("unsupported_invisible".to_owned(), "\u{200b}".to_owned())]
        );
        assert_eq!(found(Content::text("Ring the desk\r\n\tat noon."), source), []);
    }

    proptest! {
        #[test]
        fn what_is_read_is_as_long_as_the_source(json in "[\"\\\\nu0a:,{}é店 ]{0,40}") {
            prop_assert_eq!(seen(ContentKind::Json, &json).len(), json.len());
            prop_assert_eq!(seen(ContentKind::Chat, &json).len(), json.len());
        }
    }
}
