//! How a connection is encrypted, and whether it is checked who answers: libpq's settings,
//! over rustls.

mod verifier;

use super::password::is_private;
use super::settings::Settings;
use super::{Result, Surroundings, unreadable};
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres_rustls_improved::MakeRustlsConnect;
use verifier::{Check, Verifier};

/// What is asked of the connection, by libpq's names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mode {
    Disable,
    Allow,
    Prefer,
    Require,
    VerifyCa,
    VerifyFull,
}

const MODES: [Mode; 6] = [Mode::Disable, Mode::Allow, Mode::Prefer, Mode::Require, Mode::VerifyCa, Mode::VerifyFull];

impl Mode {
    pub(super) fn name(self) -> &'static str {
        match self {
            Mode::Disable => "disable",
            Mode::Allow => "allow",
            Mode::Prefer => "prefer",
            Mode::Require => "require",
            Mode::VerifyCa => "verify-ca",
            Mode::VerifyFull => "verify-full",
        }
    }

    fn parse(text: &str) -> Result<Self> {
        MODES.into_iter().find(|mode| mode.name() == text).ok_or_else(|| {
            let names = MODES.map(Mode::name).join(", ");
            unreadable(
                "the address of the workspace has an sslmode that does not exist",
                format!("write one of {names}"),
            )
        })
    }
}

/// Which certificates vouch for the server.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Roots {
    /// Certificates that the system trusts.
    System,
    File(PathBuf),
}

/// How a connection is encrypted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tls {
    pub mode: Mode,
    /// Nothing but sockets of this machine, which are not encrypted.
    only_sockets: bool,
    /// Nothing leaves this machine.
    is_local: bool,
    roots: Roots,
    /// Certificate and key by which the server knows the client.
    client: Option<(PathBuf, PathBuf)>,
}

impl Tls {
    pub(super) fn read(settings: &Settings, client: &Config, around: &Surroundings) -> Result<Self> {
        let roots = match settings.get("sslrootcert") {
            Some("system") => Some(Roots::System),
            Some(path) => Some(Roots::File(path.into())),
            None => around.at_home(".postgresql/root.crt").map(Roots::File),
        };
        let is_local = is_local(client);
        let by_default = match (&roots, is_local) {
            (Some(Roots::System), _) | (_, false) => Mode::VerifyFull,
            _ => Mode::Prefer,
        };
        let mode = settings.get("sslmode").map_or(Ok(by_default), Mode::parse)?;
        if roots == Some(Roots::System) && mode < Mode::VerifyFull {
            return Err(unreadable(
                format!("sslmode={} is too weak beside sslrootcert=system", mode.name()),
                "anybody can have a certificate that the system trusts: write sslmode=verify-full",
            ));
        }
        // As in libpq: who names the roots wants them used.
        let mode = if mode == Mode::Require && roots.is_some() { Mode::VerifyCa } else { mode };
        let own = |word, name| settings.get(word).map(PathBuf::from).or_else(|| around.at_home(name));
        let client_pair = own("sslcert", ".postgresql/postgresql.crt").zip(own("sslkey", ".postgresql/postgresql.key"));
        let only_sockets = !client.get_hosts().is_empty() && client.get_hosts().iter().all(is_socket);
        Ok(Self { mode, only_sockets, is_local, roots: roots.unwrap_or(Roots::System), client: client_pair })
    }

    /// Whether anybody who controls the network can answer in the server's name.
    pub(super) fn is_open_to_impostors(&self) -> bool {
        !self.is_local && self.mode < Mode::VerifyCa
    }

    /// The client knows fewer modes: whom it talks to is checked by the verifier.
    pub(super) fn client_mode(&self) -> SslMode {
        match self.mode {
            _ if self.only_sockets => SslMode::Disable,
            Mode::Disable => SslMode::Disable,
            Mode::Allow | Mode::Prefer => SslMode::Prefer,
            Mode::Require | Mode::VerifyCa | Mode::VerifyFull => SslMode::Require,
        }
    }
}

#[cfg(unix)]
fn is_socket(host: &Host) -> bool {
    matches!(host, Host::Unix(_))
}

#[cfg(not(unix))]
fn is_socket(_: &Host) -> bool {
    false
}

/// Whether all of it stays on this machine.
fn is_local(client: &Config) -> bool {
    let is_local_host = |host: &Host| match host {
        Host::Tcp(name) => name == "localhost" || name.parse().is_ok_and(|address: IpAddr| address.is_loopback()),
        #[cfg(unix)]
        Host::Unix(_) => true,
    };
    client.get_hosts().iter().all(is_local_host) && client.get_hostaddrs().iter().all(IpAddr::is_loopback)
}

/// What the client encrypts with. It is made for every host, also for those that are
/// reached by a socket, which have no name and are not encrypted.
#[derive(Clone)]
pub struct Connector(MakeRustlsConnect);

impl<S> MakeTlsConnect<S> for Connector
where
    MakeRustlsConnect: MakeTlsConnect<S>,
{
    type Stream = <MakeRustlsConnect as MakeTlsConnect<S>>::Stream;
    type TlsConnect = <MakeRustlsConnect as MakeTlsConnect<S>>::TlsConnect;
    type Error = <MakeRustlsConnect as MakeTlsConnect<S>>::Error;

    fn make_tls_connect(&mut self, host: &str) -> std::result::Result<Self::TlsConnect, Self::Error> {
        self.0.make_tls_connect(if host.is_empty() { "socket.invalid" } else { host })
    }
}

/// What encrypts, with what is checked of the server.
pub(super) fn connector(tls: &Tls) -> Result<Connector> {
    let provider = Arc::new(ring::default_provider());
    let check = match tls.client_mode() {
        SslMode::Disable => Check::Nothing, // and never asked
        _ => check(tls)?,
    };
    let builder = ClientConfig::builder_with_provider(provider.clone()).with_safe_default_protocol_versions();
    let builder = builder.map_err(|error| unusable(&error))?.dangerous();
    let builder = builder.with_custom_certificate_verifier(Arc::new(Verifier::new(check, provider)));
    let config = match tls.client.as_ref().filter(|_| tls.client_mode() != SslMode::Disable) {
        None => builder.with_no_client_auth(),
        Some((certificate, key)) => {
            let pair = builder.with_client_auth_cert(certificates(certificate)?, private_key(key)?);
            pair.map_err(|error| unusable(&error))?
        }
    };
    Ok(Connector(MakeRustlsConnect::new(config)))
}

fn check(tls: &Tls) -> Result<Check> {
    Ok(match tls.mode {
        Mode::Disable | Mode::Allow | Mode::Prefer | Mode::Require => Check::Nothing,
        Mode::VerifyCa => Check::Issuer(trusted(&tls.roots)?),
        Mode::VerifyFull => Check::IssuerAndName(trusted(&tls.roots)?),
    })
}

fn trusted(roots: &Roots) -> Result<verifier::Trusted> {
    let certificates = match roots {
        Roots::File(path) => certificates(path)?,
        Roots::System => rustls_native_certs::load_native_certs().certs,
    };
    let mut store = RootCertStore::empty();
    store.add_parsable_certificates(certificates.iter().cloned());
    if store.is_empty() {
        return Err(unreadable(
            match roots {
                Roots::File(path) => format!("{} has no certificate that could vouch for the server", path.display()),
                Roots::System => "this system has no certificates that could vouch for the server".into(),
            },
            "name the file with the certificate of the server's authority: ?sslrootcert=FILE",
        ));
    }
    Ok(verifier::Trusted { store, certificates })
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>> {
    let read = CertificateDer::pem_file_iter(path).and_then(Iterator::collect);
    read.map_err(|error| {
        unreadable(
            format!("the certificate {} cannot be read: {error}", path.display()),
            "it is a file of lines between -----BEGIN CERTIFICATE----- and -----END CERTIFICATE-----",
        )
    })
}

fn private_key(path: &Path) -> Result<PrivateKeyDer<'static>> {
    if is_private(path).is_ok_and(|private| !private) {
        let reason = format!("others than you may read the private key {}", path.display());
        return Err(unreadable(reason, format!("run `chmod 0600 {}`", path.display())));
    }
    PrivateKeyDer::from_pem_file(path).map_err(|error| {
        unreadable(
            format!("the private key {} cannot be read: {error}", path.display()),
            "it is a PEM file without a passphrase",
        )
    })
}

fn unusable(error: &rustls::Error) -> super::StoreError {
    unreadable(format!("the connection cannot be encrypted: {error}"), "check sslcert and sslkey")
}
