//! The rows of a table of items: a window at a time, read by key.

use super::decisions::{OF_RECORD, own_standing};
use super::engine::{Row, params};
use super::{Result, Store, columns, decisions, stage};
use crate::domain::decision::{Decision, Verdict};
use crate::domain::item::{Item, Seq};
use crate::domain::record::{Cell, DECISION, ITEM, RecordField, STANDING};
use crate::domain::stage::Standing;
use crate::domain::time::UtcMillis;
use std::sync::LazyLock;

/// Characters of an output that a row shows at most.
const WORDS: usize = 240;

/// An output longer than this is not read whole for its first words.
const LONG: i64 = 64 * 1024;

/// A row of a table of items. It includes other reviewers' decisions of record: to open the table
/// is to choose to see them, but for opinions that are kept from the reviewer.
#[derive(Debug, Clone, PartialEq)]
pub struct BrowseRow {
    pub seq: Seq,
    /// The item without its large fields, which have a row of their own.
    pub item: Item,
    pub standing: Standing,
    /// The decision of record, without its correction; of one that is kept from the reviewer, what
    /// it asks.
    pub decision: Option<Decision>,
    /// The decision of record has a correction.
    pub is_corrected: bool,
    pub imported_at: UtcMillis,
    /// The beginning of the output, in one line.
    pub first_words: String,
    /// Bytes of it that are a salutation, which tells outputs not apart.
    pub salutation: usize,
    /// The reviewer who has claimed the item now.
    pub claimed_by: Option<String>,
    /// The reviewer has deferred it.
    pub deferred: bool,
    /// A decision of the reviewer's own stands on it, whether it is the one of record or not.
    pub is_mine: bool,
}

impl BrowseRow {
    /// The verdict of record.
    pub fn verdict(&self) -> Option<Verdict> {
        self.decision.as_ref().map(|decision| decision.judgement.verdict)
    }

    /// The beginning of the output behind its salutation.
    pub fn beginning(&self) -> &str {
        self.first_words.get(self.salutation..).unwrap_or_default().trim_start()
    }

    /// The value of a field of the item, or of its decision of record.
    pub fn cell(&self, field: RecordField) -> Cell<'_> {
        match field {
            RecordField::Item(of) => of.own(&self.item),
            RecordField::Standing(of) => of.own(&self.standing),
            RecordField::Decision(of) => self.decision.as_ref().map_or(Cell::Null, |decision| of.own(decision)),
        }
    }
}

/// SQL that reads a [`BrowseRow`]: what no record has, then the narrow fields of both, then the
/// decision's number, and whether `kept` is true of it.
fn select(kept: &str) -> String {
    let item = columns::narrow(ITEM).flat_map(columns::of).map(|name| format!(", i.{name}"));
    let decision = columns::narrow(DECISION).flat_map(columns::of).map(|name| format!(", d.{name}"));
    let standing = STANDING.iter().map(|field| format!(", {}", columns::standing_sql(field)));
    let (item, decision, standing): (String, String, String) = (item.collect(), decision.collect(), standing.collect());
    format!(
        "SELECT i.seq, m.started_at, CASE WHEN octet_length(t.output) <= ?4 THEN substr(t.output, 1, ?5) END,
            {},
            (SELECT COUNT(*) FROM deferral f WHERE f.item_seq = i.seq AND f.reviewer = ?2),
            CASE WHEN d.correction_kind IS NULL OR {kept} THEN 0 ELSE 1 END,
            (SELECT COUNT(*) FROM decision own WHERE {}){item}, d.body{decision}, d.seq,
            CASE WHEN {kept} THEN 1 ELSE 0 END{standing}
        FROM item i JOIN item_text t ON t.seq = i.seq JOIN import m ON m.id = i.import_id
        LEFT JOIN decision d ON {OF_RECORD} WHERE i.seq = ?1",
        stage::claimed_by("i", "?3"),
        own_standing("own", "i.seq", "?2")
    )
}

/// The first column of the item's fields.
const ITEM_AT: usize = 7;

/// The first column of the decision, which is its body.
static DECISION_AT: LazyLock<usize> = LazyLock::new(|| ITEM_AT + columns::narrow(ITEM).flat_map(columns::of).count());

/// The column of the decision's number.
static DECISION_SEQ: LazyLock<usize> =
    LazyLock::new(|| *DECISION_AT + 1 + columns::narrow(DECISION).flat_map(columns::of).count());

impl Store {
    /// The rows of these items, in the same order; what is gone or cannot be read is left out. The
    /// reviewer tells what is deferred.
    pub fn browse(&self, seqs: &[Seq], reviewer: &str, now: UtcMillis) -> Result<Vec<BrowseRow>> {
        let values: Vec<_> = seqs.iter().map(|seq| params![*seq, reviewer, now, LONG, WORDS as i64].to_vec()).collect();
        let found = self.first_of_each(&select(&self.is_kept("d", "?2")), &values, |row| self.browse_row(row))?;
        let with_words = |(mut row, is_long): (BrowseRow, bool)| {
            if is_long {
                let head = self.engine.head("item_text", "output", row.seq, 4 * WORDS)?;
                (row.first_words, row.salutation) = (first_words(&head), salutation(&head));
            }
            Ok(row)
        };
        found.into_iter().flatten().flatten().map(with_words).collect()
    }

    /// The row, and whether its output is too long to be read whole; `None` where the item or its
    /// decision cannot be read.
    fn browse_row(&self, row: &dyn Row) -> Result<Option<(BrowseRow, bool)>> {
        let decision = match row.int(*DECISION_SEQ)? {
            None => None,
            Some(seq) => {
                let read = decisions::read(columns::narrow(DECISION), row, *DECISION_AT);
                let Some(decision) = self.readable("decision", &seq, read)? else { return Ok(None) };
                Some(if row.need_int(*DECISION_SEQ + 1)? == 1 { decision.what_is_asked() } else { decision })
            }
        };
        self.readable("item", &row.need_int(0)?, browse_row(row, decision))
    }
}

fn browse_row(row: &dyn Row, decision: Option<Decision>) -> Result<(BrowseRow, bool)> {
    let mut item = Item::default();
    columns::read(columns::narrow(ITEM), row, ITEM_AT, &mut item)?;
    let mut standing = Standing::default();
    columns::read(STANDING, row, *DECISION_SEQ + 2, &mut standing)?;
    let words = row.text(2)?;
    let row = BrowseRow {
        seq: row.need_int(0)?,
        item,
        standing,
        decision,
        imported_at: row.need_int(1)?,
        first_words: words.map(first_words).unwrap_or_default(),
        salutation: words.map_or(0, salutation),
        claimed_by: row.opt_string(3)?,
        deferred: row.need_int(4)? > 0,
        is_corrected: row.need_int(5)? == 1,
        is_mine: row.need_int(6)? > 0,
    };
    Ok((row, words.is_none()))
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

/// Characters of a salutation, at most.
const SALUTATION: usize = 48;

/// Bytes that a salutation takes in the first words: a short first line that ends with a comma or
/// an exclamation mark, before more.
fn salutation(text: &str) -> usize {
    let Some((first, rest)) = text.trim_start().split_once('\n') else { return 0 };
    let is_short = first.chars().count() <= SALUTATION;
    let is_salutation = is_short && first.trim_end().ends_with([',', '!', '，', '、', '！']);
    if is_salutation && !rest.trim().is_empty() { first_words(first).len() } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_salutation_says_nothing_of_an_output() {
        let beginning = |text: &str| first_words(text)[salutation(text)..].trim_start().to_owned();
        assert_eq!(beginning("Dear Mr Fenwick,\n\nAfter five\nworking days"), "After five working days");
        assert_eq!(beginning("Hi  there!\n\nThanks"), "Thanks");
        for whole in ["Dear Mr Fenwick,", "{\n \"a\": 1 }", "Yes.\nIt is, in part.", "Dear Sir, no line ends here"] {
            assert_eq!(beginning(whole), first_words(whole));
        }
    }
}
