//! Where the fields of an item are found in records of another shape.
//!
//! ```text
//! output=.response.text   context=.docs[].body   context.title=.docs[].name   id=hash   latency_ms=.seconds*1000
//! ```

mod path;
mod proposal;

pub use path::{Path, Step, shell_word};
pub use proposal::{Candidate, FieldProposal, Proposal};

use super::record::{FieldType, ITEM, ItemField, item_field};
use super::spec::ImportTerms;
use std::fmt;

/// Members of a context document that can be taken from a place of their own, beside its text.
const DOCUMENT_PARTS: [&str; 4] = ["title", "url", "id", "updated_at"];

/// The word that makes the id from the item's content.
const HASH: &str = "hash";

/// The word that leaves a field without a value.
const NONE: &str = "none";

/// A field of an item, or a part of its context documents.
#[derive(Clone, Copy)]
pub struct Target {
    pub field: &'static ItemField,
    /// A member of the documents: `title` of `context.title`.
    pub part: Option<&'static str>,
}

/// Where a field is taken from.
#[derive(Debug, Clone, PartialEq)]
pub enum TakenFrom {
    /// A place in the record.
    Path(Path),
    /// The item's content, all of it: for an id.
    Hash,
    /// What stands here, the same in every record: a text, or whatever else a cell of the field may hold.
    Set(String),
    /// Nowhere: a member of the field's name is something else, and is kept in `meta`.
    Nowhere,
}

/// Where each field is found. A field that it does not name is taken from the member of its own name.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Mapping {
    /// In the order of an item's fields, each once.
    fields: Vec<(Target, TakenFrom)>,
}

impl Target {
    /// Of a whole field.
    pub const fn of(field: &'static ItemField) -> Self {
        Self { field, part: None }
    }

    /// The target of that name; fails with what to write.
    pub fn parse(name: &str) -> Result<Self, String> {
        let whole = |name| item_field(name).filter(|field| field.holds != FieldType::Object);
        if let Some(field) = whole(name) {
            return Ok(Self::of(field));
        }
        if let Some(("context", part)) = name.split_once('.')
            && let Some(part) = DOCUMENT_PARTS.into_iter().find(|known| *known == part)
            && let Some(field) = item_field("context")
        {
            return Ok(Self { field, part: Some(part) });
        }
        let fields = ITEM.iter().filter(|field| field.holds != FieldType::Object).map(|field| field.name);
        let known = fields.collect::<Vec<_>>().join(", ");
        Err(format!(
            "`{name}` is no field of an item; these are: {known}, and context.{}",
            DOCUMENT_PARTS.join(", context.")
        ))
    }

    fn is_id(&self) -> bool {
        self.field.holds == FieldType::Id
    }

    /// Sorts targets as an item's fields stand, each before its parts.
    fn order(&self) -> (Option<usize>, Option<usize>) {
        let place = ITEM.iter().position(|field| field.name == self.field.name);
        (place, self.part.and_then(|part| DOCUMENT_PARTS.iter().position(|known| *known == part)))
    }
}

impl PartialEq for Target {
    fn eq(&self, other: &Self) -> bool {
        self.field.name == other.field.name && self.part == other.part
    }
}

impl Eq for Target {}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// `output`, `context.title`.
impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(self.field.name)?;
        self.part.map_or(Ok(()), |part| write!(f, ".{part}"))
    }
}

/// As it is written after `FIELD=`.
impl fmt::Display for TakenFrom {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            TakenFrom::Path(path) => path.fmt(f),
            TakenFrom::Hash => f.write_str(HASH),
            TakenFrom::Set(value) => f.write_str(value),
            TakenFrom::Nowhere => f.write_str(NONE),
        }
    }
}

impl Extend<(Target, TakenFrom)> for Mapping {
    /// Of a field that is given twice the last one holds.
    fn extend<T: IntoIterator<Item = (Target, TakenFrom)>>(&mut self, fields: T) {
        fields.into_iter().for_each(|(target, from)| self.put(target, from));
    }
}

impl Mapping {
    /// What a spec says; it was checked when it was read.
    pub fn of_spec(terms: &ImportTerms) -> Self {
        let maps = terms.map.iter().filter_map(|map| Self::read_map(map).ok());
        let mut mapping = Self::default();
        mapping.extend(maps.chain(terms.set.iter().filter_map(|set| Self::read_set(set).ok())));
        mapping
    }

    /// As a spec says it.
    pub fn to_spec(&self) -> ImportTerms {
        let (sets, maps): (Vec<_>, Vec<_>) =
            self.fields.iter().partition(|(_, from)| matches!(from, TakenFrom::Set(_)));
        let written = |fields: Vec<&(Target, TakenFrom)>| {
            fields.into_iter().map(|(target, from)| format!("{target}={from}")).collect()
        };
        ImportTerms { map: written(maps), set: written(sets) }
    }

    /// What `--map` says: `output=.response.text`. Fails with what to write instead.
    pub fn read_map(written: &str) -> Result<(Target, TakenFrom), String> {
        let (name, from) = written
            .split_once('=')
            .ok_or_else(|| format!("`{written}` names no place; it is FIELD=PATH, such as output=.response.text"))?;
        Self::from_place(name.trim(), from.trim())
    }

    /// Where a field is taken from: `output`, `.response.text`.
    pub fn from_place(name: &str, from: &str) -> Result<(Target, TakenFrom), String> {
        let target = Target::parse(name)?;
        let from = match from {
            HASH if target.is_id() => TakenFrom::Hash,
            HASH => return Err(format!("`{HASH}` makes an id, and {target} is none")),
            NONE if target.field.is_required => return Err(format!("{target} is required, and cannot be `{NONE}`")),
            NONE => TakenFrom::Nowhere,
            path => TakenFrom::Path(Path::parse(path)?),
        };
        Ok((target, from))
    }

    /// What `--set` says: `model=a-large`. Fails with what to write instead.
    pub fn read_set(written: &str) -> Result<(Target, TakenFrom), String> {
        let (name, value) = written
            .split_once('=')
            .ok_or_else(|| format!("`{written}` has no value; it is FIELD=VALUE, such as model=a-large"))?;
        Self::from_value(name.trim(), value)
    }

    /// A field with the same value in every record.
    pub fn from_value(name: &str, value: &str) -> Result<(Target, TakenFrom), String> {
        let target = Target::parse(name)?;
        if target.part.is_some() || target.is_id() {
            return Err(format!("{target} cannot be the same in every record"));
        }
        Ok((target, TakenFrom::Set(value.to_owned())))
    }

    /// Takes the field from there, whatever was said of it before.
    pub fn put(&mut self, target: Target, from: TakenFrom) {
        self.fields.retain(|(mapped, _)| *mapped != target);
        self.fields.push((target, from));
        self.fields.sort_by_key(|(target, _)| target.order());
    }

    pub fn get(&self, target: Target) -> Option<&TakenFrom> {
        self.fields.iter().find(|(mapped, _)| *mapped == target).map(|(_, from)| from)
    }

    pub fn fields(&self) -> &[(Target, TakenFrom)] {
        &self.fields
    }

    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// Fields that this one names go before those of `other`.
    pub fn or(mut self, other: &Mapping) -> Self {
        for (target, from) in &other.fields {
            if self.get(*target).is_none() {
                self.put(*target, from.clone());
            }
        }
        self
    }

    /// Whether the id is made from the content.
    pub fn hashes_id(&self) -> bool {
        self.fields.iter().any(|(_, from)| *from == TakenFrom::Hash)
    }
}

/// As arguments of a command, for a shell: `--map output=.response --set model=a`.
impl fmt::Display for Mapping {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        self.fields.iter().enumerate().try_for_each(|(at, (target, from))| {
            let option = if matches!(from, TakenFrom::Set(_)) { "--set" } else { "--map" };
            let between = if at == 0 { "" } else { " " };
            write!(f, "{between}{option} {}", shell_word(&format!("{target}={from}")))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mapping_is_written_as_it_is_given() {
        let mut mapping = Mapping::default();
        mapping.extend(Mapping::read_set("model=a large"));
        for map in ["id=.old", "id=hash", "context.title=.docs[].name", "context=.docs[].body", "output=.response.text"]
        {
            mapping.extend(Mapping::read_map(map));
        }
        assert_eq!(
            mapping.to_string(),
            "--map id=hash --map output=.response.text --map 'context=.docs[].body' \
             --map 'context.title=.docs[].name' --set 'model=a large'"
        );
        assert!(mapping.hashes_id());
    }

    #[test]
    fn what_cannot_be_is_told() {
        let told = |map: &str| Mapping::read_map(map).unwrap_err();
        assert_eq!(told("output"), "`output` names no place; it is FIELD=PATH, such as output=.response.text");
        assert!(told("answer=.a").starts_with("`answer` is no field of an item; these are: id, case"));
        assert_eq!(told("output=hash"), "`hash` makes an id, and output is none");
        assert_eq!(told("input=none"), "input is required, and cannot be `none`");
        assert!(told("meta=.a").starts_with("`meta` is no field"), "what is not mapped is meta");
        let told = |set: &str| Mapping::read_set(set).unwrap_err();
        assert_eq!(told("id=b"), "id cannot be the same in every record");
        assert_eq!(told("b"), "`b` has no value; it is FIELD=VALUE, such as model=a-large");
    }
}
