//! The thread that reads outputs with the lens. Of what waits, only the newest is read:
//! the reviewer has left the others.

use super::{Reply, Request, Result, no_thread};
use crate::analysis::lens;
use std::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::mpsc::UnboundedSender;

/// Starts the thread; it ends when nobody asks any more.
pub fn start(answer: UnboundedSender<Reply>) -> Result<Sender<Request>> {
    let (readings, asked) = channel();
    let thread = std::thread::Builder::new().name("lens".into()).spawn(move || serve(&asked, &answer));
    thread.map_err(no_thread)?;
    Ok(readings)
}

fn serve(asked: &Receiver<Request>, answer: &UnboundedSender<Reply>) {
    while let Ok(first) = asked.recv() {
        let newest = asked.try_iter().last().unwrap_or(first);
        let Request::Lens { seq, output, sources } = newest else { continue };
        let sources: Vec<&str> = sources.iter().map(String::as_str).collect();
        let reading = Box::new(lens::read(&output, &sources));
        if answer.send(Reply::Lens { seq, reading }).is_err() {
            return;
        }
    }
}
