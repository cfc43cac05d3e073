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
