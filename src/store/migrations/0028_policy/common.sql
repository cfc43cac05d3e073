-- Policy: what the spec asks of an item beyond one decision. Every default is what was so far.

-- Of a decision.
-- person, check, model, code, program.
ALTER TABLE decision ADD COLUMN reviewer_kind TEXT NOT NULL DEFAULT 'person';
-- opinion, adjudication, answer, repeat, golden, imported.
ALTER TABLE decision ADD COLUMN purpose TEXT NOT NULL DEFAULT 'opinion';
-- Which opinion on the item it is, from 1; NULL: none that counts. One that came with a merge
-- when another had decided here is none.
ALTER TABLE decision ADD COLUMN slot BIGINT DEFAULT 1;
UPDATE decision SET slot = NULL WHERE second_opinion = 1;
-- When it came here: later than it was made where it came with a merge.
ALTER TABLE decision ADD COLUMN arrived_at BIGINT NOT NULL DEFAULT 0;
-- The newest span of time in which it stood; no end where it stands, no beginning where it never did.
ALTER TABLE decision ADD COLUMN stood_from BIGINT;
ALTER TABLE decision ADD COLUMN stood_until BIGINT;
-- The second item of a comparison.
ALTER TABLE decision ADD COLUMN other_item_seq BIGINT;
-- Why the opinions that it settles disagreed: ambiguous, unclear, slip, edge_case, taste.
ALTER TABLE decision ADD COLUMN cause TEXT;
-- 1: an opinion that was changed after others' could be seen.
ALTER TABLE decision ADD COLUMN after_seen BIGINT NOT NULL DEFAULT 0;
-- The opinions that were shown as A and as B: a JSON list of ids.
ALTER TABLE decision ADD COLUMN sides TEXT;

-- The time of an undo is that of its event, that of a replacement is the later decision's.
UPDATE decision SET arrived_at = decided_at, stood_from = decided_at;
UPDATE decision SET stood_until = COALESCE(
    (SELECT e.at FROM step s JOIN event e ON e.seq = s.undone_by WHERE s.seq = decision.step_seq),
    (SELECT MAX(n.decided_at) FROM decision n WHERE n.item_seq = decision.item_seq AND n.supersedes = decision.seq),
    decided_at) WHERE standing = 0;
UPDATE decision SET stood_from = NULL, stood_until = NULL WHERE standing = 0
    AND (SELECT s.kind FROM step s WHERE s.seq = decision.step_seq) = 'merged';

-- The earlier spans of a decision that was undone and redone.
CREATE TABLE decision_span (
    decision_seq BIGINT NOT NULL REFERENCES decision (seq),
    stood_from BIGINT NOT NULL,
    stood_until BIGINT NOT NULL,
    PRIMARY KEY (decision_seq, stood_from)
);

-- Of an item.
-- 1: sampling did not take it.
ALTER TABLE item ADD COLUMN held_back BIGINT NOT NULL DEFAULT 0;
-- The greatest rate at which it could be taken, the rule that set it and the rule's version of the
-- spec; NULL where no rule applied.
ALTER TABLE item ADD COLUMN chance DOUBLE PRECISION;
ALTER TABLE item ADD COLUMN rule TEXT;
ALTER TABLE item ADD COLUMN rule_version BIGINT;
-- 1: taken in by hand, which no estimate counts.
ALTER TABLE item ADD COLUMN pulled BIGINT NOT NULL DEFAULT 0;
-- How many opinions are asked; it only rises.
ALTER TABLE item ADD COLUMN opinions BIGINT NOT NULL DEFAULT 1;
-- The next attempt, which stands for it; and which attempt it is along that line, from 1.
ALTER TABLE item ADD COLUMN replaced_by BIGINT;
ALTER TABLE item ADD COLUMN line_attempt BIGINT NOT NULL DEFAULT 1;
-- 1: its rejection is to be retried by the filter of [retry]. A category that is retryable needs no mark.
ALTER TABLE item ADD COLUMN retries BIGINT NOT NULL DEFAULT 0;
-- single, unanimous, majority, strictest, adjudicated, answer, check; NULL before it is settled.
ALTER TABLE item ADD COLUMN settled_by TEXT;
UPDATE item SET settled_by = 'single' WHERE verdict IN ('accept', 'reject');

-- What the rules below need of each version of a spec; none where a version has no such tables.
-- A decision goes by the rules of its own version: a new one moves nothing that is settled.
CREATE TABLE policy (
    queue_id BIGINT NOT NULL REFERENCES queue (id),
    spec_version BIGINT NOT NULL,
    -- In what opinions must be equal: 1 or 0.
    agree_verdict BIGINT NOT NULL,
    agree_severity BIGINT NOT NULL,
    agree_categories BIGINT NOT NULL,
    -- adjudicate, majority, strictest; NULL is adjudicate.
    settle TEXT,
    -- Who settles a disagreement: a role or a person; NULL is a lead.
    adjudicator TEXT,
    -- 1: a first opinion may ask for more.
    asks_more BIGINT NOT NULL,
    -- retryable, filter; NULL: nothing is retried.
    retry TEXT,
    retry_attempts BIGINT,
    -- Where an item goes when its attempts are used up, and by when an answer is due there.
    retry_route TEXT,
    retry_due_hours BIGINT,
    PRIMARY KEY (queue_id, spec_version)
);
-- Criteria on which opinions may differ by one level at most.
CREATE TABLE policy_score (
    queue_id BIGINT NOT NULL REFERENCES queue (id),
    spec_version BIGINT NOT NULL,
    criterion TEXT NOT NULL,
    PRIMARY KEY (queue_id, spec_version, criterion)
);
CREATE TABLE policy_failure (
    queue_id BIGINT NOT NULL REFERENCES queue (id),
    spec_version BIGINT NOT NULL,
    key TEXT NOT NULL,
    -- 1 minor, 2 major, 3 critical.
    severity BIGINT NOT NULL,
    retryable BIGINT NOT NULL,
    PRIMARY KEY (queue_id, spec_version, key)
);

-- Items that wait for an answer, or came back with one: kept with the stage, by triggers.
CREATE TABLE escalation (
    item_seq $KEY PRIMARY KEY REFERENCES item (seq),
    queue_id BIGINT NOT NULL REFERENCES queue (id),
    -- The decision that escalates; NULL: the program, when attempts are used up.
    decision_seq BIGINT REFERENCES decision (seq),
    -- Key of the route, an empty text where there is none.
    route TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    due_at BIGINT,
    reason TEXT NOT NULL,
    -- When it was overdue and went on to another route.
    moved_at BIGINT,
    returned_at BIGINT,
    returned_by TEXT,
    answer TEXT
);
CREATE INDEX escalation_inbox ON escalation (queue_id, route, due_at);

-- Checks that an item failed, or that flagged it.
CREATE TABLE failed_check (
    item_seq BIGINT NOT NULL REFERENCES item (seq),
    check_key TEXT NOT NULL,
    -- reject, escalate, flag.
    outcome TEXT NOT NULL,
    reason TEXT NOT NULL,
    spec_version BIGINT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (item_seq, check_key)
);

-- Cases of which a rule takes the first ones, once for ever.
CREATE TABLE sample_count (
    queue_id BIGINT NOT NULL REFERENCES queue (id),
    rule TEXT NOT NULL,
    cases BIGINT NOT NULL,
    PRIMARY KEY (queue_id, rule)
);
CREATE TABLE sample_case (
    queue_id BIGINT NOT NULL REFERENCES queue (id),
    rule TEXT NOT NULL,
    case_id TEXT NOT NULL,
    PRIMARY KEY (queue_id, rule, case_id)
);

-- Items that a reviewer has declined: they are not served them again.
CREATE TABLE declined (
    item_seq BIGINT NOT NULL REFERENCES item (seq),
    reviewer TEXT NOT NULL,
    queue_id BIGINT NOT NULL REFERENCES queue (id),
    why TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (item_seq, reviewer)
);

-- The next item is chosen among those that are open.
DROP INDEX item_open;
CREATE INDEX item_open ON item (queue_id, rank, seq)
    WHERE stage IN ('waiting', 'needs_opinion', 'disputed', 'returned');

DROP VIEW item_outcome;
ALTER TABLE decision DROP COLUMN second_opinion;

-- Decisions that stand and may be of record, by their weight: 1 settles the item, 2 is an opinion
-- that counts, 3 one that counts only where there is no other, 4 a check's.
CREATE VIEW weighed_decision AS
SELECT d.seq, d.item_seq, d.queue_id, d.verdict, d.purpose, d.slot, d.spec_version,
    CASE WHEN d.purpose <> 'opinion' THEN 1 WHEN d.reviewer_kind <> 'person' THEN 4 WHEN d.slot IS NULL THEN 3 ELSE 2
        END AS weight
FROM decision d WHERE d.standing = 1 AND (d.purpose IN ('adjudication', 'answer')
    OR (d.purpose = 'opinion' AND d.reviewer_kind IN ('person', 'check')));

-- The decisions on an item of which more than one opinion is asked, counted.
CREATE VIEW item_opinions AS
SELECT i.seq, i.queue_id, i.opinions, i.held_back, i.replaced_by, i.line_attempt, i.retries,
    COUNT(CASE WHEN d.weight = 1 THEN 1 END) AS settling,
    COUNT(CASE WHEN d.weight = 2 THEN 1 END) AS given,
    COUNT(CASE WHEN d.weight = 2 AND d.verdict = 'accept' THEN 1 END) AS accepting,
    COUNT(CASE WHEN d.weight = 2 AND d.verdict = 'reject' THEN 1 END) AS rejecting,
    COUNT(CASE WHEN d.weight = 2 AND d.verdict = 'escalate' THEN 1 END) AS escalating,
    MAX(CASE WHEN d.weight = 2 THEN d.spec_version END) AS spec_version
FROM item i LEFT JOIN weighed_decision d ON d.item_seq = i.seq WHERE i.opinions > 1 GROUP BY i.seq;

-- Pairs of opinions on an item that differ by the rules of a version of the spec.
CREATE VIEW differing_opinions AS
SELECT p.queue_id, p.spec_version, a.item_seq
FROM policy p JOIN weighed_decision a ON a.queue_id = p.queue_id JOIN weighed_decision b ON b.item_seq = a.item_seq
WHERE a.weight = 2 AND b.weight = 2 AND a.seq <> b.seq AND (
    (p.agree_verdict = 1 AND a.verdict <> b.verdict)
    OR (p.agree_categories = 1 AND EXISTS (SELECT 1 FROM decision_category c WHERE c.decision_seq = a.seq
        AND NOT EXISTS (SELECT 1 FROM decision_category o WHERE o.decision_seq = b.seq AND o.category = c.category)))
    OR (p.agree_severity = 1 AND
        (SELECT COALESCE(MAX(f.severity), 0) FROM decision_category c JOIN policy_failure f ON f.key = c.category
            WHERE c.decision_seq = a.seq AND f.queue_id = p.queue_id AND f.spec_version = p.spec_version) <>
        (SELECT COALESCE(MAX(f.severity), 0) FROM decision_category c JOIN policy_failure f ON f.key = c.category
            WHERE c.decision_seq = b.seq AND f.queue_id = p.queue_id AND f.spec_version = p.spec_version))
    OR EXISTS (SELECT 1 FROM policy_score k JOIN decision_score s ON s.criterion = k.criterion
        WHERE k.queue_id = p.queue_id AND k.spec_version = p.spec_version AND s.decision_seq = a.seq
        AND NOT EXISTS (SELECT 1 FROM decision_score o WHERE o.decision_seq = b.seq AND o.criterion = k.criterion
            AND o.level BETWEEN s.level - 1 AND s.level + 1)));

-- What several opinions come to. A version of the spec without rules compares verdicts.
CREATE VIEW item_way AS
SELECT o.*, CASE
        WHEN o.settling > 0 OR o.given = 0 THEN 'single'
        WHEN o.escalating > 0 THEN 'escalated'
        WHEN o.given < o.opinions THEN 'needs_opinion'
        WHEN CASE WHEN p.spec_version IS NULL THEN o.accepting * o.rejecting = 0
            ELSE NOT EXISTS (SELECT 1 FROM differing_opinions x WHERE x.item_seq = o.seq AND x.queue_id = o.queue_id
                AND x.spec_version = o.spec_version) END THEN 'unanimous'
        WHEN p.settle = 'strictest' THEN 'strictest'
        WHEN p.settle = 'majority' AND (2 * o.accepting > o.given OR 2 * o.rejecting > o.given) THEN 'majority'
        ELSE 'disputed' END AS way
FROM item_opinions o LEFT JOIN policy p ON p.queue_id = o.queue_id AND p.spec_version = o.spec_version;

-- By which decision an item is settled, and what it is without one.
CREATE VIEW item_choice AS
SELECT i.seq, i.queue_id, i.replaced_by, i.line_attempt, i.retries, 'single' AS way,
    CASE i.held_back WHEN 1 THEN 'held_back' ELSE 'waiting' END AS undecided,
    (SELECT n.seq FROM weighed_decision n WHERE n.item_seq = i.seq ORDER BY n.weight, n.seq DESC LIMIT 1)
        AS decision_seq
FROM item i WHERE i.opinions = 1
UNION ALL
SELECT w.seq, w.queue_id, w.replaced_by, w.line_attempt, w.retries, w.way,
    CASE WHEN w.given = 0 THEN CASE w.held_back WHEN 1 THEN 'held_back' ELSE 'waiting' END
        WHEN w.given < w.opinions THEN 'needs_opinion' ELSE 'disputed' END,
    CASE w.way
        WHEN 'single' THEN (SELECT n.seq FROM weighed_decision n WHERE n.item_seq = w.seq
            ORDER BY n.weight, n.seq DESC LIMIT 1)
        WHEN 'escalated' THEN (SELECT n.seq FROM weighed_decision n WHERE n.item_seq = w.seq AND n.weight = 2
            AND n.verdict = 'escalate' ORDER BY n.slot LIMIT 1)
        WHEN 'unanimous' THEN (SELECT n.seq FROM weighed_decision n WHERE n.item_seq = w.seq AND n.weight = 2
            ORDER BY n.slot LIMIT 1)
        WHEN 'strictest' THEN (SELECT n.seq FROM weighed_decision n WHERE n.item_seq = w.seq AND n.weight = 2
            AND n.verdict = CASE WHEN w.rejecting > 0 THEN 'reject' ELSE 'accept' END ORDER BY n.slot LIMIT 1)
        WHEN 'majority' THEN (SELECT n.seq FROM weighed_decision n WHERE n.item_seq = w.seq AND n.weight = 2
            AND n.verdict = CASE WHEN w.rejecting > w.accepting THEN 'reject' ELSE 'accept' END ORDER BY n.slot LIMIT 1)
        END
FROM item_way w;
