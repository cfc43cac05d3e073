-- Decisions that stand and may be of record, by their weight: 1 settles the item, 2 is an opinion
-- that counts, 3 one that counts only where there is no other, 4 a check's. An answer with the
-- verdict escalate sends the item back, and settles nothing.
CREATE OR REPLACE VIEW weighed_decision AS
SELECT d.seq, d.item_seq, d.queue_id, d.verdict, d.purpose, d.slot, d.spec_version,
    CASE WHEN d.purpose <> 'opinion' THEN 1 WHEN d.reviewer_kind <> 'person' THEN 4 WHEN d.slot IS NULL THEN 3 ELSE 2
        END AS weight
FROM decision d WHERE d.standing = 1 AND (d.purpose = 'adjudication'
    OR (d.purpose = 'answer' AND d.verdict <> 'escalate')
    OR (d.purpose = 'opinion' AND d.reviewer_kind IN ('person', 'check')));

-- Where an item stands, and what its verdict of record rests on.
CREATE OR REPLACE VIEW item_outcome AS
SELECT i.seq AS item_seq,
    CASE WHEN r.seq IS NULL THEN d.seq END AS decision_seq,
    CASE WHEN r.seq IS NULL THEN d.verdict END AS verdict,
    CASE
        WHEN i.replaced_by IS NOT NULL THEN 'replaced'
        WHEN d.verdict = 'accept' THEN 'accepted'
        WHEN d.verdict = 'escalate' THEN CASE WHEN r.seq IS NULL THEN 'escalated' ELSE 'returned' END
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
-- A question that came back with an answer: who asked decides, and a later decision of theirs is
-- another question.
LEFT JOIN LATERAL (SELECT n.seq FROM decision n WHERE d.verdict = 'escalate' AND n.item_seq = i.seq AND n.standing = 1
    AND n.purpose = 'answer' AND n.verdict = 'escalate' AND n.seq > d.seq ORDER BY n.seq DESC LIMIT 1) r ON true;

-- An item that is escalated or came back has a row of what is asked; an answer that sends it back
-- stands there beside it.
CREATE OR REPLACE FUNCTION item_answered() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    DELETE FROM escalation WHERE item_seq = NEW.seq AND (NEW.stage NOT IN ('escalated', 'returned')
        OR decision_seq IS DISTINCT FROM (SELECT c.decision_seq FROM item_choice c WHERE c.seq = NEW.seq));
    IF NEW.stage NOT IN ('escalated', 'returned') THEN
        RETURN NULL;
    END IF;
    INSERT INTO escalation (item_seq, queue_id, decision_seq, route, asked_by, asked_at, due_at, reason)
        SELECT d.item_seq, d.queue_id, d.seq,
            COALESCE(CASE WHEN is_json(d.body) THEN json_of(d.body) ->> 'route' END, ''), d.reviewer, d.decided_at,
            d.due_at, COALESCE(CASE WHEN is_json(d.body) THEN json_of(d.body) ->> 'note' END, '')
        FROM item_choice c JOIN decision d ON d.seq = c.decision_seq
        WHERE c.seq = NEW.seq AND d.verdict = 'escalate'
        ON CONFLICT (item_seq) DO NOTHING;
    INSERT INTO escalation (item_seq, queue_id, route, asked_by, asked_at, due_at, reason)
        SELECT d.item_seq, d.queue_id, COALESCE(p.retry_route, ''), 'program', d.decided_at,
            d.decided_at + p.retry_due_hours * 3600000, 'all attempts are used up'
        FROM decision d JOIN policy p ON p.queue_id = d.queue_id AND p.spec_version = d.spec_version
        WHERE NEW.stage = 'escalated' AND d.seq = NEW.decision_seq AND d.verdict = 'reject'
        ON CONFLICT (item_seq) DO NOTHING;
    UPDATE escalation e SET (returned_at, returned_by, answer) = (SELECT r.decided_at, r.reviewer,
            COALESCE(CASE WHEN is_json(r.body) THEN json_of(r.body) ->> 'note' END, '')
        FROM decision r WHERE r.item_seq = NEW.seq AND r.standing = 1 AND r.purpose = 'answer'
            AND r.verdict = 'escalate' AND r.seq > e.decision_seq ORDER BY r.seq DESC LIMIT 1)
        WHERE e.item_seq = NEW.seq;
    RETURN NULL;
END $$;
DROP TRIGGER answered ON item;
CREATE TRIGGER answered AFTER UPDATE OF stage, decision_seq ON item FOR EACH ROW
    WHEN ((OLD.stage IN ('escalated', 'returned') OR NEW.stage IN ('escalated', 'returned'))
        AND (OLD.stage <> NEW.stage OR OLD.decision_seq IS DISTINCT FROM NEW.decision_seq))
    EXECUTE FUNCTION item_answered();

-- Whether a member of the team may give this answer: a lead, or an owner of the route by the spec in
-- force; never who asked, nor who gave an opinion on the item.
CREATE FUNCTION may_answer(given decision) RETURNS boolean LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT 1 FROM escalation e JOIN queue q ON q.id = e.queue_id
        WHERE e.item_seq = given.item_seq AND e.returned_at IS NULL AND e.asked_by <> given.reviewer
        AND (is_lead() OR EXISTS (SELECT 1 FROM policy_owner o WHERE o.queue_id = q.id
            AND o.spec_version = q.spec_version AND o.route = e.route AND o.person = given.reviewer))
        AND (given.verdict <> 'escalate' OR (e.decision_seq IS NOT NULL AND e.asked_by NOT LIKE 'check:%' AND EXISTS (SELECT 1 FROM policy_route r
            WHERE r.queue_id = q.id AND r.spec_version = q.spec_version AND r.key = e.route AND r.returns = 1))))
    AND NOT EXISTS (SELECT 1 FROM decision d WHERE d.item_seq = given.item_seq AND d.reviewer = given.reviewer
        AND d.standing = 1 AND d.purpose = 'opinion');
END $$;
CREATE OR REPLACE FUNCTION may_settle(settling decision) RETURNS boolean LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, karat, pg_temp AS $$
DECLARE
    adjudicator CONSTANT text := CASE settling.purpose WHEN 'adjudication' THEN (SELECT p.adjudicator FROM policy p
        JOIN queue q ON q.id = p.queue_id AND q.spec_version = p.spec_version WHERE q.id = settling.queue_id) END;
BEGIN
    IF settling.purpose = 'answer' THEN
        RETURN may_answer(settling);
    END IF;
    RETURN NOT EXISTS (SELECT 1 FROM decision d WHERE d.item_seq = settling.item_seq
            AND d.reviewer = settling.reviewer AND d.standing = 1 AND d.purpose = 'opinion')
        AND CASE COALESCE(adjudicator, 'lead') WHEN 'lead' THEN is_lead() WHEN 'reviewer' THEN true
            ELSE adjudicator = session_user::text END;
END $$;

-- Who asked decides again over an answer that sent the item back: nothing of theirs rests on it.
CREATE OR REPLACE FUNCTION decision_changes() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, karat, pg_temp AS $$
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
                AND (s.purpose = 'adjudication' OR (s.purpose = 'answer' AND s.verdict <> 'escalate'))) THEN
            PERFORM refuse('the decision of another rests on this opinion');
        END IF;
    END IF;
    RETURN NEW;
END $$;

-- An escalation goes on to another route when it is overdue, as the spec in force says, and by
-- nobody's choice.
CREATE FUNCTION escalation_moves() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF is_owner() THEN
        RETURN NEW;
    END IF;
    PERFORM check_time(NEW.moved_at, 'the time at which an escalation moves');
    IF NEW.moved_at IS NULL OR OLD.due_at IS NULL OR OLD.due_at > least(NEW.moved_at, present_millis()) OR OLD.returned_at IS NOT NULL
            OR NEW.item_seq <> OLD.item_seq OR NOT EXISTS (SELECT 1 FROM policy_route r
                JOIN queue q ON q.id = r.queue_id AND q.spec_version = r.spec_version
                WHERE q.id = OLD.queue_id AND r.key = OLD.route AND r.overdue = NEW.route
                AND NEW.due_at IS NOT DISTINCT FROM NEW.moved_at + r.overdue_due_hours * 3600000) THEN
        PERFORM refuse('an escalation goes on when it is overdue, where its route says');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER c_moves BEFORE UPDATE OF route, due_at, moved_at ON escalation FOR EACH ROW
    EXECUTE FUNCTION escalation_moves();

CREATE TRIGGER a_never_changes BEFORE UPDATE OR DELETE ON policy_route FOR EACH ROW EXECUTE FUNCTION never_changes();
CREATE TRIGGER a_never_changes BEFORE UPDATE OR DELETE ON policy_owner FOR EACH ROW EXECUTE FUNCTION never_changes();

INSERT INTO event_kind (word, for_leads) VALUES ('moved', false);
INSERT INTO team_right (least, privilege, on_table) VALUES
    ('reviewer', 'UPDATE (route, due_at, moved_at)', 'escalation'),
    ('lead', 'INSERT', 'policy_route'),
    ('lead', 'INSERT', 'policy_owner');
