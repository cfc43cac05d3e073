//! The reference of a spec, made from the sections' own tables.

use super::section::SECTIONS;
use super::shape::{Form, Key, Need, Shape};

/// Every section with its keys, in Markdown: the body of `docs/spec.md`.
pub fn reference() -> String {
    SECTIONS.iter().map(|section| chapter(&section.shape)).collect()
}

fn chapter(shape: &'static Shape) -> String {
    let title = match shape.form {
        Form::Top => "The top of the file".to_owned(),
        Form::Table | Form::List { .. } => format!("`{}`", shape.name()),
    };
    let rows: String = shape.keys.iter().map(row).collect();
    let example: String = example(shape).map(|key| format!("{} = {}\n", key.name, key.example)).collect();
    let header = if shape.header.is_empty() { String::new() } else { format!("{}\n", shape.name()) };
    format!(
        "\n## {title}\n\n{}{}\n\n| key | | holds |\n|---|---|---|\n{rows}\n```toml\n{header}{example}```\n",
        shape.purpose,
        number(shape.form)
    )
}

/// The keys of an example: of those that exclude each other, the first.
fn example(shape: &'static Shape) -> impl Iterator<Item = &'static Key> {
    let first = shape.keys.iter().position(|key| key.need == Need::OneOf);
    let keys = shape.keys.iter().enumerate();
    keys.filter(move |(at, key)| key.need != Need::OneOf || first == Some(*at)).map(|(_, key)| key)
}

/// How often a table of the kind may stand in a file.
fn number(form: Form) -> String {
    match form {
        Form::Top => String::new(),
        Form::Table => " At most one.".into(),
        Form::List { several, most: Some(most), .. } => format!(" At most {most} {several}."),
        Form::List { several, most: None, .. } => format!(" As many {several} as you need."),
    }
}

fn row(key: &Key) -> String {
    let need = match key.need {
        Need::Required => "required",
        Need::Optional => "optional",
        Need::OneOf => "one of these",
    };
    format!("| `{}` | {need} | {} |\n", key.name, key.holds)
}
