-- Nobody moves the place up to which another has read.
ALTER TABLE followed ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON followed USING (reader = session_user::text);
CREATE TRIGGER b_own_name BEFORE INSERT OR UPDATE ON followed FOR EACH ROW
    WHEN (NEW.reader <> session_user::text) EXECUTE FUNCTION own_name('reader');
INSERT INTO team_right (least, privilege, on_table) VALUES
    ('lead', 'INSERT, UPDATE', 'followed'),
    ('agent', 'INSERT, UPDATE', 'followed');
