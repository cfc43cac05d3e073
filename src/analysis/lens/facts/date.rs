//! Dates in many forms: `2025-03-03`, `03/03/2025`, `March 3rd`, `3 Mar 2025`, `Monday`.

use super::{Fact, FactValue};
use crate::analysis::lens::tokens;
use foldhash::HashMap;
use jiff::civil;
use regex::{Captures, Regex};
use std::ops::Range;
use std::sync::LazyLock;

/// Months in the languages whose dates are read, January first.
const MONTHS: [&str; 12] = [
    "january|januar|janvier|enero|gennaio|janeiro|januari|jan",
    "february|februar|février|febrero|febbraio|fevereiro|februari|feb",
    "march|märz|mars|marzo|março|maart|mar",
    "april|avril|abril|aprile|apr",
    "may|mai|mayo|maggio|maio|mei",
    "june|juni|juin|junio|giugno|junho|jun",
    "july|juli|juillet|julio|luglio|julho|jul",
    "august|août|agosto|augustus|aug",
    "september|septembre|septiembre|settembre|setembro|sept|sep",
    "october|oktober|octobre|octubre|ottobre|outubro|oct|okt",
    "november|novembre|noviembre|novembro|nov",
    "december|dezember|décembre|diciembre|dicembre|dezembro|dec|dez",
];

const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

static NUMERIC: LazyLock<Regex> = LazyLock::new(|| {
    let forms = [
        r"(?P<y>[0-9]{4})[-/.](?P<m>[0-9]{1,2})[-/.](?P<d>[0-9]{1,2})",
        r"(?P<a>[0-9]{1,2})[-/.](?P<b>[0-9]{1,2})[-/.](?P<z>[0-9]{4}|[0-9]{2})",
        r"(?:(?P<cy>[0-9]{4})\s?年\s?)?(?P<cm>[0-9]{1,2})\s?月\s?(?P<cd>[0-9]{1,2})\s?日",
    ];
    Regex::new(&format!(r"(?:^|[^0-9.,/-])(?P<all>{})(?:$|[^0-9/-])", forms.join("|"))).expect("a fixed pattern")
});

static NAMED: LazyLock<Regex> = LazyLock::new(|| {
    let months = MONTHS.join("|");
    let pattern = format!(
        r"(?i)(?:\b(?:(?P<first>[0-9]{{1,2}})(?:st|nd|rd|th)?(?:[-–]| - | – | to | and )(?:the )?)?(?P<before>[0-9]{{1,2}})(?:st|nd|rd|th|er|º|\.)?[ \u{{a0}}](?:of |de )?)?\b(?P<month>{months})\b\.?(?:[ \u{{a0}}](?P<after>[0-9]{{1,2}})(?:st|nd|rd|th)?\b(?:(?:[-–]| - | – | to | and )(?P<last>[0-9]{{1,2}})(?:st|nd|rd|th)?\b)?)?(?:(?:,|,? of| de)?[ \u{{a0}}](?P<year>[12][0-9]{{3}})\b)?"
    );
    Regex::new(&pattern).expect("a fixed pattern")
});

/// The names of months and weekdays with their numbers, from 1 and from 0.
static NAMES: LazyLock<HashMap<&str, Name>> = LazyLock::new(|| {
    let months =
        MONTHS.iter().zip(1..).flat_map(|(names, at)| names.split('|').map(move |name| (name, Name::Month(at))));
    months.chain(WEEKDAYS.into_iter().zip((0..7).map(Name::Weekday))).collect()
});

#[derive(Clone, Copy)]
enum Name {
    Month(i8),
    Weekday(i8),
}

/// Bytes before and behind a month's name in which its day and its year stand.
const BEFORE: usize = 24;
const BEHIND: usize = 20;

/// The longest name of a month or a weekday, in bytes.
const LONGEST: usize = 12;

/// A date as far as it was written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Day {
    pub year: Option<i16>,
    pub month: Option<i8>,
    pub day: Option<i8>,
    /// Day of the week, 0 for Monday.
    pub weekday: Option<i8>,
}

/// Dates that a text may mean; 03/04/2025 is two.
pub(super) type Date = Vec<Day>;

/// The dates of a text, in order.
pub(super) fn find(text: &str) -> Vec<Fact> {
    let mut found = numeric(text);
    let mut small = String::new();
    for range in tokens::ranges(text).filter(|range| (3..=LONGEST).contains(&range.len())) {
        tokens::fold(&text[range.clone()], &mut small);
        let singular = small.strip_suffix("'s").or_else(|| small.strip_suffix('s'));
        match NAMES.get(small.as_str()).or_else(|| NAMES.get(singular?)) {
            Some(Name::Month(month)) => found.extend(named(text, &range, *month).into_iter().flatten()),
            Some(Name::Weekday(weekday)) => {
                let day = Day { weekday: Some(*weekday), ..Day::default() };
                found.push(Fact { range, value: FactValue::Date(vec![day]) });
            }
            None => {}
        }
    }
    found.sort_by_key(|fact| fact.range.start);
    found
}

fn numeric(text: &str) -> Vec<Fact> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(captures) = NUMERIC.captures_at(text, at) {
        let Some(all) = captures.name("all") else { break };
        at = all.end();
        let dates = readings(&captures);
        if !dates.is_empty() {
            found.push(Fact { range: all.range(), value: FactValue::Date(dates) });
        }
    }
    found
}

fn readings(captures: &Captures) -> Date {
    let number = |name: &str| captures.name(name).and_then(|digits| digits.as_str().parse::<i16>().ok());
    let small = |name: &str| number(name).and_then(|n| i8::try_from(n).ok());
    let mut readings = Vec::new();
    if let (year, Some(month), Some(day)) = (number("cy"), small("cm"), small("cd")) {
        readings.extend(day_of(year, month, day));
    } else if let (Some(year), Some(month), Some(day)) = (number("y"), small("m"), small("d")) {
        readings.extend(day_of(Some(year), month, day));
    } else if let (Some(a), Some(b), Some(year)) = (small("a"), small("b"), number("z")) {
        let year = if year < 100 { year + 2000 } else { year };
        readings.extend(day_of(Some(year), b, a));
        readings.extend(day_of(Some(year), a, b).filter(|_| a != b));
    }
    readings
}

/// A day of the calendar; `None` for one that does not exist, such as 31 June.
fn day_of(year: Option<i16>, month: i8, day: i8) -> Option<Day> {
    civil::Date::new(year.unwrap_or(2000), month, day).ok()?; // a leap year: the 29th of February is one
    Some(Day { year, month: Some(month), day: Some(day), weekday: None })
}

/// A date by the name of its month, or the first and the last of a range: `3-5 May`.
fn named(text: &str, name: &Range<usize>, month: i8) -> Option<Vec<Fact>> {
    let start = text.floor_char_boundary(name.start.saturating_sub(BEFORE));
    let end = text.ceil_char_boundary((name.end + BEHIND).min(text.len()));
    let around = &text[start..end];
    let is_this = |captures: &Captures| captures.name("month").is_some_and(|m| start + m.start() == name.start);
    let captures = NAMED.captures_iter(around).find(is_this)?;
    let digits = |name: &str| captures.name(name).and_then(|digits| digits.as_str().parse::<i16>().ok());
    let year = digits("year");
    let fact = |range: Range<usize>, day| Fact {
        range: start + range.start..start + range.end,
        value: FactValue::Date(vec![day]),
    };
    let dated = |day: i16| day_of(year, month, i8::try_from(day).ok()?);
    let all = captures.get(0)?;
    let all = all.start()..all.start() + all.as_str().trim_end_matches('.').len();
    let days = |first: &str, last: &str| captures.name(first).zip(captures.name(last));
    let Some((early, late)) = days("first", "before").or_else(|| days("after", "last")) else {
        let day = digits("before").or(digits("after"));
        if day.is_none() && year.is_none() && is_doubtful(text, name) {
            return None;
        }
        let day = match day {
            Some(day) => dated(day)?,
            None => Day { year, month: Some(month), ..Day::default() },
        };
        return Some(vec![fact(all, day)]);
    };
    let day = |digits: &str| dated(digits.parse().ok()?);
    let (first, last) = (day(early.as_str())?, day(late.as_str())?);
    Some(vec![fact(all.start..early.end(), first), fact(late.start()..all.end, last)])
}

/// Whether a name alone may be another word: `mar`, `may`, `march`.
fn is_doubtful(text: &str, name: &Range<usize>) -> bool {
    let word = &text[name.clone()];
    if word.starts_with(char::is_uppercase) {
        return word.len() < 4 && word != "May";
    }
    let before = &text[text.ceil_char_boundary(name.start.saturating_sub(BEFORE))..name.start];
    let before = before.trim_end().rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
    let dates = ["in", "since", "until", "by", "from", "last", "next", "this", "early", "late", "mid", "during", "of"];
    word.len() < 6 && !dates.contains(&before.to_lowercase().as_str())
}

impl Day {
    /// Whether a day of the source says all that this one says. A year that it leaves out may
    /// stand elsewhere in the source: `years` are all that it has.
    pub(crate) fn is_told_by(&self, source: &Day, years: &[i16]) -> bool {
        if let Some(weekday) = self.weekday {
            return source.weekday == Some(weekday) || source.falls_on() == Some(weekday);
        }
        let told = |mine: Option<i8>, other: Option<i8>| mine.is_none() || mine == other;
        let year = match (self.year, source.year) {
            (Some(mine), None) => years.contains(&mine),
            (mine, other) => mine.is_none() || mine == other,
        };
        told(self.month, source.month) && told(self.day, source.day) && year
    }

    /// Day of the week, 0 for Monday, where it is written or follows from the date.
    fn falls_on(&self) -> Option<i8> {
        let date = civil::Date::new(self.year?, self.month?, self.day?).ok()?;
        Some(date.weekday().to_monday_zero_offset())
    }

    /// Whether both dates have the same parts.
    pub(crate) fn is_like(&self, other: &Day) -> bool {
        self.weekday.is_some() == other.weekday.is_some()
            && self.month.is_some() == other.month.is_some()
            && (self.day.is_none() || other.day.is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        match find(text).into_iter().next() {
            Some(Fact { value: FactValue::Date(date), .. }) => date,
            other => panic!("{text}: {other:?}"),
        }
    }

    fn agrees(output: &str, source: &str, years: &[i16]) -> bool {
        date(output).iter().any(|day| date(source).iter().any(|other| day.is_told_by(other, years)))
    }

    #[test]
    fn one_day_in_many_forms() {
        for form in
            ["03/03/2025", "3.3.2025", "March 3rd, 2025", "3 Mar 2025", "3. März 2025", "2025年3月3日", "2025/03/03"]
        {
            assert!(agrees(form, "2025-03-03", &[]), "{form}: {:?}", date(form));
            assert!(!agrees(form, "2025-03-04", &[]), "{form}: {:?}", date(form));
        }
        assert!(agrees("March 3rd", "on 2025-03-03", &[]));
        assert!(agrees("Monday", "2025-03-03", &[]) && !agrees("Tuesday", "2025-03-03", &[]));
        assert!(agrees("04/03/2025", "April 3, 2025", &[]) && agrees("04/03/2025", "4 March 2025", &[]));
        assert!(agrees("March 3, 2025", "March 3", &[2025]) && !agrees("March 3, 2025", "March 3", &[]));
        assert!(agrees("March", "3 March", &[]) && !agrees("3 March", "March 2025", &[]));
        assert!(agrees("in may", "in May", &[]) && agrees("since june", "June", &[]));
        assert!(agrees("Sunday's match", "on Sunday", &[]) && agrees("Sunday’s match", "Sundays", &[]));
    }

    #[test]
    fn a_range_is_two_days() {
        let days = |text: &str| {
            let days = find(text).into_iter().map(|fact| match fact.value {
                FactValue::Date(date) => (date[0].month, date[0].day),
                other => panic!("{other:?}"),
            });
            days.collect::<Vec<_>>()
        };
        for range in ["3-5 May", "3 to 5 May", "May 3–5", "from 3 May to 5 May", "3rd and 5th of May"] {
            assert_eq!(days(range), [(Some(5), Some(3)), (Some(5), Some(5))], "{range}");
        }
    }

    #[test]
    fn words_that_only_look_like_months_are_none() {
        assert!(find("It may be; we march on, mar it.").is_empty());
        assert!(find("version 1.2.3.4 and 99/99/2025").is_empty());
    }
}
