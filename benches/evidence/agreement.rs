//! How often the intervals of agreement hold the truth: people who each say what is right with the same
//! chance, of outputs of which a share is good, with and without judgements that are missing.

use crate::random::Random;
use karat::analysis::stats::agreement::{Coefficient, Given, Ratings, Scale, Weights, agreement};

/// How often somebody says what is right.
const RIGHT: f64 = 0.9;

/// The coefficients that are told apart, by their keys.
const KEYS: [&str; 7] = ["cohen", "scott", "conger", "fleiss", "krippendorff", "gwet", "brennan_prediger"];

pub(crate) fn tell(runs: u32, random: &mut Random) {
    println!("Coverage of agreement at 95 % in {runs} runs; in brackets the share of runs without an interval");
    let heads: String = KEYS.iter().map(|key| format!("{:>17}", &key[..key.len().min(12)])).collect();
    println!("  {:>4}{:>6}{:>7}{:>8}{heads}{:>12}{:>8}", "n", "good", "raters", "missing", "AC1's error", "spread");
    for n in [20, 50, 200] {
        for good in [0.5, 0.9, 0.98] {
            for raters in [2, 3] {
                for missing in [0.0, 0.3] {
                    let counted = cell(n, good, raters, missing, runs, random);
                    let cells: String = counted.iter().map(told).collect();
                    let (error, spread) = counted[GWET].error_and_spread();
                    println!("  {n:>4}{good:>6}{raters:>7}{missing:>8}{cells}{error:>12.3}{spread:>8.3}");
                }
            }
        }
    }
}

/// The place of Gwet's AC1 among them.
const GWET: usize = 5;

/// Of one coefficient in one cell.
#[derive(Default, Clone, Copy)]
struct Counted {
    with_interval: u32,
    held: u32,
    runs: u32,
    /// Sums over those with an interval: of values, of their squares, of standard errors.
    values: f64,
    squares: f64,
    errors: f64,
}

impl Counted {
    /// The mean standard error, and the deviation of the values from their mean, which it estimates.
    fn error_and_spread(&self) -> (f64, f64) {
        let mean = |sum: f64| sum / f64::from(self.with_interval);
        (mean(self.errors), (mean(self.squares) - mean(self.values).powi(2)).sqrt())
    }
}

fn told(Counted { with_interval, held, runs, .. }: &Counted) -> String {
    let share = |part: u32, whole: u32| if whole == 0 { f64::NAN } else { f64::from(part) / f64::from(whole) };
    let without = 100.0 * (1.0 - share(*with_interval, *runs));
    format!("{:>8.3} ({without:>4.1} %)", share(*held, *with_interval))
}

fn cell(n: u32, good: f64, raters: u32, missing: f64, runs: u32, random: &mut Random) -> [Counted; 7] {
    let mut counted = [Counted::default(); 7];
    let truth = truth(good);
    for _ in 0..runs {
        let mut ratings = Ratings::new(2);
        for _ in 0..n {
            let is_good = random.is(good);
            let mut given = Vec::new();
            for rater in 0..raters {
                let is_said = is_good == random.is(RIGHT);
                if !random.is(missing) {
                    given.push(Given { rater, level: u32::from(!is_said) });
                }
            }
            ratings.add(&given);
        }
        let found = agreement(&ratings, &Scale::Nominal, Weights::Identity);
        for ((key, Coefficient { value, se, interval, .. }), counted) in
            found.coefficients.each().into_iter().zip(&mut counted)
        {
            counted.runs += 1;
            let (Some(interval), Some(value), Some(se)) = (interval, value, se) else { continue };
            counted.with_interval += 1;
            counted.values += value;
            counted.squares += value * value;
            counted.errors += se;
            counted.held += u32::from((interval.low..=interval.high).contains(&truth_of(key, truth)));
        }
    }
    counted
}

/// The agreement of two people, and how often one says good.
fn truth(good: f64) -> (f64, f64) {
    (RIGHT * RIGHT + (1.0 - RIGHT) * (1.0 - RIGHT), good * RIGHT + (1.0 - good) * (1.0 - RIGHT))
}

fn truth_of(key: &str, (observed, share): (f64, f64)) -> f64 {
    let chance = match key {
        "gwet" => 2.0 * share * (1.0 - share),
        "brennan_prediger" => 0.5,
        _ => share * share + (1.0 - share) * (1.0 - share),
    };
    (observed - chance) / (1.0 - chance)
}
