CREATE TRIGGER a_never_changes BEFORE UPDATE OR DELETE ON prompt FOR EACH ROW EXECUTE FUNCTION never_changes();
CREATE TRIGGER a_never_emptied BEFORE TRUNCATE ON prompt FOR EACH STATEMENT EXECUTE FUNCTION never_changes();

-- It is found again by the hash of its text, and by no other.
CREATE FUNCTION prompt_comes_in() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF NOT is_owner() THEN
        PERFORM check_word(NEW.kind, 'kind of content', 't', 'j', 'c');
        IF NEW.sha256 <> encode(sha256(convert_to(NEW.text, 'UTF8')), 'hex') THEN
            PERFORM refuse('a prompt is kept by the hash of its text');
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER b_comes_in BEFORE INSERT ON prompt FOR EACH ROW EXECUTE FUNCTION prompt_comes_in();

INSERT INTO team_right (least, privilege, on_table) VALUES
    ('lead', 'INSERT (sha256, kind, text)', 'prompt'),
    ('agent', 'INSERT (sha256, kind, text)', 'prompt');
