-- Models are counted by day, so that a trend can be told of each; the days follow from that. All
-- is counted anew, in slices.
DELETE FROM group_count;
DELETE FROM group_counted;
DELETE FROM group_stale;
UPDATE group_mark SET decision_seq = 0;

-- Findings weigh in support now: it is read anew.
DELETE FROM item_lens;

-- What escalations were answered with: candidates for the golden set.
CREATE INDEX decision_escalated ON decision (queue_id, seq) WHERE verdict = 'escalate' AND standing = 1;
