-- A closed run's wake_at is the time at which it closed, so that those kept long enough are found. For the older ones it begins now.
UPDATE closed_runs SET wake_at = now() WHERE wake_at IS NULL;
CREATE INDEX closed_runs_since ON closed_runs (namespace, wake_at);
