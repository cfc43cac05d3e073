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
mod section;
pub(crate) mod shape;
pub(crate) mod syntax;
mod template;

pub use change::{Change, Touched};
pub use problem::Problem;
pub use reference::reference;
pub use section::changes;
pub use template::{InvalidName, Template, general, renamed};

use crate::domain::spec::Spec;
use problem::Problems;
use syntax::Sound;
use toml::de::DeTable;

/// Reads a spec. On failure: every problem of the source, ordered by place.
pub fn parse(source: &str) -> Result<Spec, Vec<Problem>> {
    let mut problems = Problems::new(source);
    let spec = Sound::of(source, &mut problems).map(|sound| read_sound(&sound, &mut problems));
    let problems = problems.finish();
    spec.filter(|_| problems.is_empty()).ok_or(problems)
}

fn read_sound(sound: &Sound, problems: &mut Problems) -> Spec {
    let (table, errors) = DeTable::parse_recoverable(&sound.text);
    syntax::report(&sound.text, &errors, problems);
    let document = section::read(table.get_ref(), sound, problems);
    check::across(&document, sound, problems);
    document.spec
}

#[cfg(test)]
mod tests;
