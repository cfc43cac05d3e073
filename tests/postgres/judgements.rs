//! Model judges on a server: leads bring in what they say, and nobody else writes it.

use super::roles::Team;
use karat::domain::decision::Verdict;
use karat::domain::judge::{ImportedJudgement, Judge, JudgeKind};
use karat::store::{ImportOptions, JudgedOutcome};
use support::fixture::*;

#[test]
fn a_lead_brings_judgements_in_and_nobody_else() {
    let team = Team::new(2);
    let judge = Judge { name: "tone-judge".into(), version: "v1".into() };
    let said =
        ImportedJudgement::from_body(judge, JudgeKind::Person, Some(Verdict::Reject), r#"{"reason":"so"}"#).unwrap();
    let queue = team.queue.clone();
    let id = team.owner.item_of(&queue, "i1").map(|item| item.id).unwrap();
    let lines = [(id.as_str(), &said)];
    let options = ImportOptions::default();
    let (ana, lee) = (team.login("ana"), team.login("lee"));
    let reviewer = team.store("ana");
    let mut session = reviewer.begin_judgements(queue.actor(&ana, T0), options).unwrap();
    assert!(reviewer.import_judgements(&mut session, &lines, T0).is_err());
    let lead = team.store("lee");
    let mut session = lead.begin_judgements(queue.actor(&lee, T0), options).unwrap();
    assert_eq!(lead.import_judgements(&mut session, &lines, T0).unwrap(), [JudgedOutcome::New]);
    lead.end_judgements(session, "judge.jsonl", T0).unwrap();
    let judgement = |item: i64, verdict: &str, body: &str, version: i64| {
        format!(
            "INSERT INTO judgement (id, queue_id, item_seq, judge, version, verdict, body, spec_version, arrived_at)
             VALUES ('own', 1, {item}, 'j', '', '{verdict}', '{body}', {version}, {T0})"
        )
    };
    let sound = judgement(1, "reject", "{}", 1);
    let of_others = [&sound[..], "UPDATE judgement SET verdict = 'accept'", "DELETE FROM judgement"];
    team.assert_forbidden("ana", &of_others);
    team.assert_forbidden("vi", &of_others);
    let of_leads = [
        judgement(1, "fine", "{}", 1),
        sound.replace("judge, version,", "judge, version, kind,").replace("'j', '',", "'j', '', 'check',"),
        judgement(1, "reject", "no JSON", 1),
        judgement(1, "reject", "{}", 99),
        "UPDATE judgement SET judge = 'other'".into(),
        "UPDATE judgement SET kind = 'check'".into(),
        "UPDATE judgement SET item_seq = 2".into(),
        "INSERT INTO event (at, queue_id, actor, kind, data) VALUES (1, 1, 'somebody', 'judged', '{}')".into(),
    ];
    team.assert_forbidden("lee", &of_leads.each_ref().map(String::as_str));
    assert_sound(&team.owner);
}
