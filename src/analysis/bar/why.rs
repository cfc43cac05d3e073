//! Why a bar stands where it stands, in sentences.

use crate::analysis::stats::interval::Interval;
use crate::text::percent::{at_least, at_most, exact};
use std::fmt;

/// A reason; `Display` is a sentence without its full stop.
#[derive(Debug, Clone, PartialEq)]
pub enum Why {
    /// No item that counts keeps the filter.
    NoItems,
    NothingRead,
    /// What is known is compatible with the share and with its contrary.
    Between {
        range: Interval,
        share: f64,
    },
    /// So many places before the last settled one have no verdict that counts.
    Open {
        open: u64,
    },
    /// What some length of the stream has shown another has ruled out.
    Drift,
    /// As many are read as the bar allows.
    Spent {
        reviews: u64,
    },
    /// Of the first places, so many are not settled.
    NotAllSettled {
        open: u64,
        reviews: u64,
    },
    /// Fewer were taken than the bar asks for.
    TooFew {
        places: u64,
        reviews: u64,
    },
    /// A rule of sampling takes nothing of what the bar speaks of.
    RuleTakesNone {
        rule: String,
    },
    /// Of what one rule has taken, too little is among what was read.
    StratumUnread,
    /// So many verdicts count for nothing, because their items were taken at a greater chance than others.
    Unused {
        items: u64,
        chance: f64,
    },
    /// What is known of a difference is compatible with what is asked and with its contrary.
    Compatible {
        range: Interval,
    },
    /// Of pairs that differ so many are better and so many worse; the p-value decides nothing.
    McNemar {
        better: u64,
        worse: u64,
        p: f64,
    },
    /// So many are of a case that the other side does not have.
    Alone {
        items: u64,
    },
    /// No case is on both sides.
    Unpaired,
    /// All that there is has a verdict, and the bar speaks of more than that.
    AllRead,
    /// The bar speaks of these outputs alone, and so many that are not read cannot change it.
    Certain {
        unread: u64,
    },
    /// So many items have no value in a field that the bar asks for, of which so many count as good all the same.
    Without {
        field: String,
        items: u64,
        good: u64,
    },
    /// What stands in another layer: a need, a waiver, a change.
    Said(String),
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Why::NoItems => f.write_str("it speaks of no output that counts: look at its `where`"),
            Why::NothingRead => f.write_str("nobody's verdict counts yet"),
            Why::Between { range, share } => write!(
                f,
                "what is read shows at least {} and at most {}, and {} lies between",
                at_least(range.low),
                at_most(range.high),
                exact(*share)
            ),
            Why::Open { open } => {
                write!(f, "{open} before the last that is settled are open, and count against either outcome")
            }
            Why::Drift => f.write_str("drift"),
            Why::Spent { reviews } => {
                write!(f, "all {reviews} reviews that the bar allows are spent, and show neither")
            }
            Why::NotAllSettled { open, reviews } => {
                write!(f, "it is decided once, when the first {reviews} are settled, and {open} of them are not")
            }
            Why::TooFew { places, reviews } => {
                write!(f, "it is decided once, on {reviews}, and only {places} have been taken")
            }
            Why::RuleTakesNone { rule } => {
                write!(f, "the sampling rule `{rule}` takes none of them, so nothing is known of those: narrow `where`")
            }
            Why::StratumUnread => f.write_str("of what one rule of sampling speaks of, fewer than two are read"),
            Why::Unused { items, chance } => write!(
                f,
                "{items} more verdicts count for nothing here, because their items were taken at a greater chance than {}",
                exact(*chance)
            ),
            Why::Compatible { range } => write!(
                f,
                "what is read shows a difference of at least {} and at most {}",
                at_least(range.low),
                at_most(range.high)
            ),
            Why::McNemar { better, worse, p } => {
                write!(
                    f,
                    "it is better on {better} and worse on {worse} (McNemar's p is {p:.4}, which decides nothing)"
                )
            }
            Why::Alone { items } => write!(f, "{items} are left out whose case the other side does not have"),
            Why::Unpaired => f.write_str("no case is on both sides, so two samples are compared and not pairs"),
            Why::AllRead => f.write_str(
                "all are read, which decides nothing by itself: it speaks of what is made like these, now and later \
                 (population = \"queue\" in the bar says that these are all)",
            ),
            Why::Certain { unread: 0 } => f.write_str("all of the queue is read, and nothing is left to chance"),
            Why::Certain { unread } => {
                write!(f, "the {unread} of the queue that are not read cannot change it, and nothing is left to chance")
            }
            Why::Without { field, items, good } => {
                write!(f, "without {field}: {items}, ")?;
                match good {
                    0 => f.write_str("counted as not good"),
                    good if good == items => f.write_str("counted as good"),
                    good => write!(f, "of which {good} are counted as good"),
                }
            }
            Why::Said(sentence) => f.write_str(sentence),
        }
    }
}
