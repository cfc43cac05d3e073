//! Full-text search: what of the workspace is in the index, and what it finds.
//!
//! The index is filled after the import, in slices while nobody asks for anything, so
//! that an import keeps its speed. How far it has come is known, and whoever searches
//! is told.

use super::drafts::from_json;
use super::engine::{IndexKind, IndexWriter, Lock, Row, params};
use super::items::document_ids_of;
use super::transaction::Tx;
use super::{Result, Store};
use crate::domain::item::{ContentKind, Seq};
use crate::domain::time::UtcMillis;
use std::borrow::Cow;
use std::cell::Cell;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Rows read at once, at most. Large ones are read one by one, so that few are in memory:
/// indexing them takes its time.
const BATCH: i64 = 64;
const QUICK: Duration = Duration::from_millis(20);

/// A program that fills the index keeps others from it for this long.
const LEASE_MILLIS: i64 = 5000;

/// Time of a slice of a bulk load of the index, which a decision beside it may have to wait.
const BULK_SLICE: Duration = Duration::from_millis(100);

/// How often, and how long, the index waits for rows that others are writing.
const WAITS: u32 = 50;
const WAIT: Duration = Duration::from_millis(10);

/// How much of the workspace is in the index, in rows: items, documents, decisions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Indexed {
    pub rows: i64,
    pub of: i64,
}

impl Indexed {
    pub fn is_complete(self) -> bool {
        self.rows >= self.of
    }

    /// Rounded down: 100 only when it is complete.
    pub fn percent(self) -> i64 {
        if self.is_complete() { 100 } else { self.rows * 100 / self.of.max(1) }
    }
}

/// The newest row of each kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Marks {
    item: i64,
    document: i64,
    decision: i64,
}

impl Marks {
    fn sum(self) -> i64 {
        self.item + self.document + self.decision
    }

    /// Reads three columns, from the one at `at`.
    fn read(row: &dyn Row, at: usize) -> Result<Self> {
        Ok(Self { item: row.need_int(at)?, document: row.need_int(at + 1)?, decision: row.need_int(at + 2)? })
    }
}

/// How far the index has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Reach {
    /// Marks up to which everything is indexed, but for stale items.
    marks: Marks,
    newest: Marks,
    /// Items that an import has replaced since they were indexed.
    stale: i64,
}

impl Reach {
    fn indexed(self) -> Indexed {
        Indexed { rows: self.marks.sum() - self.stale, of: self.newest.sum() }
    }
}

/// A stretch of indexing: one row at least, however little time there is.
struct Slice<'w> {
    start: Instant,
    budget: Duration,
    is_begun: Cell<bool>,
    /// Whether another caller waits for the store.
    is_awaited: &'w AtomicBool,
}

impl Slice<'_> {
    fn is_up(&self) -> bool {
        self.is_begun.get() && (self.start.elapsed() >= self.budget || self.is_awaited.load(Ordering::Relaxed))
    }
}

impl Store {
    /// How far the index has come.
    pub fn indexed(&self) -> Result<Indexed> {
        self.reach().map(Reach::indexed)
    }

    fn reach(&self) -> Result<Reach> {
        let sql = "SELECT m.item_seq, m.document_id, m.decision_seq, COALESCE((SELECT MAX(seq) FROM item), 0),
                COALESCE((SELECT MAX(id) FROM document), 0), COALESCE((SELECT MAX(seq) FROM decision), 0),
                (SELECT COUNT(*) FROM text_stale)
            FROM text_mark m";
        let reach = self.first(sql, &[], |row| {
            Ok(Reach { marks: Marks::read(row, 0)?, newest: Marks::read(row, 3)?, stale: row.need_int(6)? })
        })?;
        Ok(reach.unwrap_or_default())
    }

    /// Puts the next rows into the index, for about `budget`, unless another program is doing
    /// so; stops early once `is_awaited`.
    pub fn index_slice(&self, budget: Duration, is_awaited: &AtomicBool, now: UtcMillis) -> Result<Indexed> {
        let indexed = self.indexed()?;
        if indexed.is_complete() || self.only_reads || self.is_leased(now)? {
            return Ok(indexed);
        }
        self.fill_slice(budget, is_awaited, now)
    }

    fn fill_slice(&self, budget: Duration, is_awaited: &AtomicBool, now: UtcMillis) -> Result<Indexed> {
        let slice = Slice { start: Instant::now(), budget, is_begun: Cell::new(false), is_awaited };
        let reach = self.write(|tx| {
            let sql = "UPDATE text_mark SET holder = ?1, held_until = ?2";
            tx.pipeline(sql, params![&tx.session, now + LEASE_MILLIS])?;
            let mut reach = tx.reach()?;
            let (marks, newest) = (&mut reach.marks, reach.newest);
            let mut writer = tx.engine.index_writer();
            if reach.stale > 0 {
                tx.index_stale(writer.as_mut(), &slice)?;
            }
            if marks.decision < newest.decision {
                let notes =
                    "SELECT seq, body, item_seq FROM decision WHERE seq > ?1 AND seq <= ?2 ORDER BY seq LIMIT ?3";
                let to = tx.engine.visible_horizon("decision", "seq")?;
                tx.index_rows(notes, &mut marks.decision, to, &slice, |row| tx.index_note(writer.as_mut(), row))?;
            }
            if marks.item < newest.item {
                let items = "SELECT seq, input_kind, input, output_kind, output, context FROM item_text
                    WHERE seq > ?1 AND seq <= ?2 ORDER BY seq LIMIT ?3";
                let to = tx.engine.visible_horizon("item_text", "seq")?;
                tx.index_rows(items, &mut marks.item, to, &slice, |row| tx.index_item(writer.as_mut(), row, true))?;
            }
            if marks.document < newest.document {
                let texts = "SELECT id, title, text FROM document WHERE id > ?1 AND id <= ?2 ORDER BY id LIMIT ?3";
                let to = tx.engine.visible_horizon("document", "id")?;
                tx.index_rows(texts, &mut marks.document, to, &slice, |row| tx.index_document(writer.as_mut(), row))?;
            }
            writer.finish()?;
            let sql = "UPDATE text_mark SET item_seq = ?1, document_id = ?2, decision_seq = ?3";
            tx.pipeline(sql, params![marks.item, marks.document, marks.decision])?;
            Ok(reach)
        })?;
        // Of what is stale some was indexed, and of the rest more may be there by now.
        if reach.stale == 0 { Ok(reach.indexed()) } else { self.indexed() }
    }

    /// Completes the index now, whoever else is at it, unless this program may only read;
    /// `told` hears how far it is. Rows that others are writing are not waited for long.
    pub fn complete_index(&self, mut told: impl FnMut(Indexed)) -> Result<()> {
        let mut reached = self.indexed()?;
        if self.only_reads || reached.is_complete() {
            return Ok(());
        }
        self.engine.bulk(true)?;
        let (mut waits_left, nobody) = (WAITS, AtomicBool::new(false));
        let outcome = loop {
            match self.fill_slice(BULK_SLICE, &nobody, self.now()) {
                Ok(indexed) if indexed.is_complete() => break Ok(()),
                Ok(indexed) if indexed.rows > reached.rows => {
                    reached = indexed;
                    told(indexed);
                }
                Ok(_) if waits_left > 0 => {
                    waits_left -= 1;
                    std::thread::sleep(WAIT);
                }
                other => break other.map(drop),
            }
        };
        self.engine.bulk(false)?;
        outcome
    }

    /// Rows below the marks that the index lacks or has too many, for [`Store::doctor`].
    pub(super) fn index_difference(&self) -> Result<i64> {
        let items = "SELECT COUNT(*) FROM item_text t, text_mark m WHERE t.seq <= m.item_seq
            AND NOT EXISTS (SELECT 1 FROM text_stale s WHERE s.item_seq = t.seq)";
        let documents = "SELECT COUNT(*) FROM document d, text_mark m WHERE d.id <= m.document_id";
        let items = self.number(items, &[])? - self.engine.indexed_rows(IndexKind::Item)?;
        let documents = self.number(documents, &[])? - self.engine.indexed_rows(IndexKind::Document)?;
        Ok(items.abs() + documents.abs())
    }

    /// Whether another program fills the index, or keeps others from it.
    fn is_leased(&self, now: UtcMillis) -> Result<bool> {
        let unlocked = self.engine.dialect().skip_locked("m");
        let is_free = "m.holder = ?1 OR COALESCE(m.held_until, 0) <= ?2"; // NULL: nobody has held it yet
        let sql = format!("SELECT 1 FROM text_mark m WHERE ({is_free}) {unlocked}");
        Ok(self.first(&sql, params![&self.session, now], |_| Ok(()))?.is_none())
    }

    /// Indexes the rows past the mark, up to `to`, until the time is up.
    fn index_rows(
        &self,
        sql: &str,
        mark: &mut i64,
        to: i64,
        slice: &Slice,
        mut index: impl FnMut(&dyn Row) -> Result<()>,
    ) -> Result<()> {
        let mut batch = BATCH / 8;
        while !slice.is_up() && *mark < to {
            let (before, start) = (*mark, Instant::now());
            self.engine.query(sql, params![before, to, batch], &mut |row| {
                if !slice.is_up() {
                    index(row)?;
                    slice.is_begun.set(true);
                    *mark = row.need_int(0)?;
                }
                Ok(())
            })?;
            if *mark == before {
                break;
            }
            batch = if start.elapsed() < QUICK { BATCH.min(batch * 2) } else { 1.max(batch / 4) };
        }
        Ok(())
    }
}

impl Tx<'_> {
    /// An import is about to replace the item: the index forgets what it knows of it.
    pub(super) fn forget_texts(&self, seq: Seq) -> Result<()> {
        let sql = "SELECT context FROM item_text WHERE seq = ?1";
        let read = |row: &dyn Row| row.text(0)?.map(document_ids_of).transpose();
        let documents = self.first(sql, params![seq], |row| self.readable("item", &seq, read(row)))?;
        let documents = documents.flatten().flatten().unwrap_or_default();
        self.lock(Lock::Index)?;
        self.engine.remove(seq, &documents)?;
        let sql = "INSERT INTO text_stale (item_seq) SELECT ?1 WHERE ?1 <= (SELECT item_seq FROM text_mark)
            ON CONFLICT (item_seq) DO NOTHING";
        self.execute(sql, params![seq]).map(drop)
    }

    fn index_stale(&self, writer: &mut dyn IndexWriter, slice: &Slice) -> Result<()> {
        for seq in self.all("SELECT item_seq FROM text_stale LIMIT ?1", params![BATCH], |row| row.need_int(0))? {
            if slice.is_up() {
                break;
            }
            slice.is_begun.set(true);
            let sql = "SELECT seq, input_kind, input, output_kind, output, context FROM item_text WHERE seq = ?1";
            self.engine.query(sql, params![seq], &mut |row| self.index_item(writer, row, false))?;
            self.execute("DELETE FROM text_stale WHERE item_seq = ?1", params![seq])?;
        }
        Ok(())
    }

    fn index_note(&self, writer: &mut dyn IndexWriter, row: &dyn Row) -> Result<()> {
        self.index_precedent(writer, row, 2)?;
        let seq = row.need_int(0)?;
        let draft = self.readable("decision", &seq, row.need_text(1).and_then(from_json))?;
        let note = draft.unwrap_or_default().note;
        if note.is_empty() { Ok(()) } else { writer.add(IndexKind::Note, seq, &[&note]) }
    }

    fn index_item(&self, writer: &mut dyn IndexWriter, row: &dyn Row, is_new: bool) -> Result<()> {
        let seq = row.need_int(0)?;
        let text = |kind: usize| Ok(legible(row.need_text(kind)?, row.need_text(kind + 1)?));
        let texts = text(1).and_then(|input| Ok([input, text(3)?]));
        let [input, output] = self.readable("item", &seq, texts)?.unwrap_or_default();
        writer.add(IndexKind::Item, seq, &[&input, &output])?;
        let context = row.text(5).and_then(|context| context.map(document_ids_of).transpose());
        match self.readable("item", &seq, context)?.flatten() {
            Some(documents) => writer.add_context(seq, &documents, is_new),
            None => Ok(()),
        }
    }

    fn index_document(&self, writer: &mut dyn IndexWriter, row: &dyn Row) -> Result<()> {
        let id = row.need_int(0)?;
        let read = || {
            let text = row.need_text(2)?;
            Ok(row.text(1)?.map_or(Cow::Borrowed(text), |title| format!("{title}\n{text}").into()))
        };
        let text = self.readable("document", &id, read())?.unwrap_or_default();
        writer.add(IndexKind::Document, id, &[&text])
    }
}

/// A text as it reads: of JSON, what stands in it, without the signs that escape it.
pub(super) fn legible<'t>(kind: &str, text: &'t str) -> Cow<'t, str> {
    if ContentKind::from_code(kind) == Some(ContentKind::Text) || !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    match serde_json::from_str(text) {
        Ok(value) => {
            let mut told = String::with_capacity(text.len());
            tell(&value, &mut told);
            told.into()
        }
        Err(_) => text.into(),
    }
}

fn tell(value: &serde_json::Value, told: &mut String) {
    use serde_json::Value;
    match value {
        Value::String(text) => told.extend([text, "\n"]),
        Value::Array(list) => list.iter().for_each(|value| tell(value, told)),
        Value::Object(members) => members.iter().for_each(|(key, value)| {
            told.extend([key, "\n"]);
            tell(value, told);
        }),
        other => told.extend([other.to_string().as_str(), "\n"]),
    }
}
