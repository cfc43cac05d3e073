//! Texts that bring colours of their own, such as logs: the colours are left out, and told.

use super::page::Page;
use crate::text::plural::count;
use crate::tui::theme::Role;
use anstyle_parse::{Params, Parser, Perform, Utf8Parser};

/// A text with colour codes, without them; `None` for one that has none. Every other
/// control sequence stays, to be shown as marks.
pub(super) fn left_out(source: &str) -> Option<Page> {
    if !source.contains("\u{1b}[") {
        return None;
    }
    let mut parser = Parser::<Utf8Parser>::new();
    let (mut page, mut colours, mut start) = (Page::default(), 0, 0);
    for (at, &byte) in source.as_bytes().iter().enumerate() {
        let mut unit = Unit::Unfinished;
        parser.advance(&mut unit, byte);
        match unit {
            // A broken sequence may end within a character.
            _ if !source.is_char_boundary(at + 1) => continue,
            Unit::Unfinished => continue,
            Unit::Colour => colours += 1,
            Unit::Other => page.copy(source, start..at + 1, Role::Text),
        }
        start = at + 1;
    }
    page.copy(source, start..source.len(), Role::Text);
    page.detail = Some(format!("{} left out", count(colours, "colour code")));
    (colours > 0).then_some(page)
}

/// A unit that a byte completed.
enum Unit {
    Unfinished,
    Colour,
    Other,
}

impl Perform for Unit {
    fn print(&mut self, _: char) {
        *self = Unit::Other;
    }

    fn execute(&mut self, _: u8) {
        *self = Unit::Other;
    }

    fn csi_dispatch(&mut self, _: &Params, intermediates: &[u8], _: bool, action: u8) {
        *self = if action == b'm' && intermediates.is_empty() { Unit::Colour } else { Unit::Other };
    }

    fn esc_dispatch(&mut self, _: &[u8], _: bool, _: u8) {
        *self = Unit::Other;
    }

    fn osc_dispatch(&mut self, _: &[&[u8]], _: bool) {
        *self = Unit::Other;
    }
}
