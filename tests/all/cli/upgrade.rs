//! A workspace of an earlier program: it opens, is brought up, and says what it said.

use karat::text::hex::hex;
use sha2::{Digest, Sha256};
use support::earlier::{SAID, unpacked, without_later_columns};
use support::program::Program;

#[test]
fn a_workspace_of_an_earlier_program_says_what_it_said() {
    let program = Program::new();
    program.write("w.db", unpacked("v8.db.gz"));
    for (command, said) in SAID {
        assert_eq!(hex(Sha256::digest(without_later_columns(&program.ok(command)))), said, "{command:?}");
    }
    program.assert_sound();
    assert!(program.exists("w.db.v8"), "it was copied before");

    let log = program.json(&["log", "replies"]);
    let words: Vec<_> = log.iter().map(|event| event["kind"].as_str().unwrap()).collect();
    assert_eq!(words.len(), 23);
    assert_eq!(words[..4], ["queue_created", "spec_applied", "import_started", "import_finished"]);
    program.ok(&["undo", "replies", "--as", "ops-2"]);
    program.assert_sound();
}
