//! Code with its syntax told apart. The colours are those of the theme.

use super::page::Page;
use crate::tui::theme::Role;
use std::ops::Range;
use std::sync::LazyLock;
use syntect::parsing::{ParseState, Scope, ScopeStack, SyntaxReference, SyntaxSet};

static SYNTAXES: LazyLock<SyntaxSet> = LazyLock::new(SyntaxSet::load_defaults_newlines);

/// More code than this is shown without colours.
const MOST_COLOURED: usize = 64 * 1024;

/// Loads the syntaxes, so that the first code to be shown need not wait for them.
pub fn warm_up() {
    LazyLock::force(&SYNTAXES);
}

/// A text whose first line says that it is code; `None` for any other.
pub fn render(source: &str) -> Option<Page> {
    let first = source.lines().next()?;
    if !["#!", "<?", "<!DOCTYPE", "<!doctype"].iter().any(|sign| first.starts_with(sign)) {
        return None;
    }
    let syntax = SYNTAXES.find_syntax_by_first_line(first)?;
    let mut page = Page::default();
    write(&mut page, source, 0..source.len(), Some(syntax), "");
    Some(page)
}

/// Writes a stretch of the source as code of a language, by its name or file ending,
/// each line behind a prefix.
pub fn write_as(page: &mut Page, source: &str, range: Range<usize>, language: &str, prefix: &str) {
    let syntax = if language.is_empty() { None } else { SYNTAXES.find_syntax_by_token(language) };
    write(page, source, range, syntax, prefix);
}

fn write(page: &mut Page, source: &str, range: Range<usize>, syntax: Option<&SyntaxReference>, prefix: &str) {
    let mut state = syntax.filter(|_| range.len() <= MOST_COLOURED).map(ParseState::new);
    let mut stack = ScopeStack::new();
    let mut start = range.start;
    for line in source[range].split_inclusive('\n') {
        page.add(prefix, Role::Dim);
        let mut at = 0;
        let changes = state.as_mut().and_then(|state| state.parse_line(line, &SYNTAXES).ok());
        for (to, change) in changes.unwrap_or_default() {
            page.copy(source, start + at..start + to, role(&stack));
            at = to;
            let _ = stack.apply(&change); // a broken grammar loses colours, not text
        }
        page.copy(source, start + at..start + line.len(), role(&stack));
        start += line.len();
    }
}

/// Scopes that are told apart, the first that fits from the innermost on.
static ROLES: LazyLock<Vec<(Scope, Role)>> = LazyLock::new(|| {
    let named = [
        ("comment", Role::Comment),
        ("string", Role::Literal),
        ("constant.numeric", Role::Number),
        ("constant.language", Role::Number),
        ("keyword", Role::Keyword),
        ("storage", Role::Keyword),
        ("entity.name", Role::Name),
        ("support", Role::Name),
    ];
    named.into_iter().filter_map(|(scope, role)| Some((Scope::new(scope).ok()?, role))).collect()
});

fn role(stack: &ScopeStack) -> Role {
    let of = |scope: &Scope| ROLES.iter().find(|(prefix, _)| prefix.is_prefix_of(*scope)).map(|(_, role)| *role);
    stack.as_slice().iter().rev().find_map(of).unwrap_or(Role::Code)
}
