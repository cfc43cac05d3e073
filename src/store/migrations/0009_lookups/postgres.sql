-- A queue that is new to the statistics is taken for an empty one, and what is looked up in it
-- is then read through any index that begins with the queue: an id among all items of the queue,
-- for each id of an import. So an index for an order is for the statements of that order alone,
-- which say what its WHERE says.
DROP INDEX item_queue;
CREATE INDEX item_queue ON item (queue_id, seq) WHERE queue_id + 0 > 0;
DROP INDEX decision_queue;
CREATE INDEX decision_queue ON decision (queue_id, item_seq, seq) WHERE item_seq + 0 > 0;
DROP INDEX decision_time;
CREATE INDEX decision_time ON decision (queue_id, decided_at) WHERE queue_id + 0 > 0;

-- Repairs of the log are for leads, too.
CREATE TRIGGER c_repairs BEFORE INSERT ON event FOR EACH ROW WHEN (NEW.kind = 'repaired')
    EXECUTE FUNCTION for_leads('repairing the log is for leads');
