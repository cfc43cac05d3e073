//! A workstation to tell a story with.

use super::fixtures::{browse_rows, counts, next, queue, served, spec, start};
use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use karat::config::{Config, ThemeChoice};
use karat::domain::filter::Words;
use karat::domain::spec::Spec;
use karat::domain::time::UtcMillis;
use karat::store::{GoldenRow, Next, Page, Served, StoreError};
use karat::tui::Start;
use karat::tui::app::App;
use karat::tui::app_context::AppContext;
use karat::tui::keymap::Keymap;
use karat::tui::message::{Effect, Message};
use karat::tui::theme::Theme;
use karat::tui::worker::{
    BrowseReply, BrowseRequest, GoldenReply, GoldenRequest, InboxRequest, LensRequest, LookupReply, LookupRequest,
    QueueReply, QueueRequest, Reply, Request, Since,
};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;

const SERVER: Option<&str> = Some("postgres://db.host/team");

pub(super) struct Story {
    app: App,
    terminal: Terminal<TestBackend>,
    /// Lists of the golden set that were asked for.
    lists: u64,
    pub now: UtcMillis,
    /// What the lens was asked to read last; it answers when a story lets it.
    lens: Option<LensRequest>,
}

impl Story {
    /// At home, with nothing read yet.
    pub(super) fn home(size: (u16, u16)) -> Self {
        Self::begin(Start::Home, Theme::plain(), size).0
    }

    /// At the first item of the support replies, which was seen.
    pub(super) fn review(size: (u16, u16)) -> Self {
        Self::with(spec(), next(served(12, start())), size)
    }

    /// The same, on a server's workspace.
    pub(super) fn on_server(size: (u16, u16)) -> Self {
        let (mut story, _) = Self::begin_with(SERVER, Start::Queue("replies".into()), Theme::plain(), size, 0);
        story.open(spec(), next(served(12, start())));
        story
    }

    /// At home on a server's workspace.
    pub(super) fn home_on_server(size: (u16, u16)) -> Self {
        Self::begin_with(SERVER, Start::Home, Theme::plain(), size, 0).0
    }

    /// At whatever is next under a spec, seen.
    pub(super) fn with(spec: Spec, next: Next, size: (u16, u16)) -> Self {
        let (mut story, _) = Self::begin(Start::Queue("replies".into()), Theme::plain(), size);
        story.open(spec, next);
        story
    }

    /// In the table of the support replies, in a workspace that may only be read.
    pub(super) fn onlooker(size: (u16, u16)) -> Self {
        let (mut story, effects) = Self::begin(Start::Queue("replies".into()), Theme::plain(), size);
        let request = Box::new(asked(effects).remove(0));
        let error = StoreError::ReadOnly { missing: "you may not write to w.db".into() };
        story.reply(Reply::Failed { request, error });
        story.reply(Reply::Browse(BrowseReply::Words { queue: queue(spec()), words: Box::new(Words::of([&spec()])) }));
        story.line(1, 30);
        story.settle();
        story
    }

    /// In the browser of the support replies, with so many rows.
    pub(super) fn browser(size: (u16, u16), items: usize) -> Self {
        Self::browser_of(spec(), size, items)
    }

    pub(super) fn browser_of(spec: Spec, size: (u16, u16), items: usize) -> Self {
        let mut story = Self::review(size);
        let asked = asked(story.keys("b"));
        assert!(
            asked.iter().any(|request| matches!(request, Request::Browse(BrowseRequest::Begin { .. }))),
            "{asked:?}"
        );
        let words = Box::new(Words::of([&spec]));
        story.reply(Reply::Browse(BrowseReply::Words { queue: queue(spec), words }));
        story.line(1, items);
        story.settle();
        story
    }

    /// The line of a ticket is known whole.
    pub(super) fn line(&mut self, ticket: u64, items: usize) {
        let (known, found) = (items, items);
        let since = Since::default();
        self.reply(Reply::Browse(BrowseReply::Extent {
            ticket,
            known,
            found,
            progress: 1.0,
            done: true,
            indexed: None,
            since,
        }));
    }

    /// Draws, and answers what the browser asks for, until it asks no more.
    pub(super) fn settle(&mut self) {
        for _ in 0..4 {
            self.draw();
            for request in asked(self.tell(Message::Painted)) {
                match request {
                    Request::Browse(BrowseRequest::Rows { ticket, from, count }) => {
                        self.reply(Reply::Browse(BrowseReply::Rows { ticket, from, rows: browse_rows(from, count) }));
                    }
                    Request::Lookup(LookupRequest::Peek { seq }) => {
                        let item = Box::new(served(seq, start()).item);
                        self.reply(Reply::Lookup(LookupReply::Peeked { seq, item, is_mine: false }));
                    }
                    _ => {}
                }
            }
        }
    }

    /// The same in colours.
    pub(super) fn coloured(choice: ThemeChoice, served: Served, size: (u16, u16)) -> Self {
        let (mut story, _) = Self::begin(Start::Queue("replies".into()), Theme::load(choice, None), size);
        story.open(spec(), next(served));
        story
    }

    pub(super) fn open(&mut self, spec: Spec, next: Next) {
        self.reply(Reply::Queue(QueueReply::Opened {
            queue: queue(spec),
            serving: Default::default(),
            counts: counts(300, 112, 0),
            next,
        }));
        self.paint();
    }

    /// A review in which a verdict within so many milliseconds of the first frame is not taken.
    pub(super) fn guarded(size: (u16, u16), guard_ms: u32) -> Self {
        let at = Start::Queue("replies".into());
        let (mut story, _) = Self::begin_with(None, at, Theme::plain(), size, guard_ms);
        story.open(spec(), next(served(12, start())));
        story
    }

    /// The queues, in whose inbox an answer within so many milliseconds of its item is not taken.
    pub(super) fn home_guarded(size: (u16, u16), guard_ms: u32) -> Self {
        Self::begin_with(None, Start::Home, Theme::plain(), size, guard_ms).0
    }

    pub(super) fn begin(at: Start, theme: Theme, size: (u16, u16)) -> (Self, Vec<Effect>) {
        Self::begin_with(None, at, theme, size, 0)
    }

    fn begin_with(
        place: Option<&str>,
        at: Start,
        theme: Theme,
        size: (u16, u16),
        guard_ms: u32,
    ) -> (Self, Vec<Effect>) {
        let keymap = Keymap::new(&Config::default()).unwrap();
        let mut ctx = AppContext::new(keymap, theme, "ops-1".into(), 60_000);
        ctx.place = place.map(str::to_owned);
        ctx.pace.guard_ms = guard_ms;
        ctx.shell_commands = karat::cli::shell_commands;
        let (app, effects) = App::new(at, ctx, size, start());
        let terminal = Terminal::new(TestBackend::new(size.0, size.1)).unwrap();
        (Self { app, terminal, lists: 0, now: start(), lens: None }, effects)
    }

    pub(super) fn tell(&mut self, message: Message) -> Vec<Effect> {
        let mut effects = self.app.update(message, self.now);
        let readings = effects.extract_if(.., |effect| matches!(effect, Effect::ReadWithLens(_)));
        let newest = readings.last();
        if let Some(Effect::ReadWithLens(request)) = newest {
            self.lens = Some(request);
        }
        for effect in &effects {
            if let Effect::Ask(Request::Golden(GoldenRequest::Window { list, .. })) = effect {
                self.lists = *list;
            }
        }
        effects
    }

    /// The lens has read the item, and the reviewer sees it.
    pub(super) fn lens(&mut self) {
        let Some(request) = self.lens.take() else { panic!("the lens was not asked") };
        self.read_by_lens(request);
        self.paint();
    }

    pub(super) fn read_by_lens(&mut self, request: LensRequest) {
        let reading = Box::new(request.texts.read());
        self.reply(Reply::Lens { request: Box::new(request), reading });
    }

    /// Answers the golden list that was asked for last.
    pub(super) fn golden_page(&mut self, page: Page<GoldenRow>) -> Vec<Effect> {
        self.reply(Reply::Golden(GoldenReply::Window { list: self.lists, page, set_version: 41 }))
    }

    pub(super) fn reply(&mut self, reply: Reply) -> Vec<Effect> {
        self.tell(Message::Reply(reply))
    }

    /// Presses keys: `"x 3 enter"`.
    pub(super) fn keys(&mut self, keys: &str) -> Vec<Effect> {
        keys.split(' ').flat_map(|key| self.tell(Message::Terminal(Event::Key(press(key))))).collect()
    }

    pub(super) fn types(&mut self, text: &str) -> Vec<Effect> {
        let press = |c| Event::Key(KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE));
        text.chars().flat_map(|c| self.tell(Message::Terminal(press(c)))).collect()
    }

    pub(super) fn mouse(&mut self, kind: MouseEventKind, (column, row): (u16, u16)) -> Vec<Effect> {
        let mouse = MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE };
        self.tell(Message::Terminal(Event::Mouse(mouse)))
    }

    /// Clicks on the first place where a text stands.
    pub(super) fn click(&mut self, text: &str) -> Vec<Effect> {
        let screen = self.screen();
        let (row, line) = screen.lines().enumerate().find(|(_, line)| line.contains(text)).expect("the text is seen");
        let column = line.find(text).map(|at| line[..at].chars().count()).unwrap_or_default();
        self.mouse(MouseEventKind::Down(MouseButton::Left), (column as u16 + 1, row as u16))
    }

    pub(super) fn resize(&mut self, width: u16, height: u16) {
        self.terminal.backend_mut().resize(width, height);
        self.tell(Message::Terminal(Event::Resize(width, height)));
        self.paint();
    }

    pub(super) fn wait(&mut self, millis: i64) -> Vec<Effect> {
        self.now += millis;
        match self.app.due() {
            Some(due) if due <= self.now => self.tell(Message::Tick),
            _ => Vec::new(),
        }
    }

    pub(super) fn due_in(&self) -> Option<i64> {
        self.app.due().map(|due| due - self.now)
    }

    /// The same in the colours of a theme.
    pub(super) fn in_colours(mut self, choice: ThemeChoice) -> Self {
        self.app.set_theme(Theme::load(choice, None));
        self
    }

    /// What is on screen may differ from what was drawn last.
    pub(super) fn wants_frame(&self) -> bool {
        self.app.wants_frame()
    }

    pub(super) fn draw(&mut self) -> Buffer {
        self.terminal.draw(|frame| self.app.draw(frame)).unwrap();
        self.terminal.backend().buffer().clone()
    }

    /// Draws, and lets the reviewer see it.
    pub(super) fn paint(&mut self) {
        self.draw();
        self.tell(Message::Painted);
    }

    /// The screen as text, without the space at the ends of lines.
    pub(super) fn screen(&mut self) -> String {
        let buffer = self.draw();
        let rows = buffer.content.chunks(buffer.area.width.into());
        let row = |cells: &[ratatui::buffer::Cell]| {
            let mut text = String::new();
            let mut covered = 0; // cells behind a wide character hold a space that is not there
            for cell in cells {
                if covered == 0 {
                    text.push_str(cell.symbol());
                    covered = unicode_width::UnicodeWidthStr::width(cell.symbol());
                }
                covered = covered.saturating_sub(1);
            }
            text.trim_end().to_owned()
        };
        rows.map(row).collect::<Vec<_>>().join("\n")
    }

    /// The line at the foot.
    pub(super) fn said(&mut self) -> String {
        let screen = self.screen();
        screen.lines().rev().nth(1).unwrap_or_default().trim().to_owned()
    }

    #[track_caller]
    pub(super) fn sees(&mut self, text: &str) {
        let screen = self.screen();
        assert!(screen.contains(text), "{text:?} is not on the screen:\n{screen}");
    }

    #[track_caller]
    pub(super) fn sees_no(&mut self, text: &str) {
        let screen = self.screen();
        assert!(!screen.contains(text), "{text:?} is on the screen:\n{screen}");
    }
}

/// What was asked of the store.
pub(super) fn asked(effects: Vec<Effect>) -> Vec<Request> {
    let request = |effect| match effect {
        Effect::Ask(request) => Some(request),
        _ => None,
    };
    effects.into_iter().filter_map(request).collect()
}

fn press(key: &str) -> KeyEvent {
    let (modifiers, key) = match key.split_once('+') {
        Some(("ctrl", key)) => (KeyModifiers::CONTROL, key),
        Some(("alt", key)) => (KeyModifiers::ALT, key),
        Some(("shift", key)) => (KeyModifiers::SHIFT, key),
        _ => (KeyModifiers::NONE, key),
    };
    let code = match key {
        "enter" => KeyCode::Enter,
        "esc" => KeyCode::Esc,
        "space" => KeyCode::Char(' '),
        "tab" => KeyCode::Tab,
        "left" => KeyCode::Left,
        "right" => KeyCode::Right,
        "up" => KeyCode::Up,
        "down" => KeyCode::Down,
        "home" => KeyCode::Home,
        "pagedown" => KeyCode::PageDown,
        "end" => KeyCode::End,
        "backspace" => KeyCode::Backspace,
        letter => KeyCode::Char(letter.chars().next().expect("a key has a name")),
    };
    KeyEvent::new(code, modifiers)
}

/// What the home screen asks for whenever it is read.
pub(super) fn queues_asked() -> [Request; 2] {
    [QueueRequest::List.into(), InboxRequest::Size.into()]
}
