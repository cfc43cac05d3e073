//! What a bulk changes in an item's row, and undo puts back: its tags, or its rank.

use crate::domain::event::{Changed, EventKind};
use crate::domain::item::Seq;
use crate::store::Result;
use crate::store::columns::tags;
use crate::store::engine::{Row, params};
use crate::store::steps::StepKind;
use crate::store::transaction::Tx;
use serde_json::{Value, json};

/// A column of an item with its values before and after.
pub(super) struct Swap {
    pub column: Column,
    pub before: Value,
    pub after: Value,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    Tags,
    /// The priority, counted the other way.
    Rank,
}

impl Column {
    fn name(self) -> &'static str {
        match self {
            Column::Tags => "tags",
            Column::Rank => "rank",
        }
    }

    pub(super) fn step_kind(self) -> StepKind {
        match self {
            Column::Tags => StepKind::BulkTags,
            Column::Rank => StepKind::BulkPriority,
        }
    }

    fn read(self, row: &dyn Row, at: usize) -> Result<Value> {
        Ok(match self {
            Column::Tags => tags_json(&tags(row, at)?),
            Column::Rank => row.need_int(at)?.into(),
        })
    }
}

impl Swap {
    pub(super) fn of_tags(present: &[String], add: &[String], remove: &[String]) -> Self {
        let mut after: Vec<String> = present.iter().filter(|tag| !remove.contains(tag)).cloned().collect();
        for tag in add {
            if !after.contains(tag) {
                after.push(tag.clone());
            }
        }
        Self { column: Column::Tags, before: tags_json(present), after: tags_json(&after) }
    }

    pub(super) fn of_priority(rank: i64, priority: i64) -> Self {
        Self { column: Column::Rank, before: rank.into(), after: (-priority).into() }
    }

    pub(super) fn event(&self, step: i64) -> EventKind {
        let changed = Changed { bulk: step, before: readable(&self.before), after: readable(&self.after) };
        match self.column {
            Column::Tags => EventKind::Tagged(changed),
            Column::Rank => EventKind::Prioritised(changed),
        }
    }
}

/// Tags as the database keeps them: no tags are no list.
fn tags_json(tags: &[String]) -> Value {
    if tags.is_empty() { Value::Null } else { json!(tags) }
}

/// The log speaks of priorities, not of ranks.
fn readable(value: &Value) -> Value {
    value.as_i64().map_or_else(|| value.clone(), |rank| json!(-rank))
}

impl Tx<'_> {
    pub(super) fn set_column(&self, item: Seq, column: Column, value: &Value) -> Result<()> {
        let sql = format!("UPDATE item SET {} = ?2 WHERE seq = ?1", column.name());
        let updated = match value {
            Value::Number(number) => self.execute(&sql, params![item, number.as_i64()]),
            Value::Null => self.execute(&sql, params![item, None::<i64>]),
            list => self.execute(&sql, params![item, &list.to_string()]),
        };
        updated.map(drop)
    }

    /// Replaces a value of an item, unless somebody has changed it since: then gives `false`.
    pub(super) fn replace_column(&self, item: Seq, column: Column, from: &Value, to: &Value) -> Result<bool> {
        let sql = format!("SELECT {} FROM item WHERE seq = ?1", column.name());
        let present = self.first(&sql, params![item], |row| column.read(row, 0))?;
        if present.as_ref() != Some(from) {
            return Ok(false);
        }
        self.set_column(item, column, to).map(|()| true)
    }
}
