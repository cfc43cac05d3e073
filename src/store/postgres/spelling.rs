//! What PostgreSQL spells in its own way.

use crate::domain::filter::{Pattern, Piece};
use crate::store::engine::Spelling;

pub struct PostgresSpelling;

impl Spelling for PostgresSpelling {
    fn json_members(&self, json: &str, member: Option<&str>) -> String {
        let json = match member {
            Some(member) => format!("(CAST({json} AS json) -> '{member}')"),
            None => format!("CAST({json} AS json)"),
        };
        format!(
            "LATERAL (SELECT j.key, j.value #>> '{{}}' AS value, json_typeof(j.value) AS kind
                FROM json_each(CASE WHEN json_typeof({json}) = 'object' THEN {json} ELSE '{{}}' END) j
             UNION ALL SELECT NULL, l.value #>> '{{}}', json_typeof(l.value)
                FROM json_array_elements(CASE WHEN json_typeof({json}) = 'array' THEN {json} ELSE '[]' END) l) e"
        )
    }

    fn json_member(&self, json: &str, member: &str) -> String {
        format!("(CAST({json} AS json) ->> '{member}')")
    }

    fn json_text(&self, row: &str) -> String {
        format!("{row}.value")
    }

    fn json_number(&self, row: &str) -> String {
        format!("CASE WHEN {row}.kind = 'number' THEN CAST({row}.value AS DOUBLE PRECISION) END")
    }

    fn matches(&self, expression: &str, marker: &str) -> String {
        format!("{expression} LIKE {marker}")
    }

    fn skip_held(&self, row: &str) -> String {
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

fn literal(c: char) -> String {
    if matches!(c, '%' | '_' | '\\') { format!("\\{c}") } else { c.to_string() }
}
