//! Numbers with their units: `1,234`, `1.2 million`, `€5`, `twenty-five`, `30 %`, `$50 a day`.

mod digits;
mod spelled;
mod unit;

use super::Fact;
use crate::analysis::lens::tokens;
use unit::Unit;

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Number {
    /// Numbers that the digits may mean, without a sign; `1.234` is two.
    pub readings: Vec<f64>,
    /// Whether a minus stands before it.
    pub negative: bool,
    pub unit: Option<Unit>,
    /// What the amount is stated for, such as `day`.
    pub per: Option<&'static str>,
    /// Whether it was written in words.
    pub spelled: bool,
    /// Whether it says a place in an order: `third`, `3rd`.
    pub ordinal: bool,
    /// Whether it was written with a word such as `million`, and so perhaps rounded.
    pub rounded: bool,
}

/// The numbers of a text, in order, beside the bytes that are `taken` by other facts.
pub(super) fn find(text: &str, taken: &[bool]) -> Vec<Fact> {
    let mut found = digits::find(text, taken);
    found.extend(spelled::find(text));
    found.sort_by_key(|fact| fact.range.start);
    found.dedup_by(|next, kept| next.range.start < kept.range.end); // the `a day` of `$5 a day`
    found
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
            let hours = ["時間", "小时"].into_iter().find(|hours| word.starts_with(hours));
            hours.map_or(first.len_utf8(), str::len)
        }
        _ => word.find(|c: char| !(c.is_alphabetic() || c == '/') || tokens::is_wide(c)).unwrap_or(word.len()),
    };
    (length > 0).then(|| (word[..length].to_owned(), at + gap + length))
}

impl Number {
    fn of(readings: Vec<f64>) -> Self {
        Self { readings, negative: false, unit: None, per: None, spelled: false, ordinal: false, rounded: false }
    }

    /// Whether the number is worth checking: not `one` nor `zero` in words.
    pub(crate) fn is_checkable(&self) -> bool {
        !self.spelled || self.ordinal || (self.readings != [1.0] && self.readings != [0.0])
    }

    /// Whether a source need not have the number: it counts what the source lists, or says which
    /// of several is spoken of.
    pub(crate) fn may_be_missing(&self) -> bool {
        self.spelled && (self.ordinal || self.unit.is_none() && self.readings[0] <= 3.0)
    }

    /// How many things of a list a plain number may count.
    pub(crate) fn count(&self) -> Option<usize> {
        let plain = self.unit.is_none() && !self.ordinal && !self.negative;
        (plain
            && self.readings.len() == 1
            && (3.0..=20.0).contains(&self.readings[0])
            && self.readings[0].fract() == 0.0)
            .then_some(self.readings[0] as usize)
    }

    pub(crate) fn is_year(&self) -> bool {
        self.unit.is_none() && !self.spelled && self.readings.len() == 1 && (1500.0..2200.0).contains(&self.readings[0])
    }

    pub(crate) fn is_percentage(&self) -> bool {
        self.unit.is_some_and(|unit| unit.of == "percent")
    }

    /// Whether both numbers say the same, be it rounded or in another unit.
    pub(crate) fn equals(&self, other: &Number) -> bool {
        self.negative == other.negative
            && self.agrees_in_rate(other)
            && (self.has_value_of(other) || self.converts_to(other))
    }

    /// The number with the other sign, as `fell by 5` has it for -5.
    pub(crate) fn turned(&self) -> Number {
        Number { negative: !self.negative, ..self.clone() }
    }

    /// What the digits may mean, as they are written and in the smallest unit of what they measure.
    pub(crate) fn scaled(&self) -> impl Iterator<Item = f64> {
        let factor = self.unit.map(|unit| unit.factor);
        self.readings.iter().flat_map(move |number| [Some(*number), factor.map(|factor| number * factor)]).flatten()
    }

    fn has_value_of(&self, other: &Number) -> bool {
        let in_order = self.ordinal && other.unit.is_some() || self.unit.is_some() && other.ordinal;
        !in_order && self.agrees_in_unit(other) && pairs(self, other).any(|(a, b)| is_close(a, b) || self.rounds(a, b))
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

    /// Whether both are stated for the same; a missing rate agrees with any, but a share has none.
    fn agrees_in_rate(&self, other: &Number) -> bool {
        match (self.per, other.per) {
            (None, None) => true,
            (Some(mine), Some(theirs)) => mine == theirs,
            (None, Some(_)) => !self.is_percentage(),
            (Some(_), None) => !other.is_percentage(),
        }
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

    /// Whether the number may be worked out from others at all: no year, no place in an order.
    pub(crate) fn is_quantity(&self) -> bool {
        !self.is_year() && !self.ordinal
    }

    /// Whether the number is the sum or difference of `a` and `b`.
    pub(crate) fn is_sum_or_difference(&self, a: &Number, b: &Number) -> bool {
        let mine = self.readings[0];
        pairs(a, b).any(|(a, b)| is_close(a + b, mine) || is_close((a - b).abs(), mine))
    }

    /// Whether the number is the percentage that `a` is of `b`, or by which one differs from
    /// the other, as far as it was rounded.
    pub(crate) fn is_share(&self, a: &Number, b: &Number) -> bool {
        let mine = self.readings[0];
        let step = if mine.fract() == 0.0 { 0.5 } else { 0.05 };
        let is_mine = |share: f64| (100.0 * share - mine).abs() <= step;
        self.is_percentage()
            && pairs(a, b).any(|(a, b)| {
                is_mine(a / b) || is_mine(b / a) || is_mine((a - b).abs() / a) || is_mine((a - b).abs() / b)
            })
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
    use super::super::FactValue;
    use super::*;

    fn find(text: &str) -> Vec<Fact> {
        super::find(text, &vec![false; text.len()])
    }

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
            ("3亿5000万", "350 million"),
            ("About 3, 800 people", "3,800"),
            ("1. 3 billion people", "1.3 billion"),
            ("£ 50 m", "£50million"),
            ("3.1M USD", "$3.1 million"),
            ("3,5 Mio.", "3,5 Millionen"),
            ("A dozen eggs", "12"),
            ("half a dozen", "6"),
            ("half a million people", "500,000"),
            ("a hundred", "100"),
            ("the nineteenth century", "19th"),
            ("the twenty-first century", "21st"),
            ("191,000 per year", "£191,000 a year"),
            ("$5 daily", "$5 per day"),
            ("45.0", "$45.00"),
            ("EUR 20", "20 euros"),
            ("1 tsp", "a teaspoon"),
            ("the season 2013-2014", "2013-14"),
            ("2007-2011", "( 2007 -- 11 )"),
            ("1,00,000 rupees", "100,000"),
        ] {
            assert!(number(a).equals(&number(b)), "{a} = {b}: {:?} {:?}", number(a), number(b));
        }
    }

    #[test]
    fn other_numbers_and_other_units_are_not() {
        for (a, b) in [
            ("1,234", "1,235"),
            ("5 days", "5 hours"),
            ("$5", "€5"),
            ("1.3 million", "1,234,567"),
            ("5%", "5 days"),
            ("500 per month", "500 percent"),
            ("$50 a day", "$50 a month"),
            ("5 second", "5 minutes"),
        ] {
            assert!(!number(a).equals(&number(b)), "{a} = {b}");
        }
    }

    #[test]
    fn numbers_that_count_lines_are_none() {
        assert!(find("1. Open it").is_empty() && find("as said [2] before").is_empty() && find("Step 3").is_empty());
        assert!(find("4 - Oslo is cold").is_empty() && find("- 4) Oslo").is_empty() && find("**2.** Oslo").is_empty());
        assert_eq!(find("1.5 litres").len(), 1);
        assert_eq!(find("A-1001,chair,3,45.00").len(), 3);
        assert!(find(&"9".repeat(400)).is_empty() && find(&format!("one{}", " hundred".repeat(200))).is_empty());
    }

    #[test]
    fn a_minus_is_told_from_a_dash() {
        assert!(number("-5 degrees").negative && number("at \u{2212}5").negative && number("minus 5").negative);
        assert!(!number("3-5 days").negative && !number("A - 5").negative);
    }
}
