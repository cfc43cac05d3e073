//! Arrow IPC: a stream of batches, or a file (Feather), which is such a stream between two marks and has a
//! list of its batches behind it. Both are read as streams, so a pipe will do, and of a file that was cut
//! off what came before is read.

use super::columnar::{Batches, Rows};
use super::{Confidence, Format, Recognition, Records};
use crate::domain::format_option::GivenOptions;
use crate::import::fault::ImportError;
use crate::import::guarded::{damaged, guarded};
use crate::import::input::{Head, Input};
use arrow_array::RecordBatch;
use arrow_ipc::reader::StreamDecoder;
use arrow_ipc::{Message, root_as_message};
use arrow_schema::{ArrowError, SchemaRef};
use std::io::{self, BufReader, Read};

/// How a file begins. Zeros come after it, up to where the stream begins.
const MAGIC: &[u8] = b"ARROW1";

/// Where messages may begin: at so many bytes, or at twice as many, and so on.
const ALIGNMENT: usize = 8;

/// What stands before every message, but in files of before 2019.
const CONTINUATION: [u8; 4] = [0xff; 4];

/// Largest description of a message.
const METADATA_BYTES: u64 = 64 << 20;

/// Largest batch, in bytes as it stands and as it unpacks to: it is in memory as a whole.
const BATCH_BYTES: i64 = 1 << 30;

pub(super) struct Arrow;

impl Format for Arrow {
    fn name(&self) -> &'static str {
        "arrow"
    }

    fn title(&self) -> &'static str {
        "Arrow IPC"
    }

    fn about(&self) -> &'static str {
        "a table by columns with types, as a stream or a file (Feather)"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["arrow", "arrows", "feather", "ipc"]
    }

    fn recognise(&self, head: &Head) -> Option<Recognition> {
        let bytes = &head.bytes;
        if bytes.starts_with(MAGIC) {
            Some(Confidence::Certain.because("it begins as an Arrow file does"))
        } else {
            bytes.starts_with(&CONTINUATION).then(|| Confidence::Certain.because("it begins as an Arrow stream does"))
        }
    }

    fn open(&self, input: Input, limit: usize, _: &GivenOptions) -> Result<Box<dyn Records>, ImportError> {
        let (file, entry) = (input.name.clone(), input.entry.clone());
        let unreadable = |error: io::Error| ImportError::Damaged {
            name: file.to_string(),
            format: "Arrow IPC",
            reason: error.to_string(),
        };
        let start = start_of_stream(&input.head().bytes);
        let stream = BufReader::with_capacity(1 << 16, input.into_stream(start as u64));
        let mut messages = Messages { stream, decoder: StreamDecoder::new(), is_ended: false };
        let schema = messages.feed(CONTINUATION.to_vec()).and_then(|_| messages.schema()).map_err(unreadable)?;
        let batches: Batches = Box::new(messages);
        Ok(Box::new(Rows::new(file, entry, &schema, batches, limit)?))
    }
}

/// Where the stream begins in a file, which is a stream itself if it has no mark.
fn start_of_stream(head: &[u8]) -> usize {
    let Some(rest) = head.get(ALIGNMENT..).filter(|_| head.starts_with(MAGIC)) else { return 0 };
    let filled = rest.chunks_exact(ALIGNMENT).take_while(|bytes| bytes.iter().all(|byte| *byte == 0));
    ALIGNMENT * (1 + filled.count())
}

/// The messages of a stream, each read whole and looked at before it is decoded.
struct Messages<R> {
    stream: R,
    decoder: StreamDecoder,
    is_ended: bool,
}

impl<R: Read> Messages<R> {
    /// The types of the columns, which come first.
    fn schema(&mut self) -> io::Result<SchemaRef> {
        loop {
            if let Some(schema) = self.decoder.schema() {
                return Ok(schema);
            }
            if self.message()?.is_none() {
                return Err(damaged("it ends before it says what its columns are"));
            }
        }
    }

    /// The next message, with the batch that it is, if it is one; nothing at the end.
    fn message(&mut self) -> io::Result<Option<Option<RecordBatch>>> {
        let mut word = [0; 4];
        match self.stream.read(&mut word[..1])? {
            // Those who write to a pipe may end it without the mark of the end.
            0 => return Ok(None),
            _ => self.fill(&mut word[1..])?,
        }
        if word == CONTINUATION {
            self.fill(&mut word)?;
        }
        let length = u32::from_le_bytes(word).into();
        if length == 0 {
            return Ok(None);
        }
        if length > METADATA_BYTES {
            return Err(damaged(&format!("a part of it is said to be described by {length} bytes")));
        }
        let metadata = self.take(length)?;
        let body = guarded(|| believable_body(&metadata))?;
        let body = self.take(body)?;
        guarded(|| believable_buffers(&metadata, &body))?;
        let head = [&(length as u32).to_le_bytes()[..], &metadata].concat();
        let mut batch = None;
        // What comes before the next message tells the decoder that this one has no more bytes.
        for piece in [head, body, CONTINUATION.to_vec()] {
            batch = self.feed(piece)?.or(batch);
        }
        Ok(Some(batch))
    }

    /// Hands bytes to the decoder.
    fn feed(&mut self, bytes: Vec<u8>) -> io::Result<Option<RecordBatch>> {
        let (mut bytes, mut found) = (bytes.into(), None);
        let decoder = &mut self.decoder;
        guarded(|| {
            while let Some(batch) = decoder.decode(&mut bytes)? {
                found = Some(batch);
            }
            Ok::<_, ArrowError>(found)
        })
    }

    fn fill(&mut self, bytes: &mut [u8]) -> io::Result<()> {
        self.stream.read_exact(bytes).map_err(cut_off)
    }

    /// So many bytes; memory is taken as they come, whatever is said of their number.
    fn take(&mut self, length: u64) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.stream.by_ref().take(length).read_to_end(&mut bytes)?;
        if bytes.len() as u64 == length { Ok(bytes) } else { Err(cut_off(io::ErrorKind::UnexpectedEof.into())) }
    }
}

impl<R: Read> Iterator for Messages<R> {
    type Item = io::Result<RecordBatch>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.is_ended {
            match self.message() {
                Ok(Some(Some(batch))) => return Some(Ok(batch)),
                Ok(Some(None)) => {}
                Ok(None) => self.is_ended = true,
                Err(error) => {
                    self.is_ended = true;
                    return Some(Err(error));
                }
            }
        }
        None
    }
}

fn cut_off(error: io::Error) -> io::Error {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => {
            io::Error::new(error.kind(), "the file ends within a batch of rows; it may have been cut off")
        }
        _ => error,
    }
}

fn message(metadata: &[u8]) -> Result<Message<'_>, String> {
    root_as_message(metadata).map_err(|error| format!("a part of it is described wrongly: {error}"))
}

/// The bytes that belong to a message.
fn believable_body(metadata: &[u8]) -> Result<u64, String> {
    match message(metadata)?.bodyLength() {
        length @ 0..=BATCH_BYTES => Ok(length as u64),
        length => Err(too_large(length)),
    }
}

fn too_large(length: i64) -> String {
    format!("a batch of rows is said to be {length} bytes, and karat reads batches of 1 GiB at most")
}

/// Refuses a batch whose packed buffers are said to unpack to more than a batch may be: each begins with
/// the number of bytes in it.
fn believable_buffers(metadata: &[u8], body: &[u8]) -> Result<(), String> {
    let message = message(metadata)?;
    let dictionary = || message.header_as_dictionary_batch().and_then(|dictionary| dictionary.data());
    let Some(batch) = message.header_as_record_batch().or_else(dictionary) else { return Ok(()) };
    let (Some(_), Some(buffers)) = (batch.compression(), batch.buffers()) else { return Ok(()) };
    let length = |offset: i64| -> Option<i64> {
        let offset = usize::try_from(offset).ok()?;
        Some(i64::from_le_bytes(body.get(offset..offset.checked_add(8)?)?.try_into().ok()?))
    };
    let lengths = buffers.iter().filter(|buffer| buffer.length() > 0).filter_map(|buffer| length(buffer.offset()));
    let total = lengths.fold(0_i64, |total, length| total.saturating_add(length.max(0)));
    if total > BATCH_BYTES { Err(too_large(total)) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::{Options, Reader, Row};
    use arrow_array::types::Int8Type;
    use arrow_array::{ArrayRef, DictionaryArray, StringArray};
    use arrow_ipc::CompressionType;
    use arrow_ipc::writer::{FileWriter, IpcWriteOptions, StreamWriter};
    use std::io::Cursor;
    use std::sync::Arc;

    fn batches() -> Vec<RecordBatch> {
        let batch = |ids: [&str; 2]| {
            let column = |values: [&str; 2]| -> ArrayRef { Arc::new(StringArray::from(values.to_vec())) };
            let model: ArrayRef = Arc::new(vec!["m", "m"].into_iter().collect::<DictionaryArray<Int8Type>>());
            let long = "long ".repeat(200);
            let columns = [
                ("id", column(ids)),
                ("input", column([&long, "q"])),
                ("output", column(["a", "b"])),
                ("model", model),
            ];
            RecordBatch::try_from_iter(columns).unwrap()
        };
        vec![batch(["1", "2"]), batch(["3", "4"])]
    }

    fn stream(compression: Option<CompressionType>) -> Vec<u8> {
        let options = IpcWriteOptions::default().try_with_compression(compression).unwrap();
        let batches = batches();
        let mut writer = StreamWriter::try_new_with_options(Vec::new(), &batches[0].schema(), options).unwrap();
        batches.iter().for_each(|batch| writer.write(batch).unwrap());
        writer.into_inner().unwrap()
    }

    fn file(compression: Option<CompressionType>) -> Vec<u8> {
        let options = IpcWriteOptions::default().try_with_compression(compression).unwrap();
        let batches = batches();
        let mut writer = FileWriter::try_new_with_options(Vec::new(), &batches[0].schema(), options).unwrap();
        batches.iter().for_each(|batch| writer.write(batch).unwrap());
        writer.into_inner().unwrap()
    }

    fn read(bytes: &[u8]) -> Result<(Vec<String>, Option<String>), String> {
        let reader = Reader::from_read("a.arrow", Cursor::new(bytes.to_vec()), Options::default());
        let (mut ids, mut failure) = (Vec::new(), None);
        for row in reader.map_err(|error| error.to_string())? {
            match row {
                Ok(Row::Record(record)) => {
                    assert_eq!(record.item.model.as_deref(), Some("m"));
                    ids.push(record.item.id);
                }
                Ok(other) => panic!("{other:?}"),
                Err(error) => failure = Some(error.to_string()),
            }
        }
        Ok((ids, failure))
    }

    #[test]
    fn a_stream_and_a_file_are_read_packed_or_not() {
        for compression in [None, Some(CompressionType::LZ4_FRAME), Some(CompressionType::ZSTD)] {
            for bytes in [stream(compression), file(compression)] {
                assert_eq!(read(&bytes).unwrap(), (["1", "2", "3", "4"].map(str::to_owned).into(), None));
            }
        }
        let whole = stream(None);
        let without_end = &whole[..whole.len() - 8];
        assert_eq!(read(without_end).unwrap().1, None, "who writes to a pipe may end it so");
    }

    #[test]
    fn of_a_cut_one_what_came_before_is_read() {
        for bytes in [stream(None), file(None)] {
            // The second batch is the last of its kind, and its texts stand once each.
            let last = bytes.windows(5).rposition(|piece| piece == b"long ").unwrap();
            let (ids, failure) = read(&bytes[..last]).unwrap();
            assert_eq!(ids, ["1", "2"]);
            let failure = failure.unwrap();
            assert!(failure.contains("nothing can be read after row 2") && failure.contains("cut off"), "{failure}");
        }
        let none = read(&stream(None)[..6]).unwrap_err();
        assert!(none.contains("cannot be read as Arrow IPC"), "{none}");
    }

    #[test]
    fn what_it_says_wrongly_of_itself_is_an_error_and_takes_no_memory() {
        for whole in [stream(Some(CompressionType::LZ4_FRAME)), file(None)] {
            for at in 0..whole.len() {
                for byte in [0x7f, 0xff] {
                    let mut damaged = whole.clone();
                    damaged[at] = byte;
                    let reader = Reader::from_read("a.arrow", Cursor::new(damaged), Options::default());
                    reader.into_iter().flatten().take_while(Result::is_ok).for_each(drop);
                }
            }
        }
        let mut large = stream(Some(CompressionType::LZ4_FRAME));
        // A packed buffer begins with its length, before the mark of an LZ4 frame.
        let frame = large.windows(4).position(|piece| piece == [0x04, 0x22, 0x4d, 0x18]).unwrap();
        large[frame - 8..frame].copy_from_slice(&(1_i64 << 40).to_le_bytes());
        assert!(read(&large).unwrap().1.unwrap().contains("batches of 1 GiB at most"));
    }
}
