//! The files of an import.

use crate::domain::mapping::Mapping;
use crate::import::{ImportError, Options, Reader};
use std::path::{Path, PathBuf};

/// A file to import.
pub struct Source {
    pub path: PathBuf,
    /// Kept from a first look, where the file can be opened only once.
    opened: Option<Reader>,
    /// Where the fields of this file are found, where that was not said of all files.
    pub mapping: Option<Mapping>,
}

impl Source {
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), opened: None, mapping: None }
    }

    /// A source that is read already; `path` names its rejects file.
    pub fn opened(path: impl Into<PathBuf>, reader: Reader) -> Self {
        Self { path: path.into(), opened: Some(reader), mapping: None }
    }

    /// The source after its first rows were read with `reader`, which has them put back: the
    /// reader is kept if the file cannot be opened again.
    pub fn looked_at(path: &Path, reader: Reader, mapping: Option<Mapping>) -> Self {
        let opened = is_stream(path).then_some(reader);
        Self { path: path.into(), opened, mapping }
    }

    /// Whether it is standard input, a pipe or a device: what was read of it is gone.
    pub fn is_stream(&self) -> bool {
        is_stream(&self.path)
    }

    /// The source with its fields where the mapping says. A reader that was kept has it already.
    pub fn mapped(self, mapping: Mapping) -> Self {
        Self { mapping: Some(mapping), ..self }
    }

    /// The file's whole path, by which it is known again; a stream has none.
    pub fn whole_path(&self) -> Option<PathBuf> {
        match archive_and_member(&self.path) {
            Some((archive, member)) => Some(archive.canonicalize().ok()?.join(member)),
            None if is_stream(&self.path) => None,
            None => self.path.canonicalize().ok(),
        }
    }

    /// Fails when the file cannot be read, or not as its format. A stream is not opened: it may
    /// have no bytes yet.
    pub(super) fn check(&self, reading: &Options) -> Result<(), ImportError> {
        if self.opened.is_some() || is_stream(&self.path) {
            return Ok(());
        }
        Reader::open(&self.path, self.reading(reading)).map(drop)
    }

    fn reading(&self, reading: &Options) -> Options {
        let mapping = self.mapping.as_ref().unwrap_or(&reading.mapping).clone();
        Options { mapping, ..reading.clone() }
    }

    /// Opens the file, unless it is kept from a first look.
    pub fn open(self, reading: &Options) -> Result<Reader, ImportError> {
        let reading = self.reading(reading);
        self.opened.map_or_else(|| Reader::open(&self.path, reading), Ok)
    }
}

/// The archive and the member that a path names, where a file stands before the end of it.
pub(super) fn archive_and_member(path: &Path) -> Option<(&Path, &Path)> {
    let archive = path.ancestors().skip(1).find(|path| path.is_file())?;
    Some((archive, path.strip_prefix(archive).ok()?))
}

/// Standard input, a pipe or a device: what was read of it is gone.
fn is_stream(path: &Path) -> bool {
    path == Path::new("-") || path.metadata().is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir())
}
