-- Decisions of record, counted by what they have in common: for the home screen, which would
-- otherwise read all of them. Counted after the commit, in slices.
CREATE TABLE group_count (
    queue_id BIGINT NOT NULL REFERENCES queue (id),
    -- made (model, prompt version), category, reviewer, day (at), desk (route, at, due).
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    sub TEXT NOT NULL,
    at BIGINT NOT NULL,
    due BIGINT NOT NULL,
    accepted BIGINT NOT NULL,
    rejected BIGINT NOT NULL,
    escalated BIGINT NOT NULL,
    PRIMARY KEY (queue_id, kind, key, sub, at, due)
);

-- The decisions that are counted.
CREATE TABLE group_counted (decision_seq $KEY PRIMARY KEY REFERENCES decision (seq));

-- Items that stand otherwise since they were counted, once for each time.
CREATE TABLE group_stale (item_seq BIGINT NOT NULL REFERENCES item (seq));
CREATE INDEX group_stale_item ON group_stale (item_seq);

-- One row: the decisions up to this one were looked at.
CREATE TABLE group_mark (decision_seq BIGINT NOT NULL);
INSERT INTO group_mark (decision_seq) VALUES (0);
