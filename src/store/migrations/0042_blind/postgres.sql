CREATE FUNCTION item_is_shown() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    NEW.shown_at := (SELECT MAX(d.stood_from) FROM decision d WHERE d.item_seq = NEW.seq AND d.standing = 1);
    RETURN NEW;
END $$;
CREATE TRIGGER b_shown BEFORE UPDATE OF verdict ON item FOR EACH ROW
    WHEN (NEW.opinions > 1 AND NEW.shown_at IS NULL AND NEW.verdict IN ('accept', 'reject'))
    EXECUTE FUNCTION item_is_shown();

-- Whoever changes an opinion after others' could be seen says so.
CREATE FUNCTION opinion_changes() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF NOT is_owner() AND EXISTS (SELECT 1 FROM item i WHERE i.seq = NEW.item_seq AND i.shown_at <= NEW.decided_at)
            AND EXISTS (SELECT 1 FROM decision d WHERE d.item_seq = NEW.item_seq AND d.reviewer = NEW.reviewer
                AND d.purpose = 'opinion')
            AND EXISTS (SELECT 1 FROM decision d WHERE d.item_seq = NEW.item_seq AND d.reviewer <> NEW.reviewer
                AND d.purpose = 'opinion' AND d.reviewer_kind = 'person') THEN
        PERFORM refuse('an opinion that is changed after others'' could be seen says so');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER d_opinion_changes BEFORE INSERT ON decision FOR EACH ROW
    WHEN (NEW.purpose = 'opinion' AND NEW.reviewer_kind = 'person' AND NEW.after_seen = 0)
    EXECUTE FUNCTION opinion_changes();
