//! How far the people of a queue agree, and where they differ.

mod differ;
mod draw;

use super::preview::Preview;
use super::{Place, Subject};
use crate::domain::filter::Filter;
use crate::domain::item::Seq;
use crate::tui::action::Action;
use crate::tui::app_context::AppContext;
use crate::tui::context::Context;
use crate::tui::overlay::{Navigation, Outcome};
use crate::tui::widget::list::Cursor;
use crate::tui::worker::{AgreementReply, AgreementRequest, Counted, QueueReply, QueueRequest, Reply, Request};
use crossterm::event::MouseEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Which part is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tab {
    /// On what people agree.
    Agree,
    /// Where they differ.
    Differ,
}

/// The agreement of the people of a queue.
pub struct AgreementScreen {
    queue: String,
    title: String,
    tab: Tab,
    /// `None` until it was counted.
    counted: Option<Box<Counted>>,
    /// Among the subjects.
    subjects: Cursor,
    /// Among the items to talk about.
    items: Cursor,
    opening: bool,
    /// The item under the cursor, with the opinions on it.
    preview: Preview<Seq>,
}

impl AgreementScreen {
    fn new(queue: String, title: String, ctx: &mut AppContext) -> Self {
        let screen = Self {
            queue,
            title,
            tab: Tab::Agree,
            counted: None,
            subjects: Cursor::default(),
            items: Cursor::default(),
            opening: false,
            preview: Preview::default(),
        };
        screen.ask(ctx);
        screen
    }

    fn ask(&self, ctx: &mut AppContext) {
        ctx.ask(AgreementRequest::Count { queue: self.queue.clone() });
    }

    /// The item to talk about under the cursor.
    fn chosen(&self) -> Option<Seq> {
        let items = &self.counted.as_ref()?.disagreement.items;
        items.get(self.items.at).filter(|_| self.tab == Tab::Differ).map(|item| item.seq)
    }

    fn cursor(&mut self) -> (&mut Cursor, usize) {
        let counted = self.counted.as_ref();
        match self.tab {
            Tab::Agree => (&mut self.subjects, counted.map_or(0, |counted| counted.rows.len())),
            Tab::Differ => (&mut self.items, counted.map_or(0, |counted| counted.disagreement.items.len())),
        }
    }

    fn open_item(&mut self, ctx: &mut AppContext) {
        let Some(seq) = self.chosen().filter(|_| !self.opening) else { return };
        self.opening = true;
        ctx.ask(QueueRequest::OpenItem { queue: self.queue.clone(), seq, filter: Filter::default() });
    }
}

impl Place for AgreementScreen {
    const OPENED_BY: Option<Action> = Some(Action::Agreement);

    fn open(subject: Subject, ctx: &mut AppContext) -> Option<Self> {
        Some(Self::new(subject.queue, subject.title, ctx))
    }

    fn subject(&self) -> Option<Subject> {
        let (queue, title) = (self.queue.clone(), self.title.clone());
        Some(Subject { queue, title, item: self.chosen(), filter: Filter::default(), back: Navigation::Back })
    }

    fn is_kept_behind(&self) -> bool {
        true
    }

    fn returned_to(&mut self, ctx: &mut AppContext) {
        self.opening = false;
        self.ask(ctx);
    }

    fn context(&self) -> Context {
        Context::Agreement
    }

    fn act(&mut self, action: Action, ctx: &mut AppContext) -> Outcome<Self> {
        match action {
            Action::Leave => return Outcome::leave_for(Navigation::Back),
            Action::Refresh => self.ask(ctx),
            Action::OpenItem => self.open_item(ctx),
            Action::Disagreement => self.tab = if self.tab == Tab::Agree { Tab::Differ } else { Tab::Agree },
            Action::PanRight | Action::PanLeft | Action::PreviewDown | Action::PreviewUp => self.preview.act(action),
            action => {
                let (cursor, count) = self.cursor();
                cursor.act(action, count);
                ctx.clear_status();
            }
        }
        Outcome::Stay
    }

    fn mouse(&mut self, mouse: MouseEvent, ctx: &mut AppContext) -> Outcome<Self> {
        let (cursor, count) = self.cursor();
        if cursor.mouse(mouse, count) {
            self.open_item(ctx);
        }
        Outcome::Stay
    }

    fn reply(&mut self, reply: Reply, ctx: &mut AppContext) -> Option<Reply> {
        match reply {
            Reply::Agreement(AgreementReply::Counted(counted)) if counted.queue == self.queue => {
                self.counted = Some(counted);
            }
            Reply::Agreement(AgreementReply::Item { seq, item, opinions }) => {
                if let Some(counted) = &self.counted {
                    let text = differ::item_with_opinions(&item, &opinions, &counted.spec);
                    self.preview.fill(seq, item.id.clone(), text);
                }
            }
            reply @ Reply::Queue(QueueReply::Opened { .. }) => return Some(reply),
            Reply::Failed { request, error } if request.outlives_its_screen() => {
                return Some(Reply::Failed { request, error });
            }
            Reply::Failed { request, error } => {
                if let Request::Agreement(AgreementRequest::Item { .. }) = *request {
                    self.preview.failed();
                }
                self.opening = false;
                ctx.set_failure(&error);
            }
            _ => return None,
        }
        ctx.stale_frame = true;
        None
    }

    fn changed(&mut self, ctx: &mut AppContext) {
        self.ask(ctx);
    }

    fn offers(&self, action: Action) -> bool {
        match action {
            Action::OpenItem => self.chosen().is_some(),
            Action::Undo | Action::Redo => false,
            Action::PanRight | Action::PanLeft | Action::PreviewDown | Action::PreviewUp => {
                self.chosen().is_some() && self.preview.offers(action)
            }
            _ => true,
        }
    }

    /// Asks for the item under the cursor.
    fn painted(&mut self, ctx: &mut AppContext) {
        if let Some(seq) = self.chosen()
            && self.preview.wants(&seq)
        {
            ctx.ask(AgreementRequest::Item { queue: self.queue.clone(), seq });
        }
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, ctx: &AppContext) {
        self.draw_all(area, buf, ctx);
    }
}
