INSERT INTO team_right (least, privilege, on_table) VALUES ('lead', 'INSERT (path)', 'import');
