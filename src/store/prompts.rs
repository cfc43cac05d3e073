//! The texts of prompts, each stored once by its hash, however many items share it.

use super::Result;
use super::engine::params;
use super::transaction::Tx;
use crate::domain::item::Content;
use crate::text::hex::hex;
use sha2::{Digest, Sha256};
use std::collections::HashMap;

/// Prompts whose rows are remembered. Most files have a few; one with another for each item has no use for more.
const REMEMBERED: usize = 10_000;

/// What a transaction that brings items knows of the prompts in the workspace: their rows, by kind and hash.
#[derive(Default)]
pub(super) struct PromptWriter(HashMap<(&'static str, [u8; 32]), i64>);

impl Tx<'_> {
    /// The row of the prompt, which is stored where it was not yet.
    pub(super) fn keep_prompt(&self, writer: &mut PromptWriter, prompt: &Content) -> Result<i64> {
        let key: (&str, [u8; 32]) = (prompt.kind.code(), Sha256::digest(&prompt.text).into());
        if let Some(known) = writer.0.get(&key) {
            return Ok(*known);
        }
        let (kind, hash) = (key.0, hex(key.1));
        let insert = "INSERT INTO prompt (sha256, kind, text) VALUES (?1, ?2, ?3)
            ON CONFLICT (sha256, kind) DO NOTHING RETURNING seq";
        let row = match self.first(insert, params![&hash, kind, &prompt.text], |row| row.need_int(0))? {
            Some(new) => new,
            None => self.number("SELECT seq FROM prompt WHERE sha256 = ?1 AND kind = ?2", params![&hash, kind])?,
        };
        if writer.0.len() == REMEMBERED {
            writer.0.clear();
        }
        writer.0.insert(key, row);
        Ok(row)
    }
}
