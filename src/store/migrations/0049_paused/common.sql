-- Reviewers whose answers on golden examples spoke against what the spec asks for, until a lead lifts it.
CREATE TABLE pause (
    seq $KEY PRIMARY KEY,
    queue_id BIGINT NOT NULL REFERENCES queue (id),
    reviewer TEXT NOT NULL,
    -- The answer after which it came; what comes after it is counted anew.
    decision_seq BIGINT NOT NULL REFERENCES decision (seq),
    -- Answers that were right and wrong, and the share that should have been right.
    good BIGINT NOT NULL,
    bad BIGINT NOT NULL,
    pass DOUBLE PRECISION NOT NULL,
    -- 1: nothing is served until it is lifted; 0: it is told.
    stops BIGINT NOT NULL,
    paused_at BIGINT NOT NULL,
    lifted_at BIGINT,
    lifted_by TEXT,
    why TEXT
);
CREATE INDEX pause_reviewer ON pause (queue_id, reviewer, seq);
