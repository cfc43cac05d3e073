-- Where each item stands, in one word.

-- Adding a column with a default rewrites no row: only those with a verdict are.
ALTER TABLE item ADD COLUMN stage TEXT NOT NULL DEFAULT 'waiting';
UPDATE item SET stage = CASE verdict WHEN 'accept' THEN 'accepted' WHEN 'reject' THEN 'rejected' ELSE 'escalated' END
WHERE verdict IS NOT NULL;

-- What an item's decisions add up to: the decision of record, its verdict, and where the item
-- stands. Of record is the newest decision that stands and is no second opinion, else the newest
-- that is one. The item keeps a copy, which the statement that changes a decision renews.
CREATE VIEW item_outcome AS
SELECT i.seq AS item_seq, d.seq AS decision_seq, d.verdict AS verdict,
    CASE d.verdict WHEN 'accept' THEN 'accepted' WHEN 'reject' THEN 'rejected' WHEN 'escalate' THEN 'escalated'
        ELSE 'waiting' END AS stage
FROM item i LEFT JOIN decision d ON d.seq = (SELECT n.seq FROM decision n
    WHERE n.item_seq = i.seq AND n.standing = 1 ORDER BY n.second_opinion, n.seq DESC LIMIT 1);

-- The next item is chosen among those that are open.
DROP INDEX item_undecided;
CREATE INDEX item_open ON item (queue_id, rank, seq) WHERE stage = 'waiting';
