//! What a dry run has seen: the workspace stays as it is, so what earlier records would
//! have changed is remembered here, over all files of the run.

use super::{ImportOptions, ImportOutcome};
use crate::domain::imported::Record;
use crate::domain::item::Seq;
use crate::store::sampling::FirstCases;
use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

/// Items that a dry run would have brought in or replaced.
#[derive(Default)]
pub struct DryRun {
    /// Items by the hash of their ids.
    items: HashMap<u64, Trace>,
    /// Counts the files.
    file: u32,
    /// First cases of the rules of sampling.
    pub(super) first_cases: Option<FirstCases>,
    /// Items whose place others would take.
    pub(super) replaced: HashSet<Seq>,
}

/// 8 bytes, because a dry run may have to remember 10 million.
struct Trace {
    /// The file that had the id last.
    file: u32,
    /// A part of the content's digest.
    content: u32,
}

impl DryRun {
    pub(super) fn next_file(mut self) -> Self {
        self.file += 1;
        self
    }

    /// What would become of a record whose id occurred before; `None` when it did not.
    pub(super) fn meet(&mut self, record: &Record, options: ImportOptions) -> Option<ImportOutcome> {
        let trace = self.items.get_mut(&hash(&record.item.id))?;
        let earlier = std::mem::replace(&mut trace.file, self.file);
        let same = trace.content == content(record);
        Some(if earlier == self.file {
            ImportOutcome::twice_in_file()
        } else if same {
            ImportOutcome::Unchanged
        } else if options.update {
            trace.content = content(record);
            ImportOutcome::Updated
        } else {
            ImportOutcome::other_content()
        })
    }

    pub(super) fn remember(&mut self, record: &Record) {
        self.items.insert(hash(&record.item.id), Trace { file: self.file, content: content(record) });
    }
}

fn content(record: &Record) -> u32 {
    record.digest.0 as u32
}

fn hash(id: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    hasher.finish()
}
