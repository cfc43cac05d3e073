-- A body that cannot be read says nothing that could be counted: it comes in all the same, as a move
-- brings it, and doctor names it.
DROP TRIGGER decision_judged;
CREATE TRIGGER decision_judged AFTER INSERT ON decision BEGIN
    INSERT OR IGNORE INTO decision_score (decision_seq, criterion, level)
        SELECT NEW.seq, e.key, e.value FROM json_each(CASE WHEN json_valid(NEW.body) THEN NEW.body END, '$.scores') e
        WHERE e.type = 'integer';
    INSERT OR IGNORE INTO decision_category (decision_seq, category)
        SELECT NEW.seq, e.value FROM json_each(CASE WHEN json_valid(NEW.body) THEN NEW.body END, '$.categories') e
        WHERE e.type = 'text';
END;

-- The groups that a decision is in: model, prompt version and day; reviewer; each category; of an
-- escalation the route, and the minutes at which it was decided and is due.
CREATE VIEW decision_group AS
SELECT d.seq AS decision_seq, d.queue_id, d.verdict, 'made' AS kind, COALESCE(i.model, '') AS key,
    COALESCE(i.prompt_version, '') AS sub, d.decided_at - ((d.decided_at % 86400000) + 86400000) % 86400000 AS at,
    0 AS due
FROM decision d JOIN item i ON i.seq = d.item_seq WHERE d.verdict IN ('accept', 'reject', 'escalate')
UNION ALL
SELECT d.seq, d.queue_id, d.verdict, 'reviewer', d.reviewer, '', 0, 0
FROM decision d WHERE d.verdict IN ('accept', 'reject', 'escalate')
UNION ALL
SELECT d.seq, d.queue_id, d.verdict, 'category', c.category, '', 0, 0
FROM decision d JOIN decision_category c ON c.decision_seq = d.seq
WHERE d.verdict IN ('accept', 'reject', 'escalate')
UNION ALL
SELECT d.seq, d.queue_id, d.verdict, 'desk',
    COALESCE(json_extract(CASE WHEN json_valid(d.body) THEN d.body END, '$.route'), ''), '',
    d.decided_at - ((d.decided_at % 60000) + 60000) % 60000, COALESCE(d.due_at - ((d.due_at % 60000) + 60000) % 60000, 0)
FROM decision d WHERE d.verdict = 'escalate';

-- The counters follow the decisions that are counted.
CREATE TRIGGER group_counts AFTER INSERT ON group_counted BEGIN
    INSERT INTO group_count (queue_id, kind, key, sub, at, due, accepted, rejected, escalated)
        SELECT g.queue_id, g.kind, g.key, g.sub, g.at, g.due, g.verdict = 'accept', g.verdict = 'reject',
            g.verdict = 'escalate'
        FROM decision_group g WHERE g.decision_seq = NEW.decision_seq
    ON CONFLICT DO UPDATE SET accepted = accepted + excluded.accepted, rejected = rejected + excluded.rejected,
        escalated = escalated + excluded.escalated;
END;
CREATE TRIGGER group_discounts AFTER DELETE ON group_counted BEGIN
    INSERT INTO group_count (queue_id, kind, key, sub, at, due, accepted, rejected, escalated)
        SELECT g.queue_id, g.kind, g.key, g.sub, g.at, g.due, -(g.verdict = 'accept'), -(g.verdict = 'reject'),
            -(g.verdict = 'escalate')
        FROM decision_group g WHERE g.decision_seq = OLD.decision_seq
    ON CONFLICT DO UPDATE SET accepted = accepted + excluded.accepted, rejected = rejected + excluded.rejected,
        escalated = escalated + excluded.escalated;
    DELETE FROM group_count WHERE accepted = 0 AND rejected = 0 AND escalated = 0 AND (queue_id, kind, key, sub, at, due) IN
        (SELECT g.queue_id, g.kind, g.key, g.sub, g.at, g.due FROM decision_group g
            WHERE g.decision_seq = OLD.decision_seq);
END;
