//! Where a JSON value ends, by its brackets and quotation marks, broken or not.

use crate::import::byte_order_mark::BYTE_ORDER_MARK;
use crate::import::text_input::{LineEnds, TextInput};
use std::io::{self, Write};

/// Most brackets whose kind is remembered; those further in are counted.
const REMEMBERED: usize = 256;

/// Longest name of a member that is read, in bytes of its source.
const NAME_BYTES: usize = 1_024;

/// Goes through the values of a text.
pub(super) struct Scanner {
    pub input: TextInput,
    /// The line of the byte that comes next, from 1.
    pub line: u64,
    line_ends: LineEnds,
}

impl Scanner {
    pub(super) fn new(input: TextInput) -> Self {
        Self { input, line: 1, line_ends: LineEnds::default() }
    }

    /// The next byte that is neither blank nor one of `others`, which is left for later;
    /// `None` at the end.
    pub(super) fn next_byte(&mut self, others: &[u8]) -> io::Result<Option<u8>> {
        loop {
            let bytes = self.input.peek()?;
            if bytes.is_empty() {
                return Ok(None);
            }
            let count = bytes.iter().take_while(|byte| byte.is_ascii_whitespace() || others.contains(byte)).count();
            let is_mark = bytes[count..].starts_with(BYTE_ORDER_MARK);
            let found = bytes.get(count).copied().filter(|_| !is_mark);
            self.line += self.line_ends.count(&bytes[..count]);
            self.input.consume(count + if is_mark { BYTE_ORDER_MARK.len() } else { 0 });
            if found.is_some() {
                return Ok(found);
            }
        }
    }

    /// Goes over bytes that are no line ends.
    pub(super) fn consume(&mut self, count: usize) {
        self.input.consume(count);
    }

    /// Writes the value that begins here, or what `frame` lacks of it, to `out`. `false`
    /// when the text ends within it.
    pub(super) fn value(&mut self, frame: &mut Frame, out: &mut dyn Write) -> io::Result<bool> {
        loop {
            let bytes = self.input.peek()?;
            if bytes.is_empty() {
                return Ok(frame.may_end());
            }
            let (count, is_ended) = frame.feed(bytes);
            out.write_all(&bytes[..count])?;
            self.line += self.line_ends.count(&bytes[..count]);
            self.input.consume(count);
            if is_ended {
                return Ok(true);
            }
        }
    }

    /// Goes over the value that begins here.
    pub(super) fn skip(&mut self) -> io::Result<()> {
        self.value(&mut Frame::default(), &mut io::sink()).map(drop)
    }

    /// The name of the member that begins here; as it is written, where it is no JSON text.
    pub(super) fn name(&mut self) -> io::Result<String> {
        let mut name = Start(Vec::new());
        self.value(&mut Frame::default(), &mut name)?;
        Ok(serde_json::from_slice(&name.0).unwrap_or_else(|_| String::from_utf8_lossy(&name.0).into_owned()))
    }
}

/// Keeps the first bytes that are written: a name may be of any length.
struct Start(Vec<u8>);

impl Write for Start {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = NAME_BYTES.saturating_sub(self.0.len());
        self.0.extend_from_slice(&bytes[..bytes.len().min(room)]);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A value that is read in part.
#[derive(Default)]
pub(super) struct Frame {
    /// The brackets that are open.
    open: Vec<u8>,
    /// How many more are open, further in.
    deeper: u64,
    is_begun: bool,
    in_text: bool,
    /// Whether the next byte of the text is escaped.
    is_escaped: bool,
}

impl Frame {
    /// A list whose opening bracket is read.
    pub(super) fn of_list() -> Self {
        Self { open: vec![b'['], is_begun: true, ..Self::default() }
    }

    /// Whether the value may be complete when nothing follows: a number, or a word.
    fn may_end(&self) -> bool {
        self.open.is_empty() && !self.in_text
    }

    /// How many of `bytes` belong to the value, and whether it ends with them.
    fn feed(&mut self, bytes: &[u8]) -> (usize, bool) {
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            if self.in_text {
                at += self.feed_text(&bytes[at..]);
                if self.may_end() {
                    return (at, true);
                }
                continue;
            }
            let is_plain = self.open.is_empty();
            match byte {
                b'}' | b']' if is_plain => return (at + usize::from(!self.is_begun), true),
                b'"' | b'{' | b'[' | b',' | b':' if is_plain && self.is_begun => return (at, true),
                _ if is_plain && byte.is_ascii_whitespace() => return (at, true),
                b'"' => self.in_text = true,
                b'{' | b'[' => self.open(byte),
                b'}' | b']' => self.close(byte),
                _ => {}
            }
            self.is_begun = true;
            at += 1;
            if !is_plain && self.open.is_empty() {
                return (at, true);
            }
        }
        (at, false)
    }

    /// How many of `bytes` belong to the text that is open.
    fn feed_text(&mut self, bytes: &[u8]) -> usize {
        let mut at = usize::from(std::mem::take(&mut self.is_escaped));
        while let Some(found) = memchr::memchr2(b'"', b'\\', &bytes[at..]) {
            at += found + 1;
            if bytes[at - 1] == b'"' {
                self.in_text = false;
                return at;
            }
            if at == bytes.len() {
                self.is_escaped = true;
                return at;
            }
            at += 1;
        }
        bytes.len()
    }

    fn open(&mut self, bracket: u8) {
        if self.open.len() < REMEMBERED {
            self.open.push(bracket);
        } else {
            self.deeper += 1;
        }
    }

    /// Closes the bracket with those left open within it. One that closes nothing is
    /// passed over: the value is broken, and has to end somewhere.
    fn close(&mut self, bracket: u8) {
        if self.deeper > 0 {
            self.deeper -= 1;
            return;
        }
        let opening = if bracket == b'}' { b'{' } else { b'[' };
        if let Some(place) = memchr::memrchr(opening, &self.open) {
            self.open.truncate(place);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::input::Input;

    /// The values of a text, each with its line; read in pieces of `size` bytes.
    fn values(text: &str, size: usize) -> Vec<(u64, String)> {
        let mut values: Vec<(u64, String)> = Vec::new();
        let mut frame = Frame::default();
        let (mut value, mut line) = (Vec::new(), 1);
        for piece in text.as_bytes().chunks(size) {
            let mut at = 0;
            while at < piece.len() {
                if !frame.is_begun && (piece[at].is_ascii_whitespace() || piece[at] == b',') {
                    line += u64::from(piece[at] == b'\n');
                    at += 1;
                    continue;
                }
                let (count, is_ended) = frame.feed(&piece[at..]);
                value.extend_from_slice(&piece[at..at + count]);
                at += count;
                if is_ended {
                    let whole = String::from_utf8(std::mem::take(&mut value)).unwrap();
                    values.push((line, whole.clone()));
                    line += LineEnds::default().count(whole.as_bytes());
                    frame = Frame::default();
                }
            }
        }
        values
    }

    #[test]
    fn values_end_where_their_brackets_do_whatever_the_pieces() {
        let text = "{\"a\": \"}\\\"]\", \"b\": [1,\n{}]}, \"te\\\\\" [ ] 12 {\"a\": [1, \"b\": 2}, {\"c\": 1]} } {}";
        let expected = [
            (1, "{\"a\": \"}\\\"]\", \"b\": [1,\n{}]}"),
            (2, "\"te\\\\\""),
            (2, "[ ]"),
            (2, "12"),
            (2, "{\"a\": [1, \"b\": 2}"),
            (2, "{\"c\": 1]}"),
            (2, "}"),
            (2, "{}"),
        ];
        for size in 1..text.len() {
            let found = values(text, size);
            let found: Vec<_> = found.iter().map(|(line, value)| (*line, value.as_str())).collect();
            assert_eq!(found, expected, "in pieces of {size}");
        }
    }

    #[test]
    fn a_name_is_decoded_and_never_longer_than_what_is_kept() {
        let name = |text: String| {
            let input = Input::from_read("a file", io::Cursor::new(text)).unwrap();
            Scanner::new(TextInput::new(input)).name().unwrap()
        };
        assert_eq!(name(r#""caf\u00e9": 1"#.into()), "café");
        assert_eq!(name("bare: 1".into()), "bare");
        assert_eq!(name(format!("\"{}\"", "x".repeat(1 << 20))).len(), NAME_BYTES);
    }
}
