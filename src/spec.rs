//! The spec as its owner writes it: a TOML file in, a [`Spec`] or every problem out.
//!
//! A spec is edited by people who run `karat spec check` now and then, so a check
//! never stops at the first mistake: `syntax` sets aside the lines that are no
//! TOML, `section` has a file for each kind of table, `read` reads values one by one,
//! `check` compares them with each other, and all of them report to one `Problems`.

mod change;
mod check;
mod document;
mod name;
pub(crate) mod problem;
pub(crate) mod read;
mod reference;
mod scale;
mod schemas;
mod section;
pub(crate) mod shape;
pub(crate) mod syntax;
mod template;

pub use change::{Change, Touched};
pub use check::tie;
pub use problem::Problem;
pub use reference::reference;
pub use section::{changes, import_lines, with_import};
pub use template::{InvalidName, Template, general, renamed};

use crate::domain::spec::Spec;
use crate::domain::team::Member;
use crate::text::position::Position;
use problem::Problems;
use schemas::Files;
use std::io;
use syntax::Sound;
use toml::de::{DeTable, DeValue};

/// A spec with a source that names no file any more.
#[derive(Debug, Clone, PartialEq)]
pub struct Complete {
    pub spec: Spec,
    /// What was read, with the files that it names in it.
    pub source: String,
}

/// Reads a spec that names no file. On failure: every problem of the source, ordered by place.
pub fn parse(source: &str) -> Result<Spec, Vec<Problem>> {
    let no_file = |_: &str| Err(io::Error::other("this spec came without its files"));
    parse_with_files(source, &no_file).map(|complete| complete.spec)
}

/// Reads a spec, and with `file` the text of each file that it names, by its path in the spec.
pub fn parse_with_files(source: &str, file: Files) -> Result<Complete, Vec<Problem>> {
    parse_for(source, file, None)
}

/// Reads a spec for a workspace in which these people have a role, who are all that it may name;
/// `None`: every name is a person.
pub fn parse_for(source: &str, file: Files, team: Option<&[Member]>) -> Result<Complete, Vec<Problem>> {
    let mut problems = Problems::new(source);
    let read = Sound::of(source, &mut problems).map(|sound| read_sound(&sound, file, team, &mut problems));
    let problems = problems.finish();
    match read.filter(|_| problems.is_empty()) {
        Some((spec, added)) => Ok(Complete { spec, source: format!("{source}{added}") }),
        None => Err(problems),
    }
}

/// The line, counted from 1, on which the bar of a key begins in the source of a spec; `None` where it
/// has none.
pub fn line_of_bar(source: &str, key: &str) -> Option<usize> {
    let (table, _) = DeTable::parse_recoverable(source);
    let DeValue::Array(bars) = table.get_ref().get("bar")?.get_ref() else { return None };
    let is_it =
        |table: &DeTable| matches!(table.get("key")?.get_ref(), DeValue::String(found) if found == key).then_some(());
    let found = bars.iter().find(|bar| matches!(bar.get_ref(), DeValue::Table(table) if is_it(table).is_some()))?;
    Some(Position::of(source, found.span().start).line)
}

/// The spec, and what is to be added to its source.
fn read_sound(sound: &Sound, file: Files, team: Option<&[Member]>, problems: &mut Problems) -> (Spec, String) {
    let (table, errors) = DeTable::parse_recoverable(&sound.text);
    syntax::report(&sound.text, &errors, problems);
    let mut document = section::read(table.get_ref(), sound, problems);
    let added = schemas::add(&mut document, file, problems);
    check::across(&document, sound, problems);
    if let Some(team) = team {
        check::team(&document, team, problems);
    }
    (document.spec, added)
}

#[cfg(test)]
mod tests;
