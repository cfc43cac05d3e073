//! The rejects file: every record that could not be imported, whole, with its place and
//! the reason, as JSON Lines:
//!
//! ```text
//! {"file":"a.jsonl","line":12,"field":"latency_ms","reason":"must be a number, not text","record":"..."}
//! ```
//!
//! A record of a JSON list has its `pointer` beside the line, one of an archive the `entry`, and one
//! of CSV the `header`, its line of column names. A row of Parquet, Arrow or a sheet has its `row` in
//! place of the line, and is a JSON object whose texts are cells. So the file can be imported.
//! `field` is `null` where the fault is not one field's. Where a record has more faults, they
//! stand in `also`, each with its `field` and `reason`. A record that is not UTF-8 stands
//! in `record_base64` instead of `record`.
//!
//! Only its owner may read the file. It is written under its final name from the start, so
//! that what was rejected before a crash is where it is looked for.

use super::fault::{Fault, Faults};
use super::row::{RawRecord, Reject};
use crate::domain::digest;
use crate::domain::imported::{Origin, Place};
use base64::engine::general_purpose::STANDARD;
use base64::write::EncoderWriter;
use serde_json::json;
use std::collections::HashSet;
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Cursor, Read, Seek, Write};
use std::path::{Path, PathBuf};

const CHUNK_BYTES: usize = 64 << 10;

/// Writes rejects to a file.
pub struct RejectWriter {
    path: PathBuf,
    file: BufWriter<File>,
    count: u64,
    /// Digests of lines that the file may have already.
    written: HashSet<String>,
}

/// Which of the lines that a file has are looked for again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LookBack {
    No,
    /// The last ones: a program that was killed may have written them without noting so.
    LastLines,
}

/// How much of a file is looked through for lines that are there already.
const LOOKED_BACK: u64 = 16 << 20;

/// The file as it was left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RejectFile {
    pub path: PathBuf,
    /// Records in it.
    pub count: u64,
}

impl RejectWriter {
    /// Empties the file or makes it.
    pub fn create(path: &Path) -> io::Result<Self> {
        Self::over(path, OpenOptions::new().write(true).create(true).truncate(true))
    }

    /// Goes on behind what the file holds, or makes it. A line that is there already is not written again.
    /// A last line without its end is taken away: a full disk or a crash left it, and its record comes again.
    pub fn append(path: &Path, back: LookBack) -> io::Result<Self> {
        if path.exists() {
            cut_torn_line(path)?;
        }
        let written = match back {
            LookBack::LastLines if path.exists() => last_lines(path)?,
            _ => HashSet::new(),
        };
        Ok(Self { written, ..Self::over(path, OpenOptions::new().append(true).create(true))? })
    }

    fn over(path: &Path, options: &mut OpenOptions) -> io::Result<Self> {
        let file = BufWriter::new(private(path, options)?);
        Ok(Self { path: path.to_owned(), file, count: 0, written: HashSet::new() })
    }

    /// Adds a reject, with the line of column names that is needed to read its record again. A
    /// record in a temporary file is copied through a small buffer.
    pub fn write(&mut self, reject: &Reject, header: Option<&str>) -> io::Result<()> {
        if !self.written.is_empty() {
            let mut line = Vec::new();
            write_line(&mut line, reject, header)?;
            if self.written.contains(&digest::short(line.trim_ascii_end())) {
                return Ok(());
            }
        }
        write_line(&mut self.file, reject, header)?;
        self.count += 1;
        Ok(())
    }

    /// Hands what is written to the system, so that a crash of the program loses none of it.
    pub fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }

    /// Brings the file to the disk.
    pub fn finish(mut self) -> io::Result<RejectFile> {
        self.flush()?;
        self.file.get_ref().sync_all()?;
        Ok(RejectFile { path: self.path, count: self.count })
    }
}

/// Digests of the last lines of a file.
fn last_lines(path: &Path) -> io::Result<HashSet<String>> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    file.seek(io::SeekFrom::Start(length.saturating_sub(LOOKED_BACK)))?;
    let mut bytes = Vec::new();
    file.take(LOOKED_BACK).read_to_end(&mut bytes)?;
    Ok(bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).map(digest::short).collect())
}

/// What the line of every reject begins with.
const LINE_BEGINS: &str = r#"{"file":"#;

/// Takes a last line away that has no end; one that is of no reject gets its end.
fn cut_torn_line(path: &Path) -> io::Result<()> {
    let mut file = OpenOptions::new().read(true).write(true).open(path)?;
    let from = file.metadata()?.len().saturating_sub(LOOKED_BACK);
    file.seek(io::SeekFrom::Start(from))?;
    let mut bytes = Vec::new();
    Read::by_ref(&mut file).take(LOOKED_BACK).read_to_end(&mut bytes)?;
    let whole = memchr::memrchr(b'\n', &bytes).map_or(0, |end| end + 1);
    match &bytes[whole..] {
        [] => Ok(()),
        torn if LINE_BEGINS.as_bytes().starts_with(&torn[..torn.len().min(LINE_BEGINS.len())]) => {
            file.set_len(from + whole as u64)
        }
        _ => file.write_all(b"\n"),
    }
}

/// Adds the line of a reject.
fn write_line(out: &mut impl Write, reject: &Reject, header: Option<&str>) -> io::Result<()> {
    let Origin { file, entry, place } = &reject.origin;
    write!(out, "{LINE_BEGINS}{}", json!(&**file))?;
    entry.as_ref().map_or(Ok(()), |entry| write!(out, r#","entry":{}"#, json!(&**entry)))?;
    let what = if matches!(place, Place::Row(_)) { "row" } else { "line" };
    write!(out, r#","{what}":{}"#, place.line())?;
    place.pointer().map_or(Ok(()), |pointer| write!(out, r#","pointer":{}"#, json!(pointer)))?;
    header.map_or(Ok(()), |header| write!(out, r#","header":{}"#, json!(header)))?;
    write_faults(out, &reject.faults)?;
    match &reject.raw {
        RawRecord::Bytes(bytes) => write_record(out, Cursor::new(bytes))?,
        RawRecord::Spilled(file) => write_record(out, file)?,
    }
    out.write_all(b"}\n")
}

/// Opens the file for its owner's eyes: records may be confidential.
fn private(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    let file = options.open(path)?;
    #[cfg(unix)]
    if file.metadata()?.is_file() {
        file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    }
    Ok(file)
}

/// Writes the members that say why.
fn write_faults(out: &mut impl Write, faults: &Faults) -> io::Result<()> {
    let mut all = faults.iter().map(|Fault { field, reason }| json!({ "field": field, "reason": reason }));
    if let Some(first) = all.next() {
        write!(out, r#","field":{},"reason":{}"#, first["field"], first["reason"])?;
    }
    let others: Vec<_> = all.collect();
    if others.is_empty() { Ok(()) } else { write!(out, r#","also":{}"#, json!(others)) }
}

/// Writes the member that holds the record.
fn write_record(out: &mut impl Write, mut record: impl Read + Seek) -> io::Result<()> {
    record.rewind()?;
    let is_text = for_each_text(&mut record, |_| Ok(()))?;
    record.rewind()?;
    if is_text {
        out.write_all(br#","record":""#)?;
        for_each_text(&mut record, |text| write_escaped(out, text))?;
    } else {
        out.write_all(br#","record_base64":""#)?;
        let mut encoder = EncoderWriter::new(&mut *out, &STANDARD);
        io::copy(&mut record, &mut encoder)?;
        encoder.finish()?;
    }
    out.write_all(b"\"")
}

fn write_escaped(out: &mut impl Write, text: &str) -> io::Result<()> {
    let quoted = json!(text).to_string();
    out.write_all(&quoted.as_bytes()[1..quoted.len() - 1])
}

/// Calls `each` with the record's text, a piece at a time. Gives whether all of it is
/// UTF-8, and stops where it is not.
fn for_each_text(record: &mut impl Read, mut each: impl FnMut(&str) -> io::Result<()>) -> io::Result<bool> {
    let mut chunk = Vec::with_capacity(CHUNK_BYTES);
    loop {
        let room = (CHUNK_BYTES - chunk.len()) as u64;
        let ended = record.by_ref().take(room).read_to_end(&mut chunk)? == 0;
        let (valid, rest) = match std::str::from_utf8(&chunk) {
            Ok(text) => (text, 0),
            // A character may go over the end of the piece, but not of the record.
            Err(error) if error.error_len().is_some() || ended => return Ok(false),
            Err(error) => {
                let valid = &chunk[..error.valid_up_to()];
                (std::str::from_utf8(valid).unwrap_or_default(), chunk.len() - valid.len())
            }
        };
        each(valid)?;
        if ended {
            return Ok(true);
        }
        chunk.drain(..chunk.len() - rest);
    }
}
