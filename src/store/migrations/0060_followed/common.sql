-- The files that `karat watch` follows, and how far each was read: written with the items that were read.
CREATE TABLE followed (
    -- UUID, version 7.
    id TEXT PRIMARY KEY,
    queue_id BIGINT NOT NULL REFERENCES queue (id),
    reader TEXT NOT NULL,
    -- The whole path under which the file was seen last.
    path TEXT NOT NULL,
    -- Bytes that were read, and the line ends among them; NULL: they were not counted.
    position BIGINT NOT NULL,
    lines BIGINT,
    -- Digests of the first bytes, and of those before the position: the file is known by them.
    head TEXT NOT NULL,
    tail TEXT NOT NULL,
    read_at BIGINT NOT NULL
);
CREATE INDEX followed_queue ON followed (queue_id);
