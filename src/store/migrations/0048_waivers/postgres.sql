CREATE TRIGGER a_never_changes BEFORE UPDATE OR DELETE ON policy_bar FOR EACH ROW EXECUTE FUNCTION never_changes();
CREATE TRIGGER a_never_emptied BEFORE TRUNCATE ON policy_bar FOR EACH STATEMENT EXECUTE FUNCTION never_changes();

-- A bar is waived by its owner or a lead, for 90 days at most.
CREATE FUNCTION bar_is_waived() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF is_owner() THEN
        RETURN NEW;
    END IF;
    IF NOT is_lead() AND NOT EXISTS (SELECT 1 FROM policy_bar b JOIN queue q ON q.id = b.queue_id
            WHERE b.queue_id = NEW.queue_id AND b.spec_version = q.spec_version
            AND b.bar = json_of(NEW.data) ->> 'bar' AND b.person = session_user::text) THEN
        PERFORM refuse('a bar is waived by its owner or a lead');
    END IF;
    IF COALESCE((json_of(NEW.data) ->> 'until')::bigint, 0) NOT BETWEEN NEW.at AND NEW.at + 91 * 86400000::bigint THEN
        PERFORM refuse('a bar is waived for 90 days at most');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER e_waived BEFORE INSERT ON event FOR EACH ROW WHEN (NEW.kind = 'waived') EXECUTE FUNCTION bar_is_waived();

INSERT INTO event_kind (word, for_leads) VALUES ('waived', false);
INSERT INTO team_right (least, privilege, on_table) VALUES ('lead', 'INSERT', 'policy_bar');
