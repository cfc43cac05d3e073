//! A workspace of an earlier program on a server: it is brought up to what a new one is, and
//! says what it said.

use karat::text::hex::hex;
use sha2::{Digest, Sha256};
use support::earlier::{SAID, unpacked, without_later_columns};
use support::fixture::*;
use support::program::Program;

/// All that a schema is made of, a line each.
const SCHEMA: &str = "
    SELECT format('column %s.%s %s %s %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
            pg_get_expr(d.adbin, d.adrelid)) AS line
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
        WHERE c.relnamespace = 'karat'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped
    UNION ALL SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'karat'
    UNION ALL SELECT format('rule %s %s', conrelid::regclass, pg_get_constraintdef(oid)) FROM pg_constraint
        WHERE connamespace = 'karat'::regnamespace
    UNION ALL SELECT 'trigger ' || pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        WHERE c.relnamespace = 'karat'::regnamespace AND NOT t.tgisinternal
    UNION ALL SELECT format('function %s %s', pg_get_functiondef(oid), proacl IS NULL) FROM pg_proc
        WHERE pronamespace = 'karat'::regnamespace
    UNION ALL SELECT format('policy %s %s %s %s %s', tablename, policyname, cmd, qual, with_check) FROM pg_policies
        WHERE schemaname = 'karat'
    UNION ALL SELECT format('right %s %s %s', least, privilege, on_table) FROM karat.team_right
    ORDER BY 1";

fn schema(workspace: &Workspace) -> Vec<String> {
    workspace.client().query(SCHEMA, &[]).unwrap().iter().map(|row| row.get(0)).collect()
}

/// The workspace of the earlier program, as it left it.
fn earlier() -> Workspace {
    let workspace = Workspace::on_server();
    let made = String::from_utf8(unpacked("v8.sql.gz")).unwrap();
    let mut client = support::workspace::connect(&workspace.address());
    client.batch_execute("DROP SCHEMA IF EXISTS karat CASCADE").unwrap();
    client.batch_execute(&made).unwrap();
    workspace
}

#[test]
fn a_workspace_of_an_earlier_program_becomes_what_a_new_one_is() {
    let (fresh, old) = (Workspace::on_server(), earlier());
    fresh.open();
    old.open();
    let (fresh, old) = (schema(&fresh), schema(&old));
    for line in &fresh {
        assert!(old.contains(line), "only a new workspace has {line}");
    }
    for line in &old {
        assert!(fresh.contains(line), "only an old workspace has {line}");
    }
    assert!(fresh.len() > 200, "{} lines", fresh.len());
}

#[test]
fn a_workspace_of_an_earlier_program_says_what_it_said() {
    let workspace = earlier();
    let program = Program::on(workspace.address());
    for (command, said) in SAID {
        assert_eq!(hex(Sha256::digest(without_later_columns(&program.ok(command)))), said, "{command:?}");
    }
    program.assert_sound();
}
