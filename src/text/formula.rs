//! Cells that a spreadsheet would run as formulas, and the apostrophe before them.
//!
//! A `'` before a cell makes it text (OWASP, "CSV Injection"). It also goes before cells that
//! begin with one, so that it can be taken off again: [`unguarded`] undoes [`needs_guard`].

use super::sanitize;

/// Whether a cell has to be kept from being a formula, or begins with the mark that does so. A
/// plain number is none, whatever its sign.
pub fn needs_guard(cell: &str) -> bool {
    match cell.as_bytes().first() {
        // Most cells.
        Some(byte) if byte.is_ascii_alphanumeric() => false,
        Some(b'\'' | b'\t' | b'\r' | b'\n') => true,
        _ => {
            let seen = cell.trim_start_matches(|c: char| c.is_whitespace() || sanitize::is_unseen(c));
            begins_formula(seen) && !is_number(seen)
        }
    }
}

/// The cell without the `'` that guards it; `None` where it has none.
pub fn unguarded(cell: &str) -> Option<&str> {
    cell.strip_prefix('\'').filter(|cell| needs_guard(cell))
}

/// Whether the first character makes a formula, in the wide form of Japanese keyboards too.
pub fn begins_formula(cell: &str) -> bool {
    cell.starts_with(['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'])
}

/// A plain decimal number: not `-inf`, which Rust reads as one.
fn is_number(cell: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.' | b'e' | b'E');
    cell.bytes().all(is_plain) && cell.parse::<f64>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn formulas_are_guarded_and_numbers_left() {
        for bad in [
            "=1+1",
            "+cmd",
            "-2+3",
            "@SUM(A1)",
            "\tx",
            "-inf",
            "+",
            "-",
            "=",
            "--1",
            "-nan",
            "\r=x",
            "\n=1",
            "\u{ff1d}cmd|x",
            "\u{ff20}a",
            " =1",
            "\u{a0}=1",
            "\u{200b}=1",
            "\u{feff}=1",
            "'",
            "'=1",
            "'text",
            "- bullet",
        ] {
            assert!(needs_guard(bad), "{bad:?}");
            assert_eq!(unguarded(&format!("'{bad}")), Some(bad));
        }
        for good in ["", "plain", "-12.5", "+3", "-1e-5", " -5", "1=1", "\"=1\"", "\u{200b}x", "[\"=\"]", "é=1"] {
            assert!(!needs_guard(good), "{good:?}");
            assert_eq!(unguarded(&format!("'{good}")), None, "an apostrophe of its own");
        }
    }

    proptest! {
        #[test]
        fn a_guard_can_be_undone(cell in "['=+ @\t\u{200b}a-]{0,5}|\\PC*") {
            let guarded = if needs_guard(&cell) { format!("'{cell}") } else { cell.clone() };
            prop_assert_eq!(unguarded(&guarded).unwrap_or(&guarded), cell.as_str());
        }
    }
}
