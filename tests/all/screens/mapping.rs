//! The mapping screen, as it is drawn and as it answers.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use karat::config::Config;
use karat::domain::mapping::Mapping;
use karat::import::{Sample, propose};
use karat::tui::keymap::Keymap;
use karat::tui::mapping::{Answer, MappingScreen};
use karat::tui::theme::Theme;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use serde_json::json;
use std::path::Path;
use unicode_width::UnicodeWidthStr;

fn samples() -> Vec<Sample> {
    let record = |n: usize| {
        json!({
            "prompt": format!("You are a helpful clerk.\n\nQuestion {n}: may I return a toaster after 40 days?"),
            "question": format!("May I return toaster {n} after 40 days?"),
            "response": {"text": "Yes, within 60 days. 返品は六十日以内です。 ".repeat(n), "finish": "stop"},
            "docs": [{"page_content": "Returns are taken for 60 days.", "title": "Returns", "score": 0.9}],
            "ground_truth": "Within 60 days.", "model": "a-large", "elapsed": 1.5, "cost": 0.002,
            "note": "\u{1b}[31mred", "empty": ""
        })
    };
    (1..=3).map(|n| Sample { place: format!("line {n}"), object: record(n).to_string(), are_cells: false }).collect()
}

fn screen() -> MappingScreen {
    let about = "outputs.jsonl is read as JSON Lines, because its first line begins an object";
    let keymap = Keymap::new(&Config::default()).unwrap();
    MappingScreen::new(about.into(), propose(&samples(), &Mapping::default()), keymap)
}

fn drawn(screen: &MappingScreen, (width, height): (u16, u16)) -> String {
    let area = Rect::new(0, 0, width, height);
    let mut buf = Buffer::empty(area);
    screen.draw_in(area, &mut buf, &Theme::plain());
    let row = |y| {
        let mut row = String::new();
        while row.width() < usize::from(width) {
            row.push_str(buf[(row.width() as u16, y)].symbol()); // a wide sign takes two cells
        }
        row.trim_end().to_owned()
    };
    (0..height).map(row).collect::<Vec<_>>().join("\n")
}

fn press(screen: &mut MappingScreen, code: KeyCode) -> Option<Answer> {
    screen.update(&Event::Key(KeyEvent::new(code, KeyModifiers::NONE)))
}

#[test]
fn the_first_records_are_shown_as_they_would_be_read() {
    for size in [(80, 24), (120, 40)] {
        insta::assert_snapshot!(format!("mapping-{}x{}", size.0, size.1), drawn(&screen(), size));
    }
    let mut last = screen();
    press(&mut last, KeyCode::End);
    press(&mut last, KeyCode::Tab);
    insta::assert_snapshot!("mapping-last-80x24", drawn(&last, (80, 24)));
    drawn(&last, (20, 4));
}

#[test]
fn another_place_is_chosen_by_key_and_the_line_says_so() {
    let mut screen = screen();
    assert!(drawn(&screen, (120, 40)).contains("--map input=.prompt"));
    press(&mut screen, KeyCode::Right);
    let shown = drawn(&screen, (120, 40));
    assert!(shown.contains("--map input=.question") && shown.contains("May I return toaster 1"), "{shown}");
    press(&mut screen, KeyCode::Tab);
    assert!(drawn(&screen, (120, 40)).contains("May I return toaster 2"));
    press(&mut screen, KeyCode::Char('x'));
    assert_eq!(press(&mut screen, KeyCode::Enter), None, "an item has an input");
    let shown = drawn(&screen, (120, 40));
    assert!(shown.contains("an item needs its input: choose a place with ← and →"), "{shown}");
    press(&mut screen, KeyCode::Right);
    press(&mut screen, KeyCode::Right);
    assert_eq!(press(&mut screen, KeyCode::Enter), Some(Answer::Take));
    let mapping = screen.proposal.mapping().to_string();
    assert!(mapping.starts_with("--map id=hash --map input=.question --map output=.response.text"), "{mapping}");
    assert!(mapping.contains("'context=.docs[].page_content'"), "{mapping}");
    assert!(screen.proposal.left_over().contains(&".note".to_owned()));
    assert_eq!(press(&mut screen, KeyCode::Esc), Some(Answer::Leave));
}

/// The first row that has the text, and its column.
fn place_of(shown: &str, text: &str) -> (u16, u16) {
    let (row, line) = shown.lines().enumerate().find(|(_, line)| line.contains(text)).unwrap();
    (line[..line.find(text).unwrap()].width() as u16, row as u16)
}

fn mouse(screen: &mut MappingScreen, kind: MouseEventKind, (column, row): (u16, u16)) -> Option<Answer> {
    screen.update(&Event::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE }))
}

#[test]
fn the_mouse_chooses_as_the_keys_do() {
    let mut screen = screen();
    let click = MouseEventKind::Down(MouseButton::Left);
    let shown = drawn(&screen, (120, 40));
    mouse(&mut screen, click, place_of(&shown, "  output "));
    assert!(drawn(&screen, (120, 40)).contains("▸ output"));
    mouse(&mut screen, MouseEventKind::ScrollUp, (0, 9));
    let shown = drawn(&screen, (120, 40));
    assert!(shown.contains("▸ input") && shown.contains("--map input=.prompt"));
    mouse(&mut screen, click, place_of(&shown, "▸ input"));
    let shown = drawn(&screen, (120, 40));
    assert!(shown.contains("--map input=.question"), "clicked once more it goes on: {shown}");
    mouse(&mut screen, click, place_of(&shown, "Tab record"));
    assert!(drawn(&screen, (120, 40)).contains("record 2 of 3"));
    assert_eq!(mouse(&mut screen, click, place_of(&shown, "take it")), Some(Answer::Take));
    assert_eq!(mouse(&mut screen, click, (119, 30)), None);
}

#[test]
fn its_keys_are_listed_and_can_be_others() {
    let mut screen = screen();
    press(&mut screen, KeyCode::Char('?'));
    let shown = drawn(&screen, (80, 24));
    assert!(shown.contains("take the field from the next place") && shown.contains("quit at once"), "{shown}");
    assert_eq!(press(&mut screen, KeyCode::Esc), None, "it closes the list");
    assert!(drawn(&screen, (80, 24)).contains("▸ input"));
    let config = Config::parse("[keys.mapping]\ntake_mapping = \"t\"\n", Path::new("config.toml")).unwrap();
    let proposal = propose(&samples(), &Mapping::default());
    let mut own = MappingScreen::new("a file".into(), proposal, Keymap::new(&config).unwrap());
    assert!(drawn(&own, (120, 40)).contains("t take it"));
    assert_eq!((press(&mut own, KeyCode::Enter), press(&mut own, KeyCode::Char('t'))), (None, Some(Answer::Take)));
    let suspend = Event::Key(KeyEvent::new(KeyCode::Char('z'), KeyModifiers::CONTROL));
    assert_eq!(own.update(&suspend), Some(Answer::Suspend));
}

#[test]
fn the_parts_of_documents_go_with_their_list() {
    let mut screen = screen();
    let at = screen.proposal.fields.iter().position(|field| field.target.to_string() == "context").unwrap();
    screen.proposal.choose(at, None);
    let mapping = screen.proposal.mapping().to_string();
    assert!(!mapping.contains("context"), "{mapping}");
    screen.proposal.choose(at, Some(0));
    assert!(screen.proposal.mapping().to_string().contains("context.title=.docs[].title?"));
}
