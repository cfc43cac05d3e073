//! A file that is there whole or not at all, with its manifest.

use super::ExportCounts;
use crate::text::hex::hex;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// An export on its way: hashed as it is written.
pub(super) struct Body {
    file: BufWriter<NamedTempFile>,
    hash: Sha256,
    bytes: u64,
}

/// An export that is there.
#[derive(Debug, Clone)]
pub struct Published {
    pub counts: ExportCounts,
    pub manifest: PathBuf,
}

impl Body {
    /// Opens a temporary file beside `path`, so that the rename stays on one file system.
    pub(super) fn create(path: &Path) -> io::Result<Self> {
        let file = BufWriter::with_capacity(1 << 20, beside(path)?);
        Ok(Self { file, hash: Sha256::new(), bytes: 0 })
    }

    /// Puts the file and its manifest in place, each synced before it is renamed.
    pub(super) fn publish(self, path: &Path, manifest: &impl Serialize, counts: ExportCounts) -> io::Result<Published> {
        let file = self.file.into_inner().map_err(io::IntoInnerError::into_error)?;
        let sha256 = hex(self.hash.finalize());
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let sealed = Sealed { file: &name, manifest, bytes: self.bytes, sha256: &sha256 };
        let mut seal = beside(path)?;
        serde_json::to_writer_pretty(&mut seal, &sealed)?;
        seal.write_all(b"\n")?;
        put(file, path)?;
        let manifest = manifest_path(path);
        put(seal, &manifest)?;
        File::open(folder(path))?.sync_all()?;
        Ok(Published { counts, manifest })
    }
}

#[derive(Serialize)]
struct Sealed<'a, M> {
    file: &'a str,
    #[serde(flatten)]
    manifest: &'a M,
    bytes: u64,
    sha256: &'a str,
}

impl Write for Body {
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

/// A temporary file beside `path`, with the rights that any new file gets: an export is
/// there to be handed on.
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

fn manifest_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".manifest.json");
    name.into()
}
