//! Taking out of texts what nobody outside is to read: addresses, numbers, secrets.
//!
//! What is found by a pattern is no proof that nothing is left: a name or a street is found by none of them.

mod pattern;

use super::columns::ExportColumn;
use crate::domain::item::{ContentKind, Document};
use crate::domain::mark::Mark;
use crate::domain::record::{Cell, FieldType};
use pattern::Pattern;
use std::borrow::Cow;
use std::ops::Range;
use std::str::FromStr;
use std::sync::Arc;

/// The name of what empties the columns of [`PERSONAL`].
const IDS: &str = "ids";

/// Columns by which a person or a conversation is known elsewhere.
const PERSONAL: [&str; 4] = ["trace_id", "span_id", "session_id", "user_id"];

/// Columns, beside the id and the case, by which rows are joined: they stay as they are.
const JOINING: [&str; 8] =
    ["decision_id", "sides", "replaced_by", "checks", "trace_id", "span_id", "session_id", "user_id"];

/// What is taken out of the texts of an export.
#[derive(Debug, Clone)]
pub struct Redaction {
    patterns: Vec<Pattern>,
    /// Whether the columns of [`PERSONAL`] are emptied.
    ids: bool,
}

impl FromStr for Redaction {
    type Err = String;

    /// Reads `email,phone,url,secret,ids,/REGEX/`; a regular expression may have commas in it.
    fn from_str(text: &str) -> Result<Self, String> {
        let (mut patterns, mut ids, mut rest) = (Vec::new(), false, text);
        while !rest.is_empty() {
            let end = end_of_first(rest)?;
            match &rest[..end] {
                IDS => ids = true,
                word => patterns.push(Pattern::parse(word)?),
            }
            rest = rest[end..].strip_prefix(',').unwrap_or(&rest[end..]);
        }
        if patterns.is_empty() && !ids {
            return Err("name what to take out: email, phone, url, secret, ids or /REGEX/".into());
        }
        Ok(Self { patterns, ids })
    }
}

/// Where the first of several words with commas between them ends; a comma within `/…/` is no end.
fn end_of_first(words: &str) -> Result<usize, String> {
    if !words.starts_with('/') {
        return Ok(words.find(',').unwrap_or(words.len()));
    }
    let mut ends = words.match_indices('/').map(|(at, _)| at + 1).skip(1);
    let is_end = |end: &usize| matches!(words.as_bytes().get(*end), None | Some(b','));
    ends.find(|end| is_end(end)).ok_or_else(|| format!("`{words}` has no / at its end"))
}

/// A stretch of a text, and what is put in its place.
struct Edit<'p> {
    bytes: Range<usize>,
    text: Cow<'p, str>,
}

/// Takes out, row by row, and counts.
pub(super) struct Redactor<'a> {
    redaction: &'a Redaction,
    counts: Vec<u64>,
    /// Cells of [`PERSONAL`] that were emptied.
    emptied: u64,
    /// Values by which rows are joined that a pattern finds.
    left: u64,
    columns: Vec<(Treatment, FieldType)>,
    output: Option<usize>,
}

/// What is done with a column.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Treatment {
    Redacted,
    Emptied,
    Left,
}

impl<'a> Redactor<'a> {
    pub(super) fn new(redaction: &'a Redaction, columns: &[ExportColumn]) -> Self {
        let treatment = |column: &ExportColumn| match column.name.as_str() {
            name if redaction.ids && PERSONAL.contains(&name) => Treatment::Emptied,
            name if JOINING.contains(&name) => Treatment::Left,
            _ if matches!(column.holds, FieldType::Id | FieldType::Name | FieldType::Keys) => Treatment::Left,
            _ => Treatment::Redacted,
        };
        Self {
            redaction,
            counts: vec![0; redaction.patterns.len()],
            emptied: 0,
            left: 0,
            columns: columns.iter().map(|column| (treatment(column), column.holds)).collect(),
            output: columns.iter().position(|column| column.name == "output"),
        }
    }

    /// Takes out of the cells at `places`; `marks` gets the marks as they are on the output that is left.
    pub(super) fn row<'c>(&mut self, cells: &mut [Cell<'c>], places: &[usize], marks: &'c mut Vec<Mark>) {
        let output = self.output.map(|at| cells[at].clone());
        for at in places {
            let (treatment, holds) = self.columns[*at];
            match treatment {
                Treatment::Redacted if holds != FieldType::Marks => self.redact(&mut cells[*at]),
                Treatment::Redacted => {}
                Treatment::Emptied => {
                    self.emptied += u64::from(cells[*at] != Cell::Null);
                    cells[*at] = Cell::Null;
                }
                Treatment::Left => {
                    if let Cell::Text(text) = &cells[*at] {
                        self.left += self
                            .redaction
                            .patterns
                            .iter()
                            .filter(|pattern| pattern.find(text).next().is_some())
                            .count() as u64;
                    }
                }
            }
        }
        let marked = places.iter().find(|at| self.columns[**at].1 == FieldType::Marks);
        if let Some(at) = marked
            && let Cell::Marks(before @ [_, ..]) = cells[*at]
        {
            *marks = self.marks(before, output.as_ref());
            cells[*at] = Cell::Marks(marks);
        }
    }

    /// How much was taken out, by the pattern's name.
    pub(super) fn counts(&self) -> Vec<(String, u64)> {
        let counts = self.redaction.patterns.iter().zip(&self.counts);
        let counts = counts.map(|(pattern, count)| (pattern.name.clone(), *count));
        counts.chain(self.redaction.ids.then(|| (IDS.to_owned(), self.emptied))).collect()
    }

    /// What the user is to know of what was taken out, and of what was left.
    pub(super) fn notes(&self) -> Vec<String> {
        let counts: Vec<String> = self.counts().iter().map(|(name, count)| format!("{name} {count}")).collect();
        let mut notes = vec![format!("taken out: {}", counts.join(", "))];
        if self.left > 0 {
            let look = if self.left == 1 {
                "id looks like what is taken out and is"
            } else {
                "ids look like what is taken out and are"
            };
            notes.push(format!("{} {look} left, for rows are joined by them", self.left));
        }
        notes
    }

    fn redact(&mut self, cell: &mut Cell) {
        match cell {
            Cell::Text(text) | Cell::Content(ContentKind::Text, text) => {
                let edits = self.edits(text);
                apply(text, &edits);
            }
            Cell::Json(text) | Cell::Content(ContentKind::Json | ContentKind::Chat, text) => {
                let edits = self.json_edits(text);
                apply(text, &edits);
            }
            Cell::Words(words) => {
                for at in 0..words.len() {
                    let edits = self.edits(&words[at]);
                    if !edits.is_empty() {
                        let word = edited(&words[at], &edits);
                        words.to_mut()[at] = word;
                    }
                }
            }
            Cell::Documents(documents) => {
                for at in 0..documents.len() {
                    if let Some(document) = self.document(&documents[at]) {
                        documents.to_mut()[at] = Arc::new(document);
                    }
                }
            }
            Cell::Null | Cell::Integer(_) | Cell::Real(_) | Cell::Time(_) | Cell::Scores(_) | Cell::Marks(_) => {}
        }
    }

    fn document(&mut self, document: &Document) -> Option<Document> {
        let mut new = document.clone();
        let texts = [Some(&mut new.text), new.title.as_mut(), new.url.as_mut(), new.id.as_mut()];
        for text in texts.into_iter().flatten() {
            let edits = self.edits(text);
            if !edits.is_empty() {
                *text = edited(text, &edits);
            }
        }
        (new != *document).then_some(new)
    }

    /// What is found in a text, in its order: where two patterns find the same, by the first of them.
    fn edits(&mut self, text: &str) -> Vec<Edit<'a>> {
        let mut found: Vec<(usize, Range<usize>)> = Vec::new();
        for (by, pattern) in self.redaction.patterns.iter().enumerate() {
            for bytes in pattern.find(text) {
                let is_free = |(_, other): &(usize, Range<usize>)| bytes.end <= other.start || other.end <= bytes.start;
                if found.iter().all(is_free) {
                    found.push((by, bytes));
                }
            }
        }
        found.sort_by_key(|(_, bytes)| bytes.start);
        let patterns = &self.redaction.patterns;
        let edit = |(by, bytes): (usize, Range<usize>)| {
            self.counts[by] += 1;
            Edit { bytes, text: Cow::Borrowed(patterns[by].instead.as_str()) }
        };
        found.into_iter().map(edit).collect()
    }

    /// What is found in the strings of a JSON text. What stands for a find needs no escape; a string with
    /// escapes is written anew.
    fn json_edits(&mut self, json: &str) -> Vec<Edit<'a>> {
        let mut all = Vec::new();
        for literal in strings(json) {
            let inner = literal.start + 1..literal.end - 1;
            if !json[inner.clone()].contains('\\') {
                let shifted = self.edits(&json[inner.clone()]).into_iter().map(|edit| Edit {
                    bytes: edit.bytes.start + inner.start..edit.bytes.end + inner.start,
                    text: edit.text,
                });
                all.extend(shifted);
            } else if let Ok(text) = serde_json::from_str::<String>(&json[literal.clone()]) {
                let edits = self.edits(&text);
                if !edits.is_empty() {
                    let text = serde_json::Value::from(edited(&text, &edits)).to_string();
                    all.push(Edit { bytes: literal, text: text.into() });
                }
            }
        }
        all
    }

    /// The marks on the output that is left. The output's finds are counted where it is written.
    fn marks(&mut self, marks: &[Mark], output: Option<&Cell>) -> Vec<Mark> {
        let counts = self.counts.clone();
        let (text, edits) = match output {
            Some(Cell::Content(ContentKind::Text, text)) => (text.as_ref(), self.edits(text)),
            Some(Cell::Content(_, text)) => (text.as_ref(), self.json_edits(text)),
            _ => ("", Vec::new()),
        };
        self.counts = counts;
        let left = edited(text, &edits);
        let moved = |mark: &Mark| {
            let bytes = mark.bytes(text)?;
            let bytes = moved(bytes.start, &edits, End::Start)..moved(bytes.end, &edits, End::End);
            Mark::on(&left, bytes, &mark.category, &mark.comment)
        };
        let mut marks: Vec<Mark> = marks.iter().map(|mark| moved(mark).unwrap_or_else(|| mark.clone())).collect();
        for mark in &mut marks {
            let edits = self.edits(&mark.comment);
            mark.comment = edited(&mark.comment, &edits);
            if !left.contains(&mark.text) {
                let edits = self.edits(&mark.text);
                mark.text = edited(&mark.text, &edits);
            }
        }
        marks
    }
}

fn apply(text: &mut Cow<str>, edits: &[Edit]) {
    if !edits.is_empty() {
        *text = Cow::Owned(edited(text, edits));
    }
}

fn edited(text: &str, edits: &[Edit]) -> String {
    let (mut new, mut from) = (String::with_capacity(text.len()), 0);
    for Edit { bytes, text: instead } in edits {
        new.push_str(&text[from..bytes.start]);
        new.push_str(instead);
        from = bytes.end;
    }
    new.push_str(&text[from..]);
    new
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Start,
    End,
}

/// Where an end of a stretch is once the edits are made: within an edit at the edit's own end.
fn moved(at: usize, edits: &[Edit], end: End) -> usize {
    let mut shift = 0isize;
    for Edit { bytes, text } in edits {
        let grows = text.len() as isize - bytes.len() as isize;
        if at >= bytes.end {
            shift += grows;
        } else if at > bytes.start {
            return match end {
                End::Start => bytes.start.saturating_add_signed(shift),
                End::End => bytes.end.saturating_add_signed(shift + grows),
            };
        }
    }
    at.saturating_add_signed(shift)
}

/// The string literals of a JSON text, with their quotation marks.
fn strings(json: &str) -> impl Iterator<Item = Range<usize>> {
    let bytes = json.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + memchr::memchr(b'"', bytes.get(at..)?)?;
        let mut end = start + 1;
        while *bytes.get(end)? != b'"' {
            end += if bytes[end] == b'\\' { 2 } else { 1 };
        }
        at = end + 1;
        Some(start..at)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn column(name: &str, holds: FieldType) -> ExportColumn {
        ExportColumn { name: name.into(), holds }
    }

    fn redacted<'c>(
        what: &str,
        columns: &[ExportColumn],
        cells: Vec<Cell<'c>>,
        marks: &'c mut Vec<Mark>,
    ) -> (Vec<Cell<'c>>, Vec<(String, u64)>) {
        let redaction: Redaction = what.parse().unwrap();
        let mut redactor = Redactor::new(&redaction, columns);
        let mut cells = cells;
        let places: Vec<usize> = (0..cells.len()).collect();
        redactor.row(&mut cells, &places, marks);
        let counts = redactor.counts();
        (cells, counts)
    }

    #[test]
    fn words_and_regular_expressions_are_read() {
        assert!("email,/a,b/,url".parse::<Redaction>().is_ok());
        for (text, reason) in [
            ("", "name what to take out"),
            ("name", "`name` is no pattern"),
            ("/a", "no / at its end"),
            ("/(/", "`/(/` is no regular expression"),
            ("/x*/", "would find nothing at all"),
        ] {
            let error = text.parse::<Redaction>().unwrap_err();
            assert!(error.contains(reason), "{text}: {error}");
        }
    }

    #[test]
    fn json_stays_json_and_ids_stay() {
        let columns =
            [column("id", FieldType::Id), column("input", FieldType::Content), column("user_id", FieldType::Text)];
        let json = r#"{"a@b.example":["tel +49 30 1234567","x\ny a@b.example"],"n":123456789012}"#;
        let cells = vec![
            Cell::Text("a@b.example".into()),
            Cell::Content(ContentKind::Json, json.into()),
            Cell::Text("u-1".into()),
        ];
        let mut marks = Vec::new();
        let (cells, counts) = redacted("email,phone,ids", &columns, cells, &mut marks);
        assert_eq!(cells[0], Cell::Text("a@b.example".into()));
        let left = r#"{"[email]":["tel [phone]","x\ny [email]"],"n":123456789012}"#;
        assert_eq!(cells[1], Cell::Content(ContentKind::Json, left.into()));
        assert_eq!(cells[2], Cell::Null);
        assert_eq!(counts, [("email".into(), 2), ("phone".into(), 1), ("ids".into(), 1)]);
    }

    #[test]
    fn marks_are_where_their_words_went() {
        let output = "Dear a@b.example, é call 3 days later or write c@d.example now.";
        let at = |words: &str| output.find(words).unwrap()..output.find(words).unwrap() + words.len();
        let before: Vec<Mark> = ["3 days", "c@d.example now", "d.exam"]
            .map(|words| Mark::on(output, at(words), "cold", "ask x@y.example").unwrap())
            .to_vec();
        let columns = [column("output", FieldType::Content), column("marks", FieldType::Marks)];
        let cells = vec![Cell::Content(ContentKind::Text, output.into()), Cell::Marks(&before)];
        let mut marks = Vec::new();
        let (cells, _) = redacted("email", &columns, cells, &mut marks);
        let (Cell::Content(_, left), Cell::Marks(marks)) = (&cells[0], &cells[1]) else { panic!("{cells:?}") };
        let words: Vec<_> =
            marks.iter().map(|mark| (&left[mark.bytes(left).unwrap()], mark.comment.as_str())).collect();
        assert_eq!(words, [("3 days", "ask [email]"), ("[email] now", "ask [email]"), ("[email]", "ask [email]")]);
    }

    proptest! {
        #[test]
        fn what_is_left_has_none_of_it(parts in prop::collection::vec("[a-z .,\"\\\\é]{0,4}|m@x\\.org|\\+49 170 1234567", 0..8)) {
            let text = parts.join(" ");
            let json = serde_json::json!({ "k": [text.clone()] }).to_string();
            let columns = [column("input", FieldType::Content), column("output", FieldType::Content)];
            let cells = vec![Cell::Content(ContentKind::Text, text.into()), Cell::Content(ContentKind::Json, json.into())];
            let mut marks = Vec::new();
            let (cells, _) = redacted("email,phone", &columns, cells, &mut marks);
            for cell in &cells {
                let Cell::Content(kind, left) = cell else { panic!("{cell:?}") };
                prop_assert!(!left.contains("m@x.org") && !left.contains("1234567"), "{left}");
                prop_assert!(*kind == ContentKind::Text || serde_json::from_str::<serde_json::Value>(left).is_ok());
            }
        }
    }
}
