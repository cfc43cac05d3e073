//! Figures on the command line.

use karat::domain::decision::{Draft, Judgement, Verdict};
use karat::domain::time::format_rfc3339;
use karat::store::Store;
use serde_json::{Value, json};
use support::program::{Program, SPEC, assert_tells};

/// Four items, of which `i1` is accepted and `i2` and `i3` are rejected.
fn decided() -> Program {
    let program = Program::with_items(4);
    program.ok(&["decide", "replies", "i1", "--as", "ana", "--verdict", "accept", "--score", "accuracy=2"]);
    for (item, reviewer) in [("i2", "ana"), ("i3", "ben")] {
        let reject = ["--verdict", "reject", "--category", "wrong", "--score", "accuracy=1"];
        program.ok(&[&["decide", "replies", item, "--as", reviewer], &reject[..]].concat());
    }
    program
}

fn rows(program: &Program, rest: &[&str]) -> Vec<Value> {
    let out = program.ok(&[&["stats", "replies", "--json"], rest].concat());
    out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_queue_in_one_line() {
    let row = &rows(&decided(), &[])[0];
    let members: Vec<&str> = row.as_object().unwrap().keys().map(String::as_str).collect();
    let expected = [
        "queue",
        "by",
        "items",
        "decided",
        "accepted",
        "rejected",
        "escalated",
        "deferred",
        "accept_share",
        "low",
        "high",
        "seconds_median",
        "categories",
        "cost_usd",
        "money",
        "at",
    ];
    assert_eq!(members, expected);
    assert_eq!((&row["items"], &row["decided"], &row["accepted"]), (&json!(4), &json!(3), &json!(1)));
    assert_eq!(row["categories"], json!({"wrong": 2}));
    let near = |name: &str, value: f64| (row[name].as_f64().unwrap() - value).abs() < 1e-9;
    // 1 of 3: statsmodels' proportion_confint(1, 3, method="wilson").
    assert!(near("accept_share", 1.0 / 3.0) && near("low", 0.061_491_944_720_396_2), "{row}");
    assert!(near("high", 0.792_340_399_197_952_4), "{row}");
}

#[test]
fn groups_filters_and_times() {
    let program = decided();
    let by_reviewer = rows(&program, &["--by", "reviewer"]);
    let told: Vec<_> = by_reviewer.iter().map(|row| (row["by"]["reviewer"].clone(), row["rejected"].clone())).collect();
    assert_eq!(told, [(json!("ana"), json!(1)), (json!("ben"), json!(1)), (json!(null), json!(0))]);
    let both = rows(&program, &["--by", "verdict,score.accuracy", "--filter", "is:decided"]);
    assert_eq!(both[1]["by"], json!({"verdict": "reject", "score.accuracy": 1}));
    assert_eq!(rows(&program, &["--since", "2999-01-01"])[0]["decided"], json!(0));
    assert_eq!(rows(&program, &["--since", "1d"])[0]["decided"], json!(3));
}

#[test]
fn a_table_and_csv() {
    let program = decided();
    let table = program.ok(&["stats", "replies", "--by", "reviewer"]);
    let lines: Vec<&str> = table.lines().collect();
    assert_tells(lines[0], &["REVIEWER", "ITEMS", "DECIDED", "SHARE", "95 %", "WRONG"]);
    assert_tells(lines[1], &["ana", "50 %", "9 to 91", "wrong 1"]);
    let csv = program.ok(&["stats", "replies", "--csv"]);
    let lines: Vec<&str> = csv.lines().collect();
    assert!(lines[0].starts_with("items,decided,accepted,rejected,escalated,deferred,accept_share,low,high,"), "{csv}");
    assert!(lines[0].contains("category_wrong") && lines[1].starts_with("4,3,1,2,0,0,0.333"), "{csv}");
}

#[test]
fn what_cannot_be_read_is_told() {
    let program = Program::with_items(0);
    assert_eq!(rows(&program, &[])[0]["accept_share"], json!(null));
    assert_eq!(rows(&program, &["--by", "model"]), Vec::<Value>::new());
    let wrong = program.run(&["stats", "replies", "--by", "modle"]);
    assert_eq!(wrong.code, Some(2));
    assert_tells(&wrong.err, &["`modle` is nothing to group by", "did you mean `model`?"]);
    let wrong = program.run(&["stats", "replies", "--since", "last week"]);
    assert_tells(&wrong.err, &["`last week` is no time", "7d"]);
}

#[test]
fn time_is_told_as_money_where_the_spec_says_what_an_hour_costs() {
    let program = decided();
    assert_eq!(rows(&program, &[])[0]["money"], json!(null));
    assert!(!program.ok(&["stats", "replies"]).contains("MONEY"));
    program.write("spec.toml", format!("{SPEC}\n[review]\nhour_cost = 36.0\n"));
    program.ok(&["spec", "apply", "spec.toml"]);
    let store = Store::open_existing(program.db().as_path()).unwrap();
    let queue = store.queue("replies").unwrap();
    let judgement = Judgement { active_millis: 50_000, ..Judgement::new(Verdict::Accept, Draft::default()) };
    for active_millis in [20_000, 50_000] {
        let judgement = Judgement { active_millis, ..judgement.clone() };
        store.decide_at_once(queue.actor("ana", store.now()), "i4", &judgement).unwrap();
    }
    assert_eq!(rows(&program, &[])[0]["money"], json!(0.5), "a decision has the time of those that it replaces");
    let table = program.ok(&["stats", "replies"]);
    assert_tells(&table, &["MONEY", "0.50"]);
    assert!(program.ok(&["stats", "replies", "--csv"]).lines().next().unwrap().contains(",cost_usd,money,"));
}

#[test]
fn what_was_known_earlier_is_told_as_it_was() {
    let program = decided();
    let store = Store::open_existing(program.db().as_path()).unwrap();
    let queue = store.queue("replies").unwrap();
    let written = |rest: &[&str]| program.ok(&[&["export", "replies", "--to", "jsonl"], rest].concat());
    let (before, at) = (written(&[]), format_rfc3339(store.now()));
    let escalate = Judgement::new(Verdict::Escalate, escalation());
    for (item, reviewer) in [("i1", "ana"), ("i4", "ben")] {
        store.decide_at_once(queue.actor(reviewer, store.now() + 60_000), item, &escalate).unwrap();
    }
    assert_ne!(written(&[]), before);
    assert_eq!(written(&["--at", &at]), before);
    let then = &rows(&program, &["--at", &at])[0];
    assert_eq!((&then["accepted"], &then["escalated"], &then["at"]), (&json!(1), &json!(0), &json!(at)));
    assert_eq!(then["deferred"], json!(null), "what was deferred is not kept");
    let told = program.run(&["stats", "replies", "--at", &at]);
    assert_tells(&told.err, &["as of 20", "tags, priority and what imports replaced are as they are now"]);
    program.ok(&["export", "replies", "--to", "csv", "--at", &at, "--out", "then.csv"]);
    assert!(program.read("then.csv.manifest.json").contains(&format!("\"at\": \"{at}\"")));
    let ahead = program.run(&["stats", "replies", "--at", "2999-01-01"]);
    assert_tells(&ahead.err, &["--at 2999-01-01T00:00:00.000Z lies ahead", "7d, yesterday"]);
}

fn escalation() -> Draft {
    Draft { route: Some("lead".into()), note: "who decides?".into(), ..Draft::default() }
}
