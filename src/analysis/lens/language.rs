//! Languages as far as the lens needs them: words without content, and stems.

use super::tokens;
use foldhash::HashMap;
use rust_stemmers::{Algorithm, Stemmer};
use std::sync::LazyLock;

/// Words of a text that are read to recognise its language.
const SAMPLE: usize = 2_000;

/// Words below which a text is taken to be in the language of the source.
const FEW: usize = 6;

const ENGLISH: &str = "a about above after again against all also am an and any are aren't as at be because been before \
    being below between both but by can can't cannot could couldn't did didn't do does doesn't doing don't down during each \
    few for from further had hadn't has hasn't have haven't having he her here hers him his how i if in into is isn't it \
    it's its just may me might more most must my no nor not now of off on once only or other our ours out over own please \
    s same shall she should shouldn't so some such t than that that's the their theirs them then there these they this \
    those through to too under until up upon us very was wasn't we we'll were weren't what when where which while who \
    whom whose why will with won't would wouldn't yet you you'll your yours";
const GERMAN: &str = "aber als am an auch auf aus bei bin bis das dass dem den der des die doch du durch ein eine einem \
    einen einer eines er es für hat hatte haben ich ihr ihre im in ist kann kein keine mit nach nicht noch nur ob oder \
    sein seine sich sie sind so und über um uns unter vom von vor war waren was wenn werden wie wir wird wurde zu zum zur";
const FRENCH: &str = "à au aux avec c ce ces cette d dans de des du elle elles en est et être il ils j je l la le les leur \
    leurs lui m mais me n ne nous on ont ou où par pas pour qu que qui s sa sans se ses son sont sur un une vous y été était";
const SPANISH: &str = "a al como con de del el ella ellos en entre es esta este esto fue ha han hay la las le les lo los más \
    me mi muy no nos o para pero por que qué se ser si sin sobre son su sus también un una uno y ya";
const ITALIAN: &str = "a ad ai al alla alle anche che chi ci come con da dal dalla dei del della delle di e è ed era gli ha \
    hanno i il in io l la le lo loro ma mi nel nella non o per più quello questa questo se si sono su sua suo sul un una uno";
const PORTUGUESE: &str = "a ao aos as à às com como da das de do dos e é ela ele eles em entre era foi há isso já la mais mas \
    me muito na nas no nos não o os ou para pela pelo por que se sem ser seu seus sua são também um uma você";
const DUTCH: &str = "aan als bij dan dat de den der deze die dit door een en er geen had heb heeft het hij hun ik in is je kan \
    maar met mij naar niet nog nu of om onder ons ook op over te tot uit van voor was wat we werd wij worden ze zich zij zijn";

/// Small numbers in words, from two.
const NUMBERS: [&str; 11] =
    ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];

/// Endings of words that were written together with the next: `he's`, `they're`.
const CONTRACTED: [&str; 7] = ["'s", "'m", "'re", "'ve", "'ll", "'d", "n't"];

/// Words by which another language must be ahead.
const PLAINLY: usize = 2;

/// The languages whose words without content are listed, with their stemmers.
const LISTED: [(&str, Algorithm); 7] = [
    (ENGLISH, Algorithm::English),
    (GERMAN, Algorithm::German),
    (FRENCH, Algorithm::French),
    (SPANISH, Algorithm::Spanish),
    (ITALIAN, Algorithm::Italian),
    (PORTUGUESE, Algorithm::Portuguese),
    (DUTCH, Algorithm::Dutch),
];

/// Words without content, each with the languages in [`LISTED`] that have it: a bit for each.
static WORDS: LazyLock<HashMap<&str, u8>> = LazyLock::new(|| {
    let mut words = HashMap::default();
    for (at, (list, _)) in LISTED.iter().enumerate() {
        list.split_whitespace().for_each(|word| *words.entry(word).or_default() |= 1 << at);
    }
    words
});

/// The languages that have a word without content, a bit for each.
fn languages_of(word: &str) -> u8 {
    WORDS.get(word).copied().unwrap_or_default()
}

/// How the words of one text are read.
pub(super) struct Language {
    stemmer: Option<Stemmer>,
    script: Option<Script>,
    /// Index in [`LISTED`].
    listed: Option<usize>,
}

impl Language {
    /// The language of texts by the words that they use most, or by their script.
    pub(super) fn of(documents: &[&str]) -> Self {
        let words = documents.iter().flat_map(|text| tokens::ranges(text).map(|range| &text[range]));
        let sample: Vec<&str> = words.take(SAMPLE).collect();
        let script = script(&sample);
        let listed = match most_likely(&sample) {
            // Too little to tell by, or a language that is not listed.
            None if sample.iter().all(|word| word.is_ascii()) => Some(0),
            listed => listed,
        };
        let algorithm = listed.map(|at| LISTED[at].1).or_else(|| script?.algorithm());
        Self { stemmer: algorithm.map(Stemmer::create), script, listed }
    }

    /// Whether a text is plainly in another language than this, or in another script.
    pub(super) fn is_foreign(&self, text: &str) -> bool {
        let sample: Vec<&str> = tokens::ranges(text).take(SAMPLE).map(|range| &text[range]).collect();
        if script(&sample).is_some_and(|script| self.script.is_some_and(|own| own != script)) {
            return true;
        }
        let (Some(own), Some(other)) = (self.listed, most_likely(&sample).filter(|_| sample.len() >= FEW)) else {
            return false;
        };
        let hits = hits(&sample);
        hits[other] >= hits[own] + PLAINLY
    }

    /// Whether a capital says nothing about a word.
    pub(super) fn capitalises_nouns(&self) -> bool {
        self.listed.is_some_and(|at| LISTED[at].0 == GERMAN)
    }

    /// Whether a word (in small letters) holds a sentence together and says nothing itself.
    pub(super) fn is_function(&self, word: &str) -> bool {
        let listed = |word: &str| self.listed.is_some_and(|at| languages_of(word) & (1 << at) != 0);
        let contracted = || CONTRACTED.iter().find_map(|ending| word.strip_suffix(ending)).is_some_and(listed);
        listed(word) || contracted()
    }

    /// Stem of a word (in small letters). A small number in words has the stem of its digits.
    pub(super) fn stem<'w>(&self, word: &'w str) -> std::borrow::Cow<'w, str> {
        let word = word.strip_suffix("'s").unwrap_or(word).trim_end_matches('\'');
        if let Some(at) = NUMBERS.iter().position(|number| *number == word) {
            return (at + 2).to_string().into();
        }
        match &self.stemmer {
            Some(stemmer) if !word.starts_with(|c: char| c.is_numeric()) => stemmer.stem(word),
            _ => word.into(),
        }
    }
}

/// The language whose words without content are at least a twentieth of the sample.
fn most_likely(sample: &[&str]) -> Option<usize> {
    let (at, hits) = hits(sample).into_iter().enumerate().rev().max_by_key(|(_, hits)| *hits)?;
    (hits * 20 >= sample.len() && hits > 0).then_some(at)
}

/// How many words of a sample are words without content, by language; letters alone are none.
fn hits(sample: &[&str]) -> [usize; LISTED.len()] {
    let mut hits = [0; LISTED.len()];
    let words = sample.iter().filter(|word| word.len() > 1);
    for languages in words.map(|word| languages_of(word)).filter(|languages| *languages != 0) {
        hits.iter_mut().enumerate().for_each(|(at, hits)| *hits += usize::from(languages >> at & 1));
    }
    hits
}

/// A script, as far as languages are told apart by it. Han and kana are one, for Japanese mixes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Script {
    Latin,
    Greek,
    Cyrillic,
    Arabic,
    East,
    Hangul,
    Other,
}

impl Script {
    fn of(letter: char) -> Self {
        match letter {
            'A'..='Z' | 'a'..='z' | '\u{aa}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => Script::Latin,
            '\u{370}'..='\u{3ff}' => Script::Greek,
            '\u{400}'..='\u{52f}' => Script::Cyrillic,
            '\u{600}'..='\u{6ff}' => Script::Arabic,
            '\u{1100}'..='\u{11ff}' | '\u{ac00}'..='\u{d7af}' => Script::Hangul,
            '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' => Script::East,
            _ => Script::Other,
        }
    }

    fn algorithm(self) -> Option<Algorithm> {
        match self {
            Script::Greek => Some(Algorithm::Greek),
            Script::Cyrillic => Some(Algorithm::Russian),
            Script::Arabic => Some(Algorithm::Arabic),
            _ => None,
        }
    }
}

/// The script of most letters of a sample.
fn script(sample: &[&str]) -> Option<Script> {
    let mut letters: Vec<Script> = Vec::new();
    letters.extend(sample.iter().flat_map(|word| word.chars()).filter(|c| c.is_alphabetic()).map(Script::of));
    letters.sort_unstable();
    let most = letters.chunk_by(PartialEq::eq).max_by_key(|run| run.len())?;
    (letters.len() >= FEW && most.len() * 2 > letters.len()).then_some(most[0])
}
