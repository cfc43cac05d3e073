-- Texts are indexed in the form in which they are compared (text/compare.rs): the index is made
-- anew, in slices while nobody asks for anything.
DELETE FROM text_context;
DELETE FROM text_span;
DELETE FROM text_stale;
UPDATE text_mark SET item_seq = 0, document_id = 0, decision_seq = 0;
