//! Links and addresses, compared as they would be opened.

use super::{Fact, FactValue};
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

static LINK: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?i)\b(?:https?://|www\.)[^\s<>"'“”‘’、。「」（）]+|\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|org|net|io|dev|gov|edu|info|co\.uk|de|fr|eu|jp|cn|ch|at|app|ai)\b(?:/[^\s<>"'“”‘’、。「」（）]*)?"#)
        .expect("a fixed pattern")
});
static EMAIL: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i)\b[a-z0-9._%+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+").expect("a fixed pattern"));

/// Signs that follow a link more often than they end it.
const AFTER: [char; 13] = ['.', ',', ';', ':', '!', '?', ')', ']', '*', '_', '`', '|', '>'];

/// The links and addresses of a text; addresses first.
pub(super) fn find(text: &str) -> Vec<Fact> {
    let mut found = Vec::new();
    if text.contains('@') {
        found.extend(EMAIL.find_iter(text).map(|email| {
            let value = FactValue::Email(email.as_str().trim_end_matches('.').to_lowercase());
            Fact { range: email.start()..email.end(), value }
        }));
    }
    for token in tokens(text).filter(|token| has_inner_dot(&text[token.clone()])) {
        found.extend(LINK.find_iter(&text[token.clone()]).map(|link| {
            let shown = link.as_str().trim_end_matches(AFTER);
            let start = token.start + link.start();
            Fact { range: start..start + shown.len(), value: FactValue::Link(normal(shown)) }
        }));
    }
    found
}

/// Pieces of a text between spaces, which links do not have; most are quickly ruled out.
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

/// A link without scheme, `www.` and last slash, its host in small letters.
fn normal(link: &str) -> String {
    let rest = link.split_once("://").map_or(link, |(_, rest)| rest).trim_end_matches('/');
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let host = host.to_lowercase();
    format!("{}{path}", host.strip_prefix("www.").unwrap_or(&host))
}

/// The host: before the first slash of a link, behind the `@` of an address.
pub(super) fn host(normal: &str) -> &str {
    let host = normal.split('/').next().unwrap_or(normal);
    host.rsplit('@').next().unwrap_or(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_and_addresses_are_found_without_what_stands_around_them() {
        let found = find("See (https://www.Example.com/Help/), or mail Ann@Example.com.");
        let values: Vec<_> = found.into_iter().map(|fact| fact.value).collect();
        assert!(values.contains(&FactValue::Link("example.com/Help".into())), "{values:?}");
        assert!(values.contains(&FactValue::Email("ann@example.com".into())), "{values:?}");
    }
}
