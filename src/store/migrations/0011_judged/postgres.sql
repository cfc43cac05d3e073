-- The scores and categories of a decision in rows of their own, so that they can be counted.
-- They follow its body by themselves, in every way that a decision comes in, and nobody but
-- the owner writes them.

CREATE TABLE decision_score (
    decision_seq BIGINT NOT NULL REFERENCES decision (seq),
    -- Key of the criterion.
    criterion TEXT COLLATE "C" NOT NULL,
    -- From 1.
    level BIGINT NOT NULL,
    PRIMARY KEY (decision_seq, criterion)
);

CREATE TABLE decision_category (
    decision_seq BIGINT NOT NULL REFERENCES decision (seq),
    -- Key of the failure category.
    category TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (decision_seq, category)
);

CREATE FUNCTION decision_judged() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    INSERT INTO decision_score (decision_seq, criterion, level)
        SELECT NEW.seq, e.key, e.value::bigint FROM json_each_text(NEW.body::json -> 'scores') e;
    INSERT INTO decision_category (decision_seq, category)
        SELECT DISTINCT NEW.seq, e FROM json_array_elements_text(NEW.body::json -> 'categories') e;
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION decision_judged() FROM PUBLIC;
CREATE TRIGGER judged AFTER INSERT ON decision FOR EACH ROW EXECUTE FUNCTION decision_judged();

INSERT INTO decision_score (decision_seq, criterion, level)
    SELECT d.seq, e.key, e.value::bigint FROM decision d, json_each_text(d.body::json -> 'scores') e;
INSERT INTO decision_category (decision_seq, category)
    SELECT DISTINCT d.seq, e FROM decision d, json_array_elements_text(d.body::json -> 'categories') e;

-- What a decision says does not change, and neither does this.
CREATE TRIGGER a_never_changes BEFORE UPDATE OR DELETE ON decision_score FOR EACH ROW EXECUTE FUNCTION never_changes();
CREATE TRIGGER a_never_changes BEFORE UPDATE OR DELETE ON decision_category FOR EACH ROW EXECUTE FUNCTION never_changes();
