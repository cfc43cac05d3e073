//! Labels of a table, as levels of a scale.

use crate::analysis::stats::agreement::{Scale, Set};
use crate::text::suggest::nearest;
use clap::ValueEnum;
use std::collections::BTreeMap;

/// What `--scale` says that labels are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ScaleName {
    Nominal,
    Ordinal,
    Interval,
    Ratio,
    Set,
}

impl ScaleName {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Nominal => "nominal",
            Self::Ordinal => "ordinal",
            Self::Interval => "interval",
            Self::Ratio => "ratio",
            Self::Set => "set",
        }
    }
}

/// What stands in tables for a number that is not there.
const MISSING: [&str; 8] = ["NA", "N/A", "NaN", "null", "None", "*", ".", "-"];

/// Labels as levels.
#[derive(Debug)]
pub(super) struct Measured {
    pub scale: Scale,
    /// What can be given: the levels, or the members of sets.
    pub levels: Vec<String>,
    /// What was or could have been given, as it is told: the levels, or whole sets.
    pub names: Vec<String>,
    /// The levels have an order that is known.
    pub is_ordered: bool,
    /// The level of each label, by its number; `None`: it stands for no judgement.
    pub level_of: Vec<Option<u32>>,
    pub notes: Vec<String>,
}

/// What is wrong with a label, by its number, and what can be done about it.
#[derive(Debug, PartialEq)]
pub(super) struct BadLabel {
    pub label: usize,
    pub reason: String,
    pub hint: String,
}

/// Takes the distinct labels of a table, of which none is empty but the empty set, for levels: those
/// that are named, or else those that are there, numbers in their order and words by the alphabet.
pub(super) fn measured(labels: &[String], scale: ScaleName, levels: &[String]) -> Result<Measured, BadLabel> {
    match scale {
        ScaleName::Set => sets(labels, levels),
        _ if levels.is_empty() => found(labels, scale),
        _ => named(labels, scale, levels),
    }
}

fn number(label: &str) -> Option<f64> {
    label.parse().ok().filter(|number: &f64| number.is_finite())
}

fn is_missing(label: &str) -> bool {
    MISSING.iter().any(|word| word.eq_ignore_ascii_case(label))
}

/// Levels that are named: a label is one of them by its text, or as the same number (`1.0` and `1`).
fn named(labels: &[String], scale: ScaleName, levels: &[String]) -> Result<Measured, BadLabel> {
    let numbers: Vec<Option<f64>> = levels.iter().map(|level| number(level)).collect();
    let mut notes = Vec::new();
    let level = |(at, label): (usize, &String)| {
        let same = |level: &Option<f64>| level.is_some() && *level == number(label);
        let place = levels.iter().position(|level| level == label).or_else(|| numbers.iter().position(same));
        match place {
            Some(place) => Ok(Some(place as u32)),
            None if is_missing(label) && numbers.iter().all(Option::is_some) => {
                notes.push(missing_note(label));
                Ok(None)
            }
            None => {
                let hint = match nearest(label, levels.iter().map(String::as_str)) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "leave the cell empty where nothing was judged, or name the label in --levels".into(),
                };
                let reason = format!("`{label}` is none of the levels, which are {}", levels.join(", "));
                Err(BadLabel { label: at, reason, hint })
            }
        }
    };
    let level_of = labels.iter().enumerate().map(level).collect::<Result<_, _>>()?;
    let values = || numbers.iter().map(|number| number.unwrap_or_default()).collect();
    let scale = match scale {
        ScaleName::Interval | ScaleName::Ratio if numbers.contains(&None) => {
            let reason = format!("the levels of a scale of {} are numbers", scale.word());
            return Err(BadLabel {
                label: 0,
                reason,
                hint: "--scale ordinal takes words in the order of --levels".into(),
            });
        }
        ScaleName::Interval => Scale::Interval(values()),
        ScaleName::Ratio => Scale::Ratio(values()),
        ScaleName::Ordinal => Scale::Ordinal,
        ScaleName::Nominal | ScaleName::Set => Scale::Nominal,
    };
    Ok(Measured { scale, levels: levels.to_vec(), names: levels.to_vec(), is_ordered: true, level_of, notes })
}

/// The labels that are there.
fn found(labels: &[String], scale: ScaleName) -> Result<Measured, BadLabel> {
    let numbers: Vec<Option<f64>> = labels.iter().map(|label| number(label)).collect();
    let are_numbers = numbers.iter().zip(labels).all(|(number, label)| number.is_some() || is_missing(label))
        && numbers.iter().any(Option::is_some);
    match scale {
        ScaleName::Nominal if !are_numbers || numbers.contains(&None) => Ok(words(labels)),
        ScaleName::Nominal => Ok(of_numbers(labels, &numbers, scale)),
        _ => {
            let negative =
                |number: &Option<f64>| scale == ScaleName::Ratio && number.is_some_and(|number| number < 0.0);
            let is_bad = |at: &usize| (numbers[*at].is_none() && !is_missing(&labels[*at])) || negative(&numbers[*at]);
            match (0..labels.len()).find(is_bad) {
                Some(at) => Err(not_on_scale(at, &labels[at], numbers[at].is_some(), scale)),
                None => Ok(of_numbers(labels, &numbers, scale)),
            }
        }
    }
}

fn not_on_scale(label: usize, text: &str, is_number: bool, scale: ScaleName) -> BadLabel {
    let (reason, hint) = match scale {
        ScaleName::Ratio if is_number => {
            (format!("`{text}` is below 0, where a scale of ratios begins"), "--scale interval takes such numbers")
        }
        ScaleName::Ordinal => (
            format!("`{text}` is no number, so that nothing says what comes before it"),
            "name the labels with --levels, the lowest first",
        ),
        _ => (format!("`{text}` is no number"), "leave the cell empty where nothing was judged"),
    };
    BadLabel { label, reason, hint: hint.into() }
}

/// Words by the alphabet.
fn words(labels: &[String]) -> Measured {
    let mut levels = labels.to_vec();
    levels.sort();
    let place = |label: &String| levels.binary_search(label).ok().map(|place| place as u32);
    let missing = labels.iter().filter(|label| is_missing(label)).map(|label| {
        format!("`{label}` counts as a label like the others; leave the cell empty where nothing was judged")
    });
    let notes = missing.chain(alike(&levels)).collect();
    let level_of = labels.iter().map(place).collect();
    Measured { scale: Scale::Nominal, names: levels.clone(), levels, is_ordered: false, level_of, notes }
}

/// Says which labels differ in capital letters alone.
fn alike(levels: &[String]) -> Vec<String> {
    let mut by_letters: BTreeMap<String, Vec<&String>> = BTreeMap::new();
    levels.iter().for_each(|level| by_letters.entry(level.to_lowercase()).or_default().push(level));
    let several = by_letters.into_values().filter(|same| same.len() > 1);
    several.map(|same| format!("`{}` and `{}` are counted as two labels", same[0], same[1])).collect()
}

/// Numbers in their order; the same number is one level however it is written.
fn of_numbers(labels: &[String], numbers: &[Option<f64>], scale: ScaleName) -> Measured {
    let mut values: Vec<f64> = numbers.iter().copied().flatten().collect();
    values.sort_by(f64::total_cmp);
    values.dedup_by(|one, other| *one == *other);
    let place = |number: f64| values.partition_point(|value| *value < number);
    let mut levels = vec![String::new(); values.len()];
    let mut notes = Vec::new();
    let mut level_of = Vec::new();
    for (label, number) in labels.iter().zip(numbers) {
        level_of.push(number.map(|number| place(number) as u32));
        match number {
            // The shortest way of writing it is the name.
            Some(number) if levels[place(*number)].is_empty() || label.len() < levels[place(*number)].len() => {
                levels[place(*number)].clone_from(label);
            }
            Some(_) => {}
            None => notes.push(missing_note(label)),
        }
    }
    notes.extend(gap(&values).filter(|_| scale != ScaleName::Nominal));
    let scale = match scale {
        ScaleName::Interval => Scale::Interval(values),
        ScaleName::Ratio => Scale::Ratio(values),
        ScaleName::Ordinal => Scale::Ordinal,
        ScaleName::Nominal | ScaleName::Set => Scale::Nominal,
    };
    Measured { scale, names: levels.clone(), levels, is_ordered: true, level_of, notes }
}

fn missing_note(label: &str) -> String {
    format!("`{label}` is read as no judgement")
}

/// Says which whole number nobody gave: weights go by the places of the levels.
fn gap(values: &[f64]) -> impl Iterator<Item = String> {
    let is_whole = values.iter().all(|value| value.fract() == 0.0) && values.len() < 100;
    let missing = values.windows(2).find(|pair| pair[1] - pair[0] > 1.0).filter(|_| is_whole);
    let told = missing.map(|pair| {
        format!("nobody gave {}, and weights go by the order of the levels; name them all with --levels", pair[0] + 1.0)
    });
    told.into_iter()
}

/// Sets of labels; one that is empty is the set of none.
fn sets(labels: &[String], levels: &[String]) -> Result<Measured, BadLabel> {
    let parts: Vec<Vec<&str>> = labels.iter().map(|label| members(label)).collect();
    let mut known = levels.to_vec();
    if levels.is_empty() {
        known = parts.iter().flatten().map(|part| (*part).to_owned()).collect();
        known.sort();
        known.dedup();
    }
    let mut sets: Vec<Set> = Vec::new();
    let mut places: BTreeMap<Set, u32> = BTreeMap::new();
    let mut level_of = Vec::new();
    for (at, parts) in parts.iter().enumerate() {
        let number = |part: &&str| {
            let place = known.iter().position(|level| level == part).map(|place| place as u32);
            place.ok_or_else(|| BadLabel {
                label: at,
                reason: format!("`{part}` is none of the levels, which are {}", known.join(", ")),
                hint: "name it in --levels".into(),
            })
        };
        let set = Set::new(parts.iter().map(number).collect::<Result<Vec<_>, _>>()?);
        let place = *places.entry(set.clone()).or_insert_with(|| {
            sets.push(set);
            sets.len() as u32 - 1
        });
        level_of.push(Some(place));
    }
    let name = |set: &Set| match set.labels() {
        [] => "none of them".to_owned(),
        labels => labels.iter().map(|label| known[*label as usize].as_str()).collect::<Vec<_>>().join("|"),
    };
    let names = sets.iter().map(name).collect();
    Ok(Measured { scale: Scale::Sets(sets), levels: known, names, is_ordered: false, level_of, notes: Vec::new() })
}

/// The members of a set as it is written: `a|b` or `a;b`, else `a,b`, which may stand in brackets.
fn members(label: &str) -> Vec<&str> {
    let inner =
        [('{', '}'), ('[', ']')].iter().find_map(|(open, close)| label.strip_prefix(*open)?.strip_suffix(*close));
    let label = inner.unwrap_or(label);
    let signs: &[char] = if label.contains(['|', ';']) { &['|', ';'] } else { &[','] };
    let parts = label.split(signs).map(|part| part.trim().trim_matches(['"', '\'']));
    parts.filter(|part| !part.is_empty() && *part != "∅").collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    fn levels(labels: &[&str], scale: ScaleName, named: &[&str]) -> (Vec<String>, Vec<Option<u32>>) {
        let measured = measured(&texts(labels), scale, &texts(named)).unwrap();
        (measured.levels, measured.level_of)
    }

    #[test]
    fn numbers_are_in_their_order_and_one_level_however_they_are_written() {
        let found = levels(&["10", "9", "9.0", "NA"], ScaleName::Ordinal, &[]);
        assert_eq!(found, (texts(&["9", "10"]), vec![Some(1), Some(0), Some(0), None]));
        assert_eq!(levels(&["10", "9"], ScaleName::Nominal, &[]).0, texts(&["9", "10"]));
        assert_eq!(levels(&["10", "9", "NA"], ScaleName::Nominal, &[]).0, texts(&["10", "9", "NA"]));
    }

    #[test]
    fn words_need_their_order_named() {
        let found = levels(&["high", "low"], ScaleName::Ordinal, &["low", "mid", "high"]);
        assert_eq!(found, (texts(&["low", "mid", "high"]), vec![Some(2), Some(0)]));
        let bad = measured(&texts(&["high", "low"]), ScaleName::Ordinal, &[]).unwrap_err();
        assert!(bad.reason.contains("`high`") && bad.hint.contains("--levels"), "{bad:?}");
    }

    #[test]
    fn a_label_that_is_no_level_is_refused_with_the_nearest() {
        let bad = measured(&texts(&["acept"]), ScaleName::Nominal, &texts(&["accept", "reject"])).unwrap_err();
        assert_eq!(bad.hint, "did you mean `accept`?");
        assert_eq!(levels(&["1.0", "2"], ScaleName::Nominal, &["1", "2"]).1, [Some(0), Some(1)]);
    }

    #[test]
    fn a_scale_of_numbers_takes_no_words_and_one_of_ratios_nothing_below_zero() {
        for (labels, scale, told) in [
            (&["1", "many"][..], ScaleName::Interval, "`many` is no number"),
            (&["1", "-2"], ScaleName::Ratio, "`-2` is below 0"),
            (&["1", "inf"], ScaleName::Ratio, "`inf` is no number"),
        ] {
            let bad = measured(&texts(labels), scale, &[]).unwrap_err();
            assert!(bad.reason.contains(told) && bad.label == 1, "{bad:?}");
        }
    }

    #[test]
    fn sets_are_the_same_whatever_the_order_and_the_sign_between() {
        let found = levels(&["a|b", "b;a", "", "a", "a, b", "[\"a\", \"b\"]", "∅"], ScaleName::Set, &[]);
        assert_eq!(found.0, texts(&["a", "b"]));
        assert_eq!(found.1, [0, 0, 1, 2, 0, 0, 1].map(Some));
    }

    #[test]
    fn what_may_be_a_slip_is_said() {
        let notes = |labels: &[&str], scale| measured(&texts(labels), scale, &[]).unwrap().notes.join("; ");
        assert!(notes(&["Yes", "yes"], ScaleName::Nominal).contains("`Yes` and `yes`"));
        assert!(notes(&["yes", "nan"], ScaleName::Nominal).contains("`nan` counts as a label"));
        assert!(notes(&["1", "nan"], ScaleName::Interval).contains("`nan` is read as no judgement"));
        assert!(notes(&["1", "2", "4"], ScaleName::Ordinal).contains("nobody gave 3"));
    }
}
