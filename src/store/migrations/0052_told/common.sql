CREATE INDEX event_told ON event (queue_id, seq) WHERE kind = 'bar_told';
