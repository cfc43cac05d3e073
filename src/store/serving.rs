//! Serving: which item a reviewer is shown next, and what they see of it.

use super::adjudication::Settlement;
use super::asked_of;
use super::calibrating;
use super::checks;
use super::claims::{ClaimOutcome, INSERT, RACES, TAKE_OVER, TAKEN, new_claim};
use super::decisions::{self, decision, own_standing};
use super::drafts::draft;
use super::engine::{Lock, Row, params};
use super::escalations;
use super::golden::{self, Golden, IS_GOLDEN};
use super::items::{self, document_ids};
use super::opinions::{self, ADJUDICATION, next_slot};
use super::pick::Pick;
use super::probes;
use super::shares::Share;
use super::stage;
use super::{Result, Store, StoreError};
use crate::analysis::reviewer::Paused;
use crate::domain::adjudication::Side;
use crate::domain::check::{FailedCheck, Otherwise};
use crate::domain::claim::{Claim, Claimant, Claimed};
use crate::domain::decision::{Decision, Draft, Escalation, Verdict};
use crate::domain::digest::Digest;
use crate::domain::item::{Item, Seq};
use crate::domain::policy::{Purpose, SettledBy};
use crate::domain::queue::{Actor, Counts};
use crate::domain::team::Role;
use std::time::Duration;

/// The pause between two of [`RACES`], which lets the transactions of others end.
const RACE: Duration = Duration::from_millis(2);

/// Sorts before every item of a queue.
const HEAD: (i64, Seq) = (i64::MIN, i64::MIN);

/// SQL: the item `i` comes after the place `?5`, `?6`.
const PAST: &str = "(i.rank, i.seq) > (?5, ?6)";

/// Value of the marker of [`opinions::free_for_reviewer`] that leaves out what the reviewer has
/// deferred.
pub(super) const WITHOUT_DEFERRED: i64 = 0;

/// An item with everything a reviewer of it may see (promise 8: no one else's opinion, but what
/// was written to be read before an answer).
#[derive(Debug, Clone, PartialEq)]
pub struct Served {
    pub seq: Seq,
    pub item: Item,
    pub claimed: Claimed,
    /// The reviewer's own work under way.
    pub draft: Option<Draft>,
    /// The reviewer's active time on it so far, in milliseconds, over all visits.
    pub active_millis: i64,
    /// The reviewer's own standing decision.
    pub mine: Option<Decision>,
    /// The item waits for an answer, or came back with one: what was asked.
    pub escalation: Option<Escalation>,
    /// The checks that it failed, or that flagged it.
    pub checks: Vec<FailedCheck>,
    /// What the reviewer is told of opinions on it.
    pub opinions: Opinions,
    /// Outputs that were made for the case one in place of the other, up to this one; 1: it
    /// replaces none.
    pub line_attempt: i64,
    /// The reviewer has deferred it.
    pub deferred: bool,
    /// Why the reviewer has declined it; `None`: they have not.
    pub declined: Option<String>,
    /// The example that the item is kept as, once the reviewer may know of it: after their
    /// own decision, or when they have kept it themself.
    pub golden: Option<Golden>,
}

impl Served {
    /// The decision of another that settles the reviewer's own opinion, which they change no more.
    pub fn settled_by_another(&self) -> Option<&Settlement> {
        let own = self.mine.as_ref()?;
        let settled = self.opinions.settled.as_ref().filter(|settled| settled.who != own.reviewer)?;
        matches!(settled.by, SettledBy::Adjudicated | SettledBy::Answer).then_some(settled)
    }
}

/// What a reviewer is told of the opinions on an item, and of who has put it back.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Opinions {
    /// Which opinion the reviewer gives or has given; `None` where one is asked, or theirs is none
    /// of those.
    pub own: Option<Opinion>,
    /// The opinions that disagree, A first, where the reviewer settles them.
    pub sides: Vec<Side>,
    /// How they were settled, where the reviewer gave one of them.
    pub settled: Option<Settlement>,
    /// Who has put the item back to be decided anew, and why; `None`: nobody, or it was decided since.
    pub reopened: Option<(String, String)>,
    /// There is something that a lead may put back.
    pub may_be_reopened: bool,
}

/// One of several opinions that are asked of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opinion {
    /// Its slot, from 1.
    pub number: i64,
    /// How many are asked.
    pub asked: i64,
}

/// What is next in a queue for a reviewer.
#[derive(Debug, Clone, PartialEq)]
pub enum Next {
    Item(Box<Served>),
    End(Box<End>),
}

/// Why nothing is next: all is decided, or the rest is deferred, declined or claimed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct End {
    pub counts: Counts,
    /// Other reviewers' claims on open items.
    pub claimed: Vec<Claimant>,
    /// Open items that this reviewer has deferred.
    pub deferred: i64,
    /// Open items that this reviewer has declined.
    pub declined: i64,
    /// Open items that everybody on the team has declined, or given an opinion on.
    pub left_to_nobody: i64,
    /// The reviewer holds more of what is settled than the spec lets one hold.
    pub share: Option<Share>,
    /// The reviewer's answers on golden examples speak against what the spec asks for: nothing is served.
    pub paused: Option<Paused>,
}

impl Store {
    /// Serves the reviewer the first free item of the queue: open, claimed by nobody, not
    /// declined by the reviewer, nor deferred unless the pick says so. It is theirs from then on.
    pub fn next(&mut self, actor: Actor, pick: Pick) -> Result<Next> {
        if pick == Pick::with_deferred() {
            self.restart_list();
        }
        // One statement is a transaction of its own, without the two round trips of one. A claim that a
        // machine without power loses is one that nobody needs.
        let outcome = self.without_waiting(|| self.claim_next(actor, pick))?;
        let claimed = self.follow_list(outcome, actor, pick)?;
        self.serve_next(actor, claimed, pick)
    }

    /// Claims the next item; what it comes to goes to
    /// [`Store::follow_list`] afterwards.
    pub(super) fn claim_next(&self, actor: Actor, pick: Pick) -> Result<ClaimOutcome> {
        self.need(actor.reviewer, Role::Reviewer)?;
        if self.stopped(actor)?.is_some() {
            return Ok(ClaimOutcome { claimed: None, at: self.place_in_list() });
        }
        if self.share_reached(actor)?.is_some() {
            return self.claim_own(actor, pick);
        }
        if let Some(claimed) = self.claim_probe(actor, pick)? {
            return Ok(ClaimOutcome { claimed: Some(claimed), at: self.place_in_list() });
        }
        if let Some(list) = &self.list {
            let own = if pick.after.is_none() { self.claim_before_list(actor, pick)? } else { None };
            return own.map_or_else(|| self.claim_on_list(list, actor, pick), Ok);
        }
        let claimed = self.claim_by_priority(actor, pick)?;
        Ok(ClaimOutcome { claimed, at: 0 })
    }

    fn claim_by_priority(&self, actor: Actor, pick: Pick) -> Result<Option<(Seq, Claim)>> {
        if let Some(after) = pick.after {
            let place = self.place(after)?;
            if let Some(claimed) = self.claim_past(place, actor, pick)? {
                return Ok(Some(claimed));
            }
        }
        self.claim_past(HEAD, actor, pick)
    }

    /// Claims the next item inside a transaction, where none may wait: what it has locked others may
    /// be waiting for, who have locked what it would wait for.
    pub(super) fn claim_at_once(&self, actor: Actor) -> Result<ClaimOutcome> {
        self.need(actor.reviewer, Role::Reviewer)?;
        if self.stopped(actor)?.is_some() {
            return Ok(ClaimOutcome { claimed: None, at: self.place_in_list() });
        }
        if self.share_reached(actor)?.is_some() {
            return self.claim_own(actor, Pick::default());
        }
        let probe = self.claim_probe(actor, Pick::default())?;
        match &self.list {
            _ if probe.is_some() => Ok(ClaimOutcome { claimed: probe, at: self.place_in_list() }),
            Some(list) => match self.claim_before_list(actor, Pick::default())? {
                Some(own) => Ok(own),
                None => self.claim_on_list(list, actor, Pick::default()),
            },
            None => Ok(ClaimOutcome { claimed: self.claim_first(HEAD, actor, Pick::default())?, at: 0 }),
        }
    }

    /// What waits for this reviewer alone comes before a list that they have not chosen.
    fn claim_before_list(&self, actor: Actor, pick: Pick) -> Result<Option<ClaimOutcome>> {
        if self.is_served_by_choice() {
            return Ok(None);
        }
        Ok(Some(self.claim_own(actor, pick)?).filter(|own| own.claimed.is_some()))
    }

    /// Claims what waits for this reviewer alone.
    fn claim_own(&self, actor: Actor, pick: Pick) -> Result<ClaimOutcome> {
        let adjudicates = self.adjudicates(actor.queue, "?3");
        let sql = self.statements.get("claim own", adjudicates, |adjudicates| {
            claiming(&format!("COALESCE({})", self.own_first(adjudicates)))
        });
        Ok(ClaimOutcome { claimed: self.claim_chosen(&sql, HEAD, actor, pick)?, at: self.place_in_list() })
    }

    /// SQL: items that wait for the reviewer `?3` alone, one of each kind: what came back to them with
    /// an answer, and what was put back for them.
    fn own_first(&self, adjudicates: &str) -> String {
        let free = opinions::free_for_reviewer(adjudicates);
        let skip_locked = self.engine.dialect().skip_locked("i");
        format!(
            "(SELECT i.seq FROM escalation e JOIN item i ON i.seq = e.item_seq WHERE {} AND {free}
                ORDER BY e.item_seq LIMIT 1 {skip_locked}),
            (SELECT i.seq FROM reserved r JOIN item i ON i.seq = r.item_seq
                WHERE r.queue_id = ?1 AND r.reviewer = ?3 AND {free} ORDER BY r.item_seq LIMIT 1 {skip_locked})",
            escalations::returned_to("e", "?1", "?3"),
        )
    }

    /// Claims the next item, as soon as others let it.
    fn claim_past(&self, place: (i64, Seq), actor: Actor, pick: Pick) -> Result<Option<(Seq, Claim)>> {
        // Where no rows are locked, none is passed over, and to look once more takes as long again.
        let passes_over = !self.engine.dialect().skip_locked("i").is_empty();
        for _ in 0..RACES {
            let claimed = self.claim_first(place, actor, pick)?;
            if claimed.is_some() || !passes_over || !self.is_one_free(place, actor, pick)? {
                return Ok(claimed);
            }
            std::thread::sleep(RACE); // somebody else was faster with the one that was chosen
        }
        Err(StoreError::Busy)
    }

    /// Claims the next item past a place.
    fn claim_first(&self, place: (i64, Seq), actor: Actor, pick: Pick) -> Result<Option<(Seq, Claim)>> {
        let name = if place == HEAD { "claim first" } else { "claim past" };
        let sql = self.statements.get(name, self.adjudicates(actor.queue, "?3"), |adjudicates| {
            let by_rank = asked_of::first_free(adjudicates, PAST, &self.engine.dialect().skip_locked("i"));
            // From the head on, what waits for them alone is first.
            match place {
                HEAD => claiming(&format!("COALESCE({}, {by_rank})", self.own_first(adjudicates))),
                _ => claiming(&by_rank),
            }
        });
        self.claim_chosen(&sql, place, actor, pick)
    }

    /// Claims an item by a statement of [`claiming`].
    fn claim_chosen(
        &self,
        sql: &str,
        (rank, seq): (i64, Seq),
        Actor { queue, reviewer, now, .. }: Actor,
        pick: Pick,
    ) -> Result<Option<(Seq, Claim)>> {
        let claim = new_claim(now);
        let choice = params![queue.id, now, reviewer, i64::from(pick.deferred), rank, seq];
        let values = [choice.as_slice(), params![&self.session, &claim.token, claim.expires_at]].concat();
        Ok(self.take_claim(sql, &values, &claim.token)?.map(|seq| (seq, claim)))
    }

    fn is_one_free(&self, (rank, seq): (i64, Seq), actor: Actor, pick: Pick) -> Result<bool> {
        let Actor { queue, reviewer, now, .. } = actor;
        let sql = format!("SELECT {}", asked_of::first_group(&self.adjudicates(queue, "?3"), PAST));
        let values = params![queue.id, now, reviewer, i64::from(pick.deferred), rank, seq];
        Ok(self.first(&sql, values, |row| row.opt_string(0))?.flatten().is_some())
    }

    /// Reads what was claimed, or why nothing could be. An item that cannot be read is passed over;
    /// the claim on it stays, so that it does not come again at once.
    pub(super) fn serve_next(&mut self, actor: Actor, mut claimed: Option<(Seq, Claim)>, pick: Pick) -> Result<Next> {
        while let Some((seq, claim)) = claimed {
            let served = self.served(actor, seq, Claimed::Mine(claim));
            if let Some(served) = self.readable("item", &seq, served)? {
                return Ok(Next::Item(Box::new(served)));
            }
            let pick = Pick { after: Some(seq), ..pick };
            let outcome = self.claim_next(actor, pick)?;
            claimed = self.follow_list(outcome, actor, pick)?;
        }
        Ok(Next::End(Box::new(self.end(actor)?)))
    }

    fn end(&self, actor: Actor) -> Result<End> {
        let Actor { queue, reviewer, now, .. } = actor;
        Ok(End {
            counts: self.counts(queue)?,
            claimed: self.claimants(queue, Some(reviewer), now)?,
            deferred: self.count_deferred(queue, reviewer)?,
            declined: self.count_declined(queue, reviewer)?,
            left_to_nobody: self.count_left_to_nobody(queue)?,
            share: self.share_reached(actor)?,
            paused: self.stopped(actor)?,
        })
    }

    /// Reads into memory what [`Store::next`] would serve after `present`, without
    /// claiming it; `None` where that is nothing.
    pub fn look_ahead(&mut self, actor: Actor, present: Seq) -> Result<Option<(Seq, &Item)>> {
        self.renew_due_list(actor)?;
        let next = match &self.list {
            Some(list) => self.next_on_list(list, actor, present)?,
            None => self.next_free(actor, Some(present))?,
        };
        match next {
            Some(seq) => Ok(Some((seq, self.read_ahead(seq)?))),
            None => Ok(None),
        }
    }

    /// The first item by priority that is free for the reviewer, but for the one on screen.
    /// It is not claimed.
    pub fn next_free(&self, actor: Actor, present: Option<Seq>) -> Result<Option<Seq>> {
        if self.share_reached(actor)?.is_some() || self.stopped(actor)?.is_some() {
            return Ok(None);
        }
        let Actor { queue, reviewer, now, .. } = actor;
        let sql = self.statements.get("next free", self.adjudicates(queue, "?3"), |adjudicates| {
            format!("SELECT {}", asked_of::first_free(adjudicates, "i.seq <> ?5", ""))
        });
        let nothing = -1; // rows count from 1
        let values = params![queue.id, now, reviewer, WITHOUT_DEFERRED, present.unwrap_or(nothing)];
        Ok(self.first(&sql, values, |row| row.int(0))?.flatten())
    }

    /// Shows a given item; it is claimed for the reviewer where it is free, and they may decide and
    /// have not declined.
    pub fn show(&mut self, actor: Actor, seq: Seq) -> Result<Served> {
        let claimed = self.write(|tx| {
            tx.lock(Lock::Items(&[seq]))?;
            if tx.has_declined(seq, actor.reviewer)? {
                return Ok(Claimed::Nobody);
            }
            tx.claim(actor, seq)
        });
        let claimed = match claimed {
            Err(error) if error.permits_reading() => Claimed::Nobody,
            claimed => claimed?,
        };
        self.served(actor, seq, claimed)
    }

    fn place(&self, seq: Seq) -> Result<(i64, Seq)> {
        let rank = self.first("SELECT rank FROM item WHERE seq = ?1", params![seq], |row| row.need_int(0))?;
        Ok(rank.map_or(HEAD, |rank| (rank, seq)))
    }

    /// SQL: what [`Around`] reads of the item `?1` for the reviewer `?2`, who has it by the token `?3`, after
    /// `columns`; `join` follows the item `i`.
    fn around(&self, columns: &str, join: &str) -> String {
        format!(
            "SELECT {columns} i.hash_a, i.hash_b, {}, {}, w.body, w.correction_kind, w.correction, f.item_seq,
                {}, w.active_millis, {}, i.line_attempt, i.opinions, CASE WHEN i.opinions > 1 THEN COALESCE(d.slot,
                    (SELECT c.slot FROM claim c WHERE c.item_seq = i.seq AND c.token = ?3)) END, {},
                {}, CASE WHEN {} AND {} THEN 1 ELSE 0 END, CASE WHEN {} THEN 1 ELSE 0 END
             FROM item i {join}
             LEFT JOIN decision d ON {}
             LEFT JOIN escalation e ON e.item_seq = i.seq
             LEFT JOIN golden g ON g.item_seq = i.seq AND {IS_GOLDEN} AND (g.kept_by = ?2 OR NOT {})
             LEFT JOIN draft w ON w.item_seq = i.seq AND w.reviewer = ?2
             LEFT JOIN deferral f ON f.item_seq = i.seq AND f.reviewer = ?2 AND ({} OR {})
             WHERE i.seq = ?1",
            *decisions::COLUMNS,
            golden::COLUMNS,
            escalations::COLUMNS,
            checks::FOUND,
            stage::why_declined("i", "?2"),
            probes::served_as("?2", "?3"),
            stage::is_open("i"),
            stage::was_reopened("i"),
            stage::MAY_BE_REOPENED,
            own_standing("d", "i.seq", "?2"),
            self.is_blind("?2"),
            stage::is_open("i"),
            calibrating::is_served("?2")
        )
    }

    /// All that a reviewer sees of an item: one answer, and one more for its context. What
    /// was read ahead is not read again, unless an import has replaced it since.
    pub(super) fn served(&mut self, actor: Actor, seq: Seq, claimed: Claimed) -> Result<Served> {
        let reviewer = actor.reviewer;
        let ahead = self.ahead.take().filter(|ahead| ahead.seq == seq);
        let (name, at) = if ahead.is_some() { ("serve read ahead", 0) } else { ("serve", items::WIDTH) };
        let sql = self.statements.get(name, String::new(), |_| match ahead {
            Some(_) => self.around("", ""),
            None => self.around(&format!("{}, ", *items::COLUMNS), "JOIN item_text t ON t.seq = i.seq"),
        });
        let token = match &claimed {
            Claimed::Mine(claim) => claim.token.as_str(),
            _ => "",
        };
        let found = self.first(&sql, params![seq, reviewer, token], |row| {
            let read = if at > 0 { Some((items::item(row)?, document_ids(row)?)) } else { None };
            let around = Around::read(row, at)?;
            Ok((around, read))
        })?;
        let (around, read) = found.ok_or_else(|| StoreError::Damaged(format!("the item row {seq} is gone")))?;
        let mut item = match (ahead, read) {
            (Some(ahead), _) if ahead.digest == around.digest => ahead.item,
            (_, Some((item, documents))) => Item { context: self.documents(&documents)?, ..item },
            _ => self.peek(seq)?,
        };
        let around = match around.probe {
            Some(probe) => around.seeming_new(probe, &mut item),
            None => around,
        };
        let opinions = Opinions {
            own: around.opinion(),
            sides: if around.settles() { self.sides(actor, seq)? } else { Vec::new() },
            settled: if around.may_be_settled() { self.settlement(seq, reviewer)? } else { None },
            reopened: if around.is_reopened { self.reopened(seq)? } else { None },
            may_be_reopened: around.may_be_reopened,
        };
        let Around { mine, golden, draft, active_millis, deferred, declined, .. } = around;
        let Around { escalation, checks, line_attempt, .. } = around;
        let before = || mine.as_ref().map_or(0, |mine| mine.judgement.active_millis);
        let active_millis = active_millis.unwrap_or_else(before);
        let golden = golden.filter(|golden| mine.is_some() || golden.kept_by == reviewer);
        Ok(Served {
            seq,
            item,
            claimed,
            draft,
            active_millis,
            mine,
            golden,
            deferred,
            declined,
            escalation,
            checks,
            opinions,
            line_attempt,
        })
    }
}

/// SQL: claims the item that `chosen` gives. A single statement chooses and claims it: two reviewers
/// cannot be given the same one.
fn claiming(chosen: &str) -> String {
    format!(
        "{INSERT} SELECT i.seq, {}, i.queue_id, ?3, ?7, ?8, ?9 FROM item i
         WHERE i.seq = {chosen} AND (i.rank, i.seq) > (?5, ?6) {TAKE_OVER} claim.expires_at <= ?2 {TAKEN}",
        next_slot("?3", "?2"),
    )
}

/// What stands around an item for a reviewer.
struct Around {
    digest: Digest,
    mine: Option<Decision>,
    golden: Option<Golden>,
    draft: Option<Draft>,
    /// The time that is kept with the draft.
    active_millis: Option<i64>,
    deferred: bool,
    declined: Option<String>,
    escalation: Option<Escalation>,
    checks: Vec<FailedCheck>,
    line_attempt: i64,
    /// How many opinions are asked.
    asked: i64,
    /// The slot that the reviewer has filled or claimed, where several are asked.
    slot: Option<i64>,
    /// It is served to learn of the reviewer.
    probe: Option<Purpose>,
    /// It is open, and was reopened.
    is_reopened: bool,
    may_be_reopened: bool,
}

impl Around {
    /// Without what would tell that the item is not new: what was decided on it, and of an example its
    /// tags. Of several opinions it seems to be the last one asked, which it could be.
    fn seeming_new(mut self, probe: Purpose, item: &mut Item) -> Self {
        if probe == Purpose::Repeat {
            (self.draft, self.active_millis) = (None, None);
        }
        if let Some(golden) = &self.golden {
            item.tags.retain(|tag| !golden.example.tags.contains(tag));
        }
        self.checks.retain(|check| check.outcome == Otherwise::Flag);
        let slot = (self.asked > 1).then_some(self.asked);
        let (mine, golden, escalation, may_be_reopened) = (None, None, None, false);
        Self { mine, golden, escalation, may_be_reopened, slot, ..self }
    }

    /// Reads the columns of [`Store::around`] that start at `at`.
    fn read(row: &dyn Row, at: usize) -> Result<Self> {
        const MINE: usize = 2;
        const GOLDEN: usize = MINE + decisions::WIDTH;
        const DRAFT: usize = GOLDEN + golden::WIDTH;
        const ESCALATION: usize = DRAFT + 4;
        const CHECKS: usize = ESCALATION + escalations::WIDTH + 1;
        let is_there = |column: usize| row.text(at + column).map(|text| text.is_some());
        let draft = is_there(DRAFT)?.then(|| draft(row, at + DRAFT, at + DRAFT + 1)).transpose()?;
        Ok(Self {
            digest: Digest(row.need_int(at)?, row.need_int(at + 1)?),
            mine: is_there(MINE)?.then(|| decision(row, at + MINE)).transpose()?,
            golden: row.int(at + GOLDEN)?.map(|_| golden::golden(row, at + GOLDEN)).transpose()?,
            draft: draft.filter(|draft| !draft.is_empty()),
            active_millis: row.int(at + ESCALATION + escalations::WIDTH)?,
            deferred: row.int(at + DRAFT + 3)?.is_some(),
            escalation: is_there(ESCALATION)?.then(|| escalations::escalation(row, at + ESCALATION)).transpose()?,
            checks: checks::found(row.text(at + CHECKS)?)?,
            line_attempt: row.need_int(at + CHECKS + 1)?,
            asked: row.need_int(at + CHECKS + 2)?,
            slot: row.int(at + CHECKS + 3)?,
            declined: row.opt_string(at + CHECKS + 4)?,
            probe: probes::purpose(row.need_int(at + CHECKS + 5)?),
            is_reopened: row.need_int(at + CHECKS + 6)? == 1,
            may_be_reopened: row.need_int(at + CHECKS + 7)? == 1,
        })
    }

    /// Which of several opinions the reviewer gives or has given.
    fn opinion(&self) -> Option<Opinion> {
        let number = self.slot.filter(|slot| *slot != ADJUDICATION)?;
        Some(Opinion { number, asked: self.asked })
    }

    /// The reviewer's own opinion may have been settled with others', or answered.
    fn may_be_settled(&self) -> bool {
        let opinion = self.mine.as_ref().filter(|mine| mine.part.purpose.is_opinion());
        opinion.is_some_and(|mine| self.asked > 1 || mine.judgement.verdict == Verdict::Escalate)
    }

    /// The reviewer may have others' opinions to settle, or has settled them.
    fn settles(&self) -> bool {
        let has = self.mine.as_ref().is_some_and(|mine| mine.part.purpose == Purpose::Adjudication);
        has || self.slot == Some(ADJUDICATION)
    }
}
