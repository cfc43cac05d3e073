-- Where an item stands, what its verdict of record rests on, and whom it asks.
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
        END AS settled_by,
    CASE
        WHEN i.replaced_by IS NOT NULL THEN ''
        WHEN r.seq IS NOT NULL THEN 'returned ' || d.reviewer
        WHEN d.seq IS NULL AND i.undecided IN ('needs_opinion', 'disputed') THEN i.undecided || ' '
            || COALESCE((SELECT string_agg(n.reviewer, chr(31) ORDER BY n.reviewer COLLATE "C") FROM decision n
                WHERE n.item_seq = i.seq AND n.standing = 1), '')
        ELSE '' END AS asked_of
FROM item_choice i
LEFT JOIN LATERAL (SELECT n.* FROM decision n WHERE n.item_seq = i.seq AND n.seq = i.decision_seq LIMIT 1) d ON true
-- A question that came back with an answer: who asked decides, and a later decision of theirs is
-- another question.
LEFT JOIN LATERAL (SELECT n.seq FROM decision n WHERE d.verdict = 'escalate' AND n.item_seq = i.seq AND n.standing = 1
    AND n.purpose = 'answer' AND n.verdict = 'escalate' AND n.seq > d.seq ORDER BY n.seq DESC LIMIT 1) r ON true;

DROP INDEX item_open;
-- As the view says it, which looks at far more than these need.
UPDATE item SET asked_of = stage || ' ' || COALESCE((SELECT string_agg(n.reviewer, chr(31) ORDER BY n.reviewer COLLATE "C") FROM decision n
        WHERE n.item_seq = item.seq AND n.standing = 1), '')
    WHERE stage IN ('needs_opinion', 'disputed');
UPDATE item SET asked_of = 'returned '
    || COALESCE((SELECT e.asked_by FROM escalation e WHERE e.item_seq = item.seq), '')
    WHERE stage = 'returned';
-- The next item is chosen among those that are open, group by group.
CREATE INDEX item_open ON item (queue_id, asked_of, rank, seq)
    WHERE stage IN ('waiting', 'needs_opinion', 'disputed', 'returned');

-- Whether the item stands where its decisions put it, and asks those whom it should.
CREATE OR REPLACE FUNCTION is_settled(of_item bigint) RETURNS boolean LANGUAGE sql STABLE
    SET search_path = pg_catalog, karat, pg_temp AS $$
    SELECT (i.decision_seq, i.verdict, i.stage, i.settled_by, i.asked_of)
        IS NOT DISTINCT FROM (o.decision_seq, o.verdict, o.stage, o.settled_by, o.asked_of)
    FROM item i JOIN item_outcome o ON o.item_seq = i.seq WHERE i.seq = of_item
$$;
DROP TRIGGER settles ON item;
CREATE TRIGGER settles AFTER UPDATE OF verdict, decision_seq, stage, settled_by, asked_of ON item FOR EACH ROW
    WHEN (OLD.verdict IS DISTINCT FROM NEW.verdict OR OLD.decision_seq IS DISTINCT FROM NEW.decision_seq
        OR OLD.stage <> NEW.stage OR OLD.settled_by IS DISTINCT FROM NEW.settled_by OR OLD.asked_of <> NEW.asked_of)
    EXECUTE FUNCTION item_settles();

INSERT INTO team_right (least, privilege, on_table) VALUES
    ('agent', 'UPDATE (asked_of)', 'item'),
    ('reviewer', 'UPDATE (asked_of)', 'item');
