//! Windows of a golden set and of what could join it, by key.

use super::{COLUMNS, Golden, IS_GOLDEN, golden};
use crate::domain::decision::Verdict;
use crate::domain::golden::Narrow;
use crate::domain::item::Seq;
use crate::domain::queue::Queue;
use crate::domain::time::UtcMillis;
use crate::store::blind::is_unsettled;
use crate::store::decisions::{OF_RECORD, STANDING};
use crate::store::engine::{Param, Row, params};
use crate::store::{Result, Store, StoreError, drafts};

/// Which rows of a list, newest first, by the key of one that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    Newest,
    Oldest,
    OlderThan(i64),
    NewerThan(i64),
}

/// A part of a list, newest first.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    pub rows: Vec<T>,
    /// Whether there are more rows in the direction that was read.
    pub more: bool,
}

/// An item from whose decision one learns, and which is not golden yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The row of the decision that makes it one: where it stands in the list.
    pub seq: i64,
    pub item: Seq,
    pub id: String,
    pub because: Because,
    /// What follows is of the decision of record.
    pub verdict: Verdict,
    pub categories: Vec<String>,
    pub note: String,
    pub reviewer: String,
    pub decided_at: UtcMillis,
}

/// What makes an item a candidate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Because {
    /// It was rejected, and corrected; the correction's beginning.
    Corrected(String),
    /// It was escalated, and another has answered; who asked, and what.
    Answered { asked_by: String, asked: String },
}

/// A row of either list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GoldenRow {
    Example(Golden),
    Candidate(Candidate),
}

impl GoldenRow {
    pub fn item(&self) -> Seq {
        match self {
            GoldenRow::Example(golden) => golden.item,
            GoldenRow::Candidate(candidate) => candidate.item,
        }
    }

    /// Where it stands in its list.
    pub fn key(&self) -> i64 {
        match self {
            GoldenRow::Example(golden) => golden.seq,
            GoldenRow::Candidate(candidate) => candidate.seq,
        }
    }
}

impl<T> Page<T> {
    pub fn map<U>(self, map: impl Fn(T) -> U) -> Page<U> {
        Page { rows: self.rows.into_iter().map(map).collect(), more: self.more }
    }
}

/// The marker of who reads a list of examples.
const READER: &str = "CAST(?4 AS TEXT)";

/// Characters of a correction that a list shows.
const CORRECTION_CHARS: i64 = 200;

impl Store {
    /// Examples of the queue's golden set, those changed last first; without those that would tell the
    /// reader an opinion that is kept from them ([`Store::goldens_kept`]).
    pub fn goldens(
        &self,
        queue: &Queue,
        narrow: &Narrow,
        reader: &str,
        reach: Reach,
        rows: usize,
    ) -> Result<Page<Golden>> {
        self.goldens_but(&self.is_blind(READER), queue, narrow, reader, reach, rows)
    }

    /// As [`Store::goldens`], for a file, which reaches anybody.
    pub(super) fn goldens_for_all(
        &self,
        queue: &Queue,
        narrow: &Narrow,
        reader: &str,
        reach: Reach,
        rows: usize,
    ) -> Result<Page<Golden>> {
        self.goldens_but(&is_unsettled(), queue, narrow, reader, reach, rows)
    }

    /// Without examples that others have kept of items `i` on which opinions are kept.
    fn goldens_but(
        &self,
        is_kept: &str,
        queue: &Queue,
        narrow: &Narrow,
        reader: &str,
        reach: Reach,
        rows: usize,
    ) -> Result<Page<Golden>> {
        let mut values = vec![reader.to_owned()];
        let conditions = conditions(narrow, &mut values, 3);
        let from = format!(
            "golden g JOIN item i ON i.seq = g.item_seq WHERE g.queue_id = ?1 AND {IS_GOLDEN}
             AND (g.kept_by = {READER} OR NOT {is_kept})"
        );
        let sql = |range: &str, order: &str| {
            format!("SELECT {COLUMNS} FROM {from} AND g.seq {range}{conditions} ORDER BY g.seq {order}")
        };
        self.page(sql, queue, reach, rows, &values, |row| {
            self.readable("golden example", &row.need_int(0)?, golden(row, 0))
        })
    }

    /// How many examples [`Store::goldens`] leaves out for the reader.
    pub fn goldens_kept(&self, queue: &Queue, reader: &str) -> Result<i64> {
        self.count_kept(&self.is_blind("?2"), queue, reader)
    }

    /// How many examples [`Store::golden_examples`] leaves out.
    pub fn goldens_kept_out(&self, queue: &Queue, reader: &str) -> Result<i64> {
        self.count_kept(&is_unsettled(), queue, reader)
    }

    fn count_kept(&self, is_kept: &str, queue: &Queue, reader: &str) -> Result<i64> {
        let sql = format!(
            "SELECT COUNT(*) FROM golden g JOIN item i ON i.seq = g.item_seq
             WHERE g.queue_id = ?1 AND {IS_GOLDEN} AND g.kept_by <> ?2 AND {is_kept}"
        );
        self.number(&sql, params![queue.id, reader])
    }

    /// Rejected items with a correction, and escalated ones that another has answered, which are
    /// not golden yet.
    pub fn golden_candidates(&self, queue: &Queue, reach: Reach, rows: usize) -> Result<Page<Candidate>> {
        self.page(candidates, queue, reach, rows, &[], |row| {
            self.readable("decision", &row.need_int(0)?, candidate(row))
        })
    }

    /// The number of candidates, up to `most`.
    pub(in crate::store) fn count_golden_candidates(&self, queue: &Queue, most: i64) -> Result<i64> {
        let sql = format!("SELECT COUNT(*) FROM ({} LIMIT ?3) c", candidates("< ?2", "DESC"));
        self.number(&sql, params![queue.id, i64::MAX, most])
    }

    /// Reads from a key on in one direction, one row more than is asked for; `sql` takes
    /// the condition on the key and the direction, and may limit parts of its own by `?3`. Rows
    /// that cannot be read are left out.
    fn page<T>(
        &self,
        sql: impl Fn(&str, &str) -> String,
        queue: &Queue,
        reach: Reach,
        rows: usize,
        values: &[String],
        map: impl Fn(&dyn Row) -> Result<Option<T>>,
    ) -> Result<Page<T>> {
        let (range, key, order) = match reach {
            Reach::Newest => ("< ?2", i64::MAX, "DESC"),
            Reach::OlderThan(key) => ("< ?2", key, "DESC"),
            Reach::Oldest => ("> ?2", 0, "ASC"),
            Reach::NewerThan(key) => ("> ?2", key, "ASC"),
        };
        let sql = format!("{} LIMIT ?3", sql(range, order));
        let mut bound: Vec<Param> = params![queue.id, key, rows as i64 + 1].to_vec();
        bound.extend(values.iter().map(Param::from));
        let mut found = self.all(&sql, &bound, map)?;
        let more = found.len() > rows;
        found.truncate(rows);
        if order == "ASC" {
            found.reverse();
        }
        Ok(Page { rows: found.into_iter().flatten().collect(), more })
    }
}

/// SQL: the conditions that narrow a list, each after an AND, and their values, whose markers follow so
/// many others.
pub(in crate::store) fn conditions(narrow: &Narrow, values: &mut Vec<String>, others: usize) -> String {
    let mut sql = String::new();
    let mut marker = |value: String| {
        values.push(value);
        format!("?{}", values.len() + others)
    };
    for word in &narrow.words {
        let like = marker(format!("%{}%", escaped(&word.to_lowercase())));
        let has = |column: &str| format!("LOWER({column}) LIKE {like} ESCAPE '\\'");
        sql += &format!(" AND ({} OR {} OR {})", has("i.id"), has("g.tags"), has("g.why"));
    }
    for tag in &narrow.tags {
        // In the list of a JSON text a tag stands between its quotes.
        let like = marker(format!("%{}%", escaped(&serde_json::Value::from(tag.as_str()).to_string())));
        sql += &format!(" AND g.tags LIKE {like} ESCAPE '\\'");
    }
    let verdicts: Vec<String> = narrow.verdicts.iter().map(|verdict| marker(verdict.as_str().into())).collect();
    if !verdicts.is_empty() {
        sql += &format!(" AND g.verdict IN ({})", verdicts.join(", "));
    }
    sql
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

/// SQL: the candidates of the queue `?1` in the range; each kind by an index of its own, at most
/// `?3` of each. One that is both stands there once, as corrected.
fn candidates(range: &str, order: &str) -> String {
    let of_record = format!("d.verdict, d.body, SUBSTR(d.correction, 1, {CORRECTION_CHARS}), d.reviewer, d.decided_at");
    let is_new = format!("NOT EXISTS (SELECT 1 FROM golden g WHERE g.item_seq = i.seq AND {IS_GOLDEN})");
    let corrected = "d.verdict = 'reject' AND d.correction_kind IS NOT NULL";
    format!(
        "SELECT * FROM (SELECT d.seq AS place, i.seq AS item, i.id, {of_record}, NULL AS asked_by, NULL AS asked
            FROM decision d JOIN item i ON i.seq = d.item_seq AND {OF_RECORD}
            WHERE d.queue_id = ?1 AND {STANDING} AND {corrected} AND {is_new} AND d.seq {range}
            ORDER BY d.seq {order} LIMIT ?3) a
         UNION ALL SELECT * FROM (SELECT e.seq AS place, i.seq AS item, i.id, {of_record}, e.reviewer, e.body
            FROM decision e JOIN item i ON i.seq = e.item_seq JOIN decision d ON {OF_RECORD}
            WHERE e.queue_id = ?1 AND e.standing = 1 AND e.reviewer_kind = 'person' AND e.verdict = 'escalate' AND d.verdict <> 'escalate'
            AND NOT ({corrected}) AND {is_new} AND e.seq {range}
            AND NOT EXISTS (SELECT 1 FROM decision l WHERE l.item_seq = e.item_seq AND l.seq > e.seq
                AND l.standing = 1 AND l.verdict = 'escalate')
            ORDER BY e.seq {order} LIMIT ?3) b
         ORDER BY place {order}"
    )
}

fn candidate(row: &dyn Row) -> Result<Candidate> {
    let body = drafts::from_json(row.need_text(4)?)?;
    let because = match row.opt_string(8)? {
        Some(asked_by) => Because::Answered { asked_by, asked: drafts::from_json(row.need_text(9)?)?.note },
        None => Because::Corrected(row.string(5)?),
    };
    Ok(Candidate {
        seq: row.need_int(0)?,
        item: row.need_int(1)?,
        id: row.string(2)?,
        because,
        verdict: row.need_text(3)?.parse().map_err(StoreError::Damaged)?,
        categories: body.categories,
        note: body.note,
        reviewer: row.string(6)?,
        decided_at: row.need_int(7)?,
    })
}
