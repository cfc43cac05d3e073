//! The same with places that have no verdict yet, because they are escalated, disputed or put off, or never get one,
//! because they were decided in bulk: the bar is recounted from the first place on after every decision.

use crate::random::Random;
use crate::share;
use karat::analysis::stats::sequential::{ConfidenceSequence, Counts};

const PLACES: usize = 120;
const BAR: f64 = 0.9;

/// With which chances a place of a kind is not settled at once, and never is; those in between wait for the
/// time of 40 places on average.
struct Waits {
    not_at_once: f64,
    never: f64,
}

struct Place {
    is_good: bool,
    /// After how many places it is settled.
    settled: usize,
}

pub(crate) fn tell(runs: u32, random: &mut Random) {
    println!("A bar of {BAR} recounted after each of {PLACES} decisions, with open places; {runs} runs");
    println!("  {:<44}{:>18}{:>18}", "", "met", "failed");
    let often = || Waits { not_at_once: 0.5, never: 0.1 };
    let seldom = || Waits { not_at_once: 0.1, never: 0.02 };
    for (name, good, bad) in [
        ("all of them alike", seldom(), seldom()),
        ("bad ones are open five times as often", seldom(), often()),
        ("good ones are open five times as often", often(), seldom()),
    ] {
        let (mut met, mut failed) = (0, 0);
        for _ in 0..runs {
            let places: Vec<Place> = (0..PLACES).map(|at| place(at, &good, &bad, random)).collect();
            let (mut is_met, mut is_failed) = (false, false);
            for time in 1..=PLACES {
                let range = recounted(&places[..time], time);
                is_met |= range.low >= BAR;
                is_failed |= range.high < BAR;
            }
            met += u32::from(is_met);
            failed += u32::from(is_failed);
        }
        println!("  {name:<44}{:>18}{:>18}", share(met, runs), share(failed, runs));
    }
}

fn place(at: usize, good: &Waits, bad: &Waits, random: &mut Random) -> Place {
    let is_good = random.is(BAR);
    let waits = if is_good { good } else { bad };
    let settled = match random.unit() {
        unit if unit < waits.never => usize::MAX,
        unit if unit < waits.not_at_once => at + (-40.0 * (1.0 - random.unit()).ln()) as usize,
        _ => at,
    };
    Place { is_good, settled }
}

fn recounted(places: &[Place], time: usize) -> karat::analysis::stats::interval::Interval {
    let mut sequence = ConfidenceSequence::new(0.95);
    let mut at = Counts::default();
    for place in places {
        *match place {
            Place { settled, .. } if *settled > time => &mut at.open,
            Place { is_good: true, .. } => &mut at.good,
            _ => &mut at.bad,
        } += 1;
        sequence.look(at);
    }
    sequence.interval()
}
