//! Reads the values of one table, and says of each that cannot be read why.
//!
//! A value that cannot be read becomes an empty one. Nobody sees it: a problem is
//! recorded with it, and a spec with problems is never handed out.

use super::name::{Syntax, is_hidden, shown};
use super::problem::Problems;
use super::scale;
use super::shape::{Form, Need, Shape};
use super::syntax::Sound;
use crate::text::suggest::nearest;
use std::ops::{Range, RangeInclusive};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

type TomlValue<'a> = Spanned<DeValue<'a>>;

/// A table with the place of its header.
pub(crate) type TableEntry<'a> = (&'a DeTable<'a>, Range<usize>);

/// A table while it is read.
pub(crate) struct TableReader<'a, 's> {
    table: &'a DeTable<'a>,
    span: Range<usize>,
    shape: &'static Shape,
    /// The kinds of tables that there are.
    shapes: &'a [&'static Shape],
    sound: &'a Sound<'a>,
    /// Values under a misspelt key, by the key that was meant. They are read too,
    /// so that one slip neither hides other problems nor counts twice.
    misspelt: Vec<(&'static str, &'a TomlValue<'a>)>,
    problems: &'a mut Problems<'s>,
}

impl<'a, 's> TableReader<'a, 's> {
    /// Begins to read a table, and reports the keys that it should not have.
    pub(crate) fn new(
        (table, span): TableEntry<'a>,
        shape: &'static Shape,
        shapes: &'a [&'static Shape],
        sound: &'a Sound<'a>,
        problems: &'a mut Problems<'s>,
    ) -> Self {
        let mut reader = Self { table, span, shape, shapes, sound, misspelt: Vec::new(), problems };
        for (key, value) in table.iter() {
            if !reader.names(shape).any(|known| known == key.get_ref()) {
                reader.unknown(key.get_ref(), key.span().start, value);
            }
        }
        reader.misspelt.sort_by_key(|(_, value)| value.span().start);
        reader
    }

    fn unknown(&mut self, key: &str, at: usize, value: &'a TomlValue<'a>) {
        let home = self.home_of(key);
        let meant = if home.is_none() { nearest(key, self.names(self.shape)) } else { None };
        self.misspelt.extend(meant.map(|meant| (meant, value)));
        let hint = match (meant, home) {
            (Some(meant), _) => format!("did you mean `{meant}`?"),
            (None, Some(home)) => format!("`{key}` belongs {home}"),
            (None, None) => {
                format!("remove it; the keys here are {}", self.names(self.shape).collect::<Vec<_>>().join(", "))
            }
        };
        self.problems.push(at, format!("unknown key `{}`{}", shown(key), self.place()), hint);
    }

    fn place(&self) -> String {
        if self.is_top() { String::new() } else { format!(" in this {}", self.shape.name()) }
    }

    /// The keys of a kind of table; at the top of the file the headers of the others too.
    fn names(&self, shape: &'static Shape) -> impl Iterator<Item = &'static str> + use<'a> {
        let headers = self.shapes.iter().map(|shape| shape.header).filter(|header| !header.is_empty());
        let headers = (shape.form == Form::Top).then_some(headers);
        shape.keys.iter().map(|key| key.name).chain(headers.into_iter().flatten())
    }

    /// Where a key belongs that this table must not have.
    fn home_of(&self, key: &str) -> Option<String> {
        let mut others = self.shapes.iter().filter(|shape| shape.header != self.shape.header);
        let home = others.find(|shape| self.names(shape).any(|known| known == key))?;
        Some(match home.form {
            Form::Top => "at the top of the file, before the first [[...]]".into(),
            Form::Table | Form::List { .. } => format!("in a {}", home.name()),
        })
    }

    fn is_top(&self) -> bool {
        self.shape.form == Form::Top
    }

    /// The place of the table's header.
    pub(crate) fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    fn all(&self, key: &'static str) -> Vec<&'a TomlValue<'a>> {
        debug_assert!(self.names(self.shape).any(|known| known == key), "`{key}` stands in no shape");
        let misspelt = self.misspelt.iter().filter(|(meant, _)| *meant == key).map(|(_, value)| *value);
        self.table.get(key).into_iter().chain(misspelt).collect()
    }

    fn find(&self, key: &'static str) -> Option<&'a TomlValue<'a>> {
        self.all(key).first().copied()
    }

    fn required(&mut self, key: &'static str) -> Option<&'a TomlValue<'a>> {
        debug_assert!(
            self.shape.key(key).is_some_and(|key| key.need == Need::Required),
            "`{key}` is told to be optional"
        );
        let found = self.find(key);
        let header = (!self.is_top()).then_some(self.span.start);
        if found.is_none() && !self.sound.hides(header, key) {
            let below = if header.is_none() { "at the top of the file" } else { "below this line" };
            let hint = format!("add {below}: {}", self.shape.example(key));
            self.problems.push(self.span.start, format!("`{key}` is missing{}", self.place()), hint);
        }
        found
    }

    /// The text of a required key.
    pub(crate) fn text(&mut self, key: &'static str) -> Spanned<String> {
        match self.required(key) {
            Some(value) => self.as_text(key, &format!("`{key}`"), value),
            None => Spanned::new(self.span.clone(), String::new()),
        }
    }

    /// The text of an optional key.
    pub(crate) fn optional_text(&mut self, key: &'static str) -> Option<Spanned<String>> {
        self.find(key).map(|value| self.as_text(key, &format!("`{key}`"), value))
    }

    /// The text of a required key, which must keep to a syntax.
    pub(super) fn short_name(&mut self, key: &'static str, syntax: &Syntax) -> Spanned<String> {
        let text = self.text(key);
        self.keep_to(syntax, &text);
        text
    }

    /// The text of an optional key, which must keep to a syntax.
    pub(super) fn optional_short_name(&mut self, key: &'static str, syntax: &Syntax) -> Option<Spanned<String>> {
        let text = self.optional_text(key)?;
        self.keep_to(syntax, &text);
        Some(text)
    }

    fn keep_to(&mut self, syntax: &Syntax, text: &Spanned<String>) {
        let written = text.get_ref();
        if !written.is_empty() && !syntax.allows(written) {
            let reason = format!("`{}` is not {}", shown(written), syntax.rule);
            self.problems.push(text.span().start, reason, syntax.hint(written));
        }
    }

    /// The text of a required key, which may go over lines and hold any character.
    pub(crate) fn long_text(&mut self, key: &'static str) -> Spanned<String> {
        let missing = || Spanned::new(0..0, String::new());
        let Some(value) = self.required(key) else { return missing() };
        match value.get_ref() {
            DeValue::String(text) => Spanned::new(value.span(), text.to_string()),
            other => {
                self.wrong_type(key, &format!("`{key}`"), "a text in quotation marks", other, value.span().start);
                missing()
            }
        }
    }

    fn as_text(&mut self, key: &'static str, label: &str, value: &TomlValue) -> Spanned<String> {
        let text = match value.get_ref() {
            DeValue::String(text) => text,
            other => {
                self.wrong_type(key, label, "a text in quotation marks", other, value.span().start);
                return Spanned::new(value.span(), String::new());
            }
        };
        let fault = if text.trim().is_empty() {
            Some((format!("{label} is empty"), format!("write what it should say, as in: {}", self.shape.example(key))))
        } else {
            text.chars().find(|&c| is_hidden(c)).map(|c| hidden_character(label, c))
        };
        let Some((reason, hint)) = fault else { return Spanned::new(value.span(), text.to_string()) };
        self.problems.push(value.span().start, reason, hint);
        Spanned::new(value.span(), String::new())
    }

    /// The texts of a required list, which is not empty.
    pub(crate) fn required_texts(&mut self, key: &'static str) -> Vec<Spanned<String>> {
        self.required(key);
        let Some(list) = self.texts(key) else { return Vec::new() };
        if list.get_ref().is_empty() {
            let hint = format!("write it like this: {}", self.shape.example(key));
            self.problems.push(list.span().start, format!("`{key}` is empty"), hint);
        }
        list.into_inner()
    }

    /// The sentences of a required scale; none when there is no list to read.
    pub(crate) fn scale(&mut self, key: &'static str) -> Vec<String> {
        let Some(value) = self.required(key) else { return Vec::new() };
        let DeValue::Array(list) = value.get_ref() else {
            self.wrong_type(key, &format!("`{key}`"), "a list of texts", value.get_ref(), value.span().start);
            return Vec::new();
        };
        let numbered = list.iter().enumerate();
        let levels: Vec<_> = numbered.map(|(i, level)| self.as_text(key, &format!("level {}", i + 1), level)).collect();
        scale::check(value.span().start, &levels, self.problems);
        levels.into_iter().map(Spanned::into_inner).collect()
    }

    /// An optional `true` or `false`; `false` when it is not there.
    pub(crate) fn flag(&mut self, key: &'static str) -> bool {
        self.optional_flag(key).unwrap_or_default()
    }

    pub(crate) fn optional_flag(&mut self, key: &'static str) -> Option<bool> {
        let value = self.find(key)?;
        if let DeValue::Boolean(flag) = value.get_ref() {
            return Some(*flag);
        }
        self.wrong_type(
            key,
            &format!("`{key}`"),
            "true or false, without quotation marks",
            value.get_ref(),
            value.span().start,
        );
        None
    }

    /// The tables of a kind, in the order of the file.
    pub(crate) fn tables(&mut self, shape: &Shape) -> Vec<TableEntry<'a>> {
        match shape.form {
            Form::List { .. } => self.entries(shape.header),
            Form::Top | Form::Table => self.table(shape.header).into_iter().collect(),
        }
    }

    /// The table that begins with `[header]`, if there is one.
    fn table(&mut self, header: &'static str) -> Option<TableEntry<'a>> {
        let value = self.find(header)?;
        match value.get_ref() {
            DeValue::Table(table) => Some((table, value.span())),
            other => {
                let reason = format!("`{header}` must be one table, but is {}", type_name(other));
                self.problems.push(
                    value.span().start,
                    reason,
                    format!("begin it with [{header}], its values below it"),
                );
                None
            }
        }
    }

    /// An optional whole number above zero.
    pub(crate) fn positive(&mut self, key: &'static str) -> Option<u32> {
        self.number_from(key, 1)
    }

    /// An optional whole number, not below `least`.
    pub(crate) fn number_from(&mut self, key: &'static str, least: u32) -> Option<u32> {
        self.number_within(key, least..=u32::MAX)
    }

    /// An optional whole number of a range.
    pub(crate) fn number_within(&mut self, key: &'static str, range: RangeInclusive<u32>) -> Option<u32> {
        let value = self.find(key)?;
        self.as_number(key, value, range)
    }

    /// A required whole number, not below `least`.
    pub(crate) fn required_number(&mut self, key: &'static str, least: u32) -> u32 {
        let value = self.required(key);
        value.and_then(|value| self.as_number(key, value, least..=u32::MAX)).unwrap_or(least)
    }

    fn as_number(&mut self, key: &'static str, value: &TomlValue, range: RangeInclusive<u32>) -> Option<u32> {
        let DeValue::Integer(number) = value.get_ref() else {
            let wanted = "a whole number, without quotation marks";
            self.wrong_type(key, &format!("`{key}`"), wanted, value.get_ref(), value.span().start);
            return None;
        };
        let read = u32::from_str_radix(number.as_str(), number.radix()).ok().filter(|number| range.contains(number));
        if read.is_none() {
            let (least, most) = range.into_inner();
            let is_below = u32::from_str_radix(number.as_str(), number.radix()).is_ok_and(|number| number < least)
                || number.as_str().starts_with('-');
            let range = match most {
                u32::MAX if is_below => format!("be at least {least}"),
                u32::MAX => format!("be at most {most}"),
                _ => format!("lie between {least} and {most}"),
            };
            let reason = format!("`{key}` is {}, but must {range}", shown(&number.to_string()));
            let hint = format!("write such a number, as in {}; or remove the line", self.shape.example(key));
            self.problems.push(value.span().start, reason, hint);
        }
        read
    }

    /// An optional number of at least 0.
    pub(crate) fn amount(&mut self, key: &'static str) -> Option<Spanned<f64>> {
        let value = self.find(key)?;
        let written = match value.get_ref() {
            DeValue::Float(number) => number.as_str(),
            DeValue::Integer(number) if number.radix() == 10 => number.as_str(),
            other => {
                self.wrong_type(
                    key,
                    &format!("`{key}`"),
                    "a number, without quotation marks",
                    other,
                    value.span().start,
                );
                return None;
            }
        };
        let read = written.parse::<f64>().ok().filter(|number| number.is_finite() && *number >= 0.0);
        if read.is_none() {
            let hint = format!("write a number from 0, as in {}; or remove the line", self.shape.example(key));
            self.problems.push(
                value.span().start,
                format!("`{key}` is {}, but must not be below 0", shown(written)),
                hint,
            );
        }
        read.map(|number| Spanned::new(value.span(), number))
    }

    /// Whether the table has a value under the key, or under one that was probably meant.
    pub(crate) fn has(&self, key: &'static str) -> bool {
        self.find(key).is_some()
    }

    /// Whether the value is a list of nothing.
    pub(crate) fn is_empty_list(&self, key: &'static str) -> bool {
        self.find(key).is_some_and(|value| matches!(value.get_ref(), DeValue::Array(list) if list.is_empty()))
    }

    /// The place of a key's value; that of the header where there is none.
    pub(crate) fn place_of(&self, key: &'static str) -> usize {
        self.find(key).map_or(self.span.start, |value| value.span().start)
    }

    /// The share of a required key: a number from 0 to 1.
    pub(crate) fn share(&mut self, key: &'static str) -> f64 {
        self.required(key).map_or(0.0, |value| self.as_share(key, value))
    }

    /// The share at a key: a number from 0 to 1.
    pub(crate) fn optional_share(&mut self, key: &'static str) -> Option<Spanned<f64>> {
        let value = self.find(key)?;
        Some(Spanned::new(value.span(), self.as_share(key, value)))
    }

    fn as_share(&mut self, key: &'static str, value: &Spanned<DeValue<'_>>) -> f64 {
        let fits = |share: f64| (0.0..=1.0).contains(&share);
        self.as_fraction(key, value, "from 0 to 1", "lie between 0 and 1", fits).unwrap_or(0.0)
    }

    /// An optional number that fits; `range` says which do, as in "from 0 to below 1".
    pub(crate) fn number_that(&mut self, key: &'static str, range: &str, fits: fn(f64) -> bool) -> Option<f64> {
        let value = self.find(key)?;
        self.as_fraction(key, value, range, &format!("be {range}"), fits)
    }

    fn as_fraction(
        &mut self,
        key: &'static str,
        value: &Spanned<DeValue<'_>>,
        range: &str,
        must: &str,
        fits: fn(f64) -> bool,
    ) -> Option<f64> {
        let written = match value.get_ref() {
            DeValue::Float(number) => number.as_str().to_owned(),
            DeValue::Integer(number) => number.to_string(),
            other => {
                self.wrong_type(key, &format!("`{key}`"), &format!("a number {range}"), other, value.span().start);
                return None;
            }
        };
        let read = written.parse().ok().filter(|share| fits(*share));
        if read.is_none() {
            let reason = format!("`{key}` is {}, but must {must}", shown(&written));
            let hint = format!("write the share as a fraction: {}", self.shape.example(key));
            self.problems.push(value.span().start, reason, hint);
        }
        read
    }

    /// The severity, or whatever else is one of a few words.
    pub(crate) fn one_of<T: Copy>(&mut self, key: &'static str, words: &[(&'static str, T)]) -> Option<T> {
        let text = self.text(key);
        self.word(key, &text, words)
    }

    /// An optional text that is one of a few words.
    pub(crate) fn optional_one_of<T: Copy>(&mut self, key: &'static str, words: &[(&'static str, T)]) -> Option<T> {
        let text = self.optional_text(key)?;
        self.word(key, &text, words)
    }

    /// An optional list of texts, each one of a few words; none when it is not there. `noun` says in
    /// a message what each of them should have been.
    pub(super) fn words<T: Copy + PartialEq>(
        &mut self,
        key: &'static str,
        noun: &str,
        words: &[(&'static str, T)],
    ) -> Vec<T> {
        let mut read = Vec::new();
        for text in self.texts(key).map(Spanned::into_inner).unwrap_or_default() {
            read.extend(self.word(noun, &text, words).filter(|word| !read.contains(word)));
        }
        read
    }

    /// An optional list of texts; one that cannot be read is empty.
    pub(crate) fn texts(&mut self, key: &'static str) -> Option<Spanned<Vec<Spanned<String>>>> {
        let value = self.find(key)?;
        let DeValue::Array(list) = value.get_ref() else {
            self.wrong_type(key, &format!("`{key}`"), "a list of texts", value.get_ref(), value.span().start);
            return None;
        };
        let numbered = (1..).zip(list.iter());
        let texts = numbered.map(|(number, value)| self.as_text(key, &format!("entry {number} of `{key}`"), value));
        Some(Spanned::new(value.span(), texts.collect()))
    }

    fn word<T: Copy>(&mut self, noun: &str, text: &Spanned<String>, words: &[(&'static str, T)]) -> Option<T> {
        let written = text.get_ref().as_str();
        let read = words.iter().find(|(word, _)| *word == written).map(|(_, value)| *value);
        if read.is_none() && !written.is_empty() {
            let known = words.iter().map(|(word, _)| *word);
            let hint = nearest(written, known.clone()).map_or_else(
                || format!("write one of {}", known.map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(", ")),
                |word| format!("did you mean \"{word}\"?"),
            );
            self.problems.push(text.span().start, format!("`{}` is no {noun}", shown(written)), hint);
        }
        read
    }

    /// The entries that begin with `[[header]]`, in the order of the file.
    fn entries(&mut self, header: &'static str) -> Vec<TableEntry<'a>> {
        let mut entries = Vec::new();
        for value in self.all(header) {
            match value.get_ref() {
                DeValue::Array(list) => entries.extend(list.iter().filter_map(|entry| self.entry(header, entry))),
                DeValue::Table(_) => {
                    let reason = format!("`{header}` stands alone, but is a list of entries");
                    self.problems.push(value.span().start, reason, format!("begin each entry with [[{header}]]"));
                    entries.extend(self.entry(header, value));
                }
                other => self.no_entry(header, other, value.span().start),
            }
        }
        entries
    }

    fn entry(&mut self, header: &'static str, value: &'a TomlValue<'a>) -> Option<TableEntry<'a>> {
        match value.get_ref() {
            DeValue::Table(table) => Some((table, value.span())),
            other => {
                self.no_entry(header, other, value.span().start);
                None
            }
        }
    }

    fn no_entry(&mut self, header: &str, found: &DeValue, at: usize) {
        let reason = format!("`{header}` must begin entries, but is {}", type_name(found));
        self.problems.push(at, reason, format!("begin each entry with a line [[{header}]], its values below it"));
    }

    /// Reports a fault of a value.
    pub(crate) fn report(&mut self, at: usize, reason: impl Into<String>, hint: impl Into<String>) {
        self.problems.push(at, reason, hint);
    }

    fn wrong_type(&mut self, key: &'static str, label: &str, wanted: &str, found: &DeValue, at: usize) {
        let reason = format!("{label} must be {wanted}, but is {}", type_name(found));
        self.problems.push(at, reason, format!("write it like this: {}", self.shape.example(key)));
    }

    /// A reader for an entry of this table.
    /// The value of a key where it is a table, such as `{ share = 0.1 }`.
    pub(crate) fn inner(&mut self, key: &'static str) -> Option<TableEntry<'a>> {
        let value = self.find(key)?;
        match value.get_ref() {
            DeValue::Table(table) => Some((table, value.span())),
            other => {
                self.wrong_type(key, &format!("`{key}`"), "a table in braces", other, value.span().start);
                None
            }
        }
    }

    pub(crate) fn within<'b>(&'b mut self, entry: TableEntry<'b>, shape: &'static Shape) -> TableReader<'b, 's> {
        TableReader::new(entry, shape, self.shapes, self.sound, self.problems)
    }
}

fn hidden_character(label: &str, c: char) -> (String, String) {
    if c == '\n' || c == '\r' {
        return (format!("{label} goes over several lines"), "write it on one line".into());
    }
    let reason = format!("{label} holds the hidden character U+{:04X}", u32::from(c));
    (reason, "type the text anew; copied text often brings such characters along".into())
}

pub(crate) fn type_name(value: &DeValue) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number with a fraction",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
