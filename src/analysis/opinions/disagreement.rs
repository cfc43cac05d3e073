//! Where opinions differ: between whom, on which sentence of the rubric, on which items.

use super::{Body, Opinion, Opinions};
use crate::domain::decision::Verdict;
use crate::domain::item::Seq;
use crate::domain::spec::Spec;
use std::collections::BTreeMap;

/// What two opinions on an item differ in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Differing {
    Verdict,
    /// One has the category of this key, the other has not.
    Category(String),
    /// They give different levels on the criterion of this key.
    Criterion(String),
}

/// Where opinions differ, the worst first.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Disagreement {
    /// Pairs of opinions on one item, and how many of them differ in something.
    pub compared: u64,
    pub differing: u64,
    /// People who differ on items that are settled: whoever settles the others does not know who said what.
    pub pairs: Vec<Pair>,
    /// Of those that differ, the ones on items that are not settled.
    pub unsettled: u64,
    pub sentences: Vec<Sentence>,
    pub items: Vec<Talk>,
}

/// Two people who judged the same items.
#[derive(Debug, Clone, PartialEq)]
pub struct Pair {
    /// The places of their names.
    pub reviewers: (u32, u32),
    /// Items that both judged, and those on which they differ in something.
    pub items: u64,
    pub differing: u64,
    /// What they differ in most often, with how often.
    pub most: Option<(Differing, u64)>,
}

/// A sentence of the rubric over which opinions differ.
#[derive(Debug, Clone, PartialEq)]
pub struct Sentence {
    pub of: Differing,
    /// Of a criterion the level, from 1, that one of two gives and the other does not.
    pub level: Option<u8>,
    /// Pairs of opinions that differ over it.
    pub pairs: u64,
    /// Their share of all pairs that differ in something.
    pub share: f64,
}

/// An item to talk about.
#[derive(Debug, Clone, PartialEq)]
pub struct Talk {
    pub seq: Seq,
    pub opinions: usize,
    /// What its opinions differ in.
    pub in_what: Vec<Differing>,
    /// Levels between the lowest and the highest score, summed over the criteria.
    pub distance: u64,
}

impl Opinions {
    /// Where the opinions differ on what the spec has: drawn ones and those that were asked for. One
    /// that escalates says nothing yet.
    pub fn disagreement(&self, spec: &Spec) -> Disagreement {
        let mut found = Disagreement::default();
        let mut pairs: BTreeMap<(u32, u32), Shared> = BTreeMap::new();
        let mut sentences: BTreeMap<(Differing, Option<u8>), u64> = BTreeMap::new();
        for (item, opinions) in self.each() {
            let judging: Vec<&Opinion> =
                opinions.iter().filter(|opinion| opinion.verdict != Some(Verdict::Escalate)).collect();
            let mut in_what: BTreeMap<Differing, u64> = BTreeMap::new();
            for (at, one) in judging.iter().enumerate() {
                for other in &judging[at + 1..] {
                    let differences = self.differences(spec, one, other);
                    found.compared += 1;
                    found.differing += u64::from(!differences.is_empty());
                    if item.is_settled {
                        let names = (one.reviewer.min(other.reviewer), one.reviewer.max(other.reviewer));
                        pairs.entry(names).or_default().add(&differences);
                    } else {
                        found.unsettled += u64::from(!differences.is_empty());
                    }
                    for Difference { of, levels } in differences {
                        let distance = levels.map_or(0, |(one, other)| u64::from(one.abs_diff(other)));
                        let widest = in_what.entry(of.clone()).or_default();
                        *widest = distance.max(*widest);
                        let over = levels.map_or(vec![None], |(one, other)| vec![Some(one), Some(other)]);
                        for level in over {
                            *sentences.entry((of.clone(), level)).or_default() += 1;
                        }
                    }
                }
            }
            if !in_what.is_empty() {
                let distance = in_what.values().sum();
                let in_what = in_what.into_keys().collect();
                found.items.push(Talk { seq: item.seq, opinions: judging.len(), in_what, distance });
            }
        }
        let differing = found.differing.max(1) as f64;
        let sentence = |((of, level), pairs)| Sentence { of, level, pairs, share: pairs as f64 / differing };
        found.sentences =
            sentences.into_iter().filter(|((of, _), _)| *of != Differing::Verdict).map(sentence).collect();
        found.sentences.sort_by_key(|sentence| std::cmp::Reverse(sentence.pairs));
        found.pairs = pairs.into_iter().map(|(reviewers, pair)| Pair::of(reviewers, pair)).collect();
        found.pairs.sort_by(|one, other| other.rank().total_cmp(&one.rank()).then(other.items.cmp(&one.items)));
        found.items.sort_by_key(|item| {
            let on_verdict = item.in_what.contains(&Differing::Verdict);
            (!on_verdict, std::cmp::Reverse((item.in_what.len(), item.distance)))
        });
        found
    }

    fn differences(&self, spec: &Spec, one: &Opinion, other: &Opinion) -> Vec<Difference> {
        let (mine, theirs) = (&self.bodies[one.body as usize], &self.bodies[other.body as usize]);
        let verdict = (one.verdict != other.verdict).then_some(Difference { of: Differing::Verdict, levels: None });
        let has = |body: &Body, key: &String| body.categories.as_ref().is_some_and(|keys| keys.contains(key));
        let categories = spec.failures.iter().filter(|failure| has(mine, &failure.key) != has(theirs, &failure.key));
        let categories =
            categories.map(|failure| Difference { of: Differing::Category(failure.key.clone()), levels: None });
        let criteria = spec.criteria.iter().filter_map(|criterion| {
            let levels = (*mine.scores.get(&criterion.key)?, *theirs.scores.get(&criterion.key)?);
            let of = Differing::Criterion(criterion.key.clone());
            (levels.0 != levels.1).then_some(Difference { of, levels: Some(levels) })
        });
        verdict.into_iter().chain(categories).chain(criteria).collect()
    }
}

/// What two people judged both, as it is counted.
#[derive(Default)]
struct Shared {
    items: u64,
    differing: u64,
    by_what: BTreeMap<Differing, u64>,
}

impl Shared {
    fn add(&mut self, differences: &[Difference]) {
        self.items += 1;
        self.differing += u64::from(!differences.is_empty());
        for Difference { of, .. } in differences {
            *self.by_what.entry(of.clone()).or_default() += 1;
        }
    }
}

/// One thing in which two opinions differ.
struct Difference {
    of: Differing,
    /// Of a criterion what either gives.
    levels: Option<(u8, u8)>,
}

impl Pair {
    fn of(reviewers: (u32, u32), Shared { items, differing, by_what }: Shared) -> Self {
        // The first of equals: what is gravest.
        let most = by_what.into_iter().rev().max_by_key(|(_, times)| *times);
        Self { reviewers, items, differing, most }
    }

    /// The share of items on which they differ, held back where they share few: one item in one says little.
    fn rank(&self) -> f64 {
        (self.differing as f64 + 1.0) / (self.items as f64 + 4.0)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{AskedItem, Body};
    use super::*;
    use crate::domain::decision::Scores;

    fn spec() -> Spec {
        let criterion = |key: &str| {
            format!("[[criterion]]\nkey = '{key}'\nname = '{key}'\nquestion = '?'\nlevels = ['Bad', 'So so', 'Good']\n")
        };
        let top = "name = 'replies'\ntitle = 'Replies'\ndecision = 'Good?'\n";
        crate::spec::parse(&format!("{top}{}{}", criterion("tone"), criterion("facts"))).unwrap()
    }

    fn opinions(items: &[&[(u32, Verdict, u8)]]) -> Opinions {
        let mut opinions =
            Opinions { reviewers: ["ana", "ben", "cy"].map(str::to_owned).to_vec(), ..Opinions::default() };
        for (seq, given) in items.iter().enumerate() {
            for (reviewer, verdict, tone) in *given {
                let scores = Scores::from([("tone".to_owned(), *tone)]);
                opinions.bodies.push(Body { categories: Some(Vec::new()), scores });
                let body = opinions.bodies.len() as u32 - 1;
                opinions.given.push(Opinion { reviewer: *reviewer, verdict: Some(*verdict), version: 1, body });
            }
            let (case, end) = (seq as u32, opinions.given.len());
            opinions.items.push(AskedItem {
                seq: seq as i64,
                case,
                model: None,
                is_drawn: true,
                is_settled: true,
                end,
            });
        }
        opinions
    }

    #[test]
    fn what_people_differ_in_is_told_by_pair_by_sentence_and_by_item() {
        use Verdict::{Accept, Escalate, Reject};
        let found = opinions(&[
            &[(0, Accept, 3), (1, Accept, 3)],
            &[(0, Accept, 3), (1, Accept, 2)],
            &[(0, Accept, 3), (1, Reject, 1)],
            &[(0, Accept, 3), (2, Accept, 3)],
            &[(0, Escalate, 3), (2, Reject, 1)],
        ])
        .disagreement(&spec());
        assert_eq!((found.compared, found.differing), (4, 2));
        let items: Vec<(i64, u64)> = found.items.iter().map(|item| (item.seq, item.distance)).collect();
        assert_eq!(items, [(2, 2), (1, 1)], "who accepts and who rejects comes first");
        assert_eq!(found.items[0].in_what, [Differing::Verdict, Differing::Criterion("tone".into())]);
        let worst = &found.pairs[0];
        assert_eq!((worst.reviewers, worst.items, worst.differing), ((0, 1), 3, 2));
        assert_eq!(worst.most, Some((Differing::Criterion("tone".into()), 2)));
        let first = &found.sentences[0];
        assert_eq!((first.level, first.pairs, first.share), (Some(3), 2, 1.0), "one of two gives level 3 in both");
    }

    /// With one pair named above two opinions, whoever settles the item would know who gave them.
    #[test]
    fn who_differs_is_named_once_it_is_settled() {
        use Verdict::{Accept, Reject};
        let mut opinions = opinions(&[&[(0, Accept, 3), (1, Reject, 1)], &[(0, Accept, 3), (1, Reject, 1)]]);
        opinions.items[1].is_settled = false;
        let found = opinions.disagreement(&spec());
        assert_eq!((found.differing, found.unsettled, found.items.len()), (2, 1, 2));
        assert_eq!((found.pairs[0].items, found.pairs[0].differing), (1, 1));
        opinions.items[0].is_settled = false;
        assert_eq!(opinions.disagreement(&spec()).pairs, []);
    }
}
