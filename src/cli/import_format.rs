//! How commands read files: the names of the formats, and `--format`.

use super::format_options::{FormatOptions, Registry};
use crate::domain::format_option::FormatOption;
use crate::import::Options;
use crate::import::format::{self, FORMATS, Format};
use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

#[derive(Args)]
pub(super) struct ImportFormat {
    /// The files' format; by default it is told by their first bytes
    #[arg(long, value_name = "NAME", value_parser = parser())]
    format: Option<&'static dyn Format>,
    #[command(flatten)]
    options: FormatOptions<Formats>,
}

struct Formats;

impl Registry for Formats {
    fn options() -> impl Iterator<Item = &'static FormatOption> {
        format::options()
    }
}

impl ImportFormat {
    pub(super) fn options(&self) -> Options {
        Options { format: self.format, given: self.options.given.clone(), ..Options::default() }
    }
}

/// The help of an argument that is a file to read; `more` follows the formats' names.
pub(super) fn file_help(more: &str) -> String {
    format!("{}; {more}", format::titles())
}

fn parser() -> impl TypedValueParser<Value = &'static dyn Format> {
    let values = FORMATS.iter().map(|format| PossibleValue::new(format.name()).help(format.about()));
    PossibleValuesParser::new(values).try_map(|name| format::by_name(&name).ok_or("there is no such format"))
}
