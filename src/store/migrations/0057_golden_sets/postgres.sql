CREATE TRIGGER a_never_changes BEFORE UPDATE OR DELETE ON golden_set FOR EACH ROW EXECUTE FUNCTION never_changes();
CREATE TRIGGER a_never_emptied BEFORE TRUNCATE ON golden_set FOR EACH STATEMENT EXECUTE FUNCTION never_changes();
CREATE TRIGGER a_never_changes BEFORE UPDATE OR DELETE ON golden_text FOR EACH ROW EXECUTE FUNCTION never_changes();
CREATE TRIGGER a_never_emptied BEFORE TRUNCATE ON golden_text FOR EACH STATEMENT EXECUTE FUNCTION never_changes();
CREATE TRIGGER a_never_changes BEFORE UPDATE OR DELETE ON golden_set_example FOR EACH ROW EXECUTE FUNCTION never_changes();
CREATE TRIGGER a_never_emptied BEFORE TRUNCATE ON golden_set_example FOR EACH STATEMENT EXECUTE FUNCTION never_changes();

-- A set is frozen under one's own name, as the next version of its name in its queue.
CREATE FUNCTION golden_set_is_next() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF is_owner() THEN
        RETURN NEW;
    END IF;
    IF NEW.frozen_by <> session_user::text THEN
        PERFORM refuse('a set is frozen under one''s own name');
    END IF;
    IF NEW.version <> 1 + (SELECT COALESCE(MAX(s.version), 0) FROM golden_set s WHERE s.name = NEW.name)
            OR EXISTS (SELECT 1 FROM golden_set s WHERE s.name = NEW.name AND s.queue_id <> NEW.queue_id) THEN
        PERFORM refuse('a set is frozen as the next version of its name');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER e_is_next BEFORE INSERT ON golden_set FOR EACH ROW EXECUTE FUNCTION golden_set_is_next();

-- Examples come with their set, in the same transaction: later a set has as many as it says.
CREATE FUNCTION golden_set_is_open() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF NOT is_owner() AND NOT EXISTS (SELECT 1 FROM golden_set s WHERE s.seq = NEW.set_seq
            AND s.frozen_by = session_user::text AND NEW.place BETWEEN 1 AND s.examples) THEN
        PERFORM refuse('a frozen set never changes');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER e_is_open BEFORE INSERT ON golden_set_example FOR EACH ROW EXECUTE FUNCTION golden_set_is_open();

INSERT INTO event_kind (word, for_leads) VALUES ('golden_frozen', false);
INSERT INTO team_right (least, privilege, on_table) VALUES
    ('reviewer', 'INSERT', 'golden_set'),
    ('reviewer', 'INSERT', 'golden_text'),
    ('reviewer', 'INSERT', 'golden_set_example');
