//! The terminal's background, asked of the terminal itself.

use super::theme::{Background, Theme};
use crate::config::ThemeChoice;
use terminal_colorsaurus::{QueryOptions, ThemeMode, theme_mode};

/// The theme that was chosen, in the variant that suits the terminal.
pub fn theme(choice: ThemeChoice, colours: bool) -> Theme {
    match (colours, choice) {
        (false, _) => Theme::plain(),
        // These bring their own background, so that there is nothing to ask.
        (true, ThemeChoice::Dark | ThemeChoice::Light) => Theme::load(choice, None),
        (true, _) => Theme::load(choice, ask()),
    }
}

/// `None` where the terminal does not say.
fn ask() -> Option<Background> {
    match theme_mode(QueryOptions::default()).ok()? {
        ThemeMode::Dark => Some(Background::Dark),
        ThemeMode::Light => Some(Background::Light),
    }
}
