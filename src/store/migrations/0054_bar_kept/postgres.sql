-- The outputs one after the other, some ten thousands a row. To pack them takes longer than to read them.
CREATE TABLE bar_kept_part (
    queue_id BIGINT NOT NULL,
    bar TEXT NOT NULL,
    baseline BIGINT NOT NULL,
    part BIGINT NOT NULL,
    outputs BYTEA NOT NULL,
    PRIMARY KEY (queue_id, bar, baseline, part),
    FOREIGN KEY (queue_id, bar, baseline) REFERENCES bar_kept (queue_id, bar, baseline)
);
ALTER TABLE bar_kept_part ALTER COLUMN outputs SET STORAGE EXTERNAL;

-- What a bar comes to rests on it: whoever may waive a bar may write it. Whoever brings items may take it away.
INSERT INTO team_right (least, privilege, on_table) VALUES
    ('agent', 'DELETE', 'bar_kept'),
    ('agent', 'DELETE', 'bar_kept_part'),
    ('reviewer', 'DELETE', 'bar_kept'),
    ('reviewer', 'DELETE', 'bar_kept_part'),
    ('lead', 'INSERT', 'bar_kept'),
    ('lead', 'INSERT', 'bar_kept_part');
