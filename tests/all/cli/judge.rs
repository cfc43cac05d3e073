//! `karat judge`: what models say comes in, stays hidden until people have settled an item, settles
//! nothing, and is measured against people.

use serde_json::{Value, json};
use support::program::{Program, SPEC, assert_tells, items};

/// What a judge says of `i1` and so on: `a` accept, `r` reject as too cold, `e` escalate.
fn says(judge: &str, verdicts: &str) -> String {
    let line = |(verdict, n): (char, usize)| {
        let mut said =
            json!({ "id": format!("i{n}"), "judge": judge, "version": "v3", "reason": format!("because {n}") });
        said["verdict"] = match verdict {
            'a' => "accept",
            'r' => "reject",
            _ => "escalate",
        }
        .into();
        if verdict == 'r' {
            said["categories"] = json!(["cold"]);
        }
        said.to_string() + "\n"
    };
    verdicts.chars().zip(1..).map(line).collect()
}

/// Decides `i1` and so on, each by itself.
fn decide(program: &Program, verdicts: &str, reviewer: &str) {
    for (verdict, n) in verdicts.chars().zip(1..) {
        let item = format!("i{n}");
        let mut arguments = vec!["decide", "replies", &item, "--as", reviewer, "--verdict"];
        match verdict {
            'a' => arguments.push("accept"),
            _ => arguments.extend(["reject", "--category", "cold"]),
        }
        program.ok(&arguments);
    }
}

fn report(program: &Program, arguments: &[&str]) -> Value {
    let out = program.ok(&[&["judge", "report", "replies", "--json"], arguments].concat());
    serde_json::from_str(&out).unwrap()
}

#[test]
fn what_a_judge_says_settles_nothing_and_is_hidden_until_people_have() {
    let program = Program::with_items(4);
    let before = (program.ok(&["queues", "--json"]), program.ok(&["stats", "replies", "--json"]));
    program.write("judge.jsonl", says("tone-judge", "arae"));
    assert_eq!(
        program.ok(&["judge", "import", "replies", "judge.jsonl"]),
        "imported 4 judgements, unchanged 0, rejected 0\n"
    );
    assert_eq!(before, (program.ok(&["queues", "--json"]), program.ok(&["stats", "replies", "--json"])));
    let found = |filter: &str| program.json(&["list", "replies", "--filter", filter]).len();
    assert_eq!((found("verdict:undecided"), found("\"because 2\"")), (4, 0), "no search finds it");
    let told = program.json(&["log", "replies"]).pop().unwrap();
    assert_eq!(
        (&told["kind"], &told["data"]),
        (&"judged".into(), &json!({ "source": "judge.jsonl", "judges": { "tone-judge@v3": 4 } }))
    );
    let everything = |program: &Program| {
        let texts = [&["log", "replies"][..], &["log", "replies", "--item", "i2"], &["explain", "replies", "i2"]];
        let texts: String = texts.iter().map(|arguments| program.ok(arguments)).collect();
        let rows =
            ["items", "decisions"].map(|rows| program.ok(&["export", "replies", "--to", "jsonl", "--rows", rows]));
        texts + &rows.concat()
    };
    let told = everything(&program);
    assert!(!told.contains("because 2"), "{told}");
    program.ok(&["decide", "replies", "i1", "--verdict", "accept", "--as", "ana"]);
    let told = everything(&program);
    assert!(told.contains("because 1") && !told.contains("because 2"), "{told}");
    program.ok(&["undo", "replies", "--as", "ana"]);
    assert!(!everything(&program).contains("because 1"), "the item is open again");
    program.assert_sound();
}

#[test]
fn an_export_tells_what_judges_said_and_brings_it_back() {
    let program = Program::with_items(3);
    assert!(!program.ok(&["export", "replies", "--to", "csv"]).contains("judgements"), "no column where nobody judged");
    program.write("judge.jsonl", says("tone-judge", "ara"));
    program.ok(&["judge", "import", "replies", "judge.jsonl"]);
    decide(&program, "ar", "ana");
    let rows = program.csv(&["--rows", "decisions"]);
    let told: Vec<_> = rows
        .iter()
        .map(|row| {
            ["id", "verdict", "categories", "reviewer", "reviewer_kind", "purpose", "slot", "status"]
                .map(|name| &row[name])
        })
        .collect();
    assert_eq!(
        told,
        [
            ["i1", "accept", "", "tone-judge@v3", "model", "imported", "", "standing"],
            ["i1", "accept", "", "ana", "person", "opinion", "1", "standing"],
            ["i2", "reject", "cold", "tone-judge@v3", "model", "imported", "", "standing"],
            ["i2", "reject", "cold", "ana", "person", "opinion", "1", "standing"],
        ]
    );
    assert_eq!(rows[0]["note"], "because 1");
    for (to, file) in [("jsonl", "back.jsonl"), ("csv", "back.csv"), ("json", "back.json")] {
        program.ok(&["export", "replies", "--to", to, "--out", file]);
        assert_eq!(program.import(&[file]), ((0, 2, 0), Some(0)), "into its own queue it changes nothing");
        let other = Program::with_queue();
        other.write(file, program.read(file));
        assert_eq!(other.ok(&["import", "replies", file]), "imported 2, unchanged 0, rejected 0; 2 judgements\n");
        assert_eq!(other.import(&[file]), ((0, 2, 0), Some(0)), "{to}");
        decide(&other, "ar", "ana");
        let column =
            |program: &Program| program.csv(&[]).iter().map(|row| row["judgements"].clone()).collect::<Vec<_>>();
        assert_eq!(column(&other), column(&program), "{to}");
        other.assert_sound();
    }
}

/// Six outputs, of which a model, an assertion and two people elsewhere have judged the first three each; one of the
/// people has the name of a reviewer here.
fn judged_elsewhere() -> Program {
    let program = Program::with_items(6);
    let line = |n: usize, judge: &str, kind: &str, more: Value| {
        let mut said = json!({ "id": format!("i{n}"), "judge": judge, "kind": kind, "source": "a-tool" });
        said.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        said.to_string() + "\n"
    };
    let accepts = || json!({ "verdict": "accept" });
    let mut lines = String::new();
    for n in 1..=3 {
        lines += &line(n, "tone-judge", "model", accepts());
        lines += &line(n, "contains", "code", json!({ "verdict": "reject", "reason": "no price" }));
        lines += &line(n, "Ana", "person", accepts());
        let answers = json!({ "tone": 2, "issues": ["cold"] });
        lines +=
            &line(n, "zoe@x", "person", json!({ "verdict": "reject", "reason": "curt there", "answers": answers }));
    }
    lines += &line(1, "length", "code", json!({ "score": 0.4 }));
    program.write("judged.jsonl", lines);
    program.ok(&["judge", "import", "replies", "judged.jsonl"]);
    program
}

#[test]
fn what_people_and_code_said_elsewhere_is_hidden_until_the_item_is_settled() {
    let program = judged_elsewhere();
    let everything = |program: &Program| {
        let texts = [
            &["log", "replies", "--item", "i1"][..],
            &["explain", "replies", "i1"],
            &["list", "replies"],
            &["list", "replies", "--json"],
            &["export", "replies", "--to", "jsonl"],
            &["export", "replies", "--to", "jsonl", "--rows", "decisions"],
        ];
        texts.iter().map(|arguments| program.ok(arguments)).collect::<String>()
    };
    let before = everything(&program);
    assert!(!["curt there", "no price", "zoe@x"].iter().any(|told| before.contains(told)), "{before}");
    let filtered = |filter: &str| program.json(&["list", "replies", "--filter", filter]).len();
    assert_eq!(filtered("judge.contains:reject"), 0);
    decide(&program, "ar", "ana");
    assert_eq!((filtered("judge.contains:reject"), filtered("judge.\"zoe@x\":reject")), (2, 2));
    let rows = program.csv(&["--rows", "decisions"]);
    let told: Vec<_> = rows
        .iter()
        .filter(|row| row["id"] == "i1")
        .map(|row| ["verdict", "reviewer", "reviewer_kind", "purpose", "note"].map(|name| row[name].as_str()))
        .collect();
    let expected = [
        ["accept", "tone-judge", "model", "imported", ""],
        ["reject", "contains", "code", "imported", "no price"],
        ["accept", "Ana", "person", "imported", ""],
        ["reject", "zoe@x", "person", "imported", "curt there"],
        ["accept", "ana", "person", "opinion", ""],
    ];
    assert_eq!(told, expected, "what gives no verdict is no decision");
    let judgements: Value = serde_json::from_str(&program.csv(&[])[0]["judgements"]).unwrap();
    let kinds: Vec<_> = judgements.as_array().unwrap().iter().map(|said| said["kind"].as_str()).collect();
    assert_eq!(kinds, [None, Some("code"), Some("code"), Some("person"), Some("person")]);
    assert_eq!((&judgements[2]["score"], &judgements[4]["source"]), (&json!(0.4), &json!("a-tool")));
    program.ok(&["export", "replies", "--to", "jsonl", "--out", "back.jsonl"]);
    assert_eq!(program.import(&["back.jsonl"]), ((0, 2, 0), Some(0)), "what went out is here");
    program.ok(&["move", "--from", "w.db", "--to", "moved.db"]);
    let moved = program.ok(&["export", "replies", "--to", "jsonl", "--db", "moved.db"]);
    assert_eq!(moved, program.read("back.jsonl"));
    program.assert_sound();
}

#[test]
fn a_report_is_of_models_and_of_code_that_is_named() {
    let program = judged_elsewhere();
    decide(&program, "aar", "ana");
    let told = report(&program, &[]);
    assert_eq!(told["judges"].as_array().unwrap().len(), 1);
    assert_eq!((&told["judges"][0]["judge"], &told["judges"][0]["kind"]), (&json!("tone-judge"), &json!("model")));
    assert_eq!(told["judges"][0]["left_out"]["model"], 0, "Ana, who judged elsewhere too, is a person");
    let text = program.ok(&["judge", "report", "replies"]);
    assert_tells(&text, &["code has judged too: contains; --judge NAME measures it"]);
    let code = report(&program, &["--judge", "contains"]);
    assert_eq!((&code["judges"][0]["kind"], &code["judges"][0]["compared"]), (&json!("code"), &json!(3)));
    let person = program.run(&["judge", "report", "replies", "--judge", "zoe@x"]);
    assert_tells(&person.err, &["`zoe@x` is a person", "`karat agreement replies --imported`"]);
    let unknown = program.run(&["judge", "report", "replies", "--judge", "x"]);
    assert_tells(&unknown.err, &["its judges are tone-judge, contains"]);
}

#[test]
fn people_elsewhere_are_compared_with_each_other_and_with_those_here() {
    let program = judged_elsewhere();
    let compared = |arguments: &[&str]| program.json(&[&["agreement", "replies", "--imported"], arguments].concat());
    assert_eq!(compared(&["--on", "verdict"])[0]["items"], 0, "nothing is told of what is open");
    program.ok(&["decide", "replies", "i1", "--verdict", "accept", "--as", "ana"]);
    program.ok(&["decide", "replies", "i2", "--verdict", "accept", "--as", "ben"]);
    let told = compared(&["--on", "verdict"]);
    let counted = |row: &Value| ["imported", "items", "judged_twice", "raw"].map(|name| row[name].clone());
    assert_eq!(told.len(), 2);
    assert_eq!(counted(&told[0]), [json!("with each other"), json!(2), json!(2), json!(0.0)]);
    // Ana here is not compared with Ana elsewhere: zoe with ana, and Ana and zoe with ben.
    let third = 1.0 / 3.0;
    assert_eq!(counted(&told[1]), [json!("with reviewers"), json!(3), json!(3), json!(third)]);
    assert_eq!(told[1]["left_out"], json!({ "seen": 0, "bulk": 0, "open": 1 }));
    let tone = compared(&["--on", "cold"]);
    assert_eq!(counted(&tone[0])[1..], [json!(2), json!(2), json!(0.0)], "who accepts says that nothing is cold");
    let by = compared(&["--by", "reviewer"]);
    let names: Vec<_> = by.iter().map(|row| (row["by"].as_str().unwrap(), row["imported"].as_str().unwrap())).collect();
    let (each, here) = ("with each other", "with reviewers");
    assert_eq!(names, [("Ana", each), ("zoe@x", each), ("Ana", here), ("zoe@x", here)]);
    let pairs = compared(&["--by", "pair"]);
    let pairs: Vec<_> = pairs.iter().map(|row| row["by"].as_str().unwrap()).collect();
    assert_eq!(pairs, ["Ana and zoe@x", "ana and zoe@x", "ben and Ana", "ben and zoe@x"]);
    let text = program.ok(&["agreement", "replies", "--imported"]);
    assert_tells(
        &text,
        &[
            "replies: what people judged elsewhere, of items that are settled here, with each other\n",
            "the same with the opinions of the reviewers here",
            "left out: 1 item judged elsewhere and not settled here",
        ],
    );
    assert!(!program.ok(&["agreement", "replies"]).contains("elsewhere"), "never with the others");
    let plain = program.json(&["agreement", "replies", "--on", "verdict"]);
    assert_eq!((plain.len(), &plain[0]["items"], &plain[0]["drawn"]), (1, &json!(0), &json!(true)));
    let none = Program::with_items(1).run(&["agreement", "replies", "--imported"]);
    assert_eq!(none.code, Some(1));
    assert_tells(&none.err, &["no judgements of people were imported into replies", "Label Studio"]);
}

#[test]
fn what_cannot_come_in_is_told_with_its_line_and_kept() {
    let program = Program::with_items(2);
    let lines = [
        json!({ "id": "i1", "judge": "j", "verdict": "accept", "confidence": 0.9 }),
        json!({ "id": "i1", "judge": "j", "verdict": "accept" }),
        json!({ "id": "i9", "judge": "j", "verdict": "accept" }),
        json!({ "id": "i2", "verdict": "accept" }),
        json!({ "id": "i2", "judge": "j", "verdict": "fine" }),
        json!({ "id": "i2", "judge": "j", "verdict": "reject", "categories": ["odd"] }),
        json!({ "id": "i2", "judge": "j", "verdict": "reject", "scores": { "tone": 9, "odd": 1 } }),
        json!({ "id": "i2", "judge": "j", "verdict": "reject", "scores": { "tone": 1 } }),
    ];
    program.write("judge.jsonl", lines.map(|line| line.to_string() + "\n").concat() + "\n{\"id\":\n");
    let outcome = program.run(&["judge", "import", "replies", "judge.jsonl", "--json"]);
    assert_eq!((outcome.code, outcome.out.as_str()), (Some(3), "{\"imported\":2,\"unchanged\":0,\"rejected\":7}\n"));
    let rejects = program.read("judge.jsonl.rejects.jsonl");
    let rejects: Vec<Value> = rejects.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let told: Vec<_> =
        rejects.iter().map(|reject| (reject["line"].as_u64().unwrap(), reject["field"].as_str())).collect();
    let fields = [Some("judge"), Some("id"), Some("judge"), Some("verdict"), Some("categories"), Some("scores"), None];
    assert_eq!(told, [2, 3, 4, 5, 6, 7, 10].into_iter().zip(fields).collect::<Vec<_>>());
    assert_tells(rejects[0]["reason"].as_str().unwrap(), &["`j` has judged this item earlier in the same file"]);
    assert_tells(rejects[1]["reason"].as_str().unwrap(), &["the queue has no item of this id"]);
    assert_tells(rejects[5]["reason"].as_str().unwrap(), &["criterion `odd`; it has tone"]);
    assert_tells(rejects[5]["also"][0]["reason"].as_str().unwrap(), &["its levels go from 1 to"]);
    // Once the id is mended, the file of rejects comes in as it stands.
    program.write("one.jsonl", rejects[1].to_string().replace("i9", "i2").replace("\\\"j\\\"", "\\\"k\\\"") + "\n");
    assert_eq!(
        program.ok(&["judge", "import", "replies", "one.jsonl"]),
        "imported 1 judgement, unchanged 0, rejected 0\n"
    );
    decide(&program, "ar", "ana");
    assert_eq!(
        program.csv(&[])[0]["judgements"],
        r#"[{"judge":"j","verdict":"accept","confidence":0.9}]"#,
        "what karat does not know is kept"
    );
    program.assert_sound();
}

#[test]
fn a_judge_that_says_otherwise_is_refused_unless_it_is_to_be_replaced() {
    let program = Program::with_items(2);
    program.write("judge.jsonl", says("j", "aa"));
    program.ok(&["judge", "import", "replies", "judge.jsonl"]);
    assert_eq!(
        program.ok(&["judge", "import", "replies", "judge.jsonl"]),
        "imported 0 judgements, unchanged 2, rejected 0\n"
    );
    program.write("judge.jsonl", says("j", "ar"));
    let outcome = program.run(&["judge", "import", "replies", "judge.jsonl"]);
    assert_eq!((outcome.code, outcome.out.as_str()), (Some(3), "imported 0 judgements, unchanged 1, rejected 1\n"));
    assert_tells(
        &outcome.err,
        &["judge.jsonl:2: judge: `j@v3` has judged this item otherwise; --update replaces that"],
    );
    let dry = program.ok(&["judge", "import", "replies", "judge.jsonl", "--update", "--dry-run"]);
    assert_eq!(dry, "dry run, nothing changed: 1 judgement would be imported, 1 unchanged, 0 rejected; 1 replaced\n");
    program.ok(&["judge", "import", "replies", "judge.jsonl", "--update"]);
    assert_eq!(
        program.ok(&["judge", "import", "replies", "judge.jsonl"]),
        "imported 0 judgements, unchanged 2, rejected 0\n"
    );
    // With an item it goes the same way, and the whole record stays out.
    let record = |verdict: &str| {
        let mut record: Value = serde_json::from_str(items(1..=1).trim()).unwrap();
        record["judgements"] = json!([{ "judge": "j", "version": "v3", "verdict": verdict }]);
        record.to_string() + "\n"
    };
    program.write("items.jsonl", record("reject"));
    let outcome = program.run(&["import", "replies", "items.jsonl"]);
    assert_eq!((outcome.code, outcome.out.as_str()), (Some(3), "imported 0, unchanged 0, rejected 1\n"));
    assert_tells(&outcome.err, &["items.jsonl:1: judgements: `j@v3` has judged this item otherwise"]);
    assert_eq!(
        program.ok(&["import", "replies", "items.jsonl", "--update"]),
        "imported 0, unchanged 1, rejected 0; 1 judgement\n"
    );
    program.assert_sound();
}

#[test]
fn judgements_come_with_items_of_each_format() {
    let program = Program::with_queue();
    let said = r#"[{"judge":"j","verdict":"reject","categories":["cold"]}]"#;
    program.write("a.jsonl", format!("{{\"id\":\"i1\",\"input\":\"q\",\"output\":\"a\",\"judgements\":{said}}}\n"));
    program.write("b.csv", format!("id,input,output,judgements\ni2,q,a,\"{}\"\ni3,q,a,\n", said.replace('"', "\"\"")));
    program.write("c.json", format!("[{{\"id\":\"i4\",\"input\":\"q\",\"output\":\"a\",\"judgements\":{said}}}]"));
    for (file, told) in [("a.jsonl", "imported 1"), ("b.csv", "imported 2"), ("c.json", "imported 1")] {
        let out = program.ok(&["import", "replies", file]);
        assert!(out.starts_with(told) && out.ends_with("; 1 judgement\n"), "{file}: {out}");
    }
    let bad = said.replace("cold", "odd");
    program.write("d.jsonl", format!("{{\"id\":\"i5\",\"input\":\"q\",\"output\":\"a\",\"judgements\":{bad}}}\n"));
    let outcome = program.run(&["import", "replies", "d.jsonl"]);
    assert_tells(&outcome.err, &["d.jsonl:1: judgements[0].categories: the spec has no failure category `odd`"]);
    assert_eq!(program.queue()["items"], 4, "the whole record stays out");
    // Content that is replaced is not what the judge has judged.
    program.write("a.jsonl", "{\"id\":\"i1\",\"input\":\"q\",\"output\":\"better\"}\n");
    program.ok(&["import", "replies", "a.jsonl", "--update"]);
    decide(&program, "ar", "ana");
    let column: Vec<_> = program.csv(&[]).iter().map(|row| row["judgements"].clone()).collect();
    assert_eq!(column, ["", r#"[{"judge":"j","verdict":"reject","categories":["cold"]}]"#]);
    program.assert_sound();
}

#[test]
fn a_judge_is_measured_against_people() {
    let program = Program::with_items(22);
    program.write("judge.jsonl", says("tone-judge", "aaaaaarrrraeaaaaaaaaaa"));
    program.ok(&["judge", "import", "replies", "judge.jsonl"]);
    decide(&program, "aaaaararrr", "ana");
    let told = report(&program, &[]);
    let judge = &told["judges"][0];
    assert_eq!((&judge["judge"], &judge["version"]), (&"tone-judge".into(), &"v3".into()));
    assert_eq!([&judge["judged"], &judge["compared"], &judge["open"], &judge["escalated"]], [22, 10, 12, 1]);
    let verdict = &judge["verdict"];
    assert_eq!((&verdict["sensitivity"]["seen"], &verdict["sensitivity"]["n"]), (&5.into(), &6.into()));
    assert_eq!((&verdict["specificity"]["seen"], &verdict["specificity"]["n"]), (&3.into(), &4.into()));
    assert_eq!(verdict["prevalence"]["method"], "rogan_gladen");
    assert_tells(verdict["prevalence"]["why"].as_str().unwrap(), &["no rule of sampling"]);
    let categories = judge["categories"].as_array().unwrap();
    let cold = categories.iter().find(|category| category["category"] == "cold").unwrap();
    assert_eq!((&cold["sensitivity"]["seen"], &cold["sensitivity"]["n"]), (&3.into(), &4.into()));
    assert_eq!((&judge["accept_alone"]["read"], &judge["accept_alone"]["wrong"]), (&6.into(), &1.into()));
    assert_eq!(judge["alternative_annotator"]["passes"], Value::Null);
    let wrong: Vec<_> = judge["disagreements"].as_array().unwrap().iter().map(|one| one["item"].as_str()).collect();
    assert_eq!(wrong, [Some("i6"), Some("i7")], "what it accepts and people reject comes first");
    let text = program.ok(&["judge", "report", "replies"]);
    assert_tells(
        &text,
        &[
            "tone-judge@v3: judged 22 outputs, 10 with people's verdict\n  not compared: 12 not settled\n",
            "accepts 83.3 % (43.6 % to 97 %, 5 of 6, few) of what people accept",
            "by Rogan-Gladen (which outputs people read was chosen: no rule of sampling says",
            "accept alone where it says accept: at most 58.2 % bad with 95 % confidence (1 of 6 read, if those read",
            "Not tested: on no output that it has judged",
            "    i6  accepted, people rejected: because 6\n    i7  rejected, people accepted: because 7\n",
        ],
    );
    assert_eq!(report(&program, &["--judge", "tone-judge"]), told);
    assert_eq!(report(&program, &["--filter", "verdict:accept"])["judges"][0]["judged"], 6);
    let unknown = program.run(&["judge", "report", "replies", "--judge", "other"]);
    assert_eq!(unknown.code, Some(1));
    assert_tells(&unknown.err, &["`other` has judged nothing in replies", "its judges are tone-judge@v3"]);
    program.assert_sound();
}

#[test]
fn each_version_of_a_judge_is_measured_by_itself() {
    let program = Program::with_items(2);
    program.write("a.jsonl", says("j", "aa"));
    program.write("b.jsonl", says("j", "ar").replace("v3", "v4"));
    program.ok(&["judge", "import", "replies", "a.jsonl"]);
    program.ok(&["judge", "import", "replies", "b.jsonl"]);
    decide(&program, "ar", "ana");
    let told = report(&program, &[]);
    let wrong: Vec<_> = told["judges"]
        .as_array()
        .unwrap()
        .iter()
        .map(|judge| judge["disagreements"].as_array().unwrap().len())
        .collect();
    assert_eq!(wrong, [1, 0]);
    assert_eq!(report(&program, &["--judge", "j@v4"])["judges"].as_array().unwrap().len(), 1);
}

#[test]
fn a_judge_is_not_measured_against_a_model() {
    let program = Program::with_items(3);
    let nothing = program.run(&["judge", "report", "replies"]);
    assert_eq!(nothing.code, Some(1));
    assert_tells(&nothing.err, &["no model has judged anything in replies", "karat judge import replies FILE"]);
    program.write("judge.jsonl", says("tone-judge", "aaa"));
    program.ok(&["judge", "import", "replies", "judge.jsonl"]);
    assert_tells(&program.ok(&["judge", "report", "replies"]), &["nothing to compare yet"]);
    decide(&program, "aa", "Tone-Judge");
    let refused = program.run(&["judge", "report", "replies", "--json"]);
    assert_eq!((refused.code, refused.out.as_str()), (Some(1), ""));
    assert_tells(
        &refused.err,
        &["the verdicts of record on 2 of the outputs", "are a model's", "against people alone"],
    );
    program.ok(&["decide", "replies", "i3", "--verdict", "accept", "--as", "ana"]);
    let judge = &report(&program, &[])["judges"][0];
    assert_eq!((&judge["compared"], &judge["left_out"]["model"]), (&1.into(), &2.into()));
}

#[test]
fn judgements_are_moved_and_merged() {
    let program = Program::with_items(3);
    program.ok(&["backup", "trip.db"]);
    program.write("judge.jsonl", says("j", "aar"));
    program.ok(&["judge", "import", "replies", "judge.jsonl", "--db", "trip.db"]);
    program.ok(&["decide", "replies", "i1", "--verdict", "accept", "--as", "ana", "--db", "trip.db"]);
    program.write("one.jsonl", says("j", "r"));
    program.ok(&["judge", "import", "replies", "one.jsonl"]);
    let dry = program.ok(&["merge", "trip.db", "--as", "lead", "--dry-run"]);
    assert!(dry.ends_with("1 would be merged, 0 of them second opinions; left out 0; and 2 judgements\n"), "{dry}");
    program.ok(&["merge", "trip.db", "--as", "lead"]);
    assert!(program.ok(&["merge", "trip.db", "--as", "lead"]).ends_with("left out 0\n"), "once");
    program.ok(&["decide", "replies", "i2", "--verdict", "accept", "--as", "ben"]);
    program.ok(&["decide", "replies", "i3", "--verdict", "accept", "--as", "ben"]);
    let column = |db: &str| {
        let out = program.ok(&["export", "replies", "--to", "jsonl", "--db", db]);
        let rows = out.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        rows.map(|row| row["judgements"][0]["verdict"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(column("w.db"), ["reject", "accept", "reject"], "what was said here stays");
    program.ok(&["move", "--from", "w.db", "--to", "moved.db"]);
    assert_eq!(column("moved.db"), column("w.db"));
    program.assert_sound();
}

#[test]
fn a_reviewers_merge_says_what_it_leaves_to_a_lead() {
    let program = Program::with_items(3);
    program.ok(&["backup", "trip.db"]);
    program.write("judge.jsonl", says("j", "aar"));
    program.ok(&["judge", "import", "replies", "judge.jsonl", "--db", "trip.db"]);
    program.ok(&["team", "grant", "ana", "--role", "reviewer", "--as", "lead"]);
    let told = program.ok(&["merge", "trip.db", "--as", "ana"]);
    assert!(told.ends_with("; 3 judgements left in the copy, which a lead's merge brings in\n"), "{told}");
    let told = program.ok(&["merge", "trip.db", "--as", "lead"]);
    assert!(told.ends_with("; and 3 judgements\n"), "{told}");
    program.assert_sound();
}

#[test]
fn where_people_read_a_random_part_the_judge_makes_it_more_certain() {
    let program = Program::with_queue();
    program.write("spec.toml", format!("{SPEC}\n[[sample]]\nkey = \"half\"\nwhen = \"id:i*\"\nrate = 0.5\n"));
    program.ok(&["spec", "apply", "spec.toml"]);
    program.write("items.jsonl", items(1..=120));
    program.ok(&["import", "replies", "items.jsonl"]);
    let is_good = |n: usize| !n.is_multiple_of(4);
    // It is wrong on every tenth.
    let verdicts: String = (1..=120).map(|n| if is_good(n) == n.is_multiple_of(10) { 'r' } else { 'a' }).collect();
    program.write("judge.jsonl", says("j", &verdicts));
    program.ok(&["judge", "import", "replies", "judge.jsonl"]);
    let settle = |id: &str| {
        let n: usize = id[1..].parse().unwrap();
        let verdict: &[&str] = if is_good(n) { &["accept"] } else { &["reject", "--category", "cold"] };
        program.ok(&[&["decide", "replies", id, "--as", "ana", "--verdict"], verdict].concat());
    };
    let waiting = |filter: &str| -> Vec<String> {
        let rows = program.json(&["list", "replies", "--filter", filter]);
        rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
    };
    let drawn = waiting("is:waiting");
    let (last, others) = drawn.split_last().unwrap();
    others.iter().for_each(|id| settle(id));
    let prevalence = || report(&program, &[])["judges"][0]["verdict"]["prevalence"].clone();
    assert_eq!(prevalence()["method"], "rogan_gladen");
    assert_tells(
        prevalence()["why"].as_str().unwrap(),
        &["1 of the outputs that sampling took have no person's verdict"],
    );
    settle(last);
    let told = prevalence();
    assert_eq!((&told["method"], &told["why"]), (&"ppi".into(), &"people read a random part of them".into()));
    assert!(told["saves"].as_f64().unwrap() > 0.1, "{told}");
    let text = program.ok(&["judge", "report", "replies"]);
    assert_tells(
        &text,
        &["by PPI++ (people read a random part of them)", "of the reviews that this takes", " read); "],
    );
    // What is pulled in by hand is no matter of chance.
    let pulled = waiting("is:held_back").swap_remove(0);
    program.ok(&["pull", "replies", &pulled, "--why", "a customer asked", "--as", "ana"]);
    settle(&pulled);
    let after = prevalence();
    assert_eq!((&after["method"], &after["share"]), (&told["method"], &told["share"]), "{after}");
}

#[test]
fn a_judge_stands_in_for_people_who_were_drawn() {
    let program = Program::with_queue();
    let two = "[[sample]]\nkey = \"two\"\nwhen = \"id:i*\"\nrate = 1.0\nopinions = 2\n";
    program.write("spec.toml", format!("{SPEC}\n{two}"));
    program.ok(&["spec", "apply", "spec.toml"]);
    program.write("items.jsonl", items(1..=31));
    program.ok(&["import", "replies", "items.jsonl"]);
    program.write("judge.jsonl", says("j", &"a".repeat(31)));
    program.ok(&["judge", "import", "replies", "judge.jsonl"]);
    decide(&program, &"a".repeat(31), "ana");
    let test = || report(&program, &[])["judges"][0]["alternative_annotator"].clone();
    assert_eq!((&test()["passes"], &test()["why"].is_string()), (&Value::Null, &true), "one has judged them");
    decide(&program, &"a".repeat(31), "ben");
    let told = test();
    assert_eq!((&told["passes"], &told["people"][1]["items"]), (&true.into(), &31.into()), "{told}");
    assert_tells(
        &program.ok(&["judge", "report", "replies"]),
        &["may it stand in for a person? yes: it is as good as 100 % of 2 people"],
    );
}
