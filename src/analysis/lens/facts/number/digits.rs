//! Numbers in digits, with what stands around them: a sign, a currency, `million`, a unit, a rate.

use super::unit::{currency, is_adverb_of_rate, magnitude, rate, unit};
use super::{Number, next_word, unit_word};
use crate::analysis::lens::facts::{Fact, FactValue};
use crate::analysis::lens::tokens;
use std::ops::Range;

/// Words after which a number names a place in a text.
const LABELS: [&str; 15] = [
    "step", "point", "option", "section", "table", "figure", "document", "passage", "passages", "source", "part",
    "question", "page", "chapter", "item",
];

/// Signs that may stand before the number of a line.
const BULLETS: [char; 8] = [' ', '\t', '-', '*', '#', '>', '(', '•'];

/// Bytes before a number that are looked at: more than any sign, currency or label has.
const BEFORE: usize = 24;

/// The numbers in digits of a text, in order, beside the bytes that are `taken`.
pub(super) fn find(text: &str, taken: &[bool]) -> Vec<Fact> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = text[at..].find(tokens::is_digit).map(|offset| at + offset) {
        if taken[start] {
            at = start + taken[start..].iter().position(|taken| !taken).unwrap_or(text.len() - start);
            continue;
        }
        let digits = spaced_end(text, start);
        let fact = (!is_label(text, start, digits)).then(|| in_digits(text, start..digits)).flatten();
        at = fact.as_ref().map_or(digits, |fact| fact.range.end);
        found.extend(fact);
    }
    found
}

/// Where a number ends that may have spaces between its thousands: `1 234`, or behind its
/// separator, as texts in tokens have them: `3, 800`, `1. 3 billion`.
fn spaced_end(text: &str, start: usize) -> usize {
    let mut end = tokens::number_end(text, start);
    let is_short = text[start..end].len() <= 3 && text[start..end].bytes().all(|byte| byte.is_ascii_digit());
    if !is_short {
        return end;
    }
    while let Some(next) = thousand_behind(text, end) {
        end = next;
    }
    let decimal = text[end..].strip_prefix(". ").map(|_| end + 2).filter(|next| {
        let last = tokens::number_end(text, *next);
        last > *next && next_word(text, last).is_some_and(|(word, _)| magnitude(&word, false).is_some())
    });
    decimal.map_or(end, |next| tokens::number_end(text, next))
}

/// The end of three digits behind a space, or behind a comma and a space.
fn thousand_behind(text: &str, end: usize) -> Option<usize> {
    let rest = text[end..].strip_prefix(',').unwrap_or(&text[end..]);
    let digits = rest.strip_prefix([' ', '\u{a0}', '\u{202f}'])?;
    let start = text.len() - digits.len();
    let stop = tokens::number_end(text, start);
    let whole = digits.get(..3).is_some_and(|group| group.bytes().all(|byte| byte.is_ascii_digit()));
    let alone = || stop == start + 3 || text[start + 3..].starts_with('.');
    (whole && alone() && !text[stop..].starts_with(|c: char| c.is_alphanumeric())).then_some(stop)
}

fn in_digits(text: &str, digits: Range<usize>) -> Option<Fact> {
    let before = &text[text.ceil_char_boundary(digits.start.saturating_sub(BEFORE))..digits.start];
    let sign = money_before(before);
    let mut range = digits.start - sign.map_or(0, |(_, length)| length)..digits.end;
    let mut number = Number::of(readings(&text[digits.clone()]));
    number.unit = sign.map(|(unit, _)| unit);
    let minus = minus_before(&before[..before.len() - (digits.start - range.start)]);
    (number.negative, range.start) = (minus.is_some(), range.start - minus.unwrap_or(0));
    number.ordinal = ["st", "nd", "rd", "th"].iter().any(|ending| {
        text[range.end..].strip_prefix(ending).is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric()))
    });
    number.readings.extend(year_of_range(before, &text[digits.clone()]));
    scale(text, &mut number, &mut range);
    number.readings.retain(|value| value.is_finite()); // hundreds of digits are no quantity
    if number.readings.is_empty() {
        return None;
    }
    if number.unit.is_none()
        && let Some((found, end)) = unit_behind(text, range.end)
    {
        number.unit = Some(found);
        range.end = end;
    }
    if let Some((per, end)) = rate_behind(text, range.end) {
        (number.per, range.end) = (Some(per), end);
    }
    Some(Fact { range, value: FactValue::Number(number) })
}

/// The currency before digits, with its bytes: `£`, `£ `, `USD `.
fn money_before(before: &str) -> Option<(super::Unit, usize)> {
    let tight = before.trim_end_matches([' ', '\u{a0}']);
    if before.len() - tight.len() > 2 {
        return None;
    }
    let sign = tight.char_indices().next_back().filter(|(_, c)| !c.is_alphabetic()).map(|(at, _)| at);
    let code = tight.len() - tight.bytes().rev().take_while(u8::is_ascii_uppercase).count();
    let start = sign.unwrap_or(code);
    currency(&tight[start..]).map(|unit| (unit, before.len() - start))
}

/// The year that two digits behind another year mean: `2013-14`.
fn year_of_range(before: &str, digits: &str) -> Option<f64> {
    let first = before.trim_end_matches([' ', '-', '–', '/']);
    let century =
        first.get(first.len().checked_sub(4)?..).filter(|_| first.len() < before.len() && digits.len() == 2)?;
    let (century, year) = (century.parse::<u16>().ok()?, digits.parse::<u16>().ok()?);
    (1500..2200).contains(&century).then(|| f64::from(century / 100 * 100 + year))
}

/// The bytes of a minus before the number, which is no dash between two.
fn minus_before(before: &str) -> Option<usize> {
    let small = before.to_lowercase();
    if let Some(word) = ["minus ", "negative "].into_iter().find(|word| small.ends_with(word)) {
        return Some(word.len());
    }
    let rest = before.strip_suffix(['-', '\u{2212}'])?;
    let parts = |c: char| c.is_whitespace() || matches!(c, '(' | '"' | ':' | '|');
    (rest.is_empty() || rest.ends_with(parts)).then_some(before.len() - rest.len())
}

/// Multiplies by a word such as `million` behind the digits, and by those of further digits
/// without a space: `3亿5000万`.
fn scale(text: &str, number: &mut Number, range: &mut Range<usize>) {
    let Some((word, end)) = next_word(text, range.end) else { return };
    let attached = range.end + word.len() == end && word.starts_with(char::is_uppercase);
    let is_money = number.unit.is_some() || next_word(text, end).is_some_and(|(next, _)| currency(&next).is_some());
    let Some(factor) = magnitude(&word, attached || is_money) else { return };
    number.readings.iter_mut().for_each(|value| *value *= factor);
    (range.end, number.rounded) =
        (text[end..].strip_prefix('.').filter(|_| is_shortened(&word)).map_or(end, |_| end + 1), true);
    let mut last = factor;
    while word.chars().all(tokens::is_wide) {
        let digits = tokens::number_end(text, range.end);
        let Some((word, end)) = next_word(text, digits).filter(|_| digits > range.end) else { break };
        let Some(factor) = magnitude(&word, false).filter(|factor| *factor < last) else { break };
        let Some(value) = readings(&text[range.end..digits]).first().copied() else { break };
        number.readings.iter_mut().for_each(|sum| *sum += value * factor);
        (range.end, last) = (end, factor);
    }
}

/// Whether a stop belongs to a word for a power of ten: `Mio.`.
fn is_shortened(word: &str) -> bool {
    matches!(word.to_lowercase().as_str(), "mio" | "mrd" | "mln")
}

fn unit_behind(text: &str, at: usize) -> Option<(super::Unit, usize)> {
    let (word, end) = unit_word(text, at)?;
    if word.eq_ignore_ascii_case("per") {
        let (next, end) = next_word(text, end)?;
        return unit("%").filter(|_| next.eq_ignore_ascii_case("cent")).map(|percent| (percent, end));
    }
    unit(&word).map(|found| (found, end))
}

/// What the amount is stated for: `per day`, `a day`, `/day`, `daily`.
fn rate_behind(text: &str, at: usize) -> Option<(&'static str, usize)> {
    let (word, end) = next_word(text, at)?;
    if let Some(rest) = word.strip_prefix('/') {
        return rate(rest).map(|per| (per, end));
    }
    if is_adverb_of_rate(&word) {
        return rate(&word).map(|per| (per, end));
    }
    let is_each = matches!(word.to_lowercase().as_str(), "per" | "a" | "an" | "each" | "every");
    let (next, end) = next_word(text, end).filter(|_| is_each)?;
    rate(&next).map(|per| (per, end))
}

/// Whether a number is a label: `2.` at the start of a line, `4 - Oslo`, `[2]`, `Step 2`.
fn is_label(text: &str, start: usize, end: usize) -> bool {
    let near = &text[text.ceil_char_boundary(start.saturating_sub(BEFORE))..start];
    let after = &text[end..];
    let tight = near.trim_end_matches(BULLETS);
    let starts = tight.len() + (start - near.len()) == 0 || tight.ends_with('\n');
    let counts =
        starts && after.starts_with(['.', ')', ':']) && !after[1..].starts_with(|c: char| c.is_numeric() || c == '%');
    let dashed = starts && [" - ", " – ", " — "].iter().any(|dash| after.starts_with(dash));
    let cites = near.ends_with(['[', '^']) && after.starts_with([']', ',']);
    let word = near.trim_end().rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
    let names = near.ends_with([' ', '#']) && LABELS.contains(&word.to_lowercase().as_str());
    counts || dashed || cites || names
}

/// Numbers that digits may mean: the last separator may be of thousands or of decimals.
fn readings(digits: &str) -> Vec<f64> {
    if let Some((first, second)) = digits.split_once(", ").or_else(|| digits.split_once(". ")) {
        // One number in tokens, or two side by side.
        let separator = if digits.contains(", ") { "" } else { "." };
        let joined = readings(&format!("{first}{separator}{second}"));
        return joined.into_iter().chain(readings(second)).chain(readings(first)).collect();
    }
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
