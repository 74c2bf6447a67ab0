-- What changed lately, for the look at statuses that were stored and not told.
CREATE INDEX tasks_changed ON tasks (updated_at);
