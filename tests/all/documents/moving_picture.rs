//! A triage of half a minute on the sample data: the program and its store, driven key by key, and
//! what it draws as an animated SVG.

use super::picture::{self, NOW, QUEUE};
use karat::config::{Config, ThemeChoice};
use karat::store::Store;
use karat::tui::app::{App, Start};
use karat::tui::app_context::AppContext;
use karat::tui::keymap::Keymap;
use karat::tui::message::{Effect, Message};
use karat::tui::theme::{Background, Theme};
use karat::tui::worker::{Reply, Worker};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Instant;
use support::wait;
use tokio::sync::mpsc::UnboundedReceiver;

const SIZE: (u16, u16) = (120, 34);

/// A key, what it brings to the screen, and for how many milliseconds that is looked at.
const TRIAGE: &[(&str, &str, u32)] = &[
    ("", "sup-0016", 2500),
    ("]", "sentence 1", 1500),
    ("f", "an aid, it decides nothing", 1800),
    ("enter", "Mark: what is wrong", 1200),
    ("2", "(•)", 900),
    ("enter", "marked as", 1500),
    ("x", "Reject: what is wrong", 1500),
    ("enter", "rejected sup-0016", 1800),
    ("a", "accepted", 1500),
    ("u", "undone", 1800),
    ("a", "accepted", 1200),
    ("b", "102 items", 1800),
    ("/", "words are sought", 500),
    ("t", "t", 150),
    ("a", "ta", 150),
    ("g", "tag", 150),
    (":", "tag:", 150),
    ("r", "tag:r", 150),
    ("e", "tag:re", 150),
    ("c", "tag:rec", 150),
    ("a", "tag:reca", 150),
    ("l", "tag:recal", 150),
    ("l", "tag:recall", 1200),
    ("enter", "tag:recall", 800),
    ("space", "1 selected", 700),
    ("down", "1 selected", 400),
    ("space", "2 selected", 1000),
    ("x", "2 items", 1200),
    ("4", "[x] !!", 900),
    ("enter", "Many at once", 1200),
    ("y", "✗ rejected", 2000),
    ("u", "undone", 2000),
];

/// The workstation with its store, without a terminal.
struct Desk {
    app: App,
    worker: Worker,
    replies: UnboundedReceiver<Reply>,
    /// Requests without a reply yet.
    asked: usize,
    screen: Terminal<TestBackend>,
    now: i64,
    /// The folder of the workspace, which goes last.
    _folder: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let open = move || {
            let mut store = Store::open(folder.path().join("karat.db"))?;
            store.clock().follow(NOW);
            picture::import_sample(&mut store);
            Ok((store, folder))
        };
        let (worker, replies, folder) = Worker::start(open, false, "ops-1".into()).unwrap();
        let theme = Theme::load(ThemeChoice::Dark, Some(Background::Dark));
        let ctx = AppContext::new(Keymap::new(&Config::default()).unwrap(), theme, "ops-1".into(), 60_000);
        let (app, effects) = App::new(Start::Queue(QUEUE.into()), ctx, SIZE, NOW);
        let screen = Terminal::new(TestBackend::new(SIZE.0, SIZE.1)).unwrap();
        let mut desk = Self { app, worker, replies, asked: 0, screen, now: NOW, _folder: folder };
        desk.perform(effects);
        desk
    }

    fn tell(&mut self, message: Message) {
        let effects = self.app.update(message, self.now);
        self.perform(effects);
    }

    fn perform(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Ask(request) => {
                    self.asked += 1;
                    self.worker.ask(request);
                }
                Effect::ReadWithLens(request) => {
                    let reading = Box::new(request.texts.read());
                    self.tell(Message::Reply(Reply::Lens { request: Box::new(request), reading }));
                }
                _ => {}
            }
        }
    }

    fn press(&mut self, key: &str) {
        let code = match key {
            "" => return,
            "enter" => KeyCode::Enter,
            "space" => KeyCode::Char(' '),
            "down" => KeyCode::Down,
            letter => KeyCode::Char(letter.chars().next().unwrap()),
        };
        self.tell(Message::Terminal(Event::Key(KeyEvent::new(code, KeyModifiers::NONE))));
    }

    /// Answers until nothing is asked any more and the text is on the screen.
    fn settle(&mut self, text: &str) -> Buffer {
        let start = Instant::now();
        loop {
            while let Ok(reply) = self.replies.try_recv() {
                let is_asked = !matches!(reply, Reply::Lens { .. } | Reply::Changed | Reply::Connection(_));
                self.asked = self.asked.saturating_sub(usize::from(is_asked));
                self.tell(Message::Reply(reply));
            }
            let app = &mut self.app;
            self.screen.draw(|frame| app.draw(frame)).unwrap();
            self.tell(Message::Painted);
            let seen = self.screen.backend().to_string();
            if self.asked == 0 && seen.contains(text) {
                return self.screen.backend().buffer().clone();
            }
            assert!(start.elapsed() < wait::PATIENCE / 6, "waited for {text:?}, {} unanswered:\n{seen}", self.asked);
            std::thread::yield_now();
        }
    }
}

/// The frames, each with its milliseconds.
fn frames() -> Vec<(Buffer, u32)> {
    let mut desk = Desk::new();
    let mut frames = Vec::new();
    for &(key, text, millis) in TRIAGE {
        desk.press(key);
        frames.push((desk.settle(text), millis));
        desk.now += i64::from(millis);
    }
    frames
}

/// Every different row once, seen in the frames that have it.
pub(super) fn triage() -> String {
    let frames = frames();
    let whole: u32 = frames.iter().map(|(_, millis)| millis).sum();
    let mut rows: BTreeMap<(u16, String), Vec<(u32, u32)>> = BTreeMap::new();
    let mut start = 0;
    for (buffer, millis) in &frames {
        for y in 0..buffer.area.height {
            let spans = rows.entry((y, picture::row(buffer, y))).or_default();
            match spans.last_mut() {
                Some((_, end)) if *end == start => *end += millis,
                _ => spans.push((start, start + millis)),
            }
        }
        start += millis;
    }
    let mut out = picture::head(SIZE);
    for ((_, row), spans) in rows.iter().filter(|((_, row), _)| !row.is_empty()) {
        out.push_str("<g>");
        if spans[..] != [(0, whole)] {
            out.push_str(&animation(spans, whole));
        }
        let _ = writeln!(out, "\n{row}</g>");
    }
    out.push_str("</svg>\n");
    out
}

/// Shows a group during some spans of the whole, again and again.
fn animation(spans: &[(u32, u32)], whole: u32) -> String {
    let mut changes = vec![(0, "none")];
    for &(from, to) in spans {
        changes.retain(|(at, _)| *at != from);
        changes.push((from, "inline"));
        if to < whole {
            changes.push((to, "none"));
        }
    }
    let joined = |of: &dyn Fn(&(u32, &str)) -> String| changes.iter().map(of).collect::<Vec<_>>().join(";");
    let values = joined(&|(_, value)| (*value).to_owned());
    let times = joined(&|(at, _)| format!("{:.4}", f64::from(*at) / f64::from(whole)));
    format!(
        "<animate attributeName=\"display\" values=\"{values}\" keyTimes=\"{times}\" dur=\"{whole}ms\" \
         calcMode=\"discrete\" repeatCount=\"indefinite\"/>"
    )
}
