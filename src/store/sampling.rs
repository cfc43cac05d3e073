//! Sampling: which items an import takes, and which a new version of the spec takes in.
//!
//! All items of a case are taken together, at the greatest rate that has applied to one of them.
//! So what is taken depends on no order, but for the first cases of a rule.

use super::batches::Batch;
use super::columns::{self, Bound};
use super::engine::{Lock, Param, Row, params};
use super::events::Subject;
use super::items::{IN_QUEUE, stage};
use super::transaction::Tx;
use super::{Result, Store, StoreError};
use crate::domain::event::EventKind;
use crate::domain::imported::Record;
use crate::domain::item::{Content, Item, Seq};
use crate::domain::queue::{Actor, Queue};
use crate::domain::record::ITEM;
use crate::domain::sampling::{Rule, SAMPLE, draw, drawn_by};
use crate::domain::spec::{Sample, Spec};
use crate::domain::stage::Stage;
use crate::domain::team::Role;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, LazyLock};

/// The rules of sampling of a queue's spec.
pub(super) struct Sampling {
    queue: i64,
    name: String,
    version: i64,
    rules: Vec<Rule>,
}

/// With which chance a case is taken.
#[derive(Debug, Clone, PartialEq)]
struct Chance {
    chance: f64,
    /// Key of the rule; `None`: it was taken when no rule applied.
    rule: Option<String>,
    /// The rule's version of the spec.
    version: i64,
}

/// A case that the queue has.
#[derive(Debug, Clone)]
struct Case {
    chance: Chance,
    /// An item of it was taken in by hand.
    is_pulled: bool,
}

/// What sampling says of an item that comes in.
pub(super) struct Drawn {
    /// `None`: no rule applies, and it is taken.
    chance: Option<Chance>,
    opinions: u32,
    pub is_held_back: bool,
    is_pulled: bool,
}

/// The columns of [`Drawn::bound`].
pub(super) const COLUMNS: [&str; 7] = ["chance", "rule", "rule_version", "opinions", "held_back", "pulled", "stage"];

/// Sampling within one transaction.
pub(super) struct Sampler {
    sampling: Arc<Sampling>,
    /// The cases that the items which come in name.
    named: HashSet<String>,
    /// Those of them that the queue has.
    cases: HashMap<String, Case>,
    /// Cases of which items that were there before may have a smaller chance.
    raised: HashSet<String>,
    /// The rules that still take first cases.
    filling: HashMap<String, Filling>,
}

/// A rule that has not yet taken as many first cases as it is to take.
struct Filling {
    counted: HashSet<String>,
    /// Those that this transaction adds.
    added: Vec<String>,
    most: usize,
}

/// What was counted of the first cases of rules where nothing is written.
pub(super) struct FirstCases(HashMap<String, Filling>);

/// How many items a version of the spec has changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Resampled {
    /// Items whose chance was raised.
    pub raised: i64,
    /// Of those, the ones that were held back and are taken now.
    pub taken: i64,
}

impl Resampled {
    fn add(&mut self, other: Self) {
        self.raised += other.raised;
        self.taken += other.taken;
    }
}

/// Items that one transaction samples again.
const SLICE: i64 = 500;

impl Sampling {
    pub(super) fn of(queue: &Queue) -> Result<Self> {
        Self::under(queue, &queue.spec.spec)
    }

    /// The rules of another spec for the queue.
    pub(super) fn under(queue: &Queue, spec: &Spec) -> Result<Self> {
        let rules = spec.samples.iter().map(Rule::of).collect::<std::result::Result<_, _>>();
        let rules = rules.map_err(|error| StoreError::Damaged(format!("a rule of sampling: {error}")))?;
        Ok(Self { queue: queue.id, name: queue.name.clone(), version: queue.spec.version, rules })
    }

    pub(super) fn asks_for_texts(&self) -> bool {
        self.rules.iter().any(Rule::asks_for_texts)
    }

    /// How many opinions the rules ask of an item.
    pub(super) fn opinions(&self, item: &Item) -> u32 {
        Rule::first_of(&self.rules, item).map_or(1, |rule| rule.opinions)
    }

    pub(super) fn has_rules(&self) -> bool {
        !self.rules.is_empty()
    }

    fn takes(&self, drawn_by: &str, chance: &Chance) -> bool {
        draw(SAMPLE, &self.name, drawn_by) < chance.chance
    }

    fn certain(&self) -> Chance {
        Chance { chance: 1.0, rule: None, version: self.version }
    }
}

impl Sampler {
    /// The chance that the rules give the item by itself; `None`: no rule applies.
    fn own(&self, rule: Option<&Sample>, item: &Item) -> Option<Chance> {
        rule.map(|rule| Chance {
            chance: if self.is_first(rule, item) { 1.0 } else { rule.rate },
            rule: Some(rule.key.clone()),
            version: self.sampling.version,
        })
    }

    fn is_first(&self, rule: &Sample, item: &Item) -> bool {
        self.filling
            .get(&rule.key)
            .is_some_and(|filling| filling.counted.len() < filling.most || filling.counted.contains(drawn_by(item)))
    }

    /// What is drawn for an item, if it is new.
    pub(super) fn draw(&self, item: &Item) -> Drawn {
        let rule = Rule::first_of(&self.sampling.rules, item);
        let case = self.cases.get(drawn_by(item));
        let chance = self.own(rule, item).map(|own| match case {
            Some(case) if case.chance.chance > own.chance => case.chance.clone(),
            _ => own,
        });
        let is_taken = chance.as_ref().is_none_or(|chance| self.sampling.takes(drawn_by(item), chance));
        let is_pulled = !is_taken && case.is_some_and(|case| case.is_pulled);
        let opinions = rule.map_or(1, |rule| rule.opinions);
        Drawn { chance, opinions, is_held_back: !is_taken && !is_pulled, is_pulled }
    }

    /// Whether the rules take an item of the queue by itself, whatever they make of others of its
    /// case. Items are to come in the order of import, each once.
    pub(super) fn takes_next(&mut self, item: &Item) -> bool {
        let own = self.own(Rule::first_of(&self.sampling.rules, item), item);
        self.count_first(item);
        own.is_none_or(|own| self.sampling.takes(drawn_by(item), &own))
    }

    /// Goes on from what an earlier one has counted of the first cases of rules.
    pub(super) fn after(self, before: Option<FirstCases>) -> Self {
        Self { filling: before.map_or(self.filling, |before| before.0), ..self }
    }

    /// What is counted of the first cases of rules by now.
    pub(super) fn first_cases(self) -> FirstCases {
        FirstCases(self.filling)
    }

    /// Takes note of an item that came in.
    pub(super) fn note(&mut self, item: &Item, drawn: &Drawn) {
        self.count_first(item);
        let name = drawn_by(item);
        if !self.named.contains(name) {
            return;
        }
        let chance = drawn.chance.clone().unwrap_or_else(|| self.sampling.certain());
        match self.cases.get_mut(name) {
            Some(case) if case.chance.chance < chance.chance => {
                case.chance = chance;
                self.raised.insert(name.to_owned());
            }
            Some(_) => {}
            None => {
                self.cases.insert(name.to_owned(), Case { chance, is_pulled: drawn.is_pulled });
            }
        }
    }

    fn count_first(&mut self, item: &Item) {
        let Some(rule) = Rule::first_of(&self.sampling.rules, item) else { return };
        let Some(filling) = self.filling.get_mut(&rule.key) else { return };
        let case = drawn_by(item);
        if filling.counted.len() < filling.most && filling.counted.insert(case.to_owned()) {
            filling.added.push(case.to_owned());
        }
    }
}

impl Drawn {
    pub(super) fn bound(&self) -> [Bound<'_>; COLUMNS.len()] {
        let flag = |is: bool| Bound::Int(is.into());
        let stage = if self.is_held_back { Stage::HeldBack } else { Stage::Waiting };
        let chance = self.chance.as_ref();
        [
            chance.map_or(Bound::Null, |chance| Bound::Real(chance.chance)),
            chance.and_then(|chance| chance.rule.as_deref()).into(),
            chance.map_or(Bound::Null, |chance| Bound::Int(chance.version)),
            Bound::Int(self.opinions.into()),
            flag(self.is_held_back),
            flag(self.is_pulled),
            Bound::Text(stage.as_str().into()),
        ]
    }
}

impl Store {
    /// Samples all items of the queue under its spec in force: takes in and raises what the spec
    /// gives a greater chance. Where it was interrupted, the next time does the rest.
    pub(super) fn sample_again(&self, actor: Actor) -> Result<Resampled> {
        let sampling = Arc::new(Sampling::of(actor.queue)?);
        if !sampling.has_rules() && !self.has_drawn(actor.queue)? {
            return Ok(Resampled::default());
        }
        let (mut resampled, mut past, mut batch) = (Resampled::default(), Some(0), None);
        while let Some(after) = past {
            let (slice, next);
            (slice, next, batch) = self.write(|tx| tx.sample_slice(&sampling, after, batch, actor))?;
            resampled.add(slice);
            past = next;
        }
        if resampled.raised > 0 {
            let raised = EventKind::ChancesRaised {
                version: sampling.version,
                raised: resampled.raised,
                taken: resampled.taken,
            };
            self.write(|tx| tx.log(Subject::of(actor, None), &raised))?;
        }
        Ok(resampled)
    }

    /// Whether an item of the queue came in with a chance below one.
    fn has_drawn(&self, queue: &Queue) -> Result<bool> {
        let sql = "SELECT 1 FROM item i WHERE i.queue_id = ?1 AND i.chance < 1 LIMIT 1";
        Ok(self.first(sql, params![queue.id], |_| Ok(()))?.is_some())
    }

    /// Takes items in by hand that sampling had held back; gives how many. Others stay as they are.
    pub fn pull(&self, actor: Actor, items: &[Seq], why: &str) -> Result<i64> {
        let mut pulled = 0;
        for some in items.chunks(SLICE as usize) {
            pulled += self.write(|tx| {
                tx.lock(Lock::Items(some))?;
                some.iter().try_fold(0, |pulled, seq| Ok(pulled + i64::from(tx.pull(actor, *seq, why)?)))
            })?;
        }
        Ok(pulled)
    }

    /// What has applied to a case; `None` where the queue does not have it.
    fn cases(&self, queue: i64, names: &HashSet<String>) -> Result<HashMap<String, Case>> {
        let names: Vec<&String> = names.iter().collect();
        let values: Vec<Vec<Param>> = names.iter().map(|name| params![*name, queue].to_vec()).collect();
        let sql = format!(
            "SELECT i.chance, i.rule, i.rule_version, (SELECT MAX(p.pulled) FROM item p WHERE {})
            FROM item i WHERE {} ORDER BY COALESCE(i.chance, 1) DESC, i.seq LIMIT 1",
            of_case("p", "?1", "?2"),
            of_case("i", "?1", "?2")
        );
        let mut cases = HashMap::new();
        self.engine.query_each(&sql, &values, &mut |place, row| {
            let chance = Chance {
                chance: row.real(0)?.unwrap_or(1.0),
                rule: row.opt_string(1)?,
                version: row.int(2)?.unwrap_or(1),
            };
            cases.insert(names[place].clone(), Case { chance, is_pulled: row.int(3)? == Some(1) });
            Ok(())
        })?;
        Ok(cases)
    }

    /// Sampling of all items of the queue anew, none of which has a chance yet; what is counted of the
    /// first cases stays counted.
    pub(super) fn sampler_anew(&self, sampling: &Arc<Sampling>) -> Result<Sampler> {
        let mut filling = HashMap::new();
        for rule in sampling.rules.iter().map(Rule::sample) {
            if let Some(most) = rule.first {
                filling.insert(rule.key.clone(), self.counted_first(sampling, &rule.key, most)?);
            }
        }
        Ok(Sampler {
            sampling: sampling.clone(),
            named: HashSet::new(),
            cases: HashMap::new(),
            raised: HashSet::new(),
            filling,
        })
    }

    /// Sampling for the items of these records; `None` where there are no rules.
    pub(super) fn sampler<'r>(
        &self,
        sampling: &Arc<Sampling>,
        records: impl Iterator<Item = &'r Record>,
    ) -> Result<Option<Sampler>> {
        if !sampling.has_rules() {
            return Ok(None);
        }
        let named = records.filter_map(|record| record.item.case.clone()).collect();
        let cases = self.cases(sampling.queue, &named)?;
        let filling = self.filling(sampling)?;
        Ok(Some(Sampler { sampling: sampling.clone(), named, cases, raised: HashSet::new(), filling }))
    }

    fn counted_first(&self, sampling: &Sampling, rule: &str, most: u32) -> Result<Filling> {
        let sql = "SELECT case_id FROM sample_case WHERE queue_id = ?1 AND rule = ?2";
        let counted = self.all(sql, params![sampling.queue, rule], |row| row.string(0))?.into_iter().collect();
        Ok(Filling { counted, added: Vec::new(), most: most as usize })
    }

    fn filling(&self, sampling: &Sampling) -> Result<HashMap<String, Filling>> {
        let mut filling = HashMap::new();
        for rule in sampling.rules.iter().map(Rule::sample) {
            let Some(most) = rule.first else { continue };
            let count = "SELECT cases FROM sample_count WHERE queue_id = ?1 AND rule = ?2";
            let of_rule = params![sampling.queue, &rule.key];
            let cases = self.first(count, of_rule, |row| row.need_int(0))?.unwrap_or(0);
            if cases < i64::from(most) {
                filling.insert(rule.key.clone(), self.counted_first(sampling, &rule.key, most)?);
            }
        }
        Ok(filling)
    }
}

impl Tx<'_> {
    /// The rules in force: others than at the beginning of an import, where a spec was applied
    /// since.
    pub(super) fn rules_in_force(&self, known: &Arc<Sampling>) -> Result<Arc<Sampling>> {
        let version = self.number("SELECT spec_version FROM queue WHERE id = ?1", params![known.queue])?;
        match version == known.version {
            true => Ok(known.clone()),
            false => Ok(Sampling::of(&self.queue(&known.name)?)?.into()),
        }
    }

    /// Writes what an import made of sampling beside its own items.
    pub(super) fn end_sampling(&self, sampler: &Sampler, mut batch: Option<Batch>, subject: Subject) -> Result<()> {
        self.keep_first(sampler)?;
        for name in &sampler.raised {
            if let Some(case) = sampler.cases.get(name) {
                self.raise(&sampler.sampling, name, &case.chance, &mut batch, subject)?;
            }
        }
        if sampler.raised.is_empty() { Ok(()) } else { self.drop_kept_outputs(subject.queue) }
    }

    /// Raises the chance of an item whose content was replaced, where it has a greater one now.
    pub(super) fn sample_replaced(
        &self,
        sampler: &mut Sampler,
        item: &Item,
        mut batch: Option<Batch>,
        subject: Subject,
    ) -> Result<()> {
        let own = sampler.own(Rule::first_of(&sampler.sampling.rules, item), item);
        let own = own.unwrap_or_else(|| sampler.sampling.certain());
        sampler.count_first(item);
        let resampled = self.raise(&sampler.sampling, drawn_by(item), &own, &mut batch, subject)?;
        if resampled.raised == 0 { Ok(()) } else { self.drop_kept_outputs(subject.queue) }
    }

    fn keep_first(&self, sampler: &Sampler) -> Result<()> {
        for (rule, filling) in sampler.filling.iter().filter(|(_, filling)| !filling.added.is_empty()) {
            let of_rule = |case| params![sampler.sampling.queue, rule, case].to_vec();
            let mut load = self.load("sample_case", &["queue_id", "rule", "case_id"])?;
            filling.added.iter().try_for_each(|case| load.add_new(&of_rule(case.as_str())))?;
            load.flush()?;
            let sql = "INSERT INTO sample_count (queue_id, rule, cases) VALUES (?1, ?2, ?3)
                ON CONFLICT (queue_id, rule) DO UPDATE SET cases = excluded.cases";
            self.execute(sql, params![sampler.sampling.queue, rule, filling.counted.len() as i64])?;
        }
        Ok(())
    }

    /// Samples the next items again; gives the row after which to go on, if there are more, and the
    /// batch of what was taken in, once there is one.
    fn sample_slice(
        &self,
        sampling: &Arc<Sampling>,
        after: Seq,
        mut batch: Option<Batch>,
        actor: Actor,
    ) -> Result<(Resampled, Option<Seq>, Option<Batch>)> {
        self.need(actor.reviewer, Role::Lead)?;
        self.lock(Lock::Import)?;
        let rows = self.to_sample(sampling.queue, after)?;
        let filling = self.filling(sampling)?;
        let mut sampler = Sampler {
            sampling: sampling.clone(),
            named: HashSet::new(),
            cases: HashMap::new(),
            raised: HashSet::new(),
            filling,
        };
        let mut resampled = Resampled::default();
        for row in &rows {
            let rule = Rule::first_of(&sampling.rules, &row.item);
            let own = sampler.own(rule, &row.item).unwrap_or_else(|| sampling.certain());
            sampler.count_first(&row.item);
            let subject = Subject::of(actor, Some(row.place.seq));
            if row.place.chance.is_some_and(|chance| chance < own.chance) {
                resampled.add(self.raise(sampling, drawn_by(&row.item), &own, &mut batch, subject)?);
            }
            if let Some(rule) = rule.filter(|rule| row.is_undecided && row.opinions < i64::from(rule.opinions)) {
                self.ask_as_many(row.place.seq, i64::from(rule.opinions), actor.now)?;
            }
        }
        self.keep_first(&sampler)?;
        if resampled.raised > 0 {
            self.drop_kept_outputs(sampling.queue)?;
        }
        Ok((resampled, rows.last().map(|row| row.place.seq), batch))
    }

    /// `false`: the item is not held back.
    fn pull(&self, actor: Actor, item: Seq, why: &str) -> Result<bool> {
        let is_held = "SELECT COUNT(*) FROM item WHERE seq = ?1 AND held_back = 1";
        let is_pulled = self.number(is_held, params![item])? == 1;
        if is_pulled {
            self.keep_before(item, actor.now)?;
            self.pipeline("UPDATE item SET held_back = 0, pulled = 1 WHERE seq = ?1", params![item])?;
            self.recompute_record(item)?;
            self.log(Subject::of(actor, Some(item)), &EventKind::Pulled { why: why.into() })?;
        }
        Ok(is_pulled)
    }

    /// Raises the chance of the items of a case that have a smaller one, and takes them in where it
    /// takes the case: into `batch`, or a new one.
    fn raise(
        &self,
        sampling: &Sampling,
        case: &str,
        to: &Chance,
        batch: &mut Option<Batch>,
        subject: Subject,
    ) -> Result<Resampled> {
        let sql = format!(
            "SELECT i.seq, i.chance, i.held_back, i.pulled FROM item i WHERE {} AND i.chance < ?1 ORDER BY i.seq",
            of_case("i", "?3", "?2")
        );
        let found = self.all(&sql, params![to.chance, sampling.queue, case], |row| Place::read(row, 0, 1))?;
        let is_taken = sampling.takes(case, to);
        let mut resampled = Resampled::default();
        for place in found {
            resampled.add(self.raise_item(place, to, is_taken, batch, subject)?);
        }
        Ok(resampled)
    }

    fn raise_item(
        &self,
        place: Place,
        to: &Chance,
        is_taken: bool,
        batch: &mut Option<Batch>,
        subject: Subject,
    ) -> Result<Resampled> {
        let sql = "UPDATE item SET chance = ?2, rule = ?3, rule_version = ?4, held_back = ?5, pulled = ?6
            WHERE seq = ?1";
        let (held_back, pulled) = (place.is_held_back && !is_taken, place.is_pulled && !is_taken);
        let (held_back, pulled) = (i64::from(held_back), i64::from(pulled));
        let values = params![place.seq, to.chance, to.rule.as_deref(), to.version, held_back, pulled];
        self.keep_before(place.seq, subject.now)?;
        let comes_in = is_taken && (place.is_held_back || place.is_pulled);
        if comes_in {
            let batch = match batch {
                Some(batch) => batch.id,
                none => none.insert(self.new_batch(subject.queue, None, subject.now)?).id,
            };
            self.pipeline("UPDATE item SET batch_id = ?2 WHERE seq = ?1", params![place.seq, batch])?;
        }
        self.pipeline(sql, values)?;
        if !is_taken || !place.is_held_back {
            return Ok(Resampled { raised: 1, taken: 0 });
        }
        self.recompute_record(place.seq)?;
        let taken = EventKind::TakenIn { rule: to.rule.clone(), chance: to.chance, before: place.chance };
        self.log(Subject { item: Some(place.seq), ..subject }, &taken)?;
        Ok(Resampled { raised: 1, taken: 1 })
    }
}

/// SQL: the item is an output of the case in the queue; the case of one that names none is its id.
fn of_case(item: &str, case: &str, queue: &str) -> String {
    format!(
        "(({item}.case_id = {case} AND {item}.queue_id + 0 = {queue})
            OR ({item}.queue_id = {queue} AND {item}.id = {case} AND {item}.case_id IS NULL))"
    )
}

/// What sampling has made of an item.
#[derive(Clone, Copy)]
struct Place {
    seq: Seq,
    chance: Option<f64>,
    is_held_back: bool,
    is_pulled: bool,
}

impl Place {
    /// From the column of the row number, and those of the chance and the two marks.
    fn read(row: &dyn Row, seq: usize, chance: usize) -> Result<Self> {
        Ok(Self {
            seq: row.need_int(seq)?,
            chance: row.real(chance)?,
            is_held_back: row.need_int(chance + 1)? == 1,
            is_pulled: row.need_int(chance + 2)? == 1,
        })
    }
}

/// An item with what sampling asks of it.
struct Sampled {
    place: Place,
    item: Item,
    opinions: i64,
    is_undecided: bool,
}

impl Store {
    /// The next items after a row, without their texts.
    fn to_sample(&self, queue: i64, after: Seq) -> Result<Vec<Sampled>> {
        let sql = format!(
            "SELECT {}, {TEXTS}, i.opinions, i.stage, i.seq, i.chance, i.held_back, i.pulled
             FROM item i JOIN item_text t ON t.seq = i.seq WHERE {IN_QUEUE} AND i.seq > ?2 ORDER BY i.seq LIMIT {SLICE}",
            *NARROW
        );
        self.all(&sql, params![queue, after], sampled)
    }
}

/// The columns of an item that rules of sampling may ask for, which [`item`] reads: those of its
/// narrow row, and behind them those of its texts.
pub(super) static NARROW: LazyLock<String> = LazyLock::new(|| {
    let names = columns::narrow(ITEM).flat_map(|field| columns::of(field).iter().map(|name| format!("i.{name}")));
    names.collect::<Vec<_>>().join(", ")
});
pub(super) const TEXTS: &str = "t.meta, CASE WHEN t.reference IS NULL THEN 0 ELSE 1 END,
    CASE WHEN t.context IS NULL THEN 0 ELSE 1 END, CASE WHEN t.prompt IS NULL THEN 0 ELSE 1 END";
/// In the place of [`TEXTS`], where no rule asks for them.
pub(super) const NO_TEXTS: &str = "NULL, 0, 0, 0";

/// How many columns [`item`] reads.
pub(super) static WIDTH: LazyLock<usize> =
    LazyLock::new(|| columns::narrow(ITEM).map(|field| columns::of(field).len()).sum::<usize>() + 4);

/// An item as rules of sampling see it, without its texts.
pub(super) fn item(row: &dyn Row) -> Result<Item> {
    let (mut item, at) = (Item::default(), *WIDTH - 4);
    columns::read(columns::narrow(ITEM), row, 0, &mut item)?;
    item.meta = row.opt_string(at)?;
    item.reference = (row.need_int(at + 1)? == 1).then(Content::default);
    item.context = if row.need_int(at + 2)? == 1 { vec![Arc::default()] } else { Vec::new() };
    item.prompt = (row.need_int(at + 3)? == 1).then(Content::default);
    Ok(item)
}

fn sampled(row: &dyn Row) -> Result<Sampled> {
    let (item, at) = (item(row)?, *WIDTH);
    let is_undecided = matches!(stage(row, at + 1)?, Stage::Waiting | Stage::HeldBack);
    Ok(Sampled { place: Place::read(row, at + 2, at + 3)?, item, opinions: row.need_int(at)?, is_undecided })
}
