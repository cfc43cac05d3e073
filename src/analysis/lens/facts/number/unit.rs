//! Units, currencies, and words such as `million`.

/// Words for powers of ten. Those of scripts without spaces follow the digits at once.
const MAGNITUDES: [(f64, &[&str]); 13] = [
    (1e2, &["hundred", "hundreds", "hundert"]),
    (1e3, &["thousand", "thousands", "tausend", "mille", "mil", "duizend", "k", "千"]),
    (1e4, &["万", "萬", "만"]),
    (1e5, &["lakh", "lakhs"]),
    (
        1e6,
        &[
            "million",
            "millions",
            "mn",
            "mio",
            "mln",
            "millionen",
            "millón",
            "millones",
            "milhão",
            "milhões",
            "milione",
            "milioni",
            "miljoen",
        ],
    ),
    (1e7, &["crore", "crores"]),
    (1e8, &["億", "亿", "억"]),
    (
        1e9,
        &[
            "billion",
            "billions",
            "bn",
            "mrd",
            "milliarde",
            "milliarden",
            "milliard",
            "milliards",
            "miliardi",
            "miljard",
        ],
    ),
    (1e12, &["trillion", "trillions", "tn", "兆"]),
    // Letters that stand for more than one thing: with money, or directly behind the digits.
    (1e6, &["M", "m"]),
    (1e9, &["B", "b", "G"]),
    (1e12, &["T", "t"]),
    (1e3, &["K"]),
];

/// Index in [`MAGNITUDES`] of the first letter that stands for more than one thing.
const LETTERS: usize = 9;

/// A unit as a multiple of the base of what it measures.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Unit {
    pub of: &'static str,
    pub factor: f64,
}

const UNITS: [(&str, &[(&str, f64)]); 8] = [
    (
        "time",
        &[
            ("second", 1.0),
            ("sec", 1.0),
            ("minute", 60.0),
            ("min", 60.0),
            ("hour", 3600.0),
            ("hr", 3600.0),
            ("day", 86_400.0),
            ("week", 604_800.0),
            ("分", 60.0),
            ("時間", 3600.0),
            ("小时", 3600.0),
            ("日", 86_400.0),
            ("天", 86_400.0),
        ],
    ),
    ("months", &[("month", 1.0), ("year", 12.0), ("decade", 120.0)]),
    (
        "length",
        &[
            ("mm", 0.001),
            ("cm", 0.01),
            ("m", 1.0),
            ("metre", 1.0),
            ("meter", 1.0),
            ("km", 1e3),
            ("kilometre", 1e3),
            ("kilometer", 1e3),
            ("inch", 0.0254),
            ("inche", 0.0254),
            ("feet", 0.3048),
            ("foot", 0.3048),
            ("ft", 0.3048),
            ("yard", 0.9144),
            ("mile", 1609.344),
        ],
    ),
    (
        "mass",
        &[
            ("mg", 1e-6),
            ("g", 1e-3),
            ("gram", 1e-3),
            ("kg", 1.0),
            ("kilogram", 1.0),
            ("kilo", 1.0),
            ("tonne", 1e3),
            ("ton", 1e3),
            ("lb", 0.4536),
            ("pound", 0.4536),
            ("ounce", 0.02835),
            ("oz", 0.02835),
        ],
    ),
    (
        "volume",
        &[
            ("ml", 1e-3),
            ("l", 1.0),
            ("litre", 1.0),
            ("liter", 1.0),
            ("cup", 0.24),
            ("tablespoon", 0.015),
            ("tbsp", 0.015),
            ("teaspoon", 0.005),
            ("tsp", 0.005),
            ("gallon", 3.785),
        ],
    ),
    ("data", &[("byte", 1.0), ("kb", 1e3), ("mb", 1e6), ("gb", 1e9), ("tb", 1e12)]),
    ("power", &[("w", 1.0), ("watt", 1.0), ("kw", 1e3), ("mw", 1e6), ("kwh", 3.6e6)]),
    ("speed", &[("km/h", 1.0), ("kph", 1.0), ("kmh", 1.0), ("mph", 1.609)]),
];

/// Words and signs of currencies.
const CURRENCIES: [(&str, &[&str]); 7] = [
    ("dollar", &["$", "usd", "dollar", "dollars", "us$"]),
    ("euro", &["€", "eur", "euro", "euros"]),
    ("sterling", &["£", "gbp", "quid"]),
    ("yen", &["¥", "jpy", "yen", "円", "元", "cny", "rmb", "yuan"]),
    ("rupee", &["₹", "inr", "rs", "rupee", "rupees"]),
    ("franc", &["chf", "franc", "francs"]),
    ("won", &["₩", "krw", "원"]),
];

/// Words and signs of shares and degrees.
const SIGNS: [(&str, &[&str]); 2] = [
    ("percent", &["%", "percent", "pct", "percentage", "％", "prozent"]),
    ("degree", &["°", "°c", "°f", "degree", "degrees"]),
];

/// What amounts are stated for: `$5 a day`, `10 per person`.
const RATES: [&str; 10] = ["second", "minute", "hour", "day", "night", "week", "month", "quarter", "year", "person"];

/// Other words for a member of [`RATES`].
const RATE_WORDS: [(&str, &str); 12] = [
    ("hourly", "hour"),
    ("daily", "day"),
    ("weekly", "week"),
    ("monthly", "month"),
    ("yearly", "year"),
    ("annually", "year"),
    ("annum", "year"),
    ("head", "person"),
    ("capita", "person"),
    ("sec", "second"),
    ("hr", "hour"),
    ("h", "hour"),
];

pub(super) fn unit(word: &str) -> Option<Unit> {
    let small = word.to_lowercase();
    let aliased = CURRENCIES.iter().chain(&SIGNS).find(|(_, words)| words.contains(&small.as_str()));
    if let Some((of, _)) = aliased {
        return Some(Unit { of, factor: 1.0 });
    }
    let singular = small.strip_suffix('s').filter(|s| s.len() > 1).unwrap_or(&small);
    let find = |wanted: &str| {
        UNITS.iter().find_map(|(of, units)| {
            units.iter().find(|(name, _)| *name == wanted).map(|(_, factor)| Unit { of, factor: *factor })
        })
    };
    find(&small).or_else(|| find(singular))
}

pub(super) fn currency(word: &str) -> Option<Unit> {
    let small = word.to_lowercase();
    let found = CURRENCIES.iter().find(|(_, words)| words.contains(&small.as_str()));
    found.map(|(of, _)| Unit { of, factor: 1.0 })
}

/// The factor of a word behind digits. A letter counts where `letters` may: `$5m`, `3.1M`.
pub(super) fn magnitude(word: &str, letters: bool) -> Option<f64> {
    let small = word.to_lowercase();
    let listed = MAGNITUDES[..LETTERS].iter().find(|(_, words)| words.contains(&small.as_str()));
    let letter = || MAGNITUDES[LETTERS..].iter().find(|(_, words)| letters && words.contains(&word));
    listed.or_else(letter).map(|(factor, _)| *factor)
}

/// What an amount is stated for, by one name for each.
pub(super) fn rate(word: &str) -> Option<&'static str> {
    let small = word.to_lowercase();
    let listed = |word: &str| RATES.iter().find(|rate| **rate == word).copied();
    let other = RATE_WORDS.iter().find(|(name, _)| *name == small).map(|(_, rate)| *rate);
    listed(&small).or(other).or_else(|| listed(small.strip_suffix('s')?))
}

/// Whether an adverb alone says it: `$50 monthly`.
pub(super) fn is_adverb_of_rate(word: &str) -> bool {
    word.to_lowercase().ends_with("ly") && rate(word).is_some()
}
