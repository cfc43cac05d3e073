//! Where rejected records go.

use super::{Failure, Progress};
use crate::import::{Reject, RejectWriter};
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

/// Which files take the rejected records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RejectsTo {
    /// No file: a dry run without `--rejects`.
    Nowhere,
    /// A file beside each input, as [`beside`] names it.
    Beside,
    /// A single file for all inputs.
    File(PathBuf),
}

/// The rejects file that belongs to an input. Beside a device, such as `/dev/stdin`,
/// nothing can be written: its rejects go to the present folder.
pub fn beside(input: &Path) -> PathBuf {
    let input = if input == Path::new("-") { Path::new("/dev/stdin") } else { input };
    let is_device = input.starts_with("/dev") || input.starts_with("/proc");
    let mut name = OsString::from(if is_device { "karat-" } else { "" });
    name.push(input.file_name().filter(|_| is_device).unwrap_or(input.as_os_str()));
    name.push(".rejects.jsonl");
    name.into()
}

/// The rejects file of the present input.
pub(super) struct Rejects {
    to: RejectsTo,
    path: PathBuf,
    /// The line of column names of the present input.
    header: Option<String>,
    writer: Option<RejectWriter>,
}

impl Rejects {
    pub(super) fn new(to: &RejectsTo) -> Self {
        Self { to: to.clone(), path: PathBuf::new(), header: None, writer: None }
    }

    /// Begins an input; the file of the one before is finished.
    pub(super) fn begin(&mut self, input: &Path, header: Option<&str>) {
        self.header = header.map(str::to_owned);
        self.path = match &self.to {
            RejectsTo::File(path) => path.clone(),
            RejectsTo::Beside | RejectsTo::Nowhere => beside(input),
        };
    }

    pub(super) fn write(&mut self, reject: &Reject) -> Result<(), Failure> {
        if self.to == RejectsTo::Nowhere {
            return Ok(());
        }
        let writer = self.writer.get_or_insert_with(|| RejectWriter::new(&self.path));
        writer.write(reject, self.header.as_deref()).map_err(|error| self.failure(error))
    }

    /// Puts what is written where a crash does not lose it; a file that belongs to the
    /// present input is complete.
    pub(super) fn flush(&mut self, progress: &mut dyn Progress) -> Result<(), Failure> {
        if let Some(writer) = &mut self.writer {
            writer.flush().map_err(|error| self.failure(error))?;
        }
        if self.to == RejectsTo::Beside { self.finish(progress) } else { Ok(()) }
    }

    pub(super) fn finish(&mut self, progress: &mut dyn Progress) -> Result<(), Failure> {
        let finished = self.writer.take().map(RejectWriter::finish).transpose();
        if let Some(file) = finished.map_err(|error| self.failure(error))?.flatten() {
            progress.kept(&file);
        }
        Ok(())
    }

    fn failure(&self, error: io::Error) -> Failure {
        Failure::Rejects { path: self.path.clone(), error }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rejects_stand_beside_a_file_and_never_in_dev() {
        for (input, file) in [
            ("a/items.jsonl", "a/items.jsonl.rejects.jsonl"),
            ("-", "karat-stdin.rejects.jsonl"),
            ("/dev/stdin", "karat-stdin.rejects.jsonl"),
            ("/dev/fd/63", "karat-63.rejects.jsonl"),
        ] {
            assert_eq!(beside(Path::new(input)), Path::new(file), "{input}");
        }
    }
}
