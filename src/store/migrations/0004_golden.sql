-- Golden examples, precedent.

-- Finds the attempts at a case.
CREATE INDEX item_case ON item (queue_id, case_id, attempt) WHERE case_id IS NOT NULL;
