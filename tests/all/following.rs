//! Files are followed on random walks: whatever is appended, left half, renamed, copied and cut off, and wherever the
//! program is killed, each record comes in once.

use karat::domain::mapping::Mapping;
use karat::domain::queue::Queue;
use karat::import::{Options, Reject, RejectFile};
use karat::ingest::{Counts, Failure, Ingest, Progress, RejectsTo, Watch, Watching};
use karat::store::{ImportOptions, Store};
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, SystemTime};
use support::dice::Dice;
use support::fixture::*;

#[derive(Default)]
struct Heard {
    counts: Counts,
    rejected: Vec<String>,
    said: Vec<String>,
    passed_over: Vec<String>,
}

impl Progress for Heard {
    fn stop(&self) -> Arc<AtomicBool> {
        Arc::default()
    }

    fn begin(&mut self, _: Option<u64>) -> std::io::Result<()> {
        Ok(())
    }

    fn advance(&mut self, _: u64, _: &str) {}

    fn end(&mut self) {}

    fn say(&mut self, sentence: &str) {
        self.said.push(sentence.into());
    }

    fn rejected(&mut self, reject: &Reject) {
        self.rejected.push(reject.origin.to_string());
    }

    fn kept(&mut self, _: &RejectFile) {}
}

impl Watching for Heard {
    fn mapping(&mut self, _: &Path) -> Result<Mapping, String> {
        Ok(Mapping::default())
    }

    fn came_in(&mut self, _: &Path, counts: &Counts) {
        self.counts.add(counts);
    }

    fn passed_over(&mut self, file: &Path, why: &str) {
        self.passed_over.push(format!("{}: {why}", file.display()));
    }
}

/// What is followed: the file that is written to, or the folder that it stands in.
#[derive(Debug, Clone, Copy, PartialEq)]
enum What {
    File,
    Folder,
}

/// Whoever writes the files, and whoever follows them.
struct Walk<'a> {
    store: &'a Store,
    queue: &'a Queue,
    what: What,
    is_table: bool,
    folder: tempfile::TempDir,
    /// The file that is written to, which may have another name by now.
    log: File,
    /// What of a line is still to be written.
    half: String,
    written: usize,
    broken: usize,
    rotations: usize,
    watch: Option<Watch<'a>>,
    heard: Heard,
}

impl<'a> Walk<'a> {
    fn new(store: &'a Store, queue: &'a Queue, what: What, is_table: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let log = created(&folder.path().join(name(is_table)), is_table);
        Self {
            store,
            queue,
            what,
            is_table,
            folder,
            log,
            half: String::new(),
            written: 0,
            broken: 0,
            rotations: 0,
            watch: None,
            heard: Heard::default(),
        }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join(name(self.is_table))
    }

    /// The file under the name that rotation gives it next.
    fn rotated(&mut self) -> PathBuf {
        self.rotations += 1;
        self.folder.path().join(format!("{}.{}", name(self.is_table), self.rotations))
    }

    fn line(&mut self, dice: &mut Dice) -> String {
        if dice.chance(100) {
            self.broken += 1;
            let n = self.broken;
            return if self.is_table {
                format!("a,b,c,d,e,{n}\n")
            } else {
                format!("{{\"id\":\"b{n}\",\"input\":\"q\"}}\n")
            };
        }
        self.written += 1;
        let n = self.written;
        match self.is_table {
            true => format!("i{n},\"question\n{n}\",answer {n}\n"),
            false => format!("{{\"id\":\"i{n}\",\"input\":\"question {n}\",\"output\":\"answer {n}\"}}\n"),
        }
    }

    fn write(&mut self, text: &str) {
        self.log.write_all(text.as_bytes()).unwrap();
    }

    fn finish_line(&mut self) {
        let half = std::mem::take(&mut self.half);
        self.write(&half);
    }

    fn append(&mut self, dice: &mut Dice) {
        self.finish_line();
        for _ in 0..dice.below(6) {
            let line = self.line(dice);
            self.write(&line);
        }
        if dice.chance(500) {
            let line = self.line(dice);
            let (begun, rest) = line.split_at(1 + dice.below(line.len() - 1));
            self.write(begun);
            self.half = rest.into();
        }
    }

    /// The file gets another name and a new one takes its place. Who writes it may end a line in the old one first.
    fn rename(&mut self, dice: &mut Dice) {
        self.see();
        let (path, to) = (self.path(), self.rotated());
        std::fs::rename(&path, to).unwrap();
        if dice.chance(500) {
            self.round(); // between the two there is no file
        }
        self.finish_line();
        let line = self.line(dice);
        self.write(&line); // who writes has not heard of it yet
        if dice.chance(300) {
            self.round();
        }
        self.log = created(&path, self.is_table);
    }

    /// The file is copied and cut off.
    fn copy_and_truncate(&mut self) {
        self.see();
        self.finish_line();
        let to = self.rotated();
        std::fs::copy(self.path(), to).unwrap();
        self.cut_off();
    }

    fn truncate(&mut self) {
        self.finish_line();
        self.read_all();
        self.cut_off();
    }

    fn cut_off(&mut self) {
        self.log.set_len(0).unwrap();
        if self.is_table {
            self.write(HEADER);
        }
    }

    /// A file that nobody has ever seen is not looked for under another name.
    fn see(&mut self) {
        if self.what == What::File {
            self.finish_line();
            let line = item_line(&mut self.written, self.is_table);
            self.write(&line);
            self.read_all();
        }
    }

    fn kill(&mut self) {
        drop(self.watch.take());
    }

    fn round(&mut self) -> bool {
        let paths = match self.what {
            What::File => vec![self.path()],
            What::Folder => vec![self.folder.path().to_owned()],
        };
        let (store, queue) = (self.store, self.queue);
        let watch = self.watch.get_or_insert_with(|| {
            let rejects = RejectsTo::Beside { otherwise: None };
            let (reading, options) = (Options::default(), ImportOptions::default());
            Watch::begin(Ingest { store, queue, actor: "engineer", reading, options, rejects }, paths).unwrap()
        });
        watch.round(&mut self.heard).unwrap().is_more
    }

    fn read_all(&mut self) {
        // A name that went from one file to another is seen in one round, its rest in the next.
        for _ in 0..3 {
            while self.round() {}
        }
    }

    fn check(mut self, walk: &str) {
        self.finish_line();
        self.read_all();
        let Heard { counts, rejected, said, passed_over } = &self.heard;
        let told = format!("{walk}\n{said:?}\n{passed_over:?}\n{rejected:?}");
        assert_eq!(counts.imported as usize, self.written, "imported: {told}");
        assert_eq!(counts.unchanged, 0, "{told}");
        assert_eq!(counts.rejected as usize, self.broken, "{told}");
        let items = self.store.counts(self.queue).unwrap().items;
        assert_eq!(items as usize, self.written, "{told}");
        let files = std::fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().path());
        let rejects = files.filter(|path| path.to_string_lossy().ends_with(".rejects.jsonl"));
        let lines: usize = rejects.map(|path| std::fs::read_to_string(path).unwrap().lines().count()).sum();
        assert_eq!(lines, self.broken, "each reject is written once: {told}");
        if let Some(watch) = self.watch {
            watch.end().unwrap();
        }
    }
}

const HEADER: &str = "id,input,output\n";

fn name(is_table: bool) -> &'static str {
    if is_table { "run.csv" } else { "run.jsonl" }
}

fn created(path: &Path, is_table: bool) -> File {
    let mut file = OpenOptions::new().append(true).create_new(true).open(path).unwrap();
    if is_table {
        file.write_all(HEADER.as_bytes()).unwrap();
    }
    file
}

fn item_line(written: &mut usize, is_table: bool) -> String {
    *written += 1;
    match is_table {
        true => format!("i{written},q,a\n"),
        false => format!("{{\"id\":\"i{written}\",\"input\":\"q\",\"output\":\"a\"}}\n"),
    }
}

fn walk(seed: u64, what: What, is_table: bool) {
    let (_workspace, store, queue) = Workspace::with_items(0);
    let mut dice = Dice::new(seed);
    let mut walk = Walk::new(&store, &queue, what, is_table);
    let mut steps = Vec::new();
    for _ in 0..40 {
        let step = *dice.pick(&[
            &"append",
            &"append",
            &"append",
            &"round",
            &"round",
            &"kill",
            &"rename",
            &"copy",
            &"truncate",
        ]);
        steps.push(step);
        match step {
            "append" => walk.append(&mut dice),
            "round" => drop(walk.round()),
            "kill" => walk.kill(),
            "rename" => walk.rename(&mut dice),
            "copy" => walk.copy_and_truncate(),
            _ => walk.truncate(),
        }
    }
    walk.check(&format!("seed {seed}, {what:?}, {}: {steps:?}", name(is_table)));
    assert_sound(&store);
}

fn runs() -> u64 {
    std::env::var("KARAT_TEST_RUNS").ok().and_then(|runs| runs.parse().ok()).unwrap_or(8)
}

#[test]
fn a_file_that_is_renamed_copied_and_cut_off_gives_each_line_once() {
    (0..runs()).for_each(|seed| walk(seed, What::File, false));
}

#[test]
fn so_do_the_files_of_a_folder() {
    (0..runs()).for_each(|seed| walk(seed, What::Folder, false));
}

#[test]
fn so_do_the_rows_of_a_table_that_go_over_lines() {
    (0..runs()).for_each(|seed| {
        walk(seed, What::Folder, true);
        walk(seed, What::File, true);
    });
}

fn follow<'a>(store: &'a Store, queue: &'a Queue, path: &Path) -> Watch<'a> {
    let (reading, options) = (Options::default(), ImportOptions::default());
    let rejects = RejectsTo::Beside { otherwise: None };
    Watch::begin(Ingest { store, queue, actor: "engineer", reading, options, rejects }, vec![path.to_owned()]).unwrap()
}

fn line(n: usize) -> String {
    format!("{{\"id\":\"i{n}\",\"input\":\"q\",\"output\":\"a\"}}\n")
}

#[test]
fn a_reject_that_was_written_before_a_kill_is_not_written_again() {
    let (_workspace, store, queue) = Workspace::with_items(0);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.jsonl");
    std::fs::write(&path, line(1) + "broken\n").unwrap();
    let mut heard = Heard::default();
    let mut watch = follow(&store, &queue, &path);
    while watch.round(&mut heard).unwrap().is_more {}
    assert_eq!((heard.counts.imported, heard.counts.rejected), (1, 1));
    assert_eq!(heard.rejected, [format!("{}:2", path.display())]);
    // A program that was killed before it had noted the place finds its line in the file of rejects.
    let rejects = folder.path().join("run.jsonl.rejects.jsonl");
    let before = std::fs::read_to_string(&rejects).unwrap();
    let other = Workspace::with_items(0);
    let mut again = follow(&other.1, &other.2, &path);
    while again.round(&mut heard).unwrap().is_more {}
    assert_eq!(std::fs::read_to_string(&rejects).unwrap(), before);
}

#[test]
fn rejects_that_have_no_place_are_told_and_keep_nothing_out() {
    let (workspace, store, queue) = Workspace::with_items(0);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.jsonl");
    std::fs::write(&path, line(1)).unwrap();
    let mut heard = Heard::default();
    let mut watch = follow(&store, &queue, &path);
    while watch.round(&mut heard).unwrap().is_more {}
    // A folder stands where the rejects would.
    std::fs::create_dir(folder.path().join("run.jsonl.rejects.jsonl")).unwrap();
    OpenOptions::new()
        .append(true)
        .open(&path)
        .unwrap()
        .write_all((line(2) + "broken\n" + &line(3)).as_bytes())
        .unwrap();
    while watch.round(&mut heard).unwrap().is_more {}
    assert!(heard.said.iter().any(|said| said.contains("cannot be written")), "{:?}", heard.said);
    assert_eq!(workspace.number("SELECT items FROM queue"), 3);
}

#[test]
fn an_outage_is_gone_on_from() {
    let (workspace, store, queue) = Workspace::with_items(0);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.jsonl");
    std::fs::write(&path, line(1)).unwrap();
    let mut heard = Heard::default();
    let mut watch = follow(&store, &queue, &path);
    while watch.round(&mut heard).unwrap().is_more {}
    workspace.sql("ALTER TABLE followed RENAME TO gone").unwrap();
    OpenOptions::new().append(true).open(&path).unwrap().write_all((line(2) + &line(3)).as_bytes()).unwrap();
    assert!(matches!(watch.round(&mut heard), Err(Failure::Store(_))));
    assert_eq!(workspace.number("SELECT items FROM queue"), 1);
    workspace.sql("ALTER TABLE gone RENAME TO followed").unwrap();
    watch.recover().unwrap();
    while watch.round(&mut heard).unwrap().is_more {}
    assert_eq!(workspace.number("SELECT items FROM queue"), 3);
    assert_eq!((heard.counts.imported, heard.counts.unchanged), (3, 0));
}

/// A file to which nothing was written for so long.
fn written(path: &Path, text: &str, ago: Duration) {
    std::fs::write(path, text).unwrap();
    OpenOptions::new().append(true).open(path).unwrap().set_modified(SystemTime::now() - ago).unwrap();
}

/// What a watch of a folder hears of it, and the names of files that wait.
fn heard_of(folder: &Path, store: &Store, queue: &Queue) -> (Heard, Vec<String>) {
    let mut heard = Heard::default();
    let mut watch = follow(store, queue, folder);
    while watch.round(&mut heard).unwrap().is_more {}
    let name = |path: PathBuf| path.file_name().unwrap().to_string_lossy().into_owned();
    let waiting = watch.waiting().into_iter().map(name).collect();
    watch.end().unwrap();
    (heard, waiting)
}

#[test]
fn what_ends_without_a_line_end_comes_in_once_nothing_is_written_to_it() {
    let (_workspace, store, queue) = Workspace::with_items(0);
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let (quiet, left) = (Duration::from_secs(11), Duration::from_secs(61));
    written(&at("object.json"), line(1).trim_end(), quiet);
    written(&at("object.jsonl"), line(2).trim_end(), Duration::ZERO);
    written(&at("old.csv"), "id,input,output\ri3,q,a\ri4,q,a\r", quiet);
    written(&at("last.csv"), "id,input,output\ni5,q,a\ni6,q,a", left);
    written(&at("cut.csv"), "id,input,output\ni7,q,a\ni8,q,\"a", left);
    written(&at("new.csv"), "id,input,output\ni9,q,a\ni10,q,a", quiet);
    written(&at("head.csv"), "id,input,outp", left);
    let (heard, waiting) = heard_of(folder.path(), &store, &queue);
    assert_eq!((heard.counts.imported, heard.counts.rejected), (7, 0), "{:?}", heard.passed_over);
    assert_eq!(waiting, ["cut.csv", "head.csv", "new.csv", "object.jsonl"]);
    // What goes on all the same stands on a line of its own.
    OpenOptions::new().append(true).open(at("last.csv")).unwrap().write_all(b"\ni11,q,a\n").unwrap();
    let (heard, _) = heard_of(folder.path(), &store, &queue);
    assert_eq!((heard.counts.imported, heard.counts.unchanged, heard.counts.rejected), (1, 0, 0));
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_that_cannot_be_opened_keeps_its_place() {
    let (_workspace, store, queue) = Workspace::with_items(0);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.jsonl");
    std::fs::write(&path, line(1)).unwrap();
    assert_eq!(heard_of(folder.path(), &store, &queue).0.counts.imported, 1);
    // A file of the system that no one, not even root, may read.
    let unreadable = Path::new("/proc/self/mem");
    std::fs::rename(&path, folder.path().join("kept")).unwrap();
    std::os::unix::fs::symlink(unreadable, &path).unwrap();
    let mut heard = Heard::default();
    let mut watch = follow(&store, &queue, &path);
    for _ in 0..3 {
        watch.round(&mut heard).unwrap();
    }
    assert_eq!(heard.passed_over.len(), 1, "{:?}", heard.passed_over);
    assert!(heard.passed_over[0].contains("run.jsonl: cannot be read"), "{:?}", heard.passed_over);
    std::fs::remove_file(&path).unwrap();
    std::fs::rename(folder.path().join("kept"), &path).unwrap();
    OpenOptions::new().append(true).open(&path).unwrap().write_all(line(2).as_bytes()).unwrap();
    while watch.round(&mut heard).unwrap().is_more {}
    assert_eq!((heard.counts.imported, heard.counts.unchanged), (1, 0));
}

#[test]
fn a_stray_quotation_mark_stops_no_table_that_is_followed() {
    let (_workspace, store, queue) = Workspace::with_items(0);
    let folder = tempfile::tempdir().unwrap();
    let table = "id,input,output\ni1,q,a\ni2,\"q,a\ni3,q,a\ni4,q,a\n";
    written(&folder.path().join("run.csv"), table, Duration::from_secs(11));
    let (heard, waiting) = heard_of(folder.path(), &store, &queue);
    assert_eq!((heard.counts.imported, heard.counts.rejected), (3, 1), "{:?}", heard.rejected);
    assert_eq!((heard.rejected[0].rsplit(':').next(), waiting.len()), (Some("3"), 0));
}

#[test]
fn a_line_that_is_longer_than_a_record_is_told_and_rejected_when_it_ends() {
    let (_workspace, store, queue) = Workspace::with_items(0);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.jsonl");
    let reading = Options { max_record_bytes: 1000, ..Options::default() };
    let (options, rejects) = (ImportOptions::default(), RejectsTo::Beside { otherwise: None });
    let ingest = Ingest { store: &store, queue: &queue, actor: "engineer", reading, options, rejects };
    let mut watch = Watch::begin(ingest, vec![path.clone()]).unwrap();
    let mut heard = Heard::default();
    let mut append = |text: &str| {
        let mut file = OpenOptions::new().append(true).create(true).open(&path).unwrap();
        file.write_all(text.as_bytes()).unwrap();
        while watch.round(&mut heard).unwrap().is_more {}
        (heard.counts.imported, heard.counts.rejected, heard.passed_over.len())
    };
    assert_eq!(append(&(line(1) + "{\"id\":\"")), (1, 0, 0));
    assert_eq!(append(&"a".repeat(3000)), (1, 0, 1));
    assert_eq!(append(&"a".repeat(3000)), (1, 0, 1));
    assert_eq!(append(&("\"}\n".to_owned() + &line(2))), (2, 1, 1));
    assert_eq!(append(&line(3)), (3, 1, 1));
}

#[test]
fn a_whole_file_that_is_another_in_its_middle_is_read_again() {
    let (_workspace, store, queue) = Workspace::with_items(0);
    let folder = tempfile::tempdir().unwrap();
    let list = |middle: &str| {
        let items: Vec<_> = (1..=60).map(|n| line(n).trim_end().replace("i30", middle)).collect();
        format!("[{}]", items.join(",\n"))
    };
    for (middle, counts) in [("i30", (60, 0)), ("i30", (0, 0)), ("i99", (1, 59))] {
        written(&folder.path().join("all.json"), &list(middle), Duration::from_secs(3));
        let (heard, _) = heard_of(folder.path(), &store, &queue);
        assert_eq!((heard.counts.imported, heard.counts.unchanged), counts, "{middle}");
    }
}
