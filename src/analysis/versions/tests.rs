//! Figures of versions that are made up.

use super::*;
use crate::domain::versions::{Pairing, Remarks, Version};

fn judged(is_accepted: bool, basis: Basis) -> Judged {
    let categories = if is_accepted { Vec::new() } else { vec!["wrong".to_owned()] };
    Judged {
        is_accepted,
        basis,
        reviewer: "ana".into(),
        is_by_several: false,
        spec_version: 1,
        remarks: Arc::new(Remarks { categories, scores: Default::default() }),
    }
}

fn output(judged: Option<Judged>) -> Output {
    Output { seq: 1, id: "i".into(), attempt: 1, latency_ms: None, cost_usd: None, length: 10, judged }
}

/// So many cases of each: accepted in both, won, lost, rejected in both.
fn versions(counts: [u64; 4], basis: Basis) -> Pairing {
    let mut pairing = Pairing::default();
    let results = [[true, true], [false, true], [true, false], [false, false]];
    for (result, count) in results.into_iter().zip(counts) {
        for nth in 0..count {
            let case = format!("{result:?} {nth} {}", basis.as_str());
            for (version, is_accepted) in [Version::A, Version::B].into_iter().zip(result) {
                pairing.add(version, &case, output(Some(judged(is_accepted, basis))));
            }
        }
    }
    pairing
}

fn of(counts: [u64; 4]) -> Comparison {
    compare(&versions(counts, Basis::Person).finish())
}

#[test]
fn a_worked_table() {
    // B won 12 of 50 cases and lost 2: the exact p and Tango's interval are those of scipy and of
    // T. Tango, Statistics in Medicine 17 (1998), 891–908, formula by formula.
    let found = of([36, 12, 2, 0]);
    let Verdicts::Paired { difference, p, ends_at, decided_at } = found.verdicts else { panic!("{found:?}") };
    assert!((difference.value - 0.2).abs() < 1e-12 && (p - 0.012_939_453).abs() < 1e-8);
    assert!((difference.interval.low - 0.061_112_406_4).abs() < 1e-8, "{difference:?}");
    assert!((difference.interval.high - 0.344_708_748_3).abs() < 1e-8, "{difference:?}");
    assert_eq!((difference.answer(), decided_at), (Answer::Better, None));
    let ends_at = ends_at.unwrap();
    let with = |even: u64| Difference::of(12 - even, 2, 50).answer();
    assert_eq!((with(ends_at - 1), with(ends_at)), (Answer::Better, Answer::Open), "{ends_at}");
}

#[test]
fn what_is_not_shown_says_how_many_more_cases_would_show_it() {
    let Verdicts::Paired { difference, ends_at, decided_at, .. } = of([40, 6, 4, 0]).verdicts else { panic!() };
    assert_eq!((difference.answer(), ends_at), (Answer::Open, None));
    let needed = decided_at.unwrap();
    let with =
        |cases: u64| Difference::of((cases as f64 * 0.12).round() as u64, (cases as f64 * 0.08).round() as u64, cases);
    assert_eq!(with(needed).answer(), Answer::Better);
    assert!(needed > 300 && with(needed / 2).answer() == Answer::Open, "{needed}");
    let even = of([40, 5, 5, 0]).verdicts;
    assert!(matches!(even, Verdicts::Paired { decided_at: None, ends_at: None, .. }), "{even:?}");
}

#[test]
fn worse_is_the_same_the_other_way_round() {
    let (better, worse) = (of([30, 12, 2, 6]), of([30, 2, 12, 6]));
    let told = |found: &Comparison| match &found.verdicts {
        Verdicts::Paired { difference, p, ends_at, .. } => (difference.answer(), *p, *ends_at),
        other => panic!("{other:?}"),
    };
    let ((up, p_up, ends_up), (down, p_down, ends_down)) = (told(&better), told(&worse));
    assert_eq!((up, down), (Answer::Better, Answer::Worse));
    assert_eq!((p_up, ends_up), (p_down, ends_down));
    let category = &worse.categories[0];
    assert_eq!((category.gone, category.new, category.both, category.p == category.p_holm), (2, 12, 6, true));
}

#[test]
fn bulk_checks_and_what_is_undecided_stay_out_of_the_figures() {
    let mut pairing = versions([10, 3, 1, 2], Basis::Person);
    for (basis, case) in [(Basis::Bulk, "bulk"), (Basis::Check, "check")] {
        pairing.add(Version::A, case, output(Some(judged(true, Basis::Person))));
        pairing.add(Version::B, case, output(Some(judged(false, basis))));
    }
    for (case, a, b) in [("a", None, Some(true)), ("b", Some(false), None), ("both", None, None)] {
        let verdict = |accepted: Option<bool>| output(accepted.map(|accepted| judged(accepted, Basis::Person)));
        pairing.add(Version::A, case, verdict(a));
        pairing.add(Version::B, case, verdict(b));
    }
    pairing.add(Version::B, "alone", output(None));
    let found = compare(&pairing.finish());
    assert_eq!((found.table.cases(), found.in_bulk.lost, found.by_check.lost), (16, 1, 1));
    assert_eq!((found.undecided, found.only, found.shared), ([1, 1, 1], [0, 1], 21));
    // Of 19: against B, `both` is lost and the others are alike; for it, `a`, `b` and `both` are won.
    let [worst, best] = found.extremes.map(Option::unwrap);
    assert!((worst - 1.0 / 19.0).abs() < 1e-12 && (best - 5.0 / 19.0).abs() < 1e-12, "{worst} {best}");
    assert_eq!(found.length.unwrap().pairs, 21, "what needs no verdict is measured of every shared case");
}
