//! Times in a filter. A day is a stretch and not a point: `created:2026-11-01` is
//! within that day, `created>2026-11-01` after its end, `created>=2026-11-01` from its
//! beginning on. Days are those of UTC, in which times are kept and exported.

use crate::domain::time::{UtcMillis, format_rfc3339, parse_rfc3339};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::fmt;
use std::ops::Range;

const DAY_MILLIS: i64 = 24 * 60 * 60 * 1000;

/// The year 1 begins: nothing is longer ago, and RFC 3339 writes no earlier time well.
const FIRST: UtcMillis = -62_135_596_800_000;

/// The year 10000 begins: RFC 3339 writes no later time.
const LAST: UtcMillis = 253_402_300_799_999;

/// A time as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum When {
    /// `2026-11-01`
    Day(Date),
    /// `2026-11`: its first day.
    Month(Date),
    /// RFC 3339, such as `2026-11-01T09:30:00Z`.
    Moment(UtcMillis),
    /// `7d`: that long ago. `>` means later.
    Ago(Span),
    /// `2h` of a deadline: in that long.
    In(Span),
    Today,
    Yesterday,
}

/// A length of time: `36h`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    pub count: u32,
    pub unit: Unit,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    Minute,
    Hour,
    Day,
    Week,
}

impl Unit {
    pub const ALL: [Unit; 4] = [Unit::Minute, Unit::Hour, Unit::Day, Unit::Week];

    fn letter(self) -> char {
        match self {
            Unit::Minute => 'm',
            Unit::Hour => 'h',
            Unit::Day => 'd',
            Unit::Week => 'w',
        }
    }

    fn millis(self) -> i64 {
        match self {
            Unit::Minute => 60 * 1000,
            Unit::Hour => 60 * 60 * 1000,
            Unit::Day => DAY_MILLIS,
            Unit::Week => 7 * DAY_MILLIS,
        }
    }
}

impl Span {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let unit = Unit::ALL.into_iter().find(|unit| text.ends_with(unit.letter()))?;
        let digits = text.strip_suffix(unit.letter())?;
        let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        Some(Self { count: plain.then(|| digits.parse().ok())??, unit })
    }

    fn millis(self) -> i64 {
        i64::from(self.count) * self.unit.millis()
    }
}

impl When {
    /// Reads `7d`, `today`, `2026-11-01`, `2026-11`, or a moment by RFC 3339. `None`: it is none.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "today" => return Some(When::Today),
            "yesterday" => return Some(When::Yesterday),
            _ => {}
        }
        let day = |text: &str| text.parse::<Date>().ok().filter(|day| day.to_string() == text);
        let month = || day(&format!("{text}-01")).map(When::Month);
        let moment = || parse_rfc3339(text).map(When::Moment);
        Span::parse(text).map(When::Ago).or_else(|| day(text).map(When::Day)).or_else(month).or_else(moment)
    }

    /// The time as one that no longer moves: `7d` becomes a moment.
    pub(super) fn pinned(self, now: UtcMillis) -> Self {
        match self {
            When::Ago(span) => When::Moment(now.saturating_sub(span.millis()).max(FIRST)),
            When::In(span) => When::Moment(now.saturating_add(span.millis()).min(LAST)),
            When::Today => When::Day(date(now)),
            When::Yesterday => When::Day(date(now - DAY_MILLIS)),
            other => other,
        }
    }

    /// Stretch of time that it means, its end excluded.
    pub fn stretch(&self, now: UtcMillis) -> Range<UtcMillis> {
        match self.clone().pinned(now) {
            When::Month(first) => start(first)..start(first.last_of_month()).saturating_add(DAY_MILLIS),
            When::Day(day) => start(day)..start(day).saturating_add(DAY_MILLIS),
            When::Moment(at) => at..at.saturating_add(1),
            _ => now..now, // pinned times are none else
        }
    }
}

/// The day in UTC.
fn date(at: UtcMillis) -> Date {
    let timestamp = jiff::Timestamp::from_millisecond(at).unwrap_or_default();
    TimeZone::UTC.to_datetime(timestamp).date()
}

fn start(day: Date) -> UtcMillis {
    let midnight = day.to_datetime(jiff::civil::Time::midnight());
    TimeZone::UTC.to_timestamp(midnight).map_or(i64::MAX, jiff::Timestamp::as_millisecond)
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}{}", self.count, self.unit.letter())
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            When::Day(day) => write!(f, "{day}"),
            When::Month(first) => write!(f, "{}", first.strftime("%Y-%m")),
            When::Moment(at) => f.write_str(&format_rfc3339(*at)),
            When::Ago(span) | When::In(span) => write!(f, "{span}"),
            When::Today => f.write_str("today"),
            When::Yesterday => f.write_str("yesterday"),
        }
    }
}
