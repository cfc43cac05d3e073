//! The keymap: from key presses to actions, by context; and back, for help and footers.

mod pattern;

pub use pattern::KeyPattern;

use super::action::{Action, TABLE};
use super::context::{Context, Takes};
use crate::config::{Config, Keys, Preset};
use crate::text::suggest::nearest;
use crossterm::event::{KeyEvent, KeyEventKind};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The keys in force. Each place's keys are apart; a key means one thing in a place.
#[derive(Debug, Clone)]
pub struct Keymap {
    bindings: BTreeMap<(Context, Action), Vec<KeyPattern>>,
    actions: HashMap<(Context, KeyPattern), Action>,
}

/// A press of a key, with what it means where it was pressed.
#[derive(Debug, Clone, Copy)]
pub struct KeyPress {
    pub action: Option<Action>,
    pub event: KeyEvent,
}

/// An error in the keys. `Display` is a sentence for the user.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeymapError {
    #[error("[keys.{name}]: there is no such place")]
    UnknownContext { name: String, known: Vec<&'static str> },
    #[error("[keys.{}] {name}: there is no such action here", .context.name())]
    UnknownAction { context: Context, name: String, known: Vec<&'static str> },
    #[error("[keys.{}] {} = \"{key}\": {reason}", .context.name(), .action.name())]
    BadKey { context: Context, action: Action, key: String, reason: String },
    #[error("the key `{key}` would mean both {} and {}", binding(.first), binding(.second))]
    Collision { key: KeyPattern, first: (Context, Action), second: (Context, Action) },
    #[error("[keys.{}] {}: `{key}` is for typing there", .context.name(), .action.name())]
    Typed { context: Context, action: Action, key: KeyPattern },
    #[error("the keys of the preset cannot be read: {0}")]
    Preset(String),
}

impl KeymapError {
    /// A hint on what the reader can do about it.
    pub fn hint(&self) -> String {
        match self {
            KeymapError::Collision { first: (context, action), .. } => format!(
                "give one of them another key, such as `{} = \"f2\"` under [keys.{}]",
                action.name(),
                context.name()
            ),
            KeymapError::Typed { .. } => "use a key that writes nothing, such as one with ctrl".into(),
            KeymapError::UnknownContext { name, known } | KeymapError::UnknownAction { name, known, .. } => {
                suggestion(name, known)
            }
            KeymapError::BadKey { .. } => "write a key as \"a\", \"ctrl+r\", \"f2\" or \"enter\"".into(),
            KeymapError::Preset(_) => "please report this; another preset does meanwhile".into(),
        }
    }

    /// The names in the settings that the error is about: a context's, and an action's in it.
    pub fn names(&self) -> Vec<(&str, Option<&str>)> {
        let of = |(context, action): &(Context, Action)| (context.name(), Some(action.name()));
        match self {
            KeymapError::UnknownContext { name, .. } => vec![(name, None)],
            KeymapError::UnknownAction { context, name, .. } => vec![(context.name(), Some(name))],
            KeymapError::BadKey { context, action, .. } | KeymapError::Typed { context, action, .. } => {
                vec![of(&(*context, *action))]
            }
            KeymapError::Collision { first, second, .. } => vec![of(first), of(second)],
            KeymapError::Preset(_) => Vec::new(),
        }
    }
}

fn suggestion(wrong: &str, known: &[&str]) -> String {
    match nearest(wrong, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("there are {}", known.join(", ")),
    }
}

fn binding((context, action): &(Context, Action)) -> String {
    format!("`{}` ({})", action.name(), context.name())
}

type Bindings = BTreeMap<(Context, Action), Vec<KeyPattern>>;
type Tables = BTreeMap<String, BTreeMap<String, Keys>>;

impl Keymap {
    /// The preset's keys with the user's in place of those of the same action.
    /// Refused when a key would mean two things, with every error.
    pub fn new(config: &Config) -> Result<Keymap, Vec<KeymapError>> {
        let mut errors = Vec::new();
        let mut bindings = defaults().map_err(|error| vec![error])?;
        lay_over(&mut bindings, &preset(config.preset).map_err(|error| vec![error])?, &mut errors);
        lay_over(&mut bindings, &config.keys, &mut errors);
        let actions = inverse(&bindings, &mut errors);
        if errors.is_empty() { Ok(Keymap { bindings, actions }) } else { Err(errors) }
    }

    /// The action of a press in a place: the place's own keys first, then those of
    /// everywhere, except keys that are for typing there.
    pub fn lookup(&self, context: Context, event: &KeyEvent) -> Option<Action> {
        if event.kind == KeyEventKind::Release {
            return None;
        }
        let key = KeyPattern::from(event);
        let own = self.actions.get(&(context, key));
        let own = own.or_else(|| self.actions.get(&(context.inherits()?, key)));
        let global = || self.actions.get(&(Context::Global, key)).filter(|_| !typed(context, &key));
        own.or_else(global).copied()
    }

    /// The keys of an action in a place, as people read them.
    pub fn keys_for(&self, context: Context, action: Action) -> Vec<String> {
        self.patterns(context, action).iter().map(KeyPattern::label).collect()
    }

    /// The lines of help of a place: its own actions, then those of everywhere
    /// that work there. Actions without a key are left out.
    pub fn help(&self, context: Context) -> Vec<(String, Action)> {
        let global = Some(Context::Global).filter(|_| context != Context::Global);
        let rows = [Some(context), context.inherits(), global]
            .into_iter()
            .flatten()
            .flat_map(|place| self.rows(place, context));
        rows.filter(|(_, action)| *action != Action::Palette || context.is_screen()).collect()
    }

    /// Key and label of some actions, for a footer: the first key of each that has one.
    pub fn hint(&self, context: Context, actions: &[Action]) -> Vec<(String, &'static str)> {
        let hint = |action: &Action| Some((self.first_key(context, *action)?.label(), action.label_in(context)));
        actions.iter().filter_map(hint).collect()
    }

    /// The key of an action that a footer names, if it has one in the place.
    pub fn first_key(&self, context: Context, action: Action) -> Option<KeyPattern> {
        let own = self.patterns(context, action).first();
        let own = own.or_else(|| self.patterns(context.inherits()?, action).first());
        let global = || self.patterns(Context::Global, action).iter().find(|key| !typed(context, key));
        own.or_else(global).copied()
    }

    fn patterns(&self, context: Context, action: Action) -> &[KeyPattern] {
        self.bindings.get(&(context, action)).map_or(&[], Vec::as_slice)
    }

    fn rows(&self, place: Context, context: Context) -> impl Iterator<Item = (String, Action)> {
        Action::all().filter_map(move |action| {
            let taken = |key: &KeyPattern| self.actions.contains_key(&(context, *key)) || typed(context, key);
            let works = |key: &&KeyPattern| place == context || !taken(key);
            let keys: Vec<_> = self.patterns(place, action).iter().filter(works).map(KeyPattern::label).collect();
            (!keys.is_empty()).then(|| (keys.join(" "), action))
        })
    }
}

/// A press of the key writes or chooses something in the place.
fn typed(context: Context, key: &KeyPattern) -> bool {
    match context.takes() {
        Takes::Keys => false,
        Takes::Letters => key.is_alphanumeric(),
        Takes::Text => key.is_printable(),
    }
}

fn defaults() -> Result<Bindings, KeymapError> {
    let mut bindings = Bindings::new();
    for entry in TABLE {
        for &context in Context::ALL {
            let Some(keys) = entry.keys_in(context) else { continue };
            let keys = keys.split_whitespace().map(|key| parse(context, entry.action, key));
            bindings.insert((context, entry.action), keys.collect::<Result<_, _>>()?);
        }
    }
    Ok(bindings)
}

fn preset(preset: Preset) -> Result<Tables, KeymapError> {
    let source = match preset {
        Preset::Karat => "",
        Preset::Prodigy => include_str!("../../assets/keymaps/prodigy.toml"),
        Preset::Langfuse => include_str!("../../assets/keymaps/langfuse.toml"),
        Preset::Argilla => include_str!("../../assets/keymaps/argilla.toml"),
        Preset::Less => include_str!("../../assets/keymaps/less.toml"),
    };
    toml::from_str(source).map_err(|error| KeymapError::Preset(error.to_string()))
}

/// Puts the keys of `tables` in place of those that the same actions had.
fn lay_over(bindings: &mut Bindings, tables: &Tables, errors: &mut Vec<KeymapError>) {
    for (name, table) in tables {
        let Some(context) = Context::from_name(name) else {
            errors.push(unknown_context(name));
            continue;
        };
        for (name, keys) in table {
            match keys_of(context, name, keys) {
                Ok((action, keys)) => drop(bindings.insert((context, action), keys)),
                Err(error) => errors.push(error),
            }
        }
    }
}

fn keys_of(context: Context, name: &str, keys: &Keys) -> Result<(Action, Vec<KeyPattern>), KeymapError> {
    let action = Action::from_name(name).filter(|action| action.belongs_to(context));
    let action = action.ok_or_else(|| unknown_action(context, name))?;
    let keys = keys.as_slice().iter().map(|key| parse(context, action, key));
    Ok((action, keys.collect::<Result<_, _>>()?))
}

fn parse(context: Context, action: Action, key: &str) -> Result<KeyPattern, KeymapError> {
    key.parse().map_err(|reason| KeymapError::BadKey { context, action, key: key.to_owned(), reason })
}

fn unknown_context(name: &str) -> KeymapError {
    KeymapError::UnknownContext {
        name: name.to_owned(),
        known: Context::ALL.iter().map(|context| context.name()).collect(),
    }
}

fn unknown_action(context: Context, name: &str) -> KeymapError {
    let known = Action::all().filter(|action| action.belongs_to(context)).map(Action::name).collect();
    KeymapError::UnknownAction { context, name: name.to_owned(), known }
}

/// Actions by key; an error where a key means two things in a place, or one in
/// the place and another everywhere.
fn inverse(bindings: &Bindings, errors: &mut Vec<KeymapError>) -> HashMap<(Context, KeyPattern), Action> {
    let mut actions: HashMap<(Context, KeyPattern), Action> = HashMap::new();
    // `Global` sorts first, so that it is complete when the places are compared with it.
    for ((context, action), keys) in bindings {
        for key in keys {
            if typed(*context, key) {
                errors.push(KeymapError::Typed { context: *context, action: *action, key: *key });
            }
            for place in BTreeSet::from([*context, Context::Global]) {
                if let Some(taken) = actions.get(&(place, *key)).filter(|taken| (place, *taken) != (*context, action)) {
                    let (first, second) = ((place, *taken), (*context, *action));
                    errors.push(KeymapError::Collision { key: *key, first, second });
                }
            }
            actions.insert((*context, *key), *action);
        }
    }
    actions
}

#[cfg(test)]
mod tests;
