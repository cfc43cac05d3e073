//! The thread that reads outputs with the lens. Of what waits, only the newest is read: the
//! reviewer has left the others.

use super::Reply;
use crate::analysis::lens::Compared;
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

/// Starts the thread; it ends when nobody asks any more.
pub(super) fn start(replies: UnboundedSender<Reply>) -> io::Result<LensSender> {
    let (requests, asked) = channel();
    std::thread::Builder::new().name("lens".into()).spawn(move || serve(&asked, &replies))?;
    Ok(requests)
}

fn serve(asked: &Receiver<(Whose, LensRequest)>, replies: &UnboundedSender<Reply>) {
    while let Ok(first) = asked.recv() {
        let (mut on_screen, mut next) = (None, None);
        for (whose, request) in std::iter::once(first).chain(asked.try_iter()) {
            match whose {
                Whose::OnScreen => on_screen = Some(request),
                Whose::Next => next = Some(request),
            }
        }
        for request in [on_screen, next].into_iter().flatten() {
            let reading = request.texts.read();
            if replies.send(Reply::Lens { request: Box::new(request), reading: Box::new(reading) }).is_err() {
                return;
            }
        }
    }
}
