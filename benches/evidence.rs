//! Whether what is promised of bars and of agreement holds: coverage of intervals, false passes however often one
//! looks, and what a sequence costs beside a fixed number. See `--help`.

#[path = "evidence/against.rs"]
mod against;
#[path = "evidence/agreement.rs"]
mod agreement;
#[path = "evidence/coverage.rs"]
mod coverage;
#[path = "evidence/open.rs"]
mod open;
#[path = "evidence/power.rs"]
mod power;
#[path = "evidence/random.rs"]
mod random;
#[path = "evidence/stream.rs"]
mod stream;

use clap::{Parser, ValueEnum};
use random::Random;
use std::time::Instant;

/// Simulates what is decided by evidence, and prints how often it is wrong.
#[derive(Parser)]
#[command(name = "evidence")]
struct Options {
    /// Runs of each simulation
    #[arg(long, default_value_t = 20_000)]
    runs: u32,
    /// Chooses the simulated verdicts
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Only these
    #[arg(long, value_delimiter = ',')]
    only: Vec<Subject>,
    /// Given by cargo
    #[arg(long, hide = true)]
    bench: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Subject {
    /// How often intervals of one share hold the truth, by the sum over all counts
    Coverage,
    /// False passes of a sequential bar, looked at after every decision
    Stream,
    /// The same with places that stay open, some for ever
    Open,
    /// False passes against a baseline
    Against,
    /// What it takes, beside a fixed number of reviews
    Power,
    /// How often intervals of agreement hold the truth
    Agreement,
}

/// Simulates so many runs, and prints what came of them.
type Tell = fn(u32, &mut Random);

fn main() {
    let options = Options::parse();
    let subjects: [(Subject, Tell); 6] = [
        (Subject::Coverage, |_, _| coverage::tell()),
        (Subject::Stream, stream::tell),
        (Subject::Open, open::tell),
        (Subject::Against, against::tell),
        (Subject::Power, power::tell),
        (Subject::Agreement, agreement::tell),
    ];
    for (subject, tell) in subjects {
        if options.only.is_empty() || options.only.contains(&subject) {
            let began = Instant::now();
            tell(options.runs, &mut Random::new(options.seed));
            println!("  {:.0} s\n", began.elapsed().as_secs_f64());
        }
    }
}

/// A share of runs in percent, with its standard error.
fn share(count: u32, runs: u32) -> String {
    let share = f64::from(count) / f64::from(runs);
    let error = (share * (1.0 - share) / f64::from(runs)).sqrt();
    format!("{:5.2} % ± {:.2}", 100.0 * share, 100.0 * error)
}

/// The value that half of the runs do not pass; those without one came to no end.
fn median(mut values: Vec<u64>, runs: u32) -> String {
    values.sort_unstable();
    values.get(runs as usize / 2).map_or("none".into(), u64::to_string)
}
