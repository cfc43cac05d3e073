//! The coefficients that differ in their idea of chance alone: Gwet's AC1 and AC2, Fleiss's kappa,
//! Conger's kappa, and that of Brennan and Prediger.
//!
//! ```text
//! p_a = 1/n' Σ_{i: r_i>=2} Σ_k r_ik (r*_ik - 1) / (r_i (r_i - 1)),  r*_ik = Σ_l w_kl r_il
//! coefficient = (p_a - p_e) / (1 - p_e)
//! κ_i  = n/n' (pa_i - p_e·1[r_i>=2]) / (1 - p_e)
//! κ*_i = κ_i - 2 (1-κ) (pe_i - p_e) / (1 - p_e)
//! var  = 1/(n(n-1)) Σ_i (κ*_i - κ)²
//! ```

use super::closeness::Closeness;
use super::effect::{Effect, Spread};
use super::ratings::{Judged, Ratings};
use super::{Coefficient, Undefined};

/// What the coefficients of the family have in common.
pub(super) struct Family<'r> {
    ratings: &'r Ratings,
    closeness: &'r Closeness,
    items: f64,
    judged_twice: f64,
    /// The agreement on each item: 0 of an item that was judged once.
    agreed: Vec<f64>,
    observed: f64,
    /// `π_k = 1/n Σ_i r_ik / r_i`
    shares: Vec<f64>,
}

impl<'r> Family<'r> {
    pub(super) fn of(ratings: &'r Ratings, closeness: &'r Closeness) -> Self {
        let (mut items, mut judged_twice, mut sum) = (0.0, 0.0, 0.0);
        let mut shares = vec![0.0; ratings.levels()];
        let mut agreed = Vec::new();
        for item in ratings.judged() {
            items += item.times;
            for (level, count) in item.counts {
                shares[*level as usize] += item.times * count / item.size();
            }
            let on_item = if item.is_judged_twice() { agreement_on(&item, closeness) } else { 0.0 };
            if item.is_judged_twice() {
                judged_twice += item.times;
                sum += item.times * on_item;
            }
            agreed.push(on_item);
        }
        shares.iter_mut().for_each(|share| *share /= items);
        Self { ratings, closeness, items, judged_twice, agreed, observed: sum / judged_twice, shares }
    }

    /// `p_e = T_w/(q(q-1)) Σ_k π_k (1 - π_k)`, where T_w is the sum of all weights.
    ///
    /// K. L. Gwet, "Computing inter-rater reliability and its variance in the presence of high
    /// agreement", British Journal of Mathematical and Statistical Psychology 61 (2008), 29–48.
    pub(super) fn gwet(&self) -> Coefficient {
        if let Some(why) = self.is_undefined() {
            return why.of_known_levels();
        }
        let levels = self.ratings.levels() as f64;
        let scale = self.total_weight() / (levels * (levels - 1.0));
        let at: Vec<f64> = self.shares.iter().map(|share| scale * (1.0 - share)).collect();
        let chance = self.shares.iter().zip(&at).map(|(share, at)| share * at).sum();
        self.coefficient(chance, mean_over(at))
    }

    /// `p_e = Σ_kl w_kl π_k π_l`
    ///
    /// J. L. Fleiss, "Measuring nominal scale agreement among many raters", Psychological Bulletin 76
    /// (1971), 378–382; with missing judgements as in Gwet (2014), section 2.4.
    pub(super) fn fleiss(&self) -> Coefficient {
        if let Some(why) = self.is_undefined() {
            return why.of_shares();
        }
        let at = self.closeness.sums(&self.shares);
        let chance = self.shares.iter().zip(&at).map(|(share, at)| share * at).sum();
        self.coefficient(chance, mean_over(at))
    }

    /// `p_e = T_w/q²`
    ///
    /// R. L. Brennan and D. J. Prediger, "Coefficient Kappa: Some Uses, Misuses, and Alternatives",
    /// Educational and Psychological Measurement 41 (1981), 687–699; without weights and with as many
    /// judgements on each item also known as Randolph's kappa.
    pub(super) fn brennan_prediger(&self) -> Coefficient {
        if let Some(why) = self.is_undefined() {
            return why.of_known_levels();
        }
        let levels = self.ratings.levels() as f64;
        let chance = self.total_weight() / (levels * levels);
        self.coefficient(chance, |_| chance)
    }

    /// The mean of the chance agreement of each two raters: with `p_gk` the share of level k in what
    /// rater g gave, `p_e = Σ_kl w_kl (p̄_k p̄_l - s²_kl/r)`, which is
    /// `1/(r(r-1)) Σ_{g≠h} Σ_kl w_kl p_gk p_hl`.
    ///
    /// A. J. Conger, "Integration and generalization of kappas for multiple raters", Psychological
    /// Bulletin 88 (1980), 322–328; the variance by Gwet (2014), section 5.3: each judgement of level k
    /// by rater g moves `p_e` by `n/n_g` of its distance from that rater's mean.
    pub(super) fn conger(&self) -> Coefficient {
        if let Some(why) = self.is_undefined() {
            return why.of_shares();
        }
        let (raters, levels) = (self.ratings.raters(), self.ratings.levels());
        let mut given = vec![0.0; raters];
        let mut shares = vec![vec![0.0; levels]; raters];
        for item in self.ratings.judged() {
            for one in item.given {
                given[one.rater as usize] += item.times;
                shares[one.rater as usize][one.level as usize] += item.times;
            }
        }
        let mut all = vec![0.0; levels];
        for (shares, given) in shares.iter_mut().zip(&given) {
            shares.iter_mut().for_each(|share| *share /= given.max(1.0));
            all.iter_mut().zip(shares).for_each(|(sum, share)| *sum += *share);
        }
        let pairs = (raters * (raters - 1)) as f64;
        let mut chance = 0.0;
        // By rater: how close each level is to what the others give, and the mean of that.
        let mut others = Vec::with_capacity(raters);
        for shares in &shares {
            let rest: Vec<f64> = all.iter().zip(shares).map(|(all, own)| all - own).collect();
            let at = self.closeness.sums(&rest);
            let mean: f64 = shares.iter().zip(&at).map(|(share, at)| share * at).sum();
            chance += mean / pairs;
            others.push((at, mean));
        }
        self.coefficient(chance, |item| {
            let moved = item.given.iter().map(|one| {
                let (at, mean) = &others[one.rater as usize];
                self.items / given[one.rater as usize] * (at[one.level as usize] - mean)
            });
            chance + moved.sum::<f64>() / pairs
        })
    }

    /// The coefficient for a chance agreement, and what that is on each item.
    fn coefficient(&self, chance: f64, on_item: impl Fn(&Judged) -> f64) -> Coefficient {
        let rest = 1.0 - chance;
        let value = (self.observed - chance) / rest;
        let effect = |(item, agreed): (Judged, &f64)| {
            let expected = if item.is_judged_twice() { chance } else { 0.0 };
            let own = self.items / self.judged_twice * (agreed - expected) / rest;
            let moved = 2.0 * (1.0 - value) * (on_item(&item) - chance) / rest;
            Effect { times: item.times, case: item.case, effect: own - moved - value }
        };
        let effects: Vec<Effect> = self.ratings.judged().zip(&self.agreed).map(effect).collect();
        Coefficient::estimated(value, &effects, Spread::Sample)
    }

    fn total_weight(&self) -> f64 {
        self.closeness.sums(&vec![1.0; self.ratings.levels()]).iter().sum()
    }

    fn is_undefined(&self) -> Option<Reason> {
        if self.judged_twice == 0.0 {
            return Some(Reason(Undefined::NothingJudgedTwice));
        }
        if let Some(same) = all_say(&self.ratings.totals(1)) {
            return Some(Reason(same));
        }
        None
    }
}

/// Why a coefficient of the family is not there.
struct Reason(Undefined);

impl Reason {
    /// Of a coefficient whose chance agreement comes from what was given.
    fn of_shares(&self) -> Coefficient {
        Coefficient::undefined(self.0)
    }

    /// Of a coefficient whose chance agreement comes from what could have been given.
    fn of_known_levels(&self) -> Coefficient {
        match self.0 {
            Undefined::AllSay { .. } => Coefficient::whole(self.0),
            other => Coefficient::undefined(other),
        }
    }
}

/// The one level that all judgements give.
pub(super) fn all_say(totals: &[f64]) -> Option<Undefined> {
    let mut used = totals.iter().enumerate().filter(|(_, count)| **count > 0.0);
    match (used.next(), used.next()) {
        (Some((level, count)), None) => Some(Undefined::AllSay { judgements: *count as u64, level }),
        _ => None,
    }
}

/// `Σ_k r_ik (r*_ik - 1) / (r_i (r_i - 1))`
fn agreement_on(item: &Judged, closeness: &Closeness) -> f64 {
    close_pairs(item, closeness) / (item.size() * (item.size() - 1.0))
}

/// `Σ_k r_ik (r*_ik - 1)`
pub(super) fn close_pairs(item: &Judged, closeness: &Closeness) -> f64 {
    let near = |(level, count): &(u32, f64)| {
        let others = item.counts.iter().map(|(other, count)| closeness.of(*level as usize, *other as usize) * count);
        count * (others.sum::<f64>() - 1.0)
    };
    item.counts.iter().map(near).sum()
}

/// The mean over an item's judgements of a number for each level.
fn mean_over(at: Vec<f64>) -> impl Fn(&Judged) -> f64 {
    move |item| item.counts.iter().map(|(level, count)| count * at[*level as usize]).sum::<f64>() / item.size()
}
