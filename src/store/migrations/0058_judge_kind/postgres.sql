-- Until now it stood in the body, where a tool's file told it.
UPDATE judgement SET kind = body::jsonb ->> 'kind'
    WHERE CASE WHEN body LIKE '%"kind":%' THEN body::jsonb ->> 'kind' END IN ('code', 'person');
ALTER TABLE judgement_before DISABLE TRIGGER a_never_changes;
UPDATE judgement_before SET kind = body::jsonb ->> 'kind'
    WHERE CASE WHEN body LIKE '%"kind":%' THEN body::jsonb ->> 'kind' END IN ('code', 'person');
ALTER TABLE judgement_before ENABLE TRIGGER a_never_changes;

CREATE OR REPLACE FUNCTION judgement_comes_in() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF is_owner() THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND (NEW.queue_id, NEW.item_seq, NEW.judge, NEW.version)
            IS DISTINCT FROM (OLD.queue_id, OLD.item_seq, OLD.judge, OLD.version) THEN
        PERFORM refuse('a judgement stays that of its judge on its item');
    END IF;
    PERFORM check_queue(NEW.item_seq, NEW.queue_id), check_time(NEW.arrived_at, 'the time of a judgement'),
        check_text(NEW.judge, 'the name of a judge', 512), check_object(NEW.body, 'the body of a judgement'),
        check_word(NEW.verdict, 'verdict of a judge', 'accept', 'reject', 'escalate', ''),
        check_word(NEW.kind, 'kind of judge', 'model', 'code', 'person');
    IF NOT EXISTS (SELECT 1 FROM spec s WHERE s.queue_id = NEW.queue_id AND s.version = NEW.spec_version) THEN
        PERFORM refuse('a judgement comes in under a version of its queue''s spec');
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION judgement_before_comes_in() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF is_owner() THEN
        RETURN NEW;
    END IF;
    PERFORM check_time(NEW.until, 'the time until which a judge said so');
    IF NOT EXISTS (SELECT 1 FROM judgement j WHERE (j.seq, j.id, j.queue_id, j.item_seq, j.judge, j.version, j.kind, j.verdict,
            j.body, j.spec_version, j.arrived_at) = (NEW.seq, NEW.id, NEW.queue_id, NEW.item_seq, NEW.judge, NEW.version,
            NEW.kind, NEW.verdict, NEW.body, NEW.spec_version, NEW.arrived_at)) THEN
        PERFORM refuse('what a judge said until now is what it says');
    END IF;
    RETURN NEW;
END $$;

INSERT INTO team_right (least, privilege, on_table) VALUES
    ('agent', 'INSERT (kind)', 'judgement'),
    ('lead', 'INSERT (kind), UPDATE (kind)', 'judgement');
