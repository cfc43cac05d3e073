//! Reading ahead.

use super::*;
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

fn lines(count: usize) -> String {
    (0..count).map(|n| format!("{{\"id\":{n},\"input\":\"q\",\"output\":\"a\"}}\n")).collect()
}

fn small() -> BatchLimits {
    BatchLimits { rows: 10, bytes: 1 << 20, queued: 2, queued_bytes: 1 << 20 }
}

/// Gives `text` again and again, counting, and then fails if it has to.
struct Stream {
    text: Vec<u8>,
    given: Arc<AtomicUsize>,
    fails_after: usize,
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.given.load(Ordering::SeqCst) >= self.fails_after {
            return Err(io::Error::other("the disk is gone"));
        }
        let rest = &self.text[self.given.load(Ordering::SeqCst) % self.text.len()..];
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        self.given.fetch_add(count, Ordering::SeqCst);
        Ok(count)
    }
}

fn stream(text: String, fails_after: usize) -> (Reader, Arc<AtomicUsize>) {
    let given = Arc::new(AtomicUsize::new(0));
    let stream = Stream { text: text.into_bytes(), given: given.clone(), fails_after };
    (Reader::from_read("a stream", stream, Options::default()).unwrap(), given)
}

#[test]
fn batches_hold_every_row_in_order_and_say_how_far_they_go() {
    let text = lines(95);
    let reader = Reader::from_read("a file", Cursor::new(text.clone()), Options::default()).unwrap();
    let batches: Vec<Batch> = pipeline(reader, small()).unwrap().map(Result::unwrap).collect();
    assert_eq!(batches.len(), 10);
    let mut end = 0;
    for batch in &batches {
        end += batch.rows.iter().map(|row| line_and_bytes(row).1.len() as u64 + 1).sum::<u64>();
        assert_eq!(batch.position, end);
    }
    assert_eq!(end, text.len() as u64);
    let ids = batches.into_iter().flat_map(|batch| batch.rows).map(|row| record(row).item.id);
    assert!(ids.eq((0..95).map(|n| n.to_string())));
}

#[test]
fn an_error_of_the_system_comes_after_the_rows_before_it() {
    let text = lines(4);
    let (reader, _) = stream(text.clone(), text.len());
    let mut pipeline = pipeline(reader, small()).unwrap();
    assert_eq!(pipeline.next().unwrap().unwrap().rows.len(), 4);
    assert_eq!(pipeline.next().unwrap().unwrap_err().to_string(), "the disk is gone");
    assert!(pipeline.next().is_none());
}

/// What a pipe gives, a piece whenever one is sent.
struct Pieces(std::sync::mpsc::Receiver<Vec<u8>>);

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Ok(piece) = self.0.recv() else { return Ok(0) };
        buffer[..piece.len()].copy_from_slice(&piece);
        Ok(piece.len())
    }
}

#[test]
fn a_stream_that_pauses_gives_what_has_come() {
    let (sender, pieces) = std::sync::mpsc::channel();
    let send = |text: &str| sender.send(text.as_bytes().to_vec()).unwrap();
    let text = lines(25);
    let of = |lines: usize| text.match_indices('\n').nth(lines - 1).unwrap().0 + 1;
    send(&text[..of(1)]);
    let reader = Reader::from_read("a pipe", Pieces(pieces), Options::default()).unwrap();
    let mut pipeline = pipeline(reader, small()).unwrap();
    let go = std::sync::atomic::AtomicBool::default();
    let mut ids = Vec::new();
    let mut take = |pipeline: &mut Pipeline, until: usize| {
        while ids.len() < until {
            let Coming::Batch(batch) = pipeline.next_unless(&go, None) else { panic!("it has ended") };
            let batch = batch.unwrap();
            ids.extend(batch.rows.into_iter().map(|row| record(row).item.id));
            assert_eq!(batch.position as usize, of(ids.len()));
        }
        ids.len()
    };
    assert_eq!(take(&mut pipeline, 1), 1);
    send(&text[of(1)..of(3) + 5]); // with the beginning of a line
    assert_eq!(take(&mut pipeline, 3), 3);
    let soon = Instant::now() + Duration::from_millis(1);
    assert!(matches!(pipeline.next_unless(&go, Some(soon)), Coming::Nothing));
    send(&text[of(3) + 5..]);
    drop(sender);
    assert_eq!(take(&mut pipeline, 25), 25);
    assert!(matches!(pipeline.next_unless(&go, None), Coming::End));
    assert!(ids.into_iter().eq((0..25).map(|n| n.to_string())));
}

#[test]
fn large_rows_are_not_piled_up() {
    let line = format!("{{\"id\":1,\"input\":\"q\",\"output\":\"{}\"}}\n", "x".repeat(1 << 20));
    let (reader, given) = stream(line.clone(), usize::MAX);
    let limits = BatchLimits { bytes: 1 << 20, queued: 100, queued_bytes: 3 << 20, ..small() };
    let mut pipeline = pipeline(reader, limits).unwrap();
    for taken in 0..20 {
        pipeline.next().unwrap().unwrap();
        wait_until("the rows that may wait", || given.load(Ordering::SeqCst) >= (taken + 4) * line.len());
        // Two wait, one is ready to, one is taken, and one is in the buffers.
        assert!(given.load(Ordering::SeqCst) < (taken + 6) * line.len());
    }
}

#[test]
fn dropping_it_stops_the_thread() {
    let (reader, given) = stream(lines(10), usize::MAX);
    let mut pipeline = pipeline(reader, small()).unwrap();
    pipeline.next().unwrap().unwrap();
    drop(pipeline);
    // The stream lives in the thread, and its counter is shared as long as that does.
    wait_until("the end of the thread", || Arc::strong_count(&given) == 1);
}

fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !is_so() {
        assert!(Instant::now() < deadline, "waited for {what}");
        std::thread::yield_now();
    }
}
