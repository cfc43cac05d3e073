-- The decisions of a time are those that people made: a check decides thousands at once.
DROP INDEX decision_time;
CREATE INDEX decision_time ON decision (queue_id, decided_at) WHERE queue_id + 0 > 0 AND reviewer_kind = 'person';
CREATE OR REPLACE VIEW decision_by_time AS SELECT queue_id, decided_at, seq, item_seq, reviewer, standing FROM decision
    WHERE queue_id + 0 > 0 AND reviewer_kind = 'person';

-- A lead writes in the name of a check of the spec, which is `check:KEY`.
CREATE OR REPLACE FUNCTION own_name() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, karat, pg_temp AS $$
DECLARE
    name text := to_jsonb(NEW) ->> TG_ARGV[0];
BEGIN
    IF is_owner() OR (TG_OP = 'INSERT' AND TG_TABLE_NAME IN ('step', 'decision', 'event') AND name LIKE 'check:%'
            AND is_lead()) THEN
        RETURN NEW;
    END IF;
    PERFORM refuse(format('you are `%s` here, and what you write is recorded under that name alone, not `%s`',
        session_user, name));
END $$;
CREATE POLICY by_check ON step FOR INSERT
    WITH CHECK (kind = 'decision' AND reviewer LIKE 'check:%' AND (SELECT is_lead()));
CREATE POLICY by_check ON decision FOR INSERT
    WITH CHECK (reviewer_kind = 'check' AND reviewer LIKE 'check:%' AND (SELECT is_lead()));
CREATE POLICY by_check ON event FOR INSERT
    WITH CHECK (kind = 'decided' AND actor LIKE 'check:%' AND (SELECT is_lead()));

CREATE FUNCTION failed_check_comes_in() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF NOT is_owner() THEN
        PERFORM check_text(NEW.check_key, 'the key of a check', 200), check_text(NEW.reason, 'what a check found', 100000);
        PERFORM check_word(NEW.outcome, 'outcome of a check', 'refuse', 'reject', 'escalate', 'flag');
        PERFORM check_time(NEW.at, 'the time of a check');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER d_comes_in BEFORE INSERT OR UPDATE ON failed_check FOR EACH ROW EXECUTE FUNCTION failed_check_comes_in();

-- The door of a check's decision: it says what the check found, on an item that nobody has decided.
CREATE FUNCTION check_decides() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF is_owner() THEN
        RETURN NEW;
    END IF;
    PERFORM check_text(NEW.id, 'the id of a decision', 64), check_body(NEW.body);
    PERFORM check_time(NEW.decided_at, 'the time of a decision'), check_time(NEW.arrived_at, 'the time of its arrival');
    PERFORM check_time(NEW.stood_from, 'the time from which a decision stands');
    IF NEW.due_at NOT BETWEEN NEW.decided_at AND NEW.decided_at + 20000000000000 THEN
        PERFORM refuse('an answer is due after it was asked for');
    END IF;
    IF NEW.purpose <> 'opinion' OR NEW.slot IS NOT NULL OR NEW.active_millis <> 0 OR NEW.after_seen <> 0
            OR NEW.supersedes IS NOT NULL
            OR COALESCE(NEW.correction, NEW.cause, NEW.sides) IS NOT NULL OR NEW.lens_shown IS NOT NULL THEN
        PERFORM refuse('a check takes no time, corrects nothing and has no opinion that counts');
    END IF;
    IF NOT EXISTS (SELECT 1 FROM failed_check f WHERE f.item_seq = NEW.item_seq AND 'check:' || f.check_key = NEW.reviewer
            AND f.spec_version = NEW.spec_version
            AND NEW.verdict = CASE f.outcome WHEN 'escalate' THEN 'escalate' WHEN 'flag' THEN '' ELSE 'reject' END) THEN
        PERFORM refuse('a check decides what it found');
    END IF;
    IF EXISTS (SELECT 1 FROM decision d WHERE d.item_seq = NEW.item_seq AND d.standing = 1) THEN
        PERFORM refuse('a check decides an item on which no decision rests');
    END IF;
    RETURN NEW;
END $$;
DROP TRIGGER b_comes_in ON decision;
CREATE TRIGGER b_comes_in BEFORE INSERT ON decision FOR EACH ROW WHEN (NEW.reviewer_kind <> 'check')
    EXECUTE FUNCTION decision_comes_in();
CREATE TRIGGER b_check_comes_in BEFORE INSERT ON decision FOR EACH ROW WHEN (NEW.reviewer_kind = 'check')
    EXECUTE FUNCTION check_decides();

-- What a check has accepted or rejected is a lead's to decide otherwise.
CREATE FUNCTION decision_overrides() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF NOT is_owner() AND NOT is_lead()
            AND (SELECT i.settled_by FROM item i WHERE i.seq = NEW.item_seq) = 'check' THEN
        PERFORM refuse('what a check has decided is a lead''s to decide otherwise');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER d_overrides BEFORE INSERT ON decision FOR EACH ROW
    WHEN (NEW.reviewer_kind = 'person' AND NEW.purpose = 'opinion') EXECUTE FUNCTION decision_overrides();
