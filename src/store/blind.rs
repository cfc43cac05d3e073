//! Blind review: others' opinions on an item are kept from whoever gave one or may still give one,
//! until the item is settled. The one home of that rule: what lists, tables, figures, histories and
//! files show of opinions asks here.
//!
//! What judges say of an item, models, code and people elsewhere, is kept from everybody until then.
//!
//! What an escalation asks is written to others, and kept from nobody; of an opinion that escalates
//! the rest is kept.

use super::decisions::own_standing;
use super::engine::params;
use super::{Result, Store};
use crate::domain::item::Seq;
use crate::domain::stage::Standing;
use crate::domain::team::Role;

/// SQL: the spec in force shows opinions on the item `i` before they are settled.
const SHOWS: &str =
    "EXISTS (SELECT 1 FROM queue q JOIN policy p ON p.queue_id = q.id AND p.spec_version = q.spec_version
    WHERE q.id = i.queue_id AND p.blind = 0)";

/// SQL: several opinions are asked of the item `i`, and what they come to is open.
const UNSETTLED: &str = "i.opinions > 1 AND COALESCE(i.verdict, 'escalate') = 'escalate'";

/// SQL: opinions on the item `i` are asked that nobody has given.
const HAS_FREE_SLOT: &str = "(SELECT COUNT(*) FROM decision o
    WHERE o.item_seq = i.seq AND o.standing = 1 AND o.slot IS NOT NULL) < i.opinions";

/// SQL: what judges say of the item `i` may be seen.
pub(super) const SHOWS_JUDGEMENTS: &str = "i.settled_by IS NOT NULL";

/// Whether what judges say of an item that stands so may be seen: [`SHOWS_JUDGEMENTS`].
pub(super) fn shows_judgements(place: &Standing) -> bool {
    place.settled_by.is_some()
}

impl Store {
    /// SQL: others' opinions on the item `i` are kept from the reviewer at the marker.
    pub(super) fn is_blind(&self, reviewer: &str) -> String {
        let gave = own_standing("o", "i.seq", reviewer);
        let may_give = match self.decides {
            true => format!("({} AND {HAS_FREE_SLOT})", self.has_role(Role::Reviewer, reviewer)),
            false => "1 = 0".into(),
        };
        format!(
            "({UNSETTLED} AND NOT {SHOWS} AND (EXISTS (SELECT 1 FROM decision o WHERE {gave} AND o.purpose = 'opinion') OR {may_give}))"
        )
    }

    /// SQL: the decision is an opinion on the item `i` that is kept from the reviewer at the marker.
    pub(super) fn is_kept(&self, decision: &str, reviewer: &str) -> String {
        format!("({} AND {})", is_opinion_of_others(decision, reviewer), self.is_blind(reviewer))
    }

    /// Whether others' opinions on the item are kept from the reviewer.
    pub(super) fn keeps_opinions(&self, item: Seq, reviewer: &str) -> Result<bool> {
        let sql = format!("SELECT COUNT(*) FROM item i WHERE i.seq = ?1 AND {}", self.is_blind("?2"));
        Ok(self.number(&sql, params![item, reviewer])? > 0)
    }

    /// Whether an opinion that the reviewer gives now on the item changes one of theirs after others'
    /// could be seen.
    pub(super) fn changes_after_seen(&self, item: Seq, reviewer: &str) -> Result<bool> {
        let sql = format!(
            "SELECT COUNT(*) FROM item i WHERE i.seq = ?1 AND (i.shown_at IS NOT NULL OR {SHOWS})
                AND EXISTS (SELECT 1 FROM decision o WHERE o.item_seq = i.seq AND o.reviewer = ?2 AND o.purpose = 'opinion')
                AND EXISTS (SELECT 1 FROM decision o WHERE o.item_seq = i.seq AND {})",
            is_opinion_of_others("o", "?2")
        );
        Ok(self.number(&sql, params![item, reviewer])? > 0)
    }
}

/// SQL: the decision is an opinion on the item `i` that is kept out of a file, which anybody may read:
/// it is not settled, and it is not the exporting reviewer's own.
pub(super) fn is_kept_out(decision: &str, reviewer: &str) -> String {
    format!("({} AND {})", is_opinion_of_others(decision, reviewer), is_unsettled())
}

/// SQL: opinions on the item `i` are kept from somebody: they are not settled, and the spec does not show them.
pub(super) fn is_unsettled() -> String {
    format!("({UNSETTLED} AND NOT {SHOWS})")
}

fn is_opinion_of_others(decision: &str, reviewer: &str) -> String {
    format!(
        "{decision}.reviewer <> {reviewer} AND {decision}.purpose IN ('opinion', 'repeat', 'golden') AND {decision}.reviewer_kind = 'person'"
    )
}
