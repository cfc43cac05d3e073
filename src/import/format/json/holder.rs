//! A document that is no record, but holds the records: in a list, in an object under their ids, or as
//! columns.

use super::frame::Scanner;
use super::outline::{List, Outline};
use crate::import::fault::ImportError;
use crate::import::input::Input;
use crate::import::text_input::TextInput;
use std::io::{Cursor, Seek};

/// Members that are named to the user.
const NAMED: usize = 8;

/// How a document holds its records.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Holder {
    /// In one list of objects.
    List {
        /// The names that lead to it.
        path: Vec<String>,
        /// The names of the members beside it.
        others: Vec<String>,
    },
    /// As its members, each an object under its id.
    Records,
    /// As its members, each an output under the id of what was asked.
    Outputs,
    /// As columns: each member holds a value of every record, in a list or under numbers.
    Columns(Vec<String>),
}

impl Holder {
    /// Whether `text` is, or begins, such a document.
    pub(super) fn begins(text: &[u8], is_whole: bool) -> bool {
        let input = Input::from_read("", Cursor::new(text.to_vec())).map(TextInput::new);
        let outline = input.ok().and_then(|input| Outline::read(&mut Scanner::new(input)).ok());
        outline.is_some_and(|outline| match is_whole {
            true => !matches!(holder(&outline, ""), Ok(None)),
            false => outline.may_hold_records(),
        })
    }

    /// What is read, and what is not.
    pub(super) fn note(&self) -> String {
        match self {
            Holder::List { path, others } => {
                let read = format!("the records are those of {}", pointer(path));
                match others.len() {
                    0 => read,
                    _ => format!("{read}; left out: {}", some_of(others)),
                }
            }
            Holder::Records => "each member is a record, and its name the id".into(),
            Holder::Outputs => "each member is an output, and its name the id".into(),
            Holder::Columns(names) => {
                format!("its members are columns, from which the records are put together: {}", some_of(names))
            }
        }
    }
}

/// The JSON pointer of what these names lead to.
pub(super) fn pointer(path: &[String]) -> String {
    path.iter().map(|name| format!("/{}", name.replace('~', "~0").replace('/', "~1"))).collect()
}

fn some_of(names: &[String]) -> String {
    match names.len() {
        0..=NAMED => names.join(", "),
        count => format!("{} and {} more", names[..NAMED].join(", "), count - NAMED),
    }
}

/// The input from its beginning, and the holder it begins with. An object that does not end
/// within the head is read to its end: a second list may come last.
pub(super) fn find_holder(input: Input) -> Result<(Input, Option<Holder>), ImportError> {
    let head = input.head();
    if !head.text().trim_ascii_start().starts_with(b"{") {
        return Ok((input, None));
    }
    let (name, is_whole) = (input.name.to_string(), head.is_whole);
    let failed = |error| ImportError::Io { name: name.clone(), error };
    let start = Input::from_read(name.clone(), Cursor::new(head.bytes.clone()))?;
    let outline = Outline::read(&mut Scanner::new(TextInput::new(start))).map_err(failed)?;
    if outline.is_record() || is_whole || outline.follows {
        return Ok((input, holder(&outline, &name)?));
    }
    let entry = input.entry.clone();
    let mut file = input.into_file().map_err(failed)?;
    let whole = Input::of_file(name.clone(), file.try_clone().map_err(failed)?)?;
    let outline = Outline::read(&mut Scanner::new(TextInput::new(whole))).map_err(failed)?;
    file.rewind().map_err(failed)?;
    let mut whole = Input::of_file(name.clone(), file)?;
    whole.entry = entry;
    Ok((whole, holder(&outline, &name)?))
}

/// How the document holds its records; nothing where it is one itself. Fails when several lists could be
/// meant.
fn holder(outline: &Outline, file: &str) -> Result<Option<Holder>, ImportError> {
    if outline.are_columns() {
        return Ok(Some(Holder::Columns(outline.names.clone())));
    }
    if outline.is_record() {
        return Ok(None);
    }
    let at_top: Vec<&List> = outline.lists.iter().filter(|list| list.path.len() == 1).collect();
    if !at_top.is_empty() {
        return one_of(&at_top, outline, file).map(Some);
    }
    if outline.follows {
        return Ok(None);
    }
    let records: Vec<&List> = outline.lists.iter().filter(|list| list.holds_records).collect();
    Ok(match records.len() {
        _ if outline.are_records() => Some(Holder::Records),
        0 if outline.are_alike() => Some(Holder::Records),
        0 if outline.are_outputs() => Some(Holder::Outputs),
        0 => match &outline.lists[..] {
            [alone] if !outline.is_known() => Some(of_list(alone, outline)),
            _ => None,
        },
        _ => Some(one_of(&records, outline, file)?),
    })
}

/// The holder whose records are those of the list.
fn of_list(list: &List, outline: &Outline) -> Holder {
    let others = outline.names.iter().filter(|name| list.path.first() != Some(name));
    Holder::List { path: list.path.clone(), others: others.cloned().collect() }
}

/// The only list, or the only one whose elements look like records.
fn one_of(lists: &[&List], outline: &Outline, file: &str) -> Result<Holder, ImportError> {
    let mut records = lists.iter().filter(|list| list.holds_records);
    match (lists, records.next(), records.next()) {
        ([list], ..) => Ok(of_list(list, outline)),
        (_, Some(list), None) => Ok(of_list(list, outline)),
        ([first, ..], ..) => {
            let first = pointer(&first.path);
            let lists = lists.iter().map(|list| pointer(&list.path)).collect::<Vec<_>>();
            Err(ImportError::SeveralLists { name: file.to_owned(), lists: some_of(&lists), first })
        }
        ([], ..) => unreachable!("there is a list"),
    }
}
