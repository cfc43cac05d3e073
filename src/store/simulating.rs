//! What the rules of a spec come to on what happened in a queue: its items with their decisions, read
//! one after the other on one state of the workspace. Nothing is written, and what is held in memory
//! is a number for each case that is taken and each item that a second opinion is asked of.

use super::drafts::from_json;
use super::engine::{Param, Row, params};
use super::filter::unreadable;
use super::items::{self, IN_QUEUE, document_ids};
use super::listing::Condition;
use super::outgoing::DocumentCache;
use super::sampling::{self, Sampler, Sampling};
use super::tables::{LOGGED, Table};
use super::{Result, Store, StoreError};
use crate::domain::agreement::Said;
use crate::domain::check::CheckReport;
use crate::domain::decision::Verdict;
use crate::domain::filter::{self, SavedFilters, Words};
use crate::domain::item::{Item, Seq};
use crate::domain::policy::Purpose;
use crate::domain::queue::Queue;
use crate::domain::sampling::{AUDIT, SAMPLE, draw, drawn_by};
use crate::domain::simulation::{History, Ruled, Simulated};
use crate::domain::spec::Spec;
use crate::domain::time::UtcMillis;
use std::collections::HashSet;
use std::sync::{Arc, LazyLock};

/// What two specs would have come to on the same items.
#[derive(Debug, Clone, PartialEq)]
pub struct Simulation {
    pub outcomes: [Simulated; 2],
    /// Decisions of people on the items that took time on screen, and the active time of all of
    /// them in milliseconds.
    pub timed: i64,
    pub millis: i64,
    /// Items of the queue that are held back, and that the second spec would take in as soon as it
    /// is applied.
    pub taken_in: i64,
}

/// Runs the checks of each spec on an item.
pub(super) type RunChecks<'c> = &'c dyn Fn(&Item) -> [CheckReport; 2];

impl Store {
    /// What each of two specs would have come to until `now` on the items of the queue that came in
    /// since a time, had it been in force all along. Without `checks`, which run those of each spec,
    /// no texts are read.
    pub fn simulate(
        &self,
        queue: &Queue,
        specs: [&Spec; 2],
        (since, now): (Option<UtcMillis>, UtcMillis),
        checks: Option<RunChecks>,
    ) -> Result<Simulation> {
        self.read_once(|| {
            let rules = [self.rules(queue, specs[0], now)?, self.rules(queue, specs[1], now)?];
            let mut rules = self.draw_all(queue, rules)?;
            let taken_in = self.would_take_in(queue, &rules[1])?;
            let mut counted =
                Counted { outcomes: specs.map(Simulated::under), specs, now, timed: 0, millis: 0, open: None };
            let reads = match checks {
                Some(_) => Reads::Whole,
                None => Reads::of(&rules),
            };
            let mut documents = DocumentCache::default();
            self.engine.stream(&happened(reads), params![queue.id, since.unwrap_or(i64::MIN)], &mut |row| {
                let place = Place { row, at: reads.width() };
                if !counted.goes_on(place.seq()?) {
                    let item = reads.item(self, row, &mut documents);
                    let item = self.readable("item", &place.seq()?, item)?;
                    let seq = place.seq()?;
                    counted.begin(&place, item.map(|item| ruled(queue, &mut rules, seq, &item, checks)))?;
                }
                self.readable("decision", &place.decision()?.unwrap_or_default(), counted.add(&place)).map(drop)
            })?;
            counted.close();
            let Counted { outcomes, timed, millis, .. } = counted;
            Ok(Simulation { outcomes, timed, millis, taken_in })
        })
    }

    fn rules(&self, queue: &Queue, spec: &Spec, now: UtcMillis) -> Result<Rules> {
        let sampling = Arc::new(Sampling::under(queue, spec)?);
        let second = self.asking_second(queue, spec, now)?;
        let audit = spec.review.as_ref().and_then(|review| review.audit);
        let retried = match spec.retries_by_filter() {
            true => self.found("item", queue, &self.condition_of_retry(spec)?)?,
            false => Found::default(),
        };
        Ok(Rules { sampling, taken: None, second, retried, audit })
    }

    /// Draws for all items of the queue in the order of import.
    fn draw_all(&self, queue: &Queue, mut rules: [Rules; 2]) -> Result<[Rules; 2]> {
        let mut samplers: Vec<(usize, Sampler, HashSet<u64>)> = Vec::new();
        for (place, rules) in rules.iter().enumerate().filter(|(_, rules)| rules.sampling.has_rules()) {
            samplers.push((place, self.sampler_anew(&rules.sampling)?, HashSet::new()));
        }
        if samplers.is_empty() {
            return Ok(rules);
        }
        let reads = Reads::of(&rules);
        let sql = format!("{} WHERE {IN_QUEUE} ORDER BY i.seq", reads.select("i.seq"));
        self.engine.stream(&sql, params![queue.id], &mut |row| {
            let item = sampling::item(row);
            let Some(item) = self.readable("item", &row.need_int(reads.width())?, item)? else { return Ok(()) };
            for (_, sampler, taken) in &mut samplers {
                if sampler.takes_next(&item) {
                    taken.insert(case_number(queue, drawn_by(&item)));
                }
            }
            Ok(())
        })?;
        for (place, _, taken) in samplers {
            rules[place].taken = Some(taken);
        }
        Ok(rules)
    }

    /// The items that the second opinion of the spec is asked of by its filter, in their order.
    fn asking_second(&self, queue: &Queue, spec: &Spec, now: UtcMillis) -> Result<Found> {
        let Some(text) = spec.review.as_ref().and_then(|review| review.second_opinion.as_ref()) else {
            return Ok(Found::default());
        };
        let words = Words::of([spec]);
        let rule = filter::parse_rule(text, &words).map_err(|error| unreadable(text, error))?;
        let rule = rule.resolved(&SavedFilters::new(), now).map_err(|error| unreadable(text, error))?;
        self.found(&format!("({})", *WITH_FIRST), queue, &self.condition_under(words, &rule, ""))
    }

    /// The items of the queue among these rows that keep the condition.
    fn found(&self, rows: &str, queue: &Queue, condition: &Condition) -> Result<Found> {
        let sql = format!(
            "SELECT i.seq FROM {rows} i WHERE i.queue_id = ?1 AND i.seq BETWEEN ?2 AND ?3 AND {}",
            condition.sql
        );
        let values: Vec<Param> = params![queue.id, i64::MIN, i64::MAX]
            .iter()
            .copied()
            .chain(condition.values.iter().map(Param::from))
            .collect();
        let mut seqs = Vec::new();
        self.engine.stream(&sql, &values, &mut |row| {
            seqs.push(row.need_int(0)?);
            Ok(())
        })?;
        seqs.sort_unstable();
        Ok(Found { seqs, passed: 0 })
    }

    /// How many items that are held back now the rules would take in.
    fn would_take_in(&self, queue: &Queue, rules: &Rules) -> Result<i64> {
        let sql = format!("SELECT COALESCE(i.case_id, i.id) FROM item i WHERE {IN_QUEUE} AND i.held_back = 1");
        let mut taken_in = 0;
        self.engine.stream(&sql, params![queue.id], &mut |row| {
            taken_in += i64::from(rules.takes(case_number(queue, row.need_text(0)?)));
            Ok(())
        })?;
        Ok(taken_in)
    }
}

/// SQL: the items of the queue `?1` that have a first opinion of a person, as they stood when that
/// was their only decision.
static WITH_FIRST: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT {} FROM decision f JOIN item m ON m.seq = f.item_seq
         WHERE f.queue_id = ?1 AND f.standing = 1 AND f.purpose = 'opinion' AND f.reviewer_kind = 'person'
            AND (f.slot = 1 OR (f.slot > 1 AND NOT EXISTS (SELECT 1 FROM decision o
                WHERE o.item_seq = f.item_seq AND o.standing = 1 AND o.slot < f.slot)))",
        item_with("m", "f")
    )
});

/// SQL: the columns of an item, as it would be if this decision were of record.
pub(super) fn item_with(item: &str, decision: &str) -> String {
    let names = LOGGED.iter().filter(|table| table.name == "item").flat_map(Table::names);
    let columns = names.map(|name| match name {
        "decision_seq" => format!("{decision}.seq AS decision_seq"),
        "verdict" => format!("{decision}.verdict"),
        name => format!("{item}.{name}"),
    });
    columns.collect::<Vec<_>>().join(", ")
}

/// The number that is drawn for a case: two that have the same one are taken alike.
fn case_number(queue: &Queue, case: &str) -> u64 {
    draw(SAMPLE, &queue.name, case).to_bits()
}

/// What the rules of a spec say of the items of a queue.
struct Rules {
    sampling: Arc<Sampling>,
    /// The cases that sampling takes; `None`: all.
    taken: Option<HashSet<u64>>,
    /// The items that a second opinion is asked of by their first.
    second: Found,
    /// The items whose rejection is to be made again by a filter.
    retried: Found,
    audit: Option<f64>,
}

impl Rules {
    fn takes(&self, case: u64) -> bool {
        self.taken.as_ref().is_none_or(|taken| taken.contains(&case))
    }

    fn asks_second(&mut self, queue: &Queue, seq: Seq, item: &Item) -> bool {
        self.second.has(seq) || self.audit.is_some_and(|share| draw(AUDIT, &queue.name, drawn_by(item)) < share)
    }
}

/// Items that a filter finds, in their order.
#[derive(Default)]
struct Found {
    seqs: Vec<Seq>,
    /// How many of them are behind the item at hand.
    passed: usize,
}

impl Found {
    /// Whether the item is one of them; each that is asked for comes after the last.
    fn has(&mut self, seq: Seq) -> bool {
        while self.seqs.get(self.passed).is_some_and(|found| *found < seq) {
            self.passed += 1;
        }
        self.seqs.get(self.passed) == Some(&seq)
    }
}

/// What both sets of rules say of an item.
fn ruled(queue: &Queue, rules: &mut [Rules; 2], seq: Seq, item: &Item, checks: Option<RunChecks>) -> [Ruled; 2] {
    let case = case_number(queue, drawn_by(item));
    let mut reports = checks.map(|checks| checks(item)).unwrap_or_default().into_iter();
    rules.each_mut().map(|rules| {
        let asked = rules.sampling.opinions(item) as usize;
        let opinions = if asked == 1 && rules.asks_second(queue, seq, item) { 2 } else { asked };
        let is_retried = rules.retried.has(seq);
        let checks = reports.next().unwrap_or_default();
        Ruled { is_taken: rules.takes(case), is_pulled: false, opinions, checks, is_retried }
    })
}

/// How much is read of each item.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reads {
    Row,
    /// Also what rules of sampling ask of its texts.
    Marks,
    /// All of it.
    Whole,
}

impl Reads {
    fn of(rules: &[Rules; 2]) -> Self {
        if rules.iter().any(|rules| rules.sampling.asks_for_texts()) { Reads::Marks } else { Reads::Row }
    }

    /// SQL: its columns of the item `i`, and `more` behind them.
    fn select(self, more: &str) -> String {
        let (columns, texts) = match self {
            Reads::Row => (format!("{}, {}", *sampling::NARROW, sampling::NO_TEXTS), ""),
            Reads::Marks => (format!("{}, {}", *sampling::NARROW, sampling::TEXTS), TEXTS),
            Reads::Whole => (items::COLUMNS.clone(), TEXTS),
        };
        format!("SELECT {columns}, {more} FROM item i{texts}")
    }

    fn width(self) -> usize {
        if self == Reads::Whole { items::WIDTH } else { *sampling::WIDTH }
    }

    fn item(self, store: &Store, row: &dyn Row, documents: &mut DocumentCache) -> Result<Item> {
        if self != Reads::Whole {
            return sampling::item(row);
        }
        let mut item = items::item(row)?;
        item.context = document_ids(row)?.into_iter().map(|id| documents.document(store, id)).collect::<Result<_>>()?;
        Ok(item)
    }
}

const TEXTS: &str = " JOIN item_text t ON t.seq = i.seq";

/// SQL: the items of the queue `?1` that came in since `?2`, each once for every decision that may
/// count, in their order.
fn happened(reads: Reads) -> String {
    let started_at = "(SELECT m.started_at FROM import m WHERE m.id = i.import_id)";
    let more = format!(
        "i.seq, i.pulled, i.line_attempt, CASE i.stage WHEN 'escalated' THEN 1 ELSE 0 END, {started_at},
         d.seq, d.reviewer_kind, d.purpose, d.slot, d.standing, d.verdict, d.decided_at, d.active_millis, d.body"
    );
    format!(
        "{} LEFT JOIN decision d ON d.item_seq = i.seq
            AND (d.standing = 1 OR (d.verdict = 'escalate' AND d.purpose = 'opinion'))
         WHERE {IN_QUEUE} AND {started_at} >= ?2 ORDER BY i.seq, d.seq",
        reads.select(&more)
    )
}

/// What stands behind the columns of the item in a row of [`happened`].
struct Place<'r> {
    row: &'r dyn Row,
    at: usize,
}

impl Place<'_> {
    fn seq(&self) -> Result<Seq> {
        self.row.need_int(self.at)
    }

    fn is_pulled(&self) -> Result<bool> {
        Ok(self.row.need_int(self.at + 1)? == 1)
    }

    fn history(&self) -> Result<History> {
        Ok(History {
            attempt: self.row.need_int(self.at + 2)?,
            is_escalated: self.row.need_int(self.at + 3)? == 1,
            imported_at: self.row.need_int(self.at + 4)?,
            ..History::default()
        })
    }

    /// The row number of the decision.
    fn decision(&self) -> Result<Option<i64>> {
        self.row.int(self.at + 5)
    }

    fn is_by_person(&self) -> Result<bool> {
        Ok(self.row.need_text(self.at + 6)? == "person")
    }

    fn purpose(&self) -> Result<Purpose> {
        self.row.need_text(self.at + 7)?.parse().map_err(StoreError::Damaged)
    }

    fn slot(&self) -> Result<Option<i64>> {
        self.row.int(self.at + 8)
    }

    fn stands(&self) -> Result<bool> {
        Ok(self.row.need_int(self.at + 9)? == 1)
    }

    fn said(&self) -> Result<Said> {
        let verdict = self.row.need_text(self.at + 10)?.parse().map_err(StoreError::Damaged)?;
        let draft = from_json(self.row.need_text(self.at + 13)?)?;
        Ok(Said { verdict, draft, at: self.row.need_int(self.at + 11)? })
    }

    fn millis(&self) -> Result<i64> {
        self.row.need_int(self.at + 12)
    }
}

/// What is counted so far, and the item at hand.
struct Counted<'s> {
    specs: [&'s Spec; 2],
    outcomes: [Simulated; 2],
    now: UtcMillis,
    timed: i64,
    millis: i64,
    open: Option<Open>,
}

/// An item whose decisions are being read.
struct Open {
    seq: Seq,
    /// `None`: it cannot be read.
    ruled: Option<[Ruled; 2]>,
    history: History,
    /// Opinions that stand, each with its slot.
    opinions: Vec<(Option<i64>, Said)>,
    /// The newest question that was replaced since.
    asked: Option<Said>,
}

impl Counted<'_> {
    /// Whether the row is about the item at hand.
    fn goes_on(&self, seq: Seq) -> bool {
        self.open.as_ref().is_some_and(|open| open.seq == seq)
    }

    fn begin(&mut self, place: &Place, ruled: Option<[Ruled; 2]>) -> Result<()> {
        self.close();
        let is_pulled = place.is_pulled()?;
        let ruled = ruled.map(|both| both.map(|ruled| Ruled { is_pulled, ..ruled }));
        let (seq, history) = (place.seq()?, place.history()?);
        self.open = Some(Open { seq, ruled, history, opinions: Vec::new(), asked: None });
        Ok(())
    }

    /// Adds the decision of the row, where it has one.
    fn add(&mut self, place: &Place) -> Result<()> {
        let Some(open) = self.open.as_mut().filter(|open| open.ruled.is_some()) else { return Ok(()) };
        if place.decision()?.is_none() || !place.is_by_person()? {
            return Ok(());
        }
        let (purpose, stands) = (place.purpose()?, place.stands()?);
        if stands && place.millis()? > 0 {
            self.timed += 1;
            self.millis += place.millis()?;
        }
        match (purpose, place.said()?) {
            (Purpose::Opinion, said) if stands => open.opinions.push((place.slot()?, said)),
            (Purpose::Opinion, said) => open.asked = Some(said),
            (Purpose::Answer, said) => {
                open.history.answers.push(said.at);
                match said.verdict {
                    Verdict::Escalate => open.history.returned.extend(open.asked.take()),
                    _ => open.history.settled = Some(said),
                }
            }
            (Purpose::Adjudication, said) => open.history.settled = Some(said),
            _ => {}
        }
        Ok(())
    }

    /// Counts the item at hand.
    fn close(&mut self) {
        let Some(Open { ruled: Some(ruled), mut history, mut opinions, .. }) = self.open.take() else { return };
        if opinions.iter().any(|(slot, _)| slot.is_some()) {
            opinions.retain(|(slot, _)| slot.is_some()); // another counts only where there is none
        }
        opinions.sort_by_key(|(slot, _)| *slot);
        history.opinions = opinions.into_iter().map(|(_, said)| said).collect();
        for ((outcome, spec), ruled) in self.outcomes.iter_mut().zip(self.specs).zip(&ruled) {
            outcome.add(spec, ruled, &history, self.now);
        }
    }
}
