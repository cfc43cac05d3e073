CREATE TRIGGER a_never_changes BEFORE UPDATE OR DELETE ON batch FOR EACH ROW EXECUTE FUNCTION never_changes();
CREATE TRIGGER a_never_emptied BEFORE TRUNCATE ON batch FOR EACH STATEMENT EXECUTE FUNCTION never_changes();

-- The batch of what is taken is of its queue, and stays.
CREATE FUNCTION item_has_batch() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF NOT is_owner() AND NOT EXISTS (SELECT 1 FROM batch b WHERE b.id = NEW.batch_id AND b.queue_id = NEW.queue_id) THEN
        PERFORM refuse('an item is of a batch of its queue');
    END IF;
    IF NOT is_owner() AND TG_OP = 'UPDATE' AND OLD.held_back = 0 AND OLD.pulled = 0 THEN
        PERFORM refuse('the batch of what sampling has taken stays');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER d_has_batch BEFORE INSERT ON item FOR EACH ROW
    WHEN (NEW.batch_id IS NOT NULL) EXECUTE FUNCTION item_has_batch();
CREATE TRIGGER d_batch_stays BEFORE UPDATE OF batch_id ON item FOR EACH ROW
    WHEN (NEW.batch_id IS DISTINCT FROM OLD.batch_id) EXECUTE FUNCTION item_has_batch();

INSERT INTO team_right (least, privilege, on_table) VALUES
    ('lead', 'INSERT', 'batch'),
    ('agent', 'INSERT', 'batch'),
    ('lead', 'INSERT (batch_id), UPDATE (batch_id)', 'item'),
    ('agent', 'INSERT (batch_id), UPDATE (batch_id)', 'item');
