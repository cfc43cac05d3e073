//! Agreement on each level, and how lopsided the judgements are.

use super::ratings::{Judged, Ratings};

/// What explains a coefficient that is low although people agree.
#[derive(Debug, Clone, PartialEq)]
pub struct Specific {
    /// By level: given that one says so, how likely is it that another does? `Σ_i r_ik(r_ik-1)/(r_i-1)`
    /// over `Σ_i r_ik` of the items judged twice, which for two raters and two levels is
    /// `2a/(2a+b+c)`. `None` where nobody gave the level.
    ///
    /// D. V. Cicchetti and A. R. Feinstein, "High agreement but low kappa: II. Resolving the paradoxes",
    /// Journal of Clinical Epidemiology 43 (1990), 551–558.
    pub by_level: Vec<Option<f64>>,
    /// Of two levels: how far one is given more often than the other on the items judged twice, from
    /// 0 to 1 (`|a-d|/n` of two raters). T. Byrt, J. Bishop and J. B. Carlin, "Bias, prevalence and
    /// kappa", Journal of Clinical Epidemiology 46 (1993), 423–429.
    pub prevalence_index: Option<f64>,
    /// Of two levels and two raters: how far one rater gives a level more often than the other, from 0
    /// to 1 (`|b-c|/n`). From the same source.
    pub bias_index: Option<f64>,
}

impl Specific {
    pub(super) fn of(ratings: &Ratings) -> Self {
        let levels = ratings.levels();
        let (mut same, mut given) = (vec![0.0; levels], vec![0.0; levels]);
        let (mut items, mut more, mut bias) = (0.0, 0.0, 0.0);
        for item in ratings.judged().filter(Judged::is_judged_twice) {
            items += item.times;
            for (level, count) in item.counts {
                same[*level as usize] += item.times * count * (count - 1.0) / (item.size() - 1.0);
                given[*level as usize] += item.times * count;
                more += item.times * if *level == 0 { *count } else { -count } / item.size();
            }
            if let [one, other] = item.given
                && one.level != other.level
            {
                bias += if (one.rater < other.rater) == (one.level == 0) { item.times } else { -item.times };
            }
        }
        let share = |(same, given): (f64, f64)| (given > 0.0).then(|| same / given);
        let of_two = |sum: f64, raters: bool| (levels == 2 && items > 0.0 && raters).then(|| sum.abs() / items);
        Self {
            by_level: same.into_iter().zip(given).map(share).collect(),
            prevalence_index: of_two(more, true),
            bias_index: of_two(bias, ratings.raters() == 2),
        }
    }
}
