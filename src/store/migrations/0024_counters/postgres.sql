-- The slots, which no login but the owner's may read or lock.
CREATE TABLE counter_slot (slot BIGINT PRIMARY KEY);
INSERT INTO counter_slot SELECT generate_series(0, 63);

-- The counters of a queue follow where its items stand, at the commit. Two who share a slot wait for
-- each other's commits, and take it before its rows, which they may want in another order.
CREATE OR REPLACE FUNCTION count_stage() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, karat, pg_temp AS $$
DECLARE
    own_slot CONSTANT int := pg_backend_pid() % 64;
BEGIN
    PERFORM FROM counter_slot s WHERE s.slot = own_slot FOR UPDATE;
    INSERT INTO queue_counter AS c (queue_id, stage, slot, n)
        SELECT NEW.queue_id, moved.stage, own_slot, moved.n
        FROM (VALUES (OLD.stage, -1), (NEW.stage, 1)) AS moved (stage, n) WHERE moved.stage <> 'waiting'
    ON CONFLICT (queue_id, stage, slot) DO UPDATE SET n = c.n + excluded.n;
    RETURN NULL;
END $$;
DROP TABLE tally;
