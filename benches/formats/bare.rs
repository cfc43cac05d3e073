//! The floors: the loops of an afternoon over what the crates decode.

use arrow_array::{Array, Float64Array, RecordBatch, StringArray};
use arrow_ipc::reader::FileReader;
use color_eyre::eyre::{OptionExt, Result};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use rusqlite::{Connection, Statement, params};
use std::fs::File;
use std::hint::black_box;
use std::io::BufReader;
use std::path::Path;

const ROWS_A_TRANSACTION: usize = 10_000;

/// Looks at each value of a table, and throws it away.
pub(crate) fn look(file: &Path) -> Result<()> {
    if is_csv(file) {
        let (mut reader, mut record) = (csv::Reader::from_path(file)?, csv::ByteRecord::new());
        while reader.read_byte_record(&mut record)? {
            record.iter().for_each(|cell| {
                black_box(cell);
            });
        }
        return Ok(());
    }
    for batch in batches(file)? {
        let batch = batch?;
        for column in batch.columns() {
            if let Some(texts) = column.as_any().downcast_ref::<StringArray>() {
                texts.iter().for_each(|text| {
                    black_box(text);
                });
            } else if let Some(numbers) = column.as_any().downcast_ref::<Float64Array>() {
                numbers.iter().for_each(|number| {
                    black_box(number);
                });
            }
        }
    }
    Ok(())
}

/// Puts each field into one table, on SQLite's defaults and with its log ahead of it.
pub(crate) fn insert(file: &Path, db: &Path) -> Result<()> {
    let connection = Connection::open(db)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.execute_batch(
        "CREATE TABLE item (seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, input TEXT, output TEXT, model TEXT,
            latency_ms REAL, team TEXT); BEGIN",
    )?;
    let sql = "INSERT INTO item (id, input, output, model, latency_ms, team) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let mut insert = connection.prepare(sql)?;
    let mut count = 0;
    let mut commit = |rows: usize| {
        count += rows;
        if count < ROWS_A_TRANSACTION {
            return Ok(());
        }
        count = 0;
        connection.execute_batch("COMMIT; BEGIN")
    };
    if is_csv(file) {
        let (mut reader, mut record) = (csv::Reader::from_path(file)?, csv::StringRecord::new());
        while reader.read_record(&mut record)? {
            let latency: f64 = record[4].parse()?;
            insert.execute(params![&record[0], &record[1], &record[2], &record[3], latency, &record[5]])?;
            commit(1)?;
        }
    } else {
        for batch in batches(file)? {
            let batch = batch?;
            insert_batch(&mut insert, &batch)?;
            commit(batch.num_rows())?;
        }
    }
    Ok(connection.execute_batch("COMMIT")?)
}

fn insert_batch(insert: &mut Statement, batch: &RecordBatch) -> Result<()> {
    let text = |at: usize| batch.column(at).as_any().downcast_ref::<StringArray>().ok_or_eyre("texts");
    let latency = batch.column(4).as_any().downcast_ref::<Float64Array>().ok_or_eyre("numbers")?;
    let (id, input, output, model, team) = (text(0)?, text(1)?, text(2)?, text(3)?, text(5)?);
    for at in 0..batch.num_rows() {
        let texts = [id.value(at), input.value(at), output.value(at), model.value(at), team.value(at)];
        insert.execute(params![texts[0], texts[1], texts[2], texts[3], latency.value(at), texts[4]])?;
    }
    Ok(())
}

fn is_csv(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "csv")
}

type Batches = Box<dyn Iterator<Item = Result<RecordBatch, arrow_schema::ArrowError>>>;

/// The batches of a file of Parquet or Arrow, as its crate gives them.
fn batches(file: &Path) -> Result<Batches> {
    let input = File::open(file)?;
    Ok(match file.extension().is_some_and(|extension| extension == "arrow") {
        true => Box::new(FileReader::try_new(BufReader::new(input), None)?),
        false => Box::new(ParquetRecordBatchReaderBuilder::try_new(input)?.build()?),
    })
}
