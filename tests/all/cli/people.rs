//! `karat people` and `karat lift`.

use karat::domain::decision::{Draft, Judgement, Verdict};
use karat::domain::time::UtcMillis;
use karat::store::{Next, Pick, Store};
use serde_json::Value;
use std::sync::Arc;
use support::program::{Program, assert_tells};
use support::spec::SPEC;

/// A queue of 12 items, of which lee has accepted six and kept them as examples, and ana answers five of those
/// wrongly.
fn paused(otherwise: &str) -> Program {
    let program = Program::with_items(12);
    for n in 1..=6 {
        let item = format!("i{n}");
        program.ok(&["decide", "replies", &item, "--verdict", "accept", "--as", "lee"]);
        program.ok(&["golden", "add", "replies", &item, "--tag", "starter", "--as", "lee"]);
    }
    program.ok(&["team", "grant", "ana", "--role", "reviewer", "--as", "lee"]);
    program.ok(&["team", "grant", "ben", "--role", "reviewer", "--as", "lee"]);
    let section =
        format!("\n[calibrate]\ngolden = \"#starter\"\nshare = 1.0\nleast = 5\notherwise = \"{otherwise}\"\n");
    program.write("calibrated.toml", format!("{SPEC}{section}"));
    program.ok(&["spec", "apply", "calibrated.toml", "--as", "lee"]);
    let mut store = Store::open(program.db()).unwrap();
    let queue = store.queue("replies").unwrap();
    let now: UtcMillis = store.now();
    let actor = queue.actor("ana", now);
    for _ in 0..5 {
        let Next::Item(item) = store.next(actor, Pick::default()).unwrap() else { panic!("none") };
        let karat::domain::claim::Claimed::Mine(claim) = &item.claimed else { panic!("not hers") };
        let draft = Draft { categories: vec!["cold".into()], ..Draft::default() };
        let judgement = Judgement::new(Verdict::Reject, Arc::new(draft));
        store.decide(actor, item.seq, &claim.token, &judgement).unwrap();
    }
    store.release_all().unwrap();
    program
}

#[test]
fn a_reviewer_is_told_why_they_are_paused_and_a_lead_lifts_it() {
    let program = paused("pause");
    let told = program.ok(&["people", "replies", "--as", "ana"]);
    assert_tells(
        &told,
        &["ana in replies", "right on known examples: 0 of 5, 0 % (0 to 43.4 %); the queue asks for 80 %"],
    );
    assert_tells(&told, &["paused since", "of 5 known examples 0 were answered as they should be"]);
    assert_tells(&told, &["drift", "cold: seen where it is there 0 of 0; said where it is not 5 of 5"]);
    let refused = program.fails(&["decide", "replies", "i9", "--verdict", "accept", "--as", "ana"]);
    assert_tells(&refused, &["you are paused in this queue", "karat people QUEUE", "karat lift QUEUE"]);

    assert!(!program.ok(&["people", "replies", "--as", "ben"]).contains("ana"), "nobody else's");
    assert_tells(&program.fails(&["people", "replies", "--of", "ana", "--as", "ben"]), &["is for them and for leads"]);
    let all: Vec<Value> = program
        .ok(&["people", "replies", "--json", "--as", "lee"])
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!((&all[0]["reviewer"], &all[1]["reviewer"]), (&"lee".into(), &"ana".into()), "the own first");
    assert_eq!(
        (&all[1]["right"]["n"], &all[1]["right"]["k"], &all[1]["paused"]["bad"]),
        (&5.into(), &0.into(), &5.into())
    );

    let lift = |who: &'static str| ["lift", "replies", "ana", "--why", "we went through them", "--as", who];
    assert_tells(&program.fails(&lift("ben")), &["this takes a lead"]);
    assert_tells(&program.ok(&lift("lee")), &["lifted as lee: ana is served again in replies"]);
    assert_tells(&program.fails(&lift("lee")), &["`ana` is not paused in replies", "karat people replies"]);
    assert_tells(&program.ok(&["log", "replies"]), &["paused", "lifted", "we went through them"]);
    program.ok(&["decide", "replies", "i9", "--verdict", "accept", "--as", "ana"]);
    program.assert_sound();
}

#[test]
fn where_the_spec_only_tells_nobody_is_stopped() {
    let program = paused("tell");
    assert_tells(&program.ok(&["people", "replies", "--as", "ana"]), &["told since"]);
    program.ok(&["decide", "replies", "i9", "--verdict", "accept", "--as", "ana"]);
    assert_tells(
        &program.ok(&["people", "replies", "--as", "ben"]),
        &["ben in replies", "no known example was served yet"],
    );
}
