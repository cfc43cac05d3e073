//! Writing beside reading: one thread makes the bytes of an export, another takes them away.

use super::format::Files;
use std::io::{self, Write};
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};
use std::thread;

/// Bytes that are handed over at once.
const BLOCK: usize = 256 << 10;

/// Blocks that wait to be written, at most.
const WAITING: usize = 4;

/// The bytes of an export that are to be written.
pub(super) struct Blocks {
    /// The present block of each file, to append to: the files of each part of the export.
    pub parts: Vec<Files>,
    /// Each with the number of its file, from 0: those of the first part, then those of the next.
    full: SyncSender<(usize, Vec<u8>)>,
    /// Blocks that were written, to be filled again.
    empty: Receiver<Vec<u8>>,
}

/// Runs `fill`; what it puts into the blocks is written to `outs`, the main file of each of so many
/// parts and those beside it, by another thread. Fails with the error of `fill`, or of an `out`: when a
/// write fails, the next call of [`Blocks::advance`] fails too.
pub(super) fn write_beside<W: Write + Send, T, E: From<io::Error>>(
    outs: &mut [W],
    parts: usize,
    fill: impl FnOnce(&mut Blocks) -> Result<T, E>,
) -> Result<T, E> {
    let (full, filled) = sync_channel::<(usize, Vec<u8>)>(WAITING);
    let (written, empty) = channel();
    let further = outs.len() / parts - 1;
    let files = || Files { main: Vec::with_capacity(BLOCK), further: vec![Vec::new(); further] };
    let parts = (0..parts).map(|_| files()).collect();
    let write = move || {
        for (file, mut block) in filled {
            outs[file].write_all(&block)?;
            block.clear();
            let _ = written.send(block); // nobody may want it any more
        }
        outs.iter_mut().try_for_each(Write::flush)
    };
    thread::scope(|scope| {
        let writer = scope.spawn(write);
        let mut blocks = Blocks { parts, full, empty };
        let outcome = fill(&mut blocks).and_then(|value| blocks.hand_over(0).map(|()| value).map_err(E::from));
        drop(blocks);
        match writer.join() {
            Ok(Ok(())) => outcome,
            Ok(Err(error)) => Err(error.into()), // the cause of what `fill` was told
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

impl Blocks {
    /// Hands the blocks that are full over. Fails when the other thread has failed.
    pub(super) fn advance(&mut self) -> io::Result<()> {
        self.hand_over(BLOCK)
    }

    /// Hands over the blocks of at least `bytes` bytes.
    fn hand_over(&mut self, bytes: usize) -> io::Result<()> {
        let blocks = self.parts.iter_mut().flat_map(Files::all);
        for (file, block) in blocks.enumerate() {
            if block.len() >= bytes {
                let next = self.empty.try_recv().unwrap_or_else(|_| Vec::with_capacity(BLOCK));
                let full = std::mem::replace(block, next);
                self.full.send((file, full)).map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_is_written_in_order() {
        let mut outs = [Vec::new(), Vec::new()];
        let fill = |blocks: &mut Blocks| {
            for number in 0..200_000_u32 {
                blocks.parts[0].main.extend_from_slice(&number.to_le_bytes());
                blocks.parts[0].further[0].extend_from_slice(&(number / 2).to_le_bytes());
                blocks.advance()?;
            }
            Ok::<_, io::Error>(7)
        };
        assert_eq!(write_beside(&mut outs, 1, fill).unwrap(), 7);
        for (out, divisor) in outs.iter().zip([1, 2]) {
            let numbers = out.chunks(4).map(|bytes| u32::from_le_bytes(bytes.try_into().unwrap()));
            assert!(numbers.eq((0..200_000).map(|number| number / divisor)));
        }
    }

    /// A disk that is full after a number of bytes.
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
                blocks.parts[0].main.extend_from_slice(&[0; 1000]);
                blocks.advance()?;
            }
        };
        let error = write_beside(&mut [Full(1 << 20)], 1, endless).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    }
}
