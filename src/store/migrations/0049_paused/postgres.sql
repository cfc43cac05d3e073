-- A pause comes after an answer of the reviewer's own; somebody else who leads lifts it, once.
CREATE FUNCTION pause_comes_in() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF is_owner() THEN
        RETURN NEW;
    END IF;
    PERFORM check_time(NEW.paused_at, 'the time of a pause');
    IF NEW.lifted_at IS NOT NULL OR NEW.good < 0 OR NEW.bad < 0 OR NEW.stops NOT IN (0, 1)
            OR NEW.pass NOT BETWEEN 0 AND 1 OR NOT EXISTS (SELECT 1 FROM decision d WHERE d.seq = NEW.decision_seq
                AND d.queue_id = NEW.queue_id AND d.reviewer = NEW.reviewer AND d.purpose = 'golden') THEN
        PERFORM refuse('a pause comes after an answer of the reviewer''s own');
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION pause_is_lifted() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF is_owner() THEN
        RETURN NEW;
    END IF;
    PERFORM check_time(NEW.lifted_at, 'the time at which a pause is lifted');
    PERFORM check_text(NEW.why, 'why a pause is lifted', 10000);
    IF OLD.lifted_at IS NOT NULL OR NEW.lifted_at IS NULL OR NEW.lifted_by = OLD.reviewer THEN
        PERFORM refuse('a pause is lifted once, by somebody else who leads');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER b_own_name BEFORE INSERT ON pause FOR EACH ROW
    WHEN (NEW.reviewer <> session_user::text) EXECUTE FUNCTION own_name('reviewer');
CREATE TRIGGER b_own_name_lifts BEFORE UPDATE ON pause FOR EACH ROW
    WHEN (NEW.lifted_by <> session_user::text) EXECUTE FUNCTION own_name('lifted_by');
CREATE TRIGGER d_comes_in BEFORE INSERT ON pause FOR EACH ROW EXECUTE FUNCTION pause_comes_in();
CREATE TRIGGER d_lifted BEFORE UPDATE ON pause FOR EACH ROW EXECUTE FUNCTION pause_is_lifted();

-- Who is paused claims and decides nothing in the queue. What was decided before may come with a merge.
CREATE FUNCTION is_not_paused() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM pause p WHERE p.queue_id = NEW.queue_id AND p.reviewer = NEW.reviewer AND p.stops = 1
            AND p.lifted_at IS NULL
            AND p.paused_at <= COALESCE(CAST(to_jsonb(NEW) ->> 'decided_at' AS BIGINT), present_millis())) THEN
        PERFORM refuse('you are paused in this queue until a lead lifts it');
    END IF;
    RETURN NEW;
END $$;
REVOKE EXECUTE ON FUNCTION is_not_paused() FROM PUBLIC;
CREATE TRIGGER e_not_paused BEFORE INSERT ON decision FOR EACH ROW WHEN (NEW.reviewer_kind = 'person')
    EXECUTE FUNCTION is_not_paused();
CREATE TRIGGER f_not_paused BEFORE INSERT ON claim FOR EACH ROW EXECUTE FUNCTION is_not_paused();

ALTER TABLE pause ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_seen ON pause FOR SELECT USING (reviewer = session_user::text);
CREATE POLICY leads_see ON pause FOR SELECT USING ((SELECT is_lead()));
CREATE POLICY own ON pause FOR INSERT WITH CHECK (reviewer = session_user::text);
CREATE POLICY leads_lift ON pause FOR UPDATE USING ((SELECT is_lead())) WITH CHECK ((SELECT is_lead()));

INSERT INTO event_kind (word, for_leads) VALUES ('paused', false), ('lifted', true);
INSERT INTO team_right (least, privilege, on_table) VALUES
    ('reviewer', 'INSERT (queue_id, reviewer, decision_seq, good, bad, pass, stops, paused_at)', 'pause'),
    ('lead', 'UPDATE (lifted_at, lifted_by, why)', 'pause');
