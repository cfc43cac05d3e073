//! The seam over PostgreSQL.

mod connect_error;
mod connection;
mod dialect;
mod errors;
mod full_text;
mod holder;
mod load;
mod pipelined;
mod pooler;
mod rights;
mod statements;
mod transaction;
mod tsvector;
mod values;
mod visibility;

use super::address::Server;
use super::engine::{Dialect, Engine, Load, Lock, Migration, Param, Rights, Row};
use super::error::{Result, StoreError};
use super::transaction::MOST_TRIES;
use crate::clock::Clock;
use connection::{Connection, Listener, Session};
use errors::PgResult;
use futures::TryStreamExt;
use futures::future::{join_all, join3, try_join_all};
use pipelined::Pipelined;
use std::cell::{Cell, RefCell};
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;
use tokio_postgres::types::Type;
use tokio_postgres::{SimpleQueryMessage, Statement};
use transaction::{Ahead, Kind, Transaction};
use values::{Bound, PgRow};

/// Rows of a long answer that are fetched at once.
const FETCHED: usize = 256;

/// Statements that wait at once, at most.
const MOST_WAITING: usize = 32;

/// Holds the table in which migrations note their numbers, until another program is done with
/// all of them. Only the owner may lock it so; an advisory lock is for every login. What
/// migrations themselves wait for is held by whoever works here, who would wait for them.
const MIGRATING: &str = "CREATE SCHEMA IF NOT EXISTS karat;
SET LOCAL lock_timeout = '50s';
CREATE TABLE IF NOT EXISTS schema_version (version BIGINT PRIMARY KEY);
LOCK TABLE schema_version IN SHARE ROW EXCLUSIVE MODE;
SET LOCAL lock_timeout = '3s';";

pub(super) struct Postgres {
    connection: Connection,
    transaction: RefCell<Transaction>,
    cursors: Cell<u64>,
    horizons: RefCell<visibility::Horizons>,
}

impl Postgres {
    pub(super) fn open(server: Server) -> Result<Self> {
        Ok(Self {
            connection: Connection::open(server)?,
            transaction: RefCell::default(),
            cursors: Cell::new(0),
            horizons: RefCell::default(),
        })
    }

    /// The connection; a lost one is made again unless a transaction was lost with it.
    fn session(&self) -> Result<Rc<Session>> {
        if !self.is_under_way() {
            self.connection.revive()?;
        }
        self.connection.session()
    }

    fn is_under_way(&self) -> bool {
        self.transaction.borrow().is_under_way()
    }

    fn set(&self, transaction: Transaction) {
        *self.transaction.borrow_mut() = transaction;
    }

    /// Runs what asks the server, with the `BEGIN` and the statements that wait in the
    /// transaction before it. All are sent before the answer to the first is there.
    fn ask<T>(&self, session: &Session, asked: impl Future<Output = PgResult<T>>) -> Result<T> {
        let ahead = self.transaction.borrow_mut().take_ahead();
        self.ask_after(session, &ahead, asked).inspect_err(|_| self.fail())
    }

    fn ask_after<T>(&self, session: &Session, ahead: &Ahead, asked: impl Future<Output = PgResult<T>>) -> Result<T> {
        let waited = &ahead.statements;
        let statements = waited.iter().map(|waited| self.prepared(session, &waited.sql, &waited.params()));
        let statements: Vec<Statement> = statements.collect::<Result<_>>()?;
        let begun = async {
            match ahead.begin {
                Some(begin) => session.client.simple_query(begin).await.map(Some),
                None => Ok(None),
            }
        };
        let done = join_all(waited.iter().zip(&statements).map(|(waited, statement)| waited.run(session, statement)));
        // In this order: each is sent when it is first looked at.
        let all = async { Ok(join3(begun, done, asked).await) };
        let (begun, done, answer) = self.connection.wait(all)?;
        if let Some(begun) = self.connection.judged(begun)? {
            self.set(Transaction::Begun { xid: xid(&begun), waiting: Vec::new() });
        }
        // What failed first is why the rest did.
        let done: PgResult<()> = done.into_iter().collect();
        self.connection.judged(done).and_then(|()| self.connection.judged(answer))
    }

    /// Sends what waits.
    fn send_waiting(&self) -> Result<()> {
        if self.transaction.borrow().waiting() == 0 {
            return Ok(());
        }
        self.ask(&*self.session()?, std::future::ready(Ok(())))
    }

    fn fail(&self) {
        self.transaction.borrow_mut().fail();
    }

    fn rows(&self, sql: &str, params: &[Param]) -> Result<Vec<tokio_postgres::Row>> {
        self.again_alone(|| {
            let session = self.session()?;
            let statement = self.prepared(&session, sql, params)?;
            self.ask(&session, answer(&session, &statement, params))
        })
    }

    /// Runs a query, outside a transaction again if the connection was lost: there only queries
    /// that may run twice are given to it.
    fn again_alone<T>(&self, ask: impl Fn() -> Result<T>) -> Result<T> {
        let is_alone = self.transaction.borrow().is_none();
        for _ in 1..MOST_TRIES {
            match ask() {
                Err(StoreError::Lost(_)) if is_alone => {}
                outcome => return outcome,
            }
        }
        ask()
    }

    fn prepared(&self, session: &Session, sql: &str, params: &[Param]) -> Result<Statement> {
        if let Some(known) = session.statements.known(sql, params) {
            return Ok(known);
        }
        let prepared = session.statements.prepare(&session.client, sql, params);
        self.connection.wait(prepared).inspect_err(|_| self.fail())
    }

    /// The types of a query's columns.
    fn types(&self, sql: &str) -> Result<Vec<Type>> {
        let session = self.session()?;
        let statement = self.prepared(&session, sql, &[])?;
        Ok(statement.columns().iter().map(|column| column.type_().clone()).collect())
    }

    /// Runs statements without values.
    fn batch(&self, sql: &str) -> Result<()> {
        let session = self.session()?;
        self.ask(&session, session.client.batch_execute(sql))
    }

    /// Whether a transaction whose `COMMIT` got no answer was committed; waits for a server that
    /// has not noticed yet that the connection is gone. A connection made since may have given
    /// the number to another transaction.
    fn is_committed(&self, xid: &str) -> Result<bool> {
        let started = self.connection.server_start();
        for _ in 0..300 {
            self.connection.revive().map_err(|_| StoreError::OutcomeUnknown)?;
            if self.connection.server_start() != started {
                break;
            }
            let status = format!("SELECT pg_xact_status('{xid}'::xid8)");
            let Ok(rows) = self.rows(&status, &[]) else { continue };
            match rows.first().and_then(|row| row.get::<_, Option<&str>>(0)) {
                Some("in progress") => std::thread::sleep(Duration::from_millis(100)),
                status => return Ok(status == Some("committed")),
            }
        }
        Err(StoreError::OutcomeUnknown)
    }
}

async fn answer(session: &Session, statement: &Statement, params: &[Param<'_>]) -> PgResult<Vec<tokio_postgres::Row>> {
    let rows = session.client.query_raw(statement, params.iter().map(|param| Bound(*param))).await?;
    rows.try_collect().await
}

fn xid(begun: &[SimpleQueryMessage]) -> Option<String> {
    begun.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
        _ => None,
    })
}

impl Engine for Postgres {
    fn clock(&self) -> Clock {
        self.connection.clock()
    }

    fn rights(&self) -> Option<&dyn Rights> {
        Some(self)
    }

    fn refuse_writing(&self) -> Result<()> {
        match self.connection.only_reads() {
            true => Err(StoreError::ReadOnly { missing: errors::READ_ONLY.into() }),
            false => Ok(()),
        }
    }

    fn dialect(&self) -> &'static dyn Dialect {
        &dialect::PostgresDialect
    }

    fn pipeline(&self, sql: &str, params: &[Param]) -> Result<()> {
        if self.transaction.borrow().is_none() {
            return self.execute(sql, params).map(drop);
        }
        self.prepared(&*self.session()?, sql, params)?; // what is wrong with its words is told here
        self.transaction.borrow_mut().keep(Pipelined::new(sql, params));
        if self.transaction.borrow().waiting() >= MOST_WAITING { self.send_waiting() } else { Ok(()) }
    }

    fn execute(&self, sql: &str, params: &[Param]) -> Result<usize> {
        let session = self.session()?;
        let statement = self.prepared(&session, sql, params)?;
        let values = params.iter().map(|param| Bound(*param));
        let changed = self.ask(&session, session.client.execute_raw(&statement, values))?;
        Ok(changed as usize)
    }

    fn query(&self, sql: &str, params: &[Param], each: &mut dyn FnMut(&dyn Row) -> Result<()>) -> Result<()> {
        self.rows(sql, params)?.iter().try_for_each(|row| each(&PgRow::new(row)))
    }

    /// Takes one round trip, and one more for a statement that is not prepared yet.
    fn query_each(
        &self,
        sql: &str,
        values: &[Vec<Param>],
        each: &mut dyn FnMut(usize, &dyn Row) -> Result<()>,
    ) -> Result<()> {
        let Some(first) = values.first() else { return Ok(()) };
        let answers = self.again_alone(|| {
            let session = self.session()?;
            let statement = self.prepared(&session, sql, first)?;
            let asked = values.iter().map(|params| answer(&session, &statement, params));
            self.ask(&session, try_join_all(asked))
        })?;
        let mut rows = answers.iter().enumerate().flat_map(|(place, rows)| rows.iter().map(move |row| (place, row)));
        rows.try_for_each(|(place, row)| each(place, &PgRow::new(row)))
    }

    /// Reads by a cursor, which lives in a transaction.
    fn stream(&self, sql: &str, params: &[Param], each: &mut dyn FnMut(&dyn Row) -> Result<()>) -> Result<()> {
        if self.transaction.borrow().is_none() {
            self.begin_read()?;
            let outcome = self.stream(sql, params, each);
            self.rollback();
            return outcome;
        }
        let name = format!("long_{}", self.cursors.replace(self.cursors.get() + 1));
        self.execute(&format!("DECLARE {name} NO SCROLL CURSOR FOR {sql}"), params)?;
        let fetch = format!("FETCH FORWARD {FETCHED} FROM {name}");
        loop {
            let rows = self.rows(&fetch, &[])?;
            rows.iter().try_for_each(|row| each(&PgRow::new(row)))?;
            if rows.len() < FETCHED {
                return self.batch(&format!("CLOSE {name}"));
            }
        }
    }

    fn load<'e>(&'e self, table: &str, columns: &[&str]) -> Result<Box<dyn Load + 'e>> {
        Ok(Box::new(load::Copy::new(self, table, columns)?))
    }

    /// What is loaded in a stream says nothing of what is there already.
    fn reports_duplicates(&self) -> bool {
        false
    }

    fn begin(&self) -> Result<()> {
        self.connection.revive()?;
        self.set(Transaction::wanted(Kind::Write));
        Ok(())
    }

    fn begin_read(&self) -> Result<()> {
        self.connection.revive()?;
        self.set(Transaction::wanted(Kind::Read));
        Ok(())
    }

    fn commit(&self) -> Result<()> {
        if !self.is_under_way() {
            self.send_waiting()?; // it is all that the transaction does
        }
        let begun = match &*self.transaction.borrow() {
            Transaction::Begun { xid, .. } => Some(xid.clone()),
            Transaction::Failed => {
                return Err(StoreError::Misuse("a statement of the transaction failed unnoticed".into()));
            }
            Transaction::None | Transaction::Wanted { .. } => None,
        };
        let Some(xid) = begun else {
            self.set(Transaction::None);
            return Ok(());
        };
        let commit = |session: Rc<Session>| self.ask(&session, session.client.batch_execute("COMMIT"));
        let committed = self.connection.session().and_then(commit);
        // From here on there is no transaction, and nothing waits: what was lost with the
        // connection is not sent over the next one.
        drop(self.transaction.take());
        match (committed, xid) {
            (Err(StoreError::Lost(_)), Some(xid)) if self.is_committed(&xid)? => Ok(()),
            (Err(error), _) => {
                self.set(Transaction::Failed); // it is to be rolled back
                Err(error)
            }
            (Ok(()), _) => Ok(()),
        }
    }

    fn rollback(&self) {
        if self.transaction.take().is_under_way() {
            // One that is lost was rolled back with its connection.
            let _ = self
                .connection
                .session()
                .and_then(|session| self.connection.wait(session.client.batch_execute("ROLLBACK")));
        }
    }

    fn may_try_again(&self, error: &StoreError) -> bool {
        match error {
            StoreError::Lost(_) => self.connection.revive().is_ok(),
            StoreError::Crossed => true,
            _ => false,
        }
    }

    fn lock(&self, lock: Lock) -> Result<()> {
        let row = |sql: &str, key: i64| self.pipeline(sql, &[Param::Int(key)]);
        match lock {
            Lock::Migration => self.batch(MIGRATING),
            // A row, which only those who import may lock; an advisory lock is for every login.
            Lock::Import => self.pipeline("SELECT 1 FROM document_mark FOR NO KEY UPDATE", &[]),
            Lock::Index => self.pipeline("SELECT 1 FROM text_mark FOR NO KEY UPDATE", &[]),
            Lock::Queue(queue) => row("SELECT id FROM queue WHERE id = ?1 FOR NO KEY UPDATE", queue),
            Lock::Items([item]) => row("SELECT seq FROM item WHERE seq = ?1 FOR NO KEY UPDATE", *item),
            Lock::Items(items) => {
                let mut items = items.to_vec();
                items.sort_unstable();
                let list = items.iter().map(i64::to_string).collect::<Vec<_>>().join(",");
                let sql = "SELECT seq FROM item WHERE seq = ANY (CAST(string_to_array(?1, ',') AS BIGINT[]))
                    ORDER BY seq FOR NO KEY UPDATE";
                self.pipeline(sql, &[Param::Text(&list)])
            }
        }
    }

    fn visible_horizon(&self, table: &'static str, key: &str) -> Result<i64> {
        self.ask_horizon(table, key)
    }

    fn schema_version(&self) -> Result<i64> {
        // The catalog as this statement sees it: a name that was looked for in vain before
        // another program made it is remembered as unknown.
        let there = "SELECT 1 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = 'karat' AND c.relname = 'schema_version'";
        if self.rows(there, &[])?.is_empty() {
            return Ok(0);
        }
        let newest = self.rows("SELECT COALESCE(MAX(version), 0) FROM karat.schema_version", &[])?;
        Ok(newest.first().map_or(0, |row| row.get(0)))
    }

    fn unguarded(&self, tables: &[&str], body: &mut dyn FnMut() -> Result<()>) -> Result<()> {
        let each = |verb: &str| {
            tables.iter().try_for_each(|table| self.batch(&format!("ALTER TABLE {table} {verb} TRIGGER USER")))
        };
        each("DISABLE")?;
        body()?;
        each("ENABLE")
    }

    fn definition(&self, view: &str) -> Result<String> {
        let sql = "SELECT pg_get_viewdef(CAST(CAST(?1 AS TEXT) AS REGCLASS))";
        let mut found = String::new();
        self.query(sql, &[Param::Text(view)], &mut |row| {
            found = row.string(0)?;
            Ok(())
        })?;
        Ok(found.trim_end().trim_end_matches(';').to_owned())
    }

    fn migrate(&self, version: i64, migration: &Migration) -> Result<()> {
        let key = "BIGINT GENERATED BY DEFAULT AS IDENTITY";
        self.batch(&migration.common.replace("$KEY", key).replace(" TEXT", " TEXT COLLATE \"C\""))?;
        self.batch(migration.postgres)?;
        self.execute("INSERT INTO schema_version (version) VALUES (?1)", &[Param::Int(version)]).map(drop)
    }

    /// What is new is granted too.
    fn migrated(&self) -> Result<()> {
        self.batch("SELECT team_renew()")
    }

    fn head(&self, table: &str, column: &str, key: i64, bytes: usize) -> Result<String> {
        let sql = format!("SELECT SUBSTR({column}, 1, ?2) FROM {table} WHERE seq = ?1");
        let mut head = String::new();
        self.query(&sql, &[Param::Int(key), Param::Int(bytes as i64)], &mut |row| {
            head = row.string(0)?;
            Ok(())
        })?;
        head.truncate(head.floor_char_boundary(bytes));
        Ok(head)
    }

    fn copy_to(&self, _path: &Path) -> Result<()> {
        Err(StoreError::OnServer("a copy of the file"))
    }

    /// The server checks its pages by itself; here is what it marked as unfinished.
    fn integrity(&self) -> Result<Vec<String>> {
        let sql = "SELECT 'the index ' || c.relname || ' is not valid' FROM pg_index x
                JOIN pg_class c ON c.oid = x.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE n.nspname = 'karat' AND NOT x.indisvalid
            UNION ALL SELECT 'the rule ' || r.conname || ' was never checked' FROM pg_constraint r
                JOIN pg_namespace n ON n.oid = r.connamespace WHERE n.nspname = 'karat' AND NOT r.convalidated";
        Ok(self.rows(sql, &[])?.iter().map(|row| row.get(0)).collect())
    }

    fn number_on(&self, table: &str, key: &str) -> Result<()> {
        let sql = format!(
            "SELECT setval(pg_get_serial_sequence('{table}', '{key}'), COALESCE(MAX({key}), 0) + 1, false) FROM {table}"
        );
        self.rows(&sql, &[]).map(drop)
    }

    fn bulk(&self, on: bool) -> Result<()> {
        self.connection.be_patient(on)
    }

    /// Whether something has changed. After a lost connection that must be assumed.
    fn changed(&self) -> Result<bool> {
        if !self.connection.is_up() {
            self.connection.revive()?;
            return Ok(true);
        }
        Ok(self.connection.has_heard())
    }

    fn round_trips(&self) -> u64 {
        self.connection.round_trips()
    }

    fn listen(&self, listener: Listener, given_up: Arc<AtomicBool>) {
        self.connection.listen(listener, given_up);
    }
}
