//! The apostrophes that an export of karat puts before cells, which are no part of them.

use super::byte_order_mark::without_mark;
use super::columns::Columns;
use super::row::RawRecord;
use crate::domain::record::{DECISION, FieldType, ITEM};
use crate::text::formula::unguarded;

/// Which cells of a file are guarded against being formulas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Guard {
    /// The file is no export of karat: its cells are as they are.
    Foreign,
    /// None: it is an export with `--raw-cells`.
    Raw,
    /// All but ids.
    Texts,
    /// Ids too: an export for a spreadsheet.
    All,
}

/// The first columns of an exported golden set.
const GOLDEN: [&str; 7] = ["id", "case", "input", "context", "output", "verdict", "expected"];

/// Fields of an item that every export has, and begins with.
const FIRST: usize = 17;

impl Guard {
    /// Told by the line of column names, which is the same however the file was saved since:
    /// the first fields of an item and its decision's, or the columns of a golden set. An export
    /// whose cells are raw has quotation marks around the first name alone.
    pub(super) fn of(columns: &Columns, header: &RawRecord, has_mark: bool) -> Self {
        // Fields that came with later versions stand after these, and an older export lacks them.
        let first: Vec<_> = ITEM.iter().take(FIRST).map(|field| field.name).collect();
        let begins = |first: &[&str]| columns.names.get(..first.len()).is_some_and(|found| found == first);
        let is_decided = DECISION.first().is_some_and(|field| columns.names.iter().any(|name| name == field.name));
        let is_export = begins(&first) && is_decided || begins(&GOLDEN);
        let heads = [b"\"id\",case", b"\"id\"\tcase"];
        let is_raw = |bytes: &[u8]| heads.iter().any(|head| without_mark(bytes).starts_with(*head));
        let is_raw = matches!(header, RawRecord::Bytes(bytes) if is_raw(bytes));
        match has_mark {
            _ if !is_export => Guard::Foreign,
            _ if is_raw => Guard::Raw,
            false => Guard::Texts,
            true => Guard::All,
        }
    }

    /// The cell as it was before the export.
    pub(super) fn undone(self, holds: FieldType, cell: &str) -> &str {
        let is_guarded = match self {
            Guard::Foreign | Guard::Raw => false,
            Guard::Texts => !matches!(holds, FieldType::Id | FieldType::Name),
            Guard::All => true,
        };
        unguarded(cell).filter(|_| is_guarded).unwrap_or(cell)
    }
}
