//! What a server answers when it does not do what it was asked, as errors of the store.

use crate::store::error::StoreError;
use tokio_postgres::Error;
use tokio_postgres::error::{DbError, SqlState};

pub(super) type PgResult<T> = std::result::Result<T, Error>;

/// The error as the store has it.
pub(super) fn store_error(error: Error) -> StoreError {
    match error.as_db_error().map(|refusal| refused(refusal).ok_or_else(|| refusal.message().to_owned())) {
        Some(Ok(known)) => known,
        Some(Err(message)) => StoreError::Engine { message, source: Box::new(error) },
        None if error.is_closed() || is_of_network(&error) => StoreError::Lost(cause(&error)),
        None => StoreError::Engine { message: cause(&error), source: Box::new(error) },
    }
}

/// What a refusal means and what to do about it, by its code
/// (<https://www.postgresql.org/docs/current/errcodes-appendix.html>); `None` where it can only be repeated.
fn refused(refusal: &DbError) -> Option<StoreError> {
    let (code, message) = (refusal.code(), refusal.message());
    let because = |reason: String, hint: &str| StoreError::Refused { reason, hint: hint.into() };
    Some(match *code {
        SqlState::PROTOCOL_VIOLATION if is_of_pooler(message) => StoreError::Pooler,
        // Statements that were prepared in a session which another program has now.
        SqlState::INVALID_SQL_STATEMENT_NAME | SqlState::DUPLICATE_PSTATEMENT => StoreError::Pooler,
        _ if is_goodbye(code) => StoreError::Lost(message.into()),
        SqlState::T_R_DEADLOCK_DETECTED | SqlState::T_R_SERIALIZATION_FAILURE => StoreError::Crossed,
        // Another made the queue since this one looked for it.
        SqlState::UNIQUE_VIOLATION if refusal.constraint() == Some("queue_name_key") => StoreError::Crossed,
        // Another brings the empty database up at the same moment.
        SqlState::UNIQUE_VIOLATION if refusal.schema() == Some("pg_catalog") => StoreError::Crossed,
        SqlState::LOCK_NOT_AVAILABLE => StoreError::Busy,
        SqlState::INSUFFICIENT_PRIVILEGE if is_of_karat(refusal) => StoreError::Forbidden(message.into()),
        SqlState::INSUFFICIENT_PRIVILEGE => StoreError::Forbidden(lacking(message)),
        // Whoever may not use the schema finds nothing in it.
        SqlState::UNDEFINED_TABLE | SqlState::INVALID_SCHEMA_NAME => {
            StoreError::Forbidden("you have no role in this workspace any longer, or it was removed".into())
        }
        SqlState::READ_ONLY_SQL_TRANSACTION => StoreError::ReadOnly { missing: READ_ONLY.into() },
        SqlState::DISK_FULL => because(
            format!("the server has no room left ({message})"),
            "nothing was changed; try again when whoever runs the server has made room",
        ),
        SqlState::OUT_OF_MEMORY => because(
            format!("the server has no memory left ({message})"),
            "nothing was changed; try again in a moment, or ask whoever runs the server",
        ),
        SqlState::QUERY_CANCELED => because(
            format!("the server gave this up ({message})"),
            "nothing was changed; try again, and ask whoever runs the server if it stays so slow",
        ),
        SqlState::UNTRANSLATABLE_CHARACTER | SqlState::CHARACTER_NOT_IN_REPERTOIRE => because(
            format!("the database cannot keep every text ({message})"),
            "make one that can, with `createdb --encoding UTF8 --template template0 NAME`, and `karat move` there",
        ),
        SqlState::IO_ERROR => because(
            format!("the server cannot read or write its files ({message})"),
            "whoever runs the server looks at its log and its disk",
        ),
        SqlState::DATA_CORRUPTED | SqlState::INDEX_CORRUPTED => StoreError::Damaged(message.into()),
        _ => return None,
    })
}

/// Why a server takes no changes at all.
pub(super) const READ_ONLY: &str = "the server is a standby or takes no changes";

/// Whether the sentence is one of the rules in `migrations/`.
fn is_of_karat(refusal: &DbError) -> bool {
    refusal.routine() == Some("exec_stmt_raise")
}

fn lacking(message: &str) -> String {
    let denied = message.replace("new row violates row-level security policy for", "permission denied for a row of");
    match denied.contains("for schema karat") {
        true => format!("you have no role in this workspace ({denied})"),
        false => format!("your role in this workspace does not permit it ({denied})"),
    }
}

/// Whether the error is PgBouncer's, which refuses settings on connecting unless it is
/// configured to drop them.
pub(super) fn is_of_pooler(message: &str) -> bool {
    message.starts_with("unsupported startup parameter")
}

/// A value that the column cannot take.
pub(super) fn unfit(source: Box<dyn std::error::Error + Send + Sync>) -> StoreError {
    StoreError::Engine { message: source.to_string(), source }
}

/// The server ends this connection, or takes none at the moment.
fn is_goodbye(code: &SqlState) -> bool {
    let class = &code.code()[..2];
    let ends = [SqlState::TOO_MANY_CONNECTIONS, SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT];
    class == "08" || class == "57" && code != &SqlState::QUERY_CANCELED || ends.contains(code)
}

fn is_of_network(error: &Error) -> bool {
    use std::error::Error as _;
    let Some(source) = error.source() else { return false };
    source.is::<std::io::Error>()
}

/// The innermost cause says most.
pub(super) fn cause(error: &Error) -> String {
    let mut innermost: &dyn std::error::Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}
