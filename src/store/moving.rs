//! Moving a workspace: a copy of all of it in another database, of either engine.
//!
//! Rows are copied in windows by key, each in one transaction with the mark that says how
//! far the copy has come: a killed move goes on where it stopped. Until the last window,
//! nobody can work on the target. The source is read in one transaction, and a move goes
//! on only from the state that it began with.

use super::columns::Holds;
use super::engine::{Load, Param, Row, params};
use super::tables::{LOGGED, Table, UNLOGGED};
use super::transaction::Tx;
use super::{Address, Result, Store, StoreError};
use serde_json::Value;

/// Text that one transaction copies, more or less.
const BYTES_AT_ONCE: usize = 8 << 20;

/// Rows that one transaction copies at most, and of a table whose rows' size is not known yet.
const ROWS_AT_ONCE: usize = 5000;
const ROWS_AT_FIRST: usize = 64;

/// A move under way.
pub struct Moving<'s> {
    from: Reading<'s>,
    to: Store,
    mark: Mark,
    progress: Progress,
    /// Rows of the next window, by what those of the last one took.
    rows: usize,
}

/// A transaction that reads one state of a workspace, until it is dropped.
struct Reading<'s>(&'s Store);

impl<'s> Reading<'s> {
    fn begin(store: &'s Store) -> Result<Self> {
        store.engine.bulk(true)?; // counting takes its time
        store.engine.begin_read()?;
        Ok(Self(store))
    }

    fn end(self) -> &'s Store {
        self.0
    }
}

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        self.0.engine.rollback();
        let _ = self.0.engine.bulk(false); // where this fails, the next statement tells why
    }
}

/// How far a move has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    pub rows: i64,
    pub of: i64,
}

/// A finished move.
pub struct Moved {
    /// The target, which may be worked on from now on. Its index for searching is empty.
    pub store: Store,
    /// Whether the source was changed meanwhile; the copy lacks that.
    pub is_behind: bool,
}

/// What the target keeps of the move into it.
#[derive(Debug, Clone, PartialEq)]
struct Mark {
    source: String,
    state: String,
    /// A table of [`LOGGED`], and the last of its keys that is in; empty: none yet.
    place: String,
    key: Vec<Value>,
}

impl Store {
    /// Begins to copy the whole workspace to `to`, which is empty, or holds the part that an
    /// interrupted move of the same workspace has copied: then the copy continues. A copy that is
    /// complete is [`StoreError::AlreadyMoved`].
    pub fn begin_move(&self, to: impl Into<Address>) -> Result<Moving<'_>> {
        let to = Store::connect(to.into())?;
        to.engine.bulk(true)?;
        let from = Reading::begin(self)?;
        let mark = Mark::new(self)?;
        let mark = to.write(|tx| tx.begin_from(&mark))?;
        let mut moving = Moving { from, to, mark, progress: Progress::default(), rows: ROWS_AT_FIRST };
        moving.progress = moving.count()?;
        Ok(moving)
    }

    /// Refuses a workspace that is not whole yet.
    pub(super) fn refuse_unfinished(&self) -> Result<()> {
        match self.moving()? {
            Some(mark) => Err(StoreError::Unfinished { from: mark.source }),
            None => Ok(()),
        }
    }

    fn moving(&self) -> Result<Option<Mark>> {
        self.first("SELECT source, state, place, key FROM moving", &[], |row| {
            let damaged = |e| StoreError::Damaged(format!("how far the move has come: {e}"));
            let key = serde_json::from_str(row.need_text(3)?).map_err(damaged)?;
            Ok(Mark { source: row.string(0)?, state: row.string(1)?, place: row.string(2)?, key })
        })
    }

    fn has_rows(&self, table: &Table) -> Result<bool> {
        let sql = format!("SELECT 1 FROM {} LIMIT 1", table.name);
        Ok(self.first(&sql, &[], |_| Ok(()))?.is_some())
    }

    fn count_rows(&self, table: &Table) -> Result<i64> {
        self.number(&format!("SELECT COUNT(*) FROM {}", table.name), &[])
    }

    /// What tells one state of the workspace from every other: whatever happens stands in
    /// the log, or adds rows.
    fn state(&self) -> Result<String> {
        let mut told = String::new();
        for table in LOGGED.iter().filter(|table| table.is_numbered) {
            let (name, key) = (table.name, table.key_names());
            let sql = format!("SELECT {key} FROM {name} ORDER BY {key} DESC LIMIT 1");
            let newest = self.first(&sql, &[], |row| row.need_int(0))?.unwrap_or(0);
            told.push_str(&format!("{name} {newest}, "));
        }
        let sql = "SELECT at FROM event ORDER BY seq DESC LIMIT 1";
        let at = self.first(sql, &[], |row| row.need_int(0))?.unwrap_or(0);
        Ok(told + &format!("at {at}"))
    }
}

impl Tx<'_> {
    /// The mark from which the move that `mark` begins continues.
    fn begin_from(&self, mark: &Mark) -> Result<Mark> {
        // Of a move that was killed, the server may be committing the last rows: the mark is read after that.
        self.execute("UPDATE moving SET place = place", &[])?;
        match self.moving()? {
            Some(found) if found.state == mark.state => return Ok(found),
            Some(found) if found.source == mark.source => return Err(StoreError::Changed { from: found.source }),
            Some(found) => return Err(StoreError::Unfinished { from: found.source }),
            None => {}
        }
        for table in LOGGED {
            if self.has_rows(table)? {
                if self.state()? == mark.state {
                    return Err(StoreError::AlreadyMoved);
                }
                return Err(StoreError::NotEmpty { queues: self.queue_names()? });
            }
        }
        let sql = "INSERT INTO moving (id, source, state, place, key) VALUES (1, ?1, ?2, ?3, ?4)";
        self.execute(sql, params![&mark.source, &mark.state, &mark.place, "[]"])?;
        Ok(mark.clone())
    }
}

impl Mark {
    /// The mark before the first row.
    fn new(source: &Store) -> Result<Self> {
        let state = source.state()?;
        let place = match source.address() {
            Address::File(path) => Address::File(path.canonicalize().unwrap_or_else(|_| path.clone())),
            server => server.clone(),
        };
        Ok(Self { source: place.to_string(), state, place: LOGGED[0].name.into(), key: Vec::new() })
    }

    /// The key as it is kept: a JSON list.
    fn key(&self) -> String {
        Value::from(self.key.clone()).to_string()
    }

    /// The table's place among all; past the last one there is none.
    fn table(&self) -> Option<usize> {
        LOGGED.iter().position(|table| table.name == self.place)
    }
}

/// The place past the last table.
const END: &str = "end";

impl Moving<'_> {
    pub fn progress(&self) -> Progress {
        self.progress
    }

    /// The table that is being copied.
    pub fn place(&self) -> &str {
        &self.mark.place
    }

    fn count(&self) -> Result<Progress> {
        let mut progress = Progress::default();
        for (at, table) in LOGGED.iter().enumerate() {
            progress.of += self.from.0.count_rows(table)?;
            if self.mark.table().is_none_or(|present| at <= present) {
                progress.rows += self.to.count_rows(table)?;
            }
        }
        Ok(progress)
    }

    /// Copies the next rows. `false`: there are none left, and [`Moving::finish`] ends it.
    pub fn advance(&mut self) -> Result<bool> {
        let Some(at) = self.mark.table() else { return Ok(false) };
        let table = &LOGGED[at];
        let (window, mark) = self.to.write(|tx| {
            self.hold_mark(tx)?;
            let window = self.copy(tx, table, &self.mark.key, self.rows)?;
            let next = LOGGED.get(at + 1).map_or(END, |next| next.name);
            let mark = match window.is_last {
                false => Mark { key: window.last.clone(), ..self.mark.clone() },
                true => Mark { place: next.into(), key: Vec::new(), ..self.mark.clone() },
            };
            self.put_mark(tx, &mark)?;
            Ok((window, mark))
        })?;
        self.rows = if window.is_last { ROWS_AT_FIRST } else { window.rows_next() };
        self.progress.rows += window.rows as i64;
        self.mark = mark;
        Ok(true)
    }

    /// Keeps other moves from the target until the transaction ends.
    fn hold_mark(&self, tx: &Tx) -> Result<()> {
        self.put_mark(tx, &self.mark)
    }

    /// Moves the mark. Fails when another program that moves into the same target has moved it.
    fn put_mark(&self, tx: &Tx, mark: &Mark) -> Result<()> {
        let sql = "UPDATE moving SET place = ?1, key = ?2 WHERE state = ?3 AND place = ?4 AND key = ?5";
        let (before, key, key_before) = (&self.mark, mark.key(), self.mark.key());
        let values = params![&mark.place, &key, &before.state, &before.place, &key_before];
        if tx.execute(sql, values)? == 1 { Ok(()) } else { Err(StoreError::MovedTwice) }
    }

    /// Copies the rows of a table past the key, as far as a transaction should.
    fn copy(&self, tx: &Tx, table: &Table, past: &[Value], rows: usize) -> Result<Window> {
        let mut load = tx.load(table.name, &table.names())?;
        let columns = table.columns();
        let mut window = Window::default();
        let mut found = 0;
        self.from.0.engine.stream(&select(table, !past.is_empty(), rows), &bound(past), &mut |row| {
            found += 1;
            if window.bytes < BYTES_AT_ONCE {
                let bytes = copy_row(&columns, row, load.as_mut()).map_err(|error| named(error, table, row))?;
                window.add(bytes);
                key_of(&columns[..table.key], row, &mut window.last)?;
            }
            Ok(())
        })?;
        load.flush()?;
        window.is_last = found < rows && window.rows == found;
        Ok(window)
    }

    /// Copies what changes without the log, compares, and lets the target be worked on.
    pub fn finish(self) -> Result<Moved> {
        let filed = self.from.0.number("SELECT document_id FROM document_mark", &[])?;
        self.to.write(|tx| {
            self.hold_mark(tx)?;
            for table in UNLOGGED {
                tx.execute(&format!("DELETE FROM {}", table.name), &[])?;
                self.copy_whole(tx, table)?;
            }
            tx.execute("UPDATE document_mark SET document_id = ?1", params![filed])?;
            for table in LOGGED.iter().chain(UNLOGGED) {
                self.compare(table)?;
                if table.is_numbered {
                    tx.engine.number_on(table.name, table.columns()[0].0)?;
                }
            }
            Ok(())
        })?;
        self.to.engine.bulk(false)?; // what follows waits for the disk
        self.to.write(|tx| tx.execute("DELETE FROM moving", &[]))?;
        let source = self.from.end();
        Ok(Moved { store: self.to, is_behind: source.state()? != self.mark.state })
    }

    fn copy_whole(&self, tx: &Tx, table: &Table) -> Result<()> {
        let mut past = Vec::new();
        loop {
            let window = self.copy(tx, table, &past, ROWS_AT_FIRST)?;
            if window.is_last {
                return Ok(());
            }
            past = window.last;
        }
    }

    fn compare(&self, table: &Table) -> Result<()> {
        let (there, here) = (self.from.0.count_rows(table)?, self.to.count_rows(table)?);
        if there == here {
            return Ok(());
        }
        Err(StoreError::Damaged(format!("the copy has {here} rows of {} and the source {there}", table.name)))
    }
}

/// Rows that went over together.
#[derive(Default)]
struct Window {
    rows: usize,
    bytes: usize,
    /// The key of the last; empty where there was none.
    last: Vec<Value>,
    /// The table has no more.
    is_last: bool,
}

impl Window {
    fn add(&mut self, bytes: usize) {
        self.rows += 1;
        self.bytes += bytes;
    }

    /// Number of rows that make up a transaction, if they are as large as these.
    fn rows_next(&self) -> usize {
        let fitting = self.rows * BYTES_AT_ONCE / self.bytes.max(1);
        fitting.clamp(1, ROWS_AT_ONCE)
    }
}

/// A query for the next rows in the order of the key; its markers are the key to continue from.
fn select(table: &Table, goes_on: bool, rows: usize) -> String {
    let (name, columns, key) = (table.name, table.names().join(", "), table.key_names());
    let past = if goes_on { format!("WHERE ({key}) > ({})", markers(table.key)) } else { String::new() };
    format!("SELECT {columns} FROM {name} {past} ORDER BY {key} LIMIT {rows}")
}

fn markers(count: usize) -> String {
    (1..=count).map(|n| format!("?{n}")).collect::<Vec<_>>().join(", ")
}

/// Gives the size of the row's texts and numbers.
fn copy_row(columns: &[(&str, Holds)], row: &dyn Row, load: &mut dyn Load) -> Result<usize> {
    let mut bytes = 0;
    let mut values = Vec::with_capacity(columns.len());
    for (at, (_, holds)) in columns.iter().enumerate() {
        let value: Param = match holds {
            Holds::Int => row.int(at)?.into(),
            Holds::Real => row.real(at)?.into(),
            Holds::Text => row.text(at)?.into(),
        };
        bytes += if let Param::Text(text) = value { text.len() } else { 8 };
        values.push(value);
    }
    load.add_new(&values)?;
    Ok(bytes)
}

/// What cannot be read of a row, with its table and key.
fn named(error: StoreError, table: &Table, row: &dyn Row) -> StoreError {
    let StoreError::Damaged(why) = error else { return error };
    let part = |at| match row.int(at) {
        Ok(number) => number.unwrap_or_default().to_string(),
        Err(_) => row.string(at).unwrap_or_else(|_| "?".into()),
    };
    let key: Vec<String> = (0..table.key).map(part).collect();
    StoreError::NotCopied { table: table.name, key: key.join("/"), why }
}

/// Puts the row's key, its first columns, into `key`.
fn key_of(columns: &[(&str, Holds)], row: &dyn Row, key: &mut Vec<Value>) -> Result<()> {
    key.clear();
    for (at, (_, holds)) in columns.iter().enumerate() {
        key.push(match holds {
            Holds::Text => row.need_text(at)?.into(),
            _ => row.need_int(at)?.into(),
        });
    }
    Ok(())
}

fn bound(key: &[Value]) -> Vec<Param<'_>> {
    key.iter().map(|value| value.as_str().map_or(Param::from(value.as_i64()), Param::Text)).collect()
}
