//! Any text is laid out as any kind of content, drawn at any width, found in and pointed at.
//! The first byte says how wide the pane is.

#![no_main]

use karat_fuzz::domain::item::{Content, ContentKind};
use karat_fuzz::tui::render::{self, Look};
use karat_fuzz::tui::rich_text::{Highlight, Part, RichText, TextRange, Viewport};
use karat_fuzz::tui::theme::{HighlightKind, Theme};
use libfuzzer_sys::fuzz_target;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

fuzz_target!(|text: &str| {
    let width = u16::from(text.bytes().next().unwrap_or_default()).clamp(1, 120);
    for kind in [ContentKind::Text, ContentKind::Json, ContentKind::Chat] {
        let content = Content { kind, text: text.into() };
        for fold in [None, Some(1)] {
            let rich =
                RichText::new(render::sections("Output", &content, Some(Part::Output), Look { raw: false, fold }));
            read(&rich, text.len(), width);
        }
    }
});

fn read(text: &RichText, len: usize, width: u16) {
    let area = Rect::new(0, 0, width, 12);
    let (mut buf, mut viewport) = (Buffer::empty(area), Viewport::default());
    let range = TextRange::Source(Part::Output, len / 3..len / 2);
    for byte in [0, len / 2, len] {
        text.draw(
            area,
            &mut buf,
            &Theme::plain(),
            &mut viewport,
            &[Highlight { range: range.clone(), kind: HighlightKind::Match }],
        );
        let _ = text.visible(&viewport);
        let _ = text.at(&viewport, area, Position::new(width / 2, 6));
        viewport.reveal(text, Part::Output, byte);
    }
}
