//! The workstation.

pub mod action;
pub mod keymap;
pub mod paper;
pub mod safe;
pub mod theme;
pub mod worker;

pub struct Options {
    pub db: std::path::PathBuf,
    pub queue: Option<String>,
    pub reviewer: String,
    pub config: crate::config::Config,
    pub colours: bool,
}
pub fn run(_: Options) -> color_eyre::eyre::Result<()> {
    Ok(())
}
