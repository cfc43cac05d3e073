use super::*;
use proptest::prelude::*;

#[test]
fn hidden_and_hostile_characters_are_marked() {
    let cases = [
        ("\u{1b}[31mred", "␛[31mred"),
        ("a\u{7}\u{0}\u{7f}", "a␇␀␡"),
        ("\u{9b}2J\u{85}\u{80}", "⟨CSI⟩2J⟨NEL⟩⟨U+0080⟩"),
        ("\u{202e}gpj.exe\u{2069}", "⟨RLO⟩gpj.exe⟨PDI⟩"),
        ("\u{200e}\u{200f}\u{61c}", "⟨LRM⟩⟨RLM⟩⟨ALM⟩"),
        ("pass\u{200b}word\u{feff}\u{2060}", "pass⟨ZWSP⟩word⟨BOM⟩⟨WJ⟩"),
        ("co\u{ad}op a\u{200d}b a\u{200c}b", "co⟨SHY⟩op a⟨ZWJ⟩b a⟨ZWNJ⟩b"),
        ("\u{e0001}\u{e0048}\u{e0069}\u{e007f}", "⟨U+E0001⟩⟨TAG H⟩⟨TAG i⟩⟨TAG END⟩"),
        ("a\u{fe0f}b\u{fe01}c\u{e0100}", "a⟨VS⟩b⟨VS⟩c⟨VS⟩"),
        ("😀\u{fe0f}\u{fe0f}", "😀\u{fe0f}⟨VS⟩"),
        ("\u{fff9}\u{fffc}\u{e000}\u{fdd0}\u{10ffff}", "⟨IAA⟩⟨OBJ⟩⟨U+E000⟩⟨U+FDD0⟩⟨U+10FFFF⟩"),
        ("\u{3164}\u{115f}\u{34f}", "⟨U+3164⟩⟨U+115F⟩⟨CGJ⟩"),
        ("a\u{2028}b\u{2029}c", "a⟨LS⟩b⟨PS⟩c"),
        ("one\ntwo\r\nthree\rfour", "one⏎two⏎three␍four"),
        ("\u{301}x", "◌\u{301}x"),
        ("🇩\u{200d}🐱", "🇩⟨ZWJ⟩🐱"),
        ("🏴\u{e0068}\u{e0069}\u{e007f}", "🏴⟨TAG h⟩⟨TAG i⟩⟨TAG END⟩"),
        ("🏴󠁧󠁢󠁥󠁮󠁧󠁿\u{e0068}", "🏴󠁧󠁢󠁥󠁮󠁧󠁿⟨TAG h⟩"),
    ];
    for (text, shown) in cases {
        assert_eq!(line(text), shown, "{}", text.escape_unicode());
    }
}

#[test]
fn languages_and_emoji_stay_as_they_are() {
    let texts = [
        "The quick – “brown” fox…",
        "日本語の文章。한국어 ｶﾞ",
        "👩‍💻 👨‍👩‍👧‍👦 🧑🏻‍❤️‍💋‍🧑🏿 🇩🇪 🏴󠁧󠁢󠁥󠁮󠁧󠁿 🏴󠁧󠁢󠁳󠁣󠁴󠁿 🏴󠁧󠁢󠁷󠁬󠁳󠁿 1️⃣ ❤️ ☺︎",
        "क्षत्रिय हिन्दी में लिखा क्‍ष",
        "می‌خواهم العربية ۝",
        "ශ්‍රී ലങ്ക അവന്‍",
        "葛\u{e0100} ᠮᠣᠩᠭᠣᠯ\u{180b}",
        "e\u{301}\u{323} ắ",
        "ไทยน้ำ",
        "1\u{a0}000",
    ];
    for text in texts {
        assert!(matches!(line(text), Cow::Borrowed(_)), "{text} became {}", line(text));
        assert!(pieces(text).all(|piece| !piece.marked), "{text}");
    }
}

#[test]
fn tabs_reach_the_next_stop() {
    assert_eq!(line("\ta\tbcd\tefgh\t日\tx"), "    a   bcd efgh    日  x");
}

#[test]
fn a_tower_of_accents_is_cut_and_counted() {
    let tower = format!("Z{}algo", "\u{301}".repeat(1000));
    assert_eq!(line(&tower), format!("Z{}⟨+992⟩algo", "\u{301}".repeat(8)));
}

#[test]
fn a_chain_of_emoji_is_cut_where_nothing_joins_across() {
    let chain = ["👩"; 20].join("\u{200d}");
    let shown: Vec<_> = pieces(&chain).collect();
    assert!(shown.iter().all(|piece| !piece.text.ends_with('\u{200d}')), "{shown:?}");
    assert!(shown.iter().any(|piece| piece.text == "⟨ZWJ⟩"));
}

#[test]
fn widths_are_those_of_the_screen() {
    let cases = [("日", 2), ("👩‍💻", 2), ("e\u{301}", 1), ("❤️", 2), ("\u{202e}", 5), ("ｶﾞ", 2)];
    for (text, width) in cases {
        assert_eq!(pieces(text).map(|piece| piece.width).collect::<Vec<_>>(), [width], "{text}");
    }
}

/// Text with all that is odd more often than chance would have it.
pub(crate) fn odd_text() -> impl Strategy<Value = String> {
    let odd = prop::sample::select(vec![
        "\u{1b}[2J",
        "\u{202e}",
        "\u{200d}",
        "\u{200c}",
        "\u{fe0f}",
        "\u{301}",
        "\t",
        "\r",
        "\r\n",
        "\n",
        "  ",
        " ",
        "日本",
        "👩‍💻",
        "👩",
        "🇩",
        "क्षि",
        "می",
        "\u{e0041}",
        "\u{9b}",
        "\u{34f}",
        "\u{1100}",
        "ﾞ",
        "word ",
        "-",
        "https://x.y/z",
    ]);
    let part =
        prop_oneof![3 => odd.prop_map(str::to_owned), 1 => any::<char>().prop_map(String::from), 1 => "[ -~]{0,12}"];
    prop::collection::vec(part, 0..60).prop_map(|parts| parts.concat())
}

/// Characters that may never be seen on screen on their own account.
pub(crate) fn is_hostile(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{feff}' | '\u{ad}')
        || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{e0000}'..='\u{e007f}')
}

#[test]
fn json_says_the_same_and_drives_nothing() {
    for text in ["plain", "é \u{9b}2J \u{202e}\u{200b}\u{7f} \u{1b}[31m 😀\u{e0041}", "a\nb"] {
        let written = format!("{{\t\"a\":\t{}}}", serde_json::to_string(text).unwrap());
        let escaped = json(&written);
        assert_eq!(serde_json::from_str::<serde_json::Value>(&escaped).unwrap()["a"], text);
        assert!(hidden(&escaped).next().is_none(), "{escaped:?}");
    }
}

proptest! {
    #[test]
    fn pieces_cover_any_text_in_order_and_are_harmless(text in odd_text()) {
        let mut at = 0;
        for piece in pieces(&text) {
            prop_assert_eq!(piece.range.start, at);
            prop_assert!(piece.range.end > at && piece.width > 0);
            prop_assert_eq!(piece.width, piece.text.width());
            prop_assert!(!piece.text.contains(is_hostile), "{:?}", piece);
            prop_assert!(piece.text.chars().count() <= 2 * MAX_IN_PIECE + 1);
            at = piece.range.end;
        }
        prop_assert_eq!(at, text.len());
    }
}
