//! The line of column names of a CSV file.

use super::fault::ImportError;
use crate::domain::record::{BY_NUMBER, IMPORTED, ItemField, item_field};
use std::collections::HashSet;

/// Columns that a note names.
const NAMED: usize = 8;

/// Which column holds what.
#[derive(Debug)]
pub(super) struct Columns {
    pub names: Vec<String>,
    /// Cells that a row must have: spreadsheets leave columns without a name at the end.
    pub needed: usize,
    /// The column of each known field, by its number.
    known: [Option<usize>; IMPORTED],
    /// The columns that belong in `meta`.
    pub others: Vec<usize>,
    /// What the user is to know of the columns.
    pub note: Option<String>,
}

impl Columns {
    /// Reads the names, which may have spaces around them; one without a name is called
    /// by its place. Fails when a name that karat knows repeats; `file` is for the message.
    pub(super) fn new(file: &str, header: &[String]) -> Result<Self, ImportError> {
        let names: Vec<&str> = header.iter().map(|name| name.trim_matches(['\u{feff}', ' ', '\t'])).collect();
        refuse_repeats(file, &names)?;
        let needed = names.iter().rposition(|name| !name.is_empty()).map_or(0, |last| last + 1);
        let (names, again) = told_apart(&names);
        let note = (!again.is_empty()).then(|| note(&again));
        let mut columns = Self { names, needed, known: [None; IMPORTED], others: Vec::new(), note };
        for (at, name) in columns.names.iter().enumerate() {
            match item_field(name) {
                Some(field) => columns.known[field.number] = Some(at),
                None => columns.others.push(at),
            }
        }
        Ok(columns)
    }

    pub(super) fn of(&self, field: &ItemField) -> Option<usize> {
        self.known[field.number]
    }
}

/// The columns' names in `meta`, each by its place where it has none or another before it has it too, and those of
/// the latter.
fn told_apart(names: &[&str]) -> (Vec<String>, Vec<String>) {
    let all: HashSet<&str> = names.iter().copied().collect();
    let (mut seen, mut own, mut again) = (HashSet::new(), Vec::with_capacity(names.len()), Vec::new());
    for (place, name) in (1..).zip(names) {
        let is_again = !seen.insert(name);
        let mut as_told = match *name {
            "" => format!("column {place}"),
            name if is_again => format!("{name} (column {place})"),
            name => {
                own.push(name.to_owned());
                continue;
            }
        };
        while all.contains(as_told.as_str()) {
            as_told = format!("{as_told} (column {place})");
        }
        if !name.is_empty() {
            again.push(as_told.clone());
        }
        own.push(as_told);
    }
    (own, again)
}

/// Says which columns another has the name of.
fn note(again: &[String]) -> String {
    let (named, more) = again.split_at(again.len().min(NAMED));
    let more = if more.is_empty() { String::new() } else { format!(" and {} more", more.len()) };
    format!("columns of one name are told apart by their place: {}{more}", named.join(", "))
}

/// Of columns that karat knows one alone can be meant.
fn refuse_repeats(file: &str, names: &[&str]) -> Result<(), ImportError> {
    let is_repeated = |field: &&ItemField| names.iter().filter(|name| **name == field.name).count() > 1;
    let repeated: Vec<_> = BY_NUMBER.iter().copied().filter(is_repeated).map(|field| field.name).collect();
    if repeated.is_empty() {
        return Ok(());
    }
    Err(ImportError::RepeatedColumns { name: file.to_owned(), repeated: repeated.join(", ") })
}
