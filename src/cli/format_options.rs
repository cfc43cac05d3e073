//! The options that formats declare, as arguments of a command.

use crate::domain::format_option::{FormatOption, GivenOptions};
use clap::{Arg, ArgAction, ArgMatches, Args, Command, Error, FromArgMatches};
use std::marker::PhantomData;

/// A registry of formats.
pub(super) trait Registry {
    /// The options of all its formats.
    fn options() -> impl Iterator<Item = &'static FormatOption>;
}

/// The options that a command was given, out of those of a registry.
pub(super) struct FormatOptions<R> {
    pub given: GivenOptions,
    registry: PhantomData<R>,
}

impl<R: Registry> Args for FormatOptions<R> {
    fn augment_args(command: Command) -> Command {
        command.args(R::options().map(argument))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl<R: Registry> FromArgMatches for FormatOptions<R> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let mut given = GivenOptions::default();
        for option in R::options() {
            match option.value {
                None if matches.get_flag(option.name) => given.add(option, ""),
                None => {}
                Some(_) => {
                    let value = matches.get_one::<String>(option.name);
                    value.into_iter().for_each(|value| given.add(option, value));
                }
            }
        }
        Ok(Self { given, registry: PhantomData })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

fn argument(option: &'static FormatOption) -> Arg {
    let argument = Arg::new(option.name).long(option.name).help(option.help);
    match option.value {
        Some(value) => argument.value_name(value),
        None => argument.action(ArgAction::SetTrue),
    }
}
