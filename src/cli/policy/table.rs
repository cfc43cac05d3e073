//! A table of figures under the spec in force and under another, with the difference.

use unicode_width::UnicodeWidthStr;

/// A figure under both specs.
pub(super) struct Row {
    name: &'static str,
    cells: [String; 2],
    difference: String,
    /// It is told also where there is nothing.
    is_needed: bool,
}

impl Row {
    /// A figure, with so many decimal places; `None`: it is not known.
    pub(super) fn new(name: &'static str, figures: [Option<f64>; 2], places: usize) -> Self {
        let cells =
            figures.map(|figure| figure.map_or_else(|| "unknown".into(), |figure| format!("{figure:.places$}")));
        let difference = match figures {
            [Some(one), Some(other)] => difference(one, other, places),
            _ => String::new(),
        };
        Self { name, cells, difference, is_needed: figures != [Some(0.0); 2] }
    }

    /// It is no count, but reckoned, where the column says so.
    pub(super) fn reckoned(mut self, columns: [bool; 2]) -> Self {
        for (cell, is_reckoned) in self.cells.iter_mut().zip(columns) {
            if is_reckoned {
                cell.insert_str(0, "about ");
            }
        }
        self
    }

    pub(super) fn always(self) -> Self {
        Self { is_needed: true, ..self }
    }
}

/// `+12`, `-3.5`, `0`
pub(super) fn difference(one: f64, other: f64, places: usize) -> String {
    let shown = format!("{:+.places$}", other - one);
    let is_none = shown.bytes().all(|byte| matches!(byte, b'0' | b'.' | b'+' | b'-'));
    if is_none { "0".into() } else { shown }
}

/// The table, a line each: names to the left, numbers to the right.
pub(super) fn lines(heads: [String; 2], rows: &[Row]) -> Vec<String> {
    let [one, other] = heads;
    let head = Row { name: "", cells: [one, other], difference: "DIFFERENCE".into(), is_needed: true };
    let rows: Vec<&Row> = [&head].into_iter().chain(rows).filter(|row| row.is_needed).collect();
    let width = |of: fn(&Row) -> usize| rows.iter().map(|row| of(row)).max().unwrap_or_default();
    let widths = [
        width(|row| row.name.width()),
        width(|row| row.cells[0].width()),
        width(|row| row.cells[1].width()),
        width(|row| row.difference.width()),
    ];
    let right = |text: &str, width: usize| format!("{}{text}", " ".repeat(width - text.width()));
    let each = rows.iter().map(|row| {
        let numbers = [&row.cells[0], &row.cells[1], &row.difference].into_iter().zip(&widths[1..]);
        let numbers: Vec<String> = numbers.map(|(text, width)| right(text, *width)).collect();
        let gap = " ".repeat(widths[0] - row.name.width());
        format!("{}{gap}  {}", row.name, numbers.join("  ")).trim_end().to_owned()
    });
    each.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_has_its_sign_and_nothing_is_nothing() {
        assert_eq!(
            [(1.0, 3.0), (3.0, 1.0), (2.0, 2.0)].map(|(one, other)| difference(one, other, 0)),
            ["+2", "-2", "0"]
        );
        assert_eq!(difference(1.0, 1.01, 1), "0");
    }

    #[test]
    fn what_is_nothing_under_both_is_left_out() {
        let rows = [
            Row::new("read", [Some(0.0); 2], 0).always(),
            Row::new("late", [Some(0.0); 2], 0),
            Row::new("hours", [None, Some(1.25)], 1),
        ];
        let expected = [
            "       VERSION 1  spec.toml  DIFFERENCE",
            "read           0          0           0",
            "hours    unknown        1.2",
        ];
        assert_eq!(lines(["VERSION 1".into(), "spec.toml".into()], &rows), expected);
    }
}
