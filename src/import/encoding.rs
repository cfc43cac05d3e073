//! Text in another encoding than UTF-8, decoded as it is read.

use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_16BE, UTF_16LE};
use std::io::{self, Read};

const CHUNK_BYTES: usize = 16 << 10;

/// Stands for what is no character in the encoding: no byte of UTF-8, so that its record is
/// rejected for it.
const MALFORMED: u8 = 0xff;

/// Bytes that are looked at for the halves of Latin characters.
const SAMPLE_BYTES: usize = 128;

/// UTF-16 by its byte order mark; without one by its Latin characters, whose other halves are
/// zero. The names of fields, which come first, are such in whatever script the texts are.
pub(super) fn utf_16(head: &[u8]) -> Option<&'static Encoding> {
    match head {
        [0xff, 0xfe, ..] => return Some(UTF_16LE),
        [0xfe, 0xff, ..] => return Some(UTF_16BE),
        _ => {}
    }
    let (units, _) = head[..head.len().min(SAMPLE_BYTES)].as_chunks();
    let is_little = |unit: &&[u8; 2]| unit[0] != 0 && unit[1] == 0;
    let is_big = |unit: &&[u8; 2]| unit[0] == 0 && unit[1] != 0;
    let (little, big) = (units.iter().filter(is_little).count(), units.iter().filter(is_big).count());
    // A stray U+0000 in a text of UTF-8 makes no UTF-16 of it.
    let is_enough = little.max(big) * 8 >= units.len().max(16);
    is_enough.then_some(if little > big { UTF_16LE } else { UTF_16BE })
}

/// The encoding of a spreadsheet's text that is not UTF-8: it has bytes that UTF-8 cannot
/// have, and no character beyond ASCII that UTF-8 would have. Which one it is, the letters tell that
/// are frequent together.
pub(super) fn of_spreadsheet(sample: &[u8]) -> Option<&'static Encoding> {
    let error = std::str::from_utf8(sample).err()?;
    (error.error_len().is_some() && sample[..error.valid_up_to()].is_ascii()).then(|| likely(sample))
}

#[cfg(feature = "encodings")]
fn likely(sample: &[u8]) -> &'static Encoding {
    use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(sample, true);
    detector.guess(None, Utf8Detection::Deny)
}

#[cfg(not(feature = "encodings"))]
fn likely(_: &[u8]) -> &'static Encoding {
    encoding_rs::WINDOWS_1252
}

/// The encoding's name as people write it: `Windows-1252`, `Shift_JIS`.
pub(super) fn name(encoding: &'static Encoding) -> String {
    encoding.name().replacen("windows", "Windows", 1)
}

/// A stream as UTF-8.
pub(super) struct Decoded<R> {
    input: R,
    decoder: Decoder,
    /// Read and not decoded.
    bytes: Vec<u8>,
    text: Vec<u8>,
    /// How much of `text` was given.
    given: usize,
    is_ended: bool,
}

impl<R: Read> Decoded<R> {
    pub(super) fn new(input: R, encoding: &'static Encoding) -> Self {
        let decoder = encoding.new_decoder_with_bom_removal();
        Self { input, decoder, bytes: Vec::new(), text: Vec::new(), given: 0, is_ended: false }
    }

    fn decode(&mut self) -> io::Result<()> {
        if self.bytes.is_empty() {
            let mut bytes = [0; CHUNK_BYTES];
            let count = self.input.read(&mut bytes)?;
            self.bytes.extend_from_slice(&bytes[..count]);
            self.is_ended = count == 0;
        }
        self.text.resize(CHUNK_BYTES, 0);
        let (result, read, written) =
            self.decoder.decode_to_utf8_without_replacement(&self.bytes, &mut self.text, self.is_ended);
        self.bytes.drain(..read);
        self.text.truncate(written);
        if let DecoderResult::Malformed(..) = result {
            self.text.push(MALFORMED);
        }
        self.given = 0;
        Ok(())
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.given == self.text.len() && !self.is_ended {
            self.decode()?;
        }
        let count = (&self.text[self.given..]).read(buffer)?;
        self.given += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(bytes: &[u8], encoding: &'static Encoding) -> Vec<u8> {
        let mut text = Vec::new();
        Decoded::new(bytes, encoding).read_to_end(&mut text).unwrap();
        text
    }

    fn utf_16_of(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn utf_16_is_told_with_and_without_its_mark_and_read_whole() {
        let text = format!("id,input,output\n1,{},🦀\n", "é".repeat(20_000));
        for (bytes, encoding) in [(u16::to_le_bytes as fn(u16) -> [u8; 2], UTF_16LE), (u16::to_be_bytes, UTF_16BE)] {
            for marked in [text.clone(), format!("\u{feff}{text}")] {
                let bytes = utf_16_of(&marked, bytes);
                assert_eq!(utf_16(&bytes), Some(encoding));
                assert!(decoded(&bytes, encoding) == text.as_bytes());
            }
        }
        for none in [&b"id,input"[..], b"", b"i", b"{\"id\":\"a\0\",\"input\":\"q\",\"output\":\"a\"}", b"\0\0\0\0"] {
            assert_eq!(utf_16(none), None, "{none:?}");
        }
    }

    #[test]
    fn utf_16_without_its_mark_may_begin_with_any_script() {
        let text = "質問の番号,id,input,output\n一,1,こんにちは、元気ですか,はい、とても元気です\n";
        for (bytes, encoding) in [(u16::to_le_bytes as fn(u16) -> [u8; 2], UTF_16LE), (u16::to_be_bytes, UTF_16BE)] {
            assert_eq!(utf_16(&utf_16_of(text, bytes)), Some(encoding));
        }
    }

    #[test]
    fn half_a_character_is_no_text() {
        let bytes = [&utf_16_of("a", u16::to_le_bytes)[..], &[0x3d, 0xd8], &utf_16_of("b", u16::to_le_bytes)].concat();
        assert_eq!(decoded(&bytes, UTF_16LE), b"a\xffb");
        assert_eq!(decoded(b"a\0b", UTF_16LE), b"a\xff", "the file ends within a character");
    }

    #[test]
    fn text_of_another_encoding_is_told_from_broken_utf_8() {
        use encoding_rs::WINDOWS_1252;
        assert_eq!(of_spreadsheet(b"caf\xe9, 5 \x80"), Some(WINDOWS_1252));
        assert_eq!(decoded(b"caf\xe9, 5 \x80", WINDOWS_1252), "café, 5 €".as_bytes());
        assert_eq!(of_spreadsheet("café".as_bytes()), None);
        assert_eq!(of_spreadsheet("café \u{e9}".as_bytes()[..4].as_ref()), None, "cut within a character");
        assert_eq!(of_spreadsheet(b"caf\xc3\xa9 \xe9"), None, "UTF-8 with a broken character");
    }

    #[cfg(feature = "encodings")]
    #[test]
    fn the_letters_tell_which_encoding_it_is() {
        use encoding_rs::{BIG5, EUC_KR, GBK, SHIFT_JIS, WINDOWS_1250, WINDOWS_1251, WINDOWS_1252};
        for (encoding, text) in [
            (WINDOWS_1252, "Größe, Übung und Maß: die Antwort wäre möglich, “sagte” er für 5 €"),
            (WINDOWS_1250, "Příliš žluťoučký kůň úpěl ďábelské ódy, řekl šéf a odešel domů"),
            (WINDOWS_1251, "Ответ модели: столица Франции — Париж, и это правильный ответ"),
            (SHIFT_JIS, "質問に対する答えは、東京が日本の首都であるということです。ありがとうございます"),
            (EUC_KR, "질문에 대한 대답은 서울이 대한민국의 수도라는 것입니다. 감사합니다"),
            (GBK, "这个问题的答案是北京，它是中国的首都。谢谢你的提问，祝你愉快"),
            (BIG5, "這個問題的答案是臺北，它是一個很大的城市。謝謝你的提問"),
        ] {
            let (bytes, _, is_lossy) = encoding.encode(text);
            assert!(!is_lossy, "{text}");
            assert_eq!(of_spreadsheet(&bytes), Some(encoding), "{text}");
            assert_eq!(decoded(&bytes, encoding), text.as_bytes());
        }
    }
}
