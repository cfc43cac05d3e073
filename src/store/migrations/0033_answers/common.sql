-- Who answers what comes to a route, and what becomes of it, by version of the spec.
CREATE TABLE policy_route (
    queue_id BIGINT NOT NULL REFERENCES queue (id),
    spec_version BIGINT NOT NULL,
    key TEXT NOT NULL,
    -- The route on which an overdue escalation goes on, and by when an answer is due there.
    overdue TEXT,
    overdue_due_hours BIGINT,
    -- 1: an answer may send an item back to who asked.
    returns BIGINT NOT NULL,
    PRIMARY KEY (queue_id, spec_version, key)
);
CREATE TABLE policy_owner (
    queue_id BIGINT NOT NULL REFERENCES queue (id),
    spec_version BIGINT NOT NULL,
    route TEXT NOT NULL,
    person TEXT NOT NULL,
    PRIMARY KEY (queue_id, spec_version, route, person)
);

-- An inbox is read in the order of what is due; what came back is found by who asked.
DROP INDEX escalation_inbox;
CREATE INDEX escalation_inbox ON escalation (queue_id, route, due_at, item_seq) WHERE returned_at IS NULL;
CREATE INDEX escalation_returned ON escalation (queue_id, asked_by, item_seq) WHERE returned_at IS NOT NULL;
