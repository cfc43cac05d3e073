-- Claims are of an item and one of its slots.
-- Which opinion the claim is for.
ALTER TABLE claim ADD COLUMN slot BIGINT NOT NULL DEFAULT 1;
ALTER TABLE claim ALTER COLUMN item_seq DROP IDENTITY;
ALTER TABLE claim DROP CONSTRAINT claim_pkey;
ALTER TABLE claim ADD PRIMARY KEY (item_seq, slot);

-- Where an item stands, and what its verdict of record rests on. Its decision is found among those
-- of the item, without a join that could go through all.
CREATE VIEW item_outcome AS
SELECT i.seq AS item_seq,
    CASE WHEN e.item_seq IS NULL THEN d.seq END AS decision_seq,
    CASE WHEN e.item_seq IS NULL THEN d.verdict END AS verdict,
    CASE
        WHEN i.replaced_by IS NOT NULL THEN 'replaced'
        WHEN d.verdict = 'accept' THEN 'accepted'
        WHEN d.verdict = 'escalate' THEN CASE WHEN e.item_seq IS NULL THEN 'escalated' ELSE 'returned' END
        WHEN d.verdict = 'reject' THEN CASE
            WHEN i.retries = 0 AND NOT EXISTS (SELECT 1 FROM policy p
                JOIN policy_failure f ON f.queue_id = p.queue_id AND f.spec_version = p.spec_version AND f.retryable = 1
                JOIN decision_category c ON c.category = f.key
                WHERE p.queue_id = i.queue_id AND p.spec_version = d.spec_version AND p.retry = 'retryable'
                AND c.decision_seq = d.seq) THEN 'rejected'
            WHEN i.line_attempt >= (SELECT p.retry_attempts FROM policy p
                WHERE p.queue_id = i.queue_id AND p.spec_version = d.spec_version)
                -- Its attempts are used up: somebody answers once.
                THEN CASE WHEN d.purpose = 'answer' THEN 'rejected' ELSE 'escalated' END
            ELSE 'to_retry' END
        ELSE i.undecided END AS stage,
    CASE
        WHEN d.verdict IN ('accept', 'reject') THEN CASE
            WHEN d.purpose = 'adjudication' THEN 'adjudicated'
            WHEN d.purpose = 'answer' THEN 'answer'
            WHEN d.reviewer_kind = 'check' THEN 'check'
            ELSE i.way END
        END AS settled_by
FROM item_choice i
LEFT JOIN LATERAL (SELECT n.* FROM decision n WHERE n.item_seq = i.seq AND n.seq = i.decision_seq LIMIT 1) d ON true
-- A question that came back with an answer: who asked decides.
LEFT JOIN escalation e ON d.verdict = 'escalate' AND e.item_seq = i.seq AND e.decision_seq = d.seq
    AND e.returned_at IS NOT NULL;

-- Beside the stages, what a check has decided is counted.
CREATE OR REPLACE FUNCTION count_stage() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, karat, pg_temp AS $$
DECLARE
    own_slot CONSTANT int := pg_backend_pid() % 64;
    by_check CONSTANT int := (NEW.settled_by IS NOT DISTINCT FROM 'check')::int
        - (OLD.settled_by IS NOT DISTINCT FROM 'check')::int;
BEGIN
    PERFORM pg_advisory_xact_lock('queue_counter'::regclass::oid::int, own_slot);
    INSERT INTO queue_counter AS c (queue_id, stage, slot, n)
        SELECT NEW.queue_id, moved.stage, own_slot, moved.n
        FROM (VALUES (OLD.stage, -1), (NEW.stage, 1)) AS moved (stage, n)
            WHERE moved.stage <> 'waiting' AND NEW.stage <> OLD.stage
        UNION ALL SELECT NEW.queue_id, 'by_check', own_slot, by_check WHERE by_check <> 0
    ON CONFLICT (queue_id, stage, slot) DO UPDATE SET n = c.n + excluded.n;
    RETURN NULL;
END $$;

DROP TRIGGER item_counted ON item;
CREATE CONSTRAINT TRIGGER item_counted AFTER UPDATE OF stage, settled_by ON item DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (OLD.stage <> NEW.stage OR (OLD.settled_by IS DISTINCT FROM NEW.settled_by
        AND 'check' IN (COALESCE(OLD.settled_by, ''), COALESCE(NEW.settled_by, ''))))
    EXECUTE FUNCTION count_stage();

-- An item that is escalated has a row of what is asked, and one that is neither escalated nor
-- returned has none. What was moved or answered stays with its question.
CREATE FUNCTION item_answered() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    DELETE FROM escalation WHERE item_seq = NEW.seq;
    INSERT INTO escalation (item_seq, queue_id, decision_seq, route, asked_by, asked_at, due_at, reason)
        SELECT d.item_seq, d.queue_id, d.seq,
            COALESCE(CASE WHEN is_json(d.body) THEN json_of(d.body) ->> 'route' END, ''),
            d.reviewer, d.decided_at, d.due_at,
            COALESCE(CASE WHEN is_json(d.body) THEN json_of(d.body) ->> 'note' END, '')
        FROM decision d WHERE NEW.stage = 'escalated' AND d.seq = NEW.decision_seq AND d.verdict = 'escalate';
    INSERT INTO escalation (item_seq, queue_id, route, asked_by, asked_at, due_at, reason)
        SELECT d.item_seq, d.queue_id, COALESCE(p.retry_route, ''), 'program', d.decided_at,
            d.decided_at + p.retry_due_hours * 3600000, 'all attempts are used up'
        FROM decision d JOIN policy p ON p.queue_id = d.queue_id AND p.spec_version = d.spec_version
        WHERE NEW.stage = 'escalated' AND d.seq = NEW.decision_seq AND d.verdict = 'reject';
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION item_answered() FROM PUBLIC;
CREATE TRIGGER answered AFTER UPDATE OF stage, decision_seq ON item FOR EACH ROW
    WHEN ((OLD.stage IN ('escalated', 'returned') OR NEW.stage = 'escalated') AND NEW.stage <> 'returned'
        AND (OLD.stage <> NEW.stage OR OLD.decision_seq IS DISTINCT FROM NEW.decision_seq))
    EXECUTE FUNCTION item_answered();
INSERT INTO escalation (item_seq, queue_id, decision_seq, route, asked_by, asked_at, due_at, reason)
    SELECT i.seq, i.queue_id, d.seq,
        COALESCE(CASE WHEN is_json(d.body) THEN json_of(d.body) ->> 'route' END, ''),
        d.reviewer, d.decided_at, d.due_at,
        COALESCE(CASE WHEN is_json(d.body) THEN json_of(d.body) ->> 'note' END, '')
    FROM item i JOIN decision d ON d.seq = i.decision_seq WHERE i.stage = 'escalated';

-- Whether the item stands where its decisions put it.
CREATE OR REPLACE FUNCTION is_settled(of_item bigint) RETURNS boolean LANGUAGE sql STABLE
    SET search_path = pg_catalog, karat, pg_temp AS $$
    SELECT (i.decision_seq, i.verdict, i.stage, i.settled_by)
        IS NOT DISTINCT FROM (o.decision_seq, o.verdict, o.stage, o.settled_by)
    FROM item i JOIN item_outcome o ON o.item_seq = i.seq WHERE i.seq = of_item
$$;
DROP TRIGGER settles ON item;
CREATE TRIGGER settles AFTER UPDATE OF verdict, decision_seq, stage, settled_by ON item FOR EACH ROW
    WHEN (OLD.verdict IS DISTINCT FROM NEW.verdict OR OLD.decision_seq IS DISTINCT FROM NEW.decision_seq
        OR OLD.stage <> NEW.stage OR OLD.settled_by IS DISTINCT FROM NEW.settled_by)
    EXECUTE FUNCTION item_settles();

-- What never changes, for nobody.
CREATE TRIGGER a_never_changes BEFORE UPDATE OR DELETE ON policy FOR EACH ROW EXECUTE FUNCTION never_changes();
CREATE TRIGGER a_never_changes BEFORE UPDATE OR DELETE ON policy_score FOR EACH ROW EXECUTE FUNCTION never_changes();
CREATE TRIGGER a_never_changes BEFORE UPDATE OR DELETE ON policy_failure FOR EACH ROW EXECUTE FUNCTION never_changes();
CREATE TRIGGER a_never_changes BEFORE UPDATE OR DELETE ON decision_span FOR EACH ROW EXECUTE FUNCTION never_changes();

-- Of a decision, whether it stands and since when.
CREATE FUNCTION decision_changes() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, karat, pg_temp AS $$
DECLARE
    present decision := NEW;
BEGIN
    present.standing := OLD.standing;
    present.stood_from := OLD.stood_from;
    present.stood_until := OLD.stood_until;
    IF present IS DISTINCT FROM OLD THEN
        PERFORM refuse('of a decision only whether it stands ever changes');
    END IF;
    IF NOT is_owner() THEN
        PERFORM check_time(NEW.stood_from, 'the time from which a decision stands');
        PERFORM check_time(NEW.stood_until, 'the time until which a decision stood');
        IF NEW.standing = 1 AND (NEW.stood_from IS NULL OR NEW.stood_until IS NOT NULL) THEN
            PERFORM refuse('a decision that stands has stood since a time');
        END IF;
        IF NEW.stood_from IS DISTINCT FROM OLD.stood_from AND OLD.stood_until IS NOT NULL AND NOT EXISTS
                (SELECT 1 FROM decision_span s WHERE s.decision_seq = OLD.seq AND s.stood_from = OLD.stood_from) THEN
            PERFORM refuse('the time in which a decision stood is kept');
        END IF;
        IF NEW.standing <> OLD.standing AND OLD.purpose = 'opinion' AND EXISTS (SELECT 1 FROM decision s
                WHERE s.item_seq = OLD.item_seq AND s.reviewer <> OLD.reviewer AND s.standing = 1
                AND s.purpose IN ('adjudication', 'answer')) THEN
            PERFORM refuse('the decision of another rests on this opinion');
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER a_only_standing BEFORE UPDATE ON decision FOR EACH ROW EXECUTE FUNCTION decision_changes();

CREATE FUNCTION decision_span_comes_in() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF NOT is_owner() AND NOT EXISTS (SELECT 1 FROM decision d WHERE d.seq = NEW.decision_seq
            AND d.reviewer = session_user::text AND d.stood_from = NEW.stood_from
            AND d.stood_until = NEW.stood_until) THEN
        PERFORM refuse('a span of time is that in which a decision of one''s own stood last');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER d_comes_in BEFORE INSERT ON decision_span FOR EACH ROW EXECUTE FUNCTION decision_span_comes_in();

-- What a reviewer may ask of an item: nothing, but one opinion more where the rules have that, and
-- that its rejection is retried where a filter says which. Chances and opinions only rise.
CREATE FUNCTION item_asks() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, karat, pg_temp AS $$
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
    IF NEW.retries NOT IN (0, 1) OR (NEW.retries = 1 AND rules.retry IS DISTINCT FROM 'filter') THEN
        PERFORM refuse('the rules of the queue do not say so that this item is retried');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER c_asks BEFORE UPDATE OF opinions, chance, retries ON item FOR EACH ROW
    WHEN (OLD.opinions <> NEW.opinions OR OLD.retries <> NEW.retries OR OLD.chance IS DISTINCT FROM NEW.chance)
    EXECUTE FUNCTION item_asks();

-- Whether a member of the team may make this adjudication or answer: whom the rules in force name,
-- or a lead; nobody who gave an opinion.
CREATE FUNCTION may_settle(settling decision) RETURNS boolean LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, karat, pg_temp AS $$
DECLARE
    adjudicator CONSTANT text := CASE settling.purpose WHEN 'adjudication' THEN (SELECT p.adjudicator FROM policy p
        JOIN queue q ON q.id = p.queue_id AND q.spec_version = p.spec_version WHERE q.id = settling.queue_id) END;
BEGIN
    RETURN NOT EXISTS (SELECT 1 FROM decision d WHERE d.item_seq = settling.item_seq
            AND d.reviewer = settling.reviewer AND d.standing = 1 AND d.purpose = 'opinion')
        AND CASE COALESCE(adjudicator, 'lead') WHEN 'lead' THEN is_lead() WHEN 'reviewer' THEN true
            ELSE adjudicator = session_user::text END;
END $$;

-- The door of a decision, with what policy adds to it.
CREATE OR REPLACE FUNCTION decision_comes_in() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF is_owner() THEN
        RETURN NEW;
    END IF;
    PERFORM check_text(NEW.id, 'the id of a decision', 64);
    PERFORM check_word(NEW.verdict, 'verdict', 'accept', 'reject', 'escalate');
    PERFORM check_body(NEW.body), check_correction(NEW.correction_kind, NEW.correction);
    PERFORM check_time(NEW.decided_at, 'the time of a decision'), check_time(NEW.arrived_at, 'the time of its arrival');
    PERFORM check_time(NEW.stood_from, 'the time from which a decision stands');
    IF NEW.active_millis NOT BETWEEN 0 AND 31536000000 THEN
        PERFORM refuse('the time that a decision took is from 0 to a year, in milliseconds');
    END IF;
    IF NEW.due_at NOT BETWEEN NEW.decided_at AND NEW.decided_at + 20000000000000 THEN
        PERFORM refuse('an answer is due after it was asked for');
    END IF;
    IF NEW.lens_shown NOT IN (0, 1) THEN
        PERFORM refuse('the lens was shown (1) or was not (0)');
    END IF;
    PERFORM check_word(NEW.reviewer_kind, 'kind of reviewer for a member of the team', 'person');
    PERFORM check_word(NEW.purpose, 'purpose of a decision', 'opinion', 'adjudication', 'answer', 'repeat', 'golden',
        'imported');
    PERFORM check_word(NEW.cause, 'cause of a disagreement', 'ambiguous', 'unclear', 'slip', 'edge_case', 'taste');
    PERFORM check_words(NEW.sides, 'the sides of an adjudication');
    IF NEW.after_seen NOT IN (0, 1) OR (NEW.slot IS NOT NULL AND NEW.purpose <> 'opinion') THEN
        PERFORM refuse('only an opinion has a slot, and was given after others could be seen (1) or was not (0)');
    END IF;
    IF NEW.slot IS NOT NULL AND NEW.slot NOT BETWEEN 1
            AND (SELECT i.opinions FROM item i WHERE i.seq = NEW.item_seq) THEN
        PERFORM refuse('no such opinion is asked of this item');
    END IF;
    IF NEW.slot IS NULL AND NEW.purpose = 'opinion' AND NOT EXISTS (SELECT 1 FROM decision d
            WHERE d.item_seq = NEW.item_seq AND d.reviewer <> NEW.reviewer AND d.standing = 1) THEN
        PERFORM refuse('a second opinion stands beside the decision of another');
    END IF;
    IF NEW.purpose IN ('adjudication', 'answer') AND NOT may_settle(NEW) THEN
        PERFORM refuse('this is not yours to settle');
    END IF;
    RETURN NEW;
END $$;

-- Where more than one opinion is asked, each slot is one reviewer's.
CREATE FUNCTION slot_settles() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF NOT is_owner() AND (SELECT i.opinions FROM item i WHERE i.seq = NEW.item_seq) > 1
            AND (SELECT COUNT(*) FROM weighed_decision d WHERE d.item_seq = NEW.item_seq AND d.slot = NEW.slot) > 1 THEN
        PERFORM refuse('this opinion is another''s to give');
    END IF;
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION slot_settles() FROM PUBLIC;
CREATE CONSTRAINT TRIGGER settles_slot AFTER INSERT OR UPDATE OF standing ON decision DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.standing = 1 AND NEW.slot IS NOT NULL) EXECUTE FUNCTION slot_settles();

CREATE FUNCTION declined_comes_in() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF NOT is_owner() THEN
        PERFORM check_queue(NEW.item_seq, NEW.queue_id), check_time(NEW.at, 'the time of a refusal');
        PERFORM check_text(NEW.why, 'why an item is declined', 10000);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER b_own_name BEFORE INSERT OR UPDATE ON declined FOR EACH ROW
    WHEN (NEW.reviewer <> session_user::text) EXECUTE FUNCTION own_name('reviewer');
CREATE TRIGGER d_comes_in BEFORE INSERT ON declined FOR EACH ROW EXECUTE FUNCTION declined_comes_in();
ALTER TABLE declined ENABLE ROW LEVEL SECURITY;
CREATE POLICY everybody ON declined FOR SELECT USING (true);
CREATE POLICY own ON declined USING (reviewer = session_user::text);

UPDATE team_right SET privilege = replace(privilege, ', second_opinion', '') WHERE on_table = 'decision';
INSERT INTO team_right (least, privilege, on_table) VALUES
    ('reviewer', 'INSERT (reviewer_kind, purpose, slot, arrived_at, stood_from, stood_until, cause, after_seen, sides)',
        'decision'),
    ('reviewer', 'UPDATE (stood_from, stood_until)', 'decision'),
    ('reviewer', 'INSERT', 'decision_span'),
    ('reviewer', 'UPDATE (settled_by, opinions, retries)', 'item'),
    ('reviewer', 'INSERT, DELETE', 'declined'),
    ('lead', 'INSERT (held_back, chance, rule, rule_version, opinions, line_attempt)', 'item'),
    ('lead', 'UPDATE (held_back, chance, rule, rule_version, pulled, replaced_by, line_attempt)', 'item'),
    ('lead', 'INSERT', 'policy'),
    ('lead', 'INSERT', 'policy_score'),
    ('lead', 'INSERT', 'policy_failure'),
    ('lead', 'INSERT, DELETE, UPDATE', 'failed_check'),
    ('lead', 'INSERT, UPDATE (cases)', 'sample_count'),
    ('lead', 'INSERT', 'sample_case');
