//! A workspace with something of everything, and all that is told of one: what a copy of it
//! is compared by.

use crate::program::{Program, SPEC, items};
use rusqlite::Connection;
use rusqlite::types::Value;

/// A workspace with something of everything.
pub fn full() -> Program {
    let program = Program::with_items(40);
    for (item, verdict) in [("i1", "accept"), ("i2", "reject"), ("i3", "escalate")] {
        let mut arguments =
            vec!["decide", "replies", item, "--verdict", verdict, "--as", "ops-1", "--note", "noted 退款"];
        arguments.extend(match verdict {
            "reject" => vec!["--category", "cold", "--correction", "better so"],
            "escalate" => vec!["--route", "lead"],
            _ => vec![],
        });
        program.ok(&arguments);
    }
    program.ok(&["decide", "replies", "i1", "--verdict", "reject", "--category", "cold", "--over", "--as", "ops-2"]);
    program.ok(&["undo", "replies", "--as", "ops-2"]);
    program.ok(&["golden", "add", "replies", "i2", "--tag", "edge-case", "--why", "so it should be", "--as", "ops-1"]);
    program.ok(&["golden", "add", "replies", "i1", "--as", "ops-1"]);
    program.ok(&["golden", "remove", "replies", "i1", "--as", "ops-1"]);
    program.ok(&["filter", "save", "replies", "late", "verdict:undecided age>2d"]);
    program.write("spec.toml", SPEC.replace("Replies", "Replies, again"));
    program.ok(&["spec", "apply", "spec.toml"]);
    let strange = r#"{"id":"odd","input":"a\tb \udbff\udfff","output":"\u001b[31m","context":["\u202e 退款 🎉"]}"#;
    program.write("more.jsonl", items(41..=50) + strange);
    program.ok(&["import", "replies", "more.jsonl"]);
    let raw = Connection::open(program.db()).unwrap();
    raw.execute_batch(
        "INSERT INTO macro VALUES (1, 'ops-1', 'k', 'kind', 'reject', '{}');
         INSERT INTO habit VALUES (1, 'ops-1', 'order', 'newest');
         INSERT INTO draft (item_seq, reviewer, body, saved_at) VALUES (9, 'ops-1', '{\"note\":\"half\"}', 5);",
    )
    .unwrap();
    program
}

/// All that is told of a workspace.
pub fn told(program: &Program, db: &str) -> Vec<String> {
    let questions: [&[&str]; 9] = [
        &["export", "replies", "--to", "csv", "--rows", "decisions"],
        &["export", "replies", "--to", "jsonl", "--rows", "decisions"],
        &["export", "replies", "--to", "jsonl"],
        &["log", "replies", "--json"],
        &["golden", "list", "replies", "--json"],
        &["filter", "list", "replies", "--json"],
        &["spec", "show", "replies"],
        &["list", "replies", "--filter", "退款 or article", "--json"],
        &["queues", "--json"],
    ];
    questions.iter().map(|question| program.ok(&[question, ["--db", db].as_slice()].concat())).collect()
}

/// The rows of each table, in the order of the table's name, without what is left behind.
pub fn rows(program: &Program, db: &str) -> Vec<(String, Vec<Vec<Value>>)> {
    let raw = Connection::open(program.path(db)).unwrap();
    let sql = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%'
        AND name NOT LIKE 'text_%' AND name NOT LIKE 'group_%' AND name NOT IN ('claim', 'moving', 'fingerprint', 'item_lens') ORDER BY name";
    let mut tables = raw.prepare(sql).unwrap();
    let names: Vec<String> = tables.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let rows = |name: &String| {
        let mut statement = raw.prepare(&format!("SELECT * FROM {name}")).unwrap();
        let width = statement.column_count();
        let row = |row: &rusqlite::Row| (0..width).map(|at| row.get(at)).collect();
        let mut rows: Vec<Vec<Value>> = statement.query_map([], row).unwrap().map(Result::unwrap).collect();
        rows.sort_by_key(|row| format!("{row:?}"));
        rows
    };
    names.iter().map(|name| (name.clone(), rows(name))).collect()
}
