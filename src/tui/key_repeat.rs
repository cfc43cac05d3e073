//! Keys that are held down: terminals send them again and again, faster than a finger presses.

use crate::domain::time::UtcMillis;
use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

/// The key that was pressed last.
#[derive(Debug, Default)]
pub(super) struct KeyRepeat {
    last: Option<(KeyCode, KeyModifiers, UtcMillis)>,
}

impl KeyRepeat {
    /// Takes a press; `true` when the same key came within so many milliseconds before it, or
    /// the terminal itself says that it repeats.
    pub(super) fn press(&mut self, key: &KeyEvent, now: UtcMillis, within: i64) -> bool {
        let before = self.last.replace((key.code, key.modifiers, now));
        let is_again = before
            .is_some_and(|(code, modifiers, at)| (code, modifiers) == (key.code, key.modifiers) && now - at < within);
        within > 0 && (is_again || key.kind == KeyEventKind::Repeat)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_held_until_it_was_let_go_for_the_time() {
        let (a, x) =
            [KeyCode::Char('a'), KeyCode::Char('x')].map(|code| KeyEvent::new(code, KeyModifiers::NONE)).into();
        let mut keys = KeyRepeat::default();
        let held: Vec<bool> = [(&a, 0), (&a, 100), (&a, 200), (&x, 210), (&a, 300), (&a, 420)]
            .map(|(key, at)| keys.press(key, at, 120))
            .into();
        assert_eq!(held, [false, true, true, false, false, false]);
        assert!(!keys.press(&a, 421, 0), "off");
    }
}
