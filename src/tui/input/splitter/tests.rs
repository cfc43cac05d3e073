use super::*;
use proptest::prelude::*;

const ANSWERS: &[&str] = &[
    "\x1b]11;rgb:1e1e/1E1E/2e2e\x1b\\",
    "\x1b]10;rgb:ffff/ffff/ffff\x07",
    "\x1b]4;1;rgb:0000/0000/0000\x07",
    "\x1b]52;c;aGVsbG8=\x1b\\",
    "\x1b[?62;22c",
    "\x1b[>0;276;0c",
    "\x1b[=0c",
    "\x1b[0n",
    "\x1b[12;40R",
    "\x1b[?2026;2$y",
    "\x1b[8;40;120t",
    "\x1b[?1u",
    "\x1bP1+r524742=38\x1b\\",
    "\x1bP1$r0m\x1b\\",
    "\x1bP>|term 1.2\x07",
    "\x1b_Gi=1;OK\x1b\\",
];

/// What a person does, one event each. Not Alt and a key, which comes at once or is two.
const DONE: &[&str] =
    &["a", "]", "[", "1", "\r", "\x07", "ä", "漢", "\x1b[A", "\x1bOP", "\x1b[1;5C", "\x1b[<0;10;5M", "\x1b[M \x2a\x25"];

/// Pieces of bytes, each with the pause behind it; then a long one.
fn split(bytes: &[(&[u8], u64)], asked: bool) -> Vec<Piece> {
    let mut splitter = Splitter::default();
    let mut now = Instant::now();
    if asked {
        splitter.ask(now);
    }
    for (piece, pause) in bytes {
        splitter.feed(piece, now);
        now += Duration::from_millis(*pause);
        splitter.expire(now);
    }
    splitter.expire(now + Duration::from_secs(60));
    std::iter::from_fn(|| splitter.next()).collect()
}

fn whole(bytes: &str) -> Vec<Piece> {
    split(&[(bytes.as_bytes(), 0)], false)
}

fn event(bytes: &str) -> Piece {
    Piece::Event(bytes.into())
}

fn events(pieces: Vec<Piece>) -> Vec<Piece> {
    pieces.into_iter().filter(|piece| !matches!(piece, Piece::Answer(_))).collect()
}

#[test]
fn an_answer_comes_out_without_its_frame() {
    assert_eq!(whole("\x1b]11;rgb:0/0/0\x1b\\"), [Piece::Answer("]11;rgb:0/0/0".into())]);
    assert_eq!(whole("\x1b[?62;22c"), [Piece::Answer("[?62;22c".into())]);
}

#[test]
fn an_answer_in_two_pieces_is_no_key_however_late_the_second_comes() {
    for answer in ANSWERS {
        for at in 1..answer.len() {
            let (start, end) = answer.as_bytes().split_at(at);
            for pause in [0, 20, 45, 300, 1500, 4000] {
                let pieces = split(&[(b"a", 0), (start, pause), (end, 20), (b"j", 0)], false);
                // Nobody can tell a lone Esc, or Alt and a key, from the beginning of an answer.
                let begun: &[_] = match at {
                    1 if pause > 45 => &[event("\x1b")],
                    2 if pause > 45 => &[event(&answer[..2])],
                    _ => &[],
                };
                assert_eq!(
                    events(pieces),
                    [&[event("a")], begun, &[event("j")]].concat(),
                    "{answer:?} at {at}, {pause} ms"
                );
            }
        }
    }
}

#[test]
fn while_an_answer_is_owed_each_byte_may_be_late() {
    for answer in ANSWERS {
        for pause in [0, 45, 200, 450] {
            let bytes: Vec<(&[u8], u64)> = answer.as_bytes().chunks(1).map(|byte| (byte, pause)).collect();
            assert_eq!(events(split(&bytes, true)), [], "{answer:?}, {pause} ms");
        }
    }
}

/// Nobody can tell the `ESC` of one that is slower than a key's rest from the key.
#[test]
fn what_is_owed_is_an_answer_however_slowly_it_comes() {
    for answer in ["\x1b]11;rgb:1e1e/1E1E/2e2e\x1b\\", "\x1b]11;rgb:ffff/ffff/ffff\x07", "\x1b[?62;22c"] {
        for pause in [600, 1500] {
            let bytes: Vec<(&[u8], u64)> = answer.as_bytes().chunks(1).map(|byte| (byte, pause)).collect();
            let pieces = split(&bytes, true);
            assert_eq!(events(pieces.clone()), [event("\x1b")], "{answer:?}, {pause} ms");
            assert!(pieces.iter().any(|piece| matches!(piece, Piece::Answer(_))), "{answer:?}, {pause} ms");
        }
        let (start, end) = answer.as_bytes().split_at(2);
        assert_eq!(events(split(&[(start, 8000), (end, 0)], true)), [], "{answer:?}");
    }
    // What begins otherwise is what was typed.
    let typed = split(&[(b"\x1b", 600), (b"]", 100), (b"j", 600)], true);
    assert_eq!(typed, [event("\x1b"), event("]"), event("j")]);
}

#[test]
fn keys_are_keys() {
    for keys in ["\x1b", "]", "[", "\x1b]", "\x1b[", "\x1bO", "\x1bP", "\x1b\x1b", "\x07"] {
        for asked in [false, true] {
            let expected = if keys == "\x1b\x1b" { vec![event("\x1b"); 2] } else { vec![event(keys)] };
            assert_eq!(split(&[(keys.as_bytes(), 0)], asked), expected, "{keys:?}");
        }
    }
    assert_eq!(whole("\x1b]a"), [event("\x1b]"), event("a")]);
    assert_eq!(whole("\x1b]\x03"), [event("\x1b]"), event("\x03")]);
    assert_eq!(whole("\x1b\x1b[A"), [event("\x1b"), event("\x1b[A")]);
}

#[test]
fn keys_behind_an_esc_are_keys() {
    for keys in ["]", "[", "P", "O", "_", "X", "]1", "[1", "a]1", "[A", "]x1", "\x1b", "\x07", "ä"] {
        let slowly: Vec<(String, u64)> = keys.chars().map(|key| (key.to_string(), 120)).collect();
        let bytes: Vec<(&[u8], u64)> = std::iter::once((b"\x1b".as_slice(), 120))
            .chain(slowly.iter().map(|(key, pause)| (key.as_bytes(), *pause)))
            .collect();
        let typed = std::iter::once(event("\x1b")).chain(keys.chars().map(|key| event(&key.to_string())));
        assert_eq!(split(&bytes, false), typed.collect::<Vec<_>>(), "{keys:?}");
    }
}

#[test]
fn an_esc_and_a_key_are_not_alt_and_the_key() {
    assert_eq!(whole("\x1ba"), [event("\x1ba")]);
    for keys in ["a", "ä", "]", "[", "P", "\r"] {
        for pause in [0, 10, 100] {
            let pieces = split(&[(b"\x1b", pause), (keys.as_bytes(), 100)], false);
            assert_eq!(pieces, [event("\x1b"), event(keys)], "{keys:?}, {pause} ms");
        }
    }
}

#[test]
fn an_esc_waits_for_a_moment_only() {
    let mut splitter = Splitter::default();
    let now = Instant::now();
    splitter.feed(b"\x1b", now);
    assert_eq!((splitter.next(), splitter.may_hold_keys()), (None, true));
    assert_eq!(splitter.due(), Some(now + KEY_WAIT));
    splitter.expire(now + KEY_WAIT);
    assert_eq!((splitter.next(), splitter.may_hold_keys()), (Some(event("\x1b")), false));
    assert_eq!(splitter.due(), None);
}

#[test]
fn an_answer_that_never_ends_is_dropped_and_keys_go_on() {
    let begun = b"\x1b]11;rgb:00".as_slice();
    assert_eq!(split(&[(begun, 3000), (b"a", 100), (b"1", 100)], false), [event("a"), event("1")]);
    assert_eq!(split(&[(begun, 10), (b"\x03", 0)], false), [event("\x03")], "Ctrl+C at once");
    assert_eq!(split(&[(begun, 10), (b"\x1b[A", 0)], false), [event("\x1b[A")], "an arrow, too");
    let endless = format!("\x1b]11;{}", "f".repeat(LONGEST_TEXT));
    assert!(split(&[(endless.as_bytes(), 0), (b"a", 0)], false).contains(&event("a")));
}

#[test]
fn what_is_pasted_is_whole_whatever_is_in_it() {
    let text = format!("é]11;{}\x1b[A\r\n", ANSWERS[0]);
    let paste = format!("\x1b[200~{text}\x1b[201~");
    for at in 1..paste.len() {
        let (start, end) = paste.as_bytes().split_at(at);
        for pause in [0, 300, 9000] {
            let pieces = split(&[(start, pause), (end, 0), (b"j", 0)], false);
            let late = (3..6).contains(&at) && pause > 300 || at < 3 && pause > 4000; // the brackets themselves were given up for good
            assert!(
                late || pieces.ends_with(&[Piece::Paste(text.clone().into()), event("j")]),
                "at {at}, {pause} ms: {pieces:?}"
            );
        }
    }
}

proptest! {
    /// Answers between what a person does, cut anywhere with short pauses: what a person did
    /// comes out whole and in order.
    #[test]
    fn what_a_person_does_comes_out_in_order(
        parts in proptest::collection::vec((any::<bool>(), 0..16_usize), 0..12),
        cuts in proptest::collection::vec((0..300_usize, 0..45_u64), 0..12),
        asked in any::<bool>(),
    ) {
        let text: String = parts.iter().map(|(answers, which)| if *answers { ANSWERS[*which] } else { DONE[which % DONE.len()] }).collect();
        let done = parts.iter().filter(|(answers, _)| !answers).map(|(_, which)| event(DONE[which % DONE.len()]));
        let mut cuts: Vec<(usize, u64)> = cuts.into_iter().filter(|(at, _)| *at < text.len()).collect();
        cuts.sort_unstable();
        let ends = cuts.iter().map(|(at, _)| *at).skip(1).chain([text.len()]);
        let first = cuts.first().map_or(text.len(), |(at, _)| *at);
        let rest = cuts.iter().zip(ends).map(|((start, pause), end)| (&text.as_bytes()[*start..end], *pause));
        let pieces: Vec<(&[u8], u64)> = std::iter::once((&text.as_bytes()[..first], 0)).chain(rest).collect();
        prop_assert_eq!(events(split(&pieces, asked)), done.collect::<Vec<_>>());
    }

    #[test]
    fn nothing_makes_it_panic(pieces in proptest::collection::vec((proptest::collection::vec(any::<u8>(), 0..20), 0..3000_u64), 0..20)) {
        let pieces: Vec<(&[u8], u64)> = pieces.iter().map(|(bytes, pause)| (bytes.as_slice(), *pause)).collect();
        split(&pieces, false);
    }
}
