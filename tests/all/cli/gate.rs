//! Bars on the command line: exit codes, and each form for the program that reads it.

use karat::domain::time::{HOUR_MILLIS, day};
use serde_json::{Value, json};
use std::time::{SystemTime, UNIX_EPOCH};
use support::program::{Outcome, Program, SPEC, assert_tells};

const BARS: &str = r#"
[[bar]]
key = "true_replies"
name = "No reply is <wrong> & none | is *cold*"
of = "not category:wrong"
at_least = 0.5
owner = "ana"

[[bar]]
key = "kind"
of = "verdict:accept"
at_least = 0.98
"#;

/// Ten items, of which `accepted` are accepted and the others rejected as wrong.
fn with_decisions(accepted: usize) -> Program {
    let program = Program::with_items(10);
    program.write("bars.toml", format!("{SPEC}{BARS}"));
    program.ok(&["spec", "apply", "bars.toml"]);
    for item in 1..=10 {
        let id = format!("i{item}");
        let decide = ["decide", "replies", &id, "--as", "ana", "--score", "accuracy=2"];
        match item <= accepted {
            true => program.ok(&[&decide[..], &["--verdict", "accept"]].concat()),
            false => program.ok(&[&decide[..], &["--verdict", "reject", "--category", "wrong"]].concat()),
        };
    }
    program
}

fn gate(program: &Program, rest: &[&str]) -> Outcome {
    program.run(&[&["gate", "replies"], rest].concat())
}

#[track_caller]
fn told(program: &Program, rest: &[&str], code: i32, parts: &[&str]) {
    let run = gate(program, rest);
    assert_eq!(run.code, Some(code), "{run:?}");
    assert_tells(&run.err, parts);
}

#[test]
fn more_reviews_than_are_left_are_told_with_those_that_are() {
    let program = Program::with_items(12);
    program.write("bars.toml", format!("{SPEC}{}", BARS.replace("0.98", "0.9")));
    program.ok(&["spec", "apply", "bars.toml"]);
    for id in ["i1", "i2"] {
        program.ok(&["decide", "replies", id, "--as", "ana", "--score", "accuracy=2", "--verdict", "accept"]);
    }
    assert_tells(
        &gate(&program, &["--bar", "kind"]).out,
        &["would decide it at the rate so far, and 10 are left to read"],
    );
}

#[test]
fn the_exit_code_says_whether_a_release_may_go_on() {
    let program = with_decisions(10);
    let run = gate(&program, &[]);
    assert_eq!(run.code, Some(11), "{run:?}");
    let lines: Vec<&str> = run.out.lines().collect();
    assert!(
        lines[0].starts_with("met: at least 64.6 % of outputs (95 % confidence, 10 read of 10): No reply is"),
        "{run:?}"
    );
    assert!(lines[1].starts_with("undecided: 10 of 10 read are good (95 % confidence, 10 read of 10), where 98 % are"));
    assert!(
        lines[1].contains("more reviews would decide it at the rate so far, and no place is left to read"),
        "{run:?}"
    );
    assert_eq!(gate(&program, &["--bar", "true_replies"]).code, Some(0));
    assert_eq!(gate(&program, &["--exit-zero"]).code, Some(0));

    let program = with_decisions(0);
    assert_eq!(gate(&program, &[]).code, Some(10));
    assert_eq!(gate(&program, &["--bar", "kind", "--bar", "true_replies"]).code, Some(10));
}

#[test]
fn a_queue_without_bars_and_a_bar_that_is_not_there_are_told() {
    let program = Program::with_items(1);
    told(&program, &[], 2, &["version 1 of the spec of replies has no [[bar]]"]);
    let program = with_decisions(1);
    told(&program, &["--bar", "kin"], 1, &["has no bar `kin`", "did you mean kind?"]);
    told(&program, &["--spec-version", "9"], 1, &["has no version 9", "it has versions 1 to 2"]);
    told(&program, &["--spec-version", "1"], 2, &["version 1 of the spec of replies has no [[bar]]"]);
}

#[test]
fn a_bar_that_speaks_of_no_output_says_so() {
    let program = Program::with_items(3);
    let bar = |against: &str| {
        format!("\n[[bar]]\nkey = \"kind\"\nof = \"verdict:accept\"\nwhere = \"model:none\"\n{against}\n")
    };
    for terms in ["at_least = 0.9", "against = \"model:nobody\"", "at_least = 0.9\nmethod = \"fixed\"\nreviews = 9"] {
        program.write("bars.toml", format!("{SPEC}{}", bar(terms)));
        program.ok(&["spec", "apply", "bars.toml"]);
        let run = gate(&program, &[]);
        assert_eq!(run.code, Some(11), "{run:?}");
        assert_tells(&run.out, &["it speaks of no output that counts: look at its `where`"]);
        let plan = program.ok(&["plan", "replies"]);
        assert!(plan.contains("look at its `where`") && !plan.contains("more reviews"), "{plan}");
    }
}

#[test]
fn an_object_a_bar_has_its_members_in_their_order() {
    let program = with_decisions(10);
    let run = gate(&program, &["--json"]);
    assert_eq!(run.out, gate(&program, &["--format", "json"]).out);
    let rows: Vec<Value> = run.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let members: Vec<&str> = rows[0].as_object().unwrap().keys().map(String::as_str).collect();
    let expected = [
        "bar",
        "outcome",
        "rate",
        "low",
        "high",
        "read",
        "eligible",
        "uncovered",
        "left_out",
        "more",
        "why",
        "reopened_after",
        "changed_after",
        "waived_until",
        "owner",
    ];
    assert_eq!(members, expected);
    assert_eq!(
        (&rows[0]["bar"], &rows[0]["outcome"], &rows[0]["owner"]),
        (&json!("true_replies"), &json!("met"), &json!("ana"))
    );
    let left_out: Vec<&str> = rows[0]["left_out"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(left_out, ["bulk", "check", "pulled", "golden", "repeat", "later_attempt", "old_spec"]);
    // 10 of 10: the rate at which E_met reaches 20.
    let low = rows[0]["low"].as_f64().unwrap();
    assert!((low - 0.646_483).abs() < 1e-6, "{low}");
}

#[test]
fn the_log_has_the_hash_of_each_bar_as_it_was_laid_down() {
    let program = with_decisions(1);
    let events: Vec<Value> =
        program.ok(&["log", "replies", "--json"]).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let applied: Vec<&Value> = events.iter().filter(|event| event["kind"] == "spec_applied").collect();
    assert_eq!(applied[0]["data"].get("bars"), None);
    let bars = applied[1]["data"]["bars"].as_object().unwrap();
    assert_eq!(bars.keys().collect::<Vec<_>>(), ["kind", "true_replies"]);
    assert!(bars.values().all(|hash| hash.as_str().unwrap().len() == 16), "{bars:?}");
}

#[test]
fn a_waived_bar_lets_a_release_go_on_and_is_told() {
    let program = with_decisions(10);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as i64;
    let until = day(now + 3 * 24 * HOUR_MILLIS);
    let waive = ["waive", "replies", "kind", "--as", "pm", "--why", "v9 is out on Monday"];
    let refused = program.run(&[&waive[..], &["--until", "soon"]].concat());
    assert_eq!(refused.code, Some(2));
    assert_tells(&refused.err, &["`soon` is no date; it is such as 2026-12-01"]);
    let out = program.ok(&[&waive[..], &["--until", &until]].concat());
    assert_eq!(out, format!("waived kind to the end of {until} as pm; then it holds again by itself\n"));
    let run = gate(&program, &[]);
    assert_eq!(run.code, Some(0));
    assert!(run.out.contains(&format!("waived to the end of {until} by pm: “v9 is out on Monday”")), "{run:?}");
    let row: Value = serde_json::from_str(gate(&program, &["--json", "--bar", "kind"]).out.trim()).unwrap();
    assert_eq!((&row["outcome"], &row["waived_until"]), (&json!("waived"), &json!(until)));
    assert!(gate(&program, &["--format", "junit"]).out.contains("<skipped message=\"waived: "));
}

#[test]
fn what_a_bar_hangs_on_is_listed_and_sent_to_a_second_opinion() {
    let program = with_decisions(8);
    let out = program.ok(&["recheck", "replies", "true_replies", "--dry-run", "--json", "--as", "pm"]);
    let row: Value = serde_json::from_str(out.trim()).unwrap();
    let members: Vec<&str> = row.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(members, ["queue", "bar", "outcome", "decisive", "drawn", "asked"]);
    assert_eq!(row["asked"], json!(0));
    let decisive = row["decisive"].as_array().unwrap().len() as i64;
    let drawn = row["drawn"].as_array().unwrap().len() as i64;
    let row: Value =
        serde_json::from_str(program.ok(&["recheck", "replies", "true_replies", "--json", "--as", "pm"]).trim())
            .unwrap();
    assert_eq!(row["asked"], json!(decisive + drawn));
}

/// `::LEVEL KEY=VALUE,KEY=VALUE::MESSAGE`, as the runner of GitHub Actions reads it.
#[test]
fn annotations_stand_on_the_line_of_the_bar() {
    let program = with_decisions(10);
    let run = gate(&program, &["--format", "github", "--spec-file", "specs/a,b.toml"]);
    let source = program.read("bars.toml");
    for (line, (key, level)) in run.out.lines().zip([("true_replies", "notice"), ("kind", "warning")]) {
        let (command, message) = line.strip_prefix("::").unwrap().split_once("::").unwrap();
        let (found, properties) = command.split_once(' ').unwrap();
        assert_eq!(found, level);
        let of = |name: &str| properties.split(',').find_map(|property| property.strip_prefix(name)).unwrap();
        assert_eq!(of("file="), "specs/a%2Cb.toml");
        let number: usize = of("line=").parse().unwrap();
        let bar: Vec<&str> = source.lines().skip(number - 1).take(2).collect();
        assert_eq!(bar, ["[[bar]]", &format!("key = \"{key}\"")]);
        let percent = message.match_indices('%').all(|(at, _)| message[at..].starts_with("%25"));
        assert!(percent && !message.is_empty(), "{message}");
    }
}

#[test]
fn a_junit_report_is_read_by_a_parser_of_xml() {
    let program = with_decisions(10);
    let run = gate(&program, &["--format", "junit"]);
    let report = roxmltree::Document::parse(&run.out).unwrap();
    let suite = report.root_element().first_element_child().unwrap();
    assert_eq!((suite.tag_name().name(), suite.attribute("name")), ("testsuite", Some("replies")));
    let counts = ["tests", "failures", "errors", "skipped"].map(|name| suite.attribute(name).unwrap());
    assert_eq!(counts, ["2", "0", "1", "0"]);
    let cases: Vec<_> = suite.children().filter(roxmltree::Node::is_element).collect();
    assert_eq!(cases.iter().filter_map(|case| case.attribute("name")).collect::<Vec<_>>(), ["true_replies", "kind"]);
    let met = cases[0].first_element_child().unwrap();
    assert!(met.text().unwrap().contains("No reply is <wrong> & none | is *cold* [true_replies]"));
    let undecided = cases[1].first_element_child().unwrap();
    assert_eq!((undecided.tag_name().name(), undecided.attribute("type")), ("error", Some("undecided")));

    let failed = gate(&with_decisions(0), &["--format", "junit"]);
    let report = roxmltree::Document::parse(&failed.out).unwrap();
    assert_eq!(report.descendants().filter(|node| node.tag_name().name() == "failure").count(), 2);
}

/// One table, whose cells say what was written and mark nothing.
#[test]
fn a_comment_in_markdown_is_found_again_and_marks_nothing_of_what_was_written() {
    use pulldown_cmark::{Event, Options, Parser, Tag};
    let program = with_decisions(10);
    let run = gate(&program, &["--format", "markdown"]);
    assert!(run.out.starts_with("<!-- karat gate replies -->\n"), "{run:?}");
    let events: Vec<Event> = Parser::new_ext(&run.out, Options::ENABLE_TABLES).collect();
    let rows = events.iter().filter(|event| matches!(event, Event::Start(Tag::TableRow))).count();
    let cells = events.iter().filter(|event| matches!(event, Event::Start(Tag::TableCell))).count();
    assert_eq!((rows, cells), (2, 12), "{run:?}");
    assert!(!events.iter().any(|event| matches!(event, Event::Start(Tag::Emphasis))), "{run:?}");
    let text: String =
        events.iter().filter_map(|event| if let Event::Text(text) = event { Some(&**text) } else { None }).collect();
    assert!(text.contains("No reply is <wrong> & none | is *cold*"), "{text}");
}
