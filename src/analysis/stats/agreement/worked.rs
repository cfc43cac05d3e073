//! Worked examples from the literature, and what the programs of their authors give for them.

use super::closeness::{Closeness, jaccard};
use super::*;

/// A rater a line, an item a column, `*` for no judgement.
fn table(lines: &[&str]) -> (Vec<Vec<Given>>, Vec<String>) {
    let lines: Vec<Vec<&str>> = lines.iter().map(|line| line.split_whitespace().collect()).collect();
    let mut levels: Vec<String> =
        lines.iter().flatten().filter(|word| **word != "*").map(|word| (*word).into()).collect();
    levels.sort();
    levels.dedup();
    let given = |item: usize| {
        let of_rater = |(rater, line): (usize, &Vec<&str>)| {
            let level = levels.iter().position(|level| level == line[item])?;
            Some(Given { rater: rater as u32, level: level as u32 })
        };
        lines.iter().enumerate().filter_map(of_rater).collect()
    };
    ((0..lines[0].len()).map(given).collect(), levels)
}

fn ratings(lines: &[&str]) -> Ratings {
    let (items, levels) = table(lines);
    of_levels(&items, levels.len())
}

fn of_levels(items: &[Vec<Given>], levels: usize) -> Ratings {
    let mut ratings = Ratings::new(levels);
    items.iter().for_each(|given| ratings.add(given));
    ratings
}

/// A row a level of the first rater, a column a level of the second.
fn contingency(rows: &[&[u64]]) -> Ratings {
    let mut ratings = Ratings::new(rows.len());
    for (first, row) in rows.iter().enumerate() {
        for (second, times) in row.iter().enumerate() {
            let given = |rater, level: usize| Given { rater, level: level as u32 };
            ratings.add_times(&[given(0, first), given(1, second)], *times);
        }
    }
    ratings
}

/// A row an item: how many gave each level.
fn counted(rows: &[[u32; 5]]) -> Ratings {
    let mut ratings = Ratings::new(5);
    for row in rows {
        let levels = row.iter().enumerate().flat_map(|(level, count)| (0..*count).map(move |_| level as u32));
        ratings.add(&levels.enumerate().map(|(rater, level)| Given { rater: rater as u32, level }).collect::<Vec<_>>());
    }
    ratings
}

const KRIPPENDORFF_15: [&str; 3] =
    ["* * * * * 3 4 1 2 1 1 3 3 * 3", "1 * 2 1 3 3 4 3 * * * * * * *", "* * 2 1 3 4 4 * 2 1 1 3 3 * 4"];
const KRIPPENDORFF_C: [&str; 4] =
    ["1 2 3 3 2 1 4 1 2 * * *", "1 2 3 3 2 2 4 1 2 5 * 3", "* 3 3 3 2 3 4 2 2 5 1 *", "1 2 3 3 2 4 4 1 2 5 1 *"];
const GWET_4: [&str; 4] =
    ["1 2 3 3 2 1 4 1 2 * * *", "1 2 3 3 2 2 4 1 2 5 * *", "* 3 3 3 2 3 4 2 2 5 1 3", "1 2 3 3 2 4 4 1 2 5 1 *"];

fn values(count: usize) -> Vec<f64> {
    (1..=count).map(|value| value as f64).collect()
}

/// Nominal, ordinal, interval and ratio.
fn scales(levels: usize) -> [Scale; 4] {
    [Scale::Nominal, Scale::Ordinal, Scale::Interval(values(levels)), Scale::Ratio(values(levels))]
}

fn of(ratings: &Ratings, weights: Weights) -> Coefficients {
    agreement(ratings, &Scale::Nominal, weights).coefficients
}

/// Krippendorff's alpha with the weights of the others.
fn weighted_alpha(ratings: &Ratings, weights: Weights) -> Coefficient {
    krippendorff::alpha(ratings, &weights.closeness(ratings.levels()))
}

/// Asserts that a number has the digits that are printed: to half of the last.
#[track_caller]
fn prints(found: Option<f64>, printed: &str) {
    let digits = printed.split_once('.').map_or(0, |(_, digits)| digits.len());
    let (found, expected): (f64, f64) = (found.expect("a number"), printed.parse().unwrap());
    let half = 0.5 * 10_f64.powi(-(digits as i32)) * 1.001;
    assert!((found - expected).abs() <= half, "{found} does not print as {printed}");
}

/// Asserts AC1 with its interval as irrCAC gives it for a table of two raters, where it divides by
/// `n²`; of items, as here, by `n(n-1)`, as it does of items too.
#[track_caller]
fn has_of_table(found: &Coefficient, items: u64, value: &str, se: &str, low: &str, high: &str) {
    let items = items as f64;
    let narrower = ((items - 1.0) / items).sqrt();
    let Coefficient { value: Some(found), se: Some(se_found), interval: Some(interval), .. } = found else {
        panic!("{found:?}")
    };
    prints(Some(*found), value);
    prints(Some(se_found * narrower), se);
    prints(Some(found + (interval.low - found) * narrower), low);
    prints(Some(found + (interval.high - found) * narrower), high);
}

#[track_caller]
fn has(found: &Coefficient, value: &str, se: &str, low: &str, high: &str) {
    prints(found.value, value);
    prints(found.se, se);
    prints(found.interval.map(|interval| interval.low), low);
    prints(found.interval.map(|interval| interval.high), high);
}

#[test]
fn krippendorffs_three_coders_with_gaps() {
    let ratings = ratings(&KRIPPENDORFF_15);
    let printed = ["0.6913580247", "0.8067214199", "0.8108448928", "0.8089436708"];
    for (scale, printed) in scales(4).iter().zip(printed) {
        prints(agreement(&ratings, scale, Weights::Identity).coefficients.krippendorff.value, printed);
    }
    let found = of(&ratings, Weights::Identity);
    has(&found.gwet, "0.70916392", "0.164737", "0.350233", "1");
    prints(found.fleiss.value, "0.68601951");
    prints(found.conger.value, "0.69138277");
    prints(found.brennan_prediger.value, "0.70370370");
    prints(of(&ratings, Weights::Quadratic).gwet.value, "0.83523857");
}

#[test]
fn krippendorffs_own_examples() {
    let c = ratings(&KRIPPENDORFF_C);
    // An ordinal alpha of 0.789 was a mistake of a program that counted the levels between wrongly.
    let printed = ["0.7434210526", "0.8153875038", "0.8491071429", "0.7974027747"];
    for (scale, printed) in scales(5).iter().zip(printed) {
        prints(agreement(&c, scale, Weights::Identity).coefficients.krippendorff.value, printed);
    }
    let alpha = |lines: &[&str]| of(&ratings(lines), Weights::Identity).krippendorff.value;
    prints(alpha(&["0 1 0 0 0 0 0 0 1 0", "1 1 1 0 0 1 0 0 0 0"]), "0.0952380952");
    prints(alpha(&["a a b b d c c c e d d a", "b a b b b c c c e d d d"]), "0.6919642857");
}

#[test]
fn gwets_four_raters_with_all_weights() {
    let ratings = ratings(&GWET_4);
    let identity = of(&ratings, Weights::Identity);
    has(&identity.gwet, "0.77544407", "0.142950", "0.460813", "1");
    has(&identity.fleiss, "0.76116928", "0.153019", "0.424376", "1");
    has(&identity.krippendorff, "0.74342105", "0.145574", "0.419062", "1");
    has(&identity.conger, "0.76281744", "0.14917", "0.4345", "1");
    has(&identity.brennan_prediger, "0.77272727", "0.14472", "0.45421", "1");
    prints(ratings.raw_agreement(), "0.818182");
    let rows = [
        (Weights::Linear, ["0.85873914", "0.81794477", "0.81377632", "0.80038388", "0.84848485"], "0.117329"),
        (Weights::Quadratic, ["0.91400072", "0.86493506", "0.85771066", "0.84910714", "0.90151515"], "0.103962"),
        (Weights::Ordinal, ["0.89893977", "0.85020619", "0.84365953", "0.83363803", "0.88636364"], "0.106904"),
    ];
    for (weights, printed, se) in rows {
        let found = of(&ratings, weights);
        let alpha = weighted_alpha(&ratings, weights);
        let values = [&found.gwet, &found.fleiss, &found.conger, &alpha, &found.brennan_prediger];
        for (found, printed) in values.into_iter().zip(printed) {
            prints(found.value, printed);
        }
        prints(found.gwet.se, se);
    }
    let quadratic = of(&ratings, Weights::Quadratic);
    has(&quadratic.fleiss, "0.86494", "0.14603", "0.54352", "1");
    has(&quadratic.conger, "0.85771", "0.14367", "0.54149", "1");
    has(&quadratic.brennan_prediger, "0.90152", "0.11089", "0.65744", "1");
    has(&weighted_alpha(&ratings, Weights::Quadratic), "0.84911", "0.12913", "0.56139", "1");
}

#[test]
fn fleisss_fourteen_raters() {
    let found = of(
        &counted(&[
            [0, 0, 0, 0, 14],
            [0, 2, 6, 4, 2],
            [0, 0, 3, 5, 6],
            [0, 3, 9, 2, 0],
            [2, 2, 8, 1, 1],
            [7, 7, 0, 0, 0],
            [3, 2, 6, 3, 0],
            [2, 5, 3, 2, 2],
            [6, 5, 2, 1, 0],
            [0, 2, 2, 3, 7],
        ]),
        Weights::Identity,
    );
    prints(found.fleiss.value, "0.2099307044");
    prints(found.fleiss.se, "0.092371");
    prints(found.brennan_prediger.value, "0.2225274725");
    has(&found.gwet, "0.22561415", "0.093324", "0.014500", "0.436728");
    prints(found.krippendorff.value, "0.2155740565");
}

#[test]
fn kappa_and_alpha_collapse_where_nearly_all_are_good_although_people_agree() {
    let rows: [(&[&[u64]], [&str; 12]); 3] = [
        (
            &[&[40, 9], &[6, 45]],
            [
                "0.85",
                "0.69951923",
                "0.071394",
                "0.70074813",
                "0.071352",
                "0.559171",
                "0.842326",
                "0.70075188",
                "0.842105",
                "0.857143",
                "0.05",
                "0.03",
            ],
        ),
        (
            &[&[80, 10], &[5, 5]],
            [
                "0.85",
                "0.31818182",
                "0.133457",
                "0.80800000",
                "0.052129",
                "0.704564",
                "0.911436",
                "0.31771429",
                "0.914286",
                "0.4",
                "0.75",
                "0.05",
            ],
        ),
        (
            &[&[118, 5], &[2, 0]],
            [
                "0.944",
                "-0.02339181",
                "0.012287",
                "0.94077634",
                "0.022965",
                "0.895323",
                "0.986230",
                "-0.02469136",
                "0.971193",
                "0",
                "0.944",
                "0.024",
            ],
        ),
    ];
    for (rows, printed) in rows {
        let found = agreement(&contingency(rows), &Scale::Nominal, Weights::Identity);
        let Coefficients { cohen, gwet, krippendorff, .. } = &found.coefficients;
        let Specific { by_level, prevalence_index, bias_index } = &found.specific;
        let [raw, kappa, kappa_se, ac1, ac1_se, low, high, alpha, positive, negative, prevalence, bias] = printed;
        prints(found.raw, raw);
        prints(cohen.value, kappa);
        prints(cohen.se, kappa_se);
        has_of_table(gwet, found.items, ac1, ac1_se, low, high);
        prints(krippendorff.value, alpha);
        let numbers = [by_level[0], by_level[1], *prevalence_index, *bias_index];
        for (found, printed) in numbers.into_iter().zip([positive, negative, prevalence, bias]) {
            prints(found, printed);
        }
    }
    // Feinstein and Cicchetti (1990), tables 3 and 4: marginals that differ raise kappa.
    prints(of(&contingency(&[&[45, 15], &[25, 15]]), Weights::Identity).cohen.value, "0.13");
    prints(of(&contingency(&[&[25, 35], &[5, 35]]), Weights::Identity).cohen.value, "0.26");
}

#[test]
fn tables_of_two_raters() {
    let abstractors = contingency(&[&[13, 0, 0], &[0, 20, 7], &[0, 4, 56]]);
    let found = of(&abstractors, Weights::Identity);
    prints(found.cohen.value, "0.79640940");
    prints(found.cohen.se, "0.05891072");
    prints(found.scott.value, "0.79623970");
    has_of_table(&found.gwet, 100, "0.84933055", "0.043217", "0.763578", "0.935083");
    prints(found.krippendorff.value, "0.79725850");
    let linear = of(&abstractors, Weights::Linear).cohen;
    let quadratic = of(&abstractors, Weights::Quadratic);
    prints(linear.value, "0.84290203");
    prints(linear.se, "0.04787212");
    prints(quadratic.cohen.value, "0.89215686");
    prints(quadratic.cohen.se, "0.03535151");
    prints(quadratic.gwet.value, "0.94023688");

    let diagnoses = contingency(&[&[40, 4, 4, 17], &[6, 25, 2, 13], &[4, 1, 21, 12], &[15, 5, 9, 45]]);
    let found = of(&diagnoses, Weights::Identity);
    prints(found.cohen.value, "0.43150078");
    prints(found.cohen.se, "0.045969");
    prints(of(&diagnoses, Weights::Linear).cohen.value, "0.40681087");
    prints(of(&diagnoses, Weights::Quadratic).cohen.value, "0.38318594");
    has_of_table(&found.gwet, 223, "0.45615764", "0.043450", "0.370531", "0.541785");
}

/// Units of sets: A|A; AB|A; B|B|BC; none|C; none|none; AC|AB; B|B; A alone.
fn sets() -> (Ratings, Vec<Set>) {
    let units: [&[&str]; 8] =
        [&["A", "A"], &["AB", "A"], &["B", "B", "BC"], &["", "C"], &["", ""], &["AC", "AB"], &["B", "B"], &["A"]];
    let mut sets: Vec<&str> = units.iter().copied().flatten().copied().collect();
    sets.sort_unstable();
    sets.dedup();
    let mut ratings = Ratings::new(sets.len());
    for unit in units {
        let level = |set: &str| sets.iter().position(|other| *other == set).unwrap() as u32;
        let given = unit.iter().enumerate().map(|(rater, set)| Given { rater: rater as u32, level: level(set) });
        ratings.add(&given.collect::<Vec<_>>());
    }
    (ratings, sets.iter().map(|set| Set::new(set.bytes().map(u32::from))).collect())
}

#[test]
fn sets_of_categories_that_overlap_agree_in_part() {
    let (ratings, sets) = sets();
    let found = agreement(&ratings, &Scale::Sets(sets.clone()), Weights::Identity).coefficients;
    prints(found.krippendorff.value, "0.4615384615");
    assert_eq!(found.cohen.why, Some(Undefined::Sets));
    prints(krippendorff::alpha(&ratings, &Closeness::Sets(sets, jaccard)).value, "0.5264270613");
    prints(of(&ratings, Weights::Identity).krippendorff.value, "0.3913043478");
}

#[test]
fn ac1_and_brennan_prediger_depend_on_how_many_levels_could_have_been_given() {
    let (items, _) = table(&GWET_4);
    let (five, six) = (of(&of_levels(&items, 5), Weights::Identity), of(&of_levels(&items, 6), Weights::Identity));
    prints(five.gwet.value, "0.77544407");
    prints(six.gwet.value, "0.78552678");
    prints(five.brennan_prediger.value, "0.77272727");
    prints(six.brennan_prediger.value, "0.78181818");
    assert_eq!((five.fleiss, five.krippendorff), (six.fleiss, six.krippendorff));
}

#[test]
fn an_item_with_one_judgement_says_how_often_a_level_is_given_and_alpha_leaves_it_out() {
    let (mut items, _) = table(&GWET_4);
    let with = of(&of_levels(&items, 5), Weights::Identity);
    items.pop();
    let without = of(&of_levels(&items, 5), Weights::Identity);
    prints(with.gwet.value, "0.77544407");
    prints(without.gwet.value, "0.77515171");
    prints(with.fleiss.value, "0.76116928");
    prints(without.fleiss.value, "0.76248313");
    prints(with.krippendorff.value, "0.74342105");
    prints(without.krippendorff.value, "0.74342105");
}

#[test]
fn two_things_are_called_ordinal_krippendorffs_distance_by_counts_and_gwets_weights_by_places() {
    let ratings = ratings(&GWET_4);
    let found = agreement(&ratings, &Scale::Ordinal, Weights::Ordinal).coefficients;
    prints(found.krippendorff.value, "0.81538750");
    prints(weighted_alpha(&ratings, Weights::Ordinal).value, "0.83363803");
    prints(found.gwet.value, "0.89893977");
}

#[test]
fn the_interval_is_students_and_not_the_normal_one() {
    let found = of(&contingency(&[&[13, 0, 0], &[0, 20, 7], &[0, 4, 56]]), Weights::Identity).cohen;
    // By the normal distribution it would be .680947 to .911872.
    has(&found, "0.79640940", "0.05891072", "0.679518", "0.913301");
}

#[test]
fn where_all_say_the_same_nothing_tells_agreement_from_habit() {
    let found = agreement(&contingency(&[&[20, 0], &[0, 0]]), &Scale::Nominal, Weights::Identity).coefficients;
    let why = Undefined::AllSay { judgements: 40, level: 0 };
    for (key, coefficient) in found.each() {
        let value = matches!(key, "gwet" | "brennan_prediger").then_some(1.0);
        assert_eq!(*coefficient, Coefficient { value, why: Some(why), ..Coefficient::default() }, "{key}");
    }
    let levels = ["accept".to_owned(), "reject".to_owned()];
    assert_eq!(why.told(&levels), "undefined: all 40 say accept");
}

#[test]
fn alpha_is_zero_where_one_of_22_judgements_differs_as_often_as_chance_would_have_it() {
    let found = of(&ratings(&["a a a a a a a a a a a", "a a a a a a a a a a b"]), Weights::Identity);
    assert_eq!(found.krippendorff.value, Some(0.0));
    prints(found.gwet.value, "0.900452");
}

#[test]
fn alpha_is_below_zero_where_people_disagree_more_than_by_chance() {
    let found = of(&ratings(&["A B", "B A"]), Weights::Identity);
    assert_eq!(found.krippendorff.value, Some(-0.5));
}

#[test]
fn what_was_judged_once_has_no_agreement() {
    let mut ratings = Ratings::new(2);
    ratings.add(&[Given { rater: 0, level: 0 }]);
    ratings.add(&[Given { rater: 1, level: 1 }]);
    ratings.add(&[]);
    let found = agreement(&ratings, &Scale::Nominal, Weights::Identity);
    assert_eq!((found.items, found.judged_twice, found.raters, found.raw), (2, 0, 2, None));
    assert_eq!(found.specific.by_level, [None, None]);
    for (key, coefficient) in found.coefficients.each() {
        assert_eq!(*coefficient, Coefficient::undefined(Undefined::NothingJudgedTwice), "{key}");
    }
    let nothing = agreement(&Ratings::new(0), &Scale::Ordinal, Weights::Quadratic);
    assert_eq!((nothing.items, nothing.raters), (0, 0));
}

#[test]
fn one_item_has_a_value_and_no_interval() {
    let found = of(&ratings(&["a", "b"]), Weights::Identity);
    assert_eq!((found.cohen.value, found.cohen.se, found.cohen.why), (Some(0.0), None, Some(Undefined::OneItem)));
}

#[test]
fn attempts_at_one_case_are_not_counted_as_so_many_items() {
    let (items, levels) = table(&GWET_4);
    let mut by_case = Ratings::new(levels.len());
    let mut alone = Ratings::new(levels.len());
    for (case, given) in items.iter().enumerate() {
        (0..3).for_each(|_| by_case.add_of_case(given, case as u32));
        (0..3).for_each(|_| alone.add(given));
    }
    let (plain, by_case, alone) =
        (of(&ratings(&GWET_4), Weights::Identity), of(&by_case, Weights::Identity), of(&alone, Weights::Identity));
    for ((key, plain), ((_, by_case), (_, alone))) in
        plain.each().into_iter().zip(by_case.each().into_iter().zip(alone.each()))
    {
        let (Some(plain), Some(by_case), Some(alone)) = (plain.se, by_case.se, alone.se) else { continue };
        // Alpha corrects for few judgements, of which there are three times as many.
        assert!((plain - by_case).abs() < 0.002, "{key}: {plain} and {by_case}");
        assert!(alone < 0.62 * plain, "{key}: {plain} and {alone}");
    }
}
