//! Figures of a queue, by groups: how many items, what became of them, how long it took and
//! what went wrong. Read from the rows themselves, at one moment.

use super::checks::BY_PERSON;
use super::columns;
use super::decisions::STANDING;
use super::engine::{Dialect, Param, Row, params};
use super::items::IN_QUEUE;
use super::listing::{Condition, FIRST_MARKER, Value};
use super::stage;
use super::{Result, Store, StoreError};
use crate::domain::decision::Verdict;
use crate::domain::grouping::Grouping;
use crate::domain::item::Seq;
use crate::domain::pace::median;
use crate::domain::queue::{Actor, Queue};
use crate::domain::record::{Compare, FieldType, SpecKey};
use crate::domain::spec::Spec;
use crate::domain::time::{UtcMillis, day};
use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write;

/// Figures of a group of items. Verdicts are those of record.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Figures {
    /// The value of each grouping; `None`: the item has none.
    pub by: Vec<Option<String>>,
    pub items: i64,
    pub accepted: i64,
    pub rejected: i64,
    pub escalated: i64,
    /// Open items that somebody has deferred; `None`: they are not known of an earlier time.
    pub deferred: Option<i64>,
    /// Median of the active time, in milliseconds, of the decisions that took time on screen.
    pub median_millis: Option<i64>,
    /// Active time of people on the items, in milliseconds: of every decision of theirs that stands,
    /// also of those that are not of record. `None`: the spec does not say what an hour costs.
    pub people_millis: Option<i64>,
    /// Decisions of record by the failure categories that they name.
    pub categories: BTreeMap<String, i64>,
    /// Sum of what the outputs cost, in US dollars, as far as it is known.
    pub cost_usd: Option<f64>,
}

impl Figures {
    pub fn decided(&self) -> i64 {
        self.accepted + self.rejected + self.escalated
    }
}

impl Store {
    /// Figures of the queue's items that keep the condition and can be read: a group for each combination of values,
    /// sorted by them; without a grouping one, of all. Decisions made before `since` do not
    /// count: their items are undecided ones. Opinions that are kept from the reviewer count by
    /// their verdict alone.
    pub fn figures(
        &self,
        Actor { queue, reviewer, .. }: Actor,
        by: &[Grouping],
        since: Option<UtcMillis>,
        condition: &Condition,
    ) -> Result<Vec<Figures>> {
        let mut statement = Statement::new(self.engine.dialect(), condition, since);
        statement.counts_time = queue.spec.spec.hour_cost().is_some();
        let reviewer = statement.bind(Value::Text(reviewer.into()));
        statement.kept = self.is_kept("d", &reviewer);
        let sql = statement.over(by);
        let mut values = params![queue.id, i64::MIN, i64::MAX].to_vec(); // any item
        values.extend(condition.values.iter().chain(&statement.values).map(Param::from));
        let mut groups = Groups::new(by, &queue.spec.spec);
        self.read_once(|| {
            if self.as_of().is_none() {
                groups.deferred = Some(self.deferred_by_anybody(queue)?);
            }
            self.engine
                .stream(&sql, &values, &mut |row| self.readable("item", &row.need_int(0)?, groups.add(row)).map(drop))
        })?;
        Ok(groups.finish())
    }

    fn deferred_by_anybody(&self, queue: &Queue) -> Result<HashSet<Seq>> {
        let sql = format!(
            "SELECT f.item_seq FROM deferral f JOIN item i ON i.seq = f.item_seq WHERE f.queue_id = ?1 AND {}",
            stage::is_open("i")
        );
        Ok(self.all(&sql, params![queue.id], |row| row.need_int(0))?.into_iter().collect())
    }
}

/// The statement that reads what is counted, and its values beside those of the condition.
struct Statement<'c> {
    dialect: &'static dyn Dialect,
    condition: &'c Condition,
    values: Vec<Value>,
    since: String,
    /// Whether the time of all decisions is read.
    counts_time: bool,
    /// SQL: the decision of record is an opinion that is kept from the reviewer.
    kept: String,
}

impl<'c> Statement<'c> {
    fn new(dialect: &'static dyn Dialect, condition: &'c Condition, since: Option<UtcMillis>) -> Self {
        let mut statement = Self {
            dialect,
            condition,
            values: Vec::new(),
            since: String::new(),
            counts_time: false,
            kept: String::new(),
        };
        if let Some(at) = since {
            let marker = statement.bind(Value::Int(at));
            statement.since = format!("AND d.decided_at >= {marker}");
        }
        statement
    }

    fn bind(&mut self, value: Value) -> String {
        self.values.push(value);
        format!("?{}", FIRST_MARKER + self.condition.values.len() + self.values.len() - 1)
    }

    /// The row's number, verdict, time, cost, categories and time of all people, then the value of each grouping.
    fn over(&mut self, by: &[Grouping]) -> String {
        let categories = format!("CASE WHEN d.verdict <> 'accept' THEN {} END", self.categories());
        let grouped: String = by.iter().map(|grouping| format!(", {}", self.value(grouping))).collect();
        let is_of_text = |grouping: &Grouping| grouping.compare() == Compare::Member;
        let texts = if by.iter().any(is_of_text) { "JOIN item_text t ON t.seq = i.seq" } else { "" };
        let time = if self.counts_time { self.time() } else { "CAST(NULL AS BIGINT)".into() };
        let test = if self.condition.sql.is_empty() { "1 = 1" } else { &self.condition.sql };
        format!(
            "SELECT i.seq, d.verdict, d.active_millis, i.cost_usd, {categories}, {time}{grouped}
             FROM item i {texts} LEFT JOIN decision d ON d.seq = i.decision_seq AND {BY_PERSON} {}
             WHERE {IN_QUEUE} AND i.seq >= ?2 AND i.seq <= ?3 AND ({test})",
            self.since
        )
    }

    /// The time of people on the item. A decision has that of the earlier ones of its reviewer in it.
    fn time(&self) -> String {
        format!(
            "(SELECT CAST(COALESCE(SUM(d.active_millis), 0) AS BIGINT) FROM decision d
                WHERE d.item_seq = i.seq AND {STANDING} AND {BY_PERSON} {})",
            self.since
        )
    }

    fn categories(&self) -> String {
        self.of_opinion(&self.dialect.json_member("d.body", "categories"))
    }

    /// The value of what an opinion says, as far as the reviewer may know it.
    fn of_opinion(&self, value: &str) -> String {
        format!("CASE WHEN NOT {} THEN {value} END", self.kept)
    }

    fn value(&mut self, grouping: &Grouping) -> String {
        let key = grouping.key.clone().map(|key| self.bind(Value::Text(key))).unwrap_or_default();
        match grouping.compare() {
            Compare::Verdict => "d.verdict".into(), // the item's may be older than what counts
            Compare::Severity | Compare::Key(SpecKey::Category) => self.categories(),
            Compare::Score => self.of_opinion(&format!(
                "(SELECT e.level FROM decision_score e WHERE e.decision_seq = d.seq AND e.criterion = {key})"
            )),
            Compare::Member => {
                let (text, members) = (self.dialect.json_text("e"), self.dialect.json_members("t.meta", None));
                format!("(SELECT {text} FROM {members} WHERE e.key = {key} LIMIT 1)")
            }
            _ => columns::value_sql(grouping.field, "d", self.dialect),
        }
    }
}

/// The groups as the rows come.
struct Groups<'g> {
    by: &'g [Grouping],
    spec: &'g Spec,
    found: Vec<(Figures, Vec<i64>)>,
    /// The place of each by its key.
    places: HashMap<String, usize>,
    /// The keys of the row at hand: several where it is in several groups.
    keys: Vec<String>,
    /// The items that somebody has deferred, where that is known.
    deferred: Option<HashSet<Seq>>,
    /// Lists as JSON that were read before: most are like others.
    lists: HashMap<String, Vec<String>>,
}

impl<'g> Groups<'g> {
    fn new(by: &'g [Grouping], spec: &'g Spec) -> Self {
        let (found, places, keys, lists) = Default::default();
        let mut groups = Self { by, spec, found, places, keys, deferred: None, lists };
        if by.is_empty() {
            groups.place(String::new()); // all of none are a group, too
        }
        groups
    }

    fn add(&mut self, row: &dyn Row) -> Result<()> {
        self.read_keys(row)?;
        let verdict = row.text(1)?.map(str::parse::<Verdict>).transpose().map_err(StoreError::Damaged)?;
        let seq = row.need_int(0)?;
        let is_deferred = self.deferred.as_ref().is_some_and(|deferred| deferred.contains(&seq));
        let millis = row.int(2)?.filter(|millis| *millis > 0);
        let cost = row.real(3)?;
        let categories = self.list(row.text(4)?)?;
        let people_millis = row.int(5)?;
        for key in std::mem::take(&mut self.keys) {
            let place = self.place(key);
            let (figures, times) = &mut self.found[place];
            figures.items += 1;
            *figures.deferred.get_or_insert(0) += i64::from(is_deferred);
            match verdict {
                Some(Verdict::Accept) => figures.accepted += 1,
                Some(Verdict::Reject) => figures.rejected += 1,
                Some(Verdict::Escalate) => figures.escalated += 1,
                None => {}
            }
            times.extend(millis);
            if let Some(millis) = people_millis {
                *figures.people_millis.get_or_insert(0) += millis;
            }
            if let Some(cost) = cost {
                *figures.cost_usd.get_or_insert(0.0) += cost;
            }
            for category in &categories {
                *figures.categories.entry(category.clone()).or_default() += 1;
            }
        }
        Ok(())
    }

    /// Sets the keys of the groups that the row is in.
    fn read_keys(&mut self, row: &dyn Row) -> Result<()> {
        self.keys = vec![String::new()];
        for (grouping, at) in self.by.iter().zip(6..) {
            let mut values = self.values(grouping, row, at)?;
            if values.is_empty() {
                values.push(None);
            }
            let with = |key: &String, value: &Option<String>| extended(key, value.as_deref());
            self.keys = self.keys.iter().flat_map(|key| values.iter().map(|value| with(key, value))).collect();
        }
        Ok(())
    }

    /// The row's values in a grouping; none where it has none.
    fn values(&mut self, grouping: &Grouping, row: &dyn Row, at: usize) -> Result<Vec<Option<String>>> {
        let one = |value: Option<String>| Ok(vec![value]);
        match (grouping.compare(), grouping.field.holds()) {
            (Compare::Severity, _) => {
                let worst = self.spec.worst_severity(&self.list(row.text(at)?)?);
                one(worst.map(|severity| severity.as_str().into()))
            }
            (Compare::Score, _) | (_, FieldType::Integer { .. }) => one(row.int(at)?.map(|number| number.to_string())),
            (_, FieldType::Words | FieldType::Keys) => Ok(self.list(row.text(at)?)?.into_iter().map(Some).collect()),
            (_, FieldType::Real) => one(row.real(at)?.map(|number| number.to_string())),
            (_, FieldType::Time) => one(row.int(at)?.map(day)),
            _ => one(row.opt_string(at)?.filter(|text| !text.is_empty())),
        }
    }

    fn list(&mut self, json: Option<&str>) -> Result<Vec<String>> {
        let Some(json) = json else { return Ok(Vec::new()) };
        if let Some(known) = self.lists.get(json) {
            return Ok(known.clone());
        }
        let list: Vec<String> =
            serde_json::from_str(json).map_err(|e| StoreError::Damaged(format!("a list of words: {e}")))?;
        self.lists.insert(json.to_owned(), list.clone());
        Ok(list)
    }

    fn place(&mut self, key: String) -> usize {
        *self.places.entry(key).or_insert_with_key(|key| {
            self.found.push((Figures { by: parts(key), ..Figures::default() }, Vec::new()));
            self.found.len() - 1
        })
    }

    fn finish(self) -> Vec<Figures> {
        let is_known = self.deferred.is_some();
        let with_median = |(figures, mut times): (Figures, Vec<i64>)| Figures {
            median_millis: median(&mut times),
            deferred: is_known.then(|| figures.deferred.unwrap_or(0)),
            ..figures
        };
        let mut found: Vec<Figures> = self.found.into_iter().map(with_median).collect();
        found.sort_by(|one, other| {
            let pairs = self.by.iter().zip(one.by.iter().zip(&other.by));
            let orders = pairs.map(|(grouping, (one, other))| ordered(one, other, grouping.is_number()));
            orders.fold(Ordering::Equal, Ordering::then)
        });
        found
    }
}

/// The key with one more value: its length and itself, so that no two keys are read alike.
fn extended(key: &str, value: Option<&str>) -> String {
    let mut key = key.to_owned();
    match value {
        Some(text) => drop(write!(key, "{}:{text}", text.len())), // into a string: it cannot fail
        None => key.push('-'),
    }
    key
}

/// The values of which [`extended`] made a key.
fn parts(mut key: &str) -> Vec<Option<String>> {
    let mut parts = Vec::new();
    while !key.is_empty() {
        if let Some(rest) = key.strip_prefix('-') {
            parts.push(None);
            key = rest;
            continue;
        }
        let Some((length, rest)) = key.split_once(':') else { break };
        let (text, rest) = rest.split_at(length.parse().unwrap_or(rest.len()));
        parts.push(Some(text.to_owned()));
        key = rest;
    }
    parts
}

/// Numbers by size, texts by letters; what has no value comes last.
fn ordered(one: &Option<String>, other: &Option<String>, is_number: bool) -> Ordering {
    let number = |text: &str| text.parse::<f64>().ok();
    match (one, other) {
        (Some(one), Some(other)) if is_number => match (number(one), number(other)) {
            (Some(one), Some(other)) => one.total_cmp(&other),
            _ => one.cmp(other),
        },
        (Some(one), Some(other)) => one.cmp(other),
        (one, other) => one.is_none().cmp(&other.is_none()),
    }
}
