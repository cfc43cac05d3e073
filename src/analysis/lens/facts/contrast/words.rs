//! The words themselves, in small letters.

use foldhash::{HashMap, HashSet};
use std::sync::LazyLock;

const NEGATORS: &[&str] = &[
    "not", "no", "never", "none", "neither", "nor", "nothing", "nobody", "nowhere", "without", "cannot", "cant",
    "dont", "hardly", "scarcely", "nicht", "kein", "keine", "keinen", "keinem", "nie", "pas", "jamais", "aucun",
    "aucune", "sans", "nunca", "sin", "non", "mai", "senza", "não", "nem", "sem", "niet", "geen", "nooit", "zonder",
    "не", "нет", "ни", "لا", "لم", "لن", "ليس", "ليست", "غير",
];

/// Words that negate what follows their `to`.
const FAILURES: &[&str] = &[
    "fail",
    "fails",
    "failed",
    "failing",
    "failure",
    "unable",
    "refuse",
    "refuses",
    "refused",
    "decline",
    "declines",
    "declined",
    "inability",
    "refusal",
    "neglected",
    "impossible",
    "powerless",
];

/// Negators of scripts without spaces, and of Korean, whose endings negate.
const WIDE_NEGATORS: &[&str] = &["ない", "ません", "なかった", "不", "没", "沒", "未", "無い", "非", "않", "없", "못"];

const HEDGES: &[&str] = &[
    "likely",
    "unlikely",
    "probably",
    "possibly",
    "perhaps",
    "maybe",
    "may",
    "might",
    "could",
    "reportedly",
    "allegedly",
    "alleged",
    "apparently",
    "potentially",
    "presumably",
    "supposedly",
    "purportedly",
    "suspected",
    "seemingly",
    "appears",
    "appear",
    "appeared",
    "seems",
    "seem",
    "seemed",
    "believed",
    "rumoured",
    "rumored",
    "expected",
    "former",
    "formerly",
    "retired",
    "previously",
    "once",
    "ex",
    "sometimes",
    "partly",
    "partially",
    "mostly",
    "largely",
    "usually",
    "generally",
    "typically",
    "tentatively",
    "vermutlich",
    "wahrscheinlich",
    "angeblich",
    "möglicherweise",
    "vielleicht",
    "ehemalige",
    "ehemaliger",
    "peut-être",
    "probablement",
    "probablemente",
    "quizás",
    "tal",
    "forse",
    "probabilmente",
];

/// What bounds a number from below, from above, and what comes near it.
const BOUNDS: [(Bound, &[&str]); 5] = [
    (
        Bound::Below,
        &[
            "at least",
            "more than",
            "no less than",
            "no fewer than",
            "not less than",
            "a minimum of",
            "upwards of",
            "exceeding",
            "mindestens",
            "mehr als",
        ],
    ),
    (
        Bound::Above,
        &[
            "at most",
            "up to",
            "less than",
            "fewer than",
            "no more than",
            "not more than",
            "a maximum of",
            "as many as",
            "höchstens",
            "bis zu",
            "weniger als",
        ],
    ),
    (Bound::MaybeBelow, &["over", "above"]),
    (Bound::MaybeAbove, &["under", "below", "within"]),
    (Bound::Near, &["almost", "nearly", "close to", "just under", "beinahe"]),
];

/// Bounds behind their number.
const BOUNDS_BEHIND: [(Bound, &[&str]); 3] = [
    (Bound::Part, &["out of"]),
    (Bound::Below, &["or more", "and more", "or over", "and over", "at least", "at a minimum", "minimum"]),
    (Bound::Above, &["or less", "or fewer", "or under", "and under", "at most", "maximum"]),
];

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

/// Opposites whose surroundings tell that they speak of the same.
const OPPOSITES: &[(&[&str], &[&str])] = &[
    (
        &[
            "rose",
            "rise",
            "rises",
            "risen",
            "rising",
            "grew",
            "grow",
            "grows",
            "grown",
            "growing",
            "increase",
            "increased",
            "increases",
            "increasing",
            "gained",
            "climbed",
            "climbs",
            "soared",
            "jumped",
            "surged",
        ],
        &[
            "fell",
            "fall",
            "falls",
            "fallen",
            "falling",
            "shrank",
            "shrink",
            "shrinks",
            "decrease",
            "decreased",
            "decreases",
            "decreasing",
            "declined",
            "declines",
            "dropped",
            "drops",
            "plunged",
            "sank",
            "slumped",
        ],
    ),
    (&["doubled", "doubles", "double", "doubling"], &["halved", "halves", "halve", "halving"]),
    (&["won", "wins", "winning"], &["lost", "loses", "losing"]),
    (&["bought", "buys", "buy", "purchased"], &["sold", "sells", "sell"]),
    (&["opened", "opens", "opening"], &["closed", "closes", "shut", "closing"]),
    (&["accept", "accepts", "accepted"], &["reject", "rejects", "rejected", "refused", "refuses"]),
    (&["approve", "approves", "approved"], &["reject", "rejects", "rejected", "vetoed"]),
    (
        &["allow", "allows", "allowed", "permitted", "permits"],
        &["forbid", "forbids", "forbidden", "banned", "prohibited", "prohibits"],
    ),
    (&["include", "includes", "included", "including"], &["exclude", "excludes", "excluded", "excluding"]),
    (&["support", "supports", "supported"], &["oppose", "opposes", "opposed"]),
    (&["agreed", "agree", "agrees"], &["disagreed", "disagree", "disagrees"]),
    (&["confirmed", "confirms", "confirm", "admitted", "admits"], &["denied", "denies", "deny"]),
    (
        &["begin", "begins", "began", "begun", "start", "starts", "started"],
        &["end", "ends", "ended", "finish", "finishes", "finished", "stopped", "stops"],
    ),
    (&["arrive", "arrives", "arrived"], &["leave", "leaves", "left", "depart", "departs", "departed"]),
    (&["add", "adds", "added"], &["remove", "removes", "removed"]),
    (&["succeeded", "succeeds", "succeed"], &["failed", "fails", "fail"]),
    (&["survived", "survives"], &["died", "dies", "perished"]),
    (&["guilty"], &["innocent"]),
    (&["higher", "highest", "high", "upper"], &["lower", "lowest", "low"]),
    (&["more", "most"], &["less", "least", "fewer", "fewest"]),
    (&["larger", "largest", "bigger", "biggest", "large", "big"], &["smaller", "smallest", "small"]),
    (&["longer", "longest", "long"], &["shorter", "shortest", "short"]),
    (&["older", "oldest", "old"], &["younger", "youngest", "newest", "newer"]),
    (&["better", "best"], &["worse", "worst"]),
    (&["faster", "fastest"], &["slower", "slowest"]),
    (&["always"], &["never", "rarely", "seldom"]),
    (&["often", "frequently"], &["rarely", "seldom"]),
    (&["true"], &["false"]),
    (&["same"], &["different"]),
    (&["free"], &["charged", "paid"]),
    (&["hot", "warm"], &["cold", "cool"]),
    (&["north", "northern"], &["south", "southern"]),
    (&["east", "eastern"], &["west", "western"]),
    (&["minimum"], &["maximum"]),
    (&["public"], &["private"]),
    (&["domestic"], &["foreign"]),
    (&["husband", "father", "son", "brother"], &["wife", "mother", "daughter", "sister"]),
    (&["morning"], &["evening", "afternoon"]),
    (&["required", "mandatory", "compulsory"], &["optional", "voluntary"]),
    (&["steigt", "stieg", "gestiegen"], &["fällt", "fiel", "gefallen", "sank", "gesunken"]),
];

/// Opposites that speak of the same only before the same word: `before noon`, `after noon`.
const OPPOSITES_BEFORE: &[(&[&str], &[&str])] = &[
    (&["before"], &["after"]),
    (&["first"], &["last"]),
    (&["all", "every", "each", "both"], &["some", "few", "several", "none", "neither"]),
    (&["if", "when"], &["unless"]),
    (&["with"], &["without"]),
    (&["above", "over"], &["below", "under", "beneath"]),
    (&["up"], &["down"]),
    (&["inside"], &["outside"]),
    (&["earlier", "early"], &["later", "late"]),
    (&["next"], &["previous", "last"]),
    (&["maternal"], &["paternal"]),
    (&["left"], &["right"]),
];

/// What makes an adjective or a verb its opposite.
const PREFIXES: [&str; 7] = ["un", "in", "im", "il", "ir", "dis", "non"];

/// An opposite of a word.
pub(super) struct Opposite {
    pub own: &'static [&'static str],
    pub other: &'static [&'static str],
    /// Whether it is one only before the same word.
    pub before_same: bool,
}

type Pairs = HashMap<&'static str, Vec<(&'static [&'static str], &'static [&'static str], bool)>>;

static PAIRS: LazyLock<Pairs> = LazyLock::new(|| {
    let mut pairs = Pairs::default();
    for (groups, before_same) in [(OPPOSITES, false), (OPPOSITES_BEFORE, true)] {
        for (a, b) in groups {
            for (own, other) in [(*a, *b), (*b, *a)] {
                for word in own {
                    pairs.entry(word).or_default().push((own, other, before_same));
                }
            }
        }
    }
    pairs
});

pub(super) fn opposites(word: &str) -> impl Iterator<Item = Opposite> {
    let pairs = PAIRS.get(word).map_or(&[][..], Vec::as_slice).iter();
    pairs.map(|(own, other, before_same)| Opposite { own, other, before_same: *before_same })
}

/// Whether one word is the other with a prefix that makes it its opposite: `safe`, `unsafe`.
pub(super) fn differ_by_prefix(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    short.len() > 3 && long.strip_suffix(short).is_some_and(|prefix| PREFIXES.contains(&prefix))
}

pub(super) fn is_negator(word: &str) -> bool {
    static ALL: LazyLock<HashSet<&str>> = LazyLock::new(|| NEGATORS.iter().copied().collect());
    word.ends_with("n't") || ALL.contains(word)
}

/// Whether a negator before `next` negates nothing: `not only`, `no longer`.
pub(super) fn is_no_negator_before(next: &str) -> bool {
    matches!(next, "only" | "just" | "least" | "later" | "more" | "less" | "fewer" | "longer" | "doubt")
}

pub(super) fn is_failure(word: &str) -> bool {
    FAILURES.contains(&word)
}

pub(super) fn has_wide_negator(text: &str) -> bool {
    WIDE_NEGATORS.iter().any(|negator| text.contains(negator))
}

/// Whether a verb says of another what may be: what is allowed in the source `can` be done.
pub(super) fn is_modal(word: &str) -> bool {
    matches!(word, "can" | "would" | "should" | "must" | "shall")
}

/// Whether a word weakens what follows; `May` is a month.
pub(super) fn is_hedge(word: &str) -> bool {
    static ALL: LazyLock<HashSet<&str>> = LazyLock::new(|| HEDGES.iter().copied().collect());
    ALL.contains(word) || (!word.eq_ignore_ascii_case("may") && ALL.contains(word.to_lowercase().as_str()))
}

/// How the words before and behind a number bound it, with the words that do.
pub(super) fn bounds(before: &str, behind: &str) -> Option<(Bound, &'static str)> {
    let before = before.to_lowercase();
    let before = before.trim_end_matches([' ', '\u{a0}', '$', '€', '£']);
    let behind = behind.to_lowercase();
    let ends = |phrase: &str| before.strip_suffix(phrase).is_some_and(|rest| !rest.ends_with(char::is_alphanumeric));
    let clause = behind.split([',', '.', ';']).next().unwrap_or_default();
    longest(&BOUNDS, ends).or_else(|| longest(&BOUNDS_BEHIND, |phrase| clause.contains(phrase)))
}

/// The longest phrase that is there.
fn longest(bounds: &[(Bound, &[&'static str])], is_there: impl Fn(&str) -> bool) -> Option<(Bound, &'static str)> {
    let phrases = bounds.iter().flat_map(|(bound, phrases)| phrases.iter().map(|phrase| (*bound, *phrase)));
    phrases.filter(|(_, phrase)| is_there(phrase)).max_by_key(|(_, phrase)| phrase.len())
}
