//! Names in Markdown.

/// A name as code, unless it says more than a name.
pub fn code(name: &str) -> String {
    if name.contains(['`', ':', ',', ';', ' ']) { name.to_owned() } else { format!("`{name}`") }
}
