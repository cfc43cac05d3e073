-- Full-text search, saved filters, bulk steps.

-- The items of a queue in the order of import: rows come in ascending, so that it costs
-- an import next to nothing.
CREATE INDEX item_queue ON item (queue_id, seq);

-- What a bulk step did to each of its items.
CREATE TABLE step_item (
    step_seq BIGINT NOT NULL REFERENCES step (seq),
    item_seq BIGINT NOT NULL REFERENCES item (seq),
    decision_seq BIGINT REFERENCES decision (seq),
    -- JSON: the tags or the rank.
    before TEXT,
    after TEXT,
    -- 1 unless undone.
    stands BIGINT NOT NULL,
    PRIMARY KEY (step_seq, item_seq)
);

-- Filters kept under a name.
CREATE TABLE saved_filter (
    queue_id BIGINT NOT NULL REFERENCES queue (id),
    name TEXT NOT NULL,
    -- As it was written.
    filter TEXT NOT NULL,
    saved_by TEXT NOT NULL,
    saved_at BIGINT NOT NULL,
    PRIMARY KEY (queue_id, name)
);

-- How a reviewer works on a queue, remembered for the next time: a name and a value.
CREATE TABLE habit (
    queue_id BIGINT NOT NULL REFERENCES queue (id),
    reviewer TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (queue_id, reviewer, name)
);

-- How far full-text search has come: what stands up to these rows is in its index. One
-- row. The index itself is the engine's own.
CREATE TABLE text_mark (
    item_seq BIGINT NOT NULL,
    document_id BIGINT NOT NULL,
    decision_seq BIGINT NOT NULL,
    -- The program that is at it, and until when others leave it alone.
    holder TEXT,
    held_until BIGINT
);
INSERT INTO text_mark (item_seq, document_id, decision_seq) VALUES (0, 0, 0);

-- Items below the mark whose texts an import has replaced since.
CREATE TABLE text_stale (
    item_seq $KEY PRIMARY KEY
);

-- Bands of the fingerprints of decided items: those that share one may be near-duplicates.
CREATE TABLE fingerprint (
    band BIGINT NOT NULL,
    item_seq BIGINT NOT NULL,
    PRIMARY KEY (band, item_seq)
);
