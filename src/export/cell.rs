//! Cells that a spreadsheet cannot run.

use std::borrow::Cow;

/// Puts `'` before a cell that a spreadsheet would read as a formula: one that starts
/// with `=`, `+`, `-`, `@`, tab or CR and is not a number. (OWASP, "CSV Injection".)
pub fn defuse(cell: &str) -> Cow<'_, str> {
    let dangerous = cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && !is_number(cell);
    if dangerous { Cow::Owned(format!("'{cell}")) } else { Cow::Borrowed(cell) }
}

/// A plain decimal number: not `-inf`, which Rust reads as one.
fn is_number(cell: &str) -> bool {
    let plain = |c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.' | 'e' | 'E');
    cell.chars().all(plain) && cell.parse::<f64>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_defused_and_numbers_left() {
        for bad in ["=1+1", "+cmd", "-2+3", "@SUM(A1)", "\tx", "\r=x", "-inf", "+", "-", "=", "--1", "-nan"] {
            assert_eq!(defuse(bad), format!("'{bad}"));
        }
        for good in ["", "plain", "-12.5", "+3", "-1e-5", "1=1", " =1", "'=1", "[\"=\"]"] {
            assert_eq!(defuse(good), good);
        }
    }
}
