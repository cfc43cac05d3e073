//! The file of a workspace, known again: a path may lead to another file than it did.

use std::ffi::OsString;
use std::fs::Metadata;
use std::path::{Path, PathBuf};

/// A file and its write-ahead log, as they were opened.
pub(super) struct Identity {
    path: PathBuf,
    file: Option<Inode>,
    log: Option<Inode>,
}

/// What has become of a file that is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Presence {
    InPlace,
    /// The file or its log was moved or removed.
    Gone,
    /// Its path leads to another file.
    Replaced,
}

impl Identity {
    /// The file at `path`, which is open, and its log.
    pub(super) fn of(path: &Path) -> Self {
        // SQLite resolves links: the log stands beside the file itself.
        let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let log = inode(&beside(&path, "-wal"));
        Self { file: inode(&path), path, log }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether both are of one file.
    pub(super) fn is_file_of(&self, other: &Identity) -> bool {
        self.file == other.file
    }

    pub(super) fn presence(&self) -> Presence {
        match inode(&self.path) {
            present if present != self.file => match present {
                Some(_) => Presence::Replaced,
                None => Presence::Gone,
            },
            _ if inode(&beside(&self.path, "-wal")) != self.log => Presence::Gone,
            _ => Presence::InPlace,
        }
    }

    /// Takes the log from beside a file that it does not belong to, where SQLite would take the
    /// two for one workspace. A log `of_use` is kept under another name.
    pub(super) fn set_log_aside(&self, of_use: bool) {
        let log = beside(&self.path, "-wal");
        if self.log.is_none() || inode(&log) != self.log {
            return; // it is another's
        }
        for end in ["-wal", "-shm"] {
            let part = beside(&self.path, end);
            // Where this fails, doctor tells of the log.
            let _ = if of_use { std::fs::rename(&part, beside(&part, ".aside")) } else { std::fs::remove_file(&part) };
        }
    }
}

/// The path with `end` after its name.
pub(in crate::store) fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(end);
    name.into()
}

type Inode = (u64, u64);

fn inode(path: &Path) -> Option<Inode> {
    std::fs::metadata(path).ok().as_ref().map(number)
}

#[cfg(unix)]
fn number(metadata: &Metadata) -> Inode {
    use std::os::unix::fs::MetadataExt;
    (metadata.dev(), metadata.ino())
}

/// Where an open file can neither be moved nor removed, it is known by being there.
#[cfg(not(unix))]
fn number(_metadata: &Metadata) -> Inode {
    (0, 0)
}
