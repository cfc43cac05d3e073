//! Home: the queues, how far each is, who is at it; and the figures of the one under the
//! cursor.

mod figures;
mod list;

use super::{Place, Subject};
use crate::domain::decision::Verdict;
use crate::domain::filter::Filter;
use crate::domain::time::UtcMillis;
use crate::store::{InboxSize, QueueSummary};
use crate::text::fit::cut;
use crate::tui::action::Action;
use crate::tui::app_context::AppContext;
use crate::tui::context::Context;
use crate::tui::humanize::count;
use crate::tui::overlay::{Navigation, Outcome};
use crate::tui::widget::footer;
use crate::tui::widget::text::{fit, spread};
use crate::tui::worker::{InboxReply, InboxRequest, QueueReply, QueueRequest, Reply};
use crossterm::event::{MouseEvent, MouseEventKind};
use figures::{Figures, Opens};
use list::{first_line, second_line};
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

const KEYS: &[Action] = &[
    Action::Open,
    Action::NextPane,
    Action::Browser,
    Action::GoldenSet,
    Action::Leave,
    Action::Down,
    Action::Up,
    Action::Refresh,
];

/// From this width on the figures stand beside the queues, else below.
const WIDTH_FOR_SIDES: u16 = 100;

/// Wider than this, the eye loses the line.
const WIDEST: u16 = 200;

/// A queue takes two lines and an empty one.
const ROWS_A_QUEUE: u16 = 3;

/// While decisions are still being counted, the figures are read again after this long.
const READ_AGAIN_MILLIS: i64 = 1_000;

/// The queues. `None` until they were read.
#[derive(Default)]
pub struct Home {
    queues: Option<Vec<QueueSummary>>,
    /// What waits for the reviewer's answer.
    inbox: InboxSize,
    at: usize,
    wanted: Option<String>,
    top: usize,
    /// The queue that is being opened.
    opening: Option<String>,
    /// The area of the list as drawn last.
    area: Rect,
    figures: Figures,
    /// Whether the keys move in the figures.
    in_figures: bool,
    /// The time at which the figures are read again.
    read_again_at: Option<UtcMillis>,
}

impl Home {
    /// Asks for the queues; the cursor stands on `queue` once they are read.
    pub fn read(queue: Option<String>, ctx: &mut AppContext) -> Self {
        ask_all(ctx);
        Self { wanted: queue, ..Self::default() }
    }

    /// Takes the queues as they are now; `true` when something is to be seen of it.
    fn fill(&mut self, queues: Vec<QueueSummary>, ctx: &mut AppContext) -> bool {
        let chosen = self.wanted.take().or_else(|| self.chosen().map(|queue| queue.name.clone()));
        self.at = queues.iter().position(|queue| Some(&queue.name) == chosen.as_ref()).unwrap_or(self.at);
        self.at = self.at.min(queues.len().saturating_sub(1));
        let is_new = self.queues.as_ref() != Some(&queues);
        self.queues = Some(queues);
        self.ask_figures(ctx);
        is_new
    }

    /// The queue under the cursor.
    fn chosen(&self) -> Option<&QueueSummary> {
        self.queues.as_ref()?.get(self.at)
    }

    fn ask_figures(&mut self, ctx: &mut AppContext) {
        if let Some(queue) = self.chosen() {
            ctx.ask(QueueRequest::Dashboard { queue: queue.name.clone() });
        }
    }

    fn open(&mut self, ctx: &mut AppContext) {
        let Some(queue) = self.chosen().map(|queue| queue.name.clone()) else { return };
        if self.opening.is_none() {
            ctx.ask(QueueRequest::open(&queue));
            self.opening = Some(queue);
        }
    }

    /// Opens what the row under the cursor of the figures counts.
    fn open_figure(&self, ctx: &AppContext) -> Outcome<Self> {
        match self.figures.chosen(ctx) {
            Some(Opens::Table(filter)) => Outcome::Go(Navigation::Table(filter)),
            Some(Opens::Bar(key)) => Outcome::Go(Navigation::Bar(key)),
            Some(Opens::Golden) => Outcome::Go(Navigation::To(Action::GoldenSet)),
            None => Outcome::Stay,
        }
    }

    fn step(&mut self, by: isize, ctx: &mut AppContext) {
        let last = self.queues.as_ref().map_or(0, Vec::len).saturating_sub(1);
        self.put(self.at.saturating_add_signed(by).min(last), ctx);
    }

    /// Puts the cursor on another queue, whose figures are read.
    fn put(&mut self, at: usize, ctx: &mut AppContext) {
        if std::mem::replace(&mut self.at, at) != at {
            self.figures = Figures::default();
            self.ask_figures(ctx);
        }
    }

    fn head(&self, area: Rect, buf: &mut Buffer, ctx: &AppContext) {
        let theme = &ctx.theme;
        let queues = self.queues.as_deref().unwrap_or_default();
        let items: i64 = queues.iter().map(|queue| queue.counts.items).sum();
        let mut left = vec![Span::styled("karat", theme.heading())];
        if let Some(place) = &ctx.place {
            let room = usize::from(area.width) / 2;
            left.push(Span::styled(format!(" on {}", cut(place, room)), theme.text()));
        }
        if !queues.is_empty() {
            let text = format!("  {} · {}", count(queues.len() as i64, "queue"), count(items, "item"));
            left.push(Span::styled(text, theme.dim()));
        }
        let right = vec![Span::styled(ctx.reviewer_in(40), theme.dim())];
        spread(left, right, usize::from(area.width)).render(area, buf);
        if self.inbox.questions > 0 {
            let row = Rect { y: area.y + 1, height: 1, ..area };
            Line::from(fit(self.waiting(ctx), usize::from(area.width))).render(row, buf);
        }
    }

    /// `▲ 3 questions wait for your answer, 1 overdue · i opens the inbox`
    fn waiting(&self, ctx: &AppContext) -> Vec<Span<'static>> {
        let (theme, InboxSize { questions, overdue }) = (&ctx.theme, self.inbox);
        let waits = if questions == 1 { "waits" } else { "wait" };
        let text = format!("{} {} {waits} for your answer", Verdict::Escalate.sign(), count(questions, "question"));
        let mut spans = vec![Span::styled(text, theme.verdict(Verdict::Escalate))];
        if overdue > 0 {
            spans.push(Span::styled(format!(", ! {overdue} overdue"), theme.error()));
        }
        if let Some(key) = ctx.keymap.keys_for(Context::Home, Action::Inbox).first() {
            spans.push(Span::styled(format!(" · {key} opens the inbox"), theme.dim()));
        }
        spans
    }

    fn list(&mut self, area: Rect, buf: &mut Buffer, ctx: &AppContext) {
        self.area = area;
        let page = usize::from(area.height.saturating_add(1) / ROWS_A_QUEUE).max(1);
        let count = self.queues.as_ref().map_or(0, Vec::len);
        let top = self.top.min(count.saturating_sub(page));
        self.top = top.clamp((self.at + 1).saturating_sub(page), self.at);
        let queues = self.queues.iter().flatten().enumerate().skip(self.top).take(page);
        for ((at, queue), row) in queues.zip((area.y..).step_by(ROWS_A_QUEUE.into())) {
            let place = Rect { y: row, height: 2, ..area }.intersection(area);
            let chosen = at == self.at;
            if chosen {
                buf.set_style(Rect { x: place.x - 1, width: place.width + 2, ..place }, ctx.theme.selection());
            }
            let opening = self.opening.as_ref() == Some(&queue.name);
            let width = usize::from(area.width);
            let lines = [first_line(queue, chosen, opening, width, ctx), second_line(queue, width, ctx)];
            lines.into_iter().zip(place.rows()).for_each(|(line, row)| line.render(row, buf));
        }
        let (above, below) = (self.top, count.saturating_sub(self.top + page));
        let parts = [(above, "↑"), (below, "↓")].into_iter().filter(|(hidden, _)| *hidden > 0);
        let more: Vec<String> = parts.map(|(hidden, arrow)| format!("{arrow} {hidden} more")).collect();
        let row = Rect { y: area.y + page as u16 * ROWS_A_QUEUE - 1, height: 1, ..area }.intersection(area);
        Line::styled(more.join(" · "), ctx.theme.dim()).right_aligned().render(row, buf);
    }

    /// The queues, with the figures of one of them beside or below.
    fn body(&mut self, area: Rect, buf: &mut Buffer, ctx: &AppContext) {
        let queues = self.queues.as_ref().map_or(0, Vec::len) as u16;
        let parts = if area.width >= WIDTH_FOR_SIDES {
            Layout::horizontal([Constraint::Percentage(46), Constraint::Fill(1)]).areas::<2>(area)
        } else {
            let rows = (queues * ROWS_A_QUEUE).min(area.height * 2 / 5 / ROWS_A_QUEUE * ROWS_A_QUEUE).max(ROWS_A_QUEUE);
            Layout::vertical([Constraint::Length(rows), Constraint::Fill(1)]).areas(area)
        };
        self.list(inset(parts[0]), buf, ctx);
        let title = self.chosen().map(|queue| queue.title.clone()).unwrap_or_default();
        self.figures.draw(&title, self.in_figures, parts[1], buf, ctx);
    }
}

impl Place for Home {
    fn context(&self) -> Context {
        Context::Home
    }

    fn act(&mut self, action: Action, ctx: &mut AppContext) -> Outcome<Self> {
        match action {
            Action::NextPane | Action::PreviousPane => self.in_figures = !self.in_figures && self.chosen().is_some(),
            Action::Refresh => ask_all(ctx),
            Action::Open if self.in_figures => return self.open_figure(ctx),
            Action::Open => self.open(ctx),
            Action::Leave => return Outcome::Go(Navigation::Quit),
            action if self.in_figures && self.figures.step(action, ctx) => {}
            Action::Down => self.step(1, ctx),
            Action::Up => self.step(-1, ctx),
            Action::First => self.put(0, ctx),
            Action::Last => self.step(isize::MAX, ctx),
            action => return Outcome::Go(Navigation::To(action)),
        }
        Outcome::Stay
    }

    fn mouse(&mut self, mouse: MouseEvent, ctx: &mut AppContext) -> Outcome<Self> {
        let is_in_list = self.area.contains((mouse.column, mouse.row).into());
        match mouse.kind {
            MouseEventKind::ScrollDown if is_in_list => self.step(1, ctx),
            MouseEventKind::ScrollUp if is_in_list => self.step(-1, ctx),
            MouseEventKind::ScrollDown => drop(self.figures.step(Action::Down, ctx)),
            MouseEventKind::ScrollUp => drop(self.figures.step(Action::Up, ctx)),
            MouseEventKind::Down(_) if is_in_list => {
                self.in_figures = false;
                let row = usize::from((mouse.row - self.area.y) / ROWS_A_QUEUE) + self.top;
                match row == self.at {
                    true => self.open(ctx), // a second click opens
                    false if row < self.queues.as_ref().map_or(0, Vec::len) => self.put(row, ctx),
                    false => {}
                }
            }
            MouseEventKind::Down(_) if self.figures.click(mouse, ctx) && self.in_figures => {
                return self.open_figure(ctx);
            }
            MouseEventKind::Down(_) => self.in_figures = self.chosen().is_some(),
            _ => {}
        }
        Outcome::Stay
    }

    fn reply(&mut self, reply: Reply, ctx: &mut AppContext) -> Option<Reply> {
        match reply {
            Reply::Queue(QueueReply::List(queues)) => ctx.stale_frame |= self.fill(queues, ctx),
            Reply::Queue(QueueReply::Dashboard(dashboard)) => {
                if self.chosen().is_some_and(|queue| queue.name == dashboard.queue) {
                    let is_behind = dashboard.uncounted.0 > 0;
                    self.read_again_at = is_behind.then_some(ctx.now + READ_AGAIN_MILLIS);
                    ctx.stale_frame |= self.figures.dashboard.as_ref() != Some(&dashboard);
                    self.figures.dashboard = Some(dashboard);
                }
            }
            Reply::Bars { queue, bars } => {
                if self.chosen().is_some_and(|chosen| chosen.name == queue) {
                    ctx.stale_frame |= std::mem::replace(&mut self.figures.bars, bars.clone()) != bars;
                }
            }
            Reply::Inbox(InboxReply::Size(size)) => {
                ctx.stale_frame |= std::mem::replace(&mut self.inbox, size) != size;
            }
            Reply::Failed { request, .. } if request.is_lookup() => {}
            // The table may be looked at by who may not decide.
            Reply::Failed { request, error } if error.permits_reading() || request.outlives_its_screen() => {
                return Some(Reply::Failed { request, error });
            }
            Reply::Failed { error, .. } => {
                self.opening = None;
                ctx.set_failure(&error);
            }
            other => return Some(other),
        }
        None
    }

    fn changed(&mut self, ctx: &mut AppContext) {
        ask_all(ctx);
    }

    fn due(&self) -> Option<UtcMillis> {
        self.read_again_at
    }

    fn tick(&mut self, ctx: &mut AppContext) {
        if self.read_again_at.take_if(|at| *at <= ctx.now).is_some() {
            self.ask_figures(ctx);
        }
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, ctx: &AppContext) {
        let head_rows = if self.inbox.questions > 0 { 3 } else { 2 };
        let parts = [Constraint::Length(head_rows), Constraint::Fill(1), Constraint::Length(footer::ROWS)];
        let [head, body, foot] = Layout::vertical(parts).areas(area);
        self.head(inset(head), buf, ctx);
        match self.queues.as_deref() {
            None => Line::styled("reading the queues …", ctx.theme.dim()).render(inset(body), buf),
            Some([]) => empty(inset(body), buf, ctx),
            Some(_) => self.body(body, buf, ctx),
        }
        footer::draw(foot, buf, Context::Home, KEYS, ctx);
    }

    fn subject(&self) -> Option<Subject> {
        let queue = self.chosen()?;
        let (queue, title) = (queue.name.clone(), queue.title.clone());
        Some(Subject { queue, title, item: None, filter: Filter::default(), back: Navigation::Back })
    }
}

/// Asks for the queues, and for what waits for the reviewer.
fn ask_all(ctx: &mut AppContext) {
    ctx.ask(QueueRequest::List);
    ctx.ask(InboxRequest::Size);
}

fn inset(area: Rect) -> Rect {
    Rect { x: area.x + 2, width: area.width.saturating_sub(4).min(WIDEST), ..area }
}

/// Draws what a newcomer types first.
fn empty(area: Rect, buf: &mut Buffer, ctx: &AppContext) {
    let theme = &ctx.theme;
    let say = |text: &'static str| Line::styled(text, theme.text());
    let command = |command: &'static str, does: &'static str| {
        Line::from(vec![Span::styled(format!("    {command:<36}"), theme.key()), Span::styled(does, theme.dim())])
    };
    let lines = [
        Line::styled("No queues yet.", theme.heading()),
        Line::default(),
        say("Review a file of model outputs at once:"),
        command("karat open outputs.jsonl", "a file with id, input and output"),
        Line::default(),
        say("Or set a queue up, with a rubric of its own:"),
        command("karat spec new replies --out s.toml", "writes a spec to edit"),
        command("karat spec apply s.toml", "makes the queue"),
        command("karat import replies FILE", "fills it"),
        Line::default(),
        say("Or look around first:"),
        command("karat demo", "three queues with sample outputs"),
    ];
    lines.into_iter().zip(area.rows()).for_each(|(line, row)| line.render(row, buf));
}
