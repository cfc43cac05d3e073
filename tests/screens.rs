//! The workstation as plain functions: messages in, effects out, the screen drawn.

#[path = "screens/fixtures.rs"]
mod fixtures;
#[path = "screens/judging.rs"]
mod judging;
#[path = "screens/live.rs"]
mod live;
#[path = "screens/shots.rs"]
mod shots;
#[path = "screens/stories.rs"]
mod stories;
#[path = "screens/story.rs"]
mod story;
