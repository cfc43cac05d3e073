-- Golden examples that were served to people as if they were new, and what they decided.
CREATE TABLE calibration (
    item_seq BIGINT NOT NULL REFERENCES item (seq),
    reviewer TEXT NOT NULL,
    queue_id BIGINT NOT NULL REFERENCES queue (id),
    -- The id that the decision gets.
    token TEXT NOT NULL,
    served_at BIGINT NOT NULL,
    -- NULL: not decided, or taken back.
    decision_seq BIGINT REFERENCES decision (seq),
    PRIMARY KEY (item_seq, reviewer)
);
CREATE INDEX calibration_reviewer ON calibration (queue_id, reviewer, served_at);
