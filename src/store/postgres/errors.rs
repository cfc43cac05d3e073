//! What a server answers when it does not do what it was asked, as errors of the store.

use crate::store::error::StoreError;
use tokio_postgres::Error;
use tokio_postgres::error::SqlState;

/// The error as the store has it.
pub(super) fn store_error(error: Error) -> StoreError {
    let Some(refusal) = error.as_db_error() else {
        return match error.is_closed() || is_of_network(&error) {
            true => StoreError::Lost(cause(&error)),
            false => StoreError::Engine { message: cause(&error), source: Box::new(error) },
        };
    };
    let message = refusal.message().to_owned();
    match refusal.code() {
        &SqlState::PROTOCOL_VIOLATION if is_of_pooler(&message) => StoreError::Pooler,
        code if is_goodbye(code) => StoreError::Lost(message),
        &SqlState::T_R_DEADLOCK_DETECTED | &SqlState::T_R_SERIALIZATION_FAILURE => StoreError::Crossed,
        // Another made the queue since this one looked for it.
        &SqlState::UNIQUE_VIOLATION if refusal.constraint() == Some("queue_name_key") => StoreError::Crossed,
        // Another brings the empty database up at the same moment.
        &SqlState::UNIQUE_VIOLATION if refusal.schema() == Some("pg_catalog") => StoreError::Crossed,
        &SqlState::LOCK_NOT_AVAILABLE => StoreError::Busy,
        &SqlState::INSUFFICIENT_PRIVILEGE => StoreError::Forbidden(message),
        &SqlState::DISK_FULL => StoreError::DiskFull,
        &SqlState::DATA_CORRUPTED | &SqlState::INDEX_CORRUPTED => StoreError::Damaged(message),
        _ => StoreError::Engine { message, source: Box::new(error) },
    }
}

/// Whether the error is PgBouncer's, which refuses settings on connecting unless it is
/// configured to drop them.
fn is_of_pooler(message: &str) -> bool {
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
