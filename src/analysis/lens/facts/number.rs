//! Numbers with their units: `1,234`, `1.2 million`, `€5`, `twenty-five`, `30 %`.

use super::{Fact, FactValue};
use crate::analysis::lens::tokens;
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

/// Digits as people write them; a space separates thousands only.
static DIGITS: LazyLock<Regex> = LazyLock::new(|| {
    let digit = "[0-9\u{ff10}-\u{ff19}\u{660}-\u{669}\u{966}-\u{96f}]";
    let thousands = format!(r"{digit}{{1,3}}(?:[ \u{{a0}}\u{{202f}}]{digit}{{3}})+(?:[.,]{digit}{{1,2}})?\b");
    Regex::new(&format!(r"{thousands}|{digit}+(?:[.,'’]{digit}+)*")).expect("a fixed pattern")
});

const SMALL: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: [&str; 8] = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
const ORDINALS: [&str; 12] = [
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh",
    "twelfth",
];
const MAGNITUDES: [(&str, f64); 16] = [
    ("hundred", 1e2),
    ("thousand", 1e3),
    ("million", 1e6),
    ("millions", 1e6),
    ("mn", 1e6),
    ("mio", 1e6),
    ("billion", 1e9),
    ("billions", 1e9),
    ("bn", 1e9),
    ("trillion", 1e12),
    ("lakh", 1e5),
    ("crore", 1e7),
    ("千", 1e3),
    ("万", 1e4),
    ("億", 1e8),
    ("亿", 1e8),
];

/// Words after which a number names a place in a text.
const LABELS: [&str; 14] = [
    "step", "point", "option", "section", "table", "figure", "document", "passage", "source", "part", "question",
    "page", "chapter", "item",
];

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Number {
    /// Numbers that the digits may mean; `1.234` is two.
    pub readings: Vec<f64>,
    pub unit: Option<Unit>,
    /// Whether it was written in words.
    pub spelled: bool,
    /// Whether it was written with a word such as `million`, and so perhaps rounded.
    pub rounded: bool,
}

/// A unit as a multiple of the base of what it measures.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Unit {
    of: &'static str,
    factor: f64,
}

const UNITS: [(&str, &[(&str, f64)]); 8] = [
    (
        "time",
        &[
            ("second", 1.0),
            ("sec", 1.0),
            ("minute", 60.0),
            ("min", 60.0),
            ("hour", 3600.0),
            ("hr", 3600.0),
            ("day", 86_400.0),
            ("week", 604_800.0),
            ("分", 60.0),
            ("時間", 3600.0),
            ("日", 86_400.0),
        ],
    ),
    ("months", &[("month", 1.0), ("year", 12.0), ("decade", 120.0)]),
    (
        "length",
        &[
            ("mm", 0.001),
            ("cm", 0.01),
            ("m", 1.0),
            ("metre", 1.0),
            ("meter", 1.0),
            ("km", 1e3),
            ("kilometre", 1e3),
            ("kilometer", 1e3),
            ("inch", 0.0254),
            ("inche", 0.0254),
            ("feet", 0.3048),
            ("foot", 0.3048),
            ("ft", 0.3048),
            ("yard", 0.9144),
            ("mile", 1609.344),
        ],
    ),
    (
        "mass",
        &[
            ("mg", 1e-6),
            ("g", 1e-3),
            ("gram", 1e-3),
            ("kg", 1.0),
            ("kilogram", 1.0),
            ("kilo", 1.0),
            ("tonne", 1e3),
            ("ton", 1e3),
            ("lb", 0.4536),
            ("pound", 0.4536),
            ("ounce", 0.02835),
            ("oz", 0.02835),
        ],
    ),
    ("volume", &[("ml", 1e-3), ("l", 1.0), ("litre", 1.0), ("liter", 1.0), ("gallon", 3.785)]),
    ("data", &[("byte", 1.0), ("kb", 1e3), ("mb", 1e6), ("gb", 1e9), ("tb", 1e12)]),
    ("power", &[("w", 1.0), ("watt", 1.0), ("kw", 1e3), ("mw", 1e6), ("kwh", 3.6e6)]),
    ("speed", &[("km/h", 1.0), ("kph", 1.0), ("kmh", 1.0), ("mph", 1.609)]),
];

/// Words and signs of currencies and shares, each under one name.
const ALIASES: [(&str, &[&str]); 8] = [
    ("percent", &["%", "percent", "pct", "percentage", "％"]),
    ("dollar", &["$", "usd", "dollar", "dollars", "us$"]),
    ("euro", &["€", "eur", "euro", "euros"]),
    ("sterling", &["£", "gbp", "quid"]),
    ("yen", &["¥", "jpy", "yen", "円", "元", "cny", "rmb", "yuan"]),
    ("rupee", &["₹", "inr", "rupee", "rupees"]),
    ("franc", &["chf", "franc", "francs"]),
    ("degree", &["°", "°c", "°f", "degree", "degrees"]),
];

fn unit(word: &str) -> Option<Unit> {
    let small = word.to_lowercase();
    let aliased = ALIASES.iter().find(|(_, words)| words.contains(&small.as_str()));
    if let Some((of, _)) = aliased {
        return Some(Unit { of, factor: 1.0 });
    }
    let singular = small.strip_suffix('s').filter(|s| s.len() > 1).unwrap_or(&small);
    let find = |wanted: &str| {
        UNITS.iter().find_map(|(of, units)| {
            units.iter().find(|(name, _)| *name == wanted).map(|(_, factor)| Unit { of, factor: *factor })
        })
    };
    find(&small).or_else(|| find(singular))
}

/// The numbers of a text, in order.
pub(super) fn find(text: &str) -> Vec<Fact> {
    let mut found: Vec<Fact> = DIGITS.find_iter(text).filter_map(|digits| in_digits(text, digits.range())).collect();
    found.extend(spelled(text));
    found.sort_by_key(|fact| fact.range.start);
    found
}

fn in_digits(text: &str, digits: Range<usize>) -> Option<Fact> {
    let (before, after) = (&text[..digits.start], &text[digits.end..]);
    if is_label(before, after) {
        return None;
    }
    let mut readings = readings(&text[digits.clone()]);
    let mut range = digits;
    let sign = before.chars().next_back().filter(|c| unit(c.encode_utf8(&mut [0; 4])).is_some());
    let mut found = sign.and_then(|c| unit(c.encode_utf8(&mut [0; 4])));
    range.start -= sign.map_or(0, char::len_utf8);
    let mut rounded = false;
    if let Some((word, end)) = next_word(text, range.end)
        && let Some(factor) = magnitude(&word, found.is_some())
    {
        readings.iter_mut().for_each(|value| *value *= factor);
        (range.end, rounded) = (end, true);
    }
    readings.retain(|value| value.is_finite()); // hundreds of digits are no quantity
    if readings.is_empty() {
        return None;
    }
    if found.is_none()
        && let Some((word, end)) = unit_word(text, range.end)
    {
        found = unit(&word).or_else(|| (word.to_lowercase() == "per").then(|| unit("%")).flatten());
        if found.is_some() {
            range.end = end;
        }
    }
    Some(Fact { range, value: FactValue::Number(Number { readings, unit: found, spelled: false, rounded }) })
}

/// Whether the number is a label: `2.` at the start of a line, `[2]`, `Step 2`.
fn is_label(before: &str, after: &str) -> bool {
    let line = before.rsplit('\n').next().unwrap_or(before);
    let starts = line.trim_matches([' ', '-', '*', '#', '>', '(', '•']).is_empty();
    let counts = starts && after.starts_with(['.', ')', ':']) && !after[1..].starts_with(|c: char| c.is_numeric());
    let cites = before.ends_with('[') && after.starts_with(']');
    let word = before.trim_end().rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
    let names = before.ends_with([' ', '#']) && LABELS.contains(&word.to_lowercase().as_str());
    counts || cites || names
}

/// The next word, past one that says which days: `3 working days`.
fn unit_word(text: &str, at: usize) -> Option<(String, usize)> {
    let (word, end) = next_word(text, at)?;
    let kind = matches!(word.as_str(), "working" | "business" | "calendar" | "consecutive" | "full");
    if kind { next_word(text, end) } else { Some((word, end)) }
}

/// The next word or sign, if only a space or a hyphen separates it from `at`.
fn next_word(text: &str, at: usize) -> Option<(String, usize)> {
    let rest = &text[at..];
    let gap = rest.chars().next().filter(|c| matches!(c, ' ' | '-' | '\u{a0}' | '\u{202f}')).map_or(0, char::len_utf8);
    let word = &rest[gap..];
    let first = word.chars().next()?;
    let length = match first {
        '%' | '€' | '$' | '£' | '¥' | '₹' | '％' | '°' => first.len_utf8(),
        _ if tokens::is_wide(first) => {
            if word.starts_with("時間") {
                "時間".len()
            } else {
                first.len_utf8()
            }
        }
        _ => word.find(|c: char| !(c.is_alphabetic() || c == '/') || tokens::is_wide(c)).unwrap_or(word.len()),
    };
    (length > 0).then(|| (word[..length].to_owned(), at + gap + length))
}

fn magnitude(word: &str, is_money: bool) -> Option<f64> {
    let small = word.to_lowercase();
    let listed = MAGNITUDES.iter().find(|(name, _)| *name == small).map(|(_, factor)| *factor);
    listed.or(match small.as_str() {
        "k" => Some(1e3),
        "m" if is_money => Some(1e6),
        "b" if is_money => Some(1e9),
        _ => None,
    })
}

/// Numbers that digits may mean: the last separator may be of thousands or of decimals.
fn readings(digits: &str) -> Vec<f64> {
    let plain: String =
        digits.chars().filter(|c| !matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\'' | '’')).map(ascii).collect();
    let number = |text: String| text.parse().ok();
    let without = |c: char| plain.replace(c, "");
    let Some(last) = plain.rfind([',', '.']) else { return number(plain).into_iter().collect() };
    let (separator, tail) = (plain.as_bytes()[last], plain.len() - last - 1);
    let other = if separator == b',' { '.' } else { ',' };
    let repeated = plain.bytes().filter(|byte| *byte == separator).count() > 1;
    let decimal = without(other).replace(',', ".");
    let thousands = without('.').replace(',', "");
    let readings = match (repeated, plain.contains(other), tail == 3) {
        (true, ..) => vec![thousands],
        (false, true, _) | (false, false, false) => vec![decimal],
        (false, false, true) => vec![thousands, decimal],
    };
    readings.into_iter().filter_map(number).collect()
}

/// A digit of any script as an ASCII digit.
fn ascii(digit: char) -> char {
    let zeros = ['\u{ff10}', '\u{660}', '\u{966}'].map(u32::from);
    let value = zeros.into_iter().find_map(|zero| u32::from(digit).checked_sub(zero).filter(|value| *value < 10));
    value.and_then(|value| char::from_digit(value, 10)).unwrap_or(digit)
}

/// Numbers in words, and ordinals as the number they stand for, except `one`, mostly a
/// pronoun, and `second`, a unit.
fn spelled(text: &str) -> Vec<Fact> {
    let words: Vec<Range<usize>> = tokens::ranges(text).collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let Some((value, taken)) = number_in_words(text, &words[at..]) else {
            at += 1;
            continue;
        };
        let mut range = words[at].start..words[at + taken - 1].end;
        let next = unit_word(text, range.end);
        let unit = next.as_ref().and_then(|(word, _)| unit(word));
        if let (Some(_), Some((_, end))) = (unit, next) {
            range.end = end;
        }
        at += taken;
        let readings = vec![value];
        found.push(Fact { range, value: FactValue::Number(Number { readings, unit, spelled: true, rounded: false }) });
    }
    found
}

/// The number that the words begin with, and how many of them it takes.
fn number_in_words(text: &str, words: &[Range<usize>]) -> Option<(f64, usize)> {
    let (mut whole, mut part, mut taken) = (0.0, 0.0, 0);
    for (at, range) in words.iter().enumerate() {
        let apart = at > 0 && !matches!(&text[words[at - 1].end..range.start], " " | "-");
        let word = text[range.clone()].to_lowercase();
        if apart {
            break;
        }
        if let Some(small) = small_number(&word) {
            if part != 0.0 && (part % 10.0 != 0.0 || small >= 10.0 && part % 100.0 != 0.0) {
                break;
            }
            part += small;
        } else if taken > 0 && word == "hundred" {
            part *= 100.0;
        } else if let Some((_, factor)) = MAGNITUDES[1..].iter().find(|(name, _)| taken > 0 && *name == word) {
            whole += part * factor;
            part = 0.0;
        } else if word == "and" && taken > 0 && part >= 100.0 {
            continue; // two hundred and five
        } else {
            break;
        }
        taken = at + 1;
    }
    if let Some(ordinal) = words.first().and_then(|range| ordinal(&text[range.clone()])).filter(|_| taken == 0) {
        return Some((ordinal, 1));
    }
    (taken > 0).then_some((whole + part, taken)).filter(|(value, _)| value.is_finite())
}

fn small_number(word: &str) -> Option<f64> {
    let tens = || TENS.iter().position(|tens| *tens == word).map(|at| at * 10 + 20);
    SMALL.iter().position(|small| *small == word).or_else(tens).map(|number| number as f64)
}

fn ordinal(word: &str) -> Option<f64> {
    let small = word.to_lowercase();
    let at = ORDINALS.iter().position(|ordinal| *ordinal == small)?;
    Some((at + 1) as f64)
}

impl Number {
    /// Whether the number is worth checking: not `one`, nor an ordinal in words.
    pub(crate) fn is_checkable(&self, text: &str) -> bool {
        !self.spelled || (self.readings != [1.0] && self.readings != [0.0] && ordinal(text).is_none())
    }

    /// Whether the number may count what the source lists: `three topics`.
    pub(crate) fn may_count(&self) -> bool {
        self.spelled && self.unit.is_none() && self.readings[0] <= 3.0
    }

    pub(crate) fn is_year(&self) -> bool {
        self.unit.is_none() && !self.spelled && self.readings.len() == 1 && (1500.0..2200.0).contains(&self.readings[0])
    }

    /// Whether both numbers say the same, be it rounded or in another unit.
    pub(crate) fn equals(&self, other: &Number) -> bool {
        self.has_value_of(other) || self.converts_to(other)
    }

    fn has_value_of(&self, other: &Number) -> bool {
        self.agrees_in_unit(other) && pairs(self, other).any(|(a, b)| is_close(a, b) || self.rounds(a, b))
    }

    /// Whether both are equal in other units, as `24 hours` and `1 day`.
    fn converts_to(&self, other: &Number) -> bool {
        let (Some(a), Some(b)) = (self.unit, other.unit) else { return false };
        a.of == b.of && pairs(self, other).any(|(x, y)| is_close(x * a.factor, y * b.factor))
    }

    /// Whether the units agree; a missing or unknown one agrees with any.
    pub(crate) fn agrees_in_unit(&self, other: &Number) -> bool {
        self.unit.is_none() || other.unit.is_none() || self.unit == other.unit
    }

    /// Whether both units measure the same quantity.
    pub(crate) fn measures(&self, other: &Number) -> bool {
        self.unit.map(|unit| unit.of) == other.unit.map(|unit| unit.of)
    }

    /// Whether `mine` is `exact` as far as it was rounded: `1.2 million` for 1,234,567.
    fn rounds(&self, mine: f64, exact: f64) -> bool {
        if !self.rounded || mine == 0.0 || exact < 1_000.0 {
            return false;
        }
        let mut step = 10_f64.powf(mine.abs().log10().floor());
        while step > 1.0 && !is_close((mine / step).round() * step, mine) {
            step /= 10.0;
        }
        is_close((exact / step).round() * step, mine)
    }

    /// Whether the number is the sum or difference of `a` and `b`. A small one without a unit
    /// never counts: it is that of any two.
    pub(crate) fn derives_from(&self, a: &Number, b: &Number) -> bool {
        let alike = a.measures(b) && self.agrees_in_unit(a);
        let mine = self.readings[0];
        alike
            && (mine >= 10.0 || self.unit.is_some())
            && pairs(a, b).any(|(a, b)| is_close(a + b, mine) || is_close((a - b).abs(), mine))
    }
}

fn pairs<'n>(a: &'n Number, b: &'n Number) -> impl Iterator<Item = (f64, f64)> + 'n {
    a.readings.iter().flat_map(|x| b.readings.iter().map(|y| (*x, *y)))
}

fn is_close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(b.abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Number {
        match find(text).pop() {
            Some(Fact { value: FactValue::Number(number), .. }) => number,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn the_same_number_in_other_clothes_is_equal() {
        for (a, b) in [
            ("1,234 items", "1.234"),
            ("1 234", "1234"),
            ("1.2 million", "1,200,000"),
            ("1.2 million", "1,234,567"),
            ("$3m", "3 million dollars"),
            ("€5", "5 euros"),
            ("30 %", "30 percent"),
            ("12 per cent", "12%"),
            ("twenty-five days", "25 days"),
            ("two hundred and five", "205"),
            ("three thousand", "3k"),
            ("24 hours", "1 day"),
            ("3-day", "three days"),
            ("5 business days", "five days"),
            ("12,50 €", "12.50 EUR"),
            ("5 people", "five"),
            ("3万", "30000"),
        ] {
            assert!(number(a).equals(&number(b)), "{a} = {b}: {:?} {:?}", number(a), number(b));
        }
    }

    #[test]
    fn other_numbers_and_other_units_are_not() {
        for (a, b) in
            [("1,234", "1,235"), ("5 days", "5 hours"), ("$5", "€5"), ("1.3 million", "1,234,567"), ("5%", "5 days")]
        {
            assert!(!number(a).equals(&number(b)), "{a} = {b}");
        }
    }

    #[test]
    fn numbers_that_count_lines_are_none() {
        assert!(find("1. Open it").is_empty() && find("as said [2] before").is_empty() && find("Step 3").is_empty());
        assert_eq!(find("1.5 litres").len(), 1);
        assert!(find(&"9".repeat(400)).is_empty() && find(&format!("one{}", " hundred".repeat(200))).is_empty());
    }
}
