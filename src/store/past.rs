//! The workspace as it was: an engine that reads what was known here at an earlier time.
//!
//! A statement is asked as it is. Before it stand tables of the names that it names (`WITH item AS …`), with
//! the rows and the values of that time: the one home of what "as of" means. What an item stood at follows
//! from its decisions by the views of the schema, read where they are kept. Of then are decisions, items as far
//! as they stand somewhere, checks, the golden set, the spec and the log; of now are tags, priority, what an
//! import has replaced, deferrals, and what is counted beside.

use super::engine::{
    ConnectionState, Dialect, Engine, FullTextIndex, IndexKind, IndexWriter, Load, Lock, Migration, Param, Rights, Row,
};
use super::error::{Result, StoreError};
use super::tables::names_of;
use super::{Store, damaged};
use crate::clock::Clock;
use crate::domain::filter::Phrase;
use crate::domain::record::Scope;
use crate::domain::time::UtcMillis;
use std::cell::RefCell;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// The views that say where an item stands, each after those that it reads.
const VIEWS: [&str; 6] =
    ["weighed_decision", "item_opinions", "differing_opinions", "item_way", "item_choice", "item_outcome"];

/// Columns of an item that follow from the others.
const FOLLOWING: [&str; 5] = ["decision_seq", "verdict", "stage", "settled_by", "asked_of"];

/// Columns of an item whose earlier values are kept.
const CHANGING: [&str; 6] = ["held_back", "chance", "rule", "opinions", "replaced_by", "retries"];

impl Store {
    /// The workspace as it was at a time, to be read and no more. What was done at that very
    /// millisecond is in it.
    pub fn at(self, at: UtcMillis) -> Result<Self> {
        let tables = tables(self.engine.as_ref(), at)?;
        Ok(Self {
            engine: Box::new(Past { engine: self.engine, tables }),
            clock: Clock::stopped(at),
            only_reads: true,
            as_of: Some(at),
            ahead: None,
            list: None,
            retry_filter: RefCell::default(),
            passed_over: RefCell::<damaged::PassedOver>::default(),
            ..self
        })
    }

    /// The time as of which the workspace is read; `None`: as it is now.
    pub fn as_of(&self) -> Option<UtcMillis> {
        self.as_of
    }
}

/// A table as it was.
struct Table {
    name: &'static str,
    /// A SELECT of its rows, over the tables before it.
    rows: String,
}

/// The tables as they were at a time, each after those that it reads.
fn tables(engine: &dyn Engine, at: UtcMillis) -> Result<Vec<Table>> {
    let schema = engine.dialect().schema();
    let mut tables = Vec::new();
    let mut add = |name, rows| tables.push(Table { name, rows });
    let filtered = |table: &str, condition: &str| {
        format!("SELECT {} FROM {schema}.{table} WHERE {condition}", list(table, "", &[]))
    };
    add("import", filtered("import", &format!("started_at <= {at}")));
    add("batch", filtered("batch", &format!("began_at <= {at}")));
    add("spec", filtered("spec", &format!("applied_at <= {at}")));
    let in_force = format!(
        "(SELECT MAX(s.version) FROM {schema}.spec s WHERE s.queue_id = q.id AND s.applied_at <= {at}) AS spec_version"
    );
    add(
        "queue",
        format!(
            "SELECT {}, {in_force} FROM {schema}.queue q WHERE q.created_at <= {at}",
            list("queue", "q", &["spec_version"])
        ),
    );
    let stood = stood(schema, at);
    add(
        "decision",
        format!(
            "SELECT {}, CAST(CASE WHEN {stood} THEN 1 ELSE 0 END AS BIGINT) AS standing FROM {schema}.decision d
            WHERE d.arrived_at <= {at}",
            list("decision", "d", &["standing"])
        ),
    );
    add("decision_by_reviewer", "SELECT queue_id, reviewer, seq, item_seq, standing FROM decision".into());
    add(
        "decision_by_time",
        "SELECT queue_id, decided_at, seq, item_seq, reviewer, standing FROM decision WHERE reviewer_kind = 'person'"
            .into(),
    );
    for log in ["event", "event_by_item", "event_by_queue"] {
        add(log, format!("SELECT seq, at, queue_id, item_seq, actor, kind, data FROM {schema}.{log} WHERE at <= {at}"));
    }
    // A decision that stood was not taken back; else its last reversal tells.
    let taken_back = format!(
        "NOT ({stood}) AND (SELECT e.kind FROM {schema}.event_by_item e WHERE e.item_seq = d.item_seq
            AND e.kind IN ('undone', 'redone') AND e.at <= {at} AND {} = d.id ORDER BY e.seq DESC LIMIT 1) = 'undone'",
        engine.dialect().json_member("e.data", "decision")
    );
    add(
        "step",
        format!(
            "SELECT {}, CASE WHEN s.kind = 'set_aside' THEN s.undone_by WHEN EXISTS (SELECT 1 FROM {schema}.decision d
            WHERE d.item_seq = s.item_seq AND d.step_seq = s.seq AND {taken_back}) THEN COALESCE(s.undone_by, 0) END
            AS undone_by FROM {schema}.step s",
            list("step", "s", &["undone_by"])
        ),
    );
    add(
        "step_item",
        format!(
            "SELECT {}, CAST(CASE WHEN EXISTS (SELECT 1 FROM {schema}.decision d
            WHERE d.item_seq = b.item_seq AND d.step_seq = b.step_seq AND {taken_back}) THEN 0 ELSE 1 END AS BIGINT)
            AS stands FROM {schema}.step_item b",
            list("step_item", "b", &["stands"])
        ),
    );
    let stands = format!(
        "g.seq = (SELECT c.golden_seq FROM {schema}.golden_change c WHERE c.item_seq = g.item_seq AND c.at <= {at}
            ORDER BY c.set_version DESC LIMIT 1)"
    );
    add(
        "golden",
        format!(
            "SELECT {}, CAST(CASE WHEN {stands} THEN 1 ELSE 0 END AS BIGINT) AS standing FROM {schema}.golden g
            WHERE g.kept_at <= {at}",
            list("golden", "g", &["standing"])
        ),
    );
    let said = list("judgement", "", &[]);
    add(
        "judgement",
        format!(
            "SELECT {said} FROM {schema}.judgement WHERE arrived_at <= {at}
        UNION ALL SELECT {said} FROM {schema}.judgement_before WHERE arrived_at <= {at} AND until > {at}"
        ),
    );
    add("golden_set", filtered("golden_set", &format!("frozen_at <= {at}")));
    add("deferral", filtered("deferral", &format!("deferred_at <= {at}")));
    let found = list("failed_check", "", &[]);
    add(
        "failed_check",
        format!(
            "SELECT {found} FROM {schema}.failed_check WHERE at <= {at}
        UNION ALL SELECT {found} FROM {schema}.failed_check_before WHERE at <= {at} AND until > {at}"
        ),
    );
    add("item_then", item_then(schema, at));
    for view in VIEWS {
        add(view, grouped(&renamed(&engine.definition(view)?, "item", "item_then")));
    }
    // In this order, which keeps SQLite from looking through all outcomes for each item.
    let following: String = FOLLOWING.iter().map(|name| format!(", o.{name}")).collect();
    add(
        "item",
        format!(
            "SELECT {}{following} FROM item_outcome o CROSS JOIN item_then i WHERE i.seq = o.item_seq",
            list("item", "i", &FOLLOWING)
        ),
    );
    Ok(tables)
}

/// SQL: the decision `d` stood.
fn stood(schema: &str, at: UtcMillis) -> String {
    format!(
        "(d.stood_from <= {at} AND (d.stood_until IS NULL OR d.stood_until > {at}))
            OR EXISTS (SELECT 1 FROM {schema}.decision_span n WHERE n.decision_seq = d.seq
                AND n.stood_from <= {at} AND n.stood_until > {at})"
    )
}

/// The items with what they said of themselves, and without what follows.
fn item_then(schema: &str, at: UtcMillis) -> String {
    let omitted = [&CHANGING[..], &FOLLOWING].concat();
    let changing =
        CHANGING.iter().map(|name| format!(", CASE WHEN b.nth IS NULL THEN i.{name} ELSE b.{name} END AS {name}"));
    format!(
        "SELECT {}{} FROM {schema}.item i
            JOIN {schema}.import m ON m.id = i.import_id AND m.started_at <= {at}
            LEFT JOIN {schema}.item_before b ON b.item_seq = i.seq AND b.nth = (SELECT MIN(n.nth)
                FROM {schema}.item_before n WHERE n.item_seq = i.seq AND n.until > {at})",
        list("item", "i", &omitted),
        changing.collect::<String>()
    )
}

/// The columns of a table but for some, as those of a row.
fn list(table: &str, row: &str, without: &[&str]) -> String {
    let prefix = if row.is_empty() { String::new() } else { format!("{row}.") };
    let names = names_of(table).into_iter().filter(|name| !without.contains(name));
    names.map(|name| format!("{prefix}{name}")).collect::<Vec<_>>().join(", ")
}

/// The names in a statement that may be those of tables, with their places: what follows a point is a column, or
/// has its schema named.
fn names(sql: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let mut rest = 0;
    std::iter::from_fn(move || {
        loop {
            let start = rest + sql[rest..].find(is_part)?;
            let end = sql[start..].find(|c| !is_part(c)).map_or(sql.len(), |length| start + length);
            rest = end;
            if !sql[..start].ends_with(['.', '?']) {
                return Some((start, &sql[start..end]));
            }
        }
    })
}

/// The statement with another name for one of its tables.
fn renamed(sql: &str, from: &str, to: &str) -> String {
    let mut out = String::with_capacity(sql.len());
    let mut copied = 0;
    for (at, name) in names(sql).filter(|(_, name)| *name == from) {
        out.push_str(&sql[copied..at]);
        out.push_str(to);
        copied = at + name.len();
    }
    out + &sql[copied..]
}

/// The view with its groups by all columns of an item that it has: that they follow from the key is known of the
/// table alone.
fn grouped(view: &str) -> String {
    let is_there = |name: &&str| view.contains(&format!("i.{name}"));
    let columns = names_of("item").into_iter().filter(is_there).map(|name| format!("i.{name}"));
    view.replace("GROUP BY i.seq", &format!("GROUP BY {}", columns.collect::<Vec<_>>().join(", ")))
}

/// An engine that reads the tables as they were.
struct Past {
    engine: Box<dyn Engine>,
    tables: Vec<Table>,
}

impl Past {
    /// The statement, with the tables that it reads before it.
    fn as_of(&self, sql: &str) -> String {
        let mut needed = vec![false; self.tables.len()];
        let mark = |text: &str, before: usize, needed: &mut Vec<bool>| {
            for (_, name) in names(text) {
                if let Some(place) = self.tables[..before].iter().position(|table| table.name == name) {
                    needed[place] = true;
                }
            }
        };
        mark(sql, self.tables.len(), &mut needed);
        for place in (0..self.tables.len()).rev() {
            if needed[place] {
                mark(&self.tables[place].rows, place, &mut needed);
            }
        }
        let needed = self.tables.iter().zip(needed).filter(|(_, is_needed)| *is_needed);
        let kept = |name: &str| if name == "item" { self.engine.dialect().common_table() } else { "NOT MATERIALIZED" };
        let with: Vec<String> =
            needed.map(|(table, _)| format!("{} AS {} ({})", table.name, kept(table.name), table.rows)).collect();
        match (with.is_empty(), sql.trim_start().strip_prefix("WITH ")) {
            (true, _) => sql.to_owned(),
            (false, None) => format!("WITH {} {sql}", with.join(", ")),
            (false, Some(rest)) => format!("WITH {}, {rest}", with.join(", ")),
        }
    }

    fn refuse<T>(&self) -> Result<T> {
        Err(StoreError::ReadOnly { missing: "it is read as it was at an earlier time".into() })
    }
}

impl Engine for Past {
    fn refuse_writing(&self) -> Result<()> {
        self.refuse()
    }

    fn rights(&self) -> Option<&dyn Rights> {
        self.engine.rights()
    }

    fn dialect(&self) -> &'static dyn Dialect {
        self.engine.dialect()
    }

    fn execute(&self, _: &str, _: &[Param]) -> Result<usize> {
        self.refuse()
    }

    fn query(&self, sql: &str, params: &[Param], each: &mut dyn FnMut(&dyn Row) -> Result<()>) -> Result<()> {
        self.engine.query(&self.as_of(sql), params, each)
    }

    fn query_each(
        &self,
        sql: &str,
        values: &[Vec<Param>],
        each: &mut dyn FnMut(usize, &dyn Row) -> Result<()>,
    ) -> Result<()> {
        self.engine.query_each(&self.as_of(sql), values, each)
    }

    fn stream(&self, sql: &str, params: &[Param], each: &mut dyn FnMut(&dyn Row) -> Result<()>) -> Result<()> {
        self.engine.stream(&self.as_of(sql), params, each)
    }

    fn load<'e>(&'e self, _: &str, _: &[&str]) -> Result<Box<dyn Load + 'e>> {
        self.refuse()
    }

    fn reports_duplicates(&self) -> bool {
        self.engine.reports_duplicates()
    }

    fn begin(&self) -> Result<()> {
        self.refuse()
    }

    fn begin_read(&self) -> Result<()> {
        self.engine.begin_read()
    }

    fn commit(&self) -> Result<()> {
        self.refuse()
    }

    fn rollback(&self) {
        self.engine.rollback();
    }

    fn visible_horizon(&self, table: &'static str, key: &str) -> Result<i64> {
        self.engine.visible_horizon(table, key)
    }

    fn may_try_again(&self, error: &StoreError) -> bool {
        self.engine.may_try_again(error)
    }

    fn lock(&self, _: Lock) -> Result<()> {
        self.refuse()
    }

    fn unguarded(&self, _: &[&str], _: &mut dyn FnMut() -> Result<()>) -> Result<()> {
        self.refuse()
    }

    /// What was known then does not change.
    fn changed(&self) -> Result<bool> {
        Ok(false)
    }

    fn round_trips(&self) -> u64 {
        self.engine.round_trips()
    }

    fn listen(&self, listener: Box<dyn Fn(ConnectionState)>, given_up: Arc<AtomicBool>) {
        self.engine.listen(listener, given_up);
    }

    fn schema_version(&self) -> Result<i64> {
        self.engine.schema_version()
    }

    fn definition(&self, view: &str) -> Result<String> {
        self.engine.definition(view)
    }

    fn migrate(&self, _: i64, _: &Migration) -> Result<()> {
        self.refuse()
    }

    fn head(&self, table: &str, column: &str, key: i64, bytes: usize) -> Result<String> {
        self.engine.head(table, column, key, bytes)
    }

    fn copy_to(&self, _: &Path) -> Result<()> {
        self.refuse()
    }

    fn integrity(&self) -> Result<Vec<String>> {
        self.engine.integrity()
    }

    fn number_on(&self, _: &str, _: &str) -> Result<()> {
        self.refuse()
    }

    fn bulk(&self, _: bool) -> Result<()> {
        Ok(())
    }
}

impl FullTextIndex for Past {
    fn index_writer(&self) -> Box<dyn IndexWriter + '_> {
        self.engine.index_writer() // its transaction cannot begin
    }

    fn remove(&self, _: i64, _: &[i64]) -> Result<()> {
        self.refuse()
    }

    fn indexed_rows(&self, kind: IndexKind) -> Result<i64> {
        self.engine.indexed_rows(kind)
    }

    fn pattern(&self, phrase: &Phrase) -> Option<String> {
        self.engine.pattern(phrase)
    }

    fn items_with(&self, scope: Scope, marker: &str) -> String {
        self.engine.items_with(scope, marker)
    }

    fn decided_with(&self, patterns: &[String], limit: usize) -> Result<Vec<Vec<i64>>> {
        self.engine.decided_with(patterns, limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_told_from_columns() {
        let sql = "SELECT i.item, main.item FROM item i JOIN item_text t ON t.seq=?1 AND (item)";
        let found: Vec<&str> = names(sql).map(|(_, name)| name).filter(|name| name.starts_with("item")).collect();
        assert_eq!(found, ["item", "item_text", "item"]);
        let expected = "SELECT i.item, main.item FROM item_then i JOIN item_text t ON t.seq=?1 AND (item_then)";
        assert_eq!(renamed(sql, "item", "item_then"), expected);
    }
}
