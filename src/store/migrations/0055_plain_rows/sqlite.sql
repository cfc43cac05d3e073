-- What each row of an import, and each decision, paid for. A list of more than two words in the condition
-- of an index becomes a table of its own in every statement that changes an item: the words stand one by
-- one. And where a trigger waits for what comes in, each statement first keeps the pages that it may have
-- to put back: an import counts itself what it holds back.
DROP TRIGGER item_comes_held_back;
DROP INDEX item_open;
CREATE INDEX item_open ON item (queue_id, asked_of, rank, seq)
    WHERE stage = 'waiting' OR stage = 'needs_opinion' OR stage = 'disputed' OR stage = 'returned';
DROP INDEX item_settled;
CREATE INDEX item_settled ON item (queue_id, decision_seq)
    WHERE settled_by = 'adjudicated' OR settled_by = 'majority' OR settled_by = 'strictest' OR settled_by = 'answer';
