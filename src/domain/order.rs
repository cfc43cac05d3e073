//! The order in which the items of a queue are served, and the filter that selects them.

use super::filter::Filter;
use std::fmt;
use std::str::FromStr;

/// The order in which undecided items are served.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Order {
    /// The highest priority first, then the order of import.
    #[default]
    Priority,
    /// The newest output first, by the time it was made, or imported where that is not known.
    Newest,
    Oldest,
    /// The order of import.
    Waiting,
    /// What the lens finds least support for first; what it has not read comes last.
    Grounded,
    /// Random order, the same for one seed.
    Shuffled(u64),
    /// That in which bars count: by batches, and within one by a draw.
    Stream,
}

impl Order {
    pub const ALL: [Order; 7] = [
        Order::Priority,
        Order::Newest,
        Order::Oldest,
        Order::Waiting,
        Order::Grounded,
        Order::Shuffled(0),
        Order::Stream,
    ];

    /// The word in arguments and in the workspace; [`Order::Shuffled`] adds its seed.
    pub fn word(self) -> &'static str {
        match self {
            Order::Priority => "priority",
            Order::Newest => "newest",
            Order::Oldest => "oldest",
            Order::Waiting => "waiting",
            Order::Grounded => "grounded",
            Order::Shuffled(_) => "shuffled",
            Order::Stream => "stream",
        }
    }

    /// The order's name as people read it.
    pub fn title(self) -> String {
        match self {
            Order::Priority => "priority, then oldest".into(),
            Order::Newest => "newest first".into(),
            Order::Oldest => "oldest first".into(),
            Order::Waiting => "longest waiting first".into(),
            Order::Grounded => "worst grounded first".into(),
            Order::Shuffled(seed) => format!("shuffled, seed {seed}"),
            Order::Stream => "as the bars count".into(),
        }
    }
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Order::Shuffled(seed) if *seed != 0 => write!(f, "{}:{seed}", self.word()),
            order => f.write_str(order.word()),
        }
    }
}

impl FromStr for Order {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (word, seed) = text.split_once(':').map_or((text, None), |(word, seed)| (word, Some(seed)));
        let order = Order::ALL.into_iter().find(|order| order.word() == word);
        match (order, seed) {
            (Some(Order::Shuffled(_)), Some(seed)) => {
                seed.parse().map(Order::Shuffled).map_err(|_| format!("`{seed}` is no seed; it is a whole number"))
            }
            (Some(order), None) => Ok(order),
            _ => Err(format!(
                "`{text}` is no order; it is priority, newest, oldest, waiting, grounded, shuffled[:SEED] or stream"
            )),
        }
    }
}

/// Which undecided items are served, and in which order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Serving {
    pub order: Order,
    pub filter: Filter,
}

impl Serving {
    /// Whether it is the default: everything, by priority.
    pub fn is_plain(&self) -> bool {
        self.order == Order::Priority && self.filter.is_everything()
    }

    /// Whether it is everything in the order in which bars count.
    pub fn is_stream(&self) -> bool {
        self.order == Order::Stream && self.filter.is_everything()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_are_read_as_they_are_written() {
        for order in Order::ALL.into_iter().chain([Order::Shuffled(7)]) {
            assert_eq!(order.to_string().parse(), Ok(order));
        }
        for wrong in ["", "newst", "newest:1", "shuffled:x", "shuffled:-1"] {
            assert!(wrong.parse::<Order>().is_err(), "{wrong}");
        }
    }
}
