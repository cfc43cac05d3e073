//! The words themselves, by language, in small letters.

mod dutch;
mod english;
mod french;
mod german;
mod italian;
mod portuguese;
mod spanish;

use crate::analysis::lens::language::Language;
use foldhash::{HashMap, HashSet};
use std::sync::LazyLock;

/// Words of one language that turn a statement round or weaken it. Words of a list stand with
/// blanks between them, phrases with bars.
struct Lexicon {
    negators: &'static str,
    /// Words before which a negator negates nothing: `not only`.
    no_negator_before: &'static str,
    /// Words that negate what follows them and a particle: `failed to`.
    failures: &'static str,
    /// What stands behind a failure or an intention; none where nothing has to.
    particles: &'static str,
    hedges: &'static str,
    /// Verbs that weaken what follows, and negated say that it is not so: `could`.
    abilities: &'static str,
    /// Words that say of what follows them and a particle that it is not so yet: `plans to`.
    intentions: &'static str,
    /// Words by which another may say what an intention says: `will`.
    futures: &'static str,
    /// Verbs by which another may say what a hedge says.
    modals: &'static str,
    /// Words for a part of many, which say less than none of them.
    parts: &'static str,
    /// Other words for how many of them.
    quantities: &'static str,
    /// What bounds a number from below, from above, or comes near it, before it and behind it.
    bounds: &'static [(Bound, &'static str)],
    bounds_behind: &'static [(Bound, &'static str)],
    /// Opposites whose surroundings tell that they speak of the same.
    opposites: &'static [(&'static str, &'static str)],
    /// Opposites that speak of the same only before the same word: `before noon`, `after noon`.
    opposites_before: &'static [(&'static str, &'static str)],
    /// What makes an adjective or a verb its opposite.
    prefixes: &'static str,
    /// Whether a negator may stand behind what it negates.
    negates_backwards: bool,
}

/// Negators of languages without a lexicon, which are no words of others.
const OTHER_NEGATORS: [&str; 10] = ["не", "нет", "ни", "لا", "لم", "لن", "ليس", "ليست", "غير", "δεν"];

/// Negators of scripts without spaces, and of Korean, whose endings negate.
const WIDE_NEGATORS: &[&str] = &["ない", "ません", "なかった", "不", "没", "沒", "未", "無い", "非", "않", "없", "못"];

/// How a word beside a number bounds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bound {
    Below,
    Above,
    Near,
    /// `five out of six`
    Part,
    /// `over two seasons` is no bound, but never says `less than`.
    MaybeBelow,
    MaybeAbove,
}

impl Bound {
    /// Whether it says that a number is no exact one, and nothing else.
    pub(super) fn is_sure(self) -> bool {
        !matches!(self, Bound::MaybeBelow | Bound::MaybeAbove)
    }

    pub(super) fn agrees(self, other: Bound) -> bool {
        let plain = |bound| match bound {
            Bound::MaybeBelow => Bound::Below,
            Bound::MaybeAbove => Bound::Above,
            sure => sure,
        };
        plain(self) == plain(other)
    }
}

/// The words of a language as they are looked up.
pub(in super::super) struct Words {
    negators: HashSet<&'static str>,
    no_negator_before: HashSet<&'static str>,
    failures: HashSet<&'static str>,
    particles: HashSet<&'static str>,
    hedges: HashSet<&'static str>,
    abilities: HashSet<&'static str>,
    intentions: HashSet<&'static str>,
    futures: HashSet<&'static str>,
    modals: HashSet<&'static str>,
    parts: HashSet<&'static str>,
    quantities: HashSet<&'static str>,
    bounds: Vec<(Bound, &'static str)>,
    bounds_behind: Vec<(Bound, &'static str)>,
    groups: Vec<HashSet<&'static str>>,
    /// The groups of a word with those of its opposites, and whether they must stand before the
    /// same word.
    opposites: HashMap<&'static str, Vec<(usize, usize, bool)>>,
    prefixes: HashSet<&'static str>,
    pub(super) negates_backwards: bool,
}

/// An opposite of a word.
pub(super) struct Opposite<'w> {
    pub own: &'w HashSet<&'static str>,
    pub other: &'w HashSet<&'static str>,
    /// Whether it is one only before the same word.
    pub before_same: bool,
}

impl Words {
    /// The words of the language; none but negators where it has no lexicon.
    pub(in super::super) fn of(language: &Language) -> &'static Words {
        static ALL: LazyLock<HashMap<&str, Words>> = LazyLock::new(|| {
            let lexica = [
                ("en", english::LEXICON),
                ("de", german::LEXICON),
                ("fr", french::LEXICON),
                ("es", spanish::LEXICON),
                ("it", italian::LEXICON),
                ("pt", portuguese::LEXICON),
                ("nl", dutch::LEXICON),
                ("", NONE),
            ];
            lexica.into_iter().map(|(code, lexicon)| (code, Words::new(&lexicon))).collect()
        });
        &ALL[language.code().unwrap_or_default()]
    }

    fn new(lexicon: &Lexicon) -> Self {
        let set = |list: &'static str| list.split(' ').filter(|word| !word.is_empty()).collect::<HashSet<_>>();
        let phrases = |bounds: &'static [(Bound, &'static str)]| {
            bounds.iter().flat_map(|(bound, list)| list.split('|').map(|phrase| (*bound, phrase))).collect()
        };
        let mut words = Self {
            negators: set(lexicon.negators),
            no_negator_before: set(lexicon.no_negator_before),
            failures: set(lexicon.failures),
            particles: set(lexicon.particles),
            hedges: set(lexicon.hedges),
            abilities: set(lexicon.abilities),
            intentions: set(lexicon.intentions),
            futures: set(lexicon.futures),
            modals: set(lexicon.modals),
            parts: set(lexicon.parts),
            quantities: set(lexicon.quantities),
            bounds: phrases(lexicon.bounds),
            bounds_behind: phrases(lexicon.bounds_behind),
            groups: Vec::new(),
            opposites: HashMap::default(),
            prefixes: set(lexicon.prefixes),
            negates_backwards: lexicon.negates_backwards,
        };
        words.negators.extend(OTHER_NEGATORS);
        for (pairs, before_same) in [(lexicon.opposites, false), (lexicon.opposites_before, true)] {
            for (one, other) in pairs {
                let at = words.groups.len();
                words.groups.extend([set(one), set(other)]);
                for (own, theirs) in [(at, at + 1), (at + 1, at)] {
                    for word in &words.groups[own] {
                        words.opposites.entry(word).or_default().push((own, theirs, before_same));
                    }
                }
            }
        }
        words
    }

    pub(super) fn opposites(&self, word: &str) -> impl Iterator<Item = Opposite<'_>> {
        let pairs = self.opposites.get(word).map_or(&[][..], Vec::as_slice).iter();
        pairs.map(|(own, other, before_same)| Opposite {
            own: &self.groups[*own],
            other: &self.groups[*other],
            before_same: *before_same,
        })
    }

    /// Whether one word is the other with a prefix that makes it its opposite: `safe`, `unsafe`.
    pub(super) fn differ_by_prefix(&self, a: &str, b: &str) -> bool {
        let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
        short.len() > 3 && long.strip_suffix(short).is_some_and(|prefix| self.prefixes.contains(prefix))
    }

    /// Whether a word negates what follows it, before `next`. In `no 1` it is a number's.
    pub(super) fn negates(&self, word: &str, next: &str) -> bool {
        let is_number = word == "no" && next.starts_with(|c: char| c.is_numeric());
        let is_negator = word.ends_with("n't") || self.negators.contains(word);
        (is_negator && !is_number && !self.no_negator_before.contains(next))
            || (self.failures.contains(word) && self.may_follow(next))
    }

    /// Whether a word weakens what follows it, before `next`.
    pub(super) fn hedges(&self, word: &str, next: &str) -> bool {
        self.hedges.contains(word) || (self.abilities.contains(word) && !self.negates(next, ""))
    }

    /// Whether what follows the word, and `next`, is not so yet: `plans to`.
    pub(super) fn intends(&self, word: &str, next: &str) -> bool {
        self.intentions.contains(word) && self.may_follow(next)
    }

    pub(super) fn is_future(&self, word: &str) -> bool {
        self.futures.contains(word)
    }

    /// Whether what is negated or intended may come behind this.
    fn may_follow(&self, next: &str) -> bool {
        self.particles.is_empty() || self.particles.contains(next)
    }

    /// Whether the word says of many that it is a part of them.
    pub(super) fn is_part(&self, word: &str, next: &str) -> bool {
        self.parts.contains(word) && !next.starts_with(|c: char| c.is_numeric())
    }

    pub(super) fn is_quantity(&self, word: &str) -> bool {
        self.quantities.contains(word) || word.starts_with(|c: char| c.is_numeric())
    }

    /// Whether a verb says of another what may be: what is allowed in the source `can` be done.
    pub(super) fn is_modal(&self, word: &str) -> bool {
        self.modals.contains(word)
    }

    /// How the words before and behind a number bound it, with the words that do.
    pub(super) fn bounds(&self, before: &str, behind: &str) -> Option<(Bound, &'static str)> {
        let before = before.to_lowercase().replace('’', "'");
        let before = before.trim_end_matches([' ', '\u{a0}', '$', '€', '£']);
        let behind = behind.to_lowercase();
        let ends =
            |phrase: &str| before.strip_suffix(phrase).is_some_and(|rest| !rest.ends_with(char::is_alphanumeric));
        let clause = behind.split([',', '.', ';']).next().unwrap_or_default();
        longest(&self.bounds, ends).or_else(|| longest(&self.bounds_behind, |phrase| clause.contains(phrase)))
    }
}

const NONE: Lexicon = Lexicon {
    negators: "",
    no_negator_before: "",
    failures: "",
    particles: "",
    hedges: "",
    abilities: "",
    intentions: "",
    futures: "",
    modals: "",
    parts: "",
    quantities: "",
    bounds: &[],
    bounds_behind: &[],
    opposites: &[],
    opposites_before: &[],
    prefixes: "",
    negates_backwards: false,
};

/// The longest phrase that is there.
fn longest(bounds: &[(Bound, &'static str)], is_there: impl Fn(&str) -> bool) -> Option<(Bound, &'static str)> {
    bounds.iter().filter(|(_, phrase)| is_there(phrase)).max_by_key(|(_, phrase)| phrase.len()).copied()
}

/// Whether a text negates, in a script in which a negator is a part of a word.
pub(super) fn has_wide_negator(text: &str) -> bool {
    WIDE_NEGATORS.iter().any(|negator| text.contains(negator))
}
