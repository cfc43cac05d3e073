//! A new attempt at an output, as a program prints it: an item in JSON, or the text of the output
//! alone.

use super::byte_order_mark::without_mark;
use super::fault::{Fault, Faults};
use super::item::from_object;
use super::json::members;
use super::row::{Parsed, Row};
use crate::domain::imported::Origin;
use serde_json::Value;

/// What the attempt is to be, and what it takes from the item that it is made for.
#[derive(Debug, Clone)]
pub struct Asked {
    pub case: String,
    /// The attempt's number.
    pub attempt: i64,
    /// Members of an item, each with its JSON, that hold where the program does not say otherwise.
    pub members: Vec<(String, String)>,
}

/// Members of the line that a program is given which are no fields of an item. One that gives back
/// what it was given says nothing by them.
const OF_THE_LINE: [&str; 7] = ["item", "failures", "marks", "note", "correction", "rubric", "spec_version"];

/// Reads what a program printed; `program` names it in messages.
pub fn attempt(program: &str, printed: Vec<u8>, asked: &Asked) -> Row {
    let parsed = object(&printed, asked).map_err(Faults::from);
    let parsed = parsed.and_then(|object| from_object(object.as_bytes())).and_then(|parsed| as_asked(parsed, asked));
    Row::new(Origin::of_line(program, 1), printed, parsed)
}

/// The item as one JSON object.
fn object(printed: &[u8], asked: &Asked) -> Result<String, Fault> {
    let text = std::str::from_utf8(without_mark(printed))
        .map_err(|error| Fault::new(format!("invalid UTF-8 at byte {}", error.valid_up_to() + 1)))?;
    if text.trim_ascii().is_empty() {
        return Err(Fault::new("nothing was printed"));
    }
    let mut object = Vec::new();
    if text.trim_ascii_start().starts_with('{') {
        members(text.trim_ascii(), |name, value| {
            if !OF_THE_LINE.contains(&&*name) {
                object.push((name.into_owned(), value.to_owned()));
            }
            Ok(())
        })?;
    } else {
        object.push(("output".into(), Value::from(without_line_end(text)).to_string()));
    }
    let is_said = |name: &String| object.iter().any(|(said, _)| said == name);
    let others: Vec<_> = asked.members.iter().filter(|(name, _)| !is_said(name)).cloned().collect();
    object.extend(others);
    let written = object.iter().map(|(name, value)| format!("{}:{value}", Value::from(name.as_str())));
    Ok(format!("{{{}}}", written.collect::<Vec<_>>().join(",")))
}

fn without_line_end(text: &str) -> &str {
    let text = text.strip_suffix('\n').unwrap_or(text);
    text.strip_suffix('\r').unwrap_or(text)
}

/// An item of another case or number is no answer.
fn as_asked(parsed: Parsed, asked: &Asked) -> Result<Parsed, Faults> {
    let mut faults = Faults::default();
    if parsed.item.case.as_ref() != Some(&asked.case) {
        faults.keep(Err::<(), _>(Fault::new(format!("must be `{}`, as asked", asked.case)).within("case")));
    }
    if parsed.item.attempt != asked.attempt {
        faults.keep(Err::<(), _>(Fault::new(format!("must be {}, as asked", asked.attempt)).within("attempt")));
    }
    faults.finish(parsed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::item::{Content, ContentKind, Item};

    fn asked() -> Asked {
        let members =
            [("id", "\"i1~2\""), ("case", "\"i1\""), ("attempt", "2"), ("input", "\"q\""), ("model", "\"m\"")];
        let members = members.map(|(name, json)| (name.to_owned(), json.to_owned())).into();
        Asked { case: "i1".into(), attempt: 2, members }
    }

    fn item(printed: &str) -> Item {
        match attempt("make", printed.into(), &asked()) {
            Row::Record(record) => record.item,
            other => panic!("{printed}: {other:?}"),
        }
    }

    fn fault(printed: &[u8]) -> String {
        match attempt("make", printed.into(), &asked()) {
            Row::Reject(reject) => reject.faults.to_string(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_text_is_the_output_and_the_rest_is_as_it_was() {
        let made = item("Two lines,\nof which the end is none.\r\n");
        assert_eq!(made.output, Content::text("Two lines,\nof which the end is none."));
        assert_eq!((made.id.as_str(), made.case.as_deref(), made.attempt), ("i1~2", Some("i1"), 2));
        assert_eq!((made.input, made.model.as_deref()), (Content::text("q"), Some("m")));
    }

    #[test]
    fn an_object_says_what_it_says_and_takes_the_rest() {
        let made = item(
            "\n{\n \"id\": \"mine\", \"output\": {\"a\": 1.50},\n \"model\": \"n\", \"note\": \"x\", \"rubric\": {}}\n",
        );
        assert_eq!(made.output, Content { kind: ContentKind::Json, text: "{\"a\": 1.50}".into() });
        assert_eq!((made.id.as_str(), made.model.as_deref(), made.attempt), ("mine", Some("n"), 2));
        assert_eq!(made.meta, None, "what it was given and gives back is no metadata");
        assert_eq!(item("{\"output\":\"a\",\"tier\":1}").meta.as_deref(), Some("{\"tier\":1}"));
    }

    #[test]
    fn nonsense_is_told() {
        assert_eq!(fault(b" \n"), "nothing was printed");
        assert_eq!(fault(b"a\xff"), "invalid UTF-8 at byte 2");
        assert_eq!(fault(b"{\"answer\": 1}"), "output: is required and missing");
        assert_eq!(fault(b"{\"output\": 1} {\"output\": 2}"), "broken JSON at column 15: more text follows the value");
        assert_eq!(fault(b"{\"output\": \"a"), "broken JSON at column 13: it ends here, within a text");
        assert_eq!(
            fault(b"{\"output\":\"a\",\"case\":\"c\",\"attempt\":7}"),
            "case: must be `i1`, as asked; attempt: must be 2, as asked"
        );
        assert!(fault(b"{\"output\":\"a\",\"output\":\"b\"}").contains("stands twice"));
    }
}
