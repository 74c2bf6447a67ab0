-- Probes of remote agents: when the next one is due, and how many failed in a row.
ALTER TABLE agents
    ADD COLUMN probe_due_at   timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN probe_failures integer NOT NULL DEFAULT 0;
CREATE INDEX agents_probe ON agents (probe_due_at) WHERE kind = 'acp' AND acp_url IS NOT NULL AND status IN ('Ready', 'Unhealthy');
