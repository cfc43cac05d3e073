//! How a workspace's file may be opened: to be worked on, or only to be read.

use crate::store::error::{Result, StoreError};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};
use rusqlite::{Connection, OpenFlags};
use std::fs::FileType;
use std::path::{Path, PathBuf};

use super::identity::beside;

/// What may be done with a file.
pub(super) enum Access {
    Write,
    /// It may only be read, because of what `missing` says.
    Read {
        missing: String,
        is_still: bool,
    },
}

impl Access {
    /// What may be done with the file at `path`; one that is not there may be made. Fails where
    /// something else than a file is there.
    pub(super) fn to(path: &Path) -> Result<Self> {
        let Ok(found) = path.metadata() else { return Ok(Access::Write) };
        if let Some(kind) = other_kind(found.file_type()) {
            return Err(StoreError::Open { path: path.into(), source: format!("it is {kind}, and no file").into() });
        }
        let log = beside(&path.canonicalize().unwrap_or_else(|_| path.into()), "-wal");
        let has_log = log.metadata().is_ok_and(|log| log.len() > 0);
        let folder = log.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let missing = match (may_write(path), may_write(folder)) {
            (true, true) => return Ok(Access::Write),
            (true, false) if has_log && may_write(&log) => return Ok(Access::Write),
            (false, _) => format!("you may not write to {}", path.display()),
            (_, false) => format!("you may not write in its folder {}", folder.display()),
        };
        Ok(Access::Read { missing, is_still: !has_log && !may_write(folder) })
    }

    pub(super) fn connect(&self, path: &Path) -> rusqlite::Result<Connection> {
        match self {
            Access::Write => Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | NO_MUTEX),
            Access::Read { is_still: false, .. } => {
                Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | NO_MUTEX)
            }
            // Without a log nobody works on it, and one for reading cannot be made.
            Access::Read { is_still: true, .. } => {
                let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | NO_MUTEX;
                Connection::open_with_flags(unchanging(path), flags)
            }
        }
    }

    /// The error of whoever would write.
    pub(super) fn refuse_writing(&self) -> Result<()> {
        match self {
            Access::Write => Ok(()),
            Access::Read { missing, .. } => Err(StoreError::ReadOnly { missing: missing.clone() }),
        }
    }
}

const NO_MUTEX: OpenFlags = OpenFlags::SQLITE_OPEN_NO_MUTEX;

/// What in a path does not stand for itself in a URI.
const IN_PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'.').remove(b'-').remove(b'_');

/// The file as SQLite opens one that nobody changes: without locks and without a log.
pub(super) fn unchanging(path: &Path) -> PathBuf {
    let path = percent_encode(path.as_os_str().as_encoded_bytes(), IN_PATH);
    format!("file:{path}?immutable=1").into()
}

#[cfg(unix)]
fn may_write(path: &Path) -> bool {
    rustix::fs::access(path, rustix::fs::Access::WRITE_OK).is_ok()
}

#[cfg(not(unix))]
fn may_write(path: &Path) -> bool {
    path.metadata().is_ok_and(|found| !found.permissions().readonly())
}

/// The word for what is no file.
fn other_kind(found: FileType) -> Option<&'static str> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if found.is_fifo() {
            return Some("a pipe");
        }
        if found.is_socket() {
            return Some("a socket");
        }
        if found.is_block_device() || found.is_char_device() {
            return Some("a device");
        }
    }
    found.is_dir().then_some("a folder")
}
