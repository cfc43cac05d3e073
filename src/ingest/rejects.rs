//! Where rejected records go.

use super::source::archive_and_member;
use super::{Failure, Progress};
use crate::import::{LookBack, Reject, RejectWriter, is_rejects_file};
use std::ffi::OsString;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// Which files take the rejected records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RejectsTo {
    /// No file: a dry run without `--rejects`.
    Nowhere,
    /// A file beside each input, as [`beside`] names it, or in the other folder where nothing
    /// can be written there.
    Beside { otherwise: Option<PathBuf> },
    /// A single file for all inputs.
    File(PathBuf),
}

/// The rejects file that belongs to an input. Beside a device, such as `/dev/stdin`,
/// nothing can be written: its rejects go to the present folder. Those of a file within an archive
/// stand beside the archive.
pub fn beside(input: &Path) -> PathBuf {
    let input = if input == Path::new("-") { Path::new("/dev/stdin") } else { input };
    if let Some((archive, member)) = archive_and_member(input) {
        let member: Vec<_> = member.iter().map(|part| part.to_string_lossy()).collect();
        return format!("{}.{}.rejects.jsonl", archive.display(), member.join("-")).into();
    }
    let is_device = input.starts_with("/dev") || input.starts_with("/proc");
    let mut name = OsString::from(if is_device { "karat-" } else { "" });
    name.push(input.file_name().filter(|_| is_device).unwrap_or(input.as_os_str()));
    name.push(".rejects.jsonl");
    name.into()
}

/// The rejects file of the present input.
pub(super) struct Rejects {
    to: RejectsTo,
    input: PathBuf,
    path: PathBuf,
    /// The line of column names of the present input.
    header: Option<String>,
    writer: Option<RejectWriter>,
    /// There is no place where the file can be written.
    is_homeless: bool,
    /// Goes on behind what the file holds.
    adds: Option<LookBack>,
}

impl Rejects {
    pub(super) fn new(to: &RejectsTo) -> Self {
        let (input, path) = (PathBuf::new(), PathBuf::new());
        Self { to: to.clone(), input, path, header: None, writer: None, is_homeless: false, adds: None }
    }

    /// Rejects that come behind those that the file holds.
    pub(super) fn behind(to: &RejectsTo, back: LookBack) -> Self {
        Self { adds: Some(back), ..Self::new(to) }
    }

    /// Begins an input; the file of the one before is finished.
    pub(super) fn begin(&mut self, input: &Path, header: Option<&str>) {
        self.header = header.map(str::to_owned);
        self.input = input.to_owned();
        self.path = match &self.to {
            RejectsTo::File(path) => path.clone(),
            RejectsTo::Beside { .. } | RejectsTo::Nowhere => beside(input),
        };
        self.is_homeless = false;
    }

    pub(super) fn write(&mut self, reject: &Reject, progress: &mut dyn Progress) -> Result<(), Failure> {
        if self.to == RejectsTo::Nowhere || self.is_homeless {
            return Ok(());
        }
        let mut writer = match self.writer.take() {
            Some(writer) => writer,
            None => match self.open(progress)? {
                Some(writer) => writer,
                None => return Ok(()),
            },
        };
        let written = writer.write(reject, self.header.as_deref()).map_err(|error| self.failure(error));
        self.writer = Some(writer);
        written
    }

    /// Makes the file, in another folder where it cannot stand beside the input: records
    /// that are good are not kept out for want of a place for the bad ones.
    fn open(&mut self, progress: &mut dyn Progress) -> Result<Option<RejectWriter>, Failure> {
        let error = match self.writer_at(&self.path) {
            Ok(writer) => return Ok(Some(writer)),
            Err(error) => error,
        };
        let otherwise = match &self.to {
            RejectsTo::Beside { otherwise } if is_closed(&error) => otherwise.as_deref(),
            _ => return Err(self.failure(error)),
        };
        let elsewhere = otherwise.and_then(|folder| {
            let path = folder.join(name_of_path(&self.input)?);
            std::fs::create_dir_all(folder).ok()?;
            Some((self.writer_at(&path).ok()?, path))
        });
        let place = self.path.display();
        match elsewhere {
            Some((writer, path)) => {
                progress
                    .say(&format!("{place} cannot be written ({error}); rejected records go to {}", path.display()));
                self.path = path;
                Ok(Some(writer))
            }
            None => {
                progress.say(&format!("{place} cannot be written ({error}); name another file with --rejects"));
                self.is_homeless = true;
                Ok(None)
            }
        }
    }

    fn writer_at(&self, path: &Path) -> io::Result<RejectWriter> {
        self.adds.map_or_else(|| RejectWriter::create(path), |back| RejectWriter::append(path, back))
    }

    /// Puts what is written where a crash does not lose it; a file that belongs to the
    /// present input is complete.
    pub(super) fn flush(&mut self, progress: &mut dyn Progress) -> Result<(), Failure> {
        if let Some(writer) = &mut self.writer {
            writer.flush().map_err(|error| self.failure(error))?;
        }
        if self.is_beside() { self.finish(progress) } else { Ok(()) }
    }

    pub(super) fn finish(&mut self, progress: &mut dyn Progress) -> Result<(), Failure> {
        let finished = self.writer.take().map(RejectWriter::finish).transpose();
        if let Some(file) = finished.map_err(|error| self.failure(error))? {
            progress.kept(&file);
        }
        Ok(())
    }

    /// Takes away what an earlier import rejected of the present input, which came in whole.
    pub(super) fn mended(&self, progress: &mut dyn Progress) {
        if self.is_beside() && is_older(&self.path, &self.input) && is_rejects_file(&self.path) {
            let place = self.path.display();
            progress.say(&match std::fs::remove_file(&self.path) {
                Ok(()) => format!("{place} is removed: what it tells of is mended"),
                Err(error) => format!("{place} tells of what is mended, and cannot be removed ({error})"),
            });
        }
    }

    fn is_beside(&self) -> bool {
        matches!(self.to, RejectsTo::Beside { .. })
    }

    fn failure(&self, error: io::Error) -> Failure {
        Failure::Rejects { path: self.path.clone(), error }
    }
}

/// Nothing can be written there, however much room there is.
fn is_closed(error: &io::Error) -> bool {
    !matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge)
}

/// The name of the rejects file of an input in a folder for all: after its whole path.
fn name_of_path(input: &Path) -> Option<String> {
    let whole = std::path::absolute(input).ok()?;
    let names: Vec<_> = whole.iter().skip(1).map(|name| name.to_string_lossy()).collect();
    let name = names.join("-");
    // The end tells more, and a file's name has 255 bytes at most.
    let name = &name[name.ceil_char_boundary(name.len().saturating_sub(200))..];
    Some(format!("{name}.rejects.jsonl"))
}

/// Whether `file` was written before `than` was changed: one that was changed later may be
/// what somebody mends.
fn is_older(file: &Path, than: &Path) -> bool {
    let changed = |path: &Path| path.metadata().and_then(|metadata| metadata.modified());
    matches!((changed(file), changed(than)), (Ok(file), Ok(than)) if file <= than)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rejects_stand_beside_a_file_and_never_in_dev() {
        let folder = tempfile::tempdir().unwrap();
        let archive = folder.path().join("a.zip");
        std::fs::write(&archive, "").unwrap();
        assert_eq!(beside(&archive.join("b/c.csv")), folder.path().join("a.zip.b-c.csv.rejects.jsonl"));
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
