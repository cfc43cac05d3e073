//! Key presses, as keymaps spell them and as terminals report them.

use crate::text::suggest::nearest;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use std::fmt;
use std::str::FromStr;

/// A key with its modifiers. Two reports of one press are equal: a capital
/// letter has no shift of its own, and shift+tab is not another key than tab.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyPattern {
    code: KeyCode,
    modifiers: KeyModifiers,
}

/// Names of keys: as written, and as shown to people.
static NAMED: [(&str, &str, KeyCode); 17] = [
    ("enter", "Enter", KeyCode::Enter),
    ("esc", "Esc", KeyCode::Esc),
    ("tab", "Tab", KeyCode::Tab),
    ("space", "Space", KeyCode::Char(' ')),
    ("plus", "+", KeyCode::Char('+')),
    ("backspace", "Backspace", KeyCode::Backspace),
    ("delete", "Delete", KeyCode::Delete),
    ("insert", "Insert", KeyCode::Insert),
    ("up", "↑", KeyCode::Up),
    ("down", "↓", KeyCode::Down),
    ("left", "←", KeyCode::Left),
    ("right", "→", KeyCode::Right),
    ("home", "Home", KeyCode::Home),
    ("end", "End", KeyCode::End),
    ("pageup", "PgUp", KeyCode::PageUp),
    ("pagedown", "PgDn", KeyCode::PageDown),
    ("menu", "Menu", KeyCode::Menu),
];

/// Names of modifiers, in the order in which they are written.
const MODIFIERS: [(&str, &str, KeyModifiers); 3] = [
    ("ctrl", "Ctrl", KeyModifiers::CONTROL),
    ("alt", "Alt", KeyModifiers::ALT),
    ("shift", "Shift", KeyModifiers::SHIFT),
];

impl KeyPattern {
    fn new(code: KeyCode, modifiers: KeyModifiers) -> Self {
        match code {
            KeyCode::BackTab => Self { code: KeyCode::Tab, modifiers: modifiers | KeyModifiers::SHIFT },
            // Some terminals report `G`, some `G` with shift, some `g` with shift.
            KeyCode::Char(c) if c != ' ' && modifiers.contains(KeyModifiers::SHIFT) => Self {
                code: KeyCode::Char(if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c }),
                modifiers: modifiers - KeyModifiers::SHIFT,
            },
            _ => Self { code, modifiers },
        }
    }

    /// A press of the key.
    pub fn press(&self) -> KeyEvent {
        KeyEvent::new(self.code, self.modifiers)
    }

    /// The press writes a character where text is taken.
    pub fn is_printable(&self) -> bool {
        self.printed().is_some()
    }

    /// The press writes a letter or a digit where text is taken.
    pub fn is_alphanumeric(&self) -> bool {
        self.printed().is_some_and(char::is_alphanumeric)
    }

    fn printed(&self) -> Option<char> {
        match self.code {
            KeyCode::Char(c) if !self.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT) => Some(c),
            _ => None,
        }
    }

    /// The key as people read it: `Ctrl+R`, `→`, `Space`, `G`.
    pub fn label(&self) -> String {
        let mut label = String::new();
        for (_, shown, modifier) in MODIFIERS {
            if self.modifiers.contains(modifier) {
                label.push_str(shown);
                label.push('+');
            }
        }
        match (NAMED.iter().find(|(.., code)| *code == self.code), self.code) {
            (Some((_, shown, _)), _) => label.push_str(shown),
            // Ctrl+R is how everyone writes it, though no shift is held; after alt, case tells keys apart.
            (None, KeyCode::Char(c)) if self.modifiers == KeyModifiers::CONTROL => label.push(c.to_ascii_uppercase()),
            (None, KeyCode::Char(c)) => label.push(c),
            (None, KeyCode::F(n)) => label.push_str(&format!("F{n}")),
            (None, code) => label.push_str(&format!("{code:?}")),
        }
        label
    }
}

impl From<&KeyEvent> for KeyPattern {
    fn from(event: &KeyEvent) -> Self {
        Self::new(event.code, event.modifiers)
    }
}

impl fmt::Display for KeyPattern {
    /// Writes the key as a keymap spells it.
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        for (written, _, modifier) in MODIFIERS {
            if self.modifiers.contains(modifier) {
                write!(f, "{written}+")?;
            }
        }
        match (NAMED.iter().find(|(.., code)| *code == self.code), self.code) {
            (Some((written, ..)), _) => f.write_str(written),
            (None, KeyCode::Char(c)) => write!(f, "{c}"),
            (None, KeyCode::F(n)) => write!(f, "f{n}"),
            (None, code) => write!(f, "{code:?}"),
        }
    }
}

impl FromStr for KeyPattern {
    type Err = String;

    /// Reads `a`, `G`, `ctrl+r`, `shift+tab`, `space`, `f5`, `alt+enter`.
    fn from_str(text: &str) -> Result<Self, String> {
        let mut modifiers = KeyModifiers::NONE;
        let mut rest = text;
        while let Some((name, after)) = rest.split_once('+').filter(|(name, _)| !name.is_empty()) {
            modifiers |= modifier(name)?;
            rest = after;
        }
        let key = Self::new(code(rest)?, modifiers);
        // Ctrl with a capital reaches most terminals as ctrl with the small letter.
        match key.code {
            KeyCode::Char(c) if c.is_ascii_uppercase() && modifiers.contains(KeyModifiers::CONTROL) => {
                Err(format!("terminals cannot tell `{text}` from `{}`", text.to_ascii_lowercase()))
            }
            _ => Ok(key),
        }
    }
}

fn modifier(name: &str) -> Result<KeyModifiers, String> {
    MODIFIERS
        .iter()
        .find(|(written, ..)| written.eq_ignore_ascii_case(name))
        .map(|(.., modifier)| *modifier)
        .ok_or_else(|| format!("`{name}` is no modifier; they are ctrl, alt and shift"))
}

fn code(name: &str) -> Result<KeyCode, String> {
    if let Some((.., code)) = NAMED.iter().find(|(written, ..)| written.eq_ignore_ascii_case(name)) {
        return Ok(*code);
    }
    let mut chars = name.chars();
    match (chars.next(), chars.as_str()) {
        (Some(c), "") if !c.is_control() && !c.is_whitespace() => Ok(KeyCode::Char(c)),
        (Some('f' | 'F'), number) => function_key(number).ok_or_else(|| unknown(name)),
        _ => Err(unknown(name)),
    }
}

fn function_key(number: &str) -> Option<KeyCode> {
    number.parse().ok().filter(|n| (1..=24).contains(n)).map(KeyCode::F)
}

fn unknown(name: &str) -> String {
    let names = || NAMED.iter().map(|(written, ..)| *written);
    match nearest(name, names()) {
        Some(near) => format!("`{name}` is no key; did you mean `{near}`?"),
        None => {
            format!("`{name}` is no key; write a character, f1 to f24, or {}", names().collect::<Vec<_>>().join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> KeyPattern {
        text.parse().unwrap()
    }

    fn event(code: KeyCode, modifiers: KeyModifiers) -> KeyPattern {
        KeyPattern::from(&KeyEvent::new(code, modifiers))
    }

    #[test]
    fn shift_is_the_same_however_it_is_reported() {
        let (none, shift) = (KeyModifiers::NONE, KeyModifiers::SHIFT);
        let cases = [
            ("G", KeyCode::Char('G'), none),
            ("G", KeyCode::Char('G'), shift),
            ("G", KeyCode::Char('g'), shift),
            ("?", KeyCode::Char('?'), shift),
            ("shift+tab", KeyCode::BackTab, none),
            ("shift+tab", KeyCode::BackTab, shift),
            ("shift+tab", KeyCode::Tab, shift),
            ("shift+up", KeyCode::Up, shift),
            ("ctrl+r", KeyCode::Char('r'), KeyModifiers::CONTROL),
        ];
        for (written, code, modifiers) in cases {
            assert_eq!(pattern(written), event(code, modifiers), "{written}");
        }
        assert_eq!(pattern("shift+g"), pattern("G"));
        assert_ne!(pattern("g"), pattern("G"));
        assert_ne!(pattern("up"), pattern("shift+up"));
    }

    #[test]
    fn what_is_written_is_printed_and_shown() {
        let cases = [
            ("a", "a", "a"),
            ("G", "G", "G"),
            ("ctrl+r", "ctrl+r", "Ctrl+R"),
            ("Alt+Enter", "alt+enter", "Alt+Enter"),
            ("alt+ctrl+x", "ctrl+alt+x", "Ctrl+Alt+x"),
            ("shift+tab", "shift+tab", "Shift+Tab"),
            ("space", "space", "Space"),
            ("ctrl+space", "ctrl+space", "Ctrl+Space"),
            ("f5", "f5", "F5"),
            ("+", "plus", "+"),
            ("ctrl++", "ctrl+plus", "Ctrl++"),
            ("pagedown", "pagedown", "PgDn"),
            ("right", "right", "→"),
            ("é", "é", "é"),
        ];
        for (written, printed, shown) in cases {
            let key = pattern(written);
            assert_eq!((key.to_string().as_str(), key.label().as_str()), (printed, shown));
            assert_eq!(pattern(printed), key);
        }
    }

    #[test]
    fn what_is_no_key_is_refused_with_a_word_why() {
        let cases = [
            ("entr", "`entr` is no key; did you mean `enter`?"),
            ("hyper+a", "`hyper` is no modifier; they are ctrl, alt and shift"),
            ("ctrl+R", "terminals cannot tell `ctrl+R` from `ctrl+r`"),
            ("f99", "`f99` is no key; write a character"),
            ("", "`` is no key; write a character"),
            ("ctrl+", "`` is no key; write a character"),
            ("\u{1b}", "is no key; write a character"),
        ];
        for (written, reason) in cases {
            let error = written.parse::<KeyPattern>().unwrap_err();
            assert!(error.contains(reason), "{error}");
        }
    }
}
