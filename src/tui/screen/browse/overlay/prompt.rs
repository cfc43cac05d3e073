//! The prompt for one line.

use crate::store::BulkAction;
use crate::text::fit::cut;
use crate::tui::action::Action;
use crate::tui::app_context::{AppContext, Tone};
use crate::tui::context::Context;
use crate::tui::keymap::KeyPress;
use crate::tui::overlay::{Outcome, Overlay};
use crate::tui::screen::browse::Browse;
use crate::tui::widget::popup::{self, Anchor};
use crate::tui::widget::text_field::TextField;
use crate::tui::worker::BrowseRequest;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Widget;

/// The purpose of the line.
enum For {
    Tags,
    Priority,
    /// The reason why the items are examples, with tags.
    Golden,
    /// The name of this filter.
    FilterName(String),
}

/// A line under way.
pub struct Prompt {
    of: For,
    text: TextField,
}

impl Prompt {
    pub fn tags() -> Self {
        Self { of: For::Tags, text: TextField::new("") }
    }

    pub fn priority() -> Self {
        Self { of: For::Priority, text: TextField::new("") }
    }

    pub fn golden() -> Self {
        Self { of: For::Golden, text: TextField::new("") }
    }

    pub fn filter_name(filter: &str) -> Self {
        Self { of: For::FilterName(filter.into()), text: TextField::new("") }
    }

    fn title(&self) -> &'static str {
        match self.of {
            For::Tags => "Tags",
            For::Priority => "Priority",
            For::Golden => "Golden examples",
            For::FilterName(_) => "Save the filter",
        }
    }

    fn hint(&self) -> String {
        match &self.of {
            For::Tags => "a tag is added; -tag is taken off; spaces between them".into(),
            For::Priority => "a whole number; higher is served first".into(),
            For::Golden => "what they show, in a sentence; #typical is a tag; may be empty".into(),
            For::FilterName(filter) => format!("a name without spaces, for: {filter}"),
        }
    }

    fn run(&self, browse: &mut Browse, ctx: &mut AppContext) -> Outcome<Browse> {
        let text = self.text.text();
        match &self.of {
            For::Tags => match tags(&text) {
                Some(action) => return Outcome::swap(browse.ask(action)),
                None => ctx.set_status(Tone::Warning, "write at least one tag"),
            },
            For::Priority => match text.trim().parse() {
                Ok(priority) => return Outcome::swap(browse.ask(BulkAction::Prioritise(priority))),
                Err(_) => ctx.set_status(Tone::Warning, "a priority is a whole number, such as 10 or -5"),
            },
            For::Golden => return Outcome::swap(browse.ask(golden(&text))),
            For::FilterName(filter) => {
                let (queue, name) = (browse.name.clone(), text.trim().to_owned());
                ctx.ask(BrowseRequest::SaveFilter { queue, name, text: filter.clone() });
                return Outcome::Close;
            }
        }
        Outcome::Stay
    }
}

/// Tags to add and, behind a `-`, to take off.
fn tags(text: &str) -> Option<BulkAction> {
    let (remove, add): (Vec<_>, Vec<_>) = text.split_whitespace().partition(|word| word.starts_with('-'));
    let named = |words: Vec<&str>| -> Vec<String> {
        let names = words.into_iter().map(|word| word.trim_start_matches(['-', '+', '#']).to_owned());
        names.filter(|name| !name.is_empty()).collect()
    };
    let (add, remove) = (named(add), named(remove));
    (!add.is_empty() || !remove.is_empty()).then_some(BulkAction::Tag { add, remove })
}

/// Words behind a `#` are tags, the others tell why.
fn golden(text: &str) -> BulkAction {
    let (tags, why): (Vec<_>, Vec<_>) =
        text.split_whitespace().partition(|word| word.len() > 1 && word.starts_with('#'));
    BulkAction::Keep { tags: tags.iter().map(|tag| tag[1..].to_owned()).collect(), why: why.join(" ") }
}

impl Overlay<Browse> for Prompt {
    fn context(&self) -> Context {
        Context::Prompt
    }

    fn keys(&self) -> &'static [Action] {
        &[Action::Run, Action::Cancel]
    }

    fn key(&mut self, key: KeyPress, browse: &mut Browse, ctx: &mut AppContext) -> Outcome<Browse> {
        match key.action {
            Some(Action::Run) => return self.run(browse, ctx),
            Some(Action::Cancel) => return Outcome::Close,
            _ => self.text.key(key.event),
        }
        Outcome::Stay
    }

    fn paste(&mut self, pasted: &str, _: &mut Browse, _: &mut AppContext) {
        self.text.paste(&pasted.replace(['\n', '\r'], " "));
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, _: &mut Browse, ctx: &AppContext) {
        let theme = &ctx.theme;
        let room =
            popup::draw(area, (area.width.saturating_sub(8).min(64), 2), Anchor::Centre, self.title(), buf, theme);
        let [line, hint] = [0, 1].map(|row| Rect { y: room.y + row, height: 1, ..room }.intersection(room));
        self.text.draw(line, buf, theme);
        Line::styled(cut(&self.hint(), hint.width.into()), theme.dim()).render(hint, buf);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_added_and_taken_off() {
        let of = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        let expected = BulkAction::Tag { add: of(&["edge-case", "typical"]), remove: of(&["new"]) };
        assert_eq!(tags(" edge-case -new #typical - "), Some(expected));
        assert_eq!(tags("  "), None);
    }

    #[test]
    fn examples_have_tags_and_a_sentence() {
        let expected = BulkAction::Keep { tags: vec!["typical".into()], why: "a refund told # times".into() };
        assert_eq!(golden(" a refund #typical told # times"), expected);
    }
}
