//! Rows as batches of Arrow, each column with the type of what it holds.

use super::columns::ExportColumn;
use crate::domain::item::Document;
use crate::domain::mark::Mark;
use crate::domain::record::{Cell, FieldType};
use crate::domain::spec::Spec;
use arrow_array::builder::{
    ArrayBuilder, Float64Builder, Int64Builder, ListBuilder, StringBuilder, StructBuilder, TimestampMillisecondBuilder,
};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{ArrowError, DataType, Field, Fields, Schema, TimeUnit};
use std::io;
use std::sync::Arc;

/// Rows of a batch, at most.
const ROWS: usize = 8192;

/// Bytes of texts in a batch, about, after which it is full.
const BYTES: usize = 8 << 20;

/// Makes batches of the rows that it is given.
pub(super) struct Batches {
    pub schema: Arc<Schema>,
    builders: Vec<Builder>,
    rows: usize,
    bytes: usize,
}

/// The values of a column.
enum Builder {
    Text(StringBuilder),
    Integer(Int64Builder),
    Real(Float64Builder),
    Time(TimestampMillisecondBuilder),
    Words(ListBuilder<StringBuilder>),
    Documents(ListBuilder<StructBuilder>),
    Marks(ListBuilder<StructBuilder>),
    /// With the keys of the criteria.
    Scores(StructBuilder, Vec<String>),
}

impl Batches {
    /// Batches with these columns. Scores are a struct with a part for each criterion of the spec.
    pub(super) fn new(columns: &[ExportColumn], spec: &Spec) -> Self {
        let criteria: Vec<String> = spec.criteria.iter().map(|criterion| criterion.key.clone()).collect();
        let types: Vec<DataType> = columns.iter().map(|column| data_type(column.holds, &criteria)).collect();
        let fields: Vec<Field> =
            columns.iter().zip(types).map(|(column, is)| Field::new(&column.name, is, true)).collect();
        let builders = columns.iter().map(|column| Builder::new(column.holds, &criteria)).collect();
        Self { schema: Arc::new(Schema::new(fields)), builders, rows: 0, bytes: 0 }
    }

    /// Adds a row; gives the batch that it has filled.
    pub(super) fn row(&mut self, cells: &[Cell]) -> io::Result<Option<RecordBatch>> {
        for (builder, cell) in self.builders.iter_mut().zip(cells) {
            self.bytes += builder.append(cell)?;
        }
        self.rows += 1;
        if self.rows < ROWS && self.bytes < BYTES { Ok(None) } else { self.take() }
    }

    /// The rows that make no full batch; `None` where there are none.
    pub(super) fn take(&mut self) -> io::Result<Option<RecordBatch>> {
        if self.rows == 0 {
            return Ok(None);
        }
        (self.rows, self.bytes) = (0, 0);
        let arrays = self.builders.iter_mut().map(Builder::finish).collect();
        RecordBatch::try_new(self.schema.clone(), arrays).map(Some).map_err(failed)
    }
}

/// An error of Arrow or of a format on top of it.
pub(super) fn failed(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::other(error)
}

fn data_type(holds: FieldType, criteria: &[String]) -> DataType {
    match holds {
        FieldType::Id | FieldType::Name | FieldType::Text | FieldType::Content | FieldType::Object => DataType::Utf8,
        FieldType::Integer { .. } => DataType::Int64,
        FieldType::Real => DataType::Float64,
        FieldType::Time => time(),
        FieldType::Words | FieldType::Keys => list(DataType::Utf8),
        FieldType::Documents => list(DataType::Struct(document_fields())),
        FieldType::Marks => list(DataType::Struct(mark_fields())),
        // A struct without parts cannot be written.
        FieldType::Scores if criteria.is_empty() => DataType::Utf8,
        FieldType::Scores => DataType::Struct(score_fields(criteria)),
    }
}

fn time() -> DataType {
    DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into()))
}

fn list(of: DataType) -> DataType {
    DataType::List(Arc::new(Field::new_list_field(of, true)))
}

fn fields<'a>(fields: impl IntoIterator<Item = (&'a str, DataType)>) -> Fields {
    fields.into_iter().map(|(name, is)| Field::new(name, is, true)).collect()
}

fn document_fields() -> Fields {
    let texts = ["title", "text", "url", "id"].map(|name| (name, DataType::Utf8));
    fields(texts.into_iter().chain([("updated_at", time())]))
}

fn mark_fields() -> Fields {
    let ends = ["start", "end"].map(|name| (name, DataType::Int64));
    fields(ends.into_iter().chain(["text", "category", "comment"].map(|name| (name, DataType::Utf8))))
}

fn score_fields(criteria: &[String]) -> Fields {
    fields(criteria.iter().map(|key| (key.as_str(), DataType::Int64)))
}

impl Builder {
    fn new(holds: FieldType, criteria: &[String]) -> Self {
        let structs = |fields| StructBuilder::from_fields(fields, 0);
        match holds {
            FieldType::Id | FieldType::Name | FieldType::Text | FieldType::Content | FieldType::Object => {
                Builder::Text(StringBuilder::new())
            }
            FieldType::Integer { .. } => Builder::Integer(Int64Builder::new()),
            FieldType::Real => Builder::Real(Float64Builder::new()),
            FieldType::Time => Builder::Time(times()),
            FieldType::Words | FieldType::Keys => Builder::Words(ListBuilder::new(StringBuilder::new())),
            FieldType::Documents => Builder::Documents(ListBuilder::new(structs(document_fields()))),
            FieldType::Marks => Builder::Marks(ListBuilder::new(structs(mark_fields()))),
            FieldType::Scores if criteria.is_empty() => Builder::Text(StringBuilder::new()),
            FieldType::Scores => Builder::Scores(structs(score_fields(criteria)), criteria.to_vec()),
        }
    }

    /// Appends a cell; gives the bytes of its texts. Fails where it is not what its column holds.
    fn append(&mut self, cell: &Cell) -> io::Result<usize> {
        match (self, cell) {
            (Builder::Text(texts), Cell::Null) => texts.append_null(),
            (Builder::Text(texts), Cell::Text(text) | Cell::Content(_, text) | Cell::Json(text)) => {
                texts.append_value(text);
                return Ok(text.len());
            }
            (Builder::Text(texts), Cell::Scores(_)) => {
                let mut json = Vec::new();
                cell.write_json(&mut json)?;
                texts.append_value(String::from_utf8_lossy(&json));
            }
            (Builder::Integer(numbers), Cell::Null) => numbers.append_null(),
            (Builder::Integer(numbers), Cell::Integer(number)) => numbers.append_value(*number),
            (Builder::Real(numbers), Cell::Null) => numbers.append_null(),
            (Builder::Real(numbers), Cell::Real(number)) => numbers.append_value(*number),
            (Builder::Time(times), Cell::Null) => times.append_null(),
            (Builder::Time(times), Cell::Time(at)) => times.append_value(*at),
            (Builder::Words(lists), Cell::Null) => lists.append_null(),
            (Builder::Words(lists), Cell::Words(words)) => {
                words.iter().for_each(|word| lists.values().append_value(word));
                lists.append(true);
                return Ok(words.iter().map(String::len).sum());
            }
            (Builder::Documents(lists), Cell::Null) => lists.append_null(),
            (Builder::Documents(lists), Cell::Documents(documents)) => {
                documents.iter().try_for_each(|document| append_document(lists.values(), document))?;
                lists.append(true);
                return Ok(documents.iter().map(|document| document.text.len()).sum());
            }
            (Builder::Marks(lists), Cell::Null) => lists.append_null(),
            (Builder::Marks(lists), Cell::Marks(marks)) => {
                marks.iter().try_for_each(|mark| append_mark(lists.values(), mark))?;
                lists.append(true);
            }
            (Builder::Scores(scores, keys), Cell::Scores(levels)) => {
                for (at, key) in keys.iter().enumerate() {
                    part::<Int64Builder>(scores, at)?.append_option(levels.get(key).map(|level| i64::from(*level)));
                }
                scores.append(true);
            }
            (Builder::Scores(scores, keys), Cell::Null) => {
                (0..keys.len()).try_for_each(|at| part::<Int64Builder>(scores, at).map(Int64Builder::append_null))?;
                scores.append(false);
            }
            (_, cell) => return Err(io::Error::other(format!("{cell:?} is not what its column holds"))),
        }
        Ok(0)
    }

    fn finish(&mut self) -> ArrayRef {
        let builder: &mut dyn ArrayBuilder = match self {
            Builder::Text(builder) => builder,
            Builder::Integer(builder) => builder,
            Builder::Real(builder) => builder,
            Builder::Time(builder) => builder,
            Builder::Words(builder) => builder,
            Builder::Documents(builder) | Builder::Marks(builder) => builder,
            Builder::Scores(builder, _) => builder,
        };
        builder.finish()
    }
}

fn times() -> TimestampMillisecondBuilder {
    TimestampMillisecondBuilder::new().with_timezone("UTC")
}

/// A part of a struct, by its place.
fn part<B: ArrayBuilder>(builder: &mut StructBuilder, at: usize) -> io::Result<&mut B> {
    builder
        .field_builder::<B>(at)
        .ok_or_else(|| failed(ArrowError::SchemaError(format!("part {at} is of another type"))))
}

fn append_document(builder: &mut StructBuilder, document: &Document) -> io::Result<()> {
    let Document { title, text, url, id, updated_at } = document;
    for (at, text) in [title.as_deref(), Some(text), url.as_deref(), id.as_deref()].into_iter().enumerate() {
        part::<StringBuilder>(builder, at)?.append_option(text);
    }
    part::<TimestampMillisecondBuilder>(builder, 4)?.append_option(*updated_at);
    builder.append(true);
    Ok(())
}

fn append_mark(builder: &mut StructBuilder, mark: &Mark) -> io::Result<()> {
    let Mark { start, end, text, category, comment } = mark;
    for (at, place) in [start, end].into_iter().enumerate() {
        part::<Int64Builder>(builder, at)?.append_value(*place as i64);
    }
    for (at, text) in [text, category, comment].into_iter().enumerate() {
        part::<StringBuilder>(builder, at + 2)?.append_value(text);
    }
    builder.append(true);
    Ok(())
}

#[cfg(test)]
pub(super) mod read {
    //! Batches as JSON: what a program that reads them sees.

    use super::*;
    use crate::domain::time::format_rfc3339;
    use arrow_array::cast::AsArray;
    use arrow_array::types::{Float64Type, Int64Type, TimestampMillisecondType};
    use arrow_array::{Array, StructArray};
    use serde_json::{Map, Value};

    /// The rows, each as an object.
    pub(in crate::export) fn rows(batch: &RecordBatch) -> Vec<Value> {
        let whole = StructArray::from(batch.clone());
        (0..batch.num_rows()).map(|row| value(&whole, row)).collect()
    }

    fn value(array: &dyn Array, row: usize) -> Value {
        if array.is_null(row) {
            return Value::Null;
        }
        match array.data_type() {
            DataType::Utf8 => array.as_string::<i32>().value(row).into(),
            DataType::Int64 => array.as_primitive::<Int64Type>().value(row).into(),
            DataType::Float64 => array.as_primitive::<Float64Type>().value(row).into(),
            DataType::Timestamp(TimeUnit::Millisecond, Some(zone)) => {
                assert_eq!(&**zone, "UTC");
                format_rfc3339(array.as_primitive::<TimestampMillisecondType>().value(row)).into()
            }
            DataType::List(_) => {
                let list = array.as_list::<i32>().value(row);
                (0..list.len()).map(|at| value(&list, at)).collect()
            }
            DataType::Struct(fields) => {
                let parts = array.as_struct();
                let members = fields.iter().enumerate();
                Value::Object(
                    members
                        .map(|(at, field)| (field.name().clone(), value(parts.column(at), row)))
                        .collect::<Map<_, _>>(),
                )
            }
            other => panic!("no column is {other}"),
        }
    }
}
