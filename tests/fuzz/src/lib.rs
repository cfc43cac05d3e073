//! What is fuzzed and what that stands on, taken from karat's sources without its database, network and
//! terminal: these are most of what would have to be built with instrumentation.

#[path = "../../../src"]
mod floors {
    pub mod analysis;
    pub mod check;
    pub mod config;
    pub mod domain;
    pub mod import;
    pub mod spec;
    pub mod text;
    pub mod tui {
        pub mod humanize;
        pub mod render;
        pub mod rich_text;
        pub mod syntax_highlight;
        pub mod theme;
    }
}

pub use floors::*;

use import::format::{FORMATS, Format};
use import::{Options, Reader};
use std::io::{Cursor, Write};
use zip::CompressionMethod;
use zip::write::{SimpleFileOptions, ZipWriter};

/// The formats whose records have the fields of an item under their names, and that are text.
pub fn own_formats() -> impl Iterator<Item = &'static dyn Format> {
    let is_text = |name: &str| ["jsonl", "csv", "tsv", "json", "rejects"].contains(&name);
    FORMATS.iter().copied().filter(move |format| is_text(format.name()))
}

/// Reads the bytes to their end or to the first failure: as the format, or as what they are taken for. Records
/// are short here, so that long ones are tried too.
pub fn rows_or_error(format: Option<&'static dyn Format>, bytes: Vec<u8>) {
    let options = Options { format, max_record_bytes: 1 << 12, ..Options::default() };
    match Reader::from_read("a file", Cursor::new(bytes), options) {
        Ok(reader) => reader.take_while(Result::is_ok).for_each(drop),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

/// A zip archive of these files, as they are.
pub fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        // A name that stands twice is left out.
        if archive.start_file(*name, options).is_ok() {
            archive.write_all(bytes).expect("memory does not fail");
        }
    }
    archive.finish().expect("memory does not fail").into_inner()
}
