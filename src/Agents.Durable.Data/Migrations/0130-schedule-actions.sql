-- (Was 0120-schedule-actions once; databases that know it by that name have lost the columns.)
-- What a schedule has done is told by the engine.

ALTER TABLE run_schedules DROP COLUMN IF EXISTS actions, DROP COLUMN IF EXISTS last_action_time;
