//! The golden set of a queue: its examples, and rejected items with a correction that
//! could join them. Both are read a window at a time.

mod draw;

use crate::store::view::{Change, Seq};
use crate::store::{Golden, GoldenRow, Page, Reach};
use crate::tui::action::{Action, Context};
use crate::tui::overlay::{GoldenForm, Layer, NarrowLine};
use crate::tui::screen::review::golden_change;
use crate::tui::station::{Station, Tone};
use crate::tui::widget::list::Cursor;
use crate::tui::words::thousands;
use crate::tui::worker::{Reply, Request};
use crossterm::event::{MouseEvent, MouseEventKind};

/// More is asked for when the cursor is this near to an end of what was read.
const AHEAD: usize = 30;

/// Most rows that are kept; those farthest from the cursor give way.
const MOST: usize = 1000;

/// Which list is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    Examples,
    Candidates,
}

/// What of a list was read.
#[derive(Default)]
struct Window {
    rows: Vec<GoldenRow>,
    /// The keys of its first and last row, as they were read.
    ends: Option<(i64, i64)>,
    above: bool,
    below: bool,
    /// It is of more than one page.
    is_long: bool,
}

/// The golden set of a queue.
pub struct GoldenScreen {
    pub queue: String,
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
    /// Where the cursor goes once it is read.
    wanted: Option<Seq>,
    opening: bool,
}

impl GoldenScreen {
    pub fn new(queue: &str, title: &str, station: &mut Station) -> Self {
        let mut screen = Self {
            queue: queue.into(),
            title: title.into(),
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
        };
        screen.ask(Reach::Newest, station);
        screen
    }

    fn rows(&self) -> &[GoldenRow] {
        self.window.as_ref().map_or(&[], |window| &window.rows)
    }

    fn chosen(&self) -> Option<&GoldenRow> {
        self.rows().get(self.cursor.at)
    }

    /// Reads the list anew; the cursor stays on its item where that is seen again.
    pub fn refresh(&mut self, station: &mut Station) {
        self.opening = false;
        self.wanted = self.wanted.or(self.chosen().map(GoldenRow::item));
        self.list += 1;
        self.ask(Reach::Newest, station);
    }

    /// Others have changed something: what is above the rows that are read is read, and the
    /// rows too where they are few. What is seen stays in its place.
    pub fn changed(&mut self, station: &mut Station) {
        let Some(window) = &self.window else { return self.is_behind = true };
        if self.asked.is_some() {
            return self.is_behind = true;
        }
        self.is_behind = false;
        match window.ends {
            _ if window.above => {}
            Some((first, _)) if window.is_long => self.ask(Reach::NewerThan(first), station),
            _ => self.ask(Reach::Newest, station),
        }
    }

    pub fn narrow(&mut self, narrow: String, station: &mut Station) {
        if narrow != self.narrow {
            self.narrow = narrow;
            self.cursor = Cursor::default();
            self.list += 1;
            self.ask(Reach::Newest, station);
        }
    }

    fn turn(&mut self, station: &mut Station) {
        self.tab = if self.tab == Tab::Examples { Tab::Candidates } else { Tab::Examples };
        (self.window, self.cursor) = (None, Cursor::default());
        self.list += 1;
        self.ask(Reach::Newest, station);
    }

    fn ask(&mut self, reach: Reach, station: &mut Station) {
        self.asked = Some(reach);
        let narrow = (self.tab == Tab::Examples).then(|| self.narrow.clone());
        station.ask(Request::Goldens { queue: self.queue.clone(), narrow, reach, list: self.list });
    }

    pub fn act(&mut self, action: Action, station: &mut Station) -> Option<Layer> {
        let queue = self.queue.clone();
        match action {
            Action::Last => self.last(station),
            Action::First => self.first(station),
            Action::Refresh => self.refresh(station),
            Action::OpenItem => self.open(station),
            Action::Candidates => self.turn(station),
            Action::NarrowList if self.tab == Tab::Examples => return Some(Box::new(NarrowLine::new(&self.narrow))),
            Action::Undo => station.ask(Request::UndoGolden { queue }),
            Action::Redo => station.ask(Request::RedoGolden { queue }),
            Action::Edit | Action::Golden => return self.form(station),
            Action::RemoveGolden => self.remove(station),
            action => {
                self.cursor.act(action, self.rows().len());
                station.hush();
            }
        }
        self.ask_for_more(station);
        None
    }

    fn form(&self, station: &mut Station) -> Option<Layer> {
        let form = match self.chosen()? {
            GoldenRow::Example(golden) => GoldenForm::edit(&self.queue, golden, station),
            GoldenRow::Candidate(candidate) => GoldenForm::of_candidate(&self.queue, candidate, station),
        };
        Some(Box::new(form))
    }

    fn remove(&self, station: &mut Station) {
        if let Some(GoldenRow::Example(golden)) = self.chosen() {
            station.ask(Request::RemoveGolden { queue: self.queue.clone(), seq: golden.item });
        }
    }

    fn open(&mut self, station: &mut Station) {
        let Some(item) = self.chosen().map(GoldenRow::item).filter(|_| !self.opening) else { return };
        self.opening = true;
        self.wanted = Some(item);
        station.ask(Request::OpenItem { queue: self.queue.clone(), seq: item });
    }

    fn first(&mut self, station: &mut Station) {
        self.cursor.at = 0;
        if self.window.as_ref().is_some_and(|window| window.above) {
            self.list += 1;
            self.ask(Reach::Newest, station);
        }
    }

    fn last(&mut self, station: &mut Station) {
        self.cursor.at = self.rows().len().saturating_sub(1);
        if self.window.as_ref().is_some_and(|window| window.below) {
            self.list += 1;
            self.ask(Reach::Oldest, station);
        }
    }

    fn ask_for_more(&mut self, station: &mut Station) {
        let Some(window) = self.window.as_ref().filter(|_| self.asked.is_none()) else { return };
        let Some((first, last)) = window.ends else { return };
        if window.below && self.cursor.at + AHEAD >= window.rows.len() {
            self.ask(Reach::OlderThan(last), station);
        } else if window.above && self.cursor.at < AHEAD {
            self.ask(Reach::NewerThan(first), station);
        }
    }

    pub fn mouse(&mut self, mouse: MouseEvent, station: &mut Station) {
        match mouse.kind {
            MouseEventKind::ScrollDown => self.cursor.step(1, self.rows().len()),
            MouseEventKind::ScrollUp => self.cursor.step(-1, self.rows().len()),
            MouseEventKind::Down(_) => match self.cursor.hit(mouse.column, mouse.row) {
                Some(row) if row == self.cursor.at => self.open(station), // a second click opens
                Some(row) => self.cursor.at = row,
                None => {}
            },
            _ => {}
        }
        self.ask_for_more(station);
    }

    pub fn reply(&mut self, reply: Reply, station: &mut Station) {
        match reply {
            Reply::Goldens { list, page, set_version } if list == self.list => {
                let is_new = self.take(page) | (std::mem::replace(&mut self.set_version, set_version) != set_version);
                self.ask_for_more(station);
                if self.is_behind {
                    self.changed(station);
                }
                station.stale_frame |= is_new;
                return;
            }
            Reply::GoldenKept(golden) => {
                station.say(Tone::Good, kept(&golden));
                self.wanted = (self.tab == Tab::Examples).then_some(golden.item);
                self.refresh(station);
            }
            Reply::GoldenRemoved(golden) => {
                let keys = station.keymap.keys_for(Context::Golden, Action::Undo).join(" or ");
                station.say(Tone::Good, format!("{} is golden no more · {keys} brings it back", golden.id));
                self.refresh(station);
            }
            Reply::GoldenUndone(changed) => self.turned(["undone", "undo"], changed, station),
            Reply::GoldenRedone(changed) => self.turned(["redone", "redo"], changed, station),
            Reply::Failed { request, error } if !request.is_a_look() => {
                self.opening = false;
                let hint = error.hint().map(|hint| format!(" · {hint}")).unwrap_or_default();
                station.say(Tone::Error, format!("{error}{hint}"));
            }
            Reply::Failed { request, error } if matches!(*request, Request::Goldens { list, .. } if list == self.list) =>
            {
                self.asked = None;
                station.say(Tone::Error, format!("the list cannot be read: {error}"));
            }
            _ => return,
        }
        station.stale_frame = true;
    }

    fn turned(&mut self, [done, what]: [&str; 2], changed: Option<(String, Change)>, station: &mut Station) {
        match changed {
            Some((id, Change::Golden { before, after })) => {
                let told = golden_change(&id, before.as_ref(), after.as_ref());
                station.say(Tone::Good, format!("{done}: {told}"));
                self.refresh(station);
            }
            Some((_, Change::Bulk { items, .. })) => {
                station.say(Tone::Good, format!("{done}: {} examples kept at once", thousands(items)));
                self.refresh(station);
            }
            _ => station.say(Tone::Quiet, format!("there is no change of yours to {what}")),
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

impl Window {
    fn place_of(&self, item: Option<Seq>) -> Option<usize> {
        self.rows.iter().position(|row| Some(row.item()) == item)
    }

    /// Drops rows at the top where there are too many; gives how many.
    fn shed_above(&mut self) -> usize {
        let shed = self.rows.len().saturating_sub(MOST);
        self.rows.drain(..shed);
        self.above |= shed > 0;
        if let (Some(row), Some(ends), true) = (self.rows.first(), &mut self.ends, shed > 0) {
            ends.0 = row.key();
        }
        shed
    }

    fn shed_below(&mut self) {
        if self.rows.len() > MOST {
            self.rows.truncate(MOST);
            self.below = true;
            if let (Some(row), Some(ends)) = (self.rows.last(), &mut self.ends) {
                ends.1 = row.key();
            }
        }
    }
}

/// `★ sup-0012 is golden: accept · typical, edge-case`.
pub fn kept(golden: &Golden) -> String {
    let tags = match golden.example.tags.join(", ") {
        tags if tags.is_empty() => tags,
        tags => format!(" · {tags}"),
    };
    format!("★ {} is golden: {}{tags}", golden.id, golden.example.verdict.as_str())
}
