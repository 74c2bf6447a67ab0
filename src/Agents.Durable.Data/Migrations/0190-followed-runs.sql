-- Where the run of a task that was begun anew counts its model calls from: asked whenever a call's result is stored.
CREATE INDEX model_calls_begun ON model_calls (task_id) WHERE model = '';
