//! The opinions that disagree, beside each other and without names, for who settles them: what
//! differs has a sign, and the marks of each stand in the output in a style of their own.

use super::OpenItem;
use crate::domain::adjudication::{Side, differ, letter};
use crate::domain::decision::{Judgement, Verdict};
use crate::domain::mark::{Mark, excerpt};
use crate::domain::spec::{Criterion, Spec};
use crate::domain::time::UtcMillis;
use crate::text::fit::{clipped, cut};
use crate::tui::action::Action;
use crate::tui::app_context::AppContext;
use crate::tui::context::Context;
use crate::tui::rich_text::{Highlight, Part, Shown, TextRange};
use crate::tui::screen::review::panes::Pane;
use crate::tui::text_view::Scroll;
use crate::tui::theme::{HighlightKind, Theme};
use crate::tui::widget::categories::{severity_sign, severity_style};
use crate::tui::widget::text::{data, spread, width_of};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;
use std::ops::Range;
use std::sync::Arc;

/// A column is not narrower: then the opinions stand one under the other.
const NARROWEST: usize = 30;

const RULE: &str = " │ ";
const RULE_WIDTH: usize = 3;

/// The sign of what differs, with the blank behind it.
const DIFFERS: &str = "≠ ";
const MARGIN: usize = 2;

/// Rows of a note, and of a correction, at most.
const NOTE_ROWS: usize = 60;
const CORRECTION_ROWS: usize = 30;

/// Characters of either that are laid out.
const LAID_OUT: usize = 8_000;

/// Rows of the frame.
const FRAME_ROWS: u16 = 2;

/// The place in the opinions, and where each has marks in the output.
#[derive(Debug, Default)]
pub struct OpinionsView {
    /// The bytes under each mark, with the opinion that has it.
    marks: Vec<(usize, Range<usize>)>,
    top: usize,
    rows: usize,
    height: usize,
}

impl OpinionsView {
    pub(super) fn new(sides: &[Side], output: &str) -> Self {
        let of_side = |(at, side): (usize, &Side)| {
            side.draft.marks.iter().filter_map(move |mark| Some((at, mark.bytes(output)?))).collect::<Vec<_>>()
        };
        Self { marks: sides.iter().enumerate().flat_map(of_side).collect(), ..Self::default() }
    }

    pub fn scroll(&mut self, scroll: Scroll) {
        let page = self.height.max(1);
        let by = match scroll {
            Scroll::Rows(rows) => rows,
            Scroll::Pages(pages) => pages * page as isize,
            Scroll::Top => -(self.rows as isize),
            Scroll::Bottom => self.rows as isize,
        };
        self.top = self.top.saturating_add_signed(by).min(self.rows.saturating_sub(page));
    }

    /// Draws what is seen of the lines.
    pub fn draw(&mut self, lines: Vec<Line<'static>>, area: Rect, buf: &mut Buffer) {
        (self.rows, self.height) = (lines.len(), area.height.into());
        self.top = self.top.min(self.rows.saturating_sub(self.height));
        lines.into_iter().skip(self.top).zip(area.rows()).for_each(|(line, row)| line.render(row, buf));
    }

    /// Where there is more than is seen.
    pub fn more(&self) -> Option<String> {
        let arrows = [(self.top > 0, "↑"), (self.top + self.height < self.rows, "↓ more")];
        let arrows: Vec<_> = arrows.into_iter().filter_map(|(is, arrow)| is.then_some(arrow)).collect();
        (!arrows.is_empty()).then(|| arrows.join(" "))
    }

    /// The marks of all opinions, each in the style of its own.
    pub(super) fn highlights(&self, pane: Pane) -> Vec<Highlight> {
        let marks = self.marks.iter().filter(|_| pane == Pane::Output);
        let highlight = |(side, range): &(usize, Range<usize>)| Highlight {
            range: TextRange::Source(Part::Output, range.clone()),
            kind: kind_of(*side),
        };
        marks.map(highlight).collect()
    }

    /// Writes whose marks stand in a row into the column right of the rows.
    pub fn draw_gutter(&self, (area, rows): (Rect, Vec<Shown>), buf: &mut Buffer, theme: &Theme) {
        for (row, shown) in area.rows().zip(rows) {
            let is_here = |range: &Range<usize>| {
                let overlaps = |shown: &Range<usize>| shown.start < range.end && range.start < shown.end;
                shown.iter().any(|(part, shown)| *part == Part::Output && overlaps(shown))
            };
            let mut here = self.marks.iter().filter(|(_, range)| is_here(range)).map(|(side, _)| *side);
            let Some(first) = here.next() else { continue };
            let sign = if here.any(|side| side != first) { '+' } else { letter(first) };
            if row.right() < buf.area.right() {
                buf[(row.right(), row.y)].set_char(sign).set_style(theme.highlight(kind_of(first)));
            }
        }
    }
}

fn kind_of(side: usize) -> HighlightKind {
    match side {
        0 => HighlightKind::SideA,
        1 => HighlightKind::SideB,
        _ => HighlightKind::SideC,
    }
}

impl OpenItem {
    /// Whether a verdict settles others' opinions, which is told why they disagree.
    pub fn settles(&self, verdict: Verdict) -> bool {
        !self.served.opinions.sides.is_empty() && verdict != Verdict::Escalate
    }

    /// The judgement that takes all that an opinion put down; what the spec in force does not
    /// know is left out of it.
    pub fn judgement_of_side(&self, side: usize, spec: &Spec, now: UtcMillis) -> Option<Judgement> {
        let side = self.served.opinions.sides.get(side)?;
        let mut draft = Arc::clone(&side.draft);
        super::forget_unknown(Arc::make_mut(&mut draft), &self.served.item.output.text, spec);
        let before = Some(Arc::clone(&self.draft));
        Some(Judgement { draft, before, ..self.judgement(side.verdict, now) })
    }

    /// The rows that the opinions take below the texts, in a body of some size: as many as they
    /// need, and there may be.
    pub fn opinion_rows(&self, spec: &Spec, body: Rect, focus: Pane, ctx: &AppContext) -> u16 {
        let most = match focus {
            Pane::Opinions => body.height * 3 / 5,
            Pane::Rubric => FRAME_ROWS + 1,
            _ => body.height * 2 / 5,
        };
        let width = body.width.saturating_sub(4);
        let rows = self.opinion_lines(spec, width, ctx).len() as u16;
        (rows + FRAME_ROWS).min(most)
    }

    /// The opinions beside each other, or one under the other where there is no room for that.
    pub fn opinion_lines(&self, spec: &Spec, width: u16, ctx: &AppContext) -> Vec<Line<'static>> {
        let sides = &self.served.opinions.sides;
        let width = usize::from(width);
        let column = (width + RULE_WIDTH) / sides.len().max(1);
        let column = column.saturating_sub(RULE_WIDTH);
        if column >= NARROWEST || sides.len() < 2 {
            let pen = Pen { sides, spec, width: column, ctx };
            return pen.sections().into_iter().flat_map(|section| beside(section, column, ctx.theme.track())).collect();
        }
        let pen = Pen { sides, spec, width, ctx };
        let mut stacked = vec![Vec::new(); sides.len()];
        for section in pen.sections() {
            stacked.iter_mut().zip(section).for_each(|(side, lines)| side.extend(lines));
        }
        std::iter::once(pen.in_short()).chain(stacked.into_iter().flatten()).collect()
    }
}

/// The lines of each opinion on one thing.
type Section = Vec<Vec<Line<'static>>>;

/// Lines of opinions in columns.
fn beside(section: Section, column: usize, rule: Style) -> Vec<Line<'static>> {
    let rows = section.iter().map(Vec::len).max().unwrap_or(0);
    let mut section: Vec<_> = section.into_iter().map(Vec::into_iter).collect();
    let row = |_| {
        let mut spans: Vec<Span<'static>> = Vec::new();
        for (at, side) in section.iter_mut().enumerate() {
            if at > 0 {
                spans.push(Span::styled(RULE, rule));
            }
            let line = side.next().unwrap_or_default();
            let gap = column.saturating_sub(line.width());
            spans.extend(line.spans);
            spans.push(Span::raw(" ".repeat(gap)));
        }
        Line::from(spans)
    };
    (0..rows).map(row).collect()
}

/// What opinions are written with.
struct Pen<'a> {
    sides: &'a [Side],
    spec: &'a Spec,
    /// Columns of an opinion.
    width: usize,
    ctx: &'a AppContext,
}

impl Pen<'_> {
    /// What the opinions say of each thing: what differs comes first.
    fn sections(&self) -> Vec<Section> {
        let scored = self.spec.criteria.iter().filter(|of| self.sides.iter().any(|side| score(side, of).is_some()));
        let (differing, alike): (Vec<_>, Vec<_>) = scored.partition(|of| differ(self.sides, |side| score(side, of)));
        let score = |criterion: &&Criterion| self.section(|_, side| self.score(criterion, side));
        let mut sections =
            vec![self.section(|at, side| self.heading(at, side)), self.section(|_, side| self.categories(side))];
        sections.extend(differing.iter().map(score));
        sections.push(self.section(|at, side| self.marks(at, side)));
        sections.push(self.section(|_, side| self.note(side)));
        sections.push(self.section(|_, side| self.correction(side)));
        sections.extend(alike.iter().map(score));
        sections
    }

    fn section(&self, of: impl Fn(usize, &Side) -> Vec<Line<'static>>) -> Section {
        self.sides.iter().enumerate().map(|(at, side)| of(at, side)).collect()
    }

    fn theme(&self) -> &Theme {
        &self.ctx.theme
    }

    fn key(&self, side: usize) -> Option<String> {
        let action = Action::of_side(side)?;
        self.ctx.keymap.keys_for(Context::Review, action).into_iter().next()
    }

    /// `A ✓ accepted · B ✗ rejected · C ✗ rejected`
    fn in_short(&self) -> Line<'static> {
        let theme = self.theme();
        let mut spans = Vec::new();
        for (at, side) in self.sides.iter().enumerate() {
            let gap = if at == 0 { "" } else { "   " };
            spans.push(Span::styled(format!("{gap}{} ", letter(at)), theme.heading()));
            spans.push(verdict(side.verdict, theme));
        }
        Line::from(spans)
    }

    /// `≠ Opinion A  ✗ rejected        A takes it`
    fn heading(&self, at: usize, side: &Side) -> Vec<Line<'static>> {
        let theme = self.theme();
        let mut left = vec![self.sign(differ(self.sides, |side| side.verdict))];
        left.push(Span::styled(format!("Opinion {}  ", letter(at)), theme.heading()));
        left.push(verdict(side.verdict, theme));
        let key = self.key(at).into_iter();
        let key = key
            .flat_map(|key| [Span::styled(key, theme.key()), Span::styled(" takes it", theme.dim())])
            .collect::<Vec<_>>();
        let fits = width_of(&left) + width_of(&key) < self.width;
        vec![spread(left, if fits { key } else { Vec::new() }, self.width)]
    }

    fn sign(&self, differs: bool) -> Span<'static> {
        if differs { Span::styled(DIFFERS, self.theme().accent()) } else { Span::raw(" ".repeat(MARGIN)) }
    }

    /// A text in at most so many rows behind the margin, in which what differs has its sign.
    fn text(&self, text: &str, differs: bool, rows: usize) -> Vec<Line<'static>> {
        let theme = self.theme();
        let style = if differs { theme.text() } else { theme.dim() };
        let text: String = text.chars().take(LAID_OUT).collect();
        let lines = clipped(&text, self.width.saturating_sub(MARGIN).max(1), rows);
        let line = |(nth, line): (usize, String)| {
            let margin = self.sign(differs && nth == 0);
            Line::from(std::iter::once(margin).chain(data(&line, style, theme)).collect::<Vec<_>>())
        };
        lines.into_iter().enumerate().map(line).collect()
    }

    /// The categories, each with its severity.
    fn categories(&self, side: &Side) -> Vec<Line<'static>> {
        let theme = self.theme();
        let keys = &side.draft.categories;
        if keys.is_empty() {
            let others = self.sides.iter().any(|side| !side.draft.categories.is_empty());
            return if others { self.text("no category", true, 1) } else { Vec::new() };
        }
        let line = |key: &String| {
            let differs = self.sides.iter().any(|side| !side.draft.categories.contains(key));
            let failure = self.spec.failure(key);
            let mut spans = vec![self.sign(differs)];
            spans.extend(failure.map(|failure| {
                let severity = failure.severity;
                Span::styled(format!("{:<3}", severity_sign(severity)), severity_style(severity, theme))
            }));
            let style = if differs { theme.warning() } else { theme.text() };
            let name = failure.map_or(key, |failure| &failure.name);
            spans.extend(data(&cut(name, self.width.saturating_sub(width_of(&spans))), style, theme));
            Line::from(spans)
        };
        keys.iter().map(line).collect()
    }

    /// The level with its sentence.
    fn score(&self, criterion: &Criterion, side: &Side) -> Vec<Line<'static>> {
        let differs = differ(self.sides, |side| score(side, criterion));
        let name = &criterion.name;
        let text = match score(side, criterion) {
            None => format!("{name} –"),
            Some(score) => match criterion.levels.get(usize::from(score).saturating_sub(1)) {
                Some(level) => format!("{name} {score}: {level}"),
                None => format!("{name} {score}"),
            },
        };
        self.text(&text, differs, NOTE_ROWS)
    }

    /// What is marked, in the style that it has in the output.
    fn marks(&self, at: usize, side: &Side) -> Vec<Line<'static>> {
        let theme = self.theme();
        let is_everywhere = |mark: &Mark| self.sides.iter().all(|side| side.draft.marks.contains(mark));
        let line = |mark: &Mark| {
            let name = self.spec.failure(&mark.category).map_or(&mark.category, |failure| &failure.name);
            let mut spans = vec![self.sign(!is_everywhere(mark)), Span::styled("▸ ", theme.dim())];
            spans.extend(data(&cut(name, self.width / 2), theme.text(), theme));
            spans.push(Span::styled(" “", theme.dim()));
            let room = self.width.saturating_sub(width_of(&spans) + 1);
            let words = cut(&excerpt(&mark.text, self.width), room);
            spans.extend(data(&words, theme.highlight(kind_of(at)), theme));
            spans.push(Span::styled("”", theme.dim()));
            let comment = (!mark.comment.is_empty()).then(|| format!("  {}", mark.comment));
            let comment = comment.into_iter().flat_map(|comment| self.text(&comment, false, NOTE_ROWS));
            std::iter::once(Line::from(spans)).chain(comment).collect::<Vec<_>>()
        };
        side.draft.marks.iter().flat_map(line).collect()
    }

    fn note(&self, side: &Side) -> Vec<Line<'static>> {
        match side.draft.note.trim() {
            "" => Vec::new(),
            note => self.text(&format!("“{note}”"), differ(self.sides, |side| side.draft.note.clone()), NOTE_ROWS),
        }
    }

    fn correction(&self, side: &Side) -> Vec<Line<'static>> {
        let Some(correction) = &side.draft.correction else { return Vec::new() };
        let differs = self.sides.iter().any(|other| other.draft.correction.as_ref() != Some(correction));
        self.text(&format!("✎ corrected to: {}", correction.text.trim()), differs, CORRECTION_ROWS)
    }
}

fn verdict(verdict: Verdict, theme: &Theme) -> Span<'static> {
    Span::styled(format!("{} {}", verdict.sign(), verdict.past()), theme.verdict(verdict))
}

fn score(side: &Side, criterion: &Criterion) -> Option<u8> {
    side.draft.scores.get(&criterion.key).copied()
}
