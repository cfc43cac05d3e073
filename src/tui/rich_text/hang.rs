//! The hanging indent: the beginning of a line's rows after its first.

/// The bars of quotes and code as they are, and room below bullets and numbers: what is
/// wrapped stays in its place. Empty where it would take more than a third of the width.
pub(super) fn hang(line: &str, width: usize) -> String {
    let mut hang = String::new();
    let mut rest = line;
    while let Some((taken, sign)) = sign(rest) {
        hang.push_str(&sign);
        rest = &rest[taken..];
    }
    if hang.chars().count() * 3 <= width { hang } else { String::new() }
}

/// The sign that a text begins with: its bytes, and what stands below it.
fn sign(text: &str) -> Option<(usize, String)> {
    let first = text.chars().next()?;
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    match first {
        ' ' | '│' | '▏' => Some((first.len_utf8(), first.into())),
        '•' | '☐' | '☑' if text[first.len_utf8()..].starts_with(' ') => Some((first.len_utf8() + 1, "  ".into())),
        _ if digits > 0 && (text[digits..].starts_with(". ") || text[digits..].starts_with(") ")) => {
            Some((digits + 2, " ".repeat(digits + 2)))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrapped_stays_in_its_place() {
        assert_eq!(hang("│ │ words", 40), "│ │ ");
        assert_eq!(hang("   • ☑ done", 40), "       ");
        assert_eq!(hang("12. twelfth", 40), "    ");
        assert_eq!(hang("▏ code", 40), "▏ ");
        assert_eq!((hang("words", 40), hang("12. twelfth", 9), hang("3.5 kg", 40)), Default::default());
    }
}
