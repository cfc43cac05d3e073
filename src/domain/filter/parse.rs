//! Parsing: a filter's text in, the filter or the error with its place out.

use super::error::{FilterError, hint};
use super::lexis::{self, Sign, Test, Token, Value, What, misplaced_star};
use super::*;
use crate::text::suggest::nearest;
use std::ops::Range;

/// Terms of a filter, at most: databases limit the length of an expression.
const MOST_TERMS: usize = 200;

/// Parentheses and negations around a term, at most.
const DEEPEST: usize = 40;

/// Reads a filter, without knowing a queue's words.
pub fn parse(text: &str) -> Result<Filter, FilterError> {
    Parser { text, words: None, tokens: lexis::tokens(text)?, next: 0, terms: 0 }.whole()
}

/// Reads a filter of a queue: it may name only what the queue has.
pub fn parse_under(text: &str, words: &Words) -> Result<Filter, FilterError> {
    Parser { text, words: Some(words), tokens: lexis::tokens(text)?, next: 0, terms: 0 }.whole()
}

struct Parser<'a> {
    text: &'a str,
    words: Option<&'a Words>,
    tokens: Vec<Token>,
    next: usize,
    terms: usize,
}

impl Parser<'_> {
    fn whole(mut self) -> Result<Filter, FilterError> {
        if self.tokens.is_empty() {
            return Ok(Filter::default());
        }
        let filter = self.any(0)?;
        match self.peek() {
            Some(token) => Err(FilterError::new(token.at.clone(), "this `)` closes nothing")),
            None => Ok(filter),
        }
    }

    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next)
    }

    /// Goes past the next token if it is `what`.
    fn take_if(&mut self, what: &What) -> bool {
        let there = self.peek().is_some_and(|token| token.what == *what);
        self.next += usize::from(there);
        there
    }

    fn any(&mut self, depth: usize) -> Result<Filter, FilterError> {
        let mut parts = vec![self.all(depth)?];
        while self.take_if(&What::Or) {
            parts.push(self.all(depth)?);
        }
        Ok(Filter::any(parts))
    }

    fn all(&mut self, depth: usize) -> Result<Filter, FilterError> {
        let mut parts = Vec::new();
        while self.peek().is_some_and(|token| !matches!(token.what, What::Or | What::Close)) {
            if self.take_if(&What::And) {
                let before = self.tokens[self.next - 1].at.clone();
                self.need_both_sides(parts.is_empty(), before)?;
                continue;
            }
            parts.push(self.part(depth)?);
        }
        if parts.is_empty() {
            return Err(self.nothing_here());
        }
        Ok(Filter::all(parts))
    }

    fn need_both_sides(&self, is_first: bool, word: Range<usize>) -> Result<(), FilterError> {
        let ends = self.peek().is_none_or(|token| matches!(token.what, What::Or | What::And | What::Close));
        if is_first || ends { Err(one_sided(self.text, word)) } else { Ok(()) }
    }

    /// Error about a place where a term should stand.
    fn nothing_here(&self) -> FilterError {
        let or = |at: usize| self.tokens.get(at).filter(|token| token.what == What::Or);
        match or(self.next).or_else(|| self.next.checked_sub(1).and_then(or)) {
            Some(token) => one_sided(self.text, token.at.clone()),
            None => {
                let at = self.peek().map_or(self.text.len()..self.text.len(), |token| token.at.clone());
                FilterError::new(at, "this `)` closes nothing")
            }
        }
    }

    fn part(&mut self, depth: usize) -> Result<Filter, FilterError> {
        let token = self.tokens[self.next].clone();
        if depth > DEEPEST {
            return Err(FilterError::new(token.at, "this is nested too deeply"));
        }
        self.next += 1;
        match token.what {
            What::Open => self.group(token.at, depth),
            What::Not => self.negated(token.at, depth),
            What::Phrase(phrase) => self.phrase(Scope::Anywhere, phrase, token.at),
            What::Saved(name) => self.saved(name, token.at),
            What::Test(test) => self.test(&test),
            What::Or | What::And | What::Close => Err(one_sided(self.text, token.at)), // `all` stops before them
        }
    }

    fn group(&mut self, open: Range<usize>, depth: usize) -> Result<Filter, FilterError> {
        if self.take_if(&What::Close) {
            return Ok(Filter::default());
        }
        let inside = if self.peek().is_some() { Some(self.any(depth + 1)?) } else { None };
        match inside {
            Some(inside) if self.take_if(&What::Close) => Ok(inside),
            _ => Err(FilterError::new(open, "this `(` is never closed")),
        }
    }

    fn negated(&mut self, not: Range<usize>, depth: usize) -> Result<Filter, FilterError> {
        let sign = &self.text[not.clone()];
        let next = self.peek().filter(|token| !matches!(token.what, What::Or | What::And | What::Close));
        match next {
            Some(token) if sign != "-" || token.at.start == not.end => self.part(depth + 1).map(Filter::negated),
            _ => Err(FilterError::new(not, format!("nothing to exclude stands right after `{sign}`"))
                .with_hint(format!("to look for it, put it in quotes: \"{sign}\""))),
        }
    }

    /// Counts a term; an error beyond the limit.
    fn term(&mut self, term: Term, at: &Range<usize>) -> Result<Filter, FilterError> {
        self.terms += 1;
        match self.terms > MOST_TERMS {
            true => Err(FilterError::new(at.clone(), format!("a filter has at most {MOST_TERMS} terms"))),
            false => Ok(term.into()),
        }
    }

    fn phrase(&mut self, scope: Scope, phrase: Phrase, at: Range<usize>) -> Result<Filter, FilterError> {
        if !phrase.text.chars().any(char::is_alphanumeric) {
            return Err(FilterError::new(at, "there is no word in this to look for"));
        }
        self.term(Term::Text(scope, phrase), &at)
    }

    fn saved(&mut self, name: String, at: Range<usize>) -> Result<Filter, FilterError> {
        if let Some(words) = self.words {
            let known = words.saved.iter().map(String::as_str);
            let what = || format!("there is no saved filter `{name}`");
            known_word(&name, known, what, &at)?;
        }
        self.term(Term::Saved(name), &at)
    }

    fn test(&mut self, test: &Test) -> Result<Filter, FilterError> {
        let written = &self.text[test.name.clone()];
        let name = written.to_ascii_lowercase();
        let Some((field, key)) = FilterField::find(&name) else { return Err(unknown_field(written, &test.name)) };
        let key = &written[written.len() - key.len()..]; // keys keep their case
        if matches!(field.kind, Kind::Of(_, Compare::Score)) {
            self.known_criterion(key, test.name.end - key.len()..test.name.end)?;
        }
        if field.kind == Kind::Judge {
            self.known_judge(key, test.name.end - key.len()..test.name.end)?;
        }
        let comparison = self.comparison(field, test)?;
        let values = test.values.iter().map(|value| {
            let term = self.meaning(field, key, comparison, value)?;
            match term {
                Term::Text(scope, phrase) => self.phrase(scope, phrase, value.at.clone()),
                term => self.term(term, &value.at),
            }
        });
        let filter = Filter::any(values.collect::<Result<Vec<_>, _>>()?);
        Ok(if test.sign == Sign::IsNot { Filter::negated(filter) } else { filter })
    }

    fn comparison(&self, field: &FilterField, test: &Test) -> Result<Comparison, FilterError> {
        let Sign::Is(comparison) = test.sign else { return Ok(Comparison::Equal) };
        if comparison == Comparison::Equal {
            return Ok(comparison);
        }
        let sign = comparison.sign();
        if !field.has_order() {
            let message = format!("`{}` knows no order, so it takes `:` and not `{sign}`", field.name);
            return Err(FilterError::new(test.sign_at.clone(), message));
        }
        match test.values.as_slice() {
            [_] => Ok(comparison),
            [_, second, ..] => {
                let at = second.at.clone();
                Err(FilterError::new(at, format!("`{sign}` takes one value; a list goes with `:`")))
            }
            [] => Ok(comparison), // the lexis gives at least one
        }
    }

    /// The meaning of one value of a field.
    fn meaning(
        &self,
        field: &FilterField,
        key: &str,
        comparison: Comparison,
        value: &Value,
    ) -> Result<Term, FilterError> {
        let written = &self.text[value.at.clone()];
        let wrong = |form: &str| {
            let message = format!("`{written}` is no value of `{}{key}`", field.name);
            FilterError::new(value.at.clone(), message).with_hint(form.to_owned())
        };
        let plain = || value.pattern.as_literal().ok_or_else(|| wrong("it takes no `*`"));
        let number = || number(plain()?).ok_or_else(|| wrong("it is a number, such as 3 or 0.01"));
        Ok(match field.kind {
            Kind::Of(of, Compare::Word) => Term::Word(of, value.pattern.clone()),
            Kind::Of(of, Compare::Key(keys)) => {
                self.known_key(keys, value)?;
                Term::Word(of, value.pattern.clone())
            }
            Kind::Of(_, Compare::Verdict) => Term::Verdict(self.choice(value, &VERDICTS)?),
            Kind::Of(_, Compare::Severity) => Term::Severity(comparison, self.choice(value, &SEVERITIES)?),
            Kind::Of(_, Compare::Score) => Term::Score(key.to_owned(), comparison, number()?),
            Kind::Of(of, Compare::Number) => Term::Number(of, comparison, number()?),
            Kind::Of(of, Compare::Time) => {
                Term::Time(Moment::Of(of), comparison, self.when(field, comparison, value, &wrong)?)
            }
            Kind::Of(of, Compare::Deadline) => {
                let when = match self.when(field, comparison, value, &wrong)? {
                    When::Ago(span) => When::In(span),
                    when => when,
                };
                Term::Time(Moment::Of(of), comparison, when)
            }
            Kind::Of(_, Compare::Text(scope)) => Term::Text(scope, phrase(value)?),
            Kind::Of(_, Compare::Member) if comparison == Comparison::Equal => {
                Term::Meta(key.to_owned(), value.pattern.clone())
            }
            Kind::Of(_, Compare::Member) => Term::MetaNumber(key.to_owned(), comparison, number()?),
            Kind::Imported => Term::Time(Moment::Imported, comparison, self.when(field, comparison, value, &wrong)?),
            Kind::Age => {
                let form = "it is a length of time, such as 30m, 36h, 7d or 2w";
                let span = Span::parse(plain()?).ok_or_else(|| wrong(form))?;
                if comparison == Comparison::Equal {
                    return Err(no_direction(value, field.name, written));
                }
                Term::Age(comparison, span)
            }
            Kind::Judge => {
                let verdicts = VERDICTS.iter().filter_map(|(word, verdict)| Some((*word, (*verdict)?)));
                Term::Judge(key.to_owned(), self.choice(value, &verdicts.collect::<Vec<_>>())?)
            }
            Kind::Has => Term::Has(self.choice(value, &Has::all().map(|has| (has.word(), has)).collect::<Vec<_>>())?),
            Kind::Is => {
                // Saved filters may have the word that it was before.
                let words = Is::all().map(|is| (is.word(), is)).chain([("held", Is::Claimed)]);
                Term::Is(self.choice(value, &words.collect::<Vec<_>>())?)
            }
        })
    }

    fn when(
        &self,
        field: &FilterField,
        comparison: Comparison,
        value: &Value,
        wrong: &dyn Fn(&str) -> FilterError,
    ) -> Result<When, FilterError> {
        let span = if matches!(field.kind, Kind::Of(_, Compare::Deadline)) { "in how long" } else { "how long ago" };
        let form = format!(
            "it is a day (2026-11-01), a month (2026-11), today, yesterday, a time (2026-11-01T09:30:00Z), \
             or {span} (7d, 36h)"
        );
        match value.pattern.as_literal().and_then(When::parse) {
            Some(When::Ago(span)) if comparison == Comparison::Equal => {
                Err(no_direction(value, field.name, &span.to_string()))
            }
            Some(when) => Ok(when),
            None => Err(wrong(&form)),
        }
    }

    fn known_key(&self, of: SpecKey, value: &Value) -> Result<(), FilterError> {
        let (Some(words), Some(key)) = (self.words, value.pattern.as_literal()) else { return Ok(()) };
        let what = match of {
            SpecKey::Category => "failure category",
            SpecKey::Route => "route",
        };
        let keys = words.keys(of).iter().map(|word| word.key.as_str());
        known_word(key, keys, || format!("the spec has no {what} `{key}`"), &value.at)
    }

    fn known_criterion(&self, key: &str, at: Range<usize>) -> Result<(), FilterError> {
        let Some(words) = self.words else { return Ok(()) };
        let keys = words.criteria.iter().map(|word| word.key.as_str());
        known_word(key, keys, || format!("the spec has no criterion `{key}`"), &at)
    }

    fn known_judge(&self, key: &str, at: Range<usize>) -> Result<(), FilterError> {
        let Some(words) = self.words else { return Ok(()) };
        let name = judge_name(key);
        let what = || format!("no judge `{name}` has said anything of this queue");
        known_word(&name, words.judges.iter().map(String::as_str), what, &at)
    }

    /// The value of a field that takes a few words.
    fn choice<T: Copy>(&self, value: &Value, choices: &[(&str, T)]) -> Result<T, FilterError> {
        let word = value.pattern.as_literal().map(str::to_ascii_lowercase);
        let found = choices.iter().find(|(known, _)| word.as_deref() == Some(known));
        found.map(|(_, choice)| *choice).ok_or_else(|| {
            let written = &self.text[value.at.clone()];
            let error = FilterError::new(value.at.clone(), format!("`{written}` is not known here"));
            match hint(written, choices.iter().map(|(known, _)| *known)) {
                Some(hint) => error.with_hint(hint),
                None => error,
            }
        })
    }
}

/// Words of the field `verdict`; those that a filter is printed with stand first.
pub(super) const VERDICTS: [(&str, Option<Verdict>); 7] = [
    ("accept", Some(Verdict::Accept)),
    ("reject", Some(Verdict::Reject)),
    ("escalate", Some(Verdict::Escalate)),
    ("undecided", None),
    ("accepted", Some(Verdict::Accept)),
    ("rejected", Some(Verdict::Reject)),
    ("escalated", Some(Verdict::Escalate)),
];

pub(super) const SEVERITIES: [(&str, Severity); 3] =
    [("minor", Severity::Minor), ("major", Severity::Major), ("critical", Severity::Critical)];

fn one_sided(text: &str, word: Range<usize>) -> FilterError {
    let written = &text[word.clone()];
    FilterError::new(word, format!("`{written}` needs something on both sides"))
        .with_hint(format!("to look for the word, put it in quotes: \"{written}\""))
}

fn known_word<'a>(
    word: &str,
    known: impl Iterator<Item = &'a str> + Clone,
    message: impl Fn() -> String,
    at: &Range<usize>,
) -> Result<(), FilterError> {
    if known.clone().any(|known| known == word) {
        return Ok(());
    }
    let error = FilterError::new(at.clone(), message());
    Err(match hint(word, known) {
        Some(hint) => error.with_hint(hint),
        None => error,
    })
}

fn unknown_field(name: &str, at: &Range<usize>) -> FilterError {
    let error = FilterError::new(at.clone(), format!("there is no field `{name}`"));
    let known = FIELDS.iter().map(|field| field.name);
    let near = nearest(name, known);
    match near.map(|near| near.strip_suffix('.').map_or(near.to_owned(), |name| format!("{name}.KEY"))) {
        Some(near) => error.with_hint(format!("did you mean `{near}`?")),
        None => error.with_hint("to look for it as text, put it in quotes"),
    }
}

fn no_direction(value: &Value, field: &str, written: &str) -> FilterError {
    let message = format!("`:` with `{written}` leaves open whether before or after");
    FilterError::new(value.at.clone(), message).with_hint(format!("write {field}>{written} or {field}<{written}"))
}

/// The words to look for in a text.
fn phrase(value: &Value) -> Result<Phrase, FilterError> {
    match value.pattern.pieces() {
        [Piece::Literal(text)] => Ok(Phrase { text: text.clone(), open: false }),
        [Piece::Literal(text), Piece::Any] => Ok(Phrase { text: text.clone(), open: true }),
        [] => Ok(Phrase { text: String::new(), open: false }), // refused for having no word
        _ => Err(misplaced_star(value.at.clone())),
    }
}

/// A plain decimal number: not `inf`, which Rust reads as one.
fn number(text: &str) -> Option<f64> {
    let plain = |c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.' | 'e' | 'E');
    text.chars().all(plain).then(|| text.parse().ok())?.filter(|number: &f64| number.is_finite())
}
