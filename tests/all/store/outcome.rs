//! Where an item stands by random decisions under random rules: the database says what plain code
//! says, written from the rules and not from the database.

use karat::domain::decision::Verdict::{self, Accept, Escalate, Reject};
use karat::domain::stage::Stage;
use std::collections::{BTreeMap, BTreeSet};
use support::dice::Dice;
use support::fixture::*;

const CASES: usize = 400;

const REVIEWERS: [&str; 4] = ["ana", "ben", "cy", "di"];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Made {
    Opinion,
    Adjudication,
    Answer,
    Check,
    /// Made for another purpose: of no account.
    Repeat,
}

#[derive(Debug, Clone)]
pub(super) struct Decision {
    pub(super) made: Made,
    pub(super) verdict: Verdict,
    pub(super) slot: Option<i64>,
    pub(super) categories: Vec<&'static str>,
    pub(super) tone: Option<i64>,
    pub(super) stands: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Settle {
    Adjudicate,
    Majority,
    Strictest,
}

#[derive(Debug, Clone)]
pub(super) struct Rules {
    pub(super) verdict: bool,
    pub(super) severity: bool,
    pub(super) categories: bool,
    pub(super) tone: bool,
    pub(super) settle: Settle,
    /// Most attempts, where what is retryable is made again.
    pub(super) attempts: Option<i64>,
}

#[derive(Debug, Clone)]
pub(super) struct Item {
    pub(super) opinions: i64,
    pub(super) held_back: bool,
    pub(super) replaced: bool,
    pub(super) attempt: i64,
    /// Oldest first.
    pub(super) decisions: Vec<Decision>,
}

/// Where an item stands, the place of the decision by which it does, and what its verdict of record
/// rests on. Where it has come back with an answer, the decision is the question, and not of record.
pub(super) type Outcome = (Stage, Option<usize>, Option<&'static str>);

/// What the rules of review say; `rules` gives those of a decision by its place. Opinions go by the
/// rules of the newest of them.
pub(super) fn outcome<'r>(item: &Item, rules: impl Fn(usize) -> Option<&'r Rules>) -> Outcome {
    let standing: Vec<usize> = (0..item.decisions.len()).filter(|at| item.decisions[*at].stands).collect();
    let of = |at: usize| &item.decisions[at];
    let newest = |test: &dyn Fn(&Decision) -> bool| standing.iter().copied().rfind(|at| test(of(*at)));
    let mut counted: Vec<usize> = standing.iter().copied().filter(|at| of(*at).slot.is_some()).collect();
    counted.sort_by_key(|at| of(*at).slot);
    let lowest = |verdict: Verdict| counted.iter().copied().find(|at| of(*at).verdict == verdict);
    let votes = |verdict: Verdict| counted.iter().filter(|at| of(**at).verdict == verdict).count();

    // An answer that escalates sends the item back to who asked before it.
    let returns = newest(&|d| d.made == Made::Answer && d.verdict == Escalate);
    let settled = newest(&|d| match d.made {
        Made::Adjudication => true,
        Made::Answer => d.verdict != Escalate,
        _ => false,
    });
    // Of several questions, the lowest that nobody has sent back.
    let is_asked = |at: &usize| of(*at).verdict == Escalate && returns < Some(*at);
    let (record, by, open) = if let Some(at) = settled {
        (Some(at), if of(at).made == Made::Answer { "answer" } else { "adjudicated" }, Stage::Waiting)
    } else if counted.is_empty() {
        let extra = newest(&|d| d.made == Made::Opinion);
        let check = || newest(&|d| d.made == Made::Check).map(|at| (at, "check"));
        match extra.map(|at| (at, "single")).or_else(check) {
            Some((at, by)) => (Some(at), by, Stage::Waiting),
            None => (None, "", if item.held_back { Stage::HeldBack } else { Stage::Waiting }),
        }
    } else if item.opinions == 1 {
        (newest(&|d| d.slot.is_some()), "single", Stage::Waiting)
    } else if let Some(at) = counted.iter().copied().find(is_asked).or(lowest(Escalate)) {
        (Some(at), "", Stage::Waiting)
    } else if (counted.len() as i64) < item.opinions {
        (None, "", Stage::NeedsOpinion)
    } else {
        let all: Vec<&Decision> = counted.iter().map(|at| of(*at)).collect();
        let half = counted.len() / 2;
        let rules = counted.iter().max().and_then(|newest| rules(*newest));
        match rules.map(|rules| rules.settle) {
            _ if agree(&all, rules) => (Some(counted[0]), "unanimous", Stage::Waiting),
            Some(Settle::Strictest) => (lowest(Reject).or(lowest(Accept)), "strictest", Stage::Waiting),
            Some(Settle::Majority) if votes(Reject) > half => (lowest(Reject), "majority", Stage::Waiting),
            Some(Settle::Majority) if votes(Accept) > half => (lowest(Accept), "majority", Stage::Waiting),
            _ => (None, "", Stage::Disputed),
        }
    };
    let stage = match record.map(|at| (at, of(at))) {
        None => open,
        Some((at, d)) => match d.verdict {
            Accept => Stage::Accepted,
            Escalate if returns > record => Stage::Returned,
            Escalate => Stage::Escalated,
            Reject => match rules(at).and_then(|rules| rules.attempts).filter(|_| d.categories.contains(&"cold")) {
                None => Stage::Rejected,
                Some(attempts) if item.attempt < attempts => Stage::ToRetry,
                Some(_) if d.made == Made::Answer => Stage::Rejected,
                Some(_) => Stage::Escalated,
            },
        },
    };
    let is_settled = record.is_some_and(|at| of(at).verdict != Escalate);
    (if item.replaced { Stage::Replaced } else { stage }, record, is_settled.then_some(by))
}

fn agree(opinions: &[&Decision], rules: Option<&Rules>) -> bool {
    let same = |values: BTreeSet<String>| values.len() < 2;
    let each = |of: &dyn Fn(&Decision) -> String| same(opinions.iter().map(|d| of(d)).collect());
    let Some(rules) = rules else { return each(&|d| d.verdict.as_str().into()) };
    let severity = |d: &Decision| match &d.categories[..] {
        [] => 0,
        some if some.contains(&"wrong") => 3,
        _ => 1,
    };
    let categories = |d: &Decision| format!("{:?}", d.categories.iter().collect::<BTreeSet<_>>());
    let is_near = |a: Option<i64>, b: Option<i64>| match (a, b) {
        (Some(a), Some(b)) => a.abs_diff(b) < 2,
        (a, b) => a == b,
    };
    (!rules.verdict || each(&|d| d.verdict.as_str().into()))
        && (!rules.severity || each(&|d| severity(d).to_string()))
        && (!rules.categories || each(&categories))
        && (!rules.tone || opinions.iter().all(|a| opinions.iter().all(|b| is_near(a.tone, b.tone))))
}

fn any_decision(dice: &mut Dice, opinions: i64, taken: &mut BTreeSet<i64>) -> Decision {
    let made = match dice.below(13) {
        0 => Made::Adjudication,
        1 | 2 => Made::Answer,
        3 => Made::Check,
        4 => Made::Repeat,
        _ => Made::Opinion,
    };
    let verdict = [Accept, Accept, Reject, Reject, Reject, Escalate][dice.below(6)];
    let stands = !dice.chance(150);
    let free = (1..=opinions).find(|slot| opinions == 1 || !taken.contains(slot));
    let slot = free.filter(|_| made == Made::Opinion && !dice.chance(100));
    taken.extend(slot.filter(|_| stands));
    let categories = match verdict {
        Reject => [vec!["cold"], vec!["wrong"], vec!["cold", "wrong"]][dice.below(3)].clone(),
        Accept | Escalate => Vec::new(),
    };
    let tone = (!dice.chance(200)).then(|| 1 + dice.below(3) as i64);
    Decision { made, verdict, slot, categories, tone, stands }
}

fn any_item(dice: &mut Dice) -> Item {
    let opinions = 1 + dice.below(3) as i64;
    let mut taken = BTreeSet::new();
    let decisions: Vec<Decision> = (0..dice.below(5)).map(|_| any_decision(dice, opinions, &mut taken)).collect();
    Item {
        opinions,
        held_back: dice.chance(200),
        replaced: dice.chance(50),
        attempt: 1 + dice.below(3) as i64,
        decisions,
    }
}

fn any_rules(dice: &mut Dice) -> Option<Rules> {
    (!dice.chance(100)).then(|| Rules {
        verdict: !dice.chance(200),
        severity: dice.chance(300),
        categories: dice.chance(300),
        tone: dice.chance(300),
        settle: [Settle::Adjudicate, Settle::Majority, Settle::Strictest][dice.below(3)],
        attempts: (!dice.chance(400)).then_some(2),
    })
}

fn literal(text: Option<&str>) -> String {
    text.map_or("NULL".into(), |text| format!("'{text}'"))
}

#[test]
fn where_an_item_stands_is_what_the_rules_say() {
    let (w, store, queue) = Workspace::with_items(CASES);
    let (mut dice, mut made, mut expected) = (Dice::new(10), 0, BTreeMap::new());
    let mut sql = Vec::new();
    for seq in 1..=CASES {
        // Each has a version of the spec of its own, for its rules.
        let (item, rules, version) = (any_item(&mut dice), any_rules(&mut dice), seq + 1);
        let bit = i64::from;
        if let Some(rules) = &rules {
            let settle = match rules.settle {
                Settle::Adjudicate => "adjudicate",
                Settle::Majority => "majority",
                Settle::Strictest => "strictest",
            };
            let (retry, most) = (rules.attempts.map(|_| "retryable"), rules.attempts.map(|most| most.to_string()));
            sql.push(format!(
                "INSERT INTO policy (queue_id, spec_version, agree_verdict, agree_severity, agree_categories, settle,
                    asks_more, retry, retry_attempts, retry_route)
                 VALUES ({}, {version}, {}, {}, {}, '{settle}', 0, {}, {}, 'desk')",
                queue.id,
                bit(rules.verdict),
                bit(rules.severity),
                bit(rules.categories),
                literal(retry),
                most.as_deref().unwrap_or("NULL"),
            ));
            sql.push(format!(
                "INSERT INTO policy_failure (queue_id, spec_version, key, severity, retryable)
                 VALUES ({0}, {version}, 'cold', 1, 1), ({0}, {version}, 'wrong', 3, 0)",
                queue.id
            ));
            if rules.tone {
                sql.push(format!("INSERT INTO policy_score VALUES ({}, {version}, 'tone')", queue.id));
            }
        }
        sql.push(format!(
            "UPDATE item SET opinions = {}, held_back = {}, replaced_by = {}, line_attempt = {} WHERE seq = {seq}",
            item.opinions,
            bit(item.held_back),
            if item.replaced { "1" } else { "NULL" },
            item.attempt,
        ));
        let first = made + 1;
        for (place, d) in item.decisions.iter().enumerate() {
            made += 1;
            let (kind, purpose) = match d.made {
                Made::Opinion => ("person", "opinion"),
                Made::Adjudication => ("person", "adjudication"),
                Made::Answer => ("person", "answer"),
                Made::Check => ("check", "opinion"),
                Made::Repeat => ("person", "repeat"),
            };
            let scores = d.tone.map_or(String::new(), |level| format!("\"tone\":{level}"));
            let body = format!(
                r#"{{"categories":{},"scores":{{{scores}}},"note":"why","route":"desk"}}"#,
                serde_json::to_string(&d.categories).unwrap()
            );
            let reviewer = REVIEWERS[place];
            sql.push(format!(
                "INSERT INTO step (seq, queue_id, reviewer, kind, item_seq)
                 VALUES ({made}, {}, '{reviewer}', 'decision', {seq})",
                queue.id
            ));
            sql.push(format!(
                "INSERT INTO decision (seq, id, step_seq, queue_id, item_seq, reviewer, verdict, body, active_millis,
                    spec_version, decided_at, standing, reviewer_kind, purpose, slot)
                 VALUES ({made}, 'd{made}', {made}, {}, {seq}, '{reviewer}', '{}', '{body}', 0, {version}, {T0}, {},
                    '{kind}', '{purpose}', {})",
                queue.id,
                d.verdict.as_str(),
                bit(d.stands),
                d.slot.map_or("NULL".into(), |slot| slot.to_string()),
            ));
        }
        let (stage, record, by) = outcome(&item, |_| rules.as_ref());
        let record = record.filter(|_| stage != Stage::Returned);
        let record = record.map(|at| (first + at, item.decisions[at].verdict.as_str()));
        expected.insert(seq, (stage, record, by, item, rules));
    }
    w.all(&sql);
    let mut found: BTreeMap<&str, i64> = BTreeMap::new();
    for (seq, (stage, record, by, item, rules)) in expected {
        let (row, verdict) = record.unzip();
        let query = format!(
            "SELECT COUNT(*) FROM item_outcome o WHERE o.item_seq = {seq} AND o.stage = '{}'
             AND COALESCE(o.decision_seq, 0) = {} AND COALESCE(o.verdict, '') = '{}'
             AND COALESCE(o.settled_by, '') = '{}'",
            stage.as_str(),
            row.unwrap_or(0),
            verdict.unwrap_or_default(),
            by.unwrap_or_default()
        );
        assert_eq!(w.number(&query), 1, "not {stage:?} by {by:?} of {row:?}: {item:#?} under {rules:#?}");
        *found.entry(stage.as_str()).or_default() += 1;
    }
    assert_eq!(found.len(), Stage::ALL.len(), "each stage came up: {found:?}");

    // The items are put there: the counters and the inbox follow.
    w.sql(
        "UPDATE item SET (decision_seq, verdict, stage, settled_by) = (SELECT o.decision_seq, o.verdict, o.stage,
            o.settled_by FROM item_outcome o WHERE o.item_seq = item.seq)",
    )
    .unwrap();
    let counts = store.counts(&queue).unwrap();
    for stage in Stage::ALL {
        assert_eq!(counts.at(stage), found[stage.as_str()], "{stage:?}");
    }
    assert_eq!(counts.by_check, w.number("SELECT COUNT(*) FROM item WHERE settled_by = 'check'"));
    let asked = w.number(
        "SELECT COUNT(*) FROM escalation e JOIN item i ON i.seq = e.item_seq WHERE e.route <> 'desk'
            OR i.stage NOT IN ('escalated', 'returned') OR (e.returned_at IS NULL) <> (i.stage = 'escalated')",
    );
    assert_eq!(asked, 0, "what is in the inbox waits for an answer");
    let asked = w.number("SELECT COUNT(*) FROM escalation");
    assert_eq!(asked, counts.at(Stage::Escalated) + counts.at(Stage::Returned));
}
