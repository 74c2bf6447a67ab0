-- Which gateways live. What a gateway had in hand when it died is marked with its id, and taken up by another at once.
CREATE TABLE gateways (
    id       text PRIMARY KEY,
    -- Of its data folder: there is one gateway at a time in each. Null where there is none.
    instance text,
    seen_at  timestamptz NOT NULL
);

ALTER TABLE mailbox ADD COLUMN leased_by text;
CREATE INDEX mailbox_leased ON mailbox (leased_by) WHERE state = 'pending' AND leased_by IS NOT NULL;

-- The gateway that writes a message which a synchronous agent is still saying.
ALTER TABLE messages ADD COLUMN answered_by text;
CREATE INDEX messages_answered ON messages (answered_by) WHERE answered_by IS NOT NULL;
