//! The workstation as plain functions: messages in, effects out, the screen drawn.

mod agreement;
mod attempts;
mod bars;
mod fixtures;
mod footer;
mod judging;
mod live;
mod mapping;
mod model_judges;
mod people;
mod settling;
mod shots;
mod stories;
mod story;
mod versions;
