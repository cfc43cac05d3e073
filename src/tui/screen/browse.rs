//! The browser: a queue as a table, of any length. What is seen is read a window at a
//! time; a row that has not come yet is a dim place, and nothing waits for it.

mod bulk;
pub mod column;
mod draw;
pub mod filter;
pub mod overlay;
mod rows;
pub mod selection;

use crate::domain::filter::{Filter, Words};
use crate::domain::item::Seq;
use crate::domain::queue::Queue;
use crate::domain::spec::Spec;
use crate::store::{BrowseRow, By, Indexed, Sort, StoreError, Totals};
use crate::tui::action::Action;
use crate::tui::app_context::{AppContext, Tone};
use crate::tui::context::Context;
use crate::tui::overlay::{Navigation, Outcome};
use crate::tui::render::{Look, output};
use crate::tui::screen::preview::Preview;
use crate::tui::screen::{Place, Subject};
use crate::tui::widget::list::Cursor;
use crate::tui::worker::{
    BrowseReply, BrowseRequest, LookupReply, LookupRequest, QueueRequest, Reply, Request, ReviewReply, ReviewRequest,
    Since,
};
use column::Column;
use crossterm::event::{MouseEvent, MouseEventKind};
use overlay::{Columns, FilterLine, SavedFilters};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use rows::{CHUNK, Rows};
use selection::Selection;

/// The extent to which the line of items is known.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Extent {
    /// Rows that can be shown.
    pub known: usize,
    /// Items that were found until now.
    pub found: usize,
    pub progress: f64,
    pub done: bool,
    /// The extent to which texts were searched, where the filter searches any.
    pub indexed: Option<Indexed>,
    pub since: Since,
}

/// A bulk under way.
struct Working {
    done: usize,
    of: usize,
    /// What it does to an item: "rejected".
    doing: &'static str,
}

/// The browser of a queue.
pub struct Browse {
    pub name: String,
    /// The way back.
    back: Navigation,
    /// `None` until it was read.
    queue: Option<Box<Queue>>,
    pub words: Words,
    pub filter: filter::FilterText,
    pub columns: Vec<Column>,
    /// Those of the columns that had room when they were drawn last, with the areas of their heads.
    pub shown: Vec<(Column, Rect)>,
    pub sort: Sort,
    ticket: u64,
    /// Whether what is shown is of the line before; it stays until the new one is heard of.
    is_stale: bool,
    extent: Extent,
    rows: Rows,
    cursor: Cursor,
    /// The item to go to, once its row is known.
    anchor: Option<Seq>,
    pub selection: Selection,
    /// What was selected when the last bulk began, for its undo.
    before_bulk: Option<Selection>,
    /// What the items found add up to, once all are.
    totals: Totals,
    /// Totals are on their way.
    awaits_totals: bool,
    preview: Preview<Seq>,
    /// A bulk under way.
    working: Option<Working>,
    /// The line is going on to what came in.
    is_following: bool,
}

impl Browse {
    fn new(subject: Subject, ctx: &mut AppContext) -> Self {
        let Subject { queue: name, item: anchor, back, filter, .. } = subject;
        ctx.ask(BrowseRequest::Words { queue: name.clone() });
        let mut browse = Self {
            name,
            back,
            queue: None,
            words: Words::default(),
            filter: filter::FilterText::of(filter),
            columns: Column::SHOWN.to_vec(),
            shown: Vec::new(),
            sort: Sort::default(),
            ticket: 0,
            is_stale: true,
            extent: Extent::default(),
            rows: Rows::default(),
            cursor: Cursor::default(),
            anchor,
            selection: Selection::default(),
            before_bulk: None,
            totals: Totals::default(),
            awaits_totals: false,
            preview: Preview::default(),
            working: None,
            is_following: false,
        };
        browse.look(ctx);
        browse
    }

    pub fn spec(&self) -> Option<&Spec> {
        self.queue.as_ref().map(|queue| &queue.spec.spec)
    }

    pub fn filter(&self) -> &Filter {
        &self.filter.filter
    }

    /// Begins the line anew: another filter, another order, or things have changed.
    pub fn look(&mut self, ctx: &mut AppContext) {
        self.ticket += 1;
        self.is_stale = true;
        self.is_following = false;
        self.extent.done = false;
        let (queue, filter) = (self.name.clone(), self.filter.filter.clone());
        ctx.ask(BrowseRequest::Begin { queue, filter, sort: self.sort, ticket: self.ticket });
    }

    /// Reads the line anew, and stays at the row: what was read may be true no more.
    fn look_again(&mut self, ctx: &mut AppContext) {
        self.anchor = self.row().map(|row| row.seq);
        self.look(ctx);
    }

    /// Another filter from here on, from the first row; what was selected is not any more.
    pub fn set_filter(&mut self, text: &str, ctx: &mut AppContext) {
        if self.filter.set(text, &self.words) {
            self.cursor = Cursor::default();
            self.anchor = None;
            self.selection.clear();
            self.before_bulk = None;
            self.look(ctx);
        }
    }

    pub fn sort_by(&mut self, by: By, ctx: &mut AppContext) {
        let descending = self.sort.by == by && !self.sort.descending;
        self.sort = Sort { by, descending };
        self.look_again(ctx);
    }

    /// A click on a column's head sorts by it; a second one the other way round.
    fn click_head(&mut self, at: Position, ctx: &mut AppContext) {
        let clicked = self.shown.iter().find(|(_, head)| head.contains(at));
        if let Some(by) = clicked.and_then(|(column, _)| column.order()) {
            self.sort_by(by, ctx);
        }
    }

    /// Whether some texts could not be searched yet.
    fn is_partly_searched(&self) -> bool {
        self.extent.indexed.is_some_and(|indexed| !indexed.is_complete())
    }

    /// A bulk is under way: it is not left alone, and no other begins.
    fn is_working(&self) -> bool {
        self.working.is_some()
    }

    /// The row under the cursor.
    pub fn row(&self) -> Option<&BrowseRow> {
        self.rows.get(self.cursor.at)
    }

    fn say_working(&self, ctx: &mut AppContext) {
        ctx.set_status(Tone::Warning, "key ignored: many items are being changed");
    }

    /// Clears the filter, else the selection.
    fn clear(&mut self, ctx: &mut AppContext) {
        let key = ctx.keymap.keys_for(Context::Browse, Action::Leave).join(" or ");
        if !self.filter.text.trim().is_empty() {
            self.set_filter("", ctx);
        } else if self.selected() > 0 {
            self.selection.clear();
        } else {
            ctx.set_status(Tone::Quiet, format!("nothing to clear · {key} goes back"));
        }
    }

    /// Opens the item under the cursor in the review, which goes on with what the filter finds.
    fn open_item(&self, ctx: &mut AppContext) {
        if let Some(row) = self.row() {
            let filter = self.filter().clone();
            ctx.ask(QueueRequest::OpenItem { queue: self.name.clone(), seq: row.seq, filter });
        }
    }

    /// Takes the extent of the line; `true` when something is to be seen of it.
    fn line(&mut self, reply: &Reply, ctx: &mut AppContext) -> bool {
        let &Reply::Browse(BrowseReply::Extent { known, found, progress, done, indexed, since, .. }) = reply else {
            return false;
        };
        let was_partly = !self.is_stale && self.is_partly_searched();
        let is_another = std::mem::take(&mut self.is_stale);
        if is_another {
            self.rows.refresh();
        }
        let extent = Extent { known, found, progress, done, indexed, since };
        let before = std::mem::replace(&mut self.extent, extent);
        self.is_following &= !done;
        if done && (is_another || !before.done || before.found != found) {
            self.ask_for_totals(ctx);
        }
        if known > before.known && !is_another {
            self.rows.grow(before.known);
        }
        if was_partly && !self.is_partly_searched() {
            self.look_again(ctx); // all texts can be found now
        }
        is_another || before != extent
    }

    fn other_reply(&mut self, reply: Reply, ctx: &mut AppContext) -> Option<Reply> {
        match reply {
            Reply::Browse(BrowseReply::Words { queue, words }) => {
                (self.queue, self.words) = (Some(queue), *words);
                let text = self.filter.text.clone();
                self.set_filter(&text, ctx);
            }
            Reply::Lookup(LookupReply::Peeked { seq, item, .. }) => {
                let text = output::rich_text(&item, output::Input::Whole, Look::default());
                self.preview.fill(seq, item.id, text);
            }
            Reply::Browse(BrowseReply::BulkProgress { done, of }) => {
                if let Some(working) = &mut self.working {
                    (working.done, working.of) = (done, of);
                }
            }
            Reply::Browse(BrowseReply::SavedFilters { done: Some(done), .. }) => ctx.set_status(Tone::Good, done),
            Reply::Browse(BrowseReply::BulkDone { outcome }) => self.bulk_done(outcome, ctx),
            Reply::Review(ReviewReply::Undone(reverted)) => self.reverted(["undone", "undo"], reverted, ctx),
            Reply::Review(ReviewReply::Redone(reverted)) => self.reverted(["redone", "redo"], reverted, ctx),
            Reply::Failed { request, error } if request.outlives_its_screen() => {
                return Some(Reply::Failed { request, error });
            }
            Reply::Failed { request, error } => {
                self.failed(&request, &error, ctx);
                return None;
            }
            other => return Some(other),
        }
        ctx.stale_frame = true;
        None
    }

    fn failed(&mut self, request: &Request, error: &StoreError, ctx: &mut AppContext) {
        match request {
            Request::Browse(BrowseRequest::Follow { .. }) => return self.is_following = false,
            Request::Lookup(LookupRequest::Peek { .. }) => self.preview.failed(),
            Request::Browse(BrowseRequest::Totals { .. }) => return self.awaits_totals = false,
            Request::Browse(BrowseRequest::Bulk { .. }) => self.working = None,
            _ => {}
        }
        ctx.set_failure(error);
    }

    /// Goes to the item that was looked at before, if it is among the rows that are known.
    fn find_anchor(&mut self) -> bool {
        let Some(anchor) = self.anchor else { return false };
        let near = self.cursor.at.saturating_sub(2 * CHUNK)..self.cursor.at + 4 * CHUNK;
        let found = near.into_iter().find(|at| self.rows.get(*at).is_some_and(|row| row.seq == anchor));
        if let Some(at) = found {
            (self.cursor.at, self.anchor) = (at, None);
        }
        found.is_some()
    }

    fn ask_for_totals(&mut self, ctx: &mut AppContext) {
        if self.extent.done && !std::mem::replace(&mut self.awaits_totals, true) {
            ctx.ask(BrowseRequest::Totals { ticket: self.ticket });
        }
    }

    /// Takes the totals; `true` when they are others. Those of another line are asked for anew.
    fn take_totals(&mut self, ticket: u64, totals: Totals, ctx: &mut AppContext) -> bool {
        self.awaits_totals = false;
        if ticket != self.ticket {
            self.ask_for_totals(ctx);
            return false;
        }
        let is_new = totals != self.totals;
        self.totals = totals;
        is_new
    }

    fn ask_for_rows(&mut self, ctx: &mut AppContext) {
        let seen = self.cursor.seen();
        let known = if self.is_stale { 0 } else { self.extent.known };
        for chunk in self.rows.missing(seen, known) {
            ctx.ask(BrowseRequest::Rows { ticket: self.ticket, from: chunk * CHUNK, count: CHUNK });
        }
    }
}

impl Place for Browse {
    const OPENED_BY: Option<Action> = Some(Action::Browser);

    fn open(subject: Subject, ctx: &mut AppContext) -> Option<Self> {
        Some(Self::new(subject, ctx))
    }

    fn subject(&self) -> Option<Subject> {
        let title = self.spec().map_or_else(|| self.name.clone(), |spec| spec.title.clone());
        let item = self.row().map(|row| row.seq);
        let (queue, filter) = (self.name.clone(), self.filter().clone());
        Some(Subject { queue, title, item, filter, back: self.back.clone() })
    }

    fn is_kept_behind(&self) -> bool {
        true
    }

    fn returned_to(&mut self, ctx: &mut AppContext) {
        self.look_again(ctx);
    }

    fn context(&self) -> Context {
        Context::Browse
    }

    fn act(&mut self, action: Action, ctx: &mut AppContext) -> Outcome<Self> {
        if self.cursor.act(action, self.extent.known) {
            ctx.clear_status();
            self.anchor = None;
            return Outcome::Stay;
        }
        match action {
            Action::Leave | Action::OpenItem | Action::Undo | Action::Redo if self.is_working() => {
                self.say_working(ctx);
            }
            Action::Leave => return Outcome::leave_for(self.back.clone()),
            Action::Versions => return Outcome::leave_for(Navigation::To(action)),
            Action::Clear => self.clear(ctx),
            Action::Filter => return Outcome::over(FilterLine::begin(self, ctx)),
            Action::SavedFilters => return Outcome::over(SavedFilters::new(&self.filter.text, &self.name, ctx)),
            Action::Columns => return Outcome::over(Columns::to_show()),
            Action::Sort => return Outcome::over(Columns::to_sort()),
            Action::Preview => self.preview.toggle(),
            Action::PanRight | Action::PanLeft | Action::PreviewDown | Action::PreviewUp => self.preview.act(action),
            Action::Refresh => self.look_again(ctx),
            Action::Select => {
                if let Some(seq) = self.row().map(|row| row.seq) {
                    self.selection.toggle(seq);
                    self.cursor.step(1, self.extent.known);
                }
            }
            Action::SelectAll => self.selection.toggle_all(),
            Action::OpenItem => self.open_item(ctx),
            Action::Undo => ctx.ask(ReviewRequest::Undo),
            Action::Redo => ctx.ask(ReviewRequest::Redo),
            _ => return self.begin_bulk(action, ctx),
        }
        Outcome::Stay
    }

    fn offers(&self, action: Action) -> bool {
        match action {
            Action::Clear => !self.filter.text.trim().is_empty() || self.selected() > 0,
            Action::OpenItem | Action::Select | Action::SelectAll | Action::Preview => self.extent.known > 0,
            Action::PanRight | Action::PanLeft | Action::PreviewDown | Action::PreviewUp => {
                self.extent.known > 0 && self.preview.offers(action)
            }
            _ => true,
        }
    }

    fn mouse(&mut self, mouse: MouseEvent, ctx: &mut AppContext) -> Outcome<Self> {
        match mouse.kind {
            MouseEventKind::ScrollDown => self.cursor.step(3, self.extent.known),
            MouseEventKind::ScrollUp => self.cursor.step(-3, self.extent.known),
            MouseEventKind::Down(_) => match self.cursor.hit(mouse.column, mouse.row) {
                Some(at) if at == self.cursor.at => self.open_item(ctx), // a second click opens
                Some(at) => self.cursor.at = at,
                None => self.click_head((mouse.column, mouse.row).into(), ctx),
            },
            _ => {}
        }
        Outcome::Stay
    }

    fn reply(&mut self, reply: Reply, ctx: &mut AppContext) -> Option<Reply> {
        let is_new = match reply {
            Reply::Browse(BrowseReply::Extent { ticket, .. }) if ticket == self.ticket => self.line(&reply, ctx),
            Reply::Browse(BrowseReply::Rows { ticket, from, rows }) if ticket == self.ticket => {
                let are_new = self.rows.fill(from, rows);
                self.find_anchor() || are_new
            }
            Reply::Browse(BrowseReply::Totals { ticket, totals }) => self.take_totals(ticket, totals, ctx),
            Reply::Browse(BrowseReply::Extent { .. } | BrowseReply::Rows { .. }) => false,
            reply => return self.other_reply(reply, ctx),
        };
        ctx.stale_frame |= is_new;
        None
    }

    /// Others have changed something: the rows that are seen are read again, in their places,
    /// and what came in comes at the end. Where all are selected, no more are added.
    fn changed(&mut self, ctx: &mut AppContext) {
        if self.is_working() || self.is_stale {
            return; // the line is made anew, or will be
        }
        if !self.selection.is_all() && !self.is_following {
            self.is_following = true;
            ctx.ask(BrowseRequest::Follow { ticket: self.ticket });
        }
        self.rows.age();
        self.ask_for_rows(ctx);
        self.ask_for_totals(ctx);
    }

    /// Asks for the rows around those that were seen, and for what the preview shows.
    fn painted(&mut self, ctx: &mut AppContext) {
        self.ask_for_rows(ctx);
        if let Some(seq) = self.row().map(|row| row.seq)
            && self.preview.wants(&seq)
        {
            ctx.ask(LookupRequest::Peek { seq });
        }
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, ctx: &AppContext) {
        self.draw_all(area, buf, ctx);
    }
}
