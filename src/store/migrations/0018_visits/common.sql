-- The reviewer's active time on the item so far, in milliseconds: it goes on at the next visit. A row
-- of nothing but time has the body '{}'.
ALTER TABLE draft ADD COLUMN active_millis BIGINT NOT NULL DEFAULT 0;

-- What a reviewer had put down before a decision, where the decision says something else, as that
-- of a macro does: undo brings it back.
CREATE TABLE draft_before (
    decision_seq $KEY PRIMARY KEY REFERENCES decision (seq),
    reviewer TEXT NOT NULL,
    body TEXT NOT NULL,
    correction_kind TEXT,
    correction TEXT
);
