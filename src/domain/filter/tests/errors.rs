//! What is told of a filter that is none.

use super::super::*;
use crate::domain::spec::Severity;

fn words() -> Words {
    let word = |key: &str| Word {
        key: key.into(),
        name: key.to_uppercase(),
        severity: Some(Severity::Minor),
        retryable: false,
    };
    Words {
        categories: vec![word("tone"), word("wrong_amount")],
        criteria: vec![word("facts")],
        routes: vec![word("lead")],
        saved: vec!["late".into()],
        judges: Vec::new(),
    }
}

/// The part that the error points at, the message, and the hint.
fn complaint(text: &str) -> String {
    let error = parse_under(text, &words()).expect_err(text);
    let hint = error.hint.map(|hint| format!(" ({hint})")).unwrap_or_default();
    format!("[{}] {}{hint}", &text[error.at], error.message)
}

#[test]
fn an_error_points_at_what_it_is_about() {
    for (text, expected) in [
        ("modle:a", "[modle] there is no field `modle` (did you mean `model`?)"),
        ("x score:3", "[score] there is no field `score` (did you mean `score.KEY`?)"),
        ("https://a", "[https] there is no field `https` (to look for it as text, put it in quotes)"),
        ("verdict:rejcted", "[rejcted] `rejcted` is not known here (did you mean `rejected`?)"),
        ("category:tune", "[tune] the spec has no failure category `tune` (did you mean `tone`?)"),
        ("route:x", "[x] the spec has no route `x` (it is one of lead)"),
        ("score.fact<2", "[fact] the spec has no criterion `fact` (did you mean `facts`?)"),
        ("@lat", "[@lat] there is no saved filter `lat` (did you mean `late`?)"),
        ("model<3", "[<] `model` knows no order, so it takes `:` and not `<`"),
        ("attempt>1,2", "[2] `>` takes one value; a list goes with `:`"),
        ("attempt:two", "[two] `two` is no value of `attempt` (it is a number, such as 3 or 0.01)"),
        ("attempt:1*", "[1*] `1*` is no value of `attempt` (it takes no `*`)"),
        ("cost_usd<inf", "[inf] `inf` is no value of `cost_usd` (it is a number, such as 3 or 0.01)"),
        ("age>7", "[7] `7` is no value of `age` (it is a length of time, such as 30m, 36h, 7d or 2w)"),
        ("created:7d", "[7d] `:` with `7d` leaves open whether before or after (write created>7d or created<7d)"),
        ("model:", "[] a value is missing after `model:`"),
        ("model: a", "[] a value is missing after `model:` (no space goes before the value)"),
        ("a or", "[or] `or` needs something on both sides (to look for the word, put it in quotes: \"or\")"),
        ("or a", "[or] `or` needs something on both sides (to look for the word, put it in quotes: \"or\")"),
        ("a and or b", "[and] `and` needs something on both sides (to look for the word, put it in quotes: \"and\")"),
        ("a )", "[)] this `)` closes nothing"),
        (") a", "[)] this `)` closes nothing"),
        ("a (b", "[(] this `(` is never closed"),
        ("a (", "[(] this `(` is never closed"),
        ("a \"b", "[\"] this quote is never closed (write \\\" for a quote inside)"),
        ("a - b", "[-] nothing to exclude stands right after `-` (to look for it, put it in quotes: \"-\")"),
        ("did not", "[not] nothing to exclude stands right after `not` (to look for it, put it in quotes: \"not\")"),
        (
            "note:退*款",
            "[退*款] in a text, `*` may stand at the end of a word alone (to look for the sign itself, put it in quotes)",
        ),
        (
            "re*und",
            "[*] in a text, `*` may stand at the end of a word alone (to look for the sign itself, put it in quotes)",
        ),
        ("\"?!\"", "[\"?!\"] there is no word in this to look for"),
        ("a @", "[@] the name of a saved filter follows `@` (to look for the sign itself, put it in quotes)"),
    ] {
        assert_eq!(complaint(text), expected, "{text}");
    }
    assert!(complaint("a > 3").starts_with("[>] no field stands before `>`"));
    assert!(complaint(r#""a\d""#).starts_with(r"[\d] `\d` stands for nothing"));
    assert!(complaint("created>soon").contains("it is a day (2026-11-01)"));
}

#[test]
fn patterns_are_not_held_against_the_spec() {
    assert!(parse_under("category:to*", &words()).is_ok());
    assert!(parse("category:anything score.any>1 @any").is_ok(), "without a queue nothing is known to be wrong");
}

#[test]
fn there_is_a_limit_to_everything() {
    assert!(complaint(&"-(".repeat(100)).contains("nested too deeply"));
    assert!(
        complaint(&"-".repeat(100)).contains("nothing to exclude")
            || complaint(&format!("{}a", "-".repeat(100))).contains("nested")
    );
    assert!(complaint(&"a ".repeat(201)).contains("at most 200 terms"));
    assert!(parse(&"a ".repeat(200)).is_ok());
}

#[test]
fn the_caret_stands_below_the_place_at_any_width() {
    let text = "退款 modle:a";
    let error = parse(text).unwrap_err();
    let told = error.pointing(text, str::to_owned).to_string();
    assert_eq!(told, "there is no field `modle`\n\n  退款 modle:a\n       ^^^^^");
}
