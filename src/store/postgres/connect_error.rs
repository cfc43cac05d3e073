//! Why no connection came about, as a sentence, and what to do about it.

use super::errors::{cause, is_of_pooler};
use crate::store::address::Server;
use crate::store::error::{StoreError, quoted};
use rustls::CertificateError;
use std::error::Error as _;
use std::io::{self, ErrorKind};
use tokio_postgres::Error;
use tokio_postgres::error::{DbError, SqlState};

/// The error as the store has it. Nothing in it holds the password.
pub(super) fn describe(error: &Error, server: &Server) -> StoreError {
    let place = server.place();
    if let Some(refusal) = error.as_db_error() {
        return turned_away(refusal, server, &place);
    }
    let io = error.source().and_then(|source| source.downcast_ref::<io::Error>());
    let certificate = io.and_then(|io| io.get_ref()).and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match (certificate, io, error.to_string().as_str()) {
        (Some(error), ..) => uncertified(error, &place),
        (_, Some(io), _) => unreachable(io, &place, server),
        (.., "error performing TLS handshake") => unencrypted(server, &place),
        (.., "invalid configuration") if cause(error) == "password missing" => refused(
            format!("the server at {place} wants a password for `{}`, and there is none", server.user()),
            // The file is there, and passed over: that is why.
            server.warnings().pop().unwrap_or_else(|| {
                format!(
                    "put the line {}:PASSWORD into ~/.pgpass (mode 0600), or the password into PGPASSWORD",
                    server.password_line()
                )
            }),
        ),
        (.., "authentication error" | "invalid configuration") => refused(
            format!("the server at {place} and this program do not agree on how to log in: {}", cause(error)),
            "let the server take scram-sha-256, md5 or a certificate in its pg_hba.conf",
        ),
        (.., "unexpected message from server" | "error parsing response from server") => stranger(&place),
        (.., "connection closed") => hung_up(&place),
        _ => absent(format!("there is no connection to {place}: {}", cause(error)), TRY),
    }
}

/// The server took too long.
pub(super) fn silent(server: &Server, seconds: u64) -> StoreError {
    absent(
        format!("{} did not answer within {seconds} seconds", server.place()),
        "check host, port and firewall; ?connect_timeout=SECONDS in the address waits longer",
    )
}

const TRY: &str = "check host and port in the address, and whether the server runs";

fn turned_away(refusal: &DbError, server: &Server, place: &str) -> StoreError {
    let (user, database, message) = (server.user(), server.database(), refusal.message());
    match *refusal.code() {
        SqlState::INVALID_PASSWORD => refused(
            format!("the server at {place} does not take this password of `{user}`"),
            "check PGPASSWORD, ~/.pgpass (or the file that PGPASSFILE names) and the service file; if it is right, the \
             login is gone or its password has expired: whoever administers the server sees that",
        ),
        SqlState::INVALID_AUTHORIZATION_SPECIFICATION if message.ends_with("is not permitted to log in") => refused(
            format!("the server at {place} does not let `{user}` in: {message}"),
            format!("whoever administers the server runs: ALTER ROLE {} LOGIN", quoted(user)),
        ),
        SqlState::INVALID_AUTHORIZATION_SPECIFICATION => refused(
            format!("the server at {place} does not let `{user}` in: {message}"),
            "check user, database and sslmode in the address; who may come in from where stands in the server's \
             pg_hba.conf",
        ),
        SqlState::INVALID_CATALOG_NAME => refused(
            format!("there is no database `{database}` at {place}"),
            format!("check the name in the address; `createdb {database}` there makes one"),
        ),
        SqlState::INSUFFICIENT_PRIVILEGE => refused(
            format!("the server at {place} does not let `{user}` into `{database}`: {message}"),
            format!("a lead lets you in with `karat team grant {user} --role reviewer`"),
        ),
        SqlState::TOO_MANY_CONNECTIONS => absent(
            format!("the server at {place} has no connection left: {message}"),
            "try again when others have left; whoever administers the server raises the limit (max_connections, or \
             CONNECTION LIMIT of the login or the database)",
        ),
        SqlState::CANNOT_CONNECT_NOW => {
            absent(format!("the server at {place} takes nobody at the moment: {message}"), "try again when it is up")
        }
        SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE => refused(
            format!("the server at {place} lets nobody into `{database}`: {message}"),
            format!("whoever administers the server runs: ALTER DATABASE {} ALLOW_CONNECTIONS true", quoted(database)),
        ),
        // PgBouncer passes no setting on that it does not know.
        SqlState::PROTOCOL_VIOLATION if is_of_pooler(message) => StoreError::Pooler,
        _ => refused(format!("the server at {place} refused the connection: {message}"), TRY),
    }
}

fn unreachable(error: &io::Error, place: &str, server: &Server) -> StoreError {
    match error.kind() {
        ErrorKind::ConnectionRefused => absent(
            format!("nothing answers at {place}"),
            "check host and port, and that PostgreSQL runs there and listens on that address (listen_addresses)",
        ),
        ErrorKind::NotFound => absent(
            format!("there is no socket of a server in {place}"),
            "check the folder and the port, and that PostgreSQL runs on this machine",
        ),
        ErrorKind::PermissionDenied => refused(
            format!("you may not use the server's socket in {place}"),
            "ask whoever runs it, or connect by ?host=localhost",
        ),
        ErrorKind::TimedOut => silent(server, server.patience()),
        ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset => hung_up(place),
        // What came is no message of its protocol, or only the beginning of one.
        ErrorKind::InvalidData | ErrorKind::InvalidInput => stranger(place),
        _ if error.to_string() == "bytes remaining on stream" => stranger(place),
        // The look-up of names has no kind of its own.
        _ if error.to_string().starts_with("failed to lookup address") => absent(
            format!("no host of this name is known: {place}"),
            "check the name in the address, and that this machine is on the network",
        ),
        _ => absent(format!("there is no connection to {place}: {error}"), TRY),
    }
}

fn unencrypted(server: &Server, place: &str) -> StoreError {
    refused(
        format!("the server at {place} does not encrypt connections, and sslmode={} asks for it", server.sslmode()),
        "turn `ssl` on at the server; where you trust every machine in between, write ?sslmode=disable into the address",
    )
}

fn uncertified(error: &rustls::Error, place: &str) -> StoreError {
    if matches!(error, rustls::Error::InvalidMessage(_)) {
        return stranger(place);
    }
    let rustls::Error::InvalidCertificate(fault) = error else {
        return refused(
            format!("the connection to {place} cannot be encrypted: {error}"),
            "check that the server's TLS is 1.2 or newer, and sslcert and sslkey where it wants a certificate of yours",
        );
    };
    match fault {
        CertificateError::NotValidForName => for_another_host(place, ""),
        CertificateError::NotValidForNameContext { presented, .. } => {
            let names: Vec<_> = presented.iter().map(|name| bare(name)).collect();
            for_another_host(place, &format!(", but for {}", names.join(", ")))
        }
        CertificateError::UnknownIssuer => refused(
            format!("nobody that is trusted here vouches for the certificate of {place}"),
            "ask who runs the server for the certificate of its authority, and name the file: ?sslrootcert=FILE",
        ),
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => refused(
            format!("the certificate of {place} has expired"),
            "whoever runs the server must renew it; check this machine's clock too",
        ),
        fault if fault.to_string().contains("UnsupportedCertVersion") => refused(
            format!("the certificate of {place} is of the old version 1, which cannot name its host"),
            "have it made anew with a subject alternative name, such as `-addext subjectAltName=DNS:HOST` for openssl",
        ),
        fault => refused(
            format!("the certificate of {place} is not good: {fault}"),
            "?sslrootcert=FILE names the certificate that vouches for the server",
        ),
    }
}

/// `DnsName("db")` is db.
fn bare(name: &str) -> &str {
    name.split_once('(').map_or(name, |(_, name)| name.trim_matches(['"', ')']))
}

fn for_another_host(place: &str, names: &str) -> StoreError {
    refused(
        format!("the certificate of {place} is not for that name{names}"),
        "name the host as its certificate does (a subject alternative name); ?sslmode=verify-ca checks the authority \
         alone",
    )
}

fn hung_up(place: &str) -> StoreError {
    absent(format!("{place} ended the connection before it let anybody in"), TRY)
}

fn stranger(place: &str) -> StoreError {
    refused(format!("what answers at {place} is not PostgreSQL"), "check host and port in the address")
}

fn refused(reason: impl Into<String>, hint: impl Into<String>) -> StoreError {
    StoreError::Address { reason: reason.into(), hint: hint.into() }
}

/// The error of a server that may be reachable in a moment.
fn absent(reason: impl Into<String>, hint: impl Into<String>) -> StoreError {
    StoreError::Absent { reason: reason.into(), hint: hint.into() }
}
