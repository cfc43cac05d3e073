//! The password file, as libpq reads it: `host:port:database:user:password`.

use std::path::{Path, PathBuf};

/// A password. It is never shown.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Password(String);

impl Password {
    pub(super) fn new(text: String) -> Self {
        Self(text)
    }

    /// The text itself, for the server alone.
    pub(super) fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(_)")
    }
}

/// Whom a password lets in where.
#[derive(Debug, Clone, Copy)]
pub(super) struct Door<'a> {
    pub host: &'a str,
    pub port: u16,
    pub database: &'a str,
    pub user: &'a str,
}

/// A file of passwords, where there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PasswordFile(pub PathBuf);

impl PasswordFile {
    /// The password for a door, where the file has one and may be believed.
    pub(super) fn find(&self, door: Door) -> Option<Password> {
        if self.objection().is_some() {
            return None;
        }
        let text = std::fs::read_to_string(&self.0).ok()?;
        text.lines().find_map(|line| password_of(line, door)).map(Password)
    }

    /// Why the file is passed over, as a sentence: others may read it.
    pub(super) fn objection(&self) -> Option<String> {
        let path = self.0.display();
        match is_private(&self.0) {
            Ok(true) | Err(_) => None, // one that is missing says nothing
            Ok(false) => Some(format!(
                "the password file {path} is passed over, because others than you may read it: run `chmod 0600 {path}`"
            )),
        }
    }
}

/// Nobody but its owner may read the file.
#[cfg(unix)]
pub(super) fn is_private(path: &Path) -> std::io::Result<bool> {
    use std::os::unix::fs::PermissionsExt;
    Ok(std::fs::metadata(path)?.permissions().mode() & 0o077 == 0)
}

#[cfg(not(unix))]
pub fn is_private(path: &Path) -> std::io::Result<bool> {
    std::fs::metadata(path).map(|_| true)
}

fn password_of(line: &str, door: Door) -> Option<String> {
    if line.starts_with('#') {
        return None;
    }
    let port = door.port.to_string();
    let mut rest = line;
    for wanted in [door.host, &port, door.database, door.user] {
        let (field, after) = field(rest);
        // `*` fits all; `\*` is a star.
        let fits = rest.starts_with("*:") || field == wanted;
        rest = after.filter(|_| fits)?;
    }
    Some(field(rest).0).filter(|password| !password.is_empty())
}

/// A field without its escapes, and what follows its colon.
fn field(text: &str) -> (String, Option<&str>) {
    let mut field = String::new();
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            ':' => return (field, Some(&text[at + 1..])),
            '\\' => field.push(characters.next().map_or('\\', |(_, escaped)| escaped)),
            other => field.push(other),
        }
    }
    (field, None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const DOOR: Door = Door { host: "db", port: 5432, database: "karat", user: "ops" };

    #[test]
    fn the_first_line_that_fits_gives_the_password() {
        let cases = [
            ("db:5432:karat:ops:secret", Some("secret")),
            ("*:*:*:*:any", Some("any")),
            ("db:5433:karat:ops:secret", None),
            ("db:5432:karat:ops:", None),
            ("db:5432:karat:ops", None),
            ("#db:5432:karat:ops:secret", None),
            (r"db:5432:karat:ops:a\:b\\c", Some(r"a:b\c")),
            (r"db:5432:karat:\*:secret", None),
            ("db:5432:kar*:ops:secret", None),
            ("db:5432:karat:ops:secret:more", Some("secret")),
        ];
        for (line, expected) in cases {
            assert_eq!(password_of(line, DOOR).as_deref(), expected, "{line}");
        }
    }

    #[test]
    fn a_star_of_its_own_is_escaped() {
        let door = Door { user: "*", ..DOOR };
        assert_eq!(password_of(r"db:*:karat:\*:secret", door).as_deref(), Some("secret"));
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_may_read_is_passed_over() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let file = PasswordFile(folder.path().join("pgpass"));
        std::fs::write(&file.0, "*:*:*:*:secret\n").unwrap();
        let allow = |mode| std::fs::set_permissions(&file.0, std::fs::Permissions::from_mode(mode)).unwrap();
        allow(0o600);
        assert_eq!(file.find(DOOR).unwrap().reveal(), "secret");
        assert_eq!(file.objection(), None);
        allow(0o640);
        assert_eq!(file.find(DOOR), None);
        assert!(file.objection().unwrap().contains("chmod 0600"));
    }

    #[test]
    fn a_password_is_never_shown() {
        assert_eq!(format!("{:?}", Password::new("secret".into())), "Password(_)");
    }

    fn escaped(text: &str) -> String {
        text.replace('\\', r"\\").replace(':', r"\:").replace('*', r"\*")
    }

    proptest! {
        /// Any name or password, escaped, is found unchanged.
        #[test]
        fn what_is_escaped_is_found(host in "[^\r\n#]{1,8}", user in "[^\r\n]{1,8}", password in "[^\r\n]{1,12}") {
            let line = format!("{}:5432:karat:{}:{}", escaped(&host), escaped(&user), escaped(&password));
            let found = password_of(&line, Door { host: &host, user: &user, ..DOOR });
            prop_assert_eq!(found, Some(password));
        }

        #[test]
        fn no_line_panics(line in any::<String>()) {
            let _ = password_of(&line, DOOR);
        }
    }
}
