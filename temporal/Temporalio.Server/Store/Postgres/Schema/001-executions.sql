-- Runs, their history, and the fence that keeps two writers apart. Identities of rows are 16-byte digests of names (RunKey), so that an
-- index entry is small whatever a workflow is called.

CREATE TABLE writer (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    epoch bigint NOT NULL,
    holder text NOT NULL,
    taken_at timestamptz NOT NULL
);
INSERT INTO writer (epoch, holder, taken_at) VALUES (0, '', now());

-- Open runs are rewritten with every step: no index but the key, and room on the page, keep those updates where they are.
CREATE TABLE open_runs (
    run_key uuid PRIMARY KEY,
    workflow_key uuid NOT NULL,
    version bigint NOT NULL,
    wake_at timestamptz,
    pending boolean NOT NULL,
    namespace text NOT NULL,
    workflow_id text NOT NULL,
    run_id text NOT NULL,
    state bytea NOT NULL
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 0, autovacuum_analyze_scale_factor = 0.5);

CREATE TABLE closed_runs (
    run_key uuid PRIMARY KEY,
    workflow_key uuid NOT NULL,
    version bigint NOT NULL,
    wake_at timestamptz,
    pending boolean NOT NULL,
    namespace text NOT NULL,
    workflow_id text NOT NULL,
    run_id text NOT NULL,
    state bytea NOT NULL
);

CREATE TABLE current_runs (
    workflow_key uuid PRIMARY KEY,
    run_key uuid NOT NULL
);

-- One row per run and commit. Several batches of one commit lie one after another in data; layout says where each ends.
CREATE TABLE history (
    run_key uuid NOT NULL,
    first_event_id bigint NOT NULL,
    next_event_id bigint NOT NULL,
    layout bytea,
    data bytea NOT NULL,
    PRIMARY KEY (run_key, first_event_id)
);

-- Not every build of PostgreSQL has lz4; without it the default compression stays.
DO $$
BEGIN
    ALTER TABLE open_runs ALTER COLUMN state SET COMPRESSION lz4;
    ALTER TABLE closed_runs ALTER COLUMN state SET COMPRESSION lz4;
    ALTER TABLE history ALTER COLUMN data SET COMPRESSION lz4;
EXCEPTION WHEN syntax_error OR feature_not_supported OR invalid_parameter_value THEN
    NULL;
END
$$;
