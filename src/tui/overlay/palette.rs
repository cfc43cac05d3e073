//! Actions, queues, items, settings and the commands of the shell, found by what people call them.

use super::{Navigation, Outcome, Overlay};
use crate::config::ThemeChoice;
use crate::domain::filter::Filter;
use crate::domain::item::Seq;
use crate::store::QueueSummary;
use crate::tui::action::Action;
use crate::tui::app_context::{AppContext, ShellCommand, Tone};
use crate::tui::context::Context;
use crate::tui::humanize::thousands;
use crate::tui::keymap::KeyPress;
use crate::tui::theme::Theme;
use crate::tui::widget::list::Cursor;
use crate::tui::widget::popup::{self, Anchor};
use crate::tui::widget::text::{data, spread, width_of};
use crate::tui::widget::text_field::TextField;
use crate::tui::worker::{LookupReply, LookupRequest, QueueReply, QueueRequest, Reply};
use crossterm::event::{MouseEvent, MouseEventKind};
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

/// Actions that move about in the palette, or make no sense from a list.
const LEFT_OUT: &[Action] =
    &[Action::Palette, Action::ScrollDown, Action::ScrollUp, Action::Up, Action::Down, Action::Clear];

/// Items that are offered for the beginning of an id.
const ITEMS: usize = 8;

/// A line of the palette.
struct Entry {
    choice: Choice,
    /// A word or two; what is typed is compared with these first.
    label: String,
    /// Other words that people call it by.
    synonyms: &'static str,
    sentence: String,
    /// The entry's key, or its kind.
    detail: String,
}

/// The destination of a line of the palette.
#[derive(Clone)]
enum Choice {
    Press(Action),
    /// Opens the queue of this name, at an item or at its next one.
    Open(String, Option<Seq>),
    Theme(ThemeChoice),
    /// Tells how it is called in a shell: the command line of this usage.
    Shell(String),
}

/// The place of an entry that fits.
#[derive(Clone, Copy)]
enum Hit {
    Entry(usize),
    Command(usize),
    Item(usize),
}

/// How well an entry fits what was typed, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// The label is what was typed.
    Label,
    /// A word of the label begins so.
    Beginning,
    /// A word that people call it by begins so.
    Synonym,
    /// A word of its sentence begins so.
    Sentence,
}

/// The themes that a session can change to.
const THEMES: &[(ThemeChoice, &str)] = &[
    (ThemeChoice::Dark, "dark"),
    (ThemeChoice::Light, "light"),
    (ThemeChoice::HighContrast, "high-contrast"),
    (ThemeChoice::ColourBlind, "colour-blind"),
];

/// The palette.
pub struct Palette {
    query: TextField,
    entries: Vec<Entry>,
    /// What is done in a shell: found, and not listed.
    commands: Vec<Entry>,
    /// Items whose ids begin with what was typed.
    items: Vec<Entry>,
    /// The entries that fit, the best first.
    hits: Vec<Hit>,
    cursor: Cursor,
    /// The queues were asked for and have not come yet.
    waiting: bool,
}

impl Palette {
    /// The palette of the actions that a place offers, those chosen last first. The queues follow when
    /// they are read.
    pub fn new(place: Context, offers: impl Fn(Action) -> bool, ctx: &mut AppContext) -> Self {
        ctx.ask(QueueRequest::List);
        let chosen = |action: &Action| ctx.chosen.iter().position(|chosen| chosen == action).unwrap_or(usize::MAX);
        let mut actions: Vec<Action> = Action::all().filter(|action| offers(*action)).collect();
        actions.sort_by_key(chosen); // stable: the rest stays in the order of the help
        let actions = actions.into_iter().filter_map(|action| action_entry(action, place, ctx));
        let entries = actions.chain(THEMES.iter().map(theme_entry)).collect();
        let mut commands = (ctx.shell_commands)();
        commands.sort_by_key(|command| command.name.split(' ').count()); // `karat export` before `karat golden export`
        let mut palette = Self {
            query: TextField::new(""),
            entries,
            commands: commands.into_iter().map(shell_entry).collect(),
            items: Vec::new(),
            hits: Vec::new(),
            cursor: Cursor::default(),
            waiting: true,
        };
        palette.seek();
        palette
    }

    fn add_queues(&mut self, queues: Vec<QueueSummary>) {
        self.entries.extend(queues.into_iter().map(|queue| Entry {
            label: queue.name.clone(),
            synonyms: "open queue",
            sentence: queue.title,
            detail: format!("{} left", thousands(queue.counts.remaining())),
            choice: Choice::Open(queue.name, None),
        }));
        self.seek();
    }

    /// The query has changed: finds what fits, and asks for the items whose ids begin so.
    fn changed(&mut self, ctx: &mut AppContext) {
        self.items.clear();
        let prefix = self.query.text().trim().to_owned();
        if !prefix.is_empty() {
            ctx.ask(LookupRequest::Ids { prefix, limit: ITEMS });
        }
        self.seek();
    }

    fn add_items(&mut self, queue: &str, items: Vec<(String, Seq)>) {
        let entry = |(id, seq)| Entry {
            label: id,
            synonyms: "",
            sentence: "go to the item".into(),
            detail: "item".into(),
            choice: Choice::Open(queue.into(), Some(seq)),
        };
        self.items = items.into_iter().map(entry).collect();
        self.seek();
    }

    /// Finds what fits, the best first; an item stands behind actions whose names begin so.
    fn seek(&mut self) {
        let typed = self.query.text().to_lowercase();
        let words: Vec<&str> = typed.split_whitespace().collect();
        let entries = self.entries.iter().enumerate();
        let entries = entries.filter_map(|(at, entry)| Some((entry.fit(&words)?, Hit::Entry(at))));
        let items = (0..self.items.len()).map(|at| (Fit::Beginning, Hit::Item(at)));
        let commands = self.commands.iter().enumerate().filter(|_| !words.is_empty());
        let commands = commands.filter_map(|(at, entry)| Some((entry.fit(&words)?, Hit::Command(at))));
        let mut found: Vec<(Fit, Hit)> = entries.chain(items).chain(commands).collect();
        found.sort_by_key(|(fit, _)| *fit);
        self.hits = found.into_iter().map(|(_, hit)| hit).collect();
        self.cursor = Cursor::default();
    }

    fn entry(&self, hit: Hit) -> &Entry {
        match hit {
            Hit::Entry(at) => &self.entries[at],
            Hit::Command(at) => &self.commands[at],
            Hit::Item(at) => &self.items[at],
        }
    }

    fn run<S: 'static>(&self, ctx: &mut AppContext) -> Outcome<S> {
        match self.hits.get(self.cursor.at).map(|&hit| self.entry(hit).choice.clone()) {
            Some(Choice::Open(name, seq)) => {
                Outcome::leave_for(Navigation::Queue { name, seq, filter: Filter::default() })
            }
            Some(Choice::Press(action)) => {
                ctx.remember_chosen(action);
                Outcome::Press(action)
            }
            Some(Choice::Theme(choice)) => {
                ctx.theme = Theme::load(choice, None);
                ctx.set_status(Tone::Quiet, "until you quit; `theme` in config.toml keeps it");
                Outcome::Close
            }
            Some(Choice::Shell(usage)) => {
                ctx.set_status(Tone::Quiet, format!("in a shell: {usage}"));
                Outcome::Close
            }
            None => Outcome::Stay,
        }
    }
}

impl Entry {
    /// The fit of the word that fits least; `None` when one does not fit at all.
    fn fit(&self, words: &[&str]) -> Option<Fit> {
        let label = self.label.to_lowercase();
        if words.join(" ") == label {
            return Some(Fit::Label);
        }
        let sentence = self.sentence.to_lowercase();
        let fit = |word: &&str| match () {
            () if has_beginning(&label, word) => Some(Fit::Beginning),
            () if has_beginning(self.synonyms, word) => Some(Fit::Synonym),
            () if has_beginning(&sentence, word) => Some(Fit::Sentence),
            () => None,
        };
        words.iter().map(fit).try_fold(Fit::Beginning, |worst, fit| Some(worst.max(fit?)))
    }
}

/// Whether the text, or a word of it, begins so.
fn has_beginning(text: &str, with: &str) -> bool {
    text.starts_with(with) || text.split(|c: char| !c.is_alphanumeric()).any(|word| word.starts_with(with))
}

/// The action as a line, where a key does it in the place.
fn action_entry(action: Action, place: Context, ctx: &AppContext) -> Option<Entry> {
    let places = [Some(place), place.inherits(), Some(Context::Global)];
    let is_here = places.into_iter().flatten().any(|place| action.belongs_to(place));
    let is_offered = !LEFT_OUT.contains(&action) && action.score().is_none() && ctx.refusal(action).is_none();
    if !is_here || !is_offered {
        return None;
    }
    let (key, _) = ctx.keymap.hint(place, &[action]).into_iter().next().unwrap_or_default();
    Some(Entry {
        choice: Choice::Press(action),
        label: action.label().into(),
        synonyms: action.synonyms(),
        sentence: action.help().into(),
        detail: key,
    })
}

fn theme_entry((choice, name): &(ThemeChoice, &str)) -> Entry {
    Entry {
        choice: Choice::Theme(*choice),
        label: format!("theme {name}"),
        synonyms: "settings colours colors",
        sentence: "change the colours".into(),
        detail: "setting".into(),
    }
}

fn shell_entry(command: ShellCommand) -> Entry {
    Entry {
        choice: Choice::Shell(command.usage),
        label: command.name,
        synonyms: "shell command",
        sentence: command.about,
        detail: "shell".into(),
    }
}

impl<S: 'static> Overlay<S> for Palette {
    fn context(&self) -> Context {
        Context::Palette
    }

    fn keys(&self) -> &'static [Action] {
        &[Action::Run, Action::Down, Action::Up, Action::Cancel]
    }

    fn key(&mut self, key: KeyPress, _: &mut S, ctx: &mut AppContext) -> Outcome<S> {
        match key.action {
            Some(Action::Run) => return self.run(ctx),
            Some(Action::Cancel) => return Outcome::Close,
            Some(action) if self.cursor.act(action, self.hits.len()) => {}
            _ => {
                self.query.key(key.event);
                self.changed(ctx);
            }
        }
        Outcome::Stay
    }

    fn paste(&mut self, pasted: &str, _: &mut S, ctx: &mut AppContext) {
        self.query.paste(&pasted.replace(['\n', '\r'], " "));
        self.changed(ctx);
    }

    fn mouse(&mut self, mouse: MouseEvent, _: &mut S, ctx: &mut AppContext) -> Outcome<S> {
        match mouse.kind {
            MouseEventKind::ScrollDown => self.cursor.step(1, self.hits.len()),
            MouseEventKind::ScrollUp => self.cursor.step(-1, self.hits.len()),
            MouseEventKind::Down(_) => {
                if let Some(at) = self.cursor.hit(mouse.column, mouse.row) {
                    self.cursor.at = at;
                    return self.run(ctx);
                }
            }
            _ => {}
        }
        Outcome::Stay
    }

    fn reply(&mut self, reply: Reply, _: &mut S, ctx: &mut AppContext) -> Option<Reply> {
        match reply {
            Reply::Queue(QueueReply::List(queues)) if std::mem::take(&mut self.waiting) => self.add_queues(queues),
            Reply::Lookup(LookupReply::Ids { prefix, queue, items }) => {
                // Another letter may have been typed since.
                if self.query.text().trim() == prefix {
                    self.add_items(&queue, items);
                }
            }
            other => return Some(other),
        }
        ctx.stale_frame = true;
        None
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, _: &mut S, ctx: &AppContext) {
        let theme = &ctx.theme;
        let size = (area.width.saturating_sub(8).min(84), area.height.saturating_sub(6).min(20));
        let room = popup::draw(area, size, Anchor::Centre, "Find an action, a queue or an item", buf, theme);
        let [query, gap, list] =
            Layout::vertical([Constraint::Length(1), Constraint::Length(1), Constraint::Fill(1)]).areas(room);
        self.query.draw(query, buf, theme);
        Line::styled("─".repeat(usize::from(gap.width)), theme.track()).render(gap, buf);
        if self.hits.is_empty() {
            Line::styled("no action, queue or item is called that", theme.dim()).render(list, buf);
        }
        for (at, row) in self.cursor.arrange(list, self.hits.len(), |_| 1) {
            line(self.entry(self.hits[at]), usize::from(row.width), theme).render(row, buf);
            if at == self.cursor.at {
                buf.set_style(row, theme.selection());
            }
        }
    }
}

/// Columns of a label; a longer one pushes its sentence on.
const LABEL: usize = 14;

/// The entry: `undo          undo what you did last          u`.
fn line(entry: &Entry, width: usize, theme: &Theme) -> Line<'static> {
    let mut left = data(&entry.label, theme.text(), theme);
    let gap = LABEL.saturating_sub(width_of(&left)).max(1) + 1;
    left.push(Span::raw(" ".repeat(gap)));
    left.extend(data(&entry.sentence, theme.dim(), theme));
    spread(left, vec![Span::styled(entry.detail.clone(), theme.key())], width)
}
