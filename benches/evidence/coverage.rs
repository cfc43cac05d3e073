//! How often an interval of one share holds the truth: the sum over all counts, without chance.

use karat::analysis::stats::interval::{Interval, wilson_at};
use karat::analysis::stats::proportion::{clopper_pearson, lower_bound};
use karat::analysis::stats::special::ln_binomial;

/// The rates of the table, and those between which the least is looked for.
const RATES: [f64; 5] = [0.5, 0.8, 0.9, 0.95, 0.98];
const STEPS: u32 = 500;

/// The interval of `k` good ones among `n`.
type OfCounts = fn(f64, f64) -> Interval;

pub(crate) fn tell() {
    println!("Coverage at 95 %, exactly: at each rate, and the least over {STEPS} rates from 0.5 to 0.98");
    let heads: String = RATES.iter().map(|rate| format!("{rate:>8}")).collect();
    println!("  {:<36}{:>6}{heads}{:>8}", "", "n", "least");
    let kinds: [(&str, OfCounts); 4] = [
        ("Clopper-Pearson, two-sided", |k, n| clopper_pearson(k, n, 0.95)),
        ("Clopper-Pearson, one-sided lower", |k, n| Interval { low: lower_bound(k, n, 0.95), high: 1.0 }),
        ("Wilson, two-sided (for show)", |k, n| wilson(k, n, 0.95)),
        ("Wilson, one-sided lower (not used)", |k, n| Interval { low: wilson(k, n, 0.90).low, high: 1.0 }),
    ];
    for (name, interval) in kinds {
        for n in [20, 50, 200, 1000] {
            let intervals: Vec<Interval> = (0..=n).map(|k| interval(f64::from(k), f64::from(n))).collect();
            let at: String = RATES.iter().map(|&rate| format!("{:>8.4}", coverage(&intervals, rate))).collect();
            let between = (0..=STEPS).map(|step| 0.5 + 0.48 * f64::from(step) / f64::from(STEPS));
            let least = between.map(|rate| coverage(&intervals, rate)).fold(1.0, f64::min);
            println!("  {name:<36}{n:>6}{at}{least:>8.4}");
        }
    }
}

fn wilson(k: f64, n: f64, confidence: f64) -> Interval {
    wilson_at(k, n, confidence).expect("of something").interval()
}

fn coverage(intervals: &[Interval], rate: f64) -> f64 {
    let n = intervals.len() - 1;
    let holds = |interval: &Interval| (interval.low..=interval.high).contains(&rate);
    let counts = (0..=n).filter(|&k| holds(&intervals[k]));
    counts.map(|k| ln_binomial(k as f64, (n - k) as f64, rate, 1.0 - rate).exp()).sum()
}
