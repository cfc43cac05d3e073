-- Who owns a bar by a version of the spec, a row a person.
CREATE TABLE policy_bar (
    queue_id BIGINT NOT NULL REFERENCES queue (id),
    spec_version BIGINT NOT NULL,
    bar TEXT NOT NULL,
    person TEXT NOT NULL,
    PRIMARY KEY (queue_id, spec_version, bar, person)
);
CREATE INDEX event_waived ON event (queue_id, seq) WHERE kind = 'waived';
