//! The connection to the server: made, watched, and made again when it is lost.

use super::connect_error;
use super::errors::PgResult;
use super::statements::Statements;
use super::{holder, pooler};
use crate::clock::Clock;
use crate::store::address::Server;
use crate::store::engine::ConnectionState;
use crate::store::error::{Result, StoreError};
use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;
use tokio_postgres::{AsyncMessage, Client, Config};

/// The oldest server that has what is asked of it.
const OLDEST: i64 = 140_000;

/// What every session sets, with [`LIMITS`]. A server that hears nothing from a program in the
/// midst of a transaction takes it for dead. A plan is kept that was made while a table was
/// still empty: so tables are read through their indexes from the first row on. What a database or a
/// login may be set to that changes what statements mean is set here too.
const SETTINGS: [(&str, &str); 7] = [
    ("search_path", "karat"),
    ("enable_seqscan", "off"),
    ("idle_in_transaction_session_timeout", "5min"),
    ("client_min_messages", "warning"),
    ("jit", "off"),
    ("standard_conforming_strings", "on"),
    ("row_security", "on"),
];

/// Limits after which the server gives up a statement, and the wait for a lock: nobody is held
/// up for longer than a moment by somebody who keeps one.
const LIMITS: Limits = Limits { statement: "60s", lock: Duration::from_secs(3) };

/// The limits of a bulk load, whose statements take their time.
const PATIENT_LIMITS: Limits = Limits { statement: "0", lock: Duration::from_secs(20) };

struct Limits {
    /// `0`: none.
    statement: &'static str,
    lock: Duration,
}

impl Limits {
    fn settings(&self) -> [(&'static str, String); 2] {
        [("statement_timeout", self.statement.into()), ("lock_timeout", format!("{}s", self.lock.as_secs()))]
    }
}

/// Longer than the server takes to give a statement up: then it is the network.
const SILENCE: Duration = Duration::from_secs(75);

/// A first connection is tried once; a lost one for this long.
const PATIENCE: Duration = Duration::from_secs(90);

/// Pause after which a program that heard of a change looks again, for changes right behind it.
const AGAIN: Duration = Duration::from_millis(400);

/// Interval between two looks for changes that were not announced.
const UNTOLD: Duration = Duration::from_secs(5);

/// A server that does not take leave within this need not.
const GOODBYE: Duration = Duration::from_millis(200);

const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Listener that hears when the connection is lost and when it is back.
pub(super) type Listener = Box<dyn Fn(ConnectionState)>;

/// The connection, and what is needed to make it again.
pub(super) struct Connection {
    runtime: Runtime,
    server: Server,
    session: RefCell<Option<Rc<Session>>>,
    /// What moves the data of the present connection.
    driver: RefCell<Option<JoinHandle<()>>>,
    heard: Arc<Heard>,
    /// Time of the next look for changes that were not announced.
    look_at: Cell<Instant>,
    /// Waiting may take any time.
    is_patient: Cell<bool>,
    round_trips: Cell<u64>,
    clock: Clock,
    /// When the server was started that is connected to, as it says it.
    server_start: RefCell<String>,
    lock_holder: holder::Asked,
    /// The server takes no changes.
    only_reads: Cell<bool>,
    listener: RefCell<Option<Listener>>,
    /// Set from another thread: nobody waits for the server any longer.
    given_up: RefCell<Arc<AtomicBool>>,
}

/// Changes that the server announced. It announces a few a second at most: one may have others
/// behind it.
#[derive(Default)]
struct Heard {
    /// Whether a change was announced since the last look.
    told: AtomicBool,
    /// Whether another connection has made a change.
    news: AtomicBool,
    /// Number of this connection, whose own changes are no news.
    own: AtomicI32,
}

/// A connection with its prepared statements.
pub(super) struct Session {
    pub client: Client,
    pub statements: Statements,
}

impl Connection {
    pub(super) fn open(server: Server) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|source| StoreError::Io { what: "no connection can be made".into(), source })?;
        let connection = Self {
            runtime,
            server,
            session: RefCell::default(),
            driver: RefCell::default(),
            heard: Arc::default(),
            look_at: Cell::new(Instant::now() + UNTOLD),
            is_patient: Cell::new(false),
            round_trips: Cell::new(0),
            clock: Clock::default(),
            server_start: RefCell::default(),
            lock_holder: holder::Asked::default(),
            only_reads: Cell::new(false),
            listener: RefCell::default(),
            given_up: RefCell::default(),
        };
        connection.connect()?;
        Ok(connection)
    }

    /// The connection, as long as it stands.
    pub(super) fn session(&self) -> Result<Rc<Session>> {
        let session = self.session.borrow().clone();
        session.filter(|session| !session.client.is_closed()).ok_or_else(lost)
    }

    /// Whether the connection stands, as far as is known.
    pub(super) fn is_up(&self) -> bool {
        self.session().is_ok()
    }

    /// Waits for the server's answer.
    pub(super) fn wait<T>(&self, answer: impl Future<Output = PgResult<T>>) -> Result<T> {
        let limit = if self.is_patient.get() { Duration::MAX } else { SILENCE };
        self.round_trips.set(self.round_trips.get() + 1);
        let outcome = self.runtime.block_on(async {
            let mut answer = std::pin::pin!(answer);
            match tokio::time::timeout(self.limits().lock / 2, &mut answer).await {
                Ok(answer) => Ok(answer),
                Err(_) => {
                    self.ask_for_lock_holder();
                    tokio::time::timeout(limit, answer).await
                }
            }
        });
        match outcome {
            Ok(answer) => self.judged(answer),
            Err(_) => {
                self.session.take();
                Err(StoreError::Lost(format!("no answer for {} seconds", SILENCE.as_secs())))
            }
        }
    }

    /// An answer as the store has it; the connection is given up where it was lost.
    pub(super) fn judged<T>(&self, answer: PgResult<T>) -> Result<T> {
        answer.map_err(|error| match super::errors::store_error(error) {
            StoreError::Busy => self.lock_holder.take().map_or(StoreError::Busy, |by| StoreError::Locked(Box::new(by))),
            StoreError::Lost(why) => {
                self.session.take();
                StoreError::Lost(why)
            }
            other => other,
        })
    }

    /// Asks, in case the server is waiting for a lock, who holds it.
    fn ask_for_lock_holder(&self) {
        if let (true, Ok(config)) = (self.is_up(), self.server.config()) {
            self.lock_holder.begin(config, &self.server, self.heard.own.load(Ordering::Relaxed));
        }
    }

    fn limits(&self) -> Limits {
        if self.is_patient.get() { PATIENT_LIMITS } else { LIMITS }
    }

    /// When the server was started.
    pub(super) fn server_start(&self) -> String {
        self.server_start.borrow().clone()
    }

    /// The server's clock.
    pub(super) fn clock(&self) -> Clock {
        self.clock.clone()
    }

    /// How often the server was waited for.
    pub(super) fn round_trips(&self) -> u64 {
        self.round_trips.get()
    }

    /// Statements of a bulk load take their time, over whichever connection.
    pub(super) fn be_patient(&self, is_patient: bool) -> Result<()> {
        self.is_patient.set(is_patient);
        self.revive()?;
        self.set_limits(&self.session()?.client)
    }

    fn set_limits(&self, client: &Client) -> Result<()> {
        let set = self.limits().settings().map(|(name, value)| format!("SET {name} = '{value}'"));
        self.wait(client.batch_execute(&set.join(";")))
    }

    pub(super) fn listen(&self, listener: Listener, given_up: Arc<AtomicBool>) {
        *self.listener.borrow_mut() = Some(listener);
        *self.given_up.borrow_mut() = given_up;
    }

    fn tell(&self, state: ConnectionState) {
        if let Some(listener) = &*self.listener.borrow() {
            listener(state);
        }
    }

    /// Makes the connection again, with pauses that double between attempts. When it returns
    /// `Ok` there is a connection.
    pub(super) fn revive(&self) -> Result<()> {
        if self.is_up() {
            return Ok(());
        }
        let (start, mut pause) = (Instant::now(), FIRST_PAUSE);
        for tries in 1.. {
            let error = match self.connect() {
                Ok(()) => {
                    self.tell(ConnectionState::Back);
                    return Ok(());
                }
                Err(error) => error,
            };
            if !error.may_pass() || self.is_given_up() {
                return Err(error);
            }
            if start.elapsed() + pause > PATIENCE {
                return Err(gave_up(&error));
            }
            let why = if let StoreError::Lost(why) = error { why } else { error.to_string() };
            self.tell(ConnectionState::Lost { tries, next: pause, why });
            self.pause(pause);
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
        unreachable!("tries have no end")
    }

    /// Sleeps, unless the wait is given up meanwhile.
    fn pause(&self, pause: Duration) {
        let end = Instant::now() + pause;
        while Instant::now() < end && !self.is_given_up() {
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn is_given_up(&self) -> bool {
        self.given_up.borrow().load(Ordering::Relaxed)
    }

    fn connect(&self) -> Result<()> {
        self.session.take();
        let config = with_defaults(self.server.config()?);
        let client = match self.connect_directly(&config) {
            Err(StoreError::Pooler) => self.connect_through_pooler(&config)?,
            client => client?,
        };
        if self.is_patient.get() {
            self.set_limits(&client)?;
        }
        *self.session.borrow_mut() = Some(Rc::new(Session { client, statements: Statements::default() }));
        Ok(())
    }

    /// Connects with the settings of a session in the first message.
    fn connect_directly(&self, config: &Config) -> Result<Client> {
        let client = self.reach(&with_settings(config.clone()))?;
        self.greet(&client)?;
        Ok(client)
    }

    /// Connects by way of a pooler, which passes no settings on: they are made afterwards. One
    /// that gives the session to others meanwhile is refused.
    fn connect_through_pooler(&self, config: &Config) -> Result<Client> {
        let client = self.reach(config).map_err(|error| match error {
            StoreError::Pooler => StoreError::Refused {
                reason: "a pooler stands before the server and refuses the options in the address".into(),
                hint: "take them out, or set `ignore_startup_parameters = options` in pgbouncer.ini".into(),
            },
            other => other,
        })?;
        let tls = self.server.tls()?;
        let second = async {
            let (second, connection) = config.connect(tls).await?;
            tokio::spawn(connection);
            Ok(second)
        };
        if self.wait(pooler::shares_sessions(&client, second))? {
            return Err(StoreError::Pooler);
        }
        let set: Vec<String> = settings().map(|(name, value)| format!("SET {name} = '{value}'")).collect();
        self.wait(client.batch_execute(&set.join(";")))?;
        self.greet(&client)?;
        Ok(client)
    }

    fn reach(&self, config: &Config) -> Result<Client> {
        let tls = self.server.tls()?;
        let limit = self.server.longest_wait();
        let connected = self.runtime.block_on(async { tokio::time::timeout(limit, config.connect(tls)).await });
        match connected {
            Ok(Ok((client, connection))) => {
                *self.driver.borrow_mut() = Some(self.runtime.spawn(drive(connection, self.heard.clone())));
                Ok(client)
            }
            Ok(Err(error)) => Err(connect_error::describe(&error, &self.server)),
            Err(_) => Err(connect_error::silent(&self.server, limit.as_secs())),
        }
    }

    /// Looks at who answers, listens to what others change, and takes the time from there.
    fn greet(&self, client: &Client) -> Result<()> {
        let asked = "SELECT current_setting('server_version_num')::BIGINT, current_setting('search_path'),
            current_setting('server_version'), (EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::BIGINT, pg_backend_pid(),
            pg_postmaster_start_time()::text, current_setting('transaction_read_only')::BOOLEAN, pg_is_in_recovery()";
        let start = Instant::now();
        let row = self.wait(client.query_one(asked, &[]))?;
        if row.get::<_, i64>(0) < OLDEST {
            return Err(StoreError::OldServer(row.get(2)));
        }
        if row.get::<_, &str>(1) != "karat" {
            return Err(StoreError::Pooler);
        }
        *self.server_start.borrow_mut() = row.get(5);
        self.heard.own.store(row.get(4), Ordering::Relaxed);
        self.clock.follow(row.get::<_, i64>(3) + start.elapsed().as_millis() as i64 / 2);
        self.only_reads.set(row.get(6));
        // A standby announces nothing.
        if row.get(7) { Ok(()) } else { self.wait(client.batch_execute("LISTEN karat")) }
    }

    /// Whether the server takes no changes, such as a standby.
    pub(super) fn only_reads(&self) -> bool {
        self.only_reads.get()
    }

    /// Whether others may have changed something since this was asked last.
    pub(super) fn has_heard(&self) -> bool {
        // The connection is read only while somebody waits: so it is given a moment.
        self.runtime.block_on(async {
            for _ in 0..4 {
                tokio::task::yield_now().await;
            }
            let _ = tokio::time::timeout(Duration::from_millis(1), std::future::pending::<()>()).await;
        });
        let now = Instant::now();
        let is_due = now >= self.look_at.get();
        if is_due {
            self.look_at.set(now + UNTOLD);
        }
        if self.heard.told.swap(false, Ordering::Relaxed) {
            self.look_at.set(self.look_at.get().min(now + AGAIN));
        }
        self.heard.news.swap(false, Ordering::Relaxed) || is_due
    }
}

impl Drop for Connection {
    /// Takes leave: else the server tells its log of a connection that was cut.
    fn drop(&mut self) {
        let (session, driver) = (self.session.take(), self.driver.take());
        if let (Some(session), Some(driver)) = (session, driver) {
            drop(session);
            let _ = self.runtime.block_on(async { tokio::time::timeout(GOODBYE, driver).await });
        }
    }
}

fn gave_up(error: &StoreError) -> StoreError {
    StoreError::Absent {
        reason: format!("the server did not come back within {} seconds: {error}", PATIENCE.as_secs()),
        hint: "what was saved is safe; try again when it is there".into(),
    }
}

pub(super) fn lost() -> StoreError {
    StoreError::Lost("the connection is closed".into())
}

/// Moves what comes and goes over the connection until it ends.
async fn drive<S, T>(mut connection: tokio_postgres::Connection<S, T>, heard: Arc<Heard>)
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
    T: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
{
    while let Some(Ok(message)) = poll_fn(|context| connection.poll_message(context)).await {
        if let AsyncMessage::Notification(told) = message {
            heard.told.store(true, Ordering::Relaxed);
            heard.news.fetch_or(told.process_id() != heard.own.load(Ordering::Relaxed), Ordering::Relaxed);
        }
    }
}

/// What every session sets, with the limits of one that is not patient.
fn settings() -> impl Iterator<Item = (&'static str, String)> {
    SETTINGS.map(|(name, value)| (name, value.to_owned())).into_iter().chain(LIMITS.settings())
}

/// What the address sets itself comes last.
fn with_settings(mut config: Config) -> Config {
    let given = config.get_options().map(str::to_owned);
    let set: Vec<String> = settings().map(|(name, value)| format!("-c {name}={value}")).chain(given).collect();
    config.options(set.join(" "));
    config
}

fn with_defaults(mut config: Config) -> Config {
    if config.get_application_name().is_none() {
        config.application_name("karat");
    }
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(Duration::from_secs(10));
    }
    config.keepalives_idle(Duration::from_secs(10));
    config.keepalives_interval(Duration::from_secs(5));
    config.keepalives_retries(3);
    config.tcp_user_timeout(Duration::from_secs(30));
    config
}
