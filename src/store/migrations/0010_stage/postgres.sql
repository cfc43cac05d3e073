-- The counters of a queue follow where its items stand.

CREATE FUNCTION count_stage() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    INSERT INTO tally (queue_id, slot, accepted, rejected, escalated) VALUES (NEW.queue_id, pg_backend_pid() % 64,
        (NEW.stage = 'accepted')::int - (OLD.stage = 'accepted')::int,
        (NEW.stage = 'rejected')::int - (OLD.stage = 'rejected')::int,
        (NEW.stage = 'escalated')::int - (OLD.stage = 'escalated')::int)
    ON CONFLICT (queue_id, slot) DO UPDATE SET accepted = tally.accepted + excluded.accepted,
        rejected = tally.rejected + excluded.rejected, escalated = tally.escalated + excluded.escalated;
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION count_stage() FROM PUBLIC;

-- At the commit: two who share a slot wait for each other's commits and for nothing else.
DROP TRIGGER item_counted ON item;
CREATE CONSTRAINT TRIGGER item_counted AFTER UPDATE OF stage ON item DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.stage <> NEW.stage) EXECUTE FUNCTION count_stage();
DROP FUNCTION count_verdict();

-- Whether the item stands where its decisions put it.
CREATE OR REPLACE FUNCTION is_settled(of_item bigint) RETURNS boolean LANGUAGE sql STABLE
    SET search_path = pg_catalog, karat, pg_temp AS $$
    SELECT (i.decision_seq, i.verdict, i.stage) IS NOT DISTINCT FROM (o.decision_seq, o.verdict, o.stage)
    FROM item i JOIN item_outcome o ON o.item_seq = i.seq WHERE i.seq = of_item
$$;

DROP TRIGGER settles ON item;
CREATE TRIGGER settles AFTER UPDATE OF verdict, decision_seq, stage ON item FOR EACH ROW
    WHEN (OLD.verdict IS DISTINCT FROM NEW.verdict OR OLD.decision_seq IS DISTINCT FROM NEW.decision_seq
        OR OLD.stage <> NEW.stage)
    EXECUTE FUNCTION item_settles();

-- Rights become rows of a table, so that a later migration adds its own and repeats none.
ALTER VIEW team_right RENAME TO team_right_before;
CREATE TABLE team_right AS SELECT * FROM team_right_before;
DROP VIEW team_right_before;
INSERT INTO team_right (least, privilege, on_table) VALUES ('reviewer', 'UPDATE (stage)', 'item');
