-- What a check has decided and a later attempt has replaced is no longer among the verdicts that are counted.
DROP TRIGGER item_by_check;
CREATE TRIGGER item_by_check AFTER UPDATE OF settled_by, stage ON item
WHEN (NEW.settled_by IS 'check' AND NEW.stage <> 'replaced') <> (OLD.settled_by IS 'check' AND OLD.stage <> 'replaced') BEGIN
    INSERT INTO queue_counter (queue_id, stage, slot, n)
        VALUES (NEW.queue_id, 'by_check', 0, CASE WHEN NEW.settled_by IS 'check' AND NEW.stage <> 'replaced' THEN 1 ELSE -1 END)
    ON CONFLICT DO UPDATE SET n = n + excluded.n;
END;
UPDATE queue_counter SET n = n - (SELECT COUNT(*) FROM item i
        WHERE i.queue_id = queue_counter.queue_id AND i.settled_by = 'check' AND i.stage = 'replaced')
    WHERE stage = 'by_check';
