//! Two versions by case, on both engines.

use karat::domain::check::{FailedCheck, Otherwise};
use karat::domain::decision::Judgement;
use karat::domain::imported::Record;
use karat::domain::queue::Queue;
use karat::domain::versions::{Basis, CaseResult, Said, Version, Versions};
use karat::store::{BulkAction, Condition, Sort, Store};
use support::fixture::*;

const CHECK: &str = "
[[check]]
key = \"shape\"
matches = 'x'
otherwise = \"reject\"
failure = \"wrong\"
";

/// An output of a version for a case; the item is called `CASE-VERSION-ATTEMPT`.
fn output(case: &str, version: &str, attempt: i64) -> Record {
    let mut item = plain(&format!("{case}-{version}-{attempt}"));
    item.case = Some(case.into());
    item.attempt = attempt;
    item.prompt_version = Some(version.into());
    item.latency_ms = Some(if version == "v7" { 100.0 } else { 80.0 });
    record(item)
}

fn read(store: &Store, queue: &Queue, [a, b]: [&str; 2], within: &str) -> Versions {
    let resolved = |text| store.resolve(queue, &store.filter(queue, text).unwrap(), T0).unwrap();
    store.versions(queue.actor("pm", T0), [&resolved(a), &resolved(b)], &resolved(within)).unwrap()
}

const BOTH: [&str; 2] = ["prompt_version:v7", "prompt_version:v8"];

fn decide(store: &Store, queue: &Queue, item: &str, judgement: &Judgement) {
    store.decide_at_once(queue.actor("ana", T0), item, judgement).unwrap();
}

/// What each case says.
fn told(versions: &Versions) -> Vec<(&str, Said)> {
    versions.cases.iter().map(|case| (case.name.as_str(), case.said())).collect()
}

fn judged(result: CaseResult, basis: Basis) -> Said {
    Said::Judged { result, basis }
}

#[test]
fn cases_are_paired_by_their_verdicts_of_record() {
    let workspace = Workspace::new();
    let store = workspace.open();
    let queue = apply(&store, SPEC);
    let cases = ["both", "lost", "won", "open", "asked", "one"];
    let records = cases.iter().flat_map(|case| [output(case, "v7", 1), output(case, "v8", 2)]);
    // Later attempts of a version, of which the first one came in last.
    let records = records.chain([output("won", "v8", 4), output("won", "v8", 3), output("only", "v8", 1)]);
    import(&store, &queue, &records.collect::<Vec<_>>(), false);
    let decided = [
        ("both-v7-1", accept()),
        ("both-v8-2", accept()),
        ("lost-v7-1", accept()),
        ("lost-v8-2", reject("cold")),
        ("won-v7-1", reject("wrong")),
        ("won-v8-2", accept()),
        ("won-v8-4", reject("wrong")),
        ("asked-v7-1", accept()),
        ("asked-v8-2", escalate()),
        ("one-v7-1", accept()),
    ];
    decided.iter().for_each(|(item, judgement)| decide(&store, &queue, item, judgement));

    let versions = read(&store, &queue, BOTH, "");
    let expected = [
        ("asked", Said::Undecided([false, true])),
        ("both", judged(CaseResult::BothAccepted, Basis::Person)),
        ("lost", judged(CaseResult::Lost, Basis::Person)),
        ("one", Said::Undecided([false, true])),
        ("only", Said::Only(Version::B)),
        ("open", Said::Undecided([true, true])),
        ("won", judged(CaseResult::Won, Basis::Person)),
    ];
    assert_eq!(told(&versions), expected);
    assert_eq!((versions.items, versions.later_attempts, versions.under_both), ([6, 9], [0, 2], 0));
    let [a, b] = versions.cases[2].pair().unwrap();
    assert_eq!((&*a.id, &*b.id, a.latency_ms, b.latency_ms), ("lost-v7-1", "lost-v8-2", Some(100.0), Some(80.0)));
    assert_eq!(b.length, "answer lost-v8-2".chars().count() as i64);
    let verdict = b.judged.as_ref().unwrap();
    assert_eq!((&*verdict.reviewer, &verdict.remarks.categories[..]), ("ana", &["cold".to_owned()][..]));

    let changed: Vec<_> = versions.changed().map(|(case, result, _)| (case.name.as_str(), result)).collect();
    assert_eq!(changed, [("lost", CaseResult::Lost), ("won", CaseResult::Won)]);
    assert_eq!(told(&read(&store, &queue, BOTH, "case:lost"))[0].0, "lost", "a filter holds of both versions");
    let overlapping = read(&store, &queue, ["prompt_version:v7", "case:lost"], "");
    assert_eq!((overlapping.under_both, overlapping.items), (1, [5, 1]), "what both filters find is of neither");
}

#[test]
fn what_was_decided_in_bulk_or_by_a_check_is_told_apart() {
    let workspace = Workspace::new();
    let store = workspace.open();
    let queue = apply(&store, &format!("{SPEC}{CHECK}"));
    let mut records: Vec<Record> =
        ["bulk", "check"].iter().flat_map(|case| [output(case, "v7", 1), output(case, "v8", 2)]).collect();
    let shape = FailedCheck { key: "shape".into(), outcome: Otherwise::Reject, reason: "no x".into() };
    records[3].failed = vec![shape];
    import(&store, &queue, &records, false);
    decide(&store, &queue, "check-v7-1", &accept());
    decide(&store, &queue, "bulk-v7-1", &accept());
    let filter = store.resolve(&queue, &store.filter(&queue, "id:bulk-v8-2").unwrap(), T0).unwrap();
    let condition: Condition = store.condition(&queue, &filter, "ana").unwrap();
    let items = store.whole_listing(&queue, condition, Sort::default()).unwrap().seqs().to_vec();
    let mut writing = workspace.open();
    writing.bulk(queue.actor("ana", T0), items, BulkAction::Decide(reject("cold"))).unwrap();

    let versions = read(&store, &queue, BOTH, "");
    let expected = [("bulk", judged(CaseResult::Lost, Basis::Bulk)), ("check", judged(CaseResult::Lost, Basis::Check))];
    assert_eq!(told(&versions), expected);
}

#[test]
fn several_opinions_and_the_spec_of_a_verdict_are_known() {
    let workspace = Workspace::new();
    let store = workspace.open();
    let queue = apply(&store, SPEC);
    import(&store, &queue, &[output("c", "v7", 1), output("c", "v8", 2)], false);
    workspace.sql("UPDATE item SET opinions = 2").unwrap();
    for reviewer in ["ana", "ben"] {
        store.decide_at_once(queue.actor(reviewer, T0), "c-v7-1", &accept()).unwrap();
    }
    store.decide_at_once(queue.actor("ana", T0), "c-v8-2", &reject("cold")).unwrap();
    let versions = read(&store, &queue, BOTH, "");
    assert_eq!(versions.cases[0].said(), Said::Undecided([false, true]), "one of two opinions is no verdict");
    let judged = versions.cases[0].outputs[0].as_ref().unwrap().judged.as_ref().unwrap();
    assert_eq!((judged.is_by_several, judged.spec_version), (true, 1));
}
