//! Judgements of a table: a row each.

use super::labels::{BadLabel, Measured, ScaleName, measured};
use crate::analysis::stats::agreement::{Given, Ratings};
use crate::cli::report::Suggest;
use crate::import::{ImportError, Table};
use crate::text::plural::count;
use crate::text::suggest::nearest;
use color_eyre::eyre::{Report, Result, eyre};
use std::collections::HashMap;
use std::path::Path;

/// Which columns say what.
pub(super) struct Columns<'c> {
    pub item: &'c str,
    pub rater: &'c str,
    pub label: &'c str,
}

/// The judgements of a table.
pub(super) struct Judgements {
    pub ratings: Ratings,
    pub measured: Measured,
    pub notes: Vec<String>,
}

/// A judgement as it stands in the table, with its line.
struct Stated {
    item: u32,
    rater: u32,
    label: u32,
    line: u64,
}

/// Texts, each with a number.
#[derive(Default)]
struct Numbered {
    texts: Vec<String>,
    numbers: HashMap<String, u32>,
}

impl Numbered {
    fn of(&mut self, text: String) -> u32 {
        *self.numbers.entry(text).or_insert_with_key(|text| {
            self.texts.push(text.clone());
            self.texts.len() as u32 - 1
        })
    }
}

/// Reads the judgements of a table. Fails with the place of a row without an item or a rater, of a
/// label that is not on the scale, and of a rater who judged an item twice and differently; twice
/// the same is once, and said.
pub(super) fn read(path: &Path, columns: &Columns, scale: ScaleName, levels: &[String]) -> Result<Judgements> {
    let names = [columns.item, columns.rater, columns.label];
    let table = Table::open(path, &names).map_err(told)?;
    let note = table.note.clone();
    let (mut items, mut raters, mut labels) = (Numbered::default(), Numbered::default(), Numbered::default());
    let (mut stated, mut empty) = (Vec::new(), 0);
    for row in table {
        let row = row?;
        let (line, origin) = (row.origin.place.line(), row.origin);
        let [item, rater, label] = <[String; 3]>::try_from(row.cells).unwrap_or_default();
        for (cell, name) in [(&item, columns.item), (&rater, columns.rater)] {
            if cell.is_empty() {
                return Err(eyre!("{origin}: the cell of `{name}` is empty"))
                    .suggestion("each row says who judged which item");
            }
        }
        if label.is_empty() && scale != ScaleName::Set {
            empty += 1;
            continue;
        }
        stated.push(Stated { item: items.of(item), rater: raters.of(rater), label: labels.of(label), line });
    }
    let measured = measured(&labels.texts, scale, levels).map_err(|bad| misplaced(path, &stated, bad))?;
    let mut notes: Vec<String> = note.into_iter().map(|note| format!("{} {note}", path.display())).collect();
    notes.extend((empty > 0).then(|| format!("{} without a label: no judgements", count(empty, "row"))));
    notes.extend(measured.notes.iter().cloned());
    let (ratings, again) = ratings(path, &mut stated, &measured, [&items, &raters, &labels])?;
    notes.extend(
        (again > 0).then(|| format!("{} of the same by the same rater: counted once", count(again, "judgement"))),
    );
    Ok(Judgements { ratings, measured, notes })
}

fn told(error: ImportError) -> Report {
    let hint = match &error {
        ImportError::NoColumn { column, found, .. } => nearest(column, found.split(", ")).map(str::to_owned),
        _ => None,
    };
    match hint {
        Some(near) => Report::new(error).suggestion(format!("did you mean `{near}`?")),
        None => Report::new(error),
    }
}

/// The error of a label, at the first line that has it.
fn misplaced(path: &Path, stated: &[Stated], BadLabel { label, reason, hint }: BadLabel) -> Report {
    let line = stated.iter().find(|stated| stated.label as usize == label).map_or(1, |stated| stated.line);
    eyre!("{}:{line}: {reason}", path.display()).suggestion(hint)
}

/// The judgements by item, and how many rows said the same again.
fn ratings(
    path: &Path,
    stated: &mut [Stated],
    measured: &Measured,
    [items, raters, labels]: [&Numbered; 3],
) -> Result<(Ratings, usize)> {
    stated.sort_unstable_by_key(|stated| (stated.item, stated.rater, stated.line));
    let mut ratings = Ratings::new(measured.names.len());
    let (mut again, mut given) = (0, Vec::new());
    // Who gave nothing but labels that stand for none is no rater.
    let mut numbers: Vec<Option<u32>> = vec![None; raters.texts.len()];
    let mut known = 0;
    for item in stated.chunk_by(|one, other| one.item == other.item) {
        given.clear();
        for own in item.chunk_by(|one, other| one.rater == other.rater) {
            let level = |stated: &Stated| measured.level_of[stated.label as usize];
            let first = &own[0];
            if let Some(other) = own.iter().find(|other| level(other) != level(first)) {
                let [one, two] = [first, other].map(|stated| &labels.texts[stated.label as usize]);
                let (rater, item) = (&raters.texts[first.rater as usize], &items.texts[first.item as usize]);
                let (file, lines) = (path.display(), format!("lines {} and {}", first.line, other.line));
                return Err(eyre!("{file}: `{rater}` judged `{item}` twice, on {lines}: `{one}` and `{two}`"))
                    .suggestion("keep one row for each item and rater, or tell the raters apart");
            }
            again += own.len() - 1;
            if let Some(level) = level(first) {
                let rater = *numbers[first.rater as usize].get_or_insert_with(|| {
                    known += 1;
                    known - 1
                });
                given.push(Given { rater, level });
            }
        }
        ratings.add(&given);
    }
    Ok((ratings, again))
}
