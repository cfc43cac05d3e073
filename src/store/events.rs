//! The append-only log: what happened, by whom, when.

use super::engine::params;
use super::{Result, Store, StoreError};
use crate::domain::item::Seq;
use crate::domain::queue::Queue;
use crate::domain::team::Role;
use crate::domain::time::UtcMillis;
use serde_json::{Value, json};

/// What kinds of thing happen. The word is what the log stores and prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventKind {
    QueueCreated,
    SpecApplied,
    ImportStarted,
    ImportFinished,
    ItemUpdated,
    Decided,
    Deferred,
    Tagged,
    Prioritised,
    /// The hold on an item was taken from its reviewer.
    Released,
    /// The same was done to many items; each tells it too.
    Bulk,
    Undone,
    Redone,
    FilterSaved,
    FilterRemoved,
    GoldenKept,
    GoldenRemoved,
    /// Decisions of a copy came in.
    Merged,
}

impl EventKind {
    pub fn as_str(self) -> &'static str {
        match self {
            EventKind::QueueCreated => "queue_created",
            EventKind::SpecApplied => "spec_applied",
            EventKind::ImportStarted => "import_started",
            EventKind::ImportFinished => "import_finished",
            EventKind::ItemUpdated => "item_updated",
            EventKind::Decided => "decided",
            EventKind::Deferred => "deferred",
            EventKind::Tagged => "tagged",
            EventKind::Prioritised => "prioritised",
            EventKind::Released => "released",
            EventKind::Bulk => "bulk",
            EventKind::Undone => "undone",
            EventKind::Redone => "redone",
            EventKind::FilterSaved => "filter_saved",
            EventKind::FilterRemoved => "filter_removed",
            EventKind::GoldenKept => "golden_kept",
            EventKind::GoldenRemoved => "golden_removed",
            EventKind::Merged => "merged",
        }
    }
}

impl EventKind {
    /// The least role that does such a thing.
    fn least(self) -> Role {
        match self {
            EventKind::QueueCreated
            | EventKind::SpecApplied
            | EventKind::ImportStarted
            | EventKind::ImportFinished
            | EventKind::ItemUpdated
            | EventKind::Tagged
            | EventKind::Prioritised
            | EventKind::Released => Role::Lead,
            EventKind::Decided
            | EventKind::Deferred
            | EventKind::Bulk
            | EventKind::Undone
            | EventKind::Redone
            | EventKind::FilterSaved
            | EventKind::FilterRemoved
            | EventKind::GoldenKept
            | EventKind::GoldenRemoved
            | EventKind::Merged => Role::Reviewer,
        }
    }
}

/// A line of the log, as read.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    pub seq: i64,
    pub at: UtcMillis,
    pub actor: String,
    pub kind: String,
    /// The item it concerns, by its id.
    pub item: Option<String>,
    /// An object whose members depend on the kind.
    pub data: Value,
}

/// Where an event belongs.
#[derive(Clone, Copy)]
pub(super) struct Subject<'a> {
    pub queue: i64,
    pub item: Option<Seq>,
    pub actor: &'a str,
    pub now: UtcMillis,
}

const APPEND: &str = "INSERT INTO event (at, queue_id, item_seq, actor, kind, data) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";

impl Store {
    /// Appends an event. Whatever is recorded is told here, so that here it is refused to
    /// who may not do it.
    pub(super) fn log(&self, subject: Subject, kind: EventKind, data: &Value) -> Result<()> {
        self.need(subject.actor, kind.least())?;
        let Subject { queue, item, actor, now } = subject;
        self.post(APPEND, params![now, queue, item, actor, kind.as_str(), &data.to_string()])
    }

    /// The same; gives the event's number.
    pub(super) fn log_numbered(&self, subject: Subject, kind: EventKind, data: &Value) -> Result<i64> {
        self.need(subject.actor, kind.least())?;
        let Subject { queue, item, actor, now } = subject;
        let sql = format!("{APPEND} RETURNING seq");
        self.number(&sql, params![now, queue, item, actor, kind.as_str(), &data.to_string()])
    }

    /// Hands over the queue's events, oldest first; of one item, with the import
    /// that brought it in.
    pub fn events(&self, queue: &Queue, item: Option<&str>, mut each: impl FnMut(Event) -> Result<()>) -> Result<()> {
        let Some(id) = item else {
            let sql = "SELECT e.seq, e.at, e.actor, e.kind, i.id, e.data FROM event e
                LEFT JOIN item i ON i.seq = e.item_seq WHERE e.queue_id = ?1 ORDER BY e.seq";
            return self.engine.stream(sql, params![queue.id], &mut |row| each(event(row)?));
        };
        let seq = self.seq_of(queue, id)?;
        if let Some(import) = self.import_of(seq, id)? {
            each(import)?;
        }
        let sql = "SELECT seq, at, actor, kind, ?2, data FROM event WHERE item_seq = ?1 ORDER BY seq";
        self.engine.query(sql, params![seq, id], &mut |row| each(event(row)?))
    }

    /// An import is one event however many items it brings; here it is an item's first.
    pub(super) fn import_of(&self, seq: Seq, id: &str) -> Result<Option<Event>> {
        let sql = "SELECT m.source, m.started_at, m.started_by FROM item i JOIN import m ON m.id = i.import_id
            WHERE i.seq = ?1";
        self.first(sql, params![seq], |row| {
            Ok(Event {
                seq: 0,
                at: row.need_int(1)?,
                actor: row.string(2)?,
                kind: "imported".into(),
                item: Some(id.into()),
                data: json!({ "source": row.need_text(0)? }),
            })
        })
    }
}

pub(super) fn event(row: &dyn super::engine::Row) -> Result<Event> {
    let data = row.need_text(5)?;
    Ok(Event {
        seq: row.need_int(0)?,
        at: row.need_int(1)?,
        actor: row.string(2)?,
        kind: row.string(3)?,
        item: row.opt_string(4)?,
        data: serde_json::from_str(data).map_err(|e| StoreError::Damaged(format!("an event's data: {e}")))?,
    })
}
