//! Splits: an export in parts, such as one to train on and one to test with.

use crate::domain::sampling::draw;
use serde::Serialize;
use std::str::FromStr;

/// Into which parts the rows go. The part of a row follows from its case, the seed and the queue's name
/// alone: rows that are added move none of those that were there, and a case is in one part.
#[derive(Debug, Clone, PartialEq)]
pub struct Split {
    pub shares: Shares,
    pub seed: u64,
}

/// The parts of a split in their order; the shares add up to 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Shares(Vec<Share>);

/// A part of a split.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Share {
    /// Latin letters, digits and `_`.
    pub name: String,
    /// Of the cases, above 0.
    pub share: f64,
}

impl Split {
    pub fn shares(&self) -> &[Share] {
        &self.shares.0
    }

    /// The number of the part that a case belongs to, from 0. A case is drawn by
    /// [`draw`] under the word `split SEED`, and the parts take up the numbers from 0 to 1 in their order.
    pub fn part_of(&self, queue: &str, case: &str) -> usize {
        let drawn = draw(&format!("split {}", self.seed), queue, case);
        let mut end = 0.0;
        let ends = self.shares().iter().map(|share| {
            end += share.share;
            end
        });
        // Shares that add up to a hair less than 1 leave the rest to the last part.
        ends.take(self.shares().len() - 1).position(|end| drawn < end).unwrap_or(self.shares().len() - 1)
    }
}

impl FromStr for Shares {
    type Err = String;

    /// Reads `train=0.8,test=0.2`.
    fn from_str(text: &str) -> Result<Self, String> {
        let shares = text.split(',').map(share).collect::<Result<Vec<_>, _>>()?;
        for (at, share) in shares.iter().enumerate() {
            if shares[..at].iter().any(|other| other.name == share.name) {
                return Err(format!("there are two parts `{}`", share.name));
            }
        }
        let sum: f64 = shares.iter().map(|share| share.share).sum();
        if (sum - 1.0).abs() > 1e-9 {
            let sum = (sum * 1e9).round() / 1e9;
            return Err(format!("the shares add up to {sum}, not to 1"));
        }
        Ok(Self(shares))
    }
}

fn share(part: &str) -> Result<Share, String> {
    let (name, share) = part.split_once('=').ok_or_else(|| format!("`{part}` is no part; write train=0.8"))?;
    let name = name.trim();
    if name.is_empty() || name.len() > 40 || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        return Err(format!("`{name}` is no name of a part; it is up to 40 Latin letters, digits and _"));
    }
    match share.trim().parse::<f64>() {
        Ok(share) if share > 0.0 && share <= 1.0 => Ok(Share { name: name.into(), share }),
        _ => Err(format!("`{share}` is no share; it is above 0 and at most 1")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn split(shares: &str, seed: u64) -> Split {
        Split { shares: shares.parse().unwrap(), seed }
    }

    #[test]
    fn parts_that_are_none_are_refused_with_the_reason() {
        for (text, reason) in [
            ("train=0.8,test=0.1", "the shares add up to 0.9, not to 1"),
            ("train", "`train` is no part; write train=0.8"),
            ("train=1.5", "`1.5` is no share"),
            ("train=0.5,train=0.5", "there are two parts `train`"),
            ("../x=1", "`../x` is no name of a part"),
        ] {
            let error = text.parse::<Shares>().unwrap_err();
            assert!(error.starts_with(reason), "{error}");
        }
        assert!("a=0.1,b=0.2,c=0.7".parse::<Shares>().is_ok(), "though floating point adds them up to less than 1");
    }

    /// What was put into a part once is there for ever: never change these.
    #[test]
    fn where_a_case_went_once_it_goes_again() {
        let parts = |seed| {
            let split = split("train=0.5,test=0.5", seed);
            (0..12).map(|n| split.part_of("q", &format!("case-{n}"))).collect::<Vec<_>>()
        };
        assert_eq!(parts(0), [0, 0, 0, 1, 1, 0, 1, 1, 0, 0, 0, 0]);
        assert_eq!(parts(7), [0, 1, 1, 0, 0, 1, 0, 0, 1, 1, 1, 0]);
    }

    proptest! {
        #[test]
        fn the_parts_get_their_shares(seed in any::<u64>()) {
            let split = split("train=0.7,dev=0.1,test=0.2", seed);
            let mut counts = [0; 3];
            (0..4000).for_each(|n| counts[split.part_of("q", &n.to_string())] += 1);
            // Five standard deviations of the widest: a test that fails once in a million runs.
            for (count, share) in counts.into_iter().zip([0.7, 0.1, 0.2]) {
                prop_assert!((f64::from(count) / 4000.0 - share).abs() < 0.04, "{counts:?}");
            }
        }
    }
}
