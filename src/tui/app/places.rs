//! From one screen to another.

use super::App;
use crate::tui::screen::Screen;
use crate::tui::screen::browse::{Browse, Origin};
use crate::tui::screen::home::Home;
use crate::tui::screen::opening::Opening;
use crate::tui::worker::Request;

impl App {
    /// Out of the review: what is under way is kept, and the item given up.
    fn leave_review(&mut self) {
        if let Screen::Review(review) = &mut self.screen {
            review.leave(&mut self.station);
            self.decided += review.decided;
        }
        self.station.hush();
        self.overlays.clear();
    }

    /// From the review to where it was opened from.
    pub(super) fn go_back(&mut self) {
        let Screen::Review(review) = &self.screen else { return };
        let name = review.name().to_owned();
        self.leave_review();
        match self.behind.take() {
            Some(mut browse) => {
                browse.come_back(&mut self.station);
                self.screen = Screen::Browse(browse);
            }
            None => self.go_home(&name),
        }
    }

    fn go_home(&mut self, queue: &str) {
        self.station.ask(Request::Home);
        self.screen = Screen::Home(Home::at(queue));
    }

    /// To the browser of the queue that is looked at.
    pub(super) fn browse(&mut self) {
        let (name, origin) = match &self.screen {
            Screen::Review(_) if self.behind.is_some() => return self.go_back(),
            Screen::Review(review) => {
                (review.name().to_owned(), Origin::Review(review.sheet().map(|sheet| sheet.seq())))
            }
            Screen::Home(home) => match home.chosen() {
                Some(queue) => (queue.name.clone(), Origin::Home),
                None => return,
            },
            Screen::Browse(_) | Screen::Opening(_) => return,
        };
        self.leave_review();
        self.screen = Screen::Browse(Box::new(Browse::new(name, origin, &mut self.station)));
    }

    /// From the browser to where it was opened from.
    pub(super) fn leave_browser(&mut self) {
        let Screen::Browse(browse) = &self.screen else { return };
        let (name, origin) = (browse.name.clone(), browse.origin.clone());
        self.station.hush();
        match origin {
            Origin::Home => self.go_home(&name),
            Origin::Review(seq) => {
                self.station.ask(Request::Visit { queue: name.clone(), seq });
                self.screen = Screen::Opening(Opening::new(name, self.station.now));
            }
        }
    }

    /// Opens another queue.
    pub(super) fn open(&mut self, queue: String) {
        self.leave_review();
        self.behind = None;
        self.station.ask(Request::Open { queue: queue.clone() });
        self.screen = Screen::Opening(Opening::new(queue, self.station.now));
    }
}
