//! Which characters must not reach the terminal as they are, and what each is called.

use std::borrow::Cow;
use unicode_properties::{GeneralCategory, UnicodeEmoji, UnicodeGeneralCategory};

/// The zero-width joiner.
pub(super) const ZWJ: char = '\u{200D}';

/// Whether `c` works unseen, or may: between these neighbours in its cluster
/// (`before`) and in the line (`after`).
pub(super) fn is_hidden(before: Option<char>, c: char, after: Option<char>) -> bool {
    match c {
        ' '..='~' => false,
        ZWJ => !(joins_emoji(before, after) || joins_letters(before, after)),
        '\u{200C}' => !joins_letters(before, after),
        '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}' | '\u{180B}'..='\u{180D}' | '\u{180F}' => {
            !before.is_some_and(|before| selects(before, c))
        }
        // Format characters that are seen: signs that go under or around numbers.
        '\u{0600}'..='\u{0605}' | '\u{06DD}' | '\u{070F}' | '\u{0890}' | '\u{0891}' | '\u{08E2}' => false,
        '\u{110BD}' | '\u{110CD}' => false,
        // Letters, accents and symbols that are never seen.
        '\u{034F}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{3164}' => true,
        '\u{FFA0}' | '\u{FFFC}' | '\u{16FE4}' => true,
        c => is_hidden_category(c.general_category()),
    }
}

fn is_hidden_category(category: GeneralCategory) -> bool {
    use GeneralCategory::*;
    matches!(category, Control | Format | PrivateUse | Unassigned | Surrogate | LineSeparator | ParagraphSeparator)
}

fn joins_emoji(before: Option<char>, after: Option<char>) -> bool {
    let before = before.is_some_and(|c| c == '\u{FE0F}' || is_pictograph(c));
    before && after.is_some_and(is_pictograph)
}

fn is_pictograph(c: char) -> bool {
    let flag_letter = ('\u{1F1E6}'..='\u{1F1FF}').contains(&c);
    !c.is_ascii() && !flag_letter && c.is_emoji_char()
}

/// Whether a joiner between the characters has a use: in scripts whose letters grow together it
/// chooses their shape, after a virama even at the end of a word.
fn joins_letters(before: Option<char>, after: Option<char>) -> bool {
    before.is_some_and(|c| is_virama(c) || is_joining(c) && after.is_some_and(is_joining))
}

fn is_virama(c: char) -> bool {
    let c = u32::from(c);
    (0x900..0xD80).contains(&c) && c & 0x7F == 0x4D || c == 0xDCA
}

/// Letters of Arabic, Syriac, the scripts of South and South-East Asia, Tibetan,
/// Mongolian and their kin.
fn is_joining(c: char) -> bool {
    let block = matches!(u32::from(c),
        0x600..=0xDFF | 0xF00..=0x109F | 0x1780..=0x18AF | 0x1A20..=0x1BFF | 0xA840..=0xA87F | 0xA980..=0xA9DF
        | 0xFB50..=0xFDFF | 0xFE70..=0xFEFC);
    block && !is_hidden_category(c.general_category())
}

/// The variation selector means something after this character.
fn selects(before: char, selector: char) -> bool {
    match selector {
        '\u{FE0E}' | '\u{FE0F}' => before.is_emoji_char(),
        '\u{FE00}'..='\u{FE02}' => is_han(before) || before.general_category() == GeneralCategory::MathSymbol,
        '\u{E0100}'..='\u{E01EF}' => is_han(before),
        '\u{180B}'..='\u{180F}' => ('\u{1820}'..='\u{18AA}').contains(&before),
        _ => false,
    }
}

fn is_han(c: char) -> bool {
    matches!(u32::from(c), 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x20000..=0x3FFFD)
}

/// The flags that are written as a black flag and the tags of their land: England's, Scotland's and Wales'.
/// After it other tags are a text that nobody sees.
const FLAGS: [&str; 3] = [
    "\u{1F3F4}\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}",
    "\u{1F3F4}\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F}",
    "\u{1F3F4}\u{E0067}\u{E0062}\u{E0077}\u{E006C}\u{E0073}\u{E007F}",
];

/// Bytes of the flag with tags that the text begins with; `None`: with none.
pub(super) fn flag(text: &str) -> Option<usize> {
    FLAGS.iter().find(|flag| text.starts_with(**flag)).map(|flag| flag.len())
}

/// What is shown in the character's place.
pub(super) fn name(c: char) -> Cow<'static, str> {
    if let Some(picture) = picture(c) {
        return picture.to_string().into();
    }
    match (abbreviation(c), c) {
        (Some(name), _) => format!("⟨{name}⟩").into(),
        // Tags spell text that nobody sees: spell it.
        (None, '\u{E0020}'..='\u{E007E}') => {
            let letter = char::from_u32(u32::from(c) - 0xE0000).unwrap_or(' ');
            format!("⟨TAG {letter}⟩").into()
        }
        _ => format!("⟨U+{:04X}⟩", u32::from(c)).into(),
    }
}

/// Unicode's own pictures of the C0 controls.
fn picture(c: char) -> Option<char> {
    match c {
        '\0'..='\u{1F}' => char::from_u32(0x2400 + u32::from(c)),
        '\u{7F}' => Some('␡'),
        _ => None,
    }
}

fn abbreviation(c: char) -> Option<&'static str> {
    Some(match c {
        '\u{85}' => "NEL",
        '\u{90}' => "DCS",
        '\u{9B}' => "CSI",
        '\u{9C}' => "ST",
        '\u{9D}' => "OSC",
        '\u{AD}' => "SHY",
        '\u{34F}' => "CGJ",
        '\u{61C}' => "ALM",
        '\u{180E}' => "MVS",
        '\u{200B}' => "ZWSP",
        '\u{200C}' => "ZWNJ",
        ZWJ => "ZWJ",
        '\u{200E}' => "LRM",
        '\u{200F}' => "RLM",
        '\u{2028}' => "LS",
        '\u{2029}' => "PS",
        '\u{202A}' => "LRE",
        '\u{202B}' => "RLE",
        '\u{202C}' => "PDF",
        '\u{202D}' => "LRO",
        '\u{202E}' => "RLO",
        '\u{2060}' => "WJ",
        '\u{2066}' => "LRI",
        '\u{2067}' => "RLI",
        '\u{2068}' => "FSI",
        '\u{2069}' => "PDI",
        '\u{FEFF}' => "BOM",
        '\u{FFF9}' => "IAA",
        '\u{FFFA}' => "IAS",
        '\u{FFFB}' => "IAT",
        '\u{FFFC}' => "OBJ",
        '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}' => "VS",
        '\u{E007F}' => "TAG END",
        _ => return None,
    })
}
