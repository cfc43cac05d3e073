//! The rules of each field.

use super::*;
use crate::domain::item::{Content, ContentKind, Document};
use crate::domain::time::parse_rfc3339;

/// A record with one more field.
fn with(field: &str, value: &str) -> String {
    match field {
        "id" => format!(r#"{{"id":{value},"input":"q","output":"a"}}"#),
        "input" => format!(r#"{{"id":"1","input":{value},"output":"a"}}"#),
        "output" => format!(r#"{{"id":"1","input":"q","output":{value}}}"#),
        _ => format!(r#"{{"id":"1","input":"q","output":"a","{field}":{value}}}"#),
    }
}

#[test]
fn bad_values_name_their_field_and_reason() {
    let id = format!("\"{}\"", "x".repeat(513));
    let deep = format!("{}{}", "[".repeat(121), "]".repeat(121));
    let lone = r#""half \ud83d""#;
    let cases = [
        ("id", "null", "id", "is required and missing"),
        ("id", r#""""#, "id", "must not be empty"),
        ("id", r#""a\tb""#, "id", "must not hold control characters"),
        ("id", id.as_str(), "id", "is 513 bytes long; an id has at most 512"),
        ("id", "1.0", "id", "must be text or an integer, not a fraction"),
        ("id", "true", "id", "must be text or an integer, not true or false"),
        ("input", "null", "input", "is required and missing"),
        ("input", lone, "input", "holds a lone surrogate"),
        ("output", r#"{"a":["\udc00"]}"#, "output", "holds a lone surrogate"),
        ("output", r#""a\u0000b""#, "output", "holds U+0000"),
        ("output", r#"["a\u0000b"]"#, "output", "holds U+0000"),
        ("output", deep.as_str(), "output", "is nested deeper than 120 levels"),
        ("reference", lone, "reference", "holds a lone surrogate"),
        ("context", "5", "context", "must be text or an object with `text`, not a number"),
        ("context", r#"["a",5]"#, "context[1]", "must be text or an object with `text`, not a number"),
        ("context", r#"[{"title":"t"}]"#, "context[0].text", "is required and missing"),
        ("context", r#"[{"text":7}]"#, "context[0].text", "must be text, not a number"),
        ("context", r#"[{"text":"a","text":"b"}]"#, "context[0].text", "stands twice"),
        ("context", r#"["a",{"text":"t","updated_at":"now"}]"#, "context[1].updated_at", "must be a time"),
        ("context", r#"[{"text":"t","score":"\ud800"}]"#, "context[0].score", "holds a lone surrogate"),
        ("context", deep.as_str(), "context[0]", "must be text or an object with `text`, not a list"),
        ("case", "[]", "case", "must be text or an integer, not a list"),
        ("attempt", "0", "attempt", "must be at least 1"),
        ("attempt", "1.5", "attempt", "must be an integer"),
        ("attempt", r#""2""#, "attempt", "must be a number, not text: write 2 without quotation marks"),
        ("priority", r#""high""#, "priority", "must be a number, not text"),
        ("priority", "9223372036854775808", "priority", "is too large a number"),
        ("model", "3", "model", "must be text, not a number"),
        ("prompt_version", "3", "prompt_version", "must be text, not a number"),
        ("latency_ms", r#""120""#, "latency_ms", "must be a number, not text: write 120 without quotation marks"),
        ("latency_ms", "-1", "latency_ms", "must not be negative"),
        ("cost_usd", "1e999", "cost_usd", "is too large a number"),
        ("cost_usd", "{}", "cost_usd", "must be a number, not an object"),
        ("tokens_in", "-1", "tokens_in", "must be at least 0"),
        ("tokens_out", "true", "tokens_out", "must be a number, not true or false"),
        ("created_at", r#""2026-02-30""#, "created_at", "must be a time"),
        ("created_at", r#""soon""#, "created_at", "must be a time"),
        ("created_at", "true", "created_at", "must be a time, not true or false"),
        ("id", r#"" 1""#, "id", "must not begin or end with a blank"),
        ("id", r#""a\u200bb""#, "id", "must not hold what nobody can see: U+200B"),
        ("id", r#""a\u00a0b""#, "id", "must not hold what nobody can see: U+00A0"),
        ("id", r#""\ufeffa""#, "id", "must not hold what nobody can see: U+FEFF"),
        ("id", r#""a\u202eb""#, "id", "must not hold what nobody can see: U+202E"),
        ("id", r#""a\u2800b""#, "id", "must not hold what nobody can see: U+2800"),
        ("cost_usd", r#""NaN""#, "cost_usd", "must be a number, and NaN is none"),
        ("tokens_in", r#""-inf""#, "tokens_in", "must be a number, and -inf is none"),
        ("meta", r#""{'a': 1}""#, "meta", "must be a JSON object, not one as Python prints it"),
        ("tags", r#""a""#, "tags", "must be a list of text, not text"),
        ("tags", r#"["a",1]"#, "tags[1]", "must be text, not a number"),
        ("meta", r#""a""#, "meta", "must be an object, not text"),
        ("meta", r#"{"a":1,"a":2}"#, "meta.a", "stands twice"),
        ("meta", r#"{"a":"\ud800"}"#, "meta", "holds a lone surrogate"),
        ("extra", lone, "extra", "holds a lone surrogate"),
        ("extra", deep.as_str(), "extra", "is nested deeper than 120 levels"),
        ("model", r#""a","model":"b""#, "model", "stands twice"),
        ("extra", r#"1,"extra":2"#, "extra", "stands twice"),
    ];
    for (field, value, expected_field, expected_reason) in cases {
        let (found_field, reason) = fault(jsonl(with(field, value)));
        assert_eq!(found_field.as_deref(), Some(expected_field), "{field}: {value}");
        assert!(reason.starts_with(expected_reason), "{field}: {value}: {reason}");
    }
}

#[test]
fn required_fields_that_are_not_there_are_named() {
    for (line, field) in [
        (r#"{"input":"q","output":"a"}"#, "id"),
        (r#"{"id":"1","output":"a"}"#, "input"),
        (r#"{"id":"1","input":"q"}"#, "output"),
    ] {
        assert_eq!(fault(jsonl(line)), (Some(field.into()), "is required and missing".into()));
    }
}

#[test]
fn every_field_arrives() {
    let item = item(
        r#"{"id":"a/1","input":"q","output":"a","context":"doc","reference":"r","case":"c","attempt":2.0,
            "priority":-3,"model":"m","prompt_version":"p","latency_ms":12.5,"cost_usd":0.001,"tokens_in":7,
            "tokens_out":1e2,"created_at":"2026-11-01T10:30:00+01:00","tags":["x","y"],"meta":{"k":1.0}}"#
            .replace('\n', " ")
            .as_str(),
    );
    let mut expected = Item::new("a/1", Content::text("q"), Content::text("a"));
    expected.context = vec![Document { text: "doc".into(), ..Document::default() }.into()];
    expected.reference = Some(Content::text("r"));
    expected.case = Some("c".into());
    (expected.attempt, expected.priority) = (2, -3);
    (expected.model, expected.prompt_version) = (Some("m".into()), Some("p".into()));
    (expected.latency_ms, expected.cost_usd) = (Some(12.5), Some(0.001));
    (expected.tokens_in, expected.tokens_out) = (Some(7), Some(100));
    expected.created_at = parse_rfc3339("2026-11-01T09:30:00Z");
    expected.tags = vec!["x".into(), "y".into()];
    expected.meta = Some(r#"{"k":1.0}"#.into());
    assert_eq!(item, expected);
}

#[test]
fn null_and_empty_texts_are_absent() {
    let bare = item(r#"{"id":1,"input":"q","output":"a"}"#);
    let nulls = r#"{"id":1,"input":"q","output":"a","context":null,"reference":null,"case":"","attempt":null,
        "model":"","prompt_version":null,"latency_ms":null,"tags":null,"meta":{},"created_at":null}"#;
    assert_eq!(item(&nulls.replace('\n', " ")), bare);
    let empties = r#"{"id":1,"input":"q","output":"a","context":"","case":"","attempt":"","priority":"","model":"",
        "latency_ms":"","tokens_in":"","tags":"","meta":"","created_at":""}"#;
    assert_eq!(item(&empties.replace('\n', " ")), bare);
    let document = r#"[{"text":"","title":"","url":"","id":"","updated_at":""}]"#;
    assert_eq!(*item(&with("context", document)).context[0], Document::default());
    assert_eq!(bare.id, "1");
}

#[test]
fn contents_are_told_by_their_shape_and_kept_as_written() {
    use ContentKind::{Chat, Json, Text};
    for (source, kind, text) in [
        (r#""a\nb é""#, Text, "a\nb é"),
        (r#""""#, Text, ""),
        ("null", Json, "null"),
        ("1.50", Json, "1.50"),
        ("12345678901234567890.0", Json, "12345678901234567890.0"),
        (r#"{ "b" : 1, "a" : 1e2 }"#, Json, r#"{ "b" : 1, "a" : 1e2 }"#),
        ("[]", Json, "[]"),
        (r#"[{"role":"user","content":"hi"}]"#, Chat, r#"[{"role":"user","content":"hi"}]"#),
        (r#"[{"role":"user"},{"content":"hi"}]"#, Json, r#"[{"role":"user"},{"content":"hi"}]"#),
        (r#"[{"role":1}]"#, Json, r#"[{"role":1}]"#),
        (r#"[["role"]]"#, Json, r#"[["role"]]"#),
        (r#"["\ud83d\ude00"]"#, Json, r#"["\ud83d\ude00"]"#),
    ] {
        assert_eq!(item(&with("output", source)).output, Content { kind, text: text.into() }, "{source}");
    }
}

#[test]
fn documents_come_in_every_shape() {
    let full =
        r#"[{"title":"T","text":"x","url":"u","id":7,"updated_at":"2026-11-01"},"plain",{"text":"","title":""}]"#;
    let documents = item(&with("context", full)).context;
    let updated_at = parse_rfc3339("2026-11-01T00:00:00Z");
    let (title, url, id) = (Some("T".into()), Some("u".into()), Some("7".into()));
    assert_eq!(*documents[0], Document { title, text: "x".into(), url, id, updated_at });
    assert_eq!(*documents[1], Document { text: "plain".into(), ..Document::default() });
    assert_eq!(*documents[2], Document::default());
    assert_eq!(item(&with("context", r#"{"text":"alone"}"#)).context[0].text, "alone");
}

#[test]
fn what_karat_does_not_know_is_kept_in_meta() {
    let line = r#"{"zone":"eu","id":"1","input":"q","context":[{"text":"t","score":0.830}],"output":"a","big":1e400,
        "meta":{"own":[1],"zone":"inner"}}"#
        .replace('\n', " ");
    let meta = item(&line).meta.unwrap();
    assert_eq!(meta, r#"{"own":[1],"meta.zone":"inner","context[0].score":0.830,"big":1e400,"zone":"eu"}"#);
}

#[test]
fn the_deepest_content_that_is_accepted_can_be_parsed_in_a_record() {
    let deep = format!("{}{}", "[".repeat(MAX_DEPTH), "]".repeat(MAX_DEPTH));
    let line = with("extra", &deep);
    let exported = format!(r#"{{"item":{{"meta":{}}}}}"#, item(&line).meta.unwrap());
    assert!(serde_json::from_str::<serde_json::Value>(&exported).is_ok());
}

#[test]
fn what_is_read_otherwise_than_it_stands_is_told() {
    use crate::domain::imported::Remark::{Epoch, PythonList, PythonText, ZoneMissing};
    for (field, value, remarks) in [
        ("created_at", r#""2026-11-01T09:30:00Z""#, vec![]),
        ("created_at", r#""2026-11-01 09:30:00""#, vec![ZoneMissing("created_at")]),
        ("created_at", r#""2026-11-01""#, vec![ZoneMissing("created_at")]),
        ("created_at", "1793525400", vec![Epoch("created_at")]),
        ("created_at", r#""1793525400000""#, vec![Epoch("created_at")]),
        ("context", r#"[{"text":"t","updated_at":"2026-11-01"}]"#, vec![]),
        ("context", r#"[{"text":"t","updated_at":"2026-11-01T09:30"}]"#, vec![ZoneMissing("updated_at")]),
        ("context", r#""['one', 'two']""#, vec![PythonList("context")]),
        ("context", r#""['one', 2]""#, vec![PythonText("context")]),
        ("input", r#""[{'role': 'user'}]""#, vec![PythonText("input")]),
        ("output", r#""['a' is a letter]""#, vec![]),
        ("output", r#""('so he said')""#, vec![]),
        ("output", r#""[\"it's\", 1]""#, vec![]),
        ("output", r#""[1] (Smith, None)""#, vec![]),
        ("output", r#""{\"ok\": True, \"n\": [1, 2]}""#, vec![PythonText("output")]),
        ("output", r#""[\"it's\", 'b']""#, vec![PythonText("output")]),
        ("output", r#""('one', 'two')""#, vec![PythonText("output")]),
        ("output", r#""{'one', 'two'}""#, vec![PythonText("output")]),
        ("output", r#""['one'\n 'two']""#, vec![PythonText("output")]),
        ("output", r#""array(['one', nan], dtype=object)""#, vec![PythonText("output")]),
        ("output", r#""[None, 1.5]""#, vec![PythonText("output")]),
    ] {
        let record = record(only(jsonl(with(field, value))));
        assert_eq!(record.remarks, remarks, "{field}: {value}");
    }
    let day = |value| item(&with("created_at", value)).created_at;
    assert_eq!(day("1793525400"), parse_rfc3339("2026-11-01T09:30:00Z"));
    assert_eq!(day(r#""2026-11-01""#), parse_rfc3339("2026-11-01T00:00:00Z"));
    assert!(item(&with("id", r#""ид-1 👩\u200d💻""#)).id.starts_with("ид"), "a joiner that is seen");
}
