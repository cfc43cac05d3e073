//! Any output can be compared with any documents, and what is told of it lies within them.

#![no_main]

use karat_fuzz::analysis::lens;
use libfuzzer_sys::fuzz_target;

// The output, then each document behind a line of three dashes.
fuzz_target!(|text: &str| {
    let mut texts = text.split("\n---\n");
    let output = texts.next().unwrap_or_default();
    let documents: Vec<&str> = texts.collect();
    let reading = lens::read(output, &documents);
    for sentence in &reading.sentences {
        assert!(!output[sentence.range.clone()].trim().is_empty() && (0.0..=1.0).contains(&sentence.support));
        for place in sentence.passages.iter().chain(sentence.copied.iter().map(|(_, place)| place)) {
            let _ = &documents[place.document][place.range.clone()];
        }
    }
    for finding in &reading.findings {
        assert!(!output[finding.range.clone()].is_empty());
    }
});
