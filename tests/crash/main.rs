//! Killed at any moment: what was acknowledged is there, nothing is half, and the work
//! can be finished.

mod moving;

use karat::domain::decision::Draft;
use karat::domain::item::Seq;
use karat::domain::queue::Queue;
use karat::domain::stage::Stage;
use karat::store::{BulkAction, Condition, Next, Rows, Sort, Store, UndoScope};
use rustix::process::{Pid, Signal, kill_process};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};
use support::dice::Dice;
use support::fixture::{T0, Workspace, accept, assert_sound, reject, serve};
use support::program::{Outcome, Program, SPEC, assert_tells, items};
use support::{child, overdue, wait};

const ROUNDS: u64 = 25;

#[test]
fn a_killed_import_is_finished_by_the_next() {
    let start = Program::with_items(20);
    start.accept("i7");
    // Some are in, one of them is decided; many share their context; two cannot come in.
    let file = items(1..=3000) + "broken\n" + &items(3001..=5000) + "broken too\n";
    let whole = time_of(|| {
        let program = copy_of(&start, &file);
        assert_eq!(program.import(&["more.jsonl"]), ((4980, 20, 2), Some(3)));
    });
    let mut dice = Dice::new(1);
    let (mut round, mut in_between) = (0, 0);
    while !is_enough(round, ROUNDS, in_between) {
        round += 1;
        let program = copy_of(&start, &file);
        let mut command = program.command();
        kill_within(command.args(["import", "replies", "more.jsonl"]), whole, &mut dice);

        let store = Store::open(program.db()).unwrap();
        assert_sound(&store);
        let queue = store.queue("replies").unwrap();
        let found = store.counts(&queue).unwrap();
        assert_eq!(found.at(Stage::Accepted), 1, "round {round}");
        in_between += u64::from((21..5000).contains(&found.items));
        drop(store);

        let (there, new) = (found.items as u64, 5000 - found.items as u64);
        assert_eq!(program.import(&["more.jsonl"]), ((new, there, 2), Some(3)), "round {round}");
        assert_eq!(program.read("more.jsonl.rejects.jsonl").lines().count(), 2, "round {round}");
        assert_eq!(program.import(&["more.jsonl"]), ((0, 5000, 2), Some(3)), "exactly the file's items");
        assert_sound(&Store::open(program.db()).unwrap());
        let raw = rusqlite::Connection::open(program.db()).unwrap();
        let documents: i64 = raw.query_row("SELECT COUNT(*) FROM document", [], |row| row.get(0)).unwrap();
        assert_eq!(documents, 7, "round {round}: each context document once");
    }
}

/// At least so many rounds, and until one was killed between two transactions: which that is depends on the
/// machine.
fn is_enough(rounds: u64, least: u64, in_between: u64) -> bool {
    assert!(rounds < 20 * least, "none of {rounds} rounds was killed between two transactions");
    rounds >= least && in_between > 0
}

/// Kills a run at any moment of the time that it takes.
fn kill_within(command: &mut Command, whole: Duration, dice: &mut Dice) {
    let child = command.spawn().unwrap();
    dice.pause(whole);
    kill(child);
}

fn kill(mut child: Child) -> Output {
    child.kill().unwrap();
    wait::end_of(child)
}

/// A workspace of its own in the state of another, with a file to import.
fn copy_of(program: &Program, file: &str) -> Program {
    let copy = Program::new();
    std::fs::copy(program.db(), copy.db()).unwrap();
    copy.write("more.jsonl", file);
    copy
}

fn time_of(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

#[test]
fn every_acknowledged_decision_and_draft_outlives_its_process() {
    let (workspace, store, queue) = Workspace::in_file().filled(1500);
    drop(store);
    let mut dice = Dice::new(2);
    let mut decided = BTreeMap::new();
    let mut asked = 0;
    for round in 0..ROUNDS {
        let child = child::role("reviewer", workspace.path(), round).spawn().unwrap();
        let decisions = dice.below(30);
        let told = kill_after(child, decisions, &mut dice);
        asked += decisions;
        let mut store = workspace.open();
        let draft = take_notes(&told, &mut decided);
        let recorded = recorded(&store, &queue);
        for (seq, note) in &decided {
            assert_eq!(recorded.get(seq), Some(note), "round {round}: an acknowledged decision");
        }
        assert!(recorded.len() <= decided.len() + 1, "round {round}: at most one was not acknowledged yet");
        decided = recorded;
        if let Some((seq, note)) = draft.filter(|(seq, _)| !decided.contains_key(seq)) {
            let shown = store.show(queue.actor(&name(round), T0), seq).unwrap();
            assert_eq!(shown.draft.map(|draft| draft.note), Some(note), "round {round}: the draft comes back");
        }
        assert_sound(&store);
        store.release_all().unwrap();
        store.free_abandoned(&queue).unwrap();
    }
    assert!(decided.len() >= asked && asked > 50, "the rounds did something: {} of {asked}", decided.len());
}

/// Reads until so many decisions are told, waits a little, kills; gives all the lines.
fn kill_after(mut child: Child, decisions: usize, dice: &mut Dice) -> Vec<String> {
    let (sender, lines) = mpsc::channel();
    let out = BufReader::new(child.stdout.take().unwrap());
    std::thread::spawn(move || out.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
    let mut told = Vec::new();
    while told.iter().filter(|line: &&String| line.starts_with("decided ")).count() < decisions {
        let line = lines.recv_timeout(wait::PATIENCE);
        told.push(line.unwrap_or_else(|error| panic!("waited for {decisions} decisions: {error}; {told:#?}")));
    }
    dice.pause(Duration::from_millis(3));
    kill(child);
    told.extend(lines);
    told
}

/// Puts down which decisions were acknowledged; gives the last draft that was.
fn take_notes(told: &[String], decided: &mut BTreeMap<Seq, String>) -> Option<(Seq, String)> {
    let mut draft = None;
    for line in told {
        let words: Vec<_> = line.split(' ').collect();
        match words[..] {
            ["decided", seq, note] => drop(decided.insert(seq.parse().unwrap(), note.into())),
            ["draft", seq, note] => draft = Some((seq.parse().unwrap(), note.into())),
            _ => {} // the harness
        }
    }
    draft
}

/// The notes of all standing decisions by item.
fn recorded(store: &Store, queue: &Queue) -> BTreeMap<Seq, String> {
    let mut found = BTreeMap::new();
    let each = |row: karat::store::Outgoing| -> karat::store::Result<()> {
        let seq = store.seq_of(queue, row.id())?;
        assert!(found.insert(seq, row.decision.judgement.draft.note.clone()).is_none());
        Ok(())
    };
    store.outgoing(queue, Rows::Decisions, &[], &karat::store::Condition::default(), None, each).unwrap();
    found
}

fn name(number: u64) -> String {
    format!("ops-{number}")
}

#[test]
#[ignore = "a role of another test"]
fn reviewer() {
    let Some((workspace, number)) = child::part() else { return };
    review(&mut Store::open(&workspace).unwrap(), number);
}

/// Drafts and decides, and tells each once the store has acknowledged it.
fn review(store: &mut Store, number: u64) {
    let queue = store.queue("replies").unwrap();
    let name = name(number);
    let (mut served, mut token) = serve(store, &queue, &name, T0);
    for n in 0.. {
        let note = format!("{number}.{n}");
        let draft = Draft { note: note.clone(), ..Draft::default() };
        store.save_draft(served.seq, &name, &draft, 0, T0).unwrap();
        tell(&format!("draft {} {note}", served.seq));
        let mut judgement = if n % 3 == 0 { reject("wrong") } else { accept() };
        judgement.draft_mut().note.clone_from(&note);
        let (_, next) = store.decide(queue.actor(&name, T0), served.seq, &token, &judgement).unwrap();
        tell(&format!("decided {} {note}", served.seq));
        let Next::Item(item) = next else { panic!("there are enough items") };
        token = support::fixture::token(&item.claimed);
        served = item;
    }
}

/// A whole line at once, and not behind what the harness has begun.
fn tell(line: &str) {
    let mut out = std::io::stdout().lock();
    write!(out, "\n{line}\n").unwrap();
    out.flush().unwrap();
}

#[test]
fn a_first_opening_that_is_killed_leaves_a_workspace_that_opens() {
    let whole = time_of(|| {
        let program = Program::new();
        program.write("spec.toml", SPEC);
        program.ok(&["spec", "apply", "spec.toml"]);
    });
    let mut dice = Dice::new(3);
    for round in 0..2 * ROUNDS {
        let program = Program::new();
        program.write("spec.toml", SPEC);
        kill_within(program.command().args(["spec", "apply", "spec.toml"]), whole * 3 / 2, &mut dice);
        let store = Store::open(program.db()).unwrap_or_else(|error| panic!("round {round}: {error}"));
        assert_sound(&store);
        let spec = karat::spec::parse(SPEC).unwrap();
        store.apply_spec(&spec, SPEC, "pm", T0).unwrap();
        assert_eq!(store.queue("replies").unwrap().spec.version, 1, "round {round}");
        assert_sound(&store);
    }
}

#[test]
fn a_killed_export_leaves_the_older_file_whole() {
    let program = Program::with_items(1);
    program.accept("i1");
    program.ok(&["export", "replies", "--to", "csv", "--out", "out.csv"]);
    let before = (program.read("out.csv"), program.read("out.csv.manifest.json"));
    let mut dice = Dice::new(4);
    for _ in 0..ROUNDS {
        let mut command = program.command();
        let export = command.args(["export", "replies", "--to", "csv", "--out", "out.csv"]);
        kill_within(export, Duration::from_millis(20), &mut dice);
        assert_eq!((program.read("out.csv"), program.read("out.csv.manifest.json")), before);
    }
}

/// Starts an import, waits until something of it is in, presses Ctrl-C.
fn interrupted(program: &Program, arguments: &[&str], from: i64) -> Outcome {
    interrupt(program, program.command().arg("import").args(arguments).spawn().unwrap(), from)
}

fn interrupt(program: &Program, mut import: Child, from: i64) -> Outcome {
    let store = Store::open(program.db()).unwrap();
    let queue = store.queue("replies").unwrap();
    wait::until("something of the import to be in", || {
        store.counts(&queue).unwrap().items > from || import.try_wait().unwrap().is_some()
    });
    press_ctrl_c(&import);
    import.into()
}

fn press_ctrl_c(child: &Child) {
    kill_process(Pid::from_raw(child.id() as i32).unwrap(), Signal::INT).unwrap();
}

#[test]
fn ctrl_c_ends_an_import_with_a_line_that_says_what_is_in() {
    let program = Program::with_queue();
    program.write("big.jsonl", items(1..=30_000));
    let outcome = interrupted(&program, &["replies", "big.jsonl"], 0);
    assert_eq!(outcome.code, Some(1), "{outcome:#?}");
    let there = program.queue()["items"].as_u64().unwrap();
    assert!((1..30_000).contains(&there), "{there}");
    assert_tells(&outcome.err, &["interrupted", &format!("imported {there}, unchanged 0, rejected 0"), "import again"]);
    program.assert_sound();
    assert_eq!(program.import(&["big.jsonl"]), ((30_000 - there, there, 0), Some(0)));
    program.assert_sound();
}

#[test]
fn ctrl_c_in_the_second_file_is_no_different() {
    let program = Program::with_queue();
    program.write("small.jsonl", items(1..=10));
    program.write("big.jsonl", items(11..=30_000));
    let outcome = interrupted(&program, &["replies", "small.jsonl", "big.jsonl"], 10);
    assert_eq!(outcome.code, Some(1), "{outcome:#?}");
    let there = program.queue()["items"].as_u64().unwrap();
    assert_tells(&outcome.err, &["interrupted", &format!("imported {}, unchanged 0", there - 10)]);
    program.assert_sound();
}

#[test]
fn ctrl_c_ends_an_import_that_waits_for_standard_input() {
    let program = Program::with_queue();
    let mut command = program.command();
    let mut import = command.args(["import", "replies", "-"]).stdin(Stdio::piped()).spawn().unwrap();
    let mut input = import.stdin.take().unwrap(); // stays open
    input.write_all(items(1..=4000).as_bytes()).unwrap();
    let outcome = interrupt(&program, import, 0);
    assert_eq!(outcome.code, Some(1), "{outcome:#?}");
    let there = program.queue()["items"].as_u64().unwrap();
    assert_tells(&outcome.err, &["standard input: stopped", "interrupted", &format!("imported {there}, unchanged 0")]);
    program.assert_sound();
    drop(input);
}

#[test]
fn ctrl_c_ends_an_import_that_was_given_nothing_yet() {
    let program = Program::with_queue();
    let mut command = program.command();
    let mut import = command.args(["import", "replies", "-"]).stdin(Stdio::piped()).spawn().unwrap();
    let input = import.stdin.take(); // stays open
    press_ctrl_c(&import);
    assert!(!wait::end_of(import).status.success());
    drop(input);
    program.assert_sound();
}

#[test]
fn a_killed_bulk_stands_for_what_it_did_and_undo_takes_that_back() {
    let mut dice = Dice::new(5);
    let (mut round, mut in_between) = (0, 0);
    while !is_enough(round, ROUNDS / 5, in_between) {
        round += 1;
        let (workspace, store, queue) = Workspace::in_file().filled(3000);
        drop(store);
        let child = child::role("rejecter", workspace.path(), round).spawn().unwrap();
        let slices = 1 + dice.below(6);
        kill_after(child, slices, &mut dice);
        let mut store = workspace.open();
        let rejected = store.counts(&queue).unwrap().at(Stage::Rejected);
        in_between += u64::from((1..3000).contains(&rejected));
        assert_sound(&store);
        store.undo(queue.actor(&name(round), T0), UndoScope::Decisions).unwrap().expect("the step of what was done");
        assert_eq!(store.counts(&queue).unwrap().decided(), 0, "round {round}");
        assert_sound(&store);
    }
}

#[test]
#[ignore = "a role of another test"]
fn rejecter() {
    let Some((workspace, number)) = child::part() else { return };
    let mut store = Store::open(&workspace).unwrap();
    let queue = store.queue("replies").unwrap();
    let listing = store.whole_listing(&queue, Condition::default(), Sort::default()).unwrap();
    let action = BulkAction::Decide(reject("cold"));
    let mut bulk = store.begin_bulk(&queue, listing.seqs().to_vec(), action, &name(number)).unwrap();
    while !bulk.is_done() {
        store.continue_bulk(&mut bulk, T0).unwrap();
        tell(&format!("decided {} items", bulk.progress().0));
    }
    std::thread::park();
}

#[test]
fn a_killed_tick_is_finished_by_the_next_and_nothing_goes_on_twice() {
    const QUESTIONS: usize = 1200; // some transactions
    let start = Program::new();
    let queue = overdue::ask_long_ago(&mut Store::open(start.db()).unwrap(), QUESTIONS);
    let whole = time_of(|| assert_eq!(overdue::tick_at_once(&copy_of(&start, ""), 1).len(), QUESTIONS));
    let mut dice = Dice::new(6);
    let (mut round, mut in_between) = (0, 0);
    while !is_enough(round, ROUNDS, in_between) {
        round += 1;
        let program = copy_of(&start, "");
        kill_within(&mut overdue::tick(&program, 0), whole, &mut dice);

        let store = Store::open(program.db()).unwrap();
        assert_sound(&store);
        let before = overdue::gone_on(&store, &queue);
        in_between += u64::from((1..QUESTIONS).contains(&before.len()));
        let told = overdue::tick_at_once(&program, 1);
        assert!(told.is_disjoint(&before), "round {round}: what went on stays where it is");
        assert_eq!(told.len() + before.len(), QUESTIONS, "round {round}");
        assert_eq!(overdue::gone_on(&store, &queue).len(), QUESTIONS, "round {round}");
        assert_sound(&store);
    }
}
