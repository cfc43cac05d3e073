CREATE TRIGGER item_shown AFTER UPDATE OF verdict ON item
WHEN NEW.opinions > 1 AND NEW.shown_at IS NULL AND NEW.verdict IN ('accept', 'reject') BEGIN
    UPDATE item SET shown_at = (SELECT MAX(d.stood_from) FROM decision d WHERE d.item_seq = NEW.seq AND d.standing = 1)
        WHERE seq = NEW.seq;
END;
