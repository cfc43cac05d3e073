mod completion;
mod errors;
mod properties;

use super::*;

fn read(text: &str) -> Filter {
    parse(text).unwrap_or_else(|error| panic!("{}", error.pointing(text, str::to_owned)))
}

/// Parsed and printed again.
fn printed(text: &str) -> String {
    read(text).to_string()
}

#[test]
fn the_filter_of_the_readme_is_read() {
    let text = r#"verdict:rejected category:tone model:a-large prompt_version:v7 reviewer:ops-1 tag:edge-case
        score.tone<3 latency_ms>2000 cost_usd>=0.01 created>2026-11-01 has:note "refund window" -urgent"#;
    let Filter::All(parts) = read(text) else { panic!("terms side by side must all hold") };
    assert_eq!(parts.len(), 13);
    assert_eq!(parts[0], Term::Verdict(Some(Verdict::Reject)).into());
    assert_eq!(parts[6], Term::Score("tone".into(), Comparison::Less, 3.0).into());
    let urgent = Term::Text(Scope::Anywhere, Phrase { text: "urgent".into(), open: false });
    assert_eq!(parts[12], Filter::negated(urgent.into()));
}

#[test]
fn or_binds_less_than_what_stands_side_by_side() {
    assert_eq!(read("model:a tag:x or tag:y"), read("(model:a tag:x) or tag:y"));
    assert_ne!(read("model:a tag:x or tag:y"), read("model:a (tag:x or tag:y)"));
    assert_eq!(read("model:a AND tag:x"), read("model:a tag:x"));
    assert_eq!(read("not (model:a OR refund)"), read("-(model:a or refund)"));
}

#[test]
fn a_list_is_any_of_its_values() {
    assert_eq!(read("verdict:accept,rejected"), read("verdict:accept or verdict:reject"));
    assert_eq!(read("model!=a,b"), read("-(model:a or model:b)"));
    assert_eq!(printed("(tag:x or tag:y) model:m"), "tag:x,y model:m");
    assert_eq!(printed("tag:x or tag:y or model:m or refund"), "tag:x,y or model:m or refund");
}

#[test]
fn signs_may_have_space_around_them_and_a_colon_before_them() {
    for text in ["latency_ms > 2000", "latency_ms> 2000", "latency_ms:>2000", "LATENCY_MS>2e3"] {
        assert_eq!(printed(text), "latency_ms>2000");
    }
}

#[test]
fn quotes_and_stars() {
    assert_eq!(printed(r#"model:"a large"*"#), r#"model:"a large"*"#);
    assert_eq!(printed(r#"model:"a*""#), r#"model:"a*""#, "a star in quotes is one");
    assert_eq!(printed(r#"model:a** note:"say \"hi\"\n""#), r#"model:a* note:"say \"hi\"\n""#);
    assert_eq!(printed("refund* \"or\" 退款 don't"), "refund* \"or\" 退款 \"don't\"");
    assert_eq!(printed("model:\"\""), "model:\"\"", "nothing at all is a value too");
}

#[test]
fn the_empty_filter_is_everything() {
    assert!(read("  ").is_everything() && read("()").is_everything());
    assert_eq!(printed("() or model:a"), "() or model:a");
}

#[test]
fn days_are_stretches() {
    let stretch = |text: &str| match read(text) {
        Filter::Term(Term::Time(_, _, when)) => when.stretch(crate::domain::time::parse_rfc3339(NOW).unwrap()),
        other => panic!("{other:?}"),
    };
    let shown = |text: &str| {
        let range = stretch(text);
        [range.start, range.end].map(crate::domain::time::format_rfc3339)
    };
    const NOW: &str = "2026-11-25T10:00:00Z";
    assert_eq!(shown("created:2026-11-01"), ["2026-11-01T00:00:00.000Z", "2026-11-02T00:00:00.000Z"]);
    assert_eq!(shown("created:2026-02"), ["2026-02-01T00:00:00.000Z", "2026-03-01T00:00:00.000Z"]);
    assert_eq!(shown("created:yesterday"), ["2026-11-24T00:00:00.000Z", "2026-11-25T00:00:00.000Z"]);
    assert_eq!(shown("created>7d")[0], "2026-11-18T10:00:00.000Z");
    assert_eq!(shown("decided<=2026-11-01T09:30:00+01:00")[0], "2026-11-01T08:30:00.000Z");
}

#[test]
fn a_pinned_filter_no_longer_moves() {
    let now = crate::domain::time::parse_rfc3339("2026-11-25T10:00:00Z").unwrap();
    let resolved = |text: &str| read(text).resolved(&SavedFilters::new(), now).unwrap();
    let pinned = |text: &str| resolved(text).to_string();
    assert_eq!(pinned("created>7d decided:today"), "created>2026-11-18T10:00:00.000Z decided:2026-11-25");
    assert_eq!(pinned("age>24h"), "created<2026-11-24T10:00:00.000Z or -has:created imported<2026-11-24T10:00:00.000Z");
    assert_eq!(parse(&pinned("-age<=24h")).as_ref(), Ok(resolved("-age<=24h").filter()));
}

#[test]
fn every_example_of_a_field_is_a_filter() {
    for field in FIELDS.iter() {
        let terms = read(field.example);
        let name = field.name;
        assert!(terms.to_string().starts_with(name), "{terms} is no example of {name}");
    }
}

#[test]
fn what_a_saved_filter_refers_to_is_known() {
    assert_eq!(read("@mine -(@late or model:a)").saved().collect::<Vec<_>>(), ["mine", "late"]);
}
