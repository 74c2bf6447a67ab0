-- One group of changes, all or none, in one round trip. Replaced at every start: it belongs to the program, not to the data.
-- TS001: another process writes now. TS002: a run is not in the version that the change replaces.
CREATE OR REPLACE FUNCTION commit_group(
    fence bigint, my_epoch bigint,
    new_keys uuid[], new_workflow_keys uuid[], new_open boolean[], new_wake timestamptz[], new_pending boolean[],
    new_namespaces text[], new_workflow_ids text[], new_run_ids text[], new_states bytea[],
    keys uuid[], versions bigint[], opened boolean[], wake timestamptz[], waiting boolean[], states bytea[],
    gone_keys uuid[], gone_workflow_keys uuid[], gone_versions bigint[],
    current_workflow_keys uuid[], current_keys uuid[],
    history_keys uuid[], first_ids bigint[], next_ids bigint[], layouts bytea[], batches bytea[]
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    hit bigint;
    done bigint := 0;
BEGIN
    -- Shared by commits, exclusive for a take-over: what is read after it stays true until the end of this transaction.
    PERFORM pg_advisory_xact_lock_shared(fence);
    IF NOT EXISTS (SELECT FROM writer WHERE epoch = my_epoch) THEN
        RAISE EXCEPTION 'superseded' USING ERRCODE = 'TS001';
    END IF;

    IF cardinality(keys) > 0 THEN
        UPDATE open_runs r SET version = r.version + 1, state = u.state, wake_at = u.wake, pending = u.pending
        FROM unnest(keys, versions, opened, wake, waiting, states) AS u(key, version, open, wake, pending, state)
        WHERE r.run_key = u.key AND r.version = u.version AND u.open;
        GET DIAGNOSTICS done = ROW_COUNT;
        IF done < cardinality(keys) THEN
            WITH u AS (
                SELECT * FROM unnest(keys, versions, wake, waiting, states, opened) AS u(key, version, wake, pending, state, open) WHERE NOT u.open
            ), moved AS (
                DELETE FROM open_runs r USING u WHERE r.run_key = u.key AND r.version = u.version
                RETURNING r.run_key, r.workflow_key, r.version + 1, u.wake, u.pending, r.namespace, r.workflow_id, r.run_id, u.state
            )
            INSERT INTO closed_runs SELECT * FROM moved;
            GET DIAGNOSTICS hit = ROW_COUNT;
            done := done + hit;
        END IF;
        IF done < cardinality(keys) THEN
            UPDATE closed_runs r SET version = r.version + 1, state = u.state, wake_at = u.wake, pending = u.pending
            FROM unnest(keys, versions, opened, wake, waiting, states) AS u(key, version, open, wake, pending, state)
            WHERE r.run_key = u.key AND r.version = u.version AND NOT u.open;
            GET DIAGNOSTICS hit = ROW_COUNT;
            done := done + hit;
        END IF;
        IF done <> cardinality(keys) THEN
            RAISE EXCEPTION 'version conflict' USING ERRCODE = 'TS002';
        END IF;
    END IF;

    IF cardinality(gone_keys) > 0 THEN
        WITH u AS (
            SELECT * FROM unnest(gone_keys, gone_workflow_keys, gone_versions) AS u(key, workflow_key, version)
        ), from_open AS (
            DELETE FROM open_runs r USING u WHERE r.run_key = u.key AND r.version = u.version RETURNING 1
        ), from_closed AS (
            DELETE FROM closed_runs r USING u WHERE r.run_key = u.key AND r.version = u.version RETURNING 1
        ), pointers AS (
            DELETE FROM current_runs c USING u WHERE c.workflow_key = u.workflow_key AND c.run_key = u.key
        )
        SELECT (SELECT count(*) FROM from_open) + (SELECT count(*) FROM from_closed) INTO hit;
        IF hit <> cardinality(gone_keys) THEN
            RAISE EXCEPTION 'version conflict' USING ERRCODE = 'TS002';
        END IF;
        DELETE FROM history WHERE run_key = ANY (gone_keys);
    END IF;

    IF cardinality(new_keys) > 0 THEN
        IF EXISTS (SELECT FROM unnest(new_keys) AS u(key) WHERE EXISTS (SELECT FROM closed_runs c WHERE c.run_key = u.key)
                OR EXISTS (SELECT FROM open_runs o WHERE o.run_key = u.key)) THEN
            RAISE EXCEPTION 'version conflict' USING ERRCODE = 'TS002';
        END IF;
        INSERT INTO open_runs (run_key, workflow_key, version, wake_at, pending, namespace, workflow_id, run_id, state)
        SELECT u.key, u.workflow_key, 1, u.wake, u.pending, u.namespace, u.workflow_id, u.run_id, u.state
        FROM unnest(new_keys, new_workflow_keys, new_open, new_wake, new_pending, new_namespaces, new_workflow_ids, new_run_ids, new_states)
            AS u(key, workflow_key, open, wake, pending, namespace, workflow_id, run_id, state) WHERE u.open;
        GET DIAGNOSTICS hit = ROW_COUNT;
        IF hit < cardinality(new_keys) THEN
            INSERT INTO closed_runs (run_key, workflow_key, version, wake_at, pending, namespace, workflow_id, run_id, state)
            SELECT u.key, u.workflow_key, 1, u.wake, u.pending, u.namespace, u.workflow_id, u.run_id, u.state
            FROM unnest(new_keys, new_workflow_keys, new_open, new_wake, new_pending, new_namespaces, new_workflow_ids, new_run_ids, new_states)
                AS u(key, workflow_key, open, wake, pending, namespace, workflow_id, run_id, state) WHERE NOT u.open;
        END IF;
    END IF;

    IF cardinality(current_keys) > 0 THEN
        -- A pointer that stays is not touched: ON CONFLICT would lock its row, which is a write.
        INSERT INTO current_runs (workflow_key, run_key)
        SELECT u.workflow_key, u.key FROM unnest(current_workflow_keys, current_keys) AS u(workflow_key, key)
        WHERE NOT EXISTS (SELECT FROM current_runs c WHERE c.workflow_key = u.workflow_key AND c.run_key = u.key)
        ON CONFLICT (workflow_key) DO UPDATE SET run_key = excluded.run_key;
    END IF;

    IF cardinality(history_keys) > 0 THEN
        INSERT INTO history (run_key, first_event_id, next_event_id, layout, data)
        SELECT * FROM unnest(history_keys, first_ids, next_ids, layouts, batches);
    END IF;
END
$$;
