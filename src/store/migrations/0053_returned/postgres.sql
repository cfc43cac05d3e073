-- What a check has decided and a later attempt has replaced is no longer among the verdicts that are counted.
CREATE OR REPLACE FUNCTION count_stage() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, karat, pg_temp AS $$
DECLARE
    own_slot CONSTANT int := pg_backend_pid() % 64;
    by_check CONSTANT int := (NEW.settled_by IS NOT DISTINCT FROM 'check' AND NEW.stage <> 'replaced')::int
        - (OLD.settled_by IS NOT DISTINCT FROM 'check' AND OLD.stage <> 'replaced')::int;
BEGIN
    PERFORM pg_advisory_xact_lock('queue_counter'::regclass::oid::int, own_slot);
    INSERT INTO queue_counter AS c (queue_id, stage, slot, n)
        SELECT NEW.queue_id, moved.stage, own_slot, moved.n
        FROM (VALUES (OLD.stage, -1), (NEW.stage, 1)) AS moved (stage, n)
            WHERE moved.stage <> 'waiting' AND NEW.stage <> OLD.stage
        UNION ALL SELECT NEW.queue_id, 'by_check', own_slot, by_check WHERE by_check <> 0
    ON CONFLICT (queue_id, stage, slot) DO UPDATE SET n = c.n + excluded.n;
    RETURN NULL;
END $$;
-- Its counters stand in several slots: the first of them gives all of it away.
UPDATE queue_counter c SET n = c.n - (SELECT COUNT(*) FROM item i
        WHERE i.queue_id = c.queue_id AND i.settled_by = 'check' AND i.stage = 'replaced')
    WHERE c.stage = 'by_check' AND c.slot = (SELECT MIN(o.slot) FROM queue_counter o
        WHERE o.queue_id = c.queue_id AND o.stage = 'by_check');

-- An item of one opinion that came back with an answer is decided by who asked.
CREATE FUNCTION returned_to_who_asked() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF NOT is_owner() AND NOT never_stands(NEW) AND EXISTS (SELECT 1 FROM item i JOIN escalation e ON e.item_seq = i.seq
            WHERE i.seq = NEW.item_seq AND i.stage = 'returned' AND i.opinions = 1 AND e.asked_by <> NEW.reviewer) THEN
        PERFORM refuse('the item came back to who asked, and they decide it');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER e_returned BEFORE INSERT ON decision FOR EACH ROW
    WHEN (NEW.reviewer_kind = 'person' AND NEW.purpose = 'opinion' AND NEW.slot IS NOT NULL AND NEW.supersedes IS NULL)
    EXECUTE FUNCTION returned_to_who_asked();

-- An adjudication tells which opinions it settles.
CREATE FUNCTION adjudication_has_sides() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF NOT is_owner() AND NOT never_stands(NEW) THEN
        PERFORM refuse('an adjudication names the opinions that it settles');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER e_has_sides BEFORE INSERT ON decision FOR EACH ROW
    WHEN (NEW.purpose = 'adjudication' AND COALESCE(NEW.sides, '[]') = '[]') EXECUTE FUNCTION adjudication_has_sides();

-- What a judge said until now is what it says, and stays.
CREATE FUNCTION judgement_before_comes_in() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF is_owner() THEN
        RETURN NEW;
    END IF;
    PERFORM check_time(NEW.until, 'the time until which a judge said so');
    IF NOT EXISTS (SELECT 1 FROM judgement j WHERE (j.seq, j.id, j.queue_id, j.item_seq, j.judge, j.version, j.verdict,
            j.body, j.spec_version, j.arrived_at) = (NEW.seq, NEW.id, NEW.queue_id, NEW.item_seq, NEW.judge, NEW.version,
            NEW.verdict, NEW.body, NEW.spec_version, NEW.arrived_at)) THEN
        PERFORM refuse('what a judge said until now is what it says');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER d_comes_in BEFORE INSERT ON judgement_before FOR EACH ROW EXECUTE FUNCTION judgement_before_comes_in();
CREATE TRIGGER a_never_changes BEFORE UPDATE OR DELETE ON judgement_before FOR EACH ROW EXECUTE FUNCTION never_changes();
CREATE TRIGGER a_never_emptied BEFORE TRUNCATE ON judgement_before FOR EACH STATEMENT EXECUTE FUNCTION never_changes();
INSERT INTO team_right (least, privilege, on_table) VALUES ('lead', 'INSERT', 'judgement_before');
