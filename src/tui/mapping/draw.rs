//! Drawing the mapping screen: a field a block, with the place it is taken from and what stands there.

use super::MappingScreen;
use crate::domain::mapping::{FieldProposal, TakenFrom};
use crate::tui::theme::Theme;
use crate::tui::widget::text::{data, fit, spread};
use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Widget};

/// Cells before a field's place: a sign and the longest name.
const NAME: usize = 17;

/// Rows of a value, of the field that is looked at and of another.
const ROWS: (usize, usize) = (6, 1);

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
        let foot = self.foot(width, theme);
        let room = usize::from(area.height).saturating_sub(rows.len() + foot.len());
        rows.extend(self.fields(width, room, theme));
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

    /// The rows of the fields, scrolled so that the one that is looked at is whole among them.
    fn fields(&self, width: usize, room: usize, theme: &Theme) -> Vec<Line<'static>> {
        let (mut rows, mut start, mut end) = (Vec::new(), 0, 0);
        for (at, field) in self.proposal.fields.iter().enumerate() {
            let is_chosen = at == self.field;
            if is_chosen {
                start = rows.len();
            }
            rows.extend(self.field(field, is_chosen, width, theme));
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
        let left = self.proposal.left_over();
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

    fn foot(&self, width: usize, theme: &Theme) -> Vec<Line<'static>> {
        let said = match &self.notice {
            Some(notice) => data(&format!(" ! {notice}"), theme.warning(), theme),
            None => data(&format!(" {}", self.proposal.mapping()), theme.dim(), theme),
        };
        let keys = [
            ("↑↓", "field"),
            ("←→", "another place"),
            ("x", "none"),
            ("tab", "next record"),
            ("enter", "take it"),
            ("q", "leave"),
        ];
        let hints = keys.iter().flat_map(|(key, what)| {
            [Span::raw(" "), Span::styled(*key, theme.key()), Span::styled(format!(" {what} "), theme.dim())]
        });
        vec![rule(width, theme), Line::from(fit(said, width)), Line::from(fit(hints.collect(), width))]
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
