//! A database on a PostgreSQL server, and what connecting to it takes.

use super::password::{Door, Password, PasswordFile};
use super::service;
use super::settings::Settings;
use super::tls::{self, Connector, Tls};
use super::{Result, Surroundings};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::fmt;
use std::net::IpAddr;
use std::path::Path;
use std::time::Duration;
use tokio_postgres::Config;
use tokio_postgres::config::Host;

/// The port where none is named.
const PORT: u16 = 5432;

/// Where servers put their sockets; looked through where no host is named.
const SOCKET_FOLDERS: [&str; 3] = ["/var/run/postgresql", "/run/postgresql", "/tmp"];

/// Seconds until a server that does not answer counts as absent.
const PATIENCE: &str = "10";

/// A database on a PostgreSQL server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// All but the password and TLS.
    client: Box<Config>,
    password: Option<Password>,
    password_file: Option<PasswordFile>,
    /// The password stands in the address itself, where the list of processes shows it.
    exposed: bool,
    tls: Tls,
}

impl Server {
    /// Reads an address after its scheme.
    pub(super) fn parse(text: &str, around: &Surroundings) -> Result<Self> {
        let mut settings = Settings::of_address(text)?;
        let exposed = settings.get("password").is_some();
        let service = settings.get("service").map(str::to_owned).or_else(|| around.variable("PGSERVICE"));
        if let Some(service) = service {
            settings.add("servicefile", around.variable("PGSERVICEFILE").unwrap_or_default());
            service::add(&mut settings, &service, around)?;
        }
        settings.add_variables(around);
        settings.add("application_name", "karat".into());
        settings.add("connect_timeout", PATIENCE.into());
        settings.add("user", around.login.clone().unwrap_or_default());
        settings.add("dbname", settings.get("user").unwrap_or_default().to_owned());
        if settings.get("host").is_none() && settings.get("hostaddr").is_none() {
            settings.add("host", nearest_host(settings.get("port").unwrap_or("5432")));
        }
        let client = Box::new(settings.client()?);
        let tls = Tls::read(&settings, &client, around)?;
        let password_file = settings.take("passfile").map(Into::into).or_else(|| around.at_home(".pgpass"));
        let password = settings.take("password").map(Password::new);
        Ok(Self { client, password, password_file: password_file.map(PasswordFile), exposed, tls })
    }

    /// What the client is to connect with, the password among it.
    pub fn config(&self) -> Result<Config> {
        let mut config = Config::clone(&self.client);
        config.ssl_mode(self.tls.client_mode());
        let from_file = || self.password_file.as_ref()?.find(self.door());
        if let Some(password) = self.password.clone().or_else(from_file) {
            config.password(password.reveal());
        }
        Ok(config)
    }

    /// What encrypts the connection, and checks who answers.
    pub fn tls(&self) -> Result<Connector> {
        tls::connector(&self.tls)
    }

    pub fn user(&self) -> &str {
        self.client.get_user().unwrap_or_default()
    }

    pub fn database(&self) -> &str {
        self.client.get_dbname().unwrap_or_default()
    }

    /// `host:port`, or the folder of the socket; several with commas.
    pub fn place(&self) -> String {
        let ports = self.client.get_ports();
        let named = self.hosts().into_iter().enumerate();
        let place = |(at, host): (usize, String)| match host.starts_with('/') {
            true => host,
            false => format!("{}:{}", bracketed(&host), port(ports, at)),
        };
        named.map(place).collect::<Vec<_>>().join(",")
    }

    /// A line of the password file for this place, as far as the password.
    pub fn password_line(&self) -> String {
        let Door { host, port, database, user } = self.door();
        let escaped = |text: &str| text.replace('\\', r"\\").replace(':', r"\:");
        format!("{}:{port}:{}:{}", escaped(host), escaped(database), escaped(user))
    }

    /// Seconds that a server has to answer.
    pub fn patience(&self) -> u64 {
        self.client.get_connect_timeout().map_or(10, Duration::as_secs)
    }

    /// The time that connecting may take: a time-out for each host, and one for the login.
    pub fn longest_wait(&self) -> Duration {
        Duration::from_secs(self.patience()) * (self.client.get_hosts().len() as u32 + 1)
    }

    /// The connection's encryption as the address has it, such as `verify-full`.
    pub fn sslmode(&self) -> &'static str {
        self.tls.mode.name()
    }

    /// What keeps the address from being used as it was meant, as sentences.
    pub fn warnings(&self) -> Vec<String> {
        let objection = self.password_file.as_ref().and_then(PasswordFile::objection);
        objection.filter(|_| self.password.is_none()).into_iter().collect()
    }

    /// Warnings, and what should be set up in another way. They never contain the password.
    pub fn advice(&self) -> Vec<String> {
        let exposed = "the password stands in the address, where the list of processes and the shell's history show \
                       it: move it to ~/.pgpass or PGPASSWORD";
        let unchecked = format!(
            "sslmode={} does not check who answers: write sslmode=verify-full, and sslrootcert=FILE where the \
             server's authority is your own",
            self.sslmode()
        );
        let mut advice = self.warnings();
        advice.extend(self.exposed.then(|| exposed.to_owned()));
        advice.extend(self.tls.is_open_to_impostors().then_some(unchecked));
        advice
    }

    fn hosts(&self) -> Vec<String> {
        let names: Vec<_> = self.client.get_hosts().iter().map(name).collect();
        match names.is_empty() {
            true => self.client.get_hostaddrs().iter().map(IpAddr::to_string).collect(),
            false => names,
        }
    }

    /// The entry of the password file that is looked up. A socket in the usual folder is
    /// `localhost` there.
    fn door(&self) -> Door<'_> {
        let host = match self.client.get_hosts().first() {
            Some(Host::Tcp(host)) => host,
            #[cfg(unix)]
            Some(Host::Unix(path)) if SOCKET_FOLDERS.iter().any(|folder| path == Path::new(folder)) => "localhost",
            #[cfg(unix)]
            Some(Host::Unix(path)) => path.to_str().unwrap_or_default(),
            None => "localhost",
        };
        Door { host, port: port(self.client.get_ports(), 0), database: self.database(), user: self.user() }
    }
}

/// The port of a host: one may serve all of them, or each has its own.
fn port(ports: &[u16], at: usize) -> u16 {
    ports.get(at).or(ports.first()).copied().unwrap_or(PORT)
}

fn name(host: &Host) -> String {
    match host {
        Host::Tcp(name) => name.clone(),
        #[cfg(unix)]
        Host::Unix(path) => path.display().to_string(),
    }
}

fn bracketed(host: &str) -> String {
    if host.contains(':') { format!("[{host}]") } else { host.to_owned() }
}

/// The socket of a server on this machine, where there is one.
fn nearest_host(port: &str) -> String {
    let has_socket = |folder: &&&str| Path::new(folder).join(format!(".s.PGSQL.{port}")).exists();
    SOCKET_FOLDERS.iter().find(has_socket).map_or("localhost", |folder| folder).to_owned()
}

/// What stands for itself in a name within an address.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
const IN_PATH: &AsciiSet = &PLAIN.remove(b'/');

fn plain(text: &str) -> String {
    utf8_percent_encode(text, PLAIN).to_string()
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "postgres://{}@", plain(self.user()))?;
        let hosts = self.hosts();
        let is_socket = hosts.iter().any(|host| host.starts_with('/'));
        let ports = self.client.get_ports();
        if is_socket {
            let port = match port(ports, 0) {
                PORT => String::new(),
                port => format!("&port={port}"),
            };
            let hosts = utf8_percent_encode(&hosts.join(","), IN_PATH).to_string();
            return write!(f, "/{}?host={hosts}{port}", plain(self.database()));
        }
        let host = |(at, host): (usize, &String)| match host.parse() {
            Ok(IpAddr::V6(_)) => format!("[{host}]:{}", port(ports, at)),
            _ => format!("{}:{}", plain(host), port(ports, at)),
        };
        let places: Vec<_> = hosts.iter().enumerate().map(host).collect();
        write!(f, "{}/{}", places.join(","), plain(self.database()))
    }
}
