//! Rows in, the files of a form out.

use super::blocks::Blocks;
use super::columns::ExportColumn;
use super::form::{Chosen, Form};
use super::format::{RowWriter, Setting};
use super::marks;
use super::redaction::Redactor;
use super::{ExportCounts, ExportError, Exported};
use crate::domain::decision::Verdict;
use crate::domain::mark::Mark;
use crate::domain::queue::Queue;
use crate::domain::record::Cell;
use crate::store::Store;
use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

/// The rows of an export while they are written.
pub(super) struct Sheet<'a> {
    form: &'a Form,
    queue: &'a Queue,
    /// One for each part.
    writers: Vec<Box<dyn RowWriter>>,
    chosen: Chosen,
    /// A row is written for each mark on the output: where the marks stand among the columns.
    marks_at: Option<usize>,
    redactor: Option<Redactor<'a>>,
    /// Where the failure categories stand among the columns.
    categories_at: Option<usize>,
    categories: BTreeMap<String, u64>,
    counts: ExportCounts,
    rows_of_parts: Vec<u64>,
}

impl<'a> Sheet<'a> {
    /// Begins each part. `columns` are those that rows have; the form says which of them are written. `of_marks`:
    /// a row is written for each mark in place of each row, with these columns where the form chooses none.
    pub(super) fn begin(
        form: &'a Form,
        queue: &'a Queue,
        mut columns: Vec<ExportColumn>,
        of_marks: Option<&[&str]>,
        blocks: &mut Blocks,
    ) -> Result<Self, ExportError> {
        let place = |name: &str| columns.iter().position(|column| column.name == name);
        let marks_at = of_marks.and_then(|_| place("marks"));
        let categories_at = place("categories");
        if of_marks.is_some() {
            columns.extend(marks::columns());
        }
        let redactor = form.redaction.as_ref().map(|redaction| Redactor::new(redaction, &columns));
        let chosen = form.choose(columns, of_marks.unwrap_or_default())?;
        let mut writers = Vec::new();
        for (part, files) in blocks.parts.iter_mut().enumerate() {
            let setting = Setting {
                options: &form.options,
                compression: form.compression,
                queue: &queue.name,
                spec: &queue.spec.spec,
                split: form.split.as_ref().map(|split| split.shares()[part].name.as_str()),
            };
            let mut writer = form.format.writer(&setting)?;
            writer.begin(&chosen.columns, files)?;
            writers.push(writer);
        }
        let rows_of_parts = vec![0; writers.len()];
        let counts = ExportCounts::default();
        let categories = BTreeMap::new();
        Ok(Self { form, queue, writers, chosen, marks_at, redactor, categories_at, categories, counts, rows_of_parts })
    }

    /// Writes a row: a cell for each of the columns that it was begun with.
    pub(super) fn row(
        &mut self,
        cells: Vec<Cell>,
        case: &str,
        verdict: Verdict,
        blocks: &mut Blocks,
    ) -> Result<(), ExportError> {
        if self.form.stop.load(Ordering::Relaxed) {
            return Err(ExportError::Stopped);
        }
        let part = self.form.split.as_ref().map_or(0, |split| split.part_of(&self.queue.name, case));
        let (mut left, mut cells) = (Vec::new(), cells);
        if let Some(redactor) = &mut self.redactor {
            let width = cells.len();
            let written = self.chosen.places.iter().copied().filter(|at| *at < width && Some(*at) != self.marks_at);
            let places: Vec<usize> = written.chain(self.marks_at).collect();
            redactor.row(&mut cells, &places, &mut left);
        }
        if let Some(Cell::Words(keys)) = self.categories_at.map(|at| &cells[at]) {
            for key in keys.iter() {
                match self.categories.get_mut(key) {
                    Some(rows) => *rows += 1,
                    None => drop(self.categories.insert(key.clone(), 1)),
                }
            }
        }
        let Some(Cell::Marks(marks)) = self.marks_at.map(|at| &cells[at]) else {
            return if self.marks_at.is_some() { Ok(()) } else { self.put(&mut cells, part, verdict, blocks) };
        };
        let marks: &[Mark] = marks;
        for (number, mark) in (1..).zip(marks) {
            let of_mark = marks::cells(number, mark, &self.queue.spec.spec);
            let mut row: Vec<Cell> = cells.iter().cloned().chain(of_mark).collect();
            self.put(&mut row, part, verdict, blocks)?;
        }
        Ok(())
    }

    /// Writes the cells that are chosen.
    fn put(
        &mut self,
        cells: &mut [Cell],
        part: usize,
        verdict: Verdict,
        blocks: &mut Blocks,
    ) -> Result<(), ExportError> {
        let chosen = self.chosen.places.iter().map(|at| std::mem::replace(&mut cells[*at], Cell::Null));
        let chosen: Vec<Cell> = chosen.collect();
        self.writers[part].row(&chosen, &mut blocks.parts[part])?;
        self.rows_of_parts[part] += 1;
        self.counts.add(verdict);
        Ok(blocks.advance()?)
    }

    pub(super) fn end(mut self, store: &Store, blocks: &mut Blocks) -> Result<Exported, ExportError> {
        for (part, writer) in self.writers.iter_mut().enumerate() {
            writer.end(&mut blocks.parts[part])?;
            while writer.rest(&mut blocks.parts[part])? {
                blocks.advance()?;
            }
        }
        self.counts.left_out = store.damaged_so_far() as u64;
        let of_writers = self.writers.iter().filter_map(|writer| writer.note());
        let of_redactor = self.redactor.iter().flat_map(Redactor::notes);
        Ok(Exported {
            counts: self.counts,
            categories: self.categories,
            notes: of_writers.chain(of_redactor).collect(),
            redacted: self.redactor.iter().flat_map(Redactor::counts).collect(),
            columns: self.chosen.columns.into_iter().map(|column| column.name).collect(),
            rows_of_parts: self.rows_of_parts,
        })
    }
}
