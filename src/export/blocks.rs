//! Writing beside reading: one thread makes the bytes of an export, another takes them away.

use std::io::{self, Write};
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};
use std::thread;

/// Bytes that are handed over at once.
const BLOCK: usize = 256 << 10;

/// Blocks that wait to be written, at most.
const WAITING: usize = 4;

/// Where the bytes of an export are put.
pub(super) struct Blocks {
    /// The present one, to append to.
    pub block: Vec<u8>,
    full: SyncSender<Vec<u8>>,
    /// Those that were written, to be filled again.
    empty: Receiver<Vec<u8>>,
}

/// Runs `fill`; what it puts into the blocks is written to `out` by another thread. Fails
/// with what `fill` fails with, or `out`: as soon as that fails, `fill` is told by an error.
pub(super) fn write_beside<T, E: From<io::Error>>(
    out: &mut (dyn Write + Send),
    fill: impl FnOnce(&mut Blocks) -> Result<T, E>,
) -> Result<T, E> {
    let (full, filled) = sync_channel::<Vec<u8>>(WAITING);
    let (written, empty) = channel();
    let write = move || {
        for mut block in filled {
            out.write_all(&block)?;
            block.clear();
            let _ = written.send(block); // nobody may want it any more
        }
        out.flush()
    };
    thread::scope(|scope| {
        let writer = scope.spawn(write);
        let mut blocks = Blocks { block: Vec::with_capacity(BLOCK), full, empty };
        let outcome = fill(&mut blocks).and_then(|value| blocks.hand_over().map(|()| value).map_err(E::from));
        drop(blocks);
        match writer.join() {
            Ok(Ok(())) => outcome,
            Ok(Err(error)) => Err(error.into()), // the cause of what `fill` was told
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

impl Blocks {
    /// Hands the block over if it is full. Fails when the other thread has failed.
    pub(super) fn advance(&mut self) -> io::Result<()> {
        if self.block.len() < BLOCK { Ok(()) } else { self.hand_over() }
    }

    fn hand_over(&mut self) -> io::Result<()> {
        let next = self.empty.try_recv().unwrap_or_else(|_| Vec::with_capacity(BLOCK));
        let full = std::mem::replace(&mut self.block, next);
        self.full.send(full).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_is_written_in_order() {
        let mut out = Vec::new();
        let fill = |blocks: &mut Blocks| {
            for number in 0..200_000_u32 {
                blocks.block.extend_from_slice(&number.to_le_bytes());
                blocks.advance()?;
            }
            Ok::<_, io::Error>(7)
        };
        assert_eq!(write_beside(&mut out, fill).unwrap(), 7);
        let numbers = out.chunks(4).map(|bytes| u32::from_le_bytes(bytes.try_into().unwrap()));
        assert!(numbers.eq(0..200_000));
    }

    /// A disk that is full after so many bytes.
    struct Full(usize);

    impl Write for Full {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 = self.0.checked_sub(bytes.len()).ok_or(io::ErrorKind::StorageFull)?;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_write_that_fails_ends_it_with_its_own_error() {
        let endless = |blocks: &mut Blocks| -> io::Result<()> {
            loop {
                blocks.block.extend_from_slice(&[0; 1000]);
                blocks.advance()?;
            }
        };
        let error = write_beside(&mut Full(1 << 20), endless).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    }
}
