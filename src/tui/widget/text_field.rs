//! A field of text in several lines, into which nothing but text can come.

use crate::tui::theme::Theme;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::widgets::Widget;
use std::ops::Range;
use tui_textarea::{CursorMove, DataCursor, TextArea, WrapMode};

/// Text under way.
pub struct TextField {
    area: TextArea<'static>,
}

impl TextField {
    pub fn new(text: &str) -> Self {
        let mut area = TextArea::new(clean(text).split('\n').map(str::to_owned).collect());
        area.set_wrap_mode(WrapMode::WordOrGlyph);
        area.set_cursor_line_style(Style::new());
        area.move_cursor(CursorMove::Bottom);
        area.move_cursor(CursorMove::End);
        Self { area }
    }

    /// A field of several lines with the cursor at the beginning.
    pub fn from_top(text: &str) -> Self {
        let mut field = Self::new(text);
        field.go_to(1, 1);
        field
    }

    /// Puts the cursor at a line and a character of it, both from 1.
    pub fn go_to(&mut self, line: usize, column: usize) {
        let place = |from_1: usize| u16::try_from(from_1.saturating_sub(1)).unwrap_or(u16::MAX);
        self.area.move_cursor(CursorMove::Jump(place(line), place(column)));
    }

    pub fn scroll(&mut self, rows: i16) {
        self.area.scroll((rows, 0));
    }

    /// A text that the first letter typed takes the place of.
    pub fn to_replace(text: &str) -> Self {
        let mut field = Self::new(text);
        field.area.select_all();
        field
    }

    /// A field of one line, with the cursor at a byte of it.
    pub fn at(text: &str, cursor: usize) -> Self {
        let mut field = Self::new(text);
        let column = text[..text.floor_char_boundary(cursor)].chars().count();
        field.area.move_cursor(CursorMove::Jump(0, u16::try_from(column).unwrap_or(u16::MAX)));
        field
    }

    /// The byte of the text that the cursor stands at.
    pub fn cursor(&self) -> usize {
        let DataCursor(row, column) = self.area.cursor();
        let lines = self.area.lines();
        let before: usize = lines.iter().take(row).map(|line| line.len() + 1).sum();
        let within = lines.get(row).and_then(|line| line.char_indices().nth(column)).map(|(at, _)| at);
        before + within.unwrap_or_else(|| lines.get(row).map_or(0, String::len))
    }

    pub fn text(&self) -> String {
        self.area.lines().join("\n")
    }

    /// Writes, moves or deletes, by the keys of readline.
    pub fn key(&mut self, key: KeyEvent) {
        match (key.code, key.modifiers) {
            (KeyCode::Char(c), _) if c.is_control() => {}
            (KeyCode::Enter, _) | (KeyCode::Char('j'), KeyModifiers::CONTROL) => self.area.insert_newline(),
            // The widget's own Ctrl+U is undo, and its Ctrl+R redo.
            (KeyCode::Char('u'), KeyModifiers::CONTROL) => drop(self.area.delete_line_by_head()),
            // A terminal sends one byte for Ctrl+_, Ctrl+/ and Ctrl+7.
            (KeyCode::Char('_' | '/' | '7'), KeyModifiers::CONTROL) | (KeyCode::Char('u'), KeyModifiers::ALT) => {
                self.area.undo();
            }
            _ => drop(self.area.input(key)),
        }
    }

    /// Whether Alt with the letter edits the text, rather than being Escape and the letter.
    pub fn takes_alt(letter: char) -> bool {
        matches!(letter, 'b' | 'f' | 'd' | 'u')
    }

    /// Puts in what was pasted, as text: no key in it acts.
    pub fn paste(&mut self, pasted: &str) {
        self.area.insert_str(clean(pasted));
    }

    pub fn draw(&mut self, area: Rect, buf: &mut Buffer, theme: &Theme) {
        self.area.set_style(theme.text());
        self.area.set_cursor_style(Style::new().add_modifier(Modifier::REVERSED));
        self.area.set_selection_style(theme.selection());
        (&self.area).render(area, buf);
    }
}

/// The text without what is no text: escape and other control characters, and those
/// that turn the direction of writing or hide.
pub(super) fn clean(text: &str) -> String {
    shown_characters(text).map(|(_, c)| c).collect()
}

/// The characters of [`clean`], each with the bytes of the text that it stands for.
pub(super) fn shown_characters(text: &str) -> impl Iterator<Item = (Range<usize>, char)> {
    let mut characters = text.char_indices().peekable();
    std::iter::from_fn(move || {
        while let Some((at, c)) = characters.next() {
            let mut end = at + c.len_utf8();
            match c {
                '\r' => {
                    end += usize::from(characters.next_if(|(_, c)| *c == '\n').is_some());
                    return Some((at..end, '\n'));
                }
                '\n' | '\t' => return Some((at..end, c)),
                c if c.is_control() || hides(c) => {}
                c => return Some((at..end, c)),
            }
        }
        None
    })
}

fn hides(c: char) -> bool {
    matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_text_comes_in() {
        assert_eq!(clean("a\x1b[31mb\r\nc\u{202e}d\te\u{0}"), "a[31mb\ncd\te");
        assert_eq!(clean("Zoë 👩‍🚒 東京"), "Zoë 👩‍🚒 東京", "joiners belong to emoji");
    }
}
