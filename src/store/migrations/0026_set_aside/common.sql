-- Rows that could not be read, as they were before they were set aside.
CREATE TABLE set_aside (
    seq $KEY PRIMARY KEY,
    -- What the row was (decision, event, item, ...), and its number or name.
    what TEXT NOT NULL,
    row_key TEXT NOT NULL,
    -- JSON: its columns as texts.
    content TEXT NOT NULL,
    why TEXT NOT NULL,
    set_at BIGINT NOT NULL,
    set_by TEXT NOT NULL
);
