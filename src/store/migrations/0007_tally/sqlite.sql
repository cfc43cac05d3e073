-- The counters of a queue follow its items.

CREATE TRIGGER item_counted AFTER UPDATE OF verdict ON item WHEN OLD.verdict IS NOT NEW.verdict BEGIN
    INSERT INTO tally (queue_id, slot, accepted, rejected, escalated) VALUES (NEW.queue_id, 0,
        (NEW.verdict IS 'accept') - (OLD.verdict IS 'accept'),
        (NEW.verdict IS 'reject') - (OLD.verdict IS 'reject'),
        (NEW.verdict IS 'escalate') - (OLD.verdict IS 'escalate'))
    ON CONFLICT (queue_id, slot) DO UPDATE SET accepted = accepted + excluded.accepted,
        rejected = rejected + excluded.rejected, escalated = escalated + excluded.escalated;
END;
