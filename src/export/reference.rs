//! The reference of exports, as docs/formats.md has it.

use super::format::{FORMATS, Format, options, that_take};
use crate::domain::format_option::FormatOption;
use crate::domain::record::{DECISION, Exported, FieldType, ITEM, STANDING};
use crate::text::code::code;

/// Tables of the formats and of their options, in Markdown.
pub fn format_reference() -> String {
    let formats: String = FORMATS.iter().map(|format| format_row(*format)).collect();
    let options: String = options().map(option_row).collect();
    format!("\n| `--to` | file | holds |\n|---|---|---|\n{formats}\n| option | of | |\n|---|---|---|\n{options}")
}

/// What becomes what in the formats of other programs, a table each, in Markdown.
pub fn member_reference() -> String {
    let told = FORMATS.iter().filter(|format| !format.members().is_empty());
    told.map(|format| {
        let rows = format.members().iter().map(|(theirs, ours)| format!("| {} | {ours} |\n", code(theirs)));
        format!("\n#### {}\n\n| there | here |\n|---|---|\n{}", format.name(), rows.collect::<String>())
    })
    .collect()
}

fn format_row(format: &dyn Format) -> String {
    let further: String =
        format.further_files().iter().map(|suffix| format!("; beside it a file `FILE{suffix}`")).collect();
    let file = match format.extension() {
        "" => "a folder".to_owned(),
        extension => format!("`.{extension}`"),
    };
    format!("| `{}` | {file} | {}{further} |\n", format.name(), format.about())
}

fn option_row(option: &FormatOption) -> String {
    let formats: Vec<_> = that_take(option).collect();
    format!("| `{option}` | {} | {} |\n", formats.join(", "), option.help)
}

/// The names of the columns of a flat format, in order, in Markdown.
pub fn column_reference() -> String {
    let exported = DECISION.iter().filter(|field| field.uses.exported == Exported::Always);
    let decision = exported.map(|field| match field.holds {
        FieldType::Scores => "one `score_CRITERION` for each criterion".to_owned(),
        _ => format!("`{}`", field.name),
    });
    let standing = STANDING.iter().map(|field| format!("`{}`", field.name));
    let names: Vec<_> = ITEM.iter().map(|field| format!("`{}`", field.name)).chain(decision).chain(standing).collect();
    let more = DECISION.iter().filter(|field| field.uses.exported == Exported::WithDecisions);
    let more: Vec<_> = more.map(|field| format!("`{}`", field.name)).chain(["`status`".to_owned()]).collect();
    format!("\n{}.\n\nWith `--rows decisions` also {}.\n", names.join(", "), more.join(", "))
}
