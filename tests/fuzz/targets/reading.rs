//! Any text is laid out as any kind of content, drawn at any width, found in and pointed at.
//! The first byte says how wide the pane is.

#![no_main]

use karat::domain::item::{Content, ContentKind};
use karat::tui::paper::{Highlight, Paper, Part, Place, View};
use karat::tui::render::{self, Look};
use karat::tui::theme::{Glow, Theme};
use libfuzzer_sys::fuzz_target;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

fuzz_target!(|text: &str| {
    let width = u16::from(text.bytes().next().unwrap_or_default()).clamp(1, 120);
    for kind in [ContentKind::Text, ContentKind::Json, ContentKind::Chat] {
        let content = Content { kind, text: text.into() };
        for fold in [None, Some(1)] {
            let paper = Paper::new(render::sections("Output", &content, Some(Part::Output), Look { raw: false, fold }));
            read(&paper, text.len(), width);
        }
    }
});

fn read(paper: &Paper, len: usize, width: u16) {
    let area = Rect::new(0, 0, width, 12);
    let (mut buf, mut view) = (Buffer::empty(area), View::default());
    let place = Place::Source(Part::Output, len / 3..len / 2);
    for byte in [0, len / 2, len] {
        paper.draw(area, &mut buf, &Theme::plain(), &mut view, &[Highlight { place: place.clone(), glow: Glow::Match }]);
        let _ = paper.visible(&view);
        let _ = paper.at(&view, area, Position::new(width / 2, 6));
        view.reveal(paper, Part::Output, byte);
    }
}
