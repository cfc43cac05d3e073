//! Each rule on an item, with what it says of it.

use super::*;
use crate::domain::item::{Content, ContentKind, Document};
use std::sync::Arc;

const SPEC: &str = "name = \"q\"\ntitle = \"Q\"\ndecision = \"May it?\"\n";

const DAY: i64 = 24 * 60 * 60 * 1000;

fn json(source: &str) -> Content {
    Content { kind: ContentKind::Json, text: source.into() }
}

fn item(output: Content) -> Item {
    Item::new("a", Content::text("What opens when?"), output)
}

/// What a check that flags says of an item.
#[track_caller]
fn report(rule: &str, item: &Item) -> CheckReport {
    let source = format!("{SPEC}[[check]]\nkey = \"c\"\notherwise = \"flag\"\n{rule}\n");
    let spec = crate::spec::parse(&source).unwrap_or_else(|problems| panic!("{problems:#?}"));
    Checks::compile(&spec).unwrap().run(item)
}

#[track_caller]
fn fails(rule: &str, item: &Item, reason: &str) {
    let found = report(rule, item).failed;
    assert_eq!(found.iter().map(|failed| failed.reason.as_str()).collect::<Vec<_>>(), [reason], "{rule}");
}

#[track_caller]
fn passes(rule: &str, item: &Item) {
    assert_eq!(report(rule, item), CheckReport::default(), "{rule}");
}

#[track_caller]
fn is_open(rule: &str, item: &Item, why: Undecided) {
    let expected = CheckReport { failed: Vec::new(), undecided: vec![OpenCheck { key: "c".into(), why }] };
    assert_eq!(report(rule, item), expected, "{rule}");
}

fn with_schema(schema: &str) -> String {
    format!("schema = \"s.json\"\n[[schema]]\npath = \"s.json\"\ntext = '{schema}'")
}

#[test]
fn a_schema_names_the_place_of_what_breaks_it() {
    let rule = with_schema(
        r#"{"type":"object","required":["total"],"properties":{"lines":{"items":{"properties":{"price":{"type":"number"}}}}}}"#,
    );
    passes(&rule, &item(json(r#"{"total": 1, "lines": [{"price": 2.5}]}"#)));
    let broken = item(json(r#"{"lines": [{"price": 1}, {"price": "2"}]}"#));
    let found = &report(&rule, &broken).failed[0].reason;
    assert!(found.contains("the output at /lines/1/price: \"2\" is not of type \"number\""), "{found}");
    assert!(found.contains("\"total\" is a required property"), "{found}");
    let text = item(Content::text("{\"total\": 1,"));
    fails(&rule, &text, "the output is no JSON: EOF while parsing a value at line 1 column 12");
}

#[test]
fn formats_of_a_schema_are_checked_where_its_draft_says_so() {
    let of = |draft: &str| with_schema(&format!(r#"{{"$schema":"{draft}","format":"date"}}"#));
    passes(&of("https://json-schema.org/draft/2020-12/schema"), &item(json("\"soon\"")));
    assert_eq!(report(&of("http://json-schema.org/draft-07/schema#"), &item(json("\"soon\""))).failed.len(), 1);
}

#[test]
fn numbers_of_a_schema_are_compared_digit_by_digit() {
    let rule = with_schema(r#"{"maximum": 12345678901234567890123}"#);
    passes(&rule, &item(json("12345678901234567890123")));
    assert_eq!(report(&rule, &item(json("12345678901234567890124"))).failed.len(), 1);
}

#[test]
fn patterns_are_looked_for_in_the_text() {
    let output = item(Content::text("Dear Ms Lee,\nas an AI I cannot."));
    passes("matches = '^Dear'", &output);
    fails("matches = '^Hello'", &output, "the output has no match of `^Hello`");
    let reason = "the output has “as an AI” in line 2, column 1, which `(?i)as an ai` forbids";
    fails("forbids = '(?i)as an ai'", &output, reason);
    passes("forbids = 'sorry'", &output);
    fails(
        "on = \"input\"\nforbids = 'opens'",
        &output,
        "the input has “opens” in line 1, column 6, which `opens` forbids",
    );
}

#[test]
fn lengths_are_of_characters_and_of_elements() {
    let five = item(Content::text("grüße"));
    passes("min_chars = 5", &five);
    fails("min_chars = 6", &five, "the output has 5 characters, fewer than 6");
    fails("max_chars = 4", &five, "the output has 5 characters, more than 4");
    passes("min_items = 2", &item(json("[1, {}]")));
    fails("min_items = 2", &item(json("[1]")), "the output has 1 item, fewer than 2");
    fails("min_items = 2", &five, "the output is no list");
    fails("on = \"context\"\nmin_items = 1", &five, "the context has 0 items, fewer than 1");
}

#[test]
fn a_format_is_that_of_the_text() {
    let (prose, object) = (item(Content::text("All is well.")), item(json("{\"a\": 1}")));
    let chat = item(Content { kind: ContentKind::Chat, text: r#"[{"role": "user", "content": "Hi"}]"#.into() });
    passes("format = \"json\"", &object);
    passes("format = \"json\"", &item(Content::text(" [1] ")));
    fails("format = \"json\"", &prose, "the output is no JSON: expected value at line 1 column 1");
    passes("format = \"chat\"", &chat);
    fails("format = \"chat\"", &object, "the output is no list of messages that each have a role");
    passes("format = \"text\"", &prose);
    fails("format = \"text\"", &object, "the output is JSON, not a text");
    fails("format = \"markdown\"", &item(Content::text("{\"a\": 1}")), "the output is JSON, not a text");
    passes("format = \"markdown\"", &item(Content::text("# A\n\n~~~sh\n```\n~~~\n")));
    let open = item(Content::text("# A\n\n```sh\nls\n"));
    fails("format = \"markdown\"", &open, "the output has a code block that begins in line 3 and does not end");
}

#[test]
fn latency_and_cost_have_limits_where_they_are_known() {
    let mut output = item(Content::text("x"));
    passes("max_latency_ms = 100", &output);
    (output.latency_ms, output.cost_usd) = (Some(100.5), Some(0.05));
    fails("max_latency_ms = 100", &output, "latency_ms is 100.5, more than 100");
    passes("max_cost_usd = 0.05", &output);
    fails("max_cost_usd = 0.049", &output, "cost_usd is 0.05, more than 0.049");
}

#[test]
fn what_must_be_present_is_there_and_not_empty() {
    let mut output = item(json(" null"));
    fails("present = true", &output, "output is missing or empty");
    fails("on = \"reference\"\npresent = true", &output, "reference is missing or empty");
    output.meta = Some(r#"{"tier": "gold", "lines": [], "note": " "}"#.into());
    passes("on = \"meta.tier\"\npresent = true", &output);
    passes("on = \"meta.tier\"\nmatches = '^gold$'", &output);
    passes("on = \"meta.other\"\nmatches = '^gold$'", &output);
    fails("on = \"meta.note\"\npresent = true", &output, "meta.note is missing or empty");
    fails("on = \"meta.lines\"\nmin_items = 1", &output, "meta.lines has 0 items, fewer than 1");
}

#[test]
fn the_lens_reads_the_output_against_its_sources() {
    let mut output = item(Content::text("The office opens at nine on Monday."));
    is_open("grounded = 0.3", &output, Undecided::NoSource);
    let source = Document { text: "The office opens at nine on Monday.".into(), ..Document::default() };
    output.context = vec![Arc::new(source)];
    passes("grounded = 0.3", &output);
    passes("findings = [\"number\", \"time\", \"date\", \"name\"]", &output);
    output.output = Content::text("The office opens at nine on Monday. Parking costs 45 euros there.");
    let found = &report("grounded = 0.3", &output).failed[0].reason;
    assert!(found.starts_with("the support of “Parking costs 45 euros there.” is 0."), "{found}");
    let found = &report("findings = [\"number\"]", &output).failed[0].reason;
    assert!(found.starts_with("line 1 of the output has the unsupported number “45 euros”"), "{found}");
}

#[test]
fn documents_are_there_and_young_enough() {
    let context = |rules: &str, item: &Item| {
        let spec = crate::spec::parse(&format!("{SPEC}[context]\notherwise = \"flag\"\n{rules}")).unwrap();
        Checks::compile(&spec).unwrap().run(item)
    };
    let mut output = item(Content::text("x"));
    let failed = |reason: &str| {
        let failed = FailedCheck { key: "context".into(), outcome: Otherwise::Flag, reason: reason.into() };
        CheckReport { failed: vec![failed], undecided: Vec::new() }
    };
    assert_eq!(context("required = true", &output), failed("the context has no document"));
    assert_eq!(context("max_age_days = 30", &output), CheckReport::default());
    let dated = |updated_at| Arc::new(Document { text: "x".into(), updated_at, ..Document::default() });
    output.context = vec![dated(Some(0)), dated(None)];
    let open = |why| CheckReport { failed: Vec::new(), undecided: vec![OpenCheck { key: "context".into(), why }] };
    assert_eq!(context("max_age_days = 30", &output), open(Undecided::NoCreationTime));
    output.created_at = Some(30 * DAY);
    assert_eq!(context("max_age_days = 30", &output), open(Undecided::NoDate));
    output.created_at = Some(31 * DAY);
    let reason = "document 1 was 31.0 days old when the output was made, more than 30";
    assert_eq!(context("max_age_days = 30", &output), failed(reason));
}

#[test]
fn a_check_that_takes_too_long_decides_nothing() {
    // Each level asks the one below it twice: 2^30 steps.
    let level =
        |n: u32| format!(r##""l{n}":{{"allOf":[{{"$ref":"#/$defs/l{m}"}},{{"$ref":"#/$defs/l{m}"}}]}}"##, m = n - 1);
    let levels: Vec<String> = (1..=16).map(level).collect();
    let schema = format!(r##"{{"$defs":{{"l0":{{"type":"integer"}},{}}},"$ref":"#/$defs/l16"}}"##, levels.join(","));
    let list = format!(
        r#"{{"items":{schema_ref},"$defs":{defs}}}"#,
        schema_ref = r##"{"$ref":"#/$defs/l16"}"##,
        defs = {
            let value: serde_json::Value = serde_json::from_str(&schema).unwrap();
            value["$defs"].to_string()
        }
    );
    let numbers = format!("[{}]", vec!["1"; 200].join(","));
    is_open(&with_schema(&list), &item(json(&numbers)), Undecided::TooSlow);
}

#[test]
fn texts_that_are_too_long_for_a_schema_are_not_read() {
    let long = format!("\"{}\"", "x".repeat(LONGEST_BYTES));
    is_open(&with_schema("{}"), &item(json(&long)), Undecided::TooLong);
}

#[test]
fn the_gravest_check_decides_and_all_that_agree_give_their_reasons() {
    use crate::domain::decision::{Judgement, Verdict};
    let source = format!(
        "{SPEC}
        failure = [{{ key = \"form\", name = \"F\", severity = \"minor\" }}, {{ key = \"tone\", name = \"T\", severity = \"major\", escalate_to = \"desk\" }}]
        route = [{{ key = \"desk\", name = \"Desk\" }}, {{ key = \"law\", name = \"Law\" }}]
        check = [
            {{ key = \"long\", max_chars = 3, otherwise = \"flag\" }},
            {{ key = \"angry\", forbids = '!', otherwise = \"escalate\", failure = \"tone\" }},
            {{ key = \"kind\", matches = 'please', otherwise = \"reject\", failure = \"tone\" }},
            {{ key = \"end\", matches = '[.]$', otherwise = \"reject\", failure = \"form\" }},
        ]"
    );
    let spec = crate::spec::parse(&source).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let checks = Checks::compile(&spec).unwrap();
    let decided = |output: &str| Judgement::by_checks(&spec, &checks.run(&item(Content::text(output))).failed);
    assert_eq!(decided("please."), None, "what only flags decides nothing");
    let (reviewer, judgement) = decided("go!").unwrap();
    assert_eq!((reviewer.as_str(), judgement.verdict), ("check:kind", Verdict::Reject));
    assert_eq!(judgement.draft.categories, ["form", "tone"]);
    assert_eq!(judgement.draft.note, "the output has no match of `please`\nthe output has no match of `[.]$`");
    let (reviewer, judgement) = decided("please! Now.").unwrap();
    assert_eq!((reviewer.as_str(), judgement.verdict), ("check:angry", Verdict::Escalate));
    assert_eq!(judgement.draft.route.as_deref(), Some("desk"));
    assert_eq!(judgement.violations(&spec), []);
}
