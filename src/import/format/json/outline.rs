//! What stands in a document, as far as it tells where the records are: its lists of objects, and what its
//! members have in common. It is read once, without being held in memory.

use super::frame::{Frame, Scanner};
use crate::domain::record::item_field;
use crate::import::proposal::{RecordNames, Says, says_of};
use std::io;

/// Objects further in are not looked into.
const DEEPEST: usize = 6;

/// Lists that are remembered.
const MOST_LISTS: usize = 100;

/// Names of an object that are remembered.
const MOST_NAMES: usize = 64;

/// Members that are compared with the first.
const COMPARED: usize = 20;

/// A list of objects.
#[derive(Debug)]
pub(super) struct List {
    /// The names that lead to it.
    pub path: Vec<String>,
    /// Its first element looks like a record.
    pub holds_records: bool,
}

/// An object that was read, or the beginning of one.
#[derive(Default)]
pub(super) struct Outline {
    /// The names of the members, as far as they are remembered.
    pub names: Vec<String>,
    pub lists: Vec<List>,
    /// Another value comes after it.
    pub follows: bool,
    /// What the names tell of it.
    told: RecordNames,
    members: Vec<Member>,
    /// Members in all.
    count: usize,
    /// All that matters was read.
    is_ended: bool,
}

/// A member of the document, as far as members are compared.
#[derive(Debug)]
enum Member {
    Text,
    /// A list of so many, and whether they are objects.
    List(usize, bool),
    /// An object with these names, and whether it looks like a record.
    Object {
        names: Vec<String>,
        count: usize,
        is_record: bool,
    },
    Other,
}

/// The names of an object.
#[derive(Default)]
struct Names {
    told: RecordNames,
    names: Vec<String>,
    count: usize,
    /// One of the members is an object that looks like a record.
    holds_record: bool,
}

impl Outline {
    /// Reads the object at the beginning, or enough of it.
    pub(super) fn read(scan: &mut Scanner) -> io::Result<Self> {
        let mut outline = Self::default();
        scan.next_byte(b"")?;
        scan.consume(1);
        while !outline.is_ended {
            match scan.next_byte(b",")? {
                None => return Ok(outline),
                Some(b'}') => outline.is_ended = true,
                Some(_) => outline.member(scan)?,
            }
        }
        if !outline.is_record() {
            scan.consume(1);
            outline.follows = scan.next_byte(b",")?.is_some();
        }
        Ok(outline)
    }

    fn member(&mut self, scan: &mut Scanner) -> io::Result<()> {
        let name = scan.name()?;
        let begins_with = scan.next_byte(b":")?;
        self.count += 1;
        if self.names.len() < MOST_NAMES {
            self.names.push(name.clone());
        }
        if !matches!(begins_with, Some(b'[' | b'{')) {
            self.told.note(&name, begins_with);
            self.keep(if begins_with == Some(b'"') { Member::Text } else { Member::Other });
            if self.told.is_record() {
                self.is_ended = true;
                return Ok(());
            }
            return scan.skip();
        }
        let path = vec![name.clone()];
        let (member, is_chat) = match begins_with {
            Some(b'[') => self.list(scan, path)?,
            _ => (self.object(scan, &path)?, false),
        };
        if scan.input.peek()?.is_empty() {
            return Ok(()); // it was cut off, so that nothing can be said of it
        }
        let is_list = matches!(member, Member::List(_, is_of_objects) if is_chat || !is_of_objects);
        self.told.note(&name, is_list.then_some(b'['));
        self.keep(member);
        // Columns have the names of fields, too.
        self.is_ended = self.told.is_record() && !self.may_be_columns();
        Ok(())
    }

    fn keep(&mut self, member: Member) {
        if self.members.len() < COMPARED {
            self.members.push(member);
        }
    }

    /// Reads a list; also whether its elements are messages.
    fn list(&mut self, scan: &mut Scanner, path: Vec<String>) -> io::Result<(Member, bool)> {
        scan.consume(1);
        let is_of_objects = scan.next_byte(b"")? == Some(b'{');
        let mut first = Names::default();
        let mut count = 0;
        if is_of_objects {
            first = self.names_of(scan, None, 0)?;
            count = 1;
        }
        if path.len() > 1 || is_of_objects {
            scan.value(&mut Frame::of_list(), &mut io::sink())?;
        } else {
            while scan.next_byte(b",")?.is_some_and(|byte| byte != b']') {
                scan.skip()?;
                count += 1;
            }
            scan.consume(1);
        }
        let name = path.last().map(String::as_str).unwrap_or_default();
        let is_chat = name == "choices" || first.is_message();
        if is_of_objects && !is_chat && item_field(name).is_none() && self.lists.len() < MOST_LISTS {
            let of_a_record = path.len() > 1 && ["context", "input"].iter().any(|field| is_called(field, name));
            if !of_a_record {
                self.lists.push(List { path, holds_records: first.told.is_record() || first.holds_record });
            }
        }
        Ok((Member::List(count, is_of_objects), is_chat))
    }

    fn object(&mut self, scan: &mut Scanner, path: &[String]) -> io::Result<Member> {
        let Names { told, names, count, .. } = self.names_of(scan, Some(path), 0)?;
        Ok(Member::Object { names, count, is_record: told.is_record() })
    }

    /// Reads an object, so far in; with its `path` the lists in it are noted, too.
    fn names_of(&mut self, scan: &mut Scanner, path: Option<&[String]>, depth: usize) -> io::Result<Names> {
        let mut object = Names::default();
        scan.consume(1);
        loop {
            match scan.next_byte(b",")? {
                None => return Ok(object),
                Some(b'}') => break scan.consume(1),
                Some(_) => {}
            }
            let name = scan.name()?;
            let begins_with = scan.next_byte(b":")?;
            object.told.note(&name, begins_with);
            object.count += 1;
            let path = path.filter(|path| path.len() < DEEPEST);
            let path = path.map(|path| [path, std::slice::from_ref(&name)].concat());
            match (path, begins_with) {
                (Some(path), Some(b'[')) => drop(self.list(scan, path)?),
                (path, Some(b'{')) if depth < DEEPEST => {
                    object.holds_record |= self.names_of(scan, path.as_deref(), depth + 1)?.told.is_record();
                }
                _ => scan.skip()?,
            }
            if object.names.len() < MOST_NAMES {
                object.names.push(name);
            }
        }
        Ok(object)
    }

    /// Whether the object is a record itself.
    pub(super) fn is_record(&self) -> bool {
        let may_be_columns = if self.is_ended { self.are_columns() } else { self.may_be_columns() };
        self.told.is_record() && !may_be_columns
    }

    /// Whether one of the names is a field's.
    pub(super) fn is_known(&self) -> bool {
        self.told.knows()
    }

    /// Of a document that was cut off: whether what there is of it looks as if it held records.
    pub(super) fn may_hold_records(&self) -> bool {
        let is_list = |list: &List| list.path.len() == 1;
        !self.is_record() && (self.lists.iter().any(is_list) || self.are_alike() || self.are_outputs())
    }

    /// Whether each member is a list, or an object of numbered members, and as long as the others.
    fn may_be_columns(&self) -> bool {
        let length = |member: &Member| match member {
            Member::List(count, false) => Some(*count),
            Member::Object { names, count, .. } if names.iter().all(|name| is_number(name)) => Some(*count),
            _ => None,
        };
        let lengths: Option<Vec<usize>> = self.members.iter().map(length).collect();
        let first = lengths.as_ref().and_then(|lengths| lengths.first()).copied();
        first.is_some_and(|first| first > 0) && lengths.iter().flatten().all(|length| Some(*length) == first)
    }

    /// Whether the members are columns, of which one is what was asked or answered.
    pub(super) fn are_columns(&self) -> bool {
        let is_asked =
            |name: &String| ["output", "input"].iter().any(|field| says_of(field, name) >= Some(Says::Something));
        self.is_ended && self.count > 1 && self.may_be_columns() && self.names.iter().any(is_asked)
    }

    /// Whether each member looks like a record.
    pub(super) fn are_records(&self) -> bool {
        self.are_alike() && self.members.iter().all(|member| matches!(member, Member::Object { is_record: true, .. }))
    }

    /// Whether the members are objects of the same kind, and their names those of no field.
    pub(super) fn are_alike(&self) -> bool {
        let names = |member: &Member| match member {
            Member::Object { names, .. } => Some(names.clone()),
            _ => None,
        };
        let objects: Option<Vec<_>> = self.members.iter().map(names).collect();
        let Some([first, others @ ..]) = objects.as_deref() else { return false };
        let is_alike = |other: &Vec<String>| 2 * first.iter().filter(|name| other.contains(name)).count() > first.len();
        !others.is_empty() && others.iter().all(is_alike) && !self.names.iter().any(|name| is_of_a_record(name))
    }

    /// Whether the members are texts, and each name is an id, with a figure in it.
    pub(super) fn are_outputs(&self) -> bool {
        let is_id = |name: &String| name.contains(|c: char| c.is_ascii_digit()) && !is_of_a_record(name);
        self.count > 1
            && self.members.iter().all(|member| matches!(member, Member::Text))
            && self.names.iter().all(is_id)
    }
}

impl Names {
    /// Whether it is one of the messages of a conversation.
    fn is_message(&self) -> bool {
        let has = |names: &[&str]| self.names.iter().any(|name| names.contains(&&**name));
        has(&["role", "from", "type"]) && has(&["content", "value", "parts", "tool_calls"])
    }
}

fn is_number(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_called(field: &str, name: &str) -> bool {
    says_of(field, name) == Some(Says::Much)
}

/// Whether a record has members of that name, so that what has it is one.
fn is_of_a_record(name: &str) -> bool {
    ["output", "input", "context", "reference"].iter().any(|field| says_of(field, name) >= Some(Says::Something))
}
