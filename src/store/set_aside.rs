//! Setting aside: a row that cannot be read is kept as it was in a table of its own, and taken out
//! of the way of those who read the others. What refers to it stays sound: a decision is undone
//! and says nothing more, an event tells only why, an item loses the fields that cannot be read;
//! drafts, macros and filters go.

use super::columns;
use super::damaged::{DamagedRow, RowKey, Table};
use super::engine::{Row, params};
use super::events::Subject;
use super::items;
use super::steps::StepKind;
use super::tables;
use super::transaction::Tx;
use super::{Result, Store, StoreError};
use crate::domain::decision::Verdict;
use crate::domain::event::{EventKind, Repair, Reversal};
use crate::domain::item::{Item, Seq};
use crate::domain::policy::{Purpose, ReviewerKind};
use crate::domain::record::{FieldType, ITEM, ItemField, StoreColumn};
use crate::domain::time::UtcMillis;
use serde_json::{Map, Value, json};

/// Tables whose rows never change but here.
const GUARDED: &[&str] = &["decision", "decision_score", "decision_category", "event", "golden"];

impl Store {
    /// How many rows were set aside until now.
    pub(super) fn count_set_aside(&self) -> Result<i64> {
        self.number("SELECT COUNT(*) FROM set_aside", &[])
    }

    /// Sets aside the rows that cannot be read; gives those that were. On a server the owner does it.
    pub fn set_aside(&self, actor: &str, now: UtcMillis) -> Result<Vec<DamagedRow>> {
        self.write(|tx| {
            tx.need_to_repair(actor)?;
            let found = tx.damaged_rows()?;
            let mut rows = Vec::new();
            self.engine.unguarded(GUARDED, &mut || {
                for row in &found {
                    if tx.set_row_aside(row, actor, now)? {
                        rows.push(row.clone());
                    }
                }
                Ok(())
            })?;
            if !rows.is_empty() {
                tx.reset_groups()?;
            }
            Ok(rows)
        })
    }
}

impl Tx<'_> {
    /// `false`: the row cannot be kept as it is, and stays.
    fn set_row_aside(&self, row: &DamagedRow, actor: &str, now: UtcMillis) -> Result<bool> {
        let (Some(table), key) = (row.table(), RowKey::of(&row.key)) else { return Ok(false) };
        let Some(kept) = self.kept(table.name, table.row, key)? else { return Ok(false) };
        let (queue, item) = self.place_of(table, key)?;
        match (row.what, key) {
            ("item", RowKey::Number(seq)) => {
                let Some(texts) = self.kept("item_text", "seq = ?1", key)? else { return Ok(false) };
                self.keep(row, &json!({ "item": kept, "item_text": texts }), actor, now)?;
                self.empty_fields(seq)?;
                self.recompute_record(seq)?;
            }
            ("decision", RowKey::Number(seq)) => {
                self.keep(row, &kept, actor, now)?;
                self.take_back(seq, now)?;
            }
            ("event", RowKey::Number(seq)) => {
                self.keep(row, &kept, actor, now)?;
                let data = json!({ "why": row.why }).to_string();
                let sql = "UPDATE event SET kind = 'set_aside', data = ?2, at = ?3 WHERE seq = ?1";
                self.execute(sql, params![seq, &data, now])?;
            }
            ("golden example", RowKey::Number(seq)) => {
                self.keep(row, &kept, actor, now)?;
                self.drop_example(seq, now)?;
            }
            ("step", RowKey::Number(seq)) => {
                self.keep(row, &kept, actor, now)?;
                let sql = format!("UPDATE step SET kind = {KIND_BY_ROWS} WHERE seq = ?1");
                self.execute(&sql, params![seq])?;
            }
            _ => {
                self.keep(row, &kept, actor, now)?;
                self.execute(&format!("DELETE FROM {} WHERE {}", table.name, table.row), &[key.param()])?;
            }
        }
        let told = Repair::SetAside { row: format!("{} {}", row.what, row.key), why: row.why.clone() };
        self.append(Subject { queue, item, actor, now }, &EventKind::Repaired(told))?;
        Ok(true)
    }

    /// The row as it is, its values as texts; what is no text, as files alone can hold it, is kept in
    /// hexadecimal digits behind `hex:`. `None`: it is gone.
    fn kept(&self, table: &'static str, condition: &str, key: RowKey) -> Result<Option<Value>> {
        let names = tables::names_of(table);
        let values: Vec<String> = names.iter().map(|name| format!("CAST({name} AS TEXT)")).collect();
        let sql = format!("SELECT {} FROM {table} WHERE {condition}", values.join(", "));
        let bytes_of = |name: &str| {
            let sql = format!("SELECT 'hex:' || hex(CAST({name} AS BLOB)) FROM {table} WHERE {condition}");
            self.first(&sql, &[key.param()], |row| row.opt_string(0))
        };
        self.first(&sql, &[key.param()], |row| {
            let mut kept = Map::new();
            for (at, name) in names.iter().enumerate() {
                let value = match row.opt_string(at) {
                    Err(StoreError::Damaged(_)) => bytes_of(name)?.flatten(),
                    value => value?,
                };
                kept.insert((*name).into(), value.into());
            }
            Ok(Value::Object(kept))
        })
    }

    fn keep(&self, row: &DamagedRow, kept: &Value, actor: &str, now: UtcMillis) -> Result<()> {
        let sql = "INSERT INTO set_aside (what, row_key, content, why, set_at, set_by) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        self.execute(sql, params![row.what, &row.key, &kept.to_string(), &row.why, now, actor]).map(drop)
    }

    /// The queue and the item of a row.
    fn place_of(&self, table: &Table, key: RowKey) -> Result<(i64, Option<Seq>)> {
        let (queue, item) = table.place;
        let sql = format!("SELECT {queue}, {item} FROM {} WHERE {}", table.name, table.row);
        let found = self.first(&sql, &[key.param()], |row| Ok((row.need_int(0)?, row.int(1)?)))?;
        found.ok_or_else(|| StoreError::Damaged(format!("a row of {} is gone", table.name)))
    }

    /// Leaves the item without the fields that cannot be read.
    fn empty_fields(&self, seq: Seq) -> Result<()> {
        let sql = format!("SELECT {} FROM item i JOIN item_text t ON t.seq = i.seq WHERE i.seq = ?1", *items::COLUMNS);
        let unreadable = self.first(&sql, params![seq], |row| Ok(unreadable_fields(row)))?.unwrap_or_default();
        for (field, emptied) in unreadable {
            let table = if field.holds.is_large() { "item_text" } else { "item" };
            for (column, value) in emptied {
                self.execute(&format!("UPDATE {table} SET {column} = {value} WHERE seq = ?1"), params![seq])?;
            }
        }
        Ok(())
    }

    /// Undoes a decision and empties it. Another that it superseded stands again, one that
    /// superseded it supersedes that one.
    fn take_back(&self, seq: i64, now: UtcMillis) -> Result<()> {
        let sql = "SELECT d.queue_id, d.item_seq, d.reviewer, d.standing, s.seq, s.kind, s.undone_by
            FROM decision d JOIN step s ON s.seq = d.step_seq WHERE d.seq = ?1";
        let (queue, item, reviewer, stood, step, kind, undone_by) = self
            .first(sql, params![seq], |row| {
                Ok((
                    row.need_int(0)?,
                    row.need_int(1)?,
                    row.string(2)?,
                    row.need_int(3)? == 1,
                    row.need_int(4)?,
                    row.string(5)?,
                    row.int(6)?,
                ))
            })?
            .ok_or_else(|| StoreError::Damaged(format!("the decision row {seq} is gone")))?;
        if stood {
            let again =
                "UPDATE decision SET standing = 1, stood_from = ?2, stood_until = NULL WHERE seq = (SELECT d.supersedes FROM decision d WHERE d.seq = ?1)
                AND EXISTS (SELECT 1 FROM step s WHERE s.seq = decision.step_seq AND s.undone_by IS NULL)";
            self.execute(again, params![seq, now])?;
        }
        let pass_on = "UPDATE decision SET supersedes = (SELECT d.supersedes FROM decision d WHERE d.seq = ?1)
            WHERE supersedes = ?1";
        self.execute(pass_on, params![seq])?;
        let verdicts = Verdict::ALL.map(|verdict| format!("'{}'", verdict.as_str())).join(", ");
        let empty = format!(
            "UPDATE decision SET body = '{{}}', correction_kind = NULL, correction = NULL, active_millis = 0, due_at = NULL,
                lens_shown = NULL, standing = 0, supersedes = NULL, decided_at = ?2, arrived_at = ?2, stood_from = NULL,
                stood_until = NULL, reviewer_kind = '{}', purpose = '{}', slot = NULL, cause = NULL, after_seen = 0,
                sides = NULL,
                verdict = CASE WHEN verdict IN ({verdicts}) THEN verdict ELSE '{}' END,
                spec_version = (SELECT q.spec_version FROM queue q WHERE q.id = queue_id) WHERE seq = ?1",
            ReviewerKind::Person.as_str(),
            Purpose::Opinion.as_str(),
            Verdict::Escalate.as_str()
        );
        self.execute(&empty, params![seq, now])?;
        for table in ["decision_score", "decision_category"] {
            self.execute(&format!("DELETE FROM {table} WHERE decision_seq = ?1"), params![seq])?;
        }
        let stands = self.recompute_record(item)?;
        let is_of_bulk = kind.starts_with("bulk_");
        let undone_by = match undone_by.filter(|_| !is_of_bulk) {
            Some(event) => event,
            None => {
                let reversal = Reversal::decision(&self.decision(seq)?, stands);
                self.append_numbered(
                    Subject { queue, item: Some(item), actor: &reviewer, now },
                    &EventKind::Undone(reversal),
                )?
            }
        };
        self.retire_step(seq, step, is_of_bulk, undone_by)
    }

    /// Marks the step of a decision so that no undo and no redo takes it; one of a bulk keeps its
    /// other items, and the decision gets a step of its own.
    fn retire_step(&self, decision: i64, step: i64, is_of_bulk: bool, undone_by: i64) -> Result<()> {
        let kind = StepKind::SetAside.as_str();
        if !is_of_bulk {
            let sql = "UPDATE step SET kind = ?2, undone_by = ?3 WHERE seq = ?1";
            return self.execute(sql, params![step, kind, undone_by]).map(drop);
        }
        let sql = "INSERT INTO step (queue_id, reviewer, kind, item_seq, undone_by)
            SELECT d.queue_id, d.reviewer, ?2, d.item_seq, ?3 FROM decision d WHERE d.seq = ?1 RETURNING seq";
        let own = self.number(sql, params![decision, kind, undone_by])?;
        self.execute("DELETE FROM step_item WHERE step_seq = ?1 AND decision_seq = ?2", params![step, decision])?;
        self.execute("UPDATE decision SET step_seq = ?2 WHERE seq = ?1", params![decision, own]).map(drop)
    }

    /// The example is one no more, in a new version of the set.
    fn drop_example(&self, seq: i64, now: UtcMillis) -> Result<()> {
        let sql = "INSERT INTO golden_change (queue_id, set_version, item_seq, golden_seq, at)
            SELECT g.queue_id, (SELECT MAX(c.set_version) + 1 FROM golden_change c WHERE c.queue_id = g.queue_id),
                g.item_seq, NULL, ?2 FROM golden g WHERE g.seq = ?1 AND g.standing = 1 AND g.removed = 0";
        self.execute(sql, params![seq, now])?;
        let sql = "UPDATE golden SET verdict = 'accept', expected = 'none', tags = '[]', categories = '[]', why = '',
            kept_at = 0, version = 1, removed = 1 WHERE seq = ?1";
        self.execute(sql, params![seq]).map(drop)
    }
}

/// SQL: the kind of the step `?1`, by what refers to it.
const KIND_BY_ROWS: &str = "CASE WHEN EXISTS (SELECT 1 FROM decision d WHERE d.step_seq = ?1) THEN 'decision'
    WHEN EXISTS (SELECT 1 FROM golden g WHERE g.step_seq = ?1) THEN 'golden'
    WHEN EXISTS (SELECT 1 FROM deferral f WHERE f.step_seq = ?1) THEN 'deferral' ELSE 'set_aside' END";

/// A column, with what it holds in SQL where nothing is known.
type Emptied = (&'static str, &'static str);

/// The fields of an item, from [`items::COLUMNS`], that cannot be read.
fn unreadable_fields(row: &dyn Row) -> Vec<(&'static ItemField, Vec<Emptied>)> {
    let (mut found, mut at) = (Vec::new(), 0);
    for field in ITEM {
        let read = match field.holds {
            FieldType::Documents => items::document_ids(row).map(drop),
            _ => columns::read([field], row, at, &mut Item::default()),
        };
        if read.is_err() {
            found.push((field, emptied(field, row, at)));
        }
        at += columns::of(field).len();
    }
    found
}

/// The columns of a field, which stands at a column of the row. A text that can be read stays.
fn emptied(field: &ItemField, row: &dyn Row, at: usize) -> Vec<Emptied> {
    match field.kept().map(|kept| kept.column) {
        Some(StoreColumn::Content([kind, text])) if field.is_required => {
            let is_text = row.text(at + 1).is_ok();
            [(kind, "'t'")].into_iter().chain((!is_text).then_some((text, "''"))).collect()
        }
        Some(StoreColumn::Negated(column)) => vec![(column, "0")],
        _ if field.name == "attempt" => vec![("attempt", "1")],
        _ => columns::of(field).iter().map(|column| (*column, "NULL")).collect(),
    }
}
