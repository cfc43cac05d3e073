//! Rows that cannot be read, as somebody with rights over the whole database has left them.

use crate::roles::Team;
use karat::export::format::named;
use karat::export::{Export, Form, Selection};
use karat::store::{Condition, Rows, Sort, Store, StoreError, UndoScope};
use support::fixture::*;

/// Does all that reads many rows; gives what was passed over, once each.
fn read_all(team: &Team, store: &Store) -> Vec<String> {
    let queue = &team.queue;
    let listing = store.whole_listing(queue, Condition::default(), Sort::default()).unwrap();
    store.browse(listing.seqs(), "x", T0).unwrap();
    store.events(queue, None, None, |_| Ok(())).unwrap();
    store.figures(queue.actor("x", T0), &[], None, &Condition::default()).unwrap();
    store.totals(listing.seqs(), "x").unwrap();
    for rows in [Rows::Items, Rows::Decisions] {
        let selection = Selection {
            rows,
            of_marks: false,
            verdicts: Vec::new(),
            condition: Condition::default(),
            filter: None,
            reviewer: "x".into(),
        };
        let form = Form::plain(named("csv").unwrap());
        Export { store, queue, selection, form }.write(&mut Vec::new()).unwrap();
    }
    store.take_damaged().iter().map(ToString::to_string).collect()
}

#[test]
fn rows_that_cannot_be_read_are_passed_over_and_their_owner_sets_them_aside() {
    let mut team = Team::new(6);
    for item in ["i1", "i2", "i3", "i4"] {
        team.owner.decide_at_once(team.queue.actor("boss", T0), item, &accept()).unwrap();
    }
    let damages = [
        ("UPDATE decision SET body = '{\"note\": 5}' WHERE item_seq = 1", "decision 1 on item i1"),
        ("UPDATE decision SET verdict = 'banana' WHERE item_seq = 2", "decision 2 on item i2"),
        ("UPDATE decision SET body = 'garbage', verdict = 'reject' WHERE item_seq = 3", "decision 3 on item i3"),
        ("UPDATE item SET tags = 'garbage' WHERE id = 'i5'", "item i5"),
        ("UPDATE event SET at = 9223372036854775807 WHERE item_seq = 4 AND kind = 'decided'", "on item i4"),
    ];
    damages.iter().for_each(|(sql, _)| assert_eq!(team.workspace.force(sql), 1, "{sql}"));
    let told = read_all(&team, &team.owner);
    for (_, row) in damages {
        assert!(told.iter().any(|told| told.contains(row)), "{row}: {told:#?}");
    }
    let rows = team.owner.damaged_rows().unwrap();
    assert_eq!(rows.len(), damages.len(), "{rows:#?}");
    let lead = team.store("lee");
    assert!(matches!(lead.set_aside(&team.login("lee"), T0), Err(StoreError::NotOwner { .. })));
    assert_eq!(team.owner.set_aside("boss", T0).unwrap().len(), damages.len());
    assert!(team.owner.damaged_rows().unwrap().is_empty());
    assert_eq!(read_all(&team, &team.owner), [""; 0]);
    team.owner.repair("boss", T0).unwrap(); // the decision on i4 is told again
    assert_sound(&team.owner);
    let undone = team.owner.undo(team.queue.actor("boss", T0), UndoScope::Decisions).unwrap();
    assert_eq!(undone.map(|undone| undone.served.seq), Some(4), "no undo takes what was set aside");
    assert_sound(&team.owner);
    for statement in ["DELETE FROM event", "UPDATE decision SET body = '{}'", "DELETE FROM set_aside"] {
        assert!(team.workspace.sql(statement).is_err(), "{statement}");
    }
}
