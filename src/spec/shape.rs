//! Which keys a spec has, and where. The examples stand in the mends.

/// One kind of table in a spec, and its keys.
pub(super) struct Shape {
    /// The table's key; empty for the top of the file.
    pub header: &'static str,
    /// The key and an example of its value, in the order of the manual.
    pub keys: &'static [(&'static str, &'static str)],
}

pub(super) const TOP: Shape = Shape {
    header: "",
    keys: &[
        ("name", "\"support-replies\""),
        ("title", "\"Support replies\""),
        ("decision", "\"May this reply be sent to the customer as it stands?\""),
        ("owner", "\"support-operations\""),
        ("source_of_truth", "\"Help centre articles, snapshot of 2026-11-01\""),
        ("criterion", "[]"),
        ("failure", "[]"),
        ("route", "[]"),
        ("lens", "{}"),
    ],
};

pub(super) const CRITERION: Shape = Shape {
    header: "criterion",
    keys: &[
        ("key", "\"factual_accuracy\""),
        ("name", "\"Factual accuracy\""),
        ("question", "\"Does every statement agree with the source?\""),
        ("levels", "[\"Contradicts the source\", \"Agrees with the source\"]"),
        ("required", "true"),
    ],
};

pub(super) const FAILURE: Shape = Shape {
    header: "failure",
    keys: &[
        ("key", "\"unsupported_claim\""),
        ("name", "\"Unsupported claim\""),
        ("severity", "\"critical\""),
        ("retryable", "true"),
        ("escalate_to", "\"policy\""),
    ],
};

pub(super) const ROUTE: Shape = Shape {
    header: "route",
    keys: &[("key", "\"policy\""), ("name", "\"Policy desk\""), ("owner", "\"policy-desk\""), ("due_hours", "24")],
};

pub(super) const LENS: Shape = Shape {
    header: "lens",
    keys: &[("enabled", "false"), ("unsupported", "\"unsupported_claim\""), ("contradicted", "\"contradicts_source\"")],
};

const BLOCKS: [&Shape; 4] = [&CRITERION, &FAILURE, &ROUTE, &LENS];

impl Shape {
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.keys.iter().map(|(key, _)| *key)
    }

    /// The line that gives `key` a value, as an example.
    pub fn example(&self, key: &str) -> String {
        let example = self.keys.iter().find(|(known, _)| *known == key);
        example.map_or_else(|| format!("{key} = ..."), |(key, value)| format!("{key} = {value}"))
    }

    /// Where a key belongs that this shape does not have.
    pub fn home_of(&self, key: &str) -> Option<String> {
        let has = |shape: &Shape| shape.header != self.header && shape.names().any(|name| name == key);
        if has(&TOP) {
            return Some("at the top of the file, before the first [[...]]".into());
        }
        BLOCKS.into_iter().find(|shape| has(shape)).map(|shape| format!("in a {}", shape.name()))
    }

    /// The header as it stands in the file. There is one lens, and a list of all else.
    pub fn name(&self) -> String {
        if self.header == LENS.header { "[lens]".into() } else { format!("[[{}]]", self.header) }
    }
}
