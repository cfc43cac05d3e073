//! Points in time, as UTC milliseconds since 1970: the one form in which times
//! are stored and compared.

use jiff::Timestamp;
use jiff::fmt::temporal::DateTimePrinter;

/// UTC milliseconds since 1970-01-01T00:00:00Z.
pub type UtcMillis = i64;

/// Parses RFC 3339 (`2026-11-01T09:30:00Z`, any offset). `None` when it is not one.
pub fn parse_rfc3339(text: &str) -> Option<UtcMillis> {
    text.parse::<Timestamp>().ok().map(Timestamp::as_millisecond)
}

/// RFC 3339 in UTC with milliseconds: `2026-11-01T09:30:00.000Z`.
pub fn format_rfc3339(at: UtcMillis) -> String {
    let Ok(timestamp) = Timestamp::from_millisecond(at) else {
        return format!("{at} ms"); // outside the years that RFC 3339 can write
    };
    DateTimePrinter::new().precision(Some(3)).timestamp_to_string(&timestamp)
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
    fn ago_reads_like_speech() {
        assert_eq!(ago(0, 59_000), "just now");
        assert_eq!(ago(0, 60_000), "1 min ago");
        assert_eq!(ago(0, 7_200_000), "2 h ago");
        assert_eq!(ago(0, 172_800_000), "2 d ago");
        assert_eq!(ago(5_000, 0), "just now", "a clock set back is no crash");
    }
}
