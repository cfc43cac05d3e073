//! The seam over SQLite.

mod access;
mod dialect;
mod full_text;
mod header;
mod identity;
mod place;

use super::engine::{Dialect, Engine, Interrupter, Load, Lock, Migration, Param, Row, params};
use super::error::{Result, StoreError};
use crate::domain::stage::Stage;
use crate::text::compare;
use access::Access;
use identity::{Identity, Presence, beside};
pub(super) use place::{Place, refuse_vacated};
use rusqlite::config::DbConfig;
use rusqlite::functions::FunctionFlags;
use rusqlite::types::{ToSql, ToSqlOutput, Value, ValueRef};
use rusqlite::{CachedStatement, Connection, ErrorCode};
use std::cell::{Cell, RefCell};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// "krat": marks the file as a karat workspace.
const APPLICATION_ID: i64 = 0x6b72_6174;

/// Rows of a few kilobytes fit a page of this size without overflow pages, which an
/// import feels; a decision writes some nine pages, which then should not be larger.
const PAGE_SIZE: i64 = 8 * 1024;

/// A writer waits this long for another one, a millisecond at a time. SQLite's own
/// waiting doubles its pauses, so a decision would starve beside a long import.
const BUSY_MILLIS: i32 = 20_000;

/// Pages of log between two checkpoints, 32 MiB, and in a bulk load, 128 MiB.
const LOG: i64 = 4096;
const BULK_LOG: i64 = 16384;

/// Pause between two transactions of a bulk load, long enough for a waiting decision to step in.
const BREATH: Duration = Duration::from_millis(2);

/// The tables that find rows of others, their columns, the rows that they find, and how far those are filed.
const LOOKUPS: [(&str, &str, &str, &str); 5] = [
    ("lookup_step", "queue_id, reviewer, seq", "step WHERE", "step_seq"),
    ("lookup_reviewer", "queue_id, reviewer, seq", "decision WHERE", "decision_seq"),
    ("lookup_time", "queue_id, decided_at, seq", "decision WHERE reviewer_kind = 'person' AND", "decision_seq"),
    ("lookup_item", "item_seq, seq", "event WHERE item_seq IS NOT NULL AND", "event_seq"),
    ("lookup_queue", "queue_id, seq", "event WHERE", "event_seq"),
];

/// The most rows that are not filed in any of [`LOOKUPS`].
const UNFILED: &str =
    "SELECT MAX((SELECT MAX(seq) FROM step) - step_seq, (SELECT MAX(seq) FROM decision) - decision_seq,
    (SELECT MAX(seq) FROM event) - event_seq) FROM lookup_mark";

const SET_MARK: &str = "UPDATE lookup_mark SET step_seq = (SELECT MAX(seq) FROM step),
    decision_seq = (SELECT MAX(seq) FROM decision), event_seq = (SELECT MAX(seq) FROM event)";

/// Rows that are filed together: fewer would write the same pages again and again. From 128 on a trigger
/// files them, and what adds the last one waits.
const RUN: i64 = 64;

pub(super) struct Sqlite {
    connection: Connection,
    access: Access,
    identity: Identity,
    /// The copy of a workspace that is no longer in its place, once it was made.
    rescued: RefCell<Option<PathBuf>>,
    bulk: Cell<bool>,
    /// SQLite's `data_version` of the workspace when it was last read.
    data_version: Cell<i64>,
}

impl Sqlite {
    /// Opens the workspace at `path`, making the file (mode 0600) and its folder where they are
    /// missing; only to be read where the file's permissions, or its folder's, allow no more.
    pub(super) fn open(path: &Path) -> Result<Self> {
        let opening = |source: Box<dyn std::error::Error + Send + Sync>| StoreError::Open { path: path.into(), source };
        let access = Access::to(path)?;
        let has_log = has_log(path);
        if !path.exists() {
            refuse_vacated(path)?;
            create_private(path).map_err(|e| opening(e.into()))?;
        } else if !has_log {
            header::refuse_truncated(path)?;
        }
        let mut sqlite = Self::connect(path, access)?;
        if has_log {
            sqlite.refuse_foreign_log(path)?;
        }
        sqlite.refuse_foreign(path)?;
        sqlite.set_up().map_err(|e| match e {
            StoreError::Engine { source, .. } => opening(source),
            other => other,
        })?;
        let found = std::mem::replace(&mut sqlite.identity, Identity::of(path)); // its log is there now
        match sqlite.identity.is_file_of(&found) {
            true => Ok(sqlite),
            // It was restored at this moment.
            false => Err(StoreError::InUse { path: path.into() }),
        }
    }

    /// Opens a workspace to copy it, and changes nothing of it or beside it.
    pub(super) fn open_to_copy(path: &Path) -> Result<Self> {
        Access::to(path)?; // tells what is no file
        let has_log = has_log(path);
        if !has_log {
            header::refuse_truncated(path)?;
        }
        let sqlite = Self::connect(path, Access::Read { missing: "it is only copied".into(), is_still: !has_log })?;
        if has_log {
            sqlite.refuse_foreign_log(path)?;
        }
        sqlite.refuse_foreign(path)?;
        Ok(sqlite)
    }

    fn connect(path: &Path, access: Access) -> Result<Self> {
        let opening = |source: rusqlite::Error| StoreError::Open { path: path.into(), source: source.into() };
        let identity = Identity::of(path); // before: another file may come to its place
        let mut connection = access.connect(path).map_err(opening)?;
        connection.busy_handler(Some(wait_a_moment)).map_err(from_sqlite)?;
        let (rescued, bulk, data_version) = Default::default();
        Ok(Self { connection, access, identity, rescued, bulk, data_version })
    }

    fn set_up(&self) -> Result<()> {
        self.connection.set_prepared_statement_cache_capacity(128);
        // Plans must not depend on values: otherwise SQLite prepares a cached statement
        // again whenever one that it took for the plan is bound anew.
        self.connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(from_sqlite)?;
        if matches!(self.access, Access::Write) {
            self.pragma("page_size", PAGE_SIZE)?;
            self.switch_to_wal()?;
        }
        self.pragma("foreign_keys", "ON")?;
        self.pragma("temp_store", "MEMORY")?;
        self.add_functions().map_err(from_sqlite)?;
        self.changed()?;
        self.bulk(false)
    }

    /// What statements ask of texts and SQLite does not know.
    fn add_functions(&self) -> rusqlite::Result<()> {
        let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
        self.connection.create_scalar_function("text_has", 2, flags, |values| {
            let (text, phrase) = (values.get_raw(0).as_str_or_null()?, values.get_raw(1).as_str()?);
            Ok(text.is_some_and(|text| compare::has(text, phrase)))
        })?;
        self.connection.create_scalar_function("text_number", 1, flags, |values| {
            let text = values.get_raw(0).as_str_or_null()?.map(str::trim);
            let plain = |c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.' | 'e' | 'E');
            Ok(text.filter(|text| text.chars().all(plain)).and_then(|text| text.parse::<f64>().ok()))
        })
    }

    /// Changing to WAL takes a lock for which SQLite does not call the busy handler.
    fn switch_to_wal(&self) -> Result<()> {
        let mut waited = 0;
        loop {
            match self.pragma("journal_mode", "WAL") {
                Err(StoreError::Busy) if wait_a_moment(waited) => waited += 1,
                other => return other,
            }
        }
    }

    fn pragma(&self, name: &str, value: impl ToSql) -> Result<()> {
        self.connection.pragma_update_and_check(None, name, value, |_| Ok(())).or_else(|error| match error {
            rusqlite::Error::QueryReturnedNoRows => Ok(()),
            other => Err(from_sqlite(other)),
        })
    }

    fn pragma_int(&self, name: &str) -> Result<i64> {
        self.connection.pragma_query_value(None, name, |row| row.get(0)).map_err(from_sqlite)
    }

    /// Fails where the log beside the file was written for another one: SQLite would not see it, and
    /// write the log into the file.
    fn refuse_foreign_log(&self, path: &Path) -> Result<()> {
        let keeps_log = |on| self.connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, on);
        keeps_log(true).map_err(from_sqlite)?;
        let without = Access::Read { missing: String::new(), is_still: true };
        let newest = without.connect(path).ok().and_then(|file| newest_event(&file, i64::MAX));
        let is_foreign =
            newest.is_some_and(|newest| newest_event(&self.connection, newest.0).is_none_or(|found| found != newest));
        match is_foreign {
            true => Err(StoreError::ForeignLog { path: path.into() }),
            false => keeps_log(false).map(drop).map_err(from_sqlite),
        }
    }

    fn refuse_foreign(&self, path: &Path) -> Result<()> {
        let foreign = || StoreError::Foreign { path: path.into() };
        // In this order: another program may be making the workspace at this moment, and
        // its mark comes with its tables.
        let tables = self.pragma_int("schema_version");
        let mark = self.pragma_int("application_id");
        match (mark, tables) {
            (Ok(APPLICATION_ID), _) | (_, Ok(0)) => Ok(()),
            (Err(StoreError::Damaged(_)), _) | (Ok(_), Ok(_)) => Err(foreign()),
            (Err(error), _) | (_, Err(error)) => Err(error),
        }
    }

    /// Fails where the path no longer leads to the open file, or its log is gone: what is
    /// written now would be lost. All that was written is copied beside it, once.
    fn known_again(&self) -> Result<()> {
        let presence = self.identity.presence();
        if presence == Presence::InPlace {
            return Ok(());
        }
        let is_replaced = presence == Presence::Replaced;
        if self.rescued.borrow().is_none() {
            self.rescued.replace(self.rescue());
        }
        let copy = self.rescued.borrow().clone();
        if is_replaced {
            self.identity.set_log_aside(copy.is_none());
        }
        Err(StoreError::Displaced { path: self.identity.path().into(), is_replaced, copy })
    }

    /// Copies the workspace beside where it was; `None`: it cannot be.
    fn rescue(&self) -> Option<PathBuf> {
        let path = self.identity.path();
        if !path.parent().is_some_and(Path::is_dir) {
            return None;
        }
        let named = |n: u32| beside(path, &if n == 1 { ".rescued".into() } else { format!(".rescued-{n}") });
        let copy = (1..100).map(named).find(|copy| !copy.exists())?;
        let copied = self.copy_to(&copy).inspect_err(|_| {
            let _ = std::fs::remove_file(&copy); // half a copy is none
        });
        copied.ok().map(|()| copy)
    }

    fn prepared(&self, sql: &str) -> Result<CachedStatement<'_>> {
        self.connection.prepare_cached(sql).map_err(from_sqlite)
    }

    /// The error, with what has been missing since the file was opened, where it may only be read.
    fn error(&self, error: rusqlite::Error) -> StoreError {
        match from_sqlite(error) {
            error @ StoreError::ReadOnly { .. } => self.access.refuse_writing().err().unwrap_or(error),
            error => error,
        }
    }

    fn batch(&self, sql: &str) -> Result<()> {
        self.connection.execute_batch(sql).map_err(from_sqlite)
    }
}

impl Engine for Sqlite {
    fn dialect(&self) -> &'static dyn Dialect {
        &dialect::SqliteDialect
    }

    fn refuse_writing(&self) -> Result<()> {
        self.access.refuse_writing()
    }

    fn execute(&self, sql: &str, params: &[Param]) -> Result<usize> {
        self.prepared(sql)?.execute(rusqlite::params_from_iter(params)).map_err(|error| self.error(error))
    }

    fn query(&self, sql: &str, params: &[Param], each: &mut dyn FnMut(&dyn Row) -> Result<()>) -> Result<()> {
        let mut statement = self.prepared(sql)?;
        let mut rows = statement.query(rusqlite::params_from_iter(params)).map_err(from_sqlite)?;
        while let Some(row) = rows.next().map_err(|error| self.error(error))? {
            each(&SqliteRow(row))?;
        }
        Ok(())
    }

    fn stream(&self, sql: &str, params: &[Param], each: &mut dyn FnMut(&dyn Row) -> Result<()>) -> Result<()> {
        self.query(sql, params, each)
    }

    fn load<'e>(&'e self, table: &str, columns: &[&str]) -> Result<Box<dyn Load + 'e>> {
        let markers: Vec<String> = (1..=columns.len()).map(|place| format!("?{place}")).collect();
        let (columns, markers) = (columns.join(", "), markers.join(", "));
        let sql = format!("INSERT INTO {table} ({columns}) VALUES ({markers}) ON CONFLICT DO NOTHING");
        Ok(Box::new(self.prepared(&sql)?))
    }

    fn reports_duplicates(&self) -> bool {
        true
    }

    fn begin(&self) -> Result<()> {
        self.refuse_writing()?;
        self.known_again()?;
        self.execute("BEGIN IMMEDIATE", &[]).map(drop)
    }

    fn begin_read(&self) -> Result<()> {
        self.execute("BEGIN", &[]).map(drop)
    }

    fn commit(&self) -> Result<()> {
        self.execute("COMMIT", &[])?;
        self.known_again()?;
        if self.bulk.get() {
            std::thread::sleep(BREATH);
        }
        Ok(())
    }

    fn rollback(&self) {
        // SQLite has rolled back by itself where the disk was full: then this fails, and may.
        let _ = self.execute("ROLLBACK", &[]);
    }

    /// The first commit to a log that is new would wait three times.
    fn wait_for_disk(&self, on: bool) -> Result<()> {
        let (synchronous, log) = match (on, self.bulk.get()) {
            // A checkpoint that does not wait could lose what was on disk: there is none.
            (false, _) => ("OFF", 0),
            // A bulk load waits at checkpoints and once at its end, a decision at its commit.
            (true, true) => ("NORMAL", BULK_LOG),
            (true, false) => ("FULL", LOG),
        };
        self.pragma("synchronous", synchronous)?;
        self.pragma("wal_autocheckpoint", log)
    }

    /// The largest number: rows come in the order of their numbers, as only one transaction
    /// writes at a time.
    fn visible_horizon(&self, _table: &'static str, _key: &str) -> Result<i64> {
        Ok(i64::MAX)
    }

    fn interrupter(&self) -> Option<Interrupter> {
        let handle = self.connection.get_interrupt_handle();
        Some(Box::new(move || handle.interrupt()))
    }

    fn may_try_again(&self, _error: &StoreError) -> bool {
        false
    }

    fn lock(&self, _lock: Lock) -> Result<()> {
        Ok(())
    }

    /// With a trigger, each row of an import would keep the pages that it may have to put back.
    fn count_new(&self, queue: i64, stage: Stage, items: i64) -> Result<()> {
        let sql = "INSERT INTO queue_counter (queue_id, stage, slot, n) VALUES (?1, ?2, 0, ?3)
            ON CONFLICT DO UPDATE SET n = n + excluded.n";
        self.execute(sql, params![queue, stage.as_str(), items]).map(drop)
    }

    fn unguarded(&self, tables: &[&str], body: &mut dyn FnMut() -> Result<()>) -> Result<()> {
        let mut guards = Vec::new();
        for table in tables {
            let sql = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?1 AND name LIKE '%\\_no\\_%' ESCAPE '\\'";
            self.query(sql, &[Param::Text(table)], &mut |row| {
                guards.push((row.string(0)?, row.string(1)?));
                Ok(())
            })?;
        }
        guards.iter().try_for_each(|(name, _)| self.batch(&format!("DROP TRIGGER {name}")))?;
        body()?;
        guards.iter().try_for_each(|(_, sql)| self.batch(sql))
    }

    /// The number moves when another connection commits.
    fn changed(&self) -> Result<bool> {
        let present = self.pragma_int("data_version")?;
        Ok(self.data_version.replace(present) != present)
    }

    fn file_newest(&self) -> Result<()> {
        let mut unfiled = 0;
        self.query(UNFILED, &[], &mut |row| {
            unfiled = row.int(0)?.unwrap_or(0); // no row of some kind yet
            Ok(())
        })?;
        if unfiled < RUN {
            return Ok(());
        }
        self.begin()?;
        let file = |(lookup, columns, of, mark)| {
            let rows = format!("SELECT {columns} FROM {of} seq > (SELECT {mark} FROM lookup_mark) ORDER BY {columns}");
            self.execute(&format!("INSERT INTO {lookup} ({columns}) {rows}"), &[]).map(drop)
        };
        let filed = LOOKUPS.into_iter().try_for_each(file).and_then(|()| self.execute(SET_MARK, &[]));
        filed.and_then(|_| self.commit()).inspect_err(|_| self.rollback())
    }

    fn schema_version(&self) -> Result<i64> {
        self.pragma_int("user_version")
    }

    fn definition(&self, view: &str) -> Result<String> {
        let sql = "SELECT sql FROM main.sqlite_master WHERE type = 'view' AND name = ?1";
        let mut found = None;
        self.query(sql, &[Param::Text(view)], &mut |row| {
            found = row.need_text(0)?.split_once(" AS").map(|(_, select)| select.to_owned());
            Ok(())
        })?;
        found.ok_or_else(|| StoreError::Damaged(format!("the view {view} is gone")))
    }

    fn migrate(&self, version: i64, migration: &Migration) -> Result<()> {
        self.batch(&migration.common.replace("$KEY", "INTEGER"))?;
        self.batch(migration.sqlite)?;
        self.pragma("application_id", APPLICATION_ID)?;
        self.pragma("user_version", version)
    }

    fn head(&self, table: &str, column: &str, key: i64, bytes: usize) -> Result<String> {
        let blob = self.connection.blob_open("main", table, column, key, true).map_err(from_sqlite)?;
        let mut head = vec![0; bytes.min(blob.len())];
        blob.read_at_exact(&mut head, 0).map_err(from_sqlite)?;
        let whole = head.utf8_chunks().next().map_or("", |chunk| chunk.valid());
        Ok(whole.to_owned())
    }

    fn copy_to(&self, path: &Path) -> Result<()> {
        let name = path.to_str().ok_or_else(|| StoreError::Io {
            what: format!("cannot write {}", path.display()),
            source: std::io::Error::new(std::io::ErrorKind::InvalidFilename, "its path is not UTF-8"),
        })?;
        // SQLite accepts an empty file as the target: made here, so that it is private.
        create_private(path).map_err(|source| StoreError::Io { what: format!("cannot write {name}"), source })?;
        self.execute("VACUUM INTO ?1", &[Param::Text(name)])?;
        let sync = std::fs::File::open(path).and_then(|file| file.sync_all());
        sync.map_err(|source| StoreError::Io { what: format!("cannot write {name}"), source })
    }

    fn integrity(&self) -> Result<Vec<String>> {
        let mut found = Vec::new();
        let lookups = LOOKUPS.map(|(lookup, _, of, mark)| {
            format!(
                "SELECT '{lookup} does not have what it should' WHERE (SELECT COUNT(*) FROM {lookup})
                    <> (SELECT COUNT(*) FROM {of} seq <= (SELECT {mark} FROM lookup_mark))"
            )
        });
        let references =
            "SELECT 'row ' || rowid || ' of ' || \"table\" || ' names a row of ' || parent || ' that is gone'
            FROM pragma_foreign_key_check";
        let pragmas = ["PRAGMA integrity_check", references].map(str::to_owned);
        for sql in pragmas.iter().chain(&lookups) {
            self.query(sql, &[], &mut |row| {
                match row.need_text(0)? {
                    "ok" => {}
                    problem => found.push(problem.to_owned()),
                }
                Ok(())
            })?;
        }
        Ok(found)
    }

    /// Nothing to do: SQLite numbers on by itself.
    fn number_on(&self, _table: &str, _key: &str) -> Result<()> {
        Ok(())
    }

    fn bulk(&self, on: bool) -> Result<()> {
        self.bulk.set(on);
        // Negative: in KiB.
        self.pragma("cache_size", if on { -32 * 1024 } else { -8 * 1024 })?;
        self.wait_for_disk(true)?;
        // A log that is cut off after each checkpoint would have to be allocated again.
        self.pragma("journal_size_limit", if on { -1 } else { 64 << 20 })
    }
}

impl Drop for Sqlite {
    /// Leaves no log beside a file that has taken this one's place.
    fn drop(&mut self) {
        if matches!(self.access, Access::Write) && self.identity.presence() == Presence::Replaced {
            let _ = self.known_again();
        }
    }
}

impl Load for CachedStatement<'_> {
    fn add(&mut self, row: &[Param]) -> Result<bool> {
        Ok(self.execute(rusqlite::params_from_iter(row)).map_err(from_sqlite)? == 1)
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}

struct SqliteRow<'r>(&'r rusqlite::Row<'r>);

impl SqliteRow<'_> {
    fn value(&self, column: usize) -> Result<ValueRef<'_>> {
        self.0.get_ref(column).map_err(from_sqlite)
    }

    /// The error of a column that does not hold what the schema says.
    fn no(&self, wanted: &str, column: usize) -> StoreError {
        let held = match self.0.get_ref(column) {
            Ok(ValueRef::Text(text)) if std::str::from_utf8(text).is_err() => "text that is no UTF-8",
            Ok(ValueRef::Text(_)) => "text",
            Ok(ValueRef::Blob(_)) => "bytes",
            Ok(ValueRef::Integer(_) | ValueRef::Real(_)) => "a number",
            Ok(ValueRef::Null) | Err(_) => "nothing",
        };
        let name = self.0.as_ref().column_name(column).unwrap_or("a column");
        StoreError::Damaged(format!("`{name}` holds {held} and not {wanted}"))
    }
}

impl Row for SqliteRow<'_> {
    fn int(&self, column: usize) -> Result<Option<i64>> {
        self.value(column)?.as_i64_or_null().map_err(|_| self.no("a whole number", column))
    }

    fn real(&self, column: usize) -> Result<Option<f64>> {
        match self.value(column)? {
            ValueRef::Integer(whole) => Ok(Some(whole as f64)),
            other => other.as_f64_or_null().map_err(|_| self.no("a number", column)),
        }
    }

    fn text(&self, column: usize) -> Result<Option<&str>> {
        self.value(column)?.as_str_or_null().map_err(|_| self.no("text", column))
    }

    fn bytes(&self, column: usize) -> Result<Option<&[u8]>> {
        self.value(column)?.as_blob_or_null().map_err(|_| self.no("bytes", column))
    }
}

impl ToSql for Param<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match *self {
            Param::Null => ToSqlOutput::Owned(Value::Null),
            Param::Int(value) => ToSqlOutput::Owned(Value::Integer(value)),
            Param::Real(value) => ToSqlOutput::Owned(Value::Real(value)),
            Param::Text(value) => ToSqlOutput::Borrowed(ValueRef::Text(value.as_bytes())),
            Param::Bytes(value) => ToSqlOutput::Borrowed(ValueRef::Blob(value)),
        })
    }
}

/// The number of the newest event up to one, and what tells it and the workspace from others;
/// `None`: there is none, or it cannot be read.
fn newest_event(connection: &Connection, up_to: i64) -> Option<(i64, String)> {
    let sql = "SELECT seq, at || ' ' || kind || ' ' || actor || ' ' ||
            COALESCE((SELECT created_at FROM queue ORDER BY id LIMIT 1), '')
        FROM event WHERE seq <= ?1 ORDER BY seq DESC LIMIT 1";
    connection.query_row(sql, [up_to], |row| Ok((row.get(0)?, row.get(1)?))).ok()
}

/// Whether changes stand beside the file that are not yet in it.
fn has_log(path: &Path) -> bool {
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    beside(&path, "-wal").metadata().is_ok_and(|log| log.len() > 0)
}

/// The busy handler: `true` to try again.
fn wait_a_moment(waited: i32) -> bool {
    std::thread::sleep(Duration::from_millis(1));
    waited < BUSY_MILLIS
}

/// Makes an empty file that only its owner reads; an existing one is left as it is.
fn create_private(path: &Path) -> std::io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

/// Whether the error means that a file could not grow. SQLite calls a write beyond the limit on
/// file size an I/O error like any other; where there is such a limit, it is the likely cause.
fn is_of_room(error: &rusqlite::Error) -> bool {
    use rusqlite::ffi::{SQLITE_IOERR_SHMOPEN, SQLITE_IOERR_SHMSIZE, SQLITE_IOERR_WRITE};
    match error.sqlite_error().map(|error| error.extended_code) {
        Some(SQLITE_IOERR_SHMSIZE) => true,
        Some(SQLITE_IOERR_WRITE | SQLITE_IOERR_SHMOPEN) => is_file_size_limited(),
        _ => false,
    }
}

#[cfg(unix)]
fn is_file_size_limited() -> bool {
    rustix::process::getrlimit(rustix::process::Resource::Fsize).current.is_some()
}

#[cfg(not(unix))]
fn is_file_size_limited() -> bool {
    false
}

fn from_sqlite(error: rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Busy,
        Some(ErrorCode::ReadOnly) => {
            StoreError::ReadOnly { missing: "its file or its folder cannot be written to any longer".into() }
        }
        Some(ErrorCode::DiskFull) => StoreError::DiskFull,
        Some(ErrorCode::SystemIoFailure) if is_of_room(&error) => StoreError::DiskFull,
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => StoreError::Damaged(error.to_string()),
        _ => StoreError::Engine { message: error.to_string(), source: Box::new(error) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::{RecvTimeoutError, channel};

    #[test]
    fn a_statement_without_end_ends_when_another_thread_interrupts_it() {
        let directory = tempfile::tempdir().unwrap();
        let sqlite = Sqlite::open(&directory.path().join("w.db")).unwrap();
        let interrupt = sqlite.interrupter().unwrap();
        let (ended, end) = channel::<()>();
        let other = std::thread::spawn(move || {
            while end.recv_timeout(Duration::from_millis(5)) == Err(RecvTimeoutError::Timeout) {
                interrupt();
            }
        });
        let endless = "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT COUNT(*) FROM n";
        let outcome = sqlite.query(endless, &[], &mut |_| Ok(()));
        drop(ended);
        other.join().unwrap();
        assert!(outcome.is_err());
    }
}
