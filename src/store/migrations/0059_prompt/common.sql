-- The texts of prompts, each once.
CREATE TABLE prompt (
    seq $KEY PRIMARY KEY,
    -- Of the text, hexadecimal.
    sha256 TEXT NOT NULL,
    -- The letter of the content's kind, as of an item's input.
    kind TEXT NOT NULL,
    text TEXT NOT NULL
);
CREATE UNIQUE INDEX prompt_hash ON prompt (sha256, kind);
-- Its row; most items have none.
ALTER TABLE item_text ADD COLUMN prompt BIGINT;
