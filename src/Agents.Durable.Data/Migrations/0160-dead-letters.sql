-- When mail that was given up was put back: patience with its receiver begins anew.
ALTER TABLE mailbox ADD COLUMN redelivered_at timestamptz;

-- What was given up, or refused when nobody waited for the answer any more.
CREATE INDEX mailbox_given_up ON mailbox (owner, settled_at) WHERE state IN ('dead', 'refused');
