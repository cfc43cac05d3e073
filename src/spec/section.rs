//! The sections of a spec: a file each, and one table of them all. From it come what may
//! stand in a file, how it is read, in what two versions differ, and the reference.

mod bar;
mod calibrate;
mod check;
mod context;
mod criterion;
mod failure;
mod group;
mod import;
mod lens;
mod retry;
mod review;
mod route;
mod sample;
mod schema;
mod top;

pub use import::{lines as import_lines, with_import};

use super::change::Change;
use super::document::Document;
use super::problem::Problems;
use super::read::TableReader;
use super::shape::{Form, Shape};
use super::syntax::Sound;
use crate::domain::spec::Spec;
use toml::de::DeTable;

/// Every section, in the order in which a spec is best read. The first is the top of the file.
pub(super) static SECTIONS: [&Section; 15] = [
    &top::SECTION,
    &criterion::SECTION,
    &failure::SECTION,
    &route::SECTION,
    &group::SECTION,
    &sample::SECTION,
    &lens::SECTION,
    &review::SECTION,
    &calibrate::SECTION,
    &retry::SECTION,
    &bar::SECTION,
    &context::SECTION,
    &check::SECTION,
    &schema::SECTION,
    &import::SECTION,
];

/// A kind of table in a spec, and what is done with it.
pub(super) struct Section {
    pub shape: Shape,
    /// Reads one table of the section into the document.
    read: fn(&mut Document, &mut TableReader),
    /// Compares the section in an older and a newer version of a spec.
    changes: fn(&Spec, &Spec) -> Vec<Change>,
}

/// Reads the whole file.
pub(super) fn read(table: &DeTable, sound: &Sound, problems: &mut Problems) -> Document {
    let shapes = SECTIONS.map(|section| &section.shape);
    let mut document = Document::new(shapes.to_vec());
    let mut top = TableReader::new((table, 0..0), shapes[0], &shapes, sound, problems);
    let [first, others @ ..] = SECTIONS;
    (first.read)(&mut document, &mut top);
    for section in others {
        for entry in top.tables(&section.shape) {
            (section.read)(&mut document, &mut top.within(entry, &section.shape));
        }
    }
    document
}

/// Every difference between two specs, those of the whole queue first; empty only when they
/// are equal. Entries are the same when their keys are, so a changed key is one entry
/// removed and one added.
pub fn changes(old: &Spec, new: &Spec) -> Vec<Change> {
    let (lists, single): (Vec<_>, Vec<_>) =
        SECTIONS.into_iter().partition(|section| matches!(section.shape.form, Form::List { .. }));
    single.into_iter().chain(lists).flat_map(|section| (section.changes)(old, new)).collect()
}
