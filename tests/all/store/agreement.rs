//! Which opinions count for how far people agree, and what they come to.

mod walk;

use karat::analysis::opinions::{Compared, Opinions, Subject, Which};
use karat::domain::bar::{Figure, Need};
use karat::domain::decision::{Draft, Judgement, Scores, Verdict};
use karat::domain::policy::Cause;
use karat::domain::queue::Queue;
use karat::domain::sampling::draw;
use karat::domain::team::Role;
use karat::store::{BulkAction, Condition, Store, UndoScope};
use std::collections::BTreeMap;
use support::dice::Dice;
use support::fixture::*;

/// A spec whose sampling asks for so many opinions of each output.
fn asking(opinions: u32, review: &str) -> String {
    format!("{SPEC}\n[[sample]]\nrate = 1\nopinions = {opinions}\n{review}\n")
}

fn with_opinions(spec: &str, items: usize) -> (Workspace, Store, Queue) {
    let workspace = Workspace::new();
    let store = workspace.open();
    let queue = apply(&store, spec);
    let records: Vec<_> = (1..=items).map(|n| record(plain(&format!("i{n}")))).collect();
    import(&store, &queue, &records, false);
    (workspace, store, queue)
}

fn scored(verdict: Verdict, categories: &[&str], tone: u8) -> Judgement {
    let draft = Draft {
        categories: categories.iter().map(|key| (*key).to_owned()).collect(),
        scores: Scores::from([("tone".to_owned(), tone)]),
        ..Draft::default()
    };
    Judgement { verdict, draft: draft.into(), ..accept() }
}

fn say(store: &Store, queue: &Queue, reviewer: &str, item: &str, judgement: &Judgement) {
    store.decide_at_once(queue.actor(reviewer, T0), item, judgement).unwrap();
}

fn all(store: &Store, queue: &Queue) -> Opinions {
    store.opinions_given(queue, &Condition::default(), None).unwrap()
}

fn compared(store: &Store, queue: &Queue, subject: &Subject, drawn: bool) -> Compared {
    let which = Which { drawn, ..Which::default() };
    all(store, queue).compare(&queue.spec.spec, subject, &which)
}

fn counted(compared: &Compared) -> (u64, u64, u64, usize) {
    let found = &compared.agreement;
    (found.items, found.judged_twice, found.unanimous, found.raters)
}

#[test]
fn opinions_agree_on_the_verdict_the_categories_and_the_levels() {
    let (_w, store, queue) = with_opinions(&asking(2, ""), 3);
    say(&store, &queue, "ana", "i1", &scored(Verdict::Accept, &[], 3));
    say(&store, &queue, "ben", "i1", &scored(Verdict::Accept, &[], 2));
    say(&store, &queue, "ana", "i2", &scored(Verdict::Reject, &["cold"], 1));
    say(&store, &queue, "cy", "i2", &scored(Verdict::Reject, &["cold", "wrong"], 1));
    say(&store, &queue, "ben", "i3", &scored(Verdict::Accept, &[], 3));
    let of = |subject: Subject| compared(&store, &queue, &subject, true);
    assert_eq!(counted(&of(Subject::Verdict)), (3, 2, 2, 3));
    assert_eq!(counted(&of(Subject::Category("cold".into()))), (3, 2, 2, 3));
    assert_eq!(counted(&of(Subject::Category("wrong".into()))), (3, 2, 1, 3));
    assert_eq!(counted(&of(Subject::Categories)), (3, 2, 1, 3));
    let tone = of(Subject::Criterion("tone".into()));
    assert_eq!((counted(&tone), tone.levels.len()), ((3, 2, 1, 3), 3));
    assert_eq!(counted(&of(Subject::Criterion("accuracy".into()))), (0, 0, 0, 0), "nobody scored it");
}

#[test]
fn an_escalation_asks_and_says_nothing_yet() {
    let (_w, store, queue) = with_opinions(&asking(2, ""), 1);
    say(&store, &queue, "ana", "i1", &accept());
    say(&store, &queue, "ben", "i1", &escalate());
    assert_eq!(counted(&compared(&store, &queue, &Subject::Verdict, true)), (1, 0, 0, 1));
}

#[test]
fn what_was_asked_for_because_of_the_first_opinion_is_told_apart() {
    let review = "[review]\nsecond_opinion = \"verdict:reject\"\naudit = 0.5\n";
    let (_w, mut store, queue) = with_opinions(&format!("{SPEC}\n{review}"), 20);
    for _ in 0..20 {
        decide_next(&mut store, &queue, "ana", &reject("cold"), T0);
    }
    for _ in 0..20 {
        decide_next(&mut store, &queue, "ben", &accept(), T0);
    }
    let drawn = (1..=20).filter(|item| draw("audit", "replies", &format!("i{item}")) < 0.5).count() as u64;
    assert!((1..20).contains(&drawn));
    assert_eq!(counted(&compared(&store, &queue, &Subject::Verdict, true)), (drawn, drawn, 0, 2));
    assert_eq!(counted(&compared(&store, &queue, &Subject::Verdict, false)), (20 - drawn, 20 - drawn, 0, 2));
}

#[test]
fn what_a_lead_puts_back_is_judged_again_because_of_what_was_said() {
    let (_w, store, queue) = with_opinions(&asking(2, ""), 2);
    for item in ["i1", "i2"] {
        say(&store, &queue, "ana", item, &accept());
        say(&store, &queue, "ben", item, &accept());
    }
    let seq = store.seq_of(&queue, "i1").unwrap();
    store.reopen(queue.actor("lee", T0), seq, "look again", None).unwrap();
    say(&store, &queue, "cy", "i1", &reject("cold"));
    say(&store, &queue, "dee", "i1", &reject("cold"));
    assert_eq!(counted(&compared(&store, &queue, &Subject::Verdict, true)), (1, 1, 1, 2));
    assert_eq!(counted(&compared(&store, &queue, &Subject::Verdict, false)), (1, 1, 1, 2));
}

#[test]
fn what_a_bar_asked_for_again_was_asked_because_of_what_was_said() {
    let (w, store, queue) = with_opinions(SPEC, 2);
    w.sql("UPDATE item SET opinions = 2").unwrap();
    for item in ["i1", "i2"] {
        say(&store, &queue, "ana", item, &accept());
        say(&store, &queue, "ben", item, &accept());
    }
    let drawn = || counted(&compared(&store, &queue, &Subject::Verdict, true));
    assert_eq!(drawn(), (2, 2, 2, 2), "nothing else could have asked");
    let columns = "INSERT INTO event (at, queue_id, item_seq, actor, kind, data)";
    let event = format!("{columns} SELECT {T0}, queue_id, seq, 'lee', 'asked_again', '{{}}' FROM item WHERE id = 'i1'");
    w.sql(&event).unwrap();
    assert_eq!(drawn(), (1, 1, 1, 2));
    assert_eq!(counted(&compared(&store, &queue, &Subject::Verdict, false)), (1, 1, 1, 2));
}

#[test]
fn what_was_given_when_others_could_be_seen_does_not_count() {
    let (_w, store, queue) = with_opinions(&asking(2, "[review]\nblind = false"), 2);
    say(&store, &queue, "ana", "i1", &accept());
    say(&store, &queue, "ben", "i1", &accept());
    assert_eq!(counted(&compared(&store, &queue, &Subject::Verdict, true)), (1, 0, 0, 1));
    assert_eq!(all(&store, &queue).left_out.seen, 1);
}

#[test]
fn of_an_opinion_that_was_changed_when_others_could_be_seen_the_one_before_counts() {
    let (_w, mut store, queue) = with_opinions(&asking(2, ""), 1);
    say(&store, &queue, "ana", "i1", &accept());
    say(&store, &queue, "ben", "i1", &reject("cold"));
    say(&store, &queue, "ben", "i1", &accept());
    assert_eq!(counted(&compared(&store, &queue, &Subject::Verdict, true)), (1, 1, 1, 2), "it was not settled yet");
    say(&store, &queue, "ben", "i1", &reject("cold"));
    say(&store, &queue, "ben", "i1", &reject("wrong"));
    assert_eq!(counted(&compared(&store, &queue, &Subject::Verdict, true)), (1, 1, 1, 2));
    assert_eq!(all(&store, &queue).left_out.seen, 1);
    store.undo(queue.actor("ben", T0), UndoScope::Anything).unwrap().unwrap();
    store.undo(queue.actor("ben", T0), UndoScope::Anything).unwrap().unwrap();
    assert_eq!(all(&store, &queue).left_out.seen, 0);
    assert_eq!(counted(&compared(&store, &queue, &Subject::Verdict, true)), (1, 1, 1, 2));
}

#[test]
fn what_was_decided_for_many_at_once_does_not_count() {
    let (_w, mut store, queue) = with_opinions(&asking(2, ""), 2);
    let seqs: Vec<_> = ["i1", "i2"].map(|id| store.seq_of(&queue, id).unwrap()).to_vec();
    say(&store, &queue, "ben", "i1", &accept());
    store.bulk(queue.actor("ana", T0), seqs, BulkAction::Decide(accept())).unwrap();
    assert_eq!(counted(&compared(&store, &queue, &Subject::Verdict, true)), (1, 0, 0, 1));
    assert_eq!(all(&store, &queue).left_out.bulk, 2);
}

#[test]
fn opinions_are_kept_from_who_may_still_give_one() {
    let (_w, store, queue) = with_opinions(&asking(2, ""), 2);
    say(&store, &queue, "ana", "i1", &accept());
    say(&store, &queue, "ana", "i2", &accept());
    say(&store, &queue, "cy", "i2", &accept());
    let seen = |reader| {
        let opinions = store.opinions_given(&queue, &Condition::default(), Some(reader)).unwrap();
        (opinions.items.len(), opinions.left_out.kept)
    };
    assert_eq!(seen("ben"), (1, 1));
    assert_eq!(all(&store, &queue).items.len(), 2);
}

#[test]
fn versions_of_a_spec_that_changed_what_is_judged_are_not_pooled() {
    let (_w, store, queue) = with_opinions(&asking(2, ""), 2);
    say(&store, &queue, "ana", "i1", &scored(Verdict::Accept, &[], 3));
    say(&store, &queue, "ben", "i1", &scored(Verdict::Accept, &[], 3));
    let renamed = asking(2, "").replace("Kind\"]", "Warm\"]");
    let queue = apply(&store, &renamed);
    let versions = store.spec_versions(&queue).unwrap();
    assert_eq!(versions.spans(&Subject::Criterion("tone".into())), [(1, 1), (2, 2)]);
    assert_eq!(versions.spans(&Subject::Criterion("accuracy".into())), [(1, 2)]);
    assert_eq!(versions.spans(&Subject::Verdict), [(1, 2)]);
    let another = format!("{}\n[[failure]]\nkey = \"long\"\nname = \"Long\"\nseverity = \"minor\"\n", renamed);
    let queue = apply(&store, &another);
    let versions = store.spec_versions(&queue).unwrap();
    assert_eq!(versions.spans(&Subject::Categories), [(1, 2), (3, 3)], "a set with one more is another");
    assert_eq!(versions.spans(&Subject::Category("cold".into())), [(1, 3)]);

    let figure = |text: &str| {
        let need: Need = text.parse().unwrap();
        let Figure::Agreement(coefficient, key) = need.figure else { panic!("{text} is about agreement") };
        store.agreement_figure(&queue, coefficient, &key, &Condition::default()).unwrap()
    };
    assert_eq!(figure("raw.verdict >= 0.5"), Some(1.0));
    assert_eq!(figure("ac1.verdict >= 0.5"), Some(1.0));
    assert_eq!(figure("alpha.verdict >= 0.5"), None, "all say accept");
    assert_eq!(figure("raw.tone >= 0.5"), None, "nothing was scored by the sentences in force");
}

#[test]
fn causes_of_disagreements_are_counted() {
    let (_w, store, queue) = with_opinions(&asking(2, "[review]\nadjudicator = \"lee\""), 2);
    for item in ["i1", "i2"] {
        say(&store, &queue, "ana", item, &accept());
        say(&store, &queue, "ben", item, &reject("cold"));
    }
    say(&store, &queue, "lee", "i1", &Judgement { cause: Some(Cause::Slip), ..accept() });
    say(&store, &queue, "lee", "i2", &accept());
    assert_eq!(store.causes(&queue).unwrap(), (vec![(Cause::Slip, 1)], 1));
}

#[test]
fn who_leads_sees_people_one_by_one() {
    let (_w, store, queue) = with_opinions(&asking(2, ""), 1);
    assert_eq!(queue.name, "replies");
    if store.owner().unwrap().is_none() {
        assert!(store.compares_people("ana").unwrap(), "nobody was granted anything");
        store.grant("ana", Role::Reviewer, None, "lee", T0).unwrap();
        assert!(!store.compares_people("ana").unwrap());
        assert!(store.compares_people("lee").unwrap());
    }
}

/// What is counted is what a plain look at each item's decisions gives.
#[test]
fn counts_are_those_of_a_plain_recount() {
    let (_w, store, queue) = with_opinions(&asking(3, ""), 30);
    let mut dice = Dice::new(7);
    let mut said: BTreeMap<String, BTreeMap<&str, Verdict>> = BTreeMap::new();
    let people = ["ana", "ben", "cy", "dee"];
    for item in (1..=30).map(|n| format!("i{n}")) {
        for reviewer in people {
            if dice.below(3) > 0 && said.get(&item).map_or(0, BTreeMap::len) < 3 {
                let judgement = if dice.below(2) == 0 { accept() } else { reject("cold") };
                say(&store, &queue, reviewer, &item, &judgement);
                said.entry(item.clone()).or_default().insert(reviewer, judgement.verdict);
            }
        }
    }
    let several: Vec<_> = said.values().filter(|given| given.len() > 1).collect();
    let same = |given: &&&BTreeMap<&str, Verdict>| given.values().all(|verdict| Some(verdict) == given.values().next());
    let raw: f64 = several
        .iter()
        .map(|given| {
            let verdicts: Vec<_> = given.values().collect();
            let pairs: Vec<bool> = (0..verdicts.len())
                .flat_map(|one| (0..one).map(move |other| (one, other)))
                .map(|(one, other)| verdicts[one] == verdicts[other])
                .collect();
            pairs.iter().filter(|same| **same).count() as f64 / pairs.len() as f64
        })
        .sum::<f64>()
        / several.len() as f64;
    let found = compared(&store, &queue, &Subject::Verdict, true);
    assert_eq!(
        counted(&found),
        (said.len() as u64, several.len() as u64, several.iter().filter(same).count() as u64, people.len())
    );
    assert!((found.agreement.raw.unwrap() - raw).abs() < 1e-12);
    assert_sound(&store);
}
