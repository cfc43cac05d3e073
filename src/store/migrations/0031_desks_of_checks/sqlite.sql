DROP VIEW decision_group;
-- The groups that a decision is in: model, prompt version and day; reviewer; each category; of an
-- escalation the route, and the minutes at which it was decided and is due. What a check says is
-- nobody's judgement, and yet waits at a desk.
CREATE VIEW decision_group AS
SELECT d.seq AS decision_seq, d.queue_id, d.verdict, 'made' AS kind, COALESCE(i.model, '') AS key,
    COALESCE(i.prompt_version, '') AS sub, d.decided_at - ((d.decided_at % 86400000) + 86400000) % 86400000 AS at,
    0 AS due
FROM decision d JOIN item i ON i.seq = d.item_seq WHERE d.verdict IN ('accept', 'reject', 'escalate') AND d.reviewer_kind = 'person'
UNION ALL
SELECT d.seq, d.queue_id, d.verdict, 'reviewer', d.reviewer, '', 0, 0
FROM decision d WHERE d.verdict IN ('accept', 'reject', 'escalate') AND d.reviewer_kind = 'person'
UNION ALL
SELECT d.seq, d.queue_id, d.verdict, 'category', c.category, '', 0, 0
FROM decision d JOIN decision_category c ON c.decision_seq = d.seq
WHERE d.verdict IN ('accept', 'reject', 'escalate') AND d.reviewer_kind = 'person'
UNION ALL
SELECT d.seq, d.queue_id, d.verdict, 'desk',
    COALESCE(json_extract(CASE WHEN json_valid(d.body) THEN d.body END, '$.route'), ''), '',
    d.decided_at - ((d.decided_at % 60000) + 60000) % 60000, COALESCE(d.due_at - ((d.due_at % 60000) + 60000) % 60000, 0)
FROM decision d WHERE d.verdict = 'escalate';
