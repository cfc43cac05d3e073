//! What is offered while a filter is typed.

use super::super::*;
use crate::domain::spec::Severity;

/// Completes at the `|` in the text; gives what would be replaced, and the options.
fn offered(text: &str) -> (String, Vec<String>) {
    let cursor = text.find('|').unwrap();
    let text = text.replace('|', "");
    let word = |key: &str, name: &str| Word {
        key: key.into(),
        name: name.into(),
        severity: Some(Severity::Major),
        retryable: false,
    };
    let words = Words {
        categories: vec![word("tone", "Tone"), word("wrong_amount", "Wrong amount")],
        criteria: vec![word("tone", "Tone"), word("facts", "Facts")],
        routes: vec![word("lead", "Lead")],
        saved: vec!["late".into(), "mine".into()],
        judges: vec!["tone-judge".into(), "tone-judge@v1".into()],
    };
    let mut known = |field: RecordField, begun: &str| match field.name() {
        "model" => ["a-large", "a small"].into_iter().filter(|m| m.starts_with(begun)).map(str::to_owned).collect(),
        _ => Vec::new(),
    };
    let completion = complete(&text, cursor, &words, &mut known);
    let options = completion.options.into_iter().map(|option| option.text).collect();
    (text[completion.range].to_owned(), options)
}

#[test]
fn fields_by_their_beginning() {
    let (replaced, options) = offered("model:x mo|");
    assert_eq!((replaced.as_str(), options), ("mo", vec!["model:".to_owned()]));
    assert_eq!(offered("-(sc|").1, ["score.tone:", "score.facts:"], "past what may stand before a term");
    assert_eq!(offered("score.f|").1, ["score.facts:"]);
    assert_eq!(offered("judge|").1, ["judge.tone-judge:", "judge.\"tone-judge@v1\":"]);
    assert_eq!(offered("judge.tone-judge:r|").1, ["reject"]);
    assert!(offered("|").1.len() >= FIELDS.len() - 1, "all of them, where nothing is typed yet");
    assert_eq!(offered("meta.tie|").1, [""; 0]);
}

#[test]
fn the_signs_of_a_whole_name() {
    assert_eq!(offered("latency_ms|").1, ["latency_ms:", "latency_ms<", "latency_ms<=", "latency_ms>", "latency_ms>="]);
    assert_eq!(offered("model|").1, ["model:"]);
}

#[test]
fn words_of_the_spec_and_known_values() {
    assert_eq!(offered("category:|"), ("".into(), vec!["tone".into(), "wrong_amount".into()]));
    assert_eq!(offered("category:tone,w|"), ("w".into(), vec!["wrong_amount".into()]));
    assert_eq!(offered("model!=a|").1, ["a-large", "\"a small\""], "quoted where it must be");
    assert_eq!(offered("model:\"a s|"), ("\"a s".into(), vec!["\"a small\"".into()]));
    assert_eq!(offered("verdict:e|").1, ["escalate"]);
    assert_eq!(offered("created>|").1[0], "today");
    assert_eq!(offered("x or @m|"), ("@m".into(), vec!["@mine".into()]));
}

#[test]
fn nothing_in_a_phrase_or_after_what_is_no_field() {
    assert_eq!(offered("nofield:x|").1, [""; 0]);
    assert_eq!(offered("\"mo|").1, [""; 0]);
    assert_eq!(offered("see mo| there").0, "mo", "the cursor may stand in the middle");
}
