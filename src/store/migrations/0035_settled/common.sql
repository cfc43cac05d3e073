-- Items whose opinions had to be settled, what was settled last at the end: who gave one looks there.
CREATE INDEX item_settled ON item (queue_id, decision_seq)
    WHERE settled_by IN ('adjudicated', 'majority', 'strictest', 'answer');
