//! The thread that reads outputs with the lens. Of what waits, only the newest is read: the
//! reviewer has left the others.

use super::Reply;
use crate::analysis::lens::{Compared, Reading};
use crate::domain::item::{Item, Seq};
use std::io;
use std::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::mpsc::UnboundedSender;

/// Longer texts are not compared: bytes of the output and its sources together.
const MAX_COMPARED_BYTES: usize = 4 << 20;

/// An output to be compared with its sources. Nobody waits for it.
#[derive(Debug, Clone, PartialEq)]
pub struct LensRequest {
    pub seq: Seq,
    pub texts: Compared,
}

impl LensRequest {
    /// The comparison of an item's output with its context; `None` where there is none.
    pub fn of(seq: Seq, item: &Item) -> Option<Self> {
        Some(Self { seq, texts: Compared::of(item)? })
    }

    /// Whether the request is to compare the item's output as it is now.
    pub fn is_of(&self, seq: Seq, item: &Item) -> bool {
        self.seq == seq && self.texts.is_of(item)
    }

    /// Whether the item's texts are too long to be compared.
    pub fn is_too_long(item: &Item) -> bool {
        let documents = item.context.iter().map(|document| document.text.len());
        documents.sum::<usize>() + item.input.text.len() + item.output.text.len() > MAX_COMPARED_BYTES
    }
}

/// The item that an output belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whose {
    OnScreen,
    /// The one that is served next.
    Next,
}

pub(super) type LensSender = Sender<(Whose, LensRequest)>;

/// The readings of next items, which wait until their items are served: sent before, each would wake the
/// screen for nothing.
pub(super) type ReadAhead = Receiver<(LensRequest, Reading)>;

/// Starts the thread; it ends when nobody asks any more.
pub(super) fn start(replies: UnboundedSender<Reply>) -> io::Result<(LensSender, ReadAhead)> {
    let (requests, asked) = channel();
    let (ahead, read_ahead) = channel();
    std::thread::Builder::new().name("lens".into()).spawn(move || {
        give_way();
        serve(&asked, &replies, &ahead);
    })?;
    Ok((requests, read_ahead))
}

/// The niceness of the thread (setpriority(2)): the screen and the store go before it.
#[cfg(target_os = "linux")]
const NICENESS: i32 = 10;

/// Lets other threads go before this one. Where the system has no niceness of threads, nothing changes.
#[cfg(target_os = "linux")]
fn give_way() {
    let _ = rustix::process::setpriority_process(None, NICENESS);
}

#[cfg(not(target_os = "linux"))]
fn give_way() {}

fn serve(
    asked: &Receiver<(Whose, LensRequest)>,
    replies: &UnboundedSender<Reply>,
    ahead: &Sender<(LensRequest, Reading)>,
) {
    let mut newest: Option<(LensRequest, Reading)> = None; // of those that were read ahead
    while let Ok(first) = asked.recv() {
        let (mut on_screen, mut next) = (None, None);
        for (whose, request) in std::iter::once(first).chain(asked.try_iter()) {
            match whose {
                Whose::OnScreen => on_screen = Some(request),
                Whose::Next => next = Some(request),
            }
        }
        // Nobody listens once the workstation has closed; then nobody asks either.
        if let Some(request) = on_screen {
            // An item may be served while it is still being read.
            let read = newest.take_if(|(read, _)| *read == request);
            let reading = read.map_or_else(|| request.texts.read(), |(_, reading)| reading);
            let _ = replies.send(Reply::lens(request, reading));
        }
        if let Some(request) = next {
            let reading = request.texts.read();
            newest = Some((request.clone(), reading.clone()));
            let _ = ahead.send((request, reading));
        }
    }
}
