//! Options of file formats, of those that are imported and those that are exported.

use std::fmt;

/// An option that a format declares. The command line offers it under its name.
#[derive(Debug, PartialEq, Eq)]
pub struct FormatOption {
    /// The argument without its `--`.
    pub name: &'static str,
    /// The name of the value that it takes, such as `POINTER`; `None` for a switch.
    pub value: Option<&'static str>,
    /// The option's line in the help.
    pub help: &'static str,
}

/// `--at POINTER`, or `--excel`.
impl fmt::Display for FormatOption {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "--{}", self.name)?;
        self.value.map_or(Ok(()), |value| write!(f, " {value}"))
    }
}

/// Options of formats as a user gave them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GivenOptions {
    /// Each with its value, which is empty for a switch.
    given: Vec<(&'static FormatOption, String)>,
}

impl GivenOptions {
    /// Adds an option with its value; a switch has an empty one.
    pub fn add(&mut self, option: &'static FormatOption, value: impl Into<String>) {
        self.given.push((option, value.into()));
    }

    /// The value of an option that was given.
    pub fn value(&self, option: &FormatOption) -> Option<&str> {
        self.given.iter().find(|(given, _)| *given == option).map(|(_, value)| value.as_str())
    }

    pub fn has(&self, option: &FormatOption) -> bool {
        self.value(option).is_some()
    }

    /// The first option that is none of `options`.
    pub fn other_than(&self, options: &[FormatOption]) -> Option<&'static FormatOption> {
        self.given.iter().map(|(given, _)| *given).find(|given| !options.contains(given))
    }
}
