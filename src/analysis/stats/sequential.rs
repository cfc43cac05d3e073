//! A rate that may be looked at after every verdict: two e-processes, and what neither has ruled out.
//!
//! For the claim that the rate is at most p0 (or at least p0) the likelihood of the verdicts is averaged over
//! all rates on the other side, evenly, and divided by their likelihood at p0. While the claim is true that
//! figure is at most 1 in expectation at every length, so that with the chance 1 - α it never reaches 1/α
//! (J. Ville, "Étude critique de la notion de collectif", 1939): it may be looked at whenever one likes, and
//! one may stop whenever one likes. The verdicts must come in an order that has nothing to do with
//! what they say. The average over one side is that of S. R. Howard, A. Ramdas, J. McAuliffe and J. Sekhon,
//! "Time-uniform, nonparametric, nonasymptotic confidence sequences", Annals of Statistics 49 (2021),
//! 1055–1080, for a beta mixture, with the uniform prior cut at p0.

mod betting;
mod running;

pub use betting::{BettingSequence, PairCounts, ln_e_no_worse, ln_e_worse};

use super::interval::Interval;
use super::special::{ln_beta_sf, ln_binomial};
use running::{Evidence, RunningBound};
use std::f64::consts::TAU;

/// The logarithm of the evidence that the rate is above `at_least`, after `good` and `bad` verdicts: from
/// ln(1/α) on the claim that it is at most `at_least` is ruled out. `at_least` is from 0 to 1; at 0 one good
/// verdict rules out, at 1 nothing does.
///
/// ln ( B(1+S, 1+F) (1 - I_p(1+S, 1+F)) / ((1-p) p^S (1-p)^F) ), with S good, F bad, p `at_least`, I the regularised
/// incomplete beta function. It falls as `at_least` rises; one more good verdict never lowers it, a bad one
/// never raises it.
pub fn ln_e_met(good: u64, bad: u64, at_least: f64) -> f64 {
    Verdicts { toward: good, against: bad }.ln_above(Rate::of(at_least))
}

/// The logarithm of the evidence that the rate is below `at_least`; as in [`ln_e_met`], with the sides changed.
///
/// ln ( B(1+S, 1+F) I_p(1+S, 1+F) / (p · p^S (1-p)^F) ).
pub fn ln_e_failed(good: u64, bad: u64, at_least: f64) -> f64 {
    Verdicts { toward: bad, against: good }.ln_above(Rate::of(at_least).other_side())
}

/// What the evidence for and against "at least so much" has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Met,
    Failed,
    Undecided,
}

/// What counts decide by themselves, looked at as one length of a stream: met from [`ln_e_met`] of ln(1/α) on, failed
/// from [`ln_e_failed`] of it on. `at_least` and `confidence` = 1 - α lie between 0 and 1, without them.
pub fn decide(good: u64, bad: u64, at_least: f64, confidence: f64) -> Outcome {
    let ln_threshold = -(1.0 - confidence).ln();
    let rules_out = |verdicts: Verdicts, claim: Rate| {
        verdicts.ln_at_most(&claim) >= ln_threshold && verdicts.ln_above(claim) >= ln_threshold
    };
    let claim = Rate::of(at_least);
    if rules_out(Verdicts { toward: good, against: bad }, claim) {
        Outcome::Met
    } else if rules_out(Verdicts { toward: bad, against: good }, claim.other_side()) {
        Outcome::Failed
    } else {
        Outcome::Undecided
    }
}

/// A rate `p` with `q` = 1 - p, so that neither is lost near 1.
#[derive(Clone, Copy)]
struct Rate {
    p: f64,
    q: f64,
}

impl Rate {
    fn of(p: f64) -> Rate {
        Rate { p, q: 1.0 - p }
    }

    fn other_side(self) -> Rate {
        Rate { p: self.q, q: self.p }
    }
}

/// Verdicts that speak for the rate being higher, and those that speak against it.
#[derive(Clone, Copy)]
struct Verdicts {
    toward: u64,
    against: u64,
}

impl Verdicts {
    /// The logarithm of the evidence that the rate is above `null`.
    fn ln_above(self, null: Rate) -> f64 {
        if self.toward + self.against == 0 {
            return 0.0;
        }
        if null.p <= 0.0 {
            return if self.toward > 0 { f64::INFINITY } else { -(self.against as f64).ln_1p() };
        }
        if null.q <= 0.0 {
            return -(self.against as f64).ln_1p();
        }
        let share_above = ln_beta_sf(null.p, 1.0 + self.toward as f64, 1.0 + self.against as f64);
        self.ln_anywhere(null) + share_above
    }

    /// The same with the average taken over the rates on both sides of `null`.
    fn ln_anywhere(self, null: Rate) -> f64 {
        let (toward, against) = (self.toward as f64, self.against as f64);
        // 1 / B(1+S, 1+F) is n + 1 times the binomial coefficient.
        -(toward + against).ln_1p() - null.q.ln() - ln_binomial(toward, against, null.p, null.q)
    }
}

impl Evidence for Verdicts {
    type Claim = Rate;

    /// On the scale of the logarithm of the odds.
    fn claim(at: f64) -> Rate {
        Rate { p: 1.0 / (1.0 + (-at).exp()), q: 1.0 / (1.0 + at.exp()) }
    }

    fn start(self) -> f64 {
        ((self.toward as f64 + 0.5) / (self.against as f64 + 0.5)).ln()
    }

    fn ln_evidence(self, claim: &Rate) -> f64 {
        self.ln_above(*claim)
    }

    fn slope(self, claim: &Rate, ln_evidence: f64) -> f64 {
        claim.p * (self.against as f64 + 1.0 - (-ln_evidence).exp()) - self.toward as f64 * claim.q
    }

    /// Stirling's formula with its first correction.
    fn ln_at_most(self, claim: &Rate) -> f64 {
        let (toward, against) = (self.toward as f64, self.against as f64);
        // No rate above is likelier than the claim's then.
        if toward * claim.q <= against * claim.p {
            return 0.0;
        }
        if self.against == 0 {
            return self.ln_anywhere(*claim);
        }
        let n = toward + against;
        let divergence = toward * (toward / (n * claim.p)).ln() + against * (against / (n * claim.q)).ln();
        let scale = TAU * toward * against / (n * ((n + 1.0) * claim.q).powi(2));
        // More than what rounding takes away.
        divergence + 0.5 * scale.ln() + (1.0 / toward + 1.0 / against) / 12.0 + 1e-6
    }

    /// A verdict toward a rate multiplies the evidence by at most 1/p, one against it by at most 1.
    fn steps(self) -> u64 {
        self.toward
    }

    fn most_a_step(claim: &Rate) -> f64 {
        -claim.p.ln()
    }

    fn surely_rules_out_more_than(self, earlier: Verdicts) -> bool {
        self.against == earlier.against
    }

    fn promise(self, ln_threshold: f64) -> f64 {
        let n = (self.toward + self.against) as f64;
        let rate = (self.toward as f64 + 1.0) / (n + 2.0);
        rate - (rate * (1.0 - rate) / (n + 1.0) * (2.0 * ln_threshold + n.ln_1p())).sqrt()
    }
}

/// How many verdicts of a stream are good, how many bad, and how many places have none yet.
///
/// An open place counts as bad where it is asked whether a bar is met, and as good where it is asked whether
/// it has failed: whatever is said of it later, what is decided now was not decided too early.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    pub good: u64,
    pub bad: u64,
    pub open: u64,
}

/// The rates that no length of a stream has ruled out: the running intersection of the intervals at all lengths
/// that were looked at. Each end is one-sided: with the chance `confidence` the true rate is never below `low`,
/// and with the same chance never above `high`. Where low is above high the stream has drifted: no one rate
/// explains all of it.
///
/// A look costs some nanoseconds to a microsecond; the ends are solved when they are asked for.
pub struct ConfidenceSequence {
    low: RunningBound<Verdicts>,
    /// Of the rate of bad ones.
    high: RunningBound<Verdicts>,
}

impl ConfidenceSequence {
    /// Of a stream of nothing so far; `confidence` lies between 0 and 1, without them.
    pub fn new(confidence: f64) -> ConfidenceSequence {
        ConfidenceSequence { low: RunningBound::new(confidence), high: RunningBound::new(confidence) }
    }

    /// Takes the counts at one length of the stream, which are those of a shorter length and what was
    /// added: lengths come in their order, each count grows or stays. To look after every verdict, give every
    /// length. What was open and has been settled since asks for a new sequence, from the first length on.
    pub fn look(&mut self, at: Counts) {
        self.low.look(Verdicts { toward: at.good, against: at.bad + at.open });
        self.high.look(Verdicts { toward: at.bad, against: at.good + at.open });
    }

    /// The least and the greatest rate that no length has ruled out: 0 and 1 of nothing.
    pub fn interval(&mut self) -> Interval {
        let low = self.low.ruled_out().map_or(0.0, |rate| rate.p);
        let high = self.high.ruled_out().map_or(1.0, |rate| rate.q);
        Interval { low, high }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LN_20: f64 = 2.995_732_273_553_991;

    #[test]
    fn worked_numbers() {
        let worked = [
            (57, 3, 1.692_792_1, 0.027_847_774),
            (98, 2, 60.888_132, 0.012_081_208),
            (100, 0, 3727.497, 0.009_900_990_1),
            (30, 0, 7.319_298_3, 0.032_258_065),
        ];
        for (good, bad, met, failed) in worked {
            let found = (ln_e_met(good, bad, 0.9).exp(), ln_e_failed(good, bad, 0.9).exp());
            let near = |found: f64, printed: f64| (found / printed - 1.0).abs() < 2e-7;
            assert!(near(found.0, met) && near(found.1, failed), "{good} {bad}: {found:?}");
        }
    }

    /// "Better" is a rate above one half among the pairs that differ.
    #[test]
    fn better_by_the_pairs_that_differ() {
        assert!((ln_e_met(12, 2, 0.5).exp() - 23.917).abs() < 5e-4 && ln_e_met(12, 2, 0.5) >= LN_20);
    }

    /// The price of looking whenever one likes: a run without a failure must be longer than the
    /// 14, 29 and 59 reviews of one look at the end.
    #[test]
    fn all_pass_runs_needed() {
        for (bar, run) in [(0.8, 20), (0.9, 43), (0.95, 88)] {
            assert!(ln_e_met(run, 0, bar) >= LN_20 && ln_e_met(run - 1, 0, bar) < LN_20, "{bar}");
        }
    }

    /// An average that is 1 at the boundary at every length is why looking costs nothing.
    #[test]
    fn the_expected_evidence_at_the_boundary_is_one() {
        for (n, bar) in [(0_u64, 0.9), (1, 0.5), (37, 0.9), (200, 0.97)] {
            let expected = |ln_e: fn(u64, u64, f64) -> f64| -> f64 {
                let chance = |good: u64| ln_binomial(good as f64, (n - good) as f64, bar, 1.0 - bar);
                (0..=n).map(|good| (chance(good) + ln_e(good, n - good, bar)).exp()).sum()
            };
            assert!(
                (expected(ln_e_met) - 1.0).abs() < 1e-10 && (expected(ln_e_failed) - 1.0).abs() < 1e-10,
                "{n} {bar}"
            );
        }
    }

    #[test]
    fn a_rate_at_the_end_of_the_scale() {
        assert_eq!(ln_e_met(1, 0, 0.0), f64::INFINITY);
        assert_eq!(ln_e_failed(0, 1, 1.0), f64::INFINITY);
        assert!((ln_e_met(9, 0, 1.0) - 0.0).abs() < 1e-15 && (ln_e_met(9, 3, 1.0) + 4_f64.ln()).abs() < 1e-15);
        assert!(
            (ln_e_met(0, 3, 0.0) + 4_f64.ln()).abs() < 1e-15 && (ln_e_failed(3, 9, 0.0) + 4_f64.ln()).abs() < 1e-15
        );
        assert_eq!(ln_e_met(0, 0, 0.9), 0.0);
    }

    #[test]
    fn counts_decide_from_their_evidence_on() {
        for (good, bad) in (0..120).flat_map(|good| (0..40).map(move |bad| (good, bad))) {
            let met = ln_e_met(good, bad, 0.9) >= LN_20;
            let failed = ln_e_failed(good, bad, 0.9) >= LN_20;
            assert!(!(met && failed));
            let expected = if met {
                Outcome::Met
            } else if failed {
                Outcome::Failed
            } else {
                Outcome::Undecided
            };
            assert_eq!(decide(good, bad, 0.9, 0.95), expected, "{good} {bad}");
        }
    }

    #[test]
    fn nothing_rules_nothing_out() {
        assert_eq!(ConfidenceSequence::new(0.95).interval(), Interval { low: 0.0, high: 1.0 });
        let mut open = ConfidenceSequence::new(0.95);
        (1..=500).for_each(|open_places| open.look(Counts { open: open_places, ..Counts::default() }));
        assert_eq!(open.interval(), Interval { low: 0.0, high: 1.0 });
    }

    /// What was ruled out at some length stays so, though the whole stream would not rule it out.
    #[test]
    fn a_fall_after_a_long_run_is_drift() {
        let mut sequence = ConfidenceSequence::new(0.95);
        let mut at = Counts::default();
        for place in 0..400 {
            *(if place < 200 { &mut at.good } else { &mut at.bad }) += 1;
            sequence.look(at);
        }
        let Interval { low, high } = sequence.interval();
        assert!(low > 0.97 && high < 0.6, "{low} {high}");
    }

    /// A stream given place by place: good, bad, open.
    fn stream(places: &[u8]) -> Vec<Counts> {
        let next = |at: &mut Counts, place: &u8| {
            *match place {
                0 => &mut at.good,
                1 => &mut at.bad,
                _ => &mut at.open,
            } += 1;
            Some(*at)
        };
        places.iter().scan(Counts::default(), next).collect()
    }

    /// The same by its definition: each length solved by itself.
    fn plainly(looks: &[Counts], confidence: f64) -> Interval {
        let ln_threshold = -(1.0 - confidence).ln();
        let bisected = |ruled_out: &dyn Fn(f64) -> bool| {
            let (mut low, mut high) = (0.0, 1.0);
            for _ in 0..60 {
                let middle = 0.5 * (low + high);
                *(if ruled_out(middle) { &mut low } else { &mut high }) = middle;
            }
            low
        };
        let low = |at: &Counts| bisected(&|p| ln_e_met(at.good, at.bad + at.open, p) >= ln_threshold);
        let bad = |at: &Counts| bisected(&|q| ln_e_failed(at.good + at.open, at.bad, 1.0 - q) >= ln_threshold);
        Interval {
            low: looks.iter().map(low).fold(0.0, f64::max),
            high: 1.0 - looks.iter().map(bad).fold(0.0, f64::max),
        }
    }

    #[test]
    fn a_million_verdicts() {
        let mut sequence = ConfidenceSequence::new(0.95);
        let mut at = Counts::default();
        for place in 0..1_000_000_u64 {
            *(if place % 20 == 19 { &mut at.bad } else { &mut at.good }) += 1;
            sequence.look(at);
        }
        let Interval { low, high } = sequence.interval();
        assert!(ln_e_met(950_000, 50_000, low) <= LN_20 + 1e-6 && low > 0.948, "{low}");
        assert!(ln_e_failed(950_000, 50_000, high) <= LN_20 + 1e-6 && high < 0.952, "{high}");
    }

    proptest! {
        #[test]
        fn the_ends_are_those_of_all_lengths(
            places in prop::collection::vec(prop_oneof![20 => Just(0_u8), 3 => Just(1), 1 => Just(2)], 0..150),
            swap in any::<bool>(),
            confidence in 0.5..0.999_f64,
        ) {
            let places: Vec<u8> = places.iter().map(|&place| if swap && place < 2 { 1 - place } else { place }).collect();
            let looks = stream(&places);
            let mut sequence = ConfidenceSequence::new(confidence);
            looks.iter().for_each(|&at| sequence.look(at));
            let (found, expected) = (sequence.interval(), plainly(&looks, confidence));
            prop_assert!((found.low - expected.low).abs() < 1e-9 && (found.high - expected.high).abs() < 1e-9, "{:?} {:?}", found, expected);
        }

        #[test]
        fn asking_between_looks_changes_nothing(places in prop::collection::vec(0_u8..3, 1..80), ask in 0_usize..80) {
            let looks = stream(&places);
            let (mut asked, mut plain) = (ConfidenceSequence::new(0.9), ConfidenceSequence::new(0.9));
            for (index, &at) in looks.iter().enumerate() {
                asked.look(at);
                plain.look(at);
                if index % (ask + 1) == ask {
                    asked.interval();
                }
            }
            let (asked, plain) = (asked.interval(), plain.interval());
            prop_assert!((asked.low - plain.low).abs() < 1e-10 && (asked.high - plain.high).abs() < 1e-10);
        }

        #[test]
        fn evidence_follows_the_counts_and_the_bar(good in 0_u64..1_000_000, bad in 0_u64..100_000, bar in 0.001..0.998_f64) {
            let met = ln_e_met(good, bad, bar);
            // A last digit of what the logarithms are made of.
            let slack = 1e-9 + 1e-12 * met.abs();
            prop_assert!(ln_e_met(good + 1, bad, bar) >= met - slack);
            prop_assert!(ln_e_met(good, bad + 1, bar) <= met + slack);
            prop_assert!(ln_e_met(good, bad, bar + 0.001) <= met + slack);
            let mirrored = ln_e_failed(bad, good, 1.0 - bar);
            prop_assert!((mirrored - met).abs() <= 1e-7 + 1e-9 * met.abs(), "{} {}", mirrored, met);
        }
    }
}
