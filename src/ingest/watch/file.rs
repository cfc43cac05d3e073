//! A file that is followed.

use super::known::{bytes_at, is_at, mark_at};
use super::listing::{Named, Stamp};
use super::{ENDED_AFTER, Step};
use crate::domain::followed::Followed;
use crate::domain::mapping::Mapping;
use crate::import::{Growing, HEAD_BYTES, LookBack, Options, Part, Shape, shape};
use crate::ingest::Counts;
use crate::store::FollowedImport;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Bytes of a file that come in together, unless a record is longer; and the most records.
pub(super) const PART_BYTES: u64 = 4 << 20;
const PART_RECORDS: usize = 2_000;

pub(super) struct FollowedFile {
    pub path: PathBuf,
    pub named: Named,
    pub stamp: Stamp,
    /// When it changed last.
    changed_at: Instant,
    /// When another file took its name, or it lost it; `None`: it has it.
    pub left_at: Option<Instant>,
    /// Kept open while it is read, so that the rest of it is found when its name has gone to another.
    pub handle: Option<File>,
    pub followed: Followed,
    /// How it is read, once that can be told.
    pub form: Option<Form>,
    pub import: Option<FollowedImport>,
    /// What came of it since the import began.
    pub counts: Counts,
    /// What was said last of why it is not read.
    pub told: Option<String>,
    /// What is to be known of how its records are read was said.
    pub has_remarks: bool,
    /// Nothing is to be done before it changes.
    pub is_settled: bool,
    /// From the first place to the second no record ends: only from there on its end is looked for.
    no_end: (u64, u64),
    /// Whether the last part may have been taken in by a program that was killed then.
    pub back: LookBack,
}

pub(super) enum Form {
    /// Too little of it has come to tell.
    Untold,
    Growing {
        growing: Growing,
        mapping: Mapping,
    },
    Whole,
}

impl FollowedFile {
    pub(super) fn new(path: PathBuf, named: Named, stamp: Stamp, followed: Followed) -> Self {
        let now = Instant::now();
        Self {
            path,
            named,
            changed_at: now.checked_sub(stamp.age()).unwrap_or(now),
            stamp,
            left_at: None,
            handle: None,
            followed,
            form: None,
            import: None,
            counts: Counts::default(),
            told: None,
            has_remarks: false,
            is_settled: false,
            no_end: (0, 0),
            back: LookBack::LastLines,
        }
    }

    /// Takes note of how the file is now.
    pub(super) fn see(&mut self, stamp: Stamp) {
        if self.stamp != stamp {
            (self.stamp, self.changed_at, self.is_settled) = (stamp, Instant::now(), false);
        }
    }

    /// How long nothing was written to it.
    pub(super) fn quiet_for(&self) -> Duration {
        self.changed_at.elapsed()
    }

    /// What is next for a file of which something is to be done once nothing was written to it for so long.
    pub(super) fn again_when_quiet_for(&self, time: Duration) -> Step {
        match time.checked_sub(self.quiet_for()).filter(|left| !left.is_zero()) {
            Some(left) => Step::After(left),
            None => Step::Settled,
        }
    }

    /// Whether it lost its name so long ago.
    pub(super) fn has_left_for(&self, time: Duration) -> bool {
        self.left_at.is_some_and(|at| at.elapsed() >= time)
    }

    /// The file, opened where it is not open.
    pub(super) fn opened(&mut self) -> io::Result<&mut File> {
        if self.handle.is_none() {
            self.handle = Some(File::open(&self.path)?);
        }
        self.handle.as_mut().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    /// How long the file is now.
    pub(super) fn length(&mut self) -> io::Result<u64> {
        Ok(self.opened()?.metadata()?.len())
    }

    /// Whether it still holds what was read of it.
    pub(super) fn is_where_it_was(&mut self) -> io::Result<bool> {
        let mark = self.followed.mark.clone();
        is_at(&mark, self.opened()?)
    }

    pub(super) fn shape(&mut self, options: &Options) -> io::Result<Shape> {
        let path = self.path.clone();
        let head = bytes_at(self.opened()?, 0, HEAD_BYTES as u64)?;
        Ok(shape(&path, &head, self.quiet_for() >= ENDED_AFTER, options))
    }

    /// Line ends before the place up to which the file was read.
    pub(super) fn lines_before(&mut self) -> io::Result<u64> {
        if let Some(lines) = self.followed.mark.lines {
            return Ok(lines);
        }
        let (mut left, mut lines, mut chunk) = (self.followed.mark.position, 0, vec![0; 64 << 10]);
        let file = self.opened()?;
        file.rewind()?;
        while left > 0 {
            let room = usize::try_from(left).unwrap_or(usize::MAX).min(chunk.len());
            let count = file.read(&mut chunk[..room])?;
            if count == 0 {
                break;
            }
            lines += memchr::memchr_iter(b'\n', &chunk[..count]).count() as u64;
            left -= count as u64;
        }
        let position = self.followed.mark.position;
        self.followed.mark = mark_at(self.opened()?, position, Some(lines))?;
        Ok(lines)
    }

    /// The whole records behind what was read; `None` where the next one is not there to its end.
    pub(super) fn next_part(&mut self, growing: &Growing, longest: usize) -> io::Result<Option<Part>> {
        let (position, length) = (self.followed.mark.position, self.length()?);
        let there = length.saturating_sub(position);
        if self.no_end.0 == position && self.no_end.1 > position {
            let from = self.no_end.1;
            let Some(end) = self.line_end(from, length)? else {
                self.no_end.1 = from.max(length);
                return Ok(None);
            };
            if there > longest as u64 && from - position > longest as u64 {
                return Ok(Some(Part { bytes: end + 1 - position, lines: 1 }));
            }
        }
        let most = (longest as u64).saturating_add(1);
        let mut count = PART_BYTES.min(most);
        loop {
            let bytes = bytes_at(self.opened()?, position, count.min(there))?;
            let part = growing.part(position, &bytes, PART_RECORDS);
            match part.bytes {
                0 if count >= there => {
                    self.no_end = (position, length);
                    return Ok(None);
                }
                0 if count >= most => return self.overlong(position, length),
                0 => count = (count * 4).min(most),
                _ => return Ok(Some(part)),
            }
        }
    }

    /// A record that is longer than what is read: its line, which is rejected as a whole.
    fn overlong(&mut self, position: u64, length: u64) -> io::Result<Option<Part>> {
        let end = self.line_end(position, length)?;
        if end.is_none() {
            self.no_end = (position, length);
        }
        Ok(end.map(|end| Part { bytes: end + 1 - position, lines: 1 }))
    }

    /// Where the first line feed stands between two places.
    fn line_end(&mut self, from: u64, to: u64) -> io::Result<Option<u64>> {
        let (mut at, mut chunk) = (from, vec![0; 64 << 10]);
        let file = self.opened()?;
        file.seek(SeekFrom::Start(from))?;
        while at < to {
            let count = file.read(&mut chunk)?;
            if let Some(end) = memchr::memchr(b'\n', &chunk[..count]) {
                return Ok(Some(at + end as u64));
            }
            if count == 0 {
                break;
            }
            at += count as u64;
        }
        Ok(None)
    }

    /// What stands behind the last whole record, at most so many bytes.
    pub(super) fn rest(&mut self, most: u64) -> io::Result<Vec<u8>> {
        let position = self.followed.mark.position;
        bytes_at(self.opened()?, position, most)
    }

    /// A second hold of the file at a place.
    pub(super) fn part_at(&mut self, position: u64) -> io::Result<File> {
        let path = self.path.clone();
        let mut file = match (&self.handle, self.left_at) {
            (Some(handle), _) => handle.try_clone()?,
            (None, _) => File::open(path)?,
        };
        file.seek(SeekFrom::Start(position))?;
        Ok(file)
    }

    /// The file as it is known behind the next part.
    pub(super) fn behind(&mut self, position: u64, lines: Option<u64>) -> io::Result<Followed> {
        let mark = mark_at(self.opened()?, position, lines)?;
        Ok(Followed { mark, ..self.followed.clone() })
    }
}
