//! The whole life of items on random walks: imports, sampling, checks, claims, opinions, audits,
//! adjudications, answers, attempts, bulks, undos, crashes and new specs come out as a model in
//! plain code says.

mod model;

use super::outcome::{Rules, Settle};
use karat::domain::check::{FailedCheck, Otherwise};
use karat::domain::claim::Claimed;
use karat::domain::decision::{Draft, Judgement, Verdict};
use karat::domain::imported::Record;
use karat::domain::item::{Item, Seq};
use karat::domain::policy::SettledBy;
use karat::domain::queue::{Over, Queue};
use karat::domain::stage::Stage;
use karat::domain::team::Role;
use karat::store::{
    Address, BulkAction, Condition, Fate, ImportOptions, MergeTerms, Merged, Next, Outgoing, Pick, Reverted, Rows,
    Sort, Store, StoreError, UndoScope,
};
use model::{COUNTED_FROM, DAY, Found, HOUR, Judged, LEE, LI, Model, New, PEOPLE, Sampling, Spec, tone};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use support::fixture::*;

/// Items that are decided at the beginning of some walks: from so many on shares are counted.
const SETTLED: usize = COUNTED_FROM as usize + 10;

/// Items at the beginning of a walk; the last of them is the last attempt of its case.
const ITEMS: usize = 4;
const STEPS: usize = 60;

/// How many walks are taken, by one seed; 12 unless the variable says otherwise.
const WALKS: &str = "KARAT_TEST_WALKS";

#[derive(Debug, Clone)]
enum Act {
    DecideNext(Judged),
    /// An item by its number, whatever is decided on it.
    Decide(usize, Judged),
    /// Items by their numbers at once.
    Bulk(Vec<usize>, Judged),
    /// The next item, or this one, is taken and kept.
    Hold(Option<usize>),
    /// What was taken first is decided, if its claim still holds.
    DecideHeld(Judged),
    LetGo,
    /// So many minutes pass, in which claims may expire.
    Wait(i64),
    /// The program ends without letting anything go, and is started again.
    Crash,
    Answer(usize, Judged),
    Defer,
    Decline(usize),
    /// A lead puts an item back, for one person where one is named.
    Reopen(usize, Option<&'static str>),
    Undo,
    Redo,
    Apply(Spec),
    Check(usize, Found),
    Pull(usize),
    /// So many hours pass, and what is due is done.
    Tick(i64),
    /// So many days pass.
    Sleep(i64),
    /// Outputs come in with one import.
    Bring(Vec<Brought>),
}

#[derive(Debug, Clone, Copy)]
struct Brought {
    is_v8: bool,
    found: Found,
    /// Which of a few cases it is an output of.
    case: Option<usize>,
    is_of_y: bool,
    /// Its id names the output before.
    is_named: bool,
}

const PLAIN: Brought = Brought { is_v8: false, found: Found::Nothing, case: None, is_of_y: false, is_named: false };

fn judged() -> impl Strategy<Value = Judged> {
    prop_oneof![
        2 => Just((Verdict::Accept, None)),
        2 => Just((Verdict::Reject, Some("wrong"))),
        2 => Just((Verdict::Reject, Some("cold"))),
        2 => Just((Verdict::Escalate, None)),
    ]
}

fn rules() -> impl Strategy<Value = Rules> {
    let settle = select(vec![Settle::Adjudicate, Settle::Majority, Settle::Strictest]);
    let attempts = select(vec![None, Some(2), Some(3)]);
    let agree = (any::<bool>(), any::<bool>(), any::<bool>());
    (agree, settle, attempts).prop_map(|((severity, categories, tone), settle, attempts)| Rules {
        verdict: true,
        severity,
        categories,
        tone,
        settle,
        attempts,
    })
}

fn spec() -> impl Strategy<Value = Spec> {
    let rates = || select(vec![0.2, 0.5, 0.8, 1.0]);
    let first = prop::option::of(1..4_usize);
    let sampling = (rates(), 1..4_i64, first, rates());
    let sampling = sampling.prop_map(|(v8, opinions, first, rest)| Sampling { v8, opinions, first, rest });
    let rules = prop::option::weighted(0.8, rules());
    let audit = prop::option::weighted(0.3, select(vec![0.4, 1.0]));
    let repeat = prop::option::weighted(0.4, select(vec![0.5, 1.0]));
    let max_share = prop::option::weighted(0.4, select(vec![0.3, 0.45]));
    let (whose, asks_again) = ((any::<bool>(), any::<bool>()), (repeat, max_share));
    (rules, whose, audit, prop::option::of(sampling), asks_again).prop_map(
        |(mut rules, (asks_second, anybody_settles), audit, sampling, (repeat, max_share))| {
            let (repeat, max_share) = (repeat.filter(|_| rules.is_some()), max_share.filter(|_| rules.is_some()));
            let (asks_second, audit) = (asks_second && rules.is_some(), audit.filter(|_| rules.is_some()));
            // Two opinions that differ have no majority: such a spec is refused.
            let asks_two =
                asks_second || audit.is_some() || sampling.as_ref().is_some_and(|sampling| sampling.opinions == 2);
            if let Some(rules) = rules.as_mut().filter(|rules| asks_two && rules.settle == Settle::Majority) {
                rules.settle = Settle::Adjudicate;
            }
            Spec { rules, asks_second, audit, anybody_settles, sampling, repeat, max_share }
        },
    )
}

fn act() -> impl Strategy<Value = Act> {
    let item = || 0..ITEMS * 3;
    let found = || {
        let all = vec![Found::Nothing, Found::Shape, Found::Tidy, Found::Law, Found::Long];
        prop_oneof![3 => Just(Found::Nothing), 2 => select(all)]
    };
    let case = prop::option::weighted(0.7, 0..3_usize);
    let brought = (any::<bool>(), found(), case, any::<bool>(), any::<bool>())
        .prop_map(|(is_v8, found, case, is_of_y, is_named)| Brought { is_v8, found, case, is_of_y, is_named });
    let settling = judged().prop_map(|judged| if judged.0 == Verdict::Escalate { ACCEPTED } else { judged });
    prop_oneof![
        12 => judged().prop_map(Act::DecideNext),
        8 => (item(), judged()).prop_map(|(item, judged)| Act::Decide(item, judged)),
        3 => (prop::collection::vec(item(), 1..6), settling).prop_map(|(items, judged)| Act::Bulk(items, judged)),
        4 => prop::option::weighted(0.3, item()).prop_map(Act::Hold),
        4 => judged().prop_map(Act::DecideHeld),
        1 => Just(Act::LetGo),
        1 => (1..7_i64).prop_map(Act::Wait),
        1 => Just(Act::Crash),
        8 => (item(), judged()).prop_map(|(item, judged)| Act::Answer(item, judged)),
        1 => Just(Act::Defer),
        2 => item().prop_map(Act::Decline),
        3 => (item(), prop::option::of(select(PEOPLE.to_vec()))).prop_map(|(item, to)| Act::Reopen(item, to)),
        6 => Just(Act::Undo),
        4 => Just(Act::Redo),
        2 => spec().prop_map(Act::Apply),
        2 => (item(), found()).prop_map(|(item, found)| Act::Check(item, found)),
        1 => item().prop_map(Act::Pull),
        2 => (0..5_i64).prop_map(Act::Tick),
        1 => (1..3_i64).prop_map(Act::Sleep),
        4 => prop::collection::vec(brought, 1..4).prop_map(Act::Bring),
    ]
}

#[test]
fn the_life_of_items_is_what_the_model_says() {
    let cases = std::env::var(WALKS).map_or(12, |number| number.parse().unwrap());
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 400, ..Config::default() };
    let seed = [10; 32];
    println!("{cases} walks from the seed {seed:?}");
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed));
    let steps = prop::collection::vec((select(PEOPLE.to_vec()), act()), 1..STEPS);
    let walk = runner.run(&(spec(), prop::bool::weighted(0.3), steps), |(spec, is_settled, steps)| {
        let mut walker = Walker::new(&spec);
        if is_settled {
            walker.settle_many();
        }
        let mut moments = Vec::new();
        for (number, (who, act)) in steps.iter().enumerate() {
            walker.model.now += 1; // moments are told apart
            walker.step(who, act);
            walker.compare(&format!("step {number}, {who}: {act:?}"));
            if number % 50 == 49 {
                walker.compare_exports();
            }
            if number % 7 == 3 {
                moments.push((walker.model.now, told(&walker.store)));
            }
        }
        walker.compare_exports();
        for (at, expected) in moments {
            let then = walker.workspace.open().at(at).unwrap();
            assert_eq!(told(&then), expected, "{} ms after the beginning", at - T0);
        }
        assert_sound(&walker.store);
        Ok(())
    });
    walk.unwrap_or_else(|failed| panic!("{failed}"));
}

/// A workspace goes apart for a while: the copy goes its own way, comes home as the model says, and what is done
/// afterwards is done as if all had been done here.
#[test]
fn what_was_done_in_a_copy_comes_home() {
    let cases = std::env::var(WALKS).map_or(6, |number| number.parse().unwrap());
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 400, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &[11; 32]));
    let steps = |most: usize| prop::collection::vec((select(PEOPLE.to_vec()), act()), 1..most);
    let walk =
        runner.run(&(spec(), steps(30), steps(20), steps(20), steps(20)), |(spec, before, here, there, after)| {
            let mut walker = Walker::new(&spec);
            let go = |walker: &mut Walker, steps: &[(&'static str, Act)]| {
                for (number, (who, act)) in steps.iter().enumerate() {
                    walker.step(who, act);
                    walker.compare(&format!("step {number}, {who}: {act:?}"));
                }
            };
            go(&mut walker, &before);
            let mut copy = walker.go_apart();
            go(&mut copy, &there);
            go(&mut walker, &here);
            walker.merge(&copy);
            go(&mut walker, &after);
            assert_sound(&walker.store);
            Ok(())
        });
    walk.unwrap_or_else(|failed| panic!("{failed}"));
}

const ACCEPTED: Judged = (Verdict::Accept, None);

/// What a workspace tells, in lines: the exports, the figures and the version of the spec.
fn told(store: &Store) -> Vec<String> {
    let queue = store.queue("replies").unwrap();
    let mut lines = vec![format!("version {}", queue.spec.version)];
    for rows in [Rows::Items, Rows::Decisions] {
        let each = |row: Outgoing| -> karat::store::Result<()> {
            let Outgoing { decision, place, standing, second_opinion, .. } = &row;
            lines.push(format!("{rows:?} {} {} {place:?} {standing} {second_opinion}", row.id(), decision.id));
            Ok(())
        };
        store.outgoing(&queue, rows, &[], &Condition::default(), None, each).unwrap();
    }
    let by = ["verdict".parse().unwrap(), "category".parse().unwrap()];
    let figures = store.figures(queue.actor("pm", T0), &by, None, &Condition::default()).unwrap();
    // What was deferred is known of now alone.
    lines.extend(figures.into_iter().map(|group| format!("{:?}", karat::store::Figures { deferred: None, ..group })));
    lines
}

/// An item that somebody has before them.
struct Held {
    item: usize,
    token: String,
    /// The number of the claim.
    claim: usize,
}

struct Walker {
    workspace: Workspace,
    store: Store,
    queue: Queue,
    model: Model,
    /// The rows of the items, in the order of the model's.
    seqs: Vec<Seq>,
    /// What each has taken and kept.
    held: BTreeMap<&'static str, Vec<Held>>,
    /// Of the items after the first ones, so many are left as they are.
    settled: usize,
}

const CHECKS: &str = r#"
[[check]]
key = "shape"
matches = 'x'
otherwise = "reject"
failure = "wrong"
[[check]]
key = "tidy"
matches = 'x'
otherwise = "reject"
failure = "cold"
[[check]]
key = "law"
forbids = 'y'
otherwise = "escalate"
route = "desk"
[[check]]
key = "long"
max_chars = 3
otherwise = "flag"
"#;

/// Where items go, and who answers there.
fn routes() -> String {
    let lead = "name = \"Lead\"\nowner = \"lee\"\ndue_hours = 4\noverdue = \"desk\"\nreturns = \"reviewer\"";
    SPEC.replace("name = \"Lead\"", lead)
        .replace("name = \"Policy desk\"", "name = \"Policy desk\"\nowner = \"li\"\ndue_hours = 2")
        .replace("name = \"Cold\"", "name = \"Cold\"\nretryable = true")
}

fn source(spec: &Spec) -> String {
    let mut text = routes() + CHECKS;
    if let Some(sampling) = &spec.sampling {
        let Sampling { v8, opinions, first, rest } = sampling;
        let first = first.map_or(String::new(), |first| format!("first = {first}\n"));
        let v8 = format!("key = \"v8\"\nwhen = \"prompt_version:v8\"\n{first}rate = {v8:?}\nopinions = {opinions}");
        write!(text, "[[sample]]\n{v8}\n[[sample]]\nkey = \"rest\"\nrate = {rest:?}\n").unwrap();
    }
    let Some(rules) = &spec.rules else { return text };
    let agree = [
        ("verdict", rules.verdict),
        ("severity", rules.severity),
        ("categories", rules.categories),
        ("score.tone", rules.tone),
    ];
    let agree: Vec<&str> = agree.into_iter().filter(|(_, is_asked)| *is_asked).map(|(word, _)| word).collect();
    let settle = match rules.settle {
        Settle::Adjudicate => "adjudicate",
        Settle::Majority => "majority",
        Settle::Strictest => "strictest",
    };
    let adjudicator = if spec.anybody_settles { "reviewer" } else { LEE };
    write!(text, "[review]\nagree = {agree:?}\nsettle = {settle:?}\nadjudicator = {adjudicator:?}\n").unwrap();
    if spec.asks_second {
        text.push_str("second_opinion = \"verdict:reject severity:critical\"\n");
    }
    if let Some(share) = spec.audit {
        writeln!(text, "audit = {share:?}").unwrap();
    }
    if let Some(share) = spec.repeat {
        writeln!(text, "repeat = {{ share = {share:?}, after_days = 1 }}").unwrap();
    }
    if let Some(share) = spec.max_share {
        writeln!(text, "max_share = {share:?}").unwrap();
    }
    if let Some(attempts) = rules.attempts {
        write!(text, "[retry]\nwhen = \"retryable\"\nattempts = {attempts}\nthen = \"desk\"\n").unwrap();
    }
    text
}

/// A fate with whose verdict it gives way to; why something is left out is not told apart.
fn became(fate: &Fate) -> String {
    match fate {
        Fate::LeftOut(_) => "LeftOut".into(),
        Fate::Settled { of_record, by } => format!("Settled({of_record:?}, {by:?})"),
        Fate::SecondOpinion { of_record, by } => format!("SecondOpinion({of_record:?}, {by:?})"),
        Fate::Added | Fate::Undone | Fate::Superseded => format!("{fate:?}"),
    }
}

fn judgement((verdict, category): Judged) -> Judgement {
    let mut judgement = match (verdict, category) {
        (Verdict::Reject, Some(category)) => reject(category),
        (Verdict::Escalate, _) => escalate(),
        _ => accept(),
    };
    let level = tone((verdict, category));
    judgement.draft_mut().scores = level.map(|level| ("tone".to_owned(), level as _)).into_iter().collect();
    judgement
}

fn imported(new: &New) -> Record {
    let mut record = record(Item {
        case: new.case.clone(),
        attempt: new.number,
        model: Some(new.model.into()),
        prompt_version: Some(if new.is_v8 { "v8" } else { "v7" }.into()),
        ..plain(&new.id)
    });
    record.failed = failed(new.found);
    record
}

fn failed(found: Found) -> Vec<FailedCheck> {
    let outcome = match found {
        Found::Shape | Found::Tidy => Otherwise::Reject,
        Found::Law => Otherwise::Escalate,
        Found::Long | Found::Nothing => Otherwise::Flag,
    };
    found.key().map(|key| FailedCheck { key: key.into(), outcome, reason: "is wrong".into() }).into_iter().collect()
}

impl Walker {
    fn new(spec: &Spec) -> Self {
        let workspace = Workspace::new();
        let store = workspace.open();
        let parsed = karat::spec::parse(&source(spec)).unwrap();
        store.apply_spec(&parsed, &source(spec), LEE, T0).unwrap();
        // On a server the roles are logins.
        let is_team = matches!(workspace.place(), Address::File(_));
        for person in PEOPLE.into_iter().filter(|person| is_team && *person != LEE) {
            store.grant(person, Role::Reviewer, None, LEE, T0).unwrap();
        }
        let queue = store.queue("replies").unwrap();
        let mut model = Model::new(is_team);
        model.apply(queue.spec.version, spec);
        let mut walker = Self { workspace, store, queue, model, seqs: Vec::new(), held: BTreeMap::new(), settled: 0 };
        (0..ITEMS).for_each(|number| walker.bring(&[Brought { is_v8: number % 2 == 0, ..PLAIN }]));
        walker.workspace.sql(&format!("UPDATE item SET line_attempt = 3 WHERE id = 'i{ITEMS}'")).unwrap();
        walker.model.is_last_attempt(ITEMS - 1);
        walker
    }

    /// A copy of all of it, which goes on by the same rules. Claims stay behind.
    fn go_apart(&mut self) -> Self {
        PEOPLE.into_iter().for_each(|who| self.let_go(who));
        self.model.now += HOUR;
        let workspace = Workspace::unmade();
        let mut moving = self.store.begin_move(workspace.place()).unwrap();
        while moving.advance().unwrap() {}
        let store = moving.finish().unwrap().store;
        let queue = store.queue("replies").unwrap();
        let (mut model, seqs) = (self.model.clone(), self.seqs.clone());
        model.leave();
        Self { workspace, store, queue, model, seqs, held: BTreeMap::new(), settled: self.settled }
    }

    /// Brings many items and decides them, so that shares are counted.
    fn settle_many(&mut self) {
        (0..SETTLED).for_each(|_| self.bring(&[PLAIN]));
        for item in ITEMS..ITEMS + SETTLED {
            self.decide(["ana", "ben", "ana", "cy"][item % 4], item, ACCEPTED);
        }
        self.settled = SETTLED;
        self.compare("many were decided");
    }

    /// Takes in what was decided in a copy, once.
    fn merge(&mut self, copy: &Self) {
        PEOPLE.into_iter().for_each(|who| self.let_go(who));
        self.model.now = self.model.now.max(copy.model.now) + 1;
        let now = self.model.now;
        let terms = |dry_run| MergeTerms { name: "copy", actor: LEE, dry_run, now };
        let merge = |dry_run| {
            let mut fates = Vec::new();
            let each = |one: Merged| fates.push((one.item, one.decision.reviewer, became(&one.fate)));
            self.store.merge(&copy.store, terms(dry_run), each).unwrap();
            fates
        };
        let told = merge(true);
        assert_eq!(merge(false), told, "a dry run tells what comes");
        let versions = self.versions_of(copy);
        let expected = self.model.merge(&copy.model, &versions).into_iter();
        let expected: Vec<_> = expected.map(|(item, who, fate)| (item, who.to_owned(), format!("{fate:?}"))).collect();
        assert_eq!(told, expected, "what becomes of the decisions of a copy");
        assert_sound(&self.store);
        self.compare("the copy came home");
        self.compare_exports();
        let again = self.store.merge(&copy.store, terms(false), |one| {
            assert!(matches!(one.fate, Fate::LeftOut(_)), "once: {one:?}");
        });
        again.unwrap();
    }

    /// Which versions of the copy's spec are here, and as which: the same text under its own number, else under
    /// its last.
    fn versions_of(&self, copy: &Self) -> BTreeMap<i64, i64> {
        let here = &self.model.specs;
        let same = |(version, spec): (&i64, &Spec)| {
            let is_here = |at: &i64| here.get(at).is_some_and(|here| source(here) == source(spec));
            let found = Some(*version).filter(is_here).or_else(|| here.keys().copied().rfind(is_here));
            found.map(|at| (*version, at))
        };
        copy.model.specs.iter().filter_map(same).collect()
    }

    fn step(&mut self, who: &'static str, act: &Act) {
        let settled = self.settled;
        let at = |item: &usize| match item % (self.seqs.len() - settled) {
            item if item < ITEMS => item,
            item => item + settled,
        };
        match act {
            Act::DecideNext(judged) => self.decide_next(who, *judged),
            Act::Decide(item, judged) => self.decide(who, at(item), *judged),
            Act::Bulk(items, judged) => self.bulk(who, items.iter().map(at).collect(), *judged),
            Act::Hold(item) => self.hold(who, item.as_ref().map(at)),
            Act::DecideHeld(judged) => self.decide_held(who, *judged),
            Act::LetGo => self.let_go(who),
            Act::Wait(minutes) => self.model.now += minutes * MINUTE,
            Act::Crash => self.crash(),
            Act::Answer(item, judged) => self.answer(who, at(item), *judged),
            Act::Defer => self.defer(who),
            Act::Decline(item) => self.decline(who, at(item)),
            Act::Reopen(item, to) => self.reopen(at(item), *to),
            Act::Undo => self.undo(who),
            Act::Redo => self.redo(who),
            Act::Apply(spec) => self.apply(spec),
            Act::Check(item, found) => self.check(at(item), *found),
            Act::Pull(item) => self.pull(at(item)),
            Act::Tick(hours) => self.tick(who, *hours),
            Act::Sleep(days) => self.model.now += days * DAY,
            Act::Bring(batch) => self.bring(batch),
        }
    }

    /// The next item, which the model expects.
    fn next(&mut self, who: &'static str) -> Option<Held> {
        let next = self.store.next(self.queue.actor(who, self.model.now), Pick::default()).unwrap();
        self.taken(who, next)
    }

    fn taken(&mut self, who: &'static str, next: Next) -> Option<Held> {
        let expected = self.model.next(who);
        let expected_id = expected.map(|item| &self.model.items[item].id);
        match next {
            Next::Item(served) => {
                assert_eq!(Some(&served.item.id), expected_id, "served to {who}");
                let item = expected.unwrap();
                Some(Held { item, token: token(&served.claimed), claim: self.model.take(who, item) })
            }
            Next::End(end) => {
                assert_eq!(expected_id, None, "{who} is served nothing");
                assert_eq!(end.deferred, self.model.waiting_deferred(who), "deferred by {who}");
                assert_eq!(end.declined, self.model.waiting_declined(who), "declined by {who}");
                let claimed: BTreeMap<String, i64> =
                    end.claimed.into_iter().map(|claimant| (claimant.reviewer, claimant.items)).collect();
                assert_eq!(claimed, self.model.claimants(who), "claimed by others than {who}");
                None
            }
        }
    }

    fn release(&mut self, held: &Held) {
        self.store.release(self.seqs[held.item], &held.token).unwrap();
        self.model.drop_claim(held.claim);
    }

    fn hold(&mut self, who: &'static str, item: Option<usize>) {
        let held = match item {
            None => self.next(who),
            Some(item) => {
                let served = self.store.show(self.queue.actor(who, self.model.now), self.seqs[item]).unwrap();
                let claim = if self.model.has_declined(who, item) { None } else { self.model.claim(who, item) };
                let token = match served.claimed {
                    Claimed::Mine(claim) => Some(claim.token),
                    _ => None,
                };
                assert_eq!(token.is_some(), claim.is_some(), "{who} is shown {}", self.model.items[item].id);
                token.zip(claim).map(|(token, claim)| Held { item, token, claim })
            }
        };
        self.held.entry(who).or_default().extend(held);
    }

    fn decide_held(&mut self, who: &'static str, judged: Judged) {
        let held = self.held.entry(who).or_default();
        if held.is_empty() {
            return;
        }
        let held = held.remove(0);
        let judged = self.decidable(held.item, judged);
        let actor = self.queue.actor(who, self.model.now).over(Over::Anybody);
        let decided = self.store.decide(actor, self.seqs[held.item], &held.token, &judgement(judged));
        self.decided(who, &held, judged, decided.map(|(_, next)| next), "a decision on what was taken");
    }

    /// A decision under a claim comes to what the model says, and so does the item that is next.
    fn decided(
        &mut self,
        who: &'static str,
        held: &Held,
        judged: Judged,
        decided: karat::store::Result<Next>,
        what: &str,
    ) {
        let expected = self.model.decide(who, held.item, held.claim, judged);
        agree(decided.as_ref().map(drop), expected, what);
        let next = match decided {
            Ok(next) => self.taken(who, next),
            Err(_) => Some(Held { token: held.token.clone(), ..*held }),
        };
        if let Some(next) = next {
            self.release(&next);
        }
    }

    fn let_go(&mut self, who: &'static str) {
        for held in self.held.remove(who).unwrap_or_default() {
            self.release(&held);
        }
    }

    fn crash(&mut self) {
        self.store = self.workspace.open();
        self.model.start_again();
    }

    /// An adjudicator decides what an escalation would only put off.
    fn decidable(&self, item: usize, judged: Judged) -> Judged {
        let settles = self.model.stage(item) == Stage::Disputed && judged.0 == Verdict::Escalate;
        if settles { (Verdict::Accept, None) } else { judged }
    }

    fn decide_next(&mut self, who: &'static str, judged: Judged) {
        let Some(held) = self.next(who) else { return };
        let judged = self.decidable(held.item, judged);
        let actor = self.queue.actor(who, self.model.now);
        let decided = self.store.decide(actor, self.seqs[held.item], &held.token, &judgement(judged));
        self.decided(who, &held, judged, decided.map(|(_, next)| next), "a decision on what is served");
    }

    fn decide(&mut self, who: &'static str, item: usize, judged: Judged) {
        let judged = self.decidable(item, judged);
        let actor = self.queue.actor(who, self.model.now).over(Over::Anybody);
        let decided = self.store.decide_at_once(actor, &self.model.items[item].id, &judgement(judged));
        agree(decided.as_ref().map(drop), self.model.decide_at_once(who, item, judged), "a decision");
    }

    fn bulk(&mut self, who: &'static str, items: BTreeSet<usize>, judged: Judged) {
        let items: Vec<usize> = items.into_iter().collect();
        let seqs = items.iter().map(|item| self.seqs[*item]).collect();
        let actor = self.queue.actor(who, self.model.now);
        let outcome = self.store.bulk(actor, seqs, BulkAction::Decide(judgement(judged))).unwrap();
        assert_eq!(outcome.changed, self.model.bulk(who, &items, judged), "{who} decides many");
    }

    fn answer(&mut self, who: &'static str, item: usize, judged: Judged) {
        let mut answer = judgement(judged);
        if judged.0 == Verdict::Escalate {
            answer = Judgement::new(judged.0, Draft { note: "you decide".into(), ..Draft::default() });
        }
        let answered = self.store.answer(self.queue.actor(who, self.model.now), &self.model.items[item].id, &answer);
        agree(answered.as_ref().map(drop), self.model.answer(who, item, judged), "an answer");
    }

    fn defer(&mut self, who: &'static str) {
        let Some(held) = self.next(who) else { return };
        self.store.defer(self.queue.actor(who, self.model.now), self.seqs[held.item], &held.token).unwrap();
        self.model.drop_claim(held.claim);
        self.model.defer(who, held.item);
    }

    fn decline(&mut self, who: &'static str, item: usize) {
        let declined = self.store.decline(self.queue.actor(who, self.model.now), self.seqs[item], "field");
        agree(declined.as_ref().map(drop), self.model.decline(who, item), "a refusal");
    }

    fn reopen(&mut self, item: usize, to: Option<&'static str>) {
        // On a server the people of the walk are no logins, for whom nothing is put back.
        let to = to.filter(|_| matches!(self.workspace.place(), Address::File(_)));
        let reopened = self.store.reopen(self.queue.actor(LEE, self.model.now), self.seqs[item], "look again", to);
        agree(reopened.as_ref().map(drop), self.model.reopen(item, to), "a reopening");
    }

    fn undo(&mut self, who: &'static str) {
        let undone = self.store.undo(self.queue.actor(who, self.model.now), UndoScope::Anything);
        let expected = self.model.undo(who);
        self.turned(undone, expected, "an undo");
    }

    fn redo(&mut self, who: &'static str) {
        let redone = self.store.redo(self.queue.actor(who, self.model.now));
        let expected = self.model.redo(who);
        self.turned(redone, expected, "a redo");
    }

    /// What was turned is shown, and let go.
    fn turned(&self, turned: karat::store::Result<Option<Reverted>>, expected: Result<Option<usize>, ()>, what: &str) {
        let expected = expected.map(|item| item.map(|item| self.model.items[item].id.clone()));
        match (turned, expected) {
            (Ok(turned), Ok(expected)) => {
                if let Some(Reverted { served, .. }) = &turned
                    && let Claimed::Mine(claim) = &served.claimed
                {
                    self.store.release(served.seq, &claim.token).unwrap();
                }
                assert_eq!(turned.map(|turned| turned.served.item.id), expected, "{what}");
            }
            (Err(error), Err(())) => assert!(is_refused(&error), "{what}: {error:?}"),
            (turned, expected) => panic!("{what}: the store says {turned:?}, the model {expected:?}"),
        }
    }

    fn apply(&mut self, spec: &Spec) {
        let source = source(spec);
        let parsed = karat::spec::parse(&source).unwrap();
        self.store.apply_spec(&parsed, &source, LEE, self.model.now).unwrap();
        self.queue = self.store.queue("replies").unwrap();
        self.model.apply(self.queue.spec.version, spec);
    }

    fn check(&mut self, item: usize, found: Found) {
        let lead = self.queue.actor(LEE, self.model.now);
        let decided = self.store.renew_checks(lead, &[(self.seqs[item], failed(found))]).unwrap();
        assert_eq!(decided == 1, self.model.check(item, found), "a check decides");
    }

    fn pull(&mut self, item: usize) {
        let pulled = self.store.pull(self.queue.actor(LEE, self.model.now), &[self.seqs[item]], "look").unwrap();
        assert_eq!(pulled == 1, self.model.pull(item), "an item is pulled");
    }

    fn tick(&mut self, who: &str, hours: i64) {
        let moved = self.model.tick(hours);
        let asked = self.store.tick(who, self.model.now).unwrap();
        let asked: BTreeSet<String> = asked.into_iter().map(|asked| asked.item).collect();
        assert_eq!(asked, moved.into_iter().collect(), "what is overdue goes on");
        assert!(self.store.tick(LI, self.model.now).unwrap().is_empty(), "and does so once");
    }

    fn bring(&mut self, batch: &[Brought]) {
        let mut coming: Vec<New> = Vec::new();
        for brought in batch {
            coming.push(self.coming(*brought, &coming));
        }
        let records: Vec<Record> = coming.iter().map(imported).collect();
        let options = ImportOptions { update: false, dry_run: false };
        let now = self.model.now;
        let mut session = self.store.begin_import(&self.queue, "items.jsonl", options, LEE, now).unwrap();
        self.store.import_records(&mut session, records.iter(), now).unwrap();
        self.store.end_import(session, &serde_json::json!({}), now).unwrap();
        self.model.bring(&coming);
        self.seqs.extend(coming.iter().map(|new| self.store.seq_of(&self.queue, &new.id).unwrap()));
    }

    fn coming(&self, brought: Brought, before: &[New]) -> New {
        let Brought { is_v8, found, case, is_of_y, is_named } = brought;
        // The first item names no case, and its id is one.
        let case = case.map(|case| if case == 0 { "i1".to_owned() } else { format!("case-{case}") });
        let (number, last) = case.as_ref().map_or((1, None), |case| self.model.next_of_case(case));
        let number = number + before.iter().filter(|new| case.is_some() && new.case == case).count() as i64;
        let id = match last.filter(|_| is_named) {
            Some(last) => format!("{last}~{number}"),
            None => format!("i{}", self.seqs.len() + before.len() + 1),
        };
        New { id, case, number, model: if is_of_y { "y" } else { "x" }, is_v8, found }
    }

    /// Where each item stands, the counters and the inboxes are what the model says.
    fn compare(&mut self, after: &str) {
        assert!(!self.store.count_groups(std::time::Duration::from_secs(60)).unwrap(), "shares are counted");
        self.model.count();
        let rows = self.store.browse(&self.seqs, "ana", self.model.now).unwrap();
        let counts = self.store.counts(&self.queue).unwrap();
        let mut expected_counts = [0; Stage::ALL.len()];
        let mut by_check = 0;
        for (item, row) in rows.iter().enumerate() {
            let (stage, (record, by)) = (self.model.stage(item), self.model.record(item));
            let of = &self.model.items[item];
            let expected = (stage, of.opinions, by, record.map(|record| (record.who, record.decision.verdict)));
            let found = row.decision.as_ref().map(|made| (made.reviewer.as_str(), made.judgement.verdict));
            let settled_by = row.standing.settled_by.map(SettledBy::as_str);
            assert_eq!(
                (row.standing.stage, row.standing.opinions, settled_by, found),
                expected,
                "{} after {after}",
                of.id
            );
            assert_eq!(
                (row.standing.chance, row.standing.rule.as_deref()),
                (of.chance, of.rule),
                "{} after {after}",
                of.id
            );
            assert_eq!(row.standing.checks, of.found.key().into_iter().collect::<Vec<_>>(), "{} after {after}", of.id);
            let next = of.replaced_by.map(|next| &self.model.items[next].id);
            assert_eq!(row.standing.replaced_by.as_ref(), next, "{} after {after}", of.id);
            let claimed_by = self.model.claimed_by(item);
            let is_told = |who: &String| claimed_by.contains(&who.as_str());
            assert!(row.claimed_by.as_ref().map_or(claimed_by.is_empty(), is_told), "{} after {after}", of.id);
            expected_counts[Stage::ALL.iter().position(|known| *known == stage).unwrap()] += 1;
            by_check += i64::from(by == Some("check") && stage != Stage::Replaced);
        }
        assert_eq!(Stage::ALL.map(|stage| counts.at(stage)), expected_counts, "counters after {after}");
        assert_eq!(counts.by_check, by_check, "decided by checks after {after}");
        for who in [LEE, LI] {
            let asked = self.store.inbox(who, None, 100).unwrap();
            let read = |asked: &karat::store::Asked| {
                let of = &asked.asked;
                (asked.item.clone(), of.route.clone().unwrap_or_default(), of.by.clone(), of.due_at.unwrap_or_default())
            };
            let expected = self.model.inbox(who).into_iter();
            let expected: BTreeSet<_> =
                expected.map(|(item, route, by, due)| (item, route.to_owned(), by.to_owned(), due)).collect();
            assert_eq!(asked.iter().map(read).collect::<BTreeSet<_>>(), expected, "inbox of {who} after {after}");
        }
    }

    /// The rows of both exports are what the model says.
    fn compare_exports(&self) {
        let of_record = |item: usize| {
            let (record, by) = self.model.record(item);
            let of = &self.model.items[item];
            record.map(|record| {
                let decision = &record.decision;
                let place = format!(
                    "{} {} {:?} {:?} {:?}",
                    self.model.stage(item).as_str(),
                    of.opinions,
                    by,
                    of.chance,
                    of.rule
                );
                format!("{} {} {} {place}", of.id, record.who, decision.verdict.as_str())
            })
        };
        let expected: Vec<String> = (0..self.seqs.len()).filter_map(of_record).collect();
        let found = self.export(Rows::Items, |row| {
            let place = &row.place;
            let by = place.settled_by.map(SettledBy::as_str);
            let place = format!(
                "{} {} {by:?} {:?} {:?}",
                place.stage.as_str(),
                place.opinions,
                place.chance,
                place.rule.as_deref()
            );
            format!("{} {} {} {place}", row.id(), row.decision.reviewer, row.decision.judgement.verdict.as_str())
        });
        assert_eq!(found, expected, "the export of items");
        let each = self.model.items.iter().flat_map(|item| item.given.iter().map(move |given| (item, given)));
        let expected: Vec<String> = each
            .filter(|(_, given)| !given.undone)
            .map(|(item, given)| {
                let decision = &given.decision;
                let (verdict, slot, stands) = (decision.verdict.as_str(), decision.slot, decision.stands);
                format!("{} {} {verdict} {:?} {slot:?} {stands}", item.id, given.who, decision.made)
            })
            .collect();
        let found = self.export(Rows::Decisions, |row| {
            use super::outcome::Made;
            use karat::domain::policy::{Purpose, ReviewerKind};
            let part = &row.decision.part;
            let made = match part.purpose {
                _ if part.reviewer_kind == ReviewerKind::Check => Made::Check,
                Purpose::Adjudication => Made::Adjudication,
                Purpose::Answer => Made::Answer,
                Purpose::Repeat => Made::Repeat,
                _ => Made::Opinion,
            };
            let (verdict, slot) = (row.decision.judgement.verdict.as_str(), part.slot);
            format!("{} {} {verdict} {made:?} {slot:?} {}", row.id(), row.decision.reviewer, row.standing)
        });
        assert_eq!(found, expected, "the export of decisions");
        let listing = self.store.whole_listing(&self.queue, Condition::default(), Sort::default()).unwrap();
        assert_eq!(listing.seqs().len(), self.seqs.len());
    }

    fn export(&self, rows: Rows, line: impl Fn(&Outgoing) -> String) -> Vec<String> {
        let mut lines = Vec::new();
        let each = |row: Outgoing| -> karat::store::Result<()> {
            lines.push(line(&row));
            Ok(())
        };
        self.store.outgoing(&self.queue, rows, &[], &Condition::default(), None, each).unwrap();
        lines
    }
}

/// The store does what the model does, or refuses what it refuses.
fn agree(done: Result<(), &StoreError>, expected: bool, what: &str) {
    match (done, expected) {
        (Ok(()), true) => {}
        (Err(error), false) => assert!(is_refused(error), "{what}: {error:?}"),
        (done, expected) => panic!("{what}: the store says {done:?}, the model {expected}"),
    }
}

fn is_refused(error: &StoreError) -> bool {
    matches!(
        error,
        StoreError::Decided(_)
            | StoreError::Settled { .. }
            | StoreError::Replaced { .. }
            | StoreError::Declined { .. }
            | StoreError::NotDeclined { .. }
            | StoreError::NotReopened { .. }
            | StoreError::Claimed { .. }
            | StoreError::ClaimLost { .. }
            | StoreError::NoOpinionAsked { .. }
            | StoreError::Unasked(_)
            | StoreError::Forbidden(_)
    )
}
