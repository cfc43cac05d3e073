//! The tables of a workspace, for what copies all of it. A test below compares them with
//! the schema, so that a migration cannot forget one.

use super::columns::{self, Holds};
use crate::domain::record::{DECISION, Field, FieldType, ITEM};

pub(super) struct Table {
    pub name: &'static str,
    own: &'static [(&'static str, Holds)],
    /// Fields of a record, whose columns follow.
    fields: Fields,
    /// Number of columns, from the first, that are the table's key.
    pub key: usize,
    /// The database numbers its rows.
    pub is_numbered: bool,
}

impl Table {
    const fn of(name: &'static str, key: usize, columns: &'static [(&'static str, Holds)]) -> Self {
        Self { name, own: columns, fields: Fields::None, key, is_numbered: false }
    }

    const fn numbered(name: &'static str, columns: &'static [(&'static str, Holds)]) -> Self {
        Self { name, own: columns, fields: Fields::None, key: 1, is_numbered: true }
    }

    const fn with(self, fields: Fields) -> Self {
        Self { fields, ..self }
    }

    pub(super) fn columns(&self) -> Vec<(&'static str, Holds)> {
        let fields = match self.fields {
            Fields::None => Vec::new(),
            Fields::NarrowOfItem => columns_of(ITEM, |holds| !holds.is_large()),
            Fields::LargeOfItem => columns_of(ITEM, FieldType::is_large),
            Fields::OfDecision => columns_of(DECISION, |_| true),
        };
        self.own.iter().copied().chain(fields).collect()
    }

    pub(super) fn names(&self) -> Vec<&'static str> {
        self.columns().into_iter().map(|(name, _)| name).collect()
    }

    /// `item_seq, reviewer`
    pub(super) fn key_names(&self) -> String {
        self.names()[..self.key].join(", ")
    }
}

/// Which fields of a record a table holds.
#[derive(Clone, Copy)]
enum Fields {
    None,
    NarrowOfItem,
    LargeOfItem,
    OfDecision,
}

fn columns_of<R>(fields: &'static [Field<R>], test: fn(FieldType) -> bool) -> Vec<(&'static str, Holds)> {
    let kept = fields.iter().filter(|field| test(field.holds));
    kept.flat_map(|field| columns::of(field).iter().map(|name| (*name, columns::holds(field)))).collect()
}

macro_rules! columns {
    ($($name:ident $holds:ident),* $(,)?) => { &[$((stringify!($name), Holds::$holds)),*] };
}

/// Rows come in at the end of these, and whatever else becomes of them stands in the log.
/// What one refers to stands in those before it.
pub(super) const LOGGED: &[Table] = &[
    Table::numbered("queue", columns![id Int, name Text, spec_version Int, created_at Int, items Int]),
    Table::of("spec", 2, columns![queue_id Int, version Int, hash Text, source Text, applied_at Int, applied_by Text]),
    Table::numbered("import", columns![id Int, queue_id Int, source Text, started_at Int, started_by Text, path Text]),
    Table::numbered("batch", columns![id Int, queue_id Int, import_id Int, began_at Int]),
    Table::numbered(
        "document",
        columns![id Int, hash_a Int, hash_b Int, title Text, text Text, url Text, source_id Text, updated_at Int],
    ),
    Table::of(
        "policy",
        2,
        columns![queue_id Int, spec_version Int, agree_verdict Int, agree_severity Int, agree_categories Int,
            settle Text, adjudicator Text, asks_more Int, retry Text, retry_attempts Int, retry_route Text, retry_due_hours Int,
            blind Int],
    ),
    Table::of("policy_score", 3, columns![queue_id Int, spec_version Int, criterion Text]),
    Table::of("policy_failure", 3, columns![queue_id Int, spec_version Int, key Text, severity Int, retryable Int]),
    Table::of(
        "policy_route",
        3,
        columns![queue_id Int, spec_version Int, key Text, overdue Text, overdue_due_hours Int, returns Int],
    ),
    Table::of("policy_owner", 4, columns![queue_id Int, spec_version Int, route Text, person Text]),
    Table::of("policy_bar", 4, columns![queue_id Int, spec_version Int, bar Text, person Text]),
    Table::numbered("prompt", columns![seq Int, sha256 Text, kind Text, text Text]),
    Table::of("document_hash", 1, columns![hash_a Int, document_id Int]),
    Table::numbered(
        "item",
        columns![seq Int, queue_id Int, import_id Int, batch_id Int, hash_a Int, hash_b Int, verdict Text, decision_seq Int,
            stage Text, settled_by Text, held_back Int, chance Real, rule Text, rule_version Int, pulled Int,
            opinions Int, replaced_by Int, line_attempt Int, retries Int, shown_at Int, asked_of Text],
    )
    .with(Fields::NarrowOfItem),
    Table::of("item_text", 1, columns![seq Int]).with(Fields::LargeOfItem),
    Table::numbered("step", columns![seq Int, queue_id Int, reviewer Text, kind Text, item_seq Int, undone_by Int]),
    Table::numbered(
        "decision",
        columns![seq Int, step_seq Int, queue_id Int, item_seq Int, body Text, supersedes Int, standing Int,
            arrived_at Int, stood_from Int, stood_until Int, other_item_seq Int],
    )
    .with(Fields::OfDecision),
    Table::numbered(
        "judgement",
        columns![seq Int, id Text, queue_id Int, item_seq Int, judge Text, version Text, verdict Text, body Text,
            spec_version Int, arrived_at Int, kind Text],
    ),
    Table::of(
        "judgement_before",
        1,
        columns![id Text, seq Int, queue_id Int, item_seq Int, judge Text, version Text, verdict Text, body Text,
            spec_version Int, arrived_at Int, until Int, kind Text],
    ),
    Table::of("reopened", 2, columns![step_seq Int, decision_seq Int]),
    Table::of("reserved", 1, columns![item_seq Int, queue_id Int, reviewer Text, step_seq Int]),
    Table::of(
        "item_before",
        2,
        columns![item_seq Int, nth Int, until Int, held_back Int, chance Real, rule Text, opinions Int,
            replaced_by Int, retries Int],
    ),
    Table::of(
        "failed_check_before",
        3,
        columns![item_seq Int, check_key Text, at Int, until Int, outcome Text, reason Text, spec_version Int],
    ),
    Table::of("decision_span", 2, columns![decision_seq Int, stood_from Int, stood_until Int]),
    Table::of(
        "step_item",
        2,
        columns![step_seq Int, item_seq Int, decision_seq Int, before Text, after Text, stands Int],
    ),
    Table::of(
        "draft_before",
        1,
        columns![decision_seq Int, reviewer Text, body Text, correction_kind Text, correction Text],
    ),
    Table::of("deferral", 2, columns![item_seq Int, reviewer Text, queue_id Int, step_seq Int, deferred_at Int]),
    Table::of("declined", 2, columns![item_seq Int, reviewer Text, queue_id Int, why Text, at Int, step_seq Int]),
    Table::numbered(
        "golden",
        columns![seq Int, queue_id Int, item_seq Int, step_seq Int, version Int, verdict Text, expected Text,
            corrected_by Int, tags Text, why Text, kept_by Text, kept_at Int, removed Int, standing Int,
            categories Text],
    ),
    Table::numbered(
        "pause",
        columns![seq Int, queue_id Int, reviewer Text, decision_seq Int, good Int, bad Int, pass Real, stops Int,
            paused_at Int, lifted_at Int, lifted_by Text, why Text],
    ),
    Table::of("golden_change", 3, columns![queue_id Int, set_version Int, item_seq Int, golden_seq Int, at Int]),
    Table::numbered(
        "golden_set",
        columns![seq Int, queue_id Int, name Text, version Int, digest Text, examples Int, filter Text, spec_version Int,
            set_version Int, frozen_by Text, frozen_at Int],
    ),
    Table::of("golden_text", 1, columns![digest Text, body Text]),
    Table::of("golden_set_example", 2, columns![set_seq Int, place Int, id Text, digest Text]),
    Table::numbered("event", columns![seq Int, at Int, queue_id Int, item_seq Int, actor Text, kind Text, data Text]),
    Table::numbered("person", columns![seq Int, name Text, role Text, granted_by Text, granted_at Int]),
    Table::numbered(
        "set_aside",
        columns![seq Int, what Text, row_key Text, content Text, why Text, set_at Int, set_by Text],
    ),
];

/// Few rows, which change in place without the log.
pub(super) const UNLOGGED: &[Table] = &[
    Table::of("queue_counter", 3, columns![queue_id Int, stage Text, slot Int, n Int]),
    Table::of(
        "escalation",
        1,
        columns![item_seq Int, queue_id Int, decision_seq Int, route Text, asked_by Text, asked_at Int, due_at Int,
            reason Text, moved_at Int, returned_at Int, returned_by Text, answer Text],
    ),
    Table::of(
        "failed_check",
        2,
        columns![item_seq Int, check_key Text, outcome Text, reason Text, spec_version Int, at Int],
    ),
    Table::of("sample_count", 2, columns![queue_id Int, rule Text, cases Int]),
    Table::of("sample_case", 3, columns![queue_id Int, rule Text, case_id Text]),
    Table::of(
        "calibration",
        2,
        columns![item_seq Int, reviewer Text, queue_id Int, token Text, served_at Int, decision_seq Int],
    ),
    Table::of("repetition", 2, columns![item_seq Int, reviewer Text, queue_id Int, due_at Int, repeated_seq Int]),
    Table::of(
        "draft",
        2,
        columns![item_seq Int, reviewer Text, body Text, saved_at Int, correction_kind Text, correction Text,
            active_millis Int],
    ),
    Table::of(
        "followed",
        1,
        columns![id Text, queue_id Int, reader Text, path Text, position Int, lines Int, head Text, tail Text,
            read_at Int],
    ),
    Table::of("saved_filter", 2, columns![queue_id Int, name Text, filter Text, saved_by Text, saved_at Int]),
    Table::of("habit", 3, columns![queue_id Int, reviewer Text, name Text, value Text]),
    Table::of("macro", 3, columns![queue_id Int, reviewer Text, key Text, name Text, verdict Text, body Text]),
];

/// The columns of a table.
pub(super) fn names_of(table: &str) -> Vec<&'static str> {
    LOGGED.iter().chain(UNLOGGED).find(|known| known.name == table).map(Table::names).unwrap_or_default()
}

/// What no copy has: holds, which are of the moment; how far the move into it has come;
/// what is computed from texts, and will be again; what follows the rows of another table by
/// itself.
#[cfg(test)]
const LEFT_BEHIND: &[&str] = &[
    "claim",
    "moving",
    "text_mark",
    "text_stale",
    "text_context",
    "text_shared",
    "text_span",
    "fingerprint",
    "item_lens",
    "decision_score",
    "decision_category",
    "lookup_step",
    "lookup_reviewer",
    "lookup_time",
    "lookup_item",
    "lookup_queue",
    "lookup_mark",
    "group_count",
    "group_counted",
    "group_stale",
    "group_mark",
    "bar_kept",
    "bar_kept_part",
];

/// Tables whose only row exists from the beginning and is updated.
#[cfg(test)]
const SET: &[&str] = &["document_mark"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::engine::{Engine, params};
    use crate::store::{migrate, sqlite::Sqlite};

    #[test]
    fn the_tables_are_those_of_the_schema() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("w.db");
        let engine = Sqlite::open(&path).unwrap();
        migrate::run(&engine, Some(&path), migrate::MIGRATIONS).unwrap();
        let known: Vec<&Table> = LOGGED.iter().chain(UNLOGGED).collect();
        // The index of full-text search keeps its own tables.
        let mut found = texts(
            &engine,
            "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'
            AND name NOT LIKE 'sqlite_%'",
            "",
        );
        found.retain(|name| !LEFT_BEHIND.contains(&name.as_str()) && !SET.contains(&name.as_str()));
        let mut names: Vec<_> = known.iter().map(|table| table.name.to_owned()).collect();
        found.sort();
        names.sort();
        assert_eq!(found, names, "each table is copied, or left behind on purpose");
        for table in known {
            let columns =
                texts(&engine, "SELECT name || ' ' || type FROM pragma_table_info(?1) ORDER BY cid", table.name);
            let told = |(name, holds): &(&str, Holds)| match holds {
                Holds::Int => vec![format!("{name} BIGINT"), format!("{name} INTEGER")],
                Holds::Real => vec![format!("{name} DOUBLE PRECISION")],
                Holds::Text => vec![format!("{name} TEXT")],
            };
            assert_eq!(columns.len(), table.columns().len(), "{}: {columns:?}", table.name);
            for column in &table.columns() {
                assert!(told(column).iter().any(|told| columns.contains(told)), "{} {column:?}", table.name);
            }
            let key = texts(&engine, "SELECT name FROM pragma_table_info(?1) WHERE pk > 0 ORDER BY pk", table.name);
            assert_eq!(key.join(", "), table.key_names(), "the key of {}", table.name);
        }
    }

    fn texts(engine: &Sqlite, sql: &str, table: &str) -> Vec<String> {
        let mut found = Vec::new();
        let values = params![table];
        let values = if sql.contains("?1") { values.as_slice() } else { &[] };
        let each = &mut |row: &dyn crate::store::engine::Row| {
            found.push(row.string(0)?);
            Ok(())
        };
        engine.query(sql, values, each).unwrap();
        found
    }
}
