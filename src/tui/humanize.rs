//! Numbers, times and lists as people read them.

use crate::domain::time::UtcMillis;
use crate::text::plural::plural;
pub use crate::text::plural::thousands;

/// `1 item`, `12 items`.
pub fn count(number: i64, word: &str) -> String {
    format!("{} {}", thousands(number), plural(number, word))
}

/// The time from now until then: `in 40 s`, `in 4 min`, `now`.
pub fn until(at: UtcMillis, now: UtcMillis) -> String {
    match ((at - now).max(0) + 999) / 1000 {
        0 => "now".into(),
        seconds @ 1..=90 => format!("in {seconds} s"),
        seconds => format!("in {} min", (seconds + 30) / 60),
    }
}

/// A length of time: `8.5 s`, `40 s`.
pub fn seconds(millis: i64) -> String {
    match millis {
        ..10_000 => format!("{:.1} s", millis as f64 / 1000.0),
        _ => format!("{} s", thousands((millis + 500) / 1000)),
    }
}

/// About how long: `1 min`, `12 min`, `1 h 20 min`, `4,012 h`.
pub fn about(millis: i64) -> String {
    let minutes = (millis / 60_000 + i64::from(millis % 60_000 >= 30_000)).max(1);
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) | (hours @ 10.., _) => format!("{} h", thousands(hours)),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

/// `a`, `a and b`, `a, b and c`.
pub fn listed(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// A share in whole percent; all of it and nothing of it are only said when true.
pub fn percent(part: i64, whole: i64) -> String {
    match (part, whole) {
        (_, 0) | (0, _) => "0%".into(),
        (part, whole) if part >= whole => "100%".into(),
        (part, whole) => match (part * 100 + whole / 2) / whole {
            0 => "<1%".into(),
            100 => ">99%".into(),
            share => format!("{share}%"),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!([0, 413, 1000, 1_000_000].map(thousands), ["0", "413", "1,000", "1,000,000"]);
        assert_eq!((count(1, "item"), count(0, "item")), ("1 item".into(), "0 items".into()));
        let shares = [(0, 0), (1, 1000), (2, 3), (999, 1000), (5, 5)].map(|(part, whole)| percent(part, whole));
        assert_eq!(shares, ["0%", "<1%", "67%", ">99%", "100%"]);
    }

    #[test]
    fn times_and_lists_read_like_speech() {
        assert_eq!([0, 40_000, 240_000].map(|at| until(at, 0)), ["now", "in 40 s", "in 4 min"]);
        assert_eq!([8_490, 40_200, 1_600_000].map(seconds), ["8.5 s", "40 s", "1,600 s"]);
        let lengths = [0, 700_000, 4_800_000, 7_200_000, 14_443_200_000].map(about);
        assert_eq!(lengths, ["1 min", "12 min", "1 h 20 min", "2 h", "4,012 h"]);
        assert_eq!(listed(&["a".into(), "b".into(), "c".into()]), "a, b and c");
    }
}
