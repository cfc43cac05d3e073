//! Frozen golden sets on a server: a reviewer freezes under their own name, and nobody changes one.

use super::roles::Team;
use karat::domain::decision::Verdict;
use karat::domain::golden::{Example, Expected};
use karat::store::Freezing;
use support::fixture::*;

#[test]
fn a_reviewer_freezes_and_nobody_changes_a_set() {
    let team = Team::new(2);
    let (queue, ana) = (team.queue.clone(), team.login("ana"));
    let store = team.store("ana");
    let seq = store.seq_of(&queue, "i1").unwrap();
    let example = Example {
        verdict: Verdict::Accept,
        expected: Expected::Output,
        categories: Vec::new(),
        tags: Vec::new(),
        why: "plain".into(),
    };
    store.keep_golden(queue.actor(&ana, T0), seq, &example).unwrap();
    let frozen = store.freeze_golden(queue.actor(&ana, T0), "support", &Freezing::default()).unwrap();
    assert_eq!((frozen.is_new, frozen.set.frozen_by.as_str()), (true, ana.as_str()));
    let set = |name: &str, version: i64, by: &str| {
        format!(
            "INSERT INTO golden_set (queue_id, name, version, digest, examples, spec_version, set_version, frozen_by, frozen_at)
             VALUES (1, '{name}', {version}, 'x', 1, 1, 1, '{by}', {T0})"
        )
    };
    let (others, skipped) = (set("other", 1, "somebody"), set("support", 7, &ana));
    let refused = [
        "UPDATE golden_set SET digest = 'x'",
        "DELETE FROM golden_text",
        "UPDATE golden_set_example SET id = 'i9'",
        "INSERT INTO golden_set_example (set_seq, place, id, digest) SELECT s.seq, 2, 'i9', x.digest FROM golden_set s, golden_text x",
        &others,
        &skipped,
    ];
    team.assert_forbidden("ana", &refused);
    team.assert_forbidden("vi", &[&set("other", 1, &team.login("vi"))]);
}
