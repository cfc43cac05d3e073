//! Which files there are to follow.

use crate::import::{is_manifest, is_rejects_file};
use std::collections::BTreeMap;
use std::fs::Metadata;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// What other programs call a file that they have not finished, or keep for themselves.
const UNFINISHED: [&str; 7] = ["~", ".tmp", ".temp", ".part", ".partial", ".crdownload", ".swp"];

/// What follows the name of the workspace's file in the names of its files.
const OF_WORKSPACE: [&str; 4] = ["", "-wal", "-shm", "-journal"];

/// A file as the system tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stamp {
    /// What the file is, whatever it is called: its device and number.
    #[cfg(unix)]
    file: (u64, u64),
    pub size: u64,
    modified: Option<SystemTime>,
}

impl Stamp {
    pub(super) fn of(metadata: &Metadata) -> Self {
        #[cfg(unix)]
        let file = {
            use std::os::unix::fs::MetadataExt;
            (metadata.dev(), metadata.ino())
        };
        let modified = metadata.modified().ok();
        #[cfg(unix)]
        return Self { file, size: metadata.len(), modified };
        #[cfg(not(unix))]
        Self { size: metadata.len(), modified }
    }

    /// Whether both are of one file. Where the system does not say, the file is told by what it holds.
    pub(super) fn is_same_file(&self, other: &Stamp) -> bool {
        #[cfg(unix)]
        return self.file == other.file;
        #[cfg(not(unix))]
        true
    }

    /// How long ago the file was changed, as far as its time tells.
    pub(super) fn age(&self) -> Duration {
        self.modified.and_then(|at| SystemTime::now().duration_since(at).ok()).unwrap_or_default()
    }
}

/// What was found.
#[derive(Default)]
pub(super) struct Listing {
    /// The files, and whether each was named itself.
    pub files: BTreeMap<PathBuf, (Stamp, Named)>,
    /// What was named and cannot be looked at.
    pub problems: Vec<(PathBuf, io::Error)>,
}

#[cfg(unix)]
impl Listing {
    /// Keeps one name of each file: one that was named before one of a folder, and its own before a link's.
    fn leave_out_other_names(&mut self) {
        let mut names: BTreeMap<(u64, u64), Vec<&PathBuf>> = BTreeMap::new();
        self.files.iter().for_each(|(path, (stamp, _))| names.entry(stamp.file).or_default().push(path));
        let rank = |path: &PathBuf| (self.files[path].1 == Named::ByItsFolder, path.is_symlink());
        let mut others = Vec::new();
        for mut paths in names.into_values().filter(|paths| paths.len() > 1) {
            paths.sort_by_key(|path| rank(path));
            others.extend(paths.into_iter().skip(1).cloned());
        }
        for path in others {
            self.files.remove(&path);
        }
    }
}

/// How it came that a file is followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Named {
    Itself,
    ByItsFolder,
}

/// The files at these paths, and those in the folders among them; never one of `own`, those of the workspace.
pub(super) fn list(paths: &[PathBuf], own: Option<&Path>) -> Listing {
    let mut listing = Listing::default();
    for path in paths {
        let found = match path.metadata() {
            Ok(metadata) if metadata.is_dir() => in_folder(path, own, &mut listing),
            Ok(metadata) if metadata.is_file() => {
                listing.files.insert(path.clone(), (Stamp::of(&metadata), Named::Itself));
                Ok(())
            }
            Ok(_) => Err(io::Error::other("is neither a file nor a folder; `karat import QUEUE -` reads a pipe")),
            Err(error) => Err(error),
        };
        if let Err(error) = found {
            listing.problems.push((path.clone(), error));
        }
    }
    #[cfg(unix)]
    listing.leave_out_other_names();
    listing
}

fn in_folder(folder: &Path, own: Option<&Path>, listing: &mut Listing) -> io::Result<()> {
    let is_of_workspace = |own: &&Path| own.parent() == folder.canonicalize().ok().as_deref();
    let own = own.filter(is_of_workspace).and_then(Path::file_name).map(|name| name.to_string_lossy().to_lowercase());
    for entry in folder.read_dir()? {
        let path = entry?.path();
        // One that is gone by now is not missed.
        let Some(metadata) = path.metadata().ok().filter(Metadata::is_file) else { continue };
        if is_meant(&path, own.as_deref()) {
            listing.files.entry(path).or_insert((Stamp::of(&metadata), Named::ByItsFolder));
        }
    }
    Ok(())
}

/// Whether a file in a folder is to be followed; `own`: the name of the workspace's file.
fn is_meant(path: &Path, own: Option<&str>) -> bool {
    let Some(name) = path.file_name().map(|name| name.to_string_lossy().to_lowercase()) else { return false };
    let is_aside = name.starts_with('.') || UNFINISHED.iter().any(|end| name.ends_with(end));
    let is_own = own.is_some_and(|own| name.strip_prefix(own).is_some_and(|end| OF_WORKSPACE.contains(&end)));
    !is_aside && !is_own && !is_rejects_file(path) && !is_manifest(path)
}

/// Files beside this one whose names begin as its name does: what rotation makes of it.
pub(super) fn rotated(path: &Path) -> Vec<PathBuf> {
    let (Some(folder), Some(stem)) = (path.parent(), path.file_stem()) else { return Vec::new() };
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let stem = stem.to_string_lossy();
    let entries = folder.read_dir().into_iter().flatten().flatten().map(|entry| folder.join(entry.file_name()));
    let is_rotated = |other: &PathBuf| {
        other.file_name() != path.file_name()
            && other.file_name().is_some_and(|name| name.to_string_lossy().starts_with(&*stem))
            && other.is_file()
    };
    entries.filter(is_rotated).collect()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_listed_once_and_those_of_the_workspace_never() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for name in ["run1.jsonl", "karat.db", "karat.db-wal", "karat.db.export.jsonl"] {
            std::fs::write(at(name), name).unwrap();
        }
        std::os::unix::fs::symlink(at("run1.jsonl"), at("latest.jsonl")).unwrap();
        let own = folder.path().canonicalize().unwrap().join("karat.db");
        let listed = |paths: &[PathBuf]| list(paths, Some(&own)).files.into_keys().collect::<Vec<_>>();
        let folder = folder.path().to_owned();
        assert_eq!(listed(std::slice::from_ref(&folder)), [at("karat.db.export.jsonl"), at("run1.jsonl")]);
        assert_eq!(listed(&[folder, at("latest.jsonl")]), [at("karat.db.export.jsonl"), at("latest.jsonl")]);
    }
}
