//! What a reviewer does, from the first screen to the export.

use std::path::Path;
use support::program::{Program, SPEC, program_file};
use support::terminal::{Terminal, environment};
use support::wait;

/// A workspace with the queue `replies` and its items `r1` to `r<count>`.
struct Desk(Program);

impl Desk {
    fn new(count: usize) -> Self {
        let line =
            |n| format!(r#"{{"id":"r{n}","input":"question {n}","output":"answer {n}","context":"the source"}}"#);
        Self::with((1..=count).map(line).collect::<Vec<_>>().join("\n"))
    }

    fn with(items: String) -> Self {
        let desk = Self(Program::with_queue());
        desk.import(items);
        desk
    }

    fn import(&self, items: impl AsRef<[u8]>) {
        self.0.write("items.jsonl", items);
        self.0.ok(&["import", "replies", "items.jsonl"]);
    }

    fn home(&self) -> &Path {
        self.0.folder.path()
    }

    fn review(&self, size: (u16, u16)) -> Terminal {
        self.review_in(Terminal::start, size)
    }

    /// In a terminal that answers no question by itself.
    fn review_in_silence(&self, size: (u16, u16)) -> Terminal {
        self.review_in(Terminal::silent, size)
    }

    fn review_in(&self, start: fn(&Path, &[&str], (u16, u16)) -> Terminal, size: (u16, u16)) -> Terminal {
        let db = self.0.db();
        start(self.home(), &["review", "replies", "--as", "ops-1", "--db", db.to_str().unwrap()], size)
    }

    /// Waits until a draft with the text is on disk: drafts are saved when the hands rest.
    fn wait_for_draft(&self, text: &str) {
        let workspace = rusqlite::Connection::open(self.0.db()).unwrap();
        let sql = "SELECT COUNT(*) FROM draft WHERE instr(body || COALESCE(correction, ''), ?1) > 0";
        let drafts = || workspace.query_row(sql, [text], |row| row.get::<_, i64>(0)).unwrap();
        wait::until(&format!("a draft with {text:?}"), || drafts() > 0);
    }

    /// The exported rows as columns by name.
    fn decided(&self) -> Vec<serde_json::Value> {
        self.0.jsonl(&[])
    }
}

fn verdicts(rows: &[serde_json::Value]) -> Vec<(&str, &str)> {
    rows.iter().map(|row| (row["id"].as_str().unwrap(), row["verdict"].as_str().unwrap())).collect()
}

#[test]
fn review_decide_undo_leave_come_back_and_export() {
    let desk = Desk::new(5);
    let mut terminal = desk.review((120, 40));
    terminal.wait("answer 1");
    terminal.act("3", "Tone 3");
    terminal.act("a", "saved: ✓ accepted r1 · 1 of 5 decided");
    terminal.wait("answer 2");
    terminal.act("x", "what is wrong with it");
    terminal.act("2\r", "saved: ✗ rejected r2 · 2 of 5 decided");
    terminal.wait("answer 3");
    terminal.act("e", "Reason");
    terminal.keys("who may promise this?\r");
    terminal.wait("saved: ▲ escalated r3 · 3 of 5 decided");
    terminal.wait("answer 4");
    terminal.act(" ", "answer 5");
    terminal.act("u", "answer 4");
    terminal.act("u", "undone: escalate of r3");
    terminal.keys("\u{12}"); // Ctrl-R
    terminal.wait("redone: escalate of r3");
    terminal.keys("q");
    terminal.wait("Replies");
    terminal.keys("q");
    assert_eq!(terminal.end(), 0);

    let mut terminal = desk.review((80, 24));
    terminal.wait("answer 4");
    terminal.act("a", "4 of 5 decided");
    terminal.wait("answer 5");
    terminal.act("a", "karat export replies");
    terminal.keys("\u{3}");
    terminal.end();

    let rows = desk.decided();
    let expected = [("r1", "accept"), ("r2", "reject"), ("r3", "escalate"), ("r4", "accept"), ("r5", "accept")];
    assert_eq!(verdicts(&rows), expected);
    assert_eq!(rows[0]["scores"], serde_json::json!({ "tone": 3 }));
    assert_eq!(rows[1]["categories"], serde_json::json!(["cold"]));
    assert_eq!((rows[2]["route"].as_str(), rows[2]["note"].as_str()), (Some("lead"), Some("who may promise this?")));
    desk.0.assert_sound();
}

#[test]
fn an_escalation_comes_back_with_an_answer() {
    let desk = Desk::new(2);
    desk.0.write("spec.toml", SPEC.replace("name = \"Lead\"", "name = \"Lead\"\nreturns = \"reviewer\""));
    desk.0.ok(&["spec", "apply", "spec.toml"]);
    let mut asks = desk.review((120, 40));
    asks.wait("answer 1");
    asks.act("e", "Reason");
    asks.keys("may we say this?\r");
    asks.wait("saved: ▲ escalated r1 · 1 of 2 decided");
    asks.wait("answer 2");

    let db = desk.0.db();
    let of_ana = ["review", "--as", "ana", "--db", db.to_str().unwrap()];
    let mut answers = Terminal::start(desk.home(), &of_ana, (120, 40));
    answers.wait("1 question waits for your answer");
    answers.act("i", "“may we say this?”");
    answers.act("R", "What who asked must know");
    answers.keys("only in writing\r");
    answers.wait("sent back r1, saved");
    answers.wait("Nothing waits for your answer");
    answers.keys("\u{3}");
    answers.end();

    asks.act("a", "saved: ✓ accepted r2 · 1 of 2 decided");
    asks.wait("“only in writing”");
    asks.wait("↩ returned");
    asks.act("a", "saved: ✓ accepted r1 · 2 of 2 decided");
    asks.keys("\u{3}");
    asks.end();
    assert_eq!(verdicts(&desk.decided()), [("r1", "accept"), ("r2", "accept")]);
    desk.0.assert_sound();
}

#[test]
fn a_reviewer_is_paused_and_a_lead_lifts_it() {
    let desk = Desk::new(12);
    for n in 1..=6 {
        let item = format!("r{n}");
        desk.0.ok(&["decide", "replies", &item, "--verdict", "accept", "--as", "lee"]);
        desk.0.ok(&["golden", "add", "replies", &item, "--tag", "starter", "--as", "lee"]);
    }
    let section = "\n[calibrate]\ngolden = \"tag:starter\"\nshare = 1.0\nleast = 5\n";
    desk.0.write("spec.toml", format!("{SPEC}{section}"));
    desk.0.ok(&["spec", "apply", "spec.toml", "--as", "lee"]);
    let mut reviews = desk.review((120, 40));
    for n in 1..=5 {
        reviews.wait("answer ");
        let screen = reviews.screen();
        assert!(!screen.contains("★") && !screen.contains("starter") && !screen.contains("lee"), "{screen}");
        let shown = (1..=6).map(|n| format!("answer {n}")).find(|answer| screen.contains(answer));
        let shown = shown.unwrap_or_else(|| panic!("answer {n} is no example: {screen}"));
        reviews.act("x", "what is wrong with it");
        reviews.keys("2\r");
        reviews.wait_until(|screen| !screen.contains(&shown), "the next item, or the end");
    }
    reviews.wait("You are paused in this queue.");
    reviews.wait("Of 5 known examples 0 were answered as they should be");
    reviews.act("p", "right on known examples: 0 of 5");
    reviews.act("q", "6 left");
    reviews.act("\r", "You are paused in this queue.");

    let db = desk.0.db();
    let mut leads = Terminal::start(desk.home(), &["review", "--as", "lee", "--db", db.to_str().unwrap()], (120, 40));
    leads.wait("Replies");
    leads.act("p", "paused");
    leads.act("j", "examples 0 were answered as they should");
    leads.act("L", "Lift the pause");
    leads.keys("we went through them\r");
    leads.wait("lifted: ops-1 goes on");
    leads.keys("\u{3}");
    leads.end();

    reviews.act("r", "answer ");
    reviews.act("a", "saved: ✓ accepted");
    reviews.keys("\u{3}");
    reviews.end();
    desk.0.assert_sound();
}

#[test]
fn two_reviewers_disagree_and_a_lead_settles() {
    let desk = Desk(Program::with_queue());
    let twice = "\n[[sample]]\nrate = 1.0\nopinions = 2\n[review]\nadjudicator = \"lea\"\n";
    desk.0.write("spec.toml", format!("{SPEC}{twice}"));
    desk.0.ok(&["spec", "apply", "spec.toml"]);
    desk.import(r#"{"id":"r1","input":"question 1","output":"answer 1","context":"the source"}"#);
    let db = desk.0.db();
    let of = |reviewer: &str| {
        let arguments = ["review", "replies", "--as", reviewer, "--db", db.to_str().unwrap()];
        Terminal::start(desk.home(), &arguments, (120, 40))
    };
    let mut ana = of("ana");
    ana.wait("opinion 1 of 2");
    ana.act("a", "Waiting for another's opinion: 1 item.");
    let mut ben = of("ben");
    ben.wait("opinion 2 of 2");
    ben.act("x", "what is wrong with it");
    ben.act("2\r", "Waiting for who settles a disagreement: 1 item.");

    let mut lea = of("lea");
    lea.wait("≠ 2 opinions disagree");
    let at = karat::domain::adjudication::order("replies", "r1", 2).into_iter().position(|number| number == 1).unwrap();
    let rejects = karat::domain::adjudication::letter(at);
    lea.wait(&format!("Opinion {rejects}  ✗ rejected"));
    assert!(!lea.screen().contains("ana") && !lea.screen().contains("ben"), "{}", lea.screen());
    lea.act(&rejects.to_string(), "why did they disagree?");
    lea.act("2", "saved: ✗ rejected r1 · 1 of 1 decided");
    lea.act("u", "it is disputed again");
    lea.keys("\u{12}"); // Ctrl-R
    lea.wait("redone: reject of r1 — it is rejected again (Cold)");
    lea.keys("\u{3}");
    lea.end();

    ben.act("H", "settled by lea, who took your opinion · unclear: the rubric does not say");
    ana.act("H", "you ✓ accepted → ✗ rejected");
    ana.act("\r", "→ settled: ✗ rejected");
    ana.wait_until(|screen| !screen.contains("How your last"), "the list to be gone");
    ana.act("h", "How it was settled");
    for terminal in [&mut ana, &mut ben] {
        terminal.keys("\u{3}");
        terminal.end();
    }
    let [row] = &desk.decided()[..] else { panic!("one decision") };
    assert_eq!(
        (&row["settled_by"], &row["cause"], &row["verdict"]),
        (&"adjudicated".into(), &"unclear".into(), &"reject".into())
    );
    desk.0.assert_sound();
}

#[test]
fn an_output_is_rejected_twice_and_accepted_the_third_time() {
    let desk = Desk(Program::new());
    let retryable = SPEC.replace("severity = \"minor\"", "severity = \"minor\"\nretryable = true");
    desk.0.write("spec.toml", retryable + "\n[retry]\nwhen = \"retryable\"\nattempts = 3\nthen = \"lead\"\n");
    desk.0.ok(&["spec", "apply", "spec.toml"]);
    let attempt = |number: usize, output: &str| {
        let line = serde_json::json!({ "id": format!("r~{number}"), "case": "r", "attempt": number,
            "input": "Where is my parcel?", "output": output, "context": "It comes on Friday." });
        desk.0.write("items.jsonl", line.to_string());
        desk.0.ok(&["import", "replies", "items.jsonl"])
    };
    attempt(1, "Wait for it.");
    let mut terminal = desk.review((120, 40));
    terminal.wait("Wait for it.");
    terminal.act("x2", "[x] ·  Cold");
    terminal.act("\t", "Esc keep");
    terminal.keys("No day is named.");
    terminal.wait("No day is named.");
    terminal.act("\r", "saved: ✗ rejected r~1");
    terminal.wait("The one item is decided.");

    assert!(attempt(2, "It comes on Friday, so wait.").contains("1 rejected attempt replaced"));
    terminal.wait("It comes on Friday, so wait.");
    terminal.wait("attempt 2 of 3");
    terminal.wait("✗ last attempt rejected by you");
    terminal.wait("“No day is named.”");
    terminal.act("d", "attempt 1 (r~1) → output");
    terminal.act("d", "no comparison");
    terminal.act("x", "last time");
    terminal.act("2", "again: Cold");
    terminal.act("\r", "saved: ✗ rejected r~2 · again for Cold");

    attempt(3, "Good news: it comes on Friday.");
    terminal.wait("attempt 3 of 3");
    terminal.act("a", "saved: ✓ accepted r~3");
    terminal.keys("\u{3}");
    terminal.end();
    assert_eq!(verdicts(&desk.decided()), [("r~1", "reject"), ("r~2", "reject"), ("r~3", "accept")]);
    let stages: Vec<_> = desk.decided().iter().map(|row| row["stage"].as_str().unwrap().to_owned()).collect();
    assert_eq!(stages, ["replaced", "replaced", "accepted"]);
    desk.0.assert_sound();
}

#[test]
fn what_others_do_is_seen_by_itself_and_an_ended_queue_goes_on() {
    let desk = Desk::new(3);
    let terminal = desk.review((120, 40));
    terminal.wait("answer 1");
    desk.0.ok(&["decide", "replies", "r3", "--verdict", "accept", "--as", "ops-2"]);
    terminal.wait("1 of 3");
    terminal.act("a", "saved: ✓ accepted r1 · 2 of 3 decided");
    terminal.act("a", "All 3 items are decided.");
    let more = ["r4", "r5"].map(|id| format!(r#"{{"id":"{id}","input":"one more","output":"answer of {id}"}}"#));
    desk.import(more.join("\n"));
    terminal.wait("answer of r4");
    terminal.wait("2 new items came in");
    terminal.keys("q");
    terminal.wait("2 left");
    desk.0.ok(&["decide", "replies", "r5", "--verdict", "accept", "--as", "ops-2"]);
    terminal.wait("1 left");
    terminal.keys("b");
    terminal.wait("5 items");
    desk.import(more[0].replace("r4", "r6"));
    terminal.wait("6 items");
}

#[test]
fn what_is_written_to_a_followed_file_is_served_as_it_comes() {
    let program = Program::with_queue();
    let line = |n: usize| format!("{{\"id\":\"r{n}\",\"input\":\"question {n}\",\"output\":\"answer {n}\"}}\n");
    let write = |text: &str| {
        use std::io::Write;
        let mut file = std::fs::OpenOptions::new().append(true).create(true).open(program.path("run.jsonl")).unwrap();
        file.write_all(text.as_bytes()).unwrap();
    };
    let mut watch = program.command().args(["watch", "replies", "run.jsonl"]).spawn().unwrap();
    let db = program.db();
    let place = ["--as", "ops-1", "--db", db.to_str().unwrap()];
    let home = Terminal::start(program.folder.path(), &place, (120, 40));
    home.wait("Replies");
    let desk = Terminal::start(program.folder.path(), &[&["review", "replies"], &place[..]].concat(), (100, 30));
    desk.wait("This queue has no items yet.");
    write(&line(1));
    desk.wait("answer 1");
    home.wait("1 left");
    desk.act("a", "The one item is decided.");
    write(&(line(2) + &line(3)));
    desk.wait("answer 2");
    desk.wait("1 of 3");
    home.wait("2 left");
    write(&line(4));
    desk.wait("1 of 4");
    watch.kill().unwrap();
    watch.wait().unwrap();
}

#[test]
fn a_killed_workstation_loses_nothing_that_it_said_was_saved() {
    let desk = Desk::new(3);
    let mut terminal = desk.review((120, 40));
    terminal.wait("answer 1");
    terminal.act("a", "saved: ✓ accepted r1");
    terminal.wait("answer 2");
    terminal.act("n", "Esc keep");
    terminal.keys("half a thought");
    terminal.wait("half a thought");
    desk.wait_for_draft("half a thought");
    terminal.signal("-KILL");
    terminal.end();

    assert_eq!(verdicts(&desk.decided()), [("r1", "accept")]);
    desk.0.assert_sound();
    let terminal = desk.review((120, 40));
    terminal.wait("answer 2");
    terminal.wait("half a thought");
}

#[test]
fn what_was_marked_and_corrected_survives_a_kill_and_goes_with_the_rejection() {
    let desk = Desk::new(2);
    let mut terminal = desk.review((120, 40));
    terminal.wait("answer 1");
    terminal.act("m", "Mark it as");
    terminal.act("2", "marked as Cold: “answer 1”");
    terminal.act("c", "Correct the output");
    terminal.keys("Kindly: ");
    terminal.wait("Kindly: answer 1");
    desk.wait_for_draft("Kindly: answer 1");
    terminal.signal("-KILL");
    terminal.end();

    let mut terminal = desk.review((80, 24));
    terminal.wait("✎ corrected");
    terminal.act("c", "Kindly: answer 1");
    terminal.act("\u{1b}", "output → correction");
    terminal.act("x", "[x] ·  Cold");
    terminal.act("\r", "saved: ✗ rejected r1");
    terminal.keys("\u{3}");
    terminal.end();
    let [row] = &desk.decided()[..] else { panic!("one decision") };
    assert_eq!(row["correction"], "Kindly: answer 1");
    let mark = serde_json::json!([{ "start": 0, "end": 8, "text": "answer 1", "category": "cold" }]);
    assert_eq!((&row["marks"], &row["categories"]), (&mark, &serde_json::json!(["cold"])));
    desk.0.assert_sound();
}

#[test]
fn a_signal_restores_the_terminal_frees_the_item_and_keeps_the_draft() {
    for signal in ["-TERM", "-HUP", "-INT"] {
        let desk = Desk::new(1);
        let mut terminal = desk.review((100, 30));
        terminal.wait("answer 1");
        terminal.act("2", "Tone 2");
        terminal.signal(signal);
        terminal.end();
        let bytes = String::from_utf8_lossy(&terminal.bytes()).into_owned();
        for restored in ["\x1b[?1049l", "\x1b[?2004l", "\x1b[?25h"] {
            let last = bytes.rfind(restored);
            assert!(last > bytes.rfind("\x1b[?1049h"), "{signal}: {restored:?} comes after the screen was taken");
        }
        let doctor = desk.0.ok(&["doctor"]);
        assert!(doctor.contains("0 live"), "{signal}: the item is free at once: {doctor}");
        let again = desk.review((100, 30));
        again.wait("answer 1");
        again.wait("Tone 2");
    }
}

/// On a slow line the terminal's answers come when an item is on screen, and in pieces. None of
/// it is a key: `1` would score, `g` open a form.
#[test]
fn what_the_terminal_answers_late_is_no_key() {
    let answers = [
        "]11;rgb:f1f1/f2f2/f3f3\u{1b}\\",
        "]10;rgb:1111/1212/1313\u{7}",
        "[?62;22c",
        "[>1;301;0c",
        "P>|xterm(301)\u{1b}\\",
    ];
    let answers = answers.map(|answer| format!("\u{1b}{answer}")).concat();
    let each: Vec<usize> = (1..answers.len()).collect();
    let cuts: [&[usize]; 5] = [&[], &[1], &[2, 9], &[3, 25, 56, 60, 76], &each];
    let desk = Desk::new(cuts.len());
    for (number, cuts) in (1..).zip(cuts) {
        let terminal = desk.review_in_silence((120, 40));
        terminal.wait(&format!("answer {number}"));
        let ends = cuts.iter().copied().chain([answers.len()]);
        let starts = [0].into_iter().chain(cuts.iter().copied());
        for (start, end) in starts.zip(ends) {
            terminal.keys(&answers[start..end]);
            terminal.wait_until_read(); // that makes it pieces
        }
        terminal.act("n", "Esc keep"); // keys work at once
        terminal.keys("\u{1b}");
        terminal.wait_until(|screen| !screen.contains("Esc keep"), "the note closed");
        terminal.act("a", &format!("saved: ✓ accepted r{number}"));
    }
    for row in desk.decided() {
        assert_eq!((&row["scores"], &row["note"]), (&serde_json::json!({}), &serde_json::json!("")), "{row}");
    }
}

/// Who waits for the program to start and presses keys meanwhile presses them at nothing.
#[test]
fn keys_before_the_first_frame_do_nothing() {
    let desk = Desk::new(2);
    let terminal = desk.review_in_silence((120, 40));
    terminal.wait_for_bytes("\u{1b}]11;?");
    terminal.keys("3ax1");
    terminal.wait("answer 1");
    terminal.act("a", "saved: ✓ accepted r1 · 1 of 2 decided");
    assert_eq!(desk.decided()[0]["scores"], serde_json::json!({}));
}

#[test]
fn ctrl_c_before_the_first_frame_quits() {
    let desk = Desk::new(1);
    let mut terminal = desk.review_in_silence((120, 40));
    terminal.wait_for_bytes("\u{1b}]11;?");
    terminal.keys("3\u{3}");
    assert_eq!(terminal.end(), 0);
    assert!(desk.0.ok(&["doctor"]).contains("0 live"), "the item is free at once");
}

#[test]
fn ctrl_z_suspends_and_fg_resumes() {
    let desk = Desk::new(1);
    let (program, db) = (program_file(), desk.0.db());
    let review = format!("{} review replies --as ops-1 --db {}", program.display(), db.display());
    let script = format!("set -m; {review}; echo SHELL-$?; fg; sleep 60");
    let terminal = Terminal::run(desk.home(), "sh", &["-ic", &script], (100, 30));
    terminal.wait("answer 1");
    terminal.keys("\u{1a}");
    terminal.wait_for_bytes("SHELL-"); // the shell has the terminal, and brings it back
    terminal.wait_until(|screen| screen.contains("answer 1") && !screen.contains("SHELL-"), "the item again");
    terminal.act("a", "karat export replies");
}

#[test]
fn resizing_loses_nothing() {
    let desk = Desk::new(1);
    let terminal = desk.review((120, 40));
    terminal.wait("answer 1");
    terminal.act("3", "Tone 3");
    for (columns, rows) in [(80, 24), (20, 5), (200, 60), (120, 40)] {
        terminal.resize(columns, rows);
        // The reviewer stands at the right edge.
        let is_drawn = |screen: &str| match screen.lines().next().map(str::trim_end) {
            Some(first) if columns > 20 => {
                first.ends_with("ops-1") && first.chars().count() + 1 == usize::from(columns)
            }
            _ => screen.contains("karat needs"),
        };
        terminal.wait_until(is_drawn, &format!("a screen of {columns} columns"));
    }
    terminal.wait("answer 1");
    terminal.wait("Tone 3");
    terminal.act("a", "saved: ✓ accepted r1");
}

/// What a hostile output may try, and what must never reach the terminal of it.
const ATTACKS: [(&str, &str); 9] = [
    ("clipboard", "\u{1b}]52;c;Zm9v\u{7}"),
    ("title", "\u{1b}]0;owned\u{7}"),
    ("clear", "\u{1b}[2J\u{1b}[Hpwned"),
    ("cursor", "\u{1b}[10A\u{1b}[Kgone"),
    ("one-byte sequences", "\u{9b}31mred\u{9d}0;x\u{9c}"),
    ("bidi", "\u{202e}evil\u{2066}txt\u{2069}\u{202c}"),
    ("zero width", "pass\u{200b}word\u{2060}\u{feff}"),
    ("carriage return", "safe\rEVIL\u{8}\u{8}"),
    ("device query", "\u{1b}[6n\u{1b}P$q\"p\u{1b}\\"),
];

#[test]
fn hostile_text_reaches_the_terminal_as_marks_in_every_pane() {
    for (name, attack) in ATTACKS {
        let text = format!("before {attack} after");
        let item = serde_json::json!({
            "id": "r1", "input": text, "output": text, "reference": text, "model": text, "tags": [text],
            "context": [{ "title": text, "text": text, "url": text }], "case": text,
        });
        let desk = Desk::with(item.to_string());
        for size in [(160, 50), (80, 24)] {
            let terminal = desk.review(size);
            terminal.wait("accept");
            for pane in ["Rubric", "Source"] {
                terminal.keys("\t");
                let is_turned_to =
                    |screen: &str| [format!("┏ {pane}"), format!("▸{pane}")].iter().any(|sign| screen.contains(sign));
                terminal.wait_until(is_turned_to, pane);
            }
            terminal.act("?", "Keys");
            terminal.keys("\u{1b}");
            terminal.wait_until(|screen| !screen.contains("Keys"), "the item again");
            let bytes = String::from_utf8_lossy(&terminal.bytes()).into_owned();
            assert!(bytes.contains("before"), "{name}: the text is shown");
            assert_harmless(name, &bytes, attack);
        }
    }
}

fn assert_harmless(name: &str, bytes: &str, attack: &str) {
    let never = ['\u{9b}', '\u{9d}', '\u{9c}', '\u{202e}', '\u{2066}', '\u{200b}', '\u{2060}', '\u{feff}', '\u{8}'];
    for bad in never {
        assert!(!bytes.contains(bad), "{name}: {bad:?} reached the terminal");
    }
    for part in attack.split_inclusive(['\u{7}', 'H', '\\', 'n', 'K']).filter(|part| part.starts_with('\u{1b}')) {
        let sent_by_karat = ["\u{1b}[2J", "\u{1b}[H"].contains(&part);
        assert!(sent_by_karat || !bytes.contains(part), "{name}: {part:?} reached the terminal");
    }
}

#[test]
fn huge_and_deep_outputs_are_shown_and_decided() {
    let one_line = "word ".repeat(400_000);
    let many_lines = "a line of the source\n".repeat(100_000);
    let deep = format!("{}1{}", "[".repeat(100), "]".repeat(100));
    let items = [
        serde_json::json!({ "id": "r1", "input": "i", "output": one_line }).to_string(),
        serde_json::json!({ "id": "r2", "input": "i", "output": "o", "context": many_lines }).to_string(),
        format!(r#"{{"id":"r3","input":"i","output":{deep}}}"#),
    ];
    let desk = Desk::with(items.join("\n"));
    let terminal = desk.review((120, 40));
    terminal.wait("word word");
    terminal.keys("G");
    terminal.act("a", "1 of 3 decided");
    terminal.wait("a line of the source");
    terminal.act("a", "2 of 3 decided");
    terminal.wait("      [");
    terminal.act("a", "karat export replies");
}

#[test]
fn a_collision_of_keys_is_refused_at_the_start_naming_both() {
    let desk = Desk::new(1);
    desk.0.write("config.toml", "[keys.review]\naccept = \"x\"\n[pace]\nguard_ms = 0\n");
    let config = desk.0.path("config.toml");
    let arguments = ["--config", config.to_str().unwrap(), "review", "replies"];
    let mut terminal = Terminal::start(desk.home(), &arguments, (100, 30));
    assert_eq!(terminal.end(), 1);
    let said = String::from_utf8_lossy(&terminal.bytes()).into_owned();
    assert!(said.contains("accept") && said.contains("reject"), "{said}");
}

#[test]
fn open_reviews_a_file_at_once_and_goes_on_where_it_stopped() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("My outputs.jsonl");
    std::fs::write(
        &file,
        "{\"id\":\"1\",\"input\":\"a\",\"output\":\"first\"}\n{\"id\":\"2\",\"input\":\"b\",\"output\":\"second\"}\nbroken\n",
    )
    .unwrap();
    for (shown, done) in [("first", "1 of 2"), ("second", "2 of 2")] {
        let mut terminal = open(home.path(), &file);
        terminal.wait(shown);
        terminal.wait("1 record was rejected");
        terminal.act("a", done);
        terminal.keys("\u{3}");
        terminal.end();
    }
}

/// The first look at a pipe must not eat what it has.
#[test]
fn open_reviews_what_a_pipe_gives() {
    let home = tempfile::tempdir().unwrap();
    let fifo = home.path().join("outputs");
    assert!(std::process::Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let lines = "broken\n{\"id\":\"1\",\"input\":\"a\",\"output\":\"first\"}\n{\"id\":\"2\",\"input\":\"b\",\"output\":\"second\"}\n";
    let writer = std::thread::spawn({
        let fifo = fifo.clone();
        move || std::fs::write(fifo, lines).unwrap()
    });
    let mut terminal = open(home.path(), &fifo);
    terminal.wait("first");
    terminal.wait("1 record was rejected");
    terminal.act("a", "1 of 2");
    terminal.wait("second");
    terminal.keys("\u{3}");
    terminal.end();
    writer.join().unwrap();
}

#[test]
fn open_knows_a_queue_by_its_file_and_asks_where_another_has_its_name() {
    let home = tempfile::tempdir().unwrap();
    let file = |run: &str| {
        let folder = home.path().join(run);
        std::fs::create_dir_all(&folder).unwrap();
        let file = folder.join("outputs.jsonl");
        std::fs::write(&file, format!("{{\"id\":\"1\",\"input\":\"a\",\"output\":\"by {run}\"}}\n")).unwrap();
        file
    };
    let (first, second) = (file("run A"), file("run B"));
    let reviewed = |mut terminal: Terminal, output: &str| {
        terminal.wait(output);
        terminal.keys("\u{3}");
        terminal.end();
    };
    reviewed(open(home.path(), &first), "by run A");
    let terminal = open(home.path(), &second);
    terminal.wait("The queue outputs has the items of");
    terminal.wait("--queue run-b-outputs");
    terminal.keys("x\n");
    terminal.wait("answer with a, n, q");
    terminal.keys("n\n");
    reviewed(terminal, "by run B");
    reviewed(open(home.path(), &second), "by run B");
    reviewed(open(home.path(), &first), "by run A");
}

#[test]
fn an_attachment_is_looked_for_beside_the_file_that_names_it() {
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir(home.path().join("run")).unwrap();
    let file = home.path().join("run/items.jsonl");
    let item = serde_json::json!({ "id": "1", "input": "q", "output": "with a picture", "image": "img/1.png" });
    std::fs::write(&file, item.to_string()).unwrap();
    let mut terminal = open(home.path(), &file);
    terminal.wait("with a picture");
    terminal.act("o", "img/1.png");
    terminal.act("\r", "img/1.png cannot be opened: there is no such file in");
    terminal.keys("\u{3}");
    terminal.end();
}

#[test]
fn a_file_of_other_names_is_shown_as_it_would_be_read_and_the_choice_is_kept() {
    let home = tempfile::tempdir().unwrap();
    let write = |file: &str, n: usize| {
        let file = home.path().join(file);
        let line = serde_json::json!({
            "custom_id": n.to_string(), "prompt": format!("prompt {n}"), "question": format!("question {n}"),
            "completion": format!("the completion {n}"), "tier": "gold"
        });
        std::fs::write(&file, line.to_string()).unwrap();
        file
    };
    let first = write("batch.jsonl", 1);
    let mut terminal = open(home.path(), &first);
    terminal.wait("Which field is what?");
    terminal.wait("--map id=.custom_id --map input=.prompt --map output=.completion");
    terminal.wait(".tier");
    terminal.act("\u{1b}[C", "--map input=.question");
    terminal.act("\r", "keep this in the spec of batch for the next files?");
    terminal.act("y\r", "the completion 1");
    terminal.wait("question 1");
    terminal.keys("\u{3}");
    terminal.end();
    let second = write("more.jsonl", 2);
    let mut terminal = Terminal::start(home.path(), &["open", second.to_str().unwrap(), "--queue", "batch"], (100, 30));
    terminal.wait("the completion 1"); // the spec says where the fields are: nothing is asked
    terminal.keys("\u{3}");
    terminal.end();
}

#[test]
fn who_leaves_the_screen_of_a_file_of_other_names_leaves_no_queue() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("batch.jsonl");
    std::fs::write(&file, r#"{"custom_id":"1","prompt":"q","completion":"a"}"#).unwrap();
    let mut terminal = open(home.path(), &file);
    terminal.wait("Which field is what?");
    terminal.act("q", "nothing was imported");
    terminal.end();
    let queues =
        std::process::Command::new(program_file()).arg("queues").envs(environment(home.path())).output().unwrap();
    assert!(String::from_utf8_lossy(&queues.stdout).contains("no queues yet"));
}

#[test]
fn the_end_of_a_queue_gives_a_command_that_finds_its_workspace() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("one.jsonl");
    std::fs::write(&file, r#"{"id":"1","input":"q","output":"the only answer"}"#).unwrap();
    let db = home.path().join("my db.db");
    let mut terminal =
        Terminal::start(home.path(), &["open", file.to_str().unwrap(), "--db", db.to_str().unwrap()], (200, 30));
    terminal.wait("the only answer");
    terminal.act("a", "Take them out:  karat export one --to csv --out one.csv --db");
    terminal.wait("my db.db'");
    terminal.keys("\u{3}");
    terminal.end();
}

fn open(home: &Path, file: &Path) -> Terminal {
    Terminal::start(home, &["open", file.to_str().unwrap()], (100, 30))
}

#[test]
fn many_are_found_rejected_at_once_and_taken_back_by_one_undo() {
    let desk = Desk::new(12);
    let mut terminal = desk.review((80, 24));
    terminal.wait("answer 1");
    terminal.act("b", "12 items");
    terminal.act("/", "verdict:");
    terminal.keys("id:r1*");
    terminal.wait("4 match");
    terminal.keys("\r");
    terminal.act("A", "4 selected");
    terminal.act("x", "Reject 4 items");
    terminal.keys("2\r");
    terminal.wait("Reject 4 items (Cold)?");
    terminal.act("y", "4 rejected");
    terminal.act("u", "undone: decision of 4 items");
    terminal.act("\u{12}", "redone: decision of 4 items"); // Ctrl-R
    terminal.act("q", "Tone");
    terminal.keys("\u{3}");
    terminal.end();
    let rows = desk.decided();
    assert_eq!(verdicts(&rows), ["r1", "r10", "r11", "r12"].map(|id| (id, "reject")));
    desk.0.assert_sound();
}
