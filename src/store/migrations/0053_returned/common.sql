-- What judges said until they said otherwise.
CREATE TABLE judgement_before (
    seq BIGINT NOT NULL,
    id TEXT PRIMARY KEY,
    queue_id BIGINT NOT NULL REFERENCES queue (id),
    item_seq BIGINT NOT NULL REFERENCES item (seq),
    judge TEXT NOT NULL,
    version TEXT NOT NULL,
    verdict TEXT NOT NULL,
    body TEXT NOT NULL,
    spec_version BIGINT NOT NULL,
    arrived_at BIGINT NOT NULL,
    until BIGINT NOT NULL
);
CREATE INDEX judgement_before_item ON judgement_before (item_seq);
