//! A workspace's place in its folder, and how another file is put there.

use super::identity::beside;
use crate::store::error::{Result, StoreError};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// The file of a workspace and what SQLite keeps beside it.
const PARTS: [&str; 3] = ["", "-wal", "-shm"];

/// The place of a workspace that nobody has open, nor can open until this is dropped.
pub(in crate::store) struct Place {
    path: PathBuf,
    folder: PathBuf,
    /// The lock that keeps others from the file, and one that keeps them from restoring.
    _locks: Vec<File>,
}

impl Place {
    /// Takes the place. Fails while another program has the workspace open.
    pub(in crate::store) fn take(path: &Path) -> Result<Self> {
        let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let folder = folder.to_owned();
        std::fs::create_dir_all(&folder).map_err(|error| unplaced(&path, error))?;
        let locks = locks(&path, &folder)?;
        Ok(Self { path, folder, _locks: locks })
    }

    /// Where the new file is made, beside the present one; nothing is there.
    pub(in crate::store) fn clear_room(&self) -> Result<PathBuf> {
        let room = room_beside(&self.path);
        for part in PARTS {
            match std::fs::remove_file(beside(&room, part)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(unplaced(&self.path, error)),
                _ => {}
            }
        }
        Ok(room)
    }

    /// Moves what is in the place aside and the new file there; gives the name under which the old
    /// one is kept. Whoever is killed meanwhile leaves the old file, the new one, or none with both
    /// beside: never a file with the log of another.
    pub(in crate::store) fn fill(self, new: &Path) -> Result<Option<PathBuf>> {
        let aside = self.free_name();
        let mut moved = Vec::new();
        let swapped = self.swap(new, &aside, &mut moved);
        if let Err(error) = swapped {
            for (from, to) in moved.iter().rev() {
                let _ = std::fs::rename(to, from); // what fails here is beside its place, under a name that is told
            }
            return Err(unplaced(&self.path, error));
        }
        Ok((!moved.is_empty()).then_some(aside))
    }

    fn swap(&self, new: &Path, aside: &Path, moved: &mut Vec<(PathBuf, PathBuf)>) -> io::Result<()> {
        sync(new)?;
        for part in PARTS {
            let (from, to) = (beside(&self.path, part), beside(aside, part));
            if from.symlink_metadata().is_ok() {
                std::fs::rename(&from, &to)?;
                moved.push((from, to));
            }
        }
        sync(&self.folder)?;
        std::fs::rename(new, &self.path)?;
        sync(&self.folder)
    }

    /// The name for the old file. Where a restore was killed after it had moved the file, and its
    /// log is still to be moved, the two stay together.
    fn free_name(&self) -> PathBuf {
        let is_taken = |name: &PathBuf| PARTS.iter().any(|part| beside(name, part).exists());
        let mut number = 1;
        while is_taken(&named(&self.path, number)) {
            number += 1;
        }
        let before = named(&self.path, number - 1);
        let waits_for_its_log = !self.path.exists() && before.exists() && !beside(&before, "-wal").exists();
        if waits_for_its_log { before } else { named(&self.path, number) }
    }
}

/// Fails where there is no file, and what is beside its place tells that there was one: a new
/// workspace would take the log of the old one for its own.
pub(in crate::store) fn refuse_vacated(path: &Path) -> Result<()> {
    let is_restored = room_beside(path).exists();
    let has_log = beside(path, "-wal").metadata().is_ok_and(|log| log.len() > 0);
    match is_restored || has_log {
        true => Err(StoreError::Vacated { path: path.into(), is_restored }),
        false => Ok(()),
    }
}

fn room_beside(path: &Path) -> PathBuf {
    beside(path, ".restoring")
}

fn named(path: &Path, number: u32) -> PathBuf {
    beside(path, &format!(".replaced-{number}"))
}

fn unplaced(path: &Path, source: io::Error) -> StoreError {
    match source.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StoreError::DiskFull,
        _ => StoreError::Io { what: format!("nothing can be put in the place of {}", path.display()), source },
    }
}

#[cfg(unix)]
fn sync(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// Folders cannot be opened there, and renames need no sync.
#[cfg(not(unix))]
fn sync(path: &Path) -> io::Result<()> {
    if path.is_dir() { Ok(()) } else { File::options().write(true).open(path)?.sync_all() }
}

/// SQLite's connections have a lock on the file as long as they are open, which one on all of it
/// meets.
#[cfg(unix)]
fn locks(path: &Path, folder: &Path) -> Result<Vec<File>> {
    use rustix::fs::{FlockOperation::NonBlockingLockExclusive, fcntl_lock, flock};
    let used = || StoreError::InUse { path: path.into() };
    let folder = File::open(folder).map_err(|error| unplaced(path, error))?;
    flock(&folder, NonBlockingLockExclusive).map_err(|_| used())?;
    match File::options().read(true).write(true).open(path) {
        Ok(file) => {
            fcntl_lock(&file, NonBlockingLockExclusive).map_err(|_| used())?;
            Ok(vec![folder, file])
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(vec![folder]),
        Err(error) => Err(unplaced(path, error)),
    }
}

/// A file that is open cannot be renamed there.
#[cfg(not(unix))]
fn locks(_path: &Path, _folder: &Path) -> Result<Vec<File>> {
    Ok(Vec::new())
}
