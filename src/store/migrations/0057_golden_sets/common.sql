-- Golden sets as they were frozen. A version of a set never changes.
CREATE TABLE golden_set (
    seq $KEY PRIMARY KEY,
    queue_id BIGINT NOT NULL REFERENCES queue (id),
    name TEXT NOT NULL,
    -- From 1 for each name, counted up.
    version BIGINT NOT NULL,
    -- SHA-256, hexadecimal, of a line for each example with the digest of what it says.
    digest TEXT NOT NULL,
    examples BIGINT NOT NULL,
    -- The filter, as it finds the same whenever it is asked; NULL: all examples.
    filter TEXT,
    spec_version BIGINT NOT NULL,
    -- The version of the queue's examples at that time.
    set_version BIGINT NOT NULL,
    frozen_by TEXT NOT NULL,
    frozen_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX golden_set_name ON golden_set (name, version);

-- What an example says, by its digest: sets share those that are the same.
CREATE TABLE golden_text (
    digest TEXT PRIMARY KEY,
    body TEXT NOT NULL
);

-- The examples of a set in the order of their ids, from 1.
CREATE TABLE golden_set_example (
    set_seq BIGINT NOT NULL REFERENCES golden_set (seq),
    place BIGINT NOT NULL,
    id TEXT NOT NULL,
    digest TEXT NOT NULL REFERENCES golden_text (digest),
    PRIMARY KEY (set_seq, place)
);
