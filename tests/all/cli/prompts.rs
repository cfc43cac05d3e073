//! The text of a prompt: where it comes from, where it is seen, and how it leaves.

use serde_json::{Value, json};
use support::program::{Program, assert_tells};

fn line(id: &str, more: &Value) -> String {
    let mut line = json!({ "id": id, "input": "When?", "output": "In five days." });
    line.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    line.to_string() + "\n"
}

fn rows(program: &Program, db: &str) -> Vec<Value> {
    let out = program.ok(&["export", "replies", "--to", "jsonl", "--db", db]);
    out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn what_goes_out_comes_back() {
    let program = Program::with_queue();
    let chat = json!([{ "role": "system", "content": "Be kind to {{name}}." }]);
    let lines = [
        line("i1", &json!({ "prompt": "Be kind." })),
        line("i2", &json!({ "prompt": chat })),
        line("i3", &json!({ "prompt": { "name": "greet", "version": 3 } })),
        line("i4", &json!({ "prompt": null })),
    ];
    program.write("items.jsonl", lines.concat());
    program.ok(&["import", "replies", "items.jsonl"]);
    assert_eq!(program.json(&["list", "replies", "--filter", "has:prompt"]).len(), 3);
    for n in 1..=4 {
        program.ok(&["decide", "replies", &format!("i{n}"), "--verdict", "accept", "--as", "ana"]);
    }
    let prompts: Vec<Value> = rows(&program, "w.db").iter().map(|row| row["prompt"].clone()).collect();
    assert_eq!(prompts, [json!("Be kind."), chat, json!({ "name": "greet", "version": 3 }), Value::Null]);
    for (to, file) in [("jsonl", "back.jsonl"), ("csv", "back.csv"), ("json", "back.json")] {
        program.ok(&["export", "replies", "--to", to, "--out", file]);
        assert_eq!(program.import(&[file]), ((0, 4, 0), Some(0)), "{to}: nothing has changed");
        let other = Program::with_queue();
        other.write(file, program.read(file));
        assert_eq!(other.import(&[file]), ((4, 0, 0), Some(0)));
        assert_eq!(other.json(&["list", "replies", "--filter", "has:prompt"]).len(), 3, "{to}");
    }
    program.ok(&["move", "--from", "w.db", "--to", "moved.db"]);
    assert_eq!(rows(&program, "moved.db"), rows(&program, "w.db"));
    program.assert_sound();
}

#[test]
fn a_member_of_that_name_is_the_prompt_only_beside_an_input() {
    let program = Program::with_queue();
    let foreign = |more: &Value| {
        let mut line = json!({ "uid": "a", "prompt": "When is it?", "completion": "In five days." });
        line.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        line.to_string() + "\n"
    };
    program.write("foreign.jsonl", foreign(&json!({ "system_prompt": "Be kind." })));
    program.ok(&[
        "import",
        "replies",
        "foreign.jsonl",
        "--map",
        "input=.prompt",
        "--map",
        "output=.completion",
        "--map",
        "id=.uid",
    ]);
    let asked = program.json(&["list", "replies", "--filter", "has:prompt"]);
    assert_eq!(asked.len(), 0, "it is what was asked");
    program.write("mapped.jsonl", foreign(&json!({ "uid": "b", "template": "When is {{what}}?" })));
    let map = ["input=.prompt", "output=.completion", "id=.uid", "prompt=.template"];
    let map: Vec<&str> = map.iter().flat_map(|field| ["--map", field]).collect();
    program.ok(&[&["import", "replies", "mapped.jsonl"], &map[..]].concat());
    for id in ["a", "b"] {
        program.ok(&["decide", "replies", id, "--verdict", "accept", "--as", "ana"]);
    }
    let rows = rows(&program, "w.db");
    assert_eq!((&rows[0]["input"], &rows[0]["prompt"]), (&json!("When is it?"), &Value::Null));
    assert_eq!((&rows[1]["input"], &rows[1]["prompt"]), (&json!("When is it?"), &json!("When is {{what}}?")));
    // Without a mapping the file's own names are proposed so.
    let other = Program::with_queue();
    other.write("foreign.jsonl", foreign(&json!({ "system_prompt": "Be kind." })));
    let told = other.run(&["import", "replies", "foreign.jsonl"]);
    assert_tells(&(told.out + &told.err), &["input=.prompt", "prompt=.system_prompt"]);
}
