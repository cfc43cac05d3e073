//! The coefficients of two raters, on the items that both judged.

use super::closeness::Closeness;
use super::effect::{Effect, Spread};
use super::family::all_say;
use super::ratings::Ratings;
use super::{Coefficient, Undefined};

/// An item that both judged.
struct Pair {
    times: f64,
    case: Option<u32>,
    first: usize,
    second: usize,
}

/// What two raters said of the items that both judged.
struct Table<'r> {
    closeness: &'r Closeness,
    pairs: Vec<Pair>,
    /// The share of each level in what the first rater said, and the second.
    first: Vec<f64>,
    second: Vec<f64>,
    observed: f64,
}

/// `p_e = Σ_kl w_kl p_k. p_.l`, with the standard error of a table of two raters:
///
/// ```text
/// var = 1/(n(1-p_e)⁴) { Σ_kl p_kl [w_kl(1-p_e) - (w̄_k. + w̄_.l)(1-p_o)]² - (p_o p_e - 2p_e + p_o)² }
/// w̄_k. = Σ_l p_.l w_kl,  w̄_.l = Σ_k p_k. w_kl
/// ```
///
/// J. Cohen, "A coefficient of agreement for nominal scales", Educational and Psychological Measurement
/// 20 (1960), 37–46; J. L. Fleiss, J. Cohen and B. S. Everitt, "Large sample standard errors of kappa
/// and weighted kappa", Psychological Bulletin 72 (1969), 323–327.
pub(super) fn cohen(ratings: &Ratings, closeness: &Closeness) -> Coefficient {
    let table = match Table::of(ratings, closeness) {
        Ok(table) => table,
        Err(why) => return Coefficient::undefined(why),
    };
    let (first, second) = (closeness.sums(&table.second), closeness.sums(&table.first));
    let chance: f64 = table.first.iter().zip(&first).map(|(share, near)| share * near).sum();
    table.coefficient(chance, |pair| (first[pair.first] + second[pair.second]) / 2.0)
}

/// `p_e = Σ_kl w_kl π_k π_l` with `π` the mean share of a level over the two raters.
///
/// W. A. Scott, "Reliability of content analysis: the case of nominal scale coding", Public Opinion
/// Quarterly 19 (1955), 321–325; the variance by Gwet (2014), section 5.2.
pub(super) fn scott(ratings: &Ratings, closeness: &Closeness) -> Coefficient {
    let table = match Table::of(ratings, closeness) {
        Ok(table) => table,
        Err(why) => return Coefficient::undefined(why),
    };
    let shares: Vec<f64> = table.first.iter().zip(&table.second).map(|(one, other)| (one + other) / 2.0).collect();
    let near = closeness.sums(&shares);
    let chance: f64 = shares.iter().zip(&near).map(|(share, near)| share * near).sum();
    table.coefficient(chance, |pair| (near[pair.first] + near[pair.second]) / 2.0)
}

impl<'r> Table<'r> {
    /// Fails where no two raters are or they have no item in common, or say nothing but one level.
    fn of(ratings: &Ratings, closeness: &'r Closeness) -> Result<Self, Undefined> {
        let mut pairs = Vec::new();
        for item in ratings.judged() {
            if let [one, other] = item.given {
                let (first, second) = if one.rater < other.rater { (one, other) } else { (other, one) };
                let (first, second) = (first.level as usize, second.level as usize);
                pairs.push(Pair { times: item.times, case: item.case, first, second });
            }
        }
        match ratings.raters() {
            raters @ 3.. => return Err(Undefined::NotTwoRaters(raters)),
            _ if pairs.is_empty() => return Err(Undefined::NothingJudgedTwice),
            _ => {}
        }
        let (mut first, mut second) = (vec![0.0; ratings.levels()], vec![0.0; ratings.levels()]);
        let (mut items, mut close) = (0.0, 0.0);
        for pair in &pairs {
            items += pair.times;
            first[pair.first] += pair.times;
            second[pair.second] += pair.times;
            close += pair.times * closeness.of(pair.first, pair.second);
        }
        let totals: Vec<f64> = first.iter().zip(&second).map(|(one, other)| one + other).collect();
        if let Some(why) = all_say(&totals) {
            return Err(why);
        }
        first.iter_mut().chain(&mut second).for_each(|count| *count /= items);
        Ok(Self { closeness, pairs, first, second, observed: close / items })
    }

    /// The coefficient for a chance agreement, and the mean of what it is for what each rater said.
    fn coefficient(&self, chance: f64, of_pair: impl Fn(&Pair) -> f64) -> Coefficient {
        let rest = 1.0 - chance;
        let value = (self.observed - chance) / rest;
        let effect = |pair: &Pair| {
            let own = self.closeness.of(pair.first, pair.second) - self.observed;
            let moved = 2.0 * (1.0 - value) * (of_pair(pair) - chance);
            Effect { times: pair.times, case: pair.case, effect: (own - moved) / rest }
        };
        let effects: Vec<Effect> = self.pairs.iter().map(effect).collect();
        Coefficient::estimated(value, &effects, Spread::Table)
    }
}
