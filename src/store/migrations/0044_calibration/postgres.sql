-- A decision on an example that was served is a step of its own, and never stands.
CREATE OR REPLACE FUNCTION step_comes_in() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF NOT is_owner() THEN
        PERFORM check_word(NEW.kind, 'kind of step', 'decision', 'repeat', 'calibration', 'deferral', 'decline',
            'reopening', 'golden', 'bulk_decision', 'bulk_deferral', 'bulk_tags', 'bulk_priority', 'bulk_golden',
            'merged'), check_queue(NEW.item_seq, NEW.queue_id);
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION decision_begins() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF is_owner() THEN
        RETURN NEW;
    END IF;
    IF NEW.standing <> 1 THEN
        PERFORM refuse('a new decision stands');
    END IF;
    IF NOT EXISTS (SELECT 1 FROM item i JOIN spec s ON s.queue_id = i.queue_id
            WHERE i.seq = NEW.item_seq AND i.queue_id = NEW.queue_id AND s.version = NEW.spec_version) THEN
        PERFORM refuse('a decision is of its item''s queue, under a version of its spec');
    END IF;
    IF NOT EXISTS (SELECT 1 FROM step s WHERE s.seq = NEW.step_seq AND s.reviewer = NEW.reviewer
            AND s.queue_id = NEW.queue_id AND s.undone_by IS NULL
            AND (s.kind = 'repeat') = (NEW.purpose = 'repeat')
            AND (s.kind = 'calibration') = (NEW.purpose = 'golden')
            AND (s.kind = 'bulk_decision'
                OR (s.kind IN ('decision', 'merged', 'repeat', 'calibration') AND s.item_seq = NEW.item_seq))) THEN
        PERFORM refuse('a decision has a step of its reviewer''s own');
    END IF;
    IF NEW.purpose = 'golden' AND NOT EXISTS (SELECT 1 FROM calibration x WHERE x.item_seq = NEW.item_seq
            AND x.reviewer = NEW.reviewer) THEN
        PERFORM refuse('an example is decided by whom it was served to');
    END IF;
    IF NEW.supersedes IS NOT NULL AND NOT EXISTS (SELECT 1 FROM decision d WHERE d.seq = NEW.supersedes
            AND d.item_seq = NEW.item_seq AND d.reviewer = NEW.reviewer) THEN
        PERFORM refuse('a decision supersedes its reviewer''s earlier one on the item');
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION should_stand(present decision) RETURNS boolean LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    RETURN NOT EXISTS (SELECT 1 FROM step s WHERE s.seq = present.step_seq
            AND (s.undone_by IS NOT NULL OR s.kind IN ('merged', 'repeat', 'calibration')
                OR EXISTS (SELECT 1 FROM step_item b
                    WHERE b.step_seq = s.seq AND b.item_seq = present.item_seq AND b.stands = 0)))
        AND NOT EXISTS (SELECT 1 FROM decision d JOIN step s ON s.seq = d.step_seq
            WHERE d.item_seq = present.item_seq AND d.supersedes = present.seq AND s.undone_by IS NULL
            AND NOT EXISTS (SELECT 1 FROM step_item b
                WHERE b.step_seq = s.seq AND b.item_seq = d.item_seq AND b.stands = 0))
        AND NOT EXISTS (SELECT 1 FROM reopened r JOIN step s ON s.seq = r.step_seq
            WHERE r.decision_seq = present.seq AND s.undone_by IS NULL);
END $$;

-- It comes with a merge, and its reviewer has decided later here; or it tells of its reviewer alone.
CREATE OR REPLACE FUNCTION never_stands(coming decision) RETURNS boolean LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT 1 FROM step s WHERE s.seq = coming.step_seq
        AND s.kind IN ('merged', 'repeat', 'calibration'));
END $$;

-- An example is served to others than who kept it, and what they decided on it is a decision of theirs.
CREATE FUNCTION calibration_comes_in() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF is_owner() THEN
        RETURN NEW;
    END IF;
    PERFORM check_queue(NEW.item_seq, NEW.queue_id), check_time(NEW.served_at, 'the time of a serving');
    PERFORM check_text(NEW.token, 'the token of a serving', 64);
    IF TG_OP = 'INSERT' AND (NOT EXISTS (SELECT 1 FROM golden g WHERE g.item_seq = NEW.item_seq)
            OR EXISTS (SELECT 1 FROM golden g WHERE g.item_seq = NEW.item_seq AND g.kept_by = NEW.reviewer)) THEN
        PERFORM refuse('an example is served to others than who kept it');
    END IF;
    IF NEW.decision_seq IS NOT NULL AND NOT EXISTS (SELECT 1 FROM decision d WHERE d.seq = NEW.decision_seq
            AND d.item_seq = NEW.item_seq AND d.reviewer = NEW.reviewer AND d.purpose = 'golden') THEN
        PERFORM refuse('what was decided on an example is a decision on it');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER b_own_name BEFORE INSERT OR UPDATE ON calibration FOR EACH ROW
    WHEN (NEW.reviewer <> session_user::text) EXECUTE FUNCTION own_name('reviewer');
CREATE TRIGGER d_comes_in BEFORE INSERT OR UPDATE ON calibration FOR EACH ROW EXECUTE FUNCTION calibration_comes_in();

-- A wrong answer is taken back by undoing it, in the log: it counts until then, and no other takes its place.
CREATE FUNCTION calibration_settles() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF NOT is_owner() AND EXISTS (SELECT 1 FROM decision d JOIN step s ON s.seq = d.step_seq
            WHERE d.seq = OLD.decision_seq AND s.undone_by IS NULL) THEN
        PERFORM refuse('what was decided on an example counts until it is undone');
    END IF;
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION calibration_settles() FROM PUBLIC;
CREATE CONSTRAINT TRIGGER settles AFTER UPDATE OF decision_seq ON calibration DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (OLD.decision_seq IS NOT NULL AND OLD.decision_seq IS DISTINCT FROM NEW.decision_seq)
    EXECUTE FUNCTION calibration_settles();

ALTER TABLE calibration ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON calibration USING (reviewer = session_user::text);
-- What is known of a person is for them and for those who lead.
CREATE POLICY leads_read ON calibration FOR SELECT USING ((SELECT is_lead()));

INSERT INTO team_right (least, privilege, on_table) VALUES
    ('reviewer', 'INSERT, UPDATE (token, decision_seq)', 'calibration');
