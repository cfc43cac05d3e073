//! The golden set of a queue: its examples, and the items that could join them. Both are read a window at a time.

mod draw;
pub mod overlay;

use crate::domain::filter::Filter;
use crate::domain::item::{Content, Item, Seq};
use crate::store::{Change, GoldenRow, Page, Reach, StoreError};
use crate::tui::action::Action;
use crate::tui::app_context::{AppContext, Tone};
use crate::tui::context::Context;
use crate::tui::humanize::thousands;
use crate::tui::overlay::{GoldenForm, Navigation, Outcome};
use crate::tui::render::{self, Look};
use crate::tui::rich_text::RichText;
use crate::tui::screen::preview::Preview;
use crate::tui::screen::{Place, Subject};
use crate::tui::status_text::{golden_change, golden_kept};
use crate::tui::widget::list::Cursor;
use crate::tui::worker::{GoldenReply, GoldenRequest, QueueReply, QueueRequest, Reply, Request};
use crossterm::event::MouseEvent;
use overlay::NarrowLine;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// More is asked for when the cursor is this near to an end of what was read.
const AHEAD: usize = 30;

/// Most rows that are kept; those farthest from the cursor give way.
const MAX_ROWS: usize = 1000;

/// Which list is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    Examples,
    Candidates,
}

/// The part of a list that was read.
#[derive(Default)]
struct Window {
    rows: Vec<GoldenRow>,
    /// The keys of its first and last row, as they were read.
    ends: Option<(i64, i64)>,
    above: bool,
    below: bool,
    /// The set has more than one page.
    is_long: bool,
}

/// The golden set of a queue.
pub struct GoldenScreen {
    queue: String,
    title: String,
    tab: Tab,
    narrow: String,
    /// `None` until something was read.
    window: Option<Window>,
    /// Counts the lists that were asked for: what comes for an earlier one is dropped.
    list: u64,
    asked: Option<Reach>,
    /// Others have changed something since it was asked for.
    is_behind: bool,
    set_version: i64,
    cursor: Cursor,
    /// The item that the cursor goes to once the set is read.
    wanted: Option<Seq>,
    opening: bool,
    /// The texts of the row under the cursor, by its key.
    preview: Preview<i64>,
}

impl GoldenScreen {
    fn new(queue: String, title: String, ctx: &mut AppContext) -> Self {
        let mut screen = Self {
            queue,
            title,
            tab: Tab::Examples,
            narrow: String::new(),
            window: None,
            list: 0,
            asked: None,
            is_behind: false,
            set_version: 0,
            cursor: Cursor::default(),
            wanted: None,
            opening: false,
            preview: Preview::default(),
        };
        screen.ask(Reach::Newest, ctx);
        screen
    }

    fn rows(&self) -> &[GoldenRow] {
        self.window.as_ref().map_or(&[], |window| &window.rows)
    }

    fn chosen(&self) -> Option<&GoldenRow> {
        self.rows().get(self.cursor.at)
    }

    /// Reads the list anew; the cursor stays on its item where that is seen again.
    fn refresh(&mut self, ctx: &mut AppContext) {
        self.opening = false;
        self.wanted = self.wanted.or(self.chosen().map(GoldenRow::item));
        self.list += 1;
        self.ask(Reach::Newest, ctx);
    }

    pub fn narrow(&mut self, narrow: String, ctx: &mut AppContext) {
        if narrow != self.narrow {
            self.narrow = narrow;
            self.cursor = Cursor::default();
            self.list += 1;
            self.ask(Reach::Newest, ctx);
        }
    }

    fn turn(&mut self, ctx: &mut AppContext) {
        self.tab = if self.tab == Tab::Examples { Tab::Candidates } else { Tab::Examples };
        (self.window, self.cursor) = (None, Cursor::default());
        self.list += 1;
        self.ask(Reach::Newest, ctx);
    }

    fn ask(&mut self, reach: Reach, ctx: &mut AppContext) {
        self.asked = Some(reach);
        let narrow = (self.tab == Tab::Examples).then(|| self.narrow.clone());
        ctx.ask(GoldenRequest::Window { queue: self.queue.clone(), narrow, reach, list: self.list });
    }

    fn form(&self, ctx: &mut AppContext) -> Outcome<Self> {
        let form = match self.chosen() {
            None => return Outcome::Stay,
            Some(GoldenRow::Example(golden)) => GoldenForm::edit(&self.queue, golden, ctx),
            Some(GoldenRow::Candidate(candidate)) => GoldenForm::of_candidate(&self.queue, candidate, ctx),
        };
        Outcome::over(form)
    }

    fn remove(&self, ctx: &mut AppContext) {
        if let Some(GoldenRow::Example(golden)) = self.chosen() {
            ctx.ask(GoldenRequest::Remove { queue: self.queue.clone(), seq: golden.item });
        }
    }

    fn open_item(&mut self, ctx: &mut AppContext) {
        let Some(item) = self.chosen().map(GoldenRow::item).filter(|_| !self.opening) else { return };
        self.opening = true;
        self.wanted = Some(item);
        ctx.ask(QueueRequest::OpenItem { queue: self.queue.clone(), seq: item, filter: Filter::default() });
    }

    fn first(&mut self, ctx: &mut AppContext) {
        self.cursor.at = 0;
        if self.window.as_ref().is_some_and(|window| window.above) {
            self.list += 1;
            self.ask(Reach::Newest, ctx);
        }
    }

    fn last(&mut self, ctx: &mut AppContext) {
        self.cursor.at = self.rows().len().saturating_sub(1);
        if self.window.as_ref().is_some_and(|window| window.below) {
            self.list += 1;
            self.ask(Reach::Oldest, ctx);
        }
    }

    fn ask_for_more(&mut self, ctx: &mut AppContext) {
        let Some(window) = self.window.as_ref().filter(|_| self.asked.is_none()) else { return };
        let Some((first, last)) = window.ends else { return };
        if window.below && self.cursor.at + AHEAD >= window.rows.len() {
            self.ask(Reach::OlderThan(last), ctx);
        } else if window.above && self.cursor.at < AHEAD {
            self.ask(Reach::NewerThan(first), ctx);
        }
    }

    fn failed(&mut self, request: &Request, error: &StoreError, ctx: &mut AppContext) {
        match request {
            Request::Golden(GoldenRequest::Window { list, .. }) if *list == self.list => {
                self.asked = None;
                ctx.set_status(Tone::Error, format!("the list cannot be read: {error}"));
            }
            Request::Golden(GoldenRequest::Text { .. }) => self.preview.failed(),
            request if request.is_lookup() => {}
            _ => {
                self.opening = false;
                ctx.set_failure(error);
            }
        }
    }

    fn turned(&mut self, [done, what]: [&str; 2], changed: Option<(String, Change)>, ctx: &mut AppContext) {
        match changed {
            Some((id, Change::Golden { before, after })) => {
                let change = golden_change(&id, before.as_ref(), after.as_ref());
                ctx.set_status(Tone::Good, format!("{done}: {change}"));
                self.refresh(ctx);
            }
            Some((_, Change::Bulk { items, .. })) => {
                ctx.set_status(Tone::Good, format!("{done}: {} examples kept at once", thousands(items)));
                self.refresh(ctx);
            }
            _ => ctx.set_status(Tone::Quiet, format!("there is no change of yours to {what}")),
        }
    }

    /// Takes what was asked for; `true` when something is to be seen of it.
    fn take(&mut self, page: Page<GoldenRow>) -> bool {
        let reach = self.asked.take().unwrap_or(Reach::Newest);
        let ends = page.rows.first().zip(page.rows.last()).map(|(first, last)| (first.key(), last.key()));
        let is_first = self.window.is_none();
        let chosen = self.chosen().map(GoldenRow::item);
        let window = self.window.get_or_insert_default();
        let mut is_new = is_first || !page.rows.is_empty();
        match reach {
            Reach::Newest | Reach::Oldest => {
                let newest = reach == Reach::Newest;
                is_new = is_first || window.rows != page.rows || !newest;
                let (above, below) = (!newest && page.more, newest && page.more);
                *window = Window { ends, above, below, is_long: false, rows: page.rows };
                match window.place_of(chosen) {
                    _ if !newest => self.cursor.at = usize::MAX,
                    Some(place) => self.cursor.stay_on(place),
                    None => {}
                }
            }
            Reach::OlderThan(_) => {
                window.is_long = true;
                window.rows.extend(page.rows);
                window.below = page.more;
                window.ends = window.ends.map(|(first, last)| (first, ends.map_or(last, |(_, last)| last)));
                self.cursor.shift(-(window.shed_above() as isize));
            }
            Reach::NewerThan(_) => {
                window.is_long = true;
                // An example that was changed has come to the top.
                window.rows.retain(|old| page.rows.iter().all(|row| row.item() != old.item()));
                window.rows.splice(0..0, page.rows);
                window.above = page.more;
                window.ends = window.ends.map(|(first, last)| (ends.map_or(first, |(first, _)| first), last));
                if let Some(place) = window.place_of(chosen) {
                    self.cursor.stay_on(place);
                }
                window.shed_below();
            }
        }
        let at = self.wanted.take().and_then(|item| self.rows().iter().position(|row| row.item() == item));
        is_new |= at.is_some_and(|at| at != self.cursor.at);
        self.cursor.at = at.unwrap_or(self.cursor.at).min(self.rows().len().saturating_sub(1));
        is_new
    }
}

impl Place for GoldenScreen {
    const OPENED_BY: Option<Action> = Some(Action::GoldenSet);

    fn open(subject: Subject, ctx: &mut AppContext) -> Option<Self> {
        Some(Self::new(subject.queue, subject.title, ctx))
    }

    fn subject(&self) -> Option<Subject> {
        let (queue, title) = (self.queue.clone(), self.title.clone());
        let item = self.chosen().map(GoldenRow::item);
        Some(Subject { queue, title, item, filter: Filter::default(), back: Navigation::Back })
    }

    fn is_kept_behind(&self) -> bool {
        true
    }

    fn returned_to(&mut self, ctx: &mut AppContext) {
        self.refresh(ctx);
    }

    fn context(&self) -> Context {
        Context::Golden
    }

    fn act(&mut self, action: Action, ctx: &mut AppContext) -> Outcome<Self> {
        let queue = self.queue.clone();
        match action {
            Action::Leave => return Outcome::leave_for(Navigation::Back),
            Action::Last => self.last(ctx),
            Action::First => self.first(ctx),
            Action::Refresh => self.refresh(ctx),
            Action::OpenItem => self.open_item(ctx),
            Action::Candidates => self.turn(ctx),
            Action::PanRight | Action::PanLeft | Action::PreviewDown | Action::PreviewUp => self.preview.act(action),
            Action::NarrowList if self.tab == Tab::Examples => return Outcome::over(NarrowLine::new(&self.narrow)),
            Action::Undo => ctx.ask(GoldenRequest::Undo { queue }),
            Action::Redo => ctx.ask(GoldenRequest::Redo { queue }),
            Action::Edit | Action::Golden => return self.form(ctx),
            Action::RemoveGolden => self.remove(ctx),
            action => {
                self.cursor.act(action, self.rows().len());
                ctx.clear_status();
            }
        }
        self.ask_for_more(ctx);
        Outcome::Stay
    }

    fn offers(&self, action: Action) -> bool {
        match action {
            Action::PanRight | Action::PanLeft | Action::PreviewDown | Action::PreviewUp => {
                !self.rows().is_empty() && self.preview.offers(action)
            }
            _ => true,
        }
    }

    fn mouse(&mut self, mouse: MouseEvent, ctx: &mut AppContext) -> Outcome<Self> {
        let count = self.rows().len();
        if self.cursor.mouse(mouse, count) {
            self.open_item(ctx);
        }
        self.ask_for_more(ctx);
        Outcome::Stay
    }

    fn reply(&mut self, reply: Reply, ctx: &mut AppContext) -> Option<Reply> {
        match reply {
            Reply::Golden(GoldenReply::Window { list, page, set_version }) if list == self.list => {
                let is_new = self.take(page) | (std::mem::replace(&mut self.set_version, set_version) != set_version);
                self.ask_for_more(ctx);
                if self.is_behind {
                    self.changed(ctx);
                }
                ctx.stale_frame |= is_new;
                return None;
            }
            Reply::Golden(GoldenReply::Text { key, item, expected }) => {
                self.preview.fill(key, item.id.clone(), text(&item, expected.as_ref()));
            }
            Reply::Golden(GoldenReply::Kept(golden)) => {
                ctx.set_status(Tone::Good, golden_kept(&golden));
                self.wanted = (self.tab == Tab::Examples).then_some(golden.item);
                self.refresh(ctx);
            }
            Reply::Golden(GoldenReply::Removed(golden)) => {
                let keys = ctx.keymap.keys_for(Context::Golden, Action::Undo).join(" or ");
                ctx.set_status(Tone::Good, format!("{} is golden no more · {keys} brings it back", golden.id));
                self.refresh(ctx);
            }
            Reply::Golden(GoldenReply::Undone(changed)) => self.turned(["undone", "undo"], changed, ctx),
            Reply::Golden(GoldenReply::Redone(changed)) => self.turned(["redone", "redo"], changed, ctx),
            reply @ (Reply::Queue(QueueReply::Opened { .. }) | Reply::Review(_)) => return Some(reply),
            Reply::Failed { request, error } if request.outlives_its_screen() => {
                return Some(Reply::Failed { request, error });
            }
            Reply::Failed { request, error } => self.failed(&request, &error, ctx),
            _ => return None,
        }
        ctx.stale_frame = true;
        None
    }

    /// Others have changed something: what is above the rows that are read is read, and the
    /// rows too where they are few. What is seen stays in its place.
    fn changed(&mut self, ctx: &mut AppContext) {
        let Some(window) = &self.window else { return self.is_behind = true };
        if self.asked.is_some() {
            return self.is_behind = true;
        }
        self.is_behind = false;
        match window.ends {
            _ if window.above => {}
            Some((first, _)) if window.is_long => self.ask(Reach::NewerThan(first), ctx),
            _ => self.ask(Reach::Newest, ctx),
        }
    }

    /// Asks for the texts of the row under the cursor.
    fn painted(&mut self, ctx: &mut AppContext) {
        let Some(row) = self.chosen().cloned() else { return };
        if self.preview.wants(&row.key()) {
            ctx.ask(GoldenRequest::Text { queue: self.queue.clone(), row: Box::new(row) });
        }
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, ctx: &AppContext) {
        self.draw_all(area, buf, ctx);
    }
}

impl Window {
    fn place_of(&self, item: Option<Seq>) -> Option<usize> {
        self.rows.iter().position(|row| Some(row.item()) == item)
    }

    /// Drops rows at the top where there are too many; gives how many.
    fn shed_above(&mut self) -> usize {
        let shed = self.rows.len().saturating_sub(MAX_ROWS);
        self.rows.drain(..shed);
        self.above |= shed > 0;
        if let (Some(row), Some(ends), true) = (self.rows.first(), &mut self.ends, shed > 0) {
            ends.0 = row.key();
        }
        shed
    }

    fn shed_below(&mut self) {
        if self.rows.len() > MAX_ROWS {
            self.rows.truncate(MAX_ROWS);
            self.below = true;
            if let (Some(row), Some(ends)) = (self.rows.last(), &mut self.ends) {
                ends.1 = row.key();
            }
        }
    }
}

/// The texts of an example; the expected output where it is another than the item's own.
fn text(item: &Item, expected: Option<&Content>) -> RichText {
    let expected = expected.filter(|expected| **expected != item.output);
    let texts = [("Input", Some(&item.input)), ("Output", Some(&item.output)), ("Expected", expected)];
    let texts = texts.into_iter().filter_map(|(heading, text)| Some((heading, text?)));
    RichText::new(texts.flat_map(|(heading, text)| render::sections(heading, text, None, Look::default())).collect())
}
