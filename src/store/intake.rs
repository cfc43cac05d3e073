//! Taking items in: many rows a transaction, context documents once each.

use super::documents::{self, Keeper};
use super::engine::{Load, Lock, Param, params};
use super::events::{EventKind, Subject};
use super::imagined::Imagined;
use super::view::{Queue, Seq};
use super::{Result, Store, StoreError};
use crate::domain::digest::Digest;
use crate::domain::item::Content;
use crate::domain::time::UtcMillis;
use crate::import::Record;
use serde_json::json;
use std::collections::HashMap;

/// On which terms a file comes in.
#[derive(Debug, Clone, Copy, Default)]
pub struct Terms {
    /// Replace items whose content changed and on which no decision rests.
    pub update: bool,
    /// Only tell what would become of each record.
    pub dry_run: bool,
}

/// One file on its way into a queue.
pub struct Intake {
    queue: i64,
    import: i64,
    actor: String,
    terms: Terms,
    /// In a dry run, what the workspace would have by now.
    imagined: Imagined,
    /// The next free row number, within the present transaction.
    next_item: Seq,
    documents: Keeper,
    seen: Seen,
}

/// The rows that new items take, within a transaction.
struct Inserts<'s> {
    item: Box<dyn Load + 's>,
    text: Box<dyn Load + 's>,
    document: Box<dyn Load + 's>,
    /// The items that the queue has of those that come in, where inserting them does not
    /// tell.
    known: Option<Known>,
}

/// By its id, an item's row number and digest.
type Known = HashMap<String, (Seq, Digest)>;

impl Inserts<'_> {
    /// An item's text refers to its row.
    fn flush(&mut self) -> Result<()> {
        self.document.flush()?;
        self.item.flush()?;
        self.text.flush()
    }
}

/// From the fifth on they are [`item_values`].
const ITEM_COLUMNS: [&str; 4 + ITEM_VALUES] = [
    "seq",
    "queue_id",
    "id",
    "import_id",
    "hash_a",
    "hash_b",
    "case_id",
    "attempt",
    "rank",
    "model",
    "prompt_version",
    "latency_ms",
    "cost_usd",
    "tokens_in",
    "tokens_out",
    "created_at",
    "tags",
];

/// From `?2` on it takes [`item_values`].
const REPLACE_ITEM: &str = "UPDATE item SET hash_a = ?2, hash_b = ?3, case_id = ?4, attempt = ?5, rank = ?6,
        model = ?7, prompt_version = ?8, latency_ms = ?9, cost_usd = ?10, tokens_in = ?11, tokens_out = ?12,
        created_at = ?13, tags = ?14
    WHERE seq = ?1";

const TEXT_COLUMNS: [&str; 9] =
    ["seq", "input_kind", "input", "output_kind", "output", "reference_kind", "reference", "context", "meta"];

/// Ids that one statement looks up.
const LOOKED_UP: usize = 500;

/// Why the second of two records with one id stays out.
pub(super) const TWICE: &str = "this id occurs earlier in the same file";

/// What became of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    New,
    Unchanged,
    Updated,
    /// It stays out, for this reason.
    Refused(String),
}

impl Taken {
    pub(super) fn other_content() -> Self {
        Taken::Refused("the queue has this id with other content; --update replaces it".into())
    }
}

impl Intake {
    /// Goes on from the files before this one, whose items a dry run left out.
    pub fn after(self, before: Imagined) -> Self {
        Self { imagined: before.next_file(), ..self }
    }
}

impl Store {
    /// Begins an import; it stands in the log from here on.
    pub fn begin_intake(
        &self,
        queue: &Queue,
        source: &str,
        terms: Terms,
        actor: &str,
        now: UtcMillis,
    ) -> Result<Intake> {
        let (import, documents) = match terms.dry_run {
            true => (0, Keeper::idle()),
            false => (self.log_import(queue, source, actor, now)?, self.document_keeper()?),
        };
        Ok(Intake {
            queue: queue.id,
            import,
            actor: actor.into(),
            terms,
            imagined: Imagined::default(),
            next_item: 0,
            documents,
            seen: Seen::default(),
        })
    }

    fn log_import(&self, queue: &Queue, source: &str, actor: &str, now: UtcMillis) -> Result<i64> {
        self.engine.bulk(true)?;
        self.write(|| {
            let sql =
                "INSERT INTO import (queue_id, source, started_at, started_by) VALUES (?1, ?2, ?3, ?4) RETURNING id";
            let import = self.number(sql, params![queue.id, source, now, actor])?;
            let subject = Subject { queue: queue.id, item: None, actor, now };
            self.log(subject, EventKind::ImportStarted, &json!({ "import": import, "source": source }))?;
            Ok(import)
        })
    }

    /// Takes records in, in one transaction; gives what became of each, in order.
    /// When this returns, a killed program loses none of them; [`Store::end_intake`]
    /// puts them on disk for good.
    pub fn take_in<'r>(
        &self,
        intake: &mut Intake,
        records: impl Iterator<Item = &'r Record> + Clone,
        now: UtcMillis,
    ) -> Result<Vec<Taken>> {
        if intake.terms.dry_run {
            return records.map(|record| self.imagine(intake, record)).collect();
        }
        let outcome = self.write_once(|| {
            self.engine.lock(Lock::Import)?;
            intake.next_item = self.number("SELECT COALESCE(MAX(seq), 0) + 1 FROM item", &[])?;
            self.begin_documents(&mut intake.documents)?;
            let mut inserts = self.inserts(intake.queue, records.clone())?;
            let taken = records.map(|record| self.take(intake, &mut inserts, record, now));
            let taken = taken.collect::<Result<Vec<_>>>()?;
            inserts.flush()?;
            let new = taken.iter().filter(|taken| **taken == Taken::New).count() as i64;
            self.execute("UPDATE queue SET items = items + ?2 WHERE id = ?1", params![intake.queue, new])?;
            Ok(taken)
        });
        match &outcome {
            Ok(_) => self.spill_documents(&mut intake.documents)?,
            Err(_) => intake.documents.forget_transaction(),
        }
        outcome
    }

    /// Ends an import with its counts. When this returns, all of it is on disk. What it
    /// gives is for [`Intake::after`].
    pub fn end_intake(&self, mut intake: Intake, counts: &serde_json::Value, now: UtcMillis) -> Result<Imagined> {
        if intake.terms.dry_run {
            return Ok(intake.imagined);
        }
        self.file_documents(&mut intake.documents)?;
        self.engine.bulk(false)?;
        let subject = Subject { queue: intake.queue, item: None, actor: &intake.actor, now };
        let data = json!({ "import": intake.import, "counts": counts });
        self.write(|| self.log(subject, EventKind::ImportFinished, &data))?;
        Ok(intake.imagined)
    }

    fn inserts<'r>(&self, queue: i64, records: impl Iterator<Item = &'r Record>) -> Result<Inserts<'_>> {
        let known = match self.engine.tells_twins() {
            true => None,
            false => Some(self.known(queue, &records.map(|record| record.item.id.as_str()).collect::<Vec<_>>())?),
        };
        Ok(Inserts {
            item: self.engine.load("item", &ITEM_COLUMNS)?,
            text: self.engine.load("item_text", &TEXT_COLUMNS)?,
            document: self.engine.load("document", &documents::COLUMNS)?,
            known,
        })
    }

    /// Which of the ids the queue has. Each is looked up by itself: a database that has
    /// planned for a list while the table was small goes on to read all of it.
    fn known(&self, queue: i64, ids: &[&str]) -> Result<Known> {
        let rows: Vec<String> = (0..LOOKED_UP).map(|place| format!("(CAST(?{} AS TEXT))", place + 2)).collect();
        let found = |column: &str| {
            format!("(SELECT i.{column} FROM item i WHERE i.queue_id = ?1 AND i.id = v.column1) AS {column}")
        };
        let sql = format!(
            "SELECT column1, seq, hash_a, hash_b FROM (SELECT v.column1, {}, {}, {} FROM (VALUES {}) v) w
             WHERE seq IS NOT NULL",
            found("seq"),
            found("hash_a"),
            found("hash_b"),
            rows.join(", ")
        );
        let mut known = Known::new();
        for some in ids.chunks(LOOKED_UP) {
            let mut values = params![queue].to_vec();
            values.extend(some.iter().map(|id| Param::Text(id)));
            values.resize(1 + LOOKED_UP, Param::Null);
            self.engine.query(&sql, &values, &mut |row| {
                let digest = Digest(row.need_int(2)?, row.need_int(3)?);
                known.insert(row.string(0)?, (row.need_int(1)?, digest));
                Ok(())
            })?;
        }
        Ok(known)
    }

    fn take(&self, intake: &mut Intake, inserts: &mut Inserts, record: &Record, now: UtcMillis) -> Result<Taken> {
        let seq = intake.next_item;
        if insert_item(intake, inserts, seq, record)? {
            intake.next_item += 1;
            intake.seen.insert(seq);
            self.insert_text(intake, inserts, seq, record)?;
            return Ok(Taken::New);
        }
        let met = self.meet(intake, record, inserts.known.as_ref())?;
        let (seq, taken) = met.ok_or_else(|| StoreError::Damaged(format!("the item {} is gone", record.item.id)))?;
        if taken == Taken::Updated {
            self.replace(intake, inserts, seq, record, now)?;
        }
        Ok(taken)
    }

    /// What would become of a record.
    fn imagine(&self, intake: &mut Intake, record: &Record) -> Result<Taken> {
        if let Some(taken) = intake.imagined.meet(record, intake.terms) {
            return Ok(taken);
        }
        let taken = self.meet(intake, record, None)?.map_or(Taken::New, |(_, taken)| taken);
        if matches!(taken, Taken::New | Taken::Updated) {
            intake.imagined.remember(record);
        }
        Ok(taken)
    }

    /// What becomes of a record whose id the queue has already, and that item's row;
    /// `None` when it does not have it.
    fn meet(&self, intake: &mut Intake, record: &Record, known: Option<&Known>) -> Result<Option<(Seq, Taken)>> {
        let found = match known {
            Some(known) => known.get(&record.item.id).copied(),
            None => self.find_item(intake.queue, &record.item.id)?,
        };
        let Some((seq, digest)) = found else { return Ok(None) };
        let taken = if !intake.seen.insert(seq) {
            Taken::Refused(TWICE.into())
        } else if digest == record.digest {
            Taken::Unchanged
        } else if !intake.terms.update {
            Taken::other_content()
        } else if self.is_decided(seq)? {
            Taken::Refused("the queue has this id with other content, and a decision rests on it".into())
        } else if self.golden(seq)?.is_some() {
            Taken::Refused("the queue has this id with other content, and it is a golden example".into())
        } else {
            Taken::Updated
        };
        Ok(Some((seq, taken)))
    }

    pub(super) fn find_item(&self, queue: i64, id: &str) -> Result<Option<(Seq, Digest)>> {
        let sql = "SELECT seq, hash_a, hash_b FROM item WHERE queue_id = ?1 AND id = ?2";
        self.first(sql, params![queue, id], |row| Ok((row.need_int(0)?, Digest(row.need_int(1)?, row.need_int(2)?))))
    }

    fn is_decided(&self, seq: Seq) -> Result<bool> {
        let sql = "SELECT COUNT(*) FROM decision WHERE item_seq = ?1 AND standing = 1";
        Ok(self.number(sql, params![seq])? > 0)
    }

    fn insert_text(&self, intake: &mut Intake, inserts: &mut Inserts, seq: Seq, record: &Record) -> Result<()> {
        let context = self.keep_documents(intake, inserts, record)?;
        let item = &record.item;
        let (reference_kind, reference) = parts(item.reference.as_ref());
        let values = params![
            seq,
            item.input.kind.code(),
            &item.input.text,
            item.output.kind.code(),
            &item.output.text,
            reference_kind,
            reference,
            context.as_deref(),
            item.meta.as_deref(),
        ];
        inserts.text.add_new(values)
    }

    fn replace(
        &self,
        intake: &mut Intake,
        inserts: &mut Inserts,
        seq: Seq,
        record: &Record,
        now: UtcMillis,
    ) -> Result<()> {
        let tags = tags(&record.item);
        let values = [params![seq].as_slice(), &item_values(record, tags.as_deref())].concat();
        self.execute(REPLACE_ITEM, &values)?;
        self.forget_texts(seq)?;
        self.forget_grounding(seq)?;
        self.execute("DELETE FROM item_text WHERE seq = ?1", params![seq])?;
        self.insert_text(intake, inserts, seq, record)?;
        // Whoever has it open has the old content before them, and must look again.
        self.execute("DELETE FROM claim WHERE item_seq = ?1", params![seq])?;
        let subject = Subject { queue: intake.queue, item: Some(seq), actor: &intake.actor, now };
        self.log(subject, EventKind::ItemUpdated, &json!({ "import": intake.import }))
    }

    /// The JSON list of the ids of the record's documents, each stored once.
    fn keep_documents(&self, intake: &mut Intake, inserts: &mut Inserts, record: &Record) -> Result<Option<String>> {
        if record.item.context.is_empty() {
            return Ok(None);
        }
        let documents = record.item.context.iter().zip(&record.document_digests);
        let mut ids = String::from("[");
        for (document, digest) in documents {
            let id = self.keep_document(&mut intake.documents, &mut *inserts.document, document, *digest)?;
            let comma = if ids.len() > 1 { "," } else { "" };
            ids.push_str(comma);
            ids.push_str(&id.to_string());
        }
        ids.push(']');
        Ok(Some(ids))
    }
}

/// `false` when the queue has the id already.
fn insert_item(intake: &Intake, inserts: &mut Inserts, seq: Seq, record: &Record) -> Result<bool> {
    if let Some(known) = &mut inserts.known {
        if known.contains_key(&record.item.id) {
            return Ok(false);
        }
        known.insert(record.item.id.clone(), (seq, record.digest));
    }
    let tags = tags(&record.item);
    let mut values = [Param::Null; 4 + ITEM_VALUES];
    values[..4].copy_from_slice(params![seq, intake.queue, &record.item.id, intake.import]);
    values[4..].copy_from_slice(&item_values(record, tags.as_deref()));
    inserts.item.add(&values)
}

const ITEM_VALUES: usize = 13;

/// What an item's row holds of its content, in the order of the statements.
fn item_values<'r>(Record { item, digest, .. }: &'r Record, tags: Option<&'r str>) -> [Param<'r>; ITEM_VALUES] {
    *params![
        digest.0,
        digest.1,
        item.case.as_deref(),
        item.attempt,
        -item.priority,
        item.model.as_deref(),
        item.prompt_version.as_deref(),
        item.latency_ms,
        item.cost_usd,
        item.tokens_in,
        item.tokens_out,
        item.created_at,
        tags,
    ]
}

fn tags(item: &crate::domain::item::Item) -> Option<String> {
    (!item.tags.is_empty()).then(|| serde_json::to_string(&item.tags).unwrap_or_default()) // texts: it cannot fail
}

fn parts(content: Option<&Content>) -> (Option<&str>, Option<&str>) {
    content.map(|c| (c.kind.code(), c.text.as_str())).unzip()
}

/// Which rows the present file has met: a bit a row, so that 10 million take 1.2 MB.
#[derive(Default)]
struct Seen {
    words: Vec<u64>,
}

impl Seen {
    /// `false` when the row was in already.
    fn insert(&mut self, seq: Seq) -> bool {
        let (word, bit) = ((seq / 64) as usize, 1 << (seq % 64));
        if word >= self.words.len() {
            self.words.resize(word + 1, 0);
        }
        let fresh = self.words[word] & bit == 0;
        self.words[word] |= bit;
        fresh
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seen_tells_the_second_time() {
        let mut seen = Seen::default();
        assert!(seen.insert(1) && seen.insert(64) && seen.insert(1_000_000));
        assert!(!seen.insert(64) && !seen.insert(1_000_000));
        assert!(seen.insert(65));
    }
}
