//! Reading all that was imported, against the digests that were taken of it then.

use super::doctor::CheckResult;
use super::documents;
use super::items::{self, COLUMNS, WIDTH};
use super::{Result, Store};
use crate::domain::digest::{self, Digest};
use crate::text::plural::count;
use blake3::Hash;
use std::collections::HashMap;
use std::sync::Arc;

/// Ids of a result that are named.
const NAMED: usize = 8;

impl Store {
    /// Reads every document and item and compares it with its digest: whether a text is still what
    /// was imported. Items whose tags or priority a bulk has changed are left out, as their digests
    /// are of what they had before.
    pub fn check_texts(&self) -> Result<Vec<CheckResult>> {
        self.read(|| {
            let mut hashes = HashMap::new();
            let documents = self.compare_documents(&mut hashes)?;
            Ok(vec![documents, self.compare_items(&hashes)?])
        })
    }

    fn compare_documents(&self, hashes: &mut HashMap<i64, Hash>) -> Result<CheckResult> {
        let mut wrong = Vec::new();
        let sql = "SELECT title, text, url, source_id, updated_at, id, hash_a, hash_b FROM document";
        self.engine.stream(sql, &[], &mut |row| {
            let (id, hash) = (row.need_int(5)?, digest::document_hash(&documents::document(row)?));
            if Digest::of(&hash) != Digest(row.need_int(6)?, row.need_int(7)?) {
                wrong.push(id.to_string());
            }
            hashes.insert(id, hash);
            Ok(())
        })?;
        Ok(compared("texts of documents", hashes.len(), "document", &wrong))
    }

    fn compare_items(&self, hashes: &HashMap<i64, Hash>) -> Result<CheckResult> {
        let (mut read, mut wrong) = (0, Vec::new());
        let sql = format!(
            "SELECT {}, i.hash_a, i.hash_b FROM item i JOIN item_text t ON t.seq = i.seq
             WHERE NOT EXISTS (SELECT 1 FROM step_item b WHERE b.item_seq = i.seq)",
            *COLUMNS
        );
        self.engine.stream(&sql, &[], &mut |row| {
            let mut item = items::item(row)?;
            let hashes: Vec<Hash> = items::document_ids(row)?.iter().filter_map(|id| hashes.get(id)).copied().collect();
            item.context = hashes.iter().map(|_| Arc::default()).collect();
            read += 1;
            let at = WIDTH;
            if digest::item_digest(&item, &hashes) != Digest(row.need_int(at)?, row.need_int(at + 1)?) {
                wrong.push(item.id);
            }
            Ok(())
        })?;
        Ok(compared("texts of items", read, "item", &wrong))
    }
}

fn compared(check: &'static str, read: usize, what: &str, wrong: &[String]) -> CheckResult {
    let read = count(read, what);
    let named = wrong.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    let detail = match wrong.len() {
        0 => format!("{read} read, as they were imported"),
        number => format!("{read} read, {number} not as they were imported ({named})"),
    };
    CheckResult::new(check, wrong.is_empty(), detail)
}
