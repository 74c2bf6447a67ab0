-- What is next in a task's mailbox, whatever the number of pieces that were delivered before.
CREATE INDEX mailbox_next ON mailbox (task_id, position) WHERE state = 'pending';
