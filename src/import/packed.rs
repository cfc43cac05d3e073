//! What is packed with gzip or zstd, unpacked as it is read.
//!
//! Nothing is written to disk and little is held in memory, so what a file could do by unpacking
//! to more than anybody meant is to take for ever, or to fill the rejects file: how much comes out
//! of it is bounded, by what went in and in all.

use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// How often a file may be packed in another.
pub(super) const MOST_LAYERS: usize = 3;

/// How much may come out of what is packed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    /// Bytes of one byte. Records that all repeat a long prompt come to a hundred or two.
    of_a_byte: u64,
    /// Bytes of however few.
    always: u64,
    /// Bytes in all.
    in_all: u64,
}

const BOUNDS: Bounds = Bounds { of_a_byte: 300, always: 1 << 30, in_all: 1 << 40 };

/// What a stream is packed with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packing {
    Gzip,
    Zstd,
}

impl Packing {
    /// By the first bytes.
    pub(super) fn of(head: &[u8]) -> Option<Self> {
        // A frame of zstd may come after others that are to be passed over.
        let is_passed_over = |head: &[u8]| matches!(head, [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..]);
        match head {
            [0x1f, 0x8b, 8, ..] => Some(Packing::Gzip),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Packing::Zstd),
            head if is_passed_over(head) => Some(Packing::Zstd),
            _ => None,
        }
    }

    /// The stream that `packed` holds: all members of a gzip, and all frames of a zstd.
    pub(super) fn unpack(self, packed: impl Read + Send + 'static) -> io::Result<Unpacked> {
        let count = Arc::<AtomicU64>::default();
        let packed = BufReader::new(Counted { input: packed, count: count.clone() });
        Ok(match self {
            Packing::Gzip => Unpacked::new("gzip", count, flate2::bufread::MultiGzDecoder::new(packed)),
            Packing::Zstd => Unpacked::new("zstd", count, zstd(packed)?),
        })
    }
}

/// A stream of zstd frames. One that asks for a window of more than 128 MiB is refused.
pub(super) fn zstd(packed: impl BufRead + Send + 'static) -> io::Result<impl Read + Send> {
    zstd::stream::read::Decoder::with_buffer(packed)
}

/// The path without the extension of what the file is packed with.
pub(super) fn name_within(path: &Path) -> std::path::PathBuf {
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase());
    match extension.as_deref() {
        Some("gz" | "gzip" | "zst" | "zstd") => path.with_extension(""),
        Some("tgz") => path.with_extension("tar"),
        _ => path.to_owned(),
    }
}

/// Counts the bytes that are read.
pub(super) struct Counted<R> {
    pub input: R,
    pub count: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(buffer)?;
        self.count.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

/// What comes of a packed stream, as long as it is no more than it may be.
pub(super) struct Unpacked {
    packing: &'static str,
    stream: Box<dyn Read + Send>,
    /// Bytes read of the packed stream.
    packed: Arc<AtomicU64>,
    /// Bytes given.
    unpacked: u64,
    bounds: Bounds,
}

impl Unpacked {
    pub(super) fn new(packing: &'static str, packed: Arc<AtomicU64>, stream: impl Read + Send + 'static) -> Self {
        Self { packing, stream: Box::new(stream), packed, unpacked: 0, bounds: BOUNDS }
    }

    /// The error with where it came.
    fn failed(&self, error: &io::Error) -> io::Error {
        let Self { packing, unpacked, .. } = self;
        let packed = self.packed.load(Ordering::Relaxed);
        let after = format!("after {packed} bytes, which hold {unpacked}");
        match error.kind() {
            io::ErrorKind::UnexpectedEof => io::Error::new(
                io::ErrorKind::UnexpectedEof,
                format!("the {packing} data ends too early, {after}; it may have been cut off"),
            ),
            kind => io::Error::new(kind, format!("the {packing} data is damaged {after}: {error}")),
        }
    }

    fn is_too_much(&self) -> bool {
        let Bounds { of_a_byte, always, in_all } = self.bounds;
        let of_packed = self.packed.load(Ordering::Relaxed).saturating_mul(of_a_byte);
        self.unpacked > of_packed.max(always).min(in_all)
    }

    fn too_much(&self) -> io::Error {
        let (Self { packing, unpacked, .. }, packed) = (self, self.packed.load(Ordering::Relaxed));
        let reason = format!(
            "the {packing} data unpacks to more than can be meant: {packed} bytes hold more than {unpacked}; \
             if they are meant, unpack it yourself and import what comes of it"
        );
        io::Error::new(io::ErrorKind::InvalidData, reason)
    }
}

impl Read for Unpacked {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.stream.read(buffer) {
            Ok(count) => {
                self.unpacked += count as u64;
                if self.is_too_much() { Err(self.too_much()) } else { Ok(count) }
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(error),
            Err(error) => Err(self.failed(&error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Cursor, Write};

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        packed.write_all(text).unwrap();
        packed.finish().unwrap()
    }

    fn unpacked(packing: Packing, packed: Vec<u8>) -> (Vec<u8>, Option<String>) {
        let mut stream = packing.unpack(Cursor::new(packed)).unwrap();
        let mut text = Vec::new();
        let error = stream.read_to_end(&mut text).err();
        (text, error.map(|error| error.to_string()))
    }

    #[test]
    fn every_member_and_frame_is_read_and_a_cut_one_as_far_as_it_goes() {
        let text = "line\n".repeat(50_000).into_bytes();
        let zstd = |text: &[u8]| zstd::encode_all(text, 3).unwrap();
        let passed_over = [0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 1, 2];
        for (packing, packed) in [
            (Packing::Gzip, [gzip(&text[..7]), gzip(&text[7..])].concat()),
            (Packing::Zstd, [&passed_over[..], &zstd(&text[..7]), &passed_over, &zstd(&text[7..])].concat()),
        ] {
            assert_eq!(Packing::of(&packed), Some(packing));
            assert!(unpacked(packing, packed.clone()) == (text.clone(), None));
            let (some, error) = unpacked(packing, packed[..packed.len() - 5].to_vec());
            let error = error.unwrap();
            assert!(text.starts_with(&some) && some.len() >= 7);
            assert!(error.contains("ends too early, after ") && error.contains("cut off"), "{error}");
        }
        let mut damaged = gzip(&text);
        let middle = damaged.len() / 2;
        damaged[middle] ^= 0xff;
        assert!(unpacked(Packing::Gzip, damaged).1.unwrap().starts_with("the gzip data is damaged after "));
    }

    #[test]
    fn what_unpacks_to_more_than_can_be_meant_is_stopped() {
        let bounds = Bounds { of_a_byte: 20, always: 1 << 10, in_all: 1 << 16 };
        for (length, packing, is_whole) in
            [(1 << 10, Packing::Gzip, true), (1 << 15, Packing::Gzip, false), (1 << 15, Packing::Zstd, false)]
        {
            let zeros = vec![0; length];
            let packed = if packing == Packing::Gzip { gzip(&zeros) } else { zstd::encode_all(&zeros[..], 3).unwrap() };
            let stream = packing.unpack(Cursor::new(packed)).unwrap();
            let read = io::copy(&mut Unpacked { bounds, ..stream }, &mut io::sink());
            assert_eq!(read.is_ok(), is_whole, "{length} in {packing:?}: {read:?}");
        }
        let mixed: Vec<u8> = (0..1_u32 << 15).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
        let stream = Packing::Gzip.unpack(Cursor::new(gzip(&mixed))).unwrap();
        let error = io::copy(&mut Unpacked { bounds, ..stream }, &mut io::sink()).unwrap_err().to_string();
        assert!(error.contains("more than can be meant"), "also in all: {error}");
    }

    #[test]
    fn a_window_that_asks_for_more_memory_than_there_may_be_is_refused() {
        let mut wide = zstd::stream::write::Encoder::new(Vec::new(), 1).unwrap();
        wide.window_log(30).unwrap();
        wide.include_contentsize(false).unwrap();
        wide.write_all(b"id,input,output\n").unwrap();
        let (text, error) = unpacked(Packing::Zstd, wide.finish().unwrap());
        assert!(text.is_empty() && error.unwrap().contains("memory"));
    }
}
