-- As before, but for which items say of themselves that they are retried: those of which a rejection
-- is of record that was made under a version of the spec with a filter, in force or not.
CREATE OR REPLACE FUNCTION item_asks() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, karat, pg_temp AS $$
DECLARE
    rules policy;
BEGIN
    IF is_owner() THEN
        RETURN NEW;
    END IF;
    IF NEW.opinions < OLD.opinions OR NEW.chance < OLD.chance OR (NEW.chance IS NULL AND OLD.chance IS NOT NULL)
            OR NEW.chance NOT BETWEEN 0 AND 1 OR NEW.opinions > 9 THEN
        PERFORM refuse('the chance of an item and the opinions asked of it only rise');
    END IF;
    SELECT p.* INTO rules FROM policy p JOIN queue q ON q.id = p.queue_id AND q.spec_version = p.spec_version
        WHERE q.id = NEW.queue_id;
    IF NEW.opinions > OLD.opinions AND NOT is_lead()
            AND (rules.asks_more IS DISTINCT FROM 1 OR NEW.opinions > OLD.opinions + 1) THEN
        PERFORM refuse('the rules of the queue ask for no more opinions on this item');
    END IF;
    IF NEW.retries NOT IN (0, 1) OR (NEW.retries = 1 AND OLD.retries <> 1 AND NOT EXISTS (SELECT 1 FROM decision d
            JOIN policy p ON p.queue_id = d.queue_id AND p.spec_version = d.spec_version
            WHERE d.seq = NEW.decision_seq AND d.verdict = 'reject' AND p.retry = 'filter')) THEN
        PERFORM refuse('the rules of the queue do not say so that this item is retried');
    END IF;
    RETURN NEW;
END $$;
