-- What runs of declarative agents need: definitions as turns pinned them, transcripts, results of model calls, the ledger of effects.
-- These rows belong to their task's owner; nothing reads them but the task's own run.

CREATE TABLE agent_definitions (
    id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    hash bytea NOT NULL UNIQUE,
    body text NOT NULL
);

-- How far a run is: the position in the mailbox that is handled, and the length of the transcript then.
CREATE TABLE react_tasks (
    task_id text COLLATE "C" PRIMARY KEY,
    cursor  bigint NOT NULL DEFAULT 0,
    head    integer NOT NULL DEFAULT 0
) WITH (fillfactor = 50);

CREATE TABLE transcript_contents (
    hash bytea PRIMARY KEY,
    body bytea NOT NULL
);

CREATE TABLE transcript (
    task_id  text COLLATE "C" NOT NULL,
    position integer NOT NULL,
    hash     bytea NOT NULL REFERENCES transcript_contents (hash),
    PRIMARY KEY (task_id, position)
);

-- A row is made by the first failure or by the result; with facts it is done and never asked of the provider again.
CREATE TABLE model_calls (
    task_id       text COLLATE "C" NOT NULL,
    call_id       text COLLATE "C" NOT NULL,
    model         text NOT NULL,
    -- Refusals and failures of the provider, which the agent's limits count; crashes of ours are not among them.
    failures      integer NOT NULL DEFAULT 0,
    facts         text,
    input_tokens  bigint NOT NULL DEFAULT 0,
    output_tokens bigint NOT NULL DEFAULT 0,
    -- The attempt that brought the result, and the highest one whose closing updates are in the stream.
    attempt       integer NOT NULL DEFAULT 0,
    shown_attempt integer NOT NULL DEFAULT 0,
    done_at       timestamptz,
    PRIMARY KEY (task_id, call_id)
);

CREATE TABLE effects (
    task_id  text COLLATE "C" NOT NULL,
    call_id  text COLLATE "C" NOT NULL,
    key      text NOT NULL,
    tool     text NOT NULL,
    effect   text NOT NULL,
    attempt  integer NOT NULL,
    plan     text,
    -- Whether a person was asked about a call of unknown outcome, and what the answer was: retry or skip.
    asked    boolean NOT NULL DEFAULT false,
    decision text,
    content  text,
    is_error boolean,
    begun_at timestamptz NOT NULL DEFAULT now(),
    done_at  timestamptz,
    shown    boolean NOT NULL DEFAULT false,
    PRIMARY KEY (task_id, call_id)
);
