use super::*;
use crate::tui::safe::tests::{is_hostile, odd_text};
use insta::assert_snapshot;
use proptest::prelude::*;
use ratatui::layout::Position;

fn body(text: &str) -> Paper {
    Paper::new(vec![Section { body: text.into(), ..Section::default() }])
}

fn section(heading: &str, body: &str) -> Section {
    Section { heading: Some(heading.into()), detail: Some("a detail".into()), body: body.into(), ..Section::default() }
}

fn draw(paper: &Paper, view: &mut View, width: u16, height: u16) -> Buffer {
    let mut buf = Buffer::empty(Rect::new(0, 0, width, height));
    paper.draw(buf.area, &mut buf, &Theme::plain(), view, &[]);
    buf
}

/// The rows of a buffer as a terminal would show them; wide cells cover the next.
fn rows(buf: &Buffer) -> Vec<String> {
    let row = |area: Rect| {
        let (mut x, mut row) = (area.x, String::new());
        while x < area.right() {
            row.push_str(buf[(x, area.y)].symbol());
            x += buf[(x, area.y)].cell_width().max(1);
        }
        row.trim_end_matches(' ').to_owned()
    };
    buf.area.rows().map(row).collect()
}

fn screen(text: &str, width: u16, height: u16) -> String {
    let rows = rows(&draw(&body(text), &mut View::default(), width, height));
    rows.iter().map(|row| format!("|{row}")).collect::<Vec<_>>().join("\n")
}

#[test]
fn words_wrap_and_paragraphs_stay() {
    assert_snapshot!(screen("The refund window is 30 days.\n\n  - indented item, long\nhttps://example.com/a/very/long/path", 16, 10), @r"
    |The refund
    |window is 30
    |days.
    |
    |  - indented
    |item, long
    |https://
    |example.com/a/
    |very/long/path
    |
    ");
}

#[test]
fn wide_and_joined_characters_wrap_whole() {
    assert_snapshot!(screen("返金期間は三十日です。はい", 9, 4), @r"
    |返金期間
    |は三十日
    |です。は
    |い
    ");
    assert_snapshot!(screen("ok 👩‍💻👨‍👩‍👧‍👦🇩🇪❤️ 1️⃣", 6, 4), @r"
    |ok 👩‍💻
    |👨‍👩‍👧‍👦🇩🇪❤️
    |1️⃣
    |
    ");
    assert_snapshot!(screen("क्षत्रिय हिन्दी में लिखा", 8, 4), @r"
    |क्षत्रिय
    |हिन्दी में
    |लिखा
    |
    ");
    assert_snapshot!(screen("سياسة الاسترداد ثلاثون يوما می‌خواهم", 12, 4), @r"
    |سياسة
    |الاسترداد
    |ثلاثون يوما
    |می‌خواهم
    ");
}

#[test]
fn hostile_text_is_marked_and_bounded() {
    let zalgo = format!("Z{}algo\nnext", "\u{301}".repeat(100));
    assert_snapshot!(screen(&zalgo, 12, 2).replace('\u{301}', "'"), @r"
    |Z''''''''⟨+92⟩algo
    |next
    ");
    assert_snapshot!(screen("\u{1b}[2J\u{1b}]0;title\u{7} \u{202e}drow\u{202c} pass\u{200b}word", 14, 6), @r"
    |␛[2J␛]0;title␇
    |⟨RLO⟩drow⟨PDF⟩
    |pass⟨ZWSP⟩word
    |
    |
    |
    ");
    assert_snapshot!(screen("a\tb\n\tindented\r\nlone\rreturn", 14, 4), @r"
    |a   b
    |    indented
    |lone␍return
    |
    ");
}

#[test]
fn marks_wider_than_the_row_go_on_below() {
    assert_snapshot!(screen("\u{202e}日", 2, 4), @r"
    |⟨R
    |LO
    |⟩
    |日
    ");
    assert_snapshot!(screen("日a", 1, 2), @r"
    |▯
    |a
    ");
}

#[test]
fn sections_stand_apart_under_their_headings() {
    let paper = Paper::new(vec![section("Policy", "thirty days"), section("Terms", ""), section("Mail", "hello\n")]);
    let mut view = View::default();
    let lines = rows(&draw(&paper, &mut view, 12, 12)).join("\n");
    assert_snapshot!(lines, @r"
    Policy
    a detail
    thirty days

    Terms
    a detail

    Mail
    a detail
    hello
    ");
    assert!(view.fits(&paper));
    assert_eq!(view.label(&paper), "1/3");
}

#[test]
fn marks_and_headings_have_their_styles() {
    let theme = Theme::plain();
    let buf = draw(&Paper::new(vec![section("Head", "x\u{202e}")]), &mut View::default(), 10, 3);
    let style = |x, y| buf[(x, y)].modifier;
    assert_eq!(style(0, 0), theme.heading().add_modifier);
    assert_eq!(style(0, 1), theme.dim().add_modifier);
    assert_eq!(style(1, 2), theme.mark().add_modifier);
    assert_eq!(style(0, 2), theme.text().add_modifier);
}

#[test]
fn an_empty_paper_is_no_trouble() {
    for paper in [Paper::default(), body("")] {
        let mut view = View::default();
        view.bottom(&paper);
        view.scroll(&paper, 3);
        assert!(rows(&draw(&paper, &mut view, 10, 3)).concat().is_empty());
        view.page(&paper, -1);
        assert_eq!((view.section_at_top(&paper), view.position(&paper), view.label(&paper)), (0, 100.0, String::new()));
    }
}

#[test]
fn scrolling_stops_at_both_ends() {
    let text: String = (0..100).map(|n| format!("line {n}\n")).collect();
    let (paper, mut view) = (body(&text), View::default());
    let top = |view: &mut View| rows(&draw(&paper, view, 20, 10))[0].clone();
    assert_eq!(top(&mut view), "line 0");
    view.scroll(&paper, 3);
    assert_eq!(top(&mut view), "line 3");
    view.page(&paper, 1);
    assert_eq!(top(&mut view), "line 12");
    view.page(&paper, -9);
    assert_eq!((top(&mut view), view.position(&paper)), ("line 0".into(), 0.0));
    view.scroll(&paper, isize::MAX);
    assert_eq!((top(&mut view), view.position(&paper)), ("line 90".into(), 100.0));
    view.scroll(&paper, -45);
    assert_eq!((top(&mut view), view.label(&paper)), ("line 45".into(), "49%".into()));
    view.bottom(&paper);
    assert_eq!(top(&mut view), "line 90");
    view.top();
    assert_eq!(top(&mut view), "line 0");
}

#[test]
fn the_section_at_the_top_is_told() {
    let sections = (0..3).map(|n| section(&format!("s{n}"), &"row\n".repeat(10)));
    let (paper, mut view) = (Paper::new(sections.collect()), View::default());
    draw(&paper, &mut view, 20, 5);
    assert_eq!(view.section_at_top(&paper), 0);
    view.scroll(&paper, 13);
    assert_eq!(view.label(&paper), "2/3 · 38%");
    view.bottom(&paper);
    assert_eq!(view.label(&paper), "3/3 · 100%");
}

#[test]
fn a_resize_keeps_the_place_there_and_back() {
    let text = (0..500).map(|n| format!("word{n} ")).collect::<String>();
    let (paper, mut view) = (body(&text), View::default());
    draw(&paper, &mut view, 40, 5);
    view.scroll(&paper, 20);
    let before = draw(&paper, &mut view, 40, 5);
    let first = rows(&before)[0].split(' ').next().unwrap().to_owned();
    for (width, height) in [(13, 5), (90, 20), (40, 1)] {
        assert!(rows(&draw(&paper, &mut view, width, height))[0].contains(&first), "{width}");
    }
    assert_eq!(draw(&paper, &mut view, 40, 5), before);
}

#[test]
fn the_scrollbar_goes_from_top_to_bottom() {
    let (paper, mut view) = (body(&"row\n".repeat(40)), View::default());
    let bar = |view: &mut View| {
        let mut buf = draw(&paper, view, 10, 8);
        paper.draw_scrollbar(Rect::new(9, 0, 1, 8), &mut buf, &Theme::plain(), view);
        rows(&buf).iter().map(|row| row.chars().last().unwrap_or(' ')).collect::<String>()
    };
    assert_eq!(bar(&mut view), "┃┃││││││");
    view.bottom(&paper);
    assert_eq!(bar(&mut view), "││││││┃┃");
}

/// How many cells are laid out to see the head, the foot and some rows on from the head.
fn laid_out(text: String) -> usize {
    let (paper, mut view) = (Paper::new(vec![Section { body: text, ..Section::default() }]), View::default());
    draw(&paper, &mut view, 100, 50);
    view.bottom(&paper);
    draw(&paper, &mut view, 100, 50);
    view.top();
    for _ in 0..20 {
        view.scroll(&paper, 1);
        draw(&paper, &mut view, 100, 50);
    }
    paper.laid.borrow().size
}

/// Ten megabytes on one line, and a hundred thousand lines: no more is laid out than what
/// is seen, and the chunks of text that it begins and ends in.
#[test]
fn size_does_not_matter() {
    let shapes = [
        ("words", "lorem ipsum dolor sit amet ".repeat(400_000)),
        ("one word", "x".repeat(10_000_000)),
        ("CJK", "返金期間は三十日です。".repeat(300_000)),
        ("accents", "\u{301}".repeat(5_000_000)),
        ("lines", "a line of the context, as long as lines of text are apt to be\n".repeat(100_000)),
        ("breaks", "\n".repeat(10_000_000)),
    ];
    for (name, text) in shapes {
        let cells = laid_out(text);
        assert!(cells < 60_000, "{name}: {cells} cells");
    }
}

/// Everything a reader sees scrolling from top to bottom, a row at a time.
fn read_through(paper: &Paper, width: u16) -> Vec<String> {
    let (mut view, mut seen) = (View::default(), Vec::new());
    draw(paper, &mut view, width, 1);
    loop {
        let before = view.clone();
        let buf = draw(paper, &mut view, width, 1);
        seen.push(rows(&buf)[0].clone());
        view.scroll(paper, 1);
        if view == before {
            return seen;
        }
    }
}

/// What is shown of a text, spaces aside, however it is wrapped.
fn ink(text: &str) -> String {
    text.chars().filter(|c| *c != ' ').collect()
}

proptest! {
    #[test]
    fn any_text_is_read_whole_and_in_order_at_any_width(text in odd_text(), width in 16u16..200) {
        let paper = body(&text);
        let mut expected = String::new();
        for line in text.split_inclusive('\n') {
            let line = line.strip_suffix('\n').map_or(line, |line| line.strip_suffix('\r').unwrap_or(line));
            expected.extend(crate::tui::safe::pieces(line).map(|piece| ink(&piece.text)));
        }
        prop_assert_eq!(ink(&read_through(&paper, width).concat()), expected);
    }

    #[test]
    fn any_width_is_kept_and_nothing_hostile_is_drawn(text in odd_text(), width in 1u16..200, height in 1u16..40) {
        let (paper, mut view) = (body(&text), View::default());
        for step in [0, 1, 7, -3, 1000, -2] {
            view.scroll(&paper, step);
            let buf = draw(&paper, &mut view, width, height);
            for row in buf.area.rows() {
                let mut x = 0;
                while x < width {
                    let cell = &buf[(x, row.y)];
                    prop_assert!(!cell.symbol().contains(is_hostile), "{:?}", cell.symbol());
                    prop_assert!(cell.cell_width() > 0);
                    x += cell.cell_width();
                }
                prop_assert_eq!(x, width);
            }
        }
    }

    #[test]
    fn a_resize_of_any_kind_keeps_what_is_read_in_sight(
        text in odd_text(), steps in 0isize..80, first in 1u16..120, second in 1u16..120,
    ) {
        let (paper, mut view) = (body(&text), View::default());
        draw(&paper, &mut view, first, 3);
        view.scroll(&paper, steps);
        let before = draw(&paper, &mut view, first, 3);
        draw(&paper, &mut view, second, 9);
        prop_assert!((0.0..=100.0).contains(&view.position(&paper)));
        prop_assert_eq!(draw(&paper, &mut view, first, 3), before);
    }

    #[test]
    fn narrow_views_reach_the_end_and_come_back(text in odd_text(), width in 1u16..16) {
        let (paper, mut view) = (body(&text), View::default());
        let count = read_through(&paper, width).len();
        draw(&paper, &mut view, width, 1);
        view.bottom(&paper);
        let mut back = 1;
        while view.place(&paper) > RowAt::default() {
            view.scroll(&paper, -1);
            back += 1;
            prop_assert!(back <= count);
        }
        prop_assert_eq!(back, count);
    }
}

/// `**bold** and more` without its stars, between a heading and another text.
fn rendered() -> Paper {
    let mut map = SourceMap::default();
    map.push(0, 2, 4);
    map.push(4, 8, 9);
    let source = Some(Source { part: Part::Output, map });
    let inks = vec![Ink { range: 0..4, role: Role::Strong }];
    let output =
        Section { heading: Some("Output".into()), body: "bold and more".into(), inks, source, ..Section::default() };
    Paper::new(vec![output, Section::verbatim("Document", "one\ntwo\nthree\nfour\nfive", Part::Document(0))])
}

/// The characters of a buffer that a style adds something to.
fn styled(buf: &Buffer, is: impl Fn(Style) -> bool) -> String {
    buf.content().iter().filter(|cell| is(cell.style())).map(|cell| cell.symbol()).collect()
}

#[test]
fn inks_and_highlights_are_laid_over_what_is_shown() {
    let (paper, theme) = (rendered(), Theme::plain());
    let mut buf = Buffer::empty(Rect::new(0, 0, 9, 8));
    let highlight = |range, glow| Highlight { place: Place::Source(Part::Output, range), glow };
    let highlights = [highlight(4..10, Glow::Match), highlight(9..17, Glow::Finding)];
    paper.draw(buf.area, &mut buf, &theme, &mut View::default(), &highlights);
    let has = |modifier| move |style: Style| style.add_modifier.contains(modifier);
    assert_eq!(styled(&buf, has(ratatui::style::Modifier::UNDERLINED)), "ld and more");
    assert_eq!(styled(&buf, has(ratatui::style::Modifier::ITALIC)), "and more");
    assert!(styled(&buf, has(ratatui::style::Modifier::BOLD)).contains("bold"));
}

#[test]
fn a_place_in_a_text_is_found_on_the_screen_and_back() {
    let paper = rendered();
    let mut view = View::default();
    let buf = draw(&paper, &mut view, 9, 4);
    let at = |view: &View, x, y| paper.at(view, buf.area, Position::new(x, y));
    assert_eq!(at(&view, 0, 0), None, "a heading is no text of the item");
    assert_eq!((at(&view, 1, 1), at(&view, 0, 2)), (Some((Part::Output, 3)), Some((Part::Output, 13))));
    assert_eq!(at(&view, 8, 2), Some((Part::Output, 17)), "beside the text: its end");
    assert_eq!(paper.visible(&view)[1..3], [Some((Part::Output, 2..13)), Some((Part::Output, 13..17))]);

    view.reveal(&paper, Part::Document(0), 15);
    let shown: Vec<_> = paper.visible(&view).into_iter().flatten().collect();
    assert!(shown.contains(&(Part::Document(0), 14..18)), "{shown:?}");
    let before = view.clone();
    view.reveal(&paper, Part::Document(0), 14);
    assert_eq!(view, before, "what is in sight stays where it is");
    view.reveal(&paper, Part::Output, 0);
    assert!(paper.visible(&view).into_iter().flatten().any(|(part, _)| part == Part::Output));
}

proptest! {
    /// Whatever the text and the width, each cell that shows something knows the byte it shows.
    #[test]
    fn every_cell_knows_its_byte(text in odd_text(), width in 1u16..40) {
        let paper = Paper::new(vec![Section { heading: None, ..Section::verbatim("", &text, Part::Output) }]);
        let mut view = View::default();
        let area = draw(&paper, &mut view, width, 20).area;
        for (y, row) in paper.visible(&view).into_iter().enumerate() {
            let Some((_, range)) = row else { continue };
            let (_, byte) = paper.at(&view, area, Position::new(0, y as u16)).unwrap();
            prop_assert!(range.contains(&byte) || range.is_empty());
            prop_assert!(text.is_char_boundary(byte));
        }
    }
}

/// A paper of so many lines of Python, behind a bar.
fn python(lines: usize) -> Paper {
    let body = "| if x == 1:  # one\n".repeat(lines);
    let grammar = crate::tui::grammar::Grammar::named("python").unwrap();
    let code = Code { range: 0..body.len() as u32, prefix: 2, grammar };
    Paper::new(vec![Section { body, code: vec![code], ..Section::default() }])
}

/// The roles that the first glyphs of a row have.
fn roles(paper: &Paper, nth: usize) -> Vec<Role> {
    paper.coloured(0, nth).unwrap().inks.iter().map(|ink| ink.role).collect()
}

#[test]
fn code_is_coloured_wherever_it_is_looked_at_first() {
    let paper = python(20_000);
    let expected = roles(&paper, 0);
    assert!(expected.starts_with(&[Role::Dim, Role::Keyword]) && expected.contains(&Role::Comment), "{expected:?}");
    for nth in [19_999, 10_000, 9_999, 9_000, 1] {
        assert_eq!(roles(&paper, nth), expected, "{nth}");
    }
}

#[test]
fn what_is_open_on_a_line_of_code_reaches_the_next() {
    let body = "x = \"\"\"one\ntwo\nthree\"\"\"\n";
    let grammar = crate::tui::grammar::Grammar::named("py").unwrap();
    let code = Code { range: 0..body.len() as u32, prefix: 0, grammar };
    let paper = Paper::new(vec![Section { body: body.into(), code: vec![code], ..Section::default() }]);
    assert!(
        roles(&paper, 1).iter().all(|role| matches!(role, Role::Literal | Role::Comment)),
        "{:?}",
        roles(&paper, 1)
    );
}
