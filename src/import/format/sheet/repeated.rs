//! How many cells a workbook of LibreOffice comes to once those that it only says are repeated are there. The
//! crate that decodes it makes all of them in memory, and a few bytes can say that there are billions.

use crate::import::guarded::damaged;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::io::{self, BufRead};

/// Cells that are made, at most.
const MOST: u64 = 10_000_000;

/// Fails where the sheets come to more cells than memory may hold. `content` is the part `content.xml`.
pub(super) fn refuse_too_many(content: impl BufRead) -> io::Result<()> {
    match cells(content)? {
        ..=MOST => Ok(()),
        cells => Err(damaged(&format!(
            "its sheets are said to come to {cells} cells, and karat reads {MOST} at most; save it as .xlsx or .csv"
        ))),
    }
}

fn cells(content: impl BufRead) -> io::Result<u64> {
    let (mut xml, mut buffer) = (Reader::from_reader(content), Vec::new());
    let (mut total, mut sheet) = (0_u64, Sheet::default());
    // A cell that has begun and has nothing in it so far; and how many elements are open.
    let (mut begun, mut depth) = (None, 0_usize);
    loop {
        let event = xml.read_event_into(&mut buffer).map_err(|error| damaged(&error.to_string()))?;
        match event {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth = depth.saturating_sub(1),
            // The crate would look for their ends for ever.
            Event::Eof if depth > 0 => return Err(damaged("its content.xml ends too early; it may have been cut off")),
            _ => {}
        }
        if let Some(count) = begun.take() {
            match event {
                Event::End(_) => sheet.row.empty(count),
                _ => sheet.row.full(count),
            }
        }
        match event {
            Event::Eof => return Ok(total.saturating_add(sheet.cells())),
            Event::Start(element) if is_cell(&element) => begun = Some(repeated(&element, "columns")),
            Event::Empty(element) if is_cell(&element) => {
                let has_value = element.attributes().flatten().any(|member| member.key.0.starts_with("office:"));
                let count = repeated(&element, "columns");
                if has_value { sheet.row.full(count) } else { sheet.row.empty(count) }
            }
            Event::Start(element) if element.name().0 == "table:table-row" => {
                sheet.row = Row { repeated: repeated(&element, "rows"), ..Row::default() };
            }
            Event::End(element) if element.name().0 == "table:table-row" => sheet.end_row(),
            Event::End(element) if element.name().0 == "table:table" => {
                total = total.saturating_add(std::mem::take(&mut sheet).cells());
            }
            _ => {}
        }
        buffer.clear();
    }
}

fn is_cell(element: &BytesStart) -> bool {
    matches!(element.name().0, "table:table-cell" | "table:covered-table-cell")
}

/// How often a row or a cell is there.
fn repeated(element: &BytesStart, what: &str) -> u64 {
    let attribute = element.try_get_attribute(&format!("table:number-{what}-repeated")).ok().flatten();
    attribute.map_or(1, |attribute| attribute.value.trim().parse().unwrap_or(u64::MAX))
}

/// A sheet as large as its widest row and all rows up to the last that holds something.
#[derive(Default)]
struct Sheet {
    widest: u64,
    rows: u64,
    /// Rows of nothing that count once another follows.
    empty_rows: u64,
    row: Row,
}

#[derive(Default)]
struct Row {
    repeated: u64,
    width: u64,
    /// Cells of nothing that count once another follows.
    empty: u64,
}

impl Row {
    fn empty(&mut self, count: u64) {
        self.empty = self.empty.saturating_add(count);
    }

    fn full(&mut self, count: u64) {
        self.width = self.width.saturating_add(std::mem::take(&mut self.empty)).saturating_add(count);
    }
}

impl Sheet {
    fn end_row(&mut self) {
        let Row { repeated, width, .. } = std::mem::take(&mut self.row);
        self.empty_rows = self.empty_rows.saturating_add(repeated);
        if width > 0 {
            self.rows = self.rows.saturating_add(std::mem::take(&mut self.empty_rows));
            self.widest = self.widest.max(width);
        }
    }

    fn cells(&self) -> u64 {
        self.rows.saturating_mul(self.widest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(rows: &[&str]) -> String {
        format!("<o><table:table>{}</table:table></o>", rows.concat())
    }

    const FULL: &str = "<table:table-row><table:table-cell><text:p>x</text:p></table:table-cell></table:table-row>";

    #[test]
    fn what_is_empty_at_the_end_of_rows_and_sheets_is_none() {
        let row = r#"<table:table-row><table:table-cell office:value="1"/><table:table-cell table:number-columns-repeated="16383"/></table:table-row>"#;
        let rest = r#"<table:table-row table:number-rows-repeated="1048500"><table:table-cell table:number-columns-repeated="16384"></table:table-cell></table:table-row>"#;
        assert_eq!(cells(sheet(&[row, FULL, rest]).as_bytes()).unwrap(), 2);
        assert_eq!(cells(sheet(&[row, rest, FULL]).as_bytes()).unwrap(), 1_048_502);
        assert_eq!(cells([sheet(&[FULL]), sheet(&[FULL])].concat().as_bytes()).unwrap(), 2);
    }

    #[test]
    fn few_bytes_that_say_billions_are_refused() {
        let row = r#"<table:table-row table:number-rows-repeated="1000000"><table:table-cell table:number-columns-repeated="16384"/><table:table-cell>x</table:table-cell></table:table-row>"#;
        let error = refuse_too_many(sheet(&[row]).as_bytes()).unwrap_err().to_string();
        assert!(error.contains("16385000000 cells") && error.contains("save it as .xlsx"), "{error}");
        assert!(refuse_too_many(sheet(&[FULL]).as_bytes()).is_ok());
    }

    #[test]
    fn elements_without_an_end_are_told() {
        let whole = sheet(&[FULL]);
        for end in [whole.len() - 1, whole.len() / 2, 20] {
            assert!(cells(&whole.as_bytes()[..end]).is_err(), "{}", &whole[..end]);
        }
    }
}
