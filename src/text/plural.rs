//! Numbers as people read them, and English nouns after them.

/// `1,000,000`.
pub fn thousands(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut out = if number < 0 { "-".to_owned() } else { String::new() };
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

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
