-- What model judges say of items. It stands beside the decisions, and nothing that counts these
-- sees it: it settles nothing and moves nothing.
CREATE TABLE judgement (
    seq $KEY PRIMARY KEY,
    -- UUID (version 7), made by the program.
    id TEXT NOT NULL UNIQUE,
    queue_id BIGINT NOT NULL REFERENCES queue (id),
    item_seq BIGINT NOT NULL REFERENCES item (seq),
    judge TEXT NOT NULL,
    -- Empty where it is not said.
    version TEXT NOT NULL,
    -- accept, reject, escalate.
    verdict TEXT NOT NULL,
    -- A JSON object with what else it says: categories, scores, reason, and whatever came with them.
    body TEXT NOT NULL,
    -- The version of the spec that was in force when it came.
    spec_version BIGINT NOT NULL,
    arrived_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX judgement_of_item ON judgement (item_seq, judge, version);
CREATE INDEX judgement_of_judge ON judgement (queue_id, judge, version);
