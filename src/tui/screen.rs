//! The screens: a file each, with its state, its update and its draw.

pub mod golden;
pub mod home;
pub mod opening;
pub mod review;

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
}

impl Screen {
    pub fn review(&self) -> Option<&Review> {
        match self {
            Screen::Review(review) => Some(review),
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
