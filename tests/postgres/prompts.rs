//! The texts of prompts on a server: who brings items brings them, by the hash of their text.

use super::roles::Team;
use karat::domain::item::Content;
use karat::store::ImportOptions;
use support::fixture::*;

#[test]
fn a_prompt_is_kept_once_by_the_hash_of_its_text() {
    let team = Team::new(1);
    let (lee, lead) = (team.login("lee"), team.store("lee"));
    let with = |id: &str| {
        let mut item = plain(id);
        item.prompt = Some(Content::text("Be kind. 语"));
        record(item)
    };
    for ids in [["p1", "p2"], ["p3", "p4"]] {
        let records = ids.map(with);
        let options = ImportOptions { update: false, dry_run: false };
        let mut session = lead.begin_import(&team.queue, "items.jsonl", options, &lee, T0).unwrap();
        lead.import_records(&mut session, records.iter(), T0).unwrap();
        lead.end_import(session, &serde_json::json!({}), T0).unwrap();
    }
    assert_eq!(team.store("ana").item_of(&team.queue, "p3").unwrap().prompt, with("p3").item.prompt);
    let other_hash = format!("INSERT INTO prompt (sha256, kind, text) VALUES ('{}', 't', 'x')", "0".repeat(64));
    let sound = "INSERT INTO prompt (sha256, kind, text)
        VALUES ('2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881', 't', 'x')";
    team.assert_forbidden("ana", &[sound]);
    let changes = ["UPDATE prompt SET text = 'other'", "DELETE FROM prompt", "TRUNCATE prompt"];
    let odd_kind = sound.replace("'t'", "'z'");
    team.assert_forbidden("lee", &[&changes[..], &[&other_hash, &odd_kind]].concat());
    assert_sound(&team.owner);
}
