//! Outputs that are made again, on a server: a reviewer's rejection says whether it is, a lead's
//! program brings the next attempt, and nobody says more by hand.

use super::roles::Team;
use karat::domain::item::Item;
use karat::domain::queue::Queue;
use karat::domain::stage::Stage;
use karat::store::{Condition, ImportOutcome, Store, StoreError, UndoScope};
use support::fixture::*;

fn apply_when(team: &Team, when: &str) -> Queue {
    let source = format!("{SPEC}\n[retry]\nwhen = \"{when}\"\nattempts = 3\n");
    let (lead, lee) = (team.store("lee"), team.login("lee"));
    lead.apply_spec(&karat::spec::parse(&source).unwrap(), &source, &lee, T0).unwrap();
    lead.queue("replies").unwrap()
}

fn stage(store: &Store, queue: &Queue, id: &str) -> Stage {
    store.explained(queue, id, T0).unwrap().stage
}

#[test]
fn a_reviewers_rejection_is_made_again_by_a_leads_program() {
    let team = Team::new(3);
    let queue = apply_when(&team, "category:cold");
    let (mut ana, me) = (team.store("ana"), team.login("ana"));
    ana.decide_at_once(queue.actor(&me, T0), "i1", &reject("cold")).unwrap();
    ana.decide_at_once(queue.actor(&me, T0), "i2", &reject("wrong")).unwrap();
    assert_eq!((stage(&ana, &queue, "i1"), stage(&ana, &queue, "i2")), (Stage::ToRetry, Stage::Rejected));
    let by_hand = ["UPDATE item SET retries = 1 WHERE id = 'i3'", "UPDATE item SET retries = 2 WHERE id = 'i2'"];
    team.assert_forbidden("ana", &by_hand);

    let other = apply_when(&team, "retryable");
    ana.decide_at_once(other.actor(&me, T0), "i1", &reject("wrong")).unwrap();
    assert_eq!(stage(&ana, &other, "i1"), Stage::Rejected);
    ana.undo(other.actor(&me, T0), UndoScope::Anything).unwrap();
    assert_eq!(stage(&ana, &other, "i1"), Stage::ToRetry, "by the filter of its own version");

    let (lead, lee) = (team.store("lee"), team.login("lee"));
    let mut found = Vec::new();
    let each = |item: karat::store::ToRetry| -> Result<(), StoreError> {
        found.push((item.rejected.id().to_owned(), item.attempt));
        Ok(())
    };
    lead.to_retry(&other, Condition::default(), each).unwrap();
    assert_eq!(found, [("i1".to_owned(), 2)]);
    let seq = lead.seq_of(&other, "i1").unwrap();
    assert_eq!(lead.claim_retry(other.actor(&lee, T0), seq).unwrap(), None, "ana has it before her since her undo");
    ana.release_all().unwrap();
    let claim = lead.claim_retry(other.actor(&lee, T0), seq).unwrap().expect("it is free");
    assert_eq!(ana.claim_retry(other.actor(&me, T0), seq).unwrap(), None);
    assert!(ana.begin_attempts(&other, "make", &me, T0).is_err(), "an import is for leads");
    let mut session = lead.begin_attempts(&other, "make", &lee, T0).unwrap();
    let made = record(Item { case: Some("i1".into()), attempt: 2, ..plain("i1~2") });
    assert_eq!(lead.import_attempt(&mut session, seq, &made, T0).unwrap(), Some(ImportOutcome::New));
    assert_eq!(lead.import_attempt(&mut session, seq, &made, T0).unwrap(), None);
    lead.release(seq, &claim.token).unwrap();
    lead.end_import(session, &serde_json::json!({}), T0).unwrap();
    assert_eq!((stage(&ana, &other, "i1"), stage(&ana, &other, "i1~2")), (Stage::Replaced, Stage::Waiting));
    assert_sound(&team.owner);
}
