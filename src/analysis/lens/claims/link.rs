//! Links and addresses, compared as they would be opened.

use super::{Claim, Value};
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

static LINK: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?i)\b(?:https?://|www\.)[^\s<>"'“”‘’、。「」（）]+|\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|org|net|io|dev|gov|edu|info|co\.uk|de|fr|eu|jp|cn|ch|at|app|ai)\b(?:/[^\s<>"'“”‘’、。「」（）]*)?"#)
        .expect("a fixed pattern")
});
static EMAIL: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i)\b[a-z0-9._%+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+").expect("a fixed pattern"));

/// What stands behind a link more often than in it.
const AFTER: [char; 13] = ['.', ',', ';', ':', '!', '?', ')', ']', '*', '_', '`', '|', '>'];

/// The links and addresses of a text; addresses first.
pub fn find(text: &str) -> Vec<Claim> {
    let mut found = Vec::new();
    if text.contains('@') {
        found.extend(EMAIL.find_iter(text).map(|email| {
            let value = Value::Email(email.as_str().trim_end_matches('.').to_lowercase());
            Claim { range: email.start()..email.end(), value }
        }));
    }
    for token in tokens(text).filter(|token| has_inner_dot(&text[token.clone()])) {
        found.extend(LINK.find_iter(&text[token.clone()]).map(|link| {
            let shown = link.as_str().trim_end_matches(AFTER);
            let start = token.start + link.start();
            Claim { range: start..start + shown.len(), value: Value::Link(normal(shown)) }
        }));
    }
    found
}

/// What spaces part: links have none, and most of them are seen not to be links at once.
fn tokens(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut end = 0;
    text.split(|c: char| c.is_ascii_whitespace()).map(move |token| {
        let start = end;
        end += token.len() + 1;
        start..start + token.len()
    })
}

fn has_inner_dot(token: &str) -> bool {
    token.as_bytes().windows(2).any(|pair| pair[0] == b'.' && pair[1].is_ascii_alphanumeric())
}

/// Without scheme, `www.` and a last slash; the host in small letters.
fn normal(link: &str) -> String {
    let rest = link.split_once("://").map_or(link, |(_, rest)| rest).trim_end_matches('/');
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let host = host.to_lowercase();
    format!("{}{path}", host.strip_prefix("www.").unwrap_or(&host))
}

/// The part before the first slash of a link, or behind the `@` of an address.
pub fn host(normal: &str) -> &str {
    let host = normal.split('/').next().unwrap_or(normal);
    host.rsplit('@').next().unwrap_or(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_and_addresses_are_found_without_what_stands_around_them() {
        let found = find("See (https://www.Example.com/Help/), or mail Ann@Example.com.");
        let values: Vec<_> = found.into_iter().map(|claim| claim.value).collect();
        assert!(values.contains(&Value::Link("example.com/Help".into())), "{values:?}");
        assert!(values.contains(&Value::Email("ann@example.com".into())), "{values:?}");
    }
}
