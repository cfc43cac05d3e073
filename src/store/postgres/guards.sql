-- Whoever listens is told that something changed.

CREATE FUNCTION tell_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM pg_notify('karat', TG_TABLE_NAME); RETURN NULL; END $$;

CREATE TRIGGER event_told AFTER INSERT ON event FOR EACH STATEMENT EXECUTE FUNCTION tell_change();
CREATE TRIGGER queue_told AFTER INSERT OR UPDATE ON queue FOR EACH STATEMENT EXECUTE FUNCTION tell_change();
