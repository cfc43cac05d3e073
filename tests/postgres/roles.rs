//! Who may do what, tried as each of them: with the program, and with a plain client, which
//! knows nothing of the program's manners.

use karat::domain::claim::Claimed;
use karat::domain::decision::Verdict;
use karat::domain::followed::{Followed, Mark};
use karat::domain::golden::{Example, Expected};
use karat::domain::item::Seq;
use karat::domain::macros::Macro;
use karat::domain::order::{Order, Serving};
use karat::domain::queue::{Over, Queue};
use karat::domain::record::{DECISION, Field, FieldType, ITEM};
use karat::domain::stage::Stage;
use karat::domain::team::Role;
use karat::domain::{decision::Draft, filter::Filter};
use karat::store::{BulkAction, By, Condition, Granted, ImportOptions, Pick, Sort, Store, StoreError, UndoScope};
use postgres::{Client, SimpleQueryMessage};
use support::fixture::*;
use support::workspace::{connect, open};

/// A workspace with people in every role. Logins belong to the whole server, so each test has
/// its own.
pub(crate) struct Team {
    pub workspace: Workspace,
    pub owner: Store,
    pub queue: Queue,
    pub logins: Logins,
}

impl Team {
    pub(crate) fn new(items: usize) -> Self {
        let (workspace, owner, queue) = Workspace::on_server().filled(items);
        let mut team = Self { workspace, owner, queue, logins: Logins(Vec::new()) };
        for (person, role) in
            [("ana", Role::Reviewer), ("bo", Role::Reviewer), ("vi", Role::Viewer), ("lee", Role::Lead)]
        {
            team.grant(person, role);
        }
        team.make_login("zoe");
        team
    }

    pub(crate) fn grant(&mut self, person: &str, role: Role) -> Granted {
        let login = self.login(person);
        let granted = self.owner.grant(&login, role, Some("a secret"), "boss", T0).unwrap();
        self.logins.0.push(login);
        granted
    }

    /// One that is on no team.
    fn make_login(&mut self, person: &str) {
        let login = self.login(person);
        let sql = format!("CREATE ROLE {login} LOGIN PASSWORD 'a secret'");
        self.workspace.client().batch_execute(&sql).unwrap();
        self.logins.0.push(login);
    }

    pub(crate) fn login(&self, person: &str) -> String {
        format!("{}_{person}", self.workspace.name())
    }

    /// The address of the workspace for a person.
    pub(crate) fn address(&self, person: &str) -> String {
        self.address_of(&self.workspace, person)
    }

    fn address_of(&self, workspace: &Workspace, person: &str) -> String {
        let address = workspace.address();
        let server = address.rsplit_once('@').unwrap().1;
        format!("postgres://{}:a%20secret@{server}", self.login(person))
    }

    /// The program, started by a person.
    pub(crate) fn store(&self, person: &str) -> Store {
        open(&self.address(person)).unwrap()
    }

    /// A plain client of a person's.
    pub(crate) fn client(&self, person: &str) -> Client {
        let mut client = connect(&self.address(person));
        client.batch_execute("SET search_path = karat").unwrap();
        client
    }

    /// All that is recorded, as text.
    fn recorded(&self) -> Vec<String> {
        let mut client = self.workspace.client();
        let tables = client
            .query(
                "SELECT relname::TEXT FROM pg_class WHERE relnamespace = 'karat'::regnamespace
            AND relkind = 'r' ORDER BY relname",
                &[],
            )
            .unwrap();
        let rows = |table: String| {
            let sql = format!("SELECT COALESCE(string_agg(t::TEXT, E'\n' ORDER BY t::TEXT), '') FROM {table} t");
            format!("{table}\n{}", client.query_one(&sql, &[]).unwrap().get::<_, String>(0))
        };
        tables.iter().map(|row| row.get::<_, String>(0)).map(rows).collect()
    }

    /// The sentence with which a statement is refused. `{me}` is the person's login, `{bo}` another's.
    pub(crate) fn refusal(&self, person: &str, statement: &str) -> String {
        let error = self.client(person).simple_query(&self.named(person, statement)).unwrap_err();
        error.as_db_error().unwrap_or_else(|| panic!("{person}, {statement}: {error}")).message().to_owned()
    }

    fn named(&self, person: &str, statement: &str) -> String {
        statement.replace("{me}", &self.login(person)).replace("{bo}", &self.login("bo"))
    }

    /// Each statement, which may be several, fails for want of a right, or finds no row that it
    /// may touch; nothing that is recorded changes. `{me}` is the person's login, `{bo}` another's.
    pub(crate) fn assert_forbidden(&self, person: &str, statements: &[&str]) {
        let before = self.recorded();
        for statement in statements {
            let sql = self.named(person, statement);
            match self.client(person).simple_query(&sql) {
                Ok(answers) => {
                    let changed =
                        answers.iter().any(|answer| matches!(answer, SimpleQueryMessage::CommandComplete(n) if *n > 0));
                    assert!(!changed, "{person} may: {sql}");
                }
                Err(error) => {
                    let refusal = error.as_db_error().unwrap_or_else(|| panic!("{person}, {sql}: {error}"));
                    assert_eq!(refusal.code().code(), "42501", "{person}, {sql}: {refusal}");
                }
            }
            for (before, after) in before.iter().zip(self.recorded()) {
                assert_eq!(*before, after, "{person} has changed it: {sql}");
            }
        }
    }
}

/// Dropped after the database, which holds their rights: before, they cannot be.
pub(crate) struct Logins(Vec<String>);

impl Drop for Logins {
    fn drop(&mut self) {
        let mut client = connect(&support::workspace::server());
        for login in &self.0 {
            let _ = client.batch_execute(&format!("DROP ROLE IF EXISTS {login}"));
        }
    }
}

fn all(store: &Store, queue: &Queue) -> Vec<Seq> {
    let sort = Sort { by: By::Imported, descending: false };
    store.whole_listing(queue, Condition::default(), sort).unwrap().seqs().to_vec()
}

/// Decisions of two people, an undo, an example, a filter, a draft, a claim.
fn worked() -> Team {
    let team = Team::new(8);
    for person in ["ana", "bo"] {
        let (login, mut store) = (team.login(person), team.store(person));
        decide_next(&mut store, &team.queue, &login, &accept(), T0);
        decide_next(&mut store, &team.queue, &login, &reject("cold"), T0);
        store.undo(team.queue.actor(&login, T0), UndoScope::Anything).unwrap();
        store.decide_at_once(team.queue.actor(&login, T0).over(Over::Anybody), "i1", &reject("wrong")).unwrap();
        let kept = store.seq_of(&team.queue, "i1").unwrap();
        store.keep_golden(team.queue.actor(&login, T0), kept, &example("plain")).unwrap();
        store.save_filter(&team.queue, person, "verdict:accepted", &login, T0).unwrap();
        let draft = Draft { note: "not yet".into(), ..Draft::default() };
        let (served, _) = serve(&mut store, &team.queue, &login, karat::clock::Clock::default().now());
        store.save_draft(served.seq, &login, &draft, 0, T0).unwrap();
    }
    assert!(!team.owner.count_groups(std::time::Duration::from_secs(60)).unwrap());
    assert_sound(&team.owner);
    team
}

fn example(why: &str) -> Example {
    Example {
        verdict: Verdict::Reject,
        expected: Expected::Output,
        categories: vec!["wrong".into()],
        tags: vec!["typical".into()],
        why: why.into(),
    }
}

#[track_caller]
fn refused<T>(outcome: karat::store::Result<T>, part: &str) {
    match outcome {
        Err(StoreError::Forbidden(sentence)) => assert!(sentence.contains(part), "{sentence}"),
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("it was done"),
    }
}

/// A whole decision of one's own, with a place for what is forged in it; `verdict`: what the item is
/// said to have, where that is not what follows.
fn decision(supersedes: &str, verdict: Option<&str>, standing: i64, event: &str) -> String {
    let verdict = verdict.map_or("o.verdict".into(), |verdict| format!("'{verdict}'"));
    format!(
        "BEGIN; INSERT INTO step (queue_id, reviewer, kind, item_seq) VALUES (1, '{{me}}', 'decision', 8);
         INSERT INTO decision (id, step_seq, queue_id, item_seq, reviewer, verdict, body, active_millis, spec_version,
            decided_at, arrived_at, stood_from, supersedes, standing)
         SELECT 'forged', MAX(seq), 1, 8, '{{me}}', 'reject', '{{}}', 1, 1, {T0}, {T0}, {T0}, {supersedes}, {standing} FROM step;
         UPDATE item SET (verdict, decision_seq, stage, settled_by, asked_of) = (SELECT {verdict}, o.decision_seq, o.stage,
            o.settled_by, o.asked_of FROM item_outcome o WHERE o.item_seq = 8) WHERE seq = 8;
         INSERT INTO event (at, queue_id, item_seq, actor, kind, data)
         VALUES ({T0}, 1, 8, '{{me}}', '{event}', '{{\"decision\":\"forged\"}}'); COMMIT"
    )
}

/// A decision on the first item, up to its row, and the rest of its transaction.
fn whole_decision(me: &str, id: &str) -> (String, String) {
    let decision = format!(
        "INSERT INTO step (queue_id, reviewer, kind, item_seq) VALUES (1, '{me}', 'decision', 1);
         INSERT INTO decision (id, step_seq, queue_id, item_seq, reviewer, verdict, body, active_millis, spec_version,
            decided_at, arrived_at, stood_from, standing)
            SELECT '{id}', MAX(seq), 1, 1, '{me}', 'accept', '{{}}', 1, 1, {T0}, {T0}, {T0}, 1 FROM step"
    );
    let rest = format!(
        "UPDATE item SET verdict = 'accept', stage = 'accepted', settled_by = 'single',
            decision_seq = (SELECT seq FROM decision WHERE id = '{id}') WHERE seq = 1;
         INSERT INTO event (at, queue_id, item_seq, actor, kind, data)
         VALUES ({T0}, 1, 1, '{me}', 'decided', '{{\"decision\":\"{id}\"}}')"
    );
    (decision, rest)
}

/// What nobody but a lead may do, and what no one may.
const FORBIDDEN: &[&str] = &[
    // What is recorded is neither changed nor deleted, one's own no more than another's.
    "UPDATE decision SET verdict = 'accept'",
    "UPDATE decision SET body = '{}' WHERE reviewer = '{me}'",
    "UPDATE decision SET decided_at = 1",
    "UPDATE decision SET standing = 0 WHERE reviewer = '{bo}'",
    "DELETE FROM decision",
    "DELETE FROM decision WHERE reviewer = '{me}'",
    "TRUNCATE decision CASCADE",
    "UPDATE event SET data = '{}'",
    "DELETE FROM event WHERE actor = '{me}'",
    "TRUNCATE event",
    "UPDATE golden SET why = 'mine'",
    "UPDATE golden SET standing = 0",
    "DELETE FROM golden",
    "UPDATE golden_change SET golden_seq = NULL",
    "DELETE FROM golden_change",
    "UPDATE spec SET source = ''",
    "DELETE FROM spec",
    "UPDATE step SET reviewer = '{me}'",
    "DELETE FROM step",
    "DELETE FROM step_item",
    "UPDATE import SET source = 'x'",
    "UPDATE item_text SET output = 'better'",
    "UPDATE document SET text = 'other'",
    "DELETE FROM document",
    "DELETE FROM item",
    "UPDATE person SET role = 'lead'",
    "DELETE FROM person",
    // Under one's own name alone.
    "INSERT INTO event (at, queue_id, actor, kind, data) VALUES (1, 1, '{bo}', 'filter_saved', '{}')",
    "INSERT INTO step (queue_id, reviewer, kind, item_seq) VALUES (1, '{bo}', 'decision', 8)",
    "INSERT INTO decision (id, step_seq, queue_id, item_seq, reviewer, verdict, body, active_millis, spec_version,
        decided_at, standing) SELECT 'forged', MAX(seq), 1, 8, '{bo}', 'accept', '{}', 1, 1, 1, 1 FROM step",
    "INSERT INTO draft (item_seq, reviewer, body, saved_at) VALUES (8, '{bo}', '{}', 1)",
    "INSERT INTO habit (queue_id, reviewer, name, value) VALUES (1, '{bo}', 'order', 'newest')",
    "INSERT INTO claim (item_seq, queue_id, reviewer, session, token, expires_at)
        VALUES (8, 1, '{bo}', 's', 't', 9999999999999)",
    "INSERT INTO golden (queue_id, item_seq, step_seq, version, verdict, expected, tags, why, kept_by, kept_at, removed,
        standing) VALUES (1, 8, 1, 1, 'accept', 'output', '[]', '', '{bo}', 1, 0, 1)",
    // Another's work under way is neither seen nor taken.
    "UPDATE draft SET body = '{}' WHERE reviewer = '{bo}'",
    "DELETE FROM draft WHERE reviewer = '{bo}'",
    "DELETE FROM claim WHERE reviewer = '{bo}'",
    "UPDATE claim SET reviewer = '{me}' WHERE reviewer = '{bo}'",
    "SET row_security = off; SELECT * FROM draft",
    // Numbers are the database's to give: nothing is put before or behind what there is.
    "INSERT INTO event (seq, at, queue_id, actor, kind, data) VALUES (-1, 1, 1, '{me}', 'undone', '{}')",
    "INSERT INTO step (seq, queue_id, reviewer, kind, item_seq) VALUES (999999, 1, '{me}', 'decision', 8)",
    // Verdicts and counters follow decisions.
    "UPDATE item SET verdict = 'accept', decision_seq = 1 WHERE seq = 8",
    "UPDATE item SET verdict = NULL, decision_seq = NULL WHERE verdict IS NOT NULL",
    "UPDATE item SET stage = 'waiting' WHERE stage <> 'waiting'",
    "UPDATE item SET stage = 'accepted' WHERE stage = 'waiting'",
    // Nor is an item hidden from those whose judgement it asks.
    "UPDATE item SET asked_of = 'needs_opinion {bo}' WHERE stage = 'waiting'",
    "UPDATE queue_counter SET n = 99",
    "INSERT INTO queue_counter (queue_id, stage, slot, n) VALUES (1, 'accepted', 99, 1)",
    "DELETE FROM queue_counter",
    "UPDATE group_count SET accepted = 99",
    "INSERT INTO group_count VALUES (1, 'reviewer', '{me}', '', 0, 0, 99, 0, 0)",
    "DELETE FROM group_count",
    "DELETE FROM group_counted",
    "INSERT INTO group_counted SELECT seq FROM decision WHERE standing = 0",
    "UPDATE group_mark SET decision_seq = 99",
    "UPDATE group_mark SET decision_seq = 0",
    "INSERT INTO bar_kept (queue_id, bar, baseline, terms, event_seq, item_seq, kinds) VALUES (1, 'b', 0, 't', 1, 1, '{}')",
    "UPDATE bar_kept SET event_seq = 99",
    "UPDATE bar_kept_part SET outputs = ''",
    // Nobody moves the place up to which another has read a file.
    "INSERT INTO followed (id, queue_id, reader, path, position, head, tail, read_at)
        VALUES ('f', 1, '{bo}', '/run.jsonl', 1, '', '', 1)",
    "UPDATE followed SET position = 0 WHERE reader <> '{me}'",
    "DELETE FROM followed",
    "UPDATE queue SET items = 0",
    "UPDATE queue SET name = 'mine'",
    "INSERT INTO team_right (least, privilege, on_table) VALUES ('viewer', 'DELETE', 'item')",
    // Things for leads.
    "UPDATE queue SET spec_version = 1",
    "INSERT INTO spec (queue_id, version, hash, source, applied_at, applied_by) VALUES (1, 2, '', '', 1, '{me}')",
    "INSERT INTO queue (name, spec_version, created_at) VALUES ('theirs', 1, 1)",
    "INSERT INTO import (queue_id, source, started_at, started_by) VALUES (1, 'x', 1, '{me}')",
    "INSERT INTO event (at, queue_id, actor, kind, data) VALUES (1, 1, '{me}', 'spec_applied', '{}')",
    "INSERT INTO item (seq, queue_id, id, hash_a, hash_b, import_id, attempt, rank) VALUES (99, 1, 'x', 1, 1, 1, 1, 0)",
    "UPDATE item SET rank = -9",
    "UPDATE item SET tags = '[\"mine\"]'",
    "DELETE FROM item_text",
    "INSERT INTO document (id, hash_a, hash_b, text) VALUES (99, 1, 1, '')",
    "SELECT team_grant('{me}', 'lead')",
    "SELECT team_set_rights('{me}', 'lead')",
    "INSERT INTO person (name, role, granted_by, granted_at) VALUES ('{me}', 'lead', '{me}', 1)",
    // Ways round.
    "GRANT ALL ON decision TO {bo}; UPDATE decision SET verdict = 'accept'",
    "ALTER TABLE decision DISABLE TRIGGER ALL",
    "ALTER TABLE draft DISABLE ROW LEVEL SECURITY",
    "DROP TRIGGER a_never_changes ON event",
    "DROP TABLE event",
    "CREATE TABLE karat.mine (a INT)",
    "CREATE OR REPLACE FUNCTION karat.is_owner() RETURNS BOOLEAN LANGUAGE sql AS 'SELECT true'",
    "SET session_replication_role = replica",
    "SET SESSION AUTHORIZATION {bo}",
    "SET ROLE {bo}",
    "CREATE TEMP TABLE item (queue_id BIGINT, verdict TEXT);
     CREATE TRIGGER mine AFTER UPDATE ON pg_temp.item FOR EACH ROW EXECUTE FUNCTION karat.count_stage()",
];

/// A column that a migration adds is granted to those who write it.
#[test]
fn each_role_may_write_the_fields_of_its_records() {
    let team = Team::new(1);
    let may = |person: &str, table: &str, right: &str, columns: &[&str]| {
        let mut client = team.client(person);
        for column in columns {
            let sql = "SELECT has_column_privilege($1::TEXT, $2::TEXT, $3::TEXT)";
            let may: bool = client.query_one(sql, &[&table, column, &right]).unwrap().get(0);
            assert!(may, "{person} may not {right} {table}.{column}");
        }
    };
    let item = |is_large: bool| columns(ITEM, |holds| holds.is_large() == is_large);
    may("lee", "item", "INSERT", &item(false));
    may("lee", "item", "UPDATE", &columns(ITEM, |holds| !holds.is_large() && holds != FieldType::Id));
    may("lee", "item_text", "INSERT", &item(true));
    for person in ["ana", "lee"] {
        may(person, "decision", "INSERT", &columns(DECISION, |_| true));
    }
}

fn columns<R>(fields: &'static [Field<R>], test: impl Fn(FieldType) -> bool) -> Vec<&'static str> {
    let kept = fields.iter().filter(|field| test(field.holds)).filter_map(Field::kept);
    kept.flat_map(|kept| kept.column.names()).copied().collect()
}

#[test]
fn what_a_reviewer_may_not_do_is_refused_by_the_server() {
    let team = worked();
    team.assert_forbidden("ana", FORBIDDEN);
    let own = [
        // What stands is what was neither undone nor superseded, and the log tells it.
        "UPDATE decision SET standing = 0 WHERE reviewer = '{me}' AND standing = 1",
        "UPDATE decision SET standing = 1 WHERE reviewer = '{me}' AND standing = 0",
        "UPDATE step SET undone_by = 1 WHERE reviewer = '{me}' AND undone_by IS NULL",
        "UPDATE step SET undone_by = NULL WHERE reviewer = '{me}' AND undone_by IS NOT NULL",
        "INSERT INTO golden_change (queue_id, set_version, item_seq, golden_seq) VALUES (1, 1, 8, NULL)",
        "INSERT INTO golden_change (queue_id, set_version, item_seq, golden_seq) VALUES (1, 3, 8, 1)",
        "UPDATE saved_filter SET filter = '-verdict:accepted', saved_by = '{me}' WHERE saved_by = '{bo}'",
        "DELETE FROM saved_filter WHERE saved_by = '{bo}'",
        // A table of one's own in the place of one that is checked.
        "CREATE TEMP TABLE step AS SELECT * FROM karat.step; UPDATE pg_temp.step SET undone_by = 1;
         SET search_path = pg_temp, karat;
         UPDATE karat.decision SET standing = 0 WHERE reviewer = '{me}' AND standing = 1",
    ];
    team.assert_forbidden("ana", &own);
    let (bo, mut bos) = (team.login("bo"), team.store("bo"));
    bos.undo(team.queue.actor(&bo, T0), UndoScope::Decisions).unwrap().unwrap();
    bos.decide_at_once(team.queue.actor(&bo, T0), "i7", &accept()).unwrap();
    let to_be_counted = [
        "DELETE FROM group_stale",
        "UPDATE group_mark SET decision_seq = (SELECT MAX(seq) FROM decision)",
        "INSERT INTO group_counted SELECT MAX(seq) FROM decision; DELETE FROM group_stale",
    ];
    team.assert_forbidden("ana", &to_be_counted);
    let forged = [
        (decision("NULL", Some("accept"), 1, "decided"), "the verdict that its standing decisions add up to"),
        (decision("NULL", None, 0, "decided"), "a new decision stands"),
        (decision("NULL", None, 1, "deferred"), "a decision stands in the log"),
        (decision("1", None, 1, "decided"), "its reviewer's earlier one on the item"),
    ];
    for (sql, sentence) in &forged {
        team.assert_forbidden("ana", &[sql]);
        assert!(team.refusal("ana", sql).contains(sentence), "{}: {sql}", team.refusal("ana", sql));
    }
    assert!(!team.store("ana").count_groups(std::time::Duration::from_secs(60)).unwrap());
    assert_eq!(team.owner.dashboard(team.queue.actor(&bo, T0)).unwrap().uncounted.0, 0);
    assert_sound(&team.owner);
}

/// A count that went on over the number of a decision that was not committed yet.
#[test]
fn a_decision_that_the_count_has_passed_is_counted_all_the_same() {
    let team = Team::new(2);
    let (ana, store) = (team.login("ana"), team.store("ana"));
    let mut late = team.client("ana");
    let mut late = late.transaction().unwrap();
    let (begin, end) = whole_decision(&ana, "late");
    late.batch_execute(&begin).unwrap();
    store.decide_at_once(team.queue.actor(&ana, T0), "i2", &accept()).unwrap();
    team.client("ana")
        .batch_execute(
            "INSERT INTO group_counted SELECT MAX(seq) FROM decision;
             UPDATE group_mark SET decision_seq = (SELECT MAX(seq) FROM decision)",
        )
        .unwrap();
    late.batch_execute(&end).unwrap();
    late.commit().unwrap();
    assert!(!store.count_groups(std::time::Duration::from_secs(60)).unwrap());
    assert_eq!(store.dashboard(team.queue.actor(&ana, T0)).unwrap().reviewers[0].decided, 2);
    assert_sound(&team.owner);
}

#[test]
fn a_repair_is_for_the_owner_and_says_so() {
    let team = worked();
    for person in ["ana", "lee"] {
        let error = team.store(person).repair(&team.login(person), T0).unwrap_err();
        assert!(matches!(&error, StoreError::NotOwner { .. }), "{error}");
        assert!(error.hint().unwrap().contains("karat_admin"), "{:?}", error.hint());
    }
    assert_eq!(team.owner.repair("boss", T0).unwrap(), Vec::<String>::new());
}

#[test]
fn a_place_in_a_file_is_its_readers_own() {
    let team = Team::new(1);
    let lead = team.store("lee");
    let mark = Mark::of(7, Some(1), b"first", b"last");
    let followed = Followed { mark, ..Followed::new("a file".into(), "/run.jsonl".into()) };
    let session = lead.begin_following(&team.queue, ImportOptions::default(), &team.login("lee")).unwrap();
    lead.note_place(&session, &followed, T0).unwrap();
    assert_eq!(lead.followed(&team.queue).unwrap(), std::slice::from_ref(&followed));
    assert_eq!(team.store("ana").followed(&team.queue).unwrap(), []);
    let session = team.store("ana").begin_following(&team.queue, ImportOptions::default(), &team.login("ana")).unwrap();
    refused(team.store("ana").note_place(&session, &followed, T0), "permission denied");
}

#[test]
fn a_viewer_only_reads() {
    let team = worked();
    team.assert_forbidden("vi", FORBIDDEN);
    let decision = decision("NULL", None, 1, "decided");
    let more = [
        decision.as_str(),
        "INSERT INTO event (at, queue_id, actor, kind, data) VALUES (1, 1, '{me}', 'filter_saved', '{}')",
        "INSERT INTO habit (queue_id, reviewer, name, value) VALUES (1, '{me}', 'order', 'newest')",
        "INSERT INTO saved_filter VALUES (1, 'mine', 'id:i1', '{me}', 1)",
        "INSERT INTO claim (item_seq, queue_id, reviewer, session, token, expires_at)
            VALUES (8, 1, '{me}', 's', 't', 9999999999999)",
        "UPDATE text_mark SET item_seq = 0",
        "SELECT id FROM queue FOR UPDATE",
    ];
    team.assert_forbidden("vi", &more);

    let (mut store, login) = (team.store("vi"), team.login("vi"));
    assert!(store.counts(&team.queue).unwrap().decided() > 0);
    assert_eq!(all(&store, &team.queue).len(), 8);
    assert_eq!(store.team().unwrap().len(), 4);
    store.complete_index(|_| ()).unwrap();
    store.index_slice(std::time::Duration::from_millis(1), &std::sync::atomic::AtomicBool::new(false), T0).unwrap();
    store.release_all().unwrap();
    refused(store.next(team.queue.actor(&login, T0), Pick::default()), "permission denied");
    refused(store.save_filter(&team.queue, "mine", "id:i1", &login, T0), "permission denied");
    assert!(store.refuse_onlooker(&login).unwrap_err().permits_reading());
    let seq = store.seq_of(&team.queue, "i1").unwrap();
    assert_eq!(store.show(team.queue.actor(&login, T0), seq).unwrap().claimed, Claimed::Nobody);
}

#[test]
fn what_a_lead_may_not_do_is_refused_too() {
    let team = worked();
    let mut lead = 0;
    let of_all: Vec<&str> = FORBIDDEN
        .iter()
        .copied()
        .filter(|sql| {
            lead += usize::from(sql.contains("spec_version = 1"));
            // What a lead may, and what one does by a statement of one's own alone.
            let may = [
                "spec_version = 1",
                "INSERT INTO spec",
                "INSERT INTO queue",
                "INSERT INTO import",
                "INSERT INTO bar_kept",
                "'spec_applied'",
                "INSERT INTO item ",
                "SET items",
                "SET rank",
                "SET tags",
                "INSERT INTO document",
                "team_grant",
                "DELETE FROM claim",
            ];
            !may.iter().any(|part| sql.contains(part))
        })
        .collect();
    assert_eq!(lead, 1);
    team.assert_forbidden("lee", &of_all);
    let more = [
        "INSERT INTO spec (queue_id, version, hash, source, applied_at, applied_by) VALUES (1, 2, '', '', 1, '{bo}')",
        "UPDATE item SET hash_a = 1, hash_b = 1 WHERE id = 'i1'",
        "UPDATE item SET id = 'other'",
        "DELETE FROM item_text WHERE seq = (SELECT seq FROM item WHERE id = 'i1')",
        "SELECT team_grant('karat_admin', 'viewer')",
        "SELECT team_grant('{bo}', 'owner')",
    ];
    team.assert_forbidden("lee", &more);
}

#[test]
fn who_is_on_no_team_sees_nothing() {
    let team = worked();
    let mut client = connect(&team.address("zoe"));
    for sql in ["SELECT * FROM karat.queue", "SELECT karat.is_lead()", "CREATE SCHEMA mine"] {
        let error = client.batch_execute(sql).unwrap_err();
        assert_eq!(error.as_db_error().unwrap().code().code(), "42501", "{sql}: {error}");
    }
    refused(open(&team.address("zoe")), "permission denied");
}

#[test]
fn not_even_the_owner_changes_what_is_recorded() {
    let team = worked();
    let before = team.recorded();
    for sql in [
        "UPDATE event SET actor = 'x'",
        "DELETE FROM event",
        "TRUNCATE event",
        "DELETE FROM decision",
        "TRUNCATE decision CASCADE",
        "UPDATE decision SET body = '{}'",
        "UPDATE golden SET why = ''",
        "DELETE FROM golden_change",
        "UPDATE spec SET source = ''",
        "DELETE FROM person",
        "UPDATE import SET started_by = 'x'",
    ] {
        let error = team.workspace.client().batch_execute(sql).unwrap_err();
        assert_eq!(error.as_db_error().unwrap().code().code(), "42501", "{sql}: {error}");
    }
    assert_eq!(team.recorded(), before);
}

#[test]
fn a_reviewers_program_does_all_its_work() {
    let team = Team::new(600);
    let (queue, login, mut store) = (&team.queue, team.login("ana"), team.store("ana"));
    let now = karat::clock::Clock::default().now();
    let one = decide_next(&mut store, queue, &login, &accept(), now);
    store.decide_at_once(queue.actor(&login, now), "i1", &reject("cold")).unwrap();
    for _ in 0..2 {
        assert!(store.undo(queue.actor(&login, now), UndoScope::Anything).unwrap().is_some());
    }
    for _ in 0..2 {
        assert!(store.redo(queue.actor(&login, now)).unwrap().is_some());
    }
    store.undo(queue.actor(&login, now), UndoScope::Decisions).unwrap().unwrap();
    store.release_all().unwrap();
    assert_eq!(store.counts(queue).unwrap().at(Stage::Accepted), 1);
    assert_sound(&team.owner);

    let (served, token) = serve(&mut store, queue, &login, now);
    store.extend(served.seq, &token, now).unwrap();
    store.save_draft(served.seq, &login, &Draft { note: "later".into(), ..Draft::default() }, 0, now).unwrap();
    store.defer(queue.actor(&login, now), served.seq, &token).unwrap();
    store.undo(queue.actor(&login, now), UndoScope::Anything).unwrap().unwrap();
    store.redo(queue.actor(&login, now)).unwrap().unwrap();
    assert!(matches!(store.show(queue.actor(&login, now), one).unwrap().claimed, Claimed::Mine(_)));
    store.release_all().unwrap();

    store.remember_order(queue, &login, Order::Newest).unwrap();
    let played =
        Macro { key: 'x', name: "cold".into(), verdict: Verdict::Reject, draft: Draft::clone(&reject("cold").draft) };
    store.save_macro(queue, &login, &played).unwrap();
    store.remove_macro(queue, &login, 'x').unwrap();
    store.save_filter(queue, "mine", "verdict:accepted", &login, now).unwrap();
    store.save_filter(queue, "mine", "verdict:rejected", &login, now).unwrap();
    assert!(store.remove_filter(queue, "mine", &login, now).unwrap());

    let kept = store.keep_golden(queue.actor(&login, now), one, &example("first")).unwrap();
    store.keep_golden(queue.actor(&login, now), one, &example("second")).unwrap();
    store.remove_golden(queue.actor(&login, now), one).unwrap();
    for _ in 0..3 {
        store.undo_golden(queue.actor(&login, now)).unwrap().unwrap();
    }
    store.redo_golden(queue.actor(&login, now)).unwrap().unwrap();
    assert_eq!(store.golden(one).unwrap().unwrap().example, kept.example);
    assert_sound(&team.owner);

    for action in
        [BulkAction::Decide(reject("cold")), BulkAction::Keep { tags: vec!["typical".into()], why: "alike".into() }]
    {
        let items = all(&store, queue);
        assert!(store.bulk(queue.actor(&login, now), items, action).unwrap().changed > 500);
        assert_sound(&team.owner);
    }
    for _ in 0..2 {
        store.undo(queue.actor(&login, now), UndoScope::Anything).unwrap().unwrap();
        assert_sound(&team.owner);
    }
    for _ in 0..2 {
        store.redo(queue.actor(&login, now)).unwrap().unwrap();
        assert_sound(&team.owner);
    }
    store.undo(queue.actor(&login, now), UndoScope::Golden).unwrap().unwrap();
    store.undo(queue.actor(&login, now), UndoScope::Decisions).unwrap().unwrap();
    store.release_all().unwrap();
    let items = all(&store, queue);
    store.bulk(queue.actor(&login, now), items, BulkAction::Defer).unwrap();
    store.undo(queue.actor(&login, now), UndoScope::Anything).unwrap().unwrap();
    store.release_all().unwrap();
    assert_eq!(store.counts(queue).unwrap().decided(), 1);

    let serving = Serving { order: Order::Grounded, filter: Filter::all([]) };
    store.serve_by(queue.actor(&login, now), &serving).unwrap();
    decide_next(&mut store, queue, &login, &accept(), now);
    store.free_abandoned(queue).unwrap();
    assert_sound(&team.owner);
    store.complete_index(|_| ()).unwrap();
    assert!(store.indexed().unwrap().is_complete());
    store.precedents(queue.actor(&login, now), served.seq, 5).unwrap();
}

#[test]
fn people_take_each_others_expired_claims_and_settle_each_others_examples() {
    let team = Team::new(2);
    let queue = &team.queue;
    let (ana, bo) = (team.login("ana"), team.login("bo"));
    let (mut anas, mut bos) = (team.store("ana"), team.store("bo"));
    let now = karat::clock::Clock::default().now();
    let (first, _) = serve(&mut anas, queue, &ana, now);
    let (second, _) = serve(&mut bos, queue, &bo, now);
    assert_ne!(first.seq, second.seq);
    assert!(matches!(bos.show(queue.actor(&bo, now), first.seq).unwrap().claimed, Claimed::Other { .. }));
    anas.release_all().unwrap();
    let (_, token) = serve(&mut anas, queue, &ana, T0); // long ago
    let (served, _) = serve(&mut bos, queue, &bo, now);
    assert_eq!(served.seq, first.seq);
    assert!(anas.decide(queue.actor(&ana, now), first.seq, &token, &accept()).is_err());

    for (store, login) in [(&anas, &ana), (&bos, &bo), (&anas, &ana)] {
        store.keep_golden(queue.actor(login, now), first.seq, &example(login)).unwrap();
    }
    anas.undo_golden(queue.actor(&ana, now)).unwrap().unwrap();
    assert_eq!(bos.golden(first.seq).unwrap().unwrap().kept_by, bo);
    assert_sound(&team.owner);
}

#[test]
fn another_name_is_refused_with_a_sentence() {
    let team = Team::new(2);
    let (mut store, bo) = (team.store("ana"), team.login("bo"));
    let sentence = format!(
        "you are `{}` here, and what you write is recorded under that name alone, not `{bo}`",
        team.login("ana")
    );
    refused(store.next(team.queue.actor(&bo, T0), Pick::default()), &sentence);
    refused(store.decide_at_once(team.queue.actor(&bo, T0), "i1", &accept()), &sentence);
    refused(store.save_filter(&team.queue, "x", "id:i1", &bo, T0), &sentence);
    let mut lead = team.store("lee");
    refused(lead.next(team.queue.actor(&bo, T0), Pick::default()), "recorded under that name alone");
    // The owner moves workspaces and merges them, with everybody's work in it.
    assert!(team.workspace.open().decide_at_once(team.queue.actor("anybody", T0), "i1", &accept()).is_ok());
}

#[test]
fn a_lead_imports_applies_specs_and_sorts_the_queue() {
    let team = Team::new(3);
    let (login, mut store, queue) = (team.login("lee"), team.store("lee"), &team.queue);
    let changed = SPEC.replace("Is it kind?", "Is it kind enough?");
    let spec = karat::spec::parse(&changed).unwrap();
    store.apply_spec(&spec, &changed, &login, T0).unwrap();
    let queue = &store.queue(&queue.name).unwrap();
    assert_eq!(queue.spec.version, 2);
    let other = SPEC.replace("\"replies\"", "\"others\"");
    store.apply_spec(&karat::spec::parse(&other).unwrap(), &other, &login, T0).unwrap();

    let mut again = plain("i1");
    again.output = karat::domain::item::Content::text("another answer");
    let records = [record(again), record(plain("new"))];
    let terms = karat::store::ImportOptions { update: true, dry_run: false };
    let mut session = store.begin_import(queue, "items.jsonl", terms, &login, T0).unwrap();
    let taken = store.import_records(&mut session, records.iter(), T0).unwrap();
    store.end_import(session, &serde_json::json!({}), T0).unwrap();
    assert_eq!(taken, [karat::store::ImportOutcome::Updated, karat::store::ImportOutcome::New]);

    let (served, _) = serve(&mut team.store("ana"), queue, &team.login("ana"), karat::clock::Clock::default().now());
    let items = all(&store, queue);
    let tag = BulkAction::Tag { add: vec!["spam".into()], remove: vec![] };
    for action in [tag, BulkAction::Prioritise(3), BulkAction::Release] {
        store.bulk(queue.actor(&login, karat::clock::Clock::default().now()), items.clone(), action).unwrap();
    }
    let claimed = store.show(queue.actor(&login, karat::clock::Clock::default().now()), served.seq).unwrap().claimed;
    assert!(matches!(claimed, Claimed::Mine(_)), "{claimed:?}");
    store.undo(queue.actor(&login, T0), UndoScope::Anything).unwrap().unwrap();
    store.release_all().unwrap();
    store.decide_at_once(queue.actor(&login, T0), "new", &accept()).unwrap();
    assert_sound(&team.owner);
    store.complete_index(|_| ()).unwrap();

    let (mut reviewer, ana) = (team.store("ana"), team.login("ana"));
    refused(reviewer.apply_spec(&spec, SPEC, &ana, T0), "");
    refused(reviewer.bulk(queue.actor(&ana, T0), items, BulkAction::Prioritise(1)), "permission denied for table item");
}

#[test]
fn a_role_in_one_workspace_opens_no_other() {
    let team = Team::new(1);
    let (other, _store, _queue) = Workspace::on_server().filled(1);
    refused(open(&team.address_of(&other, "lee")), "permission denied");
    refused(open(&team.address_of(&other, "ana")), "permission denied");
}

#[test]
fn roles_are_granted_changed_and_revoked_by_leads_and_nothing_of_it_is_forgotten() {
    let mut team = Team::new(2);
    let (lee, ana, zoe) = (team.login("lee"), team.login("ana"), team.login("zoe"));
    let lead = team.store("lee");
    let granted = lead.grant(&zoe, Role::Reviewer, None, &lee, T0).unwrap();
    assert_eq!(granted, Granted::Server { made_login: false });
    let mut store = team.store("zoe");
    decide_next(&mut store, &team.queue, &zoe, &accept(), T0);
    lead.grant(&zoe, Role::Viewer, None, &lee, T0).unwrap();
    refused(store.decide_at_once(team.queue.actor(&zoe, T0), "i2", &accept()), "permission denied");
    assert!(lead.revoke(&zoe, &lee, T0).unwrap());
    assert!(!lead.revoke(&zoe, &lee, T0).unwrap());
    refused(open(&team.address("zoe")), "permission denied");
    refused(team.store("ana").grant(&zoe, Role::Lead, None, &ana, T0), "permission denied");
    let missing = lead.grant("nobody_at_all", Role::Viewer, None, &lee, T0).unwrap_err();
    assert!(matches!(missing, StoreError::NoLogin(_)), "{missing}");
    assert!(missing.hint().unwrap().contains("CREATE ROLE \"nobody_at_all\" LOGIN"));

    let history: Vec<_> = lead.grants().unwrap().into_iter().filter(|grant| grant.person == zoe).collect();
    assert_eq!(
        history.iter().map(|grant| grant.role).collect::<Vec<_>>(),
        [Some(Role::Reviewer), Some(Role::Viewer), None]
    );
    assert!(history.iter().all(|grant| grant.granted_by == lee));
    assert_eq!(lead.owner().unwrap().as_deref(), Some("karat_admin"));
    assert!(lead.team().unwrap().iter().all(|grant| grant.person != zoe));

    // A login that is made has the password that was given, and no right but these.
    assert_eq!(team.grant("new", Role::Reviewer), Granted::Server { made_login: true });
    decide_next(&mut team.store("new"), &team.queue, &team.login("new"), &accept(), T0);
}

#[test]
fn who_may_not_bring_the_workspace_up_is_told_whom_to_ask() {
    let team = Team::new(1);
    let newest = team.workspace.number("SELECT MAX(version) FROM schema_version");
    team.workspace.sql(&format!("DELETE FROM schema_version WHERE version = {newest}")).unwrap();
    let error = open(&team.address("ana")).err().unwrap();
    assert!(matches!(error, StoreError::Older { .. }), "{error}");
    assert_eq!(error.hint().as_deref(), Some("ask the owner to run any karat command once"));
}

#[test]
fn hundreds_are_granted_a_role() {
    let mut team = Team::new(1);
    for n in 0..300 {
        let login = team.login(&format!("n{n}"));
        team.workspace.client().batch_execute(&format!("CREATE ROLE {login} LOGIN")).unwrap();
        team.logins.0.push(login);
    }
    let logins = team.logins.0.clone();
    for login in &logins {
        team.owner.grant(login, Role::Reviewer, None, "boss", T0).unwrap();
    }
    assert_eq!(team.owner.team().unwrap().len(), logins.len());
    decide_next(&mut team.store("ana"), &team.queue, &team.login("ana"), &accept(), T0);
}
