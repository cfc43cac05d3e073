//! A filter in SQL: a condition over `item i` whose values are bound.
//!
//! What concerns a decision is that of the decision of record. Every condition is true or
//! false, never NULL, so that `NOT` is the opposite.

mod known;
mod saved;

pub use saved::SavedFilter;

use super::blind::SHOWS_JUDGEMENTS;
use super::columns;
use super::decisions::own_standing;
use super::drafts;
use super::engine::{Dialect, Engine, params};
use super::golden::IS_GOLDEN;
use super::items;
use super::listing::{Condition, FIRST_MARKER, Value};
use super::stage;
use super::{Result, Store, StoreError};
use crate::domain::decision::Verdict;
use crate::domain::filter::{
    self, Comparison, Filter, FilterError, Has, Is, Moment, Pattern, Phrase, ResolvedFilter, Term, When, Words,
};
use crate::domain::queue::Queue;
use crate::domain::record::{FieldType, RecordField, Scope};
use crate::domain::time::UtcMillis;
use crate::text::compare;

impl Store {
    /// Reads a filter under the words of the queue: its fields, its spec's, its saved filters.
    pub fn filter(&self, queue: &Queue, text: &str) -> Result<Filter> {
        filter::parse_under(text, &self.words(queue)?).map_err(|error| unreadable(text, error))
    }

    /// The words that the queue's filters may use.
    pub fn words(&self, queue: &Queue) -> Result<Words> {
        let sql = "SELECT version FROM spec WHERE queue_id = ?1 AND version <> ?2 ORDER BY version DESC";
        let versions = self.all(sql, params![queue.id, queue.spec.version], |row| row.need_int(0))?;
        let older = versions.into_iter().map(|version| self.readable_spec(queue, version));
        let older: Vec<_> = older.filter_map(Result::transpose).collect::<Result<_>>()?;
        let mut words = Words::of(std::iter::once(&queue.spec.spec).chain(&older));
        words.saved = self.saved_filters(queue)?.into_iter().map(|saved| saved.name).collect();
        words.judges = self.judge_names(queue)?;
        Ok(words)
    }

    /// The condition that `filter` sets to `item i`, asked by a reviewer (`is:mine`).
    pub fn condition(&self, queue: &Queue, filter: &ResolvedFilter, reviewer: &str) -> Result<Condition> {
        if filter.filter().is_everything() {
            return Ok(Condition::default());
        }
        Ok(self.condition_of(self.words(queue)?, filter, reviewer, Asked::ByReviewer))
    }

    /// The condition that the filter of a rule, which may use these words, sets to `item i`: nothing
    /// is kept from a rule.
    pub(super) fn condition_under(&self, words: Words, filter: &ResolvedFilter, reviewer: &str) -> Condition {
        self.condition_of(words, filter, reviewer, Asked::ByRule)
    }

    /// The conditions that several filters of rules set to `item i`, for one statement: all of their values
    /// follow from the first marker of a condition on.
    pub(super) fn conditions_under(&self, words: Words, filters: &[&ResolvedFilter]) -> (Vec<String>, Vec<Value>) {
        let mut compiler = self.compiler(words, "", Asked::ByRule);
        let conditions = filters.iter().map(|filter| format!("({})", compiler.resolved(filter))).collect();
        (conditions, compiler.values)
    }

    fn condition_of(&self, words: Words, filter: &ResolvedFilter, reviewer: &str, asked: Asked) -> Condition {
        let mut compiler = self.compiler(words, reviewer, asked);
        let sql = compiler.resolved(filter);
        Condition { sql, values: compiler.values }
    }

    /// The conditions that several filters set to `item i`, for one statement: all of their values
    /// follow from the first marker of a condition on.
    pub(super) fn conditions<const N: usize>(
        &self,
        queue: &Queue,
        filters: [&ResolvedFilter; N],
        reviewer: &str,
    ) -> Result<([String; N], Vec<Value>)> {
        let mut compiler = self.compiler(self.words(queue)?, reviewer, Asked::ByReviewer);
        let conditions = filters.map(|filter| format!("({})", compiler.resolved(filter)));
        Ok((conditions, compiler.values))
    }

    fn compiler<'a>(&'a self, words: Words, reviewer: &'a str, asked: Asked) -> Compiler<'a> {
        Compiler {
            words,
            reviewer,
            now: 0,
            engine: self.engine.as_ref(),
            dialect: self.engine.dialect(),
            next_marker: FIRST_MARKER,
            has_text: false,
            values: Vec::new(),
            blind: (asked == Asked::ByReviewer).then_some(self),
        }
    }
}

pub(super) fn unreadable(text: &str, error: FilterError) -> StoreError {
    StoreError::Filter { text: text.into(), error: Box::new(error) }
}

/// Who asks by a filter.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    /// Opinions that are kept from the reviewer find nothing.
    ByReviewer,
    ByRule,
}

struct Compiler<'a> {
    words: Words,
    reviewer: &'a str,
    /// The time that the filter at hand goes by.
    now: UtcMillis,
    engine: &'a dyn Engine,
    dialect: &'a dyn Dialect,
    next_marker: usize,
    /// A text is looked for already.
    has_text: bool,
    values: Vec<Value>,
    /// The workspace that keeps opinions from who asks; `None`: it keeps none.
    blind: Option<&'a Store>,
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

    fn resolved(&mut self, filter: &ResolvedFilter) -> String {
        self.now = filter.at();
        self.filter(filter.filter())
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
            Term::Word(field, pattern) => self.word(*field, pattern),
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
            Term::Number(field, comparison, value) => self.number(*field, *comparison, *value),
            Term::Score(key, comparison, value) => {
                let (key, value) = (self.text(key), self.bind(Value::Real(*value)));
                self.of_opinion(&format!(
                    "EXISTS (SELECT 1 FROM decision_score e
                        WHERE e.decision_seq = r.seq AND e.criterion = {key} AND e.level {} {value})",
                    sign(*comparison)
                ))
            }
            Term::Time(moment, comparison, when) => self.time(*moment, *comparison, when),
            Term::Judge(written, verdict) => {
                let (judge, verdict) = (self.text(filter::judge_name(written)), self.text(verdict.as_str()));
                format!(
                    "({SHOWS_JUDGEMENTS} AND EXISTS (SELECT 1 FROM judgement j WHERE j.item_seq = i.seq
                        AND {judge} IN (j.judge, j.judge || '@' || j.version) AND j.verdict = {verdict}))"
                )
            }
            Term::Age(..) | Term::Saved(_) => NEVER.into(), // a resolved filter has none
            Term::Has(has) => self.has(*has),
            Term::Is(is) => self.is(*is),
            Term::Text(scope, phrase) => self.phrase(*scope, phrase),
            Term::Meta(key, pattern) => {
                let matches = self.matches(&self.dialect.json_text("e"), pattern);
                self.of_member(key, &matches)
            }
            Term::MetaNumber(key, comparison, value) => {
                let (number, value) = (self.dialect.json_number("e"), self.bind(Value::Real(*value)));
                self.of_member(key, &format!("({number}) {} {value}", sign(*comparison)))
            }
        }
    }

    /// The value of a field, where [`Self::within`] has its row.
    fn value(&self, field: RecordField) -> String {
        columns::value_sql(field, "r", self.dialect)
    }

    fn word(&mut self, field: RecordField, pattern: &Pattern) -> String {
        let value = self.value(field);
        match field.holds() {
            FieldType::Keys => {
                let matches = self.matches("e.category", pattern);
                self.of_categories(&matches)
            }
            FieldType::Words => {
                let members = self.dialect.json_members(&value, None);
                let matches = self.matches("e.value", pattern);
                self.within(field, format!("EXISTS (SELECT 1 FROM {members} WHERE {matches})"))
            }
            _ => {
                let matches = self.matches(&value, pattern);
                self.within(field, matches)
            }
        }
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
        self.of_categories(&format!("e.category IN ({})", markers.join(", ")))
    }

    /// The member of the metadata that is written so, `e`, keeps the condition.
    fn of_member(&mut self, written: &str, condition: &str) -> String {
        let exists = |members: String, name: String| {
            format!(
                "EXISTS (SELECT 1 FROM item_text t, {members} WHERE t.seq = i.seq AND e.key = {name} AND {condition})"
            )
        };
        let mut path = filter::member_path(written);
        let name = path.pop().unwrap_or_default();
        let mut found = Vec::new();
        if path.is_empty() || !written.contains('"') {
            let name = self.text(if path.is_empty() { &name } else { written });
            found.push(exists(self.dialect.json_members("t.meta", None), name));
        }
        // A path has no way to write these.
        if !path.is_empty() && !path.iter().any(|name| name.contains(['"', '\\'])) {
            let (at, name) = (self.text(self.dialect.json_path(&path)), self.text(name));
            found.push(exists(self.dialect.json_members_at("t.meta", &at), name));
        }
        if found.is_empty() { NEVER.into() } else { format!("({})", found.join(" OR ")) }
    }

    fn number(&mut self, field: RecordField, comparison: Comparison, than: f64) -> String {
        let (value, marker) = (self.value(field), self.bind(Value::Real(than)));
        self.within(field, format!("({value} IS NOT NULL AND {value} {} {marker})", sign(comparison)))
    }

    fn time(&mut self, moment: Moment, comparison: Comparison, when: &When) -> String {
        let value = match moment {
            Moment::Of(field) => self.value(field),
            Moment::Imported => "m.started_at".into(),
        };
        let stretch = when.stretch(self.now);
        let mut side = |sign: &str, at: UtcMillis| format!("{value} {sign} {}", self.bind(Value::Int(at)));
        let condition = match comparison {
            Comparison::Less => side("<", stretch.start),
            Comparison::AtMost => side("<", stretch.end),
            Comparison::AtLeast => side(">=", stretch.start),
            Comparison::More => side(">=", stretch.end),
            Comparison::Equal => format!("{} AND {}", side(">=", stretch.start), side("<", stretch.end)),
        };
        match moment {
            Moment::Of(field) => self.within(field, format!("({value} IS NOT NULL AND {condition})")),
            Moment::Imported => format!("EXISTS (SELECT 1 FROM import m WHERE m.id = i.import_id AND {condition})"),
        }
    }

    fn has(&mut self, has: Has) -> String {
        match has {
            Has::Value(field) => self.has_value(field),
            Has::Draft => {
                let me = self.text(self.reviewer);
                format!(
                    "EXISTS (SELECT 1 FROM draft w WHERE w.item_seq = i.seq AND w.reviewer = {me} AND {})",
                    drafts::IS_WRITTEN
                )
            }
        }
    }

    fn has_value(&mut self, field: RecordField) -> String {
        let value = self.value(field);
        match (field, field.holds()) {
            (_, FieldType::Keys) => self.of_categories("1 = 1"),
            (_, FieldType::Marks) => {
                let marks = self.dialect.json_members("r.body", Some(field.name()));
                self.of_opinion(&format!("EXISTS (SELECT 1 FROM {marks})"))
            }
            (RecordField::Item(_), holds) if holds.is_large() => {
                format!("EXISTS (SELECT 1 FROM item_text t WHERE t.seq = i.seq AND {value} IS NOT NULL)")
            }
            // A body has an empty text where there is none.
            (RecordField::Decision(of), _) if of.is_in_body() => of_record(&format!("COALESCE({value}, '') <> ''")),
            _ => self.within(field, format!("{value} IS NOT NULL")),
        }
    }

    fn is(&mut self, is: Is) -> String {
        match is {
            Is::Decided => stage::is_decided("i"),
            Is::Mine => {
                let me = self.text(self.reviewer);
                // As `r`: a listing that says `d` joins the decision of record.
                format!("EXISTS (SELECT 1 FROM decision r WHERE {})", own_standing("r", "i.seq", &me))
            }
            Is::Deferred => {
                let me = self.text(self.reviewer);
                let deferral = format!("SELECT 1 FROM deferral f WHERE f.item_seq = i.seq AND f.reviewer = {me}");
                format!("({} AND EXISTS ({deferral}))", stage::is_open("i"))
            }
            Is::Declined => {
                let me = self.text(self.reviewer);
                stage::is_declined("i", &me)
            }
            Is::Stage(stage) => format!("i.stage = '{}'", stage.as_str()),
            Is::Retryable => {
                let keys: Vec<String> = self.words.retryable().map(str::to_owned).collect();
                let reject = self.text(Verdict::Reject.as_str());
                format!("({} AND i.verdict = {reject} AND {})", stage::is_decided("i"), self.one_of_categories(keys))
            }
            Is::Golden => {
                format!("EXISTS (SELECT 1 FROM golden g WHERE g.item_seq = i.seq AND {IS_GOLDEN})")
            }
            Is::Overdue => {
                let now = self.bind(Value::Int(self.now));
                of_record(&format!("r.due_at IS NOT NULL AND r.due_at < {now}"))
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
        let mut items = self.engine.items_with(scope, &marker);
        if scope == Scope::Anywhere {
            items += &format!(" UNION ALL {}", self.items_called(phrase));
        }
        // The `+` keeps the database from looking up each item of one list in the other.
        let row = if std::mem::replace(&mut self.has_text, true) { "+i.seq" } else { "i.seq" };
        match compare::has_signs(&phrase.text) {
            true => format!("({row} IN ({items}) AND {})", self.has_phrase(scope, &phrase.text)),
            false => format!("{row} IN ({items})"),
        }
    }

    /// A text of the item has the phrase with its signs, which the index does not know.
    fn has_phrase(&mut self, scope: Scope, phrase: &str) -> String {
        let marker = self.text(compare::phrase(phrase));
        let has = |text: &str| self.dialect.has_phrase(text, &marker);
        // JSON writes some of it in other signs.
        let is_escaped = phrase.contains(['"', '\\', '/']) || !phrase.is_ascii();
        let of_item = |text: &str| {
            let unless = if is_escaped { format!("t.{text}_kind <> 't' OR ") } else { String::new() };
            let has = has(&format!("t.{text}"));
            format!("EXISTS (SELECT 1 FROM item_text t WHERE t.seq = i.seq AND ({unless}{has}))")
        };
        let context = || {
            let documents = self.dialect.json_members("t.context", None);
            format!(
                "EXISTS (SELECT 1 FROM item_text t, {documents}, document x
                 WHERE t.seq = i.seq AND x.id = CAST(e.value AS BIGINT) AND ({} OR {}))",
                has("x.text"),
                has("COALESCE(x.title, '')")
            )
        };
        let note = || of_record(&has(&format!("COALESCE({}, '')", self.dialect.json_member("r.body", "note"))));
        match scope {
            Scope::Input => of_item("input"),
            Scope::Output => of_item("output"),
            Scope::Context => context(),
            Scope::Note => note(),
            Scope::Anywhere => {
                format!("({} OR {} OR {} OR {})", of_item("input"), of_item("output"), context(), note())
            }
        }
    }

    /// The items of the queue whose id is the text, or begins with it where it may.
    fn items_called(&mut self, phrase: &Phrase) -> String {
        let id = self.text(phrase.text.as_str());
        let matches = match phrase.may_begin_id() {
            true => {
                let beyond = self.text(items::beyond(&phrase.text));
                format!("n.id >= {id} AND n.id < {beyond}")
            }
            false => format!("n.id = {id}"),
        };
        format!("SELECT n.seq FROM item n WHERE n.queue_id = ?1 AND {matches}")
    }

    /// The row that has the field keeps the condition.
    fn within(&mut self, field: RecordField, condition: String) -> String {
        match field {
            RecordField::Item(_) | RecordField::Standing(_) => condition,
            RecordField::Decision(of) if of.uses.is_opinion => self.of_opinion(&condition),
            RecordField::Decision(_) => of_record(&condition),
        }
    }

    /// What the decision of record, `r`, says of the output keeps the condition, as far as who asks
    /// may know it.
    fn of_opinion(&mut self, condition: &str) -> String {
        let Some(store) = self.blind else { return of_record(condition) };
        let me = self.text(self.reviewer);
        of_record(&format!("{condition} AND NOT {}", store.is_kept("r", &me)))
    }

    /// One of the categories of the decision of record, `e`, meets the condition.
    fn of_categories(&mut self, condition: &str) -> String {
        let categories = "SELECT 1 FROM decision_category e WHERE e.decision_seq = r.seq";
        self.of_opinion(&format!("EXISTS ({categories} AND {condition})"))
    }
}

/// The decision of record, `r`, keeps the condition.
fn of_record(condition: &str) -> String {
    format!("EXISTS (SELECT 1 FROM decision r WHERE r.seq = i.decision_seq AND {condition})")
}

fn sign(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Equal => "=",
        other => other.sign(),
    }
}
