//! The facts of the source by their values, so that those that may state a value are found
//! without comparing it with all.

use super::{Fact, FactValue};
use foldhash::HashMap;

/// The relative distance within which numbers are looked up; wider than what counts as close.
const CLOSE: f64 = 1e-8;

/// What a number that was rounded may stand for, as factors of it.
const ROUNDED: [f64; 2] = [0.4, 1.7];

/// Where a fact stands: the list that it is in, and its index there.
pub(super) type FactAt = (u32, u32);

/// Facts by their values.
#[derive(Default)]
pub(super) struct FactIndex {
    /// The numbers that facts state or hold, as they are written and in the smallest unit, in order.
    numbers: Vec<(f64, FactAt)>,
    dates: Vec<FactAt>,
    times: Vec<FactAt>,
    texts: HashMap<String, Vec<FactAt>>,
}

impl FactIndex {
    pub(super) fn of<'f>(lists: impl Iterator<Item = &'f [Fact]>) -> Self {
        let mut index = Self::default();
        for (list, facts) in lists.enumerate() {
            for (at, fact) in facts.iter().enumerate() {
                index.add(&fact.value, (list as u32, at as u32));
            }
        }
        index.numbers.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        index
    }

    fn add(&mut self, value: &FactValue, at: FactAt) {
        let mut number = |number: f64| self.numbers.push((number, at));
        match value {
            FactValue::Number(of) => of.scaled().for_each(number),
            FactValue::Date(days) => {
                days.iter()
                    .flat_map(|day| [day.year.map(f64::from), day.day.map(f64::from)])
                    .flatten()
                    .for_each(number);
                self.dates.push(at);
            }
            FactValue::Time(_) => self.times.push(at),
            FactValue::Identifier(text) => {
                let digits: String = text.chars().filter(char::is_ascii_digit).collect();
                digits.parse().into_iter().for_each(&mut number); // as the code `AB-12` tells of a 12
                self.texts.entry(text.clone()).or_default().push(at);
            }
            FactValue::Link(text) | FactValue::Email(text) => self.texts.entry(text.clone()).or_default().push(at),
        }
    }

    /// The facts among which are all that state the value; some may come more than once.
    pub(super) fn candidates(&self, value: &FactValue) -> Vec<FactAt> {
        match value {
            FactValue::Number(of) => {
                let factors = if of.rounded { ROUNDED } else { [1.0, 1.0] };
                of.scaled().flat_map(|number| self.between(number * factors[0], number * factors[1])).collect()
            }
            FactValue::Time(times) => {
                let hours = times.iter().map(|time| f64::from(*time) / 60.0).flat_map(|hour| [hour, hour - 12.0]);
                hours.flat_map(|hour| self.between(hour, hour)).chain(self.times.iter().copied()).collect()
            }
            FactValue::Date(_) => self.dates.clone(),
            FactValue::Link(text) | FactValue::Email(text) | FactValue::Identifier(text) => {
                self.texts.get(text).cloned().unwrap_or_default()
            }
        }
    }

    /// The facts with a number from one to the other, or close to them.
    fn between(&self, least: f64, most: f64) -> impl Iterator<Item = FactAt> {
        let (least, most) = (least - CLOSE * least.abs(), most + CLOSE * most.abs());
        let from = self.numbers.partition_point(|(number, _)| *number < least);
        self.numbers[from..].iter().take_while(move |(number, _)| *number <= most).map(|(_, at)| *at)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{SourceFacts, find};
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    const VALUES: [&str; 26] = [
        "5 days",
        "120 hours",
        "24 hours",
        "1 day",
        "1.2 million",
        "1,234,567",
        "3k",
        "3,000",
        "9:00",
        "at 9 pm",
        "21",
        "3 May 2025",
        "May 3",
        "2025",
        "Monday",
        "AB-12",
        "12",
        "half a dozen",
        "6",
        "$5",
        "5 euros",
        "30 %",
        "1.234",
        "-5 degrees",
        "https://example.com/a",
        "help@example.com",
    ];

    fn text() -> impl Strategy<Value = String> {
        prop::collection::vec(prop::sample::select(&VALUES[..]), 0..8).prop_map(|values| values.join(", and then "))
    }

    proptest! {
        #[test]
        fn what_is_found_by_value_is_what_a_comparison_with_all_finds(source in text(), asked in text(), output in text()) {
            let documents = [source.as_str()];
            let facts = SourceFacts::read(&documents, &asked);
            for fact in find(&output) {
                let every = || facts.facts.iter().chain([&facts.asked]).flatten();
                let all: BTreeSet<_> = every().filter(|other| facts.agrees(&fact.value, &other.value)).map(|f| f as *const _).collect();
                let found: BTreeSet<_> = facts.stating(&fact.value).map(|(_, other)| other as *const _).collect();
                prop_assert_eq!(found, all, "{:?}", fact);
            }
        }
    }
}
