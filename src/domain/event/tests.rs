//! Tests of what the log says, and of what earlier programs wrote there.

use super::*;

/// A line of each kind as programs before this one have written it.
const LOGGED: &[(&str, &str)] = &[
    ("queue_created", r#"{"name":"replies"}"#),
    ("spec_applied", r#"{"version":2,"sha256":"ab"}"#),
    ("imported", r#"{"source":"a.jsonl"}"#),
    ("import_started", r#"{"import":1,"source":"a.jsonl"}"#),
    ("import_finished", r#"{"import":1,"counts":{"new":3}}"#),
    ("item_updated", r#"{"import":2}"#),
    ("judged", r#"{"source":"judge.jsonl","judges":{"tone-judge@v3":120}}"#),
    ("judged", r#"{"source":"judge.jsonl","judges":{"tone-judge":2},"replaced":1}"#),
    ("taken_in", r#"{"rule":"v8","chance":0.25,"before":0.05}"#),
    ("chances_raised", r#"{"version":2,"raised":12,"taken":3}"#),
    ("pulled", r#"{"why":"a customer asked"}"#),
    ("replaced", r#"{"by":"i1~2"}"#),
    ("decided", r#"{"decision":"u1","verdict":"accept","categories":[],"superseded":false}"#),
    (
        "decided",
        r#"{"decision":"u1","verdict":"reject","categories":["cold"],"superseded":true,"lens":"hidden","bulk":4}"#,
    ),
    (
        "decided",
        r#"{"decision":"u1","verdict":"reject","categories":[],"superseded":true,"merged":"copy","second_opinion":true}"#,
    ),
    ("decided", r#"{"decision":"u1","verdict":"reject","categories":[],"superseded":false,"by_check":true}"#),
    ("decided", r#"{"decision":"u1","verdict":"escalate","purpose":"answer","categories":[],"superseded":false}"#),
    ("moved", r#"{"from":"policy","to":"lead","due":1795600000000}"#),
    ("moved", r#"{"from":"policy","to":"lead","due":null}"#),
    ("deferred", "{}"),
    ("deferred", r#"{"bulk":4}"#),
    ("declined", r#"{"why":"conflict"}"#),
    ("reopened", r#"{"why":"the rule was changed"}"#),
    ("reopened", r#"{"why":"the rule was changed","to":"ana"}"#),
    ("declined", r#"{"why":"I wrote it","merged":"copy"}"#),
    ("paused", r#"{"stops":true}"#),
    ("lifted", r#"{"reviewer":"ana","why":"we went through them"}"#),
    ("tagged", r#"{"bulk":4,"before":null,"after":["a"]}"#),
    ("prioritised", r#"{"bulk":4,"before":0,"after":-3}"#),
    ("released", r#"{"held_by":"ops-2"}"#),
    ("bulk", r#"{"what":"decision","verdict":"accept","categories":[],"bulk":4,"changed":2,"skipped":1}"#),
    ("bulk", r#"{"what":"tags","add":["a"],"remove":[],"bulk":null,"changed":0,"skipped":1}"#),
    ("bulk", r#"{"what":"priority","priority":-3,"bulk":4,"changed":2,"skipped":1}"#),
    ("bulk", r#"{"what":"golden","tags":[],"why":"plain","bulk":4,"changed":2,"skipped":1}"#),
    ("bulk", r#"{"what":"release","bulk":null,"changed":2,"skipped":1}"#),
    ("undone", r#"{"what":"deferral"}"#),
    ("undone", r#"{"what":"decision","decision":"u1","verdict":"accept","stands":null}"#),
    ("redone", r#"{"what":"decision","decision":"u1","verdict":"accept","stands":"reject","bulk":4}"#),
    ("undone", r#"{"what":"tags","bulk":4,"items":2}"#),
    ("filter_saved", r#"{"name":"cold","filter":"category:cold"}"#),
    ("filter_removed", r#"{"name":"cold"}"#),
    ("golden_kept", r#"{"verdict":"accept","expected":"none","tags":["a"],"why":"","set_version":3}"#),
    ("golden_removed", r#"{"verdict":"accept","expected":"output","tags":[],"why":"","set_version":4}"#),
    ("merged", r#"{"from":"copy","decisions":2,"second_opinions":1}"#),
    ("repaired", r#"{"what":"duplicate","event":12,"decision":"u1"}"#),
    ("repaired", r#"{"what":"duplicate","event":12}"#),
    ("repaired", r#"{"what":"unreadable","event":12}"#),
    ("repaired", r#"{"what":"bulk_items","bulk":4,"event":12,"items":2}"#),
    ("repaired", r#"{"what":"verdict","before":"accept","after":null}"#),
    ("golden_frozen", r#"{"name":"support","version":3,"digest":"ab","examples":12}"#),
];

#[test]
fn what_is_logged_is_read_and_written_as_it_was() {
    for (kind, data) in LOGGED {
        let what = EventKind::read(kind, &serde_json::from_str(data).unwrap());
        assert_ne!(what, EventKind::Unknown, "{kind} {data}");
        let (word, written) = what.to_log().unwrap();
        assert_eq!((word.as_str(), written.to_string().as_str()), (*kind, *data));
    }
}

#[test]
fn what_a_newer_program_wrote_is_unknown_and_may_be_an_opinion() {
    let unknown = EventKind::read("adjudicated", &json!({ "verdict": "accept" }));
    assert_eq!(unknown, EventKind::Unknown);
    assert!(unknown.is_opinion());
    assert_eq!(unknown.to_log(), None);
    let more = EventKind::read("released", &json!({ "held_by": "ops-2", "reason": "new" }));
    assert_eq!(more, EventKind::Released { claimant: "ops-2".into() });
    assert_eq!(EventKind::read("released", &json!("no object")), EventKind::Unknown);
}
