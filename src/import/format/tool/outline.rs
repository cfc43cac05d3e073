//! What the first value of a file holds, as far as the file's first bytes go.

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::collections::BTreeMap;
use std::fmt;

/// Deepest member that is looked at.
const DEPTH: usize = 8;

/// So many elements of a list are looked at.
const ELEMENTS: usize = 4;

/// The name under which a number comes, where its digits are kept.
const NUMBER: &str = "$serde_json::private::Number";

/// The members of a value by their paths (`response.body.choices`); a path goes through lists.
#[derive(Debug, Default)]
pub(super) struct Outline {
    members: BTreeMap<String, Kind>,
    /// The first text at each path that has one.
    texts: BTreeMap<String, String>,
    /// The file is a list of values.
    pub is_list: bool,
    /// The first line is one whole value, and others follow.
    pub is_line: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    List,
    Object,
    /// Anything else, or cut off.
    Other,
}

impl Outline {
    /// The outline of the value that `head` begins with. What is broken or cut off ends it.
    pub(super) fn of(head: &[u8]) -> Self {
        let head = head.trim_ascii_start();
        let (mut members, mut texts) = (BTreeMap::new(), BTreeMap::new());
        let mut deserializer = serde_json::Deserializer::from_slice(head);
        let walk = Walk { members: &mut members, texts: &mut texts, path: String::new(), depth: 0 };
        // An error is the end of what is known.
        let _ = walk.deserialize(&mut deserializer);
        let line = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let is_whole = head.starts_with(b"{") && serde_json::from_slice::<IgnoredAny>(line).is_ok();
        Self {
            members,
            texts,
            is_list: head.starts_with(b"["),
            is_line: is_whole && !head[line.len()..].trim_ascii().is_empty(),
        }
    }

    /// Whether all these members are there.
    pub(super) fn has(&self, paths: &[&str]) -> bool {
        paths.iter().all(|path| self.members.contains_key(*path))
    }

    pub(super) fn has_any(&self, paths: &[&str]) -> bool {
        paths.iter().any(|path| self.members.contains_key(*path))
    }

    /// Whether a member's path begins so.
    pub(super) fn has_beginning(&self, start: &str) -> bool {
        self.members.range(start.to_owned()..).next().is_some_and(|(path, _)| path.starts_with(start))
    }

    /// Whether a member's path ends so.
    pub(super) fn has_end(&self, end: &str) -> bool {
        self.members.keys().any(|path| path.ends_with(end))
    }

    /// The first text that stands at a path.
    pub(super) fn text(&self, path: &str) -> Option<&str> {
        self.texts.get(path).map(String::as_str)
    }

    pub(super) fn is_list_at(&self, path: &str) -> bool {
        self.members.get(path) == Some(&Kind::List)
    }

    pub(super) fn is_object_at(&self, path: &str) -> bool {
        self.members.get(path) == Some(&Kind::Object)
    }
}

/// Notes the value at `path`.
struct Walk<'o> {
    members: &'o mut BTreeMap<String, Kind>,
    texts: &'o mut BTreeMap<String, String>,
    path: String,
    depth: usize,
}

impl Walk<'_> {
    fn note(self, kind: Kind) {
        self.members
            .entry(self.path)
            .and_modify(|noted| {
                if *noted == Kind::Other {
                    *noted = kind;
                }
            })
            .or_insert(kind);
    }
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        if self.depth == DEPTH {
            return deserializer.deserialize_ignored_any(IgnoredAny).map(drop);
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self { members, texts, path, depth } = self;
        Walk { members, texts, path: path.clone(), depth }.note(Kind::Object);
        while let Some(name) = map.next_key::<String>()? {
            if name == NUMBER {
                members.insert(path.clone(), Kind::Other);
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            let path = if path.is_empty() { name } else { format!("{path}.{name}") };
            members.entry(path.clone()).or_insert(Kind::Other);
            map.next_value_seed(Walk { members, texts, path, depth: depth + 1 })?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let Self { members, texts, path, depth } = self;
        if !path.is_empty() {
            members.insert(path.clone(), Kind::List);
        }
        for _ in 0..ELEMENTS {
            // What the elements are says nothing of what the list is.
            let mut inner = BTreeMap::new();
            let more = list.next_element_seed(Walk { members: &mut inner, texts, path: path.clone(), depth });
            inner.remove(&path);
            for (path, kind) in inner {
                members.entry(path).or_insert(kind);
            }
            if more?.is_none() {
                return Ok(());
            }
        }
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        self.texts.entry(self.path.clone()).or_insert_with(|| text.to_owned());
        self.note(Kind::Other);
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        self.note(Kind::Other);
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        self.note(Kind::Other);
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        self.note(Kind::Other);
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        self.note(Kind::Other);
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.note(Kind::Other);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_before_the_cut_is_known() {
        let outline = Outline::of(br#" {"a":{"b":[{"c":1},{"d":"x"}],"n":1.50},"e":[{"f":"cut o"#);
        assert!(outline.has(&["a", "a.b", "a.b.c", "a.b.d", "a.n", "e", "e.f"]), "{outline:?}");
        assert_eq!((outline.text("a.b.d"), outline.text("a.n"), outline.text("e.f")), (Some("x"), None, None));
        assert!(outline.is_list_at("a.b") && outline.is_object_at("a") && !outline.is_object_at("a.n"));
        assert!(!outline.is_line && outline.has_end(".d"));
        assert!(outline.has_beginning("a.b") && !outline.has_beginning("b"));
    }

    #[test]
    fn a_list_of_values_and_lines_are_told_apart() {
        let of = |text: &str| {
            let outline = Outline::of(text.as_bytes());
            (outline.has(&["a"]), outline.is_list, outline.is_line)
        };
        assert_eq!(of("[{\"a\":1},{}]"), (true, true, false));
        assert_eq!(of("{\"a\":1}\n{\"a\":2}"), (true, false, true));
        assert_eq!(of("{\"a\":1}\n"), (true, false, false));
        assert_eq!(of("{\n\"a\":1}\n{"), (true, false, false));
        assert_eq!(of("a,b\n1,2"), (false, false, false));
        let deep = "[".repeat(200);
        assert_eq!(of(&deep), (false, true, false));
    }
}
