-- Decisions that their reviewers are to make again: when, and which decision that was.
CREATE TABLE repetition (
    item_seq BIGINT NOT NULL REFERENCES item (seq),
    reviewer TEXT NOT NULL,
    queue_id BIGINT NOT NULL REFERENCES queue (id),
    due_at BIGINT NOT NULL,
    -- NULL: not made again yet.
    repeated_seq BIGINT REFERENCES decision (seq),
    PRIMARY KEY (item_seq, reviewer)
);
CREATE INDEX repetition_due ON repetition (queue_id, reviewer, due_at) WHERE repeated_seq IS NULL;
