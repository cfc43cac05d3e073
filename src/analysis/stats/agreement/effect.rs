//! What each item does to a coefficient, and the standard error that follows from it.

use std::collections::HashMap;

/// The effect of an item on a coefficient: the mean over all items is 0.
#[derive(Debug, Clone, Copy)]
pub(super) struct Effect {
    /// How many such items there are.
    pub times: f64,
    pub case: Option<u32>,
    pub effect: f64,
}

/// By which number the squares are divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spread {
    /// `n(n-1)`, as Gwet has it for items as a sample.
    Sample,
    /// `n²`, as Fleiss, Cohen and Everitt have it for the table of two raters.
    Table,
}

/// The standard error and its degrees of freedom: over items, or over whole cases where one has
/// several, for which the effects are summed first. `None` of one item or one case.
pub(super) fn standard_error(effects: &[Effect], spread: Spread) -> Option<(f64, f64)> {
    let items: f64 = effects.iter().map(|effect| effect.times).sum();
    let squares: f64;
    let divisor: f64;
    let freedom: f64;
    match by_case(effects) {
        Some(sums) => {
            freedom = sums.len() as f64 - 1.0;
            squares = sums.iter().map(|sum| sum * sum).sum();
            divisor = items * items * freedom / (freedom + 1.0);
        }
        None => {
            freedom = items - 1.0;
            squares = effects.iter().map(|effect| effect.times * effect.effect * effect.effect).sum();
            divisor = if spread == Spread::Sample { items * freedom } else { items * items };
        }
    }
    (freedom > 0.0).then(|| ((squares / divisor).sqrt(), freedom))
}

/// The sums of the effects of each case; `None` where each has one item alone.
fn by_case(effects: &[Effect]) -> Option<Vec<f64>> {
    let mut sums: HashMap<u32, f64> = HashMap::new();
    let mut alone = Vec::new();
    for effect in effects {
        match effect.case {
            Some(case) => *sums.entry(case).or_default() += effect.effect,
            None => alone.push(effect),
        }
    }
    if sums.len() + alone.len() == effects.len() {
        return None;
    }
    // Several items alike, of no case, each stand for themselves.
    let alone = alone.into_iter().flat_map(|effect| std::iter::repeat_n(effect.effect, effect.times as usize));
    Some(sums.into_values().chain(alone).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn effects(cases: &[Option<u32>]) -> Vec<Effect> {
        let effects = [0.5, -0.25, 0.75, -1.0];
        let effect = |(case, effect): (&Option<u32>, f64)| Effect { times: 1.0, case: *case, effect };
        cases.iter().zip(effects).map(effect).collect()
    }

    #[test]
    fn items_of_one_case_count_together() {
        let alone = standard_error(&effects(&[None; 4]), Spread::Sample).unwrap();
        assert_eq!(alone, ((1.875_f64 / 12.0).sqrt(), 3.0));
        assert_eq!(standard_error(&effects(&[Some(0), Some(1), Some(2), Some(3)]), Spread::Sample), Some(alone));
        // 0.25 and -0.25: two cases whose items take each other's effect away.
        let (se, freedom) = standard_error(&effects(&[Some(0), Some(0), Some(1), Some(1)]), Spread::Sample).unwrap();
        assert_eq!((se, freedom), ((0.125_f64 * 2.0 / 16.0).sqrt(), 1.0));
        assert_eq!(standard_error(&effects(&[Some(0); 4]), Spread::Sample), None, "one case says nothing of others");
    }
}
