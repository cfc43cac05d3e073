-- A decision writes fewer pages: each index that it adds to is one more page that its commit
-- waits for.

-- In the order of the items; decision_item has that order, of all queues.
DROP INDEX decision_queue;

-- What finds the steps and decisions of a reviewer, the decisions of a time and the events of
-- an item or a queue is filed in runs: 128 rows at once take a few pages, where 128 commits
-- would each take one. The newest rows, which are not filed yet, are looked through.
DROP INDEX step_standing;
DROP INDEX decision_reviewer;
DROP INDEX decision_time;
DROP INDEX event_item;

CREATE TABLE lookup_step (queue_id INTEGER, reviewer TEXT, seq INTEGER, PRIMARY KEY (queue_id, reviewer, seq))
    WITHOUT ROWID;
CREATE TABLE lookup_reviewer (queue_id INTEGER, reviewer TEXT, seq INTEGER, PRIMARY KEY (queue_id, reviewer, seq))
    WITHOUT ROWID;
CREATE TABLE lookup_time (queue_id INTEGER, decided_at INTEGER, seq INTEGER, PRIMARY KEY (queue_id, decided_at, seq))
    WITHOUT ROWID;
CREATE TABLE lookup_item (item_seq INTEGER, seq INTEGER, PRIMARY KEY (item_seq, seq)) WITHOUT ROWID;
CREATE TABLE lookup_queue (queue_id INTEGER, seq INTEGER, PRIMARY KEY (queue_id, seq)) WITHOUT ROWID;

-- One row: what stands up to these rows is filed.
CREATE TABLE lookup_mark (step_seq INTEGER NOT NULL, decision_seq INTEGER NOT NULL, event_seq INTEGER NOT NULL);

INSERT INTO lookup_step SELECT queue_id, reviewer, seq FROM step ORDER BY 1, 2, 3;
INSERT INTO lookup_reviewer SELECT queue_id, reviewer, seq FROM decision ORDER BY 1, 2, 3;
INSERT INTO lookup_time SELECT queue_id, decided_at, seq FROM decision ORDER BY 1, 2, 3;
INSERT INTO lookup_item SELECT item_seq, seq FROM event WHERE item_seq IS NOT NULL ORDER BY 1, 2;
INSERT INTO lookup_queue SELECT queue_id, seq FROM event ORDER BY 1, 2;
INSERT INTO lookup_mark SELECT COALESCE((SELECT MAX(seq) FROM step), 0), COALESCE((SELECT MAX(seq) FROM decision), 0),
    COALESCE((SELECT MAX(seq) FROM event), 0);

CREATE TRIGGER step_filed AFTER INSERT ON step WHEN NEW.seq >= (SELECT step_seq FROM lookup_mark) + 128 BEGIN
    INSERT INTO lookup_step SELECT queue_id, reviewer, seq FROM step
        WHERE seq > (SELECT step_seq FROM lookup_mark) ORDER BY 1, 2, 3;
    UPDATE lookup_mark SET step_seq = NEW.seq;
END;
CREATE TRIGGER decision_filed AFTER INSERT ON decision WHEN NEW.seq >= (SELECT decision_seq FROM lookup_mark) + 128
BEGIN
    INSERT INTO lookup_reviewer SELECT queue_id, reviewer, seq FROM decision
        WHERE seq > (SELECT decision_seq FROM lookup_mark) ORDER BY 1, 2, 3;
    INSERT INTO lookup_time SELECT queue_id, decided_at, seq FROM decision
        WHERE seq > (SELECT decision_seq FROM lookup_mark) ORDER BY 1, 2, 3;
    UPDATE lookup_mark SET decision_seq = NEW.seq;
END;
CREATE TRIGGER event_filed AFTER INSERT ON event WHEN NEW.seq >= (SELECT event_seq FROM lookup_mark) + 128 BEGIN
    INSERT INTO lookup_item SELECT item_seq, seq FROM event
        WHERE seq > (SELECT event_seq FROM lookup_mark) AND item_seq IS NOT NULL ORDER BY 1, 2;
    INSERT INTO lookup_queue SELECT queue_id, seq FROM event
        WHERE seq > (SELECT event_seq FROM lookup_mark) ORDER BY 1, 2;
    UPDATE lookup_mark SET event_seq = NEW.seq;
END;

-- Each table once more, found by what its name says.
CREATE VIEW step_by_reviewer AS
SELECT l.queue_id, l.reviewer, l.seq, s.kind, s.item_seq, s.undone_by FROM lookup_step l JOIN step s ON s.seq = l.seq
UNION ALL SELECT queue_id, reviewer, seq, kind, item_seq, undone_by FROM step
    WHERE seq > (SELECT step_seq FROM lookup_mark);
CREATE VIEW decision_by_reviewer AS
SELECT l.queue_id, l.reviewer, l.seq, d.item_seq, d.standing FROM lookup_reviewer l JOIN decision d ON d.seq = l.seq
UNION ALL SELECT queue_id, reviewer, seq, item_seq, standing FROM decision
    WHERE seq > (SELECT decision_seq FROM lookup_mark);
CREATE VIEW decision_by_time AS
SELECT l.queue_id, l.decided_at, l.seq, d.item_seq, d.reviewer, d.standing FROM lookup_time l JOIN decision d ON d.seq = l.seq
UNION ALL SELECT queue_id, decided_at, seq, item_seq, reviewer, standing FROM decision
    WHERE seq > (SELECT decision_seq FROM lookup_mark);
CREATE VIEW event_by_item AS
SELECT l.item_seq, l.seq, e.at, e.queue_id, e.actor, e.kind, e.data FROM lookup_item l JOIN event e ON e.seq = l.seq
UNION ALL SELECT item_seq, seq, at, queue_id, actor, kind, data FROM event
    WHERE seq > (SELECT event_seq FROM lookup_mark);
CREATE VIEW event_by_queue AS
SELECT l.queue_id, l.seq, e.at, e.item_seq, e.actor, e.kind, e.data FROM lookup_queue l JOIN event e ON e.seq = l.seq
UNION ALL SELECT queue_id, seq, at, item_seq, actor, kind, data FROM event
    WHERE seq > (SELECT event_seq FROM lookup_mark);
