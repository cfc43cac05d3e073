-- Claims are of an item and one of its slots. Clustered by both: one page.
ALTER TABLE claim RENAME TO claim_before;
CREATE TABLE claim (
    item_seq INTEGER NOT NULL REFERENCES item (seq),
    -- Which opinion the claim is for.
    slot BIGINT NOT NULL DEFAULT 1,
    queue_id BIGINT NOT NULL REFERENCES queue (id),
    reviewer TEXT NOT NULL,
    -- The program that took it, to tell a dead one's claims from a second window's.
    session TEXT NOT NULL,
    token TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (item_seq, slot)
) WITHOUT ROWID;
INSERT INTO claim (item_seq, queue_id, reviewer, session, token, expires_at)
    SELECT item_seq, queue_id, reviewer, session, token, expires_at FROM claim_before;
DROP TABLE claim_before;

-- Where an item stands, and what its verdict of record rests on.
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
LEFT JOIN decision d ON d.seq = i.decision_seq
-- A question that came back with an answer: who asked decides.
LEFT JOIN escalation e ON d.verdict = 'escalate' AND e.item_seq = i.seq AND e.decision_seq = d.seq
    AND e.returned_at IS NOT NULL;

-- Beside the stages, what a check has decided is counted.
CREATE TRIGGER item_by_check AFTER UPDATE OF settled_by ON item
WHEN (NEW.settled_by IS 'check') <> (OLD.settled_by IS 'check') BEGIN
    INSERT INTO queue_counter (queue_id, stage, slot, n)
        VALUES (NEW.queue_id, 'by_check', 0, CASE WHEN NEW.settled_by IS 'check' THEN 1 ELSE -1 END)
    ON CONFLICT DO UPDATE SET n = n + excluded.n;
END;

-- An item that is escalated has a row of what is asked, and one that is neither escalated nor
-- returned has none. What was moved or answered stays with its question.
CREATE TRIGGER item_answered AFTER UPDATE OF stage, decision_seq ON item
WHEN (OLD.stage IN ('escalated', 'returned') OR NEW.stage = 'escalated')
    AND (OLD.stage <> NEW.stage OR OLD.decision_seq IS NOT NEW.decision_seq) AND NEW.stage <> 'returned' BEGIN
    DELETE FROM escalation WHERE item_seq = NEW.seq;
    INSERT INTO escalation (item_seq, queue_id, decision_seq, route, asked_by, asked_at, due_at, reason)
        SELECT d.item_seq, d.queue_id, d.seq,
            COALESCE(CASE WHEN json_valid(d.body) THEN json_extract(d.body, '$.route') END, ''),
            d.reviewer, d.decided_at, d.due_at,
            COALESCE(CASE WHEN json_valid(d.body) THEN json_extract(d.body, '$.note') END, '')
        FROM decision d WHERE NEW.stage = 'escalated' AND d.seq = NEW.decision_seq AND d.verdict = 'escalate';
    INSERT INTO escalation (item_seq, queue_id, route, asked_by, asked_at, due_at, reason)
        SELECT d.item_seq, d.queue_id, COALESCE(p.retry_route, ''), 'program', d.decided_at,
            d.decided_at + p.retry_due_hours * 3600000, 'all attempts are used up'
        FROM decision d JOIN policy p ON p.queue_id = d.queue_id AND p.spec_version = d.spec_version
        WHERE NEW.stage = 'escalated' AND d.seq = NEW.decision_seq AND d.verdict = 'reject';
END;
INSERT INTO escalation (item_seq, queue_id, decision_seq, route, asked_by, asked_at, due_at, reason)
    SELECT i.seq, i.queue_id, d.seq,
        COALESCE(CASE WHEN json_valid(d.body) THEN json_extract(d.body, '$.route') END, ''),
        d.reviewer, d.decided_at, d.due_at,
        COALESCE(CASE WHEN json_valid(d.body) THEN json_extract(d.body, '$.note') END, '')
    FROM item i JOIN decision d ON d.seq = i.decision_seq WHERE i.stage = 'escalated' ORDER BY i.seq;

-- What the rules were stays.
CREATE TRIGGER policy_no_update BEFORE UPDATE ON policy BEGIN SELECT RAISE(ABORT, 'rules are append-only'); END;
CREATE TRIGGER policy_no_delete BEFORE DELETE ON policy BEGIN SELECT RAISE(ABORT, 'rules are append-only'); END;
