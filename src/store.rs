//! The store: what the program asks of a workspace, written once for every engine.
//! Nothing outside this module knows SQL.

mod address;
mod adjudication;
mod agreement;
mod answers;
mod asked_of;
mod bars;
mod batches;
mod blind;
mod browse;
mod bulk;
mod calibrating;
mod cautions;
mod checks;
mod claims;
mod columns;
mod damaged;
mod dashboard;
mod deciding;
mod decisions;
mod declined;
mod doctor;
mod documents;
mod drafts;
mod engine;
mod error;
mod escalations;
mod events;
mod explaining;
mod filter;
mod followed;
mod golden;
mod grounding;
mod groups;
mod history;
mod import;
mod item_before;
mod items;
mod judgements;
mod judging;
mod listing;
mod long_statements;
mod macros;
mod merge;
mod migrate;
mod moving;
mod opinions;
mod outgoing;
mod past;
mod pausing;
mod people;
mod pick;
#[cfg(test)]
mod plan;
mod policy;
mod postgres;
mod precedent;
mod preferences;
mod previous_attempt;
mod probes;
mod prompts;
mod queues;
mod rechecking;
mod reopening;
mod repair;
mod repeats;
mod restore;
mod retries;
mod retry_filter;
mod sampling;
mod search;
mod serving;
mod serving_list;
mod set_aside;
mod shares;
mod simulating;
mod sqlite;
mod stage;
mod stats;
mod steps;
mod tables;
mod team;
mod texts;
mod tokens;
mod totals;
mod transaction;
mod undo;
mod versions;
mod waivers;

pub use address::{Address, Server};
pub use adjudication::Settlement;
pub use agreement::SpecVersions;
pub use answers::{Asked, InboxSize};
pub use bars::{BarReport, LeftOut, Look};
pub use browse::BrowseRow;
pub use bulk::{Bulk, BulkAction, BulkOutcome};
pub use damaged::DamagedRow;
pub use dashboard::{Dashboard, Day, Desk, Group, Newest};
pub use declined::Declined;
pub use doctor::CheckResult;
pub use engine::{ConnectionState, Interrupter};
pub use error::{NO_ROOM, Result, StoreError};
pub use explaining::{Explained, Question};
pub use filter::SavedFilter;
pub use followed::FollowedImport;
pub use golden::{
    Because, Candidate, Freeze, Freezing, FrozenExample, Golden, GoldenFacts, GoldenRow, GoldenSet, GoldenText, Page,
    Reach,
};
pub use history::{Attempt, Decided, Entry, History, State};
pub use import::{DryRun, ImportOptions, ImportOutcome, ImportSession, ImportSource};
pub use judgements::{JudgedOutcome, JudgementImport, KeptJudgement};
pub use judging::{Disagreement, JudgeFigures};
pub use listing::{By, Condition, Listing, Sort, Value};
pub use merge::{Fate, MergeTerms, Merged, MergedJudgements, Reason};
pub use moving::{Moved, Moving, Progress};
pub use outgoing::{Outgoing, Rows};
pub use pick::Pick;
pub use precedent::Precedent;
pub use previous_attempt::PreviousAttempt;
pub use queues::{Applied, QueueSummary};
pub use restore::Restored;
pub use retries::ToRetry;
pub use sampling::Resampled;
pub use search::Indexed;
pub use serving::{End, Next, Opinion, Opinions, Served};
pub use shares::Share;
pub use simulating::Simulation;
pub use stats::Figures;
pub use steps::UndoScope;
pub use team::Granted;
pub use totals::Totals;
pub use undo::{Change, Reverted};
pub use waivers::Waiver;

use crate::clock::Clock;
use crate::domain::item::Seq;
use crate::domain::team::Role;
use crate::domain::time::UtcMillis;
use engine::{Engine, Param, Row};
use std::cell::RefCell;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// A workspace, open.
pub struct Store {
    engine: Box<dyn Engine>,
    address: Address,
    clock: Clock,
    /// Names this program among those that work on the workspace.
    session: String,
    /// The server, or the file's permissions, let this program only read.
    only_reads: bool,
    /// The earlier time as of which it is read.
    as_of: Option<UtcMillis>,
    /// The server lets this login decide; of a file it is asked for each name.
    decides: bool,
    /// The next item of the open queue, read before it is asked for.
    ahead: Option<items::Ahead>,
    /// How the open queue is served, where not by priority and whole.
    list: Option<serving_list::ServingList>,
    /// Item up to which support by the source was read; `None`: for all items.
    grounded_to: Option<Seq>,
    /// What a version of a queue's spec says is made again, as it was asked last.
    retry_filter: RefCell<Option<((i64, i64), Condition)>>,
    statements: long_statements::LongStatements,
    /// Rows that could not be read.
    passed_over: RefCell<damaged::PassedOver>,
}

fn connect(address: &Address) -> Result<Box<dyn Engine>> {
    Ok(match address {
        Address::File(path) => Box::new(sqlite::Sqlite::open(path)?),
        Address::Server(server) => Box::new(postgres::Postgres::open(server.clone())?),
    })
}

/// Fails where there is no file, or one in which nothing is yet.
fn refuse_nothing(path: &Path) -> Result<()> {
    use std::io::ErrorKind::{NotADirectory, NotFound};
    match path.metadata() {
        Ok(found) if found.is_file() && found.len() == 0 => Err(StoreError::Refused {
            reason: format!("there is no workspace at {}: the file is empty", path.display()),
            hint:
                "`karat restore FILE` puts a backup in its place; `karat open FILE` and `karat spec apply FILE` make \
                   a new workspace"
                    .into(),
        }),
        Ok(_) => Ok(()),
        Err(error) if matches!(error.kind(), NotFound | NotADirectory) => {
            sqlite::refuse_vacated(path)?;
            Err(StoreError::NoWorkspace(path.display().to_string()))
        }
        Err(error) => Err(StoreError::Open { path: path.into(), source: error.into() }),
    }
}

impl Store {
    /// Opens the workspace at `address`; makes it where there is none, and brings an
    /// older one to the present schema (a file after a copy).
    pub fn open(address: impl Into<Address>) -> Result<Self> {
        let address = address.into();
        let engine = connect(&address)?;
        Self::over(engine, address)?.finished()
    }

    /// Opens a workspace that must exist: a mistyped address makes no new one.
    pub fn open_existing(address: impl Into<Address>) -> Result<Self> {
        let address = address.into();
        if let Some(path) = address.file() {
            refuse_nothing(path)?;
        }
        let engine = connect(&address)?;
        if address.file().is_none() && engine.schema_version()? == 0 {
            return Err(StoreError::NoWorkspace(address.to_string()));
        }
        Self::over(engine, address)?.finished()
    }

    /// Opens a workspace as [`Store::open`] does, though a move into it is under way.
    fn connect(address: Address) -> Result<Self> {
        let engine = connect(&address)?;
        Self::over(engine, address)
    }

    fn finished(self) -> Result<Self> {
        self.refuse_unfinished().map(|()| self)
    }

    fn over(engine: Box<dyn Engine>, address: Address) -> Result<Self> {
        migrate::run(engine.as_ref(), address.file(), migrate::MIGRATIONS)?;
        let own = engine.rights().map(engine::Rights::own).transpose()?;
        let decides = own.is_none_or(|own| own >= Some(Role::Reviewer));
        let only_reads = own.is_some_and(|own| own < Some(Role::Agent)) || engine.refuse_writing().is_err();
        let clock = engine.clock();
        let session = claims::session(clock.now());
        let passed_over = RefCell::default();
        Ok(Self {
            engine,
            address,
            clock,
            session,
            only_reads,
            as_of: None,
            decides,
            ahead: None,
            list: None,
            grounded_to: None,
            retry_filter: RefCell::default(),
            statements: Default::default(),
            passed_over,
        })
    }

    /// Where the workspace is.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// The clock that everybody who shares the workspace goes by.
    pub fn clock(&self) -> Clock {
        self.clock.clone()
    }

    /// The time now, as everybody who shares the workspace has it.
    pub fn now(&self) -> UtcMillis {
        self.clock.now()
    }

    /// Sets the listener that hears when the connection to a server is lost, while it is tried
    /// again, and when it is back. Once `given_up` is set, nothing waits for it any longer.
    pub fn on_connection_change(&self, listener: Box<dyn Fn(ConnectionState)>, given_up: Arc<AtomicBool>) {
        self.engine.listen(listener, given_up);
    }

    /// What ends a long statement of this store with an error, for another thread; `None`: nothing does.
    pub fn interrupter(&self) -> Option<Interrupter> {
        self.engine.interrupter()
    }

    /// How often a server was waited for until now: 0 for a file.
    pub fn round_trips(&self) -> u64 {
        self.engine.round_trips()
    }

    /// Whether others have changed the workspace since this was asked last.
    pub fn changed(&self) -> Result<bool> {
        self.engine.changed()
    }

    /// Files the newest rows in what finds them: while nobody waits, or else a decision does it.
    pub fn file_newest(&self) -> Result<()> {
        self.engine.file_newest()
    }

    /// A consistent copy while others work. `target` must not exist.
    pub fn backup(&self, target: &Path) -> Result<()> {
        if target.exists() {
            let source = std::io::ErrorKind::AlreadyExists.into();
            return Err(StoreError::Io { what: format!("{} is there already", target.display()), source });
        }
        self.engine.copy_to(target).inspect_err(|_| {
            let _ = std::fs::remove_file(target); // half a copy is none
        })
    }

    fn all<T>(&self, sql: &str, params: &[Param], map: impl Fn(&dyn Row) -> Result<T>) -> Result<Vec<T>> {
        let mut rows = Vec::new();
        self.engine.query(sql, params, &mut |row| {
            rows.push(map(row)?);
            Ok(())
        })?;
        Ok(rows)
    }

    /// The first row, where there is one.
    fn first<T>(&self, sql: &str, params: &[Param], map: impl Fn(&dyn Row) -> Result<T>) -> Result<Option<T>> {
        let mut first = None;
        self.engine.query(sql, params, &mut |row| {
            if first.is_none() {
                first = Some(map(row)?);
            }
            Ok(())
        })?;
        Ok(first)
    }

    /// The first row for each of the values, where there is one.
    fn first_of_each<T>(
        &self,
        sql: &str,
        values: &[Vec<Param>],
        map: impl Fn(&dyn Row) -> Result<T>,
    ) -> Result<Vec<Option<T>>> {
        let mut found: Vec<Option<T>> = values.iter().map(|_| None).collect();
        self.engine.query_each(sql, values, &mut |place, row| {
            if found[place].is_none() {
                found[place] = Some(map(row)?);
            }
            Ok(())
        })?;
        Ok(found)
    }

    /// A number that the statement always gives: a count, a maximum, a new row's key.
    fn number(&self, sql: &str, params: &[Param]) -> Result<i64> {
        let found = self.first(sql, params, |row| row.need_int(0))?;
        found.ok_or_else(|| StoreError::Misuse(format!("no answer to: {sql}")))
    }
}
