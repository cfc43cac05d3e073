//! `[import]`: where the fields are found in the files that come into the queue.

use super::{Document, Section, TableReader};
use crate::domain::mapping::{Mapping, TakenFrom, Target};
use crate::domain::spec::{ImportTerms, Spec};
use crate::spec::change::{Change, Touched, value};
use crate::spec::shape::{Form, Key, Shape};

pub(super) static SECTION: Section = Section {
    shape: Shape {
        header: "import",
        form: Form::Table,
        purpose: "Where the fields of an item are found in the files that come into the queue, where they have other \
                  names, as `karat import` takes it: what it is given with `--map` and `--set` goes before this.",
        keys: &[
            Key::optional(
                "map",
                "[\"output=.response.text\", \"id=hash\"]",
                "fields, each with its [place](formats.md#paths) in a record: `FIELD=PATH`",
            ),
            Key::optional("set", "[\"model=a-large\"]", "fields that are the same in every record: `FIELD=VALUE`"),
        ],
    },
    read,
    changes,
};

/// How an entry of a list is read, as one of an argument is.
type ReadEntry = fn(&str) -> Result<(Target, TakenFrom), String>;

fn read(document: &mut Document, table: &mut TableReader) {
    let mut seen = Mapping::default();
    let mut entries = |key, read_entry: ReadEntry| -> Vec<String> {
        let written = table.texts(key).map(toml::Spanned::into_inner).unwrap_or_default();
        for entry in &written {
            let place = entry.span().start;
            match read_entry(entry.get_ref()) {
                Ok((target, _)) if seen.get(target).is_some() => {
                    table.report(place, format!("`{target}` is given twice"), "leave one of the two out");
                }
                Ok(field) => seen.extend([field]),
                Err(reason) => table.report(place, reason, "write it as `karat import` takes it behind --map or --set"),
            }
        }
        written.into_iter().map(toml::Spanned::into_inner).collect()
    };
    document.spec.import =
        ImportTerms { map: entries("map", Mapping::read_map), set: entries("set", Mapping::read_set) };
}

fn changes(old: &Spec, new: &Spec) -> Vec<Change> {
    let all = |spec: &Spec| {
        let all = [&spec.import.map[..], &spec.import.set].concat().join(", ");
        (!all.is_empty()).then_some(all)
    };
    value("where fields are found in files", all(old).as_ref(), all(new).as_ref(), Touched::None).into_iter().collect()
}

/// The source of a sound spec with these terms added; `None` where it says something of its own already.
pub fn with_import(source: &str, terms: &ImportTerms) -> Option<String> {
    let says = crate::spec::parse(source).is_ok_and(|spec| spec.import != ImportTerms::default());
    let between = if source.ends_with('\n') { "\n" } else { "\n\n" };
    (!says).then(|| format!("{source}{between}{}", lines(terms)))
}

/// The section, as it is written.
pub fn lines(terms: &ImportTerms) -> String {
    let list = |entries: &[String]| toml::Value::from(entries.to_vec()).to_string();
    let line = |key: &str, entries: &[String]| match entries {
        [] => String::new(),
        entries => format!("{key} = {}\n", list(entries)),
    };
    format!("[import]\n{}{}", line("map", &terms.map), line("set", &terms.set))
}
