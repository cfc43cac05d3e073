//! A listing: the items of a queue that fulfil a condition, in an order, as row numbers.
//!
//! A table of a million rows scrolls, sorts and counts by its listing: 8 bytes an item in
//! memory, and a window is that many rows read by key. No index is needed for each
//! column that somebody may sort by, which every import would pay for. A listing is made in
//! slices, so that whoever makes it can do something more urgent in between.

use super::batches::batch_of;
use super::columns;
use super::decisions::OF_RECORD;
use super::engine::{Dialect, Param, Row, params};
use super::items::IN_QUEUE;
use super::{Result, Store};
use crate::domain::item::Seq;
use crate::domain::queue::Queue;
use crate::domain::record::{FieldType, RecordField};
use crate::domain::sampling::place;
use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

/// Row numbers that one statement looks at, at most.
const MAX_SLICE: i64 = 65_536;

/// A statement that takes longer than this looks at fewer rows the next time.
const STATEMENT: Duration = Duration::from_millis(12);

/// What the items of a listing have in common, over `item i` and `decision d`, its decision
/// of record.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Condition {
    /// Empty: nothing. `?1` is the queue, `?2` and `?3` are the first and the last row
    /// number that the statement looks at; its own values follow from `?4` on.
    pub sql: String,
    pub values: Vec<Value>,
}

impl Condition {
    /// That it is this item.
    pub fn of_item(item: Seq) -> Self {
        Self { sql: format!("i.seq = ?{FIRST_MARKER}"), values: vec![Value::Int(item)] }
    }

    /// The condition, and another one in SQL that takes no values.
    pub(super) fn and(self, sql: &str) -> Self {
        let sql = if self.sql.is_empty() { sql.to_owned() } else { format!("{sql} AND ({})", self.sql) };
        Self { sql, ..self }
    }

    /// The marker of a value that is added.
    pub(super) fn bind(&mut self, value: Value) -> String {
        self.values.push(value);
        format!("?{}", FIRST_MARKER + self.values.len() - 1)
    }
}

/// The first marker of a condition's own values.
pub(super) const FIRST_MARKER: usize = 4;

/// A value of a condition.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Int(i64),
    Real(f64),
    Text(String),
}

impl<'a> From<&'a Value> for Param<'a> {
    fn from(value: &'a Value) -> Self {
        match value {
            Value::Int(value) => Param::Int(*value),
            Value::Real(value) => Param::Real(*value),
            Value::Text(value) => Param::Text(value),
        }
    }
}

/// The order of a listing. Items without the value come last, equal ones in the order of import.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sort {
    pub by: By,
    pub descending: bool,
}

/// What a listing can be sorted by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum By {
    #[default]
    Imported,
    /// A field of the item, or of its decision of record.
    Field(RecordField),
    /// Time since the item was created; since it was imported, where that is not known.
    Age,
    /// Support by the source as the lens measured it, where it has.
    Support,
    /// No order at all, but the same one for a seed.
    Shuffled(u64),
    /// That in which bars count.
    Stream,
}

impl By {
    /// The orders by their names in arguments; [`By::Shuffled`] may be followed by a seed.
    pub fn named() -> impl Iterator<Item = (&'static str, By)> {
        let fields = RecordField::all().filter_map(|field| Some((field.uses().order?, By::Field(field))));
        [("imported", By::Imported)].into_iter().chain(fields).chain([
            ("age", By::Age),
            ("shuffled", By::Shuffled(0)),
            ("stream", By::Stream),
        ])
    }

    /// The value in SQL; `None` where the row number is enough.
    fn value_sql(self, dialect: &dyn Dialect) -> Option<String> {
        Some(match self {
            By::Field(field) if !self.walks_ids() => columns::value_sql(field, "d", dialect),
            By::Imported | By::Shuffled(_) | By::Field(_) => return None,
            By::Age => "COALESCE(i.created_at, (SELECT m.started_at FROM import m WHERE m.id = i.import_id))".into(),
            By::Stream => format!("COALESCE(i.case_id, i.id), {}", batch_of("i")),
            By::Support => "(SELECT l.support FROM item_lens l WHERE l.item_seq = i.seq)".into(),
        })
    }

    fn has_value(self) -> bool {
        !matches!(self, By::Imported | By::Shuffled(_)) && !self.walks_ids()
    }

    /// The database has the ids in order already.
    fn walks_ids(self) -> bool {
        matches!(self, By::Field(field) if field.holds() == FieldType::Id)
    }

    fn is_text(self) -> bool {
        matches!(self, By::Field(field) if matches!(field.holds(), FieldType::Name | FieldType::Text))
    }
}

/// The items found so far, and where the search continues.
pub struct Listing {
    queue: i64,
    condition: Condition,
    sort: Sort,
    statement: String,
    seqs: Vec<Seq>,
    keys: Keys,
    /// The range of row numbers that is left to look at.
    left: (Seq, Seq),
    /// The range that there was.
    whole: (Seq, Seq),
    stride: Stride,
    phase: Phase,
}

enum Phase {
    Searching,
    /// All are found; their ids are walked in order, past this one.
    WalkingIds {
        found: HashSet<Seq>,
        past: String,
    },
    Done,
}

/// What a listing is sorted by, beside its row numbers.
#[derive(Default)]
struct Keys {
    /// Keys that sort as the values do; `None` where the item has none.
    keys: Vec<Option<u64>>,
    /// Texts by the order in which they were met, which is their key until the end.
    texts: HashMap<String, u64>,
    /// The queue's name, and of each row the batch and the place in it: for [`By::Stream`].
    queue: String,
    places: Vec<(i64, u128)>,
}

/// How many row numbers one statement looks at.
struct Stride {
    rows: i64,
    least: i64,
    /// Time that `least` rows took, while four times as many are tried.
    trial: Option<Duration>,
    trials_left: u32,
}

impl Default for Stride {
    fn default() -> Self {
        Self { rows: 1024, least: 512, trial: None, trials_left: 2 }
    }
}

impl Stride {
    /// Fewer rows after a slow statement, more after a quick one. Where even the fewest are
    /// slow, it may be that a statement costs something by itself, whatever it looks at
    /// (words that begin alike are many lists): then few statements are better than many.
    fn took(&mut self, time: Duration) {
        match self.trial.take() {
            Some(before) if time < before * 2 => self.least = self.rows,
            Some(_) => self.trials_left -= 1,
            None => {}
        }
        if time <= STATEMENT {
            self.rows = (self.rows * 2).min(MAX_SLICE);
        } else if self.rows > self.least {
            self.rows = (self.rows / 2).max(self.least);
        } else if self.trials_left > 0 && self.least < MAX_SLICE {
            self.trial = Some(time);
            self.rows = (self.least * 4).min(MAX_SLICE);
        }
    }
}

impl Listing {
    /// The items in order, as far as they are known: those of a listing in the order of
    /// import are good from the first one on, those of any other once it is done.
    pub fn seqs(&self) -> &[Seq] {
        if self.is_done() || self.grows_at_its_end() { &self.seqs } else { &[] }
    }

    /// How many were found until now.
    pub fn found(&self) -> usize {
        self.seqs.len()
    }

    pub fn is_done(&self) -> bool {
        matches!(self.phase, Phase::Done)
    }

    /// Progress from 0 to 1: the part of the queue that was searched.
    pub fn progress(&self) -> f64 {
        let span = |(from, to): (Seq, Seq)| (to - from + 1).max(0) as f64;
        match self.phase {
            Phase::Searching if span(self.whole) > 0.0 => 1.0 - span(self.left) / span(self.whole),
            _ => 1.0,
        }
    }

    fn grows_at_its_end(&self) -> bool {
        self.sort.by == By::Imported
    }

    /// Whether the listing has every item of the queue, in an order that no verdict changes.
    pub fn is_plain(&self) -> bool {
        self.condition.sql.is_empty() && self.grows_at_its_end()
    }

    fn is_backwards(&self) -> bool {
        self.grows_at_its_end() && self.sort.descending
    }
}

impl Store {
    /// Begins a listing; [`Store::extend_listing`] fills it.
    pub fn listing(&self, queue: &Queue, condition: Condition, sort: Sort) -> Result<Listing> {
        let end = |order| {
            let sql = format!("SELECT i.seq FROM item i WHERE {IN_QUEUE} ORDER BY i.seq {order} LIMIT 1");
            self.first(&sql, params![queue.id], |row| row.need_int(0))
        };
        let whole = end("ASC")?.zip(end("DESC")?).unwrap_or((1, 0));
        let keys = Keys { queue: queue.name.clone(), ..Keys::default() };
        let (phase, left) = (Phase::Searching, whole);
        let statement = statement(&condition, sort, "i.seq", self.engine.dialect());
        let queue = queue.id;
        Ok(Listing {
            queue,
            condition,
            sort,
            statement,
            seqs: Vec::new(),
            keys,
            left,
            whole,
            stride: Stride::default(),
            phase,
        })
    }

    /// A whole listing at once.
    pub fn whole_listing(&self, queue: &Queue, condition: Condition, sort: Sort) -> Result<Listing> {
        let mut listing = self.listing(queue, condition, sort)?;
        while !listing.is_done() {
            self.extend_listing(&mut listing, Duration::MAX)?;
        }
        Ok(listing)
    }

    /// The items of a whole listing whose condition finds open items alone: by the index that has no others.
    pub(super) fn listing_of_open(&self, queue: &Queue, condition: Condition, sort: Sort) -> Result<Vec<Seq>> {
        let mut listing = self.listing(queue, condition, sort)?;
        // The `+` keeps the database from going along the row numbers.
        listing.statement = statement(&listing.condition, sort, "+i.seq", self.engine.dialect());
        let mut values = params![listing.queue, listing.whole.0, listing.whole.1].to_vec();
        values.extend(listing.condition.values.iter().map(Param::from));
        let (keys, seqs) = (&mut listing.keys, &mut listing.seqs);
        self.engine.stream(&listing.statement, &values, &mut |row| self.take_row(sort.by, keys, seqs, row))?;
        self.arrange(&mut listing)?;
        self.extend_listing(&mut listing, Duration::MAX)?;
        Ok(listing.seqs)
    }

    /// Works on the listing for about this long. What is decided meanwhile may be missing
    /// from it or not: a listing is true of the moment at which each item was looked at.
    pub fn extend_listing(&self, listing: &mut Listing, budget: Duration) -> Result<()> {
        let start = Instant::now();
        while !listing.is_done() {
            match &listing.phase {
                Phase::Searching => self.search_on(listing)?,
                _ => self.walk_ids(listing)?,
            }
            if start.elapsed() >= budget {
                break;
            }
        }
        Ok(())
    }

    /// Adds what came in since the listing ended, if that belongs at its end and moves nothing
    /// in it. `false`: only a new listing would include it.
    pub fn follow_listing(&self, listing: &mut Listing) -> Result<bool> {
        if !listing.grows_at_its_end() || listing.is_backwards() {
            return Ok(false);
        }
        let newest = format!("SELECT i.seq FROM item i WHERE {IN_QUEUE} ORDER BY i.seq DESC LIMIT 1");
        let newest = self.first(&newest, params![listing.queue], |row| row.need_int(0))?.unwrap_or(0);
        if newest > listing.whole.1 {
            listing.left.0 = if listing.is_done() { listing.whole.1 + 1 } else { listing.left.0 };
            (listing.left.1, listing.whole.1) = (newest, newest);
            listing.phase = Phase::Searching;
        }
        Ok(true)
    }

    fn search_on(&self, listing: &mut Listing) -> Result<()> {
        let Some((from, to)) = self.next_range(listing)? else { return self.arrange(listing) };
        let start = Instant::now();
        let mut values = params![listing.queue, from, to].to_vec();
        values.extend(listing.condition.values.iter().map(Param::from));
        let (by, keys, seqs) = (listing.sort.by, &mut listing.keys, &mut listing.seqs);
        self.engine.query(&listing.statement, &values, &mut |row| self.take_row(by, keys, seqs, row))?;
        listing.stride.took(start.elapsed());
        listing.left = if listing.is_backwards() { (listing.left.0, from - 1) } else { (to + 1, listing.left.1) };
        Ok(())
    }

    /// Takes in a row that was found; one whose key cannot be read is left out.
    fn take_row(&self, by: By, keys: &mut Keys, seqs: &mut Vec<Seq>, row: &dyn Row) -> Result<()> {
        let seq = row.need_int(0)?;
        if !by.has_value() || self.readable("item", &seq, keys.push(by, row))?.is_some() {
            seqs.push(seq);
        }
        Ok(())
    }

    /// The row numbers to look at next: from the queue's next item on, so that those of
    /// other queues are leapt over.
    fn next_range(&self, listing: &Listing) -> Result<Option<(Seq, Seq)>> {
        let (from, to) = listing.left;
        let (end, order) = if listing.is_backwards() { ("<= ?2", "DESC") } else { (">= ?2", "ASC") };
        let sql = format!("SELECT i.seq FROM item i WHERE {IN_QUEUE} AND i.seq {end} ORDER BY i.seq {order} LIMIT 1");
        let edge = if listing.is_backwards() { to } else { from };
        let next = self.first(&sql, params![listing.queue, edge], |row| row.need_int(0))?;
        Ok(next.filter(|next| (from..=to).contains(next)).map(|next| match listing.is_backwards() {
            true => ((next - listing.stride.rows + 1).max(from), next),
            false => (next, (next + listing.stride.rows - 1).min(to)),
        }))
    }

    /// All are found: puts them in order.
    fn arrange(&self, listing: &mut Listing) -> Result<()> {
        listing.phase = Phase::Done;
        match listing.sort.by {
            By::Imported => {}
            by if by.walks_ids() => {
                let found = std::mem::take(&mut listing.seqs).into_iter().collect();
                listing.phase = Phase::WalkingIds { found, past: String::new() };
            }
            By::Shuffled(seed) => listing.seqs.sort_by_key(|seq| scattered(*seq as u64 ^ scattered(seed))),
            _ => std::mem::take(&mut listing.keys).sort(&mut listing.seqs, listing.sort),
        }
        Ok(())
    }

    /// The database has the ids in order already.
    fn walk_ids(&self, listing: &mut Listing) -> Result<()> {
        let Phase::WalkingIds { found, past } = &mut listing.phase else { return Ok(()) };
        let sql = "SELECT id, seq FROM item WHERE queue_id = ?1 AND id > ?2 ORDER BY id LIMIT 4096";
        let ids = self.all(sql, params![listing.queue, &*past], |row| Ok((row.string(0)?, row.need_int(1)?)))?;
        listing.seqs.extend(ids.iter().map(|(_, seq)| *seq).filter(|seq| found.contains(seq)));
        match ids.into_iter().last() {
            Some((last, _)) => *past = last,
            None => {
                if listing.sort.descending {
                    listing.seqs.reverse();
                }
                listing.phase = Phase::Done;
            }
        }
        Ok(())
    }
}

/// SQL: the items of a range, by their row numbers; `seq` is how these are written.
fn statement(condition: &Condition, sort: Sort, seq: &str, dialect: &dyn Dialect) -> String {
    let key = sort.by.value_sql(dialect).map_or(String::new(), |value| format!(", {value}"));
    let condition = &condition.sql;
    let test = if condition.is_empty() { String::new() } else { format!("AND ({condition})") };
    let needs_decision = key.contains("d.") || condition.contains("d.");
    let join = if needs_decision { format!("LEFT JOIN decision d ON {OF_RECORD}") } else { String::new() };
    let order = if sort.by == By::Imported && sort.descending { "DESC" } else { "ASC" };
    format!(
        "SELECT i.seq{key} FROM item i {join} WHERE {IN_QUEUE} AND {seq} >= ?2 AND {seq} <= ?3 {test}
         ORDER BY {seq} {order}"
    )
}

impl Keys {
    fn push(&mut self, by: By, row: &dyn Row) -> Result<()> {
        if by == By::Stream {
            self.places.push((row.need_int(2)?, place(&self.queue, row.need_text(1)?)));
            return Ok(());
        }
        let key = if by.is_text() { row.text(1)?.map(|text| self.number(text)) } else { row.real(1)?.map(in_order) };
        self.keys.push(key);
        Ok(())
    }

    fn number(&mut self, text: &str) -> u64 {
        match self.texts.get(text) {
            Some(number) => *number,
            None => {
                let number = self.texts.len() as u64;
                self.texts.insert(text.to_owned(), number);
                number
            }
        }
    }

    fn sort(mut self, seqs: &mut Vec<Seq>, sort: Sort) {
        if sort.by == By::Stream {
            let mut rows: Vec<_> = self.places.into_iter().zip(seqs.drain(..)).collect();
            rows.sort_unstable();
            seqs.extend(rows.into_iter().map(|(_, seq)| seq));
            return if sort.descending {
                seqs.reverse();
            };
        }
        if sort.by.is_text() {
            let places = places(&self.texts);
            self.keys.iter_mut().flatten().for_each(|key| *key = places[*key as usize]);
        }
        let (mut rows, mut without) = (Vec::with_capacity(seqs.len()), Vec::new());
        for (key, seq) in self.keys.into_iter().zip(seqs.drain(..)) {
            match key {
                Some(key) => rows.push((if sort.descending { !key } else { key }, seq)),
                None => without.push(seq),
            }
        }
        rows.sort_unstable();
        seqs.extend(rows.into_iter().map(|(_, seq)| seq).chain(without));
    }
}

/// The place of each text in sorted order, by its number.
fn places(texts: &HashMap<String, u64>) -> Vec<u64> {
    let mut sorted: Vec<_> = texts.iter().collect();
    sorted.sort_unstable();
    let mut places = vec![0; sorted.len()];
    for (place, (_, number)) in sorted.into_iter().enumerate() {
        places[*number as usize] = place as u64;
    }
    places
}

/// Whole numbers that are in the order of the given ones. (Times and priorities are
/// exact as floating point up to 2^53.)
fn in_order(number: f64) -> u64 {
    let bits = (number + 0.0).to_bits(); // -0 becomes 0
    if bits >> 63 == 0 { bits | 1 << 63 } else { !bits }
}

/// A number that looks like chance (the last step of SplitMix64).
fn scattered(number: u64) -> u64 {
    let mut x = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_order() {
        let ascending = [f64::NEG_INFINITY, -2.5, -1.0, 0.0, 1e-9, 3.0, 1e18, f64::INFINITY];
        assert!(ascending.map(in_order).is_sorted_by(|a, b| a < b));
        assert_eq!(in_order(-0.0), in_order(0.0));
    }

    #[test]
    fn strides_follow_what_costs_time() {
        let after = |rounds: usize, cost: fn(i64) -> u64| {
            let mut stride = Stride::default();
            (0..rounds).for_each(|_| stride.took(Duration::from_micros(cost(stride.rows))));
            stride.least.max(stride.rows)
        };
        assert_eq!(after(10, |_| 100), MAX_SLICE, "what costs nothing is looked at in great strides");
        assert_eq!(after(20, |rows| rows as u64 * 50), 512, "slow rows in small ones");
        assert!(after(20, |rows| 24_000 + rows as u64 / 10) > 4096, "slow statements are few");
    }

    #[test]
    fn equal_rows_keep_the_order_of_import_and_those_without_a_value_come_last() {
        let sorted = |descending| {
            let keys = [Some(2), None, Some(1), Some(2), None].to_vec();
            let mut seqs = vec![10, 11, 12, 13, 14];
            Keys { keys, ..Keys::default() }.sort(&mut seqs, Sort { by: By::Age, descending });
            seqs
        };
        assert_eq!(sorted(false), [12, 10, 13, 11, 14]);
        assert_eq!(sorted(true), [10, 13, 12, 11, 14]);
    }
}
