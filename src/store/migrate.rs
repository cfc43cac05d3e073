//! Bringing a workspace to the present schema.

use super::engine::{Engine, Lock, Migration};
use super::error::{Result, StoreError};
use super::transaction::MOST_TRIES;
use std::path::{Path, PathBuf};

/// A migration from the files that its folder has.
macro_rules! migration {
    ($folder:literal, $($part:ident),+) => {
        {
            let mut migration = NOTHING;
            $(migration.$part = include_str!(concat!("migrations/", $folder, "/", stringify!($part), ".sql"));)+
            migration
        }
    };
}

const NOTHING: Migration = Migration { common: "", sqlite: "", postgres: "" };

/// Migrations in order; number `n` is the `n`-th. A landed one is never edited: its digest
/// stands in `migrations/SHA256SUMS`.
pub(super) const MIGRATIONS: &[Migration] = &[
    migration!("0001_workspace", common, sqlite, postgres),
    migration!("0002_finding", common, sqlite, postgres),
    migration!("0003_judging", common),
    migration!("0004_golden", common),
    migration!("0005_lens", common),
    migration!("0006_move", common),
    migration!("0007_tally", common, sqlite),
    migration!("0008_team", common, sqlite, postgres),
    migration!("0009_lookups", common, postgres),
    migration!("0010_stage", common, sqlite, postgres),
    migration!("0011_judged", sqlite, postgres),
    migration!("0012_fewer_indexes", sqlite),
    migration!("0013_fewer_pages", common, sqlite, postgres),
    migration!("0014_plans", postgres),
    migration!("0015_event_json", postgres),
    migration!("0016_due", common),
    migration!("0017_expected_categories", common),
    migration!("0018_visits", common, postgres),
    migration!("0019_import_path", common, postgres),
    migration!("0020_rights", postgres),
    migration!("0021_compared", common, postgres, sqlite),
    migration!("0022_door", postgres),
    migration!("0023_groups", common, postgres),
    migration!("0024_counters", common, sqlite, postgres),
    migration!("0025_groups_by_day", common),
    migration!("0026_set_aside", common, sqlite, postgres),
    migration!("0027_decision_changes", postgres),
    migration!("0028_policy", common, sqlite, postgres),
    migration!("0029_checks", sqlite, postgres),
    migration!("0030_counted", sqlite, postgres),
    migration!("0031_desks_of_checks", sqlite, postgres),
    migration!("0032_sampling", sqlite, postgres),
    migration!("0033_answers", common, sqlite, postgres),
    migration!("0034_replaced", postgres),
    migration!("0035_settled", common),
    migration!("0036_declined", common, postgres),
    migration!("0037_reopened", common, postgres),
    migration!("0038_repeated", common, postgres),
    migration!("0039_asked_again", sqlite, postgres),
    migration!("0040_retry_marks", postgres),
    migration!("0041_refused", postgres),
    migration!("0042_blind", common, sqlite, postgres),
    migration!("0043_agent", postgres),
    migration!("0044_calibration", common, postgres),
    migration!("0045_judgement", common, postgres),
    migration!("0046_item_before", common, sqlite, postgres),
    migration!("0047_batches", common, postgres),
    migration!("0048_waivers", common, postgres),
    migration!("0049_paused", common, postgres),
    migration!("0050_asked_of", common, sqlite, postgres),
    migration!("0051_taken_back", postgres),
    migration!("0052_told", common, postgres),
    migration!("0053_returned", common, sqlite, postgres),
    migration!("0054_bar_kept", common, sqlite, postgres),
    migration!("0055_plain_rows", sqlite),
    migration!("0056_traces", common, postgres),
    migration!("0057_golden_sets", common, sqlite, postgres),
    migration!("0058_judge_kind", common, sqlite, postgres),
    migration!("0059_prompt", common, sqlite, postgres),
    migration!("0060_followed", common, postgres),
];

/// Runs what is missing, all of it in one transaction: nobody who opens the workspace
/// meanwhile finds it halfway. A file that holds something is first copied beside itself.
pub(super) fn run(engine: &dyn Engine, path: Option<&Path>, migrations: &[Migration]) -> Result<()> {
    let known = migrations.len() as i64;
    let found = engine.schema_version()?;
    if found > known {
        return Err(StoreError::Newer { found, known });
    }
    if found == known {
        return Ok(());
    }
    engine.refuse_writing().map_err(|error| match error {
        StoreError::ReadOnly { missing } => {
            StoreError::ReadOnly { missing: format!("its schema is {found}, this karat needs {known}, and {missing}") }
        }
        other => other,
    })?;
    if let Some(path) = path.filter(|_| found > 0) {
        keep_copy(engine, &copy_before(path, found))?;
    }
    for _ in 1..MOST_TRIES {
        match bring_up(engine, migrations) {
            Err(error) if engine.may_try_again(&error) => {}
            outcome => return outcome.map_err(|error| for_owner(error, found, known)),
        }
    }
    bring_up(engine, migrations).map_err(|error| for_owner(error, found, known))
}

fn for_owner(error: StoreError, found: i64, known: i64) -> StoreError {
    match error {
        StoreError::Forbidden(_) if found > 0 => StoreError::Older { found, known },
        StoreError::Forbidden(why) => StoreError::Refused {
            reason: format!("there is no workspace in this database, and you may not make one: {why}"),
            hint: "whoever owns the database makes it with `karat spec apply`, or grants you CREATE on it".into(),
        },
        other => other,
    }
}

/// A copy left by an interrupted migration may be half: it is made again, under a name of
/// this program's own until it is whole.
fn keep_copy(engine: &dyn Engine, copy: &Path) -> Result<()> {
    let mut own = copy.as_os_str().to_owned();
    own.push(format!(".{}", std::process::id()));
    let own = Path::new(&own);
    let _ = std::fs::remove_file(own);
    engine.copy_to(own)?;
    let io = |source| StoreError::Io { what: format!("cannot write {}", copy.display()), source };
    std::fs::rename(own, copy).map_err(io)
}

/// Names the file beside `path` that keeps the state before a migration.
fn copy_before(path: &Path, version: i64) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".v{version}"));
    name.into()
}

fn bring_up(engine: &dyn Engine, migrations: &[Migration]) -> Result<()> {
    engine.begin()?;
    let outcome = run_missing(engine, migrations).and_then(|()| engine.commit());
    if outcome.is_err() {
        engine.rollback();
    }
    outcome
}

/// Runs the missing migrations. Another program may have run them while this one waited.
fn run_missing(engine: &dyn Engine, migrations: &[Migration]) -> Result<()> {
    engine.lock(Lock::Migration)?;
    let found = engine.schema_version()?.max(0) as usize;
    (1..).zip(migrations).skip(found).try_for_each(|(version, migration)| engine.migrate(version, migration))?;
    engine.migrated()
}

#[cfg(test)]
mod tests {
    use super::super::engine::{Row, params};
    use super::super::sqlite::Sqlite;
    use super::super::steps::StepKind;
    use super::*;
    use crate::domain::claim::CLAIM_MILLIS;
    use crate::domain::decision::Verdict;
    use crate::domain::event::EventKind;
    use crate::domain::golden::Expected;
    use crate::domain::judge::JudgeKind;
    use crate::domain::policy::{Cause, Purpose};
    use std::collections::BTreeSet;

    const ONE: Migration = step("CREATE TABLE note (id $KEY PRIMARY KEY, text TEXT)");

    const fn step(common: &'static str) -> Migration {
        Migration { common, ..NOTHING }
    }

    #[test]
    fn an_older_workspace_is_copied_and_brought_up() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("w.db");
        let engine = Sqlite::open(&path).unwrap();
        run(&engine, Some(&path), &[ONE]).unwrap();
        engine.execute("INSERT INTO note (text) VALUES (?1)", params!["kept"]).unwrap();

        run(&engine, Some(&path), &[ONE, step("ALTER TABLE note ADD COLUMN author TEXT")]).unwrap();

        assert_eq!(engine.schema_version().unwrap(), 2);
        engine.execute("UPDATE note SET author = ?1", params!["ops-1"]).unwrap();
        let copy = Sqlite::open(&folder.path().join("w.db.v1")).unwrap();
        assert_eq!(copy.schema_version().unwrap(), 1, "the copy is the state before");
        let mut kept = Vec::new();
        copy.query("SELECT text FROM note", &[], &mut |row| {
            kept.push(row.string(0)?);
            Ok(())
        })
        .unwrap();
        assert_eq!(kept, ["kept"]);
    }

    /// The words that the server takes for such a thing, by the newest migration that says so.
    fn words_at_the_door(what: &str) -> BTreeSet<String> {
        let sql: String = MIGRATIONS.iter().map(|migration| migration.postgres).collect();
        let (_, after) = sql.rsplit_once(&format!("'{what}',")).unwrap();
        let (list, _) = after.split_once(')').unwrap();
        list.split(',').map(|word| word.trim().trim_matches('\'').to_owned()).collect()
    }

    /// The kinds of events that the server takes, which each migration may add to.
    fn events_at_the_door() -> BTreeSet<String> {
        let sql: String = MIGRATIONS.iter().map(|migration| migration.postgres).collect();
        let lists = sql.split("INSERT INTO event_kind (word, for_leads) VALUES").skip(1);
        let lists = lists.map(|list| list.split(';').next().unwrap());
        lists.flat_map(|list| list.split('\'').skip(1).step_by(2)).map(str::to_owned).collect()
    }

    fn set<'w>(words: impl IntoIterator<Item = &'w str>) -> BTreeSet<String> {
        words.into_iter().map(str::to_owned).collect()
    }

    #[test]
    fn the_server_takes_the_words_of_the_program() {
        assert_eq!(words_at_the_door("verdict"), set(Verdict::ALL.map(Verdict::as_str)));
        assert_eq!(words_at_the_door("text to expect"), set(Expected::ALL.map(Expected::as_str)));
        assert_eq!(words_at_the_door("purpose of a decision"), set(Purpose::ALL.iter().map(|word| word.as_str())));
        assert_eq!(words_at_the_door("cause of a disagreement"), set(Cause::ALL.iter().map(|word| word.as_str())));
        assert_eq!(words_at_the_door("kind of judge"), set(JudgeKind::ALL.iter().map(|word| word.as_str())));
        let verdicts = Verdict::ALL.map(Verdict::as_str).into_iter().chain([""]);
        assert_eq!(words_at_the_door("verdict of a judge"), set(verdicts));
        let steps = StepKind::ALL.into_iter().filter(|kind| *kind != StepKind::SetAside); // the owner's alone
        assert_eq!(words_at_the_door("kind of step"), set(steps.map(StepKind::as_str)));
        let unknown = serde_json::from_str::<EventKind>(r#"{"kind": "?", "data": {}}"#).unwrap_err().to_string();
        let mut events = set(unknown.split('`').skip(3).step_by(2));
        // Read only, or the owner's alone.
        for kind in ["imported", "repaired", "unknown", "withheld"] {
            events.remove(kind);
        }
        assert_eq!(events_at_the_door(), events, "{unknown}");
    }

    #[test]
    fn the_server_takes_a_claim_for_as_long_as_the_program_takes_it() {
        let sql: String = MIGRATIONS.iter().map(|migration| migration.postgres).collect();
        let a_minute = 60_000; // for a program's clock
        let (_, bound) = sql.rsplit_once("IF NEW.expires_at NOT BETWEEN").unwrap();
        let (_, bound) = bound.split_once("present_millis() + ").unwrap();
        assert!(bound.starts_with(&format!("{} THEN", CLAIM_MILLIS + a_minute)), "{bound:.40}");
    }

    #[test]
    fn the_counters_of_an_older_workspace_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("w.db");
        let engine = Sqlite::open(&path).unwrap();
        run(&engine, Some(&path), &MIGRATIONS[..6]).unwrap();
        let queue = "INSERT INTO queue (name, spec_version, created_at, items, accepted, rejected)
            VALUES ('q', 1, 1, 9, 4, 2)";
        engine.execute(queue, &[]).unwrap();

        run(&engine, Some(&path), MIGRATIONS).unwrap();

        let mut counters = Vec::new();
        let sql =
            "SELECT q.items, c.stage, c.n FROM queue q JOIN queue_counter c ON c.queue_id = q.id ORDER BY c.stage";
        let read = &mut |row: &dyn Row| {
            counters.push((row.need_int(0)?, row.string(1)?, row.need_int(2)?));
            Ok(())
        };
        engine.query(sql, &[], read).unwrap();
        assert_eq!(counters, [(9, "accepted".to_owned(), 4), (9, "rejected".to_owned(), 2)]);
    }

    #[test]
    fn what_older_decisions_say_is_in_rows_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("w.db");
        let engine = Sqlite::open(&path).unwrap();
        run(&engine, Some(&path), &MIGRATIONS[..9]).unwrap();
        let older = "INSERT INTO queue (id, name, spec_version, created_at) VALUES (1, 'q', 1, 1);
            INSERT INTO import (id, queue_id, source, started_at, started_by) VALUES (1, 1, 'f', 1, 'ana');
            INSERT INTO item (seq, queue_id, id, hash_a, hash_b, import_id, attempt, rank) VALUES (1, 1, 'i', 0, 0, 1, 1, 0);
            INSERT INTO step (seq, queue_id, reviewer, kind, item_seq) VALUES (1, 1, 'ana', 'decision', 1);
            INSERT INTO decision (seq, id, step_seq, queue_id, item_seq, reviewer, verdict, body, active_millis,
                spec_version, decided_at, standing) VALUES (1, 'd', 1, 1, 1, 'ana', 'reject',
                '{\"categories\":[\"wrong\",\"cold\"],\"scores\":{\"tone\":2,\"facts\":1},\"note\":\"\"}', 0, 1, 1, 1)";
        for statement in older.split(';') {
            engine.execute(statement, &[]).unwrap();
        }

        run(&engine, Some(&path), MIGRATIONS).unwrap();

        let mut found = Vec::new();
        let sql = "SELECT criterion || ' ' || level FROM decision_score WHERE decision_seq = 1
            UNION ALL SELECT category FROM decision_category WHERE decision_seq = 1";
        let read = &mut |row: &dyn Row| {
            found.push(row.string(0)?);
            Ok(())
        };
        engine.query(sql, &[], read).unwrap();
        found.sort();
        assert_eq!(found, ["cold", "facts 1", "tone 2", "wrong"]);
    }

    #[test]
    fn who_judged_elsewhere_is_read_from_what_an_older_workspace_has() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("w.db");
        let engine = Sqlite::open(&path).unwrap();
        run(&engine, Some(&path), &MIGRATIONS[..57]).unwrap();
        let older = "INSERT INTO queue (id, name, spec_version, created_at) VALUES (1, 'q', 1, 1);
            INSERT INTO import (id, queue_id, source, started_at, started_by) VALUES (1, 1, 'f', 1, 'ana');
            INSERT INTO item (seq, queue_id, id, hash_a, hash_b, import_id, attempt, rank) VALUES (1, 1, 'i', 0, 0, 1, 1, 0)";
        for statement in older.split(';') {
            engine.execute(statement, &[]).unwrap();
        }
        let bodies =
            ["{}", r#"{"kind":"person"}"#, r#"{"x":{"kind":"code"}}"#, r#"{"a":1,"kind":"code"}"#, r#"{"kind": 7"#];
        for (at, body) in bodies.iter().enumerate() {
            let row = "(seq, id, queue_id, item_seq, judge, version, verdict, body, spec_version, arrived_at";
            let values = "VALUES (?1, ?2, 1, 1, ?2, '', 'accept', ?3, 1, 1";
            let name = at.to_string();
            for statement in [
                format!("INSERT INTO judgement {row}) {values})"),
                format!("INSERT INTO judgement_before {row}, until) {values}, 2)"),
            ] {
                engine.execute(&statement, params![at as i64 + 1, &name, *body]).unwrap();
            }
        }

        run(&engine, Some(&path), MIGRATIONS).unwrap();

        for table in ["judgement", "judgement_before"] {
            let mut kinds = Vec::new();
            engine
                .query(&format!("SELECT kind FROM {table} ORDER BY seq"), &[], &mut |row| {
                    kinds.push(row.string(0)?);
                    Ok(())
                })
                .unwrap();
            assert_eq!(kinds, ["model", "person", "model", "code", "model"], "{table}");
        }
    }

    #[test]
    fn a_failed_migration_leaves_the_old_state() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("w.db");
        let engine = Sqlite::open(&path).unwrap();
        run(&engine, Some(&path), &[ONE]).unwrap();
        run(&engine, Some(&path), &[ONE, step("CREATE TABLE more (a TEXT); NO SUCH STATEMENT")]).unwrap_err();
        assert_eq!(engine.schema_version().unwrap(), 1);
        assert!(engine.execute("INSERT INTO more VALUES ('x')", &[]).is_err(), "no half of it stays");
    }

    #[test]
    fn a_newer_workspace_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("w.db");
        let engine = Sqlite::open(&path).unwrap();
        run(&engine, Some(&path), &[ONE, step("CREATE TABLE b (a TEXT)")]).unwrap();
        let error = run(&engine, Some(&path), &[ONE]).unwrap_err();
        assert!(matches!(error, StoreError::Newer { found: 2, known: 1 }), "{error}");
    }

    #[test]
    fn a_fresh_workspace_equals_one_that_was_brought_up_from_any_version() {
        let schema = |steps: &[usize]| {
            let folder = tempfile::tempdir().unwrap();
            let engine = Sqlite::open(&folder.path().join("w.db")).unwrap();
            for step in steps {
                run(&engine, None, &MIGRATIONS[..*step]).unwrap();
            }
            let mut schema = Vec::new();
            let sql = "SELECT COALESCE(sql, name) FROM sqlite_master ORDER BY type, name";
            let read = &mut |row: &dyn Row| {
                schema.push(row.string(0)?);
                Ok(())
            };
            engine.query(sql, &[], read).unwrap();
            schema
        };
        let newest = MIGRATIONS.len();
        let fresh = schema(&[newest]);
        for older in 1..newest {
            assert_eq!(schema(&[older, newest]), fresh, "from version {older}");
        }
    }

    /// Digests are written as `sha256sum` writes them in the folder of migrations.
    #[test]
    fn what_has_landed_is_as_it_was() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store/migrations");
        let mut found = String::new();
        let mut folders: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap()).collect();
        folders.retain(|entry| entry.path().is_dir());
        folders.sort_by_key(std::fs::DirEntry::file_name);
        for (number, entry) in (1..).zip(&folders) {
            let name = entry.file_name().into_string().unwrap();
            assert!(name.starts_with(&format!("{number:04}_")), "{name} is number {number}");
            let Migration { common, sqlite, postgres } = MIGRATIONS[number - 1];
            for (part, known) in [("common", common), ("postgres", postgres), ("sqlite", sqlite)] {
                let file = entry.path().join(part).with_extension("sql");
                assert_eq!(std::fs::read_to_string(&file).unwrap_or_default(), known, "{}", file.display());
                if file.exists() {
                    let digest = crate::text::hex::hex(<sha2::Sha256 as sha2::Digest>::digest(known));
                    found.push_str(&format!("{digest}  {name}/{part}.sql\n"));
                }
            }
        }
        assert_eq!(folders.len(), MIGRATIONS.len());
        let landed = std::fs::read_to_string(folder.join("SHA256SUMS")).unwrap();
        assert!(found.starts_with(&landed), "a migration that has landed is never edited:\n{found}\nagainst\n{landed}");
        assert_eq!(found, landed, "a new migration is added to SHA256SUMS");
    }
}
