-- An item that comes in held back is counted: those that come in otherwise wait, and are the rest.
CREATE TRIGGER item_comes_held_back AFTER INSERT ON item WHEN NEW.stage <> 'waiting' BEGIN
    INSERT INTO queue_counter (queue_id, stage, slot, n) VALUES (NEW.queue_id, NEW.stage, 0, 1)
    ON CONFLICT DO UPDATE SET n = n + 1;
END;
