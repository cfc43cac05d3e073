//! The lens on errors that were planted: it finds them, and leaves alone what is true.

use support::planted::{Error, Score, cases};

#[test]
fn planted_errors_are_found_and_faithful_sentences_left_alone() {
    let score = Score::of(&cases(1_400, 7), |case, flagged, what| {
        if std::env::var_os("KARAT_TELL").is_some() {
            eprintln!(
                "{} {:?}: {what}\n    {}\n    {}",
                if flagged { "FLAGGED" } else { "MISSED" },
                case.error,
                case.output,
                case.source
            );
        }
    });
    for (error, planted, found) in &score.planted {
        let share = *found as f64 / *planted as f64;
        let least = if matches!(error, Error::Number | Error::Date | Error::Name) { 0.95 } else { 0.9 };
        assert!(*planted >= 100 && share >= least, "{error:?}: {found} of {planted}");
    }
    let flagged = score.flagged as f64 / score.faithful as f64;
    assert!(flagged <= 0.02, "{} of {} faithful sentences are flagged", score.flagged, score.faithful);
}
