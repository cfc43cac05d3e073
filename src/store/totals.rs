//! What items of a list add up to: how many stand where, and how often each category was given.

use super::decisions::OF_RECORD;
use super::engine::params;
use super::stage::stage_of;
use super::{Result, Store};
use crate::domain::item::Seq;
use crate::domain::stage::Stage;

/// Numbers of some items.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Totals {
    /// Items by where they stand, in the order of [`Stage::ALL`]; no stage without items.
    pub stages: Vec<(Stage, i64)>,
    /// Keys of categories of decisions of record with their numbers, the most frequent first.
    pub categories: Vec<(String, i64)>,
}

impl Store {
    /// The totals of these items, as a reviewer may know them: two statements, whatever their number.
    pub fn totals(&self, items: &[Seq], reviewer: &str) -> Result<Totals> {
        let list = serde_json::to_string(items).unwrap_or_default(); // numbers: it cannot fail
        let found = format!(
            "{} JOIN item i ON i.seq = CAST(e.value AS BIGINT)",
            self.engine.dialect().json_members("?1", None)
        );
        let sql = format!("SELECT i.stage, COUNT(*) FROM {found} GROUP BY i.stage");
        let counted = self.all(&sql, params![&list], |row| Ok((stage_of(row.need_text(0)?).ok(), row.need_int(1)?)))?;
        let number = |stage| counted.iter().find(|(of, _)| *of == Some(stage)).map(|(_, items)| (stage, *items));
        let sql = format!(
            "SELECT c.category, COUNT(*) FROM {found} JOIN decision d ON {OF_RECORD}
             JOIN decision_category c ON c.decision_seq = d.seq WHERE NOT {}
             GROUP BY c.category ORDER BY COUNT(*) DESC, c.category",
            self.is_kept("d", "?2")
        );
        Ok(Totals {
            stages: Stage::ALL.into_iter().filter_map(number).collect(),
            categories: self.all(&sql, params![&list, reviewer], |row| Ok((row.string(0)?, row.need_int(1)?)))?,
        })
    }
}
