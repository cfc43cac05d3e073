//! The floor of import: the bare loop that a program of an afternoon would be. Lines
//! in, JSON parsed into a type, every field into one table, on SQLite's defaults and WAL.

use color_eyre::eyre::Result;
use rusqlite::{Connection, Statement, params};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

const ROWS_A_TRANSACTION: u64 = 10_000;

const TABLE: &str = "CREATE TABLE item (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, input TEXT, context TEXT, output TEXT, reference TEXT,
    model TEXT, prompt_version TEXT, latency_ms INTEGER, cost_usd REAL, tokens_in INTEGER, tokens_out INTEGER,
    created_at TEXT, tags TEXT)";

const INSERT: &str = "INSERT INTO item (id, input, context, output, reference, model, prompt_version, latency_ms,
    cost_usd, tokens_in, tokens_out, created_at, tags) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";

#[derive(Deserialize)]
struct Record<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(borrow)]
    input: Cow<'a, str>,
    #[serde(borrow)]
    context: &'a RawValue,
    #[serde(borrow)]
    output: Cow<'a, str>,
    #[serde(borrow, default)]
    reference: Option<Cow<'a, str>>,
    #[serde(borrow)]
    model: Cow<'a, str>,
    #[serde(borrow)]
    prompt_version: Cow<'a, str>,
    latency_ms: i64,
    cost_usd: f64,
    tokens_in: i64,
    tokens_out: i64,
    #[serde(borrow)]
    created_at: Cow<'a, str>,
    #[serde(borrow)]
    tags: &'a RawValue,
}

pub(crate) fn import(file: &Path, db: &Path) -> Result<()> {
    let connection = Connection::open(db)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.execute_batch(TABLE)?;
    let mut insert = connection.prepare(INSERT)?;
    let mut input = BufReader::with_capacity(1 << 20, File::open(file)?);
    let (mut line, mut rows) = (String::new(), 0);
    connection.execute_batch("BEGIN")?;
    while input.read_line(&mut line)? > 0 {
        take(&mut insert, &line)?;
        line.clear();
        rows += 1;
        if rows % ROWS_A_TRANSACTION == 0 {
            connection.execute_batch("COMMIT; BEGIN")?;
        }
    }
    Ok(connection.execute_batch("COMMIT")?)
}

fn take(insert: &mut Statement, line: &str) -> Result<()> {
    let record: Record = serde_json::from_str(line)?;
    insert.execute(params![
        record.id,
        record.input,
        record.context.get(),
        record.output,
        record.reference,
        record.model,
        record.prompt_version,
        record.latency_ms,
        record.cost_usd,
        record.tokens_in,
        record.tokens_out,
        record.created_at,
        record.tags.get()
    ])?;
    Ok(())
}
