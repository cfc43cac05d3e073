//! The archive that Inspect AI writes (`.eval`): a file a sample, and one that tells of the whole. Of an
//! evaluation that was interrupted the samples are there that had ended.

use super::inspect::{FIELDS, LEFT_OUT, sample};
use crate::domain::format_option::GivenOptions;
use crate::domain::imported::{Origin, Place};
use crate::import::archive::Archive;
use crate::import::decoded::Decoded;
use crate::import::fault::{Fault, ImportError};
use crate::import::format::{Confidence, Format, Recognition, Records};
use crate::import::input::{Head, Input};
use crate::import::row::{RawRecord, Reject};
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::{Map, Value};
use std::cell::Cell;
use std::collections::VecDeque;
use std::fmt;
use std::io::{self, BufReader, Read};
use std::sync::Arc;

pub(in super::super) struct InspectArchive;

/// Where it stands what was evaluated: at the end, and from the beginning on.
const HEADERS: [&str; 2] = ["header.json", "_journal/start.json"];

impl Format for InspectArchive {
    fn name(&self) -> &'static str {
        "inspect"
    }

    fn title(&self) -> &'static str {
        "Inspect AI log"
    }

    fn about(&self) -> &'static str {
        "the log of an evaluation (.eval), also of one that was interrupted"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["eval"]
    }

    fn fields(&self) -> &'static [(&'static str, &'static str)] {
        FIELDS
    }

    fn recognise(&self, _: &Head) -> Option<Recognition> {
        None
    }

    fn recognise_archive(&self, names: &[&str]) -> Option<Recognition> {
        let is_log = names.iter().any(|name| name.starts_with("_journal/"))
            || (names.contains(&HEADERS[0]) && names.iter().any(|name| name.starts_with("samples/")));
        is_log.then(|| Confidence::Exact.because("it is an archive of an evaluation"))
    }

    fn open(&self, input: Input, limit: usize, _: &GivenOptions) -> Result<Box<dyn Records>, ImportError> {
        let file = input.name.clone();
        if !input.is_archive() {
            let reason = "it is no zip archive; a log as JSON is of the format inspect-json".to_owned();
            return Err(ImportError::Damaged { name: file.to_string(), format: "an Inspect AI log", reason });
        }
        let archive = Archive::open(input)?;
        let is_sample = |name: &&str| name.starts_with("samples/") && name.ends_with(".json");
        let left: VecDeque<Arc<str>> = archive.names().filter(is_sample).map(Arc::from).collect();
        let header = HEADERS.iter().find_map(|name| {
            let mut bytes = Vec::new();
            archive.member(name)?.ok()?.take(limit as u64).read_to_end(&mut bytes).ok()?;
            serde_json::from_slice::<Value>(&bytes).ok()
        });
        let task = header.and_then(|header| header["eval"]["task"].as_str().map(str::to_owned));
        Ok(Box::new(Samples { file, archive, left, task, limit, position: 0 }))
    }
}

struct Samples {
    file: Arc<str>,
    archive: Archive,
    /// The names of those that come.
    left: VecDeque<Arc<str>>,
    task: Option<String>,
    limit: usize,
    /// Bytes that were unpacked.
    position: u64,
}

impl Records for Samples {
    fn next(&mut self) -> io::Result<Option<Decoded>> {
        let Some(name) = self.left.pop_front() else { return Ok(None) };
        let origin = Origin { file: self.file.clone(), entry: Some(name.clone()), place: Place::Line(1) };
        let mut raw = Vec::new();
        let most = (self.limit as u64).saturating_add(1);
        let read = match self.archive.member(&name) {
            Some(Ok(stream)) => stream.take(most).read_to_end(&mut raw),
            Some(Err(error)) => Err(error),
            None => Ok(0),
        };
        self.position += raw.len() as u64;
        Ok(Some(match (read, serde_json::from_slice(&raw)) {
            (Ok(_), _) if raw.len() > self.limit => match self.without_events(&name) {
                Some(value) => sample(value, self.task.as_deref()).decoded(origin, "inspect"),
                None => Decoded::Reject(Reject::too_long(origin, RawRecord::Bytes(raw), self.limit)),
            },
            // What is wrong with it is told as of every record.
            (Ok(_), Err(_)) => Decoded::json(origin, raw),
            (Ok(_), Ok(value)) => sample(value, self.task.as_deref()).decoded(origin, "inspect"),
            (Err(error), _) => Decoded::broken(origin, raw, Fault::new(error.to_string())),
        }))
    }

    fn position(&self) -> u64 {
        self.position
    }
}

impl Samples {
    /// The sample without what is left out of it, which is most of a long one and is not held in memory;
    /// `None` where the rest is too long even so, or broken.
    fn without_events(&self, name: &str) -> Option<Value> {
        let room = Cell::new(Some(self.limit as u64));
        let stream = BufReader::new(Metered { stream: self.archive.member(name)?.ok()?, room: &room });
        let mut deserializer = serde_json::Deserializer::from_reader(stream);
        deserializer.deserialize_map(Kept { room: &room }).ok()
    }
}

/// Counts the bytes of what is kept, and fails where there is no room for more.
struct Metered<'c, R> {
    stream: R,
    /// Bytes that may still be kept; `None` while what is read is passed over.
    room: &'c Cell<Option<u64>>,
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.stream.read(buffer)?;
        if let Some(room) = self.room.get() {
            let left = room.checked_sub(count as u64).ok_or_else(|| io::Error::other("too long"))?;
            self.room.set(Some(left));
        }
        Ok(count)
    }
}

/// The members of a sample but for [`LEFT_OUT`].
struct Kept<'c> {
    room: &'c Cell<Option<u64>>,
}

impl<'de> Visitor<'de> for Kept<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a sample")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(name) = map.next_key::<String>()? {
            if LEFT_OUT.contains(&&*name) {
                let room = self.room.take();
                map.next_value::<IgnoredAny>()?;
                self.room.set(room);
            } else {
                members.insert(name, map.next_value()?);
            }
        }
        Ok(Value::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use crate::import::{Options, Reader, Row};
    use serde_json::json;
    use std::io::{Cursor, Write};
    use zip::CompressionMethod;
    use zip::write::{SimpleFileOptions, ZipWriter};

    fn log(method: CompressionMethod, members: &[(&str, String)]) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, text) in members {
            zip.start_file(*name, SimpleFileOptions::default().compression_method(method)).unwrap();
            zip.write_all(text.as_bytes()).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    fn rows(bytes: Vec<u8>) -> Vec<String> {
        rows_of(bytes, Options::default())
    }

    fn rows_of(bytes: Vec<u8>, options: Options) -> Vec<String> {
        let reader = Reader::from_read("log", Cursor::new(bytes), options).unwrap();
        let told = |row| match row {
            Ok(Row::Record(record)) => {
                format!("{}: {} {:?}", record.origin.entry.unwrap(), record.item.output.text, record.item.case)
            }
            Ok(Row::Reject(reject)) => format!("{}: {}", reject.origin.entry.unwrap(), reject.faults),
            other => format!("{other:?}"),
        };
        reader.map(told).collect()
    }

    #[test]
    fn samples_are_read_packed_either_way_and_where_the_end_is_missing() {
        let sample = |id: i64| {
            let output = json!({"model": "m", "choices": [{"message": {"role": "assistant", "content": "Yes"}}]});
            json!({"id": id, "epoch": 1, "input": "Q", "target": "Yes", "output": output, "uuid": format!("u{id}")})
        };
        let start = json!({"version": 2, "eval": {"task": "popularity", "model": "m"}}).to_string();
        let members = [
            ("_journal/start.json", start),
            ("samples/1_epoch_1.json", sample(1).to_string()),
            ("samples/2_epoch_1.json", "{\"id\": ".into()),
            ("samples/3_epoch_1.json", sample(3).to_string()),
            ("summaries.json", "[]".into()),
        ];
        for method in [CompressionMethod::Deflated, CompressionMethod::Zstd] {
            let whole = log(method, &members);
            let told = rows(whole.clone());
            assert_eq!(told[0], "samples/1_epoch_1.json: Yes Some(\"popularity/1\")");
            assert!(told[1].starts_with("samples/2_epoch_1.json: broken JSON"), "{told:?}");
            assert_eq!((told.len(), told[2].split(' ').nth(1)), (3, Some("Yes")));
            let end = whole.windows(4).position(|bytes| bytes == b"PK\x01\x02").unwrap();
            let cut = rows(whole[..end].to_vec());
            assert!(!cut.is_empty() && cut[0].starts_with("samples/1_epoch_1.json: "), "{cut:?}");
        }
    }

    #[test]
    fn what_is_left_out_of_a_sample_may_be_of_any_length() {
        let sample = |events: usize, answer: &str| {
            let events: Vec<_> =
                (0..events).map(|n| json!({"event": "state", "n": n, "text": "x".repeat(90)})).collect();
            json!({"id": 1, "epoch": 1, "input": "Q", "events": events, "uuid": "u", "output": {"completion": answer}})
        };
        let limit = 200_000;
        let told = |sample: serde_json::Value| {
            let members = [
                ("_journal/start.json", json!({"eval": {"task": "t"}}).to_string()),
                ("samples/1_epoch_1.json", sample.to_string()),
            ];
            rows_of(
                log(CompressionMethod::Deflated, &members),
                Options { max_record_bytes: limit, ..Options::default() },
            )
        };
        assert_eq!(told(sample(20_000, "Yes")), ["samples/1_epoch_1.json: Yes Some(\"t/1\")"]);
        let long = told(sample(10, &"Yes".repeat(limit)));
        assert!(long.len() == 1 && long[0].contains("longer than"), "{long:?}");
    }
}
