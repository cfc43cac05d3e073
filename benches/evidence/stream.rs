//! A sequential bar, looked at after every decision, while the truth is the bar itself.

use crate::random::Random;
use crate::share;
use karat::analysis::stats::sequential::{ConfidenceSequence, Counts};

const PLACES: u64 = 5000;

pub(crate) fn tell(runs: u32, random: &mut Random) {
    println!("A bar looked at after each of {PLACES} decisions, where the truth is the bar; {runs} runs");
    println!("  {:>6}{:>18}{:>18}", "bar", "met", "failed");
    for bar in [0.8, 0.9, 0.95, 0.99] {
        let (mut met, mut failed) = (0, 0);
        for _ in 0..runs {
            let mut sequence = ConfidenceSequence::new(0.95);
            let mut at = Counts::default();
            for _ in 0..PLACES {
                *(if random.is(bar) { &mut at.good } else { &mut at.bad }) += 1;
                sequence.look(at);
            }
            // Once ruled out at some length, a rate stays so: the end tells of every look.
            let range = sequence.interval();
            met += u32::from(range.low >= bar);
            failed += u32::from(range.high < bar);
        }
        println!("  {bar:>6}{:>18}{:>18}", share(met, runs), share(failed, runs));
    }
}
