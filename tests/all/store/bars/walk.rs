//! A bar on random walks: decisions, bulks, undos, imports, pulls, greater rates, waivers, other terms, and copies
//! that come home; after every step it is what a plain recount of rows and histories says.

use super::{HOUR, copied, gate_at, recounted, with};
use karat::domain::bar::Outcome;
use karat::domain::check::{FailedCheck, Otherwise};
use karat::domain::event::{Event, EventKind};
use karat::domain::item::Item;
use karat::domain::queue::{Over, Queue};
use karat::domain::sampling::{SAMPLE, STREAM, draw, drawn_by};
use karat::domain::stage::Stage;
use karat::store::{
    BarReport, BrowseRow, BulkAction, Condition, Explained, LeftOut, MergeTerms, Sort, Store, UndoScope,
};
use proptest::prelude::*;
use proptest::test_runner::Config;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use support::fixture::*;

const DAY: i64 = 24 * HOUR;

#[derive(Debug, Clone)]
enum Act {
    Decide(usize, usize),
    Bulk(Vec<usize>),
    Undo(usize),
    Import(Vec<(usize, bool)>),
    Pull(usize),
    Raise,
    /// So many hours pass.
    Wait(i64),
    /// Somebody answers for the bar until so many days from now.
    Waive(i64),
    /// The bar asks for another share.
    Terms(usize),
    /// What is done in a copy, and what is done here meanwhile; then the copy comes home.
    Apart(Vec<Act>, Vec<Act>),
}

fn deciding() -> impl Strategy<Value = Act> {
    prop_oneof![
        12 => (0..60_usize, 0..8_usize).prop_map(|(item, verdict)| Act::Decide(item, verdict)),
        1 => prop::collection::vec(0..60_usize, 1..4).prop_map(Act::Bulk),
        2 => (0..2_usize).prop_map(Act::Undo),
    ]
}

fn act() -> impl Strategy<Value = Act> {
    let apart = || prop::collection::vec(deciding(), 0..6);
    prop_oneof![
        15 => deciding(),
        2 => prop::collection::vec((0..25_usize, any::<bool>()), 1..12).prop_map(Act::Import),
        1 => (0..60_usize).prop_map(Act::Pull),
        1 => Just(Act::Raise),
        1 => (1..40_i64).prop_map(Act::Wait),
        1 => (0..4_i64).prop_map(Act::Waive),
        1 => (0..AT_LEAST.len()).prop_map(Act::Terms),
        1 => (apart(), apart()).prop_map(|(there, here)| Act::Apart(there, here)),
    ]
}

const NAMES: [&str; 2] = ["ana", "ben"];
const RATES: [(f64, f64); 3] = [(0.8, 0.5), (0.9, 0.7), (1.0, 0.95)];
const AT_LEAST: [f64; 2] = [0.7, 0.6];
const CONFIDENCE: f64 = 0.8;

/// Sampling takes it, whatever was decided on it by hand.
fn is_taken(explained: &Explained) -> bool {
    explained.chance.is_none_or(|chance| draw(SAMPLE, "replies", drawn_by(&explained.item)) < chance)
}

struct Walker {
    store: Store,
    queue: Queue,
    items: Vec<Item>,
    /// The batch in which each item was taken, and which number the next one has.
    batches: HashMap<String, usize>,
    next_batch: usize,
    /// The batch of each item's import.
    imports: Vec<usize>,
    raised: usize,
    /// Which share the bar asks for, and whether it ever asked for another.
    terms: usize,
    is_changed: bool,
    now: i64,
    /// The waiver that was given last: for which terms, and when it is over.
    waiver: Option<(usize, i64)>,
    /// The decisions that were made for many items at once, here or in a copy: their ids.
    bulk: HashSet<String>,
}

impl Walker {
    fn spec(raised: usize, terms: usize) -> String {
        let ((m, rest), at_least) = (RATES[raised], AT_LEAST[terms]);
        let rules = format!("[[sample]]\nkey = \"m\"\nwhen = \"model:m\"\nrate = {m}\n[[sample]]\nrate = {rest}\n");
        let check = "[[check]]\nkey = \"short\"\nmax_chars = 9\notherwise = \"reject\"\nfailure = \"cold\"\n";
        let bar = format!("of = \"not category:wrong\"\nat_least = {at_least}\nconfidence = {CONFIDENCE}");
        format!("{}\n{rules}{check}", with(&bar))
    }

    fn apply(&mut self) {
        self.queue = apply(&self.store, &Self::spec(self.raised, self.terms));
    }

    fn step(&mut self, act: &Act) {
        match act {
            Act::Decide(item, verdict) => {
                let Some(item) = self.item(*item) else { return };
                let judgement = match verdict {
                    0 => escalate(),
                    1 | 2 => reject("wrong"),
                    3 => reject("cold"),
                    _ => accept(),
                };
                let actor = self.queue.actor(NAMES[verdict % 2], self.now).over(Over::Anybody);
                let _ = self.store.decide_at_once(actor, &item, &judgement); // what was replaced stays
            }
            Act::Bulk(items) => {
                let ids: BTreeSet<String> = items.iter().filter_map(|item| self.item(*item)).collect();
                let seqs = ids.iter().map(|id| self.store.seq_of(&self.queue, id).unwrap()).collect();
                self.store.bulk(self.queue.actor("ana", self.now), seqs, BulkAction::Decide(accept())).unwrap();
                self.note_bulk();
            }
            Act::Undo(who) => {
                let _ = self.store.undo(self.queue.actor(NAMES[*who], self.now), UndoScope::Decisions);
            }
            Act::Import(new) => {
                let first = self.items.len();
                let new = new.iter().enumerate().map(|(n, (case, is_m))| {
                    let id = format!("n{}", first + n);
                    let attempt = 1 + self.items.iter().filter(|known| known.case == Some(format!("c{case}"))).count();
                    Item {
                        case: Some(format!("c{case}")),
                        attempt: attempt as i64,
                        model: is_m.then(|| "m".into()),
                        ..plain(&id)
                    }
                });
                let new: Vec<Item> = new.collect();
                let records = new.iter().cloned().enumerate().map(|(n, item)| {
                    let reason = "it is too long".into();
                    let failed = FailedCheck { key: "short".into(), outcome: Otherwise::Reject, reason };
                    let mut record = record(item);
                    record.failed.extend(((first + n) % 7 == 6).then_some(failed));
                    record
                });
                import(&self.store, &self.queue, &records.collect::<Vec<_>>(), false);
                self.imports.extend(new.iter().map(|_| self.next_batch));
                self.items.extend(new);
                self.note_batches();
            }
            Act::Pull(item) => {
                let Some(id) = self.item(*item) else { return };
                let seq = self.store.seq_of(&self.queue, &id).unwrap();
                self.store.pull(self.queue.actor("pm", T0), &[seq], "to see it").unwrap();
            }
            Act::Raise => {
                self.raised = (self.raised + 1).min(RATES.len() - 1);
                self.apply();
                self.note_batches();
            }
            Act::Wait(hours) => self.now += hours * HOUR,
            Act::Waive(days) => {
                let until = self.now - self.now.rem_euclid(DAY) + days * DAY;
                let bar = self.queue.spec.spec.bar("b").unwrap();
                self.store.waive(self.queue.actor("pm", self.now), bar, until, "the fix is on its way").unwrap();
                self.waiver = Some((self.terms, until + DAY));
            }
            Act::Terms(terms) => {
                self.is_changed |= self.terms != *terms;
                self.terms = *terms;
                self.apply();
                self.note_batches();
            }
            Act::Apart(there, here) => self.go_apart(there, here),
        }
    }

    fn go_apart(&mut self, there: &[Act], here: &[Act]) {
        let place = Workspace::unmade();
        let store = copied(&self.store, &place);
        let queue = store.queue("replies").unwrap();
        let (items, batches, imports) = (self.items.clone(), self.batches.clone(), self.imports.clone());
        let mut copy = Self { store, queue, items, batches, imports, bulk: self.bulk.clone(), ..*self };
        there.iter().for_each(|act| copy.step(act));
        here.iter().for_each(|act| self.step(act));
        self.bulk.extend(copy.bulk);
        let terms = MergeTerms { name: "copy", actor: "pm", dry_run: false, now: self.now };
        self.store.merge(&copy.store, terms, drop).unwrap();
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

    fn item(&self, number: usize) -> Option<String> {
        self.items.get(number % self.items.len().max(1)).map(|item| item.id.clone())
    }

    /// What was taken by the last act, and was not before, is of one batch.
    fn note_batches(&mut self) {
        for item in self.items.clone() {
            let explained = self.store.explained(&self.queue, &item.id, T0).unwrap();
            if is_taken(&explained) && !explained.is_pulled {
                self.batches.entry(item.id).or_insert(self.next_batch);
            }
        }
        self.next_batch += 1;
    }

    fn rows(&self) -> Vec<BrowseRow> {
        let listing = self.store.whole_listing(&self.queue, Condition::default(), Sort::default()).unwrap();
        self.store.browse(listing.seqs(), "pm", T0).unwrap()
    }

    fn is_bulk(&self, row: &BrowseRow) -> bool {
        row.decision.as_ref().is_some_and(|decision| self.bulk.contains(&decision.id))
    }

    /// The recount by its words: row by row, from what lists and histories tell.
    fn expected(&self) -> (Outcome, u64, u64, u64, LeftOut) {
        let mut cases: BTreeMap<String, Vec<BrowseRow>> = BTreeMap::new();
        for row in self.rows() {
            cases.entry(drawn_by(&row.item).to_owned()).or_default().push(row);
        }
        let mut left_out = LeftOut::default();
        let mut places = Vec::new(); // batch, place, drawn, chance, taken, what is said
        for (case, mut rows) in cases {
            rows.sort_by_key(|row| row.item.attempt);
            left_out.later_attempt += rows.len() as u64 - 1;
            let row = &rows[0];
            let explained = self.store.explained(&self.queue, &row.item.id, T0).unwrap();
            let failed = explained.checks.iter().any(|failed| failed.key == "short");
            if failed || explained.settled_by.as_deref() == Some("check") {
                left_out.check += 1;
                continue;
            }
            if explained.is_pulled {
                left_out.pulled += 1;
                continue;
            }
            let is_settled =
                matches!(explained.stage, Stage::Accepted | Stage::Rejected | Stage::ToRetry | Stage::Replaced);
            let is_bulk = is_settled && self.is_bulk(row);
            left_out.bulk += u64::from(is_bulk);
            let categories = row.decision.as_ref().map(|decision| decision.judgement.draft.categories.clone());
            let is_wrong = categories.unwrap_or_default().iter().any(|category| category == "wrong");
            let said = (is_settled && !is_bulk).then_some(!is_wrong);
            let is_taken = is_taken(&explained);
            let batch = self.batches.get(&row.item.id).copied().unwrap_or_else(|| self.import_batch(row));
            let drawn = draw(SAMPLE, "replies", &case);
            places.push((
                batch,
                draw(STREAM, "replies", &case),
                drawn,
                explained.chance.unwrap_or(1.0),
                is_taken,
                said,
            ));
        }
        places.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
        let reached =
            places.iter().rev().find(|place| place.4 && place.5.is_some()).or(places.first()).map(|place| place.0);
        let (covered, later): (Vec<_>, Vec<_>) = places.into_iter().partition(|place| Some(place.0) <= reached);
        let least = covered.iter().map(|place| place.3).fold(1.0, f64::min);
        let said = covered.iter().filter(|place| place.4 && place.2 < least).map(|place| place.5);
        let (outcome, read) = recounted(said, AT_LEAST[self.terms], CONFIDENCE);
        (outcome, read, covered.len() as u64, later.len() as u64, left_out)
    }

    /// When the waiver in force is over: it was given for these terms, and stands behind what is not met alone.
    fn waived_until(&self) -> Option<i64> {
        self.waiver.filter(|(terms, until)| *terms == self.terms && self.now < *until).map(|(_, until)| until)
    }

    /// What is held back stands in the batch of its import.
    fn import_batch(&self, row: &BrowseRow) -> usize {
        self.imports[self.items.iter().position(|item| item.id == row.item.id).unwrap()]
    }
}

proptest! {
    #![proptest_config(Config { cases: 12, failure_persistence: None, ..Config::default() })]
    #[test]
    fn after_every_step_of_a_walk_a_bar_is_what_a_plain_recount_says(walk in prop::collection::vec(act(), 1..40)) {
        let workspace = Workspace::new();
        let store = workspace.open();
        let queue = apply(&store, &Walker::spec(0, 0));
        let mut walker = Walker {
            store,
            queue,
            items: Vec::new(),
            batches: HashMap::new(),
            next_batch: 0,
            imports: Vec::new(),
            raised: 0,
            terms: 0,
            is_changed: false,
            now: T0,
            waiver: None,
            bulk: HashSet::new(),
        };
        walker.step(&Act::Import((0..20).map(|case| (case, case % 2 == 0)).collect()));
        for act in &walk {
            walker.step(act);
            let BarReport { recount, left_out, waiver, changed_after, outcome, .. } =
                gate_at(&walker.store, &walker.queue, walker.now);
            let found = (recount.outcome, recount.read, recount.eligible, recount.uncovered, left_out);
            let expected = walker.expected();
            prop_assert_eq!(found, expected, "after {:?}", act);
            let until = walker.waived_until();
            prop_assert_eq!(waiver.map(|waiver| waiver.until), until, "after {:?}", act);
            let is_waived = until.is_some() && expected.0 != Outcome::Met;
            prop_assert_eq!(outcome, if is_waived { Outcome::Waived } else { expected.0 }, "after {:?}", act);
            prop_assert_eq!(changed_after.is_some(), walker.is_changed, "after {:?}", act);
        }
        assert_sound(&walker.store);
    }
}
