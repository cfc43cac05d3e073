//! Home: the queues, how far each is, who is at it.

use super::{Place, Subject};
use crate::domain::filter::Filter;
use crate::domain::time::ago;
use crate::store::QueueSummary;
use crate::text::fit::cut;
use crate::tui::action::Action;
use crate::tui::app_context::AppContext;
use crate::tui::context::Context;
use crate::tui::humanize::{count, percent, thousands};
use crate::tui::overlay::{Navigation, Outcome};
use crate::tui::widget::text::spread;
use crate::tui::widget::{bar, footer};
use crate::tui::worker::{QueueReply, QueueRequest, Reply};
use crossterm::event::{MouseEvent, MouseEventKind};
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

const KEYS: &[Action] = &[Action::Open, Action::Down, Action::Up, Action::GoldenSet, Action::Refresh, Action::Leave];

/// The least width for what is merely good to know.
const ROOMY: usize = 90;

/// Wider than this, the eye loses the line.
const WIDEST: u16 = 140;

/// A queue takes two lines and an empty one.
const ROWS_A_QUEUE: u16 = 3;

/// The queues. `None` until they were read.
#[derive(Default)]
pub struct Home {
    queues: Option<Vec<QueueSummary>>,
    at: usize,
    wanted: Option<String>,
    top: usize,
    /// The queue that is being opened.
    opening: Option<String>,
    /// The area of the list as drawn last.
    area: Rect,
}

impl Home {
    /// Asks for the queues; the cursor stands on `queue` once they are read.
    pub fn read(queue: Option<String>, ctx: &mut AppContext) -> Self {
        ctx.ask(QueueRequest::List);
        Self { wanted: queue, ..Self::default() }
    }

    /// Takes the queues as they are now; `true` when something is to be seen of it.
    fn fill(&mut self, queues: Vec<QueueSummary>) -> bool {
        let chosen = self.wanted.take().or_else(|| self.chosen().map(|queue| queue.name.clone()));
        self.at = queues.iter().position(|queue| Some(&queue.name) == chosen.as_ref()).unwrap_or(self.at);
        self.at = self.at.min(queues.len().saturating_sub(1));
        let is_new = self.queues.as_ref() != Some(&queues);
        self.queues = Some(queues);
        is_new
    }

    /// The queue under the cursor.
    fn chosen(&self) -> Option<&QueueSummary> {
        self.queues.as_ref()?.get(self.at)
    }

    fn open(&mut self, ctx: &mut AppContext) {
        let Some(queue) = self.chosen().map(|queue| queue.name.clone()) else { return };
        if self.opening.is_none() {
            ctx.ask(QueueRequest::open(&queue));
            self.opening = Some(queue);
        }
    }

    fn step(&mut self, by: isize) {
        let last = self.queues.as_ref().map_or(0, Vec::len).saturating_sub(1);
        self.at = self.at.saturating_add_signed(by).min(last);
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
        let right = vec![Span::styled(cut(&ctx.reviewer, 40), theme.dim())];
        spread(left, right, usize::from(area.width)).render(area, buf);
    }

    fn list(&mut self, area: Rect, buf: &mut Buffer, ctx: &AppContext) {
        self.area = area;
        let page = usize::from(area.height / ROWS_A_QUEUE).max(1);
        self.top = self.top.clamp((self.at + 1).saturating_sub(page), self.at);
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
    }
}

impl Place for Home {
    fn context(&self) -> Context {
        Context::Home
    }

    fn act(&mut self, action: Action, ctx: &mut AppContext) -> Outcome<Self> {
        match action {
            Action::Down => self.step(1),
            Action::Up => self.step(-1),
            Action::First => self.at = 0,
            Action::Last => self.step(isize::MAX),
            Action::Refresh => ctx.ask(QueueRequest::List),
            Action::Open => self.open(ctx),
            Action::Leave => return Outcome::Go(Navigation::Quit),
            action => return Outcome::Go(Navigation::To(action)),
        }
        Outcome::Stay
    }

    fn mouse(&mut self, mouse: MouseEvent, ctx: &mut AppContext) -> Outcome<Self> {
        match mouse.kind {
            MouseEventKind::ScrollDown => self.step(1),
            MouseEventKind::ScrollUp => self.step(-1),
            MouseEventKind::Down(_) if self.area.contains((mouse.column, mouse.row).into()) => {
                let row = usize::from((mouse.row - self.area.y) / ROWS_A_QUEUE) + self.top;
                match row == self.at {
                    true => self.open(ctx), // a second click opens
                    false if row < self.queues.as_ref().map_or(0, Vec::len) => self.at = row,
                    false => {}
                }
            }
            _ => {}
        }
        Outcome::Stay
    }

    fn reply(&mut self, reply: Reply, ctx: &mut AppContext) -> Option<Reply> {
        match reply {
            Reply::Queue(QueueReply::List(queues)) => ctx.stale_frame |= self.fill(queues),
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
        ctx.ask(QueueRequest::List);
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, ctx: &AppContext) {
        let parts = [Constraint::Length(2), Constraint::Fill(1), Constraint::Length(footer::ROWS)];
        let [head, body, foot] = Layout::vertical(parts).areas(area);
        self.head(inset(head), buf, ctx);
        match self.queues.as_deref() {
            None => Line::styled("reading the queues …", ctx.theme.dim()).render(inset(body), buf),
            Some([]) => empty(inset(body), buf, ctx),
            Some(_) => self.list(inset(body), buf, ctx),
        }
        footer::draw(foot, buf, Context::Home, KEYS, ctx);
    }

    fn subject(&self) -> Option<Subject> {
        let queue = self.chosen()?;
        let (queue, title) = (queue.name.clone(), queue.title.clone());
        Some(Subject { queue, title, item: None, filter: Filter::default(), back: Navigation::Back })
    }
}

fn inset(area: Rect) -> Rect {
    Rect { x: area.x + 2, width: area.width.saturating_sub(4).min(WIDEST), ..area }
}

/// Title and name, the bar, and how far it is.
fn first_line(queue: &QueueSummary, chosen: bool, opening: bool, width: usize, ctx: &AppContext) -> Line<'static> {
    let (theme, counts) = (&ctx.theme, &queue.counts);
    let bar_width = width / 4;
    let progress = format!("  {:>4}  {:>13}", percent(counts.decided(), counts.items), left(queue));
    let mut right = bar::shares(counts, bar_width, theme);
    right.push(Span::styled(progress, if counts.remaining() == 0 { theme.dim() } else { theme.text() }));
    let pointer = if chosen { "▸ " } else { "  " };
    let style = if chosen { theme.accent() } else { theme.text() };
    let mut left = vec![Span::styled(format!("{pointer}{}", cut(&queue.title, width / 3)), style)];
    if opening {
        left.push(Span::styled("  opening …", theme.dim()));
    } else if queue.title != queue.name {
        left.push(Span::styled(format!("  {}", cut(&queue.name, width / 4)), theme.dim()));
    }
    spread(left, right, width)
}

fn left(queue: &QueueSummary) -> String {
    match (queue.counts.items, queue.counts.remaining()) {
        (0, _) => "empty".into(),
        (_, 0) => "done".into(),
        (_, remaining) => format!("{} left", thousands(remaining)),
    }
}

/// The verdicts so far, who is at it, who was, and how fast it goes.
fn second_line(queue: &QueueSummary, width: usize, ctx: &AppContext) -> Line<'static> {
    let theme = &ctx.theme;
    let counts = &queue.counts;
    let mut left = vec![Span::raw("  ")];
    if counts.decided() == 0 {
        left.push(Span::styled(nothing_yet(queue), theme.dim()));
    } else {
        left.extend(bar::legend(counts, theme));
        let of = format!("   {} of {}", thousands(counts.decided()), thousands(counts.items));
        left.push(Span::styled(if width >= ROOMY { of } else { String::new() }, theme.dim()));
    }
    if let Some(held) = held(queue, width, ctx) {
        left.push(Span::styled(format!("   ⚑ {held}"), theme.warning()));
    }
    spread(left, lately(queue, width, ctx, theme.dim()), width)
}

fn nothing_yet(queue: &QueueSummary) -> String {
    match queue.counts.items {
        0 => format!("fill it:  karat import {} FILE", queue.name),
        items => format!("{}, none decided yet", count(items, "item")),
    }
}

fn held(queue: &QueueSummary, width: usize, ctx: &AppContext) -> Option<String> {
    let others: Vec<_> = queue.claimants.iter().filter(|holder| holder.reviewer != ctx.reviewer).collect();
    match others.as_slice() {
        [] => None,
        [one] => Some(format!("{} has claimed {}", cut(&one.reviewer, width / 6), thousands(one.items))),
        several => {
            Some(format!("{} reviewers have claimed {}", several.len(), several.iter().map(|h| h.items).sum::<i64>()))
        }
    }
}

fn lately(queue: &QueueSummary, width: usize, ctx: &AppContext, style: Style) -> Vec<Span<'static>> {
    let Some((reviewer, at)) = &queue.last else { return Vec::new() };
    let mut parts = vec![format!("{} {}", cut(reviewer, width / 6), ago(*at, ctx.now))];
    if queue.last_hour > 0 && width >= ROOMY {
        parts.push(format!("{} in the last hour", thousands(queue.last_hour)));
    }
    vec![Span::styled(parts.join(" · "), style)]
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
