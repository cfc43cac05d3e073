//! Overlays of the people of a queue.

mod lift_form;

pub use lift_form::LiftForm;
