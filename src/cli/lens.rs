//! `karat lens`

use super::SOME_REJECTED;
use super::import::{show_note, show_reject};
use super::import_format::{ImportFormat, file_help};
use super::output::aside;
use crate::analysis::lens::{self, Compared, Finding, NO_SOURCE, Reading, SentenceSupport, VALUES_ALONE};
use crate::domain::item::Item;
use crate::import::{Reader, Remarks, Row};
use crate::text::sanitize;
use clap::Args;
use color_eyre::eyre::Result;
use serde::Serialize;
use std::io::{BufWriter, Write, stdout};
use std::path::PathBuf;
use std::process::ExitCode;

/// Cells of the bar that shows a sentence's support.
const BAR: usize = 8;

#[derive(Args)]
pub(super) struct Lens {
    #[arg(help = file_help("`-` is standard input"))]
    file: PathBuf,
    #[command(flatten)]
    format: ImportFormat,
    /// One JSON object an item, offsets in characters (Unicode scalar values)
    #[arg(long)]
    json: bool,
}

impl Lens {
    pub(super) fn run(self) -> Result<ExitCode> {
        let reader = Reader::open(&self.file, self.format.options())?;
        show_note(&reader);
        let mut out = BufWriter::new(stdout().lock());
        let (mut rejected, mut remarks) = (false, Remarks::default());
        let name = reader.name().to_owned();
        for row in reader {
            let row = row?;
            remarks.of_row(&row);
            match row {
                Row::Record(record) if self.json => print_json(&record.item, &mut out)?,
                Row::Record(record) => print_lines(&record.item, &mut out)?,
                Row::Reject(reject) => {
                    rejected = true;
                    show_reject(&reject);
                }
                Row::PassedOver(..) => {}
            }
            out.flush()?; // whoever reads along sees each item when it is done
        }
        remarks.sentences().for_each(|sentence| aside(&sanitize::line(&format!("{name}: {sentence}"))));
        Ok(if rejected { ExitCode::from(SOME_REJECTED) } else { ExitCode::SUCCESS })
    }
}

#[derive(Serialize)]
struct ReadingJson<'i> {
    id: &'i str,
    sentences: Vec<SentenceJson>,
    findings: Vec<FindingJson<'i>>,
    /// Why nothing was compared, or not everything.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'static str>,
}

#[derive(Serialize)]
struct SentenceJson {
    start: usize,
    end: usize,
    support: f64,
    /// Index in `context`; none where nothing there is like it.
    document: Option<usize>,
    source_start: Option<usize>,
    source_end: Option<usize>,
}

#[derive(Serialize)]
struct FindingJson<'i> {
    kind: String,
    start: usize,
    end: usize,
    text: &'i str,
    why: &'i str,
}

fn print_json(item: &Item, out: &mut impl Write) -> Result<()> {
    let reading = Compared::of(item).map(|texts| texts.read());
    let note = note(reading.as_ref());
    let Reading { sentences, findings, .. } = reading.unwrap_or_default();
    let output = Scalars::of(&item.output.text);
    let documents: Vec<Scalars> = item.context.iter().map(|document| Scalars::of(&document.text)).collect();
    let reading = ReadingJson {
        id: &item.id,
        sentences: sentences.iter().map(|sentence| sentence_json(sentence, &output, &documents)).collect(),
        findings: findings.iter().map(|finding| finding_json(finding, &output)).collect(),
        note,
    };
    writeln!(out, "{}", sanitize::json(&serde_json::to_string(&reading)?))?;
    Ok(())
}

fn note(reading: Option<&Reading>) -> Option<&'static str> {
    match reading {
        None => Some(NO_SOURCE),
        Some(reading) => reading.translated.then_some(VALUES_ALONE),
    }
}

fn sentence_json(sentence: &SentenceSupport, output: &Scalars, documents: &[Scalars]) -> SentenceJson {
    let place = sentence.passages.first();
    let within = |byte: fn(&lens::Place) -> usize| place.map(|place| documents[place.document].at(byte(place)));
    SentenceJson {
        start: output.at(sentence.range.start),
        end: output.at(sentence.range.end),
        support: (f64::from(sentence.support) * 1e5).round() / 1e5,
        document: place.map(|place| place.document),
        source_start: within(|place| place.range.start),
        source_end: within(|place| place.range.end),
    }
}

fn finding_json<'i>(finding: &'i Finding, output: &Scalars<'i>) -> FindingJson<'i> {
    FindingJson {
        kind: finding.kind(),
        start: output.at(finding.range.start),
        end: output.at(finding.range.end),
        text: &output.text[finding.range.clone()],
        why: &finding.why,
    }
}

/// Bytes of a text to its Unicode scalar values.
struct Scalars<'t> {
    text: &'t str,
    /// How many there are before each block of bytes.
    before: Vec<usize>,
}

impl<'t> Scalars<'t> {
    const BLOCK: usize = 1_024;

    fn of(text: &'t str) -> Self {
        let mut before = vec![0];
        for block in text.as_bytes().chunks(Self::BLOCK) {
            before.push(before[before.len() - 1] + starts(block));
        }
        Self { text, before }
    }

    fn at(&self, byte: usize) -> usize {
        let block = byte / Self::BLOCK;
        self.before[block] + starts(&self.text.as_bytes()[block * Self::BLOCK..byte])
    }
}

/// Bytes that begin a scalar value.
fn starts(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| (**byte as i8) >= -0x40).count()
}

/// ```text
/// r-1
///   ███████▊ 0.97  It opens at nine.
///            !  contradicted number: `nine` (the source has `ten`)
/// ```
fn print_lines(item: &Item, out: &mut impl Write) -> Result<()> {
    let texts = Compared::of(item);
    let reading = texts.as_ref().map(Compared::read);
    writeln!(out, "{}", sanitize::line(&item.id))?;
    if let Some(note) = note(reading.as_ref()) {
        writeln!(out, "  {note}")?;
    }
    let output = texts.as_ref().map(Compared::readable).unwrap_or_default();
    let reading = reading.unwrap_or_default();
    for sentence in &reading.sentences {
        let text = output[sentence.range.clone()].split_whitespace().collect::<Vec<_>>().join(" ");
        writeln!(out, "  {} {:.2}  {}", bar(sentence.support), sentence.support, sanitize::line(&text))?;
        let within = |finding: &&Finding| sentence.range.contains(&finding.range.start);
        for finding in reading.findings.iter().filter(within) {
            let kind = finding.kind().replace('_', " ");
            let text = &output[finding.range.clone()];
            let line =
                if finding.range == sentence.range { finding.why.clone() } else { format!("{text}: {}", finding.why) };
            writeln!(out, "{:BAR$}          {kind}: {}", "", sanitize::line(&line))?;
        }
    }
    writeln!(out)?;
    Ok(())
}

fn bar(support: f32) -> String {
    let full = (support * BAR as f32).round() as usize;
    "█".repeat(full) + &"░".repeat(BAR - full)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn offsets_count_scalar_values(text in "(\\PC|店){0,3000}") {
            let scalars = Scalars::of(&text);
            for (count, (byte, _)) in text.char_indices().enumerate() {
                prop_assert_eq!(scalars.at(byte), count);
            }
            prop_assert_eq!(scalars.at(text.len()), text.chars().count());
        }
    }
}
