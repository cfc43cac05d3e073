//! Context documents, each stored once by its content.

mod filed;

use super::engine::{Load, Param, Row, params};
use super::transaction::Tx;
use super::{Result, Store, StoreError};
use crate::domain::digest::Digest;
use crate::domain::imported::Record;
use crate::domain::item::Document;
use filed::Filed;
use std::collections::HashMap;
use std::sync::Arc;

/// Documents that an import remembers before it files their digests: about 40 MB.
const REMEMBERED: usize = 900_000;

/// Digests filed in one transaction, so that a decision beside it waits only a moment.
const FILED_AT_ONCE: usize = 20_000;

/// Documents that one statement reads.
const READ_AT_ONCE: usize = 16;

/// Digests that one statement files.
const FILED_BY_ONE: usize = 200;

/// Digests that one statement looks up.
const LOOKED_UP: usize = 500;

/// The columns of a document, in the order in which they are inserted.
pub(super) const COLUMNS: [&str; 8] = ["id", "hash_a", "hash_b", "title", "text", "url", "source_id", "updated_at"];

/// What an import knows of the documents in the workspace.
///
/// The digests of new documents are collected and filed in sorted runs, which write
/// each page of the table once a run instead of once a document. A killed import
/// leaves some unfiled; the next one files them first.
pub(super) struct DocumentWriter {
    /// Second half of the digest and row number of each document, by the first half of its
    /// digest.
    known: HashMap<i64, (i64, i64)>,
    /// First halves and rows that document_hash lacks.
    unfiled: Vec<(i64, i64)>,
    /// What document_hash has. A document that another import files meanwhile is not
    /// found and stored twice, which costs room and nothing else.
    filed: Filed,
    /// How many of them earlier transactions put on disk.
    committed: usize,
    /// Whether `known` has all that this transaction's records could find.
    looked_up: bool,
    next: i64,
}

impl DocumentWriter {
    /// A writer that keeps nothing.
    pub(super) fn idle() -> Self {
        let filed = Filed::Unknown;
        Self { known: HashMap::new(), unfiled: Vec::new(), filed, committed: 0, looked_up: false, next: 0 }
    }

    /// The transaction was rolled back, and its documents with it.
    pub(super) fn forget_transaction(&mut self) {
        self.unfiled.truncate(self.committed);
        self.known.clear();
    }

    /// The row of a document that is known.
    fn of(&self, digest: Digest) -> Option<i64> {
        self.known.get(&digest.0).filter(|(second, _)| *second == digest.1).map(|(_, id)| *id)
    }

    fn remember(&mut self, digest: Digest, id: i64) {
        self.known.insert(digest.0, (digest.1, id));
    }
}

impl Store {
    /// Begins to keep documents, after filing what a killed import left.
    pub(super) fn document_writer(&self) -> Result<DocumentWriter> {
        let sql = "SELECT hash_a, id FROM document WHERE id > (SELECT document_id FROM document_mark)";
        let unfiled = self.all(sql, &[], |row| Ok((row.need_int(0)?, row.need_int(1)?)))?;
        let mut writer = DocumentWriter { committed: unfiled.len(), unfiled, ..DocumentWriter::idle() };
        self.file_documents(&mut writer)?;
        if self.first("SELECT hash_a FROM document_hash LIMIT 1", &[], |row| row.need_int(0))?.is_none() {
            writer.filed = Filed::Known(Vec::new());
        } else if !self.engine.reports_duplicates() {
            writer.filed = self.filed()?; // to ask a server about each document takes longer
        }
        Ok(writer)
    }

    fn find_document(&self, digest: Digest) -> Result<Option<i64>> {
        let sql = "SELECT d.id FROM document_hash h JOIN document d ON d.id = h.document_id
            WHERE h.hash_a = ?1 AND d.hash_b = ?2";
        self.first(sql, params![digest.0, digest.1], |row| row.need_int(0))
    }

    /// Those of the documents, at most [`LOOKED_UP`], that the workspace has. Each is looked up by
    /// itself: a plan made for a list of them while the table was small would read all of it.
    fn find_documents(&self, digests: &[Digest]) -> Result<Vec<(Digest, i64)>> {
        let row = |place: usize| format!("(CAST(?{} AS BIGINT), CAST(?{} AS BIGINT))", 2 * place + 1, 2 * place + 2);
        let rows: Vec<String> = (0..LOOKED_UP).map(row).collect();
        let sql = format!(
            "SELECT column1, column2, id FROM (SELECT v.column1, v.column2, (SELECT d.id FROM document d
                WHERE d.id = (SELECT h.document_id FROM document_hash h WHERE h.hash_a = v.column1)
                    AND d.hash_b = v.column2) AS id
             FROM (VALUES {}) v) w WHERE id IS NOT NULL",
            rows.join(", ")
        );
        let mut values: Vec<Param> = digests.iter().flat_map(|digest| [digest.0.into(), digest.1.into()]).collect();
        values.resize(2 * LOOKED_UP, Param::Null);
        self.all(&sql, &values, |row| Ok((Digest(row.need_int(0)?, row.need_int(1)?), row.need_int(2)?)))
    }

    /// Files the digests when so many are held that memory would grow.
    pub(super) fn spill_documents(&self, writer: &mut DocumentWriter) -> Result<()> {
        if writer.known.len() < REMEMBERED {
            return Ok(());
        }
        writer.unfiled.iter().for_each(|&(hash, _)| writer.filed.insert(hash));
        self.file_documents(writer)?;
        writer.known.clear();
        if matches!(writer.filed, Filed::Unknown) {
            writer.filed = self.filed()?;
        }
        Ok(())
    }

    /// Reads the digests of all documents, which an import of this size is worth.
    fn filed(&self) -> Result<Filed> {
        let mut filed = Filed::Known(Vec::new());
        self.engine.stream("SELECT hash_a FROM document_hash", &[], &mut |row| {
            filed.insert(row.need_int(0)?);
            Ok(())
        })?;
        Ok(filed)
    }

    /// Files the digests of all documents so far.
    pub(super) fn file_documents(&self, writer: &mut DocumentWriter) -> Result<()> {
        let Some(newest) = writer.unfiled.iter().map(|&(_, id)| id).max() else { return Ok(()) };
        writer.unfiled.sort_unstable();
        for run in writer.unfiled.chunks(FILED_AT_ONCE) {
            self.write(|tx| run.chunks(FILED_BY_ONE).try_for_each(|some| tx.file_digests(some)))?;
        }
        self.write(|tx| tx.execute("UPDATE document_mark SET document_id = ?1", params![newest]))?;
        writer.unfiled.clear();
        Ok(())
    }

    /// The documents in this order.
    pub(super) fn documents(&self, ids: &[i64]) -> Result<Vec<Arc<Document>>> {
        let markers: Vec<String> = (1..=READ_AT_ONCE).map(|place| format!("?{place}")).collect();
        let sql = format!(
            "SELECT title, text, url, source_id, updated_at, id FROM document WHERE id IN ({})",
            markers.join(", ")
        );
        let mut found = HashMap::new();
        for some in ids.chunks(READ_AT_ONCE) {
            let mut values: Vec<Param> = some.iter().map(|id| Param::Int(*id)).collect();
            values.resize(READ_AT_ONCE, Param::Null);
            found.extend(self.all(&sql, &values, |row| Ok((row.need_int(5)?, Arc::new(document(row)?))))?);
        }
        ids.iter().map(|id| found.get(id).cloned().ok_or_else(|| gone(*id))).collect()
    }

    pub(super) fn document(&self, id: i64) -> Result<Document> {
        let sql = "SELECT title, text, url, source_id, updated_at FROM document WHERE id = ?1";
        self.first(sql, params![id], document)?.ok_or_else(|| gone(id))
    }
}

impl Tx<'_> {
    /// Begins a transaction that keeps documents; to be called first in each.
    pub(super) fn begin_documents(&self, writer: &mut DocumentWriter) -> Result<()> {
        writer.committed = writer.unfiled.len();
        writer.looked_up = false;
        writer.next = self.number("SELECT COALESCE(MAX(id), 0) + 1 FROM document", &[])?;
        Ok(())
    }

    /// Looks up the documents of all the transaction's records at once: one by one, each
    /// would wait for a server.
    pub(super) fn look_up_documents<'r>(
        &self,
        writer: &mut DocumentWriter,
        records: impl Iterator<Item = &'r Record>,
    ) -> Result<()> {
        let sought = records.flat_map(|record| &record.document_digests).copied();
        let mut sought: Vec<Digest> =
            sought.filter(|digest| writer.of(*digest).is_none() && writer.filed.may_hold(digest.0)).collect();
        sought.sort_unstable_by_key(|digest| (digest.0, digest.1));
        sought.dedup();
        for some in sought.chunks(LOOKED_UP) {
            for (digest, id) in self.find_documents(some)? {
                writer.remember(digest, id);
            }
        }
        writer.looked_up = true;
        Ok(())
    }

    /// The row of the document; inserts it if the workspace does not have it.
    pub(super) fn keep_document(
        &self,
        writer: &mut DocumentWriter,
        insert: &mut dyn Load,
        document: &Document,
        digest: Digest,
    ) -> Result<i64> {
        if let Some(id) = writer.of(digest) {
            return Ok(id);
        }
        let may_be_there = !writer.looked_up && writer.filed.may_hold(digest.0);
        let found = if may_be_there { self.find_document(digest)? } else { None };
        let id = match found {
            Some(id) => id,
            None => insert_document(writer, insert, document, digest)?,
        };
        writer.remember(digest, id);
        Ok(id)
    }

    /// Two documents may share the first half of their digests: the later one is not
    /// found again and would be stored twice, which costs room and nothing else.
    fn file_digests(&self, digests: &[(i64, i64)]) -> Result<()> {
        let row = |place: usize| format!("(?{}, ?{})", 2 * place + 1, 2 * place + 2);
        let rows: Vec<String> = (0..digests.len()).map(row).collect();
        let sql = format!(
            "INSERT INTO document_hash (hash_a, document_id) VALUES {} ON CONFLICT (hash_a) DO NOTHING",
            rows.join(", ")
        );
        let values: Vec<Param> = digests.iter().flat_map(|&(hash, id)| [hash.into(), id.into()]).collect();
        self.execute(&sql, &values).map(drop)
    }
}

/// A document from its title, text, url, id at its source, and time.
pub(super) fn document(row: &dyn Row) -> Result<Document> {
    Ok(Document {
        title: row.opt_string(0)?,
        text: row.string(1)?,
        url: row.opt_string(2)?,
        id: row.opt_string(3)?,
        updated_at: row.int(4)?,
    })
}

fn gone(id: i64) -> StoreError {
    StoreError::Damaged(format!("the context document {id} is gone"))
}

fn insert_document(
    writer: &mut DocumentWriter,
    insert: &mut dyn Load,
    document: &Document,
    digest: Digest,
) -> Result<i64> {
    let id = writer.next;
    insert.add_new(params![
        id,
        digest.0,
        digest.1,
        document.title.as_deref(),
        &document.text,
        document.url.as_deref(),
        document.id.as_deref(),
        document.updated_at,
    ])?;
    writer.next += 1;
    writer.unfiled.push((digest.0, id));
    Ok(id)
}
