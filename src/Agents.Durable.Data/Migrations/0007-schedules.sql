-- Runs of agents that begin by the clock, and the runs that are to begin.

CREATE TABLE run_schedules (
    id               text PRIMARY KEY,
    owner            text NOT NULL,
    agent_id         text NOT NULL REFERENCES agents (id),
    name             text NOT NULL,
    description      text,
    cron_expression  text,
    interval_seconds bigint,
    timezone         text NOT NULL,
    start_at         timestamptz,
    end_at           timestamptz,
    paused           boolean NOT NULL,
    task_params      jsonb,
    task_metadata    jsonb,
    input_author     text NOT NULL,
    input_content    text NOT NULL,
    note             text,
    skipped          timestamptz[] NOT NULL DEFAULT '{}',
    -- The next time to fire, skipped ones left out; null when there is none.
    next_at          timestamptz,
    last_action_time timestamptz,
    actions          integer NOT NULL DEFAULT 0,
    created_at       timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL,
    ordinal          bigint GENERATED ALWAYS AS IDENTITY,
    UNIQUE (agent_id, name)
);
CREATE INDEX run_schedules_due ON run_schedules (next_at) WHERE NOT paused AND next_at IS NOT NULL;

-- Written in the transaction that moves a schedule on, so no time is lost or served twice; the id names the task that comes of it.
CREATE TABLE schedule_fires (
    id           text PRIMARY KEY,
    owner        text NOT NULL,
    schedule_id  text NOT NULL REFERENCES run_schedules (id) ON DELETE CASCADE,
    trigger_type text NOT NULL,
    fire_time    timestamptz NOT NULL,
    attempts     integer NOT NULL DEFAULT 0,
    due_at       timestamptz NOT NULL,
    settled_at   timestamptz,
    last_error   text
);
CREATE INDEX schedule_fires_due ON schedule_fires (due_at) WHERE settled_at IS NULL;
