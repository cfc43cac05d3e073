//! The rules of fields that hold one text, number, time or list of words.

use super::fault::{Fault, Faults};
use super::json::elements;
use super::value::Value;
use crate::domain::time::{WrittenTime, parse_time};
use crate::text::sanitize;
use std::borrow::Cow;

/// Longest id, in bytes.
const MAX_ID_BYTES: usize = 512;

/// Integers are exact as floats up to here.
const MAX_EXACT: f64 = 9_007_199_254_740_992.0;

pub(super) fn text(value: Value) -> Result<String, Fault> {
    match value {
        Value::Text(text) => Ok(text.into_owned()),
        other => Err(other.mistyped("text")),
    }
}

/// A name: text, or an integer, whose digits are kept.
pub(super) fn name(value: Value) -> Result<String, Fault> {
    match value {
        Value::Text(text) => Ok(text.into_owned()),
        Value::Number(digits) if digits.bytes().all(|b| b.is_ascii_digit() || b == b'-') => Ok(digits.to_owned()),
        Value::Number(_) => Err(Fault::new("must be text or an integer, not a fraction")),
        other => Err(other.mistyped("text or an integer")),
    }
}

/// A name that can stand in a list, an address and a file.
pub(super) fn id(value: Value) -> Result<String, Fault> {
    let id = name(value)?;
    if id.is_empty() {
        return Err(Fault::new("must not be empty"));
    }
    if id.len() > MAX_ID_BYTES {
        return Err(Fault::new(format!("is {} bytes long; an id has at most {MAX_ID_BYTES}", id.len())));
    }
    if id.chars().any(char::is_control) {
        return Err(Fault::new("must not hold control characters, such as tabs and line ends"));
    }
    if id.trim() != id {
        return Err(Fault::new("must not begin or end with a blank"));
    }
    match unseen(&id) {
        Some(c) => Err(Fault::new(format!("must not hold what nobody can see: U+{:04X}", u32::from(c)))),
        None => Ok(id),
    }
}

/// A character that is not to be told from a plain blank, or from nothing. Joiners are seen
/// where a script or an emoji needs them.
fn unseen(id: &str) -> Option<char> {
    const BLANK_BRAILLE: char = '\u{2800}';
    let blank = id.chars().find(|c| c.is_whitespace() && *c != ' ' || *c == BLANK_BRAILLE);
    blank.or_else(|| id[sanitize::hidden(id).next()?].chars().next())
}

/// A number of milliseconds or dollars: finite and not negative.
pub(super) fn amount(value: Value) -> Result<f64, Fault> {
    match decimal(&number(value)?).ok_or_else(|| Fault::new("must be a number"))? {
        n if n.is_infinite() => Err(Fault::new("is too large a number")),
        n if n < 0.0 => Err(Fault::new("must not be negative")),
        n => Ok(n.abs()), // -0 is 0
    }
}

/// The number that a text is; with a comma before its decimals, as most of Europe writes them, where it cannot
/// stand between thousands: `1,5` and `0,002`, but not `1,500`.
pub(super) fn decimal(text: &str) -> Option<f64> {
    if let Ok(number) = text.parse() {
        return Some(number);
    }
    let (whole, decimals) = text.split_once(',')?;
    let figures = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let digits = whole.strip_prefix('-').unwrap_or(whole);
    let may_be_thousands = decimals.len() == 3 && digits.len() <= 3 && !digits.starts_with('0');
    let is_number = figures(digits) && figures(decimals) && !may_be_thousands;
    is_number.then(|| format!("{whole}.{decimals}").parse().ok()).flatten()
}

/// An integer of at least `least`; `2.0` is one.
pub(super) fn integer(least: i64) -> impl Fn(Value) -> Result<i64, Fault> {
    move |value| match parse_integer(&number(value)?)? {
        n if n < least => Err(Fault::new(format!("must be at least {least}"))),
        n => Ok(n),
    }
}

fn parse_integer(digits: &str) -> Result<i64, Fault> {
    if let Ok(n) = digits.parse() {
        return Ok(n);
    }
    match digits.parse::<f64>() {
        Ok(n) if n.abs() >= MAX_EXACT => Err(Fault::new("is too large a number")),
        Ok(n) if n.fract() == 0.0 => Ok(n as i64),
        _ => Err(Fault::new("must be an integer")),
    }
}

/// The digits of a number.
fn number(value: Value<'_>) -> Result<Cow<'_, str>, Fault> {
    // `NaN`, `inf` and the like: Rust reads them as numbers.
    let is_word = |text: &str| !text.bytes().any(|byte| byte.is_ascii_digit()) && text.parse::<f64>().is_ok();
    match value {
        Value::Number(word) if is_word(word) => Err(no_number(word)),
        Value::Text(word) if is_word(&word) => Err(no_number(&word)),
        Value::Number(digits) => Ok(digits.into()),
        Value::Text(text) if text.parse::<f64>().is_ok() => {
            Err(Fault::new(format!("must be a number, not text: write {text} without quotation marks")))
        }
        other => Err(other.mistyped("a number")),
    }
}

fn no_number(word: &str) -> Fault {
    Fault::new(format!("must be a number, and {word} is none; leave it out"))
}

/// A point in time, as programs write it.
pub(super) fn time(value: Value) -> Result<WrittenTime, Fault> {
    let source: Cow<str> = match value {
        Value::Number(digits) => digits.into(),
        Value::Text(text) => text,
        other => return Err(other.mistyped("a time")),
    };
    parse_time(&source).ok_or_else(|| Fault::new("must be a time, such as 2026-11-01T09:30:00Z (RFC 3339)"))
}

pub(super) fn words(value: Value) -> Result<Vec<String>, Faults> {
    let Value::List(list) = value else {
        return Err(value.mistyped("a list of text").into());
    };
    let (mut words, mut faults) = (Vec::new(), Faults::default());
    elements(&list, |index, word| {
        let word = Value::from_json(word).and_then(text).map_err(|fault| fault.within(&format!("[{index}]")));
        words.push(faults.keep(word));
        Ok(())
    })?;
    faults.finish(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comma_before_decimals_is_read_where_it_can_be_nothing_else() {
        for (text, number) in [
            ("1,5", Some(1.5)),
            ("0,002", Some(0.002)),
            ("-12,25", Some(-12.25)),
            ("1234,567", Some(1234.567)),
            ("1,500", None),
            ("1,234,567", None),
            ("1.5", Some(1.5)),
            ("1,", None),
            (",5", None),
            ("a,b", None),
        ] {
            assert_eq!(decimal(text), number, "{text}");
        }
    }
}
