//! What other programs for evals read: each in its own form.

use serde_json::{Value, json};
use support::program::{Program, assert_tells};

/// One accepted, one rejected and corrected, one rejected with another attempt that was accepted, and one that asks
/// with a chat.
fn decided() -> Program {
    let program = Program::with_queue();
    let item = |id: &str, case: &str, attempt: u32, input: Value, output: &str| {
        let context = json!([{"title": "T", "text": "article"}]);
        json!({"id": id, "case": case, "attempt": attempt, "input": input, "output": output, "context": context})
            .to_string()
    };
    let chat = json!([{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Hi, {{name}}"}]);
    let items = [
        item("a", "a", 1, json!("When?"), "Tomorrow."),
        item("b", "b", 1, json!("How much?"), "3 euros"),
        item("c1", "c", 1, json!("Where?"), "There"),
        item("c2", "c", 2, json!("Where?"), "Here"),
        item("d", "d", 1, chat, "Hello"),
    ];
    program.write("items.jsonl", items.join("\n"));
    program.ok(&["import", "replies", "items.jsonl"]);
    program.ok(&["decide", "replies", "a", "--verdict", "accept", "--score", "tone=3", "--as", "ana"]);
    let reject = ["--verdict", "reject", "--category", "cold", "--as", "ana"];
    let corrected = ["--correction", "5 euros, please", "--note", "too cold"];
    program.ok(&[&["decide", "replies", "b"], &reject[..], &corrected].concat());
    program.ok(&[&["decide", "replies", "c1"], &reject[..]].concat());
    ["c2", "d"].iter().for_each(|id| program.accept(id));
    program
}

fn export(program: &Program, to: &str, rest: &[&str]) -> String {
    program.ok(&[&["export", "replies", "--to", to], rest].concat())
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn promptfoo_gets_tests_with_assertions() {
    let program = decided();
    let tests: Vec<Value> = serde_json::from_str(&export(&program, "promptfoo", &[])).unwrap();
    assert_eq!(tests.len(), 5);
    let corrected = &tests[1];
    assert_eq!(corrected["vars"], json!({"input": "How much?", "context": "T\n\narticle"}));
    let assertions =
        json!([{"type": "equals", "value": "5 euros, please"}, {"type": "not-equals", "value": "3 euros"}]);
    assert_eq!((&corrected["description"], &corrected["assert"]), (&json!("b"), &assertions));
    assert_eq!(tests[2]["assert"], json!([{"type": "not-equals", "value": "There"}]), "nothing is expected");
    let csv = export(&program, "promptfoo", &["--as-csv", "--assert", "similar"]);
    let rows: Vec<std::collections::HashMap<String, String>> =
        csv::Reader::from_reader(csv.as_bytes()).deserialize().map(Result::unwrap).collect();
    assert_eq!(rows[1]["__expected1"], "similar:5 euros, please");
    assert_eq!(
        (rows[1]["__expected2"].as_str(), rows[1]["__metadata:categories[]"].as_str()),
        ("not-equals:3 euros", "cold")
    );
    let told = program.run(&["export", "replies", "--to", "promptfoo"]).err;
    assert_tells(&told, &["1 text with {{, {% or file:// in it"]);
}

#[test]
fn inspect_gets_samples_with_targets() {
    let samples = lines(&export(&decided(), "inspect", &[]));
    let known = |at: usize| (&samples[at]["id"], &samples[at]["input"], &samples[at]["target"]);
    assert_eq!(known(0), (&json!("a"), &json!("When?"), &json!("Tomorrow.")));
    assert_eq!(known(1), (&json!("b"), &json!("How much?"), &json!("5 euros, please")));
    assert_eq!(samples[2].get("target"), None, "nothing is expected");
    assert_eq!(samples[4]["input"][0], json!({"role": "system", "content": "Be kind."}));
    assert_eq!(
        (&samples[1]["metadata"]["verdict"], &samples[1]["metadata"]["categories"]),
        (&json!("reject"), &json!(["cold"]))
    );
}

#[test]
fn openai_gets_chats_and_what_was_preferred() {
    let program = decided();
    let evals = lines(&export(&program, "openai-evals", &[]));
    assert_eq!(evals.len(), 4);
    assert_eq!(evals[1], json!({"input": [{"role": "user", "content": "How much?"}], "ideal": "5 euros, please"}));
    let told = program.run(&["export", "replies", "--to", "openai-evals"]).err;
    assert_tells(&told, &["left out: 1 row without an expected output"]);
    let chats = lines(&export(&program, "openai-finetune", &[]));
    assert_eq!(chats.len(), 4);
    let said = |text: &str| json!({"role": "assistant", "content": text});
    assert_eq!(chats[1]["messages"][1], said("5 euros, please"));
    assert_eq!(chats[3]["messages"].as_array().unwrap().len(), 3);
    let pairs = lines(&export(&program, "preference", &[]));
    let outputs: Vec<_> =
        pairs.iter().map(|pair| (&pair["preferred_output"][0], &pair["non_preferred_output"][0])).collect();
    assert_eq!(outputs, [(&said("5 euros, please"), &said("3 euros")), (&said("Here"), &said("There"))]);
}

#[test]
fn annotation_tools_get_tasks_with_what_was_decided() {
    let program = decided();
    program.ok(&["export", "replies", "--to", "label-studio", "--out", "tasks.json"]);
    let tasks: Vec<Value> = serde_json::from_str(&program.read("tasks.json")).unwrap();
    let results = &tasks[1]["annotations"][0]["result"];
    assert_eq!(results[0]["value"], json!({"choices": ["reject"]}));
    assert_eq!((&results[1]["from_name"], &results[1]["value"]), (&json!("categories"), &json!({"choices": ["cold"]})));
    let interface = program.read("tasks.json.config.xml");
    let document = roxmltree::Document::parse(&interface).unwrap();
    let names: Vec<_> = document.descendants().filter_map(|node| node.attribute("name")).collect();
    for result in tasks.iter().flat_map(|task| task["annotations"][0]["result"].as_array().unwrap()) {
        assert!(names.contains(&result["from_name"].as_str().unwrap()), "{result} in {names:?}");
    }
    let records: Vec<Value> = serde_json::from_str(&export(&program, "argilla", &[])).unwrap();
    assert_eq!(records[0]["suggestions"]["score_tone"], json!({"value": 3, "score": null, "agent": "ana"}));
    assert_eq!(records[1]["fields"]["output"], "3 euros");
}

#[test]
fn observers_get_datasets_by_their_own_names() {
    let program = decided();
    let goldens: Vec<Value> = serde_json::from_str(&export(&program, "deepeval", &[])).unwrap();
    assert_eq!(
        (&goldens[1]["expected_output"], &goldens[1]["context"]),
        (&json!("5 euros, please"), &json!(["T\n\narticle"]))
    );
    let out = |to: &str| {
        program.ok(&["export", "replies", "--to", to, "--split", "train=0.5,test=0.5", "--out", "out.jsonl"]);
        [program.read("out-train.jsonl"), program.read("out-test.jsonl")].map(|text| lines(&text))
    };
    for (name, part) in ["train", "test"].iter().zip(out("langfuse")) {
        assert!(part.iter().all(|item| item["datasetName"] == format!("replies-{name}")));
    }
    for (name, part) in ["train", "test"].iter().zip(out("langsmith")) {
        assert!(part.iter().all(|item| item["split"] == *name && item["id"].as_str().unwrap().len() == 36));
    }
    for (name, part) in ["train", "test"].iter().zip(out("phoenix")) {
        assert!(part.iter().all(|item| item["splits"] == json!([name])));
    }
}

#[cfg(feature = "parquet")]
#[test]
fn the_hub_gets_a_folder_that_is_whole_or_not_there() {
    let program = decided();
    let arguments = [
        "export",
        "replies",
        "--to",
        "huggingface",
        "--split",
        "train=0.5,test=0.5",
        "--license",
        "mit",
        "--out",
        "hub",
    ];
    program.ok(&arguments);
    let card = program.read("hub/README.md");
    assert_tells(
        &card,
        &["license: \"mit\"", "pretty_name: \"Replies\"", "- split: test", "| accept | 3 |", "| cold | 2 |"],
    );
    let manifest: Value = serde_json::from_str(&program.read("hub.manifest.json")).unwrap();
    let files: Vec<_> = manifest["further_files"].as_array().unwrap().iter().chain([&manifest]).collect();
    for entry in &files {
        let bytes = program.bytes(&format!("hub/{}", entry["file"].as_str().unwrap()));
        assert_eq!(entry["sha256"], super::digest(&bytes));
    }
    assert_eq!((files.len(), &manifest["file"]), (3, &json!("data/train-00000-of-00001.parquet")));
    let again = program.run(&arguments);
    assert_eq!(again.code, Some(2));
    assert_tells(&again.err, &["hub is there already"]);
    assert!(program.files().iter().all(|name| !name.starts_with(".tmp")), "nothing half is left");
    assert_tells(&program.fails(&["export", "replies", "--to", "huggingface"]), &["several files", "--out"]);
}

#[test]
fn a_form_of_anothers_keeps_its_members() {
    let program = decided();
    let refused = program.fails(&["export", "replies", "--to", "inspect", "--columns", "id"]);
    assert_tells(&refused, &["the members of inspect are its own", "--to csv"]);
    let wrong = program.run(&["export", "replies", "--to", "inspect", "--rows", "decisions"]);
    assert_eq!(wrong.code, Some(2));
}
