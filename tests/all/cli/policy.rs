//! A rule is tried on what has happened before it is in force.

use karat::domain::decision::{Draft, Judgement, Verdict};
use karat::store::Store;
use serde_json::{Value, json};
use support::program::{Program, SPEC, assert_tells};

/// Twelve items, of which six are accepted, in 30 seconds each, and one is escalated.
fn decided() -> Program {
    let program = Program::with_items(12);
    let store = Store::open_existing(program.db().as_path()).unwrap();
    let queue = store.queue("replies").unwrap();
    for n in 1..=6 {
        let scored = Draft { scores: [("accuracy".to_owned(), 2)].into(), ..Draft::default() };
        let judgement = Judgement { active_millis: 30_000, ..Judgement::new(Verdict::Accept, scored) };
        store.decide_at_once(queue.actor("ana", store.now()), &format!("i{n}"), &judgement).unwrap();
    }
    let asks = Draft { note: "who?".into(), route: Some("desk".into()), ..Draft::default() };
    store.decide_at_once(queue.actor("ana", store.now()), "i7", &Judgement::new(Verdict::Escalate, asks)).unwrap();
    program
}

fn with(program: &Program, tables: &str) {
    program.write("new.toml", format!("{SPEC}\n{tables}"));
}

const TRIED: &str = "[[check]]\nkey = \"short\"\nforbids = \"answer 1$\"\notherwise = \"reject\"\nfailure = \"wrong\"\n\
    [[sample]]\nkey = \"few\"\nfirst = 3\nrate = 0.0\nopinions = 2\n[review]\nhour_cost = 36\n";

#[test]
fn a_rule_is_tried_beside_the_one_in_force() {
    let program = decided();
    with(&program, TRIED);
    let events = program.ok(&["log", "replies"]);
    let told = program.ok(&["policy", "simulate", "new.toml", "replies"]);
    insta::assert_snapshot!(told);
    assert_eq!(program.ok(&["log", "replies"]), events, "nothing is changed");
    program.ok(&["doctor"]);
}

#[test]
fn the_same_is_told_as_json() {
    let program = decided();
    with(&program, TRIED);
    let found = program.json(&["policy", "simulate", "new.toml", "replies", "--as", "lee"]).remove(0);
    let names = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let members = "queue spec_version file since items seconds in_force simulated taken_in changes notes";
    assert_eq!(names(&found), members.split(' ').collect::<Vec<_>>(), "field names are stable");
    let members = "refused rejected_by_check escalated_by_check accepted_against_check held_back read undecided \
        read_twice opinions disputed disputed_expected escalated late late_unknown to_retry attempts_used_up decisions \
        hours money";
    assert_eq!(names(&found["simulated"]), members.split_whitespace().collect::<Vec<_>>());
    assert_eq!((&found["items"], &found["seconds"]), (&json!(12), &json!(30.0)));
    assert_eq!((&found["in_force"]["read"], &found["in_force"]["decisions"]), (&json!(12), &json!(13.0)));
    let simulated = &found["simulated"];
    assert_eq!((&simulated["rejected_by_check"], &simulated["accepted_against_check"]), (&json!(1), &json!(1)));
    assert_eq!(
        (&simulated["read"], &simulated["held_back"], &simulated["opinions"]),
        (&json!(2), &json!(9), &json!(4))
    );
    assert_eq!(simulated["disputed_expected"], json!(null), "nobody has given a second opinion");
    assert_eq!(found["in_force"]["money"], json!(13.0 * 30.0 / 3600.0 * 36.0), "at the cost that either says");
}

#[test]
fn what_cannot_be_tried_is_said() {
    let program = Program::with_items(2);
    with(&program, "");
    let told = program.ok(&["policy", "simulate", "new.toml", "replies"]);
    assert_tells(&told, &["no rule differs", "hours", "unknown", "fewer than 5 decisions on these items"]);
    let told = program.ok(&["policy", "simulate", "new.toml", "replies", "--since", "2999-01-01"]);
    assert_tells(&told, &["no item came in since 2999-01-01T00:00:00.000Z, so there is nothing to try the rules on"]);
    let wrong = program.run(&["policy", "simulate", "new.toml", "replies", "--since", "ever"]);
    assert_eq!(wrong.code, Some(2));

    program.write("other.toml", SPEC.replace("\"replies\"", "\"letters\""));
    let error = program.fails(&["policy", "simulate", "other.toml", "replies"]);
    assert_tells(
        &error,
        &["other.toml is the spec of the queue letters, not of replies", "policy simulate other.toml letters"],
    );
    with(&program, "[review]\naudit = 7\n");
    let error = program.fails(&["policy", "simulate", "new.toml", "replies"]);
    assert_tells(&error, &["new.toml:", "audit", "the spec has 1 problem"]);
    assert_tells(&program.fails(&["policy", "simulate", "nothing.toml", "replies"]), &["nothing.toml cannot be read"]);
    with(&program, "");
    assert_tells(&program.fails(&["policy", "simulate", "new.toml", "letters"]), &["letters"]);
}
