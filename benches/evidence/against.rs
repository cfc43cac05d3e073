//! A bar against a baseline by pairs, looked at after every pair.

use crate::random::Random;
use crate::{median, share};
use karat::analysis::stats::sequential::{BettingSequence, ConfidenceSequence, Counts, PairCounts, ln_e_no_worse};

const PAIRS: u64 = 3000;

pub(crate) fn tell(runs: u32, random: &mut Random) {
    println!(
        "A bar against a baseline, looked at after each of {PAIRS} pairs, where the mean difference is -margin; {runs} runs"
    );
    println!("  {:>8}{:>10}{:>10}{:>18}{:>18}", "margin", "better", "worse", "met", "failed");
    for (margin, better, worse) in [(0.02, 0.04, 0.06), (0.02, 0.19, 0.21), (0.05, 0.05, 0.10)] {
        let (mut met, mut failed) = (0, 0);
        for _ in 0..runs {
            let mut sequence = BettingSequence::new(0.95);
            let mut at = PairCounts::default();
            for _ in 0..PAIRS {
                pair(&mut at, better, worse, random);
                sequence.look(at);
            }
            let range = sequence.interval();
            met += u32::from(range.low >= -margin);
            failed += u32::from(range.high < -margin);
        }
        println!("  {margin:>8}{better:>10}{worse:>10}{:>18}{:>18}", share(met, runs), share(failed, runs));
    }
    better(runs, random);
    lengths(runs, random);
}

fn pair(at: &mut PairCounts, better: f64, worse: f64, random: &mut Random) {
    *match random.unit() {
        unit if unit < better => &mut at.better,
        unit if unit < better + worse => &mut at.worse,
        _ => &mut at.same,
    } += 1;
}

/// Margin 0, by the pairs that differ.
fn better(runs: u32, random: &mut Random) {
    let (mut met, mut failed) = (0, 0);
    for _ in 0..runs {
        let mut sequence = ConfidenceSequence::new(0.95);
        let mut at = Counts::default();
        for _ in 0..PAIRS / 10 {
            *(if random.is(0.5) { &mut at.good } else { &mut at.bad }) += 1;
            sequence.look(at);
        }
        let range = sequence.interval();
        met += u32::from(range.low >= 0.5);
        failed += u32::from(range.high < 0.5);
    }
    println!("  {:>8}{:>10}{:>10}{:>18}{:>18}", 0, 0.05, 0.05, share(met, runs), share(failed, runs));
}

fn lengths(runs: u32, random: &mut Random) {
    println!("  pairs until it is met at margin 0.02, at the median:");
    for (name, better, worse) in [("equal, 10 % of pairs differ", 0.05, 0.05), ("3 points better", 0.065, 0.035)] {
        let lengths = (0..runs).filter_map(|_| {
            let mut at = PairCounts::default();
            (1..=8 * PAIRS).find(|_| {
                pair(&mut at, better, worse, random);
                ln_e_no_worse(at, 0.02) >= 20_f64.ln()
            })
        });
        println!("    {name:<30}{:>8}", median(lengths.collect(), runs));
    }
}
