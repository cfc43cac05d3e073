//! Reading items: the narrow row, the texts, the context documents.

use super::columns;
use super::engine::{Row, params};
use super::{Result, Store, StoreError};
use crate::domain::decision::Verdict;
use crate::domain::digest::Digest;
use crate::domain::item::{Content, Item, Seq};
use crate::domain::queue::Queue;
use crate::domain::record::{ITEM, ItemField};
use crate::domain::stage::Stage;
use std::sync::LazyLock;

/// An item read before it is asked for.
pub(super) struct Ahead {
    pub seq: Seq,
    pub digest: Digest,
    pub item: Item,
}

/// The columns of an item, which [`item`] reads; `i` is item, `t` item_text.
pub(super) static COLUMNS: LazyLock<String> = LazyLock::new(|| {
    let table = |field: &ItemField| if field.holds.is_large() { "t" } else { "i" };
    let columns = ITEM.iter().flat_map(|field| columns::read_sql(field, table(field)));
    columns.collect::<Vec<_>>().join(", ")
});

/// How many columns [`COLUMNS`] has: what follows them starts here.
pub(super) const WIDTH: usize = columns::width(ITEM);

/// The column of the context among [`COLUMNS`].
static CONTEXT: LazyLock<usize> = LazyLock::new(|| columns::width_before(ITEM, "context"));

/// The items `i` of the queue `?1` by the index of the order of import. A server takes that
/// index only for a statement that says `queue_id + 0 > 0`, so that it takes it for nothing else.
pub(super) const IN_QUEUE: &str = "i.queue_id = ?1 AND i.queue_id + 0 > 0";

impl Store {
    /// The item's row number.
    pub fn seq_of(&self, queue: &Queue, id: &str) -> Result<Seq> {
        let sql = "SELECT seq FROM item WHERE queue_id = ?1 AND id = ?2";
        self.first(sql, params![queue.id, id], |row| row.need_int(0))?
            .ok_or_else(|| StoreError::NoItem { queue: queue.name.clone(), item: id.into() })
    }

    /// The first ids of the queue, in their order, that begin so; capitals are told apart.
    pub fn ids_that_begin(&self, queue: &Queue, prefix: &str, limit: usize) -> Result<Vec<(String, Seq)>> {
        let sql = "SELECT id, seq FROM item WHERE queue_id = ?1 AND id >= ?2 AND id < ?3 ORDER BY id LIMIT ?4";
        self.all(sql, params![queue.id, prefix, &beyond(prefix), limit as i64], |row| {
            Ok((row.string(0)?, row.need_int(1)?))
        })
    }

    /// What the item's decisions add up to; `None`: it is undecided.
    pub fn verdict_of_record(&self, seq: Seq) -> Result<Option<Verdict>> {
        let sql = "SELECT verdict FROM item WHERE seq = ?1";
        Ok(self.first(sql, params![seq], |row| verdict(row, 0))?.flatten())
    }

    /// The categories of the decision of record, as far as the present spec has them.
    pub fn categories_of_record(&self, queue: &Queue, seq: Seq) -> Result<Vec<String>> {
        let sql = "SELECT e.category FROM item i JOIN decision_category e ON e.decision_seq = i.decision_seq
            WHERE i.seq = ?1";
        let mut categories = self.all(sql, params![seq], |row| row.string(0))?;
        categories.retain(|key| queue.spec.spec.failure(key).is_some());
        queue.spec.spec.sort_categories(&mut categories);
        Ok(categories)
    }

    /// The whole item of that id.
    pub fn item_of(&self, queue: &Queue, id: &str) -> Result<Item> {
        self.read_item(self.seq_of(queue, id)?)
    }

    pub(super) fn id_of(&self, seq: Seq) -> Result<String> {
        self.first("SELECT id FROM item WHERE seq = ?1", params![seq], |row| row.string(0))?
            .ok_or_else(|| StoreError::Damaged(format!("the item row {seq} is gone")))
    }

    /// The whole item, to be looked at beside another.
    pub fn peek(&self, seq: Seq) -> Result<Item> {
        self.read_item(seq)
    }

    fn read_item(&self, seq: Seq) -> Result<Item> {
        let sql = format!("SELECT {} FROM item i JOIN item_text t ON t.seq = i.seq WHERE i.seq = ?1", *COLUMNS);
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
    pub(super) fn read_ahead(&mut self, seq: Seq) -> Result<&Item> {
        let ahead = match self.ahead.take().filter(|ahead| ahead.seq == seq) {
            Some(ahead) => ahead,
            None => Ahead { seq, digest: self.digest(seq)?, item: self.read_item(seq)? },
        };
        Ok(&self.ahead.insert(ahead).item)
    }
}

/// An item from [`COLUMNS`], without its context.
pub(super) fn item(row: &dyn Row) -> Result<Item> {
    let mut item = Item::new(String::new(), Content::default(), Content::default());
    columns::read(ITEM, row, 0, &mut item)?;
    Ok(item)
}

/// What sorts behind every text that begins with the prefix.
pub(super) fn beyond(prefix: &str) -> String {
    format!("{prefix}{}", char::MAX)
}

/// A content from the columns of its kind and its text.
pub(super) fn content(row: &dyn Row, kind: usize, text: usize) -> Result<Option<Content>> {
    let Some(code) = row.text(kind)? else { return Ok(None) };
    Ok(Some(Content { kind: columns::content_kind(code)?, text: row.string(text)? }))
}

/// The item's context documents, from [`COLUMNS`].
pub(super) fn document_ids(row: &dyn Row) -> Result<Vec<i64>> {
    row.text(*CONTEXT)?.map_or(Ok(Vec::new()), document_ids_of)
}

pub(super) fn document_ids_of(list: &str) -> Result<Vec<i64>> {
    serde_json::from_str(list).map_err(|e| StoreError::Damaged(format!("an item's context: {e}")))
}

/// Where an item stands, from its column.
pub(super) fn stage(row: &dyn Row, column: usize) -> Result<Stage> {
    row.need_text(column)?.parse().map_err(StoreError::Damaged)
}

/// A verdict from a column that may be NULL.
pub(super) fn verdict(row: &dyn Row, column: usize) -> Result<Option<Verdict>> {
    row.text(column)?.map(str::parse).transpose().map_err(StoreError::Damaged)
}
