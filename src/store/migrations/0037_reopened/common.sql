-- A lead puts an item back by a step: what stood on it until then stands no more.
CREATE TABLE reopened (
    step_seq BIGINT NOT NULL REFERENCES step (seq),
    decision_seq BIGINT NOT NULL REFERENCES decision (seq),
    PRIMARY KEY (step_seq, decision_seq)
);
CREATE INDEX reopened_decision ON reopened (decision_seq);

-- For whom an item was put back: it is served to nobody else until they have decided or declined it.
CREATE TABLE reserved (
    item_seq $KEY PRIMARY KEY REFERENCES item (seq),
    queue_id BIGINT NOT NULL REFERENCES queue (id),
    reviewer TEXT NOT NULL,
    step_seq BIGINT NOT NULL REFERENCES step (seq)
);
CREATE INDEX reserved_reviewer ON reserved (queue_id, reviewer);
