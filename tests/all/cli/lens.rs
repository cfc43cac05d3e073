//! The lens without the screen: for pipelines that flag outputs before people see them.

use serde_json::{Value, json};
use support::program::{Program, assert_tells};

const ITEM: &str = r#"{"id":"r-1","input":"When?","output":"Über 3 Tage: no.\nIt is paid within 7 days.","context":["Nothing here.","It is paid within 5 days."]}"#;

fn lens(program: &Program, item: &str) -> Value {
    program.write("items.jsonl", format!("{item}\n"));
    serde_json::from_str(&program.ok(&["lens", "items.jsonl", "--json"])).unwrap()
}

#[test]
fn each_sentence_is_told_with_its_place_in_characters() {
    let program = Program::new();
    let told = lens(&program, ITEM);
    assert_eq!(told["id"], "r-1");
    let sentences = told["sentences"].as_array().unwrap();
    assert_eq!((&sentences[0]["start"], &sentences[0]["end"]), (&json!(0), &json!(16)));
    let second = &sentences[1];
    assert_eq!((&second["start"], &second["end"], &second["document"]), (&json!(17), &json!(42), &json!(1)));
    assert_eq!((&second["source_start"], &second["source_end"]), (&json!(0), &json!(25)));
    assert!(second["support"].as_f64() > sentences[0]["support"].as_f64());
    let finding = &told["findings"][0];
    let place = json!({"kind": "contradicted_number", "start": 35, "end": 41, "text": "7 days"});
    assert!(place.as_object().unwrap().iter().all(|(key, value)| &finding[key] == value), "{finding}");
    assert_tells(finding["why"].as_str().unwrap(), &["5 days"]);
    assert_eq!(program.files(), ["items.jsonl"], "no workspace is made");
}

#[test]
fn what_the_input_has_is_no_invention() {
    let told = lens(
        &Program::new(),
        r#"{"id":"1","input":"I am Ann Lee, order INV-77-12.","output":"Dear Ann Lee, INV-77-12 vanished.","context":["Parcels leave daily."]}"#,
    );
    assert_eq!(told["findings"], json!([]));
    assert_eq!(told["sentences"][0]["document"], Value::Null, "the input is no document");
}

#[test]
fn without_a_source_nothing_is_compared_and_that_is_said() {
    for context in ["", r#","context":"""#, r#","context":[{"text":" \n"}]"#] {
        let item = format!(r#"{{"id":"1","input":"Name a river.","output":"The Rhine, 1,233 km."{context}}}"#);
        let told = lens(&Program::new(), &item);
        assert_eq!((&told["sentences"], &told["findings"]), (&json!([]), &json!([])), "{context}");
        assert_eq!(told["note"], "no source to compare with");
    }
    let german = r#"{"id":"1","input":"","output":"Der Laden ist am Sonntag nicht auf, und die Kasse ist zu.","context":["The shop is not open on Sunday, and the till is closed."]}"#;
    assert_eq!(lens(&Program::new(), german)["note"], "another language: only values are compared");
}

#[test]
fn values_of_a_json_output_are_told_at_their_place_in_its_source() {
    let output = r#"{"total": "31 EUR", "due": "2025-03-03"}"#;
    let item = format!(r#"{{"id":"1","input":"","output":{output},"context":["Total 13 EUR, due March 3, 2025."]}}"#);
    let told = lens(&Program::new(), &item);
    let found = &told["findings"][0];
    assert_eq!((&found["text"], told["findings"].as_array().unwrap().len()), (&json!("31 EUR"), 1));
    assert_eq!(found["start"], json!(output.find("31").unwrap()));
}

#[test]
fn people_are_shown_sentences_with_bars_and_findings() {
    let program = Program::new();
    program.write("items.jsonl", format!("{ITEM}\n{}\n", ITEM.replace("r-1", "r-2").replace('7', "5")));
    let shown = program.ok(&["lens", "items.jsonl"]);
    assert_tells(
        &shown,
        &["r-1\n", "r-2\n", "████████ 1.00  It is paid within 5 days.", "contradicted number: 7 days"],
    );
}

#[test]
fn records_that_cannot_be_read_are_told_and_the_rest_is_done() {
    let program = Program::new();
    program.write("items.jsonl", format!("broken\n{ITEM}\n"));
    let outcome = program.run(&["lens", "items.jsonl", "--json"]);
    assert_eq!((outcome.code, outcome.out.lines().count()), (Some(3), 1));
    assert_tells(&outcome.err, &["items.jsonl:1:"]);
    let piped = program.run_with(&["lens", "-", "--json"], ITEM);
    assert_eq!((piped.code, piped.out.lines().count()), (Some(0), 1));
}
