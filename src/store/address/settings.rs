//! The settings of a connection by the names that libpq gives them, from wherever they
//! are written: the address, the service file, the environment.

use super::{Result, Surroundings, unreadable};
use crate::text::suggest::nearest;
use percent_encoding::percent_decode_str;
use std::collections::BTreeMap;
use tokio_postgres::Config;

/// Settings that the client itself understands.
const CLIENT: [&str; 17] = [
    "host",
    "hostaddr",
    "port",
    "user",
    "dbname",
    "options",
    "application_name",
    "connect_timeout",
    "tcp_user_timeout",
    "keepalives",
    "keepalives_idle",
    "keepalives_interval",
    "keepalives_retries",
    "target_session_attrs",
    "channel_binding",
    "load_balance_hosts",
    "sslnegotiation",
];

/// Settings that are read here.
const OURS: [&str; 8] =
    ["password", "passfile", "service", "servicefile", "sslmode", "sslrootcert", "sslcert", "sslkey"];

/// Settings of libpq that change nothing here.
const PASSED_OVER: [&str; 6] =
    ["client_encoding", "fallback_application_name", "gssencmode", "gsslib", "krbsrvname", "sslcompression"];

/// Variables that stand in for what the address leaves out.
const VARIABLES: [(&str, &str); 19] = [
    ("PGHOST", "host"),
    ("PGHOSTADDR", "hostaddr"),
    ("PGPORT", "port"),
    ("PGUSER", "user"),
    ("PGDATABASE", "dbname"),
    ("PGPASSWORD", "password"),
    ("PGPASSFILE", "passfile"),
    ("PGSERVICE", "service"),
    ("PGSERVICEFILE", "servicefile"),
    ("PGSSLMODE", "sslmode"),
    ("PGSSLROOTCERT", "sslrootcert"),
    ("PGSSLCERT", "sslcert"),
    ("PGSSLKEY", "sslkey"),
    ("PGSSLNEGOTIATION", "sslnegotiation"),
    ("PGOPTIONS", "options"),
    ("PGAPPNAME", "application_name"),
    ("PGCONNECT_TIMEOUT", "connect_timeout"),
    ("PGTARGETSESSIONATTRS", "target_session_attrs"),
    ("PGCHANNELBINDING", "channel_binding"),
];

/// Settings by name. What is written first stands.
#[derive(Default)]
pub(super) struct Settings(BTreeMap<String, String>);

impl Settings {
    /// Reads an address after its scheme: `user:password@host:port,host:port/db?name=value`.
    pub(super) fn of_address(text: &str) -> Result<Self> {
        let (place, query) = text.split_once('?').unwrap_or((text, ""));
        let mut settings = Settings::default();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            settings.0.insert(known(&decoded(name)?)?, decoded(value)?); // the last one stands, as in libpq
        }
        let (authority, database) = place.split_once('/').unwrap_or((place, ""));
        let (login, hosts) = authority.split_once('@').unwrap_or(("", authority));
        if hosts.contains('@') || database.contains('@') {
            // What stands around it may be a part of the password.
            let hint = "write @ as %40, / as %2F, ? as %3F and : as %3A in a name or a password";
            return Err(unreadable("the address of the workspace has an @ too many", hint));
        }
        let (user, password) = login.split_once(':').unwrap_or((login, ""));
        for (name, value) in [("user", user), ("password", password), ("dbname", database)] {
            settings.add(name, decoded(value)?);
        }
        settings.add_hosts(hosts)?;
        Ok(settings)
    }

    fn add_hosts(&mut self, text: &str) -> Result<()> {
        if text.is_empty() {
            return Ok(());
        }
        let (mut hosts, mut ports) = (Vec::new(), Vec::new());
        for place in text.split(',') {
            let (host, port) = host_and_port(place);
            hosts.push(decoded(host)?);
            ports.push(port);
        }
        self.add("host", hosts.join(","));
        if ports.iter().any(|port| !port.is_empty()) {
            let ports: Vec<&str> = ports.iter().map(|port| if port.is_empty() { "5432" } else { port }).collect();
            self.add("port", ports.join(","));
        }
        Ok(())
    }

    /// Reads a setting as other files have it; an unknown one is an error.
    pub(super) fn add_known(&mut self, name: &str, value: &str) -> Result<()> {
        self.add(&known(name)?, value.to_owned());
        Ok(())
    }

    /// What the environment says about what is not said yet.
    pub(super) fn add_variables(&mut self, around: &Surroundings) {
        for (variable, name) in VARIABLES {
            self.add(name, around.variable(variable).unwrap_or_default());
        }
    }

    /// An empty value is none.
    pub(super) fn add(&mut self, name: &str, value: String) {
        if !value.is_empty() && self.get(name).is_none() {
            self.0.insert(name.to_owned(), value);
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    pub(super) fn take(&mut self, name: &str) -> Option<String> {
        self.0.remove(name).filter(|value| !value.is_empty())
    }

    /// What the client understands of them, as the client has it.
    pub(super) fn client(&self) -> Result<Config> {
        let mut text = String::new();
        for name in CLIENT {
            if let Some(value) = self.get(name) {
                let value = value.replace('\\', "\\\\").replace('\'', "\\'");
                text.push_str(&format!("{name}='{value}' "));
            }
        }
        text.parse().map_err(|error: tokio_postgres::Error| {
            let cause = std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string);
            unreadable(
                format!("the address of the workspace cannot be read: {cause}"),
                "write it as postgres://USER@HOST:PORT/DATABASE?sslmode=verify-full",
            )
        })
    }
}

/// `host`, `host:port`, `[::1]:port`.
fn host_and_port(text: &str) -> (&str, &str) {
    let bracketed = text.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    match bracketed {
        Some((host, port)) => (host, port.strip_prefix(':').unwrap_or(port)),
        None => text.split_once(':').unwrap_or((text, "")),
    }
}

/// The setting's name, as it is used here. An unknown one is not repeated: it may be a
/// piece of a password that holds a `?`.
fn known(name: &str) -> Result<String> {
    let names = || CLIENT.into_iter().chain(OURS).chain(PASSED_OVER);
    match name {
        "keepalives_count" => Ok("keepalives_retries".to_owned()),
        name if names().any(|known| known == name) => Ok(name.to_owned()),
        name => {
            let hint = match nearest(name, names()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("it knows {}", CLIENT.into_iter().chain(OURS).collect::<Vec<_>>().join(", ")),
            };
            let reason = "a connection to PostgreSQL is given a setting that karat does not know";
            Err(unreadable(reason, format!("{hint} (in a password, write ? as %3F and & as %26)")))
        }
    }
}

fn decoded(text: &str) -> Result<String> {
    let decoded = percent_decode_str(text).decode_utf8();
    decoded.map(String::from).map_err(|_| {
        unreadable("the address of the workspace is no Unicode once its % are read", "write a % of its own as %25")
    })
}
