-- What agents keep besides messages: states, spans, trackers, checkpoints.

CREATE TABLE states (
    id         text PRIMARY KEY,
    owner      text NOT NULL,
    task_id    text NOT NULL REFERENCES tasks (id),
    -- Not checked, as recorded: an agent may be named that does not exist.
    agent_id   text NOT NULL,
    state      jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    ordinal    bigint GENERATED ALWAYS AS IDENTITY
);
CREATE INDEX states_task ON states (task_id, agent_id);
CREATE INDEX states_agent ON states (agent_id);

-- Ids of spans are their writers' choice, so each owner has a space of their own.
CREATE TABLE spans (
    owner      text NOT NULL,
    id         text NOT NULL,
    trace_id   text NOT NULL,
    task_id    text REFERENCES tasks (id),
    parent_id  text,
    name       text NOT NULL,
    start_time timestamptz NOT NULL,
    end_time   timestamptz,
    input      jsonb,
    output     jsonb,
    data       jsonb,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    ordinal    bigint GENERATED ALWAYS AS IDENTITY,
    PRIMARY KEY (owner, id)
);
CREATE INDEX spans_trace ON spans (owner, trace_id);
CREATE INDEX spans_task ON spans (task_id) WHERE task_id IS NOT NULL;

-- The tracker of an agent in a task is the link between them.
ALTER TABLE task_agents
    ADD COLUMN id                      text NOT NULL DEFAULT gen_random_uuid()::text UNIQUE,
    ADD COLUMN status                  text,
    ADD COLUMN status_reason           text,
    ADD COLUMN last_processed_event_id text,
    ADD COLUMN created_at              timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN updated_at              timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN ordinal                 bigint GENERATED ALWAYS AS IDENTITY;

-- Checkpoints of LangGraph; a thread is mostly a task, but need not be one.
CREATE TABLE checkpoints (
    owner                text NOT NULL,
    thread_id            text NOT NULL,
    checkpoint_ns        text NOT NULL,
    checkpoint_id        text COLLATE "C" NOT NULL,
    parent_checkpoint_id text,
    checkpoint           jsonb NOT NULL,
    metadata             jsonb NOT NULL,
    PRIMARY KEY (owner, thread_id, checkpoint_ns, checkpoint_id)
);

CREATE TABLE checkpoint_blobs (
    owner         text NOT NULL,
    thread_id     text NOT NULL,
    checkpoint_ns text NOT NULL,
    channel       text NOT NULL,
    version       text NOT NULL,
    type          text NOT NULL,
    blob          bytea,
    PRIMARY KEY (owner, thread_id, checkpoint_ns, channel, version)
);

CREATE TABLE checkpoint_writes (
    owner         text NOT NULL,
    thread_id     text NOT NULL,
    checkpoint_ns text NOT NULL,
    checkpoint_id text COLLATE "C" NOT NULL,
    task_id       text NOT NULL,
    idx           integer NOT NULL,
    channel       text NOT NULL,
    type          text,
    blob          bytea NOT NULL,
    task_path     text NOT NULL,
    PRIMARY KEY (owner, thread_id, checkpoint_ns, checkpoint_id, task_id, idx)
);
