//! The full-text index over `tsvector`: the words of items, documents and notes.

use super::Postgres;
use super::tsvector::{Words, pattern};
use crate::domain::filter::Phrase;
use crate::domain::record::Scope;
use crate::store::Result;
use crate::store::engine::{Engine, FullTextIndex, IndexKind, IndexWriter, params};
use std::collections::HashMap;
use std::fmt::Write;

/// Rows, and bytes of them, that go to the server at once; a large one goes by pieces.
const ROWS: usize = 32;
const ROWS_BYTES: usize = 256 * 1024;
const PIECES_BYTES: usize = 1 << 20;

impl FullTextIndex for Postgres {
    fn index_writer(&self) -> Box<dyn IndexWriter + '_> {
        Box::new(Batch { postgres: self, pending: HashMap::new(), context: String::new() })
    }

    fn remove(&self, item: i64, _documents: &[i64]) -> Result<()> {
        self.execute("DELETE FROM text_item WHERE key = ?1", params![item])?;
        self.execute("DELETE FROM text_context WHERE item_seq = ?1", params![item]).map(drop)
    }

    fn indexed_rows(&self, kind: IndexKind) -> Result<i64> {
        let mut count = 0;
        let sql = format!("SELECT COUNT(*) FROM {} WHERE piece = 0", table(kind));
        self.query(&sql, &[], &mut |row| {
            count = row.need_int(0)?;
            Ok(())
        })?;
        Ok(count)
    }

    fn pattern(&self, phrase: &Phrase) -> Option<String> {
        pattern(phrase)
    }

    fn items_with(&self, scope: Scope, marker: &str) -> String {
        let select = |function: &str, more: &str| {
            format!(
                "SELECT f.found FROM {function}(CAST(?2 AS BIGINT), CAST(?3 AS BIGINT), CAST({marker} AS TEXT){more})
                 f(found)"
            )
        };
        let of_item = |weights: &str| select("text_items", &format!(", '{{{weights}}}'"));
        let context = select("text_items_by_context", "");
        let note = select("text_items_by_note", "");
        match scope {
            Scope::Input => of_item("a"),
            Scope::Output => of_item("b"),
            Scope::Context => context,
            Scope::Note => note,
            Scope::Anywhere => format!("{} UNION ALL {context} UNION ALL {note}", of_item("a,b")),
        }
    }

    fn decided_with(&self, patterns: &[String], limit: usize) -> Result<Vec<Vec<i64>>> {
        let sql = "SELECT w.place, f.found FROM JSON_ARRAY_ELEMENTS_TEXT(CAST(CAST(?1 AS TEXT) AS JSON))
                WITH ORDINALITY w(sought, place)
            CROSS JOIN LATERAL text_decided_with(w.sought, CAST(?2 AS BIGINT)) f(found)
            ORDER BY w.place, f.found DESC";
        let mut found = vec![Vec::new(); patterns.len()];
        let json = serde_json::to_string(patterns).unwrap_or_default();
        self.query(sql, params![&json, limit as i64], &mut |row| {
            found[row.need_int(0)? as usize - 1].push(row.need_int(1)?);
            Ok(())
        })?;
        Ok(found)
    }
}

fn table(kind: IndexKind) -> &'static str {
    match kind {
        IndexKind::Item => "text_item",
        IndexKind::Document => "text_document",
        IndexKind::Note => "text_note",
        IndexKind::Decided => "text_decided",
    }
}

/// What is on its way to the server: one statement for some rows, lines of text with a tab
/// between columns. No word has either.
struct Batch<'p> {
    postgres: &'p Postgres,
    pending: HashMap<IndexKind, Lines>,
    /// Items and their documents.
    context: String,
}

/// Key, number of the piece, words.
#[derive(Default)]
struct Lines {
    text: String,
    keys: Vec<i64>,
}

impl IndexWriter for Batch<'_> {
    fn add(&mut self, kind: IndexKind, key: i64, texts: &[&str]) -> Result<()> {
        let is_again = |lines: &Lines| kind == IndexKind::Decided && lines.keys.contains(&key);
        if self.pending.get(&kind).is_some_and(is_again) {
            self.send(kind)?; // for this one to take its place
        }
        self.pending.entry(kind).or_default().keys.push(key);
        for (piece, words) in Words::of(texts).pieces().enumerate() {
            let lines = self.pending.entry(kind).or_default();
            let _ = writeln!(lines.text, "{key}\t{piece}\t{words}");
            if lines.text.len() > PIECES_BYTES {
                self.send(kind)?;
            }
        }
        let is_enough = |lines: &Lines| lines.keys.len() >= ROWS || lines.text.len() >= ROWS_BYTES;
        if self.pending.get(&kind).is_some_and(is_enough) { self.send(kind) } else { Ok(()) }
    }

    /// Which item came first makes no difference here.
    fn add_context(&mut self, item: i64, documents: &[i64], _is_new: bool) -> Result<()> {
        for document in documents {
            let _ = writeln!(self.context, "{item}\t{document}");
        }
        if self.context.len() > ROWS_BYTES { self.send_context() } else { Ok(()) }
    }

    fn finish(mut self: Box<Self>) -> Result<()> {
        let pending: Vec<IndexKind> = self.pending.keys().copied().collect();
        pending.into_iter().try_for_each(|kind| self.send(kind))?;
        self.send_context()
    }
}

impl Batch<'_> {
    fn send(&mut self, kind: IndexKind) -> Result<()> {
        let Some(Lines { text, keys }) = self.pending.remove(&kind) else { return Ok(()) };
        if kind == IndexKind::Decided {
            let keys: Vec<String> = keys.iter().map(i64::to_string).collect();
            let sql = "DELETE FROM text_decided WHERE key = ANY (CAST(CAST(?1 AS TEXT) AS BIGINT[]))";
            self.postgres.pipeline(sql, params![&format!("{{{}}}", keys.join(","))])?;
        }
        let (place, join) = match kind {
            IndexKind::Note => ("d.item_seq", "JOIN decision d ON d.seq = r.key"),
            _ => ("r.key", ""),
        };
        // Whoever holds the index may have filed a key past the program: that stops nobody.
        let sql = format!(
            "INSERT INTO {} (key, piece, words)
             SELECT r.key, r.number, CAST(r.words || text_place({place}) AS TSVECTOR)
             FROM text_lines(CAST(?1 AS TEXT)) r {join} ON CONFLICT DO NOTHING",
            table(kind)
        );
        self.postgres.pipeline(&sql, params![&text])
    }

    fn send_context(&mut self) -> Result<()> {
        let text = std::mem::take(&mut self.context);
        if text.is_empty() {
            return Ok(());
        }
        let sql = "WITH given AS (SELECT r.key AS item, r.number AS document FROM text_lines(CAST(?1 AS TEXT)) r),
            spans AS (INSERT INTO text_span (item_page, document_page)
                SELECT DISTINCT text_page(item), text_page(document) FROM given ON CONFLICT DO NOTHING)
            INSERT INTO text_context (document_id, item_seq) SELECT document, item FROM given ON CONFLICT DO NOTHING";
        self.postgres.pipeline(sql, params![&text])
    }
}
