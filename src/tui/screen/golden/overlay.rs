//! Overlays of the golden set.

mod narrow_line;

pub use narrow_line::NarrowLine;
