//! What a reviewer's answers on known examples, and their decisions made twice, say of them.

mod person;

pub use person::{Paused, Person};

use super::stats::agreement::{Given, Ratings, Scale, Weights, agreement};
use super::stats::drift::Cusum;
use super::stats::interval::{Share, wilson};
use super::stats::paired::mcnemar;
use crate::domain::decision::Verdict;
use crate::domain::time::UtcMillis;

/// Answers of which one share over time is made.
const AT_ONCE: usize = 20;

/// The sum at which there is an alarm for drift.
pub const ALARM_AT: f64 = 3.0;

/// An answer on an example that is right or wrong.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    pub at: UtcMillis,
    pub expected: Verdict,
    pub said: Verdict,
    /// Keys of the failure categories that are there; `None`: the example leaves them open.
    pub there: Option<Vec<String>>,
    /// Keys of those that the reviewer named.
    pub named: Vec<String>,
}

impl Answer {
    fn is_right(&self) -> bool {
        self.expected == self.said
    }
}

/// So many of so many, with Wilson's interval of 95 %; `share` is `None` of nothing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Part {
    pub part: u64,
    pub whole: u64,
    pub share: Option<Share>,
}

impl Part {
    pub fn of(part: u64, whole: u64) -> Self {
        Self { part, whole, share: wilson(part, whole) }
    }

    fn count<'a, T: 'a>(all: impl Iterator<Item = &'a T>, is_counted: impl Fn(&T) -> bool) -> Self {
        let (mut part, mut whole) = (0, 0);
        for each in all {
            whole += 1;
            part += u64::from(is_counted(each));
        }
        Self::of(part, whole)
    }
}

/// How a failure category is used, against what is known.
#[derive(Debug, Clone, PartialEq)]
pub struct CategoryUse {
    pub key: String,
    /// Of the examples that have it, those on which it was named.
    pub seen: Part,
    /// Of the examples that do not have it, those on which it was named.
    pub said: Part,
}

/// Answers that followed each other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stretch {
    pub from: UtcMillis,
    pub to: UtcMillis,
    pub right: Part,
}

/// Evidence for more errors than usual.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Drift {
    pub sum: f64,
    /// When the sum reached [`ALARM_AT`], if it has not come below since.
    pub alarm: Option<UtcMillis>,
}

/// How the same person decided the same item twice: first and again.
#[derive(Debug, Clone, PartialEq)]
pub struct Oneself {
    pub same: Part,
    /// Gwet's AC1 between the two, over what was accepted or rejected both times; `None` where undefined.
    pub ac1: Option<f64>,
    pub accept_to_reject: u64,
    pub reject_to_accept: u64,
    /// The exact p of McNemar for the two directions; `None` where nothing changed.
    pub p: Option<f64>,
}

/// All of it.
#[derive(Debug, Clone, PartialEq)]
pub struct ReviewerFigures {
    pub right: Part,
    pub categories: Vec<CategoryUse>,
    pub over_time: Vec<Stretch>,
    pub drift: Drift,
    pub oneself: Oneself,
}

impl ReviewerFigures {
    /// Of answers, oldest first, and of pairs of verdicts, first and again; `categories` are the keys of the
    /// spec, in its order, and `pass` is the share of answers, between 0 and 1, that should be right.
    pub fn of(answers: &[Answer], twice: &[(Verdict, Verdict)], categories: &[String], pass: f64) -> Self {
        Self {
            right: Part::count(answers.iter(), Answer::is_right),
            categories: categories.iter().map(|key| category_use(answers, key)).collect(),
            over_time: answers.chunks(AT_ONCE).filter_map(stretch).collect(),
            drift: drift(answers, pass),
            oneself: oneself(twice),
        }
    }
}

fn category_use(answers: &[Answer], key: &str) -> CategoryUse {
    let is_there = |answer: &&Answer| answer.there.as_ref().map(|there| there.iter().any(|other| other == key));
    let names = |answer: &Answer| answer.named.iter().any(|other| other == key);
    CategoryUse {
        key: key.into(),
        seen: Part::count(answers.iter().filter(|answer| is_there(answer) == Some(true)), names),
        said: Part::count(answers.iter().filter(|answer| is_there(answer) == Some(false)), names),
    }
}

fn stretch(answers: &[Answer]) -> Option<Stretch> {
    let (from, to) = (answers.first()?.at, answers.last()?.at);
    Some(Stretch { from, to, right: Part::count(answers.iter(), Answer::is_right) })
}

/// The rate of errors that is usual where the share `pass` should be right, half of what that leaves for
/// errors, and the one that is looked for, a quarter above it: 10 % and 25 % at 0.8.
fn rates(pass: f64) -> (f64, f64) {
    let errors = 1.0 - pass;
    let usual = errors / 2.0;
    // A quarter more than nearly all would be more than all.
    (usual, (errors * 1.25).min(f64::midpoint(usual, 1.0)))
}

fn drift(answers: &[Answer], pass: f64) -> Drift {
    let (usual, out) = rates(pass);
    let (mut cusum, mut alarm) = (Cusum::new(usual, out, ALARM_AT), None);
    for answer in answers {
        if answer.is_right() {
            cusum.hit();
        } else {
            cusum.error();
        }
        alarm = if cusum.is_alarmed() { alarm.or(Some(answer.at)) } else { None };
    }
    Drift { sum: cusum.sum(), alarm }
}

fn oneself(twice: &[(Verdict, Verdict)]) -> Oneself {
    let turned = |from, to| twice.iter().filter(|pair| **pair == (from, to)).count() as u64;
    let accept_to_reject = turned(Verdict::Accept, Verdict::Reject);
    let reject_to_accept = turned(Verdict::Reject, Verdict::Accept);
    let level = |verdict| [Verdict::Accept, Verdict::Reject].iter().position(|other| *other == verdict);
    let mut ratings = Ratings::new(2);
    for (before, after) in twice {
        if let (Some(before), Some(after)) = (level(*before), level(*after)) {
            ratings.add(&[Given { rater: 0, level: before as u32 }, Given { rater: 1, level: after as u32 }]);
        }
    }
    let ac1 = agreement(&ratings, &Scale::Nominal, Weights::Identity).coefficients.gwet.value;
    let p = (accept_to_reject + reject_to_accept > 0).then(|| mcnemar(accept_to_reject, reject_to_accept));
    let same = Part::count(twice.iter(), |(before, after)| before == after);
    Oneself { same, ac1, accept_to_reject, reject_to_accept, p }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(n: usize, is_right: bool) -> Answer {
        let said = if is_right { Verdict::Reject } else { Verdict::Accept };
        let named = if is_right { vec!["cold".into()] } else { Vec::new() };
        Answer { at: n as i64, expected: Verdict::Reject, said, there: Some(vec!["cold".into()]), named }
    }

    #[test]
    fn a_share_has_its_interval_and_each_stretch_its_own() {
        let answers: Vec<Answer> = (0..50).map(|n| answer(n, n >= 4)).collect();
        let figures = ReviewerFigures::of(&answers, &[], &["cold".into(), "wrong".into()], 0.8);
        let share = figures.right.share.unwrap();
        // 46 of 50.
        assert!((share.low - 0.811_617_530_8).abs() < 1e-9 && (share.high - 0.968_450_485_1).abs() < 1e-9);
        let stretches: Vec<(u64, u64)> =
            figures.over_time.iter().map(|stretch| (stretch.right.part, stretch.right.whole)).collect();
        assert_eq!(stretches, [(16, 20), (20, 20), (10, 10)]);
        let [cold, wrong] = &figures.categories[..] else { panic!("two") };
        assert_eq!((cold.seen.part, cold.seen.whole, cold.said.whole), (46, 50, 0));
        assert_eq!((wrong.seen.whole, wrong.said.part, wrong.said.whole), (0, 0, 50));
    }

    #[test]
    fn errors_that_become_more_raise_an_alarm_that_ends() {
        let of = |right: &[bool]| {
            let answers: Vec<Answer> = right.iter().enumerate().map(|(n, right)| answer(n, *right)).collect();
            drift(&answers, 0.8)
        };
        assert_eq!(of(&[]), Drift { sum: 0.0, alarm: None });
        // +.9162907319 for an error, -.1823215568 for a hit: the fourth error is past 3.
        let fourth = of(&[false, false, false, false]);
        assert_eq!(fourth.alarm, Some(3));
        assert!((fourth.sum - 4.0 * 0.916_290_731_9).abs() < 1e-9, "{}", fourth.sum);
        let ended = of(&[false, false, false, false, true, true, true, true]);
        assert_eq!(ended.alarm, None, "{}", ended.sum);
        assert_eq!(of(&[true; 40]).sum, 0.0, "a good past is not saved up");
    }

    #[test]
    fn what_is_usual_follows_from_the_share_that_should_be_right() {
        let near = |(usual, out): (f64, f64), expected: (f64, f64)| {
            assert!((usual - expected.0).abs() < 1e-12 && (out - expected.1).abs() < 1e-12, "{usual} {out}");
        };
        near(rates(0.8), (0.10, 0.25));
        near(rates(0.95), (0.025, 0.0625));
        let answers: Vec<Answer> = (0..60).map(|n| answer(n, n % 8 != 0)).collect();
        assert!(drift(&answers, 0.95).alarm.is_some(), "one error in eight is many where one in twenty may be");
        assert_eq!(drift(&answers, 0.8).alarm, None);
        for pass in [0.01, 0.1, 0.2, 0.5, 0.99] {
            let (usual, out) = rates(pass);
            assert!(0.0 < usual && usual < out && out < 1.0, "{pass}: {usual} {out}");
            assert!(drift(&answers, pass).sum.is_finite());
        }
    }

    #[test]
    fn deciding_twice_tells_noise_from_a_direction() {
        let pairs = |accept_to_reject, reject_to_accept, same| {
            let mut pairs = vec![(Verdict::Accept, Verdict::Reject); accept_to_reject];
            pairs.extend(vec![(Verdict::Reject, Verdict::Accept); reject_to_accept]);
            pairs.extend(vec![(Verdict::Accept, Verdict::Accept); same]);
            oneself(&pairs)
        };
        let noise = pairs(2, 2, 46);
        assert_eq!((noise.same.part, noise.same.whole, noise.p), (46, 50, Some(1.0)));
        let direction = pairs(12, 2, 36);
        assert!((direction.p.unwrap() - 0.012_939_453).abs() < 1e-8, "{direction:?}");
        let nothing = pairs(0, 0, 0);
        assert_eq!((nothing.same.share, nothing.p, nothing.ac1), (None, None, None));
    }
}
