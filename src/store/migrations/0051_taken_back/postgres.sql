-- A corrected record ends what a check has decided on the one before: a lead undoes that in the name
-- of the check.
CREATE OR REPLACE FUNCTION own_name() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, karat, pg_temp AS $$
DECLARE
    name text := to_jsonb(NEW) ->> TG_ARGV[0];
BEGIN
    IF is_owner() OR (name LIKE 'check:%' AND ((TG_OP = 'INSERT' AND TG_TABLE_NAME IN ('step', 'decision', 'event')
            AND (is_lead() OR is_agent())) OR (TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'step' AND is_lead()))) THEN
        RETURN NEW;
    END IF;
    PERFORM refuse(format('you are `%s` here, and what you write is recorded under that name alone, not `%s`',
        session_user, name));
END $$;
CREATE POLICY check_is_undone ON step FOR UPDATE
    USING (kind = 'decision' AND reviewer LIKE 'check:%' AND (SELECT is_lead()))
    WITH CHECK (kind = 'decision' AND reviewer LIKE 'check:%' AND (SELECT is_lead()));
CREATE POLICY check_is_undone ON event FOR INSERT
    WITH CHECK (kind = 'undone' AND actor LIKE 'check:%' AND (SELECT is_lead()));
CREATE OR REPLACE FUNCTION own_or_reopened() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF NOT is_owner() AND NOT has_reopened(NEW.seq) AND NOT (OLD.reviewer_kind = 'check' AND is_lead()) THEN
        PERFORM refuse('the decision is another''s, and no reopening of yours has ended it');
    END IF;
    RETURN NEW;
END $$;

-- Once a check's decision was undone, the item's content is another.
CREATE FUNCTION check_turns() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF NOT is_owner() AND NOT EXISTS (SELECT 1 FROM event e WHERE e.item_seq = NEW.item_seq AND e.kind = 'item_updated'
            AND e.seq > NEW.undone_by AND e.actor = session_user::text) THEN
        PERFORM refuse('what a check has decided stands until a corrected record comes in');
    END IF;
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION check_turns() FROM PUBLIC;
CREATE CONSTRAINT TRIGGER turns_check AFTER UPDATE OF undone_by ON step DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.reviewer LIKE 'check:%') EXECUTE FUNCTION check_turns();

-- The sides of an adjudication are what it says: opinions that count on its item.
CREATE FUNCTION sides_are_of_item() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF NOT is_owner() AND NOT never_stands(NEW) AND EXISTS (SELECT 1 FROM json_array_elements_text(json_of(NEW.sides)) side
            WHERE NOT EXISTS (SELECT 1 FROM decision d WHERE d.item_seq = NEW.item_seq AND d.id = side.value
                AND d.purpose = 'opinion' AND d.slot IS NOT NULL)) THEN
        PERFORM refuse('the sides of an adjudication are opinions on its item');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER d_sides BEFORE INSERT ON decision FOR EACH ROW WHEN (NEW.sides IS NOT NULL)
    EXECUTE FUNCTION sides_are_of_item();
