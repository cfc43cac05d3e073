//! A filter in SQL: a condition over `item i` whose values are bound.
//!
//! Verdict, category, severity, score, route, reviewer, note, `seconds`, `decided` and
//! `spec_version` are those of the decision of record. Every condition is true or
//! false, never NULL, so that `NOT` is the opposite.

mod known;
mod saved;

pub use saved::SavedFilter;

use super::engine::{Dialect, Engine, params};
use super::listing::{Condition, FIRST_MARKER, Value};
use super::stage;
use super::{Result, Store, StoreError};
use crate::domain::filter::{
    self, Comparison, Filter, FilterError, Has, Is, Name, Number, Pattern, Phrase, ResolvedFilter, Scope, Term, Time,
    When, Words,
};
use crate::domain::queue::Queue;
use crate::domain::time::UtcMillis;

impl Store {
    /// Reads a filter under the words of the queue: its fields, its spec's, its saved filters.
    pub fn filter(&self, queue: &Queue, text: &str) -> Result<Filter> {
        filter::parse_under(text, &self.words(queue)?).map_err(|error| unreadable(text, error))
    }

    /// The words that the queue's filters may use.
    pub fn words(&self, queue: &Queue) -> Result<Words> {
        let sql = "SELECT version FROM spec WHERE queue_id = ?1 AND version <> ?2 ORDER BY version DESC";
        let versions = self.all(sql, params![queue.id, queue.spec.version], |row| row.need_int(0))?;
        let older = versions.into_iter().map(|version| Ok(self.spec_at(queue, version)?.spec));
        let older = older.collect::<Result<Vec<_>>>()?;
        let mut words = Words::of(std::iter::once(&queue.spec.spec).chain(&older));
        words.saved = self.saved_filters(queue)?.into_iter().map(|saved| saved.name).collect();
        Ok(words)
    }

    /// The condition that `filter` sets to `item i`, asked by a reviewer (`is:mine`).
    pub fn condition(&self, queue: &Queue, filter: &ResolvedFilter, reviewer: &str) -> Result<Condition> {
        if filter.filter().is_everything() {
            return Ok(Condition::default());
        }
        let (engine, dialect) = (self.engine.as_ref(), self.engine.dialect());
        let mut compiler = Compiler {
            words: self.words(queue)?,
            reviewer,
            now: filter.at(),
            engine,
            dialect,
            next_marker: FIRST_MARKER,
            has_text: false,
            values: Vec::new(),
        };
        let sql = compiler.filter(filter.filter());
        Ok(Condition { sql, values: compiler.values })
    }
}

pub(super) fn unreadable(text: &str, error: FilterError) -> StoreError {
    StoreError::Filter { text: text.into(), error: Box::new(error) }
}

struct Compiler<'a> {
    words: Words,
    reviewer: &'a str,
    now: UtcMillis,
    engine: &'a dyn Engine,
    dialect: &'a dyn Dialect,
    next_marker: usize,
    /// A text is looked for already.
    has_text: bool,
    values: Vec<Value>,
}

const NEVER: &str = "1 = 0";

impl Compiler<'_> {
    /// The marker of a new value.
    fn bind(&mut self, value: Value) -> String {
        self.values.push(value);
        self.next_marker += 1;
        format!("?{}", self.next_marker - 1)
    }

    fn text(&mut self, text: impl Into<String>) -> String {
        self.bind(Value::Text(text.into()))
    }

    fn filter(&mut self, filter: &Filter) -> String {
        let mut joined = |parts: &[Filter], word: &str| {
            let parts: Vec<String> = parts.iter().map(|part| self.filter(part)).collect();
            format!("({})", parts.join(word))
        };
        match filter {
            Filter::All(parts) if parts.is_empty() => "1 = 1".into(),
            Filter::Any(parts) if parts.is_empty() => NEVER.into(),
            Filter::All(parts) => joined(parts, " AND "),
            Filter::Any(parts) => joined(parts, " OR "),
            Filter::Not(part) => format!("NOT ({})", self.filter(part)),
            Filter::Term(term) => self.term(term),
        }
    }

    fn term(&mut self, term: &Term) -> String {
        match term {
            Term::Name(name, pattern) => self.name(*name, pattern),
            Term::Verdict(None) => format!("NOT ({})", stage::is_decided("i")),
            Term::Verdict(Some(verdict)) => {
                let marker = self.text(verdict.as_str());
                format!("({} AND i.verdict = {marker})", stage::is_decided("i"))
            }
            Term::Severity(comparison, severity) => {
                let keys = self.words.graded(|found| comparison.holds(&found, severity));
                let keys: Vec<String> = keys.map(str::to_owned).collect();
                self.one_of_categories(keys)
            }
            Term::Number(number, comparison, value) => self.number(*number, *comparison, *value),
            Term::Score(key, comparison, value) => {
                let (key, value) = (self.text(key), self.bind(Value::Real(*value)));
                of_record(&format!(
                    "EXISTS (SELECT 1 FROM decision_score e
                        WHERE e.decision_seq = r.seq AND e.criterion = {key} AND e.level {} {value})",
                    sign(*comparison)
                ))
            }
            Term::Time(time, comparison, when) => self.time(*time, *comparison, when),
            Term::Age(..) | Term::Saved(_) => NEVER.into(), // a resolved filter has none
            Term::Has(has) => self.has(*has),
            Term::Is(is) => self.is(*is),
            Term::Text(scope, phrase) => self.phrase(*scope, phrase),
            Term::Meta(key, pattern) => {
                let key = self.text(key);
                let matches = self.matches(&self.dialect.json_text("e"), pattern);
                self.of_meta(&format!("e.key = {key} AND {matches}"))
            }
            Term::MetaNumber(key, comparison, value) => {
                let (key, value) = (self.text(key), self.bind(Value::Real(*value)));
                let number = self.dialect.json_number("e");
                self.of_meta(&format!("e.key = {key} AND {number} {} {value}", sign(*comparison)))
            }
        }
    }

    fn name(&mut self, name: Name, pattern: &Pattern) -> String {
        let column = match name {
            Name::Id => "i.id",
            Name::Case => "i.case_id",
            Name::Model => "i.model",
            Name::PromptVersion => "i.prompt_version",
            Name::Tag => {
                let matches = self.matches("e.value", pattern);
                return format!("EXISTS (SELECT 1 FROM {} WHERE {matches})", self.dialect.json_members("i.tags", None));
            }
            Name::Category => {
                let matches = self.matches("e.category", pattern);
                return of_categories(&matches);
            }
            Name::Route => {
                let route = self.dialect.json_member("r.body", "route");
                return of_record(&self.matches(&route, pattern));
            }
            Name::Reviewer => return of_record(&self.matches("r.reviewer", pattern)),
        };
        self.matches(column, pattern)
    }

    /// `expression` is a text, and the pattern covers it.
    fn matches(&mut self, expression: &str, pattern: &Pattern) -> String {
        let condition = match pattern.as_literal() {
            Some(text) => format!("{expression} = {}", self.text(text)),
            None => {
                let pattern = self.dialect.pattern(pattern);
                let marker = self.text(pattern);
                self.dialect.matches(expression, &marker)
            }
        };
        format!("({expression} IS NOT NULL AND {condition})")
    }

    fn one_of_categories(&mut self, keys: Vec<String>) -> String {
        if keys.is_empty() {
            return NEVER.into();
        }
        let markers: Vec<String> = keys.into_iter().map(|key| self.text(key)).collect();
        of_categories(&format!("e.category IN ({})", markers.join(", ")))
    }

    fn of_meta(&self, condition: &str) -> String {
        let members = self.dialect.json_members("t.meta", None);
        format!("EXISTS (SELECT 1 FROM item_text t, {members} WHERE t.seq = i.seq AND {condition})")
    }

    fn number(&mut self, number: Number, comparison: Comparison, value: f64) -> String {
        let (column, is_of_record) = match number {
            Number::Attempt => ("i.attempt", false),
            Number::Priority => {
                let marker = self.bind(Value::Real(-value)); // rank is the negated priority
                return format!("i.rank {} {marker}", sign(comparison.turned()));
            }
            Number::LatencyMs => ("i.latency_ms", false),
            Number::CostUsd => ("i.cost_usd", false),
            Number::TokensIn => ("i.tokens_in", false),
            Number::TokensOut => ("i.tokens_out", false),
            Number::Seconds => ("CAST(r.active_millis AS DOUBLE PRECISION) / 1000", true),
            Number::SpecVersion => ("r.spec_version", true),
        };
        let marker = self.bind(Value::Real(value));
        let condition = format!("({column} IS NOT NULL AND {column} {} {marker})", sign(comparison));
        if is_of_record { of_record(&condition) } else { condition }
    }

    fn time(&mut self, time: Time, comparison: Comparison, when: &When) -> String {
        let column = match time {
            Time::Created => "i.created_at",
            Time::Imported => "m.started_at",
            Time::Decided => "r.decided_at",
        };
        let stretch = when.stretch(self.now);
        let mut side = |sign: &str, at: UtcMillis| format!("{column} {sign} {}", self.bind(Value::Int(at)));
        let condition = match comparison {
            Comparison::Less => side("<", stretch.start),
            Comparison::AtMost => side("<", stretch.end),
            Comparison::AtLeast => side(">=", stretch.start),
            Comparison::More => side(">=", stretch.end),
            Comparison::Equal => format!("{} AND {}", side(">=", stretch.start), side("<", stretch.end)),
        };
        match time {
            Time::Created => format!("({column} IS NOT NULL AND {condition})"),
            Time::Imported => format!("EXISTS (SELECT 1 FROM import m WHERE m.id = i.import_id AND {condition})"),
            Time::Decided => of_record(&condition),
        }
    }

    fn has(&mut self, has: Has) -> String {
        let text =
            |column| format!("EXISTS (SELECT 1 FROM item_text t WHERE t.seq = i.seq AND t.{column} IS NOT NULL)");
        match has {
            Has::Note => of_record(&format!("COALESCE({}, '') <> ''", self.dialect.json_member("r.body", "note"))),
            Has::Correction => of_record("r.correction IS NOT NULL"),
            Has::Category => of_categories("1 = 1"),
            Has::Marks => {
                let marks = self.dialect.json_members("r.body", Some("marks"));
                of_record(&format!("EXISTS (SELECT 1 FROM {marks})"))
            }
            Has::Reference => text("reference"),
            Has::Context => text("context"),
            Has::Meta => text("meta"),
            Has::Tag => "i.tags IS NOT NULL".into(),
            Has::Case => "i.case_id IS NOT NULL".into(),
            Has::Model => "i.model IS NOT NULL".into(),
            Has::PromptVersion => "i.prompt_version IS NOT NULL".into(),
            Has::Created => "i.created_at IS NOT NULL".into(),
            Has::LatencyMs => "i.latency_ms IS NOT NULL".into(),
            Has::CostUsd => "i.cost_usd IS NOT NULL".into(),
            Has::Draft => {
                let me = self.text(self.reviewer);
                format!("EXISTS (SELECT 1 FROM draft w WHERE w.item_seq = i.seq AND w.reviewer = {me})")
            }
        }
    }

    fn is(&mut self, is: Is) -> String {
        match is {
            Is::Decided => stage::is_decided("i"),
            Is::Mine => {
                let me = self.text(self.reviewer);
                format!(
                    "EXISTS (SELECT 1 FROM decision r WHERE r.item_seq = i.seq AND r.reviewer = {me} AND r.standing = 1)"
                )
            }
            Is::Deferred => {
                let me = self.text(self.reviewer);
                let deferral = format!("SELECT 1 FROM deferral f WHERE f.item_seq = i.seq AND f.reviewer = {me}");
                format!("({} AND EXISTS ({deferral}))", stage::is_open("i"))
            }
            Is::Golden => {
                "EXISTS (SELECT 1 FROM golden g WHERE g.item_seq = i.seq AND g.standing = 1 AND g.removed = 0)".into()
            }
            Is::Claimed => {
                let now = self.bind(Value::Int(self.now));
                stage::is_claimed("i", &now)
            }
        }
    }

    /// A phrase without a word in it stands in no text.
    fn phrase(&mut self, scope: Scope, phrase: &Phrase) -> String {
        let Some(pattern) = self.engine.pattern(phrase) else { return NEVER.into() };
        let marker = self.text(pattern);
        let items = self.engine.items_with(scope, &marker);
        // The `+` keeps the database from looking up each item of one list in the other.
        let row = if std::mem::replace(&mut self.has_text, true) { "+i.seq" } else { "i.seq" };
        format!("{row} IN ({items})")
    }
}

/// The decision of record, `r`, keeps the condition.
fn of_record(condition: &str) -> String {
    format!("EXISTS (SELECT 1 FROM decision r WHERE r.seq = i.decision_seq AND {condition})")
}

/// One of the categories of the decision of record, `e`, keeps the condition.
fn of_categories(condition: &str) -> String {
    of_record(&format!("EXISTS (SELECT 1 FROM decision_category e WHERE e.decision_seq = r.seq AND {condition})"))
}

fn sign(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Equal => "=",
        other => other.sign(),
    }
}
