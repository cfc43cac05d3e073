DELETE FROM text_shared;
INSERT INTO text_item (text_item) VALUES ('delete-all');
INSERT INTO text_document (text_document) VALUES ('delete-all');
INSERT INTO text_note (text_note) VALUES ('delete-all');
INSERT INTO text_decided (text_decided) VALUES ('delete-all');
