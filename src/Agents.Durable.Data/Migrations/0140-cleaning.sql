-- What cleaning a task asks for each row that it removes: who else holds this body, and which mail names this event.
CREATE INDEX transcript_hash ON transcript (hash);
CREATE INDEX mailbox_event ON mailbox (event_id) WHERE event_id IS NOT NULL;
