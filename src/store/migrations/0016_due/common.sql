-- By when an escalation wants an answer, in UTC milliseconds: fixed when it is made, for a later
-- spec may set its route another time. Those made before have none.
ALTER TABLE decision ADD COLUMN due_at BIGINT;
