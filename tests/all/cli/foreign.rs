//! Files whose fields have other names.

use serde_json::{Value, json};
use support::program::{Program, assert_tells};

fn read(program: &Program, file: &str, content: &str, options: &[&str]) -> String {
    program.write(file, content);
    let outcome = program.run(&[&["import", "replies", file], options].concat());
    format!("{}{}", outcome.out, outcome.err)
}

#[test]
fn a_field_is_taken_from_where_it_is_said_to_be() {
    let program = Program::with_queue();
    let record = json!({
        "uuid": "u-1", "q": "Where is it?", "response": {"text": "Here.", "model": "a-large"},
        "docs": [{"body": "It is here.", "name": "Places"}, {"body": "Or there."}], "seconds": 1.5, "tier": "gold",
        "trace": "4bf9"
    });
    let maps = [
        "id=.uuid",
        "input=.q",
        "output=.response.text",
        "context=.docs[].body",
        "context.title=.docs[].name?",
        "latency_ms=.seconds*1000",
        "trace_id=.trace",
    ];
    let maps: Vec<&str> = maps.iter().flat_map(|map| ["--map", map]).chain(["--set", "prompt_version=v7"]).collect();
    assert_tells(&read(&program, "odd.jsonl", &record.to_string(), &maps), &["imported 1, unchanged 0, rejected 0"]);
    program.accept("u-1");
    let row = program.jsonl(&[]).remove(0);
    assert_eq!(row["output"], "Here.");
    assert_eq!(row["context"], json!([{"title": "Places", "text": "It is here."}, {"text": "Or there."}]));
    assert_eq!((row["latency_ms"].as_f64(), &row["prompt_version"]), (Some(1500.0), &json!("v7")));
    assert_eq!(row["meta"], json!({"response": {"model": "a-large"}, "tier": "gold"}), "what is left over");
    assert_eq!(row["trace_id"], "4bf9");
    assert_tells(&program.ok(&["list", "replies", "--filter", "trace_id:4b*"]), &["u-1"]);
    let again = read(&program, "odd.jsonl", &record.to_string(), &maps);
    assert_tells(&again, &["imported 0, unchanged 1, rejected 0"]);
    program.assert_sound();
}

#[test]
fn a_field_that_is_mapped_and_missing_is_a_reject() {
    let program = Program::with_queue();
    let lines = "{\"id\":1,\"q\":\"a\",\"r\":{\"text\":\"b\"}}\n{\"id\":2,\"q\":\"a\",\"r\":{}}\n{\"id\":3,\"q\":\"a\",\"r\":\"c\"}\n";
    let told = read(&program, "odd.jsonl", lines, &["--map", "input=.q", "--map", "output=.r.text"]);
    assert_tells(
        &told,
        &[
            "odd.jsonl:2: output: `.r.text` is missing; where it may be, write `.r.text?`",
            "odd.jsonl:3: output: `.r` is not an object, but text",
            "imported 1, unchanged 0, rejected 2",
        ],
    );
    let wrong = program.run(&["import", "replies", "odd.jsonl", "--map", "output=r.text"]);
    assert_eq!(wrong.code, Some(2));
    assert_tells(&wrong.err, &["as in `.r.text`"]);
}

#[test]
fn the_only_likely_mapping_is_taken_and_told() {
    let program = Program::with_queue();
    let lines: String = (1..=5)
        .map(|n| {
            let record = json!({
                "question": format!("What is {n}?"), "response": format!("It is {n}."),
                "retrieved_contexts": [format!("{n} is a number")], "ground_truth": n.to_string(),
                "latency": 0.25 * f64::from(n), "usage": {"prompt_tokens": 9, "completion_tokens": n}, "tier": "gold"
            });
            format!("{record}\n")
        })
        .collect();
    let told = read(&program, "run.jsonl", &lines, &[]);
    assert_tells(
        &told,
        &[
            "run.jsonl: is read as JSON Lines, because its first line begins an object; its fields have other names",
            "input from .question: it is called question",
            "output from .response: it is called response",
            "context from .retrieved_contexts",
            "reference from .ground_truth",
            "id from hash: no member is an id: it is made from the content",
            "latency_ms from .latency*1000: it is called latency, and 1.25 at most, so that they are taken for seconds",
            "tokens_out from .usage.completion_tokens",
            "kept in meta: .tier",
            "--map input=.question --map output=.response",
            "imported 5, unchanged 0, rejected 0",
        ],
    );
    assert_tells(&read(&program, "run.jsonl", &lines, &[]), &["imported 0, unchanged 5, rejected 0"]);
    let piped = program.run_with(&["import", "replies", "-", "--dry-run"], &lines);
    assert_tells(&piped.out, &["0 would be imported, 5 unchanged"]);
}

#[test]
fn what_could_be_two_things_is_asked() {
    let program = Program::with_queue();
    program.write("two.csv", "uuid,prompt,question,response\n1,Answer: what?,what?,this\n2,Answer: why?,why?,that\n");
    let told = program.fails(&["import", "replies", "two.csv"]);
    assert_tells(
        &told,
        &[
            "the fields of `two.csv` have other names, and the input may be `.prompt` or `.question`",
            "karat import",
            "replies two.csv --map id=.uuid --map input=.prompt --map output=.response",
            "or: karat import",
            "replies two.csv --map id=.uuid --map input=.question --map output=.response",
        ],
    );
    assert_eq!(program.queue()["items"], 0);
    let ok = program.ok(&["import", "replies", "two.csv", "--map", "input=.question"]);
    assert_tells(&ok, &["imported 2"]);
    program.write("set.jsonl", "{\"input\":\"q\",\"target\":\"a\",\"tier\":\"gold\"}\n");
    let told = program.fails(&["import", "replies", "set.jsonl"]);
    assert_tells(&told, &["and the output may be `.target`\n", "set.jsonl --map id=hash --map output=.target"]);
    assert!(!told.contains("hint: or"), "{told}");
    program.write("summaries.jsonl", "{\"id\":1,\"context\":\"a long text\",\"output\":\"a short one\"}\n");
    let told = program.fails(&["import", "replies", "summaries.jsonl"]);
    assert_tells(
        &told,
        &[
            "the input may be `.context`",
            "--map input=.context --map context=none",
            "where nothing was asked: ",
            "--set input=",
        ],
    );
    let nothing_asked = told.lines().find(|line| line.contains("nothing was asked")).unwrap();
    assert!(!nothing_asked.contains("context="), "the context stays what it is: {nothing_asked}");
    program.write("none.csv", "uuid,colour\n1,red\n2,blue\n");
    let told = program.fails(&["import", "replies", "none.csv"]);
    assert_tells(
        &told,
        &[
            "nothing in `none.csv` looks like the input or the output (its fields are .uuid, .colour)",
            "--map input=PATH --map output=PATH",
        ],
    );
}

#[test]
fn a_document_is_read_as_the_records_that_it_holds() {
    let program = Program::with_queue();
    let rows =
        r#"{"q1": {"question": "Why?", "prediction": "So."}, "q2": {"question": "How?", "prediction": "Thus."}}"#;
    let told = read(&program, "predictions.json", rows, &[]);
    assert_tells(&told, &["each member is a record, and its name the id", "imported 2, unchanged 0, rejected 0"]);
    assert_tells(&program.ok(&["list", "replies"]), &["q1", "q2"]);
    let columns = r#"{"prompt": ["a", "b"], "response": ["c", "d"]}"#;
    let told = read(&program, "columns.json", columns, &[]);
    assert_tells(&told, &["its members are columns", "prompt, response", "imported 2, unchanged 0, rejected 0"]);
    let deep = r#"{"run": {"cases": [{"question": "x?", "answer": "y"}]}, "version": 1}"#;
    let told = read(&program, "deep.json", deep, &[]);
    assert_tells(&told, &["the records are those of /run/cases; left out: version", "imported 1,"]);
    let outputs = r#"{"56be4": "1987", "56be5": "maria"}"#;
    program.write("answers.json", outputs);
    let told = program.fails(&["import", "replies", "answers.json"]);
    assert_tells(
        &told,
        &["nothing in `answers.json` looks like the input", "where nothing was asked: ", "--set input="],
    );
    assert_tells(&read(&program, "answers.json", outputs, &["--set", "input="]), &["imported 2,"]);
    assert_tells(&program.ok(&["list", "replies"]), &["56be4"]);
}

#[test]
fn a_table_that_lacks_its_first_line_is_told_so() {
    let program = Program::with_queue();
    program.write("rows.csv", "1,What is it?,It is this.\n2,What else?,That.\n");
    let told = program.fails(&["import", "replies", "rows.csv"]);
    assert_tells(&told, &["its first line seems to be a record", "id,input,output"]);
    program.write("ragged.csv", "question,answer\nq1\nq2,a2\n");
    let told = program.run(&["import", "replies", "ragged.csv"]);
    assert_tells(&told.err, &["input from .question", "ragged.csv:2: the number of cells is 1"]);
    assert_tells(&told.out, &["imported 1, unchanged 0, rejected 1"]);
}

#[test]
fn the_spec_says_where_fields_are() {
    let program = Program::with_queue();
    let spec = support::program::SPEC;
    program.write(
        "spec.toml",
        format!("{spec}\n[import]\nmap = [\"input=.x\", \"output=.y\", \"id=.z\"]\nset = [\"model=m\"]\n"),
    );
    program.ok(&["spec", "apply", "spec.toml"]);
    assert_tells(&read(&program, "odd.jsonl", "{\"x\":\"q\",\"y\":\"a\",\"z\":1}\n", &[]), &["imported 1,"]);
    let own = "{\"id\":2,\"input\":\"q\",\"output\":\"a\",\"y\":\"left alone\"}\n";
    assert_tells(&read(&program, "own.jsonl", own, &[]), &["imported 1,"]);
    let rows: Vec<Value> = program.json(&["list", "replies"]);
    assert_eq!((&rows[0]["model"], &rows[1]["model"]), (&json!("m"), &json!(null)));
}

#[test]
fn ids_that_are_not_unique_are_cases() {
    let program = Program::with_queue();
    let line = |question: u32, model: &str| json!({"question_id": question, "prompt": format!("q{question}"), "model_id": model, "completion": format!("{model} says {question}")});
    let lines: String = [(1, "a"), (1, "b"), (2, "a"), (2, "b")]
        .map(|(question, model)| format!("{}\n", line(question, model)))
        .concat();
    let told = read(&program, "arena.jsonl", &lines, &[]);
    assert_tells(
        &told,
        &["case from .question_id: it is called question id, and several records share one", "imported 4"],
    );
    let rows = program.json(&["list", "replies"]);
    assert_eq!(rows[1]["case"], "1");
    assert_eq!(rows[1]["model"], "b");
}

#[test]
fn the_formats_are_listed() {
    let program = Program::new();
    assert_tells(&program.ok(&["formats"]), &["READ", "jsonl", ".jsonl .ndjson", "WRITTEN", "csv"]);
    let rows = program.json(&["formats"]);
    let jsonl = rows.iter().find(|row| row["format"] == "jsonl" && row["direction"] == "in").unwrap();
    assert_eq!(jsonl["extensions"], json!(["jsonl", "ndjson"]));
    assert!(rows.iter().any(|row| row["direction"] == "out"));
}
