//! What leaves: the columns, the bytes, the manifest.

mod evals;
mod marks;
mod shape;

use karat::domain::record::Cell;
use karat::export::format::{Files, Format, RowWriter, Setting};
use karat::export::{Export, ExportColumn, ExportError, Form, Selection};
use karat::store::{Address, Condition, Rows, Store};
use serde_json::Value;
use sha2::{Digest, Sha256};
use support::program::{Program, SPEC, assert_tells, items};

const COLUMNS: &str = "id,case,attempt,priority,input,output,reference,context,model,prompt_version,latency_ms,cost_usd,\
    tokens_in,tokens_out,created_at,tags,meta,trace_id,span_id,session_id,user_id,prompt,verdict,categories,worst_severity,\
    route,score_tone,score_accuracy,note,correction,marks,reviewer,decided_at,seconds,lens,spec_version,decision_id,due_at";

/// The columns of where an item stands.
const STANDING: &str = "stage,opinions,settled_by,chance,rule,checks,replaced_by";

/// One item with every field, hard to quote.
const FULL: &str = r#"{"id":"full","case":"c-1","attempt":2,"priority":-3,"input":[{"role":"user","content":"Zwei \"Zeilen\"\nund, ein Komma"}],"output":{"n":1.50,"big":12345678901234567890,"语":"日本語 🎉👩‍👩‍👧"},"reference":"r\r\nr","context":["plain",{"title":"T","text":"line 1\nline 2","url":"https://x.example","id":"HC-1","updated_at":"2026-10-05T08:00:00Z"}],"model":"m","prompt_version":"v1","latency_ms":721.5,"cost_usd":0.000295,"tokens_in":7,"tokens_out":8,"created_at":"2026-11-01T11:11:19.250+01:00","tags":["a;b","ü"],"meta":{"k":[1,null]},"other":true}"#;

fn full() -> Program {
    let program = Program::with_queue();
    program.write("items.jsonl", format!("{FULL}\n{}", items(1..=3)));
    program.ok(&["import", "replies", "items.jsonl"]);
    let note = "“note”, with\na second line";
    program.ok(&[
        "decide",
        "replies",
        "full",
        "--verdict",
        "accept",
        "--score",
        "tone=3",
        "--note",
        note,
        "--as",
        "ana",
    ]);
    program.ok(&["decide", "replies", "i1", "--verdict", "reject", "--category", "cold", "--as", "ops-1"]);
    program.ok(&[
        "decide",
        "replies",
        "i2",
        "--verdict",
        "escalate",
        "--route",
        "lead",
        "--note",
        "?",
        "--as",
        "ops-1",
    ]);
    program
}

#[test]
fn the_columns_are_fixed_by_the_spec_alone() {
    let program = Program::with_items(1);
    let header = |program: &Program, rows: &str| {
        program.ok(&["export", "replies", "--to", "csv", "--rows", rows]).lines().next().unwrap().to_owned()
    };
    assert_eq!(header(&program, "items"), format!("{COLUMNS},cause,{STANDING}"), "with nothing decided");
    program.accept("i1");
    program.ok(&["decide", "replies", "i1", "--verdict", "accept", "--as", "ops-2", "--over"]);
    assert_eq!(header(&program, "items"), format!("{COLUMNS},cause,{STANDING}"), "with two reviewers");
    assert_eq!(
        header(&program, "decisions"),
        format!("{COLUMNS},cause,reviewer_kind,purpose,slot,seen_others,sides,status,{STANDING}")
    );
}

#[test]
fn every_field_comes_out_as_it_went_in() {
    let program = full();
    let rows = program.csv(&[]);
    assert_eq!(rows.iter().map(|row| row["id"].as_str()).collect::<Vec<_>>(), ["full", "i1", "i2"], "decided ones");
    let row = &rows[0];
    let expected = [
        ("case", "c-1"),
        ("attempt", "2"),
        ("priority", "-3"),
        ("input", r#"[{"role":"user","content":"Zwei \"Zeilen\"\nund, ein Komma"}]"#),
        ("output", r#"{"n":1.50,"big":12345678901234567890,"语":"日本語 🎉👩‍👩‍👧"}"#),
        ("reference", "r\r\nr"),
        ("model", "m"),
        ("prompt_version", "v1"),
        ("latency_ms", "721.5"),
        ("cost_usd", "0.000295"),
        ("tokens_in", "7"),
        ("tokens_out", "8"),
        ("created_at", "2026-11-01T10:11:19.250Z"),
        ("tags", r#"["a;b","ü"]"#),
        ("verdict", "accept"),
        ("score_tone", "3"),
        ("note", "“note”, with\na second line"),
        ("reviewer", "ana"),
        ("seconds", "0"),
        ("spec_version", "1"),
    ];
    for (column, value) in expected {
        assert_eq!(row[column], value, "{column}");
    }
    let context: Value = serde_json::from_str(&row["context"]).unwrap();
    assert_eq!((&context[0]["text"], &context[1]["text"]), (&"plain".into(), &"line 1\nline 2".into()));
    let meta: Value = serde_json::from_str(&row["meta"]).unwrap();
    assert_eq!(meta, serde_json::json!({ "k": [1, null], "other": true }));
}

#[test]
fn twice_the_same_workspace_is_twice_the_same_bytes() {
    let program = full();
    for to in ["csv", "jsonl", "json"] {
        for rows in ["items", "decisions"] {
            let export = |out: &str| program.ok(&["export", "replies", "--to", to, "--rows", rows, "--out", out]);
            export("file-1");
            export("file-2");
            assert_eq!(program.bytes("file-1"), program.bytes("file-2"));
            assert_eq!(program.read("file-1"), program.ok(&["export", "replies", "--to", to, "--rows", rows]));
            let manifest = |name: &str| program.read(&format!("{name}.manifest.json")).replace(name, "");
            assert_eq!(manifest("file-1"), manifest("file-2"));
        }
    }
}

#[test]
fn the_manifest_describes_the_file() {
    let program = full();
    let outcome = program.run(&["export", "replies", "--to", "csv", "--out", "out.csv", "--verdict", "accept"]);
    assert_tells(&outcome.err, &["1 row to out.csv", "out.csv.manifest.json"]);
    let manifest: Value = serde_json::from_str(&program.read("out.csv.manifest.json")).unwrap();
    let bytes = program.bytes("out.csv");
    assert_eq!(manifest["sha256"], digest(&bytes));
    assert_eq!(manifest["bytes"], bytes.len());
    assert_eq!(manifest["counts"], serde_json::json!({ "rows": 1, "accept": 1, "reject": 0, "escalate": 0 }));
    assert_eq!(
        manifest["columns"],
        serde_json::json!(format!("{COLUMNS},cause,{STANDING}").split(',').collect::<Vec<_>>())
    );
    assert_eq!(manifest["verdicts"], serde_json::json!(["accept"]));
    assert_eq!((&manifest["spec_version"], &manifest["queue"]), (&1.into(), &"replies".into()));
    assert_eq!((&manifest["file"], &manifest["karat"]), (&"out.csv".into(), &env!("CARGO_PKG_VERSION").into()));
    assert_eq!((&manifest["format"], &manifest["rows"]), (&"csv".into(), &"items".into()));
}

fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Ids, a line each, and a readme beside them that says what they are and how many.
struct Listed;

impl Format for Listed {
    fn name(&self) -> &'static str {
        "listed"
    }

    fn about(&self) -> &'static str {
        "ids and a readme"
    }

    fn extension(&self) -> &'static str {
        "txt"
    }

    fn is_flat(&self) -> bool {
        true
    }

    fn further_files(&self) -> &'static [&'static str] {
        &[".readme.md"]
    }

    fn writer(&self, _: &Setting) -> std::io::Result<Box<dyn RowWriter>> {
        Ok(Box::new(ListedWriter { count: 0 }))
    }
}

struct ListedWriter {
    count: usize,
}

impl RowWriter for ListedWriter {
    fn begin(&mut self, columns: &[ExportColumn], files: &mut Files) -> std::io::Result<()> {
        files.further[0].extend_from_slice(format!("{}: {:?}\n", columns[0].name, columns[0].holds).as_bytes());
        Ok(())
    }

    fn row(&mut self, cells: &[Cell], files: &mut Files) -> std::io::Result<()> {
        self.count += 1;
        cells[0].write_json(&mut files.main)?;
        files.main.push(b'\n');
        Ok(())
    }

    fn end(&mut self, files: &mut Files) -> std::io::Result<()> {
        files.further[0].extend_from_slice(format!("{} rows\n", self.count).as_bytes());
        Ok(())
    }
}

#[test]
fn a_format_of_two_files_is_published_whole_with_the_digest_of_each() {
    let program = full();
    let store = Store::open(Address::from(program.db())).unwrap();
    let queue = store.queue("replies").unwrap();
    let selection = Selection {
        rows: Rows::Items,
        of_marks: false,
        verdicts: Vec::new(),
        condition: Condition::default(),
        filter: None,
        reviewer: "pm".into(),
    };
    let export = Export { store: &store, queue: &queue, selection, form: Form::plain(&Listed) };
    let published = export.publish(&program.path("out.txt")).unwrap();
    assert_eq!((published.exported.counts.rows, published.manifest), (3, program.path("out.txt.manifest.json")));
    assert_eq!(program.read("out.txt"), "\"full\"\n\"i1\"\n\"i2\"\n");
    assert_eq!(program.read("out.txt.readme.md"), "id: Id\n3 rows\n");
    let manifest: Value = serde_json::from_str(&program.read("out.txt.manifest.json")).unwrap();
    let listed = |entry: &Value| (entry["file"].clone(), entry["bytes"].clone(), entry["sha256"].clone());
    let is = |name: &str| {
        let bytes = program.bytes(name);
        (name.into(), bytes.len().into(), digest(&bytes).into())
    };
    assert_eq!(listed(&manifest), is("out.txt"));
    let further = manifest["further_files"].as_array().unwrap();
    assert_eq!(further.iter().map(listed).collect::<Vec<_>>(), [is("out.txt.readme.md")]);
    assert!(matches!(export.write(&mut Vec::new()), Err(ExportError::SeveralFiles("listed"))), "into one stream");
}

#[test]
fn verdicts_choose_the_rows() {
    let program = full();
    let ids = |verdicts: &[&str]| -> Vec<String> {
        let flags: Vec<&str> = verdicts.iter().flat_map(|verdict| ["--verdict", verdict]).collect();
        program.csv(&flags).into_iter().map(|row| row["id"].clone()).collect()
    };
    assert_eq!(ids(&["reject"]), ["i1"]);
    assert_eq!(ids(&["reject", "escalate"]), ["i1", "i2"]);
    assert_eq!(ids(&["rejected"]), ["i1"]);
}

#[test]
fn decisions_are_a_row_each_until_they_are_undone() {
    let program = Program::with_items(1);
    program.accept("i1");
    program.ok(&["decide", "replies", "i1", "--verdict", "reject", "--category", "cold", "--as", "ops-1"]);
    program.ok(&["decide", "replies", "i1", "--verdict", "accept", "--as", "ops-2", "--over"]);
    let rows = |program: &Program| -> Vec<[String; 3]> {
        let rows = program.csv(&["--rows", "decisions"]);
        rows.iter().map(|row| ["reviewer", "verdict", "status"].map(|column| row[column].clone())).collect()
    };
    let expected =
        [["ops-1", "accept", "superseded"], ["ops-1", "reject", "standing"], ["ops-2", "accept", "standing"]];
    assert_eq!(rows(&program), expected);
    assert_eq!(program.csv(&[])[0]["reviewer"], "ops-2", "the newest is of record");
    program.ok(&["undo", "replies", "--as", "ops-1"]);
    assert_eq!(rows(&program), [["ops-1", "accept", "standing"], ["ops-2", "accept", "standing"]]);
}

#[test]
fn excel_gets_its_mark_and_its_line_ends() {
    let program = full();
    let plain = program.ok(&["export", "replies", "--to", "csv"]);
    let excel = program.ok(&["export", "replies", "--to", "csv", "--excel"]);
    assert!(excel.starts_with("\u{feff}id,case,"), "{excel}");
    let records = |text: &str| -> Vec<csv::StringRecord> {
        csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(text.as_bytes())
            .records()
            .map(Result::unwrap)
            .collect()
    };
    assert_eq!(records(&plain), records(excel.trim_start_matches('\u{feff}')));
    assert_eq!(excel.matches("\r\n").count(), 4 + 1, "four records, and one inside a cell");
    assert!(!plain.starts_with('\u{feff}'));
}

#[test]
fn json_is_a_list_of_the_objects_of_json_lines() {
    let program = full();
    let list = |filter: &str| -> Vec<Value> {
        serde_json::from_str(&program.ok(&["export", "replies", "--to", "json", "--filter", filter])).unwrap()
    };
    assert_eq!(list(""), program.jsonl(&[]));
    assert_eq!(list("id:nobody"), Vec::<Value>::new(), "a list of nothing is a list");
}

#[test]
fn excel_and_raw_cells_belong_to_csv() {
    let program = full();
    for flag in ["--excel", "--raw-cells"] {
        let outcome = program.run(&["export", "replies", "--to", "jsonl", flag]);
        assert_eq!(outcome.code, Some(2), "{outcome:#?}");
        assert_tells(&outcome.err, &[flag, "csv"]);
    }
}

#[test]
fn no_cell_is_a_formula_unless_asked_for() {
    let program = Program::with_queue();
    let outputs = [
        "=1+1",
        "+SUM(A1)",
        "-2+3",
        "@cmd",
        "\t=1",
        "\r=1",
        "-12.5",
        "+3",
        "1=1",
        "'=1",
        "\n=1",
        "\u{ff1d}1",
        "\u{a0}=1",
    ];
    let lines: String = (0..outputs.len())
        .map(|n| serde_json::json!({ "id": format!("i{n}"), "input": "q", "output": outputs[n] }).to_string() + "\n")
        .collect();
    program.write("items.jsonl", lines);
    program.ok(&["import", "replies", "items.jsonl"]);
    for n in 0..outputs.len() {
        let note = "=HYPERLINK(\"x\")";
        program.ok(&["decide", "replies", &format!("i{n}"), "--verdict", "accept", "--note", note, "--as", "@ops"]);
    }
    let rows = program.csv(&[]);
    for (row, output) in rows.iter().zip(outputs) {
        let kept = matches!(output, "-12.5" | "+3" | "1=1");
        assert_eq!(row["output"], if kept { output.to_owned() } else { format!("'{output}") });
        assert_eq!((row["note"].as_str(), row["reviewer"].as_str()), ("'=HYPERLINK(\"x\")", "'@ops"));
    }
    for (row, output) in program.csv(&["--raw-cells"]).iter().zip(outputs) {
        assert_eq!((row["output"].as_str(), row["reviewer"].as_str()), (output, "@ops"));
    }
    assert_eq!(program.jsonl(&[])[0]["output"], "=1+1", "JSON has no formulas");
}

/// What an item holds, of an exported row.
fn content(row: &Value) -> Vec<&Value> {
    let fields = [
        "id",
        "case",
        "attempt",
        "priority",
        "input",
        "output",
        "reference",
        "context",
        "model",
        "prompt_version",
        "latency_ms",
        "cost_usd",
        "tokens_in",
        "tokens_out",
        "created_at",
        "tags",
    ];
    fields.map(|field| &row[field]).to_vec()
}

#[test]
fn what_was_exported_can_be_imported_again() {
    let program = full();
    for to in ["jsonl", "json", "csv", "tsv", "parquet", "arrow", "xlsx"] {
        if karat::export::format::named(to).is_none() {
            continue; // a build without it
        }
        let file = format!("out.{to}");
        program.ok(&["export", "replies", "--to", to, "--out", &file]);
        assert_eq!(program.import(&[&file]), ((0, 3, 0), Some(0)), "a queue knows its own items as {to}");
    }
    program.write("again.toml", SPEC.replace("\"replies\"", "\"again\""));
    program.ok(&["spec", "apply", "again.toml"]);
    let told = program.ok(&["import", "again", "out.jsonl", "--json"]);
    assert_eq!(told, "{\"imported\":3,\"unchanged\":0,\"rejected\":0}\n");
    for item in ["full", "i1", "i2"] {
        program.ok(&["decide", "again", item, "--verdict", "accept", "--as", "ops-1"]);
    }
    let lines = |queue: &str| -> Vec<Value> {
        let out = program.ok(&["export", queue, "--to", "jsonl"]);
        out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let (before, after) = (lines("replies"), lines("again"));
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(content(before), content(after));
        let meta = before["meta"].as_object().cloned().unwrap_or_default();
        for (key, value) in &meta {
            assert_eq!(&after["meta"][key], value, "meta.{key}");
        }
        assert_eq!(after["meta"]["verdict"], before["verdict"], "the earlier verdict is kept in meta");
    }
}

#[test]
fn a_verdict_of_record_follows_the_newest_spec_of_its_decision() {
    let program = Program::with_items(1);
    program.ok(&["decide", "replies", "i1", "--verdict", "reject", "--category", "cold", "--as", "ops-1"]);
    program.write("spec.toml", SPEC.replace("severity = \"minor\"", "severity = \"critical\""));
    program.ok(&["spec", "apply", "spec.toml", "--yes"]);
    assert_eq!(program.csv(&[])[0]["worst_severity"], "minor", "by the spec that the decision was made under");
}

#[test]
fn an_export_that_fails_leaves_what_was_there() {
    let program = full();
    program.write("out.csv", "older");
    let error = program.fails(&["export", "replies", "--to", "csv", "--out", "missing/out.csv"]);
    assert_tells(&error, &["missing/out.csv is not written", "there is no folder missing"]);
    program.fails(&["export", "nosuch", "--to", "csv", "--out", "out.csv"]);
    std::fs::create_dir(program.path("folder")).unwrap();
    let before = program.files();
    let outcome = program.run(&["export", "replies", "--to", "csv", "--out", "folder"]);
    assert_eq!(outcome.code, Some(2), "{outcome:#?}");
    assert_tells(&outcome.err, &["folder is no regular file"]);
    assert_eq!(program.files(), before, "no temporary file and no manifest stays");
    assert_eq!(program.read("out.csv"), "older");
}

#[test]
fn an_export_never_replaces_its_own_workspace() {
    let program = full();
    let outcome = program.run(&["export", "replies", "--to", "csv", "--out", "w.db"]);
    assert_eq!(outcome.code, Some(2), "{outcome:#?}");
    assert_tells(&outcome.err, &["w.db", "workspace"]);
    program.assert_sound();
}

#[test]
fn a_dash_is_standard_output_and_a_link_stays_a_link() {
    let program = full();
    let before = program.files();
    let out = program.ok(&["export", "replies", "--to", "csv", "--out", "-"]);
    assert_eq!((out, program.files()), (program.ok(&["export", "replies", "--to", "csv"]), before));
    program.write("real.csv", "older");
    std::os::unix::fs::symlink(program.path("real.csv"), program.path("link.csv")).unwrap();
    program.ok(&["export", "replies", "--to", "csv", "--out", "link.csv"]);
    assert!(std::fs::symlink_metadata(program.path("link.csv")).unwrap().is_symlink());
    assert!(program.read("real.csv").starts_with("id,"));
}

#[test]
fn every_line_of_json_has_the_same_members() {
    let program = Program::with_items(0);
    program.write("two.jsonl", "{\"id\":\"a\",\"input\":\"i\",\"output\":\"o\"}\n{\"id\":\"b\",\"input\":\"i\",\"output\":\"o\",\"model\":\"m\",\"meta\":{\"x\":1}}");
    program.ok(&["import", "replies", "two.jsonl"]);
    for item in ["a", "b"] {
        program.ok(&["decide", "replies", item, "--verdict", "accept"]);
    }
    let out = program.ok(&["export", "replies", "--to", "jsonl"]);
    let members = |line: &str| -> Vec<String> {
        serde_json::from_str::<serde_json::Map<String, Value>>(line).unwrap().keys().cloned().collect()
    };
    let lines: Vec<_> = out.lines().map(members).collect();
    assert_eq!((lines.len(), &lines[0]), (2, &lines[1]));
}

#[test]
fn exported_csv_comes_back_as_it_was() {
    let program = Program::with_queue();
    let outputs =
        ["- one\n- two", "'=1+1", "=1+1", "\n=1", "\u{ff1d}cmd", "''", "\u{200b}=1", "-5", "", " x", "a\r\nb"];
    let item = |(at, output): (usize, &&str)| {
        serde_json::json!({ "id": format!("@{at}"), "case": "=c", "input": "", "output": output, "reference": "'" })
            .to_string()
            + "\n"
    };
    program.write("items.jsonl", outputs.iter().enumerate().map(item).collect::<String>());
    program.ok(&["import", "replies", "items.jsonl"]);
    for at in 0..outputs.len() {
        program.ok(&["decide", "replies", &format!("@{at}"), "--verdict", "accept"]);
    }
    for (name, flag) in [("plain", None), ("excel", Some("--excel")), ("raw", Some("--raw-cells"))] {
        let out = format!("{name}.csv");
        let arguments: Vec<_> = ["export", "replies", "--to", "csv", "--out", &out].into_iter().chain(flag).collect();
        let outcome = program.run(&arguments);
        let told = "22 ids or cases begin as formulas do";
        assert_eq!(outcome.err.contains(told), flag.is_none(), "{}", outcome.err);
        assert_eq!(program.ok(&["import", "replies", &out]), "imported 0, unchanged 11, rejected 0\n");
        program.write("again.toml", SPEC.replace("\"replies\"", &format!("\"{name}\"")));
        program.ok(&["spec", "apply", "again.toml"]);
        assert_eq!(program.ok(&["import", name, &out]), "imported 11, unchanged 0, rejected 0\n");
        for (at, output) in outputs.iter().enumerate() {
            let id = format!("@{at}");
            program.ok(&["decide", name, &id, "--verdict", "accept"]);
            let line = program.ok(&["export", name, "--to", "jsonl", "--filter", &format!("id:{id}")]);
            let row: Value = serde_json::from_str(&line).unwrap();
            let found = [&row["id"], &row["case"], &row["output"], &row["reference"]];
            assert_eq!(found, [id.as_str(), "=c", output, "'"], "{name}");
        }
    }
    program.write("others.csv", "id,input,output\n1,q,'=1+1\n");
    program.ok(&["import", "replies", "others.csv"]);
    program.accept("1");
    assert_eq!(program.jsonl(&[]).last().unwrap()["output"], "'=1+1", "the file of another program is as it is");
}

#[test]
fn line_ends_of_unicode_are_escaped_in_json() {
    let program = Program::with_queue();
    let item = serde_json::json!({ "id": "1", "input": "q", "output": "x\u{2028}y\u{85}z", "meta": { "\u{2029}": "\u{2028}" } });
    program.write("items.jsonl", item.to_string());
    program.ok(&["import", "replies", "items.jsonl"]);
    program.accept("1");
    for to in ["jsonl", "json"] {
        let out = program.ok(&["export", "replies", "--to", to]);
        assert!(!out.contains(['\u{2028}', '\u{2029}', '\u{85}']), "{out}");
    }
    assert_eq!(program.jsonl(&[])[0]["output"], item["output"]);
}
