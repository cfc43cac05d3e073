-- Putting an item back is a lead's step.
CREATE OR REPLACE FUNCTION step_comes_in() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF NOT is_owner() THEN
        PERFORM check_word(NEW.kind, 'kind of step', 'decision', 'deferral', 'decline', 'reopening', 'golden',
            'bulk_decision', 'bulk_deferral', 'bulk_tags', 'bulk_priority', 'bulk_golden', 'merged'),
            check_queue(NEW.item_seq, NEW.queue_id);
    END IF;
    RETURN NEW;
END $$;

-- What a reopening ends: a decision on its item, which stands.
CREATE FUNCTION reopened_comes_in() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF NOT is_owner() AND NOT EXISTS (SELECT 1 FROM step s JOIN decision d ON d.item_seq = s.item_seq
            WHERE s.seq = NEW.step_seq AND s.kind = 'reopening' AND s.reviewer = session_user::text
            AND s.undone_by IS NULL AND d.seq = NEW.decision_seq AND d.standing = 1) THEN
        PERFORM refuse('a lead reopens an item by a step of their own, which ends what stands on it');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER d_comes_in BEFORE INSERT ON reopened FOR EACH ROW EXECUTE FUNCTION reopened_comes_in();
CREATE TRIGGER a_never_changes BEFORE UPDATE OR DELETE ON reopened FOR EACH ROW EXECUTE FUNCTION never_changes();
CREATE TRIGGER a_never_emptied BEFORE TRUNCATE ON reopened FOR EACH STATEMENT EXECUTE FUNCTION never_changes();

-- For whom an item is: a lead's step says it.
CREATE FUNCTION reserved_comes_in() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF is_owner() THEN
        RETURN NEW;
    END IF;
    PERFORM check_queue(NEW.item_seq, NEW.queue_id), check_text(NEW.reviewer, 'a name', 200);
    IF NOT EXISTS (SELECT 1 FROM step s WHERE s.seq = NEW.step_seq AND s.kind = 'reopening'
            AND s.item_seq = NEW.item_seq AND s.reviewer = session_user::text) THEN
        PERFORM refuse('an item is somebody''s by a step of a lead''s own');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER d_comes_in BEFORE INSERT OR UPDATE ON reserved FOR EACH ROW EXECUTE FUNCTION reserved_comes_in();

-- Whether a reopening of the person who asks ended the decision.
CREATE FUNCTION has_reopened(of_decision bigint) RETURNS boolean LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT 1 FROM reopened r JOIN step s ON s.seq = r.step_seq
        WHERE r.decision_seq = of_decision AND s.reviewer = session_user::text);
END $$;

-- Of others' decisions a lead changes whether those stand which their reopening ended.
DROP TRIGGER b_own_name ON decision;
CREATE TRIGGER b_own_name BEFORE INSERT ON decision FOR EACH ROW
    WHEN (NEW.reviewer <> session_user::text) EXECUTE FUNCTION own_name('reviewer');
CREATE FUNCTION own_or_reopened() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF NOT is_owner() AND NOT has_reopened(NEW.seq) THEN
        PERFORM refuse('the decision is another''s, and no reopening of yours has ended it');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER b_own_or_reopened BEFORE UPDATE ON decision FOR EACH ROW
    WHEN (NEW.reviewer <> session_user::text) EXECUTE FUNCTION own_or_reopened();
CREATE POLICY leads_reopen ON decision FOR UPDATE USING ((SELECT is_lead())) WITH CHECK ((SELECT is_lead()));

CREATE OR REPLACE FUNCTION decision_span_comes_in() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF NOT is_owner() AND NOT EXISTS (SELECT 1 FROM decision d WHERE d.seq = NEW.decision_seq
            AND (d.reviewer = session_user::text OR has_reopened(d.seq)) AND d.stood_from = NEW.stood_from
            AND d.stood_until = NEW.stood_until) THEN
        PERFORM refuse('a span of time is that in which a decision of one''s own stood last');
    END IF;
    RETURN NEW;
END $$;

-- Whether a decision stands: it was neither undone, nor superseded, nor reopened, and did not come
-- with a merge when its reviewer had decided later here.
CREATE FUNCTION should_stand(present decision) RETURNS boolean LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    RETURN NOT EXISTS (SELECT 1 FROM step s WHERE s.seq = present.step_seq
            AND (s.undone_by IS NOT NULL OR s.kind = 'merged' OR EXISTS (SELECT 1 FROM step_item b
                WHERE b.step_seq = s.seq AND b.item_seq = present.item_seq AND b.stands = 0)))
        AND NOT EXISTS (SELECT 1 FROM decision d JOIN step s ON s.seq = d.step_seq
            WHERE d.item_seq = present.item_seq AND d.supersedes = present.seq AND s.undone_by IS NULL
            AND NOT EXISTS (SELECT 1 FROM step_item b
                WHERE b.step_seq = s.seq AND b.item_seq = d.item_seq AND b.stands = 0))
        AND NOT EXISTS (SELECT 1 FROM reopened r JOIN step s ON s.seq = r.step_seq
            WHERE r.decision_seq = present.seq AND s.undone_by IS NULL);
END $$;

CREATE OR REPLACE FUNCTION decision_settles() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, karat, pg_temp AS $$
DECLARE
    present decision;
BEGIN
    IF is_owner() THEN
        RETURN NULL;
    END IF;
    SELECT * INTO present FROM decision WHERE seq = NEW.seq;
    IF present.standing NOT IN (0, 1) OR (present.standing = 1) <> should_stand(present) THEN
        PERFORM refuse('a decision stands until it is undone, superseded or reopened');
    END IF;
    IF (SELECT COUNT(*) FROM decision d
            WHERE d.item_seq = present.item_seq AND d.reviewer = present.reviewer AND d.standing = 1) > 1 THEN
        PERFORM refuse('of a reviewer''s decisions on an item one stands');
    END IF;
    IF NOT is_settled(present.item_seq) THEN
        PERFORM refuse('an item has the verdict that its standing decisions add up to');
    END IF;
    IF TG_OP = 'INSERT' AND NOT EXISTS (SELECT 1 FROM event e WHERE e.item_seq = present.item_seq
            AND e.kind = 'decided' AND e.actor = present.reviewer AND e.data::json ->> 'decision' = present.id) THEN
        PERFORM refuse('a decision stands in the log');
    END IF;
    RETURN NULL;
END $$;

-- What a reopening ended stands again once its step is undone, and no more once it is redone; the
-- log tells it.
CREATE FUNCTION reopening_settles() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, karat, pg_temp AS $$
DECLARE
    present step;
BEGIN
    IF is_owner() THEN
        RETURN NULL;
    END IF;
    SELECT * INTO present FROM step WHERE seq = NEW.seq;
    IF NOT (SELECT bool_and((d.standing = 1) = should_stand(d)) FROM reopened r JOIN decision d ON d.seq = r.decision_seq
            WHERE r.step_seq = present.seq) THEN
        PERFORM refuse('a decision stands until it is undone, superseded or reopened');
    END IF;
    IF present.undone_by IS NULL AND NOT EXISTS (SELECT 1 FROM event e WHERE e.item_seq = present.item_seq
            AND e.kind IN ('reopened', 'redone') AND e.actor = present.reviewer) THEN
        PERFORM refuse('the log tells that an item was reopened');
    END IF;
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION reopening_settles() FROM PUBLIC;
CREATE CONSTRAINT TRIGGER settles_reopening AFTER INSERT OR UPDATE OF undone_by ON step DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.kind = 'reopening') EXECUTE FUNCTION reopening_settles();

INSERT INTO event_kind (word, for_leads) VALUES ('reopened', true);
INSERT INTO team_right (least, privilege, on_table) VALUES
    ('lead', 'INSERT', 'reopened'),
    ('lead', 'INSERT, DELETE, UPDATE (reviewer, step_seq)', 'reserved');
