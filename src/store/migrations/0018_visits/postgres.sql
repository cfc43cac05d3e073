-- Work under way is for its reviewer's eyes, then as now.
ALTER TABLE draft_before ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON draft_before USING (reviewer = session_user::text);
CREATE TRIGGER b_own_name BEFORE INSERT OR UPDATE ON draft_before FOR EACH ROW
    WHEN (NEW.reviewer <> session_user::text) EXECUTE FUNCTION own_name('reviewer');
INSERT INTO team_right (least, privilege, on_table) VALUES
    ('reviewer', 'INSERT', 'draft_before'),
    ('reviewer', 'UPDATE (active_millis)', 'draft');
