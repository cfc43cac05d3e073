//! Everything that can be done here, found by a few of its letters.

use super::{Navigation, Outcome, Overlay};
use crate::store::QueueSummary;
use crate::tui::action::Action;
use crate::tui::app_context::AppContext;
use crate::tui::context::Context;
use crate::tui::humanize::thousands;
use crate::tui::keymap::KeyPress;
use crate::tui::theme::Theme;
use crate::tui::widget::list::Cursor;
use crate::tui::widget::popup::{self, Anchor};
use crate::tui::widget::text::{data, spread};
use crate::tui::widget::text_field::TextField;
use crate::tui::worker::{QueueReply, QueueRequest, Reply};
use crossterm::event::{MouseEvent, MouseEventKind};
use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

/// Actions that move about in the palette, or make no sense from a list.
const LEFT_OUT: &[Action] = &[Action::Palette, Action::ScrollDown, Action::ScrollUp, Action::Up, Action::Down];

/// A line of the palette.
struct Entry {
    choice: Choice,
    text: String,
    /// The entry's key, or its kind.
    detail: String,
}

/// The destination of a line of the palette.
#[derive(Clone)]
enum Choice {
    Press(Action),
    /// Opens the queue of this name.
    Open(String),
}

/// An entry that fits what was typed, with the places of its letters.
struct Hit {
    entry: usize,
    letters: Vec<u32>,
}

/// The palette.
pub struct Palette {
    query: TextField,
    entries: Vec<Entry>,
    hits: Vec<Hit>,
    cursor: Cursor,
    matcher: Matcher,
    /// The queues were asked for and have not come yet.
    waiting: bool,
}

impl Palette {
    /// The palette of a place's actions. The queues follow when they are read.
    pub fn new(place: Context, ctx: &mut AppContext) -> Self {
        ctx.ask(QueueRequest::List);
        let entries = Action::all().filter_map(|action| entry(action, place, ctx)).collect();
        let (query, cursor, matcher) = (TextField::new(""), Cursor::default(), Matcher::new(Config::DEFAULT));
        let mut palette = Self { query, entries, hits: Vec::new(), cursor, matcher, waiting: true };
        palette.seek();
        palette
    }

    fn add_queues(&mut self, queues: Vec<QueueSummary>) {
        self.entries.extend(queues.into_iter().map(|queue| Entry {
            text: format!("open the queue {} · {}", queue.name, queue.title),
            detail: format!("{} left", thousands(queue.counts.remaining())),
            choice: Choice::Open(queue.name),
        }));
        self.seek();
    }

    /// Finds what fits, the best first.
    fn seek(&mut self) {
        let pattern = Pattern::parse(&self.query.text(), CaseMatching::Smart, Normalization::Smart);
        let mut scored = Vec::new();
        let mut buffer = Vec::new();
        for (at, entry) in self.entries.iter().enumerate() {
            let mut letters = Vec::new();
            let text = Utf32Str::new(&entry.text, &mut buffer);
            if let Some(score) = pattern.indices(text, &mut self.matcher, &mut letters) {
                letters.sort_unstable();
                letters.dedup();
                scored.push((score, Hit { entry: at, letters }));
            }
        }
        scored.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
        self.hits = scored.into_iter().map(|(_, hit)| hit).collect();
        self.cursor = Cursor::default();
    }

    fn run<S: 'static>(&self) -> Outcome<S> {
        match self.hits.get(self.cursor.at).map(|hit| self.entries[hit.entry].choice.clone()) {
            Some(Choice::Open(name)) => Outcome::leave_for(Navigation::Queue { name, seq: None }),
            Some(Choice::Press(action)) => Outcome::Press(action),
            None => Outcome::Stay,
        }
    }
}

/// The action as a line, where a key does it in the place.
fn entry(action: Action, place: Context, ctx: &AppContext) -> Option<Entry> {
    let places = [Some(place), place.inherits(), Some(Context::Global)];
    let is_here = places.into_iter().flatten().any(|place| action.belongs_to(place));
    if !is_here || LEFT_OUT.contains(&action) || action.score().is_some() {
        return None;
    }
    let (key, _) = ctx.keymap.hint(place, &[action]).into_iter().next().unwrap_or_default();
    Some(Entry { choice: Choice::Press(action), text: action.help().into(), detail: key })
}

impl<S: 'static> Overlay<S> for Palette {
    fn context(&self) -> Context {
        Context::Palette
    }

    fn keys(&self) -> &'static [Action] {
        &[Action::Run, Action::Down, Action::Up, Action::Cancel]
    }

    fn key(&mut self, key: KeyPress, _: &mut S, _: &mut AppContext) -> Outcome<S> {
        match key.action {
            Some(Action::Run) => return self.run(),
            Some(Action::Cancel) => return Outcome::Close,
            Some(action) if self.cursor.act(action, self.hits.len()) => {}
            _ => {
                self.query.key(key.event);
                self.seek();
            }
        }
        Outcome::Stay
    }

    fn paste(&mut self, pasted: &str, _: &mut S, _: &mut AppContext) {
        self.query.paste(&pasted.replace(['\n', '\r'], " "));
        self.seek();
    }

    fn mouse(&mut self, mouse: MouseEvent, _: &mut S, _: &mut AppContext) -> Outcome<S> {
        match mouse.kind {
            MouseEventKind::ScrollDown => self.cursor.step(1, self.hits.len()),
            MouseEventKind::ScrollUp => self.cursor.step(-1, self.hits.len()),
            MouseEventKind::Down(_) => {
                if let Some(at) = self.cursor.hit(mouse.column, mouse.row) {
                    self.cursor.at = at;
                    return self.run();
                }
            }
            _ => {}
        }
        Outcome::Stay
    }

    fn reply(&mut self, reply: Reply, _: &mut S, ctx: &mut AppContext) -> Option<Reply> {
        match reply {
            Reply::Queue(QueueReply::List(queues)) if std::mem::take(&mut self.waiting) => {
                self.add_queues(queues);
                ctx.stale_frame = true;
                None
            }
            other => Some(other),
        }
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, _: &mut S, ctx: &AppContext) {
        let theme = &ctx.theme;
        let size = (area.width.saturating_sub(8).min(84), area.height.saturating_sub(6).min(20));
        let room = popup::draw(area, size, Anchor::Centre, "What to do", buf, theme);
        let [query, gap, list] =
            Layout::vertical([Constraint::Length(1), Constraint::Length(1), Constraint::Fill(1)]).areas(room);
        self.query.draw(query, buf, theme);
        Line::styled("─".repeat(usize::from(gap.width)), theme.track()).render(gap, buf);
        if self.hits.is_empty() {
            Line::styled("nothing here is called that", theme.dim()).render(list, buf);
        }
        for (at, row) in self.cursor.arrange(list, self.hits.len(), |_| 1) {
            let hit = &self.hits[at];
            let entry = &self.entries[hit.entry];
            line(entry, hit, usize::from(row.width), theme).render(row, buf);
            if at == self.cursor.at {
                buf.set_style(row, theme.selection());
            }
        }
    }
}

/// The entry, with the letters that fit.
fn line(entry: &Entry, hit: &Hit, width: usize, theme: &Theme) -> Line<'static> {
    let mut letters = hit.letters.iter().peekable();
    let mut left = Vec::new();
    for (at, c) in entry.text.chars().enumerate() {
        let fits = letters.next_if(|letter| **letter as usize == at).is_some();
        left.extend(data(c.encode_utf8(&mut [0; 4]), if fits { theme.key() } else { theme.text() }, theme));
    }
    spread(left, vec![Span::styled(entry.detail.clone(), theme.dim())], width)
}
