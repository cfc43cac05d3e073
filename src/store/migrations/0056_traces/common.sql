-- By what other systems know the item: verdicts and what happened later are joined by these.
ALTER TABLE item ADD COLUMN trace_id TEXT;
ALTER TABLE item ADD COLUMN span_id TEXT;
ALTER TABLE item ADD COLUMN session_id TEXT;
ALTER TABLE item ADD COLUMN user_id TEXT;
