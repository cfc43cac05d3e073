use super::*;
use crate::text::sanitize::tests::odd_text;
use insta::assert_snapshot;
use proptest::prelude::*;

fn shown(kind: ContentKind, text: &str) -> Vec<Section> {
    sections("Output", &Content { kind, text: text.into() }, Some(Part::Output), Look::default())
}

fn body(text: &str) -> String {
    shown(ContentKind::Text, text)[0].body.clone()
}

fn folded(text: &str, fold: usize) -> String {
    let look = Look { fold: Some(fold), ..Look::default() };
    sections("Output", &Content { kind: ContentKind::Json, text: text.into() }, None, look)[0].body.clone()
}

/// Each run of the map shows what its source says.
fn is_true_to_source(section: &Section, source: &str) -> bool {
    let map = &section.source.as_ref().unwrap().map;
    let all = map.to_shown(0..source.len()).collect::<Vec<_>>();
    all.iter().all(|shown| {
        let from = map.to_source(shown.start).unwrap();
        section.body[shown.clone()] == source[from..from + shown.len()]
    })
}

#[test]
fn markdown_is_laid_out_and_its_line_breaks_stay() {
    let source = "# Refunds\n\nYou get **all** of it back,\nsee [our page](https://example.com/r).\n\n- within *30* days\n- unworn\n  1. with tags\n  2. in its box\n\n> As the policy says.\n\n```rust\nlet days = 30;\n```\n- [x] asked\n\nDone <b>now</b> & soon.";
    assert_snapshot!(body(source), @"
    Refunds

    You get all of it back,
    see our page ‹https://example.com/r›.

    • within *30* days
    • unworn
      1. with tags
      2. in its box

    │ As the policy says.

    rust
    ▏ let days = 30;
    • ☑ asked

    Done <b>now</b> & soon.
    ");
}

#[test]
fn tables_stand_in_columns_or_as_records() {
    assert_snapshot!(body("| Item | Price |\n|---|--:|\n| 茶 | 3.50 |\n| Coffee `x` | 12 |\n\nAfter."), @"
    Item │ Price
    ─
    茶 │ 3.50
    Coffee x │ 12

    After.
    ");
    let long = format!("| Name | What it is |\n|---|---|\n| a | {} |\n| b | short |", "long ".repeat(1000));
    let records = body(&long);
    assert!(records.starts_with("Name: a\nWhat it is: long") && records.ends_with("Name: b\nWhat it is: short"));
}

#[test]
fn plain_prose_stays_as_it_is() {
    for text in [
        "It costs 5 * 3 = 15, or - if you ask - 12.",
        "Dear Ms. Lee,\n\n    Thank you.\n\nBest_wishes_",
        "# no",
        "1. only",
    ] {
        let expected = if text == "# no" { "no" } else { text };
        assert_eq!(body(text), expected);
    }
}

#[test]
fn what_markdown_leaves_out_is_seen_all_the_same() {
    let source = "**Dear** all\n  indented\n\n[x](https://a.example \"Trust me\"), [y][1]\n\n[1]: https://b.example\n[2]: https://c.example\n\nRegards\n--\nThe shop\n> [3]: https://d.example\n";
    assert_snapshot!(body(source), @r#"
    Dear all
      indented

    x ‹https://a.example "Trust me"›, [y][1]

    [1]: https://b.example
    [2]: https://c.example

    Regards
    --
    The shop
    │ [3]: https://d.example
    "#);
}

#[test]
fn markdown_says_what_the_text_says() {
    let source = "## Cost\n- unit price 2*3*4=24 EUR\n- growth 2**10 and 3**2 = 9\n- class has __init__ and __name__\n- regex \\d+\\.\\d+ and path C:\\_tmp\\*.log\n- LaTeX \\(a\\) and \\[ x \\\\ y \\]\n- &lt;b&gt; and &nbsp;&nbsp; and &#8364;5\n\n7. seven\n9) nine\n\n>50% of `a`, (a)*(b)*(c), \"*.log*\"\n\n# In C #\n<tag> ~~5~~ <https://a.example> [b]\n\n[b]: c";
    assert_snapshot!(body(source), @r#"
    Cost
    • unit price 2*3*4=24 EUR
    • growth 2**10 and 3**2 = 9
    • class has __init__ and __name__
    • regex \d+\.\d+ and path C:\_tmp\*.log
    • LaTeX \(a\) and \[ x \\ y \]
    • &lt;b&gt; and &nbsp;&nbsp; and &#8364;5

    7. seven
    9) nine

    │ >50% of a, (a)*(b)*(c), "*.log*"

    In C
    <tag> ~~5~~ <https://a.example> [b]

    [b]: c
    "#);
    assert_eq!(body("**Diff**\n- old\n+ new"), "Diff\n- old\n+ new");
    assert_eq!(body("**这是**重点 and ***all*** of *it*, **API**s"), "这是重点 and all of it, **API**s");
}

#[test]
fn code_is_known_by_how_its_lines_begin_and_end() {
    let python = "import os\n\n# comment\ndef f(x):\n    # another\n    return str(x)\n";
    let section = &shown(ContentKind::Text, python)[0];
    assert_eq!((section.body.as_str(), section.code.len()), (python, 1));
    for prose in [
        "Return it by post,\nfor we have no shop,\nor from any office:\nthe label is inside.\nAll is paid.\n",
        "Dear all,\n\nlet us go.\nThe shop\n",
        "from: me\nto: you\nsubject: a return\n\nIt is on its way.\n",
    ] {
        let section = &shown(ContentKind::Text, prose)[0];
        assert!(section.body == prose && section.code.is_empty(), "{section:?}");
    }
}

#[test]
fn json_is_laid_out_with_its_digits_and_doubles() {
    let source = r#"{"a":1.50,"a":[1E5,{}, [ ]],"s":"x: \"{,}\" \\"}"#;
    let expected =
        "{\n  \"a\": 1.50,\n  \"a\": [\n    1E5,\n    {},\n    []\n  ],\n  \"s\": \"x: \\\"{,}\\\" \\\\\"\n}";
    let section = &shown(ContentKind::Json, source)[0];
    assert_eq!(section.body, expected);
    assert!(section.styles.iter().any(|span| span.role == Role::Name) && is_true_to_source(section, source));
}

#[test]
fn json_is_folded_by_level() {
    let source = r#"{"a":{"b":[1,2,3],"c":{}},"d":[{"e":1},{"f":2}]}"#;
    assert_eq!(json::depth(source), 3);
    assert_eq!(folded(source, 1), "{\n  \"a\": { \"b\": [ … 3 ], \"c\": {} },\n  \"d\": [ { … 1 }, { … 1 } ]\n}");
    let person = format!(r#"{{"p":{{"id":7,"name":"A","note":"{}","age":3}}}}"#, "long ".repeat(20));
    assert_eq!(folded(&person, 1), "{\n  \"p\": { \"id\": 7, \"name\": \"A\", … 2 more }\n}");
    let long = format!(r#"{{"p":{{"note":"{}"}}}}"#, "long ".repeat(20));
    assert_eq!(folded(&long, 1), "{\n  \"p\": { \"note\": \"long long long long long long … }\n}");
    let word = format!(r#"{{"p":{{"note":"{}"}}}}"#, "long".repeat(20));
    assert_eq!(folded(&word, 1), "{\n  \"p\": { … 1 }\n}", "no word is cut");
    assert_eq!(
        folded(source, 2),
        "{\n  \"a\": {\n    \"b\": [ 1, 2, 3 ],\n    \"c\": {}\n  },\n  \"d\": [\n    { \"e\": 1 },\n    { \"f\": 2 }\n  ]\n}"
    );
}

#[test]
fn json_that_does_not_parse_is_shown_as_it_came_and_points_at_the_place() {
    let section = &shown(ContentKind::Json, "{\n  \"a\": ?\n}")[0];
    assert_eq!(section.body, "{\n  \"a\": ?\n}");
    assert!(section.detail.as_ref().is_some_and(|why| why.contains("line 2 column")), "{:?}", section.detail);
    assert_eq!(section.styles.len(), 1);
}

#[test]
fn json_within_a_text_is_laid_out_and_prose_in_brackets_is_not() {
    assert_eq!(body(r#" {"a": 1.50}"#), "{\n  \"a\": 1.50\n}");
    assert_eq!(body("[1, 2]"), "[1, 2]");
    for prose in ["[1] Smith, 2020", "{name} is a variable", "[\"Yes\" is what they said]"] {
        let section = &shown(ContentKind::Text, prose)[0];
        assert_eq!((section.body.as_str(), &section.detail), (prose, &None));
    }
    let broken = format!("{{\"a\": [{}\"x\" \"y\"]}}", "\"long\", ".repeat(200));
    let section = &shown(ContentKind::Text, &broken)[0];
    let detail = "not valid JSON: expected `,` or `]` at line 1 column 1612, behind `…ng\", \"long\", \"long\", \"x\"`";
    assert_eq!(section.detail.as_deref(), Some(detail));
    let fault = &section.styles[0].range;
    assert_eq!(&broken[fault.start as usize..], "\"y\"]}");
}

#[test]
fn json_that_ends_too_early_points_at_its_end() {
    let section = &shown(ContentKind::Json, "{\"a\": [1,")[0];
    assert_eq!(section.styles[0].range, 8..9);
}

#[test]
fn short_lists_stand_on_one_line() {
    let numbers = format!("[{}]", ["12.50"; 300].join(","));
    assert_eq!(shown(ContentKind::Json, &numbers)[0].body.lines().count(), 1);
    assert_eq!(shown(ContentKind::Json, r#"{"tags":["a","b"]}"#)[0].body, "{\n  \"tags\": [\"a\", \"b\"]\n}");
    let words = format!("[{}]", [r#""a sentence of its own""#; 4].join(","));
    assert_eq!(shown(ContentKind::Json, &words)[0].body.lines().count(), 6);
}

/// What a hostile author may write: it is laid out in a small multiple of its length.
#[test]
fn depth_and_width_stay_within_bounds() {
    let deep = |sign: &str| format!("# x\n\n{}a\n{}", sign.repeat(2000), "b\n".repeat(2000));
    let columns = format!("# x\n\n{}\n{}\n{}", "|a".repeat(3000), "|-".repeat(3000), "|\n".repeat(3000));
    for text in [deep("> "), deep("- "), deep("1. "), columns] {
        let laid_out = body(&text);
        assert!(laid_out.len() < 32 * text.len(), "{} of {}", laid_out.len(), text.len());
    }
    let json = format!("{}{}1{}", "[".repeat(120), "{},".repeat(2000), "]".repeat(120));
    assert!(shown(ContentKind::Json, &json)[0].body.len() < 24 * json.len());
}

#[test]
fn chat_is_shown_by_role_and_laid_out() {
    let source = r##"[{"role":"system","content":"Be kind."},
        {"role":"user","content":[{"type":"text","text":"Hi\n# \u00e9\ud83d\ude00"},{"type":"image","url":"x"}]},
        {"role":"assistant","content":null,"tool_calls":[1]},
        {"role":"tool","content":"{\"n\": 1.0}"}]"##;
    let turns = shown(ContentKind::Chat, source);
    let text: Vec<_> = turns.iter().map(|t| (t.heading.as_deref().unwrap_or_default(), t.body.as_str())).collect();
    assert_eq!(text[0], ("Output · system", "Be kind."));
    assert_eq!(text[1].1, "Hi\né😀\n{\n  \"type\": \"image\",\n  \"url\": \"x\"\n}");
    assert_eq!(text[2].1, "tool_calls: [1]");
    assert_eq!(text[3].1, "{\n  \"n\": 1.0\n}");
    assert!(turns.iter().all(|turn| is_true_to_source(turn, source)));
}

/// What each message of a chat is headed by and says.
fn turns(source: &str) -> Vec<(String, String)> {
    let turns = shown(ContentKind::Text, source);
    assert!(turns.iter().all(|turn| is_true_to_source(turn, source)));
    turns.into_iter().map(|turn| (turn.heading.unwrap_or_default(), turn.body)).collect()
}

#[test]
fn a_call_of_a_tool_is_shown_by_its_name() {
    let openai = r#"[{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function",
        "function":{"name":"find_order","arguments":"{\"id\": 7.0}"}}]},
        {"role":"tool","tool_call_id":"c1","content":"none"}]"#;
    let expected = ["tool call find_order\nid: c1\n{\n  \"id\": 7.0\n}", "tool_call_id: c1\nnone"];
    assert_eq!(turns(openai).iter().map(|(_, body)| body.as_str()).collect::<Vec<_>>(), expected);
    let anthropic = r#"[{"role":"assistant","content":[{"type":"text","text":"I look.","cache":1},
        {"type":"tool_use","id":"t1","name":"find_order","input":{"id":7}}]},
        {"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":[{"type":"text","text":"none"}]}]}]"#;
    let expected =
        ["I look.\ncache: 1\ntool call find_order\nid: t1\n{\n  \"id\": 7\n}", "tool result\ntool_use_id: t1\nnone"];
    assert_eq!(turns(anthropic).iter().map(|(_, body)| body.as_str()).collect::<Vec<_>>(), expected);
}

#[test]
fn a_text_that_is_a_list_of_messages_is_a_chat() {
    let source =
        r#" [{"content":"one","role":"user","name":"Ana"}, {"role":"user","content":"two","content":"three"}]"#;
    let expected = [("Output · user", "one\nname: Ana"), ("Output · user", "two\nthree")];
    assert_eq!(turns(source), expected.map(|(role, body)| (role.to_owned(), body.to_owned())));
    assert_eq!(turns(r#"[{"role":"user"},{"a":1}]"#).len(), 1, "JSON");
    assert!(text("Document", source, None, Look::default()).body.contains("one"), "a document is a section");
}

#[test]
fn the_colours_of_a_log_are_left_out_and_told() {
    let section = &shown(ContentKind::Text, "\u{1b}[31mERROR\u{1b}[0m disk \u{1b}[2Jfull")[0];
    assert_eq!(section.body, "ERROR disk \u{1b}[2Jfull", "what moves the cursor stays, and is shown as marks");
    assert_eq!(section.detail.as_deref(), Some("2 colour codes left out"));
}

#[test]
fn a_text_with_colour_codes_is_laid_out_as_what_it_is() {
    for (coloured, laid_out) in [
        ("# Title\n\n\u{1b}[1mbold\u{1b}[0m and **strong**", "Title\n\nbold and strong"),
        ("\u{1b}[32m{\"a\": [1, 2]}\u{1b}[0m", "{\n  \"a\": [1, 2]\n}"),
        ("\u{1b}[0m| a | b |\n|---|---|\n| 1 | \u{7}2 |", "a │ b\n─\n1 │ \u{7}2"),
        ("- one\n- \u{1b}two\n- \0three", "• one\n• \u{1b}two\n• \0three"),
    ] {
        let section = &shown(ContentKind::Text, coloured)[0];
        assert_eq!(section.body, laid_out);
        assert!(is_true_to_source(section, coloured));
    }
}

#[test]
fn raw_is_as_it_came() {
    let look = Look { raw: true, fold: None };
    let content = Content::text("# Title\n**bold**");
    assert_eq!(sections("Output", &content, None, look)[0].body, content.text);
}

#[test]
fn an_empty_output_says_so() {
    assert_eq!(shown(ContentKind::Text, "")[0].body, "(empty output)");
    assert_eq!(shown(ContentKind::Text, "\u{1b}[0m \u{1b}[1m")[0].body, "(codes of colours alone)");
}

#[test]
fn what_is_too_long_to_lay_out_is_shown_as_it_came_and_says_so() {
    let section = &shown(ContentKind::Text, &"# head\n".repeat(100_000))[0];
    assert!(section.body.starts_with("# head"));
    assert_eq!(section.detail.as_deref(), Some("0.7 MB, shown as it came"));
}

/// Pieces of Markdown that break each other, with words to be kept.
fn odd_markdown() -> impl Strategy<Value = String> {
    let pieces = [
        "word",
        "two words",
        " ",
        "\n",
        "\n\n",
        "\n    ",
        "\n- ",
        "\n1. ",
        "\n> ",
        "\n# ",
        "\n---\n",
        "\n==\n",
        "**",
        "*",
        "_",
        "~~",
        "`",
        "\n```\n",
        "[a](b)",
        "[a][1]",
        "\n[1]: b\n",
        "\n> [2]: d 'e'\n",
        "![i](j \"k\")",
        "<b>",
        "<!-- c -->",
        "\n<div>\n",
        "\n| a | b |\n|---|---|\n| c | d |\n",
        "|",
        "\\\n",
        "\n- [ ] ",
        "| e | f | g |\n",
        "日本",
    ];
    prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..40).prop_map(|pieces| pieces.concat())
}

/// Stretches of text that Markdown's parser takes signs from, or makes others of.
const SAID: [&str; 26] = [
    "2*3*4=24",
    "2**10",
    "__init__",
    "_id_",
    "a_b_c",
    "\\d+\\.\\d+",
    "C:\\_tmp\\*.log",
    "\\(a\\)",
    "\\[x\\\\y\\]",
    "&lt;b&gt;",
    "&#8364;5",
    "<tag>",
    "</tag>",
    "~5~",
    "~~6~~",
    "$x_1$ and $y_1$",
    "*args",
    "**kwargs",
    "f(*a)",
    "(a)*(b)*(c)",
    "/*c*/",
    "http://a.example/_b_/*c*",
    "\"*.log*\"",
    "50%",
    "`x_y`s",
    "\\*no\\*",
];

/// The marks of a layout, and the signs of which it makes them; what is left is said.
fn said(text: &str) -> Vec<char> {
    let text = text.replace("image: ", "").replace('☑', "x");
    let mut said: Vec<char> =
        text.chars().filter(|c| !c.is_whitespace() && !"*_#>-|`[]()=+!•│▏‹›─┼☐:~".contains(*c)).collect();
    said.sort_unstable();
    said
}

proptest! {
    /// Whatever stands around it, what is said is shown as it is said.
    #[test]
    fn markdown_shows_what_is_said(
        said in prop::collection::vec(prop::sample::select(SAID.to_vec()), 1..6),
        lead in "(# |- |> |7\\. |- > |\\| a \\| b \\|\n\\|---\\|---\\|\n\\| )?",
    ) {
        let source = format!("# head\n\n{lead}{}\n", said.join(" and "));
        let shown = body(&source);
        let spaced = shown.split_whitespace().collect::<Vec<_>>().join(" ");
        for piece in said {
            prop_assert!(spaced.contains(&piece.replace('`', "")), "{piece:?} of {source:?} is not in {shown:?}");
        }
    }

    /// Signs of markup aside, what is shown is what the text says, no more and no less.
    #[test]
    fn a_layout_neither_adds_nor_leaves_out(
        pieces in prop::collection::vec(prop_oneof![odd_markdown(), prop::sample::select(SAID.to_vec()).prop_map(String::from)], 0..4),
    ) {
        let source = format!("# head\n{}", pieces.join(" "));
        prop_assert_eq!(said(&body(&source)), said(&source), "{:?} became {:?}", source, body(&source));
    }

    /// JSON, code and logs lose nothing but space between tokens and codes of colours.
    #[test]
    fn json_code_and_logs_are_whole(word in odd_text(), number in "-?[1-9][0-9]{0,20}(\\.[0-9]{1,20})?(E[0-9])?") {
        let text = serde_json::json!(word).to_string();
        let json = format!("{{\"a\":[{number},{text},{{}}],\"a\":{{{text}:{number}}}}}");
        let visible = |text: &str| text.chars().filter(|c| !matches!(c, ' ' | '\n')).collect::<String>();
        prop_assert_eq!(visible(&shown(ContentKind::Json, &json)[0].body), visible(&json));
        let code = format!("import os\nfrom a import b\n\ndef f():\n    return 1  # {}\n", word.replace(['`', '\u{1b}'], ""));
        prop_assert_eq!(body(&code), code);
    }

    /// A text with codes of colours is shown as without them, whatever they stand in the middle of.
    #[test]
    fn codes_of_colours_change_nothing_that_is_said(
        pieces in prop::collection::vec(
            (
                prop_oneof![odd_markdown(), prop::sample::select(SAID.to_vec()).prop_map(String::from), Just("{\"a\":1}".into())],
                prop::sample::select(vec!["\u{1b}[0m", "\u{1b}[1;31m", "\u{1b}[38;5;9m", ""]),
            ),
            1..6,
        ),
    ) {
        let coloured: String = pieces.iter().flat_map(|(said, code)| [code, said.as_str()]).collect();
        let plain: String = pieces.iter().map(|(said, _)| said.as_str()).collect();
        prop_assume!(!plain.trim().is_empty());
        prop_assert_eq!(body(&coloured), body(&plain), "{:?}", coloured);
    }

    /// What is folded away is counted; what is left stands in the text, in its order.
    #[test]
    fn folded_json_counts_what_it_leaves_out(
        entries in prop::collection::vec(("[a-zé日-]{0,30}", "-?[1-9][0-9]{0,12}(\\.[0-9]{1,4})?"), 1..12),
    ) {
        let members: Vec<_> = entries.iter().enumerate().map(|(at, (word, n))| format!("\"k{at}\":\"{word}\",\"n{at}\":{n}")).collect();
        let json = format!("{{\"all\":{{{}}}}}", members.join(","));
        let shown = folded(&json, 1);
        let remark = regex::Regex::new(r",? … (\d+)( more)?").unwrap();
        let left_out: usize = remark.captures(&shown).map_or(0, |found| found[1].parse().unwrap());
        let is_seen = |key: &String| shown.contains(key.as_str());
        let seen = (0..members.len()).flat_map(|at| [format!("\"k{at}\":"), format!("\"n{at}\":")]).filter(is_seen).count();
        prop_assert_eq!(seen + left_out, 2 * members.len(), "{} became {}", json, shown);
        let mut rest = json.chars();
        let said = remark.replace(&shown, "").into_owned();
        prop_assert!(said.chars().filter(|c| !c.is_whitespace()).all(|c| rest.any(|of| of == c)), "{json} became {shown}");
    }

    /// Signs may go, words may not: every letter of the source is shown, in its order
    /// (but in a wide table, where each cell follows its head).
    #[test]
    fn no_word_is_lost_by_being_laid_out(text in odd_markdown()) {
        let text = format!("# head\n{text}");
        let shown = body(&text);
        let letters: Vec<char> = text.chars().filter(|c| c.is_alphabetic()).collect();
        let count = |text: &str, letter: char| text.chars().filter(|c| *c == letter).count();
        for &letter in &letters {
            let is_whole = count(&shown, letter) >= count(&text, letter);
            prop_assert!(is_whole, "{letter:?} of {text:?} is not in {shown:?}");
        }
        let mut rest = shown.chars();
        if !text.contains("|---") {
            prop_assert!(letters.into_iter().all(|c| rest.any(|shown| shown == c)), "{text:?} became {shown:?}");
        }
    }

    /// No text is lost or made up by being laid out: what the map ties together is equal.
    #[test]
    fn any_text_is_true_to_its_source(text in odd_text(), lead in "(# |- |> |```\n|\\| a \\| b \\|\n\\|---\\|---\\|\n)?") {
        let text = format!("{lead}{text}");
        for kind in [ContentKind::Text, ContentKind::Json, ContentKind::Chat] {
            for section in shown(kind, &text).iter().filter(|section| section.source.is_some()) {
                prop_assert!(is_true_to_source(section, &text));
            }
        }
    }

    /// Whatever is said in a chat is shown, whatever it takes to write it in JSON.
    #[test]
    fn a_message_says_what_was_written(text in odd_text()) {
        let source = serde_json::json!([{ "role": "user", "content": text }]).to_string();
        let turn = &shown(ContentKind::Chat, &source)[0];
        prop_assert!(is_true_to_source(turn, &source));
        if page_of(&text, Look::default()).is_none() {
            prop_assert_eq!(&turn.body, &text);
        }
    }
}
