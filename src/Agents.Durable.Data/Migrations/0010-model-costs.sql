-- (Was 0007-model-costs once; databases that know it by that name have the column.)
-- What a model call cost, in millionths of a US dollar, by the prices that were configured when it was made.

ALTER TABLE model_calls ADD COLUMN IF NOT EXISTS cost_micros bigint NOT NULL DEFAULT 0;
