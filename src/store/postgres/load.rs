//! Many rows at once, by `COPY`: they are collected and sent some megabytes at a time.

use super::{Postgres, errors};
use crate::store::Result;
use crate::store::engine::{Load, Param};
use crate::store::postgres::values::Bound;
use bytes::{BufMut, BytesMut};
use futures::SinkExt;
use std::pin::pin;
use tokio_postgres::types::{IsNull, ToSql, Type};

/// Bytes that are collected before they are sent.
const SENT_AT_ONCE: usize = 4 << 20;

/// The head of `COPY`'s binary form, and its end (PostgreSQL's manual, "COPY", "Binary Format").
const HEAD: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
const END: i16 = -1;

pub(super) struct Copy<'e> {
    engine: &'e Postgres,
    sql: String,
    types: Vec<Type>,
    rows: BytesMut,
}

impl<'e> Copy<'e> {
    pub(super) fn new(engine: &'e Postgres, table: &str, columns: &[&str]) -> Result<Self> {
        let columns = columns.join(", ");
        let types = engine.types(&format!("SELECT {columns} FROM {table}"))?;
        let sql = format!("COPY {table} ({columns}) FROM STDIN (FORMAT binary)");
        Ok(Self { engine, sql, types, rows: BytesMut::new() })
    }
}

impl Load for Copy<'_> {
    fn add(&mut self, row: &[Param]) -> Result<bool> {
        if self.rows.is_empty() {
            self.rows.put_slice(HEAD);
        }
        self.rows.put_i16(row.len() as i16);
        for (value, ty) in row.iter().zip(&self.types) {
            put(&mut self.rows, *value, ty)?;
        }
        if self.rows.len() >= SENT_AT_ONCE {
            self.flush()?;
        }
        Ok(true)
    }

    fn flush(&mut self) -> Result<()> {
        if self.rows.is_empty() {
            return Ok(());
        }
        self.rows.put_i16(END);
        let (rows, session) = (self.rows.split().freeze(), self.engine.session()?);
        self.engine.ask(&session, async {
            let mut sink = pin!(session.client.copy_in(self.sql.as_str()).await?);
            sink.send(rows).await?;
            sink.finish().await.map(drop)
        })
    }
}

/// A value behind its length, which is known afterwards.
fn put(rows: &mut BytesMut, value: Param, ty: &Type) -> Result<()> {
    let place = rows.len();
    rows.put_i32(-1); // NULL
    let written = Bound(value).to_sql(ty, rows).map_err(errors::unfit)?;
    if let IsNull::No = written {
        let length = i32::try_from(rows.len() - place - 4).map_err(|error| errors::unfit(error.into()))?;
        rows[place..place + 4].copy_from_slice(&length.to_be_bytes());
    }
    Ok(())
}
