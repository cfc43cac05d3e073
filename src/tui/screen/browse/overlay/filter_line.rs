//! The line in which the browser's filter is written. The table follows as one types,
//! and what may be written next stands below.

use crate::domain::filter::{Completion, complete};
use crate::domain::record::RecordField;
use crate::text::fit::cut;
use crate::tui::action::Action;
use crate::tui::app_context::AppContext;
use crate::tui::context::Context;
use crate::tui::keymap::KeyPress;
use crate::tui::overlay::{Outcome, Overlay};
use crate::tui::screen::browse::Browse;
use crate::tui::theme::Theme;
use crate::tui::widget::list::Cursor;
use crate::tui::widget::popup::{self, Anchor};
use crate::tui::widget::text::{data, spread};
use crate::tui::widget::text_field::TextField;
use crate::tui::worker::{BrowseReply, BrowseRequest, Reply};
use crossterm::event::KeyCode;
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;
use std::collections::HashMap;

/// Suggestions that are seen at once.
const SUGGESTIONS: u16 = 8;

/// A filter under way.
pub struct FilterLine {
    text: TextField,
    /// The filter that stood there before.
    before: String,
    completion: Completion,
    cursor: Cursor,
    /// Values of fields that the store knows, by what they were asked for with.
    known: HashMap<(RecordField, String), Vec<String>>,
}

impl FilterLine {
    /// The browser's filter, to be changed; what may be written is told at once.
    pub fn begin(browse: &Browse, ctx: &mut AppContext) -> Self {
        let text = &browse.filter.text;
        let (before, completion, cursor) = (text.clone(), Completion::default(), Cursor::default());
        let mut line = Self { text: TextField::new(text), before, completion, cursor, known: HashMap::new() };
        line.suggest(browse, ctx);
        line
    }

    /// The text has changed, or the cursor in it.
    fn follow(&mut self, browse: &mut Browse, ctx: &mut AppContext) {
        browse.set_filter(&self.text.text(), ctx);
        self.suggest(browse, ctx);
    }

    fn suggest(&mut self, browse: &Browse, ctx: &mut AppContext) {
        let known = &mut self.known;
        let mut ask = |field: RecordField, begun: &str| {
            let key = (field, begun.to_owned());
            known.get(&key).cloned().unwrap_or_else(|| {
                known.insert(key, Vec::new()); // asked for once
                ctx.ask(BrowseRequest::Known { queue: browse.name.clone(), field, begun: begun.into() });
                Vec::new()
            })
        };
        self.completion = complete(&self.text.text(), self.text.cursor(), &browse.words, &mut ask);
        self.cursor = Cursor::default();
    }

    /// Puts the suggestion in that the cursor is on.
    fn accept(&mut self) {
        let Some(option) = self.completion.options.get(self.cursor.at) else { return };
        let mut text = self.text.text();
        let range = self.completion.range.clone();
        let end = range.start + option.text.len();
        text.replace_range(range, &option.text);
        self.text = TextField::at(&text, end);
    }

    fn draw_suggestions(&mut self, area: Rect, buf: &mut Buffer, theme: &Theme) {
        let options = &self.completion.options;
        for (at, row) in self.cursor.arrange(area, options.len(), |_| 1) {
            let option = &options[at];
            let left = data(&option.text, theme.text(), theme);
            let detail = cut(&option.detail, usize::from(row.width) / 2);
            spread(left, vec![Span::styled(detail, theme.dim())], row.width.into()).render(row, buf);
            if at == self.cursor.at {
                buf.set_style(row, theme.selection());
            }
        }
    }
}

impl Overlay<Browse> for FilterLine {
    fn context(&self) -> Context {
        Context::Filter
    }

    fn keys(&self) -> &'static [Action] {
        &[Action::Run, Action::TakeSuggestion, Action::Down, Action::Up, Action::Cancel]
    }

    fn key(&mut self, key: KeyPress, browse: &mut Browse, ctx: &mut AppContext) -> Outcome<Browse> {
        match key.action {
            Some(Action::Run) => return Outcome::Close,
            Some(Action::Cancel) => {
                browse.set_filter(&self.before, ctx);
                return Outcome::Close;
            }
            Some(Action::TakeSuggestion) => self.accept(),
            Some(action @ (Action::Up | Action::Down)) => {
                self.cursor.act(action, self.completion.options.len());
                return Outcome::Stay;
            }
            _ if key.event.code == KeyCode::Enter => return Outcome::Stay,
            _ => self.text.key(key.event),
        }
        self.follow(browse, ctx);
        Outcome::Stay
    }

    fn paste(&mut self, pasted: &str, browse: &mut Browse, ctx: &mut AppContext) {
        self.text.paste(&pasted.replace(['\n', '\r'], " "));
        self.follow(browse, ctx);
    }

    fn reply(&mut self, reply: Reply, browse: &mut Browse, ctx: &mut AppContext) -> Option<Reply> {
        match reply {
            Reply::Browse(BrowseReply::Known { field, begun, values }) => {
                self.known.insert((field, begun), values);
                self.suggest(browse, ctx);
                ctx.stale_frame = true;
                None
            }
            other => Some(other),
        }
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, browse: &mut Browse, ctx: &AppContext) {
        let theme = &ctx.theme;
        let suggestions = (self.completion.options.len() as u16).min(SUGGESTIONS);
        let width = area.width.saturating_sub(6).min(100);
        let below = Rect { y: area.y + 2, height: area.height.saturating_sub(2), ..area };
        let room = popup::draw(below, (width, 3 + suggestions), Anchor::Top, "Filter", buf, theme);
        let parts = [1, 1, 1, suggestions].map(Constraint::Length);
        let [line, caret, below, list] = Layout::vertical(parts).areas(room);
        self.text.draw(line, buf, theme);
        match &browse.filter.error {
            Some(error) => {
                let at = unicode_width::UnicodeWidthStr::width(&browse.filter.text[..error.at.start]);
                let long = browse.filter.text[error.at.clone()].chars().count().max(1);
                let carets = format!("{}{}", " ".repeat(at), "^".repeat(long));
                Line::styled(cut(&carets, caret.width.into()), theme.warning()).render(caret, buf);
                let hint = error.hint.as_ref().map(|hint| format!(" · {hint}")).unwrap_or_default();
                let said = cut(&format!("{error}{hint}"), below.width.into());
                Line::from(data(&said, theme.warning(), theme)).render(below, buf);
            }
            None => Line::styled("words are sought in the texts; field:value, or, ( ), - for not", theme.dim())
                .render(below, buf),
        }
        self.draw_suggestions(list, buf, theme);
    }
}
