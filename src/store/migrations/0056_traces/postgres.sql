INSERT INTO team_right (least, privilege, on_table) VALUES
    ('lead', 'INSERT (trace_id, span_id, session_id, user_id), UPDATE (trace_id, span_id, session_id, user_id)', 'item'),
    ('agent', 'INSERT (trace_id, span_id, session_id, user_id)', 'item');
