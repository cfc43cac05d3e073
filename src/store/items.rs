//! Reading items: the narrow row, the texts, the context documents.

use super::engine::{Row, params};
use super::view::{Queue, Seq};
use super::{Result, Store, StoreError};
use crate::domain::decision::Verdict;
use crate::domain::digest::Digest;
use crate::domain::item::{Content, ContentKind, Item};

/// An item read before it is asked for.
pub(super) struct Ahead {
    pub seq: Seq,
    pub digest: Digest,
    pub item: Item,
}

/// The output of an earlier attempt at a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviousAttempt {
    pub id: String,
    pub attempt: i64,
    pub output: Content,
}

/// The columns of an item, in the order that [`item`] reads them; `i` is item, `t` item_text.
pub(super) const COLUMNS: &str = "i.id, i.case_id, i.attempt, i.rank, i.model, i.prompt_version, i.latency_ms,
    i.cost_usd, i.tokens_in, i.tokens_out, i.created_at, i.tags, t.input_kind, t.input, t.output_kind, t.output,
    t.reference_kind, t.reference, t.meta, t.context";

/// How many columns [`COLUMNS`] has: what follows them starts here.
pub(super) const WIDTH: usize = 20;

impl Store {
    /// The item's row number.
    pub fn seq_of(&self, queue: &Queue, id: &str) -> Result<Seq> {
        let sql = "SELECT seq FROM item WHERE queue_id = ?1 AND id = ?2";
        self.first(sql, params![queue.id, id], |row| row.need_int(0))?
            .ok_or_else(|| StoreError::NoItem { queue: queue.name.clone(), item: id.into() })
    }

    /// What the item's decisions add up to; `None`: it is undecided.
    pub fn verdict_of_record(&self, seq: Seq) -> Result<Option<Verdict>> {
        let sql = "SELECT verdict FROM item WHERE seq = ?1";
        Ok(self.first(sql, params![seq], |row| verdict(row, 0))?.flatten())
    }

    /// The whole item of that id.
    pub fn item_of(&self, queue: &Queue, id: &str) -> Result<Item> {
        self.read_item(self.seq_of(queue, id)?)
    }

    pub(super) fn id_of(&self, seq: Seq) -> Result<String> {
        self.first("SELECT id FROM item WHERE seq = ?1", params![seq], |row| row.string(0))?
            .ok_or_else(|| StoreError::Damaged(format!("the item row {seq} is gone")))
    }

    /// The last attempt at the item's case before the item's own.
    pub fn previous_attempt(&self, queue: &Queue, seq: Seq) -> Result<Option<PreviousAttempt>> {
        let sql = "SELECT i.id, i.attempt, t.output_kind, t.output FROM item i JOIN item_text t ON t.seq = i.seq
            WHERE i.queue_id = ?1 AND (i.case_id, i.attempt) < (SELECT m.case_id, m.attempt FROM item m WHERE m.seq = ?2)
            AND i.case_id = (SELECT m.case_id FROM item m WHERE m.seq = ?2)
            ORDER BY i.attempt DESC, i.seq DESC LIMIT 1";
        self.first(sql, params![queue.id, seq], |row| {
            let output = Content { kind: content_kind(row.need_text(2)?)?, text: row.string(3)? };
            Ok(PreviousAttempt { id: row.string(0)?, attempt: row.need_int(1)?, output })
        })
    }

    /// The whole item, to be looked at beside another.
    pub fn peek(&self, seq: Seq) -> Result<Item> {
        self.read_item(seq)
    }

    fn read_item(&self, seq: Seq) -> Result<Item> {
        let sql = format!("SELECT {COLUMNS} FROM item i JOIN item_text t ON t.seq = i.seq WHERE i.seq = ?1");
        let found = self.first(&sql, params![seq], |row| Ok((item(row)?, document_ids(row)?)))?;
        let (mut item, documents) = found.ok_or_else(|| StoreError::Damaged(format!("the item row {seq} is gone")))?;
        item.context = self.documents(&documents)?;
        Ok(item)
    }

    fn digest(&self, seq: Seq) -> Result<Digest> {
        let sql = "SELECT hash_a, hash_b FROM item WHERE seq = ?1";
        self.first(sql, params![seq], |row| Ok(Digest(row.need_int(0)?, row.need_int(1)?)))?
            .ok_or_else(|| StoreError::Damaged(format!("the item row {seq} is gone")))
    }

    /// Reads an item into memory, for when it is asked for.
    pub(super) fn read_ahead(&mut self, seq: Seq) -> Result<()> {
        if self.ahead.as_ref().is_none_or(|ahead| ahead.seq != seq) {
            self.ahead = Some(Ahead { seq, digest: self.digest(seq)?, item: self.read_item(seq)? });
        }
        Ok(())
    }
}

/// An item from [`COLUMNS`], without its context.
pub(super) fn item(row: &dyn Row) -> Result<Item> {
    let required =
        |content: Option<Content>| content.ok_or_else(|| StoreError::Damaged("an item lacks its text".into()));
    Ok(Item {
        id: row.string(0)?,
        case: row.opt_string(1)?,
        attempt: row.need_int(2)?,
        priority: -row.need_int(3)?,
        model: row.opt_string(4)?,
        prompt_version: row.opt_string(5)?,
        latency_ms: row.real(6)?,
        cost_usd: row.real(7)?,
        tokens_in: row.int(8)?,
        tokens_out: row.int(9)?,
        created_at: row.int(10)?,
        tags: tags(row, 11)?,
        input: required(content(row, 12, 13)?)?,
        output: required(content(row, 14, 15)?)?,
        reference: content(row, 16, 17)?,
        meta: row.opt_string(18)?,
        context: Vec::new(),
    })
}

/// A content from the columns of its kind and its text.
pub(super) fn content(row: &dyn Row, kind: usize, text: usize) -> Result<Option<Content>> {
    let Some(code) = row.text(kind)? else { return Ok(None) };
    Ok(Some(Content { kind: content_kind(code)?, text: row.string(text)? }))
}

/// An item's tags from a column that may be NULL.
pub(super) fn tags(row: &dyn Row, column: usize) -> Result<Vec<String>> {
    let tags = row.text(column)?.map(serde_json::from_str).transpose();
    Ok(tags.map_err(|e| StoreError::Damaged(format!("an item's tags: {e}")))?.unwrap_or_default())
}

/// The item's context documents, from [`COLUMNS`].
pub(super) fn document_ids(row: &dyn Row) -> Result<Vec<i64>> {
    row.text(19)?.map_or(Ok(Vec::new()), document_ids_of)
}

pub(super) fn document_ids_of(list: &str) -> Result<Vec<i64>> {
    serde_json::from_str(list).map_err(|e| StoreError::Damaged(format!("an item's context: {e}")))
}

/// A verdict from a column that may be NULL.
pub(super) fn verdict(row: &dyn Row, column: usize) -> Result<Option<Verdict>> {
    row.text(column)?.map(str::parse).transpose().map_err(StoreError::Damaged)
}

pub(super) fn content_kind(code: &str) -> Result<ContentKind> {
    ContentKind::from_code(code).ok_or_else(|| StoreError::Damaged(format!("`{code}` is no kind of content")))
}
