//! A workspace on a server, as far as it goes without one.

use std::io::{Read, Write};
use std::net::TcpListener;
use support::program::{Outcome, Program};

/// A run with this workspace and no other; what it said.
fn told(program: &Program, db: &str, arguments: &[&str]) -> String {
    let mut command = program.command();
    let outcome = Outcome::of(command.env("KARAT_DB", db).args(arguments));
    assert_eq!(outcome.code, Some(1), "{outcome:#?}");
    assert!(!format!("{outcome:?}").contains("secret"), "{outcome:#?}");
    outcome.err
}

/// A port on which nobody listens.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

#[test]
fn a_server_that_is_not_there_is_named_without_the_password() {
    let program = Program::new();
    let place = format!("127.0.0.1:{}", free_port());
    let db = format!("postgres://ops:secret@{place}/karat");
    for arguments in [&["queues"][..], &["doctor"], &["log", "replies"], &["export", "replies", "--to", "csv"]] {
        let told = told(&program, &db, arguments);
        assert!(told.contains(&format!("nothing answers at {place}")), "{told}");
    }
}

#[test]
fn what_is_no_server_of_postgresql_is_told_as_such() {
    let program = Program::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let place = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 512]);
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
        }
    });
    let told = told(&program, &format!("postgres://ops:secret@{place}/karat?sslmode=disable"), &["queues"]);
    assert!(told.contains(&format!("what answers at {place} is not PostgreSQL")), "{told}");
}

#[test]
fn an_address_that_cannot_be_read_is_told_without_the_password() {
    let program = Program::new();
    let wrong = told(&program, "postgres://ops:sec@secret@db/karat", &["queues"]);
    assert!(wrong.contains("the address of the workspace has an @ too many"), "{wrong}");
    let wrong = told(&program, "mysql://ops:secret@db/karat", &["queues"]);
    assert!(wrong.contains("a workspace cannot be at an address that begins with mysql://"), "{wrong}");
    let wrong = told(&program, "postgres://ops:secret@db/karat?service=review", &["queues"]);
    assert!(wrong.contains("there is no service file that says what `review` is"), "{wrong}");
}

#[test]
fn the_help_does_not_show_the_workspace() {
    let program = Program::new();
    for arguments in [&["--help"][..], &["queues", "--help"], &["man"]] {
        let mut command = program.command();
        let outcome = Outcome::of(command.env("KARAT_DB", "postgres://ops:hunter2@db/karat").args(arguments));
        assert_eq!(outcome.code, Some(0), "{outcome:#?}");
        assert!(outcome.out.contains("KARAT_DB") && !outcome.out.contains("hunter2"), "{}", outcome.out);
    }
}

#[test]
fn the_settings_may_name_a_server() {
    let program = Program::new();
    let place = format!("127.0.0.1:{}", free_port());
    program.write("config.toml", format!("database = 'postgres://ops:secret@{place}/karat'"));
    let mut command = program.command();
    command.env_remove("KARAT_DB").args(["--config", "config.toml", "queues"]);
    let outcome = Outcome::of(&mut command);
    assert!(outcome.err.contains(&format!("nothing answers at {place}")), "{outcome:#?}");
    assert!(!outcome.err.contains("secret"), "{outcome:#?}");
}
