//! What was judged elsewhere: the member `judgements` of an item, and the lines of a file of theirs.

use super::fault::{Fault, Faults};
use super::json::{Member, elements, members, repeated, slots};
use super::line::object_of_line;
use super::scalar::{id, integer, text, words};
use super::scan;
use super::value::{Value, optional, required, unless_empty};
use crate::domain::decision::{Scores, Verdict};
use crate::domain::judge::{ImportedJudgement, Judge, JudgeKind};
use std::collections::BTreeMap;

/// The member of an item that holds them.
pub(super) const MEMBER: &str = "judgements";

/// Takes the judgements out of the members that karat has no other place for.
pub(super) fn taken_from(others: &mut Vec<Member>) -> Result<Vec<ImportedJudgement>, Faults> {
    let Some(at) = others.iter().position(|(name, _)| name == MEMBER) else { return Ok(Vec::new()) };
    let (_, source) = others.remove(at);
    let value = Value::from_json(&source).map_err(Faults::from);
    value.and_then(|value| judgements(&value)).map_err(|faults| faults.within(MEMBER))
}

/// A list of judgements; text, as a cell of a table holds it, and `null` is none.
fn judgements(value: &Value) -> Result<Vec<ImportedJudgement>, Faults> {
    let list = match value {
        Value::Text(cell) => match Value::from_text_or_json(cell)? {
            Value::List(list) => list,
            Value::Text(cell) if cell.is_empty() => return Ok(Vec::new()),
            _ => return Err(value.mistyped("a list").into()),
        },
        Value::List(list) => list.as_ref().into(),
        Value::Null => return Ok(Vec::new()),
        _ => return Err(value.mistyped("a list").into()),
    };
    let (mut found, mut faults): (Vec<ImportedJudgement>, _) = (Vec::new(), Faults::default());
    elements(&list, |index, element| {
        let place = format!("[{index}]");
        let read = Value::from_json(element).map_err(Faults::from).and_then(|value| match value {
            Value::Object(source) => judgement(&source).map(|(_, judgement)| judgement),
            other => Err(other.mistyped("an object").into()),
        });
        let read = read.and_then(|judgement| match found.iter().any(|earlier| earlier.judge == judgement.judge) {
            true => Err(Fault::new(format!("`{}` has judged this item above", judgement.judge)).into()),
            false => Ok(judgement),
        });
        match read {
            Ok(judgement) => found.push(judgement),
            Err(fault) => faults.keep(Err(fault.within(&place))),
        }
        Ok(())
    })?;
    faults.finish(found)
}

/// A judgement on a line of its own, with the id of its item.
pub(super) fn judgement_of_line(line: &[u8]) -> Result<(String, ImportedJudgement), Faults> {
    let source = object_of_line(line)?;
    let (item, judgement) = judgement(source)?;
    Ok((item.ok_or_else(|| Fault::new("is required and missing").within("id"))?, judgement))
}

/// Members of a judgement that are read.
const KNOWN: [&str; 9] = ["id", "judge", "kind", "version", "source", "verdict", "categories", "scores", "reason"];

/// Members of which each says something without a verdict.
const SAYING: [&str; 4] = ["score", "label", "answer", "answers"];

/// What one object says, with the id of an item where it names one.
fn judgement(source: &str) -> Result<(Option<String>, ImportedJudgement), Faults> {
    let slots = slots(source, |name| KNOWN.iter().position(|known| *known == name))?;
    let ([item, judge, kind, version, source, verdict, categories, scores, reason], mut faults) =
        (slots.known, slots.faults);
    let member = |source| unless_empty(Value::from_slot(source));
    let item = faults.keep(optional("id", member(item), id));
    let judge = Judge {
        name: faults.keep(required("judge", member(judge), id)),
        version: faults.keep(optional("version", member(version), id)).unwrap_or_default(),
    };
    let kind = faults.keep(optional("kind", member(kind), self::kind)).unwrap_or_default();
    let source = faults.keep(optional("source", member(source), text)).unwrap_or_default();
    let says_without =
        scores.is_some_and(|scores| scores != "null") || slots.others.iter().any(|(name, _)| SAYING.contains(&&**name));
    let verdict = match says_without {
        true => optional("verdict", member(verdict), self::verdict),
        false => required("verdict", member(verdict), self::verdict).map(Some),
    };
    let verdict = faults.keep(verdict);
    let categories = faults.keep(optional("categories", member(categories), words));
    let scores = faults.keep(optional("scores", member(scores), |value| self::scores(&value))).unwrap_or_default();
    let reason = faults.keep(optional("reason", member(reason), text)).unwrap_or_default();
    let mut others = BTreeMap::new();
    for (name, value) in slots.others {
        if name.contains('\0') {
            faults.keep::<()>(Err(Fault::new(format!("the name of a member {}", scan::NUL))));
        } else {
            faults.keep(scan::check(&value).map_err(|fault| fault.within(&name)));
            if others.insert(name.to_string(), value.into_owned()).is_some() {
                faults.keep::<()>(Err(repeated(&name)));
            }
        }
    }
    let said = ImportedJudgement { judge, kind, source, verdict, categories, scores, reason, others };
    faults.finish((item, said))
}

fn kind(value: Value) -> Result<JudgeKind, Fault> {
    text(value)?.parse().map_err(|reason: String| Fault::new(format!("{reason}; it is model, code or person")))
}

fn verdict(value: Value) -> Result<Verdict, Fault> {
    text(value)?.parse().map_err(Fault::new)
}

/// Levels by the keys of the criteria; one that is `null` is none.
fn scores(value: &Value) -> Result<Scores, Faults> {
    let Value::Object(source) = value else { return Err(value.mistyped("an object").into()) };
    let (mut scores, mut faults) = (Scores::new(), Faults::default());
    members(source, |key, level| {
        let level = optional(&key, Value::from_slot(Some(level)), integer(1));
        let Some(level) = faults.keep(level) else { return Ok(()) };
        // No scale has so many levels: what is beyond them is told with the spec's own.
        let level = u8::try_from(level).unwrap_or(u8::MAX);
        if scores.insert(key.to_string(), level).is_some() {
            faults.keep::<()>(Err(repeated(&key)));
        }
        Ok(())
    })?;
    faults.finish(scores)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(line: &str) -> String {
        judgement_of_line(line.as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn a_line_says_what_a_judge_says() {
        let line = r#"{"id":7,"judge":"tone-judge","version":"v3","verdict":"rejected","categories":["cold"],
            "scores":{"tone":1,"facts":null},"reason":"curt","confidence":0.90}"#;
        let (item, judgement) = judgement_of_line(line.as_bytes()).unwrap();
        assert_eq!((item.as_str(), judgement.judge.to_string().as_str()), ("7", "tone-judge@v3"));
        assert_eq!((judgement.verdict, judgement.categories), (Some(Verdict::Reject), Some(vec!["cold".to_owned()])));
        assert_eq!((judgement.scores, judgement.reason.as_str()), ([("tone".to_owned(), 1)].into(), "curt"));
        assert_eq!(judgement.others, [("confidence".to_owned(), "0.90".to_owned())].into());
        let (_, short) = judgement_of_line(br#"{"id":"a","judge":"j","verdict":"accept"}"#).unwrap();
        assert_eq!((short.judge.version.as_str(), short.kind, short.categories), ("", JudgeKind::Model, None));
        let person = br#"{"id":"a","judge":"ana","kind":"person","source":"a tool","answers":{"tone":2}}"#;
        let (_, person) = judgement_of_line(person).unwrap();
        assert_eq!((person.kind, person.source.as_str(), person.verdict), (JudgeKind::Person, "a tool", None));
    }

    #[test]
    fn what_is_wrong_is_told_by_its_member() {
        assert_eq!(told(r#"{"judge":"j","verdict":"accept"}"#), "id: is required and missing");
        assert_eq!(told(r#"{"id":"a","judge":"","verdict":"accept"}"#), "judge: is required and missing");
        assert_eq!(
            told(r#"{"id":"a","version":"2","verdict":"good"}"#),
            "judge: is required and missing; verdict: `good` is no verdict; it is accept, reject or escalate"
        );
        assert_eq!(told(r#"{"id":"a","judge":"j"}"#), "verdict: is required and missing");
        assert_eq!(
            told(r#"{"id":"a","judge":"j","kind":"robot","score":0.4}"#),
            "kind: `robot` is no kind of judge; it is model, code or person"
        );
        let odd = r#"{"id":"a","judge":"j","verdict":"reject","categories":"cold","scores":{"tone":0,"kind":"high"}}"#;
        assert_eq!(
            told(odd),
            "categories: must be a list of text, not text; scores.tone: must be at least 1; \
             scores.kind: must be a number, not text"
        );
        assert!(told("[1]").contains("must be an object"), "{}", told("[1]"));
        assert!(told("{\"id\":").starts_with("broken JSON"), "{}", told("{\"id\":"));
    }

    #[test]
    fn an_item_brings_a_list() {
        let list =
            |source: &'static str| taken_from(&mut vec![("a".into(), "1".into()), (MEMBER.into(), source.into())]);
        let two = list(r#"[{"judge":"j","verdict":"accept"},{"judge":"j","version":"2","verdict":"reject"}]"#);
        assert_eq!(two.unwrap().len(), 2);
        assert_eq!(list(r#""[{\"judge\":\"j\",\"verdict\":\"accept\"}]""#).unwrap().len(), 1, "a cell of a table");
        assert_eq!(list("null").unwrap(), []);
        let twice = list(r#"[{"judge":"j","verdict":"accept"},{"judge":"j","verdict":"reject"}]"#).unwrap_err();
        assert_eq!(twice.to_string(), "judgements[1]: `j` has judged this item above");
        assert_eq!(list(r#"{"judge":"j"}"#).unwrap_err().to_string(), "judgements: must be a list, not an object");
        assert_eq!(list(r#""good""#).unwrap_err().to_string(), "judgements: must be a list, not text");
    }
}
