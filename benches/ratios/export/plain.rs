//! The floor of export: the `sqlite3` shell, else the same query through the csv crate.

use crate::options::Bench;
use crate::process::{self, Run};
use crate::workspace::Workspace;
use color_eyre::eyre::Result;
use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

/// The columns of karat's own export, from karat's own tables.
const QUERY: &str = "
SELECT i.id, i.case_id, i.attempt, -i.rank AS priority, t.input, t.output, t.reference,
    (SELECT json_group_array(json_object('title', c.title, 'text', c.text))
        FROM json_each(t.context) j JOIN document c ON c.id = j.value) AS context,
    i.model, i.prompt_version, i.latency_ms, i.cost_usd, i.tokens_in, i.tokens_out,
    strftime('%Y-%m-%dT%H:%M:%fZ', i.created_at / 1000.0, 'unixepoch') AS created_at, i.tags, t.meta,
    d.verdict, d.body ->> '$.categories' AS categories, d.body ->> '$.route' AS route,
    d.body ->> '$.scores.accuracy' AS score_accuracy, d.body ->> '$.scores.tone' AS score_tone,
    d.body ->> '$.note' AS note, d.correction, d.reviewer,
    strftime('%Y-%m-%dT%H:%M:%fZ', d.decided_at / 1000.0, 'unixepoch') AS decided_at,
    d.active_millis / 1000.0 AS seconds, d.spec_version, d.id AS decision_id
FROM item i JOIN item_text t ON t.seq = i.seq JOIN decision d ON d.seq = i.decision_seq
WHERE i.queue_id = 1 AND i.verdict IS NOT NULL ORDER BY i.seq";

pub(super) fn name() -> &'static str {
    if has_shell() { "sqlite3 -csv" } else { "the csv crate" }
}

pub(super) fn export(bench: &Bench, workspace: &Workspace) -> Result<Run> {
    let out = bench.dir.join("plain.csv");
    let run = if has_shell() { by_shell(&workspace.db, &out) } else { by_crate(workspace, &out) };
    std::fs::remove_file(&out)?;
    run
}

fn has_shell() -> bool {
    let version = Command::new("sqlite3").arg("-version").stdout(Stdio::null()).status();
    version.is_ok_and(|status| status.success())
}

fn by_shell(db: &Path, out: &Path) -> Result<Run> {
    process::run(
        Command::new("sqlite3").args(["-csv", "-header", "-readonly"]).arg(db).arg(QUERY).stdout(File::create(out)?),
    )
}

fn by_crate(workspace: &Workspace, out: &Path) -> Result<Run> {
    let start = Instant::now();
    let connection = workspace.open()?;
    let mut statement = connection.prepare(QUERY)?;
    let mut writer = csv::Writer::from_writer(File::create(out)?);
    writer.write_record(statement.column_names())?;
    let columns = statement.column_count();
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        for column in 0..columns {
            writer.write_field(cell(row.get_ref(column)?).as_ref())?;
        }
        writer.write_record(None::<&[u8]>)?;
    }
    writer.flush()?;
    let seconds = start.elapsed().as_secs_f64();
    Ok(Run { seconds, processor: seconds, peak: 0.0 }) // one thread, which is never idle
}

fn cell(value: rusqlite::types::ValueRef<'_>) -> std::borrow::Cow<'_, [u8]> {
    use rusqlite::types::ValueRef;
    match value {
        ValueRef::Null => b"".as_slice().into(),
        ValueRef::Integer(number) => number.to_string().into_bytes().into(),
        ValueRef::Real(number) => number.to_string().into_bytes().into(),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => bytes.into(),
    }
}
