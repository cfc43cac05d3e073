-- The outputs one after the other, some ten thousands a row.
CREATE TABLE bar_kept_part (
    queue_id BIGINT NOT NULL,
    bar TEXT NOT NULL,
    baseline BIGINT NOT NULL,
    part BIGINT NOT NULL,
    outputs BLOB NOT NULL,
    PRIMARY KEY (queue_id, bar, baseline, part),
    FOREIGN KEY (queue_id, bar, baseline) REFERENCES bar_kept (queue_id, bar, baseline)
);
