-- Each look-up has an index of its own, which leaves a planner no choice.

-- By the case alone: beside other indexes that begin with the queue, a planner that believes
-- a queue to be small would take one of those.
DROP INDEX item_case;
CREATE INDEX item_case ON item (case_id, attempt) WHERE case_id IS NOT NULL;
