-- A connection keeps a plan that was made while nothing was decided. What such a plan would
-- read in full once there is much has a shape that leaves no choice.

-- The decision of record is found among those of its item, without a join that could go through all.
CREATE OR REPLACE VIEW item_outcome AS
SELECT i.seq AS item_seq, d.seq AS decision_seq, d.verdict AS verdict,
    CASE d.verdict WHEN 'accept' THEN 'accepted' WHEN 'reject' THEN 'rejected' WHEN 'escalate' THEN 'escalated'
        ELSE 'waiting' END AS stage
FROM item i LEFT JOIN LATERAL (SELECT n.seq, n.verdict FROM decision n
    WHERE n.item_seq = i.seq AND n.standing = 1 ORDER BY n.second_opinion, n.seq DESC LIMIT 1) d ON true;

-- A reviewer's decision on an item is looked for among those of the item: the index of all of a
-- reviewer's decisions is for the view that says what its WHERE says.
DROP INDEX decision_reviewer;
CREATE INDEX decision_reviewer ON decision (queue_id, reviewer, seq) WHERE standing = 1 AND seq + 0 > 0;
CREATE OR REPLACE VIEW decision_by_reviewer AS SELECT queue_id, reviewer, seq, item_seq, standing FROM decision
    WHERE seq + 0 > 0;
