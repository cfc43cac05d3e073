//! Points in time, as UTC milliseconds since 1970: the one form in which times
//! are stored and compared.

use jiff::civil::DateTime;
use jiff::fmt::rfc2822;
use jiff::fmt::temporal::{DateTimePrinter, Pieces};
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp, ZonedDateTime};
use std::borrow::Cow;

/// UTC milliseconds since 1970-01-01T00:00:00Z.
pub type UtcMillis = i64;

/// An hour, in milliseconds.
pub const HOUR_MILLIS: i64 = 60 * 60 * 1000;

const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);

/// A time as somebody wrote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WrittenTime {
    pub at: UtcMillis,
    pub zone: WrittenZone,
}

/// What a written time says of its zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WrittenZone {
    Given,
    /// None: it is taken for UTC.
    Missing,
    /// It is a day without hours: its first moment in UTC.
    Day,
    /// None, for it is the number of seconds, or of smaller units, since 1970.
    Epoch,
}

/// Parses RFC 3339 (`2026-11-01T09:30:00Z`, any offset). `None` when it is not one.
pub fn parse_rfc3339(text: &str) -> Option<UtcMillis> {
    parse_civil(text).filter(|time| time.zone == WrittenZone::Given).map(|time| time.at)
}

/// Parses a time as programs write them: RFC 3339 with or without its zone or its hours,
/// RFC 2822, or digits that count from 1970. `None` when it is none of these.
pub fn parse_time(text: &str) -> Option<WrittenTime> {
    let text = &*respelled(text.trim());
    let in_utc = |text: &str| parse_civil(text).map(|time| WrittenTime { zone: WrittenZone::Given, ..time });
    let zoned = || text.parse::<ZonedDateTime>().ok().map(|zoned| zoned.timestamp().as_millisecond());
    let mail = || {
        let parser = rfc2822::DateTimeParser::new().relaxed_weekday(true);
        parser.parse_timestamp(text).ok().map(Timestamp::as_millisecond)
    };
    parse_civil(text)
        .or_else(|| parse_epoch(text))
        .or_else(|| text.strip_suffix(" UTC").and_then(in_utc))
        .or_else(|| zoned().or_else(mail).map(|at| WrittenTime { at, zone: WrittenZone::Given }))
}

/// `2026/11/01 09:30:00 +0100` as RFC 3339 would have it: with hyphens in the date, and no blank
/// before the offset, behind which the zone's name may stand.
fn respelled(text: &str) -> Cow<'_, str> {
    let mut text = Cow::Borrowed(text);
    if matches!(text.as_bytes(), [_, _, _, _, b'/', _, _, b'/', _, _, ..]) {
        text = text.replacen('/', "-", 2).into();
    }
    let begins_with_year = text.as_bytes().get(4) == Some(&b'-');
    let without_name = text.strip_suffix(" UTC").unwrap_or(&text);
    match without_name.rsplit_once(' ').filter(|_| begins_with_year) {
        Some((time, offset)) if offset.starts_with(['+', '-', 'Z']) => format!("{time}{offset}").into(),
        _ => text,
    }
}

/// A date with its hours and its offset, where it has them. Timestamps of `jiff` end a day
/// before its dates do, and 9999-12-31 is what many write for "never".
fn parse_civil(text: &str) -> Option<WrittenTime> {
    let pieces = Pieces::parse(text).ok()?;
    let offset = pieces.to_numeric_offset();
    if offset.is_none() && pieces.time_zone_annotation().is_some() {
        return None;
    }
    let since = DateTime::from_parts(pieces.date(), pieces.time().unwrap_or_default()).duration_since(EPOCH);
    let since = since - SignedDuration::from_secs(offset.map_or(0, Offset::seconds).into());
    let at = UtcMillis::try_from(since.as_millis()).ok().filter(|at| civil(*at).is_some())?;
    let zone = match (offset, pieces.time()) {
        (Some(_), _) => WrittenZone::Given,
        (None, Some(_)) => WrittenZone::Missing,
        (None, None) => WrittenZone::Day,
    };
    Some(WrittenTime { at, zone })
}

/// The unit is told by the size of the number: what would be seconds after the year 5000
/// are milliseconds.
fn parse_epoch(text: &str) -> Option<WrittenTime> {
    let is_plain = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+' | b'e' | b'E');
    let number = text.parse::<f64>().ok().filter(|_| text.bytes().all(is_plain))?;
    let millis = match number.abs() {
        ..1e11 => number * 1e3,
        ..1e14 => number,
        ..1e17 => number / 1e3,
        _ => number / 1e6,
    };
    let at = millis.round() as UtcMillis;
    civil(at).map(|_| WrittenTime { at, zone: WrittenZone::Epoch })
}

/// The date and hours in UTC; `None` outside the years that can be written.
fn civil(at: UtcMillis) -> Option<DateTime> {
    EPOCH.checked_add(SignedDuration::from_millis(at)).ok()
}

/// Whether it is of the years that can be written.
pub fn is_time(at: UtcMillis) -> bool {
    civil(at).is_some()
}

/// RFC 3339 in UTC with milliseconds: `2026-11-01T09:30:00.000Z`.
pub fn format_rfc3339(at: UtcMillis) -> String {
    match civil(at) {
        Some(civil) => DateTimePrinter::new().precision(Some(3)).datetime_to_string(&civil) + "Z",
        None => format!("{at} ms"),
    }
}

/// The day in UTC: `2026-11-01`.
pub fn day(at: UtcMillis) -> String {
    format_rfc3339(at).chars().take_while(|c| *c != 'T').collect()
}

/// Time since `at` for people: `just now`, `4 min ago`, `3 h ago`, `12 d ago`.
pub fn ago(at: UtcMillis, now: UtcMillis) -> String {
    let seconds = (now - at).max(0) / 1000;
    match seconds {
        0..60 => "just now".into(),
        60..3600 => format!("{} min ago", seconds / 60),
        3600..86_400 => format!("{} h ago", seconds / 3600),
        _ => format!("{} d ago", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc3339_round_trips_in_utc() {
        let at = parse_rfc3339("2026-11-01T10:30:00.250+01:00").unwrap();
        assert_eq!(format_rfc3339(at), "2026-11-01T09:30:00.250Z");
        assert_eq!(parse_rfc3339("yesterday"), None);
    }

    #[test]
    fn times_are_read_as_programs_write_them() {
        use WrittenZone::{Epoch, Given, Missing};
        let at = parse_rfc3339("2026-11-01T09:30:00Z").unwrap();
        for (text, zone) in [
            ("2026-11-01T10:30:00+01:00", Given),
            ("2026-11-01 09:30:00 UTC", Given),
            ("20261101T093000Z", Given),
            ("2026-11-01T10:30:00[Europe/Berlin]", Given),
            ("Sun, 01 Nov 2026 09:30:00 GMT", Given),
            ("Mon, 01 Nov 2026 10:30:00 +0100", Given),
            ("2026-11-01 10:30:00 +01:00", Given),
            ("2026-11-01 09:30:00.0 +0000 UTC", Given),
            ("2026-11-01 09:30:00 Z", Given),
            ("2026/11/01 09:30:00", Missing),
            ("2026/11/01 10:30:00 +0100", Given),
            ("2026-11-01T09:30:00", Missing),
            ("2026-11-01 09:30:00.000123", Missing),
            ("1793525400", Epoch),
            ("1793525400.0", Epoch),
            ("1793525400000", Epoch),
            ("1793525400000000", Epoch),
        ] {
            assert_eq!(parse_time(text), Some(WrittenTime { at, zone }), "{text}");
        }
        assert_eq!(parse_time("2026-11-01").map(|time| time.zone), Some(WrittenZone::Day));
        for none in
            ["yesterday", "", "NaN", "inf", "2026-02-30", "2026-11-01T25:00:00Z", "1e300", "01/11/2026", "2026/11"]
        {
            assert_eq!(parse_time(none), None, "{none}");
        }
    }

    #[test]
    fn the_last_day_that_can_be_written_is_a_day_like_others() {
        let last = "9999-12-31T23:59:59.999Z";
        assert_eq!(parse_rfc3339(last).map(format_rfc3339).as_deref(), Some(last));
        assert_eq!(parse_rfc3339("9999-12-31T23:59:59-01:00"), None, "it falls into the year 10000");
    }

    #[test]
    fn ago_reads_like_speech() {
        assert_eq!(ago(0, 59_000), "just now");
        assert_eq!(ago(0, 60_000), "1 min ago");
        assert_eq!(ago(0, 7_200_000), "2 h ago");
        assert_eq!(ago(0, 172_800_000), "2 d ago");
        assert_eq!(ago(5_000, 0), "just now", "a clock set back is no crash");
    }
}
