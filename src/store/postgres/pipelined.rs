//! A statement that goes out with a later one, in one round trip.

use super::PgResult;
use super::connection::Session;
use super::values::Bound;
use crate::store::engine::Param;
use tokio_postgres::Statement;

pub(super) struct Pipelined {
    pub sql: String,
    values: Vec<Kept>,
}

/// A value that waits.
enum Kept {
    Null,
    Int(i64),
    Real(f64),
    Text(String),
    Bytes(Vec<u8>),
}

impl Pipelined {
    pub(super) fn new(sql: &str, params: &[Param]) -> Self {
        let kept = |param: &Param| match *param {
            Param::Null => Kept::Null,
            Param::Int(value) => Kept::Int(value),
            Param::Real(value) => Kept::Real(value),
            Param::Text(text) => Kept::Text(text.into()),
            Param::Bytes(bytes) => Kept::Bytes(bytes.into()),
        };
        Self { sql: sql.into(), values: params.iter().map(kept).collect() }
    }

    pub(super) fn params(&self) -> Vec<Param<'_>> {
        let param = |kept| match kept {
            &Kept::Null => Param::Null,
            &Kept::Int(value) => Param::Int(value),
            &Kept::Real(value) => Param::Real(value),
            Kept::Text(text) => Param::Text(text),
            Kept::Bytes(bytes) => Param::Bytes(bytes),
        };
        self.values.iter().map(param).collect()
    }

    pub(super) async fn run(&self, session: &Session, statement: &Statement) -> PgResult<()> {
        session.client.execute_raw(statement, self.params().into_iter().map(Bound)).await.map(drop)
    }
}
