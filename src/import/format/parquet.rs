//! Parquet: a table by columns, of which the end says where everything stands.
//!
//! The crate that decodes it checks most of what a file says of itself, and takes the memory that the file
//! asks for. So what is asked for is looked at first: where a column stands, how large a page is said
//! to be ([`Pages`]), and how deep columns are nested.

mod depth;

use super::columnar::{Batches, Rows};
use super::{Confidence, Format, Recognition, Records};
use crate::domain::format_option::GivenOptions;
use crate::import::fault::ImportError;
use crate::import::guarded::{damaged, guarded};
use crate::import::input::{Head, Input};
use arrow_array::RecordBatch;
use arrow_schema::{DataType, Field, FieldRef, Fields, Schema};
use bytes::Bytes;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};
use parquet::errors::{ParquetError, Result as ParquetResult};
use parquet::file::metadata::ParquetMetaData;
use parquet::file::reader::{ChunkReader, Length};
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::sync::Arc;

const MAGIC: &[u8; 4] = b"PAR1";

/// The mark at both ends, and the length of the list before the last.
const LEAST_BYTES: u64 = 12;

/// Rows that are decoded at once, at most ...
const ROWS_AT_ONCE: u64 = 1_024;

/// ... and bytes, by what the file says of its rows.
const BYTES_AT_ONCE: u64 = 4 << 20;

/// Largest page that is decoded. Programs write some 1 MB; a single value may be one.
const PAGE_BYTES: i64 = 256 << 20;

pub(super) struct Parquet;

impl Format for Parquet {
    fn name(&self) -> &'static str {
        "parquet"
    }

    fn title(&self) -> &'static str {
        "Parquet"
    }

    fn about(&self) -> &'static str {
        "a table by columns with types; lists, structs and times as JSON has them"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["parquet", "pq"]
    }

    fn recognise(&self, head: &Head) -> Option<Recognition> {
        head.bytes.starts_with(MAGIC).then(|| Confidence::Certain.because("it begins as Parquet does"))
    }

    fn open(&self, input: Input, limit: usize, _: &GivenOptions) -> Result<Box<dyn Records>, ImportError> {
        let (file, entry) = (input.name.clone(), input.entry.clone());
        let unreadable = |error: io::Error| ImportError::Damaged {
            name: file.to_string(),
            format: "Parquet",
            reason: error.to_string(),
        };
        let pages = input.into_file().and_then(Pages::new);
        let pages = pages.map_err(|error| ImportError::Io { name: file.to_string(), error })?;
        pages.refuse_cut().map_err(unreadable)?;
        pages.refuse_deep().map_err(unreadable)?;
        let length = pages.length;
        let metadata = guarded(|| ArrowReaderMetadata::load(&pages, ArrowReaderOptions::new())).map_err(unreadable)?;
        guarded(|| believable(metadata.metadata(), length)).map_err(unreadable)?;
        let metadata = guarded(|| with_views(&metadata)).unwrap_or(metadata);
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(pages, metadata);
        let rows_at_once = rows_at_once(builder.metadata());
        let total = builder.metadata().file_metadata().num_rows().max(0) as u64;
        let schema = builder.schema().clone();
        let reader = guarded(|| builder.with_batch_size(rows_at_once).build()).map_err(unreadable)?;
        let groups: Batches = Box::new(Groups { reader, total, count: 0 });
        Ok(Box::new(Rows::new(file, entry, &schema, groups, limit)?))
    }
}

/// The same with texts that stay in the pages that they stand in: they are not copied when they are decoded.
fn with_views(metadata: &ArrowReaderMetadata) -> ParquetResult<ArrowReaderMetadata> {
    let schema = metadata.schema();
    let as_view = |field: &FieldRef| match field.data_type() {
        DataType::Utf8 | DataType::LargeUtf8 => Arc::new(Field::clone(field).with_data_type(DataType::Utf8View)),
        _ => field.clone(),
    };
    let fields: Fields = schema.fields().iter().map(as_view).collect();
    let schema = Arc::new(Schema::new_with_metadata(fields, schema.metadata().clone()));
    ArrowReaderMetadata::try_new(metadata.metadata().clone(), ArrowReaderOptions::new().with_schema(schema))
}

/// Refuses what a file says of its parts where that cannot be.
fn believable(metadata: &ParquetMetaData, length: u64) -> Result<(), String> {
    for group in metadata.row_groups() {
        if group.num_rows() < 0 {
            return Err(format!("it says that a part of it has {} rows", group.num_rows()));
        }
        for column in group.columns() {
            let (start, bytes) = column.byte_range();
            if start.checked_add(bytes).is_none_or(|end| end > length) {
                let name = column.column_path();
                return Err(format!(
                    "it says that {bytes} bytes of the column {name} begin at byte {start}, and the file has {length}; \
                     it may have been cut off or damaged"
                ));
            }
        }
    }
    Ok(())
}

/// So many that what is decoded at once stays small, however long the texts are.
fn rows_at_once(metadata: &ParquetMetaData) -> usize {
    let largest = metadata.row_groups().iter().map(|group| {
        let bytes = group.total_byte_size().max(0) as u64;
        bytes / (group.num_rows().max(1) as u64)
    });
    (BYTES_AT_ONCE / largest.max().unwrap_or(0).max(1)).clamp(1, ROWS_AT_ONCE) as usize
}

/// The batches of all groups of rows, one after the other.
struct Groups {
    reader: ParquetRecordBatchReader,
    /// Rows that the file says it has.
    total: u64,
    count: u64,
}

impl Iterator for Groups {
    type Item = io::Result<RecordBatch>;

    fn next(&mut self) -> Option<Self::Item> {
        let batch = guarded(|| self.reader.next().transpose());
        match &batch {
            Ok(Some(batch)) => self.count += batch.num_rows() as u64,
            Ok(None) if self.count < self.total => {
                let reason = format!("the file says that it has {} rows, and holds no more than these", self.total);
                self.total = 0;
                return Some(Err(damaged(&reason)));
            }
            _ => {}
        }
        batch.transpose()
    }
}

/// The bytes of a file, a stretch at a time. What is said to stand beyond its end, or to need more memory
/// than any page may, is refused before the memory is taken.
struct Pages {
    file: Arc<File>,
    length: u64,
}

impl Pages {
    fn new(file: File) -> io::Result<Self> {
        let length = file.metadata()?.len();
        Ok(Self { file: Arc::new(file), length })
    }

    fn refuse_cut(&self) -> io::Result<()> {
        let mut end = [0; 4];
        let mut read = self.from(self.length.saturating_sub(4));
        if self.length >= LEAST_BYTES && read.read_exact(&mut end).is_ok() && (end == *MAGIC || end == *b"PARE") {
            return Ok(());
        }
        let reason = "its end is missing, which says where everything stands: it was cut off, so copy it again";
        Err(damaged(reason))
    }

    /// Refuses columns within columns that no stack has room for.
    fn refuse_deep(&self) -> io::Result<()> {
        let (mut length, end) = ([0; 4], self.length - 8);
        self.from(end).read_exact(&mut length)?;
        // More than there is, or what is encrypted, is refused by who decodes it.
        let Some(start) = end.checked_sub(u32::from_le_bytes(length).into()) else { return Ok(()) };
        let mut metadata = Vec::new();
        self.from(start).take(end - start).read_to_end(&mut metadata)?;
        depth::refuse_deep(&metadata).map_err(|reason| damaged(&reason))
    }

    fn from(&self, at: u64) -> Stretch {
        Stretch { file: self.file.clone(), at }
    }
}

impl Length for Pages {
    fn len(&self) -> u64 {
        self.length
    }
}

impl ChunkReader for Pages {
    type T = BufReader<Stretch>;

    fn get_read(&self, start: u64) -> ParquetResult<Self::T> {
        let mut head = Vec::new();
        self.from(start).take(HEADER_BYTES).read_to_end(&mut head)?;
        match page_bytes(&head) {
            Some(bytes) if bytes > PAGE_BYTES => Err(ParquetError::General(format!(
                "a page is said to hold {bytes} bytes, and karat decodes pages of {} MiB at most",
                PAGE_BYTES >> 20
            ))),
            _ => Ok(BufReader::new(self.from(start))),
        }
    }

    fn get_bytes(&self, start: u64, length: usize) -> ParquetResult<Bytes> {
        if start.checked_add(length as u64).is_none_or(|end| end > self.length) {
            return Err(ParquetError::EOF(format!(
                "{length} bytes are said to stand at byte {start}, and the file has {}",
                self.length
            )));
        }
        let mut bytes = vec![0; length];
        self.from(start).read_exact(&mut bytes)?;
        Ok(bytes.into())
    }
}

/// A file from a place on. Several may be read in turn.
struct Stretch {
    file: Arc<File>,
    at: u64,
}

impl Read for Stretch {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut file = &*self.file;
        file.seek(SeekFrom::Start(self.at))?;
        let count = file.read(buffer)?;
        self.at += count as u64;
        Ok(count)
    }
}

/// Bytes of a page's header in which its sizes stand.
const HEADER_BYTES: u64 = 32;

/// How many bytes a page is said to hold, by the beginning of its header: the second of its members, each
/// of which is a byte that says so and a zigzag number (the compact protocol of Thrift). Nothing where no
/// such header stands.
fn page_bytes(header: &[u8]) -> Option<i64> {
    const NEXT_INTEGER: u8 = 0x15;
    let rest = integer(header.strip_prefix(&[NEXT_INTEGER])?)?.1;
    Some(integer(rest.strip_prefix(&[NEXT_INTEGER])?)?.0)
}

/// The zigzag number that stands first, and what comes after it.
fn integer(bytes: &[u8]) -> Option<(i64, &[u8])> {
    let (number, rest) = unsigned(bytes)?;
    Some(((number >> 1) as i64 ^ -((number & 1) as i64), rest))
}

/// The number of seven bits a byte that stands first, and what comes after it.
fn unsigned(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let length = bytes.iter().take(10).position(|byte| byte & 0x80 == 0)? + 1;
    let digits = bytes[..length].iter().enumerate();
    let number = digits.fold(0_u64, |number, (at, byte)| number | u64::from(byte & 0x7f).wrapping_shl(7 * at as u32));
    Some((number, &bytes[length..]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::{Options, Reader, Row};
    use arrow_array::builder::{Int32Builder, ListBuilder, MapBuilder, StringBuilder};
    use arrow_array::types::Int32Type;
    use arrow_array::*;
    use parquet::arrow::ArrowWriter;
    use parquet::basic::{BrotliLevel, Compression, GzipLevel, ZstdLevel};
    use parquet::file::properties::WriterProperties;
    use std::io::Cursor;

    fn texts(values: impl IntoIterator<Item = &'static str>) -> ArrayRef {
        Arc::new(StringArray::from_iter_values(values))
    }

    fn written(columns: Vec<(&str, ArrayRef)>, codec: Compression) -> Vec<u8> {
        let batch =
            RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, column)| (name, column, true)));
        let batch = batch.unwrap();
        let properties =
            WriterProperties::builder().set_compression(codec).set_max_row_group_row_count(Some(2)).build();
        let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), Some(properties)).unwrap();
        writer.write(&batch).unwrap();
        writer.into_inner().unwrap()
    }

    fn three(codec: Compression) -> Vec<u8> {
        let columns =
            vec![("id", texts(["1", "2", "3"])), ("input", texts(["q"; 3])), ("output", texts(["a", "b", "c"]))];
        written(columns, codec)
    }

    fn read(bytes: &[u8]) -> Result<(Vec<String>, Option<String>), String> {
        let reader = Reader::from_read("a.parquet", Cursor::new(bytes.to_vec()), Options::default());
        let (mut told, mut failure) = (Vec::new(), None);
        for row in reader.map_err(|error| error.to_string())? {
            match row {
                Ok(Row::Record(record)) => {
                    told.push(format!("{}: {}", record.origin, String::from_utf8(record.raw.into_bytes()).unwrap()));
                }
                Ok(Row::Reject(reject)) => told.push(format!("{}: {}", reject.origin, reject.faults)),
                Ok(other) => panic!("{other:?}"),
                Err(error) => failure = Some(error.to_string()),
            }
        }
        Ok((told, failure))
    }

    #[test]
    fn rows_of_every_group_and_compression_are_read() {
        for codec in [
            Compression::UNCOMPRESSED,
            Compression::SNAPPY,
            Compression::GZIP(GzipLevel::default()),
            Compression::ZSTD(ZstdLevel::default()),
            Compression::BROTLI(BrotliLevel::default()),
            Compression::LZ4_RAW,
            Compression::LZ4,
        ] {
            let (told, failure) = read(&three(codec)).unwrap();
            let expected = [("1", "a"), ("2", "b"), ("3", "c")]
                .map(|(id, output)| format!(r#"a.parquet:{id}: {{"id":"{id}","input":"q","output":"{output}"}}"#));
            assert_eq!((told, failure), (expected.into(), None), "{codec:?}");
        }
    }

    #[test]
    fn a_value_of_any_type_is_what_json_has_for_it() {
        let list = |values: [Option<&str>; 2]| -> ArrayRef {
            let mut lists = ListBuilder::new(StringBuilder::new());
            lists.append_value(values);
            Arc::new(lists.finish())
        };
        let mut maps = MapBuilder::new(None, StringBuilder::new(), Int32Builder::new());
        maps.keys().append_value("k");
        maps.values().append_value(7);
        maps.append(true).unwrap();
        let members =
            Fields::from(vec![Field::new("text", DataType::Utf8, true), Field::new("score", DataType::Float64, true)]);
        let parts = vec![texts(["x \"y\"\n"]), Arc::new(Float64Array::from(vec![0.5])) as ArrayRef];
        let columns: Vec<(&str, ArrayRef)> = vec![
            ("id", texts(["1"])),
            ("input", texts(["q"])),
            ("output", texts(["a"])),
            ("context", Arc::new(StructArray::new(members, parts, None))),
            ("tags", list([Some("a"), Some("b")])),
            ("list", list([Some("a"), None])),
            (
                "created_at",
                Arc::new(TimestampMicrosecondArray::from(vec![1_793_525_400_000_000]).with_timezone("Europe/Berlin")),
            ),
            ("local", Arc::new(TimestampMillisecondArray::from(vec![1_793_525_400_500]))),
            ("day", Arc::new(Date32Array::from(vec![20_758]))),
            ("at", Arc::new(Time64MicrosecondArray::from(vec![34_200_000_000]))),
            ("price", Arc::new(Decimal128Array::from(vec![-1_050]).with_precision_and_scale(10, 3).unwrap())),
            ("large", Arc::new(UInt64Array::from(vec![u64::MAX]))),
            ("real", Arc::new(Float64Array::from(vec![f64::NAN]))),
            ("small", Arc::new(Float32Array::from(vec![0.1]))),
            ("yes", Arc::new(BooleanArray::from(vec![true]))),
            ("utf8", Arc::new(BinaryArray::from(vec!["é".as_bytes()]))),
            ("bytes", Arc::new(BinaryArray::from(vec![&b"\xff\xfe"[..]]))),
            ("kind", Arc::new(vec!["chat"].into_iter().collect::<DictionaryArray<Int32Type>>())),
            ("map", Arc::new(maps.finish())),
            ("none", Arc::new(Int32Array::from(vec![None]))),
        ];
        let (told, failure) = read(&written(columns, Compression::SNAPPY)).unwrap();
        assert_eq!(failure, None);
        assert_eq!(
            told[0],
            "a.parquet:1: {\"id\":\"1\",\"input\":\"q\",\"output\":\"a\",\
             \"context\":{\"text\":\"x \\\"y\\\"\\n\",\"score\":0.5},\"tags\":[\"a\",\"b\"],\"list\":[\"a\",null],\
             \"created_at\":\"2026-11-01T09:30:00Z\",\"local\":\"2026-11-01T09:30:00.5\",\"day\":\"2026-11-01\",\
             \"at\":\"09:30:00\",\"price\":-1.050,\"large\":18446744073709551615,\"real\":null,\"small\":0.1,\"yes\":true,\
             \"utf8\":\"é\",\"bytes\":\"//4=\",\"kind\":\"chat\",\"map\":{\"k\":7}}"
        );
    }

    #[test]
    fn columns_of_one_name_are_kept_apart_and_a_missing_value_is_told() {
        let fields = ["id", "input", "output", "x", "x"].map(|name| Field::new(name, DataType::Utf8, true));
        let output: ArrayRef = Arc::new(StringArray::from(vec![Some("a"), None]));
        let columns = vec![texts(["1", "2"]), texts(["q"; 2]), output, texts(["y"; 2]), texts(["z"; 2])];
        let batch = RecordBatch::try_new(Arc::new(Schema::new(fields.to_vec())), columns).unwrap();
        let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), None).unwrap();
        writer.write(&batch).unwrap();
        let (told, _) = read(&writer.into_inner().unwrap()).unwrap();
        assert!(told[0].ends_with(r#""x":"y","x (column 5)":"z"}"#), "{told:?}");
        assert_eq!(told[1], "a.parquet:2: output: is required and missing");
    }

    #[test]
    fn a_cut_file_is_told_at_once() {
        let whole = three(Compression::SNAPPY);
        for length in [4, 12, whole.len() / 2, whole.len() - 1] {
            let error = read(&whole[..length]).unwrap_err();
            assert!(error.contains("`a.parquet` cannot be read as Parquet: its end is missing"), "{error}");
        }
        let text = read(b"PAR1,and,more\n1,2,3\n").unwrap_err();
        assert!(text.contains("its end is missing"), "{text}");
        let none = read(b"PAR1PAR1").unwrap_err();
        assert!(none.contains("its end is missing"), "{none}");
    }

    #[test]
    fn what_a_file_says_wrongly_of_itself_is_an_error_and_takes_no_memory() {
        // Every byte of the list at the end, and of the first page's header.
        let whole = three(Compression::ZSTD(ZstdLevel::default()));
        let length = u32::from_le_bytes(whole[whole.len() - 8..whole.len() - 4].try_into().unwrap()) as usize;
        let places = (4..40).chain(whole.len() - 8 - length..whole.len() - 4);
        for at in places {
            for byte in [0, 0x7f, 0xff, whole[at] ^ 0x10] {
                let mut damaged = whole.clone();
                damaged[at] = byte;
                if let Err(error) = read(&damaged) {
                    assert!(error.contains("a.parquet"), "{error}");
                }
            }
        }
    }

    #[test]
    fn columns_nested_deeper_than_the_stack_are_refused() {
        let whole = three(Compression::SNAPPY);
        let deep =
            [&[0x15, 2, 0x19, 0xfc, 0xa0, 0x8d, 0x06][..], &[0x48, 1, b'x', 0x15, 2, 0].repeat(100_000)].concat();
        let length = (deep.len() as u32).to_le_bytes();
        let error = read(&[&whole[..4], &deep, &length, b"PAR1"].concat()).unwrap_err();
        assert!(error.contains("nested deeper than 128 levels"), "{error}");
    }

    #[test]
    fn a_page_says_how_large_it_is_in_its_second_member() {
        assert_eq!(page_bytes(&[0x15, 0x04, 0x15, 0x50, 0x15, 0x20]), Some(40));
        assert_eq!(page_bytes(&[0x15, 0x00, 0x15, 0xfe, 0xff, 0xff, 0xff, 0x0f]), Some(i64::from(i32::MAX)));
        assert_eq!(page_bytes(&[0x15, 0x00, 0x15, 0xff]), None);
        assert_eq!(page_bytes(b"PAR1"), None);
        let mut file = tempfile::tempfile().unwrap();
        io::Write::write_all(&mut file, &[0x15, 0x00, 0x15, 0xfe, 0xff, 0xff, 0xff, 0x0f]).unwrap();
        let error = Pages::new(file).unwrap().get_read(0).err().unwrap().to_string();
        assert!(error.contains("is said to hold 2147483647 bytes"), "{error}");
    }

    #[test]
    fn a_record_over_the_limit_is_rejected_and_the_next_is_read() {
        let columns = vec![("id", texts(["1", "2"])), ("input", texts(["q"; 2])), ("output", texts([LONG, "b"]))];
        let bytes = written(columns, Compression::SNAPPY);
        let options = Options { max_record_bytes: 100, ..Options::default() };
        let rows: Vec<_> = Reader::from_read("a", Cursor::new(bytes), options).unwrap().map(Result::unwrap).collect();
        assert!(matches!(&rows[..], [Row::Reject(_), Row::Record(_)]), "{rows:?}");
    }

    const LONG: &str =
        "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789";
}
