//! Which sentences claim anything about the subject: not a greeting, a heading, a word about
//! the text itself, or advice to the reader.

use super::tokens;
use super::word::{Word, WordKind};
use std::borrow::Cow;

/// What courtesy begins with, in small letters.
const COURTESIES: &[&str] = &[
    "dear ",
    "hi",
    "hello",
    "hey",
    "good morning",
    "good afternoon",
    "good evening",
    "kind regards",
    "best regards",
    "warm regards",
    "best wishes",
    "regards",
    "yours sincerely",
    "yours faithfully",
    "sincerely",
    "cheers",
    "thank",
    "thanks",
    "many thanks",
    "you're welcome",
    "you are welcome",
    "welcome",
    "sorry",
    "i'm sorry",
    "i am sorry",
    "we are sorry",
    "we're sorry",
    "i am so sorry",
    "i'm so sorry",
    "we apologise",
    "we apologize",
    "i apologise",
    "i apologize",
    "apologies",
    "oh dear",
    "oh no",
    "sure",
    "certainly",
    "of course",
    "absolutely",
    "great question",
    "i hope",
    "we hope",
    "hope this",
    "i understand",
    "we understand",
    "have a great",
    "have a nice",
    "have a good",
    "take care",
    "let me know",
    "please let me know",
    "please let us know",
    "feel free",
    "please feel free",
    "if you have any",
    "should you have any",
    "don't hesitate",
    "please do not hesitate",
    "please don't hesitate",
    "we look forward",
    "i look forward",
    "looking forward",
    "here is a",
    "here is the",
    "here's a",
    "here's the",
    "here are the",
    "mit freundlichen",
    "freundliche grüße",
    "viele grüße",
    "guten tag",
    "guten morgen",
    "hallo",
    "liebe ",
    "lieber ",
    "sehr geehrte",
    "vielen dank",
    "bonjour",
    "cordialement",
    "merci",
    "bien cordialement",
    "cher ",
    "chère ",
    "hola",
    "saludos",
    "gracias",
    "un cordial saludo",
    "estimado",
    "estimada",
    "ciao",
    "buongiorno",
    "gentile ",
    "cordiali saluti",
    "grazie",
    "olá",
    "obrigado",
    "obrigada",
    "beste ",
    "geachte ",
    "met vriendelijke",
    "bedankt",
    "拝啓",
    "敬具",
    "こんにちは",
    "ありがとう",
    "よろしく",
    "您好",
    "你好",
    "谢谢",
    "안녕하세요",
    "감사합니다",
];

/// Courtesies that a claim may follow in the same sentence, up to so many words.
const SHORT: usize = 12;

/// Verbs with which a sentence tells the reader what to do.
const ADVICE: &[&str] = &[
    "please", "contact", "visit", "see", "check", "refer", "consult", "note", "remember", "ensure", "reply", "ask",
    "read", "keep", "make", "feel", "let", "bitte", "veuillez",
];

/// Words for the text itself, and what it is said not to do.
const TEXTS: &[&str] = &[
    "passage",
    "passages",
    "text",
    "article",
    "document",
    "documents",
    "source",
    "sources",
    "context",
    "excerpt",
    "information",
    "conversation",
    "transcript",
    "summary",
    "data",
];
const TELLING: &[&str] = &[
    "mention",
    "mentioned",
    "say",
    "specify",
    "specified",
    "provide",
    "provided",
    "state",
    "stated",
    "contain",
    "contains",
    "include",
    "discuss",
    "address",
    "answer",
    "given",
    "indicate",
    "clear",
    "enough",
    "unable",
];

const DESCRIBING: &[&str] = &[
    "describes",
    "discusses",
    "mentions",
    "provides",
    "talks",
    "covers",
    "explains",
    "highlights",
    "states",
    "tells",
    "details",
    "contains",
    "presents",
    "appears",
    "seems",
    "does",
    "is",
    "are",
    "focuses",
    "discussed",
    "provided",
    "given",
    "based",
];

/// Words between such a verb and what is said.
const BETWEEN: &[&str] =
    &["that", "information", "about", "on", "of", "how", "also", "details", "the", "a", "to", "be"];

/// Words in which the subject of a sentence stands, and in which a frame ends.
const SUBJECT: usize = 4;
const FRAME: usize = 10;

/// Words of a title, or of a name under a letter, at most.
const TITLE: usize = 8;

/// What a sentence is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Claim {
    /// Courtesy, a heading, a reference: of it only values are checked.
    Nothing,
    /// It announces, advises, or is about the text: its values and names are checked.
    Frame,
    /// It says something about the subject, and is compared.
    Subject,
}

/// What a sentence claims. `has_values`: it states values or names.
pub(super) fn of(sentence: &str, words: &[Word], has_values: bool) -> Claim {
    let small = sentence.trim_start_matches(['*', '_', '>', '-', ' ']).to_lowercase().replace('’', "'");
    let content: Vec<&Word> = words.iter().filter(|word| word.kind != WordKind::Function).collect();
    let is_title =
        content.len() <= TITLE && content.iter().all(|word| word.capital) && !sentence.ends_with(['.', '!', '?']);
    if content.is_empty() || is_courtesy(&small, words.len()) || is_heading(sentence) || is_reference(&small) {
        Claim::Nothing
    } else if is_title || announces(sentence) || (!has_values && (is_about_the_text(&small) || is_advice(&small))) {
        Claim::Frame
    } else {
        Claim::Subject
    }
}

/// Whether a line below `Kind regards,` is who signs.
pub(super) fn is_signature(line: &str, words: &[Word]) -> bool {
    words.len() <= TITLE && !line.ends_with(['.', '!', '?', ':'])
}

/// How many of the first words only say that a text says what follows: `The passage states that`,
/// `According to the article,`.
pub(super) fn framing(text: &str, words: &[Word]) -> usize {
    let small = |word: &Word| tokens::small(&text[word.range.clone()]);
    let head: Vec<Cow<str>> = words.iter().take(FRAME).map(small).collect();
    let Some(noun) = head.iter().take(SUBJECT).position(|word| TEXTS.contains(&word.as_ref())) else { return 0 };
    if matches!(head[0].as_ref(), "according" | "based" | "in" | "from" | "per") {
        return noun + 1;
    }
    let verb = head.iter().skip(noun + 1).position(|word| DESCRIBING.contains(&word.as_ref()));
    let Some(verb) = verb.filter(|gap| *gap < 2).map(|gap| noun + 1 + gap) else { return 0 };
    let rest = head.iter().skip(verb + 1).take_while(|word| BETWEEN.contains(&word.as_ref()));
    verb + 1 + rest.count()
}

/// Whether a sentence only announces what follows it.
fn announces(sentence: &str) -> bool {
    sentence.trim_end_matches(['*', '_', ' ']).ends_with(':')
}

fn is_courtesy(small: &str, words: usize) -> bool {
    let begins = |courtesy: &str| {
        let rest = small.strip_prefix(courtesy);
        rest.is_some_and(|rest| {
            !courtesy.is_ascii() || courtesy.ends_with(' ') || !rest.starts_with(char::is_alphabetic)
        })
    };
    words <= SHORT && COURTESIES.iter().any(|courtesy| begins(courtesy))
}

/// Whether the line is marked as a heading, fences code, or is a line of a table without text.
fn is_heading(sentence: &str) -> bool {
    let bold = sentence.strip_prefix("**").and_then(|rest| rest.strip_suffix("**"));
    let underlined = sentence.strip_prefix("__").and_then(|rest| rest.strip_suffix("__"));
    sentence.starts_with('#') && sentence.trim_start_matches('#').starts_with(' ')
        || sentence.starts_with("```")
        || sentence.starts_with("~~~")
        || bold.or(underlined).is_some_and(|inside| !inside.contains("**") && !inside.ends_with('.'))
}

/// Whether it names where something is from: `[1] Source: passage 2`.
fn is_reference(small: &str) -> bool {
    let rest = small.trim_start_matches(|c: char| matches!(c, '[' | ']' | '(' | ')' | ' ' | ':') || c.is_ascii_digit());
    let cites = small.starts_with('[') && rest.len() < small.len();
    rest.is_empty()
        || ["source:", "sources:", "reference:", "references:", "see also:"].iter().any(|word| rest.starts_with(word))
        || (cites && ["passage", "document", "source", "http"].iter().any(|word| rest.starts_with(word)))
}

fn is_about_the_text(small: &str) -> bool {
    let words: Vec<&str> = small.split(|c: char| !(c.is_alphanumeric() || c == '\'')).collect();
    let has = |any: &[&str]| words.iter().any(|word| any.contains(word));
    let negates = words.iter().any(|word| matches!(*word, "not" | "no" | "cannot" | "unable") || word.ends_with("n't"));
    let is_subject = words.iter().take(SUBJECT).any(|word| TEXTS.contains(word));
    (negates && has(TELLING) && has(TEXTS)) || (is_subject && has(DESCRIBING))
}

fn is_advice(small: &str) -> bool {
    let first = small.split(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
    ADVICE.contains(&first)
}
