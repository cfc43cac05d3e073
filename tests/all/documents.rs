//! The documents say what the program does: the README's picture is the program's own
//! drawing, and what stands between two marks of a page is made by the code it speaks of.
//! `KARAT_REFRESH=1 cargo test --test all documents` writes them.

mod moving_picture;
mod picture;

use karat::config::Config;
use karat::domain::filter::{FIELDS, FilterField, Has, Is};
use karat::domain::record::{decision_reference, item_reference, standing_reference};
use karat::tui::action::Action;
use karat::tui::context::Context;
use karat::tui::keymap::Keymap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

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
    assert!(is == should_be, "{} has drifted: KARAT_REFRESH=1 cargo test --test all documents", path.display());
}

#[test]
fn the_picture_is_the_programs_own_drawing() {
    keep_true("assets/review.svg", &picture::review_screen());
}

#[test]
fn the_moving_picture_is_the_programs_own_drawing() {
    keep_true("assets/triage.svg", &moving_picture::triage());
}

/// Compares what stands between the marks of a page with what the code makes of it.
#[track_caller]
fn keep_made(page: &str, part: &str, made: &str) {
    let text = std::fs::read_to_string(in_project(page)).unwrap();
    let (start, end) = (format!("<!-- {part}: generated -->\n"), format!("<!-- /{part} -->"));
    let (before, rest) = text.split_once(&start).expect("the page marks where the part begins");
    let (_, after) = rest.split_once(&end).expect("the page marks where the part ends");
    keep_true(page, &format!("{before}{start}{made}\n{end}{after}"));
}

#[test]
fn the_commands_are_those_of_the_command_line() {
    keep_made("docs/commands.md", "commands", &karat::cli::reference());
}

#[test]
fn the_sections_of_a_spec_are_those_that_are_read() {
    keep_made("docs/spec.md", "sections", &karat::spec::reference());
}

#[test]
fn the_keys_are_those_of_the_keymap() {
    keep_made("docs/keys.md", "keys", &key_tables());
}

#[test]
fn the_fields_of_a_filter_are_those_that_are_parsed() {
    keep_made("docs/filter.md", "fields", &field_table());
}

#[test]
fn the_fields_of_records_are_those_that_are_kept() {
    keep_made("docs/fields.md", "items", &item_reference());
    keep_made("docs/fields.md", "decisions", &decision_reference());
    keep_made("docs/fields.md", "standing", &standing_reference());
}

#[test]
fn the_formats_are_those_of_the_registries() {
    keep_made("docs/formats.md", "imports", &karat::import::reference());
    keep_made("docs/formats.md", "exports", &karat::export::format_reference());
    keep_made("docs/formats.md", "members", &karat::export::member_reference());
    keep_made("docs/formats.md", "columns", &karat::export::column_reference());
}

#[test]
fn the_readme_can_be_read_in_a_few_minutes() {
    let bytes = |page| std::fs::read(in_project(page)).unwrap().len();
    assert!(bytes("README.md") <= 14 << 10 && bytes("ARCHITECTURE.md") <= 10 << 10);
}

/// A link to a file leads to one, and a link to a heading of it too.
#[test]
fn no_link_is_dead() {
    let mut pages = vec!["README.md".to_owned(), "ARCHITECTURE.md".into(), "CONTRIBUTING.md".into()];
    for folder in ["docs", "docs/decisions"] {
        let entries = std::fs::read_dir(in_project(folder)).unwrap().map(|entry| entry.unwrap().file_name());
        let names = entries.map(|name| name.into_string().unwrap()).filter(|name| name.ends_with(".md"));
        pages.extend(names.map(|name| format!("{folder}/{name}")));
    }
    for page in pages {
        let text = std::fs::read_to_string(in_project(&page)).unwrap();
        let links = text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(link, _)| link);
        for link in links.filter(|link| !link.contains("://")) {
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() { page.clone() } else { beside(&page, file) };
            let found = std::fs::read_to_string(in_project(&target));
            let headings = found.unwrap_or_else(|error| panic!("{page} links to {link}: {error}"));
            let known = headings.lines().filter_map(|line| line.strip_prefix('#')).map(anchor);
            assert!(heading.is_empty() || known.into_iter().any(|known| known == heading), "{page} links to {link}");
        }
    }
}

fn beside(page: &str, file: &str) -> String {
    Path::new(page).parent().unwrap().join(file).to_str().unwrap().to_owned()
}

/// The address of a heading on the page.
fn anchor(heading: &str) -> String {
    let words = heading.trim_start_matches('#').trim().to_lowercase();
    words
        .chars()
        .filter(|c| c.is_alphanumeric() || " -_".contains(*c))
        .map(|c| if c == ' ' { '-' } else { c })
        .collect()
}

fn field_table() -> String {
    let mut table = String::from("\n| field | holds | for example |\n|---|---|---|\n");
    for FilterField { name, detail, example, .. } in FIELDS.iter() {
        let key = if name.ends_with('.') { "KEY" } else { "" };
        let _ = writeln!(table, "| `{name}{key}` | {detail} | `{example}` |");
    }
    let words = |words: Vec<&str>| words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
    let has = words(Has::all().map(Has::word).collect());
    let is = words(Is::all().map(Is::word).collect());
    let _ = writeln!(table, "\n`has:` takes {has}; `is:` takes {is}.\n");
    table
}

/// Every action of every place, those without keys too: the settings can give them some.
fn key_tables() -> String {
    let keymap = Keymap::new(&Config::default()).unwrap();
    let mut tables = String::new();
    let places = Context::ALL.iter().filter(|context| **context != Context::Global);
    for &context in places.chain([&Context::Global]) {
        let (title, place) = (context.title(), context.name());
        let _ = writeln!(tables, "\n## {title}\n\n`[keys.{place}]`\n\n| key | action | does |\n|---|---|---|");
        for action in Action::all().filter(|action| action.belongs_to(context)) {
            let keys = keymap.keys_for(context, action).join(" ");
            let keys = if keys.is_empty() { String::new() } else { format!("`{keys}`") };
            let _ = writeln!(tables, "| {keys} | `{}` | {} |", action.name(), action.help());
        }
    }
    tables
}
