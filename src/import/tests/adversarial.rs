//! Files of other tools that are cut off, mixed, wrongly named, too large or made to do harm. The samples are
//! those that fuzzing begins with.

use super::*;
use crate::import::format::{FORMATS, Format};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// The samples of a tool's format, each with its text.
fn samples(format: &dyn Format) -> Vec<(PathBuf, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/corpus/tools");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let is_of_format = |path: &PathBuf| {
        let stem = path.file_stem().unwrap().to_str().unwrap();
        // `otlp-events.jsonl` is of `otlp`, and `inspect-json.json` of `inspect-json`.
        let of = |format: &&&dyn Format| {
            let rest = stem.strip_prefix(format.name());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        };
        let longest = FORMATS.iter().filter(of).max_by_key(|format| format.name().len());
        longest.is_some_and(|longest| longest.name() == format.name())
    };
    let mut files: Vec<_> = files.filter(is_of_format).collect();
    files.sort();
    files.into_iter().map(|path| (path.clone(), std::fs::read_to_string(path).unwrap())).collect()
}

/// The formats of other tools that are JSON, and of which a file needs no other beside it.
fn tools() -> impl Iterator<Item = &'static dyn Format> {
    let is_alone = |name: &str| !["inspect", "openai-batch"].contains(&name);
    FORMATS.iter().copied().filter(move |format| !format.fields().is_empty() && is_alone(format.name()))
}

/// What came of a file.
#[derive(Default, Debug, PartialEq)]
struct Came {
    /// The format that it was taken for.
    read_as: String,
    items: Vec<String>,
    /// What is told of it: rejects, passed over records, and where reading ended.
    told: Vec<String>,
}

fn read(name: &str, bytes: &[u8], options: Options) -> Came {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    let reader = match Reader::open(&path, options) {
        Ok(reader) => reader,
        Err(error) => return Came { told: vec![error.to_string()], ..Came::default() },
    };
    let mut came = Came { read_as: reader.read_as().to_owned(), ..Came::default() };
    came.told.extend(reader.note());
    for row in reader {
        match row {
            Ok(Row::Record(record)) => came.items.push(record.item.id),
            Ok(Row::Reject(reject)) => came.told.push(reject.faults.to_string()),
            Ok(Row::PassedOver(_, remark)) => came.told.push(format!("{remark:?}")),
            Err(error) => came.told.push(error.to_string()),
        }
    }
    came
}

#[cfg(feature = "compressed")]
#[test]
fn every_tool_is_told_by_its_content_whatever_the_file_is_called_and_however_it_is_encoded() {
    for format in tools() {
        let samples = samples(format);
        assert!(!samples.is_empty(), "{} has no sample", format.name());
        for (path, text) in samples {
            let utf_16: Vec<u8> = std::iter::once('\u{feff}')
                .chain(text.chars())
                .collect::<String>()
                .encode_utf16()
                .flat_map(u16::to_le_bytes)
                .collect();
            let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            std::io::Write::write_all(&mut packed, text.as_bytes()).unwrap();
            let crlf = text.replace('\n', "\r\n");
            let whole = read("a", text.as_bytes(), Options::default());
            for (name, bytes) in [
                ("outputs.csv", text.as_bytes()),
                ("outputs.parquet", text.as_bytes()),
                ("outputs.json", format!("\u{feff}{text}").as_bytes()),
                ("outputs.jsonl", crlf.as_bytes()),
                ("outputs.txt", &utf_16),
                ("outputs", &packed.finish().unwrap()),
            ] {
                let came = read(name, bytes, Options::default());
                assert!(came.read_as.starts_with(format.title()), "{} as {name}: {came:?}", path.display());
                assert_eq!(came, whole, "{} as {name}", path.display());
            }
            assert!(!whole.items.is_empty(), "{}: {whole:?}", path.display());
        }
    }
}

#[test]
fn a_file_that_was_cut_off_anywhere_gives_what_came_before_and_says_so() {
    for format in tools() {
        for (path, text) in samples(format) {
            let whole = read("a", text.as_bytes(), Options::default());
            for length in (1..text.len()).step_by(13).filter(|at| text.is_char_boundary(*at)) {
                let options = Options { format: Some(format), ..Options::default() };
                let cut = read("a", &text.as_bytes()[..length], options);
                let is_at_line_end = text[length..].starts_with('\n') || text[..length].ends_with('\n');
                assert!(
                    is_at_line_end || !cut.told.is_empty() || cut.items.len() >= whole.items.len(),
                    "{} after {length} bytes: {cut:?}",
                    path.display()
                );
            }
        }
    }
}

#[test]
fn what_is_mixed_into_a_file_is_told_and_loses_nothing_of_it() {
    let strangers = ["{\"and\": \"now\"}", "42", "\"text\"", "[1]", "{broken", "null"];
    for format in tools() {
        // Lines stand for themselves.
        for (path, text) in
            samples(format).into_iter().filter(|(path, _)| path.extension().is_some_and(|e| e == "jsonl"))
        {
            let whole = read("a", text.as_bytes(), Options::default());
            let mut mixed = String::new();
            for line in text.lines() {
                writeln!(mixed, "{line}").unwrap();
                strangers.iter().for_each(|stranger| writeln!(mixed, "{stranger}").unwrap());
            }
            let came = read("a", mixed.as_bytes(), Options::default());
            assert_eq!(came.items, whole.items, "{}: {came:?}", path.display());
            let more = came.told.len() - whole.told.len();
            assert_eq!(more, strangers.len() * text.lines().count(), "{}: {came:?}", path.display());
        }
    }
}

#[test]
fn a_field_of_any_size_is_bounded_and_the_next_record_is_read() {
    const LIMIT: usize = 1 << 14;
    for format in tools() {
        for (path, text) in samples(format) {
            let options = || Options { max_record_bytes: LIMIT, format: Some(format), ..Options::default() };
            let whole = read("a", text.as_bytes(), options());
            // Before the first member of what is inmost: it is in every format a part of a record, or beside them.
            let at = text.rfind('{').unwrap() + 1;
            let large = format!("{}\"large\":\"{}\",{}", &text[..at], "x".repeat(4 * LIMIT), &text[at..]);
            let came = read("a", large.as_bytes(), options());
            let is_told = came.told.iter().any(|told| told.contains("is longer than") || told.contains("longer"));
            assert!(
                is_told || came.items == whole.items,
                "{}: {:?}",
                path.display(),
                came.told.iter().map(|told| &told[..told.len().min(200)]).collect::<Vec<_>>()
            );
        }
    }
}

#[test]
fn nesting_that_would_end_the_stack_is_refused() {
    let deep = format!("\"deep\":{}{},", "[".repeat(200_000), "]".repeat(200_000));
    for format in tools() {
        for (path, text) in samples(format) {
            let whole = read("a", text.as_bytes(), Options { format: Some(format), ..Options::default() });
            for at in [text.find('{').unwrap() + 1, text.rfind('{').unwrap() + 1] {
                let nested = format!("{}{deep}{}", &text[..at], &text[at..]);
                for format in [None, Some(format)] {
                    let came = read("a", nested.as_bytes(), Options { format, ..Options::default() });
                    // What stands beside the records is passed over unread.
                    assert!(!came.told.is_empty() || came.items == whole.items, "{}: {came:?}", path.display());
                }
            }
        }
    }
}

#[test]
fn nothing_and_what_holds_nothing_is_told_by_every_format() {
    for format in FORMATS.iter().copied() {
        for empty in ["", " \n\r\n", "\u{feff}"] {
            let came = read("a", empty.as_bytes(), Options { format: Some(format), ..Options::default() });
            assert!(
                came.items.is_empty() && came.told[0].contains("is empty"),
                "{} of {empty:?}: {came:?}",
                format.name()
            );
        }
        for odd in ["[]", "{}", "[[]]", "null", "42\n", "\"text\"", "[{}]", "{\"a\":1}\n{\"a\":2}\n"] {
            let came = read("a", odd.as_bytes(), Options { format: Some(format), ..Options::default() });
            assert!(came.items.is_empty(), "{} of {odd}: {came:?}", format.name());
            // A list of nothing has no record of which something could be told.
            assert!(odd == "[]" || !came.told.is_empty(), "{} of {odd}", format.name());
        }
    }
}

#[cfg(feature = "compressed")]
#[test]
fn an_archive_of_samples_that_means_harm_is_read_where_it_stands_and_no_further() {
    use std::io::Write as _;
    let log = |samples: &[(&str, String)]| {
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let start = r#"{"version":2,"eval":{"task":"t","model":"m"}}"#.to_owned();
        for (name, text) in [("_journal/start.json", start)].iter().chain(samples) {
            archive.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
            archive.write_all(text.as_bytes()).unwrap();
        }
        archive.finish().unwrap().into_inner()
    };
    let sample = |id: &str, more: &str| {
        format!(
            r#"{{"id":"{id}","epoch":1,"uuid":"{id}","input":"Q","target":"A","output":{{"completion":"A"}},"metadata":{{"x":"{more}"}}}}"#
        )
    };
    let bytes = log(&[
        ("samples/large_epoch_1.json", sample("large", &"0".repeat(4 << 20))),
        ("samples/../../../etc/passwd.json", sample("away", "")),
        ("/samples/root.json", sample("root", "")),
        ("samples/last_epoch_1.json", sample("last", "")),
    ]);
    assert!(bytes.len() < 20_000, "it is small until it is unpacked");
    let came = read("a.eval", &bytes, Options { max_record_bytes: 1 << 16, ..Options::default() });
    assert_eq!(came.items, ["away", "last"], "what names a place outside is read in the archive, and opens none");
    assert_eq!(came.told.len(), 1);
    assert!(came.told[0].contains("longer"), "{:?}", came.told);
}
