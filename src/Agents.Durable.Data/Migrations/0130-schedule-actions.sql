-- What a schedule has done is told by the engine.

ALTER TABLE run_schedules DROP COLUMN actions, DROP COLUMN last_action_time;
