-- Events are only ever added, decisions never deleted; and whoever listens is told that
-- something changed.

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% rows are never %', TG_TABLE_NAME, lower(TG_OP) || 'd' USING ERRCODE = 'restrict_violation'; END $$;

CREATE TRIGGER event_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON event FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER decision_kept BEFORE DELETE OR TRUNCATE ON decision FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION tell_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM pg_notify('karat', TG_TABLE_NAME); RETURN NULL; END $$;

CREATE TRIGGER event_told AFTER INSERT ON event FOR EACH STATEMENT EXECUTE FUNCTION tell_change();
CREATE TRIGGER queue_told AFTER INSERT OR UPDATE ON queue FOR EACH STATEMENT EXECUTE FUNCTION tell_change();
