CREATE FUNCTION judgement_comes_in() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, karat, pg_temp AS $$
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
        check_word(NEW.verdict, 'verdict', 'accept', 'reject', 'escalate');
    IF NOT EXISTS (SELECT 1 FROM spec s WHERE s.queue_id = NEW.queue_id AND s.version = NEW.spec_version) THEN
        PERFORM refuse('a judgement comes in under a version of its queue''s spec');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER b_comes_in BEFORE INSERT OR UPDATE ON judgement FOR EACH ROW EXECUTE FUNCTION judgement_comes_in();

-- What an agent brings may come with what models say of it.
CREATE TRIGGER c_agent BEFORE INSERT ON judgement FOR EACH ROW EXECUTE FUNCTION agent_checks();

INSERT INTO event_kind (word, for_leads) VALUES ('judged', true);
INSERT INTO team_right (least, privilege, on_table) VALUES
    ('agent', 'INSERT (id, queue_id, item_seq, judge, version, verdict, body, spec_version, arrived_at)', 'judgement'),
    ('lead', 'INSERT (id, queue_id, item_seq, judge, version, verdict, body, spec_version, arrived_at), DELETE,
        UPDATE (id, verdict, body, spec_version, arrived_at)', 'judgement');
