//! A workspace in a database of its own, on the server that `.ci/postgres` starts, and a way
//! into it past the store.
#![allow(dead_code)] // each test binary uses its own part of it

use karat::store::{Address, Store};
use postgres::{Client, NoTls};
use std::sync::atomic::{AtomicU32, Ordering};

/// A workspace and the database it lies in, which goes with it.
pub struct Workspace {
    name: String,
}

impl Workspace {
    pub fn new() -> Self {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let name = format!("karat_{}_{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
        connect(&server()).batch_execute(&format!("CREATE DATABASE {name}")).unwrap();
        Self { name }
    }

    /// Where the workspace is, with the superuser's name and password.
    pub fn address(&self) -> String {
        self.address_on(&server())
    }

    /// The same, for what goes to any engine.
    pub fn place(&self) -> Address {
        Address::parse(&self.address()).unwrap()
    }

    /// The same by way of another server, such as a pooler.
    pub fn address_on(&self, server: &str) -> String {
        let (before, _database) = server.rsplit_once('/').unwrap();
        format!("{before}/{}", self.name)
    }

    /// The name of the database.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn open(&self) -> Store {
        open(&self.address()).unwrap()
    }

    /// A connection past the store, of somebody who may do everything.
    pub fn client(&self) -> Client {
        let mut client = connect(&self.address());
        client.batch_execute("SET search_path = karat").unwrap();
        client
    }

    /// Runs a statement as somebody who may write the whole database; gives the number of
    /// rows it changed.
    pub fn sql(&self, statement: &str) -> Result<usize, Box<dyn std::error::Error>> {
        let changed = self.client().execute(statement, &[]);
        Ok(changed.map_err(|error| error.as_db_error().map(ToString::to_string).unwrap_or(error.to_string()))? as usize)
    }

    /// The number that a query gives.
    pub fn number(&self, query: &str) -> i64 {
        self.client().query_one(query, &[]).unwrap().get(0)
    }
}

pub fn open(address: &str) -> karat::store::Result<Store> {
    Store::open(Address::parse(address)?)
}

/// The address of the server that the tests run on. Without one they fail: no test is passed
/// over.
pub fn server() -> String {
    std::env::var("KARAT_TEST_SERVER").expect("KARAT_TEST_SERVER names no server; `.ci/postgres` starts one")
}

pub fn connect(address: &str) -> Client {
    Client::connect(address, NoTls).unwrap()
}
