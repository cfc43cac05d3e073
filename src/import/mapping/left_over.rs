//! What is left of a record once the fields of an item are taken from it.

use super::at::range_in;
use crate::import::fault::Fault;
use crate::import::json::{Member, elements, members};
use serde_json::Value;
use std::borrow::Cow;
use std::ops::Range;

/// The members of the object `source` without the stretches that were taken: what holds none of them
/// is as it was written, and what holds nothing else is gone.
pub(crate) fn left_over<'a>(source: &'a str, taken: &[Range<usize>]) -> Result<Vec<Member<'a>>, Fault> {
    let mut left = Vec::new();
    let is_all_taken = taken.contains(&range_in(source, source));
    members(source, |name, value| {
        if !is_all_taken && let Some(value) = without(source, value, taken)? {
            left.push((name, value));
        }
        Ok(())
    })?;
    Ok(left)
}

/// A value of `source` without what was taken of it; `None` where that is all.
fn without<'a>(source: &str, value: &'a str, taken: &[Range<usize>]) -> Result<Option<Cow<'a, str>>, Fault> {
    let place = range_in(source, value);
    if taken.contains(&place) {
        return Ok(None);
    }
    if !taken.iter().any(|taken| place.start <= taken.start && taken.end <= place.end) {
        return Ok(Some(value.into()));
    }
    let mut left: Vec<String> = Vec::new();
    let is_list = value.starts_with('[');
    if is_list {
        elements(value, |_, element| {
            left.extend(without(source, element, taken)?.map(Cow::into_owned));
            Ok(())
        })?;
    } else {
        members(value, |name, member| {
            left.extend(
                without(source, member, taken)?.map(|member| format!("{}:{member}", Value::from(name.as_ref()))),
            );
            Ok(())
        })?;
    }
    let joined = left.join(",");
    let whole = || if is_list { format!("[{joined}]") } else { format!("{{{joined}}}") };
    Ok((!left.is_empty()).then(|| whole().into()))
}

#[cfg(test)]
mod tests {
    use super::super::at::at;
    use super::*;
    use crate::domain::mapping::Path;
    use proptest::prelude::*;

    fn left(source: &str, paths: &[&str]) -> String {
        let taken: Vec<_> = paths
            .iter()
            .flat_map(|path| at(&Path::parse(path).unwrap(), source).unwrap().places(source).collect::<Vec<_>>())
            .collect();
        let left = left_over(source, &taken).unwrap();
        left.iter().map(|(name, value)| format!("{name}={value};")).collect()
    }

    #[test]
    fn what_was_taken_is_gone_and_the_rest_as_it_was() {
        let source = r#"{"id": 7, "choices": [{"index":0,"message":{"role":"assistant","content":"hi"}}], "n": 1.50}"#;
        assert_eq!(
            left(source, &[".choices[0].message.content", ".id"]),
            r#"choices=[{"index":0,"message":{"role":"assistant"}}];n=1.50;"#
        );
        assert_eq!(left(source, &["."]), "");
        let source = r#"{"docs":[{"t":"a","s":1},{"t":"b"}],"m":[{"c":"q"},{"c":"a","x":1}],"e":{"e":{}}}"#;
        assert_eq!(left(source, &[".docs[].t", ".m[:-1]", ".m[-1].c"]), r#"docs=[{"s":1}];m=[{"x":1}];e={"e":{}};"#);
        assert_eq!(left(source, &[".docs[]"]), r#"m=[{"c":"q"},{"c":"a","x":1}];e={"e":{}};"#);
    }

    #[test]
    fn a_text_that_was_gone_into_stays_whole() {
        assert_eq!(left(r#"{"t":"{\"a\":1,\"b\":2}"}"#, &[".t.a"]), r#"t="{\"a\":1,\"b\":2}";"#);
    }

    fn value() -> impl Strategy<Value = serde_json::Value> {
        let scalar =
            prop_oneof![any::<u8>().prop_map(serde_json::Value::from), "[a-z]{0,3}".prop_map(serde_json::Value::from)];
        scalar.prop_recursive(3, 20, 3, |inner| {
            let list = proptest::collection::vec(inner.clone(), 1..3).prop_map(serde_json::Value::from);
            let object = proptest::collection::btree_map("[a-c]", inner, 1..3);
            prop_oneof![list, object.prop_map(|members| members.into_iter().collect())]
        })
    }

    fn scalars(value: &serde_json::Value) -> usize {
        match value {
            serde_json::Value::Array(elements) => elements.iter().map(scalars).sum(),
            serde_json::Value::Object(members) => members.values().map(scalars).sum(),
            _ => 1,
        }
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_nothing_is_twice(
            members in proptest::collection::btree_map("[a-c]", value(), 0..4),
            path in "(\\.[a-c](\\[(0|-1|:-1|1:|)\\])?){1,3}",
        ) {
            let record: serde_json::Value = members.into_iter().collect();
            let (source, path) = (record.to_string(), Path::parse(&path).unwrap());
            let Ok(found) = at(&Path { is_optional: true, ..path }, &source) else { return Ok(()) };
            let taken: Vec<_> = found.places(&source).collect();
            let count = |json: &str| scalars(&serde_json::from_str(json).unwrap());
            let left: usize = left_over(&source, &taken).unwrap().iter().map(|(_, value)| count(value)).sum();
            prop_assert_eq!(left + taken.iter().map(|place| count(&source[place.clone()])).sum::<usize>(), scalars(&record));
        }
    }
}
