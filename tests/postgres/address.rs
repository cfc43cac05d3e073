//! Getting in: by password, password file, service, socket and TLS; and what is said where
//! one does not.

use std::net::TcpListener;
use support::fixture::*;
use support::program::{Outcome, Program, SPEC as REPLIES};
use url::Url;

/// A database of its own, and the program with nothing but its home to find it by.
struct Desk {
    database: Workspace,
    program: Program,
    /// The database's address, with its password.
    url: Url,
}

impl Desk {
    fn new() -> Self {
        let database = Workspace::unmade_on_server();
        let url = Url::parse(&database.address()).unwrap();
        let program = Program::new();
        program.write("spec.toml", REPLIES);
        Self { database, program, url }
    }

    fn with_queue() -> Self {
        let desk = Self::new();
        let made = desk.run(desk.url.as_str(), &[], &["spec", "apply", "spec.toml"]);
        assert_eq!(made.code, Some(0), "{made:#?}");
        desk
    }

    fn run(&self, db: &str, variables: &[(&str, &str)], arguments: &[&str]) -> Outcome {
        let mut command = self.program.command();
        let outcome = Outcome::of(command.env("KARAT_DB", db).envs(variables.iter().copied()).args(arguments));
        assert!(!format!("{outcome:?}").contains(self.password()), "the password is shown: {outcome:#?}");
        outcome
    }

    #[track_caller]
    fn gets_in(&self, db: &str, variables: &[(&str, &str)]) {
        let outcome = self.run(db, variables, &["queues"]);
        assert_eq!(outcome.code, Some(0), "{db}: {outcome:#?}");
        assert!(outcome.out.contains("replies"), "{outcome:#?}");
    }

    #[track_caller]
    fn is_told(&self, db: &str, variables: &[(&str, &str)], parts: &[&str]) {
        let outcome = self.run(db, variables, &["queues"]);
        assert_eq!(outcome.code, Some(1), "{db}: {outcome:#?}");
        let told = outcome.err.split_whitespace().collect::<Vec<_>>().join(" ");
        parts.iter().for_each(|part| assert!(told.contains(part), "{db} should tell {part:?}: {told}"));
        assert!(told.contains("hint:"), "{told}");
    }

    fn password(&self) -> &str {
        self.url.password().unwrap()
    }

    fn port(&self) -> u16 {
        self.url.port().unwrap()
    }

    /// The address with another host and no password, and this behind it.
    fn at(&self, host: &str, query: &str) -> String {
        let (user, port, name) = (self.url.username(), self.port(), self.database.name());
        format!("postgres://{user}@{host}:{port}/{name}?{query}")
    }

    /// The same with the password in the environment.
    fn secret(&self) -> [(&'static str, &str); 1] {
        [("PGPASSWORD", self.password())]
    }
}

fn authority() -> String {
    std::env::var("KARAT_TEST_CA").expect("`.ci/postgres` names its authority")
}

#[test]
fn only_spec_apply_makes_a_workspace() {
    let desk = Desk::new();
    let nothing = ["there is no workspace at postgres://", "`karat spec apply FILE`"];
    desk.is_told(&desk.at("127.0.0.1", ""), &desk.secret(), &nothing);
    assert_eq!(desk.database.number("SELECT COUNT(*) FROM pg_namespace WHERE nspname = 'karat'"), 0);
    let made = desk.run(&desk.at("127.0.0.1", ""), &desk.secret(), &["spec", "apply", "spec.toml"]);
    assert_eq!(made.code, Some(0), "{made:#?}");
    desk.gets_in(&desk.at("127.0.0.1", ""), &desk.secret());
}

#[test]
fn a_password_is_found_where_libpq_looks() {
    let desk = Desk::with_queue();
    let plain = desk.at("127.0.0.1", "");
    desk.gets_in(desk.url.as_str(), &[]);
    desk.gets_in(&plain, &desk.secret());

    let told = format!("wants a password for `{}`, and there is none", desk.url.username());
    let line = format!("127.0.0.1:{}:{}:{}:PASSWORD", desk.port(), desk.database.name(), desk.url.username());
    desk.is_told(&plain, &[], &[&told, &line, "~/.pgpass"]);
    desk.program.write(".pgpass", line.replace("PASSWORD", desk.password()));
    allow(&desk, ".pgpass", 0o644);
    desk.is_told(&plain, &[], &[&told, "is passed over", "chmod 0600"]);
    allow(&desk, ".pgpass", 0o600);
    desk.gets_in(&plain, &[]);

    let service = format!(
        "[team]\nhost=127.0.0.1\nport={}\ndbname={}\nuser={}\npassword={}\n",
        desk.port(),
        desk.database.name(),
        desk.url.username(),
        desk.password()
    );
    desk.program.write("services", service);
    desk.gets_in("postgres://?service=team", &[("PGSERVICEFILE", "services")]);
    desk.gets_in("postgres://", &[("PGSERVICEFILE", "services"), ("PGSERVICE", "team")]);
}

fn allow(desk: &Desk, file: &str, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(desk.program.path(file), std::fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_socket_leads_in() {
    let desk = Desk::with_queue();
    let folder = std::env::var("KARAT_TEST_SOCKET").expect("`.ci/postgres` names its socket's folder");
    let (user, name, port) = (desk.url.username(), desk.database.name(), desk.port());
    desk.gets_in(&format!("postgres://{user}@/{name}?host={folder}&port={port}"), &desk.secret());
    desk.is_told(
        &format!("postgres://{user}@/{name}?host={folder}/none&port={port}"),
        &desk.secret(),
        &["there is no socket of a server in"],
    );
}

#[test]
fn a_certificate_is_checked_as_far_as_sslmode_says() {
    let desk = Desk::with_queue();
    let root = format!("sslrootcert={}", authority());
    for (host, query) in [
        ("localhost", format!("sslmode=verify-full&{root}")),
        ("127.0.0.1", format!("sslmode=verify-ca&{root}")),
        ("127.0.0.1", format!("sslmode=require&{root}")),
        ("127.0.0.1", "sslmode=require".to_owned()),
        ("127.0.0.1", "sslmode=prefer".to_owned()),
        ("127.0.0.1", "sslmode=disable".to_owned()),
    ] {
        desk.gets_in(&desk.at(host, &query), &desk.secret());
    }
    let name = ["is not for that name", "localhost", "sslmode=verify-ca"];
    desk.is_told(&desk.at("127.0.0.1", &format!("sslmode=verify-full&{root}")), &desk.secret(), &name);
    let mut other = desk.program.path("other.crt");
    write_authority(&other);
    let stranger = format!("sslmode=verify-full&sslrootcert={}", other.display());
    let told = ["nobody that is trusted here vouches for the certificate", "?sslrootcert=FILE"];
    desk.is_told(&desk.at("localhost", &stranger), &desk.secret(), &told);
    other.set_extension("none");
    let missing = format!("sslmode=verify-full&sslrootcert={}", other.display());
    desk.is_told(&desk.at("localhost", &missing), &desk.secret(), &["other.none cannot be read"]);

    // The home's own authority is found, and the variables say the same.
    std::fs::create_dir(desk.program.path(".postgresql")).unwrap();
    std::fs::copy(authority(), desk.program.path(".postgresql/root.crt")).unwrap();
    desk.gets_in(&desk.at("localhost", "sslmode=verify-full"), &desk.secret());
    let full = [desk.secret()[0], ("PGSSLMODE", "verify-full")];
    desk.is_told(&desk.at("127.0.0.1", ""), &full, &["is not for that name"]);
}

/// An authority that never signed anything for the server.
fn write_authority(path: &std::path::Path) {
    let arguments = "req -x509 -newkey rsa:2048 -nodes -days 7 -subj /CN=other -keyout /dev/null -out";
    let made = std::process::Command::new("openssl").args(arguments.split(' ')).arg(path).output().unwrap();
    assert!(made.status.success(), "{made:?}");
}

#[test]
fn who_does_not_get_in_is_told_why() {
    let desk = Desk::with_queue();
    let (host, secret) = (format!("127.0.0.1:{}", desk.port()), desk.secret());
    desk.is_told(&desk.at("127.0.0.1", ""), &[("PGPASSWORD", "wrong")], &["does not take this password of"]);
    let user = desk.url.username();
    let missing = ["there is no database `nowhere`", "`createdb nowhere`"];
    desk.is_told(&format!("postgres://{user}@{host}/nowhere"), &secret, &missing);
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    desk.is_told(&format!("postgres://{user}@{free}/karat"), &secret, &[&format!("nothing answers at {free}")]);
    desk.is_told(
        &format!("postgres://{user}@no-such-host.invalid/karat?sslmode=disable"),
        &secret,
        &["no host of this name is known: no-such-host.invalid:5432"],
    );
    // One that takes connections and says nothing.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let place = silent.local_addr().unwrap();
    desk.is_told(
        &format!("postgres://{user}@{place}/karat?connect_timeout=1"),
        &secret,
        &[&format!("{place} did not answer within"), "connect_timeout"],
    );
}

#[test]
fn the_server_can_be_full() {
    let desk = Desk::with_queue();
    let mut client = desk.database.client();
    client.batch_execute("CREATE ROLE one_at_a_time LOGIN PASSWORD 'one' CONNECTION LIMIT 0").unwrap();
    let db = desk.at("127.0.0.1", "").replace(desk.url.username(), "one_at_a_time");
    desk.is_told(&db, &[("PGPASSWORD", "one")], &["has no connection left", "try again"]);
    client.batch_execute("DROP ROLE one_at_a_time").unwrap();
}

#[test]
fn doctor_and_backup_say_what_is_better() {
    let desk = Desk::with_queue();
    let doctor = desk.run(desk.url.as_str(), &[], &["doctor"]);
    assert!(doctor.out.contains("the password stands in the address"), "{doctor:#?}");
    let doctor = desk.run(&desk.at("127.0.0.1", ""), &desk.secret(), &["doctor"]);
    assert!(!doctor.out.contains("advice"), "{doctor:#?}");
    let backup = desk.run(&desk.at("127.0.0.1", ""), &desk.secret(), &["backup", "copy.db"]);
    assert_eq!(backup.code, Some(1));
    assert!(backup.err.contains("karat move --from") && backup.err.contains("pg_dump"), "{backup:#?}");
}
