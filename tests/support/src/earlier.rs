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

/// What is exported now, without the column that earlier programs did not have: it is empty in
/// their decisions.
pub fn without_due_at(exported: &str) -> String {
    let exported = exported.replace(",\"due_at\":null", "").replace(",due_at", "");
    let lines = exported.split_inclusive('\n').map(|line| {
        let cells: Vec<&str> = line.rsplitn(3, ',').collect();
        match cells[..] {
            [status, "", before] if ends_with_id(before) => format!("{before},{status}"),
            [end, before, rest] if end.trim().is_empty() && ends_with_id(before) => format!("{rest},{before}{end}"),
            _ => line.to_owned(),
        }
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
