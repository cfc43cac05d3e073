-- What a workspace was like at an earlier time: beside decisions, whose spans of time are kept, what an
-- item said of itself before it changed, what checks had found, and when the golden set changed.

-- A row for each change: the values that the item had until then.
CREATE TABLE item_before (
    item_seq BIGINT NOT NULL REFERENCES item (seq),
    -- Counts the item's changes, from 1.
    nth BIGINT NOT NULL,
    until BIGINT NOT NULL,
    held_back BIGINT NOT NULL,
    chance DOUBLE PRECISION,
    rule TEXT,
    opinions BIGINT NOT NULL,
    replaced_by BIGINT,
    retries BIGINT NOT NULL,
    PRIMARY KEY (item_seq, nth)
);
-- What is known of changes before this: that an item was taken in, and that an attempt took its place.
INSERT INTO item_before (item_seq, nth, until, held_back, chance, rule, opinions, retries)
    SELECT i.seq, 1, MIN(e.at), 1, i.chance, i.rule, i.opinions, i.retries
    FROM item i JOIN event_by_item e ON e.item_seq = i.seq AND e.kind IN ('pulled', 'taken_in')
    WHERE i.held_back = 0 GROUP BY i.seq;
INSERT INTO item_before (item_seq, nth, until, held_back, chance, rule, opinions, retries)
    SELECT i.seq, 2, MAX(e.at), i.held_back, i.chance, i.rule, i.opinions, i.retries
    FROM item i JOIN event_by_item e ON e.item_seq = i.seq AND e.kind = 'replaced'
    WHERE i.replaced_by IS NOT NULL GROUP BY i.seq;

-- What checks found until they ran again.
CREATE TABLE failed_check_before (
    item_seq BIGINT NOT NULL REFERENCES item (seq),
    check_key TEXT NOT NULL,
    at BIGINT NOT NULL,
    until BIGINT NOT NULL,
    outcome TEXT NOT NULL,
    reason TEXT NOT NULL,
    spec_version BIGINT NOT NULL,
    PRIMARY KEY (item_seq, check_key, at)
);

-- When this became so; of earlier changes, when the example was kept.
ALTER TABLE golden_change ADD COLUMN at BIGINT NOT NULL DEFAULT 0;
