//! What the word of a model judge is worth, measured against people: the share of good outputs
//! that follows from it, and whether it may stand in for a person.
//!
//! "Good" is what people accept. Shares lie between 0 and 1.

use super::multiplicity::benjamini_yekutieli;
use super::special::{normal_quantile, t_cdf};

/// Below this the judge's word says too little of an output: the correction divides by it.
const LEAST_SKILL: f64 = 0.1;

/// People's labels without which PPI++ promises nothing.
pub const LEAST_LABELS: u64 = 30;

/// People's labels of either verdict without which PPI++ promises nothing.
pub const LEAST_OF_EITHER: u64 = 5;

/// Items that a person must have judged to be part of the alternative-annotator test.
pub const LEAST_ITEMS: u64 = 30;

/// Level at which the alternative-annotator test controls its false discoveries.
const FALSE_DISCOVERIES: f64 = 0.05;

/// Why a share cannot be told from a judge's word. `Display` is a sentence without its end.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum Refusal {
    #[error("people found all of the {0} compared outputs good, so how often the judge sees a bad one is not known")]
    NoneBad(u64),
    #[error("people found none of the {0} compared outputs good, so how often the judge sees a good one is not known")]
    NoneGood(u64),
    #[error(
        "the judge is hardly better than chance: it accepts {:.1} % of the good and {:.1} % of the bad outputs",
        .accepts_good * 100.0,
        .accepts_bad * 100.0
    )]
    NoSkill { accepts_good: f64, accepts_bad: f64 },
    #[error("{0} outputs have a person's verdict, and {LEAST_LABELS} are needed")]
    FewLabels(u64),
    #[error("people found {good} good and {bad} bad, and {LEAST_OF_EITHER} of either are needed")]
    FewOfEither { good: u64, bad: u64 },
    #[error(
        "of the outputs that sampling takes at a rate of {rate}, {labels} have a person's verdict, and 2 are needed"
    )]
    ThinStratum { rate: f64, labels: u64 },
}

/// How a judge did on outputs that people have judged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Calibration {
    /// Outputs that people found good, and how many of them the judge did.
    pub good: u64,
    pub good_seen: u64,
    /// Outputs that people found bad, and how many of them the judge did.
    pub bad: u64,
    pub bad_seen: u64,
}

/// A share that was corrected for a judge's errors.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Corrected {
    pub share: f64,
    /// Standard error of the share by the delta method.
    pub error: f64,
    pub low: f64,
    pub high: f64,
}

/// What the interval of a corrected share is made of.
struct Adjusted {
    middle: f64,
    shift: f64,
    error: f64,
}

impl Calibration {
    /// Of the good outputs, the share that the judge accepts; of the bad ones, the share that it
    /// rejects. Fails where there are none.
    fn rates(&self) -> Result<(f64, f64), Refusal> {
        match (self.good, self.bad) {
            (good, 0) => Err(Refusal::NoneBad(good)),
            (0, bad) => Err(Refusal::NoneGood(bad)),
            (good, bad) => Ok((self.good_seen as f64 / good as f64, self.bad_seen as f64 / bad as f64)),
        }
    }

    fn adjusted(&self, accepted: u64, judged: u64, z: f64) -> Adjusted {
        let n = judged as f64 + z * z;
        let p = (accepted as f64 + z * z / 2.0) / n;
        let (good, bad) = (self.good as f64 + 2.0, self.bad as f64 + 2.0);
        let sees_good = (self.good_seen as f64 + 1.0) / good;
        let sees_bad = (self.bad_seen as f64 + 1.0) / bad;
        let skill = sees_bad + sees_good - 1.0;
        let middle = (p + sees_bad - 1.0) / skill;
        let of_good = sees_good * (1.0 - sees_good) / good;
        let of_bad = sees_bad * (1.0 - sees_bad) / bad;
        let shift = 2.0 * z * z * (middle * of_good - (1.0 - middle) * of_bad);
        let variance = p * (1.0 - p) / n + middle.powi(2) * of_good + (1.0 - middle).powi(2) * of_bad;
        Adjusted { middle, shift, error: variance.sqrt() / skill }
    }
}

/// The share of good outputs among `judged`, of which a judge accepted `accepted`, corrected for
/// the errors that it made on other outputs, with an interval that counts the errors of both.
/// `confidence` is that of the two-sided interval. Refused where the judge's rates of accepting good
/// and bad outputs differ by less than 0.1, or one of them is not known.
///
/// The share: W. J. Rogan and B. Gladen, "Estimating prevalence from the results of a screening
/// test", American Journal of Epidemiology 107 (1978), 71–76. The interval: Z. Lang and
/// J. Reiczigel, "Confidence limits for prevalence of disease adjusted for estimated sensitivity
/// and specificity", Preventive Veterinary Medicine 113 (2014), 13–22; for judges C. Lee et al.,
/// arXiv 2511.21140.
pub fn rogan_gladen(
    calibration: Calibration,
    accepted: u64,
    judged: u64,
    confidence: f64,
) -> Result<Corrected, Refusal> {
    let (sees_good, sees_bad) = calibration.rates()?;
    let skill = sees_good + sees_bad - 1.0;
    // A rate that was counted is no exact number: .55 + .55 - 1 is 0.1.
    if skill < LEAST_SKILL - 1e-12 {
        return Err(Refusal::NoSkill { accepts_good: sees_good, accepts_bad: 1.0 - sees_bad });
    }
    let observed = accepted as f64 / judged as f64;
    let share = ((observed + sees_bad - 1.0) / skill).clamp(0.0, 1.0);
    let variance = observed * (1.0 - observed) / judged as f64
        + share.powi(2) * sees_good * (1.0 - sees_good) / calibration.good as f64
        + (1.0 - share).powi(2) * sees_bad * (1.0 - sees_bad) / calibration.bad as f64;
    let z = normal_quantile((1.0 + confidence) / 2.0);
    let Adjusted { middle, shift, error } = calibration.adjusted(accepted, judged, z);
    let end = |at: f64| at.clamp(0.0, 1.0);
    let (low, high) = (end(middle + shift - z * error), end(middle + shift + z * error));
    Ok(Corrected { share, error: variance.sqrt() / skill, low, high })
}

/// Of `labels` further outputs for people to judge, how many should be good ones, so that the
/// corrected share becomes as certain as it can; the rest should be bad. `share` is that of good
/// outputs. The judge's errors are taken to be rare: C. Lee et al., arXiv 2511.21140.
pub fn allocation(calibration: Calibration, share: f64, labels: u64) -> Result<u64, Refusal> {
    let (sees_good, sees_bad) = calibration.rates()?;
    let (misses_good, misses_bad) = (1.0 - sees_good, 1.0 - sees_bad);
    let good = match share {
        share if share <= 0.0 => 0.0,
        _ if misses_good + misses_bad == 0.0 => labels as f64 * share,
        _ if misses_good == 0.0 => 0.0,
        share => labels as f64 / (1.0 + (1.0 / share - 1.0) * (misses_bad / misses_good).sqrt()),
    };
    Ok((good.round() as u64).min(labels))
}

/// Outputs that a judge has judged, and people a random part of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sample {
    /// With a person's verdict: both find it good, the person alone does, the judge alone, neither.
    pub both: u64,
    pub person_only: u64,
    pub judge_only: u64,
    pub neither: u64,
    /// Without a person's verdict, and how many of them the judge finds good.
    pub unlabelled: u64,
    pub unlabelled_good: u64,
}

/// A share by PPI++, beside what people's labels alone come to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Powered {
    pub share: f64,
    pub low: f64,
    pub high: f64,
    /// How far the judge is followed, from 0 (people alone) to 1.
    pub lambda: f64,
    /// Standard error, and that of people's labels alone.
    pub error: f64,
    pub people_error: f64,
}

impl Powered {
    /// Share of people's labels that the judge saves: with so many fewer, they alone would be as
    /// certain as they are now.
    pub fn saves(&self) -> f64 {
        match self.people_error > 0.0 {
            true => (1.0 - (self.error / self.people_error).powi(2)).max(0.0),
            false => 0.0,
        }
    }
}

impl Sample {
    pub fn labelled(&self) -> u64 {
        self.both + self.person_only + self.judge_only + self.neither
    }

    pub fn good(&self) -> u64 {
        self.both + self.person_only
    }

    fn judged_good(&self) -> u64 {
        self.both + self.judge_only
    }

    /// How far the judge is followed for the least variance.
    fn lambda(&self) -> f64 {
        let (n, unlabelled) = (self.labelled() as f64, self.unlabelled as f64);
        let (all, all_good) = (n + unlabelled, (self.judged_good() + self.unlabelled_good) as f64);
        let variance = all_good / all * (1.0 - all_good / all) * all / (all - 1.0);
        let together = self.both as f64 / n - self.good() as f64 / n * self.judged_good() as f64 / n;
        let lambda = together / ((1.0 + n / unlabelled) * variance);
        if lambda.is_finite() { lambda.clamp(0.0, 1.0) } else { 0.0 }
    }

    /// The share and its variance, where the judge is followed by `lambda`.
    fn at(&self, lambda: f64) -> (f64, f64) {
        let n = self.labelled() as f64;
        let kinds =
            [(self.both, 1.0 - lambda), (self.person_only, 1.0), (self.judge_only, -lambda), (self.neither, 0.0)];
        let mean = kinds.iter().map(|(count, value)| *count as f64 * value).sum::<f64>() / n;
        let spread = kinds.iter().map(|(count, value)| *count as f64 * (value - mean).powi(2)).sum::<f64>() / n;
        let unlabelled = self.unlabelled as f64;
        let (judged, judged_spread) = match self.unlabelled {
            0 => (0.0, 0.0),
            _ => {
                let share = self.unlabelled_good as f64 / unlabelled;
                (share, share * (1.0 - share) / unlabelled)
            }
        };
        (mean + lambda * judged, spread / n + lambda * lambda * judged_spread)
    }
}

/// The share of good outputs by PPI++: people's labels of a random part of the outputs, made more
/// certain by a judge's word on all of them. Whatever the judge's errors are, the share is right on
/// average. `strata` are the outputs by the rate at which they were taken, each with that rate;
/// `confidence` is that of the two-sided interval.
///
/// A. N. Angelopoulos, J. C. Duchi and T. Zrnic, "PPI++: Efficient Prediction-Powered Inference",
/// arXiv 2311.01453. Standard deviations and the covariance divide by n, as in the authors' ppi_py;
/// the variance by which lambda is chosen divides by one less. Strata are added up by their sizes.
pub fn ppi(strata: &[(f64, Sample)], confidence: f64) -> Result<Powered, Refusal> {
    let sum = |count: fn(&Sample) -> u64| strata.iter().map(|(_, sample)| count(sample)).sum::<u64>();
    let (labels, good) = (sum(Sample::labelled), sum(Sample::good));
    if labels < LEAST_LABELS {
        return Err(Refusal::FewLabels(labels));
    }
    if good.min(labels - good) < LEAST_OF_EITHER {
        return Err(Refusal::FewOfEither { good, bad: labels - good });
    }
    if let Some((rate, thin)) = strata.iter().find(|(_, sample)| sample.labelled() < 2) {
        return Err(Refusal::ThinStratum { rate: *rate, labels: thin.labelled() });
    }
    Ok(powered(strata, confidence))
}

fn powered(strata: &[(f64, Sample)], confidence: f64) -> Powered {
    let size = |sample: &Sample| (sample.labelled() + sample.unlabelled) as f64;
    let all: f64 = strata.iter().map(|(_, sample)| size(sample)).sum();
    let (mut share, mut variance, mut people, mut followed) = (0.0, 0.0, 0.0, 0.0);
    for (_, sample) in strata {
        let (weight, lambda) = (size(sample) / all, sample.lambda());
        let (own_share, own_variance) = sample.at(lambda);
        share += weight * own_share;
        variance += weight * weight * own_variance;
        people += weight * weight * sample.at(0.0).1;
        followed += weight * lambda;
    }
    let reach = normal_quantile((1.0 + confidence) / 2.0) * variance.sqrt();
    let end = |at: f64| at.clamp(0.0, 1.0);
    Powered {
        share: end(share),
        low: end(share - reach),
        high: end(share + reach),
        lambda: followed,
        error: variance.sqrt(),
        people_error: people.sqrt(),
    }
}

/// An output with what a judge and people said of it, people by their numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Annotated<L> {
    pub judge: L,
    pub people: Vec<(usize, L)>,
}

/// What the alternative-annotator test came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Alternative {
    /// The people who judged enough, in the order of their numbers.
    pub people: Vec<LeftOut>,
    /// People who judged too few, with how many.
    pub too_few: Vec<(usize, u64)>,
    /// Share of the people whom the judge may stand in for.
    pub winning_rate: f64,
    /// Mean of [`LeftOut::advantage`].
    pub advantage: f64,
}

/// The judge beside one person, by the opinions of the others.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LeftOut {
    pub person: usize,
    pub items: u64,
    /// Share of the items on which the judge agrees with the others at least as well.
    pub advantage: f64,
    pub p: f64,
    /// By Benjamini and Yekutieli over all of the people.
    pub adjusted_p: f64,
    pub wins: bool,
}

impl Alternative {
    /// Whether the judge may stand in for a person: it does for half of them at least.
    pub fn passes(&self) -> bool {
        self.winning_rate >= 0.5
    }
}

/// The alternative-annotator test: each person is left out in turn, and the judge compared with them
/// by how well either agrees with the other people. `margin` is what a judge may be worse for being
/// cheaper: .2 where people are experts, .15 skilled, .1 from the crowd. Items that fewer than two
/// people judged are passed over, and people with fewer than 30 items; `None`: nobody is left.
///
/// N. Calderon, R. Reichart and R. Dror, "The alternative annotator test for LLM-as-a-judge", ACL
/// 2025; a one-sided t test for each person, and Y. Benjamini and D. Yekutieli, Annals of Statistics
/// 29 (2001), 1165–1188, over them at .05.
pub fn alternative_annotator<L: PartialEq>(items: &[Annotated<L>], margin: f64) -> Option<Alternative> {
    let compared: Vec<_> = items.iter().filter(|item| item.people.len() >= 2).collect();
    let mut numbers: Vec<usize> = compared.iter().flat_map(|item| item.people.iter().map(|given| given.0)).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let (mut people, mut too_few) = (Vec::new(), Vec::new());
    for person in numbers {
        let differences: Vec<_> = compared.iter().filter_map(|item| item.without(person)).collect();
        let items = differences.len() as u64;
        if items < LEAST_ITEMS {
            too_few.push((person, items));
            continue;
        }
        let advantage = differences.iter().filter(|difference| **difference <= 0.0).count() as f64 / items as f64;
        let p = less_than(&differences, margin);
        people.push(LeftOut { person, items, advantage, p, adjusted_p: p, wins: false });
    }
    if people.is_empty() {
        return None;
    }
    let adjusted = benjamini_yekutieli(&people.iter().map(|person| person.p).collect::<Vec<_>>());
    for (person, adjusted_p) in people.iter_mut().zip(adjusted) {
        (person.adjusted_p, person.wins) = (adjusted_p, adjusted_p <= FALSE_DISCOVERIES);
    }
    let mean = |value: fn(&LeftOut) -> f64| people.iter().map(value).sum::<f64>() / people.len() as f64;
    let winning_rate = mean(|person| f64::from(u8::from(person.wins)));
    let advantage = mean(|person| person.advantage);
    Some(Alternative { winning_rate, advantage, people, too_few })
}

impl<L: PartialEq> Annotated<L> {
    /// 1: the person agrees better with the others than the judge does; -1: the judge does; 0: both
    /// as well. `None` where the person has not judged the item.
    fn without(&self, person: usize) -> Option<f64> {
        let own = &self.people.iter().find(|given| given.0 == person)?.1;
        let agreeing = |label: &L| self.people.iter().filter(|given| given.0 != person && given.1 == *label).count();
        Some(match agreeing(own).cmp(&agreeing(&self.judge)) {
            std::cmp::Ordering::Less => -1.0,
            std::cmp::Ordering::Equal => 0.0,
            std::cmp::Ordering::Greater => 1.0,
        })
    }
}

/// One-sided t test that the mean is less than `margin`: its p.
fn less_than(values: &[f64], margin: f64) -> f64 {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (n - 1.0);
    if variance == 0.0 {
        return if mean < margin { 0.0 } else { 1.0 };
    }
    t_cdf((mean - margin) / (variance / n).sqrt(), n - 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, told: f64) -> bool {
        (found - told).abs() < 1e-9
    }

    const Z: f64 = 1.959_963_984_540_054;

    /// 46 of 50 good and 44 of 50 bad outputs are seen.
    const SEES: Calibration = Calibration { good: 50, good_seen: 46, bad: 50, bad_seen: 44 };

    #[test]
    fn a_share_is_corrected_for_the_errors_of_both() {
        let found = rogan_gladen(SEES, 400, 500, 0.95).unwrap();
        assert!(near(found.share, 0.85), "{found:?}"); // printed in the documents of evals-skills
        assert!(near(found.error, 0.047_286_361_7), "{found:?}");
        assert!(near(found.share - Z * found.error, 0.757_320_434_2), "{found:?}");
        assert!(near(found.share + Z * found.error, 0.942_679_565_8), "{found:?}");
        // As calibration.py of LLM-judge-reporting computes it.
        assert!(near(found.low, 0.768_647_947_8) && near(found.high, 0.972_793_326_3), "{found:?}");
        let Adjusted { middle, shift, error } = SEES.adjusted(400, 500, Z);
        assert!(near(middle, 0.862_026_507_2) && near(shift, 0.008_694_129_8) && near(error, 0.052_078_859_6));
    }

    #[test]
    fn the_shares_of_judgys_documents() {
        let sees = Calibration { good: 4, good_seen: 3, bad: 4, bad_seen: 3 };
        assert!(near(rogan_gladen(sees, 5, 8, 0.95).unwrap().share, 0.75));
    }

    #[test]
    fn a_judge_that_guesses_is_refused() {
        let guesses = Calibration { good: 100, good_seen: 60, bad: 100, bad_seen: 49 };
        let told = rogan_gladen(guesses, 5, 8, 0.95).unwrap_err().to_string();
        assert_eq!(
            told,
            "the judge is hardly better than chance: it accepts 60.0 % of the good and 51.0 % of the bad outputs"
        );
        let just = Calibration { good: 20, good_seen: 11, bad: 20, bad_seen: 11 };
        assert!(rogan_gladen(just, 5, 8, 0.95).is_ok(), "a skill of 0.1 is enough");
        let all_good = Calibration { good: 20, good_seen: 11, bad: 0, bad_seen: 0 };
        assert_eq!(rogan_gladen(all_good, 5, 8, 0.95), Err(Refusal::NoneBad(20)));
        let all_bad = Calibration { good: 0, good_seen: 0, bad: 9, bad_seen: 8 };
        assert_eq!(rogan_gladen(all_bad, 5, 8, 0.95), Err(Refusal::NoneGood(9)));
    }

    #[test]
    fn labels_go_where_the_errors_weigh_most() {
        // κ = .12 / .08 = 1.5; 100 / (1 + (1 / .85 - 1) √1.5)
        assert_eq!(allocation(SEES, 0.85, 100), Ok(82));
        let sees_all = Calibration { good: 50, good_seen: 50, bad: 50, bad_seen: 50 };
        assert_eq!(allocation(sees_all, 0.8, 100), Ok(80));
        let sees_good = Calibration { bad_seen: 44, ..sees_all };
        assert_eq!(allocation(sees_good, 0.8, 100), Ok(0), "of good outputs the judge misses none");
        assert_eq!(allocation(SEES, 0.0, 100), Ok(0));
    }

    /// 20 outputs that people judged, and 100 that the judge alone did.
    const WORKED: Sample =
        Sample { both: 13, person_only: 1, judge_only: 3, neither: 3, unlabelled: 100, unlabelled_good: 78 };

    #[test]
    fn ppi_follows_ppi_py() {
        let found = powered(&[(1.0, WORKED)], 0.95);
        assert!(near(found.lambda, 0.438_216_039_3), "{found:?}");
        assert!((found.share - 0.691_235_68).abs() < 5e-9, "{found:?}");
        assert!(near(found.low, 0.511_368_521_5) && near(found.high, 0.871_102_836_9), "{found:?}");
        assert!((0.19..0.21).contains(&found.saves()), "about 20 % of the reviews: {}", found.saves());
        for (lambda, share, low, high) in
            [(1.0, 0.68, 0.472_428_802_3, 0.887_571_197_7), (0.0, 0.70, 0.499_163_455_5, 0.900_836_544_5)]
        {
            let (found, variance) = WORKED.at(lambda);
            let reach = Z * variance.sqrt();
            assert!(near(found, share) && near(found - reach, low) && near(found + reach, high), "{lambda}: {found}");
        }
    }

    #[test]
    fn ppi_follows_ppi_py_on_random_data() {
        // ppi-python 0.2.3 on draws of numpy's default_rng(11).
        let told = [
            (52, 2, 0, 6, 400, 355, 0.915_367_854_990, 0.869_286_521_484, 0.961_449_188_497),
            (76, 25, 13, 86, 2000, 979, 0.530_136_169_390, 0.474_469_670_095, 0.585_802_668_686),
            (20, 22, 1, 2, 30, 15, 0.933_801_836_024, 0.860_994_984_696, 1.0),
            (480, 6, 6, 8, 20_000, 19_454, 0.972_391_064_173, 0.960_335_709_643, 0.984_446_418_702),
            (34, 3, 38, 5, 300, 280, 0.465_864_701_705, 0.356_757_588_169, 0.574_971_815_240),
        ];
        for (both, person_only, judge_only, neither, unlabelled, unlabelled_good, share, low, high) in told {
            let sample = Sample { both, person_only, judge_only, neither, unlabelled, unlabelled_good };
            let found = powered(&[(1.0, sample)], 0.95);
            assert!(near(found.share, share) && near(found.low, low) && near(found.high, high), "{sample:?} {found:?}");
        }
    }

    #[test]
    fn ppi_is_refused_with_few_labels() {
        assert_eq!(ppi(&[(0.1, WORKED)], 0.95), Err(Refusal::FewLabels(20)));
        let one_sided = Sample { both: 30, neither: 4, ..WORKED };
        assert_eq!(
            ppi(&[(0.1, Sample { judge_only: 0, person_only: 0, ..one_sided })], 0.95),
            Err(Refusal::FewOfEither { good: 30, bad: 4 })
        );
        let enough = Sample { both: 24, ..WORKED };
        assert!(ppi(&[(0.1, enough)], 0.95).is_ok());
        let thin = Sample { both: 1, unlabelled: 9, ..Sample::default() };
        assert_eq!(ppi(&[(0.1, enough), (0.01, thin)], 0.95), Err(Refusal::ThinStratum { rate: 0.01, labels: 1 }));
    }

    #[test]
    fn strata_weigh_by_their_sizes() {
        let good = Sample { both: 30, neither: 10, unlabelled: 360, unlabelled_good: 270, ..Sample::default() };
        let bad = Sample { both: 10, neither: 30, unlabelled: 60, unlabelled_good: 15, ..Sample::default() };
        let found = ppi(&[(0.1, good), (0.4, bad)], 0.95).unwrap();
        assert!(near(found.share, 0.8 * 0.75 + 0.2 * 0.25), "{found:?}");
    }

    #[test]
    fn nobody_else_has_judged() {
        let all = Sample { both: 24, neither: 16, ..Sample::default() };
        let found = ppi(&[(1.0, all)], 0.95).unwrap();
        assert!(near(found.share, 0.6) && found.lambda == 0.0 && found.saves() == 0.0, "{found:?}");
    }

    fn annotated(combinations: &str) -> Vec<Annotated<char>> {
        let mut items = Vec::new();
        for combination in combinations.split_whitespace() {
            let letters = combination.trim_end_matches(|c: char| c.is_ascii_digit());
            let count: usize = combination[letters.len()..].parse().unwrap();
            let (people, judge) = letters.split_at(letters.len() - 1);
            let people = people.chars().enumerate().filter(|(_, label)| *label != '.').collect();
            let item = Annotated { judge: judge.chars().next().unwrap(), people };
            items.extend(std::iter::repeat_n(item, count));
        }
        items
    }

    #[test]
    fn judges_of_the_publication_pass_and_fail_as_printed() {
        let lines = include_str!("judge/annotators.txt").lines().filter(|line| !line.starts_with('#'));
        let mut seen = 0;
        for line in lines {
            let [data, judge, margin, winning, advantage, combinations] =
                line.splitn(6, ' ').collect::<Vec<_>>().try_into().unwrap();
            let found = alternative_annotator(&annotated(combinations), margin.parse().unwrap()).unwrap();
            assert!(near(found.winning_rate, winning.parse().unwrap()), "{data} {judge}: {}", found.winning_rate);
            assert!(near(found.advantage, advantage.parse().unwrap()), "{data} {judge}: {}", found.advantage);
            let passes = matches!((data, judge), ("lgbteen" | "wax", "gpt-4o") | ("lgbteen", "gpt-4o-mini"));
            assert_eq!(found.passes(), passes, "{data} {judge}");
            seen += 1;
        }
        assert_eq!(seen, 7);
    }

    #[test]
    fn who_judged_little_is_left_out_of_the_test() {
        assert_eq!(alternative_annotator(&annotated("aaa29"), 0.2), None);
        let found = alternative_annotator(&annotated("aa.a29 aaaa20"), 0.2).unwrap();
        assert_eq!(found.too_few, [(2, 20)]);
        assert_eq!(found.people.len(), 2);
        assert!(found.passes(), "nobody agrees better than the judge: {found:?}");
        let lone = alternative_annotator(&annotated("a..a500"), 0.2);
        assert_eq!(lone, None, "there is nobody to agree with");
    }
}
