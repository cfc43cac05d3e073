-- Moving a workspace, merging a copy.

-- One row while a move into this workspace is under way: it is not whole.
CREATE TABLE moving (
    id BIGINT PRIMARY KEY,
    -- Where it comes from, in words.
    source TEXT NOT NULL,
    -- The state of the source that is copied: it has to be the same when the move goes on.
    state TEXT NOT NULL,
    -- How far it has come: the table, and the last of its keys that is in, as a JSON list.
    place TEXT NOT NULL,
    key TEXT
);

-- 1: it came with a merge when the item had been decided here by somebody else. It stands
-- beside that decision, and is of record only where no other stands.
ALTER TABLE decision ADD COLUMN second_opinion BIGINT NOT NULL DEFAULT 0;
