//! A typed value as JSON.

use arrow_array::cast::AsArray;
use arrow_array::types::*;
use arrow_array::{Array, ArrowPrimitiveType};
use arrow_schema::{DataType, IntervalUnit, TimeUnit};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::civil::{Date, Time, date};
use jiff::tz::Offset;
use jiff::{SignedDuration, Span, Timestamp};
use std::fmt::Display;
use std::io::{self, Write};
use std::ops::Range;

/// What was written otherwise than it stood.
#[derive(Default)]
pub(super) struct Told {
    /// Numbers that are none (NaN, or without end), which are `null` in JSON.
    pub no_numbers: usize,
    /// Bytes that are no text, which are base64.
    pub no_texts: usize,
}

impl Told {
    /// Writes the value at a row: times as RFC 3339, in UTC where they have a zone; decimals with all
    /// their digits; lists, structs and maps as lists and objects.
    pub(super) fn value(&mut self, array: &dyn Array, row: usize, out: &mut Vec<u8>) -> io::Result<()> {
        if array.is_null(row) {
            return out.write_all(b"null");
        }
        match array.data_type() {
            DataType::Null => out.write_all(b"null"),
            DataType::Boolean => write!(out, "{}", array.as_boolean().value(row)),
            DataType::Int8 => number::<Int8Type>(array, row, out),
            DataType::Int16 => number::<Int16Type>(array, row, out),
            DataType::Int32 => number::<Int32Type>(array, row, out),
            DataType::Int64 => number::<Int64Type>(array, row, out),
            DataType::UInt8 => number::<UInt8Type>(array, row, out),
            DataType::UInt16 => number::<UInt16Type>(array, row, out),
            DataType::UInt32 => number::<UInt32Type>(array, row, out),
            DataType::UInt64 => number::<UInt64Type>(array, row, out),
            DataType::Float16 => self.float(array.as_primitive::<Float16Type>().value(row).to_f32(), out),
            DataType::Float32 => self.float(array.as_primitive::<Float32Type>().value(row), out),
            DataType::Float64 => self.real(array.as_primitive::<Float64Type>().value(row), out),
            DataType::Decimal32(..) => write!(out, "{}", array.as_primitive::<Decimal32Type>().value_as_string(row)),
            DataType::Decimal64(..) => write!(out, "{}", array.as_primitive::<Decimal64Type>().value_as_string(row)),
            DataType::Decimal128(..) => write!(out, "{}", array.as_primitive::<Decimal128Type>().value_as_string(row)),
            DataType::Decimal256(..) => write!(out, "{}", array.as_primitive::<Decimal256Type>().value_as_string(row)),
            DataType::Utf8 => text(array.as_string::<i32>().value(row), out),
            DataType::LargeUtf8 => text(array.as_string::<i64>().value(row), out),
            DataType::Utf8View => text(array.as_string_view().value(row), out),
            DataType::Binary => self.bytes(array.as_binary::<i32>().value(row), out),
            DataType::LargeBinary => self.bytes(array.as_binary::<i64>().value(row), out),
            DataType::BinaryView => self.bytes(array.as_binary_view().value(row), out),
            DataType::FixedSizeBinary(_) => self.bytes(array.as_fixed_size_binary().value(row), out),
            DataType::Date32 => day(array.as_primitive::<Date32Type>().value(row).into(), out),
            DataType::Date64 => day(array.as_primitive::<Date64Type>().value(row).div_euclid(DAY_MILLIS), out),
            DataType::Time32(unit) | DataType::Time64(unit) => time(count(array, row), *unit, out),
            DataType::Timestamp(unit, zone) => timestamp(count(array, row), *unit, zone.is_some(), out),
            DataType::Duration(unit) => duration(count(array, row), *unit, out),
            DataType::Interval(unit) => interval(array, row, *unit, out),
            DataType::List(_) => {
                let list = array.as_list::<i32>();
                let ends = list.value_offsets();
                self.list(list.values().as_ref(), ends[row] as usize..ends[row + 1] as usize, out)
            }
            DataType::LargeList(_) => {
                let list = array.as_list::<i64>();
                let ends = list.value_offsets();
                self.list(list.values().as_ref(), ends[row] as usize..ends[row + 1] as usize, out)
            }
            DataType::FixedSizeList(_, length) => {
                let (list, length) = (array.as_fixed_size_list(), *length as usize);
                let start = list.value_offset_at(row);
                self.list(list.values().as_ref(), start..start + length, out)
            }
            DataType::ListView(_) => {
                let values = array.as_list_view::<i32>().value(row);
                self.list(values.as_ref(), 0..values.len(), out)
            }
            DataType::LargeListView(_) => {
                let values = array.as_list_view::<i64>().value(row);
                self.list(values.as_ref(), 0..values.len(), out)
            }
            DataType::Struct(fields) => {
                let members = fields.iter().map(|field| field.name().as_str()).zip(array.as_struct().columns());
                self.object(members.map(|(name, column)| (name, column.as_ref(), row)), out)
            }
            DataType::Map(..) => self.map(array, row, out),
            DataType::Dictionary(..) => {
                let dictionary = array.as_any_dictionary();
                self.value(dictionary.values().as_ref(), count(dictionary.keys(), row) as usize, out)
            }
            DataType::RunEndEncoded(ends, _) => {
                let (at, values) = match ends.data_type() {
                    DataType::Int16 => {
                        (array.as_run::<Int16Type>().get_physical_index(row), array.as_run::<Int16Type>().values())
                    }
                    DataType::Int32 => {
                        (array.as_run::<Int32Type>().get_physical_index(row), array.as_run::<Int32Type>().values())
                    }
                    _ => (array.as_run::<Int64Type>().get_physical_index(row), array.as_run::<Int64Type>().values()),
                };
                self.value(values.as_ref(), at, out)
            }
            DataType::Union(..) => self.value(array.as_union().value(row).as_ref(), 0, out),
        }
    }

    fn float(&mut self, number: f32, out: &mut Vec<u8>) -> io::Result<()> {
        self.no_numbers += usize::from(!number.is_finite());
        Ok(serde_json::to_writer(out, &number)?)
    }

    fn real(&mut self, number: f64, out: &mut Vec<u8>) -> io::Result<()> {
        self.no_numbers += usize::from(!number.is_finite());
        Ok(serde_json::to_writer(out, &number)?)
    }

    /// Programs write texts as bytes too.
    fn bytes(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> io::Result<()> {
        match std::str::from_utf8(bytes) {
            Ok(found) => text(found, out),
            Err(_) => {
                self.no_texts += 1;
                text(&STANDARD.encode(bytes), out)
            }
        }
    }

    fn list(&mut self, values: &dyn Array, rows: Range<usize>, out: &mut Vec<u8>) -> io::Result<()> {
        out.push(b'[');
        let start = rows.start;
        for row in rows {
            if row > start {
                out.push(b',');
            }
            self.value(values, row, out)?;
        }
        out.write_all(b"]")
    }

    fn object<'a>(
        &mut self,
        members: impl Iterator<Item = (&'a str, &'a dyn Array, usize)>,
        out: &mut Vec<u8>,
    ) -> io::Result<()> {
        out.push(b'{');
        for (at, (name, values, row)) in members.enumerate() {
            if at > 0 {
                out.push(b',');
            }
            text(name, out)?;
            out.push(b':');
            self.value(values, row, out)?;
        }
        out.write_all(b"}")
    }

    /// An object where the keys are texts, else a list of pairs.
    fn map(&mut self, array: &dyn Array, row: usize, out: &mut Vec<u8>) -> io::Result<()> {
        let map = array.as_map();
        let (ends, keys, values) = (map.value_offsets(), map.keys(), map.values());
        let rows = ends[row] as usize..ends[row + 1] as usize;
        match keys.data_type() {
            DataType::Utf8 => {
                let names = keys.as_string::<i32>();
                self.object(rows.map(|row| (names.value(row), values.as_ref(), row)), out)
            }
            DataType::LargeUtf8 => {
                let names = keys.as_string::<i64>();
                self.object(rows.map(|row| (names.value(row), values.as_ref(), row)), out)
            }
            _ => self.list(map.entries(), rows, out),
        }
    }
}

const DAY_MILLIS: i64 = 86_400_000;

fn number<T: ArrowPrimitiveType<Native: Display>>(array: &dyn Array, row: usize, out: &mut Vec<u8>) -> io::Result<()> {
    write!(out, "{}", array.as_primitive::<T>().value(row))
}

fn text(text: &str, out: &mut Vec<u8>) -> io::Result<()> {
    Ok(serde_json::to_writer(out, text)?)
}

fn quoted(value: impl Display, out: &mut Vec<u8>) -> io::Result<()> {
    write!(out, "\"{value}\"")
}

/// The integer that stands for a value of any type that has one.
fn count(array: &dyn Array, row: usize) -> i64 {
    macro_rules! by_type {
        ($($type:pat => $primitive:ty),*) => {
            match array.data_type() {
                $($type => array.as_primitive::<$primitive>().value(row) as i64,)*
                _ => 0,
            }
        };
    }
    by_type!(
        DataType::Int8 => Int8Type, DataType::Int16 => Int16Type, DataType::Int32 => Int32Type,
        DataType::Int64 => Int64Type, DataType::UInt8 => UInt8Type, DataType::UInt16 => UInt16Type,
        DataType::UInt32 => UInt32Type, DataType::UInt64 => UInt64Type,
        DataType::Time32(TimeUnit::Second) => Time32SecondType,
        DataType::Time32(_) => Time32MillisecondType,
        DataType::Time64(TimeUnit::Microsecond) => Time64MicrosecondType,
        DataType::Time64(_) => Time64NanosecondType,
        DataType::Timestamp(TimeUnit::Second, _) => TimestampSecondType,
        DataType::Timestamp(TimeUnit::Millisecond, _) => TimestampMillisecondType,
        DataType::Timestamp(TimeUnit::Microsecond, _) => TimestampMicrosecondType,
        DataType::Timestamp(TimeUnit::Nanosecond, _) => TimestampNanosecondType,
        DataType::Duration(TimeUnit::Second) => DurationSecondType,
        DataType::Duration(TimeUnit::Millisecond) => DurationMillisecondType,
        DataType::Duration(TimeUnit::Microsecond) => DurationMicrosecondType,
        DataType::Duration(TimeUnit::Nanosecond) => DurationNanosecondType
    )
}

fn per_second(unit: TimeUnit) -> i64 {
    match unit {
        TimeUnit::Second => 1,
        TimeUnit::Millisecond => 1_000,
        TimeUnit::Microsecond => 1_000_000,
        TimeUnit::Nanosecond => 1_000_000_000,
    }
}

fn long(count: i64, unit: TimeUnit) -> SignedDuration {
    let per_second = per_second(unit);
    let nanos = (count % per_second) * (1_000_000_000 / per_second);
    SignedDuration::new(count / per_second, nanos as i32)
}

/// A day; one that no calendar has stays the number that it is.
fn day(days: i64, out: &mut Vec<u8>) -> io::Result<()> {
    let epoch: Date = date(1970, 1, 1);
    let day = Span::new().try_days(days).and_then(|days| epoch.checked_add(days));
    match day {
        Ok(day) => quoted(day, out),
        Err(_) => write!(out, "{days}"),
    }
}

fn time(count: i64, unit: TimeUnit, out: &mut Vec<u8>) -> io::Result<()> {
    let time = Time::midnight().checked_add(long(count, unit));
    match time {
        Ok(time) => quoted(time, out),
        Err(_) => write!(out, "{count}"),
    }
}

/// A moment in UTC, or a time of day and date without a zone.
fn timestamp(count: i64, unit: TimeUnit, has_zone: bool, out: &mut Vec<u8>) -> io::Result<()> {
    match Timestamp::from_duration(long(count, unit)) {
        Err(_) => write!(out, "{count}"),
        Ok(moment) if has_zone => quoted(moment, out),
        Ok(moment) => quoted(Offset::UTC.to_datetime(moment), out),
    }
}

fn duration(count: i64, unit: TimeUnit, out: &mut Vec<u8>) -> io::Result<()> {
    quoted(long(count, unit), out)
}

/// As ISO 8601 has it.
fn interval(array: &dyn Array, row: usize, unit: IntervalUnit, out: &mut Vec<u8>) -> io::Result<()> {
    let (months, days, nanos) = match unit {
        IntervalUnit::YearMonth => (array.as_primitive::<IntervalYearMonthType>().value(row), 0, 0),
        IntervalUnit::DayTime => {
            let interval = array.as_primitive::<IntervalDayTimeType>().value(row);
            (0, interval.days, i64::from(interval.milliseconds) * 1_000_000)
        }
        IntervalUnit::MonthDayNano => {
            let interval = array.as_primitive::<IntervalMonthDayNanoType>().value(row);
            (interval.months, interval.days, interval.nanoseconds)
        }
    };
    let time = long(nanos, TimeUnit::Nanosecond).to_string();
    write!(out, "\"P{months}M{days}D{}\"", time.strip_prefix('P').filter(|time| *time != "T0S").unwrap_or_default())
}
