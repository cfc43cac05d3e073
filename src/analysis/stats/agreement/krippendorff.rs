//! Krippendorff's alpha.

use super::closeness::Closeness;
use super::effect::{Effect, Spread};
use super::family::{all_say, close_pairs};
use super::ratings::{Judged, Ratings};
use super::{Coefficient, Undefined};

/// `1 - D_o/D_e` over the items that were judged twice, with `N` judgements and `n_k` of level k:
///
/// ```text
/// D_o = 1/N Σ_i Σ_kl r_ik r_il δ²_kl / (r_i - 1),  D_e = Σ_kl n_k n_l δ²_kl / (N(N-1)),  δ² = 1 - w
/// ```
///
/// K. Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011); the variance by K. L. Gwet,
/// "On Krippendorff's Alpha Coefficient" (2011), as the program irrCAC has it.
pub(super) fn alpha(ratings: &Ratings, closeness: &Closeness) -> Coefficient {
    let totals = ratings.totals(2);
    let judgements: f64 = totals.iter().sum();
    if judgements == 0.0 {
        return Coefficient::undefined(Undefined::NothingJudgedTwice);
    }
    if let Some(why) = all_say(&totals) {
        return Coefficient::undefined(why);
    }
    let close = closeness.sums(&totals);
    let far: f64 = totals.iter().zip(&close).map(|(count, close)| count * (judgements - close)).sum();
    let expected = far / (judgements * (judgements - 1.0));
    let (mut items, mut observed) = (0.0, 0.0);
    for item in ratings.judged().filter(Judged::is_judged_twice) {
        items += item.times;
        let size = item.size();
        observed += item.times * (size * (size - 1.0) - close_pairs(&item, closeness)) / (size - 1.0);
    }
    let value = 1.0 - observed / judgements / expected;

    // In Gwet's words: the observed agreement without its correction for few judgements, and that by chance.
    let mean = judgements / items;
    let plain = 1.0 - observed / judgements;
    let corrected = plain + (1.0 - plain) / judgements;
    let chance = 1.0 - far / (judgements * judgements);
    let rest = 1.0 - chance;
    let uncorrected = (plain - chance) / rest;
    let effect = |item: Judged| {
        let size = item.size();
        let above = (size - mean) / mean;
        let agreed = close_pairs(&item, closeness) / (mean * (size - 1.0)) - corrected * above;
        let near: f64 = item.counts.iter().map(|(level, count)| count * close[*level as usize]).sum();
        let by_chance = near / judgements / mean - chance * above;
        let moved = 2.0 * (1.0 - uncorrected) * (by_chance - chance) / rest;
        Effect { times: item.times, case: item.case, effect: (agreed - chance) / rest - moved - uncorrected }
    };
    let effects: Vec<Effect> = ratings.judged().filter(Judged::is_judged_twice).map(effect).collect();
    Coefficient::estimated(value, &effects, Spread::Sample)
}
