//! How the source files lean on each other: no arrow back up between the floors, and no circle of files, but
//! between a module and what is in it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Each floor, and those that it stands on.
const FLOORS: &[(&str, &[&str])] = &[
    ("text", &[]),
    ("domain", &["text"]),
    ("clock", &["domain"]),
    ("config", &["domain", "spec", "text"]),
    ("spec", &["check", "domain", "text"]),
    ("check", &["analysis", "domain", "text"]),
    ("analysis", &["domain", "text"]),
    ("import", &["domain", "text"]),
    ("store", &["analysis", "clock", "domain", "spec", "text"]),
    ("export", &["clock", "domain", "store", "text"]),
    ("ingest", &["check", "clock", "domain", "import", "store", "text"]),
    ("tui", &["analysis", "clock", "config", "domain", "store", "text"]),
    (
        "cli",
        &[
            "analysis", "check", "clock", "config", "domain", "export", "import", "ingest", "spec", "store", "text",
            "tui",
        ],
    ),
];

/// The commands that open the workstation, and what shows the screen of a foreign file; no other knows it.
const OPEN_THE_WORKSTATION: [&str; 4] = ["cli/demo", "cli/foreign", "cli/open", "cli/review"];

/// The files by the path of their module, such as `store/claims`, each with those it names.
type Arrows = BTreeMap<String, BTreeSet<String>>;

#[test]
fn no_arrow_leads_back_up_between_the_floors() {
    for (file, named) in &arrows() {
        let floor = |file: &str| file.split('/').next().unwrap().to_owned();
        let (_, below) =
            FLOORS.iter().find(|(name, _)| *name == floor(file)).unwrap_or_else(|| panic!("{file} is on no floor"));
        for other in named.iter().filter(|other| floor(other) != floor(file)) {
            assert!(below.contains(&floor(other).as_str()), "src/{file}.rs may not name crate::{other}");
            let opens = floor(other) != "tui" || OPEN_THE_WORKSTATION.contains(&file.as_str());
            assert!(opens, "src/{file}.rs opens no workstation, and names crate::{other}");
        }
    }
}

#[test]
fn no_files_go_in_a_circle() {
    let mut arrows = arrows();
    let is_within = |inner: &str, outer: &str| inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with('/'));
    for (file, named) in &mut arrows {
        named.retain(|other| !is_within(file, other) && !is_within(other, file));
    }
    let reached: BTreeMap<&String, BTreeSet<&String>> =
        arrows.keys().map(|file| (file, reach(&arrows, file))).collect();
    let circle = |file: &String| -> Vec<&str> {
        let others = reached[file].iter().filter(|other| reached[*other].contains(file));
        others.map(|other| other.as_str()).collect()
    };
    let circles: BTreeSet<_> = arrows.keys().map(circle).filter(|circle| !circle.is_empty()).collect();
    let told: Vec<String> = circles.iter().map(|circle| told(&arrows, circle)).collect();
    assert!(told.is_empty(), "files in a circle:\n{}", told.join("\n"));
}

fn told(arrows: &Arrows, circle: &[&str]) -> String {
    let line = |file: &&str| {
        let named: Vec<_> = arrows[*file].iter().filter(|other| circle.contains(&other.as_str())).cloned().collect();
        format!("  src/{file}.rs names {}\n", named.join(", "))
    };
    circle.iter().map(line).collect()
}

/// All that a file names, and what that names, and so on.
fn reach<'a>(arrows: &'a Arrows, file: &str) -> BTreeSet<&'a String> {
    let mut found = BTreeSet::new();
    let mut next: Vec<_> = arrows[file].iter().collect();
    while let Some(file) = next.pop() {
        if found.insert(file) {
            next.extend(&arrows[file]);
        }
    }
    found
}

fn arrows() -> Arrows {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut texts = BTreeMap::new();
    collect(&source, "", &mut texts);
    assert!(texts.len() > 200, "the sources are found");
    let named = |(file, text): (&String, &String)| {
        let mut named: BTreeSet<_> = paths(file, text).iter().filter_map(|path| module(path, &texts)).collect();
        named.remove(file);
        (file.clone(), named)
    };
    texts.iter().map(named).collect()
}

/// Reads the program's modules; the crate's root and tests are none.
fn collect(folder: &Path, prefix: &str, texts: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let name = entry.file_stem().unwrap().to_str().unwrap();
        let module = format!("{prefix}{name}");
        if entry.is_dir() && name != "tests" {
            collect(&entry, &format!("{module}/"), texts);
        } else if entry.extension().is_some_and(|extension| extension == "rs")
            && !["lib", "main", "tests"].contains(&module.rsplit('/').next().unwrap())
        {
            texts.insert(module, code(&std::fs::read_to_string(&entry).unwrap()));
        }
    }
}

/// Without comments and unit tests.
fn code(text: &str) -> String {
    let program = text.split("#[cfg(test)]\nmod ").next().unwrap();
    program.lines().map(|line| line.split("//").next().unwrap()).collect::<Vec<_>>().join("\n")
}

/// The file that a path leads to: the longest part of it that is one.
fn module(path: &[String], texts: &BTreeMap<String, String>) -> Option<String> {
    (1..=path.len()).rev().map(|len| path[..len].join("/")).find(|path| texts.contains_key(path))
}

/// The paths within the crate that stand in a module's text, from the root on.
fn paths(file: &str, text: &str) -> Vec<Vec<String>> {
    let own: Vec<String> = file.split('/').map(str::to_owned).collect();
    let mut found = Vec::new();
    for start in ["crate::", "super::", "self::"] {
        for (at, _) in text.match_indices(start) {
            let is_first = !text[..at].ends_with(|before: char| before.is_alphanumeric() || "_:".contains(before));
            if is_first {
                let mut rest = &text[at + start.len()..];
                let mut up = usize::from(start == "super::");
                while let Some(behind) = rest.strip_prefix("super::") {
                    (rest, up) = (behind, up + 1);
                }
                let base = if start == "crate::" { &[] } else { &own[..own.len().saturating_sub(up)] };
                tree(base, &mut rest, &mut found);
            }
        }
    }
    found
}

/// Reads a path, or several in braces, from the text's beginning.
fn tree(base: &[String], text: &mut &str, found: &mut Vec<Vec<String>>) {
    *text = text.trim_start();
    if let Some(inner) = text.strip_prefix('{') {
        *text = inner;
        while !text.trim_start().starts_with('}') && !text.is_empty() {
            tree(base, text, found);
            let end = text.find([',', '}']).unwrap_or(text.len());
            *text = text[end..].strip_prefix(',').unwrap_or(&text[end..]);
        }
        *text = text.trim_start().strip_prefix('}').unwrap_or(text);
        return;
    }
    let end = text.find(|char: char| !char.is_alphanumeric() && char != '_').unwrap_or(text.len());
    let path = [base, &[text[..end].to_owned()]].concat();
    *text = &text[end..];
    match text.strip_prefix("::") {
        Some(rest) if !rest.starts_with('<') => {
            *text = rest;
            tree(&path, text, found);
        }
        _ => found.push(path),
    }
}
