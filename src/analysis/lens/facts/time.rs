//! Times of day: `3pm`, `15:00`, `3.30 p.m.`, `15h30`, `noon`.

use super::{Fact, FactValue};
use regex::Regex;
use std::sync::LazyLock;

const HALF_DAY: u16 = 12 * 60;

static TIME: LazyLock<Regex> = LazyLock::new(|| {
    let forms = [
        r"(?-u:\b)(?P<h>[0-9]{1,2})(?:[:.](?P<m>[0-9]{2}))?[ \u{a0}]?(?P<half>a\.?m(?-u:\b)\.?|p\.?m(?-u:\b)\.?)",
        r"(?:(?-u:\b)|[0-9]T)(?P<hh>[0-9]{1,2})(?::|h)(?P<mm>[0-9]{2})(?::[0-9]{2}(?:\.[0-9]+)?)?(?:Z|[+-][0-9]{2}:[0-9]{2})?(?-u:\b)",
        r"(?-u:\b)(?P<hu>[0-9]{1,2})(?:[:.](?P<mu>[0-9]{2}))? (?:uhr|o'clock|o’clock)(?-u:\b)",
        r"(?P<hj>[0-9]{1,2})時(?:(?P<mj>[0-9]{1,2})分|(?P<mjh>半))?",
        r"(?-u:\b)(?P<noon>noon|midday)(?-u:\b)|(?-u:\b)(?P<midnight>midnight)(?-u:\b)",
    ];
    Regex::new(&format!("(?i){}", forms.join("|"))).expect("a fixed pattern")
});

/// Minutes since midnight; two values where neither a.m. nor p.m. is written.
pub(super) type Time = Vec<u16>;

/// The times of a text, in order.
pub(super) fn find(text: &str) -> Vec<Fact> {
    let facts = TIME.captures_iter(text).filter_map(|captures| {
        let all = captures.get(0)?;
        let number = |names: [&str; 4]| names.iter().find_map(|n| captures.name(n)?.as_str().parse::<u16>().ok());
        if captures.name("hj").is_some() && text[all.end()..].starts_with('間') {
            return None; // hours, not o'clock
        }
        let noon = captures.name("noon").map(|_| vec![HALF_DAY]);
        let named = noon.or(captures.name("midnight").map(|_| vec![0]));
        let hour = number(["h", "hh", "hu", "hj"]);
        let half_past = captures.name("mjh").map(|_| 30);
        let minute = number(["m", "mm", "mu", "mj"]).or(half_past).unwrap_or(0);
        let half = captures.name("half").map(|half| half.as_str().to_lowercase().starts_with('p'));
        let whole_day = all.as_str().starts_with('0'); // 06:30 is no evening
        let start = captures.name("hh").map_or(all.start(), |hour| hour.start()); // past a date and its `T`
        let value = named.or_else(|| readings(hour?, minute, half.or(whole_day.then_some(false))))?;
        Some(Fact { range: start..all.end(), value: FactValue::Time(value) })
    });
    facts.collect()
}

fn readings(hour: u16, minute: u16, afternoon: Option<bool>) -> Option<Time> {
    if hour > 24 || minute > 59 {
        return None;
    }
    let time = hour % 24 * 60 + minute;
    Some(match afternoon {
        Some(afternoon) => vec![time % HALF_DAY + if afternoon { HALF_DAY } else { 0 }],
        None if hour <= 12 => vec![time, (time + HALF_DAY) % (2 * HALF_DAY)],
        None => vec![time],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Time {
        match find(text).pop() {
            Some(Fact { value: FactValue::Time(time), .. }) => time,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn one_time_in_many_forms() {
        for form in ["3pm", "3 p.m.", "15:00", "3:00 PM", "15h00", "15 Uhr", "15時"] {
            assert_eq!(time(form), [15 * 60], "{form}");
        }
        assert_eq!((time("noon"), time("12 am")), (vec![720], vec![0]));
        assert!(time("at 3:30").contains(&(15 * 60 + 30)));
        assert_eq!(time("06:30"), [390]);
        assert!(time("at 9:30").contains(&time("2025-03-03T09:30:00Z")[0]));
        assert!(time("at 9:30").contains(&time("2025-03-03T09:30:15.250+02:00")[0]));
        assert!(find("99:99 and 3 days").is_empty());
    }
}
