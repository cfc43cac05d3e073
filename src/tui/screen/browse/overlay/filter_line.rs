//! The line in which the browser's filter is written, in the place where it stands. The table
//! follows as one types, and what may be written next stands between the two.

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
use crate::tui::widget::text::{data, spread};
use crate::tui::widget::text_field::TextField;
use crate::tui::worker::{BrowseReply, BrowseRequest, Reply};
use crossterm::event::KeyCode;
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Widget};
use std::collections::HashMap;
use unicode_width::UnicodeWidthStr;

/// What stands before the filter while it is written.
const PROMPT: &str = "/ ";

/// Cells between two suggestions.
const GAP: usize = 2;

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

    /// What may come next, side by side, and what the one under the cursor means.
    fn suggestions(&self, width: usize, theme: &Theme) -> Line<'static> {
        let options = &self.completion.options;
        let detail = options.get(self.cursor.at).map(|option| cut(&option.detail, width / 3)).unwrap_or_default();
        let room = width.saturating_sub(detail.width() + 1);
        let page = options.iter().map(|option| option.text.width() + GAP).scan(0, |used, width| {
            *used += width;
            Some(*used / room.max(1))
        });
        let pages: Vec<usize> = page.collect();
        let chosen = pages.get(self.cursor.at);
        let seen = options.iter().enumerate().filter(|(at, _)| pages.get(*at) == chosen);
        let spans = seen.flat_map(|(at, option)| {
            let style = if at == self.cursor.at { theme.selection() } else { theme.text() };
            [data(&option.text, style, theme), vec![Span::raw(" ".repeat(GAP))]].concat()
        });
        spread(spans.collect(), vec![Span::styled(detail, theme.dim())], width)
    }

    /// What is wrong with the filter, below the place where it is; else how one is written.
    fn said(&self, browse: &Browse, width: usize, theme: &Theme) -> Line<'static> {
        let Some(error) = &browse.filter.error else {
            let help = "words are sought in the texts; field:value, blanks join, or, ( ), - for not";
            return Line::styled(cut(help, width), theme.dim());
        };
        let at = browse.filter.text[..error.at.start].width();
        let long = browse.filter.text[error.at.clone()].width().max(1);
        let hint = error.hint.as_ref().map(|hint| format!(" · {hint}")).unwrap_or_default();
        let told = format!("{error}{hint}");
        let carets = "^".repeat(long);
        // Beside the carets where there is room, else alone.
        let line = match at + long + 1 + told.width() <= width {
            true => format!("{}{carets} {told}", " ".repeat(at)),
            false => told,
        };
        Line::from(data(&cut(&line, width), theme.warning(), theme))
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

    /// Takes the place of the filter and of what lies between it and the rows: those are seen
    /// while they follow.
    fn draw(&mut self, area: Rect, buf: &mut Buffer, browse: &mut Browse, ctx: &AppContext) {
        let theme = &ctx.theme;
        let place = Rect { y: area.y + 1, height: 3, ..area }.intersection(area);
        Clear.render(place, buf);
        buf.set_style(place, theme.base());
        let inner = Rect { x: place.x + 1, width: place.width.saturating_sub(2), ..place };
        let [line, said, suggestions] = Layout::vertical([Constraint::Length(1); 3]).areas(inner);
        let sign = Span::styled(PROMPT, theme.key());
        let indent = sign.width() as u16;
        sign.render(line, buf);
        let [line, said, suggestions] = [line, said, suggestions].map(|row| Rect {
            x: row.x + indent,
            width: row.width.saturating_sub(indent),
            ..row
        });
        self.text.draw(line, buf, theme);
        let width = usize::from(said.width);
        self.said(browse, width, theme).render(said, buf);
        self.suggestions(width, theme).render(suggestions, buf);
    }
}
