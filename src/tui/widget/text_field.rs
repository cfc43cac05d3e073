//! A field of text in several lines, into which nothing but text can come.

mod rows;

use crate::tui::rich_text::put;
use crate::tui::theme::Theme;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use rows::Rows;
use std::ops::Range;
use tui_textarea::{CursorMove, DataCursor, TextArea};

/// Text under way.
pub struct TextField {
    area: TextArea<'static>,
    /// Columns and rows that it was drawn in last.
    size: (usize, usize),
    /// The first row that was seen.
    top: usize,
    /// The column that the cursor keeps on its way up or down.
    column: Option<usize>,
}

impl TextField {
    pub fn new(text: &str) -> Self {
        let mut area = TextArea::new(clean(text).split('\n').map(str::to_owned).collect());
        area.move_cursor(CursorMove::Bottom);
        area.move_cursor(CursorMove::End);
        Self { area, size: (usize::MAX, 1), top: 0, column: None }
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

    /// Moves the cursor up or down, by rows as they are seen.
    pub fn scroll(&mut self, rows: isize) {
        let lines = self.area.lines();
        let laid = Rows::new(lines, self.size.0);
        let (line, byte) = self.cursor_in_line();
        let (row, column) = laid.find(line, byte);
        let column = *self.column.get_or_insert(column);
        let place = laid.place(row.saturating_add_signed(rows).min(laid.count() - 1));
        let byte = laid.byte_at(place, column, &lines[place.line]);
        let character = lines[place.line][..byte].chars().count();
        self.go_to(place.line + 1, character + 1);
    }

    /// Moves the cursor as [`TextField::scroll`] does; what it passes is selected, or nothing is.
    fn step(&mut self, rows: isize, selects: bool) {
        match selects {
            true if !self.area.is_selecting() => self.area.start_selection(),
            true => {}
            false => self.area.cancel_selection(),
        }
        self.scroll(rows);
    }

    /// The line that the cursor is in, and its byte there.
    fn cursor_in_line(&self) -> (usize, usize) {
        let DataCursor(line, column) = self.area.cursor();
        (line, byte_of(&self.area.lines()[line], column))
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
        let (line, byte) = self.cursor_in_line();
        self.area.lines().iter().take(line).map(|line| line.len() + 1).sum::<usize>() + byte
    }

    pub fn text(&self) -> String {
        self.area.lines().join("\n")
    }

    /// Writes, moves or deletes, by the keys of readline.
    pub fn key(&mut self, key: KeyEvent) {
        let selects = key.modifiers == KeyModifiers::SHIFT;
        let page = self.size.1 as isize;
        match (key.code, key.modifiers) {
            (KeyCode::Up, KeyModifiers::NONE | KeyModifiers::SHIFT) => return self.step(-1, selects),
            (KeyCode::Down, KeyModifiers::NONE | KeyModifiers::SHIFT) => return self.step(1, selects),
            (KeyCode::Char('p'), KeyModifiers::CONTROL) => return self.step(-1, false),
            (KeyCode::Char('n'), KeyModifiers::CONTROL) => return self.step(1, false),
            (KeyCode::PageUp, _) => return self.step(-page, selects),
            (KeyCode::PageDown, _) => return self.step(page, selects),
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
        self.column = None;
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
        // The last column is the cursor's at the end of a full row.
        self.size = (usize::from(area.width).saturating_sub(1).max(1), usize::from(area.height).max(1));
        let lines = self.area.lines();
        let laid = Rows::new(lines, self.size.0);
        let (line, byte) = self.cursor_in_line();
        let (cursor_row, cursor_column) = laid.find(line, byte);
        self.top = self.top.min(laid.count().saturating_sub(self.size.1));
        self.top = self.top.clamp((cursor_row + 1).saturating_sub(self.size.1), cursor_row);
        let selected = self.selected();
        for (place, row) in (self.top..laid.count()).map(|number| laid.place(number)).zip(area.rows()) {
            let mut x = row.x;
            for glyph in laid.layout(place.line).glyphs(place.row) {
                let width = glyph.width as u16; // no wider than the row
                if x + width > row.right() {
                    break; // spaces that hang over the end
                }
                let is_selected = selected.as_ref().is_some_and(|range| range.contains(&(place.line, glyph.at)));
                let style = if glyph.marked { theme.mark() } else { theme.text() };
                put(buf, (x, row.y), glyph, if is_selected { theme.selection() } else { style });
                x += width;
            }
        }
        let x = area.x + (cursor_column as u16).min(area.width.saturating_sub(1));
        let y = area.y + (cursor_row - self.top) as u16;
        let cursor = Rect { x, y, width: 1, height: 1 }.intersection(area);
        buf.set_style(cursor, Style::new().add_modifier(Modifier::REVERSED));
    }

    /// From where to where the text is selected: lines, and bytes of them.
    fn selected(&self) -> Option<Range<(usize, usize)>> {
        let (start, end) = self.area.selection_range()?;
        let place = |(line, column): (usize, usize)| (line, byte_of(&self.area.lines()[line], column));
        Some(place(start)..place(end))
    }
}

/// The byte of a line at a character.
fn byte_of(line: &str, character: usize) -> usize {
    line.char_indices().nth(character).map_or(line.len(), |(at, _)| at)
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

    const TEXT: &str = "Thank you for telling us that it is annoying, and I understand. They do not say what happens.";

    /// The rows as they are drawn, with `|` before the cursor.
    fn drawn(field: &mut TextField, width: u16, height: u16) -> Vec<String> {
        let area = Rect::new(0, 0, width, height);
        let mut buf = Buffer::empty(area);
        field.draw(area, &mut buf, &Theme::plain());
        let cell = |x, y| {
            let cell = &buf[(x, y)];
            let cursor = if cell.modifier.contains(Modifier::REVERSED) { "|" } else { "" };
            format!("{cursor}{}", cell.symbol())
        };
        let row = |y| (0..width).map(|x| cell(x, y)).collect::<String>().trim_end().to_owned();
        (0..height).map(row).collect()
    }

    #[test]
    fn no_row_begins_with_a_comma_or_a_blank() {
        for width in 12..60 {
            let rows = drawn(&mut TextField::from_top(TEXT), width, 30);
            let text = rows.iter().filter(|row| !row.is_empty()).cloned().collect::<Vec<_>>().join(" ");
            assert_eq!(text, format!("|{TEXT}"), "{width}: words are whole, and blanks at a break take no place");
        }
    }

    #[test]
    fn the_cursor_goes_by_the_rows_that_are_seen_at_any_width() {
        let mut field = TextField::from_top(TEXT);
        assert_eq!(drawn(&mut field, 21, 3), ["|Thank you for", "telling us that it", "is annoying, and I"]);
        field.key(KeyCode::Down.into());
        assert_eq!(drawn(&mut field, 21, 2)[1], "|telling us that it");
        field.key(KeyCode::End.into());
        assert_eq!(drawn(&mut field, 21, 2), ["not say what", "happens.|"]);
        field.key(KeyCode::Up.into());
        field.key(KeyCode::Up.into());
        field.key(KeyCode::Down.into());
        assert_eq!(drawn(&mut field, 21, 2)[0], "not say |what", "it keeps its column");
        assert!(drawn(&mut field, 40, 2).concat().contains("say |what"), "in another width too");
    }

    #[test]
    fn only_text_comes_in() {
        assert_eq!(clean("a\x1b[31mb\r\nc\u{202e}d\te\u{0}"), "a[31mb\ncd\te");
        assert_eq!(clean("Zoë 👩‍🚒 東京"), "Zoë 👩‍🚒 東京", "joiners belong to emoji");
    }
}
