//! Values that fields are known to have, for completion.

use super::super::columns;
use super::super::engine::params;
use super::super::stage;
use super::super::{Result, Store};
use crate::domain::queue::Queue;
use crate::domain::record::{FieldType, RecordField};
use std::collections::BTreeSet;

/// Number of items that come next, and of items decided last, that are searched for values:
/// completion must not read a whole queue.
const LOOKED_AT: i64 = 2_000;

/// Known values that are given for completion, at most.
const MAX_VALUES: usize = 50;

impl Store {
    /// Values of the field in the queue that begin so, in order. Of what has no index, such as
    /// models and tags, those of the items at both ends of the queue.
    pub fn known_values(&self, queue: &Queue, field: RecordField, begun: &str) -> Result<Vec<String>> {
        match field {
            RecordField::Item(of) => match (of.holds, columns::of(of)) {
                (FieldType::Id, _) => self.ids(queue, begun),
                (FieldType::Words, [column]) => self.words_of(column, queue, begun),
                (_, [column]) => self.sampled(column, queue, begun),
                _ => Ok(Vec::new()),
            },
            RecordField::Decision(of) if of.name == "reviewer" => self.reviewers(queue, begun),
            RecordField::Decision(_) | RecordField::Standing(_) => Ok(Vec::new()), // words of the spec
        }
    }

    fn ids(&self, queue: &Queue, begun: &str) -> Result<Vec<String>> {
        let sql = format!("SELECT id FROM item WHERE queue_id = ?1 AND id >= ?2 ORDER BY id LIMIT {MAX_VALUES}");
        let found = self.all(&sql, params![queue.id, begun], |row| row.string(0))?;
        Ok(found.into_iter().take_while(|value| value.starts_with(begun)).collect())
    }

    /// Reviewers whose names begin with `begun`, each found by one look-up in the index, however
    /// many decisions they have made.
    fn reviewers(&self, queue: &Queue, begun: &str) -> Result<Vec<String>> {
        let sql = "SELECT reviewer FROM decision_by_reviewer WHERE queue_id = ?1 AND standing = 1 AND reviewer > ?2
            ORDER BY reviewer LIMIT 1";
        let (mut found, mut last) = (Vec::new(), String::new());
        while let Some(reviewer) = self.first(sql, params![queue.id, &last], |row| row.string(0))? {
            last.clone_from(&reviewer);
            found.push(reviewer);
        }
        found.retain(|reviewer| reviewer.starts_with(begun));
        found.truncate(MAX_VALUES);
        Ok(found)
    }

    fn sampled(&self, column: &str, queue: &Queue, begun: &str) -> Result<Vec<String>> {
        let mut found = BTreeSet::new();
        let next =
            format!("item i WHERE i.queue_id = ?1 AND {} ORDER BY i.asked_of, i.rank, i.seq", stage::is_open("i"));
        let last = format!(
            "(SELECT item_seq, decided_at, seq FROM decision_by_time WHERE queue_id = ?1
             ORDER BY decided_at DESC, seq DESC LIMIT {LOOKED_AT}) d JOIN item i ON i.seq = d.item_seq"
        );
        for end in [next, last] {
            let sql = format!(
                "SELECT DISTINCT {column} FROM (SELECT i.{column} FROM {end} LIMIT {LOOKED_AT}) s
                 WHERE {column} IS NOT NULL"
            );
            found.extend(self.all(&sql, params![queue.id], |row| row.string(0))?);
        }
        Ok(found.into_iter().filter(|value| value.starts_with(begun)).take(MAX_VALUES).collect())
    }

    fn words_of(&self, column: &str, queue: &Queue, begun: &str) -> Result<Vec<String>> {
        let lists = self.sampled(column, queue, "")?;
        let words = lists.iter().filter_map(|list| serde_json::from_str::<Vec<String>>(list).ok()).flatten();
        let found: BTreeSet<String> = words.filter(|word| word.starts_with(begun)).collect();
        Ok(found.into_iter().take(MAX_VALUES).collect())
    }
}
