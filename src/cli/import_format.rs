//! How commands read files: the names of the formats, and `--format`.

use super::format_options::{FormatOptions, Registry};
use crate::domain::format_option::FormatOption;
use crate::domain::mapping::{Mapping, TakenFrom, Target};
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
    /// The file within a zip archive that is read, where it comes through a pipe; else FILE.zip/MEMBER names it
    #[cfg(feature = "compressed")]
    #[arg(long, value_name = "MEMBER")]
    member: Option<String>,
    /// Where a field is found that has another name: output=.response.text, context=.docs[].body, id=hash
    #[arg(long = "map", value_name = "FIELD=PATH", value_parser = Mapping::read_map)]
    maps: Vec<(Target, TakenFrom)>,
    /// The same value in every record, such as model=a-large
    #[arg(long = "set", value_name = "FIELD=VALUE", value_parser = Mapping::read_set)]
    sets: Vec<(Target, TakenFrom)>,
}

struct Formats;

impl Registry for Formats {
    fn options() -> impl Iterator<Item = &'static FormatOption> {
        format::options()
    }
}

impl ImportFormat {
    pub(super) fn options(&self) -> Options {
        let mut mapping = Mapping::default();
        mapping.extend(self.maps.iter().chain(&self.sets).cloned());
        Options {
            format: self.format,
            given: self.options.given.clone(),
            mapping,
            #[cfg(feature = "compressed")]
            member: self.member.clone(),
            ..Options::default()
        }
    }
}

/// The help of an argument that is a file to read; `more` follows the formats' names.
pub(super) fn file_help(more: &str) -> String {
    let packed = if cfg!(feature = "compressed") { ", plain or in gzip, zstd or zip" } else { "" };
    format!("{}{packed}; {more}", format::titles())
}

fn parser() -> impl TypedValueParser<Value = &'static dyn Format> {
    let values = FORMATS.iter().map(|format| PossibleValue::new(format.name()).help(format.about()));
    PossibleValuesParser::new(values).try_map(|name| format::by_name(&name).ok_or("there is no such format"))
}
