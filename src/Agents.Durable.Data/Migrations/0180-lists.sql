-- Lists of an owner with hundreds of thousands of tasks: the newest first, and an agent's states as they were made.
CREATE INDEX tasks_created ON tasks (owner, created_at DESC);
DROP INDEX states_agent;
CREATE INDEX states_agent ON states (agent_id, ordinal);
