-- How many items of a queue stand where, a row for each stage but the one that items come in with:
-- those are the rest. Where many decide at once, each adds to a slot of their own, and none
-- waits for another.
CREATE TABLE queue_counter (
    queue_id BIGINT NOT NULL REFERENCES queue (id),
    stage TEXT NOT NULL,
    slot BIGINT NOT NULL,
    n BIGINT NOT NULL,
    PRIMARY KEY (queue_id, stage, slot)
);
INSERT INTO queue_counter SELECT queue_id, 'accepted', slot, accepted FROM tally WHERE accepted <> 0;
INSERT INTO queue_counter SELECT queue_id, 'rejected', slot, rejected FROM tally WHERE rejected <> 0;
INSERT INTO queue_counter SELECT queue_id, 'escalated', slot, escalated FROM tally WHERE escalated <> 0;
