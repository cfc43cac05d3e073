//! A place in a record: `.response.text`, `.docs[].body`, `.messages[role=assistant][-1].content`.

use std::fmt;

/// The steps from a record to a value.
#[derive(Debug, Clone, PartialEq)]
pub struct Path {
    pub steps: Vec<Step>,
    /// A record may lack it (`?`).
    pub is_optional: bool,
    /// What a number is multiplied by (`*1000`): another unit.
    pub factor: Option<f64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Step {
    /// `.name`: a member of an object.
    Member(String),
    /// `[]`: every element of a list.
    Each,
    /// `[2]`, `[-1]`: one element, from the end where it is negative.
    Nth(i64),
    /// `[1:]`, `[:-1]`: the elements from the first number up to the second, which is left out.
    Slice(Option<i64>, Option<i64>),
    /// `[role=assistant]`: the elements that are objects whose member is this text.
    Where(String, String),
}

/// Signs that a name without quotation marks does not hold.
const SIGNS: &[char] = &['.', '[', ']', '"', '*', '?', '=', ':'];

impl Path {
    pub fn of(steps: Vec<Step>) -> Self {
        Self { steps, is_optional: false, factor: None }
    }

    /// Reads a path as it is written; fails with what is wrong and where, or with how it is written here.
    pub fn parse(text: &str) -> Result<Self, String> {
        if let Some(instead) = of_another_language(text) {
            return Err(format!("`{text}` is no path: one begins with `.`, as in `{instead}`"));
        }
        let mut parser = Parser { text, rest: text };
        parser.path().map_err(|reason| {
            let place = text[..text.len() - parser.rest.len()].chars().count() + 1;
            format!("`{text}` is no path: {reason} at character {place}")
        })
    }

    /// The same place of any element: `.choices[]` for `.choices[0]`.
    pub fn shape(&self) -> Vec<Step> {
        let shape = self.steps.iter().map(|step| match step {
            Step::Member(_) => step.clone(),
            Step::Each | Step::Nth(_) | Step::Slice(..) | Step::Where(..) => Step::Each,
        });
        let mut shape: Vec<_> = shape.collect();
        // A part of a list and an element of that part are one step into it.
        shape.dedup_by(|step, before| *step == Step::Each && *before == Step::Each);
        shape
    }

    /// Whether it gives a list of values, however many there are.
    pub fn is_many(&self) -> bool {
        self.steps.contains(&Step::Each)
    }
}

/// How a path that was written for another program is written here.
fn of_another_language(text: &str) -> Option<String> {
    if let Some(json_path) = text.strip_prefix("$.") {
        return Some(format!(".{json_path}"));
    }
    if let Some(pointer) = text.strip_prefix('/') {
        let steps = pointer.split('/').map(|token| match token.parse::<u32>() {
            Ok(index) => Step::Nth(index.into()),
            Err(_) => Step::Member(token.replace("~1", "/").replace("~0", "~")),
        });
        return Some(Path::of(steps.collect()).to_string());
    }
    let is_bare = text.starts_with(|first: char| first.is_alphanumeric() || first == '_');
    is_bare.then(|| format!(".{text}")).filter(|path| Path::parse(path).is_ok())
}

struct Parser<'a> {
    text: &'a str,
    rest: &'a str,
}

impl<'a> Parser<'a> {
    fn path(&mut self) -> Result<Path, String> {
        let mut steps = Vec::new();
        if self.text == "." {
            self.rest = "";
            return Ok(Path::of(steps));
        }
        loop {
            if self.eat('.') {
                steps.push(Step::Member(self.name()?));
            } else if self.eat('[') {
                steps.push(self.bracket()?);
            } else {
                break;
            }
        }
        let is_optional = self.eat('?');
        let factor = if self.eat('*') { Some(self.factor()?) } else { None };
        match self.rest.chars().next() {
            None if steps.is_empty() => Err("it is empty".into()),
            None => Ok(Path { steps, is_optional, factor }),
            Some('?') if factor.is_some() => Err("`?` comes before `*`".into()),
            Some(sign) => Err(format!("`{sign}` is not expected; a name with odd signs is written .\"so\"")),
        }
    }

    fn eat(&mut self, sign: char) -> bool {
        let rest = self.rest.strip_prefix(sign);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    /// A name, in quotation marks as JSON has them, or bare.
    fn name(&mut self) -> Result<String, String> {
        if self.rest.starts_with('"') {
            return self.quoted();
        }
        let end = self.rest.find(|c: char| SIGNS.contains(&c) || c.is_whitespace() || c.is_control());
        let (name, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        if name.is_empty() {
            return Err("a name is missing".into());
        }
        self.rest = rest;
        Ok(name.to_owned())
    }

    fn quoted(&mut self) -> Result<String, String> {
        let mut is_escaped = false;
        let end = self.rest.char_indices().skip(1).find(|(_, c)| {
            let ends = *c == '"' && !is_escaped;
            is_escaped = *c == '\\' && !is_escaped;
            ends
        });
        let (end, _) = end.ok_or("a quotation mark is not closed")?;
        let name =
            serde_json::from_str(&self.rest[..=end]).map_err(|_| "the text in quotation marks is none of JSON")?;
        self.rest = &self.rest[end + 1..];
        Ok(name)
    }

    /// What stands between brackets, whose first is eaten.
    fn bracket(&mut self) -> Result<Step, String> {
        let step = if self.rest.starts_with(']') {
            Step::Each
        } else if self.rest.starts_with(|first: char| first == '-' || first == ':' || first.is_ascii_digit()) {
            let first = self.integer()?;
            match (self.eat(':'), first) {
                (true, _) => Step::Slice(first, self.integer()?),
                (false, Some(index)) => Step::Nth(index),
                (false, None) => return Err("a number is missing".into()),
            }
        } else {
            let name = self.name()?;
            if !self.eat('=') {
                return Err("`=` is missing; elements are chosen as in [role=assistant]".into());
            }
            Step::Where(name, self.name()?)
        };
        if self.eat(']') { Ok(step) } else { Err("`]` is missing".into()) }
    }

    fn integer(&mut self) -> Result<Option<i64>, String> {
        let digits = |c: char| c.is_ascii_digit();
        let sign = usize::from(self.rest.starts_with('-'));
        let end = sign + self.rest[sign..].find(|c| !digits(c)).unwrap_or(self.rest.len() - sign);
        if end == 0 {
            return Ok(None);
        }
        let number = self.rest[..end].parse().map_err(|_| "a number is not to be read")?;
        self.rest = &self.rest[end..];
        Ok(Some(number))
    }

    fn factor(&mut self) -> Result<f64, String> {
        let factor = self.rest.parse::<f64>().ok().filter(|factor| factor.is_finite() && *factor > 0.0);
        let factor = factor.ok_or("a number above 0 is missing behind `*`")?;
        self.rest = "";
        Ok(factor)
    }
}

/// As it is read again.
impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        if self.steps.is_empty() {
            f.write_str(".")?;
        }
        self.steps.iter().try_for_each(|step| step.fmt(f))?;
        if self.is_optional {
            f.write_str("?")?;
        }
        self.factor.map_or(Ok(()), |factor| write!(f, "*{factor}"))
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let bound = |bound: &Option<i64>| bound.map(|bound| bound.to_string()).unwrap_or_default();
        match self {
            Step::Member(name) => write!(f, ".{}", Name(name)),
            Step::Each => f.write_str("[]"),
            Step::Nth(index) => write!(f, "[{index}]"),
            Step::Slice(from, to) => write!(f, "[{}:{}]", bound(from), bound(to)),
            Step::Where(name, value) => write!(f, "[{}={}]", Name(name), Name(value)),
        }
    }
}

/// A name, in quotation marks where it would not be read alike without.
struct Name<'a>(&'a str);

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let is_odd = |c: char| SIGNS.contains(&c) || c.is_whitespace() || c.is_control();
        let is_bare = !self.0.is_empty()
            && !self.0.contains(is_odd)
            && !self.0.starts_with(|first: char| first == '-' || first.is_ascii_digit());
        if is_bare { f.write_str(self.0) } else { write!(f, "{}", serde_json::Value::from(self.0)) }
    }
}

/// The text as one word of a shell's command line.
pub fn shell_word(text: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "_-+./:=,@%".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn paths_are_read_and_written() {
        for path in [
            ".",
            ".response.text",
            ".docs[].body",
            ".choices[0].message.content",
            ".messages[:-1]",
            ".messages[1:]",
            ".messages[2:-1]",
            ".messages[role=assistant][-1].content",
            ".\"odd name\".\"a.b\"[]",
            ".\"\"",
            ".naïve-id",
            ".seconds?*1000",
            ".cents*0.01",
            "[0].text",
        ] {
            assert_eq!(Path::parse(path).unwrap().to_string(), path);
        }
        assert_eq!(Path::parse(".a").unwrap(), Path::of(vec![Step::Member("a".into())]));
    }

    #[test]
    fn what_is_no_path_is_told_with_what_is() {
        for (path, told) in [
            ("", "it is empty at character 1"),
            ("..a", "a name is missing at character 2"),
            (".a.", "a name is missing at character 4"),
            (".a[", "a name is missing at character 4"),
            (".a[b]", "`=` is missing"),
            (".a[0", "`]` is missing at character 5"),
            (".a[-]", "a number is not to be read at character 4"),
            (".a b", "` ` is not expected"),
            (".\"a", "a quotation mark is not closed at character 2"),
            (".a*x", "a number above 0 is missing behind `*`"),
            (".a*1000?", "a number above 0 is missing behind `*`"),
            ("response.text", "as in `.response.text`"),
            ("$.response[0]", "as in `.response[0]`"),
            ("/choices/0/a b", "as in `.choices[0].\"a b\"`"),
        ] {
            let error = Path::parse(path).unwrap_err();
            assert!(error.contains(told), "{path}: {error}");
        }
    }

    #[test]
    fn a_shape_is_that_of_any_element() {
        let shape = |path: &str| Path::of(Path::parse(path).unwrap().shape()).to_string();
        assert_eq!(shape(".messages[role=assistant][-1].content"), ".messages[].content");
        assert_eq!(shape(".a[1:][].b?*2"), ".a[].b");
    }

    #[test]
    fn a_word_of_a_shell_is_quoted_where_it_has_to_be() {
        assert_eq!(shell_word("output=.a.b"), "output=.a.b");
        assert_eq!(shell_word("it's"), r"'it'\''s'");
        assert_eq!(shell_word("a[]"), "'a[]'");
        assert_eq!(shell_word(""), "''");
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            ".*".prop_map(Step::Member),
            "[a-z_.\\[\"-]{0,8}".prop_map(Step::Member),
            Just(Step::Each),
            any::<i64>().prop_map(Step::Nth),
            any::<(Option<i64>, Option<i64>)>().prop_map(|(from, to)| Step::Slice(from, to)),
            (".*", ".*").prop_map(|(name, value)| Step::Where(name, value)),
        ]
    }

    fn path() -> impl Strategy<Value = Path> {
        let factor = proptest::option::of((1e-9..1e9_f64).prop_map(|factor| factor));
        (proptest::collection::vec(step(), 0..6), any::<bool>(), factor).prop_map(|(steps, is_optional, factor)| {
            // The whole record is always there, and no number.
            let is_whole = steps.is_empty();
            Path { steps, is_optional: is_optional && !is_whole, factor: factor.filter(|_| !is_whole) }
        })
    }

    proptest! {
        #[test]
        fn any_path_is_read_as_it_is_written(path in path()) {
            prop_assert_eq!(Path::parse(&path.to_string()), Ok(path));
        }

        #[test]
        fn what_is_read_is_written_so_that_it_is_read_alike(text in "\\.?[a-z.\\[\\]\":=?*0-9 -]{0,20}") {
            if let Ok(path) = Path::parse(&text) {
                prop_assert_eq!(Path::parse(&path.to_string()), Ok(path));
            }
        }
    }
}
