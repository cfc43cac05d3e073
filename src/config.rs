//! The user's settings: who reviews, where the workspace is, colours and keys.

use crate::domain::pace::Limits;
use crate::spec::Problem;
use crate::spec::problem::Problems;
use crate::spec::read::{TableReader, type_name};
use crate::spec::shape::{Form, Key, Shape};
use crate::spec::syntax::{self, Sound};
use crate::text::plural::count;
use crate::text::position::Position;
use crate::text::server_address;
use directories::{BaseDirs, ProjectDirs};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The settings of `config.toml`; whatever the file leaves out has its default.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    /// Where in the file a context stands, and each of its actions.
    pub key_places: BTreeMap<(String, Option<String>), Position>,
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
            key_places: BTreeMap::new(),
        }
    }
}

/// Which colours to use.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
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
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
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
    #[error("the settings {} have {}", .path.display(), count(.problems.len(), "problem"))]
    Invalid {
        path: PathBuf,
        /// Every one, in the order of the file.
        problems: Vec<Problem>,
    },
}

impl ConfigError {
    /// What the user can do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            ConfigError::Read { .. } => "check the path and its permissions, or name another file",
            ConfigError::Invalid { .. } => "correct what stands above",
        }
    }

    /// What is to be mended, each with its place.
    pub fn problems(&self) -> &[Problem] {
        match self {
            ConfigError::Read { .. } => &[],
            ConfigError::Invalid { problems, .. } => problems,
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

/// Folder of what the program keeps for itself on this machine.
pub fn state_folder() -> Option<PathBuf> {
    let dirs = ProjectDirs::from("", "", "karat")?;
    Some(dirs.state_dir().unwrap_or(dirs.data_local_dir()).to_owned())
}

/// Folder of the rejects of files beside which nothing can be written.
pub fn rejects_folder() -> Option<PathBuf> {
    Some(state_folder()?.join("rejects"))
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

    /// A mistake in the keys, at the last of the places where the names stand: a context's, and an action's in it.
    pub fn key_problem(&self, names: &[(&str, Option<&str>)], reason: String, hint: String) -> Problem {
        let at = |(context, action): &(&str, Option<&str>)| {
            self.key_places.get(&((*context).to_owned(), action.map(str::to_owned))).copied()
        };
        let place = names.iter().filter_map(at).max();
        let Position { line, column } = place.unwrap_or(Position { line: 1, column: 1 });
        Problem { line, column, reason, hint }
    }

    fn read(path: &Path) -> Result<Config, ConfigError> {
        let source =
            std::fs::read_to_string(path).map_err(|source| ConfigError::Read { path: path.to_path_buf(), source })?;
        Config::parse(&source, path)
    }

    /// Reads the settings in `source`; `path` is for messages and relative paths.
    pub fn parse(source: &str, path: &Path) -> Result<Config, ConfigError> {
        let mut problems = Problems::new(source);
        let config = Sound::of(source, &mut problems).map(|sound| read_sound(&sound, path, &mut problems));
        let problems = problems.finish();
        let config = config.filter(|_| problems.is_empty());
        config.ok_or_else(|| ConfigError::Invalid { path: path.to_path_buf(), problems })
    }
}

fn read_sound(sound: &Sound, path: &Path, problems: &mut Problems) -> Config {
    let (table, errors) = DeTable::parse_recoverable(&sound.text);
    syntax::report(&sound.text, &errors, problems);
    let shapes = [&TOP, &PACE, &KEYS];
    let mut top = TableReader::new((table.get_ref(), 0..0), &TOP, &shapes, sound, problems);
    let defaults = Config::default();
    let mut config = Config {
        reviewer: reviewer(&mut top),
        database: top.optional_text("database").map(|text| resolve(Path::new(text.get_ref()), path)),
        theme: top.optional_one_of("theme", &THEMES).unwrap_or_default(),
        preset: top.optional_one_of("preset", &PRESETS).unwrap_or_default(),
        idle_seconds: top.positive("idle_seconds").unwrap_or(defaults.idle_seconds),
        ..defaults
    };
    for entry in top.tables(&PACE) {
        config.pace = pace(&mut top.within(entry, &PACE), config.pace);
    }
    for (places, _) in top.tables(&KEYS) {
        config.keys = keys(places, &mut top);
        config.key_places = key_places(places, &sound.text);
    }
    config
}

fn reviewer(top: &mut TableReader) -> Option<String> {
    top.optional_text("reviewer").map(Spanned::into_inner)
}

fn pace(table: &mut TableReader, defaults: Limits) -> Limits {
    Limits {
        warn_after: table.number_from("warn_after", 0).map_or(defaults.warn_after, |number| number as usize),
        words_per_minute: table.positive("words_per_minute").unwrap_or(defaults.words_per_minute),
        guard_ms: table.number_from("guard_ms", 0).unwrap_or(defaults.guard_ms),
    }
}

/// The tables of `[keys]`: what places and actions there are, the keymap knows.
fn keys(places: &DeTable, top: &mut TableReader) -> BTreeMap<String, BTreeMap<String, Keys>> {
    let mut keys: BTreeMap<String, BTreeMap<String, Keys>> = BTreeMap::new();
    for (place, actions) in places {
        let DeValue::Table(actions) = actions.get_ref() else {
            let reason = format!("`{}` must be a table, but is {}", place.get_ref(), type_name(actions.get_ref()));
            let is_a_setting = TOP.keys.iter().any(|key| key.name == place.get_ref().as_ref());
            let hint = match is_a_setting {
                true => "it is no place of keys: write it at the top of the file, above [keys]",
                false => "begin it with [keys.PLACE], its actions below it",
            };
            top.report(place.span().start, reason, hint);
            continue;
        };
        for (action, value) in actions {
            match keys_of(value.get_ref()) {
                Some(of) => {
                    keys.entry(place.get_ref().to_string()).or_default().insert(action.get_ref().to_string(), of);
                }
                None => {
                    let (action, is) = (action.get_ref(), type_name(value.get_ref()));
                    let reason = format!("`{action}` must be a key or a list of keys, but is {is}");
                    top.report(value.span().start, reason, format!("write it like this: {action} = \"ctrl+r\""));
                }
            }
        }
    }
    keys
}

fn key_places(places: &DeTable, source: &str) -> BTreeMap<(String, Option<String>), Position> {
    let mut found = BTreeMap::new();
    for (place, actions) in places {
        let name = || place.get_ref().to_string();
        found.insert((name(), None), Position::of(source, place.span().start));
        for (action, _) in actions.get_ref().as_table().into_iter().flatten() {
            let at = Position::of(source, action.span().start);
            found.insert((name(), Some(action.get_ref().to_string())), at);
        }
    }
    found
}

fn keys_of(value: &DeValue) -> Option<Keys> {
    match value {
        DeValue::String(key) => Some(Keys::One(key.to_string())),
        DeValue::Array(list) => {
            let keys = list.iter().map(|key| key.get_ref().as_str().map(str::to_owned));
            keys.collect::<Option<_>>().map(Keys::Many)
        }
        _ => None,
    }
}

static TOP: Shape = Shape {
    header: "",
    form: Form::Top,
    purpose: "The user's settings.",
    keys: &[
        Key::optional("reviewer", "\"ops-1\"", "the name that decisions are recorded under"),
        Key::optional("database", "\"karat.db\"", "the workspace"),
        Key::optional("theme", "\"auto\"", "the colours"),
        Key::optional("preset", "\"karat\"", "keys of another program"),
        Key::optional("idle_seconds", "60", "the longest pause that counts in the time on an item"),
    ],
};

static PACE: Shape = Shape {
    header: "pace",
    form: Form::Table,
    purpose: "When a run of equal and hasty decisions is pointed out.",
    keys: &[
        Key::optional("warn_after", "10", "decisions in a row; 0 for never"),
        Key::optional("words_per_minute", "600", "words a minute above which a decision counts as hasty"),
        Key::optional("guard_ms", "120", "milliseconds within which a key that decides is not applied"),
    ],
};

static KEYS: Shape = Shape { header: "keys", form: Form::Table, purpose: "Keys by place and action.", keys: &[] };

const THEMES: [(&str, ThemeChoice); 5] = [
    ("auto", ThemeChoice::Auto),
    ("dark", ThemeChoice::Dark),
    ("light", ThemeChoice::Light),
    ("high-contrast", ThemeChoice::HighContrast),
    ("colour-blind", ThemeChoice::ColourBlind),
];

const PRESETS: [(&str, Preset); 5] = [
    ("karat", Preset::Karat),
    ("prodigy", Preset::Prodigy),
    ("langfuse", Preset::Langfuse),
    ("argilla", Preset::Argilla),
    ("less", Preset::Less),
];

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

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(source: &str) -> Result<Config, ConfigError> {
        Config::parse(source, Path::new("/etc/karat/config.toml"))
    }

    fn complaints(source: &str) -> String {
        let error = parse(source).unwrap_err();
        let told = error.problems().iter().map(|problem| problem.located("config.toml").to_string());
        told.collect::<Vec<_>>().join("\n")
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
    fn every_problem_is_told_with_its_place_and_hint() {
        let source = "\
            them = 'dark'\n\
            theme = 'purpel'\n\
            idle_seconds = 0\n\
            reviewer = ' '\n\
            warn_after = 1\n\
            [pace]\n\
            warn = 3\n\
            guard_ms = -1\n\
            [keys.review]\n\
            accept = 3\n\
            preset = argilla\n";
        let told = complaints(source);
        let expected = [
            ("1:1: unknown key `them`", "did you mean `theme`?"),
            ("2:9: `purpel` is no theme", "write one of \"auto\", \"dark\""),
            ("3:16: `idle_seconds` is 0, but must be at least 1", "write such a number"),
            ("4:12: `reviewer` is empty", "reviewer = \"ops-1\""),
            ("5:1: unknown key `warn_after`", "`warn_after` belongs in a [pace]"),
            ("7:1: unknown key `warn` in this [pace]", "the keys here are warn_after"),
            ("8:12: `guard_ms` is -1, but must be at least 0", "guard_ms = 120"),
            ("10:10: `accept` must be a key or a list of keys, but is a whole number", "accept = \"ctrl+r\""),
            ("11:10: string values must be quoted", "quotation marks"),
        ];
        for (problem, hint) in expected {
            let at = told.find(&format!("config.toml:{problem}")).unwrap_or_else(|| panic!("{problem} in\n{told}"));
            assert!(told[at..].lines().nth(1).unwrap().contains(hint), "{hint} in\n{told}");
        }
        assert_eq!(told.matches("hint:").count(), expected.len(), "{told}");
    }

    #[test]
    fn a_setting_among_the_keys_is_sent_to_the_top() {
        let told = complaints("[keys]\npreset = 'less'\nreview = 'a'\n");
        for hint in ["write it at the top of the file, above [keys]", "begin it with [keys.PLACE]"] {
            assert!(told.contains(hint), "{hint} in\n{told}");
        }
    }

    #[test]
    fn a_named_file_must_exist() {
        let error = Config::load(Some(Path::new("/nowhere/config.toml"))).unwrap_err();
        assert!(error.to_string().starts_with("the settings /nowhere/config.toml cannot be read"), "{error}");
    }
}
