-- When a piece of mail is due again if its delivery that is under way comes to an acknowledgement: its agent has registered anew meanwhile, so whoever
-- acknowledges may be dead.
ALTER TABLE mailbox ADD COLUMN resend_at timestamptz;
