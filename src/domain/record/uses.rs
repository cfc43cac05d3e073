//! What is done with a field beside keeping it: filters, orders, columns.

/// How a field is asked for and shown. A field is filtered, sorted, browsed and listed where
/// its row says so.
#[derive(Debug, Clone, Copy)]
pub struct Uses {
    pub filter: Option<FieldFilter>,
    /// What an item has that `has:` with the field finds: `a model`.
    pub presence: Option<&'static str>,
    /// The name as an order; items and decisions share the names.
    pub order: Option<&'static str>,
    pub heading: Option<Heading>,
    /// Position among the members of `karat list --json`, fixed for good; a new one takes the
    /// next.
    pub member: Option<usize>,
    /// A spec may hide it from whoever has not decided the item yet.
    pub may_be_hidden: bool,
    /// Of a decision: it says what its reviewer thinks of the output, beside the verdict and what
    /// an escalation asks.
    pub is_opinion: bool,
    pub exported: Exported,
}

/// In which exports a field has a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exported {
    Always,
    /// In those of all decisions.
    WithDecisions,
    Never,
}

impl Uses {
    pub(super) const NONE: Uses = Uses {
        filter: None,
        presence: None,
        order: None,
        heading: None,
        member: None,
        may_be_hidden: false,
        is_opinion: false,
        exported: Exported::Always,
    };
}

/// How a filter asks for a field.
#[derive(Debug, Clone, Copy)]
pub struct FieldFilter {
    /// The name in a filter; one that ends with `.` is followed by a key.
    pub name: &'static str,
    pub compare: Compare,
    /// Meaning of the field, for completion and the documents.
    pub about: &'static str,
    /// A term with the field.
    pub example: &'static str,
}

/// How the values of a field compare, which decides what may follow its name in a filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compare {
    /// A word, whole or with `*` for anything; of a list any of its words.
    Word,
    /// A word that the spec knows.
    Key(SpecKey),
    Number,
    /// A time that has been: `7d` is so long ago.
    Time,
    /// A time that is to come: `2h` is in so long.
    Deadline,
    /// Words that stand somewhere in the text.
    Text(Scope),
    /// A verdict, or none.
    Verdict,
    /// How grave one of the categories is.
    Severity,
    /// A level on the criterion whose key follows the name.
    Score,
    /// A word or a number in the member whose key follows the name.
    Member,
}

impl Compare {
    /// Whether the values have an order, so that `<` and `>` make sense.
    pub fn has_order(self) -> bool {
        match self {
            Compare::Number
            | Compare::Time
            | Compare::Deadline
            | Compare::Severity
            | Compare::Score
            | Compare::Member => true,
            Compare::Word | Compare::Key(_) | Compare::Text(_) | Compare::Verdict => false,
        }
    }
}

/// The keys of a spec that a field may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpecKey {
    Category,
    Route,
}

/// Texts in which a phrase is looked for: each has an index of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Input, output, context and note.
    Anywhere,
    Input,
    Output,
    Context,
    Note,
}

/// The head of a field's column in the browser. Numbers stand to the right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heading {
    pub title: &'static str,
    /// Cells of the terminal, at most: a column is as wide as what stands in it.
    pub width: usize,
}
