//! The service file: settings of connections under names, as libpq reads it.

use super::settings::Settings;
use super::{Result, Surroundings, unreadable};
use std::path::{Path, PathBuf};

/// Adds what the service file says under `name` to what is said already.
pub(super) fn add(settings: &mut Settings, name: &str, around: &Surroundings) -> Result<()> {
    let files = files(settings, around);
    for file in &files {
        let text = std::fs::read_to_string(file).map_err(|error| {
            unreadable(format!("the service file {} cannot be read: {error}", file.display()), MEND)
        })?;
        if let Some(section) = section(&text, name) {
            return section.into_iter().try_for_each(|line| add_line(settings, line, file));
        }
    }
    let places: Vec<_> = files.iter().map(|file| file.display().to_string()).collect();
    Err(match places.is_empty() {
        true => unreadable(format!("there is no service file that says what `{name}` is"), MEND),
        false => unreadable(format!("the service `{name}` is not in {}", places.join(" nor in ")), MEND),
    })
}

const MEND: &str = "write ~/.pg_service.conf with a section [NAME] and lines such as host=db.example.org, \
                    or name the file with PGSERVICEFILE";

/// The user's file, and after it the system's.
fn files(settings: &Settings, around: &Surroundings) -> Vec<PathBuf> {
    let named = settings.get("servicefile").map(PathBuf::from);
    let own = named.or_else(|| around.at_home(".pg_service.conf"));
    let folder = around.variable("PGSYSCONFDIR").unwrap_or_else(|| "/etc/postgresql-common".into());
    let common = Some(Path::new(&folder).join("pg_service.conf")).filter(|path| path.is_file());
    own.into_iter().chain(common).collect()
}

/// The lines of a section that say something.
fn section<'t>(text: &'t str, name: &str) -> Option<Vec<&'t str>> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let is_head = |line: &str| line.starts_with('[');
    let mut rest = lines.skip_while(|line| line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) != Some(name));
    rest.next()?;
    Some(rest.take_while(|line| !is_head(line)).collect())
}

/// A line may hold a password, so none is repeated.
fn add_line(settings: &mut Settings, line: &str, file: &Path) -> Result<()> {
    match line.split_once('=') {
        Some(("service" | "servicefile", _)) | None => Err(unreadable(
            format!("the service file {} has a line that says nothing here", file.display()),
            "write lines such as host=db.example.org",
        )),
        Some((name, value)) => settings.add_known(name, value),
    }
}
