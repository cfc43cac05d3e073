//! A filter as text that parses to the same filter.

use super::lexis::{is_of_name, joining};
use super::*;
use std::fmt::{self, Display, Formatter};

impl Display for Filter {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        match self {
            Filter::All(parts) => parts.iter().enumerate().try_for_each(|(at, part)| {
                let space = if at > 0 { " " } else { "" };
                write!(f, "{space}{}", Inner(part))
            }),
            Filter::Any(parts) => {
                let mut rest = parts.as_slice();
                while !rest.is_empty() {
                    rest = first_of_any(rest, f)?;
                    f.write_str(if rest.is_empty() { "" } else { " or " })?;
                }
                Ok(())
            }
            Filter::Not(part) => write!(f, "-{}", Inner(part)),
            Filter::Term(term) => term.fmt(f),
        }
    }
}

/// Writes a part beside others, in parentheses where it binds less than they do.
struct Inner<'a>(&'a Filter);

impl Display for Inner<'_> {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        let is_tight = match self.0 {
            Filter::Any(parts) => list(parts) == parts.len(),
            Filter::All(_) => false,
            Filter::Not(_) | Filter::Term(_) => true,
        };
        if is_tight { self.0.fmt(f) } else { write!(f, "({})", self.0) }
    }
}

/// Writes the first part of a disjunction, with those that make a list with it; gives the
/// others.
fn first_of_any<'a>(parts: &'a [Filter], f: &mut Formatter) -> Result<&'a [Filter], fmt::Error> {
    let (listed, rest) = parts.split_at(list(parts).max(1));
    match &listed[0] {
        Filter::All(all) if !all.is_empty() => listed[0].fmt(f)?, // binds more than `or`
        first => Inner(first).fmt(f)?,
    }
    for part in &listed[1..] {
        if let Filter::Term(term) = part {
            write!(f, ",{}", term.equal().map(|(_, value)| value).unwrap_or_default())?;
        }
    }
    Ok(rest)
}

/// Number of parts from the first on that make a list: `verdict:accept,reject`.
fn list(parts: &[Filter]) -> usize {
    let field = |part: &Filter| match part {
        Filter::Term(term) => term.equal().map(|(field, _)| field),
        _ => None,
    };
    let Some(first) = parts.first().and_then(field) else { return 0 };
    parts.iter().take_while(|part| field(part).as_ref() == Some(&first)).count()
}

impl Term {
    /// The field and the value of a term that may stand in a list.
    fn equal(&self) -> Option<(String, String)> {
        let named = |compare| FilterField::comparing(compare).to_owned();
        Some(match self {
            Term::Word(field, pattern) => (field.filter_name().into(), pattern.to_string()),
            Term::Verdict(verdict) => (named(Compare::Verdict), verdict_word(*verdict).into()),
            Term::Severity(Comparison::Equal, severity) => (named(Compare::Severity), severity.as_str().into()),
            Term::Number(field, Comparison::Equal, value) => (field.filter_name().into(), value.to_string()),
            Term::Score(key, Comparison::Equal, value) => (named(Compare::Score) + key, value.to_string()),
            Term::Time(moment, Comparison::Equal, when) => (moment.name().into(), when.to_string()),
            Term::Text(scope, phrase) if *scope != Scope::Anywhere => {
                (named(Compare::Text(*scope)), phrase.to_string())
            }
            Term::Meta(key, pattern) => (named(Compare::Member) + key, pattern.to_string()),
            Term::Judge(key, verdict) => (format!("judge.{key}"), verdict.as_str().into()),
            Term::Has(has) => ("has".into(), has.word().into()),
            Term::Is(is) => ("is".into(), is.word().into()),
            _ => return None,
        })
    }
}

impl Display for Term {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        if let Some((field, value)) = self.equal() {
            return write!(f, "{field}:{value}");
        }
        match self {
            Term::Severity(comparison, severity) => {
                write!(f, "{}{}{}", FilterField::comparing(Compare::Severity), comparison.sign(), severity.as_str())
            }
            Term::Number(field, comparison, value) => {
                write!(f, "{}{}{value}", field.filter_name(), comparison.sign())
            }
            Term::Score(key, comparison, value) => {
                write!(f, "{}{key}{}{value}", FilterField::comparing(Compare::Score), comparison.sign())
            }
            Term::Time(moment, comparison, when) => write!(f, "{}{}{when}", moment.name(), comparison.sign()),
            Term::Age(comparison, span) => write!(f, "age{}{span}", comparison.sign()),
            Term::MetaNumber(key, comparison, value) => {
                write!(f, "{}{key}{}{value}", FilterField::comparing(Compare::Member), comparison.sign())
            }
            Term::Saved(name) => write!(f, "@{name}"),
            Term::Text(_, phrase) => phrase.fmt(f),
            Term::Word(..) | Term::Verdict(_) | Term::Judge(..) | Term::Has(_) | Term::Is(_) | Term::Meta(..) => Ok(()), // above
        }
    }
}

fn verdict_word(verdict: Option<Verdict>) -> &'static str {
    verdict.map_or("undecided", Verdict::as_str)
}

impl Display for Pattern {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        if self.pieces().is_empty() {
            return f.write_str("\"\"");
        }
        self.pieces().iter().try_for_each(|piece| match piece {
            Piece::Any => f.write_str("*"),
            Piece::Literal(text) if text.chars().all(|c| is_of_name(c) || matches!(c, '/' | '+' | '@')) => {
                f.write_str(text)
            }
            Piece::Literal(text) => quote(text, f),
        })
    }
}

impl Display for Phrase {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        let star = if self.open { "*" } else { "" };
        let joins = joining(&self.text).is_some();
        let is_bare = self.text.starts_with(char::is_alphanumeric) && self.text.chars().all(is_of_name) && !joins;
        match is_bare {
            true => f.write_str(&self.text)?,
            false => quote(&self.text, f)?,
        }
        f.write_str(star)
    }
}

fn quote(text: &str, f: &mut Formatter) -> fmt::Result {
    f.write_str("\"")?;
    for c in text.chars() {
        match c {
            '"' | '\\' => write!(f, "\\{c}")?,
            '\n' => f.write_str("\\n")?,
            '\t' => f.write_str("\\t")?,
            c => write!(f, "{c}")?,
        }
    }
    f.write_str("\"")
}
