-- The whole path of the file that was imported, where it was one: by it a queue knows its file
-- again, and an item finds the files that it names beside the one that it came with.
ALTER TABLE import ADD COLUMN path TEXT;
