-- The engine keeps the clock of schedules; a row says what the engine's schedule is to be. What was here before is due to be told to the engine.

DROP TABLE schedule_fires;
DROP INDEX run_schedules_due;
ALTER TABLE run_schedules
    DROP COLUMN next_at,
    ADD COLUMN version bigint NOT NULL DEFAULT 1,
    -- When the engine is to be compared with the row, because a change may have reached one and not the other; null when they are known to agree.
    ADD COLUMN compare_at timestamptz;
UPDATE run_schedules SET compare_at = now();
CREATE INDEX run_schedules_compare ON run_schedules (compare_at) WHERE compare_at IS NOT NULL;
