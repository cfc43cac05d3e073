-- The counters of a queue follow where its items stand.
DROP TRIGGER item_counted;
DROP TABLE tally;

CREATE TRIGGER item_counted AFTER UPDATE OF stage ON item WHEN NEW.stage NOT IN (OLD.stage, 'waiting') BEGIN
    INSERT INTO queue_counter (queue_id, stage, slot, n) VALUES (NEW.queue_id, NEW.stage, 0, 1)
    ON CONFLICT DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER item_discounted AFTER UPDATE OF stage ON item WHEN OLD.stage NOT IN (NEW.stage, 'waiting') BEGIN
    INSERT INTO queue_counter (queue_id, stage, slot, n) VALUES (NEW.queue_id, OLD.stage, 0, -1)
    ON CONFLICT DO UPDATE SET n = n - 1;
END;
