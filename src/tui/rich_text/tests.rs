use super::*;
use crate::domain::item::Content;
use crate::text::sanitize::tests::{is_hostile, odd_text};
use crate::tui::render::{self, Look};
use insta::assert_snapshot;
use proptest::prelude::*;
use ratatui::layout::Position;

fn body(text: &str) -> RichText {
    RichText::new(vec![Section { body: text.into(), ..Section::default() }])
}

fn section(heading: &str, body: &str) -> Section {
    Section { heading: Some(heading.into()), detail: Some("a detail".into()), body: body.into(), ..Section::default() }
}

fn draw(text: &RichText, viewport: &mut Viewport, width: u16, height: u16) -> Buffer {
    let mut buf = Buffer::empty(Rect::new(0, 0, width, height));
    text.draw(buf.area, &mut buf, &Theme::plain(), viewport, &[]);
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
    let rows = rows(&draw(&body(text), &mut Viewport::default(), width, height));
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
    let text = RichText::new(vec![section("Policy", "thirty days"), section("Terms", ""), section("Mail", "hello\n")]);
    let mut viewport = Viewport::default();
    let lines = rows(&draw(&text, &mut viewport, 12, 12)).join("\n");
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
    assert!(viewport.fits(&text));
    assert_eq!(viewport.label(&text), "1/3");
}

#[test]
fn marks_and_headings_have_their_styles() {
    let theme = Theme::plain();
    let buf = draw(&RichText::new(vec![section("Head", "x\u{202e}")]), &mut Viewport::default(), 10, 3);
    let style = |x, y| buf[(x, y)].modifier;
    assert_eq!(style(0, 0), theme.heading().add_modifier);
    assert_eq!(style(0, 1), theme.dim().add_modifier);
    assert_eq!(style(1, 2), theme.mark().add_modifier);
    assert_eq!(style(0, 2), theme.text().add_modifier);
}

#[test]
fn an_empty_paper_is_no_trouble() {
    for text in [RichText::default(), body("")] {
        let mut viewport = Viewport::default();
        viewport.bottom(&text);
        viewport.scroll(&text, 3);
        assert!(rows(&draw(&text, &mut viewport, 10, 3)).concat().is_empty());
        viewport.page(&text, -1);
        assert_eq!(
            (viewport.section_at_top(&text), viewport.position(&text), viewport.label(&text)),
            (0, 100.0, String::new())
        );
    }
}

#[test]
fn scrolling_stops_at_both_ends() {
    let text: String = (0..100).map(|n| format!("line {n}\n")).collect();
    let (text, mut viewport) = (body(&text), Viewport::default());
    let top = |viewport: &mut Viewport| rows(&draw(&text, viewport, 20, 10))[0].clone();
    assert_eq!(top(&mut viewport), "line 0");
    viewport.scroll(&text, 3);
    assert_eq!(top(&mut viewport), "line 3");
    viewport.page(&text, 1);
    assert_eq!(top(&mut viewport), "line 12");
    viewport.page(&text, -9);
    assert_eq!((top(&mut viewport), viewport.position(&text)), ("line 0".into(), 0.0));
    viewport.scroll(&text, isize::MAX);
    assert_eq!((top(&mut viewport), viewport.position(&text)), ("line 90".into(), 100.0));
    viewport.scroll(&text, -45);
    assert_eq!((top(&mut viewport), viewport.label(&text)), ("line 45".into(), "49%".into()));
    viewport.bottom(&text);
    assert_eq!(top(&mut viewport), "line 90");
    viewport.top();
    assert_eq!(top(&mut viewport), "line 0");
}

#[test]
fn the_section_at_the_top_is_told() {
    let sections = (0..3).map(|n| section(&format!("s{n}"), &"row\n".repeat(10)));
    let (text, mut viewport) = (RichText::new(sections.collect()), Viewport::default());
    draw(&text, &mut viewport, 20, 5);
    assert_eq!(viewport.section_at_top(&text), 0);
    viewport.scroll(&text, 13);
    assert_eq!(viewport.label(&text), "2/3 · 38%");
    viewport.bottom(&text);
    assert_eq!(viewport.label(&text), "3/3 · 100%");
}

#[test]
fn a_resize_keeps_the_place_there_and_back() {
    let text = (0..500).map(|n| format!("word{n} ")).collect::<String>();
    let (text, mut viewport) = (body(&text), Viewport::default());
    draw(&text, &mut viewport, 40, 5);
    viewport.scroll(&text, 20);
    let before = draw(&text, &mut viewport, 40, 5);
    let first = rows(&before)[0].split(' ').next().unwrap().to_owned();
    for (width, height) in [(13, 5), (90, 20), (40, 1)] {
        assert!(rows(&draw(&text, &mut viewport, width, height))[0].contains(&first), "{width}");
    }
    assert_eq!(draw(&text, &mut viewport, 40, 5), before);
}

#[test]
fn the_scrollbar_goes_from_top_to_bottom() {
    let (text, mut viewport) = (body(&"row\n".repeat(40)), Viewport::default());
    let bar = |viewport: &mut Viewport| {
        let mut buf = draw(&text, viewport, 10, 8);
        text.draw_scrollbar(Rect::new(9, 0, 1, 8), &mut buf, &Theme::plain(), viewport);
        rows(&buf).iter().map(|row| row.chars().last().unwrap_or(' ')).collect::<String>()
    };
    assert_eq!(bar(&mut viewport), "┃┃││││││");
    viewport.bottom(&text);
    assert_eq!(bar(&mut viewport), "││││││┃┃");
}

/// The number of cells laid out to see the head, the foot and some rows on from the head.
fn laid_out(text: String) -> usize {
    let (text, mut viewport) = (RichText::new(vec![Section { body: text, ..Section::default() }]), Viewport::default());
    draw(&text, &mut viewport, 100, 50);
    viewport.bottom(&text);
    draw(&text, &mut viewport, 100, 50);
    viewport.top();
    for _ in 0..20 {
        viewport.scroll(&text, 1);
        draw(&text, &mut viewport, 100, 50);
    }
    text.laid.borrow().size
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
fn read_through(text: &RichText, width: u16) -> Vec<String> {
    let (mut viewport, mut seen) = (Viewport::default(), Vec::new());
    draw(text, &mut viewport, width, 1);
    loop {
        let before = viewport.clone();
        let buf = draw(text, &mut viewport, width, 1);
        seen.push(rows(&buf)[0].clone());
        viewport.scroll(text, 1);
        if viewport == before {
            return seen;
        }
    }
}

/// What is shown of a text, spaces aside, however it is wrapped.
fn without_spaces(text: &str) -> String {
    text.chars().filter(|c| *c != ' ').collect()
}

proptest! {
    #[test]
    fn any_text_is_read_whole_and_in_order_at_any_width(text in odd_text(), width in 16u16..200) {
        let laid_out = body(&text);
        let mut expected = String::new();
        for line in text.split_inclusive('\n') {
            let line = line.strip_suffix('\n').map_or(line, |line| line.strip_suffix('\r').unwrap_or(line));
            expected.extend(crate::text::sanitize::pieces(line).map(|piece| without_spaces(&piece.text)));
        }
        prop_assert_eq!(without_spaces(&read_through(&laid_out, width).concat()), expected);
    }

    #[test]
    fn any_width_is_kept_and_nothing_hostile_is_drawn(text in odd_text(), width in 1u16..200, height in 1u16..40) {
        let (text, mut viewport) = (body(&text), Viewport::default());
        for step in [0, 1, 7, -3, 1000, -2] {
            viewport.scroll(&text, step);
            let buf = draw(&text, &mut viewport, width, height);
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
        let (text, mut viewport) = (body(&text), Viewport::default());
        draw(&text, &mut viewport, first, 3);
        viewport.scroll(&text, steps);
        let before = draw(&text, &mut viewport, first, 3);
        draw(&text, &mut viewport, second, 9);
        prop_assert!((0.0..=100.0).contains(&viewport.position(&text)));
        prop_assert_eq!(draw(&text, &mut viewport, first, 3), before);
    }

    #[test]
    fn narrow_views_reach_the_end_and_come_back(text in odd_text(), width in 1u16..16) {
        let (text, mut viewport) = (body(&text), Viewport::default());
        let count = read_through(&text, width).len();
        draw(&text, &mut viewport, width, 1);
        viewport.bottom(&text);
        let mut back = 1;
        while viewport.place(&text) > RowAt::default() {
            viewport.scroll(&text, -1);
            back += 1;
            prop_assert!(back <= count);
        }
        prop_assert_eq!(back, count);
    }
}

/// `**bold** and more` without its stars, between a heading and another text.
fn rendered() -> RichText {
    let mut map = SourceMap::default();
    map.push(0, 2, 4);
    map.push(4, 8, 9);
    let source = Some(Source { part: Part::Output, map });
    let styles = vec![StyleSpan { range: 0..4, role: Role::Strong }];
    let output =
        Section { heading: Some("Output".into()), body: "bold and more".into(), styles, source, ..Section::default() };
    RichText::new(vec![output, Section::verbatim("Document", "one\ntwo\nthree\nfour\nfive", Part::Document(0))])
}

/// The characters of a buffer that a style adds something to.
fn styled(buf: &Buffer, is: impl Fn(Style) -> bool) -> String {
    buf.content().iter().filter(|cell| is(cell.style())).map(ratatui::buffer::Cell::symbol).collect()
}

#[test]
fn inks_and_highlights_are_laid_over_what_is_shown() {
    let (text, theme) = (rendered(), Theme::plain());
    let mut buf = Buffer::empty(Rect::new(0, 0, 9, 8));
    let highlight = |range, kind| Highlight { range: TextRange::Source(Part::Output, range), kind };
    let highlights = [highlight(4..10, HighlightKind::Match), highlight(9..17, HighlightKind::Finding)];
    text.draw(buf.area, &mut buf, &theme, &mut Viewport::default(), &highlights);
    let has = |modifier| move |style: Style| style.add_modifier.contains(modifier);
    assert_eq!(styled(&buf, has(ratatui::style::Modifier::UNDERLINED)), "ld and more");
    assert_eq!(styled(&buf, has(ratatui::style::Modifier::ITALIC)), "and more");
    assert!(styled(&buf, has(ratatui::style::Modifier::BOLD)).contains("bold"));
}

#[test]
fn a_place_in_a_text_is_found_on_the_screen_and_back() {
    let text = rendered();
    let mut viewport = Viewport::default();
    let buf = draw(&text, &mut viewport, 9, 4);
    let at = |viewport: &Viewport, x, y| text.at(viewport, buf.area, Position::new(x, y));
    assert_eq!(at(&viewport, 0, 0), None, "a heading is no text of the item");
    assert_eq!((at(&viewport, 1, 1), at(&viewport, 0, 2)), (Some((Part::Output, 3)), Some((Part::Output, 13))));
    assert_eq!(at(&viewport, 8, 2), Some((Part::Output, 17)), "beside the text: its end");
    assert_eq!(text.visible(&viewport)[1..3], [vec![(Part::Output, 2..13)], vec![(Part::Output, 13..17)]]);

    viewport.reveal(&text, Part::Document(0), 15);
    let shown: Vec<_> = text.visible(&viewport).into_iter().flatten().collect();
    assert!(shown.contains(&(Part::Document(0), 14..18)), "{shown:?}");
    let before = viewport.clone();
    viewport.reveal(&text, Part::Document(0), 14);
    assert_eq!(viewport, before, "what is in sight stays where it is");
    viewport.reveal(&text, Part::Output, 0);
    assert!(text.visible(&viewport).into_iter().flatten().any(|(part, _)| part == Part::Output));
}

proptest! {
    /// Whatever the text and the width, each cell that shows something knows the byte it shows.
    #[test]
    fn every_cell_knows_its_byte(text in odd_text(), width in 1u16..40) {
        let laid_out = RichText::new(vec![Section { heading: None, ..Section::verbatim("", &text, Part::Output) }]);
        let mut viewport = Viewport::default();
        let area = draw(&laid_out, &mut viewport, width, 20).area;
        for (y, row) in laid_out.visible(&viewport).into_iter().enumerate() {
            let Some((_, range)) = row.into_iter().next() else { continue };
            let (_, byte) = laid_out.at(&viewport, area, Position::new(0, y as u16)).unwrap();
            prop_assert!(range.contains(&byte) || range.is_empty());
            prop_assert!(text.is_char_boundary(byte));
        }
    }
}

/// A text of so many lines of Python, behind a bar.
fn python(lines: usize) -> RichText {
    let body = "| if x == 1:  # one\n".repeat(lines);
    let language = crate::tui::syntax_highlight::Language::named("python").unwrap();
    let code = Code { range: 0..body.len() as u32, prefix: 2, language };
    RichText::new(vec![Section { body, code: vec![code], ..Section::default() }])
}

/// The roles that the first glyphs of a row have.
fn roles(text: &RichText, nth: usize) -> Vec<Role> {
    text.coloured(0, nth).unwrap().styles.iter().map(|span| span.role).collect()
}

#[test]
fn code_is_coloured_wherever_it_is_looked_at_first() {
    let text = python(20_000);
    let expected = roles(&text, 0);
    assert!(expected.starts_with(&[Role::Dim, Role::Keyword]) && expected.contains(&Role::Comment), "{expected:?}");
    for nth in [19_999, 10_000, 9_999, 9_000, 1] {
        assert_eq!(roles(&text, nth), expected, "{nth}");
    }
}

#[test]
fn what_is_open_on_a_line_of_code_reaches_the_next() {
    let body = "x = \"\"\"one\ntwo\nthree\"\"\"\n";
    let language = crate::tui::syntax_highlight::Language::named("py").unwrap();
    let code = Code { range: 0..body.len() as u32, prefix: 0, language };
    let text = RichText::new(vec![Section { body: body.into(), code: vec![code], ..Section::default() }]);
    assert!(roles(&text, 1).iter().all(|role| matches!(role, Role::Literal | Role::Comment)), "{:?}", roles(&text, 1));
}

/// An output, laid out by what it is.
fn output(source: &str) -> RichText {
    RichText::new(render::sections("", &Content::text(source), Some(Part::Output), Look::default()))
}

/// The rows of an output at a width, and the text.
fn as_shown(source: &str, width: u16, viewport: &mut Viewport) -> (String, RichText) {
    let text = output(source);
    let shown = rows(&draw(&text, viewport, width, 12)).join("\n");
    (shown.trim_end().to_owned(), text)
}

const TABLE: &str = "| Part | What it is for | Price |\n|---|---|--:|\n| seal | keeps the water in the jug, whatever is done | 3.50 |\n| 刃 | 切る, and 👩‍💻 | 12 |";

#[test]
fn cells_wrap_inside_their_columns() {
    let mut viewport = Viewport::default();
    assert_snapshot!(as_shown(TABLE, 36, &mut viewport).0, @"
    Part │ What it is for        │ Price
    ─────┼───────────────────────┼──────
    seal │ keeps the water in    │  3.50
         │ the jug, whatever is  │
         │ done                  │
    刃   │ 切る, and 👩‍💻          │    12
    ");
    assert_snapshot!(as_shown(TABLE, 80, &mut viewport).0, @"
    Part │ What it is for                               │ Price
    ─────┼──────────────────────────────────────────────┼──────
    seal │ keeps the water in the jug, whatever is done │  3.50
    刃   │ 切る, and 👩‍💻                                 │    12
    ");
    assert_snapshot!(as_shown(TABLE, 16, &mut viewport).0, @"
    Par │ Wha │ Pri
    t   │ t   │  ce
        │ it  │
        │ is  │
        │ for │
    ────┼─────┼────
    sea │ kee │ 3.5
    l   │ ps  │   0
        │ the │
        │ wat │
        │ er  │
        │ in  │
    ");
}

#[test]
fn what_a_cell_shows_knows_its_source() {
    let mut viewport = Viewport::default();
    let (_, text) = as_shown(TABLE, 36, &mut viewport);
    let area = Rect::new(0, 0, 36, 12);
    let word = TABLE.find("whatever").unwrap();
    let at = (0..12)
        .flat_map(|y| (0..36).map(move |x| Position::new(x, y)))
        .find(|at| text.at(&viewport, area, *at) == Some((Part::Output, word)));
    let at = at.expect("the word is shown");
    let row = &text.visible(&viewport)[usize::from(at.y)];
    assert!(row.iter().any(|(_, range)| range.contains(&word)), "{row:?}");
    let seal = TABLE.find("seal").unwrap();
    assert!(!row.iter().any(|(_, range)| range.contains(&seal)), "that stands on a row above");
    let search = crate::text::compare::Search::literal("jug, whatever").unwrap();
    assert_eq!(text.find(&search).count(), 1, "a phrase is found across the rows of its cell");
}

const INVOICE: &str = "Thank you for your order, which we were glad to have.\n\nItem                 Qty     Price\n---------------------------------\nGasket, black          5      0.35\nO-ring, steel         12     12.56";

#[test]
fn what_stands_in_columns_moves_sideways() {
    let mut viewport = Viewport { wrap: Wrap::Prose, ..Viewport::default() };
    let (shown, text) = as_shown(INVOICE, 24, &mut viewport);
    assert_snapshot!(shown, @"
    Thank you for your
    order, which we were
    glad to have.

    Item                 Qt›
    -----------------------›
    Gasket, black          ›
    O-ring, steel         1›
    ");
    viewport.pan(1);
    assert_snapshot!(as_shown(INVOICE, 24, &mut viewport).0, @"
    Thank you for your
    order, which we were
    glad to have.

    ‹          Qty     Price
    ‹----------------------
    ‹ck          5      0.35
    ‹el         12     12.56
    ");
    assert!(viewport.is_cut());
    let mut elsewhere = Viewport { wrap: Wrap::Prose, ..Viewport::default() };
    draw(&text, &mut elsewhere, 24, 12);
    elsewhere.reveal(&text, Part::Output, INVOICE.find("12.56").unwrap());
    assert!(rows(&draw(&text, &mut elsewhere, 24, 12)).join("\n").contains("12.56"), "what is led to is in sight");
    viewport.set_wrap(Wrap::All);
    assert!(!as_shown(INVOICE, 24, &mut viewport).0.contains('›'));
    viewport.set_wrap(Wrap::None);
    assert_snapshot!(as_shown(INVOICE, 24, &mut viewport).0, @"
    Thank you for your orde›

    Item                 Qt›
    -----------------------›
    Gasket, black          ›
    O-ring, steel         1›
    ");
}

/// The letters of a text, in their order in the alphabet.
fn letters(text: &str) -> Vec<char> {
    let mut letters: Vec<char> = text.chars().filter(|c| c.is_alphabetic()).collect();
    letters.sort_unstable();
    letters
}

proptest! {
    /// Cells wrap, and are not cut off, at any width that has room for the bars and a wide character
    /// in each column.
    #[test]
    fn a_table_is_whole_at_any_width(cells in prop::collection::vec("[a-zé日 ]{0,12}", 6), width in 12u16..60) {
        let [head, row] = [&cells[..3], &cells[3..]].map(|cells| cells.join(" | "));
        let source = format!("| {head} |\n|---|:-:|--:|\n| {row} |");
        let text = output(&source);
        let mut viewport = Viewport::default();
        let shown = rows(&draw(&text, &mut viewport, width, 60)).concat();
        prop_assert_eq!(letters(&shown), letters(&source), "{}", shown);
        for (y, row) in text.visible(&viewport).into_iter().enumerate() {
            for point in (0..width).map(|x| Position::new(x, y as u16)) {
                let byte = text.at(&viewport, Rect::new(0, 0, width, 60), point).map(|(_, byte)| byte);
                prop_assert!(byte.is_none_or(|byte| source.is_char_boundary(byte)));
                let is_whole = row.iter().all(|(_, range)| source.get(range.clone()).is_some());
                prop_assert!(is_whole, "{row:?}");
            }
        }
    }
}
