-- What a model call cost, in millionths of a US dollar, by the prices that were configured when it was made.

ALTER TABLE model_calls ADD COLUMN cost_micros bigint NOT NULL DEFAULT 0;
