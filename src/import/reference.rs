//! The reference of the formats that are read, as docs/formats.md has it.

use super::format::{FORMATS, Format, options, that_take};
use crate::domain::format_option::FormatOption;
use crate::text::code::code;

/// Tables of the formats and of their options, in Markdown.
pub fn reference() -> String {
    let formats: String = FORMATS.iter().map(|format| format_row(*format)).collect();
    let options: String = options().map(option_row).collect();
    let fields: String = FORMATS.iter().filter(|format| !format.fields().is_empty()).map(|f| field_table(*f)).collect();
    format!(
        "\n| `--format` | | files | holds |\n|---|---|---|---|\n{formats}\n| option | of | |\n|---|---|---|\n{options}{fields}"
    )
}

/// What becomes of the fields of a format.
fn field_table(format: &dyn Format) -> String {
    let rows: String =
        format.fields().iter().map(|(theirs, ours)| format!("| {} | {} |\n", code(theirs), code(ours))).collect();
    format!("\n### {}\n\n| their field | becomes |\n|---|---|\n{rows}", format.title())
}

fn format_row(format: &dyn Format) -> String {
    let extensions: Vec<_> = format.extensions().iter().map(|extension| format!("`.{extension}`")).collect();
    format!("| `{}` | {} | {} | {} |\n", format.name(), format.title(), extensions.join(", "), format.about())
}

fn option_row(option: &FormatOption) -> String {
    format!("| `{option}` | {} | {} |\n", that_take(option), option.help)
}
