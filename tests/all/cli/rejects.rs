//! No input is lost silently: what cannot come in stands whole in the rejects file.

use base64::Engine;
use serde_json::Value;
use support::program::{Program, assert_tells, item, items};

fn rejects(program: &Program, name: &str) -> Vec<Value> {
    program.read(name).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A record that cannot come in: the record, the field at fault, a part of the reason.
type Bad = (&'static [u8], Option<&'static str>, &'static str);

const BAD: [Bad; 12] = [
    (b"{\"id\":\"b1\",\"input\":\"q\"", None, "broken JSON"),
    (b"{\"id\":\"b2\",\"input\":\"q\"}", Some("output"), "missing"),
    (b"{\"input\":\"q\",\"output\":\"a\"}", Some("id"), "missing"),
    (b"{\"id\":\"b3\",\"input\":\"q\",\"output\":\"a\",\"latency_ms\":\"fast\"}", Some("latency_ms"), "a number"),
    (
        b"{\"id\":\"b4\",\"input\":\"q\",\"output\":\"a\",\"context\":[{\"title\":\"t\"}]}",
        Some("context[0].text"),
        "missing",
    ),
    (b"{\"id\":\"b5\",\"input\":\"q\",\"output\":\"a\",\"created_at\":\"yesterday\"}", Some("created_at"), "RFC 3339"),
    (b"{\"id\":\"b6\",\"input\":\"q\",\"output\":\"\xff\xfe\"}", None, "invalid UTF-8"),
    (b"{\"id\":\"b7\",\"input\":\"q\",\"output\":\"half \\ud83d a character\"}", Some("output"), "lone surrogate"),
    (b"{\"id\":\"b8\",\"input\":\"q\",\"output\":\"nul \\u0000\"}", Some("output"), "U+0000"),
    (b"{\"id\":\"i1\",\"input\":\"question 1\",\"output\":\"answer 1\"}", Some("id"), "earlier in the same file"),
    (b"[1,2]", None, "an object"),
    (b"{\"id\":\"b9\",\"id\":\"b9\",\"input\":\"q\",\"output\":\"a\"}", Some("id"), "twice"),
];

#[test]
fn every_bad_record_is_kept_whole_with_line_field_and_reason() {
    let program = Program::with_queue();
    let mut file = items([1]).into_bytes();
    for (n, (record, ..)) in BAD.iter().enumerate() {
        file.extend([record, &b"\n"[..], items([n + 2]).as_bytes()].concat());
    }
    program.write("items.jsonl", file);
    let count = BAD.len() as u64;
    assert_eq!(program.import(&["items.jsonl"]), ((count + 1, 0, count), Some(3)), "the good ones are in");
    let rejects = rejects(&program, "items.jsonl.rejects.jsonl");
    assert_eq!(rejects.len(), BAD.len());
    for (n, (reject, (record, field, reason))) in rejects.iter().zip(BAD).enumerate() {
        assert_eq!((&reject["file"], &reject["line"]), (&"items.jsonl".into(), &(2 * n + 2).into()), "{reject}");
        assert_eq!(reject["field"].as_str(), field, "{reject}");
        assert_tells(reject["reason"].as_str().unwrap(), &[reason]);
        let kept = match reject["record"].as_str() {
            Some(text) => text.as_bytes().to_vec(),
            None => base64::prelude::BASE64_STANDARD.decode(reject["record_base64"].as_str().unwrap()).unwrap(),
        };
        assert_eq!(kept, record, "byte for byte");
    }
    assert_eq!(program.import(&["items.jsonl"]), ((0, count + 1, count), Some(3)), "again: the same rejects");
    program.assert_sound();
}

#[test]
fn the_rejects_file_can_be_imported_as_it_stands() {
    let program = Program::with_queue();
    program.write("items.csv", "id,input,output,attempt\ni1,question,answer,1\ni2,\"a, b\",answer,one\n");
    assert_eq!(program.import(&["items.csv"]), ((1, 0, 1), Some(3)));
    let mended = program.read("items.csv.rejects.jsonl").replace(",one\"", ",1\"");
    program.write("again.jsonl", mended);
    let outcome = program.run(&["import", "replies", "again.jsonl"]);
    assert_eq!(outcome.out, "imported 1, unchanged 0, rejected 0\n");
    assert_tells(&outcome.err, &["again.jsonl: the records are those that an earlier import rejected"]);
    assert_eq!(program.json(&["list", "replies"])[1]["id"], "i2");
}

#[test]
fn rejects_are_told_by_line_and_their_file_is_named() {
    let program = Program::with_queue();
    program.write("items.jsonl", items([1]) + "broken\n");
    let outcome = program.run(&["import", "replies", "items.jsonl"]);
    assert_eq!(outcome.out, "imported 1, unchanged 0, rejected 1\n");
    assert_tells(&outcome.err, &["items.jsonl:2:", "broken JSON", "1 rejected record is in items.jsonl.rejects.jsonl"]);
    let mode = std::os::unix::fs::PermissionsExt::mode(
        &program.path("items.jsonl.rejects.jsonl").metadata().unwrap().permissions(),
    );
    assert_eq!(mode & 0o777, 0o600, "records may be confidential");
}

#[test]
fn ten_rejects_are_told_and_all_are_kept() {
    let program = Program::with_queue();
    program.write("items.jsonl", "broken\n".repeat(5000));
    let outcome = program.run(&["import", "replies", "items.jsonl"]);
    assert_eq!(outcome.err.lines().count(), 12, "{}", outcome.err);
    assert_tells(&outcome.err, &["... and 4990 more", "5000 rejected records"]);
    assert_eq!(program.read("items.jsonl.rejects.jsonl").lines().count(), 5000);
    program.write("eleven.jsonl", "broken\n".repeat(11));
    let outcome = program.run(&["import", "replies", "eleven.jsonl"]);
    assert_tells(&outcome.err, &["eleven.jsonl:11: broken JSON"]);
}

#[test]
fn one_rejects_file_may_serve_several_inputs() {
    let program = Program::with_queue();
    program.write("a.jsonl", "broken a\n");
    program.write("b.jsonl", "broken b\n");
    assert_eq!(program.import(&["a.jsonl", "b.jsonl", "--rejects", "all.jsonl"]), ((0, 0, 2), Some(3)));
    let files: Vec<_> = rejects(&program, "all.jsonl").iter().map(|reject| reject["file"].clone()).collect();
    assert_eq!(files, ["a.jsonl", "b.jsonl"]);
    assert!(!program.exists("a.jsonl.rejects.jsonl"));
}

#[test]
fn rejects_never_overwrite_what_is_being_imported() {
    let program = Program::with_queue();
    let content = items([1]) + "broken\n" + &items([2]);
    program.write("items.jsonl", &content);
    let commands: [&[&str]; 3] = [
        &["import", "replies", "items.jsonl", "--rejects", "items.jsonl"],
        &["import", "replies", "items.jsonl", "--rejects", "./items.jsonl"],
        &["import", "replies", "items.jsonl", "--rejects", "w.db"],
    ];
    program.write("items.jsonl.rejects.jsonl", "mended by hand, to be imported");
    let glob = &["import", "replies", "items.jsonl", "items.jsonl.rejects.jsonl"][..];
    for command in commands.into_iter().chain([glob]) {
        let outcome = program.run(command);
        assert_eq!(outcome.code, Some(2), "{command:?}: {outcome:#?}");
        assert_tells(&outcome.err, &["--rejects"]);
        assert_eq!(program.read("items.jsonl"), content, "the input is left whole");
        assert_eq!(program.queue()["items"], 0);
    }
    assert_eq!(program.read("items.jsonl.rejects.jsonl"), "mended by hand, to be imported");
}

#[test]
fn bad_rows_of_a_csv_file_are_kept_whole_too() {
    let program = Program::with_queue();
    program.write(
        "items.csv",
        "id,input,output,latency_ms\n1,q,a,5\n2,q\n3,\"two\nlines\",a,slow\n4,q,a,6\n1,q,other,5\n5,\"open,a,7\n",
    );
    assert_eq!(program.import(&["items.csv"]), ((2, 0, 4), Some(3)));
    let rejects = rejects(&program, "items.csv.rejects.jsonl");
    let told: Vec<_> = rejects.iter().map(|r| (r["line"].as_u64().unwrap(), r["record"].as_str().unwrap())).collect();
    assert_eq!(told, [(3, "2,q"), (4, "3,\"two\nlines\",a,slow"), (7, "1,q,other,5"), (8, "5,\"open,a,7")]);
    let slow = rejects.iter().find(|reject| reject["line"] == 4).unwrap();
    assert_eq!(slow["field"], "latency_ms");
}

#[test]
fn bad_records_of_a_json_list_are_kept_whole_and_come_in_once_mended() {
    let program = Program::with_queue();
    let bad = "{\n    \"id\": \"bad\",\n    \"input\": \"q\",\n    \"output\": NaN\n  }";
    program.write("list.json", format!("[\n  {},\n  {bad},\n  {}\n]\n", item(1), item(2)));
    let outcome = program.run(&["import", "replies", "list.json", "--json"]);
    assert_eq!(outcome.out, "{\"imported\":2,\"unchanged\":0,\"rejected\":1}\n");
    assert_tells(&outcome.err, &["list.json:3 (/1): broken JSON at its line 4 column 15: NaN is no JSON"]);
    let rejects = rejects(&program, "list.json.rejects.jsonl");
    assert_eq!((&rejects[0]["line"], &rejects[0]["pointer"]), (&3.into(), &"/1".into()));
    assert_eq!(rejects[0]["record"], bad);
    program.write("mended.json", rejects[0]["record"].as_str().unwrap().replace("NaN", "null"));
    assert_eq!(program.import(&["mended.json"]), ((1, 0, 0), Some(0)));
}

#[test]
fn a_line_over_the_limit_is_rejected_whole_and_the_next_comes_in() {
    let program = Program::with_queue();
    let long = format!("{{\"id\":\"long\",\"input\":\"q\",\"output\":\"{}\"}}", "x".repeat(64 << 20));
    program.write("items.jsonl", format!("{}{long}\n{}\n", items([1]), item(2)));
    assert_eq!(program.import(&["items.jsonl"]), ((2, 0, 1), Some(3)));
    let line = program.read("items.jsonl.rejects.jsonl");
    let reject: Value = serde_json::from_str(&line).unwrap();
    assert_eq!((reject["line"].as_u64(), reject["reason"].as_str().unwrap().contains("64 MiB")), (Some(2), true));
    assert!(reject["record"] == long, "whole");
}

#[test]
fn what_rejects_tell_cannot_drive_the_terminal() {
    let program = Program::with_queue();
    let evil = serde_json::json!({ "id": "x", "input": "q", "output": "a", "latency_ms": "\u{1b}]0;owned\u{7}" });
    program.write("items.jsonl", format!("{evil}\n{{\"id\":\"\u{1b}[2J\",\"input\":1,\"output\":2}}\n"));
    program.write("items.csv", "id,input,\u{1b}[2Joutput\n");
    let columns = program.fails(&["import", "replies", "items.csv"]);
    assert!(columns.contains("no column output") && !columns.contains('\u{1b}'), "{columns:?}");
    let coloured = program.fails(&["import", "replies", "items.csv", "--color", "always"]);
    assert!(coloured.contains("\u{1b}[") && !coloured.contains("\u{1b}[2J"), "{coloured:?}");
    let outcome = program.run(&["import", "replies", "items.jsonl"]);
    assert!(!outcome.err.contains('\u{1b}') && !outcome.err.contains('\u{7}'), "{:?}", outcome.err);
}

#[test]
fn all_that_is_wrong_with_a_record_is_told_and_kept() {
    let program = Program::with_queue();
    let bad = "{\"id\":\"b\",\"input\":\"q\",\"output\":\"a\",\"priority\":\"high\",\"created_at\":\"yesterday\",\"tags\":\"a,b\"}\n";
    program.write("items.jsonl", bad);
    let outcome = program.run(&["import", "replies", "items.jsonl"]);
    let told = "items.jsonl:1: priority: must be a number, not text; created_at: must be a time, \
                such as 2026-11-01T09:30:00Z (RFC 3339); tags: must be a list of text, not text\n";
    assert!(outcome.err.starts_with(told), "{}", outcome.err);
    let reject = &rejects(&program, "items.jsonl.rejects.jsonl")[0];
    assert_eq!((reject["field"].as_str(), reject["also"][1]["field"].as_str()), (Some("priority"), Some("tags")));
}

#[test]
fn rejects_stop_no_import_where_their_file_cannot_be_written() {
    let program = Program::with_queue();
    program.write("items.jsonl", items([1]) + "broken\n" + &items([2]));
    std::fs::create_dir(program.path("items.jsonl.rejects.jsonl")).unwrap();
    let outcome = program.run(&["import", "replies", "items.jsonl"]);
    assert_eq!(outcome.out, "imported 2, unchanged 0, rejected 1\n", "{}", outcome.err);
    assert_tells(&outcome.err, &["items.jsonl.rejects.jsonl cannot be written (", "rejected records go to"]);
    let folder = program.path(".local/state/karat/rejects");
    let kept = std::fs::read_dir(&folder).unwrap().next().unwrap().unwrap();
    assert_tells(&std::fs::read_to_string(kept.path()).unwrap(), &["\"record\":\"broken\""]);
    assert_tells(&outcome.err, &[kept.path().to_str().unwrap()]);
    std::fs::remove_dir_all(&folder).unwrap();
    std::fs::write(&folder, "no folder").unwrap();
    let outcome = program.run(&["import", "replies", "items.jsonl"]);
    assert_eq!(outcome.out, "imported 0, unchanged 2, rejected 1\n", "{}", outcome.err);
    assert_tells(&outcome.err, &["name another file with --rejects", "items.jsonl:2: broken JSON"]);
}

#[test]
fn a_mended_file_takes_its_rejects_away() {
    let program = Program::with_queue();
    program.write("items.jsonl", items([1]) + "broken\n");
    program.import(&["items.jsonl"]);
    program.write("items.jsonl", items([1, 2]));
    let outcome = program.run(&["import", "replies", "items.jsonl"]);
    assert_tells(&outcome.err, &["items.jsonl.rejects.jsonl is removed"]);
    assert!(!program.exists("items.jsonl.rejects.jsonl"));
    program.write("items.jsonl.rejects.jsonl", "mine, whatever its name");
    program.write("items.jsonl", items([1, 2, 3]));
    program.import(&["items.jsonl"]);
    assert!(program.exists("items.jsonl.rejects.jsonl"), "which karat did not write");
    program.write("list.json", format!("[{}, {{\"id\": 0}}]", item(1)));
    program.import(&["list.json"]);
    program.write("list.json", format!("[{},", item(1)));
    assert_tells(&program.fails(&["import", "replies", "list.json"]), &["cut off"]);
    assert!(program.exists("list.json.rejects.jsonl"), "the file did not come in whole");
}

#[test]
fn stray_quotation_marks_swallow_nothing() {
    let program = Program::with_queue();
    let text = "id,input,output\n1,q,\"cut\n2,q,fine\n3,q,\"ok\"\n4,q,\"{\\\"a\\\": 1}\"\n5,q,\"two\nlines \"here\" too\"\n6,q,last\n";
    program.write("items.csv", text);
    let outcome = program.run(&["import", "replies", "items.csv"]);
    assert_eq!(outcome.out, "imported 3, unchanged 0, rejected 3\n", "{}", outcome.err);
    assert_tells(&outcome.err, &["items.csv:2: output: a quotation mark", "items.csv:5: output: ", "(lines 6 to 7)"]);
}
