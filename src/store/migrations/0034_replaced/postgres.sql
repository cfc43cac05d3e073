-- A decision in whose place a later attempt stands stays as it is: the attempt rests on it.
CREATE FUNCTION attempt_rests() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF NOT is_owner() AND EXISTS (SELECT 1 FROM item i WHERE i.seq = OLD.item_seq AND i.replaced_by IS NOT NULL) THEN
        PERFORM refuse('the next attempt rests on this decision');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER c_attempt_rests BEFORE UPDATE OF standing ON decision FOR EACH ROW
    WHEN (NEW.standing <> OLD.standing) EXECUTE FUNCTION attempt_rests();

INSERT INTO event_kind (word, for_leads) VALUES ('replaced', true);
