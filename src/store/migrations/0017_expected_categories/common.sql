-- The failure categories that a golden example expects: a JSON list of keys.
ALTER TABLE golden ADD COLUMN categories TEXT NOT NULL DEFAULT '[]';
