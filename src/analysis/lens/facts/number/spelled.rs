//! Numbers in words: `twenty-five`, `half a million`, `a dozen`, `nineteenth`.

use super::unit::{magnitude, unit};
use super::{Number, unit_word};
use crate::analysis::lens::facts::{Fact, FactValue};
use crate::analysis::lens::tokens;
use std::ops::Range;

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
const ORDINALS: [&str; 20] = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
    "twentieth",
];

/// The numbers in words of a text. `one` is mostly a pronoun; callers leave it unchecked.
pub(super) fn find(text: &str) -> Vec<Fact> {
    let words: Vec<Range<usize>> = tokens::ranges(text).collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let Some(read) = read(text, &words[at..]) else {
            at += 1;
            continue;
        };
        let mut range = words[at].start..words[at + read.taken - 1].end;
        at += read.taken;
        let next = unit_word(text, range.end).filter(|_| !read.ordinal);
        let unit = next.as_ref().and_then(|(word, _)| unit(word));
        if let (Some(_), Some((_, end))) = (unit, next) {
            range.end = end;
        }
        let rounded = read.value >= 1e6;
        let number = Number { spelled: true, ordinal: read.ordinal, unit, rounded, ..Number::of(vec![read.value]) };
        found.push(Fact { range, value: FactValue::Number(number) });
    }
    found
}

struct Read {
    value: f64,
    /// Words that the number takes.
    taken: usize,
    ordinal: bool,
}

fn read(text: &str, words: &[Range<usize>]) -> Option<Read> {
    let first = words.first()?;
    if !text[first.clone()].starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    dozens(text, words)
        .or_else(|| scaled(text, words))
        .or_else(|| single(text, words))
        .or_else(|| counted(text, words))
        .or_else(|| {
            let value = ordinal(&text[first.clone()].to_lowercase())?;
            Some(Read { value, taken: 1, ordinal: true })
        })
}

/// The words from the first on, in small letters, as far as only a space or hyphen parts them.
fn run<'t>(text: &'t str, words: &'t [Range<usize>]) -> impl Iterator<Item = String> + 't {
    words.iter().enumerate().map_while(move |(at, range)| {
        let joined = at == 0 || matches!(&text[words[at - 1].end..range.start], " " | "-" | "\u{a0}");
        joined.then(|| text[range.clone()].to_lowercase())
    })
}

/// `a dozen`, `two dozen`, `half a dozen`.
fn dozens(text: &str, words: &[Range<usize>]) -> Option<Read> {
    let head: Vec<String> = run(text, words).take(3).collect();
    let (factor, taken) = match head.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["half", "a", "dozen"] => (0.5, 3),
        ["a", "dozen", ..] => (1.0, 2),
        ["dozen", ..] => (1.0, 1),
        [count, "dozen", ..] => (small_number(count)?, 2),
        _ => return None,
    };
    Some(Read { value: factor * 12.0, taken, ordinal: false })
}

/// The article of `a teaspoon`, `an hour`: one of them.
fn single(text: &str, words: &[Range<usize>]) -> Option<Read> {
    let mut head = run(text, words);
    let is_article = matches!(head.next()?.as_str(), "a" | "an");
    let measured = head.next().filter(|word| is_article && word.len() > 2 && word != "second")?;
    unit(&measured).map(|_| Read { value: 1.0, taken: 1, ordinal: false })
}

/// `half a million`, `a hundred`, `a quarter of a million`.
fn scaled(text: &str, words: &[Range<usize>]) -> Option<Read> {
    let head: Vec<String> = run(text, words).take(5).collect();
    let (factor, word, taken) = match head.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["half", "a", word, ..] => (0.5, word, 3),
        ["a", "quarter", "of", "a", word] => (0.25, word, 5),
        ["a", word, ..] => (1.0, word, 2),
        _ => return None,
    };
    let value = factor * magnitude(word, false).filter(|_| word.len() > 2 && !word.ends_with('s'))?;
    Some(Read { value, taken, ordinal: false })
}

/// `two hundred and five`, `twenty-five`, `twenty-first`.
fn counted(text: &str, words: &[Range<usize>]) -> Option<Read> {
    let (mut whole, mut part, mut taken) = (0.0, 0.0, 0);
    for (at, word) in run(text, words).enumerate() {
        if let Some(small) = small_number(&word) {
            if part != 0.0 && (part % 10.0 != 0.0 || small >= 10.0 && part % 100.0 != 0.0) {
                break;
            }
            part += small;
        } else if let Some(last) = ordinal(&word).filter(|last| taken > 0 && part % 10.0 == 0.0 && *last < 10.0) {
            return Some(Read { value: whole + part + last, taken: at + 1, ordinal: true });
        } else if taken > 0 && word == "hundred" {
            part *= 100.0;
        } else if let Some(factor) = magnitude(&word, false).filter(|_| taken > 0 && word.len() > 2) {
            whole += part * factor;
            part = 0.0;
        } else if word == "and" && taken > 0 && part >= 100.0 {
            continue;
        } else {
            break;
        }
        taken = at + 1;
    }
    let value = whole + part;
    (taken > 0 && value.is_finite()).then_some(Read { value, taken, ordinal: false })
}

fn small_number(word: &str) -> Option<f64> {
    let tens = || TENS.iter().position(|tens| *tens == word).map(|at| at * 10 + 20);
    SMALL.iter().position(|small| *small == word).or_else(tens).map(|number| number as f64)
}

fn ordinal(word: &str) -> Option<f64> {
    Some((ORDINALS.iter().position(|ordinal| *ordinal == word)? + 1) as f64)
}
