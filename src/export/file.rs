//! The files of an export and their manifest; each is written whole or not at all.

use super::Exported;
use super::compression::{Compression, Packer};
use crate::text::hex::hex;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use tempfile::{NamedTempFile, TempDir};

/// The files of an export while they are written.
pub(super) struct Publication {
    /// What the user names.
    path: PathBuf,
    files: Vec<OpenFile>,
    /// Where the files of a folder are until it is whole.
    folder: Option<TempDir>,
}

/// A file of an export, before there is one.
pub(super) struct FilePlan {
    pub path: PathBuf,
    pub compression: Option<Compression>,
    /// The part of the split that it holds.
    pub split: Option<String>,
}

/// A completed export.
#[derive(Debug, Clone)]
pub struct Published {
    pub exported: Exported,
    /// The files, the first being the one that the user names where it is one.
    pub files: Vec<PathBuf>,
    pub manifest: PathBuf,
}

impl FilePlan {
    pub(super) fn plain(path: &Path) -> Self {
        Self { path: path.to_owned(), compression: None, split: None }
    }
}

impl Publication {
    /// Begins the files of an export that the user calls `path`.
    pub(super) fn create(path: &Path, files: Vec<FilePlan>) -> io::Result<Self> {
        let files = files.into_iter().map(OpenFile::create).collect::<io::Result<_>>()?;
        Ok(Self { path: path.to_owned(), files, folder: None })
    }

    /// Begins a folder with these files, whose paths are within it.
    pub(super) fn create_folder(path: &Path, files: Vec<FilePlan>) -> io::Result<Self> {
        let mut builder = tempfile::Builder::new();
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o777)); // less the umask
        let folder = builder.tempdir_in(parent(path))?;
        let mut publication = Self { path: path.to_owned(), files: Vec::new(), folder: None };
        for plan in files {
            publication.files.push(OpenFile::create_in(folder.path(), plan)?);
        }
        publication.folder = Some(folder);
        Ok(publication)
    }

    /// Adds a file to the folder.
    pub(super) fn add(&mut self, path: &str, content: &str) -> io::Result<()> {
        let Some(folder) = &self.folder else { return Err(io::ErrorKind::NotADirectory.into()) };
        let mut file = OpenFile::create_in(folder.path(), FilePlan::plain(Path::new(path)))?;
        file.write_all(content.as_bytes())?;
        self.files.push(file);
        Ok(())
    }

    pub(super) fn files(&mut self) -> Vec<&mut OpenFile> {
        self.files.iter_mut().collect()
    }

    /// Puts the files in place, each synced before it is renamed, and last the manifest, which
    /// gives the size and the digest of each.
    pub(super) fn publish(self, manifest: &impl Serialize, exported: Exported) -> io::Result<Published> {
        let sealed = self.files.into_iter().map(OpenFile::seal).collect::<io::Result<Vec<_>>>()?;
        let entries: Vec<&Entry> = sealed.iter().map(|sealed| &sealed.entry).collect();
        let [main, further @ ..] = &entries[..] else { return Err(io::ErrorKind::InvalidInput.into()) };
        let Entry { file, split, bytes, sha256 } = main;
        let split = split.as_deref();
        let manifest = Manifest { file, manifest, split, bytes: *bytes, sha256, further_files: further };
        let path = suffixed(&self.path, ".manifest.json");
        let mut out = beside(&path)?;
        serde_json::to_writer_pretty(&mut out, &manifest)?;
        out.write_all(b"\n")?;
        let files = match &self.folder {
            Some(_) => sealed.iter().map(|sealed| self.path.join(&sealed.entry.file)).collect(),
            None => sealed.iter().map(|sealed| sealed.path.clone()).collect(),
        };
        for Sealed { file, path, .. } in sealed {
            put(file, &path)?;
        }
        if let Some(folder) = self.folder {
            // Takes the place of an empty folder, and of nothing else.
            std::fs::rename(folder.path(), &self.path)?;
            let _ = folder.keep(); // it is where it was to go
        }
        let above = parent(&path).to_owned();
        put(out, &path)?;
        File::open(above)?.sync_all()?;
        Ok(Published { exported, files, manifest: path })
    }
}

/// A file of an export while it is written.
pub(super) struct OpenFile {
    path: PathBuf,
    /// As the manifest calls it.
    name: String,
    split: Option<String>,
    file: Packer<Hashed>,
}

/// A temporary file, hashed as it is written.
struct Hashed {
    file: BufWriter<NamedTempFile>,
    hash: Sha256,
    bytes: u64,
}

impl OpenFile {
    /// Opens a temporary file beside its path, so that the rename stays on one file system.
    fn create(FilePlan { path, compression, split }: FilePlan) -> io::Result<Self> {
        let file = BufWriter::with_capacity(1 << 20, beside(&path)?);
        let file = Packer::new(Hashed { file, hash: Sha256::new(), bytes: 0 }, compression)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Self { path, name, split, file })
    }

    /// As [`OpenFile::create`], of a file of a folder, by its path within it.
    fn create_in(folder: &Path, plan: FilePlan) -> io::Result<Self> {
        let name = plan.path.to_string_lossy().into_owned();
        let path = folder.join(&plan.path);
        std::fs::create_dir_all(parent(&path))?;
        Ok(Self { name, ..Self::create(FilePlan { path, ..plan })? })
    }

    fn seal(self) -> io::Result<Sealed> {
        let Hashed { file, hash, bytes } = self.file.finish()?;
        let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
        let entry = Entry { file: self.name, split: self.split, bytes, sha256: hex(hash.finalize()) };
        Ok(Sealed { path: self.path, file, entry })
    }
}

impl Write for OpenFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Write for Hashed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.hash.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// A file that is complete, and not yet under its name.
struct Sealed {
    path: PathBuf,
    file: NamedTempFile,
    entry: Entry,
}

/// A file as the manifest lists it.
#[derive(Serialize)]
struct Entry {
    file: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    split: Option<String>,
    bytes: u64,
    sha256: String,
}

/// The first file's entry around what the export says of itself, then the other files.
#[derive(Serialize)]
struct Manifest<'a, M> {
    file: &'a str,
    #[serde(flatten)]
    manifest: &'a M,
    #[serde(skip_serializing_if = "Option::is_none")]
    split: Option<&'a str>,
    bytes: u64,
    sha256: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    further_files: &'a [&'a Entry],
}

/// A temporary file beside `path`, with the permissions of any new file: an export is made to be
/// shared.
fn beside(path: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666)); // less the umask
    builder.tempfile_in(parent(path))
}

fn put(file: NamedTempFile, path: &Path) -> io::Result<()> {
    file.as_file().sync_all()?;
    file.persist(path).map(drop).map_err(|error| error.error)
}

fn parent(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

pub(super) fn suffixed(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// The path with the name of a part before its endings: `out/rows-train.csv.gz`.
pub(super) fn of_part(path: &Path, part: &str) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let packed = [".gz", ".zst"].into_iter().find(|ending| name.ends_with(ending)).unwrap_or_default();
    let stem = &name[..name.len() - packed.len()];
    let dot = stem.rfind('.').filter(|at| *at > 0).unwrap_or(stem.len());
    path.with_file_name(format!("{}-{part}{}{packed}", &stem[..dot], &stem[dot..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_named_before_the_endings() {
        for (path, named) in [
            ("out/rows.csv", "out/rows-train.csv"),
            ("rows.v2.jsonl.gz", "rows.v2-train.jsonl.gz"),
            ("rows", "rows-train"),
            (".rows", ".rows-train"),
        ] {
            assert_eq!(of_part(Path::new(path), "train"), Path::new(named));
        }
    }
}
