//! Statements as PostgreSQL takes them, prepared once for each connection.

use crate::store::engine::Param;
use std::cell::RefCell;
use std::collections::HashMap;
use tokio_postgres::types::Type;
use tokio_postgres::{Client, Error, Statement};

/// Prepared statements that are kept, at most: filters make statements of their own.
const MAX_PREPARED: usize = 256;

/// Prepared statements of one connection.
#[derive(Default)]
pub(super) struct Statements {
    by_text: RefCell<HashMap<String, Statement>>,
}

impl Statements {
    /// The statement, where it was prepared for values of these types.
    pub(super) fn known(&self, sql: &str, params: &[Param]) -> Option<Statement> {
        self.by_text.borrow().get(key(sql, params).as_ref()).cloned()
    }

    /// Prepares a statement and keeps it.
    pub(super) async fn prepare(&self, client: &Client, sql: &str, params: &[Param<'_>]) -> Result<Statement, Error> {
        let statement = client.prepare_typed(&with_dollars(sql), &types(params)).await?;
        let mut by_text = self.by_text.borrow_mut();
        if by_text.len() >= MAX_PREPARED {
            by_text.clear();
        }
        by_text.insert(key(sql, params).into_owned(), statement.clone());
        Ok(statement)
    }
}

/// A fraction compared with a column of whole numbers must stay one, so the server is
/// told its type; that of any other value it finds out by itself.
fn types(params: &[Param]) -> Vec<Type> {
    let of = |param: &Param| if matches!(param, Param::Real(_)) { Type::FLOAT8 } else { Type::UNKNOWN };
    params.iter().map(of).collect()
}

fn key<'s>(sql: &'s str, params: &[Param]) -> std::borrow::Cow<'s, str> {
    let reals: Vec<usize> = params
        .iter()
        .enumerate()
        .filter(|(_, param)| matches!(param, Param::Real(_)))
        .map(|(place, _)| place)
        .collect();
    if reals.is_empty() { sql.into() } else { format!("{sql} {reals:?}").into() }
}

/// `?1` is `$1` here.
pub(super) fn with_dollars(sql: &str) -> String {
    let mut chars = sql.chars().peekable();
    let mut out = String::with_capacity(sql.len());
    while let Some(c) = chars.next() {
        let is_marker = c == '?' && chars.peek().is_some_and(char::is_ascii_digit);
        out.push(if is_marker { '$' } else { c });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers_become_dollars_and_other_question_marks_stay() {
        assert_eq!(with_dollars("a = ?1 AND b = ?12 AND c = '?'"), "a = $1 AND b = $12 AND c = '?'");
    }

    #[test]
    fn a_fraction_makes_another_statement_than_a_whole_number() {
        let sql = "SELECT ?1";
        assert_ne!(key(sql, &[Param::Real(1.0)]), key(sql, &[Param::Int(1)]));
        assert_eq!(key(sql, &[Param::Null]), key(sql, &[Param::Text("a")]));
    }
}
