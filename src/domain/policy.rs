//! The words of what happens to an output: who decides, for what, and what settles it.

/// Words of a kind: their order, each in the store and for people, and back.
macro_rules! words {
    ($(#[$about:meta])* $name:ident, $what:literal { $($(#[$doc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name {
            $($(#[$doc])* $variant),+
        }

        impl $name {
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            /// The word in the store, in files and for people.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $($name::$variant => $word),+
                }
            }
        }

        impl std::str::FromStr for $name {
            type Err = String;

            fn from_str(word: &str) -> Result<Self, String> {
                let found = Self::ALL.iter().copied().find(|known| known.as_str() == word);
                found.ok_or_else(|| format!("`{word}` is no {}", $what))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}
pub(super) use words;

words! {
    /// What made a decision. Only a person's is evidence of human judgement.
    ReviewerKind, "kind of reviewer" {
        Person = "person",
        /// A check of the spec; its reviewer is `check:KEY`.
        Check = "check",
        Model = "model",
        Code = "code",
        Program = "program",
    }
}

words! {
    /// What a decision was made for.
    #[derive(Default)]
    Purpose, "purpose of a decision" {
        /// What somebody, or a check, thinks of the output.
        #[default]
        Opinion = "opinion",
        /// Settles opinions that disagree.
        Adjudication = "adjudication",
        /// Answers an escalation.
        Answer = "answer",
        /// Made again on an item of one's own, to see whether one agrees with oneself.
        Repeat = "repeat",
        /// Made on a golden example, to see whether one agrees with it.
        Golden = "golden",
        /// Made elsewhere.
        Imported = "imported",
    }
}

impl Purpose {
    /// Whether such a decision settles what opinions have come to.
    pub const fn settles(self) -> bool {
        matches!(self, Purpose::Adjudication | Purpose::Answer)
    }

    pub fn is_opinion(&self) -> bool {
        *self == Purpose::Opinion
    }

    /// Whether such a decision is evidence of its reviewer alone: it never stands, and nothing rests
    /// on it.
    pub const fn is_probe(self) -> bool {
        matches!(self, Purpose::Repeat | Purpose::Golden)
    }
}

words! {
    /// What settles opinions that do not agree.
    #[derive(Default)]
    Settle, "way to settle a disagreement" {
        #[default]
        Adjudicate = "adjudicate",
        /// The verdict of more than half of them, else an adjudicator.
        Majority = "majority",
        /// Reject before accept.
        Strictest = "strictest",
    }
}

words! {
    /// What the verdict of record of an item rests on.
    SettledBy, "way in which an item is settled" {
        /// One opinion, where no more are asked.
        Single = "single",
        Unanimous = "unanimous",
        Majority = "majority",
        Strictest = "strictest",
        Adjudicated = "adjudicated",
        Answer = "answer",
        Check = "check",
    }
}

words! {
    /// Why opinions disagreed, as who settled them says.
    Cause, "cause of a disagreement" {
        /// The item can be read in two ways.
        Ambiguous = "ambiguous",
        /// The rubric does not say.
        Unclear = "unclear",
        /// Somebody overlooked something.
        Slip = "slip",
        /// The rubric did not think of such an item.
        EdgeCase = "edge_case",
        Taste = "taste",
    }
}

impl Cause {
    /// The word in sentences: "edge case".
    pub fn phrase(self) -> String {
        self.as_str().replace('_', " ")
    }

    /// Meaning, for who settles a disagreement.
    pub const fn detail(self) -> &'static str {
        match self {
            Cause::Ambiguous => "the item can be read in two ways",
            Cause::Unclear => "the rubric does not say",
            Cause::Slip => "somebody overlooked something",
            Cause::EdgeCase => "the rubric did not think of such an item",
            Cause::Taste => "both can be right",
        }
    }
}

/// Which rejections are to be made again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Retry {
    /// Those with a category that the spec says is retryable.
    Retryable,
    /// Those that this filter finds, over an item and its decision of record: the item says so itself.
    Filter(String),
}

impl Retry {
    /// The word of the choice, in the store.
    pub fn word(&self) -> &'static str {
        match self {
            Retry::Retryable => "retryable",
            Retry::Filter(_) => "filter",
        }
    }
}

impl std::fmt::Display for Retry {
    /// As a spec has it.
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str(match self {
            Retry::Retryable => self.word(),
            Retry::Filter(filter) => filter,
        })
    }
}

/// In what opinions must be equal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agree {
    pub verdict: bool,
    /// The gravest severity of their categories.
    pub severity: bool,
    pub categories: bool,
    /// Criteria whose levels differ by one at most.
    pub scores: Vec<String>,
}

impl Default for Agree {
    fn default() -> Self {
        Self { verdict: true, severity: false, categories: false, scores: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_is_read_back() {
        for kind in ReviewerKind::ALL {
            assert_eq!(kind.as_str().parse(), Ok(*kind));
        }
        for cause in Cause::ALL {
            assert_eq!(cause.as_str().parse(), Ok(*cause));
        }
        assert_eq!("robot".parse::<ReviewerKind>(), Err("`robot` is no kind of reviewer".into()));
    }
}
