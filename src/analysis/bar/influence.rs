//! Which verdicts a bar hangs on: those that, if they were otherwise, would change its outcome.

use super::{Against, AtLeast, Pair, Recount, Said, Unit, Whole, decided};
use crate::analysis::stats::interval::Interval;
use crate::analysis::stats::paired::{tango_lower, tango_upper};
use crate::analysis::stats::proportion::{lower_bound, upper_bound};
use crate::analysis::stats::sequential::{Counts, PairCounts, ln_e_failed, ln_e_met, ln_e_no_worse, ln_e_worse};
use crate::domain::bar::{Bar, Method, Outcome, Target};
use crate::domain::item::Seq;
use std::collections::HashSet;

/// What a bar hangs on.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Influence {
    /// Items whose verdicts, each by itself, would change the outcome if they were otherwise.
    pub decisive: Vec<Seq>,
    /// As many of the other verdict, drawn, where there are so many: in an order that has nothing to do with what was
    /// said. Who looks only at those that would help looks at half of the truth. Against a baseline the other verdict
    /// is one that speaks for the other side.
    pub drawn: Vec<Seq>,
}

/// What the bar hangs on, by its numbers alone; `None` of one without judgement, and of two samples that share no case.
pub fn influence(bar: &Bar, recount: &Recount) -> Option<Influence> {
    let Bar { confidence, method, population, reviews, is_judged: true, .. } = *bar else { return None };
    let (decisive, outputs) = match bar.target {
        Target::AtLeast(share) => {
            let terms = AtLeast { share, confidence, method, population, reviews };
            let outputs = [&recount.stream[..], &recount.beyond].concat();
            (decisive(terms, recount), outputs)
        }
        Target::Against { .. } if recount.compared.is_none() => return None,
        Target::Against { margin, .. } => {
            let terms = Against { margin, confidence, method, population, reviews };
            (decisive_of_pairs(terms, recount), recount.pairs.iter().flat_map(speaking).collect())
        }
    };
    let drawn = counterweight(&decisive, &outputs);
    Some(Influence { decisive, drawn })
}

fn decisive(terms: AtLeast, recount: &Recount) -> Vec<Seq> {
    let stream = &recount.stream;
    let Otherwise { outcome, each } = match terms.method {
        Method::Sequential => by_evidence(terms, stream),
        Method::Fixed => by_bounds(terms, stream),
    };
    // Whatever the stream shows: what is certain stands before it.
    let of_whole = |added: i64, shown: Outcome| match recount.whole.map(|whole| whole.with(added).outcome(terms.share))
    {
        None | Some(Outcome::Undecided) => shown,
        Some(certain) => certain,
    };
    let outcome_now = of_whole(0, outcome);
    let is_decisive = |(unit, shown): &(&Unit, Outcome)| match unit.said {
        Said::Good => of_whole(-1, *shown) != outcome_now,
        Said::Bad => of_whole(1, *shown) != outcome_now,
        Said::Open => false,
    };
    let beyond = recount.beyond.iter().map(|unit| (unit, outcome));
    stream.iter().zip(each).chain(beyond).filter(is_decisive).map(|(unit, _)| unit.seq).collect()
}

fn counterweight(decisive: &[Seq], outputs: &[Unit]) -> Vec<Seq> {
    let chosen: HashSet<Seq> = decisive.iter().copied().collect();
    let is_decisive = |unit: &&Unit| chosen.contains(&unit.seq);
    let good = outputs.iter().filter(is_decisive).filter(|unit| unit.said == Said::Good).count();
    let other = if 2 * good >= decisive.len() { Said::Bad } else { Said::Good };
    let mut others: Vec<&Unit> = outputs.iter().filter(|unit| unit.said == other && !is_decisive(unit)).collect();
    // The lower half of the draw is independent of the upper one, by which the stream is sorted.
    others.sort_unstable_by_key(|unit| unit.place as u64);
    others.into_iter().take(decisive.len()).map(|unit| unit.seq).collect()
}

/// The outputs of a pair, each as good where it speaks for the new version: the old one where it is bad.
fn speaking(pair: &Pair) -> [Unit; 2] {
    let turned = match pair.old.said {
        Said::Good => Said::Bad,
        Said::Bad => Said::Good,
        Said::Open => Said::Open,
    };
    [pair.new, Unit { said: turned, ..pair.old }]
}

/// What the bar would come to: as it is, and with the verdict at each place otherwise.
struct Otherwise {
    outcome: Outcome,
    each: Vec<Outcome>,
}

/// Whether some length of the stream shows that the bar is met, and whether one shows that it has failed.
#[derive(Clone, Copy, Default, PartialEq)]
struct Shown {
    met: bool,
    failed: bool,
}

impl Shown {
    fn or(self, other: Shown) -> Shown {
        Shown { met: self.met || other.met, failed: self.failed || other.failed }
    }

    fn outcome(self) -> Outcome {
        match (self.met, self.failed) {
            (true, false) => Outcome::Met,
            (false, true) => Outcome::Failed,
            _ => Outcome::Undecided,
        }
    }
}

/// The counts at each length of a stream, with what they show.
struct Lengths<C, S: Fn(C) -> Shown> {
    counts: Vec<C>,
    shown: S,
}

impl<C: Copy, S: Fn(C) -> Shown> Lengths<C, S> {
    /// What the lengths before each place show, and at the end what all of them do.
    fn before(&self) -> Vec<Shown> {
        let mut before = vec![Shown::default()];
        for at in &self.counts {
            let so_far = before.last().copied().unwrap_or_default();
            before.push(so_far.or((self.shown)(*at)));
        }
        before
    }

    /// What the lengths from each place on show with a change of their counts; nothing where it cannot be made.
    fn from(&self, change: impl Fn(C) -> Option<C>) -> Vec<Shown> {
        let shown = |at: &C| change(*at).map(&self.shown).unwrap_or_default();
        let mut from: Vec<Shown> = self.counts.iter().map(shown).collect();
        for at in (0..from.len().saturating_sub(1)).rev() {
            from[at] = from[at].or(from[at + 1]);
        }
        from
    }
}

/// What stands before a verdict shows the same without it; what stands after it has one more or fewer.
fn by_evidence(terms: AtLeast, stream: &[Unit]) -> Otherwise {
    let ln_threshold = -(1.0 - terms.confidence).ln();
    let counts = stream.iter().scan(Counts::default(), |at, unit| {
        super::add(at, unit.said);
        Some(*at)
    });
    let shown = |Counts { good, bad, open }: Counts| Shown {
        met: ln_e_met(good, bad + open, terms.share) >= ln_threshold,
        failed: ln_e_failed(good + open, bad, terms.share) >= ln_threshold,
    };
    let lengths = Lengths { counts: counts.collect(), shown };
    let before = lengths.before();
    let one_fewer = lengths.from(|at| Some(Counts { good: at.good.checked_sub(1)?, bad: at.bad + 1, ..at }));
    let one_more = lengths.from(|at| Some(Counts { good: at.good + 1, bad: at.bad.checked_sub(1)?, ..at }));
    let outcome = before.last().copied().unwrap_or_default().outcome();
    let otherwise = |(place, unit): (usize, &Unit)| match unit.said {
        Said::Good => before[place].or(one_fewer[place]).outcome(),
        Said::Bad => before[place].or(one_more[place]).outcome(),
        Said::Open => outcome,
    };
    Otherwise { outcome, each: stream.iter().enumerate().map(otherwise).collect() }
}

fn by_bounds(terms: AtLeast, stream: &[Unit]) -> Otherwise {
    let good = stream.iter().filter(|unit| unit.said == Said::Good).count() as f64;
    let n = stream.len() as f64;
    // Where chances differ, one verdict weighs more than another.
    let is_plain = stream.iter().all(|unit| unit.said != Said::Open && unit.chance == stream[0].chance);
    let is_done = is_plain && terms.reviews == u32::try_from(stream.len()).ok();
    let outcome = |good: f64| {
        if !is_done {
            return Outcome::Undecided;
        }
        let (low, high) = (lower_bound(good, n, terms.confidence), upper_bound(good, n, terms.confidence));
        decided(Interval { low, high }, terms.share)
    };
    let (now, fewer, more) = (outcome(good), outcome((good - 1.0).max(0.0)), outcome((good + 1.0).min(n)));
    let otherwise = |unit: &Unit| match unit.said {
        Said::Good => fewer,
        Said::Bad => more,
        Said::Open => now,
    };
    Otherwise { outcome: now, each: stream.iter().map(otherwise).collect() }
}

/// What a pair comes to with one of its verdicts otherwise.
#[derive(Clone, Copy, PartialEq)]
enum Turn {
    /// It was better, or worse, and both are alike then.
    FromBetter,
    FromWorse,
    /// Both were alike, and the new one is better, or worse, then.
    ToBetter,
    ToWorse,
}

impl Turn {
    const ALL: [Turn; 4] = [Turn::FromBetter, Turn::FromWorse, Turn::ToBetter, Turn::ToWorse];

    /// By another verdict on the new output, and by another on the old one; `None` of a pair that is open.
    fn of(pair: &Pair) -> Option<[Turn; 2]> {
        match (pair.new.said, pair.old.said) {
            (Said::Good, Said::Bad) => Some([Turn::FromBetter; 2]),
            (Said::Bad, Said::Good) => Some([Turn::FromWorse; 2]),
            (Said::Good, Said::Good) => Some([Turn::ToWorse, Turn::ToBetter]),
            (Said::Bad, Said::Bad) => Some([Turn::ToBetter, Turn::ToWorse]),
            _ => None,
        }
    }

    /// What it adds to the sum of the differences.
    fn adds(self) -> i64 {
        match self {
            Turn::FromBetter | Turn::ToWorse => -1,
            Turn::FromWorse | Turn::ToBetter => 1,
        }
    }

    /// The counts of a stream that has the pair.
    fn turned(self, at: PairCounts) -> Option<PairCounts> {
        let PairCounts { better, same, worse, .. } = at;
        Some(match self {
            Turn::FromBetter => PairCounts { better: better.checked_sub(1)?, same: same + 1, ..at },
            Turn::FromWorse => PairCounts { worse: worse.checked_sub(1)?, same: same + 1, ..at },
            Turn::ToBetter => PairCounts { same: same.checked_sub(1)?, better: better + 1, ..at },
            Turn::ToWorse => PairCounts { same: same.checked_sub(1)?, worse: worse + 1, ..at },
        })
    }
}

fn decisive_of_pairs(terms: Against, recount: &Recount) -> Vec<Seq> {
    let counts: Vec<PairCounts> = recount.pairs.iter().scan(PairCounts::default(), super::against::look).collect();
    let turns = match terms.method {
        Method::Sequential => turned_by_betting(terms, counts),
        Method::Fixed => turned_once(terms, &counts),
    };
    let of_whole =
        |added: i64, shown: Outcome| match recount.whole.map(|whole: Whole| terms.certain(whole.with(added).range())) {
            None | Some(Outcome::Undecided) => shown,
            Some(certain) => certain,
        };
    let now = of_whole(0, turns.outcome);
    let mut decisive = Vec::new();
    for (place, pair) in recount.pairs.iter().enumerate() {
        let Some(of_pair) = Turn::of(pair) else { continue };
        for (turn, seq) in of_pair.into_iter().zip([pair.new.seq, pair.old.seq]) {
            if of_whole(turn.adds(), turns.otherwise(turn, place)) != now {
                decisive.push(seq);
            }
        }
    }
    decisive
}

/// What a stream of pairs comes to, and what it would with each turn of the pair at a place.
struct Turns {
    outcome: Outcome,
    /// In the order of [`Turn::ALL`].
    each: [Vec<Outcome>; 4],
}

impl Turns {
    fn otherwise(&self, turn: Turn, place: usize) -> Outcome {
        self.each[turn as usize][place]
    }
}

fn turned_by_betting(terms: Against, counts: Vec<PairCounts>) -> Turns {
    let ln_threshold = -(1.0 - terms.confidence).ln();
    let shown = |at: PairCounts| {
        // For better alone the pairs that are alike say nothing.
        let (met, failed) = match terms.margin == 0.0 {
            true => (ln_e_met(at.better, at.worse + at.open, 0.5), ln_e_failed(at.better + at.open, at.worse, 0.5)),
            false => (ln_e_no_worse(at, terms.margin), ln_e_worse(at, terms.margin)),
        };
        Shown { met: met >= ln_threshold, failed: failed >= ln_threshold }
    };
    let lengths = Lengths { counts, shown };
    let before = lengths.before();
    let outcome = before.last().copied().unwrap_or_default().outcome();
    let each = Turn::ALL.map(|turn| {
        let from = lengths.from(|at| turn.turned(at));
        before.iter().zip(from).map(|(before, from)| before.or(from).outcome()).collect()
    });
    Turns { outcome, each }
}

fn turned_once(terms: Against, counts: &[PairCounts]) -> Turns {
    let last = counts.last().copied().unwrap_or_default();
    let is_done = last.open == 0 && terms.reviews == u32::try_from(counts.len()).ok();
    let outcome = |PairCounts { better, same, worse, .. }: PairCounts| {
        if !is_done {
            return Outcome::Undecided;
        }
        let n = better + same + worse;
        let low = tango_lower(better, worse, n, terms.confidence);
        let high = tango_upper(better, worse, n, terms.confidence);
        terms.decided(Interval { low, high })
    };
    let now = outcome(last);
    let each = Turn::ALL.map(|turn| vec![turn.turned(last).map_or(now, &outcome); counts.len()]);
    Turns { outcome: now, each }
}

#[cfg(test)]
mod tests {
    use super::super::{against, at_least};
    use super::*;
    use crate::domain::bar::Population;

    fn stream(said: &[Said]) -> Vec<Unit> {
        let unit = |(n, said): (usize, &Said)| Unit {
            seq: n as i64,
            batch: 1,
            place: n as u128,
            is_taken: true,
            is_aside: false,
            drawn: 0.0,
            chance: 1.0,
            rule: 0,
            said: *said,
        };
        said.iter().enumerate().map(unit).collect()
    }

    const TERMS: AtLeast = AtLeast {
        share: 0.9,
        confidence: 0.95,
        method: Method::Sequential,
        population: Population::Model,
        reviews: None,
    };

    fn decisive(terms: AtLeast, stream: &[Unit]) -> Vec<Seq> {
        super::decisive(terms, &at_least(terms, stream.to_vec(), &[]))
    }

    struct Dice(u64);

    impl Dice {
        fn roll(&mut self) -> u64 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            self.0 >> 59
        }

        fn said(&mut self, most: Said, least: Said) -> Said {
            match self.roll() {
                0 | 1 => least,
                2 => Said::Open,
                _ => most,
            }
        }
    }

    fn otherwise(said: Said) -> Option<Said> {
        match said {
            Said::Good => Some(Said::Bad),
            Said::Bad => Some(Said::Good),
            Said::Open => None,
        }
    }

    /// 43 good ones in a row meet the bar, and each of them must be good for it.
    #[test]
    fn every_verdict_of_a_bar_that_is_just_met_is_decisive() {
        let said = vec![Said::Good; 43];
        assert_eq!(decisive(TERMS, &stream(&said)).len(), 43);
        let longer = vec![Said::Good; 90];
        assert_eq!(decisive(TERMS, &stream(&longer)), [0; 0], "one more or less changes nothing");
        assert_eq!(decisive(TERMS, &stream(&[Said::Good; 42])), [0; 0], "none is missing by itself");
    }

    /// By its definition: each verdict is changed, and the bar recounted.
    #[test]
    fn what_is_decisive_is_so_by_a_plain_recount() {
        let mut dice = Dice(7);
        for round in 0..60 {
            let said: Vec<Said> = (0..30 + round).map(|_| dice.said(Said::Good, Said::Bad)).collect();
            for population in [Population::Model, Population::Queue] {
                let terms = AtLeast { population, ..TERMS };
                let outcome = |said: &[Said]| at_least(terms, stream(said), &[]).outcome;
                let plainly = (0..said.len()).filter(|place| {
                    let mut other = said.clone();
                    otherwise(said[*place]).is_some_and(|turned| {
                        other[*place] = turned;
                        outcome(&other) != outcome(&said)
                    })
                });
                let plainly: Vec<Seq> = plainly.map(|place| place as i64).collect();
                assert_eq!(decisive(terms, &stream(&said)), plainly, "{population} {said:?}");
            }
        }
    }

    /// The old outputs stand behind the new ones.
    fn pairs(said: &[[Said; 2]]) -> [Vec<Unit>; 2] {
        let new: Vec<Said> = said.iter().map(|[new, _]| *new).collect();
        let old: Vec<Said> = said.iter().map(|[_, old]| *old).collect();
        let behind = said.len() as i64;
        [stream(&new), stream(&old).into_iter().map(|unit| Unit { seq: unit.seq + behind, ..unit }).collect()]
    }

    #[test]
    fn what_is_decisive_of_pairs_is_so_by_a_plain_recount() {
        let (mut dice, mut found) = (Dice(11), 0);
        for round in 0..60_usize {
            let said: Vec<[Said; 2]> = (0..20 + round)
                .map(|_| [dice.said(Said::Good, Said::Bad), dice.said(Said::Bad, Said::Good)])
                .map(|[new, old]| if round % 3 == 0 { [old, new] } else { [new, old] })
                .collect();
            for (margin, method, population) in [
                (0.0, Method::Sequential, Population::Model),
                (0.1, Method::Sequential, Population::Model),
                (0.1, Method::Fixed, Population::Model),
                (0.0, Method::Sequential, Population::Queue),
            ] {
                let said: Vec<[Said; 2]> = match method {
                    // A fixed bar is decided only where nothing is open.
                    Method::Fixed => said.iter().copied().filter(|pair| !pair.contains(&Said::Open)).take(20).collect(),
                    Method::Sequential => said[..(10 + round / 3).min(said.len())].to_vec(),
                };
                let reviews = (method == Method::Fixed).then_some(said.len() as u32);
                let terms = Against { margin, confidence: 0.95, method, population, reviews };
                let recount = |said: &[[Said; 2]]| {
                    let [new, old] = pairs(said);
                    against(terms, new, old, &[])
                };
                let now = recount(&said);
                let mut plainly = Vec::new();
                for place in 0..said.len() {
                    for side in [0, 1] {
                        let mut other = said.clone();
                        let Some(turned) = otherwise(said[place][side]) else { continue };
                        other[place][side] = turned;
                        // Half of an open pair is no verdict that counts.
                        if !said[place].contains(&Said::Open) && recount(&other).outcome != now.outcome {
                            plainly.push((place + side * said.len()) as i64);
                        }
                    }
                }
                found += plainly.len();
                assert_eq!(decisive_of_pairs(terms, &now), plainly, "{terms:?} {said:?}");
            }
        }
        assert!(found > 100, "{found}");
    }

    /// Of 20 pairs that the new one won, what speaks against it is drawn as a counterweight: new outputs that are bad and
    /// old ones that are good.
    #[test]
    fn a_counterweight_of_pairs_speaks_for_the_other_side() {
        let mut said = vec![[Said::Good, Said::Bad]; 5];
        said.extend([[Said::Bad, Said::Bad], [Said::Good, Said::Good]]);
        let [new, old] = pairs(&said);
        let terms = Against {
            margin: 0.0,
            confidence: 0.95,
            method: Method::Sequential,
            population: Population::Model,
            reviews: None,
        };
        let recount = against(terms, new, old, &[]);
        let outputs: Vec<Unit> = recount.pairs.iter().flat_map(speaking).collect();
        let mut drawn = counterweight(&[0, 1, 2], &outputs);
        drawn.sort_unstable();
        assert_eq!(drawn, [5, 13], "the new output of the sixth pair, the old one of the seventh");
    }

    #[test]
    fn as_many_of_the_other_verdict_are_drawn() {
        let mut said = vec![Said::Good; 20];
        said.extend([Said::Bad; 6]);
        let stream = stream(&said);
        assert_eq!(counterweight(&[0, 1, 2], &stream).len(), 3);
        assert!(counterweight(&[0, 1, 2], &stream).iter().all(|seq| *seq >= 20));
        assert_eq!(counterweight(&[20, 21], &stream).len(), 2);
        assert!(counterweight(&[20, 21], &stream).iter().all(|seq| *seq < 20));
        assert_eq!(counterweight(&(0..10).collect::<Vec<_>>(), &stream).len(), 6, "there are no more");
    }
}
