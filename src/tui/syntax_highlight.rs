//! The grammars of programming languages: what each stretch of a line of code is.

use super::theme::Role;
use std::sync::LazyLock;
use syntect::parsing::{ParseState, Scope, ScopeStack, SyntaxReference, SyntaxSet};

static SYNTAXES: LazyLock<SyntaxSet> = LazyLock::new(SyntaxSet::load_defaults_newlines);

/// A longer line is left without colours: no person wrote it, and it takes long.
const LONGEST: usize = 1024;

/// Loads the grammars, so that the first code to be shown need not wait for them.
pub(super) fn warm_up() {
    LazyLock::force(&SYNTAXES);
}

/// The grammar of a language, by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Language(usize);

impl Language {
    /// The grammar of a language's name or a file's ending.
    pub fn named(language: &str) -> Option<Language> {
        let syntax = if language.is_empty() { None } else { SYNTAXES.find_syntax_by_token(language) };
        Self::of(syntax?)
    }

    /// The grammar that the first line of a file names.
    pub fn of_first_line(line: &str) -> Option<Language> {
        Self::of(SYNTAXES.find_syntax_by_first_line(line)?)
    }

    fn of(syntax: &SyntaxReference) -> Option<Language> {
        SYNTAXES.syntaxes().iter().position(|known| std::ptr::eq(known, syntax)).map(Language)
    }

    /// Before the first line.
    pub fn start(self) -> HighlightState {
        HighlightState { parser: ParseState::new(&SYNTAXES.syntaxes()[self.0]), stack: ScopeStack::new() }
    }
}

/// The highlighter's state between two lines of code.
#[derive(Debug, Clone)]
pub struct HighlightState {
    parser: ParseState,
    stack: ScopeStack,
}

impl HighlightState {
    /// Reads a line with its line break: where each stretch of it ends, and its role.
    pub fn read(&mut self, line: &str) -> Vec<(usize, Role)> {
        let mut stretches = Vec::new();
        let changes = if line.len() <= LONGEST { self.parser.parse_line(line, &SYNTAXES).ok() } else { None };
        for (at, change) in changes.unwrap_or_default() {
            stretches.push((at, role(&self.stack)));
            let _ = self.stack.apply(&change); // a broken grammar loses colours, not text
        }
        stretches.push((line.len(), role(&self.stack)));
        stretches
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
