//! The review screen on the sample data, drawn by the program into a buffer, and the
//! buffer as SVG.

use karat::config::{Config, ThemeChoice};
use karat::domain::imported::Record;
use karat::domain::queue::Queue;
use karat::import::{Options, Reader, Row};
use karat::store::{ImportOptions, Next, Store};
use karat::tui::app::{App, Start};
use karat::tui::app_context::AppContext;
use karat::tui::keymap::Keymap;
use karat::tui::message::Message;
use karat::tui::theme::{Background, Theme};
use karat::tui::worker::{QueueReply, Reply};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::{Buffer, Cell};
use ratatui::crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use ratatui::style::{Color, Modifier};
use std::fmt::Write;

const SIZE: (u16, u16) = (132, 38);
pub(super) const QUEUE: &str = "support-replies";
const ITEM: &str = "sup-0024";

/// A moment at which the sample data is new.
pub(super) const NOW: i64 = 1_795_000_000_000;

pub(super) fn review_screen() -> String {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(folder.path().join("karat.db")).unwrap();
    let opened = open_sample(&mut store);
    let theme = Theme::load(ThemeChoice::Dark, Some(Background::Dark));
    let ctx = AppContext::new(Keymap::new(&Config::default()).unwrap(), theme, "ops-1".into(), 60_000);
    let (mut app, _) = App::new(Start::Queue(QUEUE.into()), ctx, SIZE, NOW);
    let mut terminal = Terminal::new(TestBackend::new(SIZE.0, SIZE.1)).unwrap();
    app.update(Message::Reply(opened), NOW);
    // A second between the keys: a faster hand is taken for a slip.
    for (now, key) in (NOW..).step_by(1_000).zip([None, Some('4'), Some('2'), Some('x'), Some('1'), Some('6')]) {
        if let Some(key) = key {
            let key = KeyEvent::new(KeyCode::Char(key), KeyModifiers::NONE);
            app.update(Message::Terminal(Event::Key(key)), now);
        }
        terminal.draw(|frame| app.draw(frame)).unwrap();
        app.update(Message::Painted, now);
    }
    svg(terminal.backend().buffer())
}

fn open_sample(store: &mut Store) -> Reply {
    let queue = import_sample(store);
    let seq = store.seq_of(&queue, ITEM).unwrap();
    let served = store.show(queue.actor("ops-1", NOW), seq).unwrap();
    let counts = store.counts(&queue).unwrap();
    Reply::Queue(QueueReply::Opened {
        queue: Box::new(queue),
        serving: Default::default(),
        counts,
        next: Next::Item(Box::new(served)),
    })
}

/// Makes the sample queue.
pub(super) fn import_sample(store: &mut Store) -> Queue {
    let folder = super::in_project("sample-data").join(QUEUE);
    let source = std::fs::read_to_string(folder.join("spec.toml")).unwrap();
    store.apply_spec(&karat::spec::parse(&source).unwrap(), &source, "pm", NOW).unwrap();
    let queue = store.queue(QUEUE).unwrap();
    let reader = Reader::open(&folder.join("items.jsonl"), Options::default()).unwrap();
    let records: Vec<Record> = reader
        .filter_map(|row| match row.unwrap() {
            Row::Record(record) => Some(*record),
            Row::Reject(_) | Row::PassedOver(..) => None,
        })
        .collect();
    let mut session = store.begin_import(&queue, "items.jsonl", ImportOptions::default(), "pm", NOW).unwrap();
    store.import_records(&mut session, records.iter(), NOW).unwrap();
    store.end_import(session, &serde_json::json!({}), NOW).unwrap();
    queue
}

const CELL: (f32, f32) = (8.4, 17.0);

/// One `<text>` a run of cells in one style, placed on the grid.
fn svg(buffer: &Buffer) -> String {
    let mut out = head((buffer.area.width, buffer.area.height));
    for y in 0..buffer.area.height {
        out.push_str(&row(buffer, y));
    }
    out.push_str("</svg>\n");
    out
}

/// The beginning of an SVG of so many columns and rows.
pub(super) fn head((columns, rows): (u16, u16)) -> String {
    let (width, height) = (f32::from(columns) * CELL.0, f32::from(rows) * CELL.1);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.1} {height:.1}\" font-size=\"14\" \
         font-family=\"ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"6\" fill=\"#16181d\"/>\n"
    )
}

/// One row of cells.
pub(super) fn row(buffer: &Buffer, y: u16) -> String {
    let mut out = String::new();
    let mut x = 0;
    while x < buffer.area.width {
        let first = &buffer[(x, y)];
        let end = (x..buffer.area.width).find(|&at| !alike(&buffer[(at, y)], first)).unwrap_or(buffer.area.width);
        let text: String = (x..end).map(|at| buffer[(at, y)].symbol()).collect();
        run(first, (x, y), end - x, &text, &mut out);
        x = end;
    }
    out
}

fn alike(one: &Cell, other: &Cell) -> bool {
    one.style() == other.style()
}

fn run(cell: &Cell, (x, y): (u16, u16), cells: u16, text: &str, out: &mut String) {
    let (left, top) = (f32::from(x) * CELL.0, f32::from(y) * CELL.1);
    let width = f32::from(cells) * CELL.0;
    let reversed = cell.modifier.contains(Modifier::REVERSED);
    let (front, back) = if reversed { (cell.bg, cell.fg) } else { (cell.fg, cell.bg) };
    if back != Color::Reset || reversed {
        let fill = colour(back, "#c9cdd4");
        let _ = writeln!(
            out,
            "<rect x=\"{left:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{}\" fill=\"{fill}\"/>",
            CELL.1
        );
    }
    if text.trim().is_empty() {
        return;
    }
    let fill = colour(front, if reversed { "#16181d" } else { "#c9cdd4" });
    let weight = if cell.modifier.contains(Modifier::BOLD) { " font-weight=\"bold\"" } else { "" };
    let faint = if cell.modifier.contains(Modifier::DIM) { " opacity=\"0.6\"" } else { "" };
    let (baseline, text) = (top + 13.0, escaped(text));
    let _ = writeln!(
        out,
        "<text x=\"{left:.1}\" y=\"{baseline:.1}\" textLength=\"{width:.1}\" lengthAdjust=\"spacingAndGlyphs\" \
         xml:space=\"preserve\" fill=\"{fill}\"{weight}{faint}>{text}</text>"
    );
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The palette of xterm: six levels of each primary, then greys.
fn colour(colour: Color, otherwise: &str) -> String {
    let level = |step: u8| if step == 0 { 0 } else { 55 + 40 * step };
    match colour {
        Color::Rgb(r, g, b) => format!("#{r:02x}{g:02x}{b:02x}"),
        Color::Indexed(index @ 16..=231) => {
            let (r, g, b) = ((index - 16) / 36, (index - 16) / 6 % 6, (index - 16) % 6);
            format!("#{:02x}{:02x}{:02x}", level(r), level(g), level(b))
        }
        Color::Indexed(index @ 232..) => format!("#{0:02x}{0:02x}{0:02x}", 8 + 10 * (index - 232)),
        _ => otherwise.into(),
    }
}
