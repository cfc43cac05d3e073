-- Where an item stands, what its verdict of record rests on, and whom it asks.
DROP VIEW item_outcome;
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
        END AS settled_by,
    CASE
        WHEN i.replaced_by IS NOT NULL THEN ''
        WHEN r.seq IS NOT NULL THEN 'returned ' || d.reviewer
        WHEN d.seq IS NULL AND i.undecided IN ('needs_opinion', 'disputed') THEN i.undecided || ' '
            || COALESCE((SELECT group_concat(g.reviewer, char(31)) FROM (SELECT n.reviewer FROM decision n
                WHERE n.item_seq = i.seq AND n.standing = 1 ORDER BY n.reviewer) g), '')
        ELSE '' END AS asked_of
FROM item_choice i
LEFT JOIN decision d ON d.seq = i.decision_seq
-- A question that came back with an answer: who asked decides, and a later decision of theirs is
-- another question.
LEFT JOIN decision r ON d.verdict = 'escalate' AND r.seq = (SELECT MAX(n.seq) FROM decision n
    WHERE n.item_seq = i.seq AND n.standing = 1 AND n.purpose = 'answer' AND n.verdict = 'escalate' AND n.seq > d.seq);

DROP INDEX item_open;
-- As the view says it, which looks at far more than these need.
UPDATE item SET asked_of = stage || ' ' || COALESCE((SELECT group_concat(g.reviewer, char(31)) FROM (SELECT n.reviewer FROM decision n
        WHERE n.item_seq = item.seq AND n.standing = 1 ORDER BY n.reviewer) g), '')
    WHERE stage IN ('needs_opinion', 'disputed');
UPDATE item SET asked_of = 'returned '
    || COALESCE((SELECT e.asked_by FROM escalation e WHERE e.item_seq = item.seq), '')
    WHERE stage = 'returned';
-- The next item is chosen among those that are open, group by group.
CREATE INDEX item_open ON item (queue_id, asked_of, rank, seq)
    WHERE stage IN ('waiting', 'needs_opinion', 'disputed', 'returned');
