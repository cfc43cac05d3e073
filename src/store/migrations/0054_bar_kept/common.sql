-- The outputs of a bar as they were read last, so that who asks again reads only what has changed since. It may be
-- taken away at any time: then they are read anew.
CREATE TABLE bar_kept (
    queue_id BIGINT NOT NULL REFERENCES queue (id),
    -- The bar's key; 1: those of its baseline.
    bar TEXT NOT NULL,
    baseline BIGINT NOT NULL,
    -- The hash of all that says which outputs these are and what of them counts.
    terms TEXT NOT NULL,
    -- Whatever the log had said up to this event is in it, and the items up to this one are.
    event_seq BIGINT NOT NULL,
    item_seq BIGINT NOT NULL,
    -- JSON: what many outputs have alike.
    kinds TEXT NOT NULL,
    PRIMARY KEY (queue_id, bar, baseline)
);
-- Few steps are bulks.
CREATE INDEX step_bulk ON step (seq) WHERE kind = 'bulk_decision';
