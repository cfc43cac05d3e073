//! What stands at a path of a record.

use crate::domain::mapping::{Path, Step};
use crate::import::fault::Fault;
use crate::import::json::{elements, is_json, members};
use crate::import::value::Value;
use std::borrow::Cow;
use std::ops::Range;

/// The values at a path.
pub(crate) struct Found<'a> {
    /// One, or one for each element of the lists that the path goes through; `None` where an optional
    /// one is missing.
    parts: Vec<Option<Part<'a>>>,
    is_many: bool,
}

/// What a step leads to.
#[derive(Clone)]
enum Part<'a> {
    /// A value, as it was written.
    Value(Cow<'a, str>),
    /// Some elements of a list.
    List(Vec<Cow<'a, str>>),
}

/// What stands at the path in the JSON value `source`. Fails where that is missing and may not be. A
/// text that holds a JSON list or object is gone into as if it were one.
pub(crate) fn at<'a>(path: &Path, source: &'a str) -> Result<Found<'a>, Fault> {
    let mut walk = Walk { path, found: Vec::new() };
    walk.from(Part::Value(source.into()), 0)?;
    Ok(Found { parts: walk.found, is_many: path.is_many() })
}

impl<'a> Found<'a> {
    /// The value as JSON: a list where the path gives many. `None` where an optional one is missing.
    pub(crate) fn json(self) -> Option<Cow<'a, str>> {
        if !self.is_many {
            return self.parts.into_iter().next().flatten().map(Part::json);
        }
        let values: Vec<_> = self.parts.into_iter().flatten().map(Part::json).collect();
        Some(listed(&values).into())
    }

    /// The value as JSON: a list only where there are more.
    pub(super) fn one_or_list(mut self) -> Option<Cow<'a, str>> {
        self.is_many &= self.parts.len() != 1;
        self.json()
    }

    /// The JSON of each document: the elements of a list, or the one value.
    pub(super) fn each(self) -> impl Iterator<Item = Option<Cow<'a, str>>> {
        self.parts.into_iter().map(|part| part.map(Part::json))
    }

    /// The stretches of `source` that the values are. One that stands within a text is none.
    pub(super) fn places(&self, source: &str) -> impl Iterator<Item = Range<usize>> {
        let sources = self.parts.iter().flatten().flat_map(|part| match part {
            Part::Value(value) => std::slice::from_ref(value),
            Part::List(values) => values,
        });
        let place = |value: &Cow<str>| match value {
            Cow::Borrowed(value) => Some(range_in(source, value)),
            Cow::Owned(_) => None,
        };
        sources.filter_map(place).collect::<Vec<_>>().into_iter()
    }
}

/// Where `part`, which is a piece of it, stands in `source`.
pub(super) fn range_in(source: &str, part: &str) -> Range<usize> {
    let start = part.as_ptr() as usize - source.as_ptr() as usize;
    start..start + part.len()
}

fn listed(values: &[Cow<str>]) -> String {
    format!("[{}]", values.join(","))
}

impl<'a> Part<'a> {
    fn json(self) -> Cow<'a, str> {
        match self {
            Part::Value(value) => value,
            Part::List(values) => listed(&values).into(),
        }
    }
}

struct Walk<'a, 'p> {
    path: &'p Path,
    found: Vec<Option<Part<'a>>>,
}

impl<'a> Walk<'a, '_> {
    /// Goes on from the value that the first `count` steps lead to.
    fn from(&mut self, part: Part<'a>, count: usize) -> Result<(), Fault> {
        let Some(step) = self.path.steps.get(count) else {
            self.found.push(Some(part));
            return Ok(());
        };
        let next = match step {
            Step::Member(name) => self.member(&part, name, count)?.map(Part::Value),
            Step::Each => {
                let Some(all) = self.elements(part, count)? else { return self.missing(count) };
                return all.into_iter().try_for_each(|element| self.from(Part::Value(element), count + 1));
            }
            Step::Nth(index) => {
                let all = self.elements(part, count)?;
                all.and_then(|mut all| {
                    from_end(*index, all.len()).filter(|at| *at < all.len()).map(|at| all.swap_remove(at))
                })
                .map(Part::Value)
            }
            Step::Slice(from, to) => self.elements(part, count)?.map(|mut all| {
                let bound = |bound: &Option<i64>, otherwise| {
                    bound.map_or(otherwise, |bound| from_end(bound, all.len()).unwrap_or(0).min(all.len()))
                };
                let (from, to) = (bound(from, 0), bound(to, all.len()));
                Part::List(if from < to { all.drain(from..to).collect() } else { Vec::new() })
            }),
            Step::Where(name, wanted) => self.elements(part, count)?.map(|mut all| {
                all.retain(|element| is_of(element, name, wanted));
                Part::List(all)
            }),
        };
        match next {
            Some(next) => self.from(next, count + 1),
            None => self.missing(count),
        }
    }

    /// Nothing stands where the first `count` steps and one more lead.
    fn missing(&mut self, count: usize) -> Result<(), Fault> {
        if self.path.is_optional {
            self.found.push(None);
            return Ok(());
        }
        let (place, path) = (Path::of(self.path.steps[..=count].to_vec()), &self.path);
        let optional = Path { is_optional: true, ..(*path).clone() };
        Err(Fault::new(format!("`{place}` is missing; where it may be, write `{optional}`")))
    }

    /// The member of an object; `None` where it has none of that name, or there is `null`.
    fn member(&self, part: &Part<'a>, name: &str, count: usize) -> Result<Option<Cow<'a, str>>, Fault> {
        let value = match part {
            Part::Value(value) => opened(value),
            Part::List(_) => return Err(self.no(count, "an object", "a list; go into its elements with []")),
        };
        match value.as_bytes().first() {
            Some(b'{') => {}
            Some(b'n') => return Ok(None),
            Some(b'[') => return Err(self.no(count, "an object", "a list; go into its elements with []")),
            _ => return Err(self.no(count, "an object", kind(&value))),
        }
        match value {
            Cow::Borrowed(value) => Ok(member_of(value, name)?.map(Cow::Borrowed)),
            Cow::Owned(value) => Ok(member_of(&value, name)?.map(|value| value.to_owned().into())),
        }
    }

    /// The elements of a list; `None` where there is `null`.
    fn elements(&self, part: Part<'a>, count: usize) -> Result<Option<Vec<Cow<'a, str>>>, Fault> {
        let value = match part {
            Part::Value(value) => opened(&value),
            Part::List(values) => return Ok(Some(values)),
        };
        match value.as_bytes().first() {
            Some(b'[') => {}
            Some(b'n') => return Ok(None),
            _ => return Err(self.no(count, "a list", kind(&value))),
        }
        let mut all = Vec::new();
        match value {
            Cow::Borrowed(value) => elements(value, |_, element| {
                all.push(element.into());
                Ok(())
            })?,
            Cow::Owned(value) => elements(&value, |_, element| {
                all.push(element.to_owned().into());
                Ok(())
            })?,
        }
        Ok(Some(all))
    }

    /// The value that the first `count` steps lead to is not what the next step needs.
    fn no(&self, count: usize, needed: &str, found: &str) -> Fault {
        let place = match count {
            0 => "the record".to_owned(),
            count => format!("`{}`", Path::of(self.path.steps[..count].to_vec())),
        };
        Fault::new(format!("{place} is not {needed}, but {found}"))
    }
}

fn kind(value: &str) -> &'static str {
    Value::from_json(value).map_or("text", |value| value.kind())
}

/// Whether the element is an object with such a member.
fn is_of(element: &str, name: &str, wanted: &str) -> bool {
    let member = element.starts_with('{').then(|| member_of(element, name).ok().flatten()).flatten();
    member.is_some_and(|member| match Value::from_json(member) {
        Ok(Value::Text(text)) => text == wanted,
        _ => member == wanted,
    })
}

/// The first member of that name.
fn member_of<'v>(object: &'v str, name: &str) -> Result<Option<&'v str>, Fault> {
    let mut found = None;
    members(object, |member, value| {
        if found.is_none() && member == name {
            found = Some(value);
        }
        Ok(())
    })?;
    Ok(found)
}

/// Place `index` of so many; one below 0 is counted from the end. `None` before the first.
fn from_end(index: i64, count: usize) -> Option<usize> {
    match usize::try_from(index) {
        Ok(index) => Some(index),
        Err(_) => count.checked_sub(usize::try_from(index.unsigned_abs()).ok()?),
    }
}

/// The JSON that a text holds, or the value as it is.
fn opened<'a>(value: &Cow<'a, str>) -> Cow<'a, str> {
    if value.starts_with('"')
        && let Ok(Value::Text(text)) = Value::from_json(value)
        && text.trim_ascii_start().starts_with(['[', '{'])
        && is_json(text.trim_ascii())
    {
        return text.trim_ascii().to_owned().into();
    }
    value.clone()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORD: &str = r#"{"a":{"b":"x","n":null},"docs":[{"t":"1"},{"t":"2"},{}],"text":"{\"in\":[\"side\"]}",
        "m":[{"role":"user","c":"q"},{"role":"assistant","c":"a1"},{"role":"user","c":"r"},{"role":"assistant","c":"a2"}]}"#;

    fn found(path: &str) -> String {
        match at(&Path::parse(path).unwrap(), RECORD) {
            Ok(found) => found.json().map_or("none".into(), Cow::into_owned),
            Err(fault) => fault.to_string(),
        }
    }

    #[test]
    fn each_step_leads_on() {
        for (path, value) in [
            (".a.b", "\"x\""),
            (".a.n", "null"),
            (".docs[0].t", "\"1\""),
            (".docs[-2].t", "\"2\""),
            (".docs[].t?", r#"["1","2"]"#),
            (".docs[:-1]", r#"[{"t":"1"},{"t":"2"}]"#),
            (".docs[1:][].t?", r#"["2"]"#),
            (".docs[7:]", "[]"),
            (".m[role=assistant][-1].c", "\"a2\""),
            (".m[role=assistant][].c", r#"["a1","a2"]"#),
            (".m[role=nobody]", "[]"),
            (".text.in[0]", "\"side\""),
            (".a.c?", "none"),
            (".docs[9]?", "none"),
        ] {
            assert_eq!(found(path), value, "{path}");
        }
    }

    #[test]
    fn what_is_missing_is_told_with_its_place() {
        for (path, told) in [
            (".a.c", "`.a.c` is missing; where it may be, write `.a.c?`"),
            (".a.n.x", "`.a.n.x` is missing; where it may be, write `.a.n.x?`"),
            (".docs[].t", "`.docs[].t` is missing; where it may be, write `.docs[].t?`"),
            (".docs[-9]", "`.docs[-9]` is missing; where it may be, write `.docs[-9]?`"),
            (".a.b.c", "`.a.b` is not an object, but text"),
            (".docs.t", "`.docs` is not an object, but a list; go into its elements with []"),
            (".a[]", "`.a` is not a list, but an object"),
            ("[0]", "the record is not a list, but an object"),
        ] {
            assert_eq!(found(path), told, "{path}");
        }
    }
}
