-- When a piece of mail was last sent to a remote agent, and how often it was sent again because the agent had died with it.
ALTER TABLE mailbox
    ADD COLUMN sent_at    timestamptz,
    ADD COLUMN losses     integer NOT NULL DEFAULT 0;
