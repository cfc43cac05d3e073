use super::*;
use crossterm::event::{KeyCode, KeyModifiers};

const PRESETS: [Preset; 5] = [Preset::Karat, Preset::Prodigy, Preset::Langfuse, Preset::Argilla, Preset::Less];

fn config(toml: &str) -> Config {
    Config::parse(toml, std::path::Path::new("config.toml")).unwrap()
}

fn keymap(toml: &str) -> Keymap {
    Keymap::new(&config(toml)).unwrap()
}

/// The first error, and with what can be done about it.
fn complaint(toml: &str) -> [String; 2] {
    let error = Keymap::new(&config(toml)).unwrap_err().remove(0);
    [error.to_string(), format!("{error}; {}", error.hint())]
}

/// What the written key means.
fn press(keymap: &Keymap, context: Context, key: &str) -> Option<Action> {
    let (code, modifiers) = match key {
        "enter" => (KeyCode::Enter, KeyModifiers::NONE),
        "esc" => (KeyCode::Esc, KeyModifiers::NONE),
        "down" => (KeyCode::Down, KeyModifiers::NONE),
        "backspace" => (KeyCode::Backspace, KeyModifiers::NONE),
        "ctrl+c" => (KeyCode::Char('c'), KeyModifiers::CONTROL),
        "ctrl+r" => (KeyCode::Char('r'), KeyModifiers::CONTROL),
        key => (KeyCode::Char(key.chars().next().unwrap()), KeyModifiers::NONE),
    };
    keymap.lookup(context, &KeyEvent::new(code, modifiers))
}

#[test]
fn every_preset_is_without_collisions() {
    for preset in PRESETS {
        Keymap::new(&Config { preset, ..Config::default() }).unwrap();
    }
}

#[test]
fn every_default_key_is_printed_as_it_is_written() {
    for entry in TABLE {
        for key in Context::ALL.iter().filter_map(|context| entry.keys_in(*context)).flat_map(str::split_whitespace) {
            assert_eq!(key.parse::<KeyPattern>().unwrap().to_string(), key, "{}", entry.name);
        }
    }
}

#[test]
fn typing_keys_reach_the_note_and_the_picker() {
    for preset in PRESETS {
        let keymap = Keymap::new(&Config { preset, ..Config::default() }).unwrap();
        for ((context, action), keys) in &keymap.bindings {
            assert!(keys.iter().all(|key| !typed(*context, key)), "{context:?} {action:?}");
        }
        assert_eq!(press(&keymap, Context::Note, "?"), None);
        assert_eq!(press(&keymap, Context::Picker, "?"), Some(Action::Help));
        assert_eq!(press(&keymap, Context::Note, "ctrl+c"), Some(Action::Quit));
        for c in ('a'..='z').chain('A'..='Z').chain('0'..='9') {
            assert_eq!(press(&keymap, Context::Picker, &c.to_string()), None);
        }
    }
    let global = keymap("[keys.global]\nhelp = ['?', 'Y']");
    assert_eq!(press(&global, Context::Picker, "Y"), None);
    assert_eq!(press(&global, Context::Review, "Y"), Some(Action::Help));
}

#[test]
fn a_place_comes_before_everywhere_and_places_are_apart() {
    let keymap = keymap("");
    let cases = [
        (Context::Review, "a", Some(Action::Accept)),
        (Context::Review, "ctrl+r", Some(Action::Redo)),
        (Context::Review, "backspace", Some(Action::Undo)),
        (Context::Review, "?", Some(Action::Help)),
        (Context::Review, "7", Some(Action::Score7)),
        (Context::Home, "a", None),
        (Context::Home, "q", Some(Action::Leave)),
        (Context::Picker, "enter", Some(Action::Commit)),
        (Context::Note, "esc", Some(Action::Keep)),
        (Context::Confirm, "y", Some(Action::Yes)),
        (Context::Help, "q", Some(Action::Close)),
    ];
    for (context, key, action) in cases {
        assert_eq!(press(&keymap, context, key), action, "{key} in {}", context.name());
    }
}

#[test]
fn a_release_means_nothing() {
    let mut event = KeyEvent::new(KeyCode::Char('a'), KeyModifiers::NONE);
    event.kind = KeyEventKind::Release;
    assert_eq!(keymap("").lookup(Context::Review, &event), None);
}

#[test]
fn presets_bring_their_hands() {
    let cases = [
        ("prodigy", "x", Action::Reject),
        ("prodigy", "backspace", Action::Undo),
        ("langfuse", "enter", Action::Accept),
        ("langfuse", "down", Action::NextCriterion),
        ("argilla", "enter", Action::Accept),
        ("argilla", "backspace", Action::Undo),
    ];
    for (preset, key, action) in cases {
        let keymap = keymap(&format!("preset = '{preset}'"));
        assert_eq!(press(&keymap, Context::Review, key), Some(action), "{preset} {key}");
    }
}

#[test]
fn the_users_keys_replace_the_actions_own() {
    let keymap = keymap("[keys.review]\naccept = ['enter', 'y']\nretry = []");
    assert_eq!(press(&keymap, Context::Review, "y"), Some(Action::Accept));
    assert_eq!(press(&keymap, Context::Review, "a"), None);
    assert_eq!(press(&keymap, Context::Review, "R"), None);
    assert_eq!(keymap.keys_for(Context::Review, Action::Accept), ["Enter", "y"]);
}

#[test]
fn complaints_name_the_place_and_a_hint() {
    let cases = [
        ("[keys.review]\naccept = 'x'", "the key `x` would mean both `accept` (review) and `reject` (review)"),
        ("[keys.review]\naccept = '?'", "the key `?` would mean both `help` (global) and `accept` (review)"),
        ("[keys.global]\nhelp = 'z'", "the key `z` would mean both `help` (global) and `zoom` (review)"),
        ("[keys.review]\naccept = ['y', 'shift+z', 'Z']", ""),
        ("[keys.reviw]\naccept = 'b'", "[keys.reviw]: there is no such place; did you mean `review`?"),
        ("[keys.review]\nacept = 'b'", "[keys.review] acept: there is no such action here; did you mean `accept`?"),
        ("[keys.note]\naccept = 'b'", "[keys.note] accept: there is no such action here; there are keep, editor"),
        ("[keys.review]\naccept = 'entr'", "[keys.review] accept = \"entr\": `entr` is no key; did you mean `enter`?"),
        ("[keys.note]\nkeep = 'k'", "[keys.note] keep: `k` is for typing there"),
        ("[keys.picker]\ncommit = '1'", "[keys.picker] commit: `1` is for typing there"),
    ];
    for (toml, expected) in cases {
        match expected {
            "" => drop(keymap(toml)),
            expected => assert!(complaint(toml).contains(&expected.to_owned()), "{expected} in {:?}", complaint(toml)),
        }
    }
}

#[test]
fn help_and_footers_are_made_from_the_keys() {
    let keymap = keymap("[keys.review]\naccept = 'enter'");
    let help = keymap.help(Context::Review);
    assert!(help.contains(&("Enter".into(), Action::Accept)), "{help:?}");
    assert!(help.contains(&("?".into(), Action::Help)));
    assert!(!keymap.help(Context::Note).iter().any(|(keys, _)| keys == "?"));
    assert_eq!(
        keymap.hint(Context::Review, &[Action::Accept, Action::Redo, Action::Open, Action::Help]),
        [("Enter".into(), "accept"), ("Ctrl+R".into(), "redo"), ("?".into(), "help")]
    );
}

#[test]
fn the_help_of_a_place_tells_each_key_once() {
    let help = keymap("").help(Context::Found);
    let count = |key: &str| help.iter().filter(|(keys, _)| keys.split(' ').any(|listed| listed == key)).count();
    assert_eq!(["n", "Esc", "q"].map(count), [1, 1, 1]);
}
