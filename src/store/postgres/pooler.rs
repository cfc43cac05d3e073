//! A pooler before the server: whether it leaves a session to the program that it gave it to.

use super::errors::PgResult;
use std::time::Duration;
use tokio_postgres::{Client, SimpleQueryMessage};

/// A pooler that has no session left for a second connection lets it wait; then the first has one of its own.
const LIMIT: Duration = Duration::from_secs(3);

/// How often both have a session at once; where chance gives them out, each time tells in half of all cases.
const ROUNDS: usize = 12;

/// Whether the session of `client` is given to others between its transactions. The pooler is
/// asked for a second one, in which a transaction is kept open: where sessions are shared, it
/// is the first one's, or the first one has another by then. What sets anything comes later,
/// for it would be set for others too.
pub(super) async fn shares_sessions(client: &Client, second: impl Future<Output = PgResult<Client>>) -> PgResult<bool> {
    let own = process(client).await?;
    let theirs = tokio::time::timeout(LIMIT, async {
        let second = second.await?;
        second.batch_execute("BEGIN").await?;
        let theirs = process(&second).await?;
        let present = process(client).await?;
        second.batch_execute("ROLLBACK").await?;
        Ok::<_, tokio_postgres::Error>(theirs == own || present != own || exchanges(client, &second, &own).await?)
    });
    match theirs.await {
        Ok(Ok(is_shared)) => Ok(is_shared),
        // By statement, it has no transactions.
        Ok(Err(error)) if error.as_db_error().is_some() => Ok(true),
        Ok(Err(error)) => Err(error),
        Err(_) => Ok(process(client).await? != own),
    }
}

/// Whether `first` is given another session than `own` after both have had one at once. Others who work
/// through the pooler can put a free session before that of `first`, so that a second one asked for
/// says nothing; whoever is free last, or first, is given out next, or it is left to chance.
async fn exchanges(first: &Client, second: &Client, own: &str) -> PgResult<bool> {
    for (sooner, later) in [(first, second), (second, first)].repeat(ROUNDS / 2) {
        first.batch_execute("BEGIN").await?;
        if process(first).await? != own {
            first.batch_execute("ROLLBACK").await?;
            return Ok(true);
        }
        second.batch_execute("BEGIN").await?;
        sooner.batch_execute("ROLLBACK").await?;
        later.batch_execute("ROLLBACK").await?;
    }
    Ok(process(first).await? != own)
}

/// Number of the server process, asked without a prepared statement, which a pooler may lose.
async fn process(client: &Client) -> PgResult<String> {
    let answer = client.simple_query("SELECT pg_backend_pid()").await?;
    let number = answer.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
        _ => None,
    });
    Ok(number.unwrap_or_default())
}
