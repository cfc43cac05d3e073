//! Whole files: what a spec's owner is told about each.

use super::*;
use crate::domain::bar::Method;
use crate::domain::policy::{Agree, Retry, Settle};
use crate::domain::spec::{Adjudicator, CalibrateTerms, MAX_CRITERIA, MAX_FAILURES, RetryTerms};
use crate::domain::team::{Member, Role};
use proptest::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};

/// The `.toml` files of a folder of fixtures.
fn fixtures(folder: &str) -> Vec<(PathBuf, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/specs").join(folder);
    let mut paths: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(!paths.is_empty(), "no fixtures in {}", folder.display());
    let with_text = |path: PathBuf| (path.clone(), fs::read_to_string(path).unwrap());
    paths.into_iter().map(with_text).collect()
}

#[test]
fn valid_files_are_specs() {
    for (path, source) in fixtures("valid") {
        parse(&source).unwrap_or_else(|problems| panic!("{}: {problems:#?}", path.display()));
    }
}

/// An invalid file begins with `# expect: line:column words` for each of its problems,
/// in order and with none left out; the words stand in the reason or in the hint.
#[test]
fn invalid_files_have_exactly_the_problems_they_expect() {
    for (path, source) in fixtures("invalid") {
        let expected: Vec<&str> = source.lines().map_while(|line| line.strip_prefix("# expect: ")).collect();
        let problems = parse(&source).expect_err(&path.display().to_string());
        let found: Vec<String> = problems.iter().map(|problem| problem.located("").to_string()).collect();
        assert_eq!(found.len(), expected.len(), "{}: {found:#?}", path.display());
        for (found, expected) in found.iter().zip(expected) {
            let (place, words) = expected.split_once(' ').unwrap();
            let fits = found.starts_with(&format!(":{place}: ")) && found.contains(words);
            assert!(fits, "{}: {found}\ndoes not fit {expected}", path.display());
        }
    }
}

#[test]
fn a_full_spec_is_read_as_it_stands() {
    let source = include_str!("../../tests/specs/valid/full.toml");
    let spec = parse(source).unwrap();
    assert_eq!(spec.name, "support-replies");
    assert_eq!(spec.source_of_truth.as_deref(), Some("Help centre articles, snapshot of 2026-11-01"));
    assert_eq!(spec.hide, ["model", "cost_usd"], "each once, as they stand");
    let accuracy = spec.criterion("factual_accuracy").unwrap();
    assert_eq!(accuracy.levels[1], "Adds unsupported facts");
    assert!(!accuracy.required);
    let claim = spec.failure("unsupported_claim").unwrap();
    assert_eq!((claim.retryable, claim.escalate_to.as_deref()), (true, Some("policy")));
    assert_eq!(spec.route("policy").unwrap().due_hours, Some(24));
    let rules = spec.samples.iter().map(|rule| (rule.key.as_str(), rule.when.as_str(), rule.first, rule.rate));
    let rules: Vec<_> = rules.collect();
    assert_eq!(
        rules,
        [("v8", "prompt_version:v8", Some(50), 0.25), ("sample-2", "", None, 0.05)],
        "a rule without a key is called by its place"
    );
    assert_eq!(spec.samples.iter().map(|rule| rule.opinions).collect::<Vec<_>>(), [3, 1]);
    let bars: Vec<_> = spec.bars.iter().map(|bar| (bar.title(), bar.target.to_string(), bar.confidence)).collect();
    assert_eq!(
        bars,
        [
            ("No reply contradicts its source", "at least 0.95".to_owned(), 0.9),
            ("no_worse", "against prompt_version:v7 less 0.02".to_owned(), 0.95),
            ("fast", "at least 1".to_owned(), 0.95)
        ]
    );
    let faithful = spec.bar("faithful").unwrap();
    assert_eq!(spec.bars.iter().map(|bar| bar.is_judged).collect::<Vec<_>>(), [true, true, false]);
    assert_eq!((faithful.method, faithful.reviews, faithful.needs.len()), (Method::Fixed, Some(240), 4));
    assert_eq!((spec.lens.enabled, spec.lens.unsupported.as_deref()), (true, Some("unsupported_claim")));
    let review = spec.review.unwrap();
    let agree = Agree { verdict: true, severity: true, categories: false, scores: vec!["tone".into()] };
    assert_eq!((review.agree, review.settle), (agree, Settle::Majority));
    assert_eq!(review.adjudicator, Adjudicator::Person("li".into()));
    assert_eq!(review.second_opinion.as_deref(), Some("verdict:reject severity:critical"));
    let (run, pass_env) = (vec!["regenerate".to_owned(), "--json".into()], vec!["API_KEY".to_owned()]);
    let retry = RetryTerms { when: Retry::Retryable, attempts: 3, then: Some("policy".into()), run, pass_env };
    assert_eq!(review.hour_cost, Some(38.0));
    assert_eq!(spec.retry, Some(retry));
    let golden = "tag:starter verdict:reject".into();
    let calibrate = CalibrateTerms { golden, share: 0.03, least: 20, pass: 0.9, pauses: false };
    assert_eq!(spec.calibrate, Some(calibrate));
}

/// What the owner of a spec is told where these people have a role.
fn told_to(source: &str, reviewers: &[&str], viewers: &[&str]) -> Vec<String> {
    let with = |role: Role| move |name: &&str| Member { person: (*name).to_owned(), role };
    let team = reviewers.iter().map(with(Role::Reviewer)).chain(viewers.iter().map(with(Role::Viewer)));
    let no_file = |_: &str| Err(std::io::Error::other("it names none"));
    let problems = parse_for(source, &no_file, Some(&team.collect::<Vec<_>>())).err().unwrap_or_default();
    problems.iter().map(|problem| problem.located("").to_string()).collect()
}

#[test]
fn opinions_that_nobody_is_left_to_give_or_to_settle_are_told() {
    let top = "name = \"a\"\ntitle = \"A\"\ndecision = \"A?\"\n";
    let with = |opinions: u32, review: &str| {
        format!("{top}[[sample]]\nrate = 1.0\nopinions = {opinions}\n[review]\n{review}\n")
    };
    let adjudicated = with(2, "adjudicator = \"ana\"");
    assert!(parse(&adjudicated).is_ok(), "without a team everybody is there");
    assert_eq!(told_to(&adjudicated, &["ana", "li", "jo"], &[]), [""; 0]);
    let left = told_to(&adjudicated, &["ana", "li"], &["jo"]);
    assert!(left[0].starts_with(":8:15: nobody is left to settle 2 opinions that differ"), "{left:?}");
    assert_eq!(told_to(&with(2, "settle = \"strictest\""), &["ana", "li"], &[]), [""; 0]);
    let few = told_to(&with(3, ""), &["ana", "li"], &[]);
    assert!(few[0].starts_with(":6:12: 3 opinions are asked, and 2 people here may decide"), "{few:?}");
    let second = told_to(&with(1, "second_opinion = \"verdict:reject\""), &["ana"], &[]);
    assert!(second[0].starts_with(":8:18: 2 opinions are asked, and 1 person here may decide"), "{second:?}");
    let viewer = told_to(&adjudicated, &["li", "jo", "kim"], &["ana"]);
    assert!(viewer[0].starts_with(":8:15: `ana` is a viewer here, who decides nothing"), "{viewer:?}");
    let unknown = told_to(&adjudicated, &["li", "jo", "kim"], &[]);
    assert!(unknown[0].starts_with(":8:15: `ana` has no role in this workspace"), "{unknown:?}");
    assert_eq!([left, few, second, viewer, unknown].map(|told| told.len()), [1; 5]);
    assert_eq!(told_to(&with(1, "adjudicator = \"lead\""), &["ana"], &[]), [""; 0], "one opinion never differs");
    let share = told_to(&with(1, "max_share = 0.3"), &["ana", "li", "jo"], &[]);
    assert!(share[0].starts_with(":8:13: 3 people may decide here, who together hold less than all"), "{share:?}");
    assert!(share[0].contains("write at least 0.34"), "{share:?}");
    assert_eq!(told_to(&with(1, "max_share = 0.34"), &["ana", "li", "jo"], &[]), [""; 0]);
}

#[test]
fn the_owner_of_a_bar_is_somebody_of_the_team_or_a_group() {
    let with = |owner: &str| {
        let bar = format!("[[bar]]\nkey = \"b\"\nof = \"verdict:accept\"\nat_least = 0.9\nowner = \"{owner}\"\n");
        format!("name = \"q\"\ntitle = \"Q\"\ndecision = \"?\"\n[[group]]\nkey = \"desk\"\npeople = [\"ana\"]\n{bar}")
    };
    assert_eq!(told_to(&with("ana"), &["ana"], &[]), [""; 0]);
    assert_eq!(told_to(&with("desk"), &["ana"], &[]), [""; 0]);
    let problems = told_to(&with("dusk"), &["ana"], &[]);
    assert_eq!(problems, [":11:9: nobody is `dusk`, who is to own the bar\n    hint: did you mean \"desk\"?"]);
}

#[test]
fn a_name_that_nobody_of_the_team_has_is_told() {
    let source = include_str!("../../tests/specs/valid/groups.toml");
    let told = |names: &[&str]| told_to(source, names, &[]);
    assert!(parse(source).is_ok(), "without a team every name is a person");
    assert_eq!(told(&["ana", "li", "Ana Lopez"]), [""; 0]);
    let problems = told(&["ana", "Ann Lopez"]);
    assert_eq!(problems.len(), 2, "{problems:?}");
    assert!(problems[0].starts_with(":16:9: nobody is `Ana Lopez`, who is to answer"), "{}", problems[0]);
    assert!(problems[0].contains("did you mean \"Ann Lopez\"?"), "{}", problems[0]);
    assert!(problems[1].starts_with(":20:18: `li` has no role in this workspace"), "{}", problems[1]);
    let spec = parse(source).unwrap();
    let owners = |key: &str| spec.owners(spec.route(key).unwrap());
    assert_eq!((owners("policy"), owners("lead")), (vec!["ana", "li"], vec!["Ana Lopez"]));
}

#[test]
fn more_entries_than_keys_on_the_keyboard_are_refused_at_the_first_surplus_one() {
    let top = "name = \"a\"\ntitle = \"A\"\ndecision = \"A?\"\n";
    let failure = |i: usize| format!("[[failure]]\nkey = \"f{i}\"\nname = \"F{i}\"\nseverity = \"minor\"\n");
    let with = |count: usize| parse(&(top.to_owned() + &(0..count).map(failure).collect::<String>()));
    assert_eq!(with(MAX_FAILURES).unwrap().failures.len(), MAX_FAILURES);
    let problems = with(MAX_FAILURES + 1).unwrap_err();
    assert_eq!((problems.len(), problems[0].line, problems[0].column), (1, 4 + 4 * MAX_FAILURES, 1));
    assert_eq!(problems[0].reason, "a spec has at most 35 failure categories, but this one has 36");

    let criterion = |i: usize| {
        format!("[[criterion]]\nkey = \"c{i}\"\nname = \"C{i}\"\nquestion = \"?\"\nlevels = [\"a\", \"b\"]\n")
    };
    let source = top.to_owned() + &(0..=MAX_CRITERIA).map(criterion).collect::<String>();
    assert_eq!(parse(&source).unwrap_err()[0].reason, "a spec has at most 24 criteria, but this one has 25");
}

/// What a hostile key holds never reaches the terminal as it is.
#[test]
fn problems_show_hidden_characters_written_out() {
    let problems = parse("\"\\u001b[31m\\u202e\" = 1\nname = \"\\u001b\"\n").unwrap_err();
    let printed: String = problems.iter().map(|problem| problem.located("f").to_string()).collect();
    assert!(printed.contains("unknown key `\\u{1b}[31m\\u{202e}`"), "{printed}");
    assert!(!printed.chars().any(|c| c != '\n' && name::is_hidden(c)), "{printed}");
}

fn assert_places_lie_inside(source: &str) {
    let lines: Vec<&str> = source.split('\n').collect();
    for problem in parse(source).err().unwrap_or_default() {
        let line = lines.get(problem.line - 1).unwrap_or_else(|| panic!("{problem:?} in {source:?}"));
        assert!((1..=line.chars().count() + 1).contains(&problem.column), "{problem:?} in {source:?}");
        assert!(!problem.reason.is_empty() && !problem.hint.is_empty(), "{problem:?}");
    }
}

/// Text in the alphabet of a spec, so that it gets past the first character.
fn near_spec() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "[[criterion]]",
        "[[failure]]",
        "[[route]]",
        "[criterion]",
        "[a.b]",
        "[[a.b]]",
        "key",
        "name",
        "levels",
        "a.b",
        " = ",
        "\"x\"",
        "\"",
        "'",
        "\"\"\"",
        "[",
        "]",
        "{",
        "}",
        ",",
        "\n",
        "\r\n",
        "# é",
        "1",
        "true",
        "“x”",
        "\\",
        "\u{feff}",
        "route",
        "\u{0}",
    ]);
    prop::collection::vec(pieces, 0..40).prop_map(|pieces| pieces.concat())
}

/// The full example with a stretch cut out and something else put in.
fn damaged() -> impl Strategy<Value = String> {
    let source = include_str!("../../tests/specs/valid/full.toml");
    (any::<prop::sample::Index>(), 0..30usize, ".{0,3}").prop_map(move |(at, cut, put)| {
        let start = source.floor_char_boundary(at.index(source.len()));
        let end = source.floor_char_boundary((start + cut).min(source.len())).max(start);
        format!("{}{put}{}", &source[..start], &source[end..])
    })
}

proptest! {
    #[test]
    fn no_text_panics_and_every_place_lies_inside_it(source in any::<String>()) {
        assert_places_lie_inside(&source);
    }

    #[test]
    fn no_jumble_of_a_spec_panics(source in near_spec()) {
        assert_places_lie_inside(&source);
    }

    #[test]
    fn no_damaged_spec_panics(source in damaged()) {
        assert_places_lie_inside(&source);
    }
}

#[test]
fn a_schema_becomes_part_of_the_spec() {
    let check = "[[check]]\nkey = \"c\"\nschema = \"in/s.json\"\notherwise = \"flag\"\n";
    let source = format!("name = \"q\"\ntitle = \"Q\"\ndecision = \"May it?\"\n{check}");
    let file = |path: &str| match path {
        "in/s.json" => Ok("{\n  \"type\": \"object\",\n  \"title\": \"it's\"\n}\n".to_owned()),
        _ => panic!("{path} is not named"),
    };
    let complete = parse_with_files(&source, &file).unwrap();
    assert_eq!(complete.spec.schemas[0].text, r#"{"type":"object","title":"it's"}"#);
    assert!(complete.source.starts_with(&source));
    assert_eq!(parse(&complete.source), Ok(complete.spec.clone()), "it needs no file any more");
    let again = parse_with_files(&complete.source, &|_| panic!("no file is read")).unwrap();
    assert_eq!(again, complete);
    let other = parse_with_files(&source, &|_| Ok("{}".into())).unwrap();
    let said: Vec<String> = changes(&complete.spec, &other.spec).iter().map(ToString::to_string).collect();
    assert_eq!(said, ["schema `in/s.json` reads otherwise"]);
}

#[test]
fn a_schema_that_cannot_be_read_is_told_at_its_path() {
    let source =
        "name = \"q\"\ntitle = \"Q\"\ndecision = \"?\"\n[[check]]\nkey = \"c\"\notherwise = \"flag\"\nschema = ";
    for (path, text, reason) in [
        ("\"s.json\"", "{", "it is no JSON: EOF while parsing an object at line 1 column 1"),
        ("\"/s.json\"", "{}", "its path is not relative to the spec"),
    ] {
        let problems = parse_with_files(&format!("{source}{path}"), &|_| Ok(text.into())).unwrap_err();
        let told: Vec<_> = problems.iter().map(|problem| (problem.line, problem.column, &problem.reason)).collect();
        let reason = format!("the schema {} cannot be used: {reason}", path.trim_matches('"'));
        assert_eq!(told, [(7, 10, &reason)]);
    }
}
