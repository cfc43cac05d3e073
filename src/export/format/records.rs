//! Formats of one JSON object a row, which is made of the row's fields in a form of another program's.

use super::example::{Example, Places};
use super::{Files, Format, RowWriter, Setting};
use crate::domain::format_option::FormatOption;
use crate::domain::record::Cell;
use crate::domain::spec::Spec;
use crate::export::columns::ExportColumn;
use crate::text::plural::count;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io;

/// A format of objects that a row makes.
pub(super) struct Records {
    pub name: &'static str,
    pub about: &'static str,
    pub layout: Layout,
    /// What is appended to the name for each file beside the main one.
    pub suffixes: &'static [&'static str],
    /// How objects stand in each of them.
    pub further: &'static [Layout],
    pub options: &'static [FormatOption],
    /// What becomes what, for the reference ([`Format::members`]).
    pub members: &'static [(&'static str, &'static str)],
    /// Makes the objects of a row; or says why there are none, as what such rows are: "without input".
    pub make: fn(&Example, &Terms) -> Result<Made, &'static str>,
}

/// How objects stand in a file.
#[derive(Clone, Copy)]
pub(super) enum Layout {
    /// One a line.
    Lines,
    /// In one JSON list.
    List,
    /// None: the file is made of the spec.
    OfSpec(fn(&Spec) -> String),
}

/// What a row makes.
#[derive(Default)]
pub(super) struct Made {
    pub main: Vec<Value>,
    /// Objects of each of the further files.
    pub further: Vec<Vec<Value>>,
}

/// What is the same for all rows.
pub(super) struct Terms {
    pub queue: String,
    pub spec: Spec,
    pub split: Option<String>,
}

impl From<Value> for Made {
    fn from(main: Value) -> Self {
        Self { main: vec![main], further: Vec::new() }
    }
}

impl Format for Records {
    fn name(&self) -> &'static str {
        self.name
    }

    fn about(&self) -> &'static str {
        self.about
    }

    fn extension(&self) -> &'static str {
        match self.layout {
            Layout::Lines => "jsonl",
            Layout::List | Layout::OfSpec(_) => "json",
        }
    }

    fn is_flat(&self) -> bool {
        false
    }

    fn has_columns(&self) -> bool {
        false
    }

    fn options(&self) -> &'static [FormatOption] {
        self.options
    }

    fn members(&self) -> &'static [(&'static str, &'static str)] {
        self.members
    }

    fn further_files(&self) -> &'static [&'static str] {
        self.suffixes
    }

    fn writer(&self, setting: &Setting) -> io::Result<Box<dyn RowWriter>> {
        Ok(Box::new(Writer {
            layouts: std::iter::once(self.layout).chain(self.further.iter().copied()).collect(),
            written: vec![0; self.further.len() + 1],
            make: self.make,
            places: Places::default(),
            terms: Terms::of(setting),
            left_out: BTreeMap::new(),
        }))
    }
}

impl Terms {
    pub(super) fn of(setting: &Setting) -> Self {
        let (queue, spec) = (setting.queue.to_owned(), setting.spec.clone());
        Self { queue, spec, split: setting.split.map(str::to_owned) }
    }
}

struct Writer {
    layouts: Vec<Layout>,
    /// How many objects each file has.
    written: Vec<u64>,
    make: fn(&Example, &Terms) -> Result<Made, &'static str>,
    places: Places,
    terms: Terms,
    left_out: LeftOut,
}

/// How many rows were left out, by the reason.
pub(super) type LeftOut = BTreeMap<&'static str, usize>;

/// `left out: 3 rows without input`
pub(super) fn note_of(left_out: &LeftOut) -> Option<String> {
    let notes: Vec<String> = left_out.iter().map(|(why, rows)| format!("{} {why}", count(*rows, "row"))).collect();
    (!notes.is_empty()).then(|| format!("left out: {}", notes.join(", ")))
}

impl RowWriter for Writer {
    fn begin(&mut self, columns: &[ExportColumn], files: &mut Files) -> io::Result<()> {
        self.places = Places::of(columns);
        for (layout, out) in self.layouts.iter().zip(files.all()) {
            match layout {
                Layout::Lines => {}
                Layout::List => out.push(b'['),
                Layout::OfSpec(make) => out.extend_from_slice(make(&self.terms.spec).as_bytes()),
            }
        }
        Ok(())
    }

    fn row(&mut self, cells: &[Cell], files: &mut Files) -> io::Result<()> {
        let made = match (self.make)(&Example { places: &self.places, cells }, &self.terms) {
            Ok(made) => made,
            Err(why) => {
                *self.left_out.entry(why).or_default() += 1;
                return Ok(());
            }
        };
        let objects = std::iter::once(made.main).chain(made.further);
        for (at, (objects, out)) in objects.zip(files.all()).enumerate() {
            for object in objects {
                if matches!(self.layouts[at], Layout::List) {
                    out.extend_from_slice(if self.written[at] == 0 { b"\n" } else { b",\n" });
                }
                serde_json::to_writer(&mut *out, &object)?;
                if matches!(self.layouts[at], Layout::Lines) {
                    out.push(b'\n');
                }
                self.written[at] += 1;
            }
        }
        Ok(())
    }

    fn end(&mut self, files: &mut Files) -> io::Result<()> {
        for (layout, out) in self.layouts.iter().zip(files.all()) {
            if matches!(layout, Layout::List) {
                out.extend_from_slice(b"\n]\n");
            }
        }
        Ok(())
    }

    fn note(&self) -> Option<String> {
        note_of(&self.left_out)
    }
}
