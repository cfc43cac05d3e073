//! Rows that cannot be read. One bad row stops nobody: whoever reads many names it and goes on, and
//! `karat doctor` finds it by asking the same decoders.

use super::decisions::{self, decision};
use super::engine::{Param, Row};
use super::events::{self, event};
use super::items::{self, document_ids, item, stage, verdict};
use super::{Result, SavedFilter, Store, StoreError, drafts, golden, judgements, macros, steps};
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
        let why = match read {
            Err(StoreError::Damaged(why) | StoreError::NoSpec { why, .. }) => why,
            read => return read.map(Some),
        };
        self.passed_over.borrow_mut().entry((what, key.to_string())).or_insert(why);
        Ok(None)
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
        let mut row = DamagedRow { what, key, item: None, why };
        row.item = row.table().and_then(|Table { name, row: is_it, place: (_, item), .. }| {
            let sql = format!("SELECT id FROM item WHERE seq = (SELECT {item} FROM {name} WHERE {is_it})");
            self.first(&sql, &[RowKey::of(&row.key).param()], |row| row.string(0)).ok().flatten()
        });
        row
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
    key: KeyColumn,
    read: fn(&dyn Row) -> Result<()>,
}

enum KeyColumn {
    Number(usize),
    Name(usize),
}

impl Table {
    /// A table whose rows have numbers, and are each about an item.
    const fn numbered(
        (what, name): (&'static str, &'static str),
        key: usize,
        sql: fn() -> String,
        read: fn(&dyn Row) -> Result<()>,
    ) -> Self {
        let place = ("queue_id", "item_seq");
        Self { what, name, row: "seq = ?1", place, sql, key: KeyColumn::Number(key), read }
    }

    fn key_of(&self, row: &dyn Row) -> Result<String> {
        match self.key {
            KeyColumn::Number(at) => row.need_int(at).map(|seq| seq.to_string()),
            KeyColumn::Name(at) => row.string(at),
        }
    }
}

/// The key of a row: a number, or a name.
#[derive(Clone, Copy)]
pub(super) enum RowKey<'k> {
    Number(i64),
    Name(&'k str),
}

impl<'k> RowKey<'k> {
    pub(super) fn of(key: &'k str) -> Self {
        key.parse().map_or(Self::Name(key), Self::Number)
    }

    pub(super) fn param(self) -> Param<'k> {
        match self {
            Self::Number(number) => number.into(),
            Self::Name(name) => name.into(),
        }
    }
}

const TABLES: &[Table] = &[
    Table {
        place: ("queue_id", "seq"),
        ..Table::numbered(
            ("item", "item"),
            items::WIDTH,
            || {
                let columns = &*items::COLUMNS;
                format!("SELECT {columns}, i.seq, i.stage, i.verdict FROM item i JOIN item_text t ON t.seq = i.seq")
            },
            |row| {
                item(row)?;
                document_ids(row)?;
                stage(row, items::WIDTH + 1)?;
                verdict(row, items::WIDTH + 2).map(drop)
            },
        )
    },
    Table::numbered(
        ("decision", "decision"),
        decisions::WIDTH,
        || format!("SELECT {}, d.seq, {HAS_SPEC} FROM decision d", *decisions::COLUMNS),
        |row| {
            let decision = decision(row, 0)?;
            has_spec(row.need_int(decisions::WIDTH + 1)? == 1, decision.spec_version)
        },
    ),
    Table::numbered(
        ("judgement", "judgement"),
        judgements::WIDTH,
        || format!("SELECT {}, j.seq FROM judgement j", judgements::COLUMNS),
        |row| judgements::kept(row).map(drop),
    ),
    Table::numbered(("event", "event"), 0, || events::select("event"), |row| event(row).map(drop)),
    Table::numbered(
        ("golden example", "golden"),
        0,
        || format!("SELECT {} FROM golden g JOIN item i ON i.seq = g.item_seq", golden::COLUMNS),
        |row| golden::golden(row, 0).map(drop),
    ),
    Table::numbered(
        ("step", "step"),
        0,
        || format!("SELECT {} FROM step s", steps::COLUMNS),
        |row| steps::step(row).map(drop),
    ),
    Table {
        what: "draft",
        name: "draft",
        row: "item_seq || ' of ' || reviewer = ?1",
        place: ("(SELECT i.queue_id FROM item i WHERE i.seq = item_seq)", "item_seq"),
        sql: || "SELECT body, correction_kind, correction, item_seq || ' of ' || reviewer FROM draft".into(),
        key: KeyColumn::Name(3),
        read: |row| drafts::draft(row, 0, 1).map(drop),
    },
    Table {
        what: "macro",
        name: "macro",
        row: "queue_id || '/' || key || ' of ' || reviewer = ?1",
        place: ("queue_id", "CAST(NULL AS BIGINT)"),
        sql: || "SELECT key, name, verdict, body, queue_id || '/' || key || ' of ' || reviewer FROM macro".into(),
        key: KeyColumn::Name(4),
        read: |row| macros::saved(row).map(drop),
    },
    Table {
        what: "filter",
        name: "saved_filter",
        row: "queue_id || '/' || name = ?1",
        place: ("queue_id", "CAST(NULL AS BIGINT)"),
        sql: || "SELECT name, filter, saved_by, saved_at, queue_id || '/' || name FROM saved_filter".into(),
        key: KeyColumn::Name(4),
        read: |row| SavedFilter::read(row)?.parsed().map(drop),
    },
];

/// SQL: 1 where the spec has been in the version that the decision `d` was made by, else 0.
pub(super) const HAS_SPEC: &str = "CASE WHEN EXISTS (SELECT 1 FROM spec v
    WHERE v.queue_id = d.queue_id AND v.version = d.spec_version) THEN 1 ELSE 0 END";

pub(super) fn has_spec(it_has: bool, version: i64) -> Result<()> {
    if it_has { Ok(()) } else { Err(StoreError::Damaged(format!("the spec has no version {version}"))) }
}
