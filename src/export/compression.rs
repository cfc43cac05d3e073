//! Compressing what an export writes, while it is written.

use std::fmt;
use std::io::{self, Write};
use std::path::Path;
use std::str::FromStr;

/// How the files of an export are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    Gzip,
    Zstd,
}

impl Compression {
    pub const ALL: [Compression; 2] = [Compression::Gzip, Compression::Zstd];

    /// Whether readers that go by a file's name unpack one of this name.
    pub(super) fn is_told_by(self, path: &Path) -> bool {
        let extension = match self {
            Compression::Gzip => "gz",
            Compression::Zstd => "zst",
        };
        path.extension().is_some_and(|found| found.eq_ignore_ascii_case(extension))
    }

    /// The word in arguments and manifests.
    pub fn as_str(self) -> &'static str {
        match self {
            Compression::Gzip => "gzip",
            Compression::Zstd => "zstd",
        }
    }
}

impl fmt::Display for Compression {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Compression {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let found = Compression::ALL.into_iter().find(|compression| compression.as_str() == word);
        found.ok_or_else(|| format!("`{word}` is no compression; it is gzip or zstd"))
    }
}

/// Compresses what is written to it, or hands it on as it is.
pub(super) enum Packer<W: Write> {
    Plain(W),
    #[cfg(feature = "compressed")]
    Gzip(flate2::write::GzEncoder<W>),
    #[cfg(feature = "compressed")]
    Zstd(zstd::Encoder<'static, W>),
}

impl<W: Write> Packer<W> {
    /// Fails where this build of the program compresses nothing.
    pub(super) fn new(out: W, compression: Option<Compression>) -> io::Result<Self> {
        match compression {
            None => Ok(Packer::Plain(out)),
            #[cfg(feature = "compressed")]
            Some(Compression::Gzip) => {
                Ok(Packer::Gzip(flate2::write::GzEncoder::new(out, flate2::Compression::default())))
            }
            #[cfg(feature = "compressed")]
            Some(Compression::Zstd) => Ok(Packer::Zstd(zstd::Encoder::new(out, zstd::DEFAULT_COMPRESSION_LEVEL)?)),
            #[cfg(not(feature = "compressed"))]
            Some(_) => Err(io::Error::new(io::ErrorKind::Unsupported, "karat was built without its part `compressed`")),
        }
    }

    /// Writes what is left; gives back what it was written to.
    pub(super) fn finish(self) -> io::Result<W> {
        match self {
            Packer::Plain(out) => Ok(out),
            #[cfg(feature = "compressed")]
            Packer::Gzip(encoder) => encoder.finish(),
            #[cfg(feature = "compressed")]
            Packer::Zstd(encoder) => encoder.finish(),
        }
    }
}

impl<W: Write> Write for Packer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Packer::Plain(out) => out.write(bytes),
            #[cfg(feature = "compressed")]
            Packer::Gzip(encoder) => encoder.write(bytes),
            #[cfg(feature = "compressed")]
            Packer::Zstd(encoder) => encoder.write(bytes),
        }
    }

    /// What is being compressed stays where it is until the end.
    fn flush(&mut self) -> io::Result<()> {
        match self {
            Packer::Plain(out) => out.flush(),
            #[cfg(feature = "compressed")]
            Packer::Gzip(_) | Packer::Zstd(_) => Ok(()),
        }
    }
}
