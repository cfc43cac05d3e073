//! Drawing the mapping screen: a field a block, with the place it is taken from and what stands there.

use super::MappingScreen;
use crate::domain::mapping::{FieldProposal, TakenFrom};
use crate::domain::mark::excerpt;
use crate::tui::action::Action;
use crate::tui::context::Context;
use crate::tui::theme::Theme;
use crate::tui::widget::text::{data, fit, spread, width_of};
use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Widget};

/// What the foot names, the most useful first.
const NAMED: [Action; 7] = [
    Action::Down,
    Action::NextPlace,
    Action::NoPlace,
    Action::NextRecord,
    Action::TakeMapping,
    Action::Leave,
    Action::Help,
];

/// Cells before a field's place: a sign and the longest name.
const NAME: usize = 17;

/// Rows of a value, of the field that is looked at and of another.
const ROWS: (usize, usize) = (6, 1);

/// Characters of a name that is left over.
const LONGEST: usize = 60;

/// Characters of a value that are looked at: it is shown in a few rows.
const SHOWN: usize = 2_000;

impl MappingScreen {
    pub fn draw(&self, frame: &mut Frame, theme: &Theme) {
        self.draw_in(frame.area(), frame.buffer_mut(), theme);
    }

    /// Head, fields, what is left over, and the foot.
    pub fn draw_in(&self, area: Rect, buf: &mut Buffer, theme: &Theme) {
        Clear.render(area, buf);
        buf.set_style(area, theme.base());
        let width = usize::from(area.width);
        let mut rows: Vec<Line> = self.head(width, theme);
        let foot = self.foot(area, theme);
        let room = usize::from(area.height).saturating_sub(rows.len() + foot.len());
        let top = Rect { y: area.y + rows.len() as u16, height: 1, ..area };
        rows.extend(if self.shows_keys { self.keys(room, theme) } else { self.fields(width, room, top, theme) });
        rows.resize_with(rows.len().max(usize::from(area.height).saturating_sub(foot.len())), Line::default);
        for (row, line) in rows.into_iter().chain(foot).take(usize::from(area.height)).enumerate() {
            line.render(Rect { y: area.y + row as u16, height: 1, ..area }, buf);
        }
    }

    fn head(&self, width: usize, theme: &Theme) -> Vec<Line<'static>> {
        let record = self.proposal.records.get(self.record).cloned().unwrap_or_default();
        let place = format!("record {} of {}: {record} ", self.record + 1, self.proposal.records.len());
        let title = vec![Span::styled(" Which field is what?", theme.heading())];
        let about = fit(data(&format!(" {}", self.about), theme.dim(), theme), width);
        vec![spread(title, data(&place, theme.dim(), theme), width), Line::from(about), rule(width, theme)]
    }

    /// Every key of the screen.
    fn keys(&self, room: usize, theme: &Theme) -> Vec<Line<'static>> {
        let help = self.keymap.help(Context::Mapping);
        let widest = help.iter().map(|(keys, _)| keys.chars().count()).max().unwrap_or(0);
        let rows = help.into_iter().map(|(keys, action)| {
            let key = Span::styled(format!("  {keys:<widest$}"), theme.key());
            Line::from(vec![key, Span::styled(format!("  {}", action.help()), theme.text())])
        });
        rows.take(room).collect()
    }

    /// The rows of the fields below `top`, scrolled so that the one that is looked at is whole among them.
    fn fields(&self, width: usize, room: usize, top: Rect, theme: &Theme) -> Vec<Line<'static>> {
        let (mut rows, mut start, mut end, mut fields) = (Vec::new(), 0, 0, Vec::new());
        for (at, field) in self.proposal.fields.iter().enumerate() {
            let is_chosen = at == self.field;
            if is_chosen {
                start = rows.len();
            }
            rows.extend(self.field(field, is_chosen, width, theme));
            fields.resize(rows.len(), at);
            if is_chosen {
                end = rows.len();
            }
        }
        rows.extend(self.left_over(width, theme));
        // The last field is seen with what is left over.
        if self.field + 1 == self.proposal.fields.len() {
            end = rows.len();
        }
        let first = end.saturating_sub(room).min(start);
        let seen = fields.into_iter().skip(first).take(room).enumerate();
        self.drawn.borrow_mut().fields = seen.map(|(row, at)| (Rect { y: top.y + row as u16, ..top }, at)).collect();
        rows.into_iter().skip(first).take(room).collect()
    }

    fn field(&self, field: &FieldProposal, is_looked_at: bool, width: usize, theme: &Theme) -> Vec<Line<'static>> {
        let sign = if is_looked_at { "▸ " } else { "  " };
        let style = if is_looked_at { theme.accent() } else { theme.text() };
        let name = Span::styled(format!("{sign}{:<rest$}", field.target.to_string(), rest = NAME - 2), style);
        let which = match field.candidates.len() {
            count if is_looked_at && count > 0 => {
                let which = field.chosen.map_or("none".to_owned(), |at| (at + 1).to_string());
                vec![Span::styled(format!("‹ {which} of {count} › "), theme.accent())]
            }
            _ => Vec::new(),
        };
        let Some(chosen) = field.chosen() else {
            let told = match (field.is_required(), field.candidates.is_empty()) {
                (true, _) => "no place yet, and an item needs one",
                (false, true) => "nothing looks like it",
                (false, false) => "left out",
            };
            let style = if field.is_required() { theme.warning() } else { theme.dim() };
            return vec![spread(vec![name, Span::styled(told, style)], which, width)];
        };
        let mut line = vec![name];
        line.extend(data(&chosen.from.to_string(), style, theme));
        line.extend(data(&format!("  {}", chosen.reason), theme.dim(), theme));
        let mut rows = vec![spread(line, which, width)];
        if chosen.from != TakenFrom::Hash {
            let most = if is_looked_at { ROWS.0 } else { ROWS.1 };
            rows.extend(value(chosen.values.get(self.record), most, width, theme));
        }
        rows
    }

    fn left_over(&self, width: usize, theme: &Theme) -> Vec<Line<'static>> {
        let left: Vec<String> = self.proposal.left_over().iter().map(|place| excerpt(place, LONGEST)).collect();
        let told = if left.is_empty() { "nothing".to_owned() } else { left.join("  ") };
        let mut rows = vec![Line::default()];
        let texts = textwrap::wrap(&told, width.saturating_sub(NAME + 1).max(10));
        for (row, text) in texts.into_iter().enumerate() {
            let name = if row == 0 { "  kept in meta" } else { "" };
            let mut line = vec![Span::styled(format!("{name:<NAME$}"), theme.text())];
            line.extend(data(&text, theme.dim(), theme));
            rows.push(Line::from(line));
        }
        rows
    }

    /// The line that says the same, and the keys.
    fn foot(&self, area: Rect, theme: &Theme) -> Vec<Line<'static>> {
        let width = usize::from(area.width);
        let said = match &self.notice {
            Some(notice) => data(&format!(" ! {notice}"), theme.warning(), theme),
            None => data(&format!(" {}", self.proposal.mapping()), theme.dim(), theme),
        };
        let (mut spans, mut places) = (Vec::new(), Vec::new());
        for action in NAMED {
            let Some(key) = self.keymap.first_key(Context::Mapping, action) else { continue };
            let label = Span::styled(format!(" {} ", action.label_in(Context::Mapping)), theme.dim());
            let hint = [Span::raw(" "), Span::styled(key.label(), theme.key()), label];
            let x = area.x + width_of(&spans) as u16;
            let place = Rect { x, y: area.bottom().saturating_sub(1), width: width_of(&hint) as u16, height: 1 };
            places.push((place.intersection(area), key));
            spans.extend(hint);
        }
        let mut drawn = self.drawn.borrow_mut();
        (drawn.keys, drawn.fields) = (places, Vec::new());
        vec![rule(width, theme), Line::from(fit(said, width)), Line::from(fit(spans, width))]
    }
}

fn rule(width: usize, theme: &Theme) -> Line<'static> {
    Line::styled("─".repeat(width), theme.track())
}

/// The first rows of a value, below the place it is from.
fn value(value: Option<&Result<String, String>>, most: usize, width: usize, theme: &Theme) -> Vec<Line<'static>> {
    let (text, style) = match value {
        None => return Vec::new(),
        Some(Ok(text)) if text.is_empty() => ("(empty)", theme.dim()),
        Some(Ok(text)) if text.trim().is_empty() => ("(nothing but blanks)", theme.dim()),
        Some(Ok(text)) => (text.as_str(), theme.text()),
        Some(Err(reason)) => (reason.as_str(), theme.warning()),
    };
    let start: String = text.chars().take(SHOWN).map(|c| if c == '\t' { ' ' } else { c }).collect();
    let room = width.saturating_sub(NAME + 1).max(10);
    let wrapped = textwrap::wrap(&start, room);
    let is_cut = wrapped.len() > most || start.len() < text.len();
    let rows = wrapped.iter().take(most).enumerate().map(|(row, line)| {
        let more = if is_cut && row + 1 == most.min(wrapped.len()) { " …" } else { "" };
        let spans = data(&format!("{line}{more}"), style, theme);
        Line::from([vec![Span::raw(" ".repeat(NAME))], fit(spans, room)].concat())
    });
    rows.collect()
}
