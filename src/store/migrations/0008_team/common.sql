-- Who may do what in the workspace. Rows are only added: of a name the newest counts, and
-- nothing that was granted or revoked is forgotten.
CREATE TABLE person (
    seq $KEY PRIMARY KEY,
    name TEXT NOT NULL,
    -- viewer, reviewer or lead; NULL: no more.
    role TEXT,
    granted_by TEXT NOT NULL,
    granted_at BIGINT NOT NULL
);
CREATE INDEX person_name ON person (name, seq);
