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
    extensions: &'static [&'static str],
    options: &'static [FormatOption],
    /// Its fields, each with the field of an item that it becomes.
    fields: &'static [(&'static str, &'static str)],
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
        extensions: format.extensions(),
        options: format.options(),
        fields: format.fields(),
    });
    known.collect()
}

fn known_to_export() -> Vec<Known> {
    let known = export::format::FORMATS.iter().map(|format| Known {
        direction: "out",
        name: format.name(),
        title: "",
        about: format.about(),
        extensions: &[],
        options: format.options(),
        fields: &[],
    });
    known.collect()
}

fn as_json(format: &Known) -> serde_json::Value {
    let fields: Map<_, _> = format.fields.iter().map(|(theirs, ours)| ((*theirs).to_owned(), json!(ours))).collect();
    json!({
        "direction": format.direction,
        "format": format.name,
        "about": format.about,
        "extensions": format.extensions,
        "options": format.options.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "fields": fields,
    })
}

fn table(formats: &[Known]) -> Result<()> {
    let width =
        |text: fn(&Known) -> String| formats.iter().map(|format| text(format).chars().count()).max().unwrap_or(0);
    let extensions = |format: &Known| -> String {
        format.extensions.iter().map(|extension| format!(".{extension}")).collect::<Vec<_>>().join(" ")
    };
    let (names, files) = (width(|format| format.name.to_owned()), width(extensions));
    for format in formats {
        let about = if format.title.is_empty() {
            format.about.to_owned()
        } else {
            format!("{}: {}", format.title, format.about)
        };
        line(&format!("  {:names$}  {:files$}  {about}", format.name, extensions(format)))?;
        for (theirs, ours) in format.fields {
            line(&format!("  {:names$}  {:files$}  {theirs} becomes {ours}", "", ""))?;
        }
    }
    Ok(())
}
