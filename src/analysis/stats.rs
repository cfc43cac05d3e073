//! Statistics of what was decided, as pure functions over numbers.

pub mod interval;
