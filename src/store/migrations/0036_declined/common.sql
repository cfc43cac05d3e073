-- A reviewer declines an item by a step, which undo takes back.
ALTER TABLE declined ADD COLUMN step_seq BIGINT NOT NULL DEFAULT 0;
-- What somebody has declined in a queue, and whether all have, is looked for at its end.
CREATE INDEX declined_reviewer ON declined (queue_id, reviewer);
