//! The floor of the screen: a program that paints one line, which changes with every key.

use color_eyre::eyre::Result;
use ratatui::crossterm::event::{self, Event, KeyCode, KeyEventKind};

/// What the line says after `keys` keys.
pub(crate) fn text(keys: usize) -> String {
    format!("{keys} keys so far.")
}

/// Counts keys until `q`.
pub(crate) fn run() -> Result<()> {
    let mut terminal = ratatui::init();
    for keys in 0.. {
        terminal.draw(|frame| frame.render_widget(text(keys), frame.area()))?;
        if key()? == KeyCode::Char('q') {
            break;
        }
    }
    ratatui::restore();
    Ok(())
}

fn key() -> Result<KeyCode> {
    loop {
        match event::read()? {
            Event::Key(key) if key.kind == KeyEventKind::Press => return Ok(key.code),
            _ => {}
        }
    }
}
