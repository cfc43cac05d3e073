-- The decisions of a time are those that people made: a check decides thousands at once.
DROP TRIGGER decision_filed;
CREATE TRIGGER decision_filed AFTER INSERT ON decision WHEN NEW.seq >= (SELECT decision_seq FROM lookup_mark) + 128
BEGIN
    INSERT INTO lookup_reviewer SELECT queue_id, reviewer, seq FROM decision
        WHERE seq > (SELECT decision_seq FROM lookup_mark) ORDER BY 1, 2, 3;
    INSERT INTO lookup_time SELECT queue_id, decided_at, seq FROM decision
        WHERE seq > (SELECT decision_seq FROM lookup_mark) AND reviewer_kind = 'person' ORDER BY 1, 2, 3;
    UPDATE lookup_mark SET decision_seq = NEW.seq;
END;
DROP VIEW decision_by_time;
CREATE VIEW decision_by_time AS
SELECT l.queue_id, l.decided_at, l.seq, d.item_seq, d.reviewer, d.standing FROM lookup_time l JOIN decision d ON d.seq = l.seq
UNION ALL SELECT queue_id, decided_at, seq, item_seq, reviewer, standing FROM decision
    WHERE seq > (SELECT decision_seq FROM lookup_mark) AND reviewer_kind = 'person';
