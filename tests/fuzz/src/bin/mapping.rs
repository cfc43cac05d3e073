//! Any text is a path that prints and parses to the same, or an error; whatever it says, records are read
//! by it or rejected, and a mapping for any records can be proposed.

#![no_main]

use karat_fuzz::domain::mapping::{Mapping, Path};
use karat_fuzz::import::{Options, Reader, propose};
use libfuzzer_sys::fuzz_target;
use std::io::Cursor;

fuzz_target!(|text: &str| {
    let (path, records) = text.split_once('\n').unwrap_or((text, ""));
    if let Ok(path) = Path::parse(path) {
        assert_eq!(Path::parse(&path.to_string()).as_ref(), Ok(&path), "{path}");
    }
    let mut mapping = Mapping::default();
    for field in ["output", "context", "context.title", "latency_ms", "tags"] {
        mapping.extend(Mapping::read_map(&format!("{field}={path}")));
    }
    mapping.extend(Mapping::read_map("id=hash"));
    mapping.extend(Mapping::read_set("input=q"));
    let read = |mapping: &Mapping| {
        let options = Options { mapping: mapping.clone(), max_record_bytes: 1 << 12, ..Options::default() };
        Reader::from_read("a file", Cursor::new(records.to_owned()), options)
    };
    if let Ok(mut reader) = read(&mapping) {
        let samples = reader.samples(5).unwrap_or_default();
        reader.take_while(Result::is_ok).for_each(drop);
        let proposed = propose(&samples, &Mapping::default());
        let _ = (proposed.left_over(), proposed.alternative());
        if let Ok(reader) = read(&proposed.mapping()) {
            reader.take_while(Result::is_ok).for_each(drop);
        }
    }
});
