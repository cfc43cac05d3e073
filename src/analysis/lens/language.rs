//! Languages as far as the lens needs them: words without content, and stems.

use super::tokens;
use foldhash::HashMap;
use rust_stemmers::{Algorithm, Stemmer};
use std::ops::RangeInclusive;
use std::sync::LazyLock;

/// Words of a text that are read to recognise its language.
const SAMPLE: usize = 2_000;

/// Words below which a text is taken to be in the language of the source, unless what holds it
/// together is of another language alone.
const FEW: usize = 6;

/// Words below which it is taken to be so in any case.
const FEWER: usize = 4;

const ENGLISH: &str = "a about above after again against all also am an and any are aren't as at be because been before \
    being below between both but by can can't cannot could couldn't did didn't do does doesn't doing don't down during each \
    few for from further had hadn't has hasn't have haven't having he her here hers him his how i if in into is isn't it \
    it's its just may me might more most must my no nor not now of off on once only or other our ours out over own please \
    s same shall she should shouldn't so some such t than that that's the their theirs them then there these they this \
    those through to too under until up upon us very was wasn't we we'll were weren't what when where which while who \
    whom whose why will with won't would wouldn't yet you you'll your yours";
const GERMAN: &str = "aber alle als am an auch auf aus bei bin bis da dabei dafür daran darauf damit das dass davon dazu dem den der des die doch du durch ein eine einem \
    einen einer eines einige er es für hat hatte haben ich ihr ihre im in ist kann kein keine mit nach nicht noch nur ob oder \
    sein seine sich sie sind so und über um uns unter vom von vor war waren was wenn werden wie wir wird wurde zu zum zur";
const FRENCH: &str = "à au aux avec c ce ces cette d dans de des du elle elles en est et être il ils j je l la le les leur \
    leurs lui m mais me n ne nous on ont ou où par pas plusieurs pour qu que quelques qui s sa sans se ses son sont sur tous toutes un une vous y été était";
const SPANISH: &str = "a al algunas algunos como con de del el ella ellos en entre es esta este esto fue ha han hay la las le les lo los más \
    me mi muy no nos o para pero por que qué se ser si sin sobre son su sus también todas todos un una uno varias varios y ya";
const ITALIAN: &str = "a ad ai al alla alle anche che chi ci come con da dal dalla dei del della delle di e è ed era gli ha \
    hanno i il in io l la le lo loro ma mi nel nella non o per più quello questa questo se si sono su sua suo sul un una uno";
const PORTUGUESE: &str = "a ao aos as à às com como da das de do dos e é ela ele eles em entre era foi há isso já la mais mas \
    me muito na nas no nos não o os ou para pela pelo por que se sem ser seu seus sua são também um uma você";
const DUTCH: &str = "aan als bij dan dat de den der deze die dit door een en er geen had heb heeft het hij hun ik in is je kan \
    maar met mij naar niet nog nu of om onder ons ook op over te tot uit van voor was wat we werd wij worden ze zich zij zijn";

/// Small numbers in words, from zero.
pub(super) const SMALL_NUMBERS: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];

/// Of those, the ones that have the stem of their digits: `one` is mostly a pronoun.
const STEMMED_NUMBERS: RangeInclusive<usize> = 2..=12;

/// Forms of English verbs that no stemmer knows, each before the one that stands for all.
const IRREGULAR: &str = "arose arise arisen arise ate eat eaten eat became become began begin begun begin bent bend \
    blew blow blown blow bled bleed bred breed broke break broken break brought bring built build burnt burn bought buy \
    came come caught catch chose choose chosen choose crept creep dealt deal drew draw drawn draw drank drink drunk drink \
    drove drive driven drive dug dig fell fall fallen fall fed feed felt feel fled flee flew fly flown fly forbade forbid \
    forbidden forbid forgot forget forgotten forget fought fight found find froze freeze frozen freeze gave give given give \
    gone go got get gotten get grew grow grown grow heard hear held hold hid hide hidden hide hung hang kept keep knew know \
    known know led lead left leave lent lend lit light lost lose made make meant mean met meet paid pay proven prove ran run \
    rang ring rode ride ridden ride rose rise risen rise said say sang sing sung sing sank sink sunk sink sat sit saw see \
    seen see sent send shook shake shaken shake shone shine shot shoot shown show shrank shrink slept sleep slid slide \
    sold sell sought seek spent spend spoke speak spoken speak stole steal stolen steal stood stand struck strike stuck stick \
    swam swim swore swear sworn swear swept sweep swung swing taken take taught teach thought think threw throw thrown throw \
    told tell took take tore tear torn tear understood understand went go withdrew withdraw withdrawn withdraw woke wake \
    woken wake won win wore wear worn wear wrote write written write";

/// Endings of words that were written together with the next: `he's`, `they're`.
const CONTRACTED: [&str; 7] = ["'s", "'m", "'re", "'ve", "'ll", "'d", "n't"];

/// Words by which another language must be ahead.
const PLAINLY: usize = 2;

/// The languages whose words without content are listed, with their codes (ISO 639-1) and stemmers.
const LISTED: [(&str, &str, Algorithm); 7] = [
    ("en", ENGLISH, Algorithm::English),
    ("de", GERMAN, Algorithm::German),
    ("fr", FRENCH, Algorithm::French),
    ("es", SPANISH, Algorithm::Spanish),
    ("it", ITALIAN, Algorithm::Italian),
    ("pt", PORTUGUESE, Algorithm::Portuguese),
    ("nl", DUTCH, Algorithm::Dutch),
];

/// Words without content, each with the languages in [`LISTED`] that have it: a bit for each.
static WORDS: LazyLock<HashMap<&str, u8>> = LazyLock::new(|| {
    let mut words = HashMap::default();
    for (at, (_, list, _)) in LISTED.iter().enumerate() {
        list.split_whitespace().for_each(|word| *words.entry(word).or_default() |= 1 << at);
    }
    words
});

/// The form of an English verb that stands for an irregular one.
static VERBS: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| {
    let words: Vec<&str> = IRREGULAR.split_whitespace().collect();
    words.as_chunks().0.iter().map(|[form, verb]| (*form, *verb)).collect()
});

/// The languages that have a word without content, a bit for each.
fn languages_of(word: &str) -> u8 {
    WORDS.get(&*tokens::small(word)).copied().unwrap_or_default()
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
        let algorithm = listed.map(|at| LISTED[at].2).or_else(|| script?.algorithm());
        Self { stemmer: algorithm.map(Stemmer::create), script, listed }
    }

    /// Whether a text is plainly in another language than this, or in another script: by its
    /// words, each with whether the source has it. Names are the same in every language.
    pub(super) fn is_foreign<'w>(&self, words: impl Iterator<Item = (&'w str, bool)>) -> bool {
        let (sample, known): (Vec<&str>, Vec<bool>) = words.take(SAMPLE).unzip();
        if script(&sample).is_some_and(|script| self.script.is_some_and(|own| own != script)) {
            return true;
        }
        let Some(own) = self.listed else { return false };
        let hits = hits(&sample);
        let other = most_likely(&sample).filter(|_| sample.len() >= FEW);
        if other.is_some_and(|other| hits[other] >= hits[own] + PLAINLY) {
            return true;
        }
        let is_content = |word: &str| languages_of(word) == 0 && word.starts_with(char::is_alphabetic);
        let content = sample.iter().zip(known).filter(|(word, _)| is_content(word));
        let (known, unknown): (Vec<_>, Vec<_>) = content.partition(|(_, known)| *known);
        // Letters that the language does not have make words of another out of what is unknown.
        let has_other_letters = |(word, _): &(&&str, bool)| {
            !word.is_ascii() && word.chars().count() > 2 && word.chars().all(|c| Script::of(c) == Script::Latin)
        };
        let no_names = unknown.iter().filter(|(word, _)| word.starts_with(char::is_lowercase)).count();
        let of_listed = no_names > 0 && no_names * 2 >= known.len() && Self::lacks_own_words(own, &sample);
        let of_unlisted = sample.len() >= FEW
            && hits[own] * 20 < sample.len()
            && unknown.len() * 2 >= known.len() * 3
            && unknown.iter().any(has_other_letters);
        of_listed || of_unlisted
    }

    /// Whether a short text has words without content of another language alone, and none of
    /// its own alone.
    fn lacks_own_words(own: usize, sample: &[&str]) -> bool {
        let languages: Vec<u8> = sample.iter().filter(|word| word.len() > 1).map(|word| languages_of(word)).collect();
        let has = |with: usize, without: usize| {
            languages.iter().any(|languages| languages >> with & 1 == 1 && languages >> without & 1 == 0)
        };
        sample.len() >= FEWER && (0..LISTED.len()).any(|other| has(other, own) && !has(own, other))
    }

    /// Whether a capital says nothing about a word.
    pub(super) fn capitalises_nouns(&self) -> bool {
        self.code() == Some("de")
    }

    /// The code of a language that is listed (ISO 639-1).
    pub(super) fn code(&self) -> Option<&'static str> {
        self.listed.map(|at| LISTED[at].0)
    }

    /// A word (in small letters) without the article, or the like, that lost its vowel before it:
    /// `équipe` of `l'équipe`.
    pub(super) fn without_elision<'w>(&self, word: &'w str) -> &'w str {
        let elides = matches!(self.code(), Some("fr" | "it"));
        word.rsplit_once('\'').filter(|(_, rest)| elides && !rest.is_empty()).map_or(word, |(_, rest)| rest)
    }

    /// Whether a word (in small letters) holds a sentence together and says nothing itself.
    pub(super) fn is_function(&self, word: &str) -> bool {
        let word = self.without_elision(word);
        let listed = |word: &str| self.listed.is_some_and(|at| languages_of(word) & (1 << at) != 0);
        let contracted = || CONTRACTED.iter().find_map(|ending| word.strip_suffix(ending)).is_some_and(listed);
        listed(word) || contracted()
    }

    /// Stem of a word (in small letters). A small number in words has the stem of its digits.
    pub(super) fn stem<'w>(&self, word: &'w str) -> std::borrow::Cow<'w, str> {
        let word = self.without_elision(word.strip_suffix("'s").unwrap_or(word).trim_end_matches('\''));
        let number = SMALL_NUMBERS.iter().position(|number| *number == word);
        if let Some(number) = number.filter(|number| STEMMED_NUMBERS.contains(number)) {
            return number.to_string().into();
        }
        let word =
            Some(word).filter(|_| self.code() == Some("en")).and_then(|word| VERBS.get(word).copied()).unwrap_or(word);
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
