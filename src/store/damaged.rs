//! Rows that cannot be read. One bad row stops nobody: whoever reads many names it and goes on, and
//! `karat doctor` finds it by asking the same decoders.

use super::decisions::{self, decision};
use super::engine::{Row, params};
use super::events::{self, event};
use super::items::{self, document_ids, item, stage, verdict};
use super::{Result, SavedFilter, Store, StoreError, drafts, golden, macros, steps};
use std::collections::BTreeMap;
use std::fmt;

/// A row that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct DamagedRow {
    /// What the row is: `decision`, `event`.
    pub what: &'static str,
    /// Its number, or the name by which it is known.
    pub key: String,
    /// The id of the item that it is about.
    pub item: Option<String>,
    pub why: String,
}

impl fmt::Display for DamagedRow {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.item {
            Some(id) if self.what == "item" => write!(out, "item {id} cannot be read: {}", self.why),
            Some(id) => write!(out, "{} {} on item {id} cannot be read: {}", self.what, self.key, self.why),
            None => write!(out, "{} {} cannot be read: {}", self.what, self.key, self.why),
        }
    }
}

impl DamagedRow {
    /// Where the row stands.
    pub(super) fn table(&self) -> Option<&'static Table> {
        TABLES.iter().find(|table| table.what == self.what)
    }
}

/// The rows that were passed over: what each is and its key, with the reason.
pub(super) type PassedOver = BTreeMap<(&'static str, String), String>;

impl Store {
    /// What was read of a row; `None` where it cannot be: it is noted, and whoever reads goes on.
    pub(super) fn readable<T>(&self, what: &'static str, key: &impl ToString, read: Result<T>) -> Result<Option<T>> {
        match read {
            Err(StoreError::Damaged(why)) => {
                self.passed_over.borrow_mut().entry((what, key.to_string())).or_insert(why);
                Ok(None)
            }
            read => read.map(Some),
        }
    }

    /// How many rows were passed over since [`Store::take_damaged`].
    pub fn damaged_so_far(&self) -> usize {
        self.passed_over.borrow().len()
    }

    /// The rows that were passed over since this was asked last, each once.
    pub fn take_damaged(&self) -> Vec<DamagedRow> {
        let rows = self.passed_over.take();
        rows.into_iter().map(|((what, key), why)| self.named_row(what, key, why)).collect()
    }

    /// The row with the id of its item, as far as that can be found.
    fn named_row(&self, what: &'static str, key: String, why: String) -> DamagedRow {
        let table = TABLES.iter().find(|table| table.what == what);
        let id = table.and_then(|table| table.item).zip(key.parse::<i64>().ok()).and_then(|(item, seq)| {
            let sql = format!("SELECT id FROM item WHERE seq = ({item})");
            self.first(&sql, params![seq], |row| row.string(0)).ok().flatten()
        });
        DamagedRow { what, key, item: id, why }
    }

    /// Every row that cannot be read.
    pub fn damaged_rows(&self) -> Result<Vec<DamagedRow>> {
        let before = self.passed_over.take();
        for table in TABLES {
            self.engine.stream(&(table.sql)(), &[], &mut |row| {
                let key = table.key_of(row)?;
                self.readable(table.what, &key, (table.read)(row)).map(drop)
            })?;
        }
        let found = self.take_damaged();
        self.passed_over.replace(before);
        Ok(found)
    }
}

/// Rows of a kind, and how they are read.
pub(super) struct Table {
    what: &'static str,
    /// The table itself.
    pub name: &'static str,
    /// SQL: its row of the key `?1`.
    pub row: &'static str,
    /// SQL: the queue and the item of the row.
    pub place: (&'static str, &'static str),
    /// A SELECT of what is read.
    sql: fn() -> String,
    /// The column of the row's key.
    key: usize,
    read: fn(&dyn Row) -> Result<()>,
    /// SQL: the row number of the item of the row `?1`; `None`: the key is a name.
    item: Option<&'static str>,
}

impl Table {
    fn key_of(&self, row: &dyn Row) -> Result<String> {
        if self.item.is_some() { row.need_int(self.key).map(|seq| seq.to_string()) } else { row.string(self.key) }
    }
}

const TABLES: &[Table] = &[
    Table {
        what: "item",
        name: "item",
        row: "seq = ?1",
        place: ("queue_id", "seq"),
        sql: || {
            let columns = &*items::COLUMNS;
            format!("SELECT {columns}, i.seq, i.stage, i.verdict FROM item i JOIN item_text t ON t.seq = i.seq")
        },
        key: items::WIDTH,
        read: |row| {
            item(row)?;
            document_ids(row)?;
            stage(row, items::WIDTH + 1)?;
            verdict(row, items::WIDTH + 2).map(drop)
        },
        item: Some("?1"),
    },
    Table {
        what: "decision",
        name: "decision",
        row: "seq = ?1",
        place: ("queue_id", "item_seq"),
        sql: || format!("SELECT {}, d.seq, {HAS_SPEC} FROM decision d", *decisions::COLUMNS),
        key: decisions::WIDTH,
        read: |row| {
            let decision = decision(row, 0)?;
            has_spec(row.need_int(decisions::WIDTH + 1)? == 1, decision.spec_version)
        },
        item: Some("SELECT d.item_seq FROM decision d WHERE d.seq = ?1"),
    },
    Table {
        what: "event",
        name: "event",
        row: "seq = ?1",
        place: ("queue_id", "item_seq"),
        sql: || events::select("event"),
        key: 0,
        read: |row| event(row).map(drop),
        item: Some("SELECT e.item_seq FROM event e WHERE e.seq = ?1"),
    },
    Table {
        what: "golden example",
        name: "golden",
        row: "seq = ?1",
        place: ("queue_id", "item_seq"),
        sql: || format!("SELECT {} FROM golden g JOIN item i ON i.seq = g.item_seq", golden::COLUMNS),
        key: 0,
        read: |row| golden::golden(row, 0).map(drop),
        item: Some("SELECT g.item_seq FROM golden g WHERE g.seq = ?1"),
    },
    Table {
        what: "step",
        name: "step",
        row: "seq = ?1",
        place: ("queue_id", "item_seq"),
        sql: || format!("SELECT {} FROM step s", steps::COLUMNS),
        key: 0,
        read: |row| steps::step(row).map(drop),
        item: Some("SELECT s.item_seq FROM step s WHERE s.seq = ?1"),
    },
    Table {
        what: "draft",
        name: "draft",
        row: "item_seq || ' of ' || reviewer = ?1",
        place: ("(SELECT i.queue_id FROM item i WHERE i.seq = item_seq)", "item_seq"),
        sql: || "SELECT body, correction_kind, correction, item_seq || ' of ' || reviewer FROM draft".into(),
        key: 3,
        read: |row| drafts::draft(row, 0, 1).map(drop),
        item: None,
    },
    Table {
        what: "macro",
        name: "macro",
        row: "queue_id || '/' || key || ' of ' || reviewer = ?1",
        place: ("queue_id", "CAST(NULL AS BIGINT)"),
        sql: || "SELECT key, name, verdict, body, queue_id || '/' || key || ' of ' || reviewer FROM macro".into(),
        key: 4,
        read: |row| macros::saved(row).map(drop),
        item: None,
    },
    Table {
        what: "filter",
        name: "saved_filter",
        row: "queue_id || '/' || name = ?1",
        place: ("queue_id", "CAST(NULL AS BIGINT)"),
        sql: || "SELECT name, filter, saved_by, saved_at, queue_id || '/' || name FROM saved_filter".into(),
        key: 4,
        read: |row| SavedFilter::read(row)?.parsed().map(drop),
        item: None,
    },
];

/// SQL: 1 where the spec has been in the version that the decision `d` was made by, else 0.
pub(super) const HAS_SPEC: &str = "CASE WHEN EXISTS (SELECT 1 FROM spec v
    WHERE v.queue_id = d.queue_id AND v.version = d.spec_version) THEN 1 ELSE 0 END";

pub(super) fn has_spec(it_has: bool, version: i64) -> Result<()> {
    if it_has { Ok(()) } else { Err(StoreError::Damaged(format!("the spec has no version {version}"))) }
}
