-- Each index that a decision adds to is one more page that its commit waits for, and these
-- three save little. Claims are few enough to be looked through; a step names the item of its
-- decision; and the log of a queue is read in the order of the log, which is its own.
DROP INDEX claim_queue;
DROP INDEX decision_step;
DROP INDEX event_queue;
