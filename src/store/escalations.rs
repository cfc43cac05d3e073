//! Escalations as rows: what was asked, and the answer with which it came back.

use super::Result;
use super::engine::Row;
use crate::domain::decision::{Escalation, Returned};

/// The columns that [`escalation`] reads, of the row `e`, and how many they are.
pub(super) const COLUMNS: &str =
    "e.asked_by, e.asked_at, e.due_at, e.route, e.reason, e.returned_at, e.returned_by, e.answer";
pub(super) const WIDTH: usize = 8;

/// SQL: the question `e` of the queue came back to the reviewer.
pub(super) fn returned_to(e: &str, queue: &str, reviewer: &str) -> String {
    format!("{e}.queue_id = {queue} AND {e}.asked_by = {reviewer} AND {e}.returned_at IS NOT NULL")
}

/// An escalation from [`COLUMNS`], which start at column `at`.
pub(super) fn escalation(row: &dyn Row, at: usize) -> Result<Escalation> {
    let returned = row.int(at + 5)?.map(|returned_at| {
        let (by, note) = (row.opt_string(at + 6)?, row.opt_string(at + 7)?);
        Ok(Returned { by: by.unwrap_or_default(), at: returned_at, note: note.unwrap_or_default() })
    });
    Ok(Escalation {
        by: row.string(at)?,
        at: row.need_int(at + 1)?,
        due_at: row.int(at + 2)?,
        route: row.opt_string(at + 3)?.filter(|route| !route.is_empty()),
        reason: row.string(at + 4)?,
        returned: returned.transpose()?,
    })
}
