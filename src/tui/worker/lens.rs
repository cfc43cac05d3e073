//! The thread that reads outputs with the lens. Of what waits, only the newest is read: the
//! reviewer has left the others.

use super::Reply;
use crate::analysis::lens;
use crate::domain::item::Seq;
use std::io;
use std::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::mpsc::UnboundedSender;

/// An output to be compared with its sources. Nobody waits for it.
#[derive(Debug, Clone, PartialEq)]
pub struct LensRequest {
    pub seq: Seq,
    pub output: String,
    pub sources: Vec<String>,
}

/// Starts the thread; it ends when nobody asks any more.
pub fn start(replies: UnboundedSender<Reply>) -> io::Result<Sender<LensRequest>> {
    let (requests, asked) = channel();
    std::thread::Builder::new().name("lens".into()).spawn(move || serve(&asked, &replies))?;
    Ok(requests)
}

fn serve(asked: &Receiver<LensRequest>, replies: &UnboundedSender<Reply>) {
    while let Ok(first) = asked.recv() {
        let LensRequest { seq, output, sources } = asked.try_iter().last().unwrap_or(first);
        let sources: Vec<&str> = sources.iter().map(String::as_str).collect();
        let reading = Box::new(lens::read(&output, &sources));
        if replies.send(Reply::Lens { seq, reading }).is_err() {
            return;
        }
    }
}
