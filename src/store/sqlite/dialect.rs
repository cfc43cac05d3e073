//! What SQLite writes in its own dialect of SQL.

use crate::domain::filter::{Pattern, Piece};
use crate::store::engine::Dialect;

pub(super) struct SqliteDialect;

impl Dialect for SqliteDialect {
    fn schema(&self) -> &'static str {
        "main"
    }

    /// A union is looked through for each row that it is joined to.
    fn common_table(&self) -> &'static str {
        "MATERIALIZED"
    }

    fn json_members(&self, json: &str, member: Option<&str>) -> String {
        match member {
            Some(member) => format!("json_each({}, '$.{member}') e", valid(json)),
            None => format!("json_each({}) e", valid(json)),
        }
    }

    fn json_members_at(&self, json: &str, marker: &str) -> String {
        format!("json_each({}, {marker}) e", valid(json))
    }

    fn json_path(&self, names: &[String]) -> String {
        names.iter().fold("$".into(), |path, name| format!("{path}.\"{name}\""))
    }

    fn has_phrase(&self, text: &str, marker: &str) -> String {
        format!("text_has({text}, {marker})")
    }

    fn json_member(&self, json: &str, member: &str) -> String {
        format!("json_extract({}, '$.{member}')", valid(json))
    }

    fn json_text(&self, row: &str) -> String {
        format!("CASE {row}.type WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' ELSE CAST({row}.value AS TEXT) END")
    }

    fn json_number(&self, row: &str) -> String {
        format!(
            "CASE WHEN {row}.type IN ('integer', 'real') THEN {row}.value
                WHEN {row}.type = 'text' THEN text_number({row}.value) END"
        )
    }

    fn is_json(&self, text: &str) -> String {
        format!("json_valid({text})")
    }

    fn matches(&self, expression: &str, marker: &str) -> String {
        format!("{expression} GLOB {marker}")
    }

    /// Empty: only one transaction writes at a time, so no row is locked.
    fn skip_locked(&self, _row: &str) -> String {
        String::new()
    }

    /// The pattern for GLOB, in which a special character loses its meaning in a class of its
    /// own.
    fn pattern(&self, pattern: &Pattern) -> String {
        let spelled = pattern.pieces().iter().map(|piece| match piece {
            Piece::Any => "*".to_owned(),
            Piece::Literal(text) => text.chars().map(literal).collect(),
        });
        spelled.collect()
    }
}

/// The JSON; NULL where it is none, which would end the whole statement.
fn valid(json: &str) -> String {
    format!("CASE WHEN json_valid({json}) THEN {json} END")
}

fn literal(c: char) -> String {
    if matches!(c, '*' | '?' | '[') { format!("[{c}]") } else { c.to_string() }
}
