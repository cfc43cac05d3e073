//! Two reviewers on a random walk: decisions, changed minds, deferrals, undo and redo
//! come out as a simple model in memory says, and the doctor stays content.

use karat::domain::decision::{Draft, Judgement, Verdict};
use karat::domain::queue::{Over, Queue};
use karat::domain::stage::Stage;
use karat::store::{Change, Next, Pick, Rows, Store, UndoScope};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::Config;
use support::fixture::*;

const ITEMS: usize = 4;
const NAMES: [&str; 2] = ["ana", "ben"];

#[derive(Debug, Clone, Copy)]
enum Act {
    DecideNext(Verdict),
    /// On an item by number, whoever has decided it before.
    Decide(usize, Verdict),
    Defer(bool),
    Draft(usize),
    Undo,
    Redo,
}

fn act() -> impl Strategy<Value = Act> {
    let verdict = || select(Verdict::ALL.to_vec());
    prop_oneof![
        3 => verdict().prop_map(Act::DecideNext),
        3 => (0..ITEMS, verdict()).prop_map(|(item, verdict)| Act::Decide(item, verdict)),
        2 => any::<bool>().prop_map(Act::Defer),
        1 => (0..ITEMS).prop_map(Act::Draft),
        4 => Just(Act::Undo),
        3 => Just(Act::Redo),
    ]
}

proptest! {
    #![proptest_config(Config { cases: 32, failure_persistence: None, ..Config::default() })]
    #[test]
    fn a_walk_of_two_reviewers_is_what_the_model_says(walk in prop::collection::vec((0..2_usize, act()), 1..40)) {
        let (w, store, queue) = Workspace::with_items(ITEMS);
        let mut walker = Walker { store, queue, model: Model::default(), made: 0 };
        for &(who, act) in &walk {
            walker.step(who, act);
            walker.compare();
        }
        assert_sound(&walker.store);
        for item in 0..ITEMS {
            let stage = walker.model.stage(item);
            let found = format!("SELECT COUNT(*) FROM item WHERE id = '{}' AND stage = '{stage}'", id(item));
            assert_eq!(w.number(&found), 1, "{} is not {stage}", id(item));
        }
    }
}

struct Walker {
    store: Store,
    queue: Queue,
    model: Model,
    made: usize,
}

impl Walker {
    fn step(&mut self, who: usize, act: Act) {
        match act {
            Act::DecideNext(verdict) => self.decide_next(who, verdict),
            Act::Decide(item, verdict) => {
                let judgement = self.judgement(verdict);
                let actor = self.queue.actor(NAMES[who], T0).over(Over::Anybody);
                self.store.decide_at_once(actor, &id(item), &judgement).unwrap();
                self.model.decide(who, item, judgement);
            }
            Act::Defer(also_deferred) => self.defer(who, also_deferred),
            Act::Draft(item) => {
                let draft = Draft { note: self.note(), ..Draft::default() };
                let seq = self.store.seq_of(&self.queue, &id(item)).unwrap();
                self.store.save_draft(seq, NAMES[who], &draft, 0, T0).unwrap();
                self.model.drafts[who][item] = Some(draft);
            }
            Act::Undo => self.undo(who),
            Act::Redo => self.redo(who),
        }
        self.store.release_all().unwrap();
    }

    fn note(&mut self) -> String {
        self.made += 1;
        format!("note {}", self.made)
    }

    fn judgement(&mut self, verdict: Verdict) -> Judgement {
        let mut judgement = match verdict {
            Verdict::Accept => accept(),
            Verdict::Reject => reject("cold"),
            Verdict::Escalate => escalate(),
        };
        judgement.draft_mut().note = self.note();
        judgement
    }

    /// The next item by number, with its claim's token, after checking that the model
    /// expects it.
    fn next(&mut self, who: usize, deferred: bool) -> Option<(usize, i64, String)> {
        let expected = self.model.next(who, deferred);
        match self.store.next(self.queue.actor(NAMES[who], T0), Pick { after: None, deferred }).unwrap() {
            Next::Item(served) => {
                let item = expected.expect("the model says that the queue has ended");
                assert_eq!(served.item.id, id(item));
                assert_eq!(served.draft, self.model.drafts[who][item]);
                assert_eq!(served.deferred, self.model.deferred[who][item]);
                Some((item, served.seq, token(&served.claimed)))
            }
            Next::End(end) => {
                assert_eq!(expected, None);
                assert_eq!(end.deferred, self.model.waiting(who));
                None
            }
        }
    }

    fn decide_next(&mut self, who: usize, verdict: Verdict) {
        let Some((item, seq, token)) = self.next(who, false) else { return };
        let judgement = self.judgement(verdict);
        self.store.decide(self.queue.actor(NAMES[who], T0).over(Over::Anybody), seq, &token, &judgement).unwrap();
        self.model.decide(who, item, judgement);
    }

    fn defer(&mut self, who: usize, also_deferred: bool) {
        let Some((item, seq, token)) = self.next(who, also_deferred) else { return };
        self.store.defer(self.queue.actor(NAMES[who], T0), seq, &token).unwrap();
        self.model.defer(who, item);
    }

    fn undo(&mut self, who: usize) {
        let undone = self.store.undo(self.queue.actor(NAMES[who], T0), UndoScope::Anything).unwrap();
        let undone = undone.map(|reverted| (reverted.change, reverted.served.item.id));
        self.told(undone, |model| model.undo(who));
    }

    fn redo(&mut self, who: usize) {
        let redone = self.store.redo(self.queue.actor(NAMES[who], T0)).unwrap();
        let redone = redone.map(|reverted| (reverted.change, reverted.served.item.id));
        self.told(redone, |model| model.redo(who));
    }

    /// What the store says of a step back or forth is what the model does.
    fn told(&mut self, told: Option<(Change, String)>, expected: impl FnOnce(&mut Model) -> Option<Step>) {
        match (told, expected(&mut self.model)) {
            (None, None) => {}
            (Some((Change::Deferral, at)), Some(Step::Deferral { item, .. })) => assert_eq!(at, id(item)),
            (Some((Change::Decision { decision, stands }, at)), Some(Step::Decision { number, .. })) => {
                let made = &self.model.decisions[number];
                assert_eq!((at, &decision.judgement), (id(made.item), &made.judgement));
                assert_eq!(stands, self.model.verdict(made.item));
            }
            (told, expected) => panic!("the store says {told:?}, the model {expected:?}"),
        }
    }

    fn compare(&self) {
        assert!(!self.store.count_groups(std::time::Duration::from_secs(60)).unwrap());
        let counts = self.store.counts(&self.queue).unwrap();
        let of = |verdict| (0..ITEMS).filter(|&item| self.model.verdict(item) == Some(verdict)).count() as i64;
        assert_eq!(
            [counts.at(Stage::Accepted), counts.at(Stage::Rejected), counts.at(Stage::Escalated)],
            Verdict::ALL.map(of)
        );
        assert_eq!(self.rows(Rows::Items), self.model.of_record());
        assert_eq!(self.rows(Rows::Decisions), self.model.not_undone());
    }

    /// Item, note and whether it stands, of each row of an export.
    fn rows(&self, rows: Rows) -> Vec<(String, String, bool)> {
        let mut found = Vec::new();
        let each = |row: karat::store::Outgoing| -> karat::store::Result<()> {
            found.push((row.id().to_owned(), row.decision.judgement.draft.note.clone(), row.standing));
            Ok(())
        };
        self.store.outgoing(&self.queue, rows, &[], &karat::store::Condition::default(), None, each).unwrap();
        found
    }
}

fn id(item: usize) -> String {
    format!("i{}", item + 1)
}

#[derive(Debug)]
struct Made {
    who: usize,
    item: usize,
    judgement: Judgement,
    /// What an undo brings back: the draft that it ended, else its own body.
    before: Draft,
    standing: bool,
    undone: bool,
}

#[derive(Debug, Clone)]
enum Step {
    Decision { number: usize, replaced: Option<usize> },
    Deferral { item: usize, before: bool },
}

#[derive(Default)]
struct Model {
    /// In the order in which they were made.
    decisions: Vec<Made>,
    done: [Vec<Step>; 2],
    undone: [Vec<Step>; 2],
    deferred: [[bool; ITEMS]; 2],
    drafts: [[Option<Draft>; ITEMS]; 2],
}

impl Model {
    fn newest(&self, item: usize) -> Option<&Made> {
        self.decisions.iter().rfind(|made| made.item == item && made.standing)
    }

    fn verdict(&self, item: usize) -> Option<Verdict> {
        self.newest(item).map(|made| made.judgement.verdict)
    }

    /// Where an item stands, by what its decisions mean.
    fn stage(&self, item: usize) -> &'static str {
        match self.verdict(item) {
            None => "waiting",
            Some(Verdict::Accept) => "accepted",
            Some(Verdict::Reject) => "rejected",
            Some(Verdict::Escalate) => "escalated",
        }
    }

    fn next(&self, who: usize, deferred: bool) -> Option<usize> {
        (0..ITEMS).find(|&item| self.verdict(item).is_none() && (deferred || !self.deferred[who][item]))
    }

    fn waiting(&self, who: usize) -> i64 {
        (0..ITEMS).filter(|&item| self.verdict(item).is_none() && self.deferred[who][item]).count() as i64
    }

    fn decide(&mut self, who: usize, item: usize, judgement: Judgement) {
        let replaced = self.decisions.iter().position(|made| made.who == who && made.item == item && made.standing);
        if let Some(replaced) = replaced {
            self.decisions[replaced].standing = false;
        }
        let number = self.decisions.len();
        let before = self.drafts[who][item].take().unwrap_or_else(|| Draft::clone(&judgement.draft));
        self.decisions.push(Made { who, item, judgement, before, standing: true, undone: false });
        self.did(who, Step::Decision { number, replaced });
    }

    fn defer(&mut self, who: usize, item: usize) {
        let before = std::mem::replace(&mut self.deferred[who][item], true);
        self.did(who, Step::Deferral { item, before });
    }

    fn did(&mut self, who: usize, step: Step) {
        self.done[who].push(step);
        self.undone[who].clear();
    }

    fn undo(&mut self, who: usize) -> Option<Step> {
        let step = self.done[who].pop()?;
        match step {
            Step::Deferral { item, before } => self.deferred[who][item] = before,
            Step::Decision { number, replaced } => {
                self.turn(number, replaced, false);
                let made = &self.decisions[number];
                self.drafts[who][made.item].get_or_insert_with(|| made.before.clone());
            }
        }
        self.undone[who].push(step.clone());
        Some(step)
    }

    fn redo(&mut self, who: usize) -> Option<Step> {
        let step = self.undone[who].pop()?;
        match step {
            Step::Deferral { item, .. } => self.deferred[who][item] = true,
            Step::Decision { number, replaced } => {
                self.turn(number, replaced, true);
                let made = &self.decisions[number];
                // What undo put there goes; what was written since stays.
                self.drafts[who][made.item].take_if(|draft| *draft == made.before);
            }
        }
        self.done[who].push(step.clone());
        Some(step)
    }

    fn turn(&mut self, number: usize, replaced: Option<usize>, standing: bool) {
        self.decisions[number].standing = standing;
        self.decisions[number].undone = !standing;
        if let Some(replaced) = replaced {
            self.decisions[replaced].standing = !standing;
        }
    }

    fn of_record(&self) -> Vec<(String, String, bool)> {
        (0..ITEMS).filter_map(|item| self.newest(item)).map(row).collect()
    }

    fn not_undone(&self) -> Vec<(String, String, bool)> {
        let of = |item: usize| self.decisions.iter().filter(move |made| made.item == item && !made.undone);
        (0..ITEMS).flat_map(of).map(row).collect()
    }
}

fn row(made: &Made) -> (String, String, bool) {
    (id(made.item), made.judgement.draft.note.clone(), made.standing)
}
