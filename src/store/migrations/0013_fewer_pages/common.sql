-- What was decided is found through the decisions, in the order of their items.
DROP INDEX item_decided;
