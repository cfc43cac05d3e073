-- On a server an index finds them. Each view says what the index for its order asks for.

CREATE VIEW step_by_reviewer AS SELECT queue_id, reviewer, seq, kind, item_seq, undone_by FROM step;
CREATE VIEW decision_by_reviewer AS SELECT queue_id, reviewer, seq, item_seq, standing FROM decision;
CREATE VIEW decision_by_time AS SELECT queue_id, decided_at, seq, item_seq, reviewer, standing FROM decision
    WHERE queue_id + 0 > 0;
CREATE VIEW event_by_item AS SELECT item_seq, seq, at, queue_id, actor, kind, data FROM event
    WHERE item_seq IS NOT NULL;
CREATE VIEW event_by_queue AS SELECT queue_id, seq, at, item_seq, actor, kind, data FROM event;
