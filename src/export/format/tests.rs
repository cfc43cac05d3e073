//! What an export says of an item and of a decision, karat's own import reads as it was.

use super::{FORMATS, Files, Format, Setting, named, samples};
use crate::domain::decision::{Decision, Draft, Judgement, Part, Verdict};
use crate::domain::format_option::GivenOptions;
use crate::domain::item::{Content, ContentKind, Document, Item};
use crate::domain::mark::Mark;
use crate::domain::record::{Cell, FieldType, ITEM};
use crate::domain::stage::Standing;
use crate::domain::time::{UtcMillis, format_rfc3339, parse_time};
use crate::export::columns::Columns;
use crate::import::{self, Options, Reader, Row};
use crate::store::Rows;
use proptest::collection::{btree_map, vec};
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Map, Value, json};
use std::io::Cursor;
use std::sync::Arc;

/// Formats that are read again, and whether their cells have no types, so that a text which is a JSON list
/// or object is read as that.
const READ_AGAIN: [(&str, bool); 7] = [
    ("csv", true),
    ("tsv", true),
    ("jsonl", false),
    ("json", false),
    ("parquet", true),
    ("arrow", true),
    ("xlsx", true),
];

/// From 0001 to 9999, and the times that are met.
fn time() -> impl Strategy<Value = UtcMillis> {
    prop_oneof![-62_135_596_800_000..=253_402_300_799_999_i64, 1_700_000_000_000..1_900_000_000_000_i64, Just(0)]
}

/// Texts that begin as formulas do, end as lines do, or are hard to encode.
fn text() -> impl Strategy<Value = String> {
    let hard = "['=+@, \"\t\r\n;\u{200b}\u{ff1d}a1\\-\\[{]{0,6}";
    let wide = "(日本語|🎉|👩‍👩‍👧|e\u{301}|\u{202e}|\u{feff}|\r\n|\n|\t|<b>|&amp;|\u{1}|\u{2028}|\u{85}|\u{fffe}){0,5}";
    let any = any::<String>().prop_map(|text| text.replace('\0', ""));
    prop_oneof![hard, wide, any, "_x000[0-9D]_{0,2}", Just("null".into()), Just("1e5".into())]
}

fn json_value() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        text().prop_map(Value::from)
    ];
    scalar.prop_recursive(3, 12, 3, |inner| {
        let object = btree_map("[a-z]{1,3}", inner.clone(), 0..3).prop_map(|members| members.into_iter().collect());
        prop_oneof![vec(inner, 0..3).prop_map(Value::from), object]
    })
}

fn object() -> impl Strategy<Value = Value> {
    btree_map("[a-zé\" ]{1,4}", json_value(), 1..4).prop_map(|members| members.into_iter().collect())
}

fn content() -> impl Strategy<Value = Content> {
    let chat = vec(text(), 1..3).prop_map(|texts| {
        let messages: Vec<_> = texts.iter().map(|text| json!({"role": "user", "content": text})).collect();
        Content { kind: ContentKind::Chat, text: json!(messages).to_string() }
    });
    let json = object().prop_map(|object| Content { kind: ContentKind::Json, text: object.to_string() });
    prop_oneof![4 => text().prop_map(Content::text), 1 => json, 1 => chat]
}

fn document() -> impl Strategy<Value = Arc<Document>> {
    let name = || of("[^\0]{1,8}");
    (name(), text(), name(), name(), of(time()))
        .prop_map(|(title, text, url, id, updated_at)| Arc::new(Document { title, text, url, id, updated_at }))
}

fn item() -> impl Strategy<Value = Item> {
    let name = || of("[^\0]{1,8}");
    let amount =
        || of(prop_oneof![0.0..1e6_f64, any::<f64>().prop_map(f64::abs).prop_filter("finite", |n| n.is_finite())]);
    let count = || of(0..=i64::MAX);
    let contents = ("[a-z=@'é語🎉-]{1,6}", content(), content(), of(content()), vec(document(), 0..3));
    let names = (name(), name(), name(), name(), name(), name(), name());
    let numbers = (1..=i64::MAX, -i64::MAX..=i64::MAX, amount(), amount(), count(), count(), of(time()));
    let prompt = of(content().prop_filter("says something", |prompt| !prompt.text.is_empty()));
    let others = (vec(text(), 0..3), of(object()), prompt);
    (contents, names, numbers, others).prop_map(|(contents, names, numbers, (tags, meta, prompt))| {
        let (id, input, output, reference, context) = contents;
        let (case, model, prompt_version, trace_id, span_id, session_id, user_id) = names;
        let (attempt, priority, latency_ms, cost_usd, tokens_in, tokens_out, created_at) = numbers;
        let meta = meta.map(|meta| meta.to_string());
        Item {
            id,
            input,
            output,
            context,
            reference,
            case,
            attempt,
            priority,
            model,
            prompt_version,
            latency_ms,
            cost_usd,
            tokens_in,
            tokens_out,
            created_at,
            tags,
            meta,
            trace_id,
            span_id,
            session_id,
            user_id,
            prompt,
        }
    })
}

fn decision() -> impl Strategy<Value = Decision> {
    let scores = btree_map(select(vec!["tone".to_owned(), "accuracy".to_owned()]), 1..=3_u8, 0..=2);
    let categories = subsequence(vec!["cold".to_owned(), "wrong".to_owned()], 0..=2);
    let mark = (text(), 0..9_usize, 1..9_usize, select(vec!["cold", "wrong"]), text());
    let mark = mark.prop_filter_map("covers something", |(text, start, length, category, comment)| {
        Mark::on(&text, start..start + length, category, &comment)
    });
    let draft = (categories, scores, text(), of("[a-z]{1,4}"), vec(mark, 0..3), of(content()));
    let times = (0..1_000_000_i64, time(), of(time()), of(any::<bool>()));
    let parts = (select(Verdict::ALL.to_vec()), draft, times, "[^\0]{1,6}", 1..99_i64);
    parts.prop_map(|(verdict, draft, (active_millis, decided_at, due_at, lens), reviewer, spec_version)| {
        let (categories, scores, note, route, marks, correction) = draft;
        let draft = Draft { categories, scores, note, route, marks, correction }.into();
        let judgement = Judgement { verdict, draft, active_millis, lens, before: None, cause: None };
        let (id, part) = ("0190-decision".into(), Part::default());
        Decision { id, judgement, reviewer, decided_at, spec_version, due_at, part }
    })
}

/// A column of a row: its name, what it holds and what is to come of it.
type Column = (String, FieldType, Value);

/// The rows as a file of the format, and the columns of each.
fn written(format: &dyn Format, rows: &[(Item, Decision)]) -> (Vec<u8>, Vec<Vec<Column>>) {
    let (options, spec, place) = (GivenOptions::default(), samples::spec(), Standing::default());
    let columns = Columns::new(&spec, Rows::Decisions, format.is_flat());
    let setting = Setting { options: &options, compression: None, queue: "replies", spec: &spec, split: None };
    let (mut writer, mut files, mut expected) = (format.writer(&setting).unwrap(), Files::default(), Vec::new());
    writer.begin(&columns.all, &mut files).unwrap();
    for (item, decision) in rows {
        // As the store hands it over.
        let object = |holds, cell| match (holds, cell) {
            (FieldType::Object, Cell::Text(source)) => Cell::Json(source),
            (_, cell) => cell,
        };
        let of_item = ITEM.iter().map(|field| object(field.holds, field.own(item))).collect();
        let cells = columns.cells(of_item, decision, &place, "standing", &[], &spec);
        writer.row(&cells, &mut files).unwrap();
        let of_cell = cells
            .iter()
            .zip(&columns.all)
            .map(|(cell, column)| (column.name.clone(), column.holds, bare(read_as(column.holds, of_cell(cell)))));
        expected.push(of_cell.collect());
    }
    writer.end(&mut files).unwrap();
    while writer.rest(&mut files).unwrap() {}
    (files.main, expected)
}

fn of_cell(cell: &Cell) -> Value {
    match cell {
        Cell::Time(at) => format_rfc3339(*at).into(),
        Cell::Content(ContentKind::Text, text) => text.as_ref().into(),
        cell => cell.to_json().unwrap(),
    }
}

/// A value as its column has it, whether it came with a type or as a text.
fn read_as(holds: FieldType, value: Value) -> Value {
    let parsed = |text: &str| serde_json::from_str::<Value>(text).ok();
    let time = |text: &str| parse_time(text).map(|time| Value::from(time.at));
    match (holds, value) {
        (FieldType::Time, Value::String(text)) => time(&text).unwrap_or(Value::Null),
        (FieldType::Integer { .. }, Value::String(text)) => text.parse::<i64>().map_or(Value::Null, Value::from),
        (FieldType::Real, Value::String(text)) => text.parse::<f64>().map_or(Value::Null, Value::from),
        (FieldType::Real, Value::Number(number)) => number.as_f64().map_or(Value::Null, Value::from),
        (FieldType::Keys, Value::String(text)) => text.split(';').filter(|key| !key.is_empty()).collect(),
        (FieldType::Documents, value) => {
            let mut documents = value.as_str().map_or(Some(value.clone()), parsed).unwrap_or_default();
            for document in documents.as_array_mut().into_iter().flatten() {
                if let Some(at) = document["updated_at"].as_str().and_then(time) {
                    document["updated_at"] = at;
                }
            }
            documents
        }
        (FieldType::Words | FieldType::Marks | FieldType::Scores | FieldType::Object, Value::String(text)) => {
            parsed(&text).unwrap_or(Value::Null)
        }
        (FieldType::Content, Value::String(text)) => {
            parsed(&text).filter(|value| value.is_object() || value.is_array()).unwrap_or(text.into())
        }
        (_, value) => value,
    }
}

/// Without what is empty: a table has a member for each that there may be, and JSON only those that are there.
fn bare(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let members = members.into_iter().map(|(name, value)| (name, bare(value)));
            members.filter(|(_, value)| !is_empty(value)).collect::<Map<_, _>>().into()
        }
        Value::Array(list) => list.into_iter().map(bare).collect(),
        value => value,
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    }
}

/// An item whose texts are there: in a sheet what is empty is nothing.
fn told_in_a_sheet(mut item: Item) -> Item {
    for content in [&mut item.input, &mut item.output] {
        if content.text.is_empty() {
            content.text.push('.');
        }
    }
    Item { reference: item.reference.take().filter(|content| !content.text.is_empty()), ..item }
}

fn contents(item: &mut Item) -> impl Iterator<Item = &mut Content> {
    let Item { input, output, reference, prompt, .. } = item;
    [Some(input), Some(output), reference.as_mut(), prompt.as_mut()].into_iter().flatten()
}

/// An item whose texts a format without types can tell from JSON.
fn told_by_text(mut item: Item) -> Item {
    let plain = |content: &mut Content| {
        if content.kind == ContentKind::Text && content.text.trim_ascii_start().starts_with(['[', '{']) {
            content.text.insert(0, '.');
        }
    };
    contents(&mut item).for_each(plain);
    item
}

/// An item without its metadata, beside which an import keeps what a row says of its decision, and with JSON in one
/// spelling: in lines some characters are written as escapes.
fn compared(mut item: Item) -> Item {
    for content in contents(&mut item) {
        if content.kind != ContentKind::Text {
            content.text = serde_json::from_str::<Value>(&content.text).unwrap().to_string();
        }
    }
    Item { meta: None, ..item }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn every_field_of_item_and_decision_is_read_as_it_was_written(rows in vec((item(), decision()), 1..4)) {
        for (name, is_told_by_text) in READ_AGAIN {
            let Some(format) = named(name) else { continue }; // a build without it
            let mut rows = rows.clone();
            for (at, (item, _)) in rows.iter_mut().enumerate() {
                item.id.push_str(&at.to_string());
                if is_told_by_text {
                    *item = told_by_text(item.clone());
                }
                if name == "xlsx" {
                    *item = told_in_a_sheet(item.clone());
                }
            }
            let (file, expected) = written(format, &rows);
            let options = Options { format: import::format::by_name(name), ..Options::default() };
            let mut reader = Reader::from_read("an export", Cursor::new(file), options).unwrap();
            let samples = reader.samples(rows.len()).unwrap();
            prop_assert_eq!(samples.len(), rows.len(), "{}", name);
            for (sample, columns) in samples.iter().zip(expected) {
                let found: Map<String, Value> = serde_json::from_str(&sample.object).unwrap();
                for (column, holds, should_be) in columns {
                    let is = found.get(&column).cloned().unwrap_or_default();
                    let (is, should_be) = (bare(read_as(holds, is)), bare(should_be));
                    let is_same = is == should_be || is_empty(&is) && is_empty(&should_be);
                    prop_assert!(is_same, "{name}: {column}: {is} for {should_be}");
                }
            }
            for (row, (item, _)) in reader.zip(rows) {
                let found = match row.unwrap() {
                    Row::Record(record) => record.item,
                    row => return Err(TestCaseError::fail(format!("{name}: {row:?}"))),
                };
                prop_assert_eq!(compared(found), compared(item), "{}", name);
            }
        }
    }
}

#[test]
fn every_table_that_is_written_and_read_is_tried() {
    let is_read = |format: &&&dyn Format| format.has_columns() && import::format::by_name(format.name()).is_some();
    for format in FORMATS.iter().filter(is_read) {
        assert!(READ_AGAIN.iter().any(|(name, _)| *name == format.name()), "{}", format.name());
    }
}
