//! The screens: a folder each, with its state, its update, its drawing and its overlays.

pub mod agreement;
pub mod bars;
pub mod browse;
pub mod golden;
pub mod home;
pub mod inbox;
pub mod judges;
mod layered;
pub mod opening;
pub mod people;
pub mod preview;
pub mod review;
pub mod versions;

use super::action::Action;
use super::app_context::AppContext;
use super::context::Context;
use super::keymap::KeyPress;
use super::overlay::{Layer, Navigation, Outcome};
use super::worker::Reply;
use crate::domain::filter::Filter;
use crate::domain::item::Seq;
use crate::domain::time::UtcMillis;
use agreement::AgreementScreen;
use bars::Bars;
use browse::Browse;
use crossterm::event::MouseEvent;
use golden::GoldenScreen;
use home::Home;
use inbox::Inbox;
use judges::Judges;
use layered::Layered;
use opening::Opening;
use people::People;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use review::Review;
use versions::VersionsScreen;

/// A screen, without what lies over it.
pub trait Place: Sized + 'static {
    /// The action that opens it on the queue at hand.
    const OPENED_BY: Option<Action> = None;

    fn context(&self) -> Context;

    /// Carries out the action of a key where no overlay is open.
    fn act(&mut self, action: Action, ctx: &mut AppContext) -> Outcome<Self>;

    fn mouse(&mut self, _mouse: MouseEvent, _ctx: &mut AppContext) -> Outcome<Self> {
        Outcome::Stay
    }

    /// Takes a reply; gives back what is not for it.
    fn reply(&mut self, reply: Reply, ctx: &mut AppContext) -> Option<Reply>;

    /// The question that the last reply has raised; it lies over the screen until it is answered.
    fn take_question(&mut self) -> Option<Layer<Self>> {
        None
    }

    /// Reads again what it shows: others have changed the workspace.
    fn changed(&mut self, _ctx: &mut AppContext) {}

    /// Whether the palette offers the action: it may do something now.
    fn offers(&self, _action: Action) -> bool {
        true
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, ctx: &AppContext);

    /// Takes note that a frame with what is on screen has reached the terminal.
    fn painted(&mut self, _ctx: &mut AppContext) {}

    /// Takes note that the reviewer did something.
    fn touched(&mut self, _now: UtcMillis) {}

    /// The time at which [`Place::tick`] is to be called.
    fn due(&self) -> Option<UtcMillis> {
        None
    }

    fn tick(&mut self, _ctx: &mut AppContext) {}

    /// Saves what is under way: the program is about to be suspended.
    fn save(&mut self, _ctx: &mut AppContext) {}

    /// Saves what is under way and gives the item up: the screen is about to be left.
    fn leave(&mut self, _ctx: &mut AppContext) {}

    /// A sentence on what leaving now would lose.
    fn at_stake(&self) -> Option<String> {
        None
    }

    /// Work that the store has not acknowledged.
    fn unacknowledged(&self) -> Option<String> {
        None
    }

    /// The queue at hand, for a screen that an action opens on it.
    fn subject(&self) -> Option<Subject> {
        None
    }

    /// Opens the screen on a queue.
    fn open(_subject: Subject, _ctx: &mut AppContext) -> Option<Self> {
        None
    }

    /// Whether one comes back to it from an item that was opened on it.
    fn is_kept_behind(&self) -> bool {
        false
    }

    /// Takes note that one came back to it.
    fn returned_to(&mut self, _ctx: &mut AppContext) {}

    /// The number of decisions of this sitting that stand.
    fn decided(&self) -> i64 {
        0
    }
}

/// The queue, and item, that a screen is opened on.
#[derive(Debug, Clone, PartialEq)]
pub struct Subject {
    pub queue: String,
    pub title: String,
    /// The item that is looked at.
    pub item: Option<Seq>,
    /// The filter that is in force.
    pub filter: Filter,
    /// The way back.
    pub back: Navigation,
}

/// Makes [`Screen`] of the screens there are, and has it delegate to whichever it is.
macro_rules! screens {
    ($($name:ident $type:ident),+) => {
        /// The screen that the workstation shows.
        pub enum Screen {
            $($name(Box<Layered<$type>>),)+
        }

        $(impl From<$type> for Screen {
            fn from(place: $type) -> Self {
                Screen::$name(Box::new(Layered::new(place)))
            }
        })+

        /// Evaluates an expression for the screen that it is.
        macro_rules! each {
            ($screen:expr, $layered:ident => $result:expr) => {
                match $screen { $(Screen::$name($layered) => $result,)+ }
            };
        }

        impl Screen {
            /// The screen that an action opens on a queue.
            pub fn opened_by(action: Action, subject: &Subject, ctx: &mut AppContext) -> Option<Self> {
                $(if $type::OPENED_BY == Some(action) {
                    return $type::open(subject.clone(), ctx).map(Screen::from);
                })+
                None
            }

            /// Whether the action opens this kind of screen.
            pub fn is_opened_by(&self, action: Action) -> bool {
                match self { $(Screen::$name(_) => $type::OPENED_BY == Some(action),)+ }
            }
        }
    };
}

screens! { Opening Opening, Home Home, Review Review, Golden GoldenScreen, Inbox Inbox, Judges Judges, Bars Bars, People People, Agreement AgreementScreen, Browse Browse, Versions VersionsScreen }

impl Screen {
    pub fn context(&self) -> Context {
        each!(self, screen => screen.context())
    }

    /// Takes a key, with what it means in the screen's context.
    pub fn key(&mut self, key: KeyPress, ctx: &mut AppContext) -> Option<Navigation> {
        each!(self, screen => screen.key(key, ctx))
    }

    pub fn paste(&mut self, text: &str, ctx: &mut AppContext) {
        each!(self, screen => screen.paste(text, ctx));
    }

    pub fn mouse(&mut self, mouse: MouseEvent, ctx: &mut AppContext) -> Option<Navigation> {
        each!(self, screen => screen.mouse(mouse, ctx))
    }

    pub fn edited(&mut self, text: &str, ctx: &mut AppContext) {
        each!(self, screen => screen.edited(text, ctx));
    }

    /// Takes a reply; gives back what is neither for it nor for an overlay.
    pub fn reply(&mut self, reply: Reply, ctx: &mut AppContext) -> Option<Reply> {
        each!(self, screen => screen.reply(reply, ctx))
    }

    pub fn draw(&mut self, area: Rect, buf: &mut Buffer, ctx: &AppContext) {
        each!(self, screen => screen.draw(area, buf, ctx));
    }

    /// Leaves the screen: overlays close, what is under way is saved.
    pub fn leave(&mut self, ctx: &mut AppContext) {
        each!(self, screen => screen.leave(ctx));
    }

    pub fn changed(&mut self, ctx: &mut AppContext) {
        each!(self, screen => screen.place.changed(ctx));
    }

    pub fn painted(&mut self, ctx: &mut AppContext) {
        each!(self, screen => screen.place.painted(ctx));
    }

    pub fn touched(&mut self, now: UtcMillis) {
        each!(self, screen => screen.place.touched(now));
    }

    pub fn due(&self) -> Option<UtcMillis> {
        each!(self, screen => screen.place.due())
    }

    pub fn tick(&mut self, ctx: &mut AppContext) {
        each!(self, screen => screen.place.tick(ctx));
    }

    pub fn subject(&self) -> Option<Subject> {
        each!(self, screen => screen.place.subject())
    }

    pub fn is_kept_behind(&self) -> bool {
        each!(self, screen => screen.place.is_kept_behind())
    }

    pub fn returned_to(&mut self, ctx: &mut AppContext) {
        each!(self, screen => screen.place.returned_to(ctx));
    }

    pub fn decided(&self) -> i64 {
        each!(self, screen => screen.place.decided())
    }
}
