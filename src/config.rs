//! The user's settings: who reviews, where the workspace is, colours and keys.

use crate::domain::pace::Limits;
use crate::text::position::Position;
use crate::text::server_address;
use crate::text::suggest::nearest;
use directories::{BaseDirs, ProjectDirs};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The settings of `config.toml`; whatever the file leaves out has its default.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The name that decisions are recorded under.
    pub reviewer: Option<String>,
    /// The workspace. A relative path counts from the file's own directory.
    pub database: Option<PathBuf>,
    pub theme: ThemeChoice,
    pub preset: Preset,
    /// Longest pause, in seconds, that counts in the time on an item; a longer one counts as this.
    pub idle_seconds: u32,
    /// When a run of equal and hasty decisions is pointed out.
    pub pace: Limits,
    /// Keys by context and action name; they replace the action's defaults.
    pub keys: BTreeMap<String, BTreeMap<String, Keys>>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            reviewer: None,
            database: None,
            theme: ThemeChoice::default(),
            preset: Preset::default(),
            idle_seconds: 60,
            pace: Limits::default(),
            keys: BTreeMap::new(),
        }
    }
}

/// Which colours to use.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ThemeChoice {
    /// Dark or light, as the terminal's background is.
    #[default]
    Auto,
    Dark,
    Light,
    HighContrast,
    ColourBlind,
}

impl ThemeChoice {
    /// Whether the terminal's background makes a difference.
    pub fn asks_for_background(self) -> bool {
        !matches!(self, ThemeChoice::Dark | ThemeChoice::Light)
    }
}

/// Keys of another program, for people who are used to them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Preset {
    #[default]
    Karat,
    Prodigy,
    Langfuse,
    Argilla,
    Less,
}

/// The keys of one action: `"a"`, or `["a", "enter"]`; an empty list unbinds it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged, expecting = "expected a key such as \"ctrl+r\", or a list of keys")]
pub enum Keys {
    One(String),
    Many(Vec<String>),
}

impl Keys {
    pub fn as_slice(&self) -> &[String] {
        match self {
            Keys::One(key) => std::slice::from_ref(key),
            Keys::Many(keys) => keys,
        }
    }
}

/// Why the settings cannot be used. `Display` is a sentence for the user.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("the settings {} cannot be read: {source}", .path.display())]
    Read {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("{}:{line}:{column}: {reason}", .path.display())]
    Invalid {
        path: PathBuf,
        line: usize,
        column: usize,
        reason: String,
        /// What to write instead, where that is known.
        hint: Option<String>,
    },
}

impl ConfigError {
    /// What the user can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            ConfigError::Read { .. } => Some("check the path and its permissions, or name another file".into()),
            ConfigError::Invalid { hint, .. } => hint.clone(),
        }
    }
}

/// Path of the settings when none is given.
pub fn default_path() -> Option<PathBuf> {
    Some(ProjectDirs::from("", "", "karat")?.config_dir().join("config.toml"))
}

/// Path of the workspace when none is named.
pub fn default_database() -> Option<PathBuf> {
    Some(ProjectDirs::from("", "", "karat")?.data_dir().join("karat.db"))
}

/// Folder of the rejects of files beside which nothing can be written.
pub fn rejects_folder() -> Option<PathBuf> {
    let dirs = ProjectDirs::from("", "", "karat")?;
    Some(dirs.state_dir().unwrap_or(dirs.data_local_dir()).join("rejects"))
}

impl Config {
    /// Reads the settings, from the default place if `path` is `None`; there a missing file
    /// means the defaults.
    pub fn load(path: Option<&Path>) -> Result<Config, ConfigError> {
        match (path, default_path()) {
            (Some(path), _) => Config::read(path),
            (None, Some(path)) if path.exists() => Config::read(&path),
            _ => Ok(Config::default()),
        }
    }

    fn read(path: &Path) -> Result<Config, ConfigError> {
        let source =
            std::fs::read_to_string(path).map_err(|source| ConfigError::Read { path: path.to_path_buf(), source })?;
        Config::parse(&source, path)
    }

    /// Reads the settings in `source`; `path` is for messages and relative paths.
    pub fn parse(source: &str, path: &Path) -> Result<Config, ConfigError> {
        let mut config: Config = toml::from_str(source).map_err(|error| invalid(&error, source, path))?;
        config.database = config.database.map(|database| resolve(&database, path));
        config.check().map_err(|(field, reason, hint)| {
            let Position { line, column } = Position::of(source, field_offset(source, field));
            ConfigError::Invalid { path: path.to_path_buf(), line, column, reason, hint: Some(hint) }
        })?;
        Ok(config)
    }

    /// Checks what no type can express. The error: the field, what is wrong, what to write.
    fn check(&self) -> Result<(), (&'static str, String, String)> {
        if self.idle_seconds == 0 {
            let hint = "write a number of seconds from 1, or leave it out for 60";
            return Err(("idle_seconds", "`idle_seconds` is 0: no time would ever count".into(), hint.into()));
        }
        if self.pace.words_per_minute == 0 {
            let hint = "write how many words you read in a minute, or leave it out for 600";
            return Err((
                "words_per_minute",
                "`words_per_minute` is 0: nothing would ever be read".into(),
                hint.into(),
            ));
        }
        match &self.reviewer {
            Some(name) if name.trim().is_empty() || name.chars().any(char::is_control) => {
                let reason = "`reviewer` must have a visible character, and no control characters";
                Err(("reviewer", reason.into(), "write the name your decisions are recorded under".into()))
            }
            _ => Ok(()),
        }
    }
}

/// A path as the user means it: `~/` is the home directory, and a relative path is resolved from
/// the settings, so that it names one file wherever karat starts.
fn resolve(database: &Path, settings: &Path) -> PathBuf {
    if server_address::is_meant(&database.to_string_lossy()) {
        return database.to_path_buf(); // it is not a path
    }
    match (database.strip_prefix("~"), BaseDirs::new()) {
        (Ok(rest), Some(dirs)) => dirs.home_dir().join(rest),
        _ => settings.parent().unwrap_or(Path::new("")).join(database),
    }
}

fn invalid(error: &toml::de::Error, source: &str, path: &Path) -> ConfigError {
    let Position { line, column } = Position::of(source, error.span().map_or(0, |span| span.start));
    let reason = error.message().replace('\n', ", ");
    ConfigError::Invalid { path: path.to_path_buf(), line, column, hint: hint(&reason), reason }
}

/// The hint for a word that the parser did not take: the nearest one that it would have.
fn hint(reason: &str) -> Option<String> {
    let (before, expected) = reason.split_once(", expected ")?;
    let wrong = before.split('`').nth(1)?;
    let known: Vec<&str> = expected.split('`').skip(1).step_by(2).collect();
    match nearest(wrong, known.iter().copied()) {
        Some(word) => Some(format!("did you mean `{word}`?")),
        None if known.is_empty() => None,
        None => Some(format!("write one of {}", known.join(", "))),
    }
}

/// Byte at which a top-level field is set, 0 where it is not found.
fn field_offset(source: &str, field: &str) -> usize {
    let mut offset = 0;
    for line in source.split_inclusive('\n') {
        if line.trim_start().starts_with(field) {
            return offset + (line.len() - line.trim_start().len());
        }
        offset += line.len();
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(source: &str) -> Result<Config, ConfigError> {
        Config::parse(source, Path::new("/etc/karat/config.toml"))
    }

    fn complaint(source: &str) -> String {
        let error = parse(source).unwrap_err();
        format!("{error} / {}", error.hint().unwrap_or_default())
    }

    #[test]
    fn an_empty_file_is_the_defaults() {
        assert_eq!(parse("").unwrap(), Config::default());
    }

    #[test]
    fn every_setting_is_read() {
        let config = parse(
            r#"
            reviewer = "ops-1"
            database = "team.db"
            theme = "high-contrast"
            preset = "argilla"
            idle_seconds = 90
            [pace]
            warn_after = 0
            [keys.review]
            accept = ["a", "enter"]
            reject = "d"
            "#,
        )
        .unwrap();
        assert_eq!(config.database.unwrap(), Path::new("/etc/karat/team.db"));
        assert_eq!((config.theme, config.preset), (ThemeChoice::HighContrast, Preset::Argilla));
        assert_eq!(config.keys["review"]["accept"].as_slice(), ["a", "enter"]);
        assert_eq!(config.keys["review"]["reject"].as_slice(), ["d"]);
        assert_eq!((config.reviewer.as_deref(), config.idle_seconds), (Some("ops-1"), 90));
        assert_eq!((config.pace.warn_after, config.pace.words_per_minute), (0, 600));
    }

    #[test]
    fn a_database_is_absolute_or_an_address_as_it_stands() {
        let database = |text: &str| parse(&format!("database = '{text}'")).unwrap().database.unwrap();
        assert_eq!(database("/srv/karat.db"), Path::new("/srv/karat.db"));
        assert_eq!(database("postgres://db/karat"), Path::new("postgres://db/karat"));
        assert!(database("~/karat.db").ends_with("karat.db"));
        assert!(!database("~/karat.db").to_string_lossy().contains('~'));
    }

    #[test]
    fn complaints_name_place_reason_and_mend() {
        let cases = [
            (
                "[pace]\nwords_per_minute = 0",
                "/etc/karat/config.toml:2:1: `words_per_minute` is 0: nothing would ever be read / write how many words \
                 you read in a minute, or leave it out for 600",
            ),
            (
                "\n  reviever = 'x'",
                "/etc/karat/config.toml:2:3: unknown field `reviever`, expected one of `reviewer`, `database`, \
                 `theme`, `preset`, `idle_seconds`, `pace`, `keys` / did you mean `reviewer`?",
            ),
            (
                "theme = 'darc'",
                "/etc/karat/config.toml:1:9: unknown variant `darc`, expected one of `auto`, `dark`, `light`, \
                 `high-contrast`, `colour-blind` / did you mean `dark`?",
            ),
            (
                "[keys.review]\naccept = 3",
                "/etc/karat/config.toml:2:10: expected a key such as \"ctrl+r\", or a list of keys / ",
            ),
            (
                "theme = 'dark'\nidle_seconds = 0",
                "/etc/karat/config.toml:2:1: `idle_seconds` is 0: no time would ever count / write a number of \
                 seconds from 1, or leave it out for 60",
            ),
            (
                "reviewer = ' '",
                "/etc/karat/config.toml:1:1: `reviewer` must have a visible character, and no control characters / \
                 write the name your decisions are recorded under",
            ),
        ];
        for (source, expected) in cases {
            assert_eq!(complaint(source), expected);
        }
    }

    #[test]
    fn a_named_file_must_exist() {
        let error = Config::load(Some(Path::new("/nowhere/config.toml"))).unwrap_err();
        assert!(error.to_string().starts_with("the settings /nowhere/config.toml cannot be read"), "{error}");
    }
}
