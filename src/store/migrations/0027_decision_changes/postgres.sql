-- More of a decision is to change than whether it stands, and is filled in for those that are
-- there: the next migration, in the same transaction, gives it a guard of its own again.
DROP TRIGGER a_only_standing ON decision;
