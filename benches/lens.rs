//! The lens as a detector, beside plain measures of the same texts; on planted errors; and
//! its speed. See `--help`.

#[path = "lens/faithbench.rs"]
mod faithbench;
#[path = "lens/novelty.rs"]
mod novelty;
#[path = "lens/roc.rs"]
mod roc;

use clap::Parser;
use color_eyre::eyre::Result;
use karat::analysis::lens;
use roc::auroc;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use support::planted::{Score, cases};

#[derive(Parser)]
struct Options {
    /// The folder with FaithBench's batch_N.json
    #[arg(long, value_name = "DIR")]
    faithbench: Option<PathBuf>,
    /// Planted errors
    #[arg(long, default_value_t = 1_400)]
    planted: usize,
    /// Given by cargo
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> Result<()> {
    let options = Options::parse();
    if let Some(folder) = &options.faithbench {
        detect(&faithbench::read(folder)?);
    }
    find_planted(options.planted);
    time();
    Ok(())
}

/// The area under the ROC curve over sentences; one is positive when it overlaps a span
/// that people marked.
fn detect(samples: &[faithbench::Sample]) {
    let mut labels = Vec::new();
    let mut scores: [Vec<f64>; 3] = Default::default();
    for sample in samples {
        let source = novelty::Source::new(&sample.source);
        for sentence in lens::read(&sample.output, &[&sample.source]).sentences {
            let text = &sample.output[sentence.range.clone()];
            labels.push(sample.is_marked(&sentence.range));
            scores[0].push(source.novelty(text, 1));
            scores[1].push(source.novelty(text, 3));
            scores[2].push(1.0 - f64::from(sentence.support));
        }
    }
    let positive = labels.iter().filter(|label| **label).count();
    println!("FaithBench: {} summaries, {} sentences, {positive} of them marked; AUROC", samples.len(), labels.len());
    for (name, scores) in ["word novelty", "trigram novelty", "lens"].into_iter().zip(&scores) {
        println!("  {name:<16} {:.3}", auroc(&labels, scores));
    }
}

fn find_planted(count: usize) {
    let score = Score::of(&cases(count, 7), |_, _, _| {});
    println!("planted errors found");
    for (error, planted, found) in &score.planted {
        let share = 100.0 * *found as f64 / *planted as f64;
        println!("  {:<16} {found} of {planted} ({share:.1} %)", format!("{error:?}"));
    }
    let share = 100.0 * score.flagged as f64 / score.faithful as f64;
    println!("  faithful sentences flagged: {} of {} ({share:.1} %)", score.flagged, score.faithful);
}

fn time() {
    println!("time to read one item, median of 21");
    let rows = |count: usize, row: fn(usize) -> String| (0..count).map(row).collect::<String>();
    let japanese = |day: usize| format!("返品は{day}日以内に受け付けます。店は9時に開きます。");
    let names = |at: usize| format!("Ann Smith{at} met Bob Jones{at} of AB-{at}. ");
    let json = |at: usize| format!(r#"{{"id":{at},"name":"n{at}"}},"#);
    let cases = [
        ("3 KB", text(1_000, 1), text(2_000, 2)),
        ("200 KB context", text(3_000, 1), text(200_000, 2)),
        ("200 KB Japanese", rows(30, japanese), rows(2_600, japanese)),
        ("200 KB of names", rows(60, names), rows(4_600, names)),
        ("1.6 MB JSON, one line", text(1_000, 1), rows(60_000, json)),
    ];
    for (name, output, context) in cases {
        let mut took: Vec<Duration> = (0..21).map(|_| timed(&output, &context)).collect();
        took.sort();
        println!("  {name:<22} {:.2} ms", took[10].as_secs_f64() * 1e3);
    }
}

fn timed(output: &str, context: &str) -> Duration {
    let start = Instant::now();
    std::hint::black_box(lens::read(output, &[context]));
    start.elapsed()
}

/// Prose of so many bytes, much of it shared between seeds.
fn text(bytes: usize, seed: u64) -> String {
    let mut text = String::new();
    for case in cases(bytes / 500 + 2, seed) {
        text.push_str(&case.source);
        text.push('\n');
    }
    text.truncate(text.floor_char_boundary(bytes));
    text
}
