//! How many reviews bars take: those of a queue, and without a workspace.

use serde_json::{Value, json};
use support::program::{Program, SPEC, assert_tells};

fn plan(rest: &[&str]) -> Value {
    serde_json::from_str(&Program::new().ok(&[&["plan", "--json"], rest].concat())).unwrap()
}

#[track_caller]
fn assert_near(found: &Value, expected: f64) {
    let found = found.as_f64().unwrap();
    assert!((found / expected - 1.0).abs() < 2e-7, "{found} and not {expected}");
}

#[test]
fn what_counts_show() {
    let row = plan(&["--at-least", "0.9", "--good", "57", "--bad", "3"]);
    let members: Vec<&str> = row.as_object().unwrap().keys().map(String::as_str).collect();
    let expected = ["outcome", "e_met", "e_failed", "rate", "low", "high", "fixed_reviews", "fixed_failures", "more"];
    assert_eq!(members, expected);
    assert_eq!((&row["outcome"], &row["rate"]), (&json!("undecided"), &json!(0.95)));
    assert_near(&row["e_met"], 1.692_792_1);
    assert_near(&row["e_failed"], 0.027_847_774);
    // The rate so far is what is reckoned with.
    assert_eq!((&row["fixed_reviews"], &row["fixed_failures"]), (&json!(239), &json!(16)));
    assert!(row["low"].as_f64().unwrap() < 0.9 && row["high"].as_f64().unwrap() > 0.95, "{row}");

    let met = plan(&["--at-least", "0.9", "--good", "98", "--bad", "2"]);
    assert_eq!((&met["outcome"], &met["more"]), (&json!("met"), &json!(0)));
    assert_near(&met["e_met"], 60.888_132);
    assert!(met["low"].as_f64().unwrap() >= 0.9, "{met}");

    let failed = plan(&["--at-least", "0.9", "--good", "70", "--bad", "30"]);
    assert_eq!((&failed["outcome"], &failed["more"]), (&json!("failed"), &json!(0)));
    assert!(failed["high"].as_f64().unwrap() < 0.9, "{failed}");
    assert_eq!((&failed["fixed_reviews"], &failed["fixed_failures"]), (&json!(null), &json!(null)));
}

#[test]
fn before_any_review() {
    let row = plan(&["--at-least", "0.9"]);
    assert_eq!((&row["outcome"], &row["rate"]), (&json!("undecided"), &json!(null)));
    assert_eq!((&row["low"], &row["high"]), (&json!(0.0), &json!(1.0)));
    // Where all are good: 29 in one look, 43 looked at after each.
    assert_eq!((&row["fixed_reviews"], &row["fixed_failures"], &row["more"]), (&json!(29), &json!(0), &json!(43)));

    let row = plan(&["--at-least", "0.9", "--expect", "0.95"]);
    assert_eq!((&row["fixed_reviews"], &row["fixed_failures"]), (&json!(239), &json!(16)));
}

/// The run that is needed where one looks after each review: one fewer does not do.
#[test]
fn a_run_without_a_bad_one_decides_where_it_should() {
    for (at_least, run) in [("0.8", 20), ("0.9", 43), ("0.95", 88)] {
        let outcome = |good: i32| plan(&["--at-least", at_least, "--good", &good.to_string()])["outcome"].clone();
        assert_eq!((outcome(run), outcome(run - 1)), (json!("met"), json!("undecided")), "{at_least}");
    }
}

#[test]
fn what_it_says_aloud() {
    let told = Program::new().ok(&["plan", "--at-least", "0.9", "--good", "57", "--bad", "3"]);
    insta::assert_snapshot!(told);
    let met = Program::new().ok(&["plan", "--at-least", "0.9", "--good", "4000", "--bad", "100"]);
    assert_tells(&met, &["met: at least 96.", "4,000 of 4,100 are good", "90 % are asked", "more than a million"]);
    let first = Program::new().ok(&["plan", "--at-least", "0.9"]);
    assert_tells(
        &first,
        &[
            "nothing is known",
            "about 43 more (if all are good)",
            "29 from the start, none of them bad (if all are good)",
        ],
    );
    let high = Program::new().ok(&["plan", "--at-least", "0.9995", "--confidence", "0.999", "--good", "20"]);
    assert_tells(&high, &["99.95 % are asked", "99.9 % confidence", "either decides from 1,000 on"]);
    let at_the_bar = Program::new().ok(&["plan", "--at-least", "0.9", "--good", "90", "--bad", "10"]);
    assert_tells(&at_the_bar, &["no number decides it (if 90 % are good)", "no number meets it (if 90 % are good)"]);
}

#[test]
fn large_counts_are_no_trouble() {
    let row = plan(&["--at-least", "0.999", "--good", "9999000000", "--bad", "1000000"]);
    assert_eq!(row["outcome"], "met");
    assert!(row["e_met"].as_f64().unwrap() > 1e300, "{row}");
}

#[test]
fn nonsense_is_told_with_what_to_write() {
    let cases: [(&[&str], &[&str]); 11] = [
        (&[], &["name a queue", "--at-least"]),
        (&["replies", "--at-least", "0.9"], &["cannot be used with"]),
        (&["replies", "--good", "3"], &["cannot be used with"]),
        (&["--at-least", "1.2"], &["1.2", "--at-least", "0.9 for 90 %"]),
        (&["--at-least", "95"], &["0.9 for 90 %"]),
        (&["--at-least", "1"], &["no number of reviews shows that all are good", "0.99"]),
        (&["--at-least", "0"], &["always so"]),
        (&["--at-least", "nan"], &["from 0 to 1"]),
        (&["--at-least", "0.9", "--expect", "0.85"], &["--expect 0.85 is not above --at-least 0.9"]),
        (&["--at-least", "0.9", "--confidence", "1"], &["at least 0.5, and below 1"]),
        (&["--at-least", "0.9", "--good", "many"], &["many", "--good"]),
    ];
    for (arguments, told) in cases {
        let outcome = Program::new().run(&[&["plan"], arguments].concat());
        assert_eq!(outcome.code, Some(2), "{arguments:?}: {outcome:#?}");
        assert_tells(&outcome.err, told);
    }
}

const BARS: &str = r#"
[review]
hour_cost = 60

[[bar]]
key = "kind"
name = "Replies are kind"
of = "verdict:accept"
at_least = 0.9

[[bar]]
key = "once"
of = "verdict:accept"
at_least = 0.5
method = "fixed"
reviews = 8
"#;

/// Twenty items, of which so many are accepted.
fn with_bars(accepted: usize) -> Program {
    let program = Program::with_items(20);
    program.write("bars.toml", format!("{SPEC}{BARS}"));
    program.ok(&["spec", "apply", "bars.toml"]);
    for item in 1..=accepted {
        let id = format!("i{item}");
        program.ok(&["decide", "replies", &id, "--as", "ana", "--verdict", "accept", "--score", "accuracy=2"]);
    }
    program
}

fn of_queue(program: &Program, rest: &[&str]) -> Vec<Value> {
    let out = program.ok(&[&["plan", "replies", "--json"], rest].concat());
    out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn what_the_bars_of_a_queue_take_before_any_review() {
    let program = with_bars(0);
    let rows = of_queue(&program, &[]);
    let members: Vec<&str> = rows[0].as_object().unwrap().keys().map(String::as_str).collect();
    let expected = [
        "bar",
        "outcome",
        "rate",
        "read",
        "eligible",
        "expected",
        "better",
        "worse",
        "fixed_reviews",
        "fixed_failures",
        "by_rule",
        "seconds_each",
        "hours",
        "money",
        "judges",
    ];
    assert_eq!(members, expected);
    // Half way between the bar and 1.
    assert_eq!((&rows[0]["bar"], &rows[0]["expected"]["more"]), (&json!("kind"), &json!(209)));
    assert_eq!((&rows[0]["fixed_reviews"], &rows[0]["fixed_failures"]), (&json!(239), &json!(16)));
    assert_eq!((&rows[0]["eligible"], &rows[0]["hours"]), (&json!(20), &json!(null)));
    assert_eq!((&rows[1]["bar"], &rows[1]["expected"]["more"]), (&json!("once"), &json!(8)));

    let row = &of_queue(&program, &["--bar", "kind", "--expect", "1"])[0];
    assert_eq!((&row["expected"]["more"], &row["expected"]["power"]), (&json!(43), &json!(0.0)));
    assert_eq!((&row["by_rule"][0]["cases"], &row["by_rule"][0]["reviews"]), (&json!(20), &json!(20)));
    let told = program.ok(&["plan", "replies"]);
    assert_tells(
        &told,
        &["undecided: Replies are kind [kind], 0 read of 20", "about 209 more reviews if 95 % are good"],
    );
    assert_tells(&told, &["8 more reviews if 75 % are good; with a chance of 36.7 % it is met"]);
}

#[test]
fn what_is_decided_takes_no_more() {
    let program = with_bars(20);
    let rows = of_queue(&program, &[]);
    assert_eq!((&rows[0]["outcome"], &rows[0]["expected"]["more"]), (&json!("undecided"), &json!(23)));
    assert_eq!((&rows[1]["outcome"], &rows[1]["expected"]), (&json!("met"), &json!(null)));
    assert_tells(&program.ok(&["plan", "replies"]), &["met: once [once], 8 read of 20"]);
    let gate = program.run(&["gate", "replies", "--json"]);
    let more = gate.out.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["more"].clone());
    assert_eq!(more.collect::<Vec<_>>(), [json!(23), json!(0)]);
}

#[test]
fn a_queue_without_bars_has_nothing_to_plan() {
    let outcome = Program::with_items(1).run(&["plan", "replies"]);
    assert_eq!(outcome.code, Some(2), "{outcome:#?}");
    assert_tells(&outcome.err, &["has no [[bar]]"]);
    assert_tells(
        &with_bars(0).fails(&["plan", "replies", "--bar", "kindd"]),
        &["no bar `kindd`", "did you mean kind?"],
    );
}
