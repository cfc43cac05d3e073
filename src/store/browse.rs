//! The rows of a table of items: a window at a time, read by key.

use super::drafts::from_json;
use super::engine::{Row, params};
use super::items::{tags, verdict};
use super::{Result, Store};
use crate::domain::decision::Verdict;
use crate::domain::item::Seq;
use crate::domain::time::UtcMillis;

/// Characters of an output that a row shows at most.
const WORDS: usize = 240;

/// An output longer than this is not read whole for its first words.
const LONG: i64 = 64 * 1024;

/// A row of a table of items. What others decided is in it: whoever browses has chosen
/// to see it.
#[derive(Debug, Clone, PartialEq)]
pub struct BrowseRow {
    pub seq: Seq,
    pub id: String,
    pub case: Option<String>,
    pub attempt: i64,
    /// The verdict of record, with what its decision says.
    pub verdict: Option<Verdict>,
    pub categories: Vec<String>,
    pub reviewer: Option<String>,
    pub decided_at: Option<UtcMillis>,
    pub model: Option<String>,
    pub prompt_version: Option<String>,
    pub created_at: Option<UtcMillis>,
    pub imported_at: UtcMillis,
    pub latency_ms: Option<f64>,
    pub cost_usd: Option<f64>,
    pub priority: i64,
    pub tags: Vec<String>,
    /// The beginning of the output, in one line.
    pub first_words: String,
    /// Who has claimed it now.
    pub claimed_by: Option<String>,
    /// The reviewer has deferred it.
    pub deferred: bool,
}

impl Store {
    /// The rows of these items, in the same order; what is gone is left out. The
    /// reviewer tells what is deferred.
    pub fn browse(&self, seqs: &[Seq], reviewer: &str, now: UtcMillis) -> Result<Vec<BrowseRow>> {
        let sql = "SELECT i.seq, i.id, i.verdict, d.body, i.model, i.prompt_version, d.reviewer, i.created_at,
                m.started_at, d.decided_at, i.latency_ms, i.cost_usd, i.rank, i.tags, i.case_id, i.attempt,
                CASE WHEN octet_length(t.output) <= ?4 THEN substr(t.output, 1, ?5) END,
                (SELECT c.reviewer FROM claim c WHERE c.item_seq = i.seq AND c.expires_at > ?3),
                (SELECT COUNT(*) FROM deferral f WHERE f.item_seq = i.seq AND f.reviewer = ?2)
            FROM item i JOIN item_text t ON t.seq = i.seq JOIN import m ON m.id = i.import_id
            LEFT JOIN decision d ON d.seq = i.decision_seq WHERE i.seq = ?1";
        let values: Vec<_> = seqs.iter().map(|seq| params![*seq, reviewer, now, LONG, WORDS as i64].to_vec()).collect();
        let found = self.first_of_each(sql, &values, |row| Ok((browse_row(row)?, row.text(16)?.is_none())))?;
        let with_words = |(mut row, is_long): (BrowseRow, bool)| {
            if is_long {
                row.first_words = first_words(&self.engine.head("item_text", "output", row.seq, 4 * WORDS)?);
            }
            Ok(row)
        };
        found.into_iter().flatten().map(with_words).collect()
    }
}

fn browse_row(row: &dyn Row) -> Result<BrowseRow> {
    Ok(BrowseRow {
        seq: row.need_int(0)?,
        id: row.string(1)?,
        verdict: verdict(row, 2)?,
        categories: row.text(3)?.map(from_json).transpose()?.map(|draft| draft.categories).unwrap_or_default(),
        model: row.opt_string(4)?,
        prompt_version: row.opt_string(5)?,
        reviewer: row.opt_string(6)?,
        created_at: row.int(7)?,
        imported_at: row.need_int(8)?,
        decided_at: row.int(9)?,
        latency_ms: row.real(10)?,
        cost_usd: row.real(11)?,
        priority: -row.need_int(12)?,
        tags: tags(row, 13)?,
        case: row.opt_string(14)?,
        attempt: row.need_int(15)?,
        first_words: row.text(16)?.map(first_words).unwrap_or_default(),
        claimed_by: row.opt_string(17)?,
        deferred: row.need_int(18)? > 0,
    })
}

/// The beginning of a text in one line.
fn first_words(text: &str) -> String {
    let mut words = String::new();
    for word in text.split_whitespace() {
        if !words.is_empty() {
            words.push(' ');
        }
        words.push_str(word);
    }
    match words.char_indices().nth(WORDS) {
        Some((end, _)) => words[..end].to_owned(),
        None => words,
    }
}
