-- What the grounding lens knows and whether it was shown.

-- 1: it was seen before the decision; 0: it was hidden; NULL: there was none to see.
ALTER TABLE decision ADD COLUMN lens_shown BIGINT;

-- How well an item's output is supported by its source, 0 to 1; NULL: it has none.
-- Filled for queues that are served by it (store/grounding.rs).
CREATE TABLE item_lens (
    item_seq $KEY PRIMARY KEY REFERENCES item (seq),
    support DOUBLE PRECISION
);
