//! Texts of 10 MB: from the key to their first screen, a row further, and found in.

use crate::figure::Figure;
use crate::options::Bench;
use crate::process::{self, peak_memory};
use crate::samples::Samples;
use crate::terminal::Terminal;
use crate::workspace::{REVIEWER, remove_database};
use color_eyre::eyre::{Result, WrapErr, eyre};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// Bytes of a large text.
const SIZE: usize = 10_000_000;

/// How often each is opened.
const TIMES: usize = 5;

/// Rows that are scrolled through.
const ROWS: usize = 100;

/// Milliseconds to the first screen.
const OPEN: f64 = 50.0;

/// Milliseconds, at the middle, from a key to what it moves: a frame at 60 a second.
const FRAME: f64 = 16.7;

/// MB of memory with one large item on screen and the next one read ahead.
const MEMORY: f64 = 8.0 * SIZE as f64 / 1e6;

/// What stands once in each text, and nowhere else.
const NEEDLE: &str = "needle";

const QUEUE: &str = "large";
const SPEC: &str = "name = \"large\"\ntitle = \"Large\"\ndecision = \"Is it quick all the same?\"\n";

/// A kind of large item.
struct Kind {
    name: &'static str,
    item: fn() -> Value,
}

const KINDS: [Kind; 6] = [
    Kind { name: "an output of 10 MB", item: || json!({"output": lines("", SIZE)}) },
    Kind { name: "an output of 10 MB in Markdown", item: || json!({"output": lines("- **item** ", SIZE)}) },
    Kind { name: "an output of 10 MB in JSON", item: || json!({"output": records()}) },
    Kind { name: "an output of 10 MB on one line", item: || json!({"output": lines("", SIZE).replace('\n', " ")}) },
    Kind { name: "a context of 100,000 lines", item: || json!({"output": "x", "context": lines("", 100_000 * LINE)}) },
    Kind { name: "a context of 40 documents with code", item: || json!({"output": "x", "context": documents()}) },
];

/// Bytes of a line, about.
const LINE: usize = 60;

pub(crate) fn measure(bench: &Bench) -> Result<Vec<Figure>> {
    let db = bench.dir.join("large.karat.db");
    let mut figures = Vec::new();
    let mut memory: f64 = 0.0;
    for kind in &KINDS {
        prepare(&db, &bench.dir, kind)?;
        let told = read(&db, &bench.dir).wrap_err(kind.name)?;
        memory = memory.max(told.memory);
        figures.push(Figure::at_most(&format!("{}: open", kind.name), told.open.median(), "ms", OPEN));
        figures.push(Figure::at_most(&format!("{}: a row further", kind.name), told.row.median(), "ms", FRAME));
        figures.push(Figure::at_most(&format!("{}: a letter found", kind.name), told.find.median(), "ms", FRAME * 2.0));
    }
    figures.push(Figure::at_most("large texts, peak memory", memory, "MB", MEMORY));
    remove_database(&db);
    Ok(figures)
}

struct Told {
    open: Samples,
    row: Samples,
    find: Samples,
    memory: f64,
}

/// Opens each large item from the small one before it, scrolls and searches.
fn read(db: &Path, folder: &Path) -> Result<Told> {
    let (db, home) = (db.to_string_lossy(), folder.to_string_lossy());
    let arguments = ["--db", &db, "review", QUEUE, "--as", REVIEWER];
    let mut terminal =
        Terminal::start(env!("CARGO_BIN_EXE_karat").as_ref(), &arguments, &[("XDG_CONFIG_HOME", &home)])?;
    terminal.shown_after_start(&["small-0".into()])?;
    let (mut open, mut row, mut find) = (Vec::new(), Vec::new(), Vec::new());
    for nth in 0..TIMES {
        terminal.rest(Duration::from_millis(600))?; // the next is read ahead
        open.push(terminal.shown_after_key("a", &[format!("large-{nth}")])?);
        if nth == 0 {
            row.extend(scroll(&mut terminal)?);
            find.extend(seek(&mut terminal)?);
        }
        if nth + 1 < TIMES {
            terminal.rest(Duration::from_millis(300))?;
            terminal.shown_after_key("a", &[format!("small-{}", nth + 1)])?;
        }
    }
    let memory = peak_memory(terminal.process()?);
    terminal.quit()?;
    Ok(Told { open: Samples::new(open), row: Samples::new(row), find: Samples::new(find), memory })
}

/// Scrolls the pane with the numbered lines a row at a time.
fn scroll(terminal: &mut Terminal) -> Result<Vec<Duration>> {
    terminal.rest(Duration::from_millis(100))?;
    terminal.press("z")?;
    terminal.rest(Duration::from_millis(300))?;
    if last_number(&terminal.text()).is_none() {
        terminal.press("\t\t")?; // the source is on the other side of the rubric
        terminal.rest(Duration::from_millis(300))?;
    }
    let mut times = Vec::new();
    while times.len() < ROWS {
        let before = last_number(&terminal.text()).ok_or_else(|| eyre!("no numbers:\n{}", terminal.text()))?;
        let mut rows = 0;
        let time = loop {
            rows += 1;
            terminal.rest(Duration::from_millis(10))?; // the last frame may come in pieces
            let time = terminal.changed_after_key("j")?;
            if last_number(&terminal.text()).is_some_and(|number| number > before) || rows > 20 {
                break time;
            }
        };
        times.push(time);
    }
    Ok(times)
}

/// Types what is to be found.
fn seek(terminal: &mut Terminal) -> Result<Vec<Duration>> {
    terminal.press("/")?;
    terminal.rest(Duration::from_millis(500))?;
    let mut times = Vec::new();
    for letter in NEEDLE.chars() {
        times.push(terminal.changed_after_key(&letter.to_string())?);
        terminal.rest(Duration::from_millis(300))?;
    }
    if !terminal.text().contains("1/1") {
        return Err(eyre!("not found:\n{}", terminal.text()));
    }
    terminal.press("\x1b")?;
    terminal.rest(Duration::from_millis(300))?;
    Ok(times)
}

fn last_number(text: &str) -> Option<u64> {
    text.split('#').skip(1).filter_map(|rest| rest.get(..7)?.parse().ok()).max()
}

/// A workspace in which large items stand between small ones.
fn prepare(db: &Path, folder: &Path, kind: &Kind) -> Result<()> {
    remove_database(db);
    let [spec, file]: [PathBuf; 2] = ["large.toml", "large.jsonl"].map(|name| folder.join(name));
    let mut records = String::new();
    for nth in 0..TIMES {
        let _ = writeln!(records, "{}", json!({"id": format!("small-{nth}"), "input": "?", "output": "small"}));
        let mut large = (kind.item)();
        large["id"] = format!("large-{nth}").into();
        large["input"] = "?".into();
        let _ = writeln!(records, "{large}");
    }
    std::fs::write(&spec, SPEC)?;
    std::fs::write(&file, records)?;
    let karat = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_karat"));
        command.arg("--db").arg(db).env("XDG_CONFIG_HOME", folder).args(arguments).args(["--as", REVIEWER]);
        command.stdin(Stdio::null()).stdout(Stdio::null());
        process::run(&mut command)
    };
    karat(&["spec", "apply", &spec.to_string_lossy()])?;
    karat(&["import", QUEUE, &file.to_string_lossy()])?;
    std::fs::remove_file(file)?;
    Ok(())
}

/// Numbered lines behind a prefix, so many bytes of them; the needle in the middle.
fn lines(prefix: &str, size: usize) -> String {
    let count = size / (LINE + prefix.len());
    let line = |nth| {
        let word = if nth == count / 2 { NEEDLE } else { "refund" };
        format!("{prefix}#{nth:07} the {word} is on its way within 5 working days\n")
    };
    (0..count).map(line).collect()
}

fn records() -> Value {
    let lines = lines("", SIZE * 2 / 3); // the rest are names and brackets
    lines.lines().enumerate().map(|(nth, line)| json!({"n": nth, "text": line, "paid": 12.5})).collect()
}

fn documents() -> Value {
    let code = "```python\nif days < 30:  # in time\n    refund(\"full\", amount=12.50)\n```\n".repeat(200);
    let documents = (0..40).map(|nth| {
        let text = if nth == 20 {
            lines("- **item** ", 240_000)
        } else {
            lines("- **item** ", 240_000).replace(NEEDLE, "refund")
        };
        json!({"title": format!("Document {nth}"), "text": format!("{text}\n{code}")})
    });
    documents.collect()
}
