//! English nouns after a number.

/// The noun as it stands after `number`: the word for 1, with an `s` for any other.
pub fn plural<N: Copy + PartialEq + From<u8>>(number: N, word: &str) -> String {
    if number == N::from(1) { word.to_owned() } else { format!("{word}s") }
}

/// The number and the noun: `1 queue`, `12 queues`.
pub fn count(number: usize, word: &str) -> String {
    format!("{number} {}", plural(number, word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_alone_is_singular() {
        assert_eq!([0, 1, 2].map(|number| count(number, "queue")), ["0 queues", "1 queue", "2 queues"]);
    }
}
