-- By which decision an item is settled, and what it is without one. Of several that escalate it, the
-- question is the lowest that nobody has sent back; where all were, the lowest of those.
CREATE OR REPLACE VIEW item_choice AS
SELECT i.seq, i.queue_id, i.replaced_by, i.line_attempt, i.retries, 'single' AS way,
    CASE i.held_back WHEN 1 THEN 'held_back' ELSE 'waiting' END AS undecided,
    (SELECT n.seq FROM weighed_decision n WHERE n.item_seq = i.seq ORDER BY n.weight, n.seq DESC LIMIT 1)
        AS decision_seq
FROM item i WHERE i.opinions = 1
UNION ALL
SELECT w.seq, w.queue_id, w.replaced_by, w.line_attempt, w.retries, w.way,
    CASE WHEN w.given = 0 THEN CASE w.held_back WHEN 1 THEN 'held_back' ELSE 'waiting' END
        WHEN w.given < w.opinions THEN 'needs_opinion' ELSE 'disputed' END,
    CASE w.way
        WHEN 'single' THEN (SELECT n.seq FROM weighed_decision n WHERE n.item_seq = w.seq
            ORDER BY n.weight, n.seq DESC LIMIT 1)
        WHEN 'escalated' THEN (SELECT n.seq FROM weighed_decision n WHERE n.item_seq = w.seq AND n.weight = 2
            AND n.verdict = 'escalate' ORDER BY CASE WHEN EXISTS (SELECT 1 FROM decision r WHERE r.item_seq = w.seq
                AND r.standing = 1 AND r.purpose = 'answer' AND r.verdict = 'escalate' AND r.seq > n.seq)
            THEN 1 ELSE 0 END, n.slot LIMIT 1)
        WHEN 'unanimous' THEN (SELECT n.seq FROM weighed_decision n WHERE n.item_seq = w.seq AND n.weight = 2
            ORDER BY n.slot LIMIT 1)
        WHEN 'strictest' THEN (SELECT n.seq FROM weighed_decision n WHERE n.item_seq = w.seq AND n.weight = 2
            AND n.verdict = CASE WHEN w.rejecting > 0 THEN 'reject' ELSE 'accept' END ORDER BY n.slot LIMIT 1)
        WHEN 'majority' THEN (SELECT n.seq FROM weighed_decision n WHERE n.item_seq = w.seq AND n.weight = 2
            AND n.verdict = CASE WHEN w.rejecting > w.accepting THEN 'reject' ELSE 'accept' END ORDER BY n.slot LIMIT 1)
        END
FROM item_way w;

-- An item that is escalated or came back has a row of what is asked, where that had gone on to when
-- it was asked last; an answer that sends it back stands there beside it.
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
    UPDATE escalation e SET route = json_of(m.data) ->> 'to', due_at = (json_of(m.data) ->> 'due')::bigint, moved_at = m.at
        FROM (SELECT v.at, v.data FROM event v WHERE v.item_seq = NEW.seq AND v.kind = 'moved' AND is_json(v.data)
            ORDER BY v.seq DESC LIMIT 1) m
        WHERE e.item_seq = NEW.seq AND e.moved_at IS NULL AND e.asked_at < m.at;
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
        AND (NEW.stage = 'returned' OR OLD.stage <> NEW.stage OR OLD.decision_seq IS DISTINCT FROM NEW.decision_seq))
    EXECUTE FUNCTION item_answered();

-- An escalation goes on to another route when it is overdue, as the spec in force says, and by
-- nobody's choice; what is asked once more is where it was.
CREATE OR REPLACE FUNCTION escalation_moves() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF is_owner() OR pg_trigger_depth() > 1 THEN
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
