//! Where the threads of the workstation send their replies.

use super::Reply;
use crate::store::Store;
use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::mpsc::UnboundedSender;

/// Sends replies to the screen, for several threads.
#[derive(Clone)]
pub(super) struct Replies {
    sender: UnboundedSender<Reply>,
    /// Rows that cannot be read, of which was told.
    told: Arc<Mutex<HashSet<(&'static str, String)>>>,
}

impl Replies {
    pub(super) fn to(sender: UnboundedSender<Reply>) -> Self {
        Self { sender, told: Arc::default() }
    }

    /// Sends a reply. Nobody listens once the workstation has closed.
    pub(super) fn send(&self, reply: Reply) {
        let _ = self.sender.send(reply);
    }

    /// Tells which rows were passed over because they cannot be read, each once.
    pub(super) fn tell_damaged(&self, store: &Store) {
        let mut rows = store.take_damaged();
        if rows.is_empty() {
            return;
        }
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        rows.retain(|row| told.insert((row.what, row.key.clone())));
        if !rows.is_empty() {
            self.send(Reply::Damaged(rows));
        }
    }
}
