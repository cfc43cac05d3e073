//! What a bar takes that may be looked at after every review, beside one that is decided once.

use crate::random::Random;
use crate::share;
use karat::analysis::stats::power::{fixed_plan, outlook};
use karat::analysis::stats::sequential::{Outcome, decide};

const CONFIDENCE: f64 = 0.95;
const POWER: f64 = 0.9;

pub(crate) fn tell(runs: u32, random: &mut Random) {
    println!("Reviews of a sequence beside a fixed number that meets the bar 9 times in 10; {runs} runs");
    let heads = ["truth", "bar", "fixed", "mean", "computed", "median", "9 in 10"];
    let heads: String = heads.iter().map(|head| format!("{head:>9}")).collect();
    println!("{heads}{:>18}{:>18}", "met by fixed", "failed");
    for (truth, bar) in [(0.95, 0.90), (0.97, 0.90), (0.98, 0.95), (0.93, 0.90)] {
        let plan = fixed_plan(truth, bar, CONFIDENCE, POWER).expect("the truth is above the bar");
        let most = 20 * plan.reviews;
        let (mut lengths, mut in_time, mut failed) = (Vec::new(), 0, 0);
        for _ in 0..runs {
            let (reviews, outcome) = run(truth, bar, most, random);
            lengths.push(reviews);
            in_time += u32::from(outcome == Outcome::Met && reviews <= plan.reviews);
            failed += u32::from(outcome == Outcome::Failed);
        }
        lengths.sort_unstable();
        let mean = lengths.iter().sum::<u64>() as f64 / f64::from(runs);
        let computed = outlook(0, 0, truth, bar, CONFIDENCE, most).reviews;
        let at = |share: f64| lengths[((lengths.len() - 1) as f64 * share) as usize];
        println!(
            "{truth:>9}{bar:>9}{:>9}{mean:>9.0}{computed:>9.0}{:>9}{:>9}{:>18}{:>18}",
            plan.reviews,
            at(0.5),
            at(POWER),
            share(in_time, runs),
            share(failed, runs)
        );
    }
}

/// After how many reviews it is decided, and how.
fn run(truth: f64, bar: f64, most: u64, random: &mut Random) -> (u64, Outcome) {
    let (mut good, mut bad) = (0, 0);
    while good + bad < most {
        *(if random.is(truth) { &mut good } else { &mut bad }) += 1;
        let outcome = decide(good, bad, bar, CONFIDENCE);
        if outcome != Outcome::Undecided {
            return (good + bad, outcome);
        }
    }
    (most, Outcome::Undecided)
}
