//! The seam between the store and a database: run this SQL with these values, in
//! this transaction. Statements are portable and written once, with `?1` markers.

use super::error::{Result, StoreError};
use crate::clock::Clock;
use crate::domain::filter::{Pattern, Phrase};
use crate::domain::record::Scope;
use crate::domain::stage::Stage;
use crate::domain::team::Role;
use crate::domain::time::{UtcMillis, is_time};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// A value that is bound to a marker.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Param<'a> {
    Null,
    Int(i64),
    Real(f64),
    Text(&'a str),
    Bytes(&'a [u8]),
}

impl From<i64> for Param<'_> {
    fn from(value: i64) -> Self {
        Param::Int(value)
    }
}

impl From<f64> for Param<'_> {
    fn from(value: f64) -> Self {
        Param::Real(value)
    }
}

impl<'a> From<&'a str> for Param<'a> {
    fn from(value: &'a str) -> Self {
        Param::Text(value)
    }
}

impl<'a> From<&'a [u8]> for Param<'a> {
    fn from(value: &'a [u8]) -> Self {
        Param::Bytes(value)
    }
}

impl<'a> From<&'a String> for Param<'a> {
    fn from(value: &'a String) -> Self {
        Param::Text(value)
    }
}

impl<'a, T: Into<Param<'a>>> From<Option<T>> for Param<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Param::Null, Into::into)
    }
}

/// Values for a statement's markers, in order.
macro_rules! params {
    ($($value:expr),* $(,)?) => { &[$($crate::store::engine::Param::from($value)),*] };
}
pub(crate) use params;

/// A row of an answer; columns count from 0.
pub(super) trait Row {
    fn int(&self, column: usize) -> Result<Option<i64>>;
    fn real(&self, column: usize) -> Result<Option<f64>>;
    fn text(&self, column: usize) -> Result<Option<&str>>;
    fn bytes(&self, column: usize) -> Result<Option<&[u8]>>;
}

impl dyn Row + '_ {
    /// A number that is never NULL by the schema.
    pub(super) fn need_int(&self, column: usize) -> Result<i64> {
        self.int(column)?.ok_or_else(|| null(column))
    }

    /// A time that is never NULL by the schema.
    pub(super) fn need_time(&self, column: usize) -> Result<UtcMillis> {
        let at = self.need_int(column)?;
        if is_time(at) { Ok(at) } else { Err(StoreError::Damaged(format!("{at} ms is no time"))) }
    }

    /// A text that is never NULL by the schema.
    pub(super) fn need_text(&self, column: usize) -> Result<&str> {
        self.text(column)?.ok_or_else(|| null(column))
    }

    pub(super) fn string(&self, column: usize) -> Result<String> {
        self.need_text(column).map(str::to_owned)
    }

    pub(super) fn opt_string(&self, column: usize) -> Result<Option<String>> {
        Ok(self.text(column)?.map(str::to_owned))
    }
}

fn null(column: usize) -> super::StoreError {
    super::StoreError::Damaged(format!("column {column} is NULL where the schema has a value"))
}

/// Rows on their way into a table.
pub(super) trait Load {
    /// Adds a row; `false` when one with its key is there already, as far as the engine
    /// tells ([`Engine::reports_duplicates`]).
    fn add(&mut self, row: &[Param]) -> Result<bool>;

    /// Writes what was added. Until this returns, queries may not see it.
    fn flush(&mut self) -> Result<()>;
}

impl dyn Load + '_ {
    /// Adds a row whose key cannot be there.
    pub(super) fn add_new(&mut self, row: &[Param]) -> Result<()> {
        match self.add(row)? {
            true => Ok(()),
            false => Err(StoreError::Damaged("a row is there already under the number of a new one".into())),
        }
    }
}

/// What databases write in dialects of their own. `json` is an expression that gives JSON
/// as text, or NULL, which has no members.
pub(super) trait Dialect {
    /// The name of the schema in which the tables are.
    fn schema(&self) -> &'static str;

    /// How a common table over views that join several is to be read: once, with an index made for it, or anew by
    /// the tables' own indexes wherever it is named.
    fn common_table(&self) -> &'static str;

    /// An expression for FROM: the members of the list or object (of its `member`, where given)
    /// as rows `e` with `key` and `value`.
    fn json_members(&self, json: &str, member: Option<&str>) -> String;

    /// An expression for FROM: the members of what stands at a path in the JSON, as rows `e`;
    /// [`Dialect::json_path`] is at the marker.
    fn json_members_at(&self, json: &str, marker: &str) -> String;

    /// The value for the marker of [`Dialect::json_members_at`].
    fn json_path(&self, names: &[String]) -> String;

    /// An expression that is true if the text has the phrase at the marker, folded as by
    /// [`crate::text::compare::phrase`].
    fn has_phrase(&self, text: &str, marker: &str) -> String;

    /// A text that is a member of the object; NULL when there is none.
    fn json_member(&self, json: &str, member: &str) -> String;

    /// The value of a row of [`Dialect::json_members`] as text.
    fn json_text(&self, row: &str) -> String;

    /// The value of such a row as a number, also one that came as text; NULL when it is none.
    fn json_number(&self, row: &str) -> String;

    /// An expression that is true if the text is JSON.
    fn is_json(&self, text: &str) -> String;

    /// An expression that is true if the text matches the pattern at the marker; case matters.
    fn matches(&self, expression: &str, marker: &str) -> String;

    /// The value for the marker of [`Dialect::matches`].
    fn pattern(&self, pattern: &Pattern) -> String;

    /// The end of a SELECT that chooses a row to claim, which skips rows that other transactions
    /// are claiming.
    fn skip_locked(&self, row: &str) -> String;
}

/// What a transaction is about to change, in the order in which it is to be locked, so
/// that no two wait for each other. Where only one transaction writes at a time, there is
/// nothing to lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lock<'l> {
    /// The schema.
    Migration,
    /// The row numbers that an import gives.
    Import,
    Items(&'l [i64]),
    /// The spec, the golden set, the saved filters.
    Queue(i64),
    /// How far the search index has come.
    Index,
}

/// A part of the full-text index, with texts and keys of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum IndexKind {
    /// An input and an output, by the item's row number.
    Item,
    /// A text, by the document's.
    Document,
    /// A text, by the decision's.
    Note,
    /// The text of a decided item, by the item's; a new one replaces it.
    Decided,
}

/// Full-text search, which every database has in its own way.
pub(super) trait FullTextIndex {
    /// A writer that adds texts to the index, inside the present transaction.
    fn index_writer(&self) -> Box<dyn IndexWriter + '_>;

    /// Removes an item from the index, with the documents that it had.
    fn remove(&self, item: i64, documents: &[i64]) -> Result<()>;

    /// How many rows a part of the index has.
    fn indexed_rows(&self, kind: IndexKind) -> Result<i64>;

    /// The value for the marker of [`FullTextIndex::items_with`]; `None`: there is no word in it.
    fn pattern(&self, phrase: &Phrase) -> Option<String>;

    /// A SELECT that gives the row numbers, between `?2` and `?3`, of the items of the
    /// queue `?1` (others may be among them) that have what stands at the marker.
    fn items_with(&self, scope: Scope, marker: &str) -> String;

    /// The newest decided items that match each pattern, the newest first.
    fn decided_with(&self, patterns: &[String], limit: usize) -> Result<Vec<Vec<i64>>>;
}

/// Texts on their way into the index: they are in it once [`IndexWriter::finish`] returns.
pub(super) trait IndexWriter {
    /// Adds the texts of a row that is not in the index yet.
    fn add(&mut self, kind: IndexKind, key: i64, texts: &[&str]) -> Result<()>;

    /// Adds which documents an item has; each document's text is indexed once, however many
    /// items share it. Items come in ascending order unless one `is_new` no more.
    fn add_context(&mut self, item: i64, documents: &[i64], is_new: bool) -> Result<()>;

    fn finish(self: Box<Self>) -> Result<()>;
}

/// What people may do, where the database itself keeps to it.
pub(super) trait Rights {
    /// The owner of the workspace.
    fn owner(&self) -> Result<String>;

    /// Whether this connection is the owner's, who may write in the names of others.
    fn is_owner(&self) -> Result<bool>;

    /// Sees to it that there is a login of the person's name, inside the present
    /// transaction. `true`: it was made, with the password where one is given.
    fn make_login(&self, person: &str, password: Option<&str>) -> Result<bool>;

    /// Lets the person do what the role may, and nothing else; `None`: nothing at all. It
    /// stands in the table of persons.
    fn grant(&self, person: &str, role: Option<Role>) -> Result<()>;

    /// What this connection may do; `None`: nothing.
    fn own(&self) -> Result<Option<Role>>;
}

/// A step from one schema to the next: SQL for every engine, then each engine's own.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Migration {
    /// Statements for every engine: `$KEY` is a row number that the database gives, and on a
    /// server texts are sorted by their bytes.
    pub common: &'static str,
    pub sqlite: &'static str,
    pub postgres: &'static str,
}

/// How the connection to a server is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConnectionState {
    /// The connection is lost, and `tries` attempts to make it again failed; the next follows
    /// after a pause.
    Lost { tries: u32, next: std::time::Duration, why: String },
    /// The connection is up again.
    Back,
}

/// Ends a statement that another thread runs.
pub type Interrupter = Box<dyn Fn() + Send>;

/// A connection to a database.
pub(super) trait Engine: FullTextIndex {
    /// `None`: everybody who can open the workspace may do everything.
    fn rights(&self) -> Option<&dyn Rights> {
        None
    }

    /// The error of whoever writes where the workspace may only be read.
    fn refuse_writing(&self) -> Result<()> {
        Ok(())
    }

    /// The clock that everybody who shares the workspace goes by.
    fn clock(&self) -> Clock {
        Clock::default()
    }

    /// The database's way of writing what is not portable.
    fn dialect(&self) -> &'static dyn Dialect;

    /// Runs a statement; gives the number of rows it changed.
    fn execute(&self, sql: &str, params: &[Param]) -> Result<usize>;

    /// Sends a statement of the present transaction without waiting for its outcome: an error is
    /// reported by a later statement, or by the commit.
    fn pipeline(&self, sql: &str, params: &[Param]) -> Result<()> {
        self.execute(sql, params).map(drop)
    }

    /// Runs a query and hands over each row. The statement may write (`RETURNING`).
    fn query(&self, sql: &str, params: &[Param], each: &mut dyn FnMut(&dyn Row) -> Result<()>) -> Result<()>;

    /// Runs one query for each of the values, and hands over each row with their place. Where
    /// an answer takes its time to come, all are asked for before the first is there.
    fn query_each(
        &self,
        sql: &str,
        values: &[Vec<Param>],
        each: &mut dyn FnMut(usize, &dyn Row) -> Result<()>,
    ) -> Result<()> {
        let mut numbered = values.iter().enumerate();
        numbered.try_for_each(|(place, values)| self.query(sql, values, &mut |row| each(place, row)))
    }

    /// Runs a query whose answer may not fit in memory, as [`Engine::query`] does.
    fn stream(&self, sql: &str, params: &[Param], each: &mut dyn FnMut(&dyn Row) -> Result<()>) -> Result<()>;

    /// Takes many rows into a table, inside the present transaction, faster than one
    /// statement for each.
    fn load<'e>(&'e self, table: &str, columns: &[&str]) -> Result<Box<dyn Load + 'e>>;

    /// Whether [`Load::add`] says that a row's key is there already. Where it does not,
    /// such a row is an error, at the latest when it is flushed.
    fn reports_duplicates(&self) -> bool;

    /// Begins a transaction that writes. Where only one does at a time, it waits here.
    fn begin(&self) -> Result<()>;

    /// Begins a transaction that reads one state of the workspace to its end.
    fn begin_read(&self) -> Result<()>;

    /// When it returns, what the transaction wrote is on disk (in bulk: safe from a
    /// killed program).
    fn commit(&self) -> Result<()>;

    fn rollback(&self);

    /// Whether commits wait for the disk from now on, as they do at first. Those that did not: others see
    /// them at once, a killed program loses none, and a machine without power loses none that came before
    /// a commit that waited. Not inside a transaction. An engine may always wait.
    fn wait_for_disk(&self, _on: bool) -> Result<()> {
        Ok(())
    }

    /// The largest row number up to which no row of the table can still appear: a row has its
    /// number before it is committed, so that a smaller one may appear after a larger one.
    fn visible_horizon(&self, table: &'static str, key: &str) -> Result<i64>;

    /// Whether a transaction that failed with this error may succeed when it is run again
    /// at once. A connection that was lost is there again when this says so.
    fn may_try_again(&self, error: &StoreError) -> bool;

    /// Waits until no other transaction holds it; holds it to the end of this one.
    fn lock(&self, lock: Lock) -> Result<()>;

    /// Counts items of a queue that came in at another stage than the first, where no trigger does.
    fn count_new(&self, _queue: i64, _stage: Stage, _items: i64) -> Result<()> {
        Ok(())
    }

    /// Runs `body` while no trigger keeps the rows of these tables from change, inside the present
    /// transaction. On a server only the owner of the tables may.
    fn unguarded(&self, tables: &[&str], body: &mut dyn FnMut() -> Result<()>) -> Result<()>;

    /// Whether others have changed the workspace since this was asked last.
    fn changed(&self) -> Result<bool>;

    /// Files the newest rows, where an engine keeps apart what finds them, before a later write has to.
    fn file_newest(&self) -> Result<()> {
        Ok(())
    }

    /// How often a server was waited for until now.
    fn round_trips(&self) -> u64 {
        0
    }

    /// What ends the statement under way with an error, for another thread; `None`: nothing does.
    fn interrupter(&self) -> Option<Interrupter> {
        None
    }

    /// Sets the listener that hears of a lost connection, and of its return. Once `given_up` is
    /// set, nothing waits for it any longer.
    fn listen(&self, _listener: Box<dyn Fn(ConnectionState)>, _given_up: Arc<AtomicBool>) {}

    /// The number of the last migration that ran; 0 for an empty database.
    fn schema_version(&self) -> Result<i64>;

    /// The SELECT that a view of the schema is.
    fn definition(&self, view: &str) -> Result<String>;

    /// Runs one migration, with its number, inside the present transaction.
    fn migrate(&self, version: i64, migration: &Migration) -> Result<()>;

    /// Does what is due once migrations have run, inside the same transaction.
    fn migrated(&self) -> Result<()> {
        Ok(())
    }

    /// The first bytes of a text, as far as they are whole characters, without reading
    /// the rest; `key` is the row's number.
    fn head(&self, table: &str, column: &str, key: i64, bytes: usize) -> Result<String>;

    /// A consistent copy of the whole workspace, while others work.
    fn copy_to(&self, path: &Path) -> Result<()>;

    /// What the database finds wrong with itself; empty when nothing is.
    fn integrity(&self) -> Result<Vec<String>>;

    /// Rows came in with their numbers: the next one that the database numbers itself comes
    /// after them.
    fn number_on(&self, table: &str, key: &str) -> Result<()>;

    /// Prepares for writing much at once (`true`) or for single decisions (`false`).
    fn bulk(&self, on: bool) -> Result<()>;
}
