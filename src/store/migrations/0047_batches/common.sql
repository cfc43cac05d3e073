-- In which batch an item was taken: batches stand in their order, and the items of one in that of a draw.
CREATE TABLE batch (
    id $KEY PRIMARY KEY,
    queue_id BIGINT NOT NULL REFERENCES queue (id),
    -- The import that brought its items; NULL: a change of the rules took them in.
    import_id BIGINT REFERENCES import (id),
    began_at BIGINT NOT NULL
);
-- NULL: the first batch of its import.
ALTER TABLE item ADD COLUMN batch_id BIGINT;

INSERT INTO batch (queue_id, import_id, began_at)
    SELECT n.queue_id, n.import_id, n.began_at FROM (
        SELECT m.queue_id, m.id AS import_id, m.started_at AS began_at FROM import m
        UNION ALL SELECT DISTINCT e.queue_id, CAST(NULL AS BIGINT), e.at FROM event e WHERE e.kind = 'taken_in') n
    ORDER BY n.began_at, n.import_id;
UPDATE item SET batch_id = (SELECT MAX(b.id) FROM event e
        JOIN batch b ON b.queue_id = e.queue_id AND b.began_at = e.at AND b.import_id IS NULL
        WHERE e.item_seq = item.seq AND e.kind = 'taken_in')
    WHERE seq IN (SELECT e.item_seq FROM event e WHERE e.kind = 'taken_in');

-- Decisions that are never of record, by their items.
CREATE INDEX decision_aside ON decision (queue_id, item_seq) WHERE purpose IN ('repeat', 'golden');
