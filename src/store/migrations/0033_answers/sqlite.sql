-- Decisions that stand and may be of record, by their weight: 1 settles the item, 2 is an opinion
-- that counts, 3 one that counts only where there is no other, 4 a check's. An answer with the
-- verdict escalate sends the item back, and settles nothing.
DROP VIEW item_outcome;
DROP VIEW weighed_decision;
CREATE VIEW weighed_decision AS
SELECT d.seq, d.item_seq, d.queue_id, d.verdict, d.purpose, d.slot, d.spec_version,
    CASE WHEN d.purpose <> 'opinion' THEN 1 WHEN d.reviewer_kind <> 'person' THEN 4 WHEN d.slot IS NULL THEN 3 ELSE 2
        END AS weight
FROM decision d WHERE d.standing = 1 AND (d.purpose = 'adjudication'
    OR (d.purpose = 'answer' AND d.verdict <> 'escalate')
    OR (d.purpose = 'opinion' AND d.reviewer_kind IN ('person', 'check')));

-- Where an item stands, and what its verdict of record rests on.
CREATE VIEW item_outcome AS
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
LEFT JOIN decision d ON d.seq = i.decision_seq
-- A question that came back with an answer: who asked decides, and a later decision of theirs is
-- another question.
LEFT JOIN decision r ON d.verdict = 'escalate' AND r.seq = (SELECT MAX(n.seq) FROM decision n
    WHERE n.item_seq = i.seq AND n.standing = 1 AND n.purpose = 'answer' AND n.verdict = 'escalate' AND n.seq > d.seq);

-- An item that is escalated or came back has a row of what is asked; an answer that sends it back
-- stands there beside it. A body that is no JSON says neither route nor reason.
DROP TRIGGER item_answered;
CREATE TRIGGER item_answered AFTER UPDATE OF stage, decision_seq ON item
WHEN (OLD.stage IN ('escalated', 'returned') OR NEW.stage IN ('escalated', 'returned'))
    AND (OLD.stage <> NEW.stage OR OLD.decision_seq IS NOT NEW.decision_seq) BEGIN
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
    UPDATE escalation SET (returned_at, returned_by, answer) = (SELECT r.decided_at, r.reviewer,
            COALESCE(CASE WHEN json_valid(r.body) THEN json_extract(r.body, '$.note') END, '')
        FROM decision r WHERE r.item_seq = NEW.seq AND r.standing = 1 AND r.purpose = 'answer'
            AND r.verdict = 'escalate' AND r.seq > escalation.decision_seq ORDER BY r.seq DESC LIMIT 1)
        WHERE item_seq = NEW.seq;
END;
