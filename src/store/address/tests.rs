use super::*;
use std::collections::HashMap;
use tokio_postgres::config::{Host, SslMode};

/// Reads an address in a world of these variables and this home directory.
fn read(text: &str, variables: &[(&str, &str)], home: Option<&Path>) -> Result<Server> {
    let variables: HashMap<&str, &str> = variables.iter().copied().collect();
    let variable = |name: &str| variables.get(name).map(|value| (*value).to_owned());
    let around = Surroundings { variable: &variable, home: home.map(Path::to_owned), login: Some("login".to_owned()) };
    match Address::parse_in(text, &around)? {
        Address::Server(server) => Ok(server),
        Address::File(path) => panic!("{} is a file", path.display()),
    }
}

fn server(text: &str) -> Server {
    read(text, &[], None).unwrap()
}

fn complaint(text: &str) -> String {
    let error = read(text, &[], None).unwrap_err();
    format!("{error} / {}", error.hint().unwrap_or_default())
}

fn password(server: &Server) -> Option<String> {
    server.config().unwrap().get_password().map(|password| String::from_utf8(password.to_vec()).unwrap())
}

#[test]
fn what_is_no_address_is_a_file() {
    for text in ["karat.db", "/srv/a b.db", "postgres", "C:\\karat.db", "./a://b"] {
        assert_eq!(Address::parse(text).unwrap(), Address::File(text.into()), "{text}");
        assert_eq!(Address::parse(text).unwrap().to_string(), text);
    }
}

#[test]
fn an_address_of_another_engine_is_refused_without_its_password() {
    let error = Address::parse("mysql://ops:secret@db/karat").unwrap_err();
    assert_eq!(error.to_string(), "a workspace cannot be at an address that begins with mysql://");
}

#[test]
fn a_mistyped_address_is_neither_a_file_nor_repeated() {
    let mistyped =
        ["postgres:/ops:secret@h:5/k", "postgres//ops:secret@h/k", "host=h password=secret", "ops:secret@h/k", " "];
    for text in mistyped {
        let told = complaint(text);
        assert!(told.contains("postgres://USER@HOST/DATABASE") && !told.contains("secret"), "{text}: {told}");
    }
    assert_eq!(server(" Postgres://ops@h/k\n").to_string(), "postgres://ops@h:5432/k");
}

#[test]
fn an_address_is_shown_without_its_password() {
    let cases = [
        ("postgres://ops:secret@db.example.org/karat", "postgres://ops@db.example.org:5432/karat"),
        ("postgresql://ops:secret@db:6000/karat?sslmode=require&password=secret", "postgres://ops@db:6000/karat"),
        ("postgres://a%40b:s%3Aecret@one:1,two/my%20karat", "postgres://a%40b@one:1,two:5432/my%20karat"),
        ("postgres://ops@[::1]:6000/karat", "postgres://ops@[::1]:6000/karat"),
        (
            "postgres://ops@/karat?host=/run/karat%20db&port=6000",
            "postgres://ops@/karat?host=/run/karat%20db&port=6000",
        ),
        ("postgres://ops@%2Frun%2Fdb/karat", "postgres://ops@/karat?host=/run/db"),
        ("postgres://localhost", "postgres://login@localhost:5432/login"),
    ];
    for (text, shown) in cases {
        let server = server(text);
        assert_eq!(server.to_string(), shown, "{text}");
        assert!(!format!("{server:?}").contains("ecret"), "{server:?}");
        assert_eq!(self::server(shown).to_string(), shown, "what is shown leads to the same place");
    }
}

#[test]
fn the_parts_of_an_address_reach_the_client() {
    let server = server(
        "postgres://ops:s%2Fecret@one:6001,%2Frun%2Fpg:6002/karat?application_name=a%20b&options=-c%20work_mem%3D1MB\
         &connect_timeout=3&target_session_attrs=read-write",
    );
    let config = server.config().unwrap();
    assert_eq!(config.get_hosts(), [Host::Tcp("one".into()), Host::Unix("/run/pg".into())]);
    assert_eq!(
        (config.get_ports(), config.get_user(), config.get_dbname()),
        (&[6001, 6002][..], Some("ops"), Some("karat"))
    );
    assert_eq!(config.get_options(), Some("-c work_mem=1MB"));
    assert_eq!(config.get_application_name(), Some("a b"));
    assert_eq!(config.get_connect_timeout().unwrap().as_secs(), 3);
    assert_eq!(config.get_target_session_attrs(), tokio_postgres::config::TargetSessionAttrs::ReadWrite);
    assert_eq!(password(&server).as_deref(), Some("s/ecret"));
}

#[test]
fn what_the_address_leaves_out_comes_from_the_environment() {
    let variables = [
        ("PGHOST", "db"),
        ("PGPORT", "6000"),
        ("PGUSER", "ops"),
        ("PGDATABASE", "karat"),
        ("PGPASSWORD", "secret"),
        ("PGSSLMODE", "require"),
    ];
    let filled = read("postgres://", &variables, None).unwrap();
    assert_eq!(filled.to_string(), "postgres://ops@db:6000/karat");
    assert_eq!((password(&filled).as_deref(), filled.sslmode()), (Some("secret"), "require"));
    assert!(filled.advice()[0].contains("sslmode=require does not check who answers"), "{:?}", filled.advice());

    let said = read("postgres://me:mine@there/other?sslmode=verify-ca&port=1", &variables, None).unwrap();
    assert_eq!(said.to_string(), "postgres://me@there:1/other");
    assert_eq!((password(&said).as_deref(), said.sslmode()), (Some("mine"), "verify-ca"));
    assert!(said.advice().concat().contains("the password stands in the address"), "{:?}", said.advice());
}

fn private(path: &Path, text: &str) {
    std::fs::write(path, text).unwrap();
    #[cfg(unix)]
    std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
}

#[test]
fn a_password_comes_from_the_password_file() {
    let home = tempfile::tempdir().unwrap();
    private(&home.path().join(".pgpass"), "db:5432:karat:ops:from home\nlocalhost:*:*:ops:of the socket\n");
    let from = |text, variables: &[_]| password(&read(text, variables, Some(home.path())).unwrap());
    assert_eq!(from("postgres://ops@db/karat", &[]).as_deref(), Some("from home"));
    assert_eq!(from("postgres://ops@/karat?host=/tmp", &[]).as_deref(), Some("of the socket"));
    assert_eq!(from("postgres://ops@db/other", &[]), None);
    assert_eq!(from("postgres://ops@db/karat", &[("PGPASSWORD", "first")]).as_deref(), Some("first"));

    let named = home.path().join("named");
    private(&named, "*:*:*:*:from there");
    let variables = [("PGPASSFILE", named.to_str().unwrap())];
    assert_eq!(from("postgres://ops@db/karat", &variables).as_deref(), Some("from there"));
}

#[test]
fn a_service_says_what_the_address_does_not() {
    let home = tempfile::tempdir().unwrap();
    let file = "# team\n[other]\nhost=wrong\n\n[review]\n host = x \nhost=db\nport=6000\nuser=ops\npassword=a=b\ndbname=karat\n[more]\nhost=wrong";
    private(&home.path().join(".pg_service.conf"), &file.replace(" host = x \n", ""));
    let at = |text, variables: &[_]| read(text, variables, Some(home.path()));

    let server = at("postgres://?service=review", &[("PGHOST", "elsewhere")]).unwrap();
    assert_eq!(server.to_string(), "postgres://ops@db:6000/karat");
    assert_eq!(password(&server).as_deref(), Some("a=b"));
    let server = at("postgres://me@/mine", &[("PGSERVICE", "review")]).unwrap();
    assert_eq!(server.to_string(), "postgres://me@db:6000/mine");

    let error = at("postgres://?service=revue", &[]).unwrap_err().to_string();
    assert!(error.starts_with("the service `revue` is not in "), "{error}");
    let error = read("postgres://?service=review", &[("PGSYSCONFDIR", "/nowhere")], None).unwrap_err().to_string();
    assert_eq!(error, "there is no service file that says what `review` is");
}

#[test]
fn hosts_other_than_local_ones_are_checked_unless_the_address_says_otherwise() {
    for (text, mode) in [
        ("postgres://db/karat", "verify-full"),
        ("postgres://10.0.0.1/karat", "verify-full"),
        ("postgres://localhost/karat", "prefer"),
        ("postgres://127.1.2.3/karat", "prefer"),
        ("postgres://[::1]/karat", "prefer"),
        ("postgres:///karat?host=/tmp", "prefer"),
        ("postgres://localhost,db/karat", "verify-full"),
        ("postgres://localhost/karat?hostaddr=10.0.0.1", "verify-full"),
        ("postgres://localhost/karat?sslrootcert=system", "verify-full"),
        ("postgres://db/karat?sslmode=disable", "disable"),
        ("postgres://db/karat?sslmode=require", "require"),
        ("postgres://db/karat?sslmode=require&sslrootcert=/a.crt", "verify-ca"),
    ] {
        assert_eq!(server(text).sslmode(), mode, "{text}");
    }
    let client = |text| server(text).config().unwrap().get_ssl_mode();
    assert_eq!(client("postgres://db/karat"), SslMode::Require);
    assert_eq!(client("postgres://localhost/karat"), SslMode::Prefer);
    assert_eq!(client("postgres:///karat?host=/tmp"), SslMode::Disable, "a socket is not encrypted");
}

#[test]
fn a_home_has_certificates_too() {
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir(home.path().join(".postgresql")).unwrap();
    std::fs::write(home.path().join(".postgresql/root.crt"), "none").unwrap();
    let server = read("postgres://db/karat?sslmode=require", &[], Some(home.path())).unwrap();
    assert_eq!(server.sslmode(), "verify-ca");
    let error = server.tls().err().unwrap().to_string();
    assert!(error.contains(".postgresql/root.crt has no certificate"), "{error}");
}

#[test]
fn what_cannot_be_read_is_told_without_the_password() {
    let cases = [
        (
            "postgres://db/karat?sslmod=x",
            "a connection to PostgreSQL is given a setting that karat does not know / did you mean `sslmode`? (in a \
             password, write ? as %3F and & as %26)",
        ),
        (
            "postgres://db/karat?sslmode=secret",
            "the address of the workspace has an sslmode that does not exist / write one of disable, allow, prefer, \
             require, verify-ca, verify-full",
        ),
        (
            "postgres://db/karat?sslrootcert=system&sslmode=require",
            "sslmode=require is too weak beside sslrootcert=system / anybody can have a certificate that the system \
             trusts: write sslmode=verify-full",
        ),
        (
            "postgres://db:secret/karat",
            "the address of the workspace cannot be read: invalid value for option `port` / write it as \
             postgres://USER@HOST:PORT/DATABASE?sslmode=verify-full",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(complaint(text), expected);
    }
    for text in [
        "postgres://ops:sec@ret@db/karat",
        "postgres://ops:sec/ret@db/karat",
        "postgres://ops:sec?ret@db/karat",
        "postgres://ops:sec?ret=1@db/karat",
        "postgres://ops:%ffsecret@db/karat",
        "postgres://ops@db/karat?secret",
    ] {
        let told = complaint(text);
        assert!(!told.contains("ret@") && !told.contains("sec/") && !told.contains("secret"), "{told}");
    }
}
