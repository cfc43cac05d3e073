//! A workspace of its own in a file, or in a database on the server that `.ci/postgres` starts,
//! and a way into it past the store.

use karat::store::{Address, Result, Store};
use postgres::{Client, NoTls};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use tempfile::TempDir;

const SERVER: &str = "KARAT_TEST_SERVER";

/// A workspace and what it lies in: the folder goes with it, the database with its server.
pub struct Workspace(Place);

enum Place {
    Folder(TempDir),
    /// By its name.
    Database(String),
}

impl Workspace {
    /// Ready to be opened: on the server if there is one, in a file otherwise.
    #[expect(clippy::new_without_default, reason = "it makes a file or a database")]
    pub fn new() -> Self {
        if has_server() { Self::on_server() } else { Self::in_file() }
    }

    /// Where there is none yet.
    pub fn unmade() -> Self {
        if has_server() { Self::unmade_on_server() } else { Self::in_file() }
    }

    pub fn in_file() -> Self {
        Self(Place::Folder(tempfile::tempdir().unwrap()))
    }

    pub fn on_server() -> Self {
        Self(Place::Database(database_from(empty_workspace())))
    }

    pub fn unmade_on_server() -> Self {
        Self(Place::Database(database_from("template1")))
    }

    /// What goes to any engine.
    pub fn place(&self) -> Address {
        match &self.0 {
            Place::Folder(folder) => file_in(folder).into(),
            Place::Database(name) => Address::parse(&on(&server(), name)).unwrap(),
        }
    }

    pub fn open(&self) -> Store {
        Store::open(self.place()).unwrap()
    }

    /// Runs a statement as somebody who may write the whole database; gives the number of
    /// rows it changed.
    pub fn sql(&self, statement: &str) -> std::result::Result<usize, Box<dyn std::error::Error>> {
        match &self.0 {
            Place::Folder(folder) => Ok(rusqlite::Connection::open(file_in(folder))?.execute(statement, [])?),
            Place::Database(_) => {
                let changed = self.client().execute(statement, &[]);
                let told = |error: postgres::Error| error.as_db_error().map_or(error.to_string(), ToString::to_string);
                Ok(changed.map_err(told)? as usize)
            }
        }
    }

    /// Runs a statement that no trigger sees: it writes what nobody may.
    pub fn force(&self, statement: &str) -> usize {
        match &self.0 {
            Place::Folder(folder) => {
                let file = rusqlite::Connection::open(file_in(folder)).unwrap();
                file.set_db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false).unwrap();
                file.execute(statement, []).unwrap()
            }
            Place::Database(_) => {
                let mut client = self.client();
                client.batch_execute("SET session_replication_role = replica").unwrap();
                client.execute(statement, &[]).unwrap() as usize
            }
        }
    }

    /// Runs statements in one transaction, as [`Workspace::sql`] runs one.
    pub fn all(&self, statements: &[String]) {
        let batch = format!("BEGIN;{};COMMIT", statements.join(";"));
        match &self.0 {
            Place::Folder(folder) => {
                rusqlite::Connection::open(file_in(folder)).unwrap().execute_batch(&batch).unwrap()
            }
            Place::Database(_) => self.client().batch_execute(&batch).unwrap(),
        }
    }

    /// The number that a query gives.
    pub fn number(&self, query: &str) -> i64 {
        match &self.0 {
            Place::Folder(folder) => {
                rusqlite::Connection::open(file_in(folder)).unwrap().query_row(query, [], |row| row.get(0)).unwrap()
            }
            Place::Database(_) => self.client().query_one(query, &[]).unwrap().get(0),
        }
    }
}

/// In a file.
impl Workspace {
    pub fn folder(&self) -> &Path {
        match &self.0 {
            Place::Folder(folder) => folder.path(),
            Place::Database(name) => panic!("the workspace is no file: {name}"),
        }
    }

    pub fn path(&self) -> PathBuf {
        self.folder().join(FILE)
    }
}

const FILE: &str = "w.db";

fn file_in(folder: &TempDir) -> PathBuf {
    folder.path().join(FILE)
}

/// On a server.
impl Workspace {
    /// Where the workspace is, with the superuser's name and password.
    pub fn address(&self) -> String {
        self.address_on(&server())
    }

    /// The same by way of another server, such as a pooler.
    pub fn address_on(&self, server: &str) -> String {
        on(server, self.name())
    }

    /// The name of the database.
    pub fn name(&self) -> &str {
        match &self.0 {
            Place::Folder(folder) => panic!("the workspace is no database: {}", folder.path().display()),
            Place::Database(name) => name,
        }
    }

    /// Cuts the connections of so many programs, busy ones first or idle ones, as it comes; gives how many were cut.
    pub fn cut(&self, count: usize) -> usize {
        let sql = format!(
            "SELECT COUNT(pg_terminate_backend(pid)) FROM (SELECT pid FROM pg_stat_activity
                WHERE datname = '{}' AND pid <> pg_backend_pid() ORDER BY random() LIMIT {count}) x",
            self.name()
        );
        connect(&server()).query_one(&sql, &[]).unwrap().get::<_, i64>(0) as usize
    }

    /// A connection past the store, of somebody who may do everything.
    pub fn client(&self) -> Client {
        let mut client = connect(&self.address());
        client.batch_execute("SET search_path = karat").unwrap();
        client
    }
}

fn has_server() -> bool {
    std::env::var_os(SERVER).is_some()
}

/// The name of a database with a workspace of no queues, to be copied: to bring one up from nothing takes longer.
fn empty_workspace() -> &'static str {
    static MADE: OnceLock<String> = OnceLock::new();
    MADE.get_or_init(|| {
        let name = database_from("template1");
        drop(open(&on(&server(), &name)).unwrap());
        name
    })
}

/// Makes a database of a name of its own.
fn database_from(template: &str) -> String {
    static MADE: AtomicU32 = AtomicU32::new(0);
    let name = format!("karat_{}_{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
    connect(&server()).batch_execute(&format!("CREATE DATABASE {name} TEMPLATE {template}")).unwrap();
    name
}

/// The address of a database on a server whose own address names another.
fn on(server: &str, name: &str) -> String {
    let (before, _database) = server.rsplit_once('/').unwrap();
    format!("{before}/{name}")
}

pub fn open(address: &str) -> Result<Store> {
    Store::open(Address::parse(address)?)
}

/// The address of the server that the tests run on. Without one they fail: no test is passed
/// over.
pub fn server() -> String {
    std::env::var(SERVER).unwrap_or_else(|_| panic!("{SERVER} names no server; `.ci/postgres` starts one"))
}

pub fn connect(address: &str) -> Client {
    Client::connect(address, NoTls).unwrap()
}
