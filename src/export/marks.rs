//! A row for each mark: where it stands in the output, in characters, and what is wrong there.

use super::columns::ExportColumn;
use crate::domain::mark::Mark;
use crate::domain::record::{Cell, FieldType};
use crate::domain::spec::Spec;

/// The columns of a mark, behind those of its item and decision. Places count characters (Unicode scalar
/// values) from 0; the end is behind the last.
const COLUMNS: [(&str, FieldType); 7] = [
    ("mark", FieldType::Integer { least: 1 }),
    ("mark_start", FieldType::Integer { least: 0 }),
    ("mark_end", FieldType::Integer { least: 0 }),
    ("mark_text", FieldType::Content),
    ("mark_category", FieldType::Text),
    ("mark_severity", FieldType::Text),
    ("mark_comment", FieldType::Text),
];

/// The columns that are written where none are chosen.
pub(super) const CHOSEN: [&str; 18] = [
    "id",
    "case",
    "attempt",
    "model",
    "prompt_version",
    "mark",
    "mark_start",
    "mark_end",
    "mark_text",
    "mark_category",
    "mark_severity",
    "mark_comment",
    "output",
    "verdict",
    "reviewer",
    "decided_at",
    "spec_version",
    "decision_id",
];

pub(super) fn columns() -> impl Iterator<Item = ExportColumn> {
    COLUMNS.into_iter().map(|(name, holds)| ExportColumn { name: name.into(), holds })
}

/// The cells of the mark that is the `number`-th on its output, from 1. How grave its category is, the spec
/// says as it is now.
pub(super) fn cells<'m>(number: i64, mark: &'m Mark, spec: &Spec) -> [Cell<'m>; COLUMNS.len()] {
    let Mark { start, end, text, category, comment } = mark;
    let severity = spec.failure(category).map(|failure| failure.severity.as_str());
    [
        Cell::Integer(number),
        Cell::Integer(*start as i64),
        Cell::Integer(*end as i64),
        Cell::Text(text.into()),
        category.as_str().into(),
        severity.map_or(Cell::Null, Cell::from),
        comment.as_str().into(),
    ]
}
