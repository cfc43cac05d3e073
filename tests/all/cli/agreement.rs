//! How far people agree, of any table.

use serde_json::{Value, json};
use support::program::{Program, SPEC, assert_tells};

const COLUMNS: [&str; 6] = ["--item", "item", "--rater", "rater", "--label", "label"];

fn found(table: &str, rest: &[&str]) -> Value {
    let program = Program::new();
    let name = if table.contains('\t') { "table.tsv" } else { "table.csv" };
    program.write(name, table);
    let out = program.ok(&[&["agreement", "--table", name, "--json"], &COLUMNS[..], rest].concat());
    assert_eq!(program.files(), [name], "no workspace is made");
    serde_json::from_str(&out).unwrap()
}

fn refused(table: &str, rest: &[&str], code: i32, told: &[&str]) {
    let program = Program::new();
    program.write("table.csv", table);
    let outcome = program.run(&[&["agreement", "--table", "table.csv"], &COLUMNS[..], rest].concat());
    assert_eq!((outcome.code, outcome.out.as_str()), (Some(code), ""), "{outcome:#?}");
    assert_tells(&outcome.err, told);
}

#[track_caller]
fn near(found: &Value, expected: f64) {
    let found = found.as_f64().unwrap_or_else(|| panic!("{found} is no number"));
    assert!((found - expected).abs() < 1e-8, "{found} for {expected}");
}

/// Gwet's four raters, a row a judgement; `*` becomes what stands for no judgement.
fn gwet(missing: &str) -> String {
    let raters =
        ["1 2 3 3 2 1 4 1 2 * * *", "1 2 3 3 2 2 4 1 2 5 * *", "* 3 3 3 2 3 4 2 2 5 1 3", "1 2 3 3 2 4 4 1 2 5 1 *"];
    let mut table = "rater,item,label\n".to_owned();
    for (rater, labels) in raters.iter().enumerate() {
        for (item, label) in labels.split(' ').enumerate() {
            let label = if label == "*" { missing } else { label };
            table.push_str(&format!("r{rater},{item},{label}\n"));
        }
    }
    table
}

/// Items a row of counts: two raters, `accept` and `reject`.
fn two(both: usize, first: usize, second: usize, neither: usize) -> String {
    let said = [
        ("accept", "accept", both),
        ("accept", "reject", first),
        ("reject", "accept", second),
        ("reject", "reject", neither),
    ];
    let pairs = said.iter().flat_map(|(one, other, times)| std::iter::repeat_n((one, other), *times));
    let rows = pairs.enumerate().map(|(item, (one, other))| format!("{item},ann,{one}\n{item},ben,{other}\n"));
    format!("item,rater,label\n{}", rows.collect::<String>())
}

#[test]
fn each_coefficient_has_its_interval_or_says_why_it_has_none() {
    let found = found(&gwet(""), &[]);
    let members: Vec<&str> = found.as_object().unwrap().keys().map(String::as_str).collect();
    let expected = [
        "scale",
        "weights",
        "levels",
        "items",
        "judged_twice",
        "raters",
        "raw",
        "positive",
        "positive_agreement",
        "negative_agreement",
        "prevalence_index",
        "bias_index",
        "coefficients",
    ];
    assert_eq!(members, expected);
    assert_eq!((&found["scale"], &found["weights"]), (&json!("nominal"), &json!("identity")));
    assert_eq!(found["levels"], json!(["1", "2", "3", "4", "5"]));
    assert_eq!((&found["items"], &found["judged_twice"], &found["raters"]), (&json!(12), &json!(11), &json!(4)));
    assert_eq!(found["positive_agreement"], Value::Null, "there are more than two levels");
    near(&found["raw"], 0.818_181_818_181_818_2);
    let coefficients = &found["coefficients"];
    near(&coefficients["gwet"]["value"], 0.775_444_068_6);
    assert_eq!(coefficients["gwet"]["high"], json!(1.0));
    let none = json!({"value": null, "se": null, "low": null, "high": null, "holds": null, "why": "it is of two raters, and there are 4"});
    assert_eq!((&coefficients["cohen"], &coefficients["scott"]), (&none, &none));
}

#[test]
fn tables_are_read_however_they_are_written() {
    let plain = found(&gwet(""), &[]);
    let quoted = gwet("").lines().map(|line| format!("\"{}\"", line.replace(',', "\",\""))).collect::<Vec<_>>();
    for table in [
        format!("\u{feff}{}", gwet("").replace('\n', "\r\n")),
        gwet("").replace(',', ";"),
        gwet("").replace(',', "\t"),
        quoted.join("\n"),
        gwet("").replace("rater,item,label", "Rater , Item,LABEL"),
        gwet("").lines().filter(|line| !line.ends_with(',')).map(|line| format!("{line}\n")).collect(),
        gwet("").lines().map(|line| line.replacen(',', ",a note,", 1) + ",,\n").collect(),
    ] {
        let table = table.replacen(",a note,item", ",note,item", 1);
        assert_eq!(found(&table, &[]), plain, "{table}");
    }
}

#[test]
fn numbers_that_are_not_there_are_no_judgements() {
    let plain = found(&gwet(""), &["--scale", "interval"]);
    for missing in ["NA", "NaN", "*"] {
        assert_eq!(found(&gwet(missing), &["--scale", "interval"]), plain);
    }
    assert_eq!(found(&gwet("NA"), &[])["levels"][5], "NA", "of names that may be one");
}

#[test]
fn each_scale_has_its_distance_and_its_weights() {
    let alpha = |scale: &str| found(&gwet(""), &["--scale", scale]);
    for (scale, weights, value, ac2) in [
        ("nominal", "identity", 0.743_421_052_6, 0.775_444_068_6),
        ("ordinal", "quadratic", 0.815_387_503_8, 0.914_000_719_0),
        ("interval", "quadratic", 0.849_107_142_9, 0.914_000_719_0),
        ("ratio", "quadratic", 0.797_402_774_7, 0.914_000_719_0),
    ] {
        let found = alpha(scale);
        assert_eq!((&found["scale"], &found["weights"]), (&json!(scale), &json!(weights)));
        near(&found["coefficients"]["krippendorff"]["value"], value);
        assert!((found["coefficients"]["gwet"]["value"].as_f64().unwrap() - ac2).abs() < 1e-6, "{found}");
    }
}

#[test]
fn levels_that_nobody_gave_count_where_they_are_named() {
    let found = found(&gwet(""), &["--levels", "1,2,3,4,5,6"]);
    near(&found["coefficients"]["brennan_prediger"]["value"], 0.781_818_181_8);
    assert_eq!(found["levels"].as_array().unwrap().len(), 6);
}

#[test]
fn the_positive_one_of_two_labels_is_that_which_says_yes() {
    let found = found(&two(80, 10, 5, 5), &[]);
    assert_eq!(found["positive"], "accept");
    near(&found["positive_agreement"], 160.0 / 175.0);
    near(&found["negative_agreement"], 0.4);
    near(&found["prevalence_index"], 0.75);
    near(&found["bias_index"], 0.05);
    near(&found["coefficients"]["cohen"]["value"], 0.318_181_818_181_818_2);
    let numbered = two(80, 10, 5, 5).replace("accept", "1").replace("reject", "0");
    let numbered = self::found(&numbered, &[]);
    assert_eq!((&numbered["levels"], &numbered["positive"]), (&json!(["0", "1"]), &json!("1")));
    near(&numbered["positive_agreement"], 160.0 / 175.0);
}

#[test]
fn where_all_say_the_same_that_is_told() {
    for levels in [&[][..], &["--levels", "accept,reject"]] {
        let found = found(&two(20, 0, 0, 0), levels);
        for (key, coefficient) in found["coefficients"].as_object().unwrap() {
            assert_eq!(coefficient["why"], "undefined: all 40 say accept", "{key}");
            let value = if ["gwet", "brennan_prediger"].contains(&key.as_str()) { json!(1.0) } else { Value::Null };
            assert_eq!((&coefficient["value"], &coefficient["low"]), (&value, &Value::Null), "{key}");
        }
    }
}

#[test]
fn sets_agree_in_part() {
    let sets = "item,rater,label\n1,a,A\n1,b,A\n2,a,A|B\n2,b,A\n3,a,B\n3,b,B\n3,c,B;C\n4,a,\n4,b,C\n5,a,\n5,b,∅\n\
                6,a,C|A\n6,b,A|B\n7,a,B\n7,b,B\n8,a,A\n";
    let found = found(sets, &["--scale", "set"]);
    near(&found["coefficients"]["krippendorff"]["value"], 0.461_538_461_538);
    assert_eq!((&found["levels"], &found["judged_twice"]), (&json!(["A", "B", "C"]), &json!(7)));
    assert_eq!(found["coefficients"]["gwet"]["why"], "it is of single labels, and these are sets");
}

#[test]
fn a_judgement_that_stands_twice_counts_once_and_one_that_changed_is_refused() {
    let table = two(8, 1, 1, 2);
    assert_eq!(found(&format!("{table}0,ann,accept\n"), &[]), found(&table, &[]));
    let told = ["table.csv", "`ann` judged `0` twice", "lines 2 and 26", "`accept` and `reject`", "hint:"];
    refused(&format!("{table}0,ann,reject\n"), &[], 1, &told);
}

#[test]
fn what_cannot_be_read_is_told_with_its_line_and_what_to_do() {
    let table = two(2, 1, 1, 2);
    refused(&table.replace("rater,", "reader,"), &[], 1, &["no column `rater`", "item, reader, label"]);
    refused(&table.replacen("label", "lable", 1), &[], 1, &["no column `label`", "did you mean `lable`?"]);
    refused(&format!("{table}9,,accept\n"), &[], 1, &["table.csv:14", "the cell of `rater` is empty"]);
    refused(&format!("{table}9,ann,a,b\n"), &[], 1, &["table.csv:14", "the number of cells is 4"]);
    refused(&format!("{table}9,ann,\"accept\n"), &[], 1, &["table.csv:14", "quotation mark"]);
    refused(&table, &["--levels", "accept,rejekt"], 1, &["`reject` is none of the levels", "did you mean `rejekt`?"]);
    refused(&table, &["--scale", "ordinal"], 1, &["table.csv:2", "`accept` is no number", "--levels"]);
    refused(&table, &["--scale", "interval"], 1, &["`accept` is no number"]);
    refused(&table, &["--weights", "linear"], 2, &["--weights linear needs an order", "--levels"]);
    refused(&table, &["--levels", "accept"], 2, &["--levels names two labels or more"]);
    refused(&table, &["--levels", "accept,accept"], 2, &["twice"]);
    refused("", &[], 1, &["is empty"]);
}

#[test]
fn nothing_judged_twice_is_an_answer_and_no_error() {
    let found = found("item,rater,label\n1,ann,yes\n2,ann,no\n", &[]);
    assert_eq!((&found["judged_twice"], &found["raters"], &found["raw"]), (&json!(0), &json!(1), &Value::Null));
    for coefficient in found["coefficients"].as_object().unwrap().values() {
        assert_eq!(coefficient["why"], "undefined: no item was judged by two");
    }
}

#[test]
fn people_are_told_with_the_interval_and_under_ten_items_with_counts_alone() {
    let program = Program::new();
    program.write("many.csv", two(80, 10, 5, 5));
    program.write("few.csv", two(6, 1, 1, 1));
    let told = |name: &str| program.ok(&[&["agreement", "--table", name], &COLUMNS[..]].concat());
    insta::assert_snapshot!("agreement_of_a_table", told("many.csv"));
    insta::assert_snapshot!("agreement_of_a_small_table", told("few.csv"));
}

/// A queue of which two opinions are asked: ana and ben judge so many outputs, and differ on every
/// tenth; cy judges one more alone.
fn judged(items: usize) -> Program {
    let program = Program::new();
    program.write("spec.toml", format!("{SPEC}\n[[sample]]\nrate = 1\nopinions = 2\n"));
    program.ok(&["spec", "apply", "spec.toml"]);
    program.write("items.jsonl", support::program::items(1..=items + 1));
    program.ok(&["import", "replies", "items.jsonl"]);
    let accept = ["--verdict", "accept", "--score", "accuracy=2"];
    let reject = ["--verdict", "reject", "--category", "wrong", "--score", "accuracy=1"];
    for item in (1..=items).map(|item| format!("i{item}")) {
        let second = if item.ends_with('0') { &reject[..] } else { &accept[..] };
        program.ok(&[&["decide", "replies", &item, "--as", "ana"], &accept[..]].concat());
        program.ok(&[&["decide", "replies", &item, "--as", "ben"], second].concat());
    }
    program.ok(&[&["decide", "replies", &format!("i{}", items + 1), "--as", "cy"], &accept[..]].concat());
    program
}

fn lines(program: &Program, rest: &[&str]) -> Vec<Value> {
    program.json(&[&["agreement", "replies", "--as", "lee"], rest].concat())
}

#[test]
fn the_people_of_a_queue_are_compared_on_all_that_they_judge() {
    let program = judged(20);
    let all = lines(&program, &[]);
    let on: Vec<&str> = all.iter().map(|line| line["on"].as_str().unwrap()).collect();
    assert_eq!(&on[..2], ["verdict", "categories"]);
    assert!(on.contains(&"wrong") && on.contains(&"accuracy"), "{on:?}");
    let verdict = &all[0];
    // What cy has judged alone is kept from lee, who may give the other opinion.
    assert_eq!((&verdict["items"], &verdict["judged_twice"], &verdict["raters"]), (&json!(20), &json!(20), &json!(2)));
    assert_eq!((&verdict["drawn"], &verdict["spec_versions"]), (&json!(true), &json!([1, 1])));
    assert_eq!(verdict["left_out"], json!({"seen": 0, "bulk": 0, "kept": 1}));
    near(&verdict["raw"], 0.9);
    near(&verdict["positive_agreement"], 36.0 / 38.0);
    let tone = &lines(&program, &["--on", "accuracy"])[0];
    assert_eq!((&tone["scale"], &tone["weights"]), (&json!("ordinal"), &json!("quadratic")));
    let by =
        |what: &str| -> Vec<Value> { lines(&program, &["--by", what]).iter().map(|line| line["by"].clone()).collect() };
    assert_eq!(by("pair"), [json!("ana and ben")]);
    assert_eq!(by("reviewer"), [json!("ana"), json!("ben")]);
    assert_eq!(
        lines(&program, &["--filter", "verdict:accept"])[0]["judged_twice"],
        18,
        "a disputed item is not accepted"
    );
    let told = program.ok(&["agreement", "replies", "--as", "lee"]);
    insta::assert_snapshot!("agreement_of_a_queue", told);
}

#[test]
fn a_small_queue_shows_counts_and_what_is_judged_must_be_known() {
    let program = judged(2);
    assert_tells(&program.ok(&["agreement", "replies"]), &["verdict", "under 10 by two: counts alone"]);
    let outcome = program.run(&["agreement", "replies", "--on", "acuracy"]);
    assert_eq!(outcome.code, Some(2));
    assert_tells(&outcome.err, &["--on `acuracy`", "did you mean `accuracy`?"]);
    for arguments in
        [&["agreement"][..], &["agreement", "replies", "--table", "x.csv"], &["agreement", "replies", "--item", "x"]]
    {
        assert_eq!(program.run(arguments).code, Some(2), "{arguments:?}");
    }
}

#[test]
fn others_one_by_one_are_for_leads() {
    let program = judged(2);
    program.ok(&["team", "grant", "ana", "--role", "reviewer", "--as", "lee"]);
    program.ok(&["team", "grant", "ben", "--role", "reviewer", "--as", "lee"]);
    let own = program.json(&["agreement", "replies", "--by", "reviewer", "--as", "ana"]);
    assert_eq!(own.iter().map(|line| line["by"].clone()).collect::<Vec<_>>(), [json!("ana")]);
    let outcome = program.run(&["agreement", "replies", "--by", "reviewer", "--as", "ana"]);
    assert_tells(&outcome.err, &["others one by one are for leads"]);
}
