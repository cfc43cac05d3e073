//! The screens: a file each, with its state, its update and its draw.

pub mod browse;
pub mod golden;
pub mod home;
pub mod opening;
pub mod review;

use browse::Browse;
use golden::GoldenScreen;
use home::Home;
use opening::Opening;
use review::Review;

/// What the workstation shows.
pub enum Screen {
    /// A queue that was named at the start is being opened.
    Opening(Opening),
    Home(Home),
    Review(Box<Review>),
    Golden(Box<GoldenScreen>),
    Browse(Box<Browse>),
}

impl Screen {
    pub fn review(&self) -> Option<&Review> {
        match self {
            Screen::Review(review) => Some(review),
            _ => None,
        }
    }

    pub fn browse_mut(&mut self) -> Option<&mut Browse> {
        match self {
            Screen::Browse(browse) => Some(browse),
            _ => None,
        }
    }

    pub fn review_mut(&mut self) -> Option<&mut Review> {
        match self {
            Screen::Review(review) => Some(review),
            _ => None,
        }
    }
}
