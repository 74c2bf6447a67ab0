-- Agents, tasks, messages, events. Every row has an owner; ids are text, because their form is never checked.

CREATE TABLE settings (
    name  text PRIMARY KEY,
    value text NOT NULL
);

CREATE TABLE access_keys (
    id         text PRIMARY KEY,
    owner      text NOT NULL,
    key_hash   bytea NOT NULL UNIQUE,
    name       text NOT NULL,
    roles      text[] NOT NULL,
    created_at timestamptz NOT NULL,
    revoked_at timestamptz
);

CREATE TABLE agents (
    id                       text PRIMARY KEY,
    owner                    text NOT NULL,
    kind                     text NOT NULL,
    name                     text NOT NULL,
    description              text NOT NULL,
    status                   text NOT NULL,
    status_reason            text,
    acp_type                 text NOT NULL,
    acp_url                  text,
    docker_image             text,
    registration_metadata    jsonb,
    registered_at            timestamptz,
    agent_input_type         text,
    production_deployment_id text,
    definition               jsonb,
    key_version              integer NOT NULL DEFAULT 1,
    created_at               timestamptz NOT NULL,
    updated_at               timestamptz NOT NULL,
    ordinal                  bigint GENERATED ALWAYS AS IDENTITY,
    UNIQUE (owner, name)
);

CREATE TABLE agent_api_keys (
    id           text PRIMARY KEY,
    owner        text NOT NULL,
    agent_id     text NOT NULL REFERENCES agents (id),
    name         text,
    api_key_type text NOT NULL,
    -- SHA-256 of the key; the internal key is derived again when it is needed, others are known to their callers only.
    key_hash     bytea NOT NULL,
    -- Webhook secrets must be known to check signatures: encrypted, never in clear.
    secret       bytea,
    created_at   timestamptz NOT NULL,
    ordinal      bigint GENERATED ALWAYS AS IDENTITY
);
CREATE INDEX agent_api_keys_hash ON agent_api_keys (key_hash);
CREATE UNIQUE INDEX agent_api_keys_name ON agent_api_keys (agent_id, api_key_type, name);

CREATE TABLE tasks (
    id               text PRIMARY KEY,
    owner            text NOT NULL,
    name             text,
    status           text NOT NULL,
    status_reason    text,
    params           jsonb,
    task_metadata    jsonb,
    cleaned_at       timestamptz,
    created_at       timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL,
    -- The agent that created it, which alone runs its workflow.
    agent_id         text NOT NULL REFERENCES agents (id),
    -- The last position given out in its mailbox.
    mailbox_position bigint NOT NULL DEFAULT 0,
    ordinal          bigint GENERATED ALWAYS AS IDENTITY,
    UNIQUE (owner, name)
);
CREATE INDEX tasks_listed ON tasks (owner, updated_at DESC);
CREATE INDEX tasks_metadata ON tasks USING gin (task_metadata jsonb_path_ops);

CREATE TABLE task_agents (
    task_id  text NOT NULL REFERENCES tasks (id),
    agent_id text NOT NULL REFERENCES agents (id),
    owner    text NOT NULL,
    PRIMARY KEY (task_id, agent_id)
);
CREATE INDEX task_agents_agent ON task_agents (agent_id);

CREATE TABLE messages (
    id               text PRIMARY KEY,
    owner            text NOT NULL,
    task_id          text NOT NULL REFERENCES tasks (id),
    content          jsonb NOT NULL,
    streaming_status text,
    created_at       timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL,
    -- Messages of one millisecond keep the order in which they were written.
    ordinal          bigint GENERATED ALWAYS AS IDENTITY
);
CREATE INDEX messages_task ON messages (task_id, created_at, ordinal);

CREATE TABLE events (
    id          text PRIMARY KEY,
    owner       text NOT NULL,
    sequence_id bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    task_id     text NOT NULL REFERENCES tasks (id),
    agent_id    text NOT NULL REFERENCES agents (id),
    content     jsonb,
    created_at  timestamptz NOT NULL
);
CREATE INDEX events_task ON events (task_id, agent_id, sequence_id);

-- What a task is given, in the order in which it is to be handled: create, event, cancel, interrupt.
-- A row is settled when its receiver has it (state other than 'pending'); rows of one task are delivered one after the other.
CREATE TABLE mailbox (
    task_id         text NOT NULL REFERENCES tasks (id),
    position        bigint NOT NULL,
    owner           text NOT NULL,
    kind            text NOT NULL,
    agent_id        text NOT NULL REFERENCES agents (id),
    event_id        text REFERENCES events (id),
    payload         jsonb,
    idempotency_key text,
    -- pending, delivered, refused, dead
    state           text NOT NULL DEFAULT 'pending',
    attempts        integer NOT NULL DEFAULT 0,
    due_at          timestamptz NOT NULL,
    leased_until    timestamptz,
    last_error      text,
    created_at      timestamptz NOT NULL,
    settled_at      timestamptz,
    PRIMARY KEY (task_id, position)
);
CREATE UNIQUE INDEX mailbox_idempotency ON mailbox (task_id, idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE INDEX mailbox_pending ON mailbox (due_at) WHERE state = 'pending';
