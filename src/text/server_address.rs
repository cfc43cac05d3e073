//! What is meant for a server, however it is mistyped: it may hold a password, so that it is
//! neither taken for the name of a file nor repeated.

/// Settings of a connection as libpq has them: `host=db password=...`.
const SETTINGS: [&str; 9] =
    ["host", "hostaddr", "port", "user", "dbname", "password", "service", "sslmode", "passfile"];

/// How a path begins that can be nothing else.
const PATHS: [&str; 5] = ["./", "../", "~/", ".\\", "..\\"];

/// Whether the text is the address of a server, or one that is mistyped. A path that begins with
/// `/` or `./` is none.
pub fn is_meant(text: &str) -> bool {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c.is_control() || "\"'<".contains(c));
    let is_absolute = text.starts_with('/') && !text.starts_with("//");
    if is_absolute || PATHS.iter().any(|path| text.starts_with(path)) {
        return false;
    }
    text.contains("://") || has_scheme(text) || has_login(text) || has_port(text) || has_setting(text)
}

/// `postgres:/…`, `postgresql//…`
fn has_scheme(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let rest = ["postgresql", "postgres", "psql", "pgsql"].iter().find_map(|scheme| lower.strip_prefix(scheme));
    rest.is_some_and(|rest| rest.starts_with([':', ';']) || rest.starts_with("//"))
}

/// `USER:PASSWORD@…`, `USER@HOST/…`
fn has_login(text: &str) -> bool {
    let Some((before, after)) = text.split_once('@') else { return false };
    let has_password = before.split_once(':').is_some_and(|(_, password)| !password.starts_with('\\'));
    has_password || (after.contains('/') && !before.contains('/'))
}

/// `HOST:PORT/…`
fn has_port(text: &str) -> bool {
    let place = text.split_once('/').map(|(place, _)| place);
    let port = place.and_then(|place| place.rsplit_once(':')).map(|(_, port)| port);
    port.is_some_and(|port| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()))
}

fn has_setting(text: &str) -> bool {
    let mut before_equals = text.split('=').collect::<Vec<_>>();
    before_equals.pop();
    let names = before_equals.into_iter().filter_map(|before| before.split_whitespace().next_back());
    names.map(str::to_ascii_lowercase).any(|name| SETTINGS.contains(&name.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistyped_address_is_told_from_a_path() {
        let meant = [
            "postgres:/pm:PW@127.0.0.1:54399/k5",
            "postgres//pm:PW@h/x",
            " postgres://h/x",
            "\"postgres://h/x\"",
            "POSTGRES:h",
            "xpostgres://ops:PW@h/db",
            "host=db password=PW",
            "dbname = karat",
            "ops:PW@h/db",
            "//ops:PW@h/db",
            "ops@db.example.org/karat",
            "db.example.org:5432/karat",
            "psql://h/d",
        ];
        for text in meant {
            assert!(is_meant(text), "{text}");
        }
        let paths = [
            "karat.db",
            "postgres",
            "postgres.db",
            "/srv/a b.db",
            "./a://b",
            "/srv/ops:1@h/k.db",
            "ops@home.db",
            "C:\\data\\ops@home.db",
            "runs/12:30.db",
            "a=b.db",
            "../host=x",
            "~/k.db",
            "postgres/k.db",
            "",
        ];
        for text in paths {
            assert!(!is_meant(text), "{text}");
        }
    }
}
