INSERT INTO event_kind (word, for_leads) VALUES ('bar_told', false), ('asked_again', true);
