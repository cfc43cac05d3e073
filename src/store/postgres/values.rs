//! Values on their way to PostgreSQL and back.
//!
//! PostgreSQL keeps every character but U+0000, which model outputs do hold. The last
//! code point, a noncharacter, stands for it in the database (followed by `0`; by `1` it
//! stands for itself).

use crate::store::engine::{Param, Row};
use crate::store::error::{Result, StoreError};
use bytes::BytesMut;
use std::borrow::Cow;
use std::cell::OnceCell;
use std::error::Error;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};

const ESCAPE: char = '\u{10ffff}';

/// The text as PostgreSQL keeps it.
pub(super) fn escaped(text: &str) -> Cow<'_, str> {
    if memchr::memchr(0, text.as_bytes()).is_none() && !text.contains(ESCAPE) {
        return Cow::Borrowed(text);
    }
    text.replace(ESCAPE, "\u{10ffff}1").replace('\0', "\u{10ffff}0").into()
}

/// The text as it was, from how PostgreSQL keeps it; one that was cut within an escape
/// ends before it.
pub(super) fn unescaped(text: &str) -> Cow<'_, str> {
    let Some(first) = text.find(ESCAPE) else { return Cow::Borrowed(text) };
    let mut whole = text[..first].to_owned();
    let mut rest = text[first..].chars();
    while let Some(c) = rest.next() {
        match (c, if c == ESCAPE { rest.next() } else { None }) {
            (ESCAPE, Some('0')) => whole.push('\0'),
            (ESCAPE, Some('1')) => whole.push(ESCAPE),
            (ESCAPE, Some(other)) => whole.extend([ESCAPE, other]),
            (ESCAPE, None) => {}
            (c, _) => whole.push(c),
        }
    }
    whole.into()
}

/// A value for a marker, in whatever type the server takes the marker for.
#[derive(Debug)]
pub(super) struct Bound<'a>(pub Param<'a>);

impl ToSql for Bound<'_> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> std::result::Result<IsNull, Box<dyn Error + Sync + Send>> {
        match (self.0, ty) {
            (Param::Null, _) => Ok(IsNull::Yes),
            (Param::Int(value), &Type::INT8) => value.to_sql(ty, out),
            (Param::Int(value), &Type::INT4) => i32::try_from(value)?.to_sql(ty, out),
            (Param::Int(value), &Type::INT2) => i16::try_from(value)?.to_sql(ty, out),
            (Param::Int(value), &Type::FLOAT8) => (value as f64).to_sql(ty, out),
            (Param::Real(value), &Type::FLOAT8) => value.to_sql(ty, out),
            (Param::Int(value), &Type::TEXT | &Type::VARCHAR) => value.to_string().to_sql(ty, out),
            (Param::Text(text), &Type::TEXT | &Type::VARCHAR | &Type::NAME) => escaped(text).to_sql(ty, out),
            (Param::Bytes(bytes), &Type::BYTEA) => bytes.to_sql(ty, out),
            (value, ty) => Err(format!("{value:?} is no {ty}").into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// A row of an answer.
pub(super) struct PgRow<'r> {
    row: &'r tokio_postgres::Row,
    /// Texts that are kept in another form than they are read.
    unescaped: Vec<OnceCell<String>>,
}

impl<'r> PgRow<'r> {
    pub(super) fn new(row: &'r tokio_postgres::Row) -> Self {
        Self { row, unescaped: std::iter::repeat_with(OnceCell::new).take(row.len()).collect() }
    }

    fn get<'a, T: tokio_postgres::types::FromSql<'a>>(&'a self, column: usize) -> Result<Option<T>> {
        self.row.try_get(column).map_err(|error| StoreError::Damaged(error.to_string()))
    }

    fn has_type(&self, column: usize, ty: &Type) -> bool {
        self.row.columns().get(column).is_some_and(|column| column.type_() == ty)
    }
}

impl Row for PgRow<'_> {
    fn int(&self, column: usize) -> Result<Option<i64>> {
        match self.has_type(column, &Type::INT4) {
            true => Ok(self.get::<i32>(column)?.map(i64::from)),
            false => self.get(column),
        }
    }

    fn real(&self, column: usize) -> Result<Option<f64>> {
        match self.has_type(column, &Type::FLOAT8) {
            true => self.get(column),
            false => Ok(self.int(column)?.map(|whole| whole as f64)),
        }
    }

    fn text(&self, column: usize) -> Result<Option<&str>> {
        let Some(text) = self.get::<&str>(column)? else { return Ok(None) };
        Ok(Some(match unescaped(text) {
            Cow::Borrowed(text) => text,
            Cow::Owned(whole) => self.unescaped[column].get_or_init(|| whole),
        }))
    }

    fn bytes(&self, column: usize) -> Result<Option<&[u8]>> {
        self.get(column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_text_comes_back_and_none_holds_a_zero(text in "[\\x00\u{10ffff}01a\\PC]{0,12}") {
            let kept = escaped(&text);
            prop_assert!(!kept.contains('\0'));
            prop_assert_eq!(unescaped(&kept), text.as_str());
        }
    }

    #[test]
    fn a_text_cut_within_an_escape_ends_before_it() {
        assert_eq!(unescaped("a\u{10ffff}"), "a");
    }
}
