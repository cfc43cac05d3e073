//! What holds for any filter and any text.

use super::super::*;
use proptest::prelude::*;

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z]{1,6}",
        "[a-z0-9_.:,*()\"\\\\ @<>=!-]{0,8}",
        "\\PC{0,6}",
        Just("or".to_owned()),
        Just("退款\n".to_owned())
    ]
}

/// What nearly is a filter: its pieces, in any row.
fn pieces() -> impl Strategy<Value = String> {
    let pieces = [
        "note:",
        "é",
        "退款",
        "*",
        "\"",
        "\\",
        "(",
        ")",
        " ",
        "score.",
        "latency_ms>",
        "=",
        ",",
        "-",
        "@",
        " or ",
        "1",
        "d",
    ];
    prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..8).prop_map(|pieces| pieces.concat())
}

fn pattern() -> impl Strategy<Value = Pattern> {
    let piece = prop_oneof![3 => text().prop_map(Piece::Literal), 1 => Just(Piece::Any)];
    prop::collection::vec(piece, 0..4).prop_map(Pattern::of)
}

fn phrase() -> impl Strategy<Value = Phrase> {
    let worded = text().prop_filter("a word", |text| text.chars().any(char::is_alphanumeric));
    (worded, any::<bool>()).prop_map(|(text, open)| Phrase { text, open })
}

fn key() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9_é][a-zA-Z0-9_.é-]{0,5}"
}

/// A member of the metadata as it is written.
fn member() -> impl Strategy<Value = String> {
    let quoted = "[a-z. :>é退]{1,4}".prop_map(|name| format!("\"{name}\""));
    prop::collection::vec(prop_oneof!["[a-zA-Z0-9_é-]{1,4}", quoted], 1..4).prop_map(|names| names.join("."))
}

fn comparison() -> impl Strategy<Value = Comparison> {
    prop::sample::select(Comparison::ALL.to_vec())
}

fn order() -> impl Strategy<Value = Comparison> {
    prop::sample::select(Comparison::ALL[1..].to_vec())
}

fn number() -> impl Strategy<Value = f64> {
    prop_oneof![(-100i32..100).prop_map(f64::from), prop::num::f64::NORMAL | prop::num::f64::ZERO]
}

fn span() -> impl Strategy<Value = Span> {
    (any::<u32>(), prop::sample::select(Unit::ALL.to_vec())).prop_map(|(count, unit)| Span { count, unit })
}

/// The fields of records that compare so.
fn compared(by: Compare) -> Vec<RecordField> {
    let fields = FIELDS.iter().filter_map(|field| match field.kind {
        Kind::Of(of, compare) if compare == by => Some(of),
        _ => None,
    });
    fields.collect()
}

fn time() -> impl Strategy<Value = Term> {
    let day = || (1i16..=9999, 1i8..=12, 1i8..=28).prop_map(|(year, month, day)| jiff::civil::date(year, month, day));
    let still = prop_oneof![
        day().prop_map(When::Day),
        day().prop_map(|day| When::Month(day.first_of_month())),
        (-62_135_596_800_000i64..253_402_000_000_000).prop_map(When::Moment),
        Just(When::Today),
        Just(When::Yesterday),
    ];
    let times = compared(Compare::Time).into_iter().map(Moment::Of).chain([Moment::Imported]);
    let times: Vec<Moment> = times.collect();
    let of = || prop::sample::select(times.clone());
    let deadlines: Vec<Moment> = compared(Compare::Deadline).into_iter().map(Moment::Of).collect();
    let due = prop::sample::select(deadlines);
    prop_oneof![
        (of(), comparison(), still).prop_map(|(time, comparison, when)| Term::Time(time, comparison, when)),
        (of(), order(), span()).prop_map(|(time, order, span)| Term::Time(time, order, When::Ago(span))),
        (due, order(), span()).prop_map(|(time, order, span)| Term::Time(time, order, When::In(span))),
        (order(), span()).prop_map(|(order, span)| Term::Age(order, span)),
    ]
}

pub(super) fn term() -> impl Strategy<Value = Term> {
    let keys = [SpecKey::Category, SpecKey::Route].map(Compare::Key);
    let words = [Compare::Word].into_iter().chain(keys).flat_map(compared).collect::<Vec<_>>();
    let (words, numbers) = (prop::sample::select(words), prop::sample::select(compared(Compare::Number)));
    let scopes = vec![Scope::Anywhere, Scope::Input, Scope::Output, Scope::Context, Scope::Note];
    let severities = vec![Severity::Minor, Severity::Major, Severity::Critical];
    prop_oneof![
        (words, pattern()).prop_map(|(field, pattern)| Term::Word(field, pattern)),
        prop::option::of(prop::sample::select(Verdict::ALL.to_vec())).prop_map(Term::Verdict),
        (comparison(), prop::sample::select(severities)).prop_map(|(c, severity)| Term::Severity(c, severity)),
        (numbers, comparison(), number()).prop_map(|(field, c, value)| Term::Number(field, c, value)),
        (key(), comparison(), number()).prop_map(|(key, c, value)| Term::Score(key, c, value)),
        time(),
        (member(), prop::sample::select(Verdict::ALL.to_vec())).prop_map(|(key, verdict)| Term::Judge(key, verdict)),
        prop::sample::select(Has::all().collect::<Vec<_>>()).prop_map(Term::Has),
        prop::sample::select(Is::all().collect::<Vec<_>>()).prop_map(Term::Is),
        (prop::sample::select(scopes), phrase()).prop_map(|(scope, phrase)| Term::Text(scope, phrase)),
        (member(), pattern()).prop_map(|(key, pattern)| Term::Meta(key, pattern)),
        (member(), order(), number()).prop_map(|(key, order, value)| Term::MetaNumber(key, order, value)),
        key().prop_map(Term::Saved),
    ]
}

pub(super) fn filter() -> impl Strategy<Value = Filter> {
    let leaf = prop_oneof![12 => term().prop_map(Filter::Term), 1 => Just(Filter::default())];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Filter::all),
            prop::collection::vec(inner.clone(), 1..4).prop_map(Filter::any),
            inner.prop_map(Filter::negated),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_printed_parses_to_the_same(filter in filter()) {
        let text = filter.to_string();
        match parse(&text) {
            Ok(parsed) => prop_assert_eq!(parsed, filter, "{}", text),
            Err(error) => prop_assert!(false, "{}", error.pointing(&text, str::to_owned)),
        }
    }

    #[test]
    fn any_text_is_read_or_refused_with_a_place_in_it(text in "\\PC{0,40}|[a-z:<>=!,*()\"\\\\ @.or-]{0,40}") {
        if let Err(error) = parse(&text) {
            prop_assert!(text.get(error.at.clone()).is_some(), "{:?}", error);
            let _ = error.pointing(&text, str::to_owned).to_string();
        }
    }

    #[test]
    fn pieces_of_filters_in_any_row_are_read_or_refused_with_a_place(text in pieces()) {
        if let Err(error) = parse(&text) {
            prop_assert!(text.get(error.at.clone()).is_some(), "{:?}", error);
        }
    }

    #[test]
    fn anything_can_be_completed(text in "\\PC{0,20}|[a-z:<>=!,()\"\\\\ @.-]{0,20}", cursor in 0usize..24) {
        let completion = complete(&text, cursor, &Words::default(), &mut |_, _| vec!["v".into()]);
        prop_assert!(text.get(completion.range).is_some());
    }

    #[test]
    fn a_resolved_filter_prints_and_parses_too(filter in filter(), now in 0i64..4_000_000_000_000) {
        let Ok(resolved) = filter.resolved(&SavedFilters::new(), now) else { return Ok(()) };
        let read = parse(&resolved.to_string()).unwrap();
        prop_assert_eq!(&read, resolved.filter());
        let later = read.resolved(&SavedFilters::new(), now + 1).unwrap();
        prop_assert_eq!(later.filter(), resolved.filter());
    }
}

/// A small seed corpus of the fuzz target, run with the other tests.
#[test]
fn the_corpus_of_the_fuzz_target_holds() {
    let corpus = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/corpus/filter");
    let mut read = 0;
    for entry in std::fs::read_dir(corpus).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        if let Ok(filter) = parse(&text) {
            assert_eq!(parse(&filter.to_string()), Ok(filter));
            read += 1;
        }
    }
    assert_eq!(read, 3, "one of them is wrong on purpose");
}
