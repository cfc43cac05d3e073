//! A row as a JSON object: the item as it would be imported again, then its decision.

use crate::domain::record::Cell;
use crate::export::columns::ExportColumn;
use std::io;

/// The keys of the objects, each with what stands before it.
#[derive(Default)]
pub(super) struct Object {
    keys: Vec<String>,
}

impl Object {
    pub(super) fn new(columns: &[ExportColumn]) -> Self {
        let key = |(at, column): (usize, &ExportColumn)| {
            let name = serde_json::Value::from(column.name.as_str());
            format!("{}{name}:", if at == 0 { '{' } else { ',' })
        };
        Self { keys: columns.iter().enumerate().map(key).collect() }
    }

    /// Every row has the same members: what is not known is `null`.
    pub(super) fn write(&self, cells: &[Cell], out: &mut Vec<u8>) -> io::Result<()> {
        for (key, cell) in self.keys.iter().zip(cells) {
            out.extend_from_slice(key.as_bytes());
            cell.write_json(out)?;
        }
        out.push(b'}');
        Ok(())
    }
}
