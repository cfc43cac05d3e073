-- What the grounding lens knows and whether it was shown.

-- 1: it was seen before the decision; 0: it was hidden; NULL: there was none to see.
ALTER TABLE decision ADD COLUMN lens_shown BIGINT;
