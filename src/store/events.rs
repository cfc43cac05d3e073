//! The append-only log: what happened, by whom, when.

use super::engine::{Param, Row, params};
use super::transaction::Tx;
use super::{Result, Store, StoreError};
use crate::domain::event::{Event, EventKind};
use crate::domain::item::Seq;
use crate::domain::queue::{Actor, Queue};
use crate::domain::time::UtcMillis;
use serde_json::{Value, json};
use std::collections::HashSet;

/// Where an event belongs.
#[derive(Clone, Copy)]
pub(super) struct Subject<'a> {
    pub queue: i64,
    pub item: Option<Seq>,
    pub actor: &'a str,
    pub now: UtcMillis,
}

impl<'a> Subject<'a> {
    /// What the actor does now, to an item or to the queue as a whole.
    pub(super) fn of(Actor { queue, reviewer, now, .. }: Actor<'a>, item: Option<Seq>) -> Self {
        Self { queue: queue.id, item, actor: reviewer, now }
    }
}

const APPEND: &str = "INSERT INTO event (at, queue_id, item_seq, actor, kind, data) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";

impl Store {
    /// Hands over the queue's events, oldest first; of one item, with the import
    /// that brought it in. Those that cannot be read are left out; others' opinions are withheld
    /// that are kept from the reader, where one is named.
    pub fn events(
        &self,
        queue: &Queue,
        item: Option<&str>,
        reader: Option<&str>,
        mut each: impl FnMut(Event) -> Result<()>,
    ) -> Result<()> {
        let blind = match reader {
            Some(_) => format!("CASE WHEN {} THEN 1 ELSE 0 END", self.is_blind("?2")),
            None => "0".to_owned(),
        };
        let seq = item.map(|id| self.seq_of(queue, id)).transpose()?;
        if let Some(import) = seq.map(|seq| self.import_of(seq)).transpose()?.flatten() {
            each(import)?;
        }
        let blind_bulks = match (reader, seq) {
            (Some(reader), None) => self.blind_bulks(queue, reader)?,
            _ => HashSet::new(),
        };
        let mut hand_over = |row: &dyn Row| {
            let Some(event) = self.readable_event(row)? else { return Ok(()) };
            let is_blind =
                row.int(WIDTH)? == Some(1) || event.kind.bulk().is_some_and(|bulk| blind_bulks.contains(&bulk));
            let is_kept = is_blind && reader != Some(event.actor.as_str());
            each(if is_kept { event.withheld() } else { event })
        };
        let values = |first: i64| [Param::Int(first)].into_iter().chain(reader.map(Param::Text)).collect::<Vec<_>>();
        let Some(seq) = seq else {
            let sql = format!("{} WHERE e.queue_id = ?1 ORDER BY e.seq", select_with("event_by_queue", &blind));
            return self.engine.stream(&sql, &values(queue.id), &mut hand_over);
        };
        let sql = format!("{} WHERE e.item_seq = ?1 ORDER BY e.seq", select_with("event_by_item", &blind));
        self.engine.query(&sql, &values(seq), &mut hand_over)
    }

    /// The steps of bulk decisions, which have one line for all their items, that gave opinions which
    /// are kept from the reader.
    fn blind_bulks(&self, queue: &Queue, reader: &str) -> Result<HashSet<i64>> {
        let sql = format!(
            "SELECT DISTINCT b.step_seq FROM step_item b JOIN item i ON i.seq = b.item_seq
             WHERE i.queue_id = ?1 AND b.decision_seq IS NOT NULL AND {}",
            self.is_blind("?2")
        );
        Ok(self.all(&sql, params![queue.id, reader], |row| row.need_int(0))?.into_iter().collect())
    }

    /// The event; `None` where it cannot be read.
    pub(super) fn readable_event(&self, row: &dyn Row) -> Result<Option<Event>> {
        self.readable("event", &row.need_int(0)?, event(row))
    }

    /// An import is one event however many items it brings; here it is an item's first.
    pub(super) fn import_of(&self, seq: Seq) -> Result<Option<Event>> {
        let sql = "SELECT 0, m.started_at, m.started_by, 'imported', m.source, i.queue_id, i.id, i.case_id, i.attempt
            FROM item i JOIN import m ON m.id = i.import_id WHERE i.seq = ?1";
        self.first(sql, params![seq], |row| read(row, json!({ "source": row.need_text(4)? })))
    }
}

impl Tx<'_> {
    /// A check may decide: who runs it was asked for their role. Agents bring outputs.
    fn need_for(&self, subject: Subject, kind: &EventKind) -> Result<()> {
        if kind.is_by_check() || (kind.brings_outputs() && self.is_agent(subject.actor)?) {
            return Ok(());
        }
        self.need(subject.actor, kind.least_role())
    }

    /// Appends an event. Every change passes here, so that this is where the roles of a file's
    /// team are enforced.
    pub(super) fn log(&self, subject: Subject, kind: &EventKind) -> Result<()> {
        self.need_for(subject, kind)?;
        self.append(subject, kind)
    }

    /// Appends an event in the name of its actor, whatever they may do.
    pub(super) fn append(&self, subject: Subject, kind: &EventKind) -> Result<()> {
        let (word, data) = line(kind)?;
        let Subject { queue, item, actor, now } = subject;
        self.pipeline(APPEND, params![now, queue, item, actor, &word, &data])
    }

    /// Appends an event; gives its number.
    pub(super) fn log_numbered(&self, subject: Subject, kind: &EventKind) -> Result<i64> {
        self.need_for(subject, kind)?;
        self.append_numbered(subject, kind)
    }

    /// Appends an event as [`Tx::append`] does; gives its number.
    pub(super) fn append_numbered(&self, subject: Subject, kind: &EventKind) -> Result<i64> {
        let (word, data) = line(kind)?;
        let Subject { queue, item, actor, now } = subject;
        self.number(&format!("{APPEND} RETURNING seq"), params![now, queue, item, actor, &word, &data])
    }
}

/// The word and the data of an event, as the log has them.
fn line(kind: &EventKind) -> Result<(String, String)> {
    let line = kind.to_log().map(|(word, data)| (word, data.to_string()));
    line.ok_or_else(|| StoreError::Misuse("an event that is only read was to be written".into()))
}

/// How many columns [`event`] reads.
const WIDTH: usize = 9;

/// A SELECT of what [`event`] reads from the events `e`, which the view finds.
pub(super) fn select(view: &str) -> String {
    select_with(view, "0")
}

/// As [`select`], and one more value, over the event's item `i`.
fn select_with(view: &str, more: &str) -> String {
    format!(
        "SELECT e.seq, e.at, e.actor, e.kind, e.data, e.queue_id, i.id, i.case_id, i.attempt, {more}
         FROM {view} e LEFT JOIN item i ON i.seq = e.item_seq"
    )
}

/// A SELECT of what [`event`] reads from the events `e` of the item `?1`.
pub(super) fn of_item() -> String {
    format!("{} WHERE e.item_seq = ?1", select("event_by_item"))
}

/// Reads an event. Data that is no JSON, which only another program can have written, is kept as
/// a text, so that the log stays readable.
pub(super) fn event(row: &dyn Row) -> Result<Event> {
    let data = row.need_text(4)?;
    read(row, serde_json::from_str(data).unwrap_or_else(|_| Value::from(data)))
}

fn read(row: &dyn Row, data: Value) -> Result<Event> {
    let word = row.string(3)?;
    Ok(Event {
        seq: row.need_int(0)?,
        at: row.need_time(1)?,
        actor: row.string(2)?,
        queue: row.need_int(5)?,
        item: row.opt_string(6)?,
        case: row.opt_string(7)?,
        attempt: row.int(8)?,
        kind: EventKind::read(&word, &data),
        word,
        data,
    })
}
