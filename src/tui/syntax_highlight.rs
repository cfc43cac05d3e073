//! The grammars of programming languages: what each stretch of a line of code is.

use super::theme::Role;
use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::sync::LazyLock;
use syntect::parsing::{ParseState, Scope, ScopeStack, SyntaxReference, SyntaxSet};

static SYNTAXES: LazyLock<SyntaxSet> = LazyLock::new(SyntaxSet::load_defaults_newlines);

/// A longer line is left without colours: no person wrote it, and it takes long.
const LONGEST: usize = 1024;

/// Loads the grammars, so that the first code to be shown need not wait for them.
pub(super) fn warm_up() {
    LazyLock::force(&SYNTAXES);
}

thread_local! {
    /// The grammars that were read by. The first line compiles what the grammar looks for, some 3 ms.
    static USED: RefCell<HashSet<Language>> = RefCell::default();
    /// While a frame is drawn at once: whether colours were left out of it.
    static LEFT_OUT: Cell<Option<bool>> = const { Cell::new(None) };
}

/// Draws without the colours of languages that none were shown of before: the text need not wait for
/// them. The second value: some were left out, and the same frame is to be drawn again with them.
pub(super) fn text_first<T>(draw: impl FnOnce() -> T) -> (T, bool) {
    LEFT_OUT.set(Some(false));
    let drawn = draw();
    (drawn, LEFT_OUT.take().unwrap_or_default())
}

/// The grammar of a language, by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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

    /// Whether a frame that is drawn [`text_first`] is to leave its colours out.
    pub fn is_left_out(self) -> bool {
        let is_left_out = LEFT_OUT.get().is_some() && !USED.with_borrow(|used| used.contains(&self));
        if is_left_out {
            LEFT_OUT.set(Some(true));
        }
        is_left_out
    }

    /// Before the first line.
    pub fn start(self) -> HighlightState {
        USED.with_borrow_mut(|used| used.insert(self));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_waits_for_no_grammar_and_the_next_has_the_colours() {
        let (sql, go) = (Language::named("sql").unwrap(), Language::named("go").unwrap());
        let colours =
            |language: Language| (!language.is_left_out()).then(|| language.start().read("SELECT 1 -- one\n").len());
        assert_eq!(text_first(|| colours(sql)), (None, true));
        let shown = colours(sql);
        assert!(shown.is_some_and(|stretches| stretches > 2), "{shown:?}");
        assert_eq!(text_first(|| colours(sql)), (shown, false), "it is known by now");
        assert_eq!(text_first(|| (colours(sql), colours(go))), ((shown, None), true));
        assert!(colours(go).is_some(), "whoever draws one frame alone has all of it");
    }
}
