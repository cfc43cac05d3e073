-- By which decision an item is settled, and what it is without one. Of several that escalate it, the
-- question is the lowest that nobody has sent back; where all were, the lowest of those.
DROP VIEW item_choice;
CREATE VIEW item_choice AS
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
-- it was asked last; an answer that sends it back stands there beside it. A body that is no JSON says
-- neither route nor reason.
DROP TRIGGER item_answered;
CREATE TRIGGER item_answered AFTER UPDATE OF stage, decision_seq ON item
WHEN (OLD.stage IN ('escalated', 'returned') OR NEW.stage IN ('escalated', 'returned'))
    AND (NEW.stage = 'returned' OR OLD.stage <> NEW.stage OR OLD.decision_seq IS NOT NEW.decision_seq) BEGIN
    DELETE FROM escalation WHERE item_seq = NEW.seq AND (NEW.stage NOT IN ('escalated', 'returned')
        OR decision_seq IS NOT (SELECT c.decision_seq FROM item_choice c WHERE c.seq = NEW.seq));
    INSERT INTO escalation (item_seq, queue_id, decision_seq, route, asked_by, asked_at, due_at, reason)
        SELECT d.item_seq, d.queue_id, d.seq,
            COALESCE(CASE WHEN json_valid(d.body) THEN json_extract(d.body, '$.route') END, ''), d.reviewer,
            d.decided_at, d.due_at, COALESCE(CASE WHEN json_valid(d.body) THEN json_extract(d.body, '$.note') END, '')
        FROM item_choice c JOIN decision d ON d.seq = c.decision_seq
        WHERE c.seq = NEW.seq AND NEW.stage IN ('escalated', 'returned') AND d.verdict = 'escalate'
        ON CONFLICT (item_seq) DO NOTHING;
    INSERT INTO escalation (item_seq, queue_id, route, asked_by, asked_at, due_at, reason)
        SELECT d.item_seq, d.queue_id, COALESCE(p.retry_route, ''), 'program', d.decided_at,
            d.decided_at + p.retry_due_hours * 3600000, 'all attempts are used up'
        FROM decision d JOIN policy p ON p.queue_id = d.queue_id AND p.spec_version = d.spec_version
        WHERE NEW.stage = 'escalated' AND d.seq = NEW.decision_seq AND d.verdict = 'reject'
        ON CONFLICT (item_seq) DO NOTHING;
    UPDATE escalation SET (route, due_at, moved_at) = (SELECT json_extract(m.data, '$.to'), json_extract(m.data, '$.due'), m.at
        FROM event_by_item m WHERE m.item_seq = NEW.seq AND m.kind = 'moved' AND json_valid(m.data)
        ORDER BY m.seq DESC LIMIT 1)
        WHERE item_seq = NEW.seq AND moved_at IS NULL AND asked_at < (SELECT m.at FROM event_by_item m
            WHERE m.item_seq = NEW.seq AND m.kind = 'moved' AND json_valid(m.data) ORDER BY m.seq DESC LIMIT 1);
    UPDATE escalation SET (returned_at, returned_by, answer) = (SELECT r.decided_at, r.reviewer,
            COALESCE(CASE WHEN json_valid(r.body) THEN json_extract(r.body, '$.note') END, '')
        FROM decision r WHERE r.item_seq = NEW.seq AND r.standing = 1 AND r.purpose = 'answer'
            AND r.verdict = 'escalate' AND r.seq > escalation.decision_seq ORDER BY r.seq DESC LIMIT 1)
        WHERE item_seq = NEW.seq;
END;
