//! What models say of items stands beside people's decisions, on both engines.

use karat::domain::decision::Verdict;
use karat::domain::imported::Record;
use karat::domain::judge::{ImportedJudgement, Judge, JudgeKind};
use karat::domain::queue::{Over, Queue};
use karat::domain::stage::Stage;
use karat::store::{Condition, ImportOptions, JudgedOutcome, Store};
use support::fixture::*;

fn judge(version: &str) -> Judge {
    Judge { name: "tone-judge".into(), version: version.into() }
}

fn said(version: &str, verdict: Verdict) -> ImportedJudgement {
    let body = r#"{"reason":"because","confidence":0.5}"#;
    ImportedJudgement::from_body(judge(version), JudgeKind::Model, Some(verdict), body).unwrap()
}

fn with(id: &str, judgements: &[ImportedJudgement]) -> Record {
    let mut record = record(plain(id));
    record.judgements = judgements.to_vec();
    record
}

fn bring(store: &Store, queue: &Queue, lines: &[(&str, &ImportedJudgement)], update: bool) -> Vec<JudgedOutcome> {
    let options = ImportOptions { update, dry_run: false };
    let mut session = store.begin_judgements(queue.actor("ana", T0), options).unwrap();
    let outcomes = store.import_judgements(&mut session, lines, T0).unwrap();
    store.end_judgements(session, "judge.jsonl", T0).unwrap();
    outcomes
}

/// What models said, as the history of the item tells it to the reviewer.
fn told(store: &Store, queue: &Queue, id: &str, reviewer: &str) -> Vec<(String, Verdict)> {
    let seq = store.seq_of(queue, id).unwrap();
    let history = store.history(queue, seq, reviewer, None).unwrap();
    history.judgements.iter().map(|kept| (kept.judgement.judge.to_string(), kept.judgement.verdict.unwrap())).collect()
}

#[test]
fn judgements_come_with_items_and_are_told_once_these_are_settled() {
    let workspace = Workspace::new();
    let store = workspace.open();
    let queue = apply(&store, SPEC);
    let (accepts, rejects) = (said("v1", Verdict::Accept), said("v2", Verdict::Reject));
    import(&store, &queue, &[with("i1", &[accepts.clone(), rejects.clone()]), with("i2", &[])], false);
    let before = store.counts(&queue).unwrap();
    assert_eq!(before.at(Stage::Waiting), 2, "what models say settles nothing");
    assert_eq!(told(&store, &queue, "i1", "ana"), [], "the item is open");
    let actor = queue.actor("ana", T0);
    store.decide_at_once(actor, "i1", &accept()).unwrap();
    let both = [("tone-judge@v1".to_owned(), Verdict::Accept), ("tone-judge@v2".to_owned(), Verdict::Reject)];
    assert_eq!(told(&store, &queue, "i1", "ana"), both);
    assert_eq!(told(&store, &queue, "i1", "ben"), both, "whoever looks");
    // The same again changes nothing; another judge comes in with an item that is here.
    import(&store, &queue, &[with("i1", &[accepts]), with("i2", &[rejects])], false);
    store.decide_at_once(actor, "i2", &accept()).unwrap();
    assert_eq!(told(&store, &queue, "i2", "ana"), both[1..]);
    store.undo_decision(actor).unwrap();
    assert_eq!(told(&store, &queue, "i2", "ana"), [], "open again");
    assert_sound(&store);
}

#[test]
fn a_judge_judges_an_item_once_in_a_version() {
    let workspace = Workspace::new();
    let store = workspace.open();
    let queue = apply(&store, SPEC);
    import(&store, &queue, &[with("i1", &[]), with("i2", &[])], false);
    let (accepts, rejects) = (said("v1", Verdict::Accept), said("v1", Verdict::Reject));
    let outcomes = bring(&store, &queue, &[("i1", &accepts), ("i1", &accepts), ("i9", &accepts)], false);
    assert_eq!(outcomes[0], JudgedOutcome::New);
    let field = |outcome: &JudgedOutcome| match outcome {
        JudgedOutcome::Refused { field, .. } => *field,
        _ => "",
    };
    assert_eq!(outcomes.iter().map(field).collect::<Vec<_>>(), ["", "judge", "id"]);
    assert_eq!(bring(&store, &queue, &[("i1", &accepts)], false), [JudgedOutcome::Unchanged]);
    assert_eq!(field(&bring(&store, &queue, &[("i1", &rejects)], false)[0]), "judge");
    assert_eq!(bring(&store, &queue, &[("i1", &rejects)], true), [JudgedOutcome::Replaced]);
    store.decide_at_once(queue.actor("ana", T0), "i1", &accept()).unwrap();
    assert_eq!(told(&store, &queue, "i1", "ana"), [("tone-judge@v1".to_owned(), Verdict::Reject)]);
    assert_sound(&store);
}

#[test]
fn the_report_compares_judges_with_people() {
    let workspace = Workspace::new();
    let store = workspace.open();
    let queue = apply(&store, SPEC);
    let ids: Vec<String> = (0..6).map(|n| format!("i{n}")).collect();
    let accepts = said("v1", Verdict::Accept);
    let records: Vec<_> = ids.iter().map(|id| with(id, std::slice::from_ref(&accepts))).collect();
    import(&store, &queue, &records, false);
    let actor = queue.actor("ana", T0);
    for id in &ids[..3] {
        store.decide_at_once(actor, id, &accept()).unwrap();
    }
    store.decide_at_once(actor, &ids[3], &reject("wrong")).unwrap();
    // Under the judge's own name, whatever its capitals.
    store.decide_at_once(queue.actor("Tone-Judge", T0), &ids[4], &accept()).unwrap();
    let found = store.judge_figures(&queue, JudgeKind::Model, |_| true, &Condition::default()).unwrap();
    let report = &found[0].report;
    assert_eq!((report.judged, report.compared, report.open), (6, 4, 1));
    assert_eq!(report.left_out.values().copied().collect::<Vec<_>>(), [1]);
    let seq = store.seq_of(&queue, &ids[3]).unwrap();
    assert_eq!(report.disagreements, [seq]);
    let listed = store.disagreements(&report.judge, &report.disagreements).unwrap();
    assert_eq!((listed[0].id.as_str(), listed[0].people), (ids[3].as_str(), Verdict::Reject));
    store.decide_at_once(actor.over(Over::Anybody), &ids[3], &accept()).unwrap();
    assert!(
        store.judge_figures(&queue, JudgeKind::Model, |_| true, &Condition::default()).unwrap()[0]
            .report
            .disagreements
            .is_empty()
    );
    assert!(
        store
            .judge_figures(&queue, JudgeKind::Model, |judge| judge.version == "v9", &Condition::default())
            .unwrap()
            .is_empty()
    );
}

#[test]
fn a_filter_asks_what_a_judge_says_of_what_is_settled() {
    let workspace = Workspace::new();
    let store = workspace.open();
    let queue = apply(&store, SPEC);
    let (accepts, rejects) = (said("v1", Verdict::Accept), said("v2", Verdict::Reject));
    let of = |id, judgements: &[ImportedJudgement]| with(id, judgements);
    let records =
        [of("i1", &[accepts.clone(), rejects.clone()]), of("i2", &[accepts]), of("i3", &[rejects]), of("i4", &[])];
    import(&store, &queue, &records, false);
    for id in ["i1", "i2", "i4"] {
        store.decide_at_once(queue.actor("ana", T0), id, &accept()).unwrap();
    }
    let found = |text: &str| {
        let filter = store.filter(&queue, text).unwrap();
        assert_eq!(filter.to_string(), text, "as it was written");
        let condition = store.condition(&queue, &store.resolve(&queue, &filter, T0).unwrap(), "ana").unwrap();
        let listing = store.whole_listing(&queue, condition, karat::store::Sort::default()).unwrap();
        let rows = store.browse(listing.seqs(), "ana", T0).unwrap();
        let mut found: Vec<String> = rows.into_iter().map(|row| row.item.id).collect();
        found.sort();
        found
    };
    assert_eq!(found("judge.tone-judge:reject"), ["i1"], "what it says of i3 is hidden: nobody has decided that");
    assert_eq!(found("judge.tone-judge:accept"), ["i1", "i2"]);
    assert_eq!(found("judge.\"tone-judge@v2\":accept,reject"), ["i1"]);
    assert_eq!(found("verdict:accept -judge.tone-judge:accept,reject,escalate"), ["i4"]);
    let unknown = store.filter(&queue, "judge.tone-juge:reject").unwrap_err().to_string();
    assert!(unknown.contains("no judge `tone-juge`"), "{unknown}");
    let undecided = store.filter(&queue, "judge.tone-judge:undecided").unwrap_err().to_string();
    assert!(undecided.contains("`undecided` is not known here"), "{undecided}");
}

#[test]
fn what_a_judge_said_before_is_told_of_the_time_before() {
    let workspace = Workspace::new();
    let store = workspace.open();
    let queue = apply(&store, SPEC);
    import(&store, &queue, &[with("i1", &[said("v1", Verdict::Accept)])], false);
    store.decide_at_once(queue.actor("ana", T0), "i1", &accept()).unwrap();
    let options = ImportOptions { update: true, dry_run: false };
    let mut session = store.begin_judgements(queue.actor("ana", T0 + MINUTE), options).unwrap();
    let otherwise = said("v1", Verdict::Reject);
    store.import_judgements(&mut session, &[("i1", &otherwise)], T0 + MINUTE).unwrap();
    store.end_judgements(session, "judge.jsonl", T0 + MINUTE).unwrap();
    let of =
        |store: &Store| told(store, &queue, "i1", "ana").into_iter().map(|(_, verdict)| verdict).collect::<Vec<_>>();
    assert_eq!(of(&store), [Verdict::Reject]);
    assert_eq!(of(&workspace.open().at(T0 + 1).unwrap()), [Verdict::Accept]);
    assert_eq!(of(&workspace.open().at(T0 + MINUTE).unwrap()), [Verdict::Reject]);
    assert_sound(&store);
}

#[test]
fn people_elsewhere_and_code_stand_apart_from_models() {
    let workspace = Workspace::new();
    let store = workspace.open();
    let queue = apply(&store, SPEC);
    let by = |name: &str, kind: JudgeKind, verdict: Option<Verdict>, body: &str| {
        let judge = Judge { name: name.into(), version: String::new() };
        ImportedJudgement::from_body(judge, kind, verdict, body).unwrap()
    };
    let judged = [
        by("ana", JudgeKind::Person, Some(Verdict::Reject), r#"{"answers":{"tone":1}}"#),
        by("contains", JudgeKind::Code, Some(Verdict::Accept), "{}"),
        by("length", JudgeKind::Code, None, r#"{"score":0.4}"#),
        said("v1", Verdict::Accept),
    ];
    import(&store, &queue, &[with("i1", &judged), with("i2", &judged[..1])], false);
    assert_eq!(store.imported_opinions(&queue, &Condition::default()).unwrap().left_out.open, 2);
    let actor = queue.actor("ana", T0);
    store.decide_at_once(actor, "i1", &accept()).unwrap();
    store.decide_at_once(queue.actor("ben", T0), "i2", &accept()).unwrap();
    let seq = store.seq_of(&queue, "i1").unwrap();
    let kept = store.history(&queue, seq, "ben", None).unwrap().judgements;
    let told: Vec<_> = kept.iter().map(|kept| (kept.judgement.kind, kept.judgement.verdict)).collect();
    assert_eq!(
        told,
        [
            (JudgeKind::Model, Some(Verdict::Accept)),
            (JudgeKind::Code, Some(Verdict::Accept)),
            (JudgeKind::Code, None),
            (JudgeKind::Person, Some(Verdict::Reject)),
        ]
    );
    let names = |kind| store.judges(&queue, kind).unwrap().into_iter().map(|judge| judge.name).collect::<Vec<_>>();
    assert_eq!(
        [JudgeKind::Model, JudgeKind::Code, JudgeKind::Person].map(names),
        [["tone-judge"], ["contains"], ["ana"]]
    );
    let figures = store.judge_figures(&queue, JudgeKind::Model, |_| true, &Condition::default()).unwrap();
    let report = &figures[0].report;
    assert_eq!((figures.len(), report.compared, report.left_out.len()), (1, 1, 0), "ana decides here as a person");
    let opinions = store.imported_opinions(&queue, &Condition::default()).unwrap();
    assert_eq!(
        (&opinions.reviewers[..], opinions.first_elsewhere),
        (&["ana", "ben", "ana"].map(str::to_owned)[..], Some(2))
    );
    assert_eq!(opinions.each().map(|(_, given)| given.len()).collect::<Vec<_>>(), [2, 2]);
    let at = workspace.open().at(T0).unwrap();
    assert_eq!(at.imported_opinions(&queue, &Condition::default()).unwrap(), opinions);
    // The same again, brought by something else, changes nothing.
    let again = ImportedJudgement { source: "a tool".into(), ..judged[1].clone() };
    assert_eq!(bring(&store, &queue, &[("i1", &again)], false), [JudgedOutcome::Unchanged]);
    let otherwise = ImportedJudgement { kind: JudgeKind::Person, ..again };
    assert!(matches!(bring(&store, &queue, &[("i1", &otherwise)], false)[0], JudgedOutcome::Refused { .. }));
    assert_eq!(bring(&store, &queue, &[("i1", &otherwise)], true), [JudgedOutcome::Replaced]);
    assert_sound(&store);
}
