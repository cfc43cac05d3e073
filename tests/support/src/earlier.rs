//! Workspaces that earlier programs have left (`tests/workspaces`), and what those programs
//! said of them.

use flate2::read::GzDecoder;
use std::io::Read;
use std::path::Path;

/// What the program that made the workspace printed for a command, as a SHA-256.
pub const SAID: [(&[&str], &str); 4] = [
    (&["export", "replies", "--to", "csv"], "ad90c9c7f38e4fb821fd805c199b165f3cc4d0b35175114fea2e659b42ef65f1"),
    (
        &["export", "replies", "--to", "csv", "--rows", "decisions"],
        "0875f72bda4e1ab2159bf13e4831fef240bd6b562a07406b7ce93806b9eb82e4",
    ),
    (&["export", "replies", "--to", "jsonl"], "87747b04ed6d856c4ab5182d49856ba9bb2aa8a1fcc668b9082d51ea24d08525"),
    (
        &["export", "replies", "--to", "jsonl", "--rows", "decisions"],
        "6e306827c9ae39bd9c6d5e6fcbeb58591f16a5e83ca05eecaacbb5a56c4dfce3",
    ),
];

/// Columns that earlier programs did not have.
const LATER: [&str; 19] = [
    "due_at",
    "cause",
    "reviewer_kind",
    "purpose",
    "slot",
    "seen_others",
    "sides",
    "stage",
    "opinions",
    "settled_by",
    "chance",
    "rule",
    "checks",
    "replaced_by",
    "trace_id",
    "span_id",
    "session_id",
    "user_id",
    "prompt",
];

/// What is exported now, without the columns that earlier programs did not have.
pub fn without_later_columns(exported: &str) -> String {
    if exported.starts_with('{') { without_members(exported) } else { without_cells(exported) }
}

/// None of their values has a comma in it.
fn without_members(lines: &str) -> String {
    LATER.iter().fold(lines.to_owned(), |lines, name| {
        let member = format!(",\"{name}\":");
        let mut parts = lines.split(&member);
        let before = parts.next().unwrap_or_default().to_owned();
        let rest = parts.map(|part| part.find([',', '}']).map_or("", |end| &part[end..]));
        before + &rest.collect::<String>()
    })
}

/// They stand behind the decision's id, which ends a row of what was there before; the four of traces and the prompt,
/// which an earlier item has none of, before the verdict.
fn without_cells(rows: &str) -> String {
    let header = rows.replacen(",trace_id,span_id,session_id,user_id,prompt,verdict,", ",verdict,", 1);
    let verdicts = ["accept", "reject", "escalate"].map(|verdict| format!(",{verdict},"));
    let rows = &verdicts.iter().fold(header, |rows, verdict| rows.replace(&format!(",,,,,{verdict}"), verdict));
    let header = rows.lines().next().unwrap_or_default();
    let behind: Vec<&str> = header.split(',').skip_while(|name| *name != "decision_id").skip(1).collect();
    let lines = rows.split_inclusive('\n').map(|line| {
        let mut cells: Vec<&str> = line.trim_end().rsplitn(behind.len() + 1, ',').collect();
        cells.reverse();
        if cells.len() <= behind.len() || !(ends_with_id(cells[0]) || cells[0].ends_with("decision_id")) {
            return line.to_owned();
        }
        let kept = cells[1..].iter().zip(&behind).filter(|(_, name)| !LATER.contains(name));
        let kept: String = kept.map(|(cell, _)| format!(",{cell}")).collect();
        format!("{}{kept}{}", cells[0], &line[line.trim_end().len()..])
    });
    lines.collect()
}

/// Whether it ends with a UUID, as decisions have it.
fn ends_with_id(text: &str) -> bool {
    let id = text.len().checked_sub(36).and_then(|at| text.get(at..)).unwrap_or_default();
    id.bytes().filter(|byte| *byte == b'-').count() == 4 && id.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit())
}

/// A file of `tests/workspaces`, unpacked.
pub fn unpacked(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../workspaces").join(name);
    let mut bytes = Vec::new();
    GzDecoder::new(std::fs::File::open(&path).unwrap()).read_to_end(&mut bytes).unwrap();
    bytes
}
