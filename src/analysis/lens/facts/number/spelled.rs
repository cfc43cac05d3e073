//! Numbers in words: `twenty-five`, `half a million`, `a dozen`, `nineteenth`.

use super::unit::{magnitude, unit};
use super::{Number, unit_word};
use crate::analysis::lens::facts::{Fact, FactValue};
use crate::analysis::lens::language::SMALL_NUMBERS;
use crate::analysis::lens::tokens;
use std::borrow::Cow;
use std::ops::Range;

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
    let words = words(text);
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let Some(read) = read(&words[at..]) else {
            at += 1;
            continue;
        };
        let mut range = words[at].range.start..words[at + read.taken - 1].range.end;
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

/// A word of a text.
struct Word<'t> {
    small: Cow<'t, str>,
    /// Bytes of the text.
    range: Range<usize>,
    /// Whether only a space or a hyphen parts it from the word before.
    is_joined: bool,
}

fn words(text: &str) -> Vec<Word<'_>> {
    let mut end = 0;
    let word = |range: Range<usize>| {
        let gap = &text[std::mem::replace(&mut end, range.end)..range.start];
        Word { small: tokens::small(&text[range.clone()]), range, is_joined: matches!(gap, " " | "-" | "\u{a0}") }
    };
    tokens::ranges(text).map(word).collect()
}

struct Read {
    value: f64,
    /// Words that the number takes.
    taken: usize,
    ordinal: bool,
}

/// Words of a phrase that begins with no number, such as `a quarter of a million`, at most.
const PHRASE: usize = 5;

/// The number that begins with the first word.
fn read(words: &[Word]) -> Option<Read> {
    let mut phrase = [""; PHRASE];
    phrase.iter_mut().zip(run(words)).for_each(|(place, word)| *place = word);
    let of_one = |value| Read { value, taken: 1, ordinal: false };
    dozens(phrase)
        .or_else(|| scaled(phrase))
        .or_else(|| single(phrase).map(of_one))
        .or_else(|| counted(words))
        .or_else(|| ordinal(phrase[0]).map(|value| Read { ordinal: true, ..of_one(value) }))
}

/// The words from the first on as far as they are joined, in small letters.
fn run<'w>(words: &'w [Word]) -> impl Iterator<Item = &'w str> {
    let joined = |(at, word): &(usize, &Word)| *at == 0 || word.is_joined;
    words.iter().enumerate().take_while(joined).map(|(_, word)| &*word.small)
}

/// `a dozen`, `two dozen`, `half a dozen`.
fn dozens(phrase: [&str; PHRASE]) -> Option<Read> {
    let (factor, taken) = match phrase {
        ["half", "a", "dozen", ..] => (0.5, 3),
        ["a", "dozen", ..] => (1.0, 2),
        ["dozen", ..] => (1.0, 1),
        [count, "dozen", ..] => (small_number(count)?, 2),
        _ => return None,
    };
    Some(Read { value: factor * 12.0, taken, ordinal: false })
}

/// The article of `a teaspoon`, `an hour`: one of them.
fn single(phrase: [&str; PHRASE]) -> Option<f64> {
    match phrase {
        ["a" | "an", measured, ..] if measured.len() > 2 && measured != "second" => unit(measured).map(|_| 1.0),
        _ => None,
    }
}

/// `half a million`, `a hundred`, `a quarter of a million`.
fn scaled(phrase: [&str; PHRASE]) -> Option<Read> {
    let (factor, word, taken) = match phrase {
        ["half", "a", word, ..] => (0.5, word, 3),
        ["a", "quarter", "of", "a", word] => (0.25, word, 5),
        ["a", word, ..] => (1.0, word, 2),
        _ => return None,
    };
    let value = factor * magnitude(word, false).filter(|_| word.len() > 2 && !word.ends_with('s'))?;
    Some(Read { value, taken, ordinal: false })
}

/// `two hundred and five`, `twenty-five`, `twenty-first`.
fn counted(words: &[Word]) -> Option<Read> {
    let (mut whole, mut part, mut taken) = (0.0, 0.0, 0);
    for (at, word) in run(words).enumerate() {
        if let Some(small) = small_number(word) {
            if part != 0.0 && (part % 10.0 != 0.0 || small >= 10.0 && part % 100.0 != 0.0) {
                break;
            }
            part += small;
        } else if taken == 0 {
            break;
        } else if let Some(last) = ordinal(word).filter(|last| part % 10.0 == 0.0 && *last < 10.0) {
            return Some(Read { value: whole + part + last, taken: at + 1, ordinal: true });
        } else if word == "hundred" {
            part *= 100.0;
        } else if let Some(factor) = magnitude(word, false).filter(|_| word.len() > 2) {
            whole += part * factor;
            part = 0.0;
        } else if word == "and" && part >= 100.0 {
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
    SMALL_NUMBERS.iter().position(|small| *small == word).or_else(tens).map(|number| number as f64)
}

fn ordinal(word: &str) -> Option<f64> {
    Some((ORDINALS.iter().position(|ordinal| *ordinal == word)? + 1) as f64)
}
