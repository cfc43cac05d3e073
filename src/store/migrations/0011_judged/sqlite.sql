-- The scores and categories of a decision in rows of their own, so that they can be counted.
-- They follow its body by themselves, in every way that a decision comes in. Clustered by the
-- decision: one page for each table.

CREATE TABLE decision_score (
    decision_seq BIGINT NOT NULL REFERENCES decision (seq),
    -- Key of the criterion.
    criterion TEXT NOT NULL,
    -- From 1.
    level BIGINT NOT NULL,
    PRIMARY KEY (decision_seq, criterion)
) WITHOUT ROWID;

CREATE TABLE decision_category (
    decision_seq BIGINT NOT NULL REFERENCES decision (seq),
    -- Key of the failure category.
    category TEXT NOT NULL,
    PRIMARY KEY (decision_seq, category)
) WITHOUT ROWID;

CREATE TRIGGER decision_judged AFTER INSERT ON decision BEGIN
    INSERT INTO decision_score (decision_seq, criterion, level)
        SELECT NEW.seq, e.key, e.value FROM json_each(NEW.body, '$.scores') e;
    INSERT OR IGNORE INTO decision_category (decision_seq, category)
        SELECT NEW.seq, e.value FROM json_each(NEW.body, '$.categories') e;
END;

INSERT INTO decision_score (decision_seq, criterion, level)
    SELECT d.seq, e.key, e.value FROM decision d, json_each(d.body, '$.scores') e ORDER BY d.seq, e.key;
INSERT OR IGNORE INTO decision_category (decision_seq, category)
    SELECT d.seq, e.value FROM decision d, json_each(d.body, '$.categories') e ORDER BY d.seq, e.value;
