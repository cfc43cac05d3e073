//! Which programs of specs may be run on this machine: a spec may come from somebody else, so the
//! person at the keyboard says yes to each once.

use super::program::Program;
use crate::cli::output::{aside, is_wanted};
use crate::cli::report::Suggest;
use crate::config::state_folder;
use color_eyre::eyre::{Result, WrapErr, eyre};
use serde_json::{Value, json};
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, IsTerminal, Read, Write, stderr, stdin};
use std::path::{Path, PathBuf};

/// The file of those that may, in the state folder: an object a line.
const FILE: &str = "programs.jsonl";

/// Refuses a program to which nobody has said yes on this machine, after asking where somebody can
/// be asked. It is known again by its words, its file, its folder and the variables that it gets:
/// in another folder the same words may name another file.
pub(super) fn need(program: &Program, queue: &str) -> Result<()> {
    let file = state_folder().map(|folder| folder.join(FILE));
    let own = as_json(program);
    if let Some(file) = &file
        && known(file)?.contains(&own)
    {
        return Ok(());
    }
    if !(stdin().is_terminal() && stderr().is_terminal()) {
        return Err(eyre!("nobody has allowed {} on this machine", shown(program)))
            .suggestion("answer the question once at a terminal, or give --yes");
    }
    describe(program, queue);
    if !is_wanted("may it run, now and from now on?")? {
        return Err(eyre!("{} is not run", shown(program)));
    }
    match file {
        Some(file) => remember(&file, &own).wrap_err_with(|| format!("{} cannot be written", file.display())),
        None => Ok(()), // it is asked again
    }
}

fn describe(program: &Program, queue: &str) {
    aside(&format!("the spec of {queue} names a program that makes new attempts:"));
    aside(&format!("  run        {}", shown(program)));
    aside(&format!("  file       {}", whole(&program.path)));
    aside(&format!("  in         {}", program.folder.display()));
    let variables = ["PATH", "HOME", "LANG"].into_iter().chain(program.pass_env.iter().map(String::as_str));
    aside(&format!("  variables  {}", variables.collect::<Vec<_>>().join(", ")));
    aside("it runs with your rights, and is given the inputs and outputs that are to be made again");
}

/// The words of a program; those that a shell would take apart in quotation marks.
pub(super) fn shown(program: &Program) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./=:,@%+".contains(c);
    let words = program.run.iter().map(|word| match word.chars().all(is_plain) {
        true => word.clone(),
        false => Value::from(word.as_str()).to_string(),
    });
    words.collect::<Vec<_>>().join(" ")
}

fn as_json(program: &Program) -> Value {
    json!({
        "run": program.run,
        "file": whole(&program.path),
        "folder": whole(&program.folder),
        "pass_env": program.pass_env,
    })
}

/// The path without links, by which a file is the same one.
fn whole(path: &Path) -> String {
    path.canonicalize().unwrap_or_else(|_| path.to_owned()).to_string_lossy().into_owned()
}

/// What is in the file; nothing where others could have written it.
fn known(path: &PathBuf) -> Result<Vec<Value>> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error).wrap_err_with(|| format!("{} cannot be read", path.display())),
    };
    if !is_ones_own(&file)? {
        aside(&format!("{} is passed over: others may write it", path.display()));
        return Ok(Vec::new());
    }
    let mut text = String::new();
    file.read_to_string(&mut text).wrap_err_with(|| format!("{} cannot be read", path.display()))?;
    Ok(text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect())
}

#[cfg(unix)]
fn is_ones_own(file: &File) -> Result<bool> {
    use std::os::unix::fs::MetadataExt;
    let found = file.metadata()?;
    Ok(found.mode() & 0o022 == 0 && found.uid() == rustix::process::geteuid().as_raw())
}

#[cfg(not(unix))]
fn is_ones_own(_: &File) -> Result<bool> {
    Ok(true)
}

fn remember(path: &Path, own: &Value) -> Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    Ok(file.write_all(format!("{own}\n").as_bytes())?)
}
