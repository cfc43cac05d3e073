-- The counters of a queue follow where its items stand.

DROP TRIGGER item_counted;
CREATE TRIGGER item_counted AFTER UPDATE OF stage ON item WHEN OLD.stage <> NEW.stage BEGIN
    INSERT INTO tally (queue_id, slot, accepted, rejected, escalated) VALUES (NEW.queue_id, 0,
        (NEW.stage = 'accepted') - (OLD.stage = 'accepted'),
        (NEW.stage = 'rejected') - (OLD.stage = 'rejected'),
        (NEW.stage = 'escalated') - (OLD.stage = 'escalated'))
    ON CONFLICT (queue_id, slot) DO UPDATE SET accepted = accepted + excluded.accepted,
        rejected = rejected + excluded.rejected, escalated = escalated + excluded.escalated;
END;
