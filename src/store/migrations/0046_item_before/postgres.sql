ALTER TABLE golden_change DISABLE TRIGGER a_never_changes;
UPDATE golden_change SET at = COALESCE((SELECT MAX(g.kept_at) FROM golden g WHERE g.seq = golden_change.golden_seq),
    (SELECT MAX(g.kept_at) FROM golden g WHERE g.item_seq = golden_change.item_seq), 0);
ALTER TABLE golden_change ENABLE TRIGGER a_never_changes;

-- What an item or a check said before stays, for everybody.
CREATE TRIGGER a_never_changes BEFORE UPDATE OR DELETE ON item_before FOR EACH ROW EXECUTE FUNCTION never_changes();
CREATE TRIGGER a_never_emptied BEFORE TRUNCATE ON item_before FOR EACH STATEMENT EXECUTE FUNCTION never_changes();
CREATE TRIGGER a_never_changes BEFORE UPDATE OR DELETE ON failed_check_before FOR EACH ROW EXECUTE FUNCTION never_changes();
CREATE TRIGGER a_never_emptied BEFORE TRUNCATE ON failed_check_before FOR EACH STATEMENT EXECUTE FUNCTION never_changes();

-- Nobody makes up a past: what comes in is what stands there at the moment, until now.
CREATE FUNCTION item_before_comes_in() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF is_owner() THEN
        RETURN NEW;
    END IF;
    PERFORM check_time(NEW.until, 'the time until which an item was so');
    IF NOT EXISTS (SELECT 1 FROM item i WHERE i.seq = NEW.item_seq AND i.held_back = NEW.held_back
            AND i.chance IS NOT DISTINCT FROM NEW.chance AND i.rule IS NOT DISTINCT FROM NEW.rule
            AND i.opinions = NEW.opinions AND i.replaced_by IS NOT DISTINCT FROM NEW.replaced_by
            AND i.retries = NEW.retries) THEN
        PERFORM refuse('what an item was until now is what it is');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER d_comes_in BEFORE INSERT ON item_before FOR EACH ROW EXECUTE FUNCTION item_before_comes_in();

CREATE FUNCTION failed_check_before_comes_in() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF is_owner() THEN
        RETURN NEW;
    END IF;
    PERFORM check_time(NEW.until, 'the time until which a check had failed');
    IF NOT EXISTS (SELECT 1 FROM failed_check f WHERE f.item_seq = NEW.item_seq AND f.check_key = NEW.check_key
            AND f.outcome = NEW.outcome AND f.reason = NEW.reason AND f.spec_version = NEW.spec_version
            AND f.at = NEW.at) THEN
        PERFORM refuse('what a check found until now is what it finds');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER d_comes_in BEFORE INSERT ON failed_check_before FOR EACH ROW
    EXECUTE FUNCTION failed_check_before_comes_in();

INSERT INTO team_right (least, privilege, on_table) VALUES
    ('reviewer', 'INSERT', 'item_before'),
    ('agent', 'INSERT', 'item_before'),
    ('lead', 'INSERT', 'failed_check_before');
