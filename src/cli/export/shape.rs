//! Which columns an export has, and in which parts and how compressed it is written.

use crate::export::{Compression, Redaction, Shares, Split};
use clap::{Args, ValueEnum};

#[derive(Args)]
pub(super) struct Shape {
    /// Only these columns, in this order: names with commas between them
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub columns: Vec<String>,
    /// Another name for a column; may be repeated
    #[arg(long = "rename", value_name = "OLD=NEW", value_delimiter = ',', value_parser = rename)]
    pub renames: Vec<(String, String)>,
    /// Compress the file: gzip or zstd
    #[arg(long, value_name = "HOW")]
    pub compress: Option<Compression>,
    /// Take out of every text what these find: email, phone, url, secret and /REGEX/; ids empties
    /// trace_id, span_id, session_id and user_id
    #[arg(long, value_name = "PATTERNS")]
    pub redact: Option<Redaction>,
    /// In parts of these shares, such as train=0.8,test=0.2, a file each: FILE-train, FILE-test
    #[arg(long, value_name = "SHARES")]
    split: Option<Shares>,
    /// What stays together in one part of a split: by default all outputs to a case
    #[arg(long, value_enum, value_name = "WHAT", requires = "split")]
    by: Option<By>,
    /// Another number draws another split; 0 by default
    #[arg(long, value_name = "N", requires = "split")]
    seed: Option<u64>,
}

/// Nothing smaller than a case may be apart: its outputs answer one question.
#[derive(Clone, Copy, ValueEnum)]
enum By {
    Case,
}

impl Shape {
    pub(super) fn split(&self) -> Option<Split> {
        self.split.clone().map(|shares| Split { shares, seed: self.seed.unwrap_or_default() })
    }
}

fn rename(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((old, new)) if !old.trim().is_empty() && !new.trim().is_empty() => {
            Ok((old.trim().to_owned(), new.trim().to_owned()))
        }
        _ => Err(format!("`{text}` names no column anew; write OLD=NEW")),
    }
}
