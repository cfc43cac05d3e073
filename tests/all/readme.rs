//! The README tells what the program does: its picture is the program's own drawing,
//! its table of keys comes from the keymap, that of fields from the filter language, its
//! commands are those there are.
//! `KARAT_REFRESH=1 cargo test --test all readme` makes them anew.

mod picture;

use karat::config::Config;
use karat::domain::filter::{FIELDS, Field, Has, Is};
use karat::tui::action::Context;
use karat::tui::keymap::Keymap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

const KEYS_START: &str = "<!-- keys: made by `KARAT_REFRESH=1 cargo test --test all readme` -->\n";
const KEYS_END: &str = "<!-- /keys -->";
const FIELDS_START: &str = "<!-- fields: made by `KARAT_REFRESH=1 cargo test --test all readme` -->\n";
const FIELDS_END: &str = "<!-- /fields -->";

fn in_project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Compares a file with what it should be, or makes it so when asked to.
#[track_caller]
fn keep_true(path: &str, should_be: &str) {
    let path = in_project(path);
    if std::env::var_os("KARAT_REFRESH").is_some() {
        return std::fs::write(path, should_be).unwrap();
    }
    let is = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(is == should_be, "{} has drifted: KARAT_REFRESH=1 cargo test --test all readme", path.display());
}

#[test]
fn the_picture_is_the_programs_own_drawing() {
    keep_true("assets/review.svg", &picture::review_screen());
}

#[test]
fn the_keys_are_those_of_the_keymap_and_the_fields_those_of_the_filter_language() {
    let readme = std::fs::read_to_string(in_project("README.md")).unwrap();
    let readme = filled(&readme, KEYS_START, KEYS_END, &key_tables());
    let readme = filled(&readme, FIELDS_START, FIELDS_END, &field_table());
    keep_true("README.md", &readme);
}

/// The text with `between` in place of what stands between the marks.
fn filled(text: &str, start: &str, end: &str, between: &str) -> String {
    let (before, rest) = text.split_once(start).expect("the README marks where a table stands");
    let (_, after) = rest.split_once(end).expect("the README marks where a table ends");
    format!("{before}{start}{between}{end}{after}")
}

fn field_table() -> String {
    let mut table = String::from("\n| field | holds | for example |\n|---|---|---|\n");
    for Field { name, detail, example, .. } in FIELDS {
        let key = if name.ends_with('.') { "KEY" } else { "" };
        let _ = writeln!(table, "| `{name}{key}` | {detail} | `{example}` |");
    }
    let words = |words: Vec<&str>| words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
    let has = words(Has::ALL.iter().map(|has| has.word()).collect());
    let is = words(Is::ALL.iter().map(|is| is.word()).collect());
    let _ = writeln!(table, "\n`has:` takes {has}; `is:` takes {is}.\n");
    table
}

fn key_tables() -> String {
    let keymap = Keymap::new(&Config::default()).unwrap();
    let mut tables = String::new();
    let places = [
        (Context::Review, "On an item"),
        (Context::Picker, "Choosing failure categories (digits and letters choose)"),
        (Context::Route, "Escalating"),
        (Context::Note, "Writing a note"),
        (Context::Correct, "Correcting the output"),
        (Context::Mark, "Marking (digits mark with a category)"),
        (Context::MarkForm, "Saying what is wrong with a stretch"),
        (Context::Marks, "Among the marks of an item"),
        (Context::Macros, "Choosing a macro (digits and letters play one)"),
        (Context::Macro, "Naming a macro"),
        (Context::Find, "Writing what to find"),
        (Context::Attachments, "Choosing an attachment"),
        (Context::Findings, "In the findings"),
        (Context::History, "In an item's history"),
        (Context::Precedent, "Among the precedents"),
        (Context::Beside, "With another item beside"),
        (Context::GoldenForm, "Keeping an item as a golden example"),
        (Context::Golden, "In a golden set"),
        (Context::Narrow, "Narrowing a list"),
        (Context::Browse, "In the queue as a table"),
        (Context::Filter, "Writing the table's filter"),
        (Context::Saved, "Among the saved filters"),
        (Context::Choice, "Choosing columns"),
        (Context::Bulk, "A verdict on many (digits and letters choose)"),
        (Context::Orders, "Choosing the order"),
        (Context::End, "At the end of a queue"),
        (Context::Home, "Among the queues"),
        (Context::Global, "Everywhere"),
    ];
    for (context, place) in places {
        let _ = writeln!(tables, "\n| {place} | |\n|---|---|");
        for (keys, help) in keymap.help(context).into_iter().filter(|(keys, _)| !keys.is_empty()) {
            let _ = writeln!(tables, "| `{keys}` | {help} |");
        }
    }
    tables.push('\n');
    tables
}

#[test]
fn every_command_stands_in_the_readme() {
    let readme = std::fs::read_to_string(in_project("README.md")).unwrap();
    let help = Command::new(env!("CARGO_BIN_EXE_karat")).arg("--help").output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let (_, commands) = help.split_once("Commands:\n").unwrap();
    let names = commands.lines().take_while(|line| !line.is_empty()).filter_map(|line| line.split_whitespace().next());
    for name in names.filter(|name| *name != "help") {
        assert!(readme.contains(&format!("`karat {name}")), "the README's table lacks `karat {name}`");
    }
}
