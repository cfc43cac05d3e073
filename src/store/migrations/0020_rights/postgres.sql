-- Reviewers write by when an escalation is due, and the categories that an example expects.
INSERT INTO team_right (least, privilege, on_table) VALUES
    ('reviewer', 'INSERT (due_at)', 'decision'),
    ('reviewer', 'INSERT (categories)', 'golden');
