//! The line of column names of a CSV file.

use super::fault::ImportError;
use crate::domain::record::{BY_NUMBER, IMPORTED, ItemField, item_field};

/// Which column holds what.
#[derive(Debug)]
pub(super) struct Columns {
    pub names: Vec<String>,
    /// The column of each known field, by its number.
    known: [Option<usize>; IMPORTED],
    /// The columns that belong in `meta`.
    pub others: Vec<usize>,
}

impl Columns {
    /// Reads the names, which may have spaces around them; one without a name is called
    /// by its place. Fails when a required column is missing or a name repeats; `file`
    /// is for the message.
    pub(super) fn new(file: &str, header: &[String]) -> Result<Self, ImportError> {
        let names: Vec<String> = header.iter().enumerate().map(|(at, name)| column_name(at, name)).collect();
        refuse_repeats(file, &names)?;
        let mut columns = Self { names, known: [None; IMPORTED], others: Vec::new() };
        for (at, name) in columns.names.iter().enumerate() {
            match item_field(name) {
                Some(field) => columns.known[field.number] = Some(at),
                None => columns.others.push(at),
            }
        }
        columns.refuse_missing(file)?;
        Ok(columns)
    }

    pub(super) fn of(&self, field: &ItemField) -> Option<usize> {
        self.known[field.number]
    }

    fn refuse_missing(&self, file: &str) -> Result<(), ImportError> {
        let missing = BY_NUMBER.iter().filter(|field| field.is_required && self.of(field).is_none());
        let missing: Vec<_> = missing.map(|field| field.name).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let (name, missing, found) = (file.to_owned(), missing.join(", "), self.names.join(", "));
        Err(ImportError::MissingColumns { name, missing, found })
    }
}

fn column_name(at: usize, name: &str) -> String {
    match name.trim() {
        "" => format!("column {}", at + 1),
        name => name.to_owned(),
    }
}

fn refuse_repeats(file: &str, names: &[String]) -> Result<(), ImportError> {
    let mut sorted: Vec<&str> = names.iter().map(String::as_str).collect();
    sorted.sort_unstable();
    let mut repeated: Vec<&str> = sorted.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect();
    repeated.dedup();
    if repeated.is_empty() {
        return Ok(());
    }
    Err(ImportError::RepeatedColumns { name: file.to_owned(), repeated: repeated.join(", ") })
}
