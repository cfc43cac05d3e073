//! Agreement on random walks: opinions, changed minds, bulks, undos, what settles disagreements, reopenings, and copies
//! that come home; after every step the counts are those of a plain look at the rows of an export.

use super::{asking, scored, with_opinions};
use karat::analysis::opinions::{Subject, Which};
use karat::domain::decision::Verdict;
use karat::domain::event::{Event, EventKind};
use karat::domain::policy::{Purpose, ReviewerKind};
use karat::domain::queue::{Over, Queue};
use karat::domain::sampling::{AUDIT, draw};
use karat::domain::stage::Stage;
use karat::store::{BulkAction, Condition, Fate, MergeTerms, Merged, Outgoing, Rows, Store, UndoScope};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use support::fixture::*;

/// How many walks are taken, by one seed; 6 unless the variable says otherwise.
const WALKS: &str = "KARAT_TEST_WALKS";

const ITEMS: usize = 8;
const NAMES: [&str; 3] = ["ana", "ben", "cy"];
/// Settles disagreements and puts items back.
const LEE: &str = "lee";
const AUDITED: f64 = 0.4;

#[derive(Debug, Clone)]
enum Act {
    /// Who says it, of which item, and what.
    Say(usize, usize, usize),
    Bulk(usize, Vec<usize>),
    Undo(usize),
    Redo(usize),
    Settle(usize, usize),
    Reopen(usize),
    /// What is done in a copy, and what is done here meanwhile; then the copy comes home.
    Apart(Vec<Act>, Vec<Act>),
}

fn saying() -> impl Strategy<Value = Act> {
    let (who, item) = (|| 0..NAMES.len(), || 0..ITEMS);
    prop_oneof![
        12 => (who(), item(), 0..6_usize).prop_map(|(who, item, what)| Act::Say(who, item, what)),
        1 => (who(), prop::collection::vec(item(), 1..4)).prop_map(|(who, items)| Act::Bulk(who, items)),
        2 => who().prop_map(Act::Undo),
        1 => who().prop_map(Act::Redo),
    ]
}

fn act() -> impl Strategy<Value = Act> {
    let apart = || prop::collection::vec(saying(), 0..6);
    prop_oneof![
        16 => saying(),
        3 => (0..ITEMS, 0..6_usize).prop_map(|(item, what)| Act::Settle(item, what)),
        1 => (0..ITEMS).prop_map(Act::Reopen),
        1 => (apart(), apart()).prop_map(|(there, here)| Act::Apart(there, here)),
    ]
}

#[test]
fn after_every_step_of_a_walk_agreement_is_what_the_rows_of_an_export_say() {
    let cases = std::env::var(WALKS).map_or(6, |number| number.parse().unwrap());
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 400, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &[12; 32]));
    let walk = runner.run(&prop::collection::vec(act(), 1..60), |walk| {
        let mut walker = Walker::new();
        for act in &walk {
            walker.step(act);
            walker.compare(&format!("after {act:?}"));
        }
        assert_sound(&walker.store);
        Ok(())
    });
    walk.unwrap_or_else(|failed| panic!("{failed}"));
}

struct Walker {
    _workspace: Workspace,
    store: Store,
    queue: Queue,
    /// Decisions that were made for many items at once, here or in a copy: their ids.
    bulk: HashSet<String>,
    /// Those that a reopening has ended.
    ended: HashSet<String>,
    reopened: HashSet<String>,
    /// Those that came with a merge and never stood here.
    came_late: HashSet<String>,
}

/// A decision as an export tells it.
struct Row {
    id: String,
    item: String,
    reviewer: String,
    is_opinion: bool,
    stands: bool,
    /// How many are asked of its item.
    opinions: i64,
    has_slot: bool,
    after_seen: bool,
    verdict: Verdict,
    categories: Vec<String>,
    tone: Option<u8>,
}

impl Row {
    /// What it says on a subject; an escalation says nothing.
    fn says(&self, subject: &Subject) -> Option<String> {
        let said = match subject {
            Subject::Verdict => Some(self.verdict.as_str().to_owned()),
            Subject::Categories => Some(self.categories.iter().cloned().collect::<BTreeSet<_>>().into_iter().collect()),
            Subject::Category(key) => Some(self.categories.contains(key).to_string()),
            Subject::Criterion(_) => self.tone.map(|level| level.to_string()),
        };
        said.filter(|_| self.verdict != Verdict::Escalate)
    }
}

impl Walker {
    /// Every other item is asked of two people whatever the first says; of the others a second is asked by what
    /// the first says, or drawn.
    fn new() -> Self {
        let rules = asking(2, "").replace("rate = 1", "when = \"id:i1,i3,i5,i7\"\nrate = 1");
        let review = format!(
            "[review]\nsecond_opinion = \"verdict:reject severity:critical\"\naudit = {AUDITED}\nadjudicator = \"{LEE}\"\n"
        );
        let (workspace, store, queue) = with_opinions(&format!("{rules}{review}"), ITEMS);
        let none = HashSet::new;
        Self { _workspace: workspace, store, queue, bulk: none(), ended: none(), reopened: none(), came_late: none() }
    }

    fn step(&mut self, act: &Act) {
        match act {
            Act::Say(who, item, what) => self.say(NAMES[*who], *item, *what),
            Act::Bulk(who, items) => {
                let seqs: BTreeSet<_> = items.iter().map(|item| self.seq(*item)).collect();
                let actor = self.queue.actor(NAMES[*who], T0);
                self.store.bulk(actor, seqs.into_iter().collect(), BulkAction::Decide(accept())).unwrap();
                self.note_bulk();
            }
            // What cannot be taken back stays.
            Act::Undo(who) => drop(self.store.undo(self.queue.actor(NAMES[*who], T0), UndoScope::Anything)),
            Act::Redo(who) => drop(self.store.redo(self.queue.actor(NAMES[*who], T0))),
            Act::Settle(item, what) => {
                let stage = self.store.explained(&self.queue, &id(*item), T0).unwrap().stage;
                if stage == Stage::Disputed {
                    self.say(LEE, *item, *what);
                }
            }
            Act::Reopen(item) => {
                let standing = self.rows().into_iter().filter(|row| row.item == id(*item) && row.stands);
                let standing: Vec<String> = standing.map(|row| row.id).collect();
                if self.store.reopen(self.queue.actor(LEE, T0), self.seq(*item), "look again", None).is_ok() {
                    self.ended.extend(standing);
                    self.reopened.insert(id(*item));
                }
            }
            Act::Apart(there, here) => self.go_apart(there, here),
        }
        self.store.release_all().unwrap();
    }

    /// What is refused changes nothing.
    fn say(&self, who: &str, item: usize, what: usize) {
        let judgement = match what {
            0 => escalate(),
            1 => scored(Verdict::Reject, &["wrong"], 1),
            2 => scored(Verdict::Reject, &["cold"], 1),
            3 => scored(Verdict::Reject, &["wrong", "cold"], 2),
            4 => scored(Verdict::Accept, &[], 2),
            _ => scored(Verdict::Accept, &[], 3),
        };
        let actor = self.queue.actor(who, T0).over(Over::Anybody);
        drop(self.store.decide_at_once(actor, &id(item), &judgement));
    }

    fn seq(&self, item: usize) -> karat::domain::item::Seq {
        self.store.seq_of(&self.queue, &id(item)).unwrap()
    }

    fn note_bulk(&mut self) {
        let each = |event: Event| {
            if let EventKind::Decided(told) = event.kind
                && told.bulk.is_some()
            {
                self.bulk.insert(told.decision);
            }
            Ok(())
        };
        self.store.events(&self.queue, None, None, each).unwrap();
    }

    fn go_apart(&mut self, there: &[Act], here: &[Act]) {
        let workspace = Workspace::unmade();
        let mut moving = self.store.begin_move(workspace.place()).unwrap();
        while moving.advance().unwrap() {}
        let store = moving.finish().unwrap().store;
        let queue = store.queue("replies").unwrap();
        let (ended, reopened) = (self.ended.clone(), self.reopened.clone());
        let (bulk, came_late) = (self.bulk.clone(), self.came_late.clone());
        let mut copy = Self { _workspace: workspace, store, queue, bulk, ended, reopened, came_late };
        there.iter().for_each(|act| copy.step(act));
        here.iter().for_each(|act| self.step(act));
        self.bulk.extend(copy.bulk);
        let terms = MergeTerms { name: "copy", actor: LEE, dry_run: false, now: T0 };
        let each = |one: Merged| {
            if !matches!(one.fate, Fate::Added | Fate::SecondOpinion { .. }) {
                self.came_late.insert(one.decision.id);
            }
        };
        self.store.merge(&copy.store, terms, each).unwrap();
    }

    fn rows(&self) -> Vec<Row> {
        let mut rows = Vec::new();
        let each = |row: Outgoing| -> karat::store::Result<()> {
            let (part, draft) = (&row.decision.part, &row.decision.judgement.draft);
            rows.push(Row {
                id: row.decision.id.clone(),
                item: row.id().to_owned(),
                reviewer: row.decision.reviewer.clone(),
                is_opinion: part.purpose == Purpose::Opinion && part.reviewer_kind == ReviewerKind::Person,
                stands: row.standing,
                opinions: row.place.opinions,
                has_slot: part.slot.is_some(),
                after_seen: part.after_seen,
                verdict: row.decision.judgement.verdict,
                categories: draft.categories.clone(),
                tone: draft.scores.get("tone").copied(),
            });
            Ok(())
        };
        self.store.outgoing(&self.queue, Rows::Decisions, &[], &Condition::default(), None, each).unwrap();
        rows
    }

    fn compare(&self, after: &str) {
        let rows = self.rows();
        let mut items: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
        for row in rows.iter().filter(|row| row.is_opinion) {
            items.entry(&row.item).or_default().push(row);
        }
        let found = self.store.opinions_given(&self.queue, &Condition::default(), None).unwrap();
        let spec = &self.queue.spec.spec;
        for subject in Subject::all(spec).into_iter().filter(|subject| subject.key() != "accuracy") {
            for is_drawn in [true, false] {
                let counted = items.iter().filter(|(item, rows)| self.is_drawn(item, rows) == is_drawn);
                let said: Vec<Vec<(&str, String)>> = counted
                    .map(|(_, rows)| {
                        let counted = self.counted(rows).into_iter();
                        counted.filter_map(|row| Some((row.reviewer.as_str(), row.says(&subject)?))).collect()
                    })
                    .collect();
                let which = Which { drawn: is_drawn, ..Which::default() };
                let compared = found.compare(spec, &subject, &which).agreement;
                let (expected, told) = (Plain::of(&said), format!("{subject:?}, drawn {is_drawn}, {after}"));
                assert_eq!(
                    (compared.items, compared.judged_twice, compared.unanimous, compared.raters),
                    (expected.items, expected.judged_twice, expected.unanimous, expected.raters),
                    "{told}"
                );
                near(compared.raw, expected.raw, &told);
                if subject == Subject::Verdict {
                    near(compared.coefficients.krippendorff.value, expected.alpha, &told);
                }
            }
        }
    }

    /// Its further opinions were drawn, whatever the first said.
    fn is_drawn(&self, item: &str, rows: &[&Row]) -> bool {
        let is_by_rule = ["i1", "i3", "i5", "i7"].contains(&item);
        let is_audited = draw(AUDIT, "replies", item) < AUDITED;
        rows[0].opinions > 1 && (is_by_rule || is_audited) && !self.reopened.contains(item)
    }

    /// The opinions on an item that count, in their order.
    fn counted<'r>(&self, rows: &[&'r Row]) -> Vec<&'r Row> {
        let is_alone = rows[0].opinions == 1;
        if is_alone && rows.iter().all(|row| !row.stands || row.has_slot) {
            return Vec::new();
        }
        let standing = rows.iter().enumerate().filter(|(_, row)| row.stands && (row.has_slot || is_alone));
        let counted = standing.filter_map(|(at, row)| match row.after_seen {
            false => Some((at, *row)),
            // It was changed when others could be seen: what its maker had said before counts.
            true => rows[..at]
                .iter()
                .enumerate()
                .rfind(|(_, before)| {
                    let stood = !self.ended.contains(&before.id) && !self.came_late.contains(&before.id);
                    before.reviewer == row.reviewer && !before.after_seen && stood
                })
                .map(|(at, before)| (at, *before)),
        });
        let mut counted: Vec<_> = counted.filter(|(_, row)| !self.bulk.contains(&row.id)).collect();
        counted.sort_by_key(|(at, _)| *at);
        counted.into_iter().map(|(_, row)| row).collect()
    }
}

/// What judgements come to, pair by pair.
struct Plain {
    items: u64,
    judged_twice: u64,
    unanimous: u64,
    raters: usize,
    /// The mean over items of the share of pairs that say the same.
    raw: Option<f64>,
    /// Krippendorff's, of names: by all pairs of judgements of one item, and of any two.
    alpha: Option<f64>,
}

impl Plain {
    fn of(said: &[Vec<(&str, String)>]) -> Self {
        let judged: Vec<_> = said.iter().filter(|item| !item.is_empty()).collect();
        let twice: Vec<_> = judged.iter().filter(|item| item.len() > 1).collect();
        let differ = |labels: &[&String]| {
            let pairs =
                || labels.iter().enumerate().flat_map(|(at, one)| labels[..at].iter().map(move |other| (one, other)));
            (pairs().filter(|(one, other)| one != other).count() as f64, pairs().count() as f64)
        };
        let of_items: Vec<(f64, f64, f64)> = twice
            .iter()
            .map(|item| {
                let labels: Vec<&String> = item.iter().map(|(_, label)| label).collect();
                let (different, pairs) = differ(&labels);
                (different, pairs, item.len() as f64)
            })
            .collect();
        let count = twice.len() as f64;
        let raw = of_items.iter().map(|(different, pairs, _)| 1.0 - different / pairs).sum::<f64>() / count;
        let all: Vec<&String> = twice.iter().flat_map(|item| item.iter().map(|(_, label)| label)).collect();
        let (different, pairs) = differ(&all);
        let observed: f64 = of_items.iter().map(|(different, _, size)| 2.0 * different / (size - 1.0)).sum();
        let alpha = 1.0 - observed / all.len() as f64 / (different / pairs);
        Self {
            items: judged.len() as u64,
            judged_twice: twice.len() as u64,
            unanimous: of_items.iter().filter(|(different, ..)| *different == 0.0).count() as u64,
            raters: judged.iter().flat_map(|item| item.iter().map(|(who, _)| who)).collect::<BTreeSet<_>>().len(),
            raw: (count > 0.0).then_some(raw),
            alpha: (different > 0.0).then_some(alpha),
        }
    }
}

#[track_caller]
fn near(found: Option<f64>, expected: Option<f64>, told: &str) {
    let is_near = match (found, expected) {
        (Some(found), Some(expected)) => (found - expected).abs() < 1e-9,
        (found, expected) => found.is_none() && expected.is_none(),
    };
    assert!(is_near, "{found:?} for {expected:?}: {told}");
}

fn id(item: usize) -> String {
    format!("i{}", item + 1)
}
