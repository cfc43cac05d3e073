//! How many more reviews decide a bar, looked at from what is read so far.

use super::{Compared, Recount, Said, Whole};
use crate::analysis::stats::power::{fixed_power, least_that, outlook, pairs_until_decided, reviews_until_decided};
use crate::analysis::stats::sequential::{Outcome, PairCounts, decide};
use crate::domain::bar::{self, Bar, Method, Target};

/// What it takes yet, if the truth is such.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Course {
    /// The share that is good; against a baseline the difference.
    pub truth: f64,
    /// Reviews until it is decided, on average; against a baseline pairs, half of the time. `None`: no number decides
    /// it.
    pub more: Option<u64>,
    /// With which chance the bar is met by the reviews that it allows and the places that there are, within the next
    /// 5,000; `None` against a baseline.
    pub power: Option<f64>,
}

/// What it takes yet at the rate so far, and if the truth is a little better or worse: by one standard error
/// of that rate. Before ten reviews the rate is taken for half way between the bar and 1, a little better for
/// three quarters, and a little worse for one quarter of the way.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outlook {
    pub expected: Course,
    pub better: Course,
    pub worse: Course,
}

/// From fewer reviews no rate is to be told.
const FEW: f64 = 10.0;

/// So many reviews further it is reckoned with which chance a bar is met.
const FOLLOWED: u64 = 5000;

impl Outlook {
    /// Of a bar that its numbers leave undecided and that reviews can decide; `expect` in the place of the rate so far.
    pub fn of(bar: &Bar, recount: &Recount, expect: Option<f64>) -> Option<Self> {
        if !bar.is_judged {
            return None;
        }
        let open = recount.open;
        match (&bar.target, recount.compared) {
            (Target::AtLeast(share), _) => {
                let so_far = SoFar { good: recount.good, bad: recount.read - recount.good, open };
                let truths = expect.map_or_else(|| so_far.truths(*share), |expect| [expect; 3]);
                let course = |truth| so_far.course(bar, *share, truth, recount.places_left(bar));
                let course = |truth| course(truth).until_certain(recount.whole, *share);
                Some(Self::from(truths.map(course)))
            }
            (Target::Against { margin, .. }, Some(compared)) => {
                let pairs = Pairs { compared, open };
                let shifts = pairs.shifts()?;
                Some(Self::from(shifts.map(|shift| pairs.course(bar, *margin, shift))))
            }
            (Target::Against { .. }, None) => None,
        }
    }

    fn from([expected, better, worse]: [Course; 3]) -> Self {
        Self { expected, better, worse }
    }
}

impl Course {
    /// Of a queue as a whole: no more than until nothing is left to chance. What the chance is that it is met then
    /// follows from what is unread, and not from a stream without end.
    fn until_certain(self, whole: Option<Whole>, share: f64) -> Self {
        let Some(whole) = whole else { return self };
        let certain = whole.certain_after(share, self.truth);
        Self { more: Some(self.more.map_or(certain, |more| more.min(certain))), power: None, ..self }
    }
}

impl Recount {
    /// Reviews until the bar is decided, expected at the rate so far; 0 where it is, or where reviews can do
    /// nothing for it. `None`: no number decides it.
    pub fn more(&self, bar: &Bar) -> Option<u64> {
        match self.outcome {
            bar::Outcome::Undecided => Outlook::of(bar, self, None).map_or(Some(0), |outlook| outlook.expected.more),
            _ => Some(0),
        }
    }

    /// Whether every place is read, though the bar allows more reviews: later batches must come, or sampling must
    /// take more.
    pub fn has_no_place_left(&self, bar: &Bar) -> bool {
        let are_allowed = bar.reviews.is_none_or(|most| self.read < u64::from(most));
        self.read > 0 && are_allowed && self.uncovered == 0 && self.stream.len() as u64 == self.read
    }

    /// Places that are still to be read.
    pub fn open_places(&self) -> u64 {
        self.stream.iter().filter(|unit| unit.said == Said::Open).count() as u64
    }

    /// How many more reviews the bar allows; else for how many there are places, in later batches at the
    /// same chance.
    fn places_left(&self, bar: &Bar) -> u64 {
        if let Some(reviews) = bar.reviews {
            return u64::from(reviews).saturating_sub(self.read);
        }
        let chance = self.stream.len() as f64 / self.eligible.max(1) as f64;
        (self.open_places() as f64 + self.uncovered as f64 * chance) as u64
    }
}

struct SoFar {
    good: u64,
    bad: u64,
    open: u64,
}

impl SoFar {
    fn truths(&self, bar: f64) -> [f64; 3] {
        let n = (self.good + self.bad) as f64;
        if n < FEW {
            return [0.5, 0.75, 0.25].map(|way| bar + way * (1.0 - bar));
        }
        let (rate, smooth) = (self.good as f64 / n, (self.good as f64 + 1.0) / (n + 2.0));
        let error = (smooth * (1.0 - smooth) / n).sqrt();
        [rate, (rate + error).min(1.0), (rate - error).max(0.0)]
    }

    fn course(&self, bar: &Bar, share: f64, truth: f64, left: u64) -> Course {
        let (power, more) = match bar.method {
            Method::Fixed => {
                let reviews = u64::from(bar.reviews.unwrap_or_default());
                let power = fixed_power(self.good, self.bad, reviews, truth, share, bar.confidence);
                (power, Some(reviews.saturating_sub(self.good + self.bad)))
            }
            Method::Sequential => {
                let most = left.min(FOLLOWED);
                let power = outlook(self.good, self.bad, truth, share, bar.confidence, most).met;
                (power, self.until_decided(share, bar.confidence, truth))
            }
        };
        Course { truth, more, power: Some(power) }
    }

    /// A place that stays open speaks against either outcome: the first of the reviews to come settle those.
    fn until_decided(&self, share: f64, confidence: f64, truth: f64) -> Option<u64> {
        let &Self { good, bad, open } = self;
        let more = reviews_until_decided(good, bad, truth, share, confidence)?.ceil() as u64;
        let is_decided = |more: u64| {
            let (more_good, left) = ((truth * more as f64).round() as u64, open.saturating_sub(more));
            let (good, bad) = (good + more_good, bad + more - more_good);
            decide(good, bad + left, share, confidence) == Outcome::Met
                || decide(good + left, bad, share, confidence) == Outcome::Failed
        };
        if open == 0 { Some(more) } else { Some(more.max(least_that(is_decided)?)) }
    }
}

struct Pairs {
    compared: Compared,
    open: u64,
}

impl Pairs {
    fn pairs(&self) -> f64 {
        let Compared { better, same, worse } = self.compared;
        (better + same + worse) as f64
    }

    fn difference(&self) -> f64 {
        (self.compared.better as f64 - self.compared.worse as f64) / self.pairs()
    }

    /// By how much the difference is moved; `None` before the first pair.
    fn shifts(&self) -> Option<[f64; 3]> {
        let n = self.pairs();
        let differing = (self.compared.better + self.compared.worse) as f64 + 1.0;
        let error = (differing / n - self.difference().powi(2)).max(0.0).sqrt() / n.sqrt();
        (n > 0.0).then_some([0.0, error, -error])
    }

    fn course(&self, bar: &Bar, margin: f64, shift: f64) -> Course {
        let n = self.pairs();
        let better = (self.compared.better as f64 / n + shift / 2.0).clamp(0.0, 1.0);
        let worse = (self.compared.worse as f64 / n - shift / 2.0).clamp(0.0, 1.0 - better);
        let more = match bar.method {
            Method::Fixed => Some(u64::from(bar.reviews.unwrap_or_default()).saturating_sub(n as u64)),
            Method::Sequential => {
                let Compared { better: won, same, worse: lost } = self.compared;
                let at = PairCounts { better: won, same, worse: lost, open: self.open };
                pairs_until_decided(at, [better, worse], margin, bar.confidence)
            }
        };
        Course { truth: better - worse, more, power: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::stats::interval::Interval;

    fn bar(target: Target, method: Method, reviews: Option<u32>) -> Bar {
        Bar {
            key: "b".into(),
            name: None,
            of: "verdict:accept".into(),
            is_judged: true,
            among: String::new(),
            target,
            confidence: 0.95,
            method,
            population: bar::Population::Model,
            reviews,
            needs: Vec::new(),
            owner: None,
        }
    }

    fn recount(good: u64, bad: u64, open: u64) -> Recount {
        Recount {
            outcome: bar::Outcome::Undecided,
            rate: None,
            range: Interval { low: 0.0, high: 1.0 },
            read: good + bad,
            good,
            open,
            eligible: 10_000,
            ..Recount::of(Vec::new())
        }
    }

    fn more(bar: &Bar, recount: &Recount) -> [Option<u64>; 3] {
        let Outlook { expected, better, worse } = Outlook::of(bar, recount, None).unwrap();
        [expected, better, worse].map(|course| course.more)
    }

    #[test]
    fn a_better_rate_takes_fewer_reviews_and_a_worse_one_more() {
        let bar = bar(Target::AtLeast(0.9), Method::Sequential, None);
        let [expected, better, worse] = more(&bar, &recount(57, 3, 0));
        assert!(better < expected && expected < worse, "{expected:?} {better:?} {worse:?}");
        // As the calculator says of the same counts.
        assert_eq!(expected, Some(166));
        let before = Outlook::of(&bar, &recount(0, 0, 0), None).unwrap();
        assert!((before.expected.truth - 0.95).abs() < 1e-12 && before.expected.more == Some(209), "{before:?}");
    }

    /// What the counts would decide is not decided while open places before them speak against it.
    #[test]
    fn open_places_are_settled_first() {
        let bar = bar(Target::AtLeast(0.9), Method::Sequential, None);
        let [expected, ..] = more(&bar, &recount(98, 2, 9));
        assert!((4..=9).contains(&expected.unwrap()), "{expected:?}");
    }

    #[test]
    fn a_fixed_number_is_what_is_left_of_it() {
        let bar = bar(Target::AtLeast(0.9), Method::Fixed, Some(239));
        assert_eq!(more(&bar, &recount(57, 3, 0)), [Some(179); 3]);
        let power = Outlook::of(&bar, &recount(0, 0, 0), Some(0.95)).unwrap().expected.power.unwrap();
        assert!((0.9..0.91).contains(&power), "{power}");
    }

    #[test]
    fn pairs_are_followed_at_their_shares() {
        let against = bar(Target::Against { baseline: "model:a".into(), margin: 0.02 }, Method::Sequential, None);
        assert_eq!(Outlook::of(&against, &recount(0, 0, 0), None), None);
        let compared = Some(Compared { better: 10, same: 180, worse: 10 });
        let [expected, better, worse] = more(&against, &Recount { compared, ..recount(0, 0, 0) });
        // Equal versions of which a tenth of the pairs differ: half of the courses take some 1,660 pairs in all.
        assert!((1300..1800).contains(&expected.unwrap()), "{expected:?}");
        assert!(better < expected && worse != expected, "{better:?} {worse:?}");
    }

    #[test]
    fn what_is_decided_takes_no_more() {
        let terms = bar(Target::AtLeast(0.9), Method::Sequential, None);
        assert_eq!(Recount { outcome: bar::Outcome::Met, ..recount(98, 2, 0) }.more(&terms), Some(0));
        assert_eq!(recount(90, 10, 0).more(&terms), None, "the rate so far is the bar");
    }
}
