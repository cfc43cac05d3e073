-- Whoever reviews counts; `karat doctor` compares.
INSERT INTO team_right (least, privilege, on_table) VALUES
    ('reviewer', 'INSERT, DELETE, UPDATE (accepted, rejected, escalated)', 'group_count'),
    ('reviewer', 'INSERT, DELETE', 'group_counted'),
    ('reviewer', 'INSERT, DELETE', 'group_stale'),
    ('reviewer', 'UPDATE (decision_seq)', 'group_mark');
