//! Files of other programs that are given to karat as they are: what they are called, and
//! how to make records of them.

/// A kind of file that is told by its first bytes.
#[derive(Debug, PartialEq, Eq)]
pub struct Foreign {
    first_bytes: &'static [u8],
    /// What it is, after "is".
    pub what: &'static str,
    /// How to read it all the same, as the end of a sentence.
    pub instead: &'static str,
}

const DUCKDB: &str = "try `duckdb -c \"COPY (FROM 'FILE') TO '/dev/stdout' (FORMAT json)\" | karat import QUEUE -`";
const FROM_PYTHON: &str =
    "write it as JSON Lines, for example with pandas: `to_json(FILE, orient='records', lines=True)`";
#[cfg(not(feature = "xlsx"))]
const SHEET: &str = "this one was built without `xlsx`; save the sheet as CSV (UTF-8) and import that";

static KINDS: &[Foreign] = &[
    #[cfg(not(feature = "parquet"))]
    foreign(b"PAR1", "a Parquet file", "this one was built without `parquet`"),
    foreign(b"SQLite format 3\0", "an SQLite database", DUCKDB),
    #[cfg(not(feature = "parquet"))]
    foreign(b"ARROW1", "an Arrow file", "this one was built without `parquet`"),
    foreign(b"FEA1", "a Feather file", FROM_PYTHON),
    foreign(b"Obj\x01", "an Avro file", FROM_PYTHON),
    foreign(b"ORC", "an ORC file", FROM_PYTHON),
    foreign(b"\x89HDF\r\n\x1a\n", "an HDF5 file", FROM_PYTHON),
    foreign(b"\x93NUMPY", "a NumPy array", FROM_PYTHON),
    foreign(b"\x80\x03", "a Python pickle", FROM_PYTHON),
    foreign(b"\x80\x04", "a Python pickle", FROM_PYTHON),
    foreign(b"\x80\x05", "a Python pickle", FROM_PYTHON),
    #[cfg(not(feature = "xlsx"))]
    foreign(b"\xd0\xcf\x11\xe0", "an old Office file", SHEET),
    foreign(b"%PDF-", "a PDF", "export its texts as JSON Lines or CSV"),
    #[cfg(not(feature = "compressed"))]
    foreign(
        b"\x1f\x8b",
        "compressed with gzip",
        "this one was built without `compressed`; try `gunzip -c FILE | karat import QUEUE -`",
    ),
    #[cfg(not(feature = "compressed"))]
    foreign(
        b"\x28\xb5\x2f\xfd",
        "compressed with zstd",
        "this one was built without `compressed`; try `zstd -dc FILE | karat import QUEUE -`",
    ),
    #[cfg(not(feature = "compressed"))]
    foreign(
        b"PK\x03\x04",
        "a zip archive",
        "this one was built without `compressed`; try `unzip -p FILE | karat import QUEUE -`",
    ),
    foreign(b"BZh", "compressed with bzip2", "unpack it: `bunzip2 -c FILE | karat import QUEUE -`"),
    foreign(b"\xfd7zXZ", "compressed with xz", "unpack it: `xz -dc FILE | karat import QUEUE -`"),
    foreign(b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", "unpack it: `7z x -so FILE | karat import QUEUE -`"),
    foreign(b"\xff\xfe\0\0", "UTF-32 text", "convert it: `iconv -f UTF-32 -t UTF-8 FILE | karat import QUEUE -`"),
    foreign(b"\0\0\xfe\xff", "UTF-32 text", "convert it: `iconv -f UTF-32 -t UTF-8 FILE | karat import QUEUE -`"),
];

#[cfg(all(feature = "compressed", not(feature = "xlsx")))]
static WORKBOOK: Foreign = foreign(b"PK", "a workbook", SHEET);
#[cfg(feature = "compressed")]
static DOCUMENT: Foreign = foreign(b"PK", "an Office document", "export its texts as JSON Lines or CSV");

/// The kind of a zip archive of these files, where it is one that cannot be read.
#[cfg(feature = "compressed")]
pub(super) fn of_archive(names: &[&str]) -> Option<&'static Foreign> {
    let has = |name: &str| names.contains(&name);
    #[cfg(not(feature = "xlsx"))]
    if has("xl/workbook.xml") || has("xl/workbook.bin") {
        return Some(&WORKBOOK);
    }
    (has("[Content_Types].xml") || has("content.xml") && has("mimetype")).then_some(&DOCUMENT)
}

const fn foreign(first_bytes: &'static [u8], what: &'static str, instead: &'static str) -> Foreign {
    Foreign { first_bytes, what, instead }
}

/// The kind of a file that begins so, where it is one that cannot be read.
pub(super) fn kind_of(head: &[u8]) -> Option<&'static Foreign> {
    KINDS.iter().find(|kind| head.starts_with(kind.first_bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_foreign_file_is_called_by_its_name() {
        for (head, what) in [
            (&b"SQLite format 3\0\x10"[..], "an SQLite database"),
            (b"BZh91AY", "compressed with bzip2"),
            (b"%PDF-1.7", "a PDF"),
        ] {
            assert_eq!(kind_of(head).map(|kind| kind.what), Some(what));
        }
        for text in [&b"{\"id\":1}"[..], b"id,input", b"PARIS,input", b"\xff\xfei\0", b""] {
            assert_eq!(kind_of(text), None, "{text:?}");
        }
    }
}
