//! The mapping screen, as it is drawn and as it answers.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use karat::domain::mapping::Mapping;
use karat::import::{Sample, propose};
use karat::tui::mapping::{Answer, MappingScreen};
use karat::tui::theme::Theme;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use serde_json::json;
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
    MappingScreen::new(about.into(), propose(&samples(), &Mapping::default()))
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
