//! A filter's text as tokens, each with its place.

use super::error::FilterError;
use super::{Comparison, FilterField, Pattern, Phrase, Piece};
use std::ops::Range;

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    pub what: What,
    pub at: Range<usize>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum What {
    Open,
    Close,
    Or,
    And,
    /// `-` or `not`.
    Not,
    Phrase(Phrase),
    /// `@name`
    Saved(String),
    Test(Test),
}

/// A field, a sign and values.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Test {
    pub name: Range<usize>,
    pub sign: Sign,
    pub sign_at: Range<usize>,
    pub values: Vec<Value>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    Is(Comparison),
    /// `!=`
    IsNot,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Value {
    pub pattern: Pattern,
    pub at: Range<usize>,
}

/// Signs, the longest first, because some begin others.
const SIGNS: [(&str, Sign); 7] = [
    ("!=", Sign::IsNot),
    ("<=", Sign::Is(Comparison::AtMost)),
    (">=", Sign::Is(Comparison::AtLeast)),
    ("<", Sign::Is(Comparison::Less)),
    (">", Sign::Is(Comparison::More)),
    ("=", Sign::Is(Comparison::Equal)),
    (":", Sign::Is(Comparison::Equal)),
];

/// The sign at the head of `text`, and its length. After `:` may stand another one:
/// `created:>2026-11-01`.
pub(super) fn sign(text: &str) -> Option<(Sign, usize)> {
    let find = |text: &str| SIGNS.into_iter().find(|(written, _)| text.starts_with(written));
    let (written, sign) = find(text)?;
    let inner = (written == ":").then(|| find(&text[1..])).flatten().filter(|(written, _)| *written != ":");
    Some(inner.map_or((sign, written.len()), |(written, sign)| (sign, 1 + written.len())))
}

/// How many bytes at the head of `text` could be a field's name; a part of it may be quoted:
/// `meta."risk area"`.
pub(super) fn name_length(text: &str) -> usize {
    if !text.starts_with(char::is_alphabetic) {
        return 0;
    }
    let mut length = 0;
    loop {
        length += text[length..].find(|c| !is_of_name(c)).unwrap_or(text.len() - length);
        match text[..length].ends_with('.').then(|| quoted_length(&text[length..])).flatten() {
            Some(quoted) => length += quoted,
            None => return length,
        }
    }
}

/// How many bytes the quoted text has that begins here; `None` when there is none.
fn quoted_length(text: &str) -> Option<usize> {
    let mut is_escaped = false;
    let end = text.strip_prefix('"')?.find(|c| {
        let ends = c == '"' && !is_escaped;
        is_escaped = c == '\\' && !is_escaped;
        ends
    })?;
    Some(end + 2)
}

/// The names in the path to a member as it is written: parted by dots, but for those in quotes.
pub(super) fn path(written: &str) -> Vec<String> {
    let mut names = vec![String::new()];
    let (mut is_quoted, mut is_escaped) = (false, false);
    for c in written.chars() {
        match c {
            '"' if !is_escaped => is_quoted = !is_quoted,
            '\\' if is_quoted && !is_escaped => is_escaped = true,
            '.' if !is_quoted => names.push(String::new()),
            c => {
                names.last_mut().into_iter().for_each(|name| name.push(c));
                is_escaped = false;
            }
        }
    }
    names
}

/// Whether a character may stand in a field's name with its key, or a saved filter's.
pub(super) fn is_of_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.')
}

/// Whether a character ends a word that has no quotes.
pub(super) fn ends_word(c: char) -> bool {
    c.is_whitespace() || matches!(c, '(' | ')' | '"')
}

/// Reads the whole text.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, FilterError> {
    let mut lexer = Lexer { text, at: 0 };
    let mut tokens = Vec::new();
    while let Some(token) = lexer.next()? {
        tokens.push(token);
    }
    Ok(tokens)
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn skip_space(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }

    /// Goes past `bytes` bytes.
    fn take(&mut self, bytes: usize) -> &'a str {
        let taken = &self.rest()[..bytes];
        self.at += bytes;
        taken
    }

    fn take_if(&mut self, c: char) -> bool {
        let there = self.rest().starts_with(c);
        if there {
            self.at += c.len_utf8();
        }
        there
    }

    fn next(&mut self) -> Result<Option<Token>, FilterError> {
        self.skip_space();
        let from = self.at;
        let Some(first) = self.rest().chars().next() else { return Ok(None) };
        let what = match first {
            '(' | ')' | '-' => {
                self.take(1);
                match first {
                    '(' => What::Open,
                    ')' => What::Close,
                    _ => What::Not,
                }
            }
            '@' => self.saved()?,
            '"' => {
                let text = self.quoted()?;
                What::Phrase(Phrase { text, open: self.take_if('*') })
            }
            '<' | '>' | '=' | ':' => return Err(self.stray_sign()),
            _ => match self.test()? {
                Some(test) => What::Test(test),
                None => self.word()?,
            },
        };
        Ok(Some(Token { what, at: from..self.at }))
    }

    fn stray_sign(&self) -> FilterError {
        let length = sign(self.rest()).map_or(1, |(_, length)| length);
        let at = self.at..self.at + length;
        FilterError::new(at.clone(), format!("no field stands before `{}`", &self.text[at]))
            .with_hint("a field and a value go around it, such as latency_ms>2000; to look for the sign, quote it")
    }

    fn saved(&mut self) -> Result<What, FilterError> {
        let from = self.at;
        self.take(1);
        let length = self.rest().find(|c| !is_of_name(c)).unwrap_or(self.rest().len());
        match self.take(length) {
            "" => Err(FilterError::new(from..self.at, "the name of a saved filter follows `@`")
                .with_hint("to look for the sign itself, put it in quotes")),
            name => Ok(What::Saved(name.to_owned())),
        }
    }

    /// A field with its sign and values, if one stands here. Around a sign that compares
    /// there may be space, when the field is known: `latency_ms > 2000`.
    fn test(&mut self) -> Result<Option<Test>, FilterError> {
        let name = self.at..self.at + name_length(self.rest());
        if name.is_empty() {
            return Ok(None);
        }
        let after = &self.text[name.end..];
        let space = after.len() - after.trim_start().len();
        let Some((sign, length)) = sign(&after[space..]) else { return Ok(None) };
        let is_known = FilterField::find(&self.text[name.clone()].to_ascii_lowercase()).is_some();
        if space > 0 && (!is_known || after[space..].starts_with(':')) {
            return Ok(None);
        }
        let sign_at = name.end + space..name.end + space + length;
        self.at = sign_at.end;
        if !self.text[sign_at.clone()].starts_with(':') {
            self.skip_space();
        }
        let values = self.values(&name, &sign_at)?;
        Ok(Some(Test { name, sign, sign_at, values }))
    }

    fn values(&mut self, name: &Range<usize>, sign: &Range<usize>) -> Result<Vec<Value>, FilterError> {
        let mut values = Vec::new();
        loop {
            let Some(value) = self.value()? else {
                let before = &self.text[name.start..sign.end];
                let error = FilterError::new(self.at..self.at, format!("a value is missing after `{before}`"));
                return Err(match self.rest().starts_with(' ') && !self.rest().trim().is_empty() {
                    true => error.with_hint("no space goes before the value"),
                    false => error,
                });
            };
            values.push(value);
            if !self.take_if(',') {
                return Ok(values);
            }
        }
    }

    /// A value: quoted and bare pieces in a row. `None` when there is none.
    fn value(&mut self) -> Result<Option<Value>, FilterError> {
        let from = self.at;
        let mut pieces = Vec::new();
        loop {
            if self.rest().starts_with('"') {
                pieces.push(Piece::Literal(self.quoted()?));
            } else if self.take_if('*') {
                pieces.push(Piece::Any);
            } else {
                let ends = |c| ends_word(c) || matches!(c, ',' | '*');
                let length = self.rest().find(ends).unwrap_or(self.rest().len());
                if length == 0 {
                    break;
                }
                pieces.push(Piece::Literal(self.take(length).to_owned()));
            }
        }
        let at = from..self.at;
        Ok((!at.is_empty()).then(|| Value { pattern: Pattern::of(pieces), at }))
    }

    /// A quoted text; the quotes and escapes are gone.
    fn quoted(&mut self) -> Result<String, FilterError> {
        let from = self.at;
        self.take(1);
        let mut text = String::new();
        let mut chars = self.rest().char_indices();
        while let Some((at, c)) = chars.next() {
            match c {
                '"' => {
                    self.take(at + 1);
                    return Ok(text);
                }
                '\\' => match chars.next() {
                    Some((_, c @ ('"' | '\\'))) => text.push(c),
                    Some((_, 'n')) => text.push('\n'),
                    Some((_, 't')) => text.push('\t'),
                    Some((end, c)) => {
                        let at = self.at + at..self.at + end + c.len_utf8();
                        let message = format!("`{}` stands for nothing", &self.text[at.clone()]);
                        let hint = r#"in quotes there are \", \\, \n and \t; a backslash itself is \\"#;
                        return Err(FilterError::new(at, message).with_hint(hint));
                    }
                    None => break,
                },
                c => text.push(c),
            }
        }
        Err(FilterError::new(from..from + 1, "this quote is never closed").with_hint(r#"write \" for a quote inside"#))
    }

    /// A word to look for, or one that joins terms.
    fn word(&mut self) -> Result<What, FilterError> {
        let from = self.at;
        let length = self.rest().find(ends_word).unwrap_or(self.rest().len());
        let word = self.take(length);
        if let Some(joins) = joining(word) {
            return Ok(joins);
        }
        let (text, open) = word.strip_suffix('*').map_or((word, false), |text| (text, true));
        match text.find('*') {
            None => Ok(What::Phrase(Phrase { text: text.to_owned(), open })),
            Some(star) => Err(misplaced_star(from + star..from + star + 1)),
        }
    }
}

/// The word as one that joins terms, in whichever case it is written.
pub(super) fn joining(word: &str) -> Option<What> {
    let joining = [("or", What::Or), ("and", What::And), ("not", What::Not)];
    joining.into_iter().find(|(known, _)| word.eq_ignore_ascii_case(known)).map(|(_, what)| what)
}

/// Words of a text may be left open at their end alone.
pub(super) fn misplaced_star(at: Range<usize>) -> FilterError {
    FilterError::new(at, "in a text, `*` may stand at the end of a word alone")
        .with_hint("to look for the sign itself, put it in quotes")
}
