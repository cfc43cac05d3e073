//! Lists as Python prints them, which pandas writes into a CSV: `['one', "it's two"]`, and arrays of NumPy,
//! `array(['one', 'two'], dtype=object)` or `['one' 'two']`.

/// The texts of a printed list of nothing but texts; `None` where it is anything else.
pub(super) fn texts(printed: &str) -> Option<Vec<String>> {
    let printed = printed.trim();
    let array = printed.strip_prefix("array(").and_then(|array| array.strip_suffix(')'));
    let list =
        array.map_or(printed, |array| array.split_once("], dtype=").map_or(array, |(list, _)| &array[..=list.len()]));
    let inner = [('[', ']'), ('(', ')')]
        .iter()
        .find_map(|(open, close)| list.trim().strip_prefix(*open)?.strip_suffix(*close))?;
    let (mut texts, mut rest) = (Vec::new(), inner);
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == ',');
        if rest.is_empty() {
            return (!texts.is_empty()).then_some(texts);
        }
        let (text, after) = text(rest)?;
        texts.push(text);
        rest = after;
    }
}

/// The text that begins here in quotation marks, and what comes after it.
fn text(printed: &str) -> Option<(String, &str)> {
    let mark = printed.chars().next().filter(|mark| matches!(mark, '\'' | '"'))?;
    let mut text = String::new();
    let mut characters = printed[1..].chars();
    loop {
        match characters.next()? {
            c if c == mark => return Some((text, characters.as_str())),
            '\\' => match characters.next()? {
                'n' => text.push('\n'),
                'r' => text.push('\r'),
                't' => text.push('\t'),
                'x' => text.push(code(&mut characters, 2)?),
                'u' => text.push(code(&mut characters, 4)?),
                'U' => text.push(code(&mut characters, 8)?),
                c @ ('\\' | '\'' | '"') => text.push(c),
                c => text.extend(['\\', c]),
            },
            c => text.push(c),
        }
    }
}

/// The character whose number is written in so many figures.
fn code(characters: &mut std::str::Chars, figures: usize) -> Option<char> {
    let figures: String = characters.by_ref().take(figures).collect();
    char::from_u32(u32::from_str_radix(&figures, 16).ok()?).filter(|c| *c != '\0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_texts_is_read_as_python_would() {
        for (printed, expected) in [
            ("['one', 'two']", vec!["one", "two"]),
            (r#"["it's", 'a "b"', 'c\'d']"#, vec!["it's", "a \"b\"", "c'd"]),
            (r"['a\nb\\n\x41\u00e9\U0001f600\d']", vec!["a\nb\\nA\u{e9}\u{1f600}\\d"]),
            ("['one'\n 'two']", vec!["one", "two"]),
            ("array(['one', 'two'], dtype=object)", vec!["one", "two"]),
            ("array(['one'])", vec!["one"]),
            (" ('one',) ", vec!["one"]),
        ] {
            assert_eq!(texts(printed), Some(expected.into_iter().map(str::to_owned).collect()), "{printed}");
        }
        for other in ["[]", "['one', 2]", "['one", "[{'a': 'b'}]", "{'a', 'b'}", "text", "['a\\x4']", "[Document('a')]"]
        {
            assert_eq!(texts(other), None, "{other}");
        }
    }
}
