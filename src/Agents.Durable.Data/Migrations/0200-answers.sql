-- The last ordinal that was given to a message when a piece of mail was first sent, or sent again because its agent had died with it.
-- Only a message with a later one can be an answer to it, whatever times messages claim.
ALTER TABLE mailbox ADD COLUMN last_message bigint;

UPDATE mailbox m SET last_message = (SELECT coalesce(max(s.ordinal), 0) FROM messages s WHERE s.task_id = m.task_id AND s.created_at < m.sent_at)
FROM tasks t
WHERE t.id = m.task_id AND t.status IN ('RUNNING', 'INTERRUPTED') AND m.kind = 'event' AND m.state IN ('delivered', 'pending') AND m.sent_at IS NOT NULL;
