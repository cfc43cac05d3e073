//! The full-text index over FTS5: the words of items, documents and notes.
//!
//! The tables keep only the index, not the texts once more (`content=''`). A document is
//! indexed once, however many items share it.

use super::Sqlite;
use crate::domain::filter::Phrase;
use crate::domain::record::Scope;
use crate::store::Result;
use crate::store::engine::{Engine, FullTextIndex, IndexKind, IndexWriter, Param, params};
use crate::store::tokens::{parted, sought};

/// Row numbers of items in a page of `text_span`.
const PAGE: i64 = 256;

impl FullTextIndex for Sqlite {
    fn index_writer(&self) -> Box<dyn IndexWriter + '_> {
        Box::new(self)
    }

    fn remove(&self, item: i64, documents: &[i64]) -> Result<()> {
        self.execute("DELETE FROM text_item WHERE rowid = ?1", params![item])?;
        self.execute("DELETE FROM text_shared WHERE item_seq = ?1", params![item])?;
        for document in documents {
            let sql = "DELETE FROM text_context WHERE document_id = ?1 AND item_seq = ?2";
            self.execute(sql, params![*document, item])?;
        }
        Ok(())
    }

    fn indexed_rows(&self, kind: IndexKind) -> Result<i64> {
        let table = match kind {
            IndexKind::Item => "text_item",
            IndexKind::Document => "text_document",
            IndexKind::Note => "text_note",
            IndexKind::Decided => "text_decided",
        };
        let mut count = 0;
        self.query(&format!("SELECT COUNT(*) FROM {table}"), &[], &mut |row| {
            count = row.need_int(0)?;
            Ok(())
        })?;
        Ok(count)
    }

    fn pattern(&self, phrase: &Phrase) -> Option<String> {
        pattern(phrase)
    }

    fn decided_with(&self, patterns: &[String], limit: usize) -> Result<Vec<Vec<i64>>> {
        let sql = "SELECT f.rowid FROM text_decided f WHERE f.text_decided MATCH ?1 ORDER BY f.rowid DESC LIMIT ?2";
        let newest = |pattern: &String| {
            let mut found = Vec::new();
            self.query(sql, params![pattern, limit as i64], &mut |row| {
                found.push(row.need_int(0)?);
                Ok(())
            })?;
            Ok(found)
        };
        patterns.iter().map(newest).collect()
    }

    fn items_with(&self, scope: Scope, marker: &str) -> String {
        let of_item = |column: &str| {
            format!(
                "SELECT f.rowid FROM text_item f WHERE f.text_item MATCH {column}{marker}
                 AND f.rowid >= ?2 AND f.rowid <= ?3"
            )
        };
        let context = format!(
            "SELECT x.item_seq FROM text_document f CROSS JOIN text_context x ON x.document_id = f.rowid
             WHERE f.text_document MATCH {marker} AND x.item_seq >= ?2 AND x.item_seq <= ?3
             AND f.rowid >= (SELECT MIN(low) FROM text_span WHERE page >= ?2 / {PAGE} AND page <= ?3 / {PAGE})
             AND f.rowid <= (SELECT MAX(high) FROM text_span WHERE page >= ?2 / {PAGE} AND page <= ?3 / {PAGE})
             UNION ALL SELECT x.item_seq FROM text_shared x WHERE x.item_seq >= ?2 AND x.item_seq <= ?3
             AND x.document_id IN (SELECT f.rowid FROM
                 (SELECT DISTINCT document_id FROM text_shared WHERE item_seq >= ?2 AND item_seq <= ?3) y
                 CROSS JOIN text_document f ON f.rowid = y.document_id WHERE f.text_document MATCH {marker})"
        );
        let bound = |end: &str| format!("(SELECT {end}(seq) FROM decision WHERE item_seq >= ?2 AND item_seq <= ?3)");
        let note = format!(
            "SELECT x.item_seq FROM text_note f CROSS JOIN decision x ON x.seq = f.rowid
             CROSS JOIN item o ON o.seq = x.item_seq AND o.decision_seq = x.seq
             WHERE f.text_note MATCH {marker} AND f.rowid >= {} AND f.rowid <= {}
             AND x.item_seq >= ?2 AND x.item_seq <= ?3",
            bound("MIN"),
            bound("MAX")
        );
        match scope {
            Scope::Input => of_item("'{input} : ' || "),
            Scope::Output => of_item("'{output} : ' || "),
            Scope::Context => context,
            Scope::Note => note,
            Scope::Anywhere => format!("{} UNION ALL {context} UNION ALL {note}", of_item("")),
        }
    }
}

/// Each row is indexed as it comes.
impl IndexWriter for &Sqlite {
    fn add(&mut self, kind: IndexKind, key: i64, texts: &[&str]) -> Result<()> {
        let parted: Vec<_> = texts.iter().map(|text| parted(text)).collect();
        let sql = match kind {
            IndexKind::Item => "INSERT INTO text_item (rowid, input, output) VALUES (?1, ?2, ?3)",
            IndexKind::Document => "INSERT INTO text_document (rowid, text) VALUES (?1, ?2)",
            IndexKind::Decided => "INSERT OR REPLACE INTO text_decided (rowid, text) VALUES (?1, ?2)",
            IndexKind::Note => "INSERT INTO text_note (rowid, text) VALUES (?1, ?2)",
        };
        let mut values = params![key].to_vec();
        values.extend(parted.iter().map(|text| Param::Text(text)));
        self.execute(sql, &values).map(drop)
    }

    fn add_context(&mut self, item: i64, documents: &[i64], is_new: bool) -> Result<()> {
        let shared = "INSERT OR IGNORE INTO text_shared (item_seq, document_id) SELECT ?1, ?2
            WHERE ?3 = 0 OR EXISTS (SELECT 1 FROM text_context WHERE document_id = ?2 AND item_seq <> ?1)";
        let own = "INSERT OR IGNORE INTO text_context (document_id, item_seq) VALUES (?1, ?2)";
        let span = "INSERT INTO text_span (page, low, high) VALUES (?1, ?2, ?2)
            ON CONFLICT (page) DO UPDATE SET low = MIN(low, excluded.low), high = MAX(high, excluded.high)";
        for document in documents {
            if self.execute(shared, params![item, *document, i64::from(is_new)])? == 0 && is_new {
                self.execute(own, params![*document, item])?;
                self.execute(span, params![item / PAGE, *document])?;
            }
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<()> {
        Ok(())
    }
}

/// Nothing in it is taken for an operator.
fn pattern(phrase: &Phrase) -> Option<String> {
    let sought = sought(&phrase.text, phrase.open)?;
    Some(format!("\"{}\"{}", sought.parted, if sought.open { "*" } else { "" }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_has_no_operators() {
        let found = |text: &str, open| pattern(&Phrase { text: text.into(), open });
        assert_eq!(found(r#"NEAR("a" OR b) -c*"#, false).as_deref(), Some("\"NEAR( a  OR b) -c\""));
        assert_eq!(found("ref", true).as_deref(), Some("\"ref\"*"));
    }
}
