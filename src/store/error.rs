//! What can go wrong in a store, as sentences with hints.

use crate::analysis::reviewer::Paused;
use crate::domain::decision::{OtherDecision, Violation};
use crate::domain::decline::told;
use crate::domain::filter::FilterError;
use crate::domain::time::{UtcMillis, format_rfc3339};
use std::fmt::{self, Display, Formatter};
use std::path::{Path, PathBuf};

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("the workspace {path} cannot be opened")]
    Open {
        path: PathBuf,
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Where the workspace is cannot be read, or not be reached as it says.
    #[error("{reason}")]
    Address { reason: String, hint: String },
    /// No connection at the moment, for a reason that may pass.
    #[error("{reason}")]
    Absent { reason: String, hint: String },
    #[error("there is no workspace at {0}")]
    NoWorkspace(String),
    #[error("the workspace was written by a newer karat (schema {found}; this one knows {known})")]
    Newer { found: i64, known: i64 },
    #[error("{path} is no karat workspace")]
    Foreign { path: PathBuf },
    #[error("the workspace {} is damaged: {missing} of {of} bytes are missing at its end", .path.display())]
    Truncated { path: PathBuf, missing: u64, of: u64 },
    #[error("the log {}-wal belongs to another file than the one beside it", .path.display())]
    ForeignLog { path: PathBuf },
    #[error("another program has the workspace {} open", .path.display())]
    InUse { path: PathBuf },
    /// There is no file, and what is beside its place tells that there was one.
    #[error("the workspace {} is gone, {}", .path.display(), what_is_left(*.is_restored))]
    Vacated { path: PathBuf, is_restored: bool },
    #[error("{} cannot be restored: {reason}", .backup.display())]
    NotRestored { backup: PathBuf, reason: String, hint: String },
    #[error("the workspace may only be read: {missing}")]
    ReadOnly { missing: String },
    /// The path no longer leads to the file that was opened, or its log is gone.
    #[error("{}", displaced(.path, *.is_replaced))]
    Displaced {
        path: PathBuf,
        is_replaced: bool,
        /// All that was saved in it, copied beside it.
        copy: Option<PathBuf>,
    },
    #[error("this workspace is not whole: the move from {from} has not finished")]
    Unfinished { from: String },
    #[error("{from} has changed since the move began")]
    Changed { from: String },
    #[error("another program moves into this workspace too")]
    MovedTwice,
    #[error("row {key} of the table {table} cannot be copied: {why}")]
    NotCopied { table: &'static str, key: String, why: String },
    #[error("the copy is complete already")]
    AlreadyMoved,
    #[error("the target is not empty{}", having(.queues))]
    NotEmpty { queues: Vec<String> },
    #[error("there is no queue `{name}`{}", existing(.names))]
    NoQueue { name: String, names: Vec<String> },
    #[error("the queue `{queue}` has no spec that can be read: {why}")]
    NoSpec { queue: String, why: String },
    #[error("the queue `{queue}` has no item `{item}`")]
    NoItem { queue: String, item: String },
    #[error("`{reviewer}` has claimed this item")]
    Claimed { reviewer: String, until: i64 },
    #[error("the claim on this item expired and {}", whereabouts(.by.as_deref(), .decided.as_deref()))]
    ClaimLost { by: Option<String>, decided: Option<Box<OtherDecision>> },
    #[error("{}", decided(.0, "this item"))]
    Decided(Box<OtherDecision>),
    /// Another has settled what opinions came to: they stay as they are.
    #[error("`{by}` has settled this item, and that rests on the opinions as they are")]
    Settled { by: String },
    #[error("the attempt `{by}` has taken the place of this item, and rests on its decision")]
    Replaced { by: String },
    /// It came back to who asked, with an answer.
    #[error("this item came back to `{by}` with the answer to their question, and they decide it")]
    ReturnedToAnother { by: String },
    #[error("this item has the {given} opinions that are asked of it")]
    NoOpinionAsked { given: i64 },
    /// The reviewer has left the item to others.
    #[error("you have declined this item: {}", told(.why))]
    Declined { why: String },
    /// The item is not to be declined.
    #[error("{reason}")]
    NotDeclined { reason: String, hint: Option<String> },
    /// The item is not to be reopened, or a reopening not to be taken back.
    #[error("{reason}")]
    NotReopened { reason: String, hint: Option<String> },
    /// The reviewer's answers on golden examples speak against what the spec asks for.
    #[error("you are paused in this queue: {}", .0.why())]
    Paused(Box<Paused>),
    #[error("{reason}")]
    NotLifted { reason: String, hint: String },
    #[error("the opinions on this item do not disagree, so there is no cause to tell")]
    NotDisputed,
    #[error("{}", sentences(.0))]
    Rules(Vec<Violation>),
    #[error("the spec of this queue changed from version {from} to {to} while the item was open")]
    SpecChanged { from: i64, to: i64 },
    #[error("the filter cannot be read: {error}")]
    Filter { text: String, error: Box<FilterError> },
    #[error("`{0}` is no name for a filter")]
    FilterName(String),
    #[error("the saved filter `{by}` refers to `{name}`")]
    FilterInUse { name: String, by: String },
    #[error("the item is not golden")]
    NotGolden,
    #[error("the item has no {0}, so none can be expected")]
    NoText(&'static str),
    /// An answer that is not this person's to give, or that nobody has asked for.
    #[error("{0}")]
    Unasked(String),
    /// An action that the person's role (`team.rs`) does not permit.
    #[error("{0}")]
    Forbidden(String),
    #[error("a repair adds to the log in the names of others, which on a server only the workspace's owner may")]
    NotOwner { owner: String },
    #[error("without `{0}` the team would have no lead")]
    LastLead(String),
    #[error("the server has no login `{0}`, and you may not make one")]
    NoLogin(String),
    #[error("the workspace has schema {found}, this karat needs {known}, and only its owner may bring it up")]
    Older { found: i64, known: i64 },
    #[error("the database stayed locked by another program")]
    Busy,
    /// A lock that another session holds is waited for no longer.
    #[error("{0}")]
    Locked(Box<LockHolder>),
    #[error("the connection to the server is lost: {0}")]
    Lost(String),
    /// A change whose commit got no answer. Trying again might make it twice.
    #[error("the connection was lost as the last change was saved, and whether it was is not known")]
    OutcomeUnknown,
    /// Two transactions each waited for the other, and this one was given up.
    #[error("others changed the same at the same moment")]
    Crossed,
    #[error("the server is PostgreSQL {0}, which is too old")]
    OldServer(String),
    #[error("a pooler stands before the server and gives its sessions to others between two transactions")]
    Pooler,
    /// A server that does not do what it was asked, for a reason that is known.
    #[error("{reason}")]
    Refused { reason: String, hint: String },
    #[error("a workspace on a server has no {0}")]
    OnServer(&'static str),
    /// A reader that ended the query early, for a reason of its own.
    #[error("nothing more is read")]
    Stopped,
    #[error("the disk is full")]
    DiskFull,
    #[error("the workspace is damaged: {0}")]
    Damaged(String),
    /// A mistake of the program itself: it asked for what there cannot be. The workspace is sound.
    #[error("karat made a mistake: {0}")]
    Misuse(String),
    #[error("the database refused: {message}")]
    Engine {
        message: String,
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    #[error("{what}")]
    Io {
        what: String,
        #[source]
        source: std::io::Error,
    },
}

/// A session on a server that keeps others waiting. What the server does not show is `None` or empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockHolder {
    pub person: String,
    /// The name that its program gave itself.
    pub program: String,
    pub host: Option<String>,
    /// Number of its server process.
    pub process: i32,
    /// Beginning of its transaction.
    pub since: Option<UtcMillis>,
}

impl Display for LockHolder {
    /// `ana holds a lock that this needs (psql from 10.0.0.4, server process 4711, since 2026-11-01T09:30:00.000Z)`
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { person, program, host, process, since } = self;
        let program = if program.is_empty() { "a program" } else { program };
        write!(f, "`{person}` holds a lock that this needs ({program}")?;
        if let Some(host) = host {
            write!(f, " from {host}")?;
        }
        write!(f, ", server process {process}")?;
        if let Some(since) = since {
            write!(f, ", since {}", format_rfc3339(*since))?;
        }
        write!(f, ")")
    }
}

/// What to do about a full disk; also where files are written that are no workspace.
pub const NO_ROOM: &str = "make room (or raise the limit on file size) and try again; what was saved is safe";

pub type Result<T> = std::result::Result<T, StoreError>;

impl StoreError {
    /// What the reader can do about it.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            StoreError::Open { .. } => "check the path and its permissions, or name another with --db".into(),
            StoreError::Address { hint, .. } | StoreError::Absent { hint, .. } | StoreError::Refused { hint, .. } => {
                hint.clone()
            }
            StoreError::NoWorkspace(_) => {
                "`karat open FILE` and `karat spec apply FILE` make one; --db names another".into()
            }
            StoreError::Newer { .. } => "update karat; the workspace was left untouched".into(),
            StoreError::Foreign { .. } => "name another file with --db".into(),
            StoreError::Truncated { .. } => {
                "`karat restore FILE` puts a backup in its place and keeps what is left of it".into()
            }
            StoreError::ForeignLog { path } => {
                let path = path.display();
                format!(
                    "nothing of it was written into {path}: put the file back that it belongs to, or move {path}-wal and \
                     {path}-shm aside and open the file without them; `karat restore FILE` does that and puts a backup there"
                )
            }
            StoreError::InUse { .. } => "end it (or wait for it) and try again; nothing was changed".into(),
            StoreError::Vacated { path, is_restored: true } => format!(
                "run `karat restore FILE` again; what was in its place is beside it as {}.replaced-1, or the last such number",
                path.display()
            ),
            StoreError::Vacated { .. } => {
                "put the file back that its log -wal belongs to, or a backup with `karat restore FILE`, which keeps the log aside".into()
            }
            StoreError::NotRestored { hint, .. } => hint.clone(),
            StoreError::ReadOnly { .. } => {
                "get the right to write (to the file and in its folder; on a server, connect \
                to the primary), or copy it with `karat backup` (`karat move` from a server) and work there"
                    .into()
            }
            StoreError::Displaced { path, is_replaced, copy } => back_in_place(path, *is_replaced, copy.as_deref()),
            StoreError::Unfinished { from } => format!("`karat move --from {from} --to` this one goes on with it"),
            StoreError::Changed { .. } => "begin anew with an empty target: half a copy of two states is none".into(),
            StoreError::MovedTwice => "let that one finish".into(),
            StoreError::NotCopied { .. } => {
                "`karat doctor` of the source names all such rows, `karat doctor --set-aside` takes them out of the way; \
                then move into an empty target"
                    .into()
            }
            StoreError::NotEmpty { .. } => "name an empty workspace, or a file that is not there yet".into(),
            StoreError::NoQueue { .. } => "`karat queues` lists them; `karat spec apply FILE` makes one".into(),
            StoreError::NoSpec { .. } => "a lead gives it one with `karat spec apply FILE`, or a newer karat reads \
                what it has; the other queues are as they were"
                .into(),
            StoreError::Claimed { .. } => "it comes free when the claim expires, or is given up".into(),
            StoreError::Decided(_) => "`karat decide --over` decides over it, and the log tells so".into(),
            StoreError::Declined { .. } => "`karat decline QUEUE ITEM --take-back` takes that back; so does undo".into(),
            StoreError::Paused(_) => {
                "`karat people QUEUE` shows your answers; a lead lifts it: `karat lift QUEUE REVIEWER --why TEXT`".into()
            }
            StoreError::NotLifted { hint, .. } => hint.clone(),
            StoreError::NotDeclined { hint, .. } | StoreError::NotReopened { hint, .. } => return hint.clone(),
            StoreError::ReturnedToAnother { .. } => {
                "if they cannot, a lead puts the item back for others: `karat reopen QUEUE ITEM --why TEXT`".into()
            }
            StoreError::Settled { .. } => "a lead puts the whole item back: `karat reopen QUEUE ITEM --why TEXT`".into(),
            StoreError::Replaced { by } => format!("decide `{by}`, or reopen that one: `karat reopen QUEUE {by} --why TEXT`"),
            StoreError::NoOpinionAsked { .. } => "whoever gave one of them may still change it".into(),
            StoreError::ClaimLost { .. } => "open the item again to see whether it is free".into(),
            StoreError::SpecChanged { .. } => "look at the rubric again, then decide".into(),
            StoreError::Filter { error, .. } => return error.hint.clone(),
            StoreError::FilterName(_) => "it has up to 40 letters, digits, `-`, `_` and `.`".into(),
            StoreError::FilterInUse { .. } => "change or remove that one first".into(),
            StoreError::NotOwner { owner } => format!("connect as `{owner}`, whose the workspace is"),
            StoreError::Forbidden(_) => {
                "a lead grants more (`karat team grant`); `karat team list` tells who leads".into()
            }
            StoreError::Unasked(_) => "`karat inbox` lists what waits for your answer".into(),
            StoreError::LastLead(_) => "grant somebody else `lead` first".into(),
            StoreError::NoLogin(person) => {
                format!("whoever administers the server runs: CREATE ROLE {} LOGIN; then grant again", quoted(person))
            }
            StoreError::Older { .. } => "ask the owner to run any karat command once".into(),
            StoreError::Locked(by) => format!(
                "nothing was changed; try again once that transaction has ended. Whoever administers the server ends \
                 it: SELECT pg_terminate_backend({})",
                by.process
            ),
            StoreError::Busy | StoreError::Crossed => "try again; nothing was changed".into(),
            StoreError::Lost(_) => "try again when the server is there; what was saved is safe".into(),
            StoreError::OutcomeUnknown => "look whether it is there before you do it again".into(),
            StoreError::OldServer(_) => "karat needs PostgreSQL 14 or newer".into(),
            StoreError::Pooler => "karat keeps one session open and listens on it: set `pool_mode = session` for this \
                database in pgbouncer.ini, or connect to PostgreSQL itself"
                .into(),
            StoreError::DiskFull => NO_ROOM.into(),
            StoreError::Misuse(_) => "the workspace is sound; please report this, with what you did before it".into(),
            StoreError::Damaged(_) => "run `karat doctor`, and keep the file as it is".into(),
            _ => return None,
        })
    }

    /// Whether the workspace may be looked at all the same.
    pub fn permits_reading(&self) -> bool {
        matches!(self, StoreError::Forbidden(_) | StoreError::Paused(_) | StoreError::ReadOnly { .. })
    }

    /// Whether the cause may pass: a server that restarts, or a network that is down.
    pub fn may_pass(&self) -> bool {
        matches!(
            self,
            StoreError::Lost(_)
                | StoreError::Absent { .. }
                | StoreError::Busy
                | StoreError::Locked(_)
                | StoreError::Crossed
        )
    }
}

/// A name as PostgreSQL reads it, whatever is in it.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// `ana accepted it at 2026-11-01T09:30:00.000Z`
fn decided(by: &OtherDecision, what: &str) -> String {
    format!("{} {} {what} at {}", by.reviewer, by.verdict.past(), format_rfc3339(by.decided_at))
}

fn whereabouts(claimant: Option<&str>, of_record: Option<&OtherDecision>) -> String {
    match (claimant, of_record) {
        (None, Some(by)) => decided(by, "it"),
        (claimant, _) => format!("{} has it now", claimant.unwrap_or("nobody")),
    }
}

fn what_is_left(is_restored: bool) -> &'static str {
    if is_restored { "and a restore of it did not finish" } else { "and its log is still there" }
}

fn existing(names: &[String]) -> String {
    match names {
        [] => "; there are none yet".into(),
        names => format!("; there are {}", names.join(", ")),
    }
}

fn having(queues: &[String]) -> String {
    if queues.is_empty() { String::new() } else { format!(": it has {}", queues.join(", ")) }
}

fn displaced(path: &Path, is_replaced: bool) -> String {
    match is_replaced {
        true => format!("another file has taken the place of the workspace {}", path.display()),
        false => format!("the workspace {} is gone; it or its -wal was moved or removed", path.display()),
    }
}

fn back_in_place(path: &Path, is_replaced: bool, copy: Option<&Path>) -> String {
    let path = path.display();
    match (is_replaced, copy.map(Path::display)) {
        (true, Some(copy)) => {
            format!("all that was saved is in {copy}: move {path} aside and that to its place, then start karat anew")
        }
        (true, None) => format!("put the file back that was at {path}, with {path}-wal.aside as its -wal"),
        (false, Some(copy)) => format!("put it back and try again; all that was saved is in {copy} too"),
        (false, None) => "put it back, with the files -wal and -shm beside it, and try again".into(),
    }
}

fn sentences(violations: &[Violation]) -> String {
    violations.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
