//! From one screen to another.

use super::App;
use crate::store::view::Seq;
use crate::tui::app_context::Tone;
use crate::tui::screen::Screen;
use crate::tui::screen::browse::{Browse, Origin};
use crate::tui::screen::golden::GoldenScreen;
use crate::tui::screen::home::Home;
use crate::tui::screen::opening::Opening;
use crate::tui::worker::QueueRequest;

impl App {
    /// Back to the screen that one came from, else to the queues.
    pub(super) fn back(&mut self) {
        if let Screen::Browse(browse) = &self.screen
            && let Origin::Review(seq) = browse.origin
        {
            return self.open_at(browse.name.clone(), seq);
        }
        let queue = self.leave_screen();
        self.screen = match self.behind.take() {
            Some(Screen::Golden(mut golden)) => {
                golden.refresh(&mut self.ctx);
                Screen::Golden(golden)
            }
            Some(Screen::Browse(mut browse)) => {
                browse.look_again(&mut self.ctx);
                Screen::Browse(browse)
            }
            _ => {
                self.ctx.ask(QueueRequest::List);
                Screen::Home(queue.map_or_else(Home::default, |queue| Home::at(&queue)))
            }
        };
    }

    /// To the queue that is looked at, as a table.
    pub(super) fn show_browser(&mut self) {
        let (name, origin) = match &self.screen {
            Screen::Review(_) if matches!(self.behind, Some(Screen::Browse(_))) => return self.back(),
            Screen::Review(review) => {
                (review.name().to_owned(), Origin::Review(review.open_item().map(|open| open.seq())))
            }
            Screen::Home(home) => match home.chosen() {
                Some(queue) => (queue.name.clone(), Origin::Home),
                None => return,
            },
            Screen::Browse(_) | Screen::Golden(_) | Screen::Opening(_) => return,
        };
        self.leave_screen();
        self.behind = None;
        self.screen = Screen::Browse(Box::new(Browse::new(name, origin, &mut self.ctx)));
    }

    /// The queue as a table, for who may not decide.
    pub(super) fn only_look(&mut self, queue: String) {
        self.leave_screen();
        self.screen = Screen::Browse(Box::new(Browse::new(queue, Origin::Home, &mut self.ctx)));
        self.ctx.set_status(Tone::Warning, "you may look here, and not decide: a lead grants more");
    }

    pub(super) fn show_golden_set(&mut self) {
        let (name, title) = match &self.screen {
            Screen::Home(home) => match home.chosen() {
                Some(queue) => (queue.name.clone(), queue.title.clone()),
                None => return,
            },
            Screen::Review(review) => (review.name().to_owned(), review.spec().title.clone()),
            Screen::Browse(_) | Screen::Golden(_) | Screen::Opening(_) => return,
        };
        self.leave_screen();
        self.behind = None;
        self.screen = Screen::Golden(Box::new(GoldenScreen::new(&name, &title, &mut self.ctx)));
    }

    /// Opens another queue.
    pub(super) fn open(&mut self, queue: String) {
        self.open_at(queue, None);
    }

    /// Opens a queue at an item, or at its next one.
    fn open_at(&mut self, queue: String, seq: Option<Seq>) {
        self.leave_screen();
        self.behind = None;
        self.ctx.ask(match seq {
            Some(seq) => QueueRequest::OpenItem { queue: queue.clone(), seq },
            None => QueueRequest::open(&queue),
        });
        self.screen = Screen::Opening(Opening::new(queue, self.ctx.now));
    }

    /// Ends what is under way on the screen; gives its queue.
    fn leave_screen(&mut self) -> Option<String> {
        self.ctx.clear_status();
        self.overlays.clear();
        match &mut self.screen {
            Screen::Review(review) => {
                review.leave(&mut self.ctx);
                self.decided += review.decided();
                Some(review.name().to_owned())
            }
            Screen::Golden(golden) => Some(golden.queue.clone()),
            Screen::Browse(browse) => Some(browse.name.clone()),
            Screen::Home(_) | Screen::Opening(_) => None,
        }
    }
}
