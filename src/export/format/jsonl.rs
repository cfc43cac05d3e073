//! JSON Lines: an object a line.

use super::object::Object;
use super::{Format, FormatOption, RowWriter};
use crate::domain::record::Cell;
use crate::export::columns::ExportColumn;
use std::io;

pub(super) struct JsonLines;

impl Format for JsonLines {
    fn name(&self) -> &'static str {
        "jsonl"
    }

    fn is_flat(&self) -> bool {
        false
    }

    fn options(&self) -> &'static [FormatOption] {
        &[]
    }

    fn writer(&self, _: &[FormatOption]) -> Box<dyn RowWriter> {
        Box::new(Writer::default())
    }
}

#[derive(Default)]
struct Writer {
    object: Object,
}

impl RowWriter for Writer {
    fn begin(&mut self, columns: &[ExportColumn], _: &mut Vec<u8>) -> io::Result<()> {
        self.object = Object::new(columns);
        Ok(())
    }

    fn row(&mut self, cells: &[Cell], out: &mut Vec<u8>) -> io::Result<()> {
        self.object.write(cells, out)?;
        out.push(b'\n');
        Ok(())
    }

    fn end(&mut self, _: &mut Vec<u8>) -> io::Result<()> {
        Ok(())
    }
}
