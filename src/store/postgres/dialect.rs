//! What PostgreSQL writes in its own dialect of SQL.

use crate::domain::filter::{Pattern, Piece};
use crate::store::engine::Dialect;

pub(super) struct PostgresDialect;

impl Dialect for PostgresDialect {
    fn schema(&self) -> &'static str {
        "karat"
    }

    /// What is kept has no index.
    fn common_table(&self) -> &'static str {
        "NOT MATERIALIZED"
    }

    fn json_members(&self, json: &str, member: Option<&str>) -> String {
        members(&match member {
            Some(member) => format!("(json_of({json}) -> '{member}')"),
            None => format!("json_of({json})"),
        })
    }

    fn json_members_at(&self, json: &str, marker: &str) -> String {
        members(&format!("(json_of({json}) #> CAST(CAST({marker} AS TEXT) AS TEXT[]))"))
    }

    fn json_path(&self, names: &[String]) -> String {
        let quoted: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
        format!("{{{}}}", quoted.join(","))
    }

    fn has_phrase(&self, text: &str, marker: &str) -> String {
        format!("(position(CAST({marker} AS TEXT) IN text_folded({text})) > 0)")
    }

    /// What is no JSON has no members: it would end the whole statement.
    fn json_member(&self, json: &str, member: &str) -> String {
        format!("(json_of(CASE WHEN is_json({json}) THEN {json} END) ->> '{member}')")
    }

    fn json_text(&self, row: &str) -> String {
        format!("{row}.value")
    }

    /// A short one is within range.
    fn json_number(&self, row: &str) -> String {
        format!(
            "CASE WHEN {row}.kind = 'string' THEN text_number({row}.value)
                 WHEN {row}.kind <> 'number' THEN NULL
                 WHEN LENGTH({row}.value) < 16 AND STRPOS(LOWER({row}.value), 'e') = 0
                     THEN CAST({row}.value AS DOUBLE PRECISION)
                 ELSE json_number({row}.value) END"
        )
    }

    fn is_json(&self, text: &str) -> String {
        format!("is_json({text})")
    }

    fn matches(&self, expression: &str, marker: &str) -> String {
        format!("{expression} LIKE {marker}")
    }

    fn skip_locked(&self, row: &str) -> String {
        format!("FOR NO KEY UPDATE OF {row} SKIP LOCKED")
    }

    fn pattern(&self, pattern: &Pattern) -> String {
        let spelled = pattern.pieces().iter().map(|piece| match piece {
            Piece::Any => "%".to_owned(),
            Piece::Literal(text) => text.chars().map(literal).collect(),
        });
        spelled.collect()
    }
}

/// The members of a JSON value.
fn members(whole: &str) -> String {
    let only = |kind| format!("CASE json_typeof({whole}) WHEN '{kind}' THEN {whole} END");
    format!(
        "LATERAL (SELECT m.key, m.value #>> '{{}}' AS value, json_typeof(m.value) AS kind
             FROM json_each({}) m
         UNION ALL SELECT NULL, m.value #>> '{{}}', json_typeof(m.value) FROM json_array_elements({}) m) e",
        only("object"),
        only("array")
    )
}

fn literal(c: char) -> String {
    if matches!(c, '%' | '_' | '\\') { format!("\\{c}") } else { c.to_string() }
}
