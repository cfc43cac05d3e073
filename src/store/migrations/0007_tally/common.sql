-- How many verdicts a queue has. Where many decide at once, each adds to a slot of their
-- own, and none waits for another: a row that all write is written by one at a time.
CREATE TABLE tally (
    queue_id BIGINT NOT NULL REFERENCES queue (id),
    slot BIGINT NOT NULL,
    accepted BIGINT NOT NULL,
    rejected BIGINT NOT NULL,
    escalated BIGINT NOT NULL,
    PRIMARY KEY (queue_id, slot)
);
INSERT INTO tally SELECT id, 0, accepted, rejected, escalated FROM queue;
ALTER TABLE queue DROP COLUMN accepted;
ALTER TABLE queue DROP COLUMN rejected;
ALTER TABLE queue DROP COLUMN escalated;
