//! The mean of differences that are better, same or worse, by betting; it may be looked at after every pair.
//!
//! Against the claim that the mean of D, which is 1, 0 or -1, is at most -m, somebody bets at each pair a share λ
//! of their money on D + m: it is multiplied by 1 + λ(D + m), which is at most 1 in expectation while the claim
//! is true. The money is spread evenly over 20 shares. What has become of 1 is the evidence, as in
//! [`super::ln_e_met`]. I. Waudby-Smith and A. Ramdas, "Estimating means of bounded random variables by betting",
//! Journal of the Royal Statistical Society B 86 (2024), 1–27.

use super::running::{Evidence, RunningBound};
use crate::analysis::stats::interval::Interval;

/// Among how many shares the money is spread.
const SHARES: usize = 20;

/// The greatest share, of what could be lost at once: all would be too much.
const GREATEST: f64 = 0.99;

/// How many pairs of a stream say that the new one is better, that both are the same, or that it is worse; and
/// how many have no answer yet. An open pair counts as worse where it is asked whether the new one is no
/// worse, and as better where it is asked whether it is worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PairCounts {
    pub better: u64,
    pub same: u64,
    pub worse: u64,
    pub open: u64,
}

impl PairCounts {
    fn for_better(self) -> Pairs {
        Pairs { toward: self.better, same: self.same, against: self.worse + self.open }
    }

    fn for_worse(self) -> Pairs {
        Pairs { toward: self.worse, same: self.same, against: self.better + self.open }
    }
}

/// The logarithm of the evidence that the mean of the differences is above -`margin`: from ln(1/α) on the claim that
/// it is at most that is ruled out. `margin` lies between -1 and 1, without them.
///
/// ln of the mean over 20 values of λ, evenly spaced in (0, 0.99/(1 - m)], of the product of 1 + λ(D + m).
pub fn ln_e_no_worse(at: PairCounts, margin: f64) -> f64 {
    at.for_better().ln_evidence(&Bets::against_at_most(-margin))
}

/// The logarithm of the evidence that the mean of the differences is below -`margin`; as in [`ln_e_no_worse`] with
/// -(D + m), and λ in (0, 0.99/(1 + m)].
pub fn ln_e_worse(at: PairCounts, margin: f64) -> f64 {
    at.for_worse().ln_evidence(&Bets::against_at_most(margin))
}

/// The means of the differences that no length of a stream of pairs has ruled out, as
/// [`super::ConfidenceSequence`] is for a rate; each end is one-sided at `confidence`.
pub struct BettingSequence {
    low: RunningBound<Pairs>,
    /// Of the differences with their signs changed.
    high: RunningBound<Pairs>,
}

impl BettingSequence {
    /// Of a stream of nothing so far; `confidence` lies between 0 and 1, without them.
    pub fn new(confidence: f64) -> BettingSequence {
        BettingSequence { low: RunningBound::new(confidence), high: RunningBound::new(confidence) }
    }

    /// Takes the counts at one length of the stream; lengths come in their order, each count grows or stays.
    pub fn look(&mut self, at: PairCounts) {
        self.low.look(at.for_better());
        self.high.look(at.for_worse());
    }

    /// The least and the greatest mean that no length has ruled out: -1 and 1 of nothing.
    pub fn interval(&mut self) -> Interval {
        let low = self.low.ruled_out().map_or(-1.0, |bets| bets.mean);
        let high = self.high.ruled_out().map_or(1.0, |bets| -bets.mean);
        Interval { low, high }
    }
}

/// Pairs that speak for the mean being higher, for none, and against it.
#[derive(Clone, Copy)]
struct Pairs {
    toward: u64,
    same: u64,
    against: u64,
}

/// The bets against the claim that the mean is at most `mean`.
struct Bets {
    mean: f64,
    /// (1 - mean)/(1 + mean): with it a share c = λ(1 + mean) is multiplied by 1 + cr, 1 + c(r - 1)/2 or 1 - c.
    odds: f64,
    /// Of each share the logarithms of what toward, same and against multiply it by.
    factors: [[f64; 3]; SHARES],
}

/// What a pair against the mean may cost of one's money, for each share that is bet.
fn costs() -> [f64; SHARES] {
    std::array::from_fn(|index| GREATEST * (index + 1) as f64 / SHARES as f64)
}

impl Bets {
    fn against_at_most(mean: f64) -> Bets {
        Bets::at(mean, (1.0 - mean) / (1.0 + mean))
    }

    fn at(mean: f64, odds: f64) -> Bets {
        let factors = costs().map(|c| [(c * odds).ln_1p(), (0.5 * c * (odds - 1.0)).ln_1p(), (-c).ln_1p()]);
        Bets { mean, odds, factors }
    }
}

impl Pairs {
    /// The logarithm of what has become of 1, for each share.
    fn each(self, bets: &Bets) -> [f64; SHARES] {
        let [toward, same, against] = [self.toward, self.same, self.against].map(|count| count as f64);
        bets.factors.map(|factors| toward * factors[0] + same * factors[1] + against * factors[2])
    }
}

impl Evidence for Pairs {
    type Claim = Bets;

    /// On the scale of ln((1 + mean)/(1 - mean)).
    fn claim(at: f64) -> Bets {
        Bets::at((0.5 * at).tanh(), (-at).exp())
    }

    fn start(self) -> f64 {
        ((self.toward as f64 + 0.5 * self.same as f64 + 0.5) / (self.against as f64 + 0.5 * self.same as f64 + 0.5))
            .ln()
    }

    fn ln_evidence(self, bets: &Bets) -> f64 {
        let each = self.each(bets);
        let most = each.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let mean = each.iter().map(|ln_money| (ln_money - most).exp()).sum::<f64>() / SHARES as f64;
        most + mean.ln()
    }

    fn slope(self, bets: &Bets, ln_evidence: f64) -> f64 {
        let (toward, same) = (self.toward as f64, self.same as f64);
        let falls = |c: f64| {
            let (all, half) = (c * bets.odds, 0.5 * c * bets.odds);
            toward * all / (1.0 + all) + same * half / (1.0 - 0.5 * c + half)
        };
        let weighted = |(ln_money, c): (f64, f64)| (ln_money - ln_evidence).exp() * falls(c);
        -self.each(bets).into_iter().zip(costs()).map(weighted).sum::<f64>() / SHARES as f64
    }

    /// A mean is at most the greatest.
    fn ln_at_most(self, bets: &Bets) -> f64 {
        self.each(bets).into_iter().fold(f64::NEG_INFINITY, f64::max)
    }

    /// A pair against the mean never raises the evidence.
    fn steps(self) -> u64 {
        self.toward + self.same
    }

    fn most_a_step(bets: &Bets) -> f64 {
        (GREATEST * bets.odds).ln_1p()
    }

    fn surely_rules_out_more_than(self, earlier: Pairs) -> bool {
        self.against == earlier.against && self.same == earlier.same
    }

    fn promise(self, ln_threshold: f64) -> f64 {
        let n = (self.toward + self.same + self.against) as f64;
        let mean = (self.toward as f64 - self.against as f64) / n;
        let spread = ((self.toward + self.against) as f64 + 1.0) / n - mean * mean;
        mean - (spread / n * (2.0 * ln_threshold + n.ln_1p())).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pairs(better: u64, same: u64, worse: u64) -> PairCounts {
        PairCounts { better, same, worse, open: 0 }
    }

    /// The same by its definition, pair by pair.
    fn plainly(at: PairCounts, margin: f64, sign: f64) -> f64 {
        let m = sign * margin;
        let shares = (1..=20).map(|index| 0.99 / (1.0 - m) * f64::from(index) / 20.0);
        let money = shares.map(|share| {
            let of = |count: u64, d: f64| (0..count).fold(1.0, |money, _| money * (1.0 + share * (sign * d + m)));
            of(at.better, 1.0) * of(at.same, 0.0) * of(at.worse, -1.0)
        });
        (money.sum::<f64>() / 20.0).ln()
    }

    #[test]
    fn the_evidence_is_that_of_its_definition() {
        for (at, margin) in
            [(pairs(30, 100, 12), 0.02), (pairs(3, 10, 12), 0.1), (pairs(0, 40, 0), 0.05), (pairs(9, 2, 1), 0.0)]
        {
            assert!((ln_e_no_worse(at, margin) - plainly(at, margin, 1.0)).abs() < 1e-12, "{at:?}");
            assert!((ln_e_worse(at, margin) - plainly(at, margin, -1.0)).abs() < 1e-12, "{at:?}");
        }
    }

    #[test]
    fn nothing_is_no_evidence() {
        assert!(ln_e_no_worse(PairCounts::default(), 0.02).abs() < 1e-15);
        assert_eq!(BettingSequence::new(0.95).interval(), Interval { low: -1.0, high: 1.0 });
    }

    /// Without a pair that differs "better" is never shown, and "no worse" is.
    #[test]
    fn equal_versions_are_no_worse_and_not_better() {
        let same = pairs(0, 1000, 0);
        assert!(ln_e_no_worse(same, 0.02) > 20_f64.ln() && ln_e_no_worse(same, 0.0) <= 0.0);
        let mut sequence = BettingSequence::new(0.95);
        (1..=1000).for_each(|pairs_so_far| sequence.look(pairs(0, pairs_so_far, 0)));
        let Interval { low, high } = sequence.interval();
        assert!((-0.02..0.0).contains(&low) && (low + high).abs() < 1e-9, "{low} {high}");
    }

    #[test]
    fn an_open_pair_speaks_against_both() {
        let open = PairCounts { better: 20, same: 5, worse: 2, open: 3 };
        assert_eq!(ln_e_no_worse(open, 0.02), ln_e_no_worse(pairs(20, 5, 5), 0.02));
        assert_eq!(ln_e_worse(open, 0.02), ln_e_worse(pairs(23, 5, 2), 0.02));
    }

    #[test]
    fn the_expected_evidence_at_the_boundary_is_one() {
        // E[D] = -0.1 by .2 better, .5 same, .3 worse.
        let ln = |n: u64| (1..=n).map(|k| (k as f64).ln()).sum::<f64>();
        let n = 30;
        let mut expected = (0.0, 0.0);
        for better in 0..=n {
            for worse in 0..=n - better {
                let same = n - better - worse;
                let chance = ln(n) - ln(better) - ln(same) - ln(worse)
                    + better as f64 * 0.2_f64.ln()
                    + same as f64 * 0.5_f64.ln()
                    + worse as f64 * 0.3_f64.ln();
                let at = pairs(better, same, worse);
                expected.0 += (chance + ln_e_no_worse(at, 0.1)).exp();
                expected.1 += (chance + ln_e_worse(at, 0.1)).exp();
            }
        }
        assert!((expected.0 - 1.0_f64).abs() < 1e-10 && (expected.1 - 1.0_f64).abs() < 1e-10, "{expected:?}");
    }

    proptest! {
        #[test]
        fn the_ends_are_those_of_all_lengths(
            places in prop::collection::vec(prop_oneof![4 => Just(0_u8), 8 => Just(1), 2 => Just(2), 1 => Just(3)], 0..120),
            swap in any::<bool>(),
        ) {
            let mut sequence = BettingSequence::new(0.95);
            let mut at = PairCounts::default();
            let mut expected = Interval { low: -1.0, high: 1.0 };
            for place in places {
                *match (place, swap) {
                    (0, false) | (2, true) => &mut at.better,
                    (1, _) => &mut at.same,
                    (2, false) | (0, true) => &mut at.worse,
                    _ => &mut at.open,
                } += 1;
                sequence.look(at);
                let bisected = |ruled_out: &dyn Fn(f64) -> bool| {
                    let (mut low, mut high) = (-1.0, 1.0);
                    for _ in 0..60 {
                        let middle = 0.5 * (low + high);
                        *(if ruled_out(middle) { &mut low } else { &mut high }) = middle;
                    }
                    low
                };
                expected.low = expected.low.max(bisected(&|mean| ln_e_no_worse(at, -mean) >= 20_f64.ln()));
                expected.high = expected.high.min(-bisected(&|mean| ln_e_worse(at, mean) >= 20_f64.ln()));
            }
            let found = sequence.interval();
            prop_assert!((found.low - expected.low).abs() < 1e-9 && (found.high - expected.high).abs() < 1e-9, "{:?} {:?}", found, expected);
        }

        #[test]
        fn evidence_follows_the_counts_and_the_margin(better in 0_u64..5000, same in 0_u64..50_000, worse in 0_u64..5000, margin in -0.9..0.89_f64) {
            let at = pairs(better, same, worse);
            let found = ln_e_no_worse(at, margin);
            let slack = 1e-9 + 1e-12 * found.abs();
            prop_assert!(ln_e_no_worse(pairs(better + 1, same, worse), margin) >= found - slack);
            prop_assert!(ln_e_no_worse(pairs(better, same, worse + 1), margin) <= found + slack);
            prop_assert!(ln_e_no_worse(at, margin + 0.01) >= found - slack);
            prop_assert!((ln_e_worse(pairs(worse, same, better), -margin) - found).abs() <= slack);
        }
    }
}
