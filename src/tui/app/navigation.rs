//! Navigation from one screen to another.

use super::App;
use crate::domain::claim::Claimed;
use crate::domain::filter::Filter;
use crate::domain::item::Seq;
use crate::domain::order::Serving;
use crate::domain::queue::{Counts, Queue};
use crate::store::{Next, StoreError};
use crate::tui::action::Action;
use crate::tui::app_context::Tone;
use crate::tui::message::Effect;
use crate::tui::overlay::Navigation;
use crate::tui::screen::bars::Bars;
use crate::tui::screen::home::Home;
use crate::tui::screen::opening::Opening;
use crate::tui::screen::review::Review;
use crate::tui::screen::{Screen, Subject};
use crate::tui::worker::{QueueRequest, Request};

impl App {
    pub(super) fn go(&mut self, navigation: Option<Navigation>) {
        match navigation {
            None => {}
            Some(Navigation::Quit) => self.quit(),
            Some(Navigation::Back) => self.back(),
            Some(Navigation::To(action)) => self.open_screen(action),
            Some(Navigation::Bar(key)) => self.open_bar(key),
            Some(Navigation::Table(filter)) => self.open_table(filter),
            Some(Navigation::Queue { name, seq, filter }) => self.open_queue(name, seq, filter),
        }
    }

    pub(super) fn quit(&mut self) {
        self.screen.leave(&mut self.ctx);
        self.ctx.emit(Effect::Quit);
    }

    /// Goes back to the screen that one came from, else to the queues.
    fn back(&mut self) {
        let queue = self.screen.subject().map(|subject| subject.queue);
        let behind = self.behind.take();
        self.leave_screen();
        self.screen = match behind {
            Some(mut behind) => {
                behind.returned_to(&mut self.ctx);
                behind
            }
            None => Home::read(queue, &mut self.ctx).into(),
        };
    }

    /// Goes to the screen that an action opens on the queue at hand; back to it, where one came
    /// from there.
    fn open_screen(&mut self, action: Action) {
        if self.behind.as_ref().is_some_and(|behind| behind.is_opened_by(action)) {
            return self.back();
        }
        if let Some(subject) = self.screen.subject() {
            self.leave_screen();
            self.open_on(action, &subject);
        }
    }

    fn open_bar(&mut self, key: String) {
        if let Some(subject) = self.screen.subject() {
            self.leave_screen();
            self.screen = Bars::at(subject, Some(key), &mut self.ctx).into();
        }
    }

    fn open_table(&mut self, filter: Filter) {
        if let Some(subject) = self.screen.subject() {
            self.leave_screen();
            self.open_on(Action::Browser, &Subject { filter, ..subject });
        }
    }

    fn open_on(&mut self, action: Action, subject: &Subject) {
        if let Some(screen) = Screen::opened_by(action, subject, &mut self.ctx) {
            self.screen = screen;
        }
    }

    /// Opens a queue at an item, or at its next one.
    fn open_queue(&mut self, queue: String, seq: Option<Seq>, filter: Filter) {
        self.leave_screen();
        let request = match seq {
            Some(seq) => QueueRequest::OpenItem { queue, seq, filter },
            None => QueueRequest::Open { queue, order: None, filter },
        };
        self.screen = Opening::new(request, &mut self.ctx).into();
    }

    /// Shows the queue that was opened under review.
    pub(super) fn show_review(&mut self, queue: Box<Queue>, serving: Serving, counts: Counts, next: Next) {
        // What was said before the first screen was there is still to be read.
        if !matches!(self.screen, Screen::Opening(_)) {
            self.ctx.clear_status();
        }
        self.ctx.stale_frame = true;
        if matches!(&next, Next::Item(served) if matches!(served.claimed, Claimed::Mine(_))) {
            self.ctx.only_looks = None; // more was granted meanwhile
        }
        let review = Review::new(queue, serving, counts, next, &mut self.ctx);
        let mut before = std::mem::replace(&mut self.screen, review.into());
        before.leave(&mut self.ctx);
        self.behind = Some(before).filter(Screen::is_kept_behind);
    }

    /// Shows the list of queues with the failure. A reviewer who may not decide sees the table.
    pub(super) fn failed_to_open(&mut self, request: &Request, error: &StoreError) {
        if let Request::Queue(request) = request
            && error.permits_reading()
            && let Some(queue) = request.opened_queue()
        {
            return self.only_look(queue, error);
        }
        self.screen = Home::read(None, &mut self.ctx).into();
        self.ctx.set_failure(error);
    }

    /// The queue as a table, for who may not decide.
    fn only_look(&mut self, queue: &str, error: &StoreError) {
        self.leave_screen();
        let subject = Subject {
            queue: queue.into(),
            title: String::new(),
            item: None,
            filter: Filter::default(),
            back: Navigation::Back,
        };
        self.open_on(Action::Browser, &subject);
        self.ctx.set_only_looks(error);
        self.ctx.set_status(Tone::Warning, self.ctx.only_looks.clone().unwrap_or_default());
    }

    /// Ends what is under way on the screen.
    fn leave_screen(&mut self) {
        self.ctx.clear_status();
        self.screen.leave(&mut self.ctx);
        self.decided += self.screen.decided();
        self.behind = None;
    }
}
