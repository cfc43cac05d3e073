//! A row for each mark.

use serde_json::json;
use support::program::Program;

#[test]
fn a_mark_is_a_row_with_its_place_in_characters() {
    let program = Program::with_queue();
    program.write(
        "items.jsonl",
        json!({"id": "i1", "input": "?", "output": "é🎉 write to a@b.example in 3 days"}).to_string(),
    );
    program.ok(&["import", "replies", "items.jsonl"]);
    program.ok(&[
        "decide",
        "replies",
        "i1",
        "--verdict",
        "reject",
        "--category",
        "cold",
        "--mark",
        "27..33=cold",
        "--as",
        "ana",
    ]);
    let rows = program.csv(&["--rows", "marks"]);
    assert_eq!(rows.len(), 1);
    let told = ["mark", "mark_start", "mark_end", "mark_text", "mark_category", "mark_severity", "verdict"];
    assert_eq!(told.map(|name| rows[0][name].as_str()), ["1", "27", "33", "3 days", "cold", "minor", "reject"]);
    let rows = program.csv(&["--rows", "marks", "--redact", "email"]);
    assert_eq!(
        ["mark_start", "mark_text", "output"].map(|name| rows[0][name].as_str()),
        ["23", "3 days", "é🎉 write to [email] in 3 days"]
    );
    let columns = program.ok(&["export", "replies", "--to", "csv", "--rows", "marks", "--columns", "mark_text,id"]);
    assert_eq!(columns, "mark_text,id\n3 days,i1\n");
}
