-- Golden examples, precedent.

-- Finds the attempts at a case.
CREATE INDEX item_case ON item (queue_id, case_id, attempt) WHERE case_id IS NOT NULL;

-- Examples kept as truth. An edit and a removal are new rows; of a row, only whether it
-- stands ever changes: it is the newest of its item whose step is not undone.
CREATE TABLE golden (
    seq $KEY PRIMARY KEY,
    queue_id BIGINT NOT NULL REFERENCES queue (id),
    item_seq BIGINT NOT NULL REFERENCES item (seq),
    step_seq BIGINT NOT NULL REFERENCES step (seq),
    -- 1 for the first of the item, counted up.
    version BIGINT NOT NULL,
    verdict TEXT NOT NULL,
    -- Which text is expected: output, reference, correction, none.
    expected TEXT NOT NULL,
    -- The decision whose correction is expected; it is never changed.
    corrected_by BIGINT REFERENCES decision (seq),
    -- JSON list.
    tags TEXT NOT NULL,
    why TEXT NOT NULL,
    kept_by TEXT NOT NULL,
    kept_at BIGINT NOT NULL,
    -- 1: the item is golden no more, and this is what it was.
    removed BIGINT NOT NULL,
    standing BIGINT NOT NULL
);
CREATE UNIQUE INDEX golden_item ON golden (item_seq) WHERE standing = 1;
CREATE INDEX golden_versions ON golden (item_seq, seq);
CREATE INDEX golden_queue ON golden (queue_id, seq) WHERE standing = 1 AND removed = 0;
CREATE INDEX golden_step ON golden (step_seq);

-- What each version of a queue's golden set changed: from it on, this example stands for
-- the item; NULL: none does. A version is a step, its undo or its redo, so that a set can
-- be named by a number, and read as it was.
CREATE TABLE golden_change (
    queue_id BIGINT NOT NULL REFERENCES queue (id),
    set_version BIGINT NOT NULL,
    item_seq BIGINT NOT NULL REFERENCES item (seq),
    golden_seq BIGINT REFERENCES golden (seq),
    PRIMARY KEY (queue_id, set_version, item_seq)
);
CREATE INDEX golden_change_item ON golden_change (item_seq, set_version);

-- Finds the corrected outputs, which make good examples.
CREATE INDEX decision_corrected ON decision (queue_id, seq) WHERE correction_kind IS NOT NULL AND standing = 1;
