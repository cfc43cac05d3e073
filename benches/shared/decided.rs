//! Decided items in a moment: by SQL, as deciding a million one by one would take an
//! hour. The rows are those that karat writes, but for the log.

use crate::workspace::{QUEUE, REVIEWER};
use color_eyre::eyre::Result;
use rusqlite::{Connection, params};

/// How many items of the queue `q` are decided.
pub(crate) const DECIDED: &str = "SELECT COALESCE(SUM(c.n), 0) FROM queue_counter c
    WHERE c.queue_id = q.id AND c.stage IN ('accepted', 'rejected', 'escalated')";

/// Items left undecided, for another run of the subjects that decide.
const LEFT: i64 = 5_000;

/// A quarter is rejected with two categories, scores and a note, the rest accepted.
const DECISIONS: &str = "
INSERT INTO decision (id, step_seq, queue_id, item_seq, reviewer, verdict, body, active_millis, spec_version,
    decided_at, standing, slot, arrived_at, stood_from)
SELECT printf('0199d3c1-7c00-7000-8000-%012x', s.item_seq), s.seq, s.queue_id, s.item_seq, s.reviewer,
    CASE WHEN s.item_seq % 4 = 0 THEN 'reject' ELSE 'accept' END,
    CASE WHEN s.item_seq % 4 = 0
        THEN '{\"categories\":[\"unsupported\",\"incomplete\"],\"scores\":{\"accuracy\":2,\"tone\":3},\"note\":\"The fee is not in the article.\"}'
        ELSE '{\"categories\":[],\"scores\":{\"accuracy\":4},\"note\":\"\"}' END,
    4000 + s.item_seq % 9000, 1, 1790000000000 + s.item_seq * 7000, 1, 1,
    1790000000000 + s.item_seq * 7000, 1790000000000 + s.item_seq * 7000
FROM step s WHERE s.seq > ?1 ORDER BY s.seq";

/// Decides all but the last few; gives how many items are decided then.
pub(crate) fn decide(connection: &Connection) -> Result<i64> {
    let queue: i64 = connection.query_row("SELECT id FROM queue WHERE name = ?1", [QUEUE], |row| row.get(0))?;
    connection.execute_batch("PRAGMA synchronous = OFF; PRAGMA cache_size = -200000; BEGIN")?;
    let last: i64 = connection.query_row("SELECT COALESCE(MAX(seq), 0) FROM step", [], |row| row.get(0))?;
    let items: i64 = connection.query_row("SELECT MAX(seq) FROM item", [], |row| row.get(0))?;
    let steps = "INSERT INTO step (queue_id, reviewer, kind, item_seq)
        SELECT queue_id, ?2, 'decision', seq FROM item WHERE queue_id = ?1 AND stage = 'waiting' AND seq <= ?3 ORDER BY seq";
    connection.execute(steps, params![queue, REVIEWER, items - LEFT])?;
    connection.execute(DECISIONS, [last])?;
    let record =
        "UPDATE item SET verdict = o.verdict, decision_seq = o.decision_seq, stage = o.stage, settled_by = o.settled_by
        FROM decision d JOIN item_outcome o ON o.item_seq = d.item_seq
        WHERE d.item_seq = item.seq AND d.step_seq > ?1";
    connection.execute(record, [last])?;
    connection.execute_batch("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)")?;
    let decided = format!("SELECT ({DECIDED}) FROM queue q WHERE q.id = ?1");
    Ok(connection.query_row(&decided, [queue], |row| row.get(0))?)
}
