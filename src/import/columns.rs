//! The line of column names of a CSV file.

use super::fault::ImportError;
use crate::domain::record::{BY_NUMBER, IMPORTED, ItemField, item_field};

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
        let note = note(&names);
        let names = (0..names.len()).map(|at| column_name(at, &names)).collect();
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

/// The column's name in `meta`: by its place where it has none, or another has it too.
fn column_name(at: usize, names: &[&str]) -> String {
    let place = at + 1;
    let mut name = match names[at] {
        "" => format!("column {place}"),
        name if names[..at].contains(&name) => format!("{name} (column {place})"),
        name => return name.to_owned(),
    };
    while names.contains(&name.as_str()) {
        name = format!("{name} (column {place})");
    }
    name
}

/// Says which columns another has the name of.
fn note(names: &[&str]) -> Option<String> {
    let is_again = |at: &usize| !names[*at].is_empty() && names[..*at].contains(&names[*at]);
    let again: Vec<_> = (0..names.len()).filter(is_again).map(|at| column_name(at, names)).collect();
    (!again.is_empty()).then(|| format!("columns of one name are told apart by their place: {}", again.join(", ")))
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
