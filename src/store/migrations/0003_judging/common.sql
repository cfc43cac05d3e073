-- Marks, corrections, macros.

-- The correction of a draft stands beside its body, as that of a decision does.
ALTER TABLE draft ADD COLUMN correction_kind TEXT;
ALTER TABLE draft ADD COLUMN correction TEXT;

-- A judgement that one key plays again, for one reviewer of one queue.
CREATE TABLE macro (
    queue_id BIGINT NOT NULL REFERENCES queue (id),
    reviewer TEXT NOT NULL,
    -- The key: one letter or digit.
    key TEXT NOT NULL,
    name TEXT NOT NULL,
    verdict TEXT NOT NULL,
    -- Categories, note and route, as in the body of a decision.
    body TEXT NOT NULL,
    PRIMARY KEY (queue_id, reviewer, key)
);
