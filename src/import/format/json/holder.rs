//! An object that is no record, but holds the list of records.

use super::frame::{Frame, Scanner};
use crate::domain::record::item_field;
use crate::import::fault::ImportError;
use crate::import::input::Input;
use crate::import::proposal::RecordNames;
use crate::import::text_input::TextInput;
use std::io::{self, Cursor, Seek};

/// Members that are named to the user.
const NAMED: usize = 8;

/// An object with one list of objects.
pub(super) struct Holder {
    /// The name of the member that is the list.
    pub list: String,
    /// The names of the other members.
    others: Vec<String>,
}

impl Holder {
    /// Whether `text` begins with an object that is no record and holds lists of objects.
    pub(super) fn begins(text: &[u8]) -> bool {
        let input = Input::from_read("", Cursor::new(text.to_vec())).map(TextInput::new);
        let members = input.ok().and_then(|input| Members::read(&mut Scanner::new(input)).ok());
        members.is_some_and(|members| !members.told.is_record() && !members.lists.is_empty())
    }

    /// The list's JSON pointer.
    pub(super) fn pointer(&self) -> String {
        pointer(&self.list)
    }

    /// What is read, and what is not.
    pub(super) fn note(&self) -> String {
        let read = format!("the records are those of {}", self.pointer());
        match self.others.len() {
            0 => read,
            1..=NAMED => format!("{read}; left out: {}", self.others.join(", ")),
            count => format!("{read}; left out: {} and {} more", self.others[..NAMED].join(", "), count - NAMED),
        }
    }
}

fn pointer(name: &str) -> String {
    format!("/{}", name.replace('~', "~0").replace('/', "~1"))
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
    let members = Members::read(&mut Scanner::new(TextInput::new(start))).map_err(failed)?;
    if members.is_ended || is_whole {
        return Ok((input, members.holder(&name)?));
    }
    let entry = input.entry.clone();
    let mut file = input.into_file().map_err(failed)?;
    let whole = Input::of_file(name.clone(), file.try_clone().map_err(failed)?)?;
    let members = Members::read(&mut Scanner::new(TextInput::new(whole))).map_err(failed)?;
    file.rewind().map_err(failed)?;
    let mut whole = Input::of_file(name.clone(), file)?;
    whole.entry = entry;
    Ok((whole, members.holder(&name)?))
}

/// The members of an object.
#[derive(Default)]
struct Members {
    /// Members that are lists of objects, and no field of an item.
    lists: Vec<String>,
    others: Vec<String>,
    /// What the names of the members tell of it.
    told: RecordNames,
    /// All that matters was read.
    is_ended: bool,
}

impl Members {
    /// Reads the object at the beginning, or enough of it.
    fn read(scan: &mut Scanner) -> io::Result<Self> {
        let mut members = Self::default();
        scan.next_byte(b"")?;
        scan.consume(1);
        while !members.is_ended {
            match scan.next_byte(b",")? {
                None => break,
                Some(b'}') => members.is_ended = true,
                Some(_) => members.read_one(scan)?,
            }
        }
        Ok(members)
    }

    fn read_one(&mut self, scan: &mut Scanner) -> io::Result<()> {
        let name = scan.name()?;
        let begins_with = scan.next_byte(b":")?;
        self.told.note(&name, begins_with);
        if self.told.is_record() {
            self.is_ended = true;
            return Ok(());
        }
        let mut frame = Frame::default();
        let mut holds_objects = false;
        if begins_with == Some(b'[') {
            scan.consume(1);
            frame = Frame::of_list();
            holds_objects = scan.next_byte(b"")? == Some(b'{');
        }
        if holds_objects && item_field(&name).is_none() {
            self.lists.push(name);
        } else {
            self.others.push(name);
        }
        scan.value(&mut frame, &mut io::sink()).map(drop)
    }

    /// Fails when several lists could be meant.
    fn holder(mut self, file: &str) -> Result<Option<Holder>, ImportError> {
        if self.told.is_record() || self.lists.is_empty() {
            return Ok(None);
        }
        let list = self.lists.remove(0);
        if self.lists.is_empty() {
            return Ok(Some(Holder { list, others: self.others }));
        }
        let lists = std::iter::once(&list).chain(&self.lists).take(NAMED).map(|name| pointer(name));
        let lists = lists.collect::<Vec<_>>().join(", ");
        Err(ImportError::SeveralLists { name: file.to_owned(), lists, first: pointer(&list) })
    }
}
