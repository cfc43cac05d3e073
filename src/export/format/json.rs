//! JSON: a list of the objects that JSON Lines has, a line each.

use super::object::Object;
use super::{Format, FormatOption, RowWriter};
use crate::domain::record::Cell;
use crate::export::columns::ExportColumn;
use std::io;

pub(super) struct Json;

impl Format for Json {
    fn name(&self) -> &'static str {
        "json"
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
    has_rows: bool,
}

impl RowWriter for Writer {
    fn begin(&mut self, columns: &[ExportColumn], out: &mut Vec<u8>) -> io::Result<()> {
        self.object = Object::new(columns);
        out.push(b'[');
        Ok(())
    }

    fn row(&mut self, cells: &[Cell], out: &mut Vec<u8>) -> io::Result<()> {
        let before = if std::mem::replace(&mut self.has_rows, true) { ",\n" } else { "\n" };
        out.extend_from_slice(before.as_bytes());
        self.object.write(cells, out)
    }

    fn end(&mut self, out: &mut Vec<u8>) -> io::Result<()> {
        out.extend_from_slice(b"\n]\n");
        Ok(())
    }
}
