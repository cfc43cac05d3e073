//! Precedent: how items like this one were decided.
//!
//! Decided items are indexed once more, in a part of their own, so that a look-up does not
//! depend on how many are undecided. Candidates are those that share distinctive words,
//! or a band of the fingerprint; what comes out is measured on the texts themselves.

use super::checks::BY_PERSON;
use super::decisions::OF_RECORD;
use super::drafts::from_json;
use super::engine::{IndexKind, IndexWriter, Param, Row, params};
use super::search::legible;
use super::transaction::Tx;
use super::{Result, Store, StoreError};
use crate::analysis::fingerprint::{Fingerprint, NEAR_DUPLICATE, distinctive};
use crate::domain::decision::Verdict;
use crate::domain::filter::Phrase;
use crate::domain::item::Seq;
use crate::domain::queue::{Actor, Queue};
use crate::domain::time::UtcMillis;
use std::collections::HashMap;

/// Words that are looked up, and how many items of each, the newest first.
const WORDS: usize = 48;
const OF_A_WORD: usize = 64;

/// Items that share a band of the fingerprint.
const OF_A_BAND: i64 = 32;

/// Candidates whose texts are read and compared.
const COMPARED: usize = 48;

/// What has less in common is no precedent.
const LEAST: f64 = 0.1;

/// Characters of a text that are compared.
const COMPARED_CHARS: i64 = 20_000;
const COMPARED_TEXT: &str =
    "SELECT input_kind, SUBSTR(input, 1, ?2), output_kind, SUBSTR(output, 1, ?2) FROM item_text WHERE seq = ?1";

/// A decided item that is like another.
#[derive(Debug, Clone, PartialEq)]
pub struct Precedent {
    pub seq: Seq,
    pub id: String,
    /// Similarity from 0 to 1: the words and pairs of words that both texts have, of all that
    /// they have.
    pub similarity: f64,
    /// Whether the texts are equal but for details.
    pub is_near_duplicate: bool,
    /// Verdict of record.
    pub verdict: Verdict,
    pub categories: Vec<String>,
    pub note: String,
    pub reviewer: String,
    pub decided_at: UtcMillis,
}

impl Store {
    /// The decided items of the queue that are most like the item, by input and output, as the
    /// reviewer may see them.
    pub fn precedents(&self, Actor { queue, reviewer, .. }: Actor, item: Seq, limit: usize) -> Result<Vec<Precedent>> {
        let text =
            self.compared_text(item)?.ok_or_else(|| StoreError::Damaged(format!("the item row {item} is gone")))?;
        let fingerprint = Fingerprint::of(&text);
        let decided = self.decided_items(queue, reviewer, &self.candidates(&text, &fingerprint, item)?)?;
        let values: Vec<_> = decided.iter().map(|precedent| compared(precedent.seq)).collect();
        let texts = self.first_of_each(COMPARED_TEXT, &values, |row| Ok(compared_text(row).ok()))?; // `rows` of doctor tells
        let measured = |(precedent, text): (Precedent, Option<Option<String>>)| {
            let similarity = fingerprint.similarity(&Fingerprint::of(&text??));
            Some(Precedent { similarity, is_near_duplicate: similarity >= NEAR_DUPLICATE, ..precedent })
        };
        let mut found: Vec<_> = decided.into_iter().zip(texts).filter_map(measured).collect();
        found.retain(|precedent| precedent.similarity >= LEAST);
        found.sort_by(|a, b| b.similarity.total_cmp(&a.similarity).then(b.decided_at.cmp(&a.decided_at)));
        found.truncate(limit);
        Ok(found)
    }

    /// Items that have much in common with the text, the best first. A word counts the
    /// more, the fewer items have it: how close together the newest ones stand tells.
    fn candidates(&self, text: &str, fingerprint: &Fingerprint, item: Seq) -> Result<Vec<Seq>> {
        let mut scores: HashMap<Seq, f64> = HashMap::new();
        let words = distinctive(text, WORDS).into_iter();
        let patterns: Vec<_> =
            words.filter_map(|word| self.engine.pattern(&Phrase { text: word, open: false })).collect();
        for seqs in self.engine.decided_with(&patterns, OF_A_WORD)? {
            let weight = rarity(&seqs);
            seqs.into_iter().for_each(|seq| *scores.entry(seq).or_default() += weight);
        }
        let sql = "SELECT item_seq FROM fingerprint WHERE band = ?1 ORDER BY item_seq DESC LIMIT ?2";
        let bands = fingerprint.bands().map(|band| params![band, OF_A_BAND].to_vec());
        self.engine.query_each(sql, &bands, &mut |_, row| {
            *scores.entry(row.need_int(0)?).or_default() += rarity(&[]);
            Ok(())
        })?;
        scores.remove(&item);
        let mut ranked: Vec<_> = scores.into_iter().collect();
        ranked.sort_by(|(a, one), (b, other)| other.total_cmp(one).then(b.cmp(a)));
        Ok(ranked.into_iter().take(COMPARED).map(|(seq, _)| seq).collect())
    }

    /// Those of the items that are decided and of the queue.
    fn decided_items(&self, queue: &Queue, reviewer: &str, seqs: &[Seq]) -> Result<Vec<Precedent>> {
        let sql = format!(
            "SELECT i.seq, i.id, d.verdict, d.body, d.reviewer, d.decided_at, d.seq,
                CASE WHEN {} THEN 1 ELSE 0 END FROM item i
             JOIN decision d ON {OF_RECORD} AND {BY_PERSON} WHERE i.seq = ?1 AND i.queue_id + 0 = ?2",
            self.is_kept("d", "?3")
        );
        let values: Vec<_> = seqs.iter().map(|seq| params![*seq, queue.id, reviewer].to_vec()).collect();
        let readable = |row: &dyn Row| self.readable("decision", &row.need_int(6)?, precedent(row));
        Ok(self.first_of_each(&sql, &values, readable)?.into_iter().flatten().flatten().collect())
    }

    fn compared_text(&self, item: Seq) -> Result<Option<String>> {
        let text =
            self.first(COMPARED_TEXT, &compared(item), |row| self.readable("item", &item, compared_text(row)))?;
        Ok(text.flatten())
    }
}

impl Tx<'_> {
    /// Indexes a decided item for [`Store::precedents`].
    pub(super) fn index_precedent(&self, writer: &mut dyn IndexWriter, row: &dyn Row, column: usize) -> Result<()> {
        let seq = row.need_int(column)?;
        let Some(text) = self.compared_text(seq)? else { return Ok(()) };
        writer.add(IndexKind::Decided, seq, &[&text])?;
        let sql = "INSERT INTO fingerprint (band, item_seq) VALUES (?1, ?2) ON CONFLICT (band, item_seq) DO NOTHING";
        for band in Fingerprint::of(&text).bands() {
            self.pipeline(sql, params![band, seq])?;
        }
        Ok(())
    }
}

/// Reads a precedent whose text is not compared yet.
fn precedent(row: &dyn Row) -> Result<Precedent> {
    let draft = from_json(row.need_text(3)?)?;
    let draft = if row.need_int(7)? == 1 { draft.what_is_asked() } else { draft };
    Ok(Precedent {
        seq: row.need_int(0)?,
        id: row.string(1)?,
        similarity: 0.0,
        is_near_duplicate: false,
        verdict: row.need_text(2)?.parse().map_err(StoreError::Damaged)?,
        categories: draft.categories,
        note: draft.note,
        reviewer: row.string(4)?,
        decided_at: row.need_int(5)?,
    })
}

/// The values of [`COMPARED_TEXT`].
fn compared<'p>(item: Seq) -> Vec<Param<'p>> {
    params![item, COMPARED_CHARS].to_vec()
}

fn compared_text(row: &dyn Row) -> Result<String> {
    let input = legible(row.need_text(0)?, row.need_text(1)?);
    Ok(format!("{input}\n{}", legible(row.need_text(2)?, row.need_text(3)?)))
}

/// Rarity of a word, by the distance between the newest items that have it: 1 for a word in
/// every item.
fn rarity(newest: &[Seq]) -> f64 {
    match (newest.first(), newest.last()) {
        (Some(first), Some(last)) if newest.len() == OF_A_WORD => {
            1.0 + ((first - last + 1) as f64 / newest.len() as f64).ln()
        }
        _ => 12.0, // all that there are
    }
}
