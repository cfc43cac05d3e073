//! The files of an import.

use crate::import::{ImportError, Options, Reader};
use std::path::{Path, PathBuf};

/// A file to import.
pub struct Source {
    pub path: PathBuf,
    /// Kept from a first look, where the file can be opened only once.
    opened: Option<Reader>,
}

impl Source {
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), opened: None }
    }

    /// A source that is read already; `path` names its rejects file.
    pub fn opened(path: impl Into<PathBuf>, reader: Reader) -> Self {
        Self { path: path.into(), opened: Some(reader) }
    }

    /// The source after its first rows were read with `reader`, which has them put back: the
    /// reader is kept if the file cannot be opened again.
    pub fn looked_at(path: &Path, reader: Reader) -> Self {
        if is_stream(path) { Self::opened(path, reader) } else { Self::new(path) }
    }

    /// The file's whole path, by which it is known again; a stream has none.
    pub fn whole_path(&self) -> Option<PathBuf> {
        if is_stream(&self.path) { None } else { self.path.canonicalize().ok() }
    }

    /// Fails when the file cannot be read, or not as its format. A stream is not opened: it may
    /// have no bytes yet.
    pub(super) fn check(&self, reading: &Options) -> Result<(), ImportError> {
        if self.opened.is_some() || is_stream(&self.path) {
            return Ok(());
        }
        Reader::open(&self.path, reading.clone()).map(drop)
    }

    pub(super) fn open(self, reading: &Options) -> Result<Reader, ImportError> {
        self.opened.map_or_else(|| Reader::open(&self.path, reading.clone()), Ok)
    }
}

/// Standard input, a pipe or a device: what was read of it is gone.
fn is_stream(path: &Path) -> bool {
    path == Path::new("-") || path.metadata().is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir())
}
