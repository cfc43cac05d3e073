-- Full-text search, saved filters, bulk steps.

-- The items of a queue in the order of import: rows come in ascending, so that it costs
-- an import next to nothing.
CREATE INDEX item_queue ON item (queue_id, seq);

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
