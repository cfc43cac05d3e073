//! Who holds a lock that a statement waits for: asked over a connection of its own, while the
//! statement waits, since the server forgets it afterwards.

use crate::store::address::Server;
use crate::store::error::LockHolder;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio_postgres::Config;

/// An answer that takes longer comes too late.
const LIMIT: Duration = Duration::from_secs(5);

/// The one at the root of all waiting, the oldest first. What is not a login's own the server
/// shows to members of `pg_read_all_stats` alone: then only the name, the program and the
/// process are there.
const HOLDER: &str = "WITH RECURSIVE waited_for (pid) AS (
        SELECT unnest(pg_blocking_pids($1))
        UNION SELECT unnest(pg_blocking_pids(w.pid)) FROM waited_for w)
    SELECT COALESCE(CAST(a.usename AS TEXT), ''), COALESCE(a.application_name, ''), host(a.client_addr), a.pid,
        CAST(EXTRACT(EPOCH FROM a.xact_start) * 1000 AS BIGINT)
    FROM waited_for w JOIN pg_stat_activity a ON a.pid = w.pid
    WHERE cardinality(pg_blocking_pids(w.pid)) = 0 ORDER BY a.xact_start LIMIT 1";

/// What was found out, once it was.
#[derive(Clone, Default)]
pub(super) struct Asked(Arc<Mutex<Option<LockHolder>>>);

impl Asked {
    /// Begins to ask for whom the server process `waiting` waits. Runs on as long as somebody
    /// waits on the runtime.
    pub(super) fn begin(&self, config: Config, server: &Server, waiting: i32) {
        drop(self.take());
        let Ok(tls) = server.tls() else { return };
        let found = Arc::clone(&self.0);
        tokio::spawn(tokio::time::timeout(LIMIT, async move {
            let (client, connection) = config.connect(tls).await?;
            let driver = tokio::spawn(connection);
            if let Some(row) = client.query_opt(HOLDER, &[&waiting]).await? {
                let holder = LockHolder {
                    person: row.get(0),
                    program: row.get(1),
                    host: row.get(2),
                    process: row.get(3),
                    since: row.get(4),
                };
                *found.lock().unwrap_or_else(PoisonError::into_inner) = Some(holder);
            }
            drop(client); // takes leave
            let _ = driver.await;
            Ok::<(), tokio_postgres::Error>(())
        }));
    }

    pub(super) fn take(&self) -> Option<LockHolder> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}
