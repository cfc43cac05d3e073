//! `karat formats`

use super::output::{json_line, line};
use crate::domain::format_option::FormatOption;
use crate::{export, import};
use clap::Args;
use color_eyre::eyre::Result;
use serde_json::{Map, json};
use std::process::ExitCode;

#[derive(Args)]
pub(super) struct Formats {
    /// One JSON object a line
    #[arg(long)]
    json: bool,
}

/// A format of either registry.
struct Known {
    direction: &'static str,
    name: &'static str,
    title: &'static str,
    about: &'static str,
    extensions: Vec<&'static str>,
    options: &'static [FormatOption],
    /// Its fields, each with the field of an item that it becomes, or that it is made of.
    fields: &'static [(&'static str, &'static str)],
    /// The names of its columns, where they are those of an item and a decision.
    columns: Vec<String>,
}

impl Formats {
    pub(super) fn run(self) -> Result<ExitCode> {
        let (read, written) = (known_to_import(), known_to_export());
        if self.json {
            read.iter().chain(&written).try_for_each(|format| json_line(&as_json(format)))?;
            return Ok(ExitCode::SUCCESS);
        }
        line("READ: told by content; --format names one")?;
        table(&read)?;
        line("")?;
        line("WRITTEN: karat export QUEUE --to NAME")?;
        table(&written)?;
        line("")?;
        line("Any other names of fields are proposed, and said with --map: docs/formats.md")?;
        Ok(ExitCode::SUCCESS)
    }
}

fn known_to_import() -> Vec<Known> {
    let known = import::format::FORMATS.iter().map(|format| Known {
        direction: "in",
        name: format.name(),
        title: format.title(),
        about: format.about(),
        extensions: format.extensions().to_vec(),
        options: format.options(),
        fields: format.fields(),
        columns: Vec::new(),
    });
    known.collect()
}

fn known_to_export() -> Vec<Known> {
    let known = export::format::FORMATS.iter().map(|format| Known {
        direction: "out",
        name: format.name(),
        title: "",
        about: format.about(),
        extensions: Some(format.extension()).filter(|extension| !extension.is_empty()).into_iter().collect(),
        options: format.options(),
        fields: format.members(),
        columns: columns(*format),
    });
    known.collect()
}

/// The columns of an export in the format; each criterion of a spec is one more in a table of cells.
fn columns(format: &dyn export::format::Format) -> Vec<String> {
    if format.members().is_empty() { export::columns(format.is_flat()) } else { Vec::new() }
}

fn as_json(format: &Known) -> serde_json::Value {
    let own = format.columns.iter().map(|name| (name.clone(), json!(name)));
    let fields = format.fields.iter().map(|(theirs, ours)| (plain(theirs), json!(plain(ours))));
    let fields: Map<_, _> = fields.chain(own).collect();
    json!({
        "direction": format.direction,
        "format": format.name,
        "about": format.about,
        "extensions": format.extensions,
        "options": format.options.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "fields": fields,
    })
}

/// A sentence of Markdown as plain text.
fn plain(text: &str) -> String {
    text.replace('`', "")
}

fn table(formats: &[Known]) -> Result<()> {
    let width =
        |text: fn(&Known) -> String| formats.iter().map(|format| text(format).chars().count()).max().unwrap_or(0);
    let extensions = |format: &Known| -> String {
        format.extensions.iter().map(|extension| format!(".{extension}")).collect::<Vec<_>>().join(" ")
    };
    let (names, files) = (width(|format| format.name.to_owned()), width(extensions));
    for format in formats {
        let about =
            if format.title.is_empty() { plain(format.about) } else { format!("{}: {}", format.title, format.about) };
        line(&format!("  {:names$}  {:files$}  {about}", format.name, extensions(format)))?;
        let becomes = if format.direction == "in" { "becomes" } else { "is" };
        for (theirs, ours) in format.fields {
            line(&format!("  {:names$}  {:files$}  {} {becomes} {}", "", "", plain(theirs), plain(ours)))?;
        }
        if !format.columns.is_empty() {
            line(&format!(
                "  {:names$}  {:files$}  each field under its own name, a score for each criterion",
                "", ""
            ))?;
        }
    }
    Ok(())
}
