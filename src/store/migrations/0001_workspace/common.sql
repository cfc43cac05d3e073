-- The workspace. `$KEY` is the engine's 64-bit row number, given by the database.

CREATE TABLE queue (
    id $KEY PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    -- Version of the spec in force.
    spec_version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    -- Kept counters: they change in the transaction that changes what they count.
    items BIGINT NOT NULL DEFAULT 0,
    accepted BIGINT NOT NULL DEFAULT 0,
    rejected BIGINT NOT NULL DEFAULT 0,
    escalated BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE spec (
    queue_id BIGINT NOT NULL REFERENCES queue (id),
    version BIGINT NOT NULL,
    -- SHA-256 of the source.
    hash TEXT NOT NULL,
    -- The TOML as it was applied.
    source TEXT NOT NULL,
    applied_at BIGINT NOT NULL,
    applied_by TEXT NOT NULL,
    PRIMARY KEY (queue_id, version)
);

CREATE TABLE import (
    id $KEY PRIMARY KEY,
    queue_id BIGINT NOT NULL REFERENCES queue (id),
    source TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    started_by TEXT NOT NULL
);

-- A context document, stored once however many items share it.
CREATE TABLE document (
    id $KEY PRIMARY KEY,
    hash_a BIGINT NOT NULL,
    hash_b BIGINT NOT NULL,
    title TEXT,
    text TEXT NOT NULL,
    url TEXT,
    source_id TEXT,
    updated_at BIGINT
);

-- Finds a document by its digest. A table of its own and no index, because digests
-- are random: kept row by row, it would cost a page written for each document. An
-- import fills it in sorted runs (store/documents.rs).
CREATE TABLE document_hash (
    hash_a $KEY PRIMARY KEY,
    document_id BIGINT NOT NULL
);

-- One row: documents up to this id stand in document_hash.
CREATE TABLE document_mark (
    document_id BIGINT NOT NULL
);
INSERT INTO document_mark (document_id) VALUES (0);

-- What lists and the choice of the next item read: narrow, so that a window of it
-- is a few pages. The texts stand in item_text.
CREATE TABLE item (
    seq $KEY PRIMARY KEY,
    queue_id BIGINT NOT NULL REFERENCES queue (id),
    id TEXT NOT NULL,
    hash_a BIGINT NOT NULL,
    hash_b BIGINT NOT NULL,
    import_id BIGINT NOT NULL REFERENCES import (id),
    case_id TEXT,
    attempt BIGINT NOT NULL,
    -- The negated priority, so that the order (rank, seq) ascends in both and one
    -- row comparison walks it.
    rank BIGINT NOT NULL,
    model TEXT,
    prompt_version TEXT,
    latency_ms DOUBLE PRECISION,
    cost_usd DOUBLE PRECISION,
    tokens_in BIGINT,
    tokens_out BIGINT,
    created_at BIGINT,
    tags TEXT,
    -- The verdict of record and its decision; NULL while the item is undecided.
    verdict TEXT,
    decision_seq BIGINT,
    UNIQUE (queue_id, id)
);
CREATE INDEX item_undecided ON item (queue_id, rank, seq) WHERE verdict IS NULL;
CREATE INDEX item_decided ON item (queue_id, seq) WHERE verdict IS NOT NULL;

CREATE TABLE item_text (
    seq $KEY PRIMARY KEY REFERENCES item (seq),
    input_kind TEXT NOT NULL,
    input TEXT NOT NULL,
    output_kind TEXT NOT NULL,
    output TEXT NOT NULL,
    reference_kind TEXT,
    reference TEXT,
    -- JSON list of document ids, in the item's order.
    context TEXT,
    meta TEXT
);

-- What one undo takes back: a decision, a deferral.
CREATE TABLE step (
    seq $KEY PRIMARY KEY,
    queue_id BIGINT NOT NULL REFERENCES queue (id),
    reviewer TEXT NOT NULL,
    kind TEXT NOT NULL,
    item_seq BIGINT NOT NULL REFERENCES item (seq),
    -- The event of its undo; NULL while it stands.
    undone_by BIGINT
);
CREATE INDEX step_standing ON step (queue_id, reviewer, seq) WHERE undone_by IS NULL;
CREATE INDEX step_undone ON step (queue_id, reviewer, seq) WHERE undone_by IS NOT NULL;

CREATE TABLE decision (
    seq $KEY PRIMARY KEY,
    -- UUID, made by the program.
    id TEXT NOT NULL UNIQUE,
    step_seq BIGINT NOT NULL REFERENCES step (seq),
    queue_id BIGINT NOT NULL REFERENCES queue (id),
    item_seq BIGINT NOT NULL REFERENCES item (seq),
    reviewer TEXT NOT NULL,
    verdict TEXT NOT NULL,
    -- The body: categories, scores, note, route, as JSON.
    body TEXT NOT NULL,
    correction_kind TEXT,
    correction TEXT,
    active_millis BIGINT NOT NULL,
    spec_version BIGINT NOT NULL,
    decided_at BIGINT NOT NULL,
    -- The reviewer's earlier decision on the item that this one replaced.
    supersedes BIGINT REFERENCES decision (seq),
    -- 1 unless superseded or undone.
    standing BIGINT NOT NULL
);
CREATE INDEX decision_item ON decision (item_seq, seq);
-- The order of an export, row by row, without a sort.
CREATE INDEX decision_queue ON decision (queue_id, item_seq, seq);
CREATE INDEX decision_reviewer ON decision (queue_id, reviewer, seq) WHERE standing = 1;
CREATE INDEX decision_time ON decision (queue_id, decided_at);
CREATE INDEX decision_step ON decision (step_seq);

CREATE TABLE deferral (
    item_seq BIGINT NOT NULL REFERENCES item (seq),
    reviewer TEXT NOT NULL,
    queue_id BIGINT NOT NULL REFERENCES queue (id),
    step_seq BIGINT NOT NULL REFERENCES step (seq),
    deferred_at BIGINT NOT NULL,
    PRIMARY KEY (item_seq, reviewer)
);
CREATE INDEX deferral_reviewer ON deferral (queue_id, reviewer);

CREATE TABLE claim (
    item_seq $KEY PRIMARY KEY REFERENCES item (seq),
    queue_id BIGINT NOT NULL REFERENCES queue (id),
    reviewer TEXT NOT NULL,
    -- The program that took it, to tell a dead one's claims from a second window's.
    session TEXT NOT NULL,
    token TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX claim_queue ON claim (queue_id);

CREATE TABLE draft (
    item_seq BIGINT NOT NULL REFERENCES item (seq),
    reviewer TEXT NOT NULL,
    body TEXT NOT NULL,
    saved_at BIGINT NOT NULL,
    PRIMARY KEY (item_seq, reviewer)
);

-- Append-only: everything that happened, by whom, when.
CREATE TABLE event (
    seq $KEY PRIMARY KEY,
    at BIGINT NOT NULL,
    queue_id BIGINT NOT NULL REFERENCES queue (id),
    item_seq BIGINT REFERENCES item (seq),
    actor TEXT NOT NULL,
    kind TEXT NOT NULL,
    data TEXT NOT NULL
);
CREATE INDEX event_queue ON event (queue_id, seq);
CREATE INDEX event_item ON event (item_seq, seq) WHERE item_seq IS NOT NULL;
