//! Rules for the short texts of a spec: how a name is written, which characters are
//! hidden, and which texts look alike.

/// How a kind of short name is written.
pub(super) struct Syntax {
    /// The rule, as it stands in a sentence after "is not".
    pub rule: &'static str,
    first: fn(char) -> bool,
    joint: &'static [char],
    longest: usize,
}

/// Keys of criteria, failure categories and routes. A key becomes a CSV column
/// (`score_<key>`), and several are joined with `;`.
pub(super) const KEY: Syntax = Syntax {
    rule: "a key: lower-case letters, digits and `_`, beginning with a letter",
    first: |c| c.is_ascii_lowercase(),
    joint: &['_'],
    longest: usize::MAX,
};

/// The name of a queue.
pub(super) const QUEUE_NAME: Syntax = Syntax {
    rule: "a queue's name: at most 64 lower-case letters, digits, `-` and `_`, beginning with a letter or digit",
    first: |c| c.is_ascii_lowercase() || c.is_ascii_digit(),
    joint: &['-', '_'],
    longest: 64,
};

/// Key of a group, which stands where a person's name may stand too.
pub(super) const GROUP_KEY: Syntax = Syntax {
    rule: "a group's key: at most 64 lower-case letters, digits, `-` and `_`, beginning with a letter",
    first: |c| c.is_ascii_lowercase(),
    joint: &['-', '_'],
    longest: 64,
};

impl Syntax {
    pub(super) fn allows(&self, text: &str) -> bool {
        text.chars().next().is_some_and(self.first)
            && text.len() <= self.longest
            && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || self.joint.contains(&c))
    }

    /// What to write instead: the same words in this syntax, when anything is left of them.
    pub(super) fn hint(&self, text: &str) -> String {
        let spaced = text.to_lowercase().replace(|c: char| !c.is_ascii_alphanumeric() && !self.joint.contains(&c), " ");
        let joined = spaced.split_whitespace().collect::<Vec<_>>().join(&self.joint[0].to_string());
        let start = joined.find(self.first).unwrap_or(joined.len());
        let fitting: String = joined[start..].chars().take(self.longest.min(64)).collect();
        if fitting.is_empty() { "choose another word".into() } else { format!("write \"{fitting}\"") }
    }
}

/// Whether a character is invisible, or changes how the text around it is shown.
/// Zero-width joiners stay: emoji and several scripts need them.
pub(super) fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{feff}')
        || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{e0000}'..='\u{e007f}')
}

/// A text from the file as a message may show it: short, and hidden characters written out.
pub(super) fn shown(text: &str) -> String {
    const LONGEST: usize = 60;
    let mut shown = String::new();
    for c in text.chars().take(LONGEST) {
        if is_hidden(c) { shown.extend(c.escape_unicode()) } else { shown.push(c) }
    }
    if text.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    shown
}

/// Equal for texts that a reader cannot tell apart at a glance: case and white space aside.
pub(super) fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_lower_snake_case() {
        for good in ["tone", "a1_b", "x"] {
            assert!(KEY.allows(good), "{good}");
        }
        for bad in ["", "Tone", "a b", "a-b", "a;b", "_a", "1a", "é"] {
            assert!(!KEY.allows(bad), "{bad}");
        }
        assert_eq!(KEY.hint("2 Factual-Accuracy!"), "write \"factual_accuracy\"");
        assert_eq!(KEY.hint("!?"), "choose another word");
    }

    #[test]
    fn queue_names_have_a_length() {
        assert!(QUEUE_NAME.allows(&"q".repeat(64)));
        assert!(!QUEUE_NAME.allows(&"q".repeat(65)));
        assert!(QUEUE_NAME.allows("2026-q1_eu"));
        assert_eq!(QUEUE_NAME.hint("Support Replies"), "write \"support-replies\"");
        let hint = QUEUE_NAME.hint(&"Q".repeat(90));
        assert!(hint.contains("qqqq"), "{hint}");
    }

    #[test]
    fn hidden_characters_are_written_out() {
        assert_eq!(shown("a\u{202e}b\u{1b}"), "a\\u{202e}b\\u{1b}");
        assert_eq!(shown(&"x".repeat(61)).chars().count(), 61);
        assert!(!is_hidden('\u{200d}'));
    }
}
