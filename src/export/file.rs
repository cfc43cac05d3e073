//! The files of an export and their manifest; each is written whole or not at all.

use super::Exported;
use crate::text::hex::hex;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// The files of an export while they are written.
pub(super) struct Publication {
    /// The file that the user names.
    main: Part,
    further: Vec<Part>,
}

/// A completed export.
#[derive(Debug, Clone)]
pub struct Published {
    pub exported: Exported,
    pub manifest: PathBuf,
}

impl Publication {
    /// Begins the file at `path`, and one beside it for each of `further`, which is appended
    /// to its name.
    pub(super) fn create(path: &Path, further: &[&str]) -> io::Result<Self> {
        let further = further.iter().map(|suffix| Part::create(&suffixed(path, suffix)));
        Ok(Self { main: Part::create(path)?, further: further.collect::<io::Result<_>>()? })
    }

    pub(super) fn files(&mut self) -> Vec<&mut Part> {
        std::iter::once(&mut self.main).chain(&mut self.further).collect()
    }

    /// Puts the files in place, each synced before it is renamed, and last the manifest, which
    /// gives the size and the digest of each.
    pub(super) fn publish(self, manifest: &impl Serialize, exported: Exported) -> io::Result<Published> {
        let main = self.main.seal()?;
        let further = self.further.into_iter().map(Part::seal).collect::<io::Result<Vec<_>>>()?;
        let further_files = further.iter().map(|sealed| &sealed.entry).collect();
        let Entry { file, bytes, sha256 } = &main.entry;
        let manifest = Manifest { file, manifest, bytes: *bytes, sha256, further_files };
        let path = suffixed(&main.path, ".manifest.json");
        let mut out = beside(&path)?;
        serde_json::to_writer_pretty(&mut out, &manifest)?;
        out.write_all(b"\n")?;
        let folder = folder(&path).to_owned();
        for sealed in std::iter::once(main).chain(further) {
            put(sealed.file, &sealed.path)?;
        }
        put(out, &path)?;
        File::open(folder)?.sync_all()?;
        Ok(Published { exported, manifest: path })
    }
}

/// A file of an export, hashed as it is written.
pub(super) struct Part {
    path: PathBuf,
    file: BufWriter<NamedTempFile>,
    hash: Sha256,
    bytes: u64,
}

impl Part {
    /// Opens a temporary file beside `path`, so that the rename stays on one file system.
    fn create(path: &Path) -> io::Result<Self> {
        let file = BufWriter::with_capacity(1 << 20, beside(path)?);
        Ok(Self { path: path.to_owned(), file, hash: Sha256::new(), bytes: 0 })
    }

    fn seal(self) -> io::Result<Sealed> {
        let file = self.file.into_inner().map_err(io::IntoInnerError::into_error)?;
        let name = self.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let entry = Entry { file: name, bytes: self.bytes, sha256: hex(self.hash.finalize()) };
        Ok(Sealed { path: self.path, file, entry })
    }
}

impl Write for Part {
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
    bytes: u64,
    sha256: String,
}

/// The main file's entry around what the export says of itself, then the files beside it.
#[derive(Serialize)]
struct Manifest<'a, M> {
    file: &'a str,
    #[serde(flatten)]
    manifest: &'a M,
    bytes: u64,
    sha256: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    further_files: Vec<&'a Entry>,
}

/// A temporary file beside `path`, with the permissions of any new file: an export is made to be
/// shared.
fn beside(path: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666)); // less the umask
    builder.tempfile_in(folder(path))
}

fn put(file: NamedTempFile, path: &Path) -> io::Result<()> {
    file.as_file().sync_all()?;
    file.persist(path).map(drop).map_err(|error| error.error)
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn suffixed(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
