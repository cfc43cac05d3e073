-- A document belongs to the first item that has it (`text_context`), and documents come in
-- with their items: `text_span` holds, for each stretch of items, the first and the last
-- document that belong to them, so that a search in a stretch of items looks at a stretch of
-- documents. What later items share with earlier ones stands in `text_shared`, and is looked
-- up document by document.

CREATE VIRTUAL TABLE text_item USING fts5(input, output, content='', contentless_delete=1,
    tokenize="unicode61 remove_diacritics 2 categories 'L* M* N* Co So'");
CREATE VIRTUAL TABLE text_document USING fts5(text, content='', contentless_delete=1,
    tokenize="unicode61 remove_diacritics 2 categories 'L* M* N* Co So'");
CREATE VIRTUAL TABLE text_note USING fts5(text, content='', contentless_delete=1,
    tokenize="unicode61 remove_diacritics 2 categories 'L* M* N* Co So'");
CREATE VIRTUAL TABLE text_decided USING fts5(text, content='', contentless_delete=1,
    tokenize="unicode61 remove_diacritics 2 categories 'L* M* N* Co So'");
CREATE TABLE text_context (document_id INTEGER, item_seq INTEGER, PRIMARY KEY (document_id, item_seq)) WITHOUT ROWID;
CREATE TABLE text_shared (item_seq INTEGER, document_id INTEGER, PRIMARY KEY (item_seq, document_id)) WITHOUT ROWID;
CREATE TABLE text_span (page INTEGER PRIMARY KEY, low INTEGER NOT NULL, high INTEGER NOT NULL);
