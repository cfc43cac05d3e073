-- Whoever listens is told that something changed: at most four times a second, for each
-- time wakes all who listen, and those who commit at once wait for each other. Who has
-- heard of a change looks again for what was not told (`Heard`).

-- When somebody was told last, in milliseconds since 1970: a sequence, so that nobody waits
-- for the transaction of another.
CREATE SEQUENCE told_at MINVALUE 0 START 0;

CREATE FUNCTION tell_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, karat, pg_temp AS $$
DECLARE
    present bigint := EXTRACT(EPOCH FROM clock_timestamp()) * 1000;
BEGIN
    IF present - (SELECT last_value FROM told_at) NOT BETWEEN 0 AND 249 THEN
        PERFORM setval('told_at', present), pg_notify('karat', TG_TABLE_NAME);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER event_told AFTER INSERT ON event FOR EACH STATEMENT EXECUTE FUNCTION tell_change();
CREATE TRIGGER queue_told AFTER INSERT OR UPDATE ON queue FOR EACH STATEMENT EXECUTE FUNCTION tell_change();
