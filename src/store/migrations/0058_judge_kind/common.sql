-- Who judged: model, code, person. What says neither good nor bad, such as a score, has an empty verdict.
ALTER TABLE judgement ADD COLUMN kind TEXT NOT NULL DEFAULT 'model';
ALTER TABLE judgement_before ADD COLUMN kind TEXT NOT NULL DEFAULT 'model';
DROP INDEX judgement_of_judge;
CREATE INDEX judgement_of_judge ON judgement (queue_id, kind, judge, version, verdict);
