-- Until now it stood in the body, where a tool's file told it.
UPDATE judgement SET kind = json_extract(body, '$.kind')
    WHERE body LIKE '%"kind":%' AND json_valid(body) AND json_extract(body, '$.kind') IN ('code', 'person');
UPDATE judgement_before SET kind = json_extract(body, '$.kind')
    WHERE body LIKE '%"kind":%' AND json_valid(body) AND json_extract(body, '$.kind') IN ('code', 'person');
