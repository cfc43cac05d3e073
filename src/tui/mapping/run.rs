//! The loop of the mapping screen, which is there before there is a workspace.

use super::{Answer, MappingScreen};
use crate::config::ThemeChoice;
use crate::tui::input::{Input, Received};
use crate::tui::signals::{self, OsEvent, Signals};
use crate::tui::terminal::Terminal;
use crate::tui::theme::Theme;
use color_eyre::eyre::{Result, WrapErr};

/// Shows the screen until the person takes what is chosen, or leaves. `theme` is `None` for no colours.
pub fn run(screen: &mut MappingScreen, theme: Option<ThemeChoice>) -> Result<Answer> {
    let theme = theme.map_or_else(Theme::plain, |choice| Theme::load(choice, None));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut signals = Signals::new()?; // first, so that no change of the terminal's size is missed
        let mut terminal = Terminal::take().wrap_err("the terminal cannot be set up")?;
        let mut input = Input::new().wrap_err("the terminal cannot be read")?;
        loop {
            terminal.draw(|frame| screen.draw(frame, &theme))?;
            let received = tokio::select! {
                biased;
                event = signals.next() => match event {
                    OsEvent::Terminate(_) => return Ok(Answer::Leave),
                    OsEvent::Resized => {
                        terminal.resize()?;
                        continue;
                    }
                    OsEvent::Continued => {
                        terminal.lend(|| ())?;
                        continue;
                    }
                },
                received = input.next() => received,
            };
            match received {
                Received::Event(event) => match screen.update(&event) {
                    Some(Answer::Redraw) => terminal.forget()?,
                    Some(Answer::Suspend) => {
                        terminal.lend(signals::stop)?.wrap_err("the program cannot be suspended")?;
                    }
                    Some(answer) => return Ok(answer),
                    None => {}
                },
                Received::Answer(_) => {}
                Received::Lost => return Ok(Answer::Leave),
            }
        }
    })
}
