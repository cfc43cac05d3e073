//! Files that were followed before: a file is known again by its bytes, whatever it is called by now.

use crate::domain::digest;
use crate::domain::followed::{Followed, KNOWN_BY, Mark};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

#[derive(Default)]
pub(super) struct Known {
    files: HashMap<String, Followed>,
    /// The ids by the digest of the first bytes; what is out of date is found out by the mark.
    by_head: HashMap<String, Vec<String>>,
    /// Over how many first bytes there are digests.
    lengths: BTreeSet<u64>,
    by_path: HashMap<String, BTreeSet<String>>,
}

impl Known {
    pub(super) fn of(files: Vec<Followed>) -> Self {
        let mut known = Self::default();
        files.into_iter().for_each(|file| known.keep(file));
        known
    }

    /// The file as it is known now.
    pub(super) fn keep(&mut self, file: Followed) {
        let ids = self.by_head.entry(file.mark.head.clone()).or_default();
        if !ids.contains(&file.id) {
            ids.push(file.id.clone());
        }
        self.lengths.insert(file.mark.known_by());
        self.by_path.entry(file.path.clone()).or_default().insert(file.id.clone());
        self.files.insert(file.id.clone(), file);
    }

    pub(super) fn get(&self, id: &str) -> Option<&Followed> {
        self.files.get(id)
    }

    /// The file that begins as one that was read, and goes on behind what was read of it; of several that of which the
    /// most was read, and one that nobody follows under another name.
    pub(super) fn again(&self, file: &mut File, in_use: &HashSet<String>) -> io::Result<Option<Followed>> {
        let first = bytes_at(file, 0, KNOWN_BY)?;
        let mut found: Option<&Followed> = None;
        for length in self.lengths.iter().filter_map(|length| usize::try_from(*length).ok()) {
            let Some(head) = first.get(..length).filter(|head| !head.is_empty()).map(digest::short) else { continue };
            for known in self.by_head.get(&head).into_iter().flatten().filter_map(|id| self.files.get(id)) {
                let rank = |known: &Followed| (known.mark.position, !in_use.contains(&known.id));
                if found.is_none_or(|found| rank(found) < rank(known)) && is_at(&known.mark, file)? {
                    found = Some(known);
                }
            }
        }
        Ok(found.cloned())
    }

    /// The file that was met last under this path.
    pub(super) fn last_at(&self, path: &str) -> Option<&Followed> {
        let ids = self.by_path.get(path)?;
        ids.iter().rev().filter_map(|id| self.files.get(id)).find(|file| file.path == path)
    }
}

/// Whether the file holds before the place what was read up to it.
pub(super) fn is_at(mark: &Mark, file: &mut File) -> io::Result<bool> {
    Ok(file.metadata()?.len() >= mark.position && mark_at(file, mark.position, mark.lines)? == *mark
        || mark.position == 0)
}

/// The mark of a place in a file.
pub(super) fn mark_at(file: &mut File, position: u64, lines: Option<u64>) -> io::Result<Mark> {
    let known_by = Mark { position, ..Mark::default() }.known_by();
    let head = bytes_at(file, 0, known_by)?;
    if lines.is_none() {
        return Ok(Mark { tail: digest_up_to(file, position)?, ..Mark::of(position, lines, &head, &[]) });
    }
    let tail = bytes_at(file, position - known_by, known_by)?;
    Ok(Mark::of(position, lines, &head, &tail))
}

/// Digest of all bytes before the place: one that was read whole may be another though both of its ends are the same.
fn digest_up_to(file: &mut File, position: u64) -> io::Result<String> {
    let mut hasher = blake3::Hasher::new();
    file.rewind()?;
    hasher.update_reader(file.by_ref().take(position))?;
    Ok(hasher.finalize().to_hex()[..16].to_owned())
}

/// So many bytes from a place on, or what there is of them.
pub(super) fn bytes_at(file: &mut File, from: u64, count: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(from))?;
    file.by_ref().take(count).read_to_end(&mut bytes)?;
    Ok(bytes)
}
