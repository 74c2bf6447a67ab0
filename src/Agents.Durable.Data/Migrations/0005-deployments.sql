-- Versions of remote agents that run side by side, one of them in production; and what was deployed when.

CREATE TABLE deployments (
    id                    text PRIMARY KEY,
    owner                 text NOT NULL,
    agent_id              text NOT NULL REFERENCES agents (id),
    docker_image          text NOT NULL,
    registration_metadata jsonb,
    status                text NOT NULL,
    acp_url               text,
    is_production         boolean NOT NULL DEFAULT false,
    sgp_deploy_id         text,
    helm_release_name     text,
    created_at            timestamptz NOT NULL,
    promoted_at           timestamptz,
    expires_at            timestamptz,
    ordinal               bigint GENERATED ALWAYS AS IDENTITY
);
CREATE INDEX deployments_agent ON deployments (agent_id);
CREATE UNIQUE INDEX deployments_production ON deployments (agent_id) WHERE is_production;

CREATE TABLE deployment_history (
    id                   text PRIMARY KEY,
    owner                text NOT NULL,
    agent_id             text NOT NULL REFERENCES agents (id),
    author_name          text NOT NULL,
    author_email         text NOT NULL,
    branch_name          text NOT NULL,
    build_timestamp      timestamptz NOT NULL,
    deployment_timestamp timestamptz NOT NULL,
    commit_hash          text NOT NULL,
    ordinal              bigint GENERATED ALWAYS AS IDENTITY,
    UNIQUE (agent_id, commit_hash)
);

-- The version of the agent that gets a piece of mail, where it is not the one in production.
ALTER TABLE mailbox ADD COLUMN deployment_id text;
