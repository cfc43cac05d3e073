//! The figures of the queue under the cursor, a row each; most open the table with what they
//! count.

use crate::domain::decision::Verdict;
use crate::domain::filter::{Comparison, Filter, Has, Is, Moment, Pattern, Term, When};
use crate::domain::record::RecordField;
use crate::domain::stage::Stage;
use crate::domain::time::{UtcMillis, ago};
use crate::store::{Dashboard, Day, Desk, Group, Newest};
use crate::text::fit::{cut, wrap};
use crate::tui::action::Action;
use crate::tui::app_context::AppContext;
use crate::tui::humanize::{count, percent, thousands};
use crate::tui::widget::escalation::{due, due_style};
use crate::tui::widget::list::{Cursor, draw_more};
use crate::tui::widget::standing;
use crate::tui::widget::text::{data, fit, spread};
use crate::tui::worker::BarStanding;
use crossterm::event::MouseEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Padding, Widget};

/// What a row of the figures opens.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Opens {
    /// The table with this filter.
    Table(Filter),
    /// The bars, at the one of this key.
    Bar(String),
    Golden,
}

/// A row; without a place to go to the cursor passes over it.
struct Row {
    line: Line<'static>,
    opens: Option<Opens>,
}

/// The figures of one queue, and the row that the cursor is on.
#[derive(Default)]
pub(super) struct Figures {
    /// `None` until they were read.
    pub(super) dashboard: Option<Box<Dashboard>>,
    /// Empty until they are counted.
    pub(super) bars: Vec<BarStanding>,
    cursor: Cursor,
    /// Cells of a row as drawn last.
    width: usize,
}

/// Cells for the name of a verdict, and of a share.
const NAME: usize = 12;
const BAR: usize = 24;

/// Days of the trend of a model, a cell each, and the least width of a row that has room for it.
const TREND: usize = 7;
const WIDTH_FOR_TREND: usize = 56;

impl Figures {
    /// Moves the cursor from one row that opens something to another.
    pub(super) fn step(&mut self, action: Action, ctx: &AppContext) -> bool {
        let rows = self.rows(self.width, ctx);
        let places: Vec<usize> = (0..rows.len()).filter(|at| rows[*at].opens.is_some()).collect();
        let mut moved = self.cursor.clone();
        moved.at = places.iter().position(|at| *at == place(&rows, self.cursor.at)).unwrap_or_default();
        let is_move = moved.act(action, places.len());
        self.cursor.at = places.get(moved.at).copied().unwrap_or_default();
        is_move
    }

    /// What the row under the cursor opens.
    pub(super) fn chosen(&self, ctx: &AppContext) -> Option<Opens> {
        let mut rows = self.rows(self.width, ctx);
        let at = place(&rows, self.cursor.at);
        rows.get_mut(at)?.opens.take()
    }

    /// Puts the cursor on the row that was clicked; `true` where it was there already.
    pub(super) fn click(&mut self, mouse: MouseEvent, ctx: &AppContext) -> bool {
        let Some(at) = self.cursor.hit(mouse.column, mouse.row) else { return false };
        let is_again = at == self.cursor.at;
        if self.rows(self.width, ctx).get(at).is_some_and(|row| row.opens.is_some()) {
            self.cursor.at = at;
        }
        is_again
    }

    pub(super) fn draw(&mut self, title: &str, is_focused: bool, area: Rect, buf: &mut Buffer, ctx: &AppContext) {
        let theme = &ctx.theme;
        let border = if is_focused { BorderType::Thick } else { BorderType::Rounded };
        let block = Block::bordered()
            .border_type(border)
            .border_style(theme.border(is_focused))
            .title(Span::styled(
                format!(" {} ", cut(title, usize::from(area.width).saturating_sub(6))),
                theme.title(is_focused),
            ))
            .padding(Padding::horizontal(1));
        let room = block.inner(area);
        block.render(area, buf);
        self.width = usize::from(room.width);
        let rows = self.rows(self.width, ctx);
        self.cursor.at = place(&rows, self.cursor.at);
        // What stands above the first row that opens something is seen with it.
        let first = rows.iter().position(|row| row.opens.is_some()).unwrap_or_default();
        if self.cursor.at == first {
            self.cursor.act(Action::First, rows.len());
            self.cursor.arrange(room, rows.len(), |_| 1);
            self.cursor.at = first;
        }
        for (at, place) in self.cursor.arrange(room, rows.len(), |_| 1) {
            if is_focused && at == self.cursor.at {
                buf.set_style(Rect { x: place.x - 1, width: place.width + 2, ..place }, theme.selection());
            }
            rows[at].line.clone().render(place, buf);
        }
        draw_more(self.cursor.more(rows.len()), room, buf, theme);
    }

    fn rows(&self, width: usize, ctx: &AppContext) -> Vec<Row> {
        match &self.dashboard {
            None => vec![plain("reading …", ctx.theme.dim())],
            Some(dashboard) => Writer { dashboard, bars: &self.bars, width, ctx, rows: Vec::new() }.rows(),
        }
    }
}

/// The row that the cursor is on: the first from there on that opens something.
fn place(rows: &[Row], at: usize) -> usize {
    let opens = |at: &usize| rows[*at].opens.is_some();
    (at..rows.len()).find(opens).or_else(|| (0..rows.len()).rfind(opens)).unwrap_or_default()
}

fn plain(text: impl Into<String>, style: Style) -> Row {
    Row { line: Line::styled(text.into(), style), opens: None }
}

/// Makes the rows of a dashboard, section by section.
struct Writer<'d> {
    dashboard: &'d Dashboard,
    bars: &'d [BarStanding],
    width: usize,
    ctx: &'d AppContext,
    rows: Vec<Row>,
}

impl Writer<'_> {
    fn rows(mut self) -> Vec<Row> {
        self.question();
        self.verdicts();
        self.bars();
        self.waiting();
        self.made();
        self.wrong();
        self.golden();
        self.reviewers();
        self.newest();
        self.rows
    }

    fn text(&mut self, text: impl Into<String>, style: Style) {
        self.rows.push(plain(text, style));
    }

    fn section(&mut self, title: &str) {
        self.rows.push(plain("", self.ctx.theme.text()));
        self.rows.push(plain(title, self.ctx.theme.heading()));
    }

    /// A row with a name to the left and figures to the right.
    fn entry(&mut self, left: Vec<Span<'static>>, right: Vec<Span<'static>>, opens: impl Into<Option<Opens>>) {
        let room = self.width.saturating_sub(right.iter().map(Span::width).sum::<usize>() + 1);
        self.rows.push(Row { line: spread(fit(left, room), right, self.width), opens: opens.into() });
    }

    fn question(&mut self) {
        let theme = &self.ctx.theme;
        let dashboard = self.dashboard;
        for line in wrap(&dashboard.question, self.width) {
            self.text(line, theme.text());
        }
        let owner = dashboard.owner.as_ref().map(|owner| format!(" · {owner}")).unwrap_or_default();
        self.text(cut(&format!("spec {}{owner}", dashboard.spec_version), self.width), theme.dim());
        match dashboard.uncounted {
            (0..64, _) => {}
            (left, all) => {
                self.text(format!("counting what was decided: {}", percent(all - left, all)), theme.warning());
            }
        }
        self.text("", theme.text());
    }

    fn verdicts(&mut self) {
        let (theme, counts) = (&self.ctx.theme, &self.dashboard.counts);
        let verdicts = [("Accepted", Verdict::Accept), ("Rejected", Verdict::Reject), ("Escalated", Verdict::Escalate)];
        // What a later attempt has replaced is decided, and in none of the rows.
        let all: i64 = verdicts.iter().map(|(_, verdict)| counts.of(*verdict)).sum();
        for (name, verdict) in verdicts {
            let count = counts.of(verdict);
            let bar = filled(count, all, self.bar_width());
            let left = vec![
                Span::styled(format!("{} {name:<NAME$}", verdict.sign()), theme.verdict(verdict)),
                Span::styled(format!("{:>9}  {:>4}  ", thousands(count), percent(count, all)), theme.text()),
                Span::styled(bar.0, theme.bar(verdict)),
                Span::styled(bar.1, theme.track()),
            ];
            self.entry(left, Vec::new(), table(Term::Verdict(Some(verdict))));
        }
        if counts.by_check > 0 {
            self.text(format!("  {} of these by a check, by no person", thousands(counts.by_check)), theme.dim());
        }
        let Dashboard { deferred, drafts, declined, disputed, .. } = *self.dashboard;
        self.yours("≠", "Disputed", disputed, "for you to settle", Term::Is(Is::Stage(Stage::Disputed)));
        self.yours("⏸", "Deferred", deferred, "by you", Term::Is(Is::Deferred));
        self.yours("⊘", "Declined", declined, "by you", Term::Is(Is::Declined));
        self.yours("✎", "Drafts", drafts, "by you", Term::Has(Has::Draft));
        if self.dashboard.days.iter().any(|count| *count > 0) {
            let days = self.dashboard.days.len() as i64;
            let first = When::Moment((self.ctx.now / DAY_MILLIS - (days - 1)) * DAY_MILLIS);
            let since = Term::Time(Moment::Of(RecordField::decision("decided_at")), Comparison::AtLeast, first);
            let left = vec![
                Span::styled(format!("  {:<NAME$}", "Each day"), theme.text()),
                Span::styled(sparkline(&self.dashboard.days), theme.accent()),
                Span::styled(format!("  {days} days, today last"), theme.dim()),
            ];
            self.entry(left, Vec::new(), table(since));
        }
    }

    /// What the reviewer has left open, and what they settle.
    fn yours(&mut self, sign: &str, name: &str, items: i64, whose: &'static str, term: Term) {
        if items > 0 {
            let theme = &self.ctx.theme;
            let left = vec![Span::styled(format!("{sign} {name:<NAME$}{:>9}", thousands(items)), theme.text())];
            self.entry(left, vec![Span::styled(whose, theme.dim())], table(term));
        }
    }

    fn bar_width(&self) -> usize {
        self.width.saturating_sub(NAME + 21).min(BAR)
    }

    /// How each bar stands, and how many reviews it takes yet.
    fn bars(&mut self) {
        let (theme, bars) = (&self.ctx.theme, self.bars);
        if bars.is_empty() {
            return;
        }
        self.section("Bars");
        for bar in bars {
            self.rows
                .push(Row { line: standing::line(bar, self.width, theme), opens: Some(Opens::Bar(bar.key.clone())) });
        }
    }

    fn waiting(&mut self) {
        let waiting: Vec<&Desk> = self.dashboard.desks.iter().filter(|desk| desk.waiting > 0).collect();
        if waiting.is_empty() {
            return;
        }
        self.section("Waiting for an answer");
        for desk in waiting {
            let theme = &self.ctx.theme;
            let left = vec![
                Span::styled("▲ ", theme.verdict(Verdict::Escalate)),
                Span::styled(format!("{}  {}", desk.name, thousands(desk.waiting)), theme.text()),
            ];
            let mut terms = vec![Term::Verdict(Some(Verdict::Escalate))];
            match desk.key.as_str() {
                "" => {}
                key => terms.push(Term::Word(RecordField::decision("route"), Pattern::literal(key))),
            }
            self.entry(left, when(desk, self.ctx), tables(terms));
        }
    }

    fn made(&mut self) {
        let known: Vec<&Group> =
            self.dashboard.made.iter().filter(|group| !group.key.is_empty() || !group.sub.is_empty()).collect();
        if known.is_empty() {
            return;
        }
        let heading = vec![Span::styled("By model · prompt version", self.ctx.theme.heading())];
        let trend = match self.shows_trend() {
            true => vec![Span::styled(format!("{:>TREND$}", format!("{TREND} days")), self.ctx.theme.dim())],
            false => Vec::new(),
        };
        self.text("", self.ctx.theme.text());
        self.entry(heading, trend, None);
        for group in known {
            let name = match (group.key.as_str(), group.sub.as_str()) {
                (model, "") => model.to_owned(),
                ("", version) => format!("no model · {version}"),
                // The end of a name is what tells it from others.
                (model, version) => {
                    format!(
                        "{} · {version}",
                        cut(model, self.width.saturating_sub(version.len() + 22 + self.trend_width()).max(8))
                    )
                }
            };
            let terms = [("model", &group.key), ("prompt_version", &group.sub)]
                .map(|(field, value)| known_or_not(field, value));
            self.shares(&name, group, tables(terms.into_iter().chain([Filter::Term(Term::Is(Is::Decided))])));
        }
    }

    fn reviewers(&mut self) {
        if self.dashboard.reviewers.is_empty() {
            return;
        }
        self.section("Reviewers");
        for group in &self.dashboard.reviewers {
            let term = Term::Word(RecordField::decision("reviewer"), Pattern::literal(&group.key));
            self.shares(&group.key, group, table(term));
        }
    }

    /// A group with how many were decided, the share of them that was accepted, and how that went.
    fn shares(&mut self, name: &str, group: &Group, opens: Opens) {
        let theme = &self.ctx.theme;
        let left = data(&format!("  {name}"), theme.text(), theme);
        let figures = format!("{:>9}  {:>4} ✓", thousands(group.decided), percent(group.accepted, group.decided));
        let mut right = vec![Span::styled(figures, theme.text())];
        if self.shows_trend() {
            let days = group.days.iter().skip(group.days.len().saturating_sub(TREND));
            let trend: String = days.map(|day| share_sign(*day)).collect();
            right.push(Span::styled(format!("  {trend:>TREND$}"), theme.accent()));
        }
        self.entry(left, right, opens);
    }

    fn shows_trend(&self) -> bool {
        self.width >= WIDTH_FOR_TREND
    }

    fn trend_width(&self) -> usize {
        if self.shows_trend() { TREND + 2 } else { 0 }
    }

    fn wrong(&mut self) {
        let Some(most) = self.dashboard.categories.first().map(|group| group.decided) else { return };
        self.section("What goes wrong");
        for group in &self.dashboard.categories {
            let theme = &self.ctx.theme;
            let bar = filled(group.decided, most, BAR / 2);
            let right = vec![
                Span::styled(format!("{:>9}  ", thousands(group.decided)), theme.text()),
                Span::styled(bar.0, theme.bar(Verdict::Reject)),
                Span::styled(bar.1, theme.track()),
            ];
            let term = Term::Word(RecordField::decision("categories"), Pattern::literal(&group.key));
            self.entry(data(&format!("  {}", group.name), theme.text(), theme), right, table(term));
        }
    }

    fn golden(&mut self) {
        let theme = &self.ctx.theme;
        self.rows.push(plain("", theme.text()));
        let Dashboard { golden_examples: examples, golden_version: version, golden_candidates, .. } = *self.dashboard;
        let set = match version {
            0 => "none yet".into(),
            version => format!("{} · version {version}", count(examples, "example")),
        };
        let candidates = match golden_candidates {
            0 => String::new(),
            Dashboard::MAX_CANDIDATES.. => format!(" · {} candidates or more", Dashboard::MAX_CANDIDATES),
            some => format!(" · {}", count(some, "candidate")),
        };
        let told = set + &candidates;
        let left = vec![Span::styled("★ Golden  ", theme.heading()), Span::styled(told, theme.text())];
        self.entry(left, Vec::new(), Opens::Golden);
    }

    fn newest(&mut self) {
        if self.dashboard.newest.is_empty() {
            return;
        }
        self.section("Decided last");
        for Newest { item, verdict, reviewer, at } in &self.dashboard.newest {
            let theme = &self.ctx.theme;
            let sign = verdict.map_or(" ", Verdict::sign);
            let style = verdict.map_or(theme.text(), |verdict| theme.verdict(verdict));
            let left = [vec![Span::styled(format!("{sign} "), style)], data(item, theme.text(), theme)].concat();
            let right = format!("{} · {}", cut(reviewer, 16), ago(*at, self.ctx.now));
            let term = Term::Word(RecordField::item("id"), Pattern::literal(item));
            self.entry(left, data(&right, theme.dim(), theme), table(term));
        }
    }
}

const DAY_MILLIS: i64 = 24 * 60 * 60 * 1000;

/// Whether some are overdue, since when the oldest waits, else when the next is due.
fn when(desk: &Desk, ctx: &AppContext) -> Vec<Span<'static>> {
    let theme = &ctx.theme;
    let oldest = desk.oldest.map(|at: UtcMillis| Span::styled(format!("oldest {}", ago(at, ctx.now)), theme.dim()));
    let first = match (desk.overdue, desk.next_due) {
        (0, None) => None,
        (0, Some(at)) => Some(Span::styled(due(at, ctx.now), due_style(at, ctx.now, theme))),
        (overdue, _) => Some(Span::styled(format!("{} overdue", thousands(overdue)), theme.error())),
    };
    let mut spans: Vec<Span<'static>> = first.into_iter().collect();
    if let Some(oldest) = oldest {
        if !spans.is_empty() {
            spans.push(Span::styled(" · ", theme.dim()));
        }
        spans.push(oldest);
    }
    spans
}

/// The filled and the empty part of a bar.
fn filled(part: i64, whole: i64, width: usize) -> (String, String) {
    let cells = (i128::from(part) * width as i128 / i128::from(whole.max(1))) as usize;
    let cells = if part > 0 { cells.max(1) } else { 0 }.min(width);
    ("█".repeat(cells), "─".repeat(width - cells))
}

const HEIGHTS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// A sign for each number, the higher the larger.
fn sparkline(numbers: &[i64]) -> String {
    let most = numbers.iter().copied().max().unwrap_or(0).max(1);
    let sign = |number: i64| match number {
        0 => ' ',
        number => HEIGHTS[((number - 1) * 8 / most) as usize],
    };
    numbers.iter().map(|number| sign(*number)).collect()
}

/// How large a share of a day's decisions was accepted, from none to all.
fn share_sign(day: Day) -> char {
    match day.decided {
        0 => ' ',
        decided => HEIGHTS[(day.accepted.clamp(0, decided) * 7 / decided) as usize],
    }
}

/// The word is the field's value; an empty one: it has none.
fn known_or_not(field: &'static str, value: &str) -> Filter {
    let field = if field == "model" { RecordField::item("model") } else { RecordField::item("prompt_version") };
    match value {
        "" => Filter::Not(Box::new(Filter::Term(Term::Has(Has::Value(field))))),
        value => Filter::Term(Term::Word(field, Pattern::literal(value))),
    }
}

fn table(term: Term) -> Opens {
    tables([term])
}

fn tables<T: Into<Filter>>(terms: impl IntoIterator<Item = T>) -> Opens {
    Opens::Table(Filter::all(terms.into_iter().map(T::into)))
}
