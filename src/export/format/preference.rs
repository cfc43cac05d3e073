//! Pairs of outputs of which one was preferred, as OpenAI's fine-tuning by preference reads them: the
//! correction over the output, and an accepted attempt over a rejected one of the same case.

use super::example::{Example, Places, answers, plain};
use super::records::{LeftOut, note_of};
use super::{Files, Format, RowWriter, Setting};
use crate::domain::decision::Verdict;
use crate::domain::item::ContentKind;
use crate::domain::record::Cell;
use crate::export::columns::ExportColumn;
use serde_json::{Value, json};
use std::io;

pub(super) struct Preference;

impl Format for Preference {
    fn name(&self) -> &'static str {
        "preference"
    }

    fn about(&self) -> &'static str {
        "pairs for fine-tuning by preference (DPO, JSON Lines): the correction over the output, an accepted attempt over a rejected one"
    }

    fn extension(&self) -> &'static str {
        "jsonl"
    }

    fn is_flat(&self) -> bool {
        false
    }

    fn has_columns(&self) -> bool {
        false
    }

    fn members(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("input.messages", "`input` as messages"),
            (
                "preferred_output",
                "`correction`; or the `output` of the last accepted attempt at the case that was asked the same",
            ),
            ("non_preferred_output", "`output`, where it was rejected"),
        ]
    }

    fn wants_cases_together(&self) -> bool {
        true
    }

    fn writer(&self, _: &Setting) -> io::Result<Box<dyn RowWriter>> {
        Ok(Box::new(Writer { places: Places::default(), case: Case::default(), pairs: 0, left_out: LeftOut::new() }))
    }
}

struct Writer {
    places: Places,
    /// The case whose rows come now.
    case: Case,
    pairs: u64,
    left_out: LeftOut,
}

/// The attempts at a case, as far as they came.
#[derive(Default)]
struct Case {
    name: String,
    accepted: Vec<Attempt>,
    rejected: Vec<Attempt>,
}

/// An output, with what was asked for it.
struct Attempt {
    input: Vec<Value>,
    answer: Value,
}

impl RowWriter for Writer {
    fn begin(&mut self, columns: &[ExportColumn], _: &mut Files) -> io::Result<()> {
        self.places = Places::of(columns);
        Ok(())
    }

    fn row(&mut self, cells: &[Cell], files: &mut Files) -> io::Result<()> {
        let example = Example { places: &self.places, cells };
        let case = example.text("case").unwrap_or(example.id());
        if case != self.case.name {
            let before = std::mem::replace(&mut self.case, Case { name: case.to_owned(), ..Case::default() });
            self.put_case(before, &mut files.main)?;
        }
        let example = Example { places: &self.places, cells };
        let made = example.messages().zip(answer(example.cell("output")));
        let Some((input, answer_given)) = made else {
            *self.left_out.entry("without input, or without an output that is one answer").or_default() += 1;
            return Ok(());
        };
        let better = corrected(&example).and_then(answer);
        let attempt = Attempt { input, answer: answer_given };
        match (example.verdict(), better) {
            (Some(Verdict::Accept), _) => self.case.accepted.push(attempt),
            (Some(Verdict::Reject), Some(better)) => {
                put(&attempt.input, &better, &attempt.answer, &mut self.pairs, &mut files.main)?;
                self.case.rejected.push(attempt);
            }
            (Some(Verdict::Reject), None) => self.case.rejected.push(attempt),
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, files: &mut Files) -> io::Result<()> {
        let last = std::mem::take(&mut self.case);
        self.put_case(last, &mut files.main)
    }

    fn note(&self) -> Option<String> {
        let pairs = format!("{} pairs", self.pairs);
        Some(note_of(&self.left_out).map_or(pairs.clone(), |note| format!("{pairs}; {note}")))
    }
}

impl Writer {
    /// Pairs each rejected attempt with the last accepted one that was asked the same.
    fn put_case(&mut self, Case { accepted, rejected, .. }: Case, out: &mut Vec<u8>) -> io::Result<()> {
        for worse in &rejected {
            let same =
                accepted.iter().rev().find(|better| better.input == worse.input && better.answer != worse.answer);
            if let Some(better) = same {
                put(&worse.input, &better.answer, &worse.answer, &mut self.pairs, out)?;
            }
        }
        Ok(())
    }
}

/// What should have been in place of a rejected output: its correction, or what a golden example expects.
fn corrected<'a>(example: &Example<'a>) -> Option<&'a Cell<'a>> {
    let known = |name: &str| Some(example.cell(name)).filter(|cell| **cell != Cell::Null);
    let better = known("correction").or_else(|| known("expected"))?;
    (plain(better) != plain(example.cell("output"))).then_some(better)
}

/// The message of an assistant that the cell stands for; a chat of several is none.
fn answer(cell: &Cell) -> Option<Value> {
    if plain(cell).is_empty() {
        return None;
    }
    if !matches!(cell, Cell::Content(ContentKind::Chat, _)) {
        return answers(cell).pop();
    }
    let mut said = answers(cell);
    let only = said.pop().filter(|_| said.is_empty())?;
    let text = only["content"].as_str().filter(|text| !text.is_empty() && only["role"] == "assistant")?;
    Some(json!({ "role": "assistant", "content": text }))
}

fn put(input: &[Value], better: &Value, worse: &Value, pairs: &mut u64, out: &mut Vec<u8>) -> io::Result<()> {
    *pairs += 1;
    let pair = json!({
        "input": { "messages": input, "tools": [], "parallel_tool_calls": true },
        "preferred_output": [better],
        "non_preferred_output": [worse],
    });
    serde_json::to_writer(&mut *out, &pair)?;
    out.push(b'\n');
    Ok(())
}
