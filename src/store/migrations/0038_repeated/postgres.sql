-- A decision that is made again is a step of its own, and never stands.
CREATE OR REPLACE FUNCTION step_comes_in() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF NOT is_owner() THEN
        PERFORM check_word(NEW.kind, 'kind of step', 'decision', 'repeat', 'deferral', 'decline', 'reopening', 'golden',
            'bulk_decision', 'bulk_deferral', 'bulk_tags', 'bulk_priority', 'bulk_golden', 'merged'),
            check_queue(NEW.item_seq, NEW.queue_id);
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
            AND s.queue_id = NEW.queue_id AND s.undone_by IS NULL AND (s.kind = 'repeat') = (NEW.purpose = 'repeat')
            AND (s.kind = 'bulk_decision'
                OR (s.kind IN ('decision', 'merged', 'repeat') AND s.item_seq = NEW.item_seq))) THEN
        PERFORM refuse('a decision has a step of its reviewer''s own');
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
            AND (s.undone_by IS NOT NULL OR s.kind IN ('merged', 'repeat') OR EXISTS (SELECT 1 FROM step_item b
                WHERE b.step_seq = s.seq AND b.item_seq = present.item_seq AND b.stands = 0)))
        AND NOT EXISTS (SELECT 1 FROM decision d JOIN step s ON s.seq = d.step_seq
            WHERE d.item_seq = present.item_seq AND d.supersedes = present.seq AND s.undone_by IS NULL
            AND NOT EXISTS (SELECT 1 FROM step_item b
                WHERE b.step_seq = s.seq AND b.item_seq = d.item_seq AND b.stands = 0))
        AND NOT EXISTS (SELECT 1 FROM reopened r JOIN step s ON s.seq = r.step_seq
            WHERE r.decision_seq = present.seq AND s.undone_by IS NULL);
END $$;

CREATE FUNCTION repetition_comes_in() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF is_owner() THEN
        RETURN NEW;
    END IF;
    PERFORM check_queue(NEW.item_seq, NEW.queue_id);
    IF NOT EXISTS (SELECT 1 FROM decision d WHERE d.item_seq = NEW.item_seq AND d.reviewer = NEW.reviewer) THEN
        PERFORM refuse('who has decided nothing on an item repeats nothing');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER b_own_name BEFORE INSERT OR UPDATE ON repetition FOR EACH ROW
    WHEN (NEW.reviewer <> session_user::text) EXECUTE FUNCTION own_name('reviewer');
CREATE TRIGGER d_comes_in BEFORE INSERT OR UPDATE ON repetition FOR EACH ROW EXECUTE FUNCTION repetition_comes_in();
ALTER TABLE repetition ENABLE ROW LEVEL SECURITY;
CREATE POLICY everybody ON repetition FOR SELECT USING (true);
CREATE POLICY own ON repetition USING (reviewer = session_user::text);

INSERT INTO team_right (least, privilege, on_table) VALUES
    ('reviewer', 'INSERT, DELETE, UPDATE (due_at, repeated_seq)', 'repetition');
