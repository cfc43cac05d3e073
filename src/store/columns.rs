//! Items and decisions as rows: the columns of the fields that [`crate::domain::record`]
//! describes, what is bound to them, and what is read from them.

use super::engine::{Dialect, Param, Row};
use super::{Result, StoreError};
use crate::domain::item::ContentKind;
use crate::domain::record::{Cell, Field, FieldType, RecordField, StandingField, StoreColumn};
use crate::domain::time::is_time;
use serde::de::IgnoredAny;
use std::borrow::Cow;

/// The columns of a field: none, one, or the two of a content.
pub(super) const fn of<R>(field: &Field<R>) -> &[&'static str] {
    match field.kept() {
        None => &[],
        Some(kept) => kept.column.names(),
    }
}

/// How many columns the fields have.
pub(super) const fn width<R>(fields: &[Field<R>]) -> usize {
    let (mut width, mut at) = (0, 0);
    while at < fields.len() {
        width += of(&fields[at]).len();
        at += 1;
    }
    width
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    Int,
    Real,
    Text,
}

/// What the columns of a field hold.
pub(super) fn holds<R>(field: &Field<R>) -> Holds {
    match (field.kept().map(|kept| kept.column), field.holds) {
        (Some(StoreColumn::Millis(_) | StoreColumn::Choice(..) | StoreColumn::Shared(_)), _) => Holds::Int,
        (_, FieldType::Integer { .. } | FieldType::Time) => Holds::Int,
        (_, FieldType::Real) => Holds::Real,
        _ => Holds::Text,
    }
}

/// How many columns stand before those of the field of this name.
pub(super) fn width_before<R>(fields: &[Field<R>], name: &str) -> usize {
    let place = fields.iter().position(|field| field.name == name).unwrap_or(fields.len());
    width(&fields[..place])
}

/// What a statement reads of a field that stands in the table `row`: as many values as it has columns.
pub(super) fn read_sql<R>(field: &Field<R>, row: &str) -> Vec<String> {
    match field.kept().map(|kept| kept.column) {
        // The letter of the kind stands before the text. Most items have none, and ask for none.
        Some(StoreColumn::Shared(name)) => vec![format!(
            "CASE WHEN {row}.{name} IS NOT NULL THEN (SELECT p.kind || p.text FROM prompt p WHERE p.seq = {row}.{name}) END"
        )],
        _ => of(field).iter().map(|name| format!("{row}.{name}")).collect(),
    }
}

/// The columns of the fields, in their order.
pub(super) fn names<R>(fields: &'static [Field<R>]) -> impl Iterator<Item = &'static str> {
    fields.iter().flat_map(of).copied()
}

/// The fields that stand in the narrow rows, which lists read.
pub(super) fn narrow<R>(fields: &'static [Field<R>]) -> impl Iterator<Item = &'static Field<R>> + Clone {
    fields.iter().filter(|field| !field.holds.is_large())
}

/// The value of a field in SQL: a text, a number, a time, or the JSON of a list. An item's
/// stands in its row `i`, or where it is large in its text `t`, a decision's in the row
/// `decision`, which is that of record.
pub(super) fn value_sql(field: RecordField, decision: &str, dialect: &dyn Dialect) -> String {
    match field {
        RecordField::Item(of) => in_row(of, if of.holds.is_large() { "t" } else { "i" }, dialect),
        RecordField::Decision(of) if of.name == "verdict" => "i.verdict".into(), // the item's row has it too
        RecordField::Decision(of) => in_row(of, decision, dialect),
        RecordField::Standing(of) => standing_sql(of),
    }
}

/// The value of a field of where the item `i` stands.
pub(super) fn standing_sql(field: &StandingField) -> String {
    match field.kept().map(|kept| kept.column) {
        Some(StoreColumn::Elsewhere("checks")) => CHECKS.into(),
        Some(StoreColumn::Elsewhere(_)) => "(SELECT n.id FROM item n WHERE n.seq = i.replaced_by)".into(),
        _ => of(field).iter().map(|name| format!("i.{name}")).collect(),
    }
}

/// A JSON list; keys are plain words. NULL where there are none.
const CHECKS: &str = "(SELECT '[\"' || string_agg(c.check_key, '\",\"' ORDER BY c.check_key) || '\"]'
    FROM failed_check c WHERE c.item_seq = i.seq)";

fn in_row<R>(field: &Field<R>, row: &str, dialect: &dyn Dialect) -> String {
    match field.kept().map(|kept| kept.column) {
        None if field.is_in_body() => dialect.json_member(&format!("{row}.body"), field.name),
        None => "NULL".into(), // it follows from the spec
        Some(StoreColumn::Negated(name)) => format!("-{row}.{name}"),
        Some(StoreColumn::Millis(name)) => format!("CAST({row}.{name} AS DOUBLE PRECISION) / 1000"),
        Some(
            StoreColumn::Plain(name)
            | StoreColumn::Content([_, name])
            | StoreColumn::Documents(name)
            | StoreColumn::Shared(name)
            | StoreColumn::Choice(name, _)
            | StoreColumn::Elsewhere(name),
        ) => format!("{row}.{name}"),
    }
}

/// What is bound to a column.
pub(super) enum Bound<'a> {
    Null,
    Int(i64),
    Real(f64),
    Text(Cow<'a, str>),
}

impl<'a> From<&'a Bound<'_>> for Param<'a> {
    fn from(bound: &'a Bound<'_>) -> Self {
        match bound {
            Bound::Null => Param::Null,
            Bound::Int(number) => Param::Int(*number),
            Bound::Real(number) => Param::Real(*number),
            Bound::Text(text) => Param::Text(text),
        }
    }
}

impl<'a> From<Option<&'a str>> for Bound<'a> {
    fn from(text: Option<&'a str>) -> Self {
        text.map_or(Bound::Null, |text| Bound::Text(text.into()))
    }
}

pub(super) fn params<'a>(bound: &'a [Bound<'_>]) -> Vec<Param<'a>> {
    bound.iter().map(Param::from).collect()
}

/// Adds the values of a field's columns. The row numbers of documents and of a prompt are no part of the
/// record: the caller adds them.
pub(super) fn bind<'r, R>(field: &Field<R>, record: &'r R, bound: &mut Vec<Bound<'r>>) {
    let Some(kept) = field.kept() else { return };
    let cell = (kept.get)(record);
    match kept.column {
        StoreColumn::Content(_) => bound.extend(content(cell)),
        column => bound.push(value(column, cell)),
    }
}

/// The letter of a content's kind, and its text.
fn content(cell: Cell<'_>) -> [Bound<'_>; 2] {
    match cell {
        Cell::Content(kind, text) => [Bound::Text(kind.code().into()), Bound::Text(text)],
        _ => [Bound::Null, Bound::Null],
    }
}

fn value(column: StoreColumn, cell: Cell<'_>) -> Bound<'_> {
    match (column, cell) {
        (StoreColumn::Negated(_), Cell::Integer(number)) => Bound::Int(-number),
        (StoreColumn::Choice(_, words), Cell::Text(text)) => {
            words.iter().position(|word| *word == text).map_or(Bound::Null, |place| Bound::Int(place as i64))
        }
        (_, Cell::Integer(number) | Cell::Time(number)) => Bound::Int(number),
        (_, Cell::Real(number)) => Bound::Real(number),
        (_, Cell::Text(text) | Cell::Json(text)) => Bound::Text(text),
        (_, Cell::Words(words)) if !words.is_empty() => {
            Bound::Text(serde_json::to_string(&words).unwrap_or_default().into()) // texts: it cannot fail
        }
        _ => Bound::Null,
    }
}

/// Reads the fields from their columns, which start at column `at`, into a record. Documents
/// are read by themselves.
pub(super) fn read<R: 'static>(
    fields: impl IntoIterator<Item = &'static Field<R>> + Clone,
    row: &dyn Row,
    at: usize,
    record: &mut R,
) -> Result<()> {
    for (field, cell) in fields.clone().into_iter().zip(cells(fields, row, at)) {
        if let Some(kept) = field.kept().filter(|kept| !matches!(kept.column, StoreColumn::Documents(_))) {
            (kept.set)(record, cell?).map_err(|reason| damaged(field, &reason))?;
        }
    }
    Ok(())
}

/// What stands in the columns of the fields, which start at column `at`: of documents the
/// list of their row numbers, of a field without columns nothing.
pub(super) fn cells<'r, R: 'static>(
    fields: impl IntoIterator<Item = &'static Field<R>>,
    row: &'r dyn Row,
    mut at: usize,
) -> impl Iterator<Item = Result<Cell<'r>>> {
    fields.into_iter().map(move |field| {
        let place = at;
        at += of(field).len();
        let Some(kept) = field.kept() else { return Ok(Cell::Null) };
        let cell = cell(&kept.column, field.holds, row, place)?;
        if is_within(field.holds, &cell) {
            Ok(cell)
        } else {
            Err(damaged(field, &format!("{cell:?} is out of its bounds")))
        }
    })
}

fn damaged<R>(field: &Field<R>, reason: &str) -> StoreError {
    StoreError::Damaged(format!("{}: {reason}", field.name))
}

/// Whether the value is one that an import or a decision can bring into the field.
fn is_within(holds: FieldType, cell: &Cell) -> bool {
    match (holds, cell) {
        (FieldType::Integer { least }, Cell::Integer(number)) => *number >= least,
        (FieldType::Real, Cell::Real(number)) => *number >= 0.0 && number.is_finite(),
        (FieldType::Real, Cell::Integer(millis)) => *millis >= 0,
        (FieldType::Time, Cell::Time(at)) => is_time(*at),
        (FieldType::Object, Cell::Json(json)) => {
            json.trim_start().starts_with('{') && serde_json::from_str::<IgnoredAny>(json).is_ok()
        }
        _ => true,
    }
}

/// What stands in the column at `at`, and behind it.
fn cell<'r>(column: &StoreColumn, holds: FieldType, row: &'r dyn Row, at: usize) -> Result<Cell<'r>> {
    let integer = || Ok(row.int(at)?.map_or(Cell::Null, Cell::Integer));
    Ok(match column {
        StoreColumn::Content(_) => {
            let Some(kind) = row.text(at)? else { return Ok(Cell::Null) };
            Cell::Content(content_kind(kind)?, row.need_text(at + 1)?.into())
        }
        StoreColumn::Shared(_) => {
            let Some(content) = row.text(at)? else { return Ok(Cell::Null) };
            let (kind, text) = content.split_at_checked(1).unwrap_or_default();
            Cell::Content(content_kind(kind)?, text.into())
        }
        // The lowest number of all has no opposite: it counts as the one above it.
        StoreColumn::Negated(_) => row.int(at)?.map_or(Cell::Null, |number| Cell::Integer(number.saturating_neg())),
        StoreColumn::Millis(_) => integer()?,
        StoreColumn::Choice(_, words) => {
            let word = row.int(at)?.and_then(|place| words.get(place as usize));
            word.map_or(Cell::Null, |word| Cell::from(*word))
        }
        StoreColumn::Plain(_) | StoreColumn::Documents(_) | StoreColumn::Elsewhere(_) => match holds {
            FieldType::Integer { .. } => integer()?,
            FieldType::Time => Cell::time(row.int(at)?),
            FieldType::Real => row.real(at)?.map_or(Cell::Null, Cell::Real),
            FieldType::Words | FieldType::Keys => Cell::Words(tags(row, at)?.into()),
            FieldType::Object => row.text(at)?.map_or(Cell::Null, |json| Cell::Json(json.into())),
            _ => row.text(at)?.map_or(Cell::Null, Cell::from),
        },
    })
}

/// An item's tags from a column that may be NULL.
pub(super) fn tags(row: &dyn Row, column: usize) -> Result<Vec<String>> {
    let tags = row.text(column)?.map(serde_json::from_str).transpose();
    Ok(tags.map_err(|e| StoreError::Damaged(format!("an item's tags: {e}")))?.unwrap_or_default())
}

/// The kind of a content from its letter.
pub(super) fn content_kind(code: &str) -> Result<ContentKind> {
    ContentKind::from_code(code).ok_or_else(|| StoreError::Damaged(format!("`{code}` is no kind of content")))
}
